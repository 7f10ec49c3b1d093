"""Bugs of convolution and of the dense layer."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "col2im-assigns", "ops.reference.conv:col2im",
        "x[seen_through(u, v, win)] += cols[:, :, :, u, v, :]", "x[seen_through(u, v, win)] = cols[:, :, :, u, v, :]",
        "conv2d",
        "The network trains, and more slowly the more the windows overlap. If the stride equals the kernel size, nothing "
        "is wrong.",
        "A pixel that several windows contain is used several times in forward. Backward adds the gradients of all its "
        "uses.",
        "proposed as a fix in AlexeyAB/darknet #8660; the same slip with repeated indices in HIPS/autograd #39", "overlaps"),
    Exhibit(
        "padding-cut-off-at-the-end", "ops.reference.conv:col2im",
        "return crop(x, win)", "return x[:, :x_shape[1], :x_shape[2]]",
        "conv2d",
        "The network trains. dx has the right numbers, one pixel away from their places, so all layers before this one "
        "learn from a shifted gradient.",
        "There is padding on both sides. Cropping starts after the `top` rows that pad added.",
        "the same neighbourhood: HIPS/autograd #431 and tinygrad/tinygrad #73 crop with -0, tensorflow/tensorflow #11092 "
        "forgets an offset in backward alone", "shifted"),
    Exhibit(
        "kernel-gradient-flipped", "ops.reference.conv:conv2d_backward",
        "return dx, dw.reshape(w.shape), db", "return dx, dw.reshape(w.shape)[::-1, ::-1], db",
        "conv2d",
        "The loss falls a little, because biases and dense layers still learn. The filters do not.",
        "Forward is a cross-correlation, so dw is one too. Only dx, written as a convolution, needs a flipped kernel.",
        "FluxML/NNlib.jl #518 (one path of two)", "flipped"),
    Exhibit(
        "kh-and-kw-swapped", "ops.reference.conv:conv2d_backward",
        "return dx, dw.reshape(w.shape), db", "return dx, dw.reshape(KW, KH, C, F).transpose(1, 0, 2, 3), db",
        "conv2d",
        "Every kernel gets the gradient of the transposed kernel. No error is raised, even if KH and KW differ.",
        "The rows of the weight matrix run over u, then v, then c: reshape to (KH, KW, C, F), without a transpose.",
        "Maratyszcza/NNPACK #15: wrong for every image or kernel that was not square; all tests had squares", "transposed"),
    Exhibit(
        "reshape-for-transpose", "ops.reference.conv:conv2d_backward",
        "dcols = dy @ w.reshape(KH * KW * C, F).T", "dcols = dy @ w.reshape(F, KH * KW * C)",
        "conv2d",
        "The shapes fit and the last layers learn. The layers before this one get the right kind of numbers in the wrong "
        "order.",
        "A transpose exchanges axes. A reshape leaves the numbers in their order and cuts it into other rows.",
        "BonnBytes/PyTorch-FWD #16, onnx/tensorflow-onnx #993 (accuracy 90% to 50%)"),
    Exhibit(
        "bias-gradient-averaged", "ops.reference.conv:conv2d_backward",
        "db = dy.sum(axis=0)", "db = dy.mean(axis=0)",
        "conv2d",
        "The network still learns, but its biases learn hundreds of times more slowly. Adam hides this.",
        "b is added at every pixel of every image, so its gradient is the sum over all of them.",
        "kvfrans/notes #5", "divided by N * OH * OW"),
    Exhibit(
        "batch-size-divided-twice", "ops.reference.conv:conv2d_backward",
        "dw = cols.T @ dy", "dw = cols.T @ dy / x.shape[0]",
        "conv2d",
        "The network still learns, as if the learning rate of its filters were divided by the batch size. Adam hides "
        "this.",
        "The loss is a mean over the batch, so dy already contains 1/N. A layer never divides by N.",
        "deeplearning4j/deeplearning4j #366", "divided by N"),
    Exhibit(
        "loop-ends-one-early", "ops.reference.conv:conv2d_backward",
        "dw = cols.T @ dy", "dw = np.zeros((KH * KW * C, F))\ndw[:-KW * C] = cols.T[:-KW * C] @ dy",
        "conv2d",
        "The network still learns. The last row of each kernel keeps its initial values.",
        "u runs from 0 to KH - 1, and KH - 1 is included.",
        "iamtrask/Grokking-Deep-Learning #43: row and column loops stop one window early", "last kernel row"),
    Exhibit(
        "one-image-of-the-batch", "ops.reference.dense:dense_backward",
        "dw = x.T @ dy", "dw = np.outer(x[-1], dy[-1])",
        "dense",
        "The network learns noisily, as with batch size 1. Only with batch size 1 is the gradient right.",
        "w is used for every image of the batch, so its gradient is the sum over all images: x.T @ dy is that sum.",
        "mlpack/mlpack #3679: right for batch size 1 only", "one sample"),
    Exhibit(
        "dense-gradient-transposed", "ops.reference.dense:dense_backward",
        "dw = x.T @ dy", "dw = (dy.T @ x).reshape(w.shape)",
        "dense",
        "No error is raised, because the reshape makes the shape fit. The layer learns nothing.",
        "dw has shape (D, K): x.T (D, N) times dy (N, K) is the only product with that shape. If shapes do not fit, do "
        "not reshape: look for the error.",
        "TobiasLee/Chinese-Hip-pop-Generation #8 reshapes where a transpose is due", "transposed"),
    Exhibit(
        "all-biases-alike", "ops.reference.dense:dense_backward",
        "db = dy.sum(axis=0)", "db = np.full(dy.shape[1], dy.sum())",
        "dense",
        "The network still learns. All biases of the layer stay equal to each other.",
        "Sum over the batch, not over the outputs: each output has its own bias.",
        "rasbt/stat453-deep-learning-ss21 #5"),
)

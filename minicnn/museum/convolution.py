"""Bugs of convolution and of the dense layer."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "col2im-assigns", "ops.reference.conv:col2im",
        "x[seen_through(u, v, win)] += cols[:, :, :, u, v, :]", "x[seen_through(u, v, win)] = cols[:, :, :, u, v, :]",
        "conv2d", "Trains, and more slowly the more the windows overlap. With stride = kernel size nothing is wrong at all.",
        "A pixel that several windows see has been used several times forward: the gradients of its uses add up.",
        "proposed as a fix in AlexeyAB/darknet #8660; the same slip with repeated indices in HIPS/autograd #39", "overlaps"),
    Exhibit(
        "padding-cut-off-at-the-end", "ops.reference.conv:col2im",
        "return crop(x, win)", "return x[:, :x_shape[1], :x_shape[2]]",
        "conv2d", "Trains: dx is right, one pixel away from where it belongs. Every layer below learns from a shifted picture.",
        "The frame lies on both sides. Cropping starts after the `top` rows that pad put there.",
        "the same neighbourhood: HIPS/autograd #431 and tinygrad/tinygrad #73 crop with -0, tensorflow/tensorflow #11092 "
        "forgets an offset in backward alone", "shifted"),
    Exhibit(
        "kernel-gradient-flipped", "ops.reference.conv:conv2d_backward",
        "return dx, dw.reshape(w.shape), db", "return dx, dw.reshape(w.shape)[::-1, ::-1], db",
        "conv2d", "The loss falls a little, because biases and dense layers still learn; filters wander.",
        "Forward is a cross-correlation, so dw is one too. The flip belongs to textbook convolution and to dx written as one.",
        "FluxML/NNlib.jl #518 (one path of two)", "flipped"),
    Exhibit(
        "kh-and-kw-swapped", "ops.reference.conv:conv2d_backward",
        "return dx, dw.reshape(w.shape), db", "return dx, dw.reshape(KW, KH, C, F).transpose(1, 0, 2, 3), db",
        "conv2d", "Every kernel is learned transposed. Shapes fit even where kernels are not square.",
        "The rows of w's matrix run over u, then v, then c: reshape to (KH, KW, C, F) and nothing else.",
        "Maratyszcza/NNPACK #15: wrong for every image or kernel that was not square; all tests had squares", "transposed"),
    Exhibit(
        "reshape-for-transpose", "ops.reference.conv:conv2d_backward",
        "dcols = dy @ w.reshape(KH * KW * C, F).T", "dcols = dy @ w.reshape(F, KH * KW * C)",
        "conv2d", "Shapes fit and the last layers learn; what the layers below get is a shuffled mixture.",
        "A transpose exchanges axes; a reshape keeps the numbers where they lie and cuts the rows anew.",
        "BonnBytes/PyTorch-FWD #16, onnx/tensorflow-onnx #993 (accuracy 90% to 50%)"),
    Exhibit(
        "bias-gradient-averaged", "ops.reference.conv:conv2d_backward",
        "db = dy.sum(axis=0)", "db = dy.mean(axis=0)",
        "conv2d", "Still learns: the biases only learn hundreds of times more slowly, which Adam even hides.",
        "b is added at every pixel of every image, so its gradient is the sum over all of them.",
        "kvfrans/notes #5", "divided by N * OH * OW"),
    Exhibit(
        "batch-size-divided-twice", "ops.reference.conv:conv2d_backward",
        "dw = cols.T @ dy", "dw = cols.T @ dy / x.shape[0]",
        "conv2d", "Still learns, as if the learning rate of the filters were divided by the batch size. Adam hides it.",
        "The loss is a mean over the batch: dy carries the 1/N already. A layer never divides by N.",
        "deeplearning4j/deeplearning4j #366", "divided by N"),
    Exhibit(
        "loop-ends-one-early", "ops.reference.conv:conv2d_backward",
        "dw = cols.T @ dy", "dw = np.zeros((KH * KW * C, F))\ndw[:-KW * C] = cols.T[:-KW * C] @ dy",
        "conv2d", "Still learns, with kernels whose last row stays as it was drawn.",
        "u runs to KH - 1 included.",
        "iamtrask/Grokking-Deep-Learning #43: row and column loops stop one window early", "last kernel row"),
    Exhibit(
        "one-image-of-the-batch", "ops.reference.dense:dense_backward",
        "dw = x.T @ dy", "dw = np.outer(x[-1], dy[-1])",
        "dense", "Learns noisily, as if the batch size were 1, which is the only size at which it is right.",
        "w serves every image of the batch, so its gradient is the sum over all of them: x.T @ dy is that sum.",
        "mlpack/mlpack #3679: right for batch size 1 only", "one sample"),
    Exhibit(
        "dense-gradient-transposed", "ops.reference.dense:dense_backward",
        "dw = x.T @ dy", "dw = (dy.T @ x).reshape(w.shape)",
        "dense", "No error: the reshape makes it fit. The layer learns nothing.",
        "dw must be (D, K): x.T (D, N) times dy (N, K) is the only product that is. An error there was a good sign.",
        "TobiasLee/Chinese-Hip-pop-Generation #8 reshapes where a transpose is due", "transposed"),
    Exhibit(
        "all-biases-alike", "ops.reference.dense:dense_backward",
        "db = dy.sum(axis=0)", "db = np.full(dy.shape[1], dy.sum())",
        "dense", "Still learns; all biases of the layer stay equal for ever.",
        "Sum over the batch, not over the outputs: each output has a bias of its own.",
        "rasbt/stat453-deep-learning-ss21 #5"),
)

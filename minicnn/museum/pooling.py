"""Bugs of pooling."""

from .exhibit import Exhibit

WINS = "wins = waiting & inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))"
SENT = "dx[seen_through(u, v, win)] += np.where(wins, dy, 0)"

EXHIBITS = (
    Exhibit(
        "every-tie-wins", "ops.reference.pool:max_pool2d_backward",
        WINS, "wins = inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))",
        "max_pool2d with ties",
        "On random numbers nothing is wrong. After a ReLU many windows are all 0, and then every pixel of such a window "
        "gets the whole gradient.",
        "Each dy goes to one pixel, the first maximum. The sum of the gradient stays the same.",
        "Theano/Theano #5248, mni-ml/framework #22", "ties"),
    Exhibit(
        "pooled-overlaps-assign", "ops.reference.pool:max_pool2d_backward",
        SENT, "dx[seen_through(u, v, win)] = np.where(wins, dy, dx[seen_through(u, v, win)])",
        "max_pool2d",
        "The gradient is right for the usual 2x2 pooling with stride 2. It is wrong as soon as windows overlap.",
        "A pixel that is the maximum of two windows gets both gradients: add them.",
        "FluxML/NNlib.jl #205; 0809zheng/CS231n-assignment2019 #19, where the course's own test has stride = window",
        "overlaps"),
    Exhibit(
        "pooling-forgets-its-padding", "ops.reference.pool:max_pool2d_backward",
        "return crop(dx, win)", "return dx[:, :dx.shape[1] - win.top - win.bottom, :dx.shape[2] - win.left - win.right]",
        "max_pool2d",
        "The network trains. The gradient arrives one pixel above its place.",
        "dx was computed with the padding. Remove the padding's top rows and left columns first.",
        "FluxML/NNlib.jl #133, deeplearning4j/libnd4j #755", "shifted"),
    Exhibit(
        "maximum-padded-with-zero", "ops.reference.pool:max_pool2d",
        "x = pad(x, win, -np.inf)", "x = pad(x, win)",
        "max_pool2d",
        "The network learns almost as well. Negative features at the border become 0, and other libraries give other "
        "numbers.",
        "Padding must never be the maximum, and 0 is larger than every negative number. Forward and backward agree here, "
        "so a gradient check sees nothing. Only the comparison with the definition does.",
        "apache/mxnet #2753, zylo117/Yet-Another-EfficientDet-Pytorch #352, distdl/distdl #195", guard="definition"),
    Exhibit(
        "average-not-divided", "ops.reference.pool:avg_pool2d_backward",
        "dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)", "dx[seen_through(u, v, win)] += dy",
        "avg_pool2d",
        "The layers before the pooling get a gradient that is KH * KW times too large, and training may diverge.",
        "Forward divides by KH * KW, so backward does too.",
        "mashmawy/AlbiruniML #2 and mlpack/mlpack #2865 are close; torch/nn #178 forgot it in both passes", "multiplied "
        "by KH * KW"),
    Exhibit(
        "padding-counted-once", "ops.reference.pool:avg_pool2d_backward",
        "dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)",
        "real = avg_pool2d(np.ones(x_shape), kernel_size, stride, padding) * (win.KH * win.KW)\n"
        "dx[seen_through(u, v, win)] += dy / real",
        "avg_pool2d",
        "The network trains. The gradient is wrong only at the border, and only with padding.",
        "Averages may include the padding or not. Forward and backward have to do the same.",
        "tracel-ai/burn #5604, pytorch/pytorch #198119", "borders"),
    Exhibit(
        "mean-of-pixels-not-divided", "ops.reference.pool:global_avg_pool2d_backward",
        "return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()",
        "return np.broadcast_to(dy[:, None, None, :], x_shape).copy()",
        "global_avg_pool2d",
        "All convolutions get a gradient that is H * W times too large: the loss is NaN within a few steps, or Adam hides "
        "the error.",
        "y is the mean of H * W pixels, so each pixel changes it by 1 / (H * W).", "", "multiplied by H * W"),
)

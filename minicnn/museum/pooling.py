"""Bugs of pooling."""

from .exhibit import Exhibit

WINS = "wins = waiting & inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))"
SENT = "dx[seen_through(u, v, win)] += np.where(wins, dy, 0)"

EXHIBITS = (
    Exhibit(
        "every-tie-wins", "ops.reference.pool:max_pool2d_backward",
        WINS, "wins = inside[seen_through(u, v, win)] & ((seen == y) | np.isnan(seen))",
        "max_pool2d with ties", "Invisible on random numbers. After a ReLU whole windows are 0, and each gets its "
        "gradient nine times.",
        "The gradient's sum is conserved: one dy, one winner, the first.",
        "Theano/Theano #5248, mni-ml/framework #22", "ties"),
    Exhibit(
        "pooled-overlaps-assign", "ops.reference.pool:max_pool2d_backward",
        SENT, "dx[seen_through(u, v, win)] = np.where(wins, dy, dx[seen_through(u, v, win)])",
        "max_pool2d", "Right for the usual pooling of 2 by 2 with stride 2. Wrong as soon as windows overlap.",
        "A pixel that wins in two windows answers for both: add.",
        "FluxML/NNlib.jl #205; 0809zheng/CS231n-assignment2019 #19, where the course's own test has stride = window",
        "overlaps"),
    Exhibit(
        "pooling-forgets-its-padding", "ops.reference.pool:max_pool2d_backward",
        "return crop(dx, win)", "return dx[:, :dx.shape[1] - win.top - win.bottom, :dx.shape[2] - win.left - win.right]",
        "max_pool2d", "Trains. The gradient arrives one pixel up, where nobody looks.",
        "dx was built inside the frame, so the frame's top and left come off first.",
        "FluxML/NNlib.jl #133, deeplearning4j/libnd4j #755", "shifted"),
    Exhibit(
        "maximum-padded-with-zero", "ops.reference.pool:max_pool2d",
        "x = pad(x, win, -np.inf)", "x = pad(x, win)",
        "max_pool2d", "Learns almost as well; features that are negative at the border become 0. Another library gives "
        "other numbers.",
        "The padding must never win, and 0 wins over every negative number. Forward and backward agree here, so that a "
        "gradient check sees nothing: only the definition knows.",
        "apache/mxnet #2753, zylo117/Yet-Another-EfficientDet-Pytorch #352, distdl/distdl #195", guard="definition"),
    Exhibit(
        "average-not-divided", "ops.reference.pool:avg_pool2d_backward",
        "dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)", "dx[seen_through(u, v, win)] += dy",
        "avg_pool2d", "Layers below the pooling learn with a rate that is KH * KW times as high, and may explode.",
        "Forward takes a KH * KW-th of every pixel; so does backward.",
        "mashmawy/AlbiruniML #2 and mlpack/mlpack #2865 are close; torch/nn #178 forgot it in both passes", "multiplied "
        "by KH * KW"),
    Exhibit(
        "padding-counted-once", "ops.reference.pool:avg_pool2d_backward",
        "dx[seen_through(u, v, win)] += dy / (win.KH * win.KW)",
        "real = avg_pool2d(np.ones(x_shape), kernel_size, stride, padding) * (win.KH * win.KW)\n"
        "dx[seen_through(u, v, win)] += dy / real",
        "avg_pool2d", "Trains. Wrong only at the border, and only with padding.",
        "Whether the padding counts is a convention. Both passes must have the same one.",
        "tracel-ai/burn #5604, pytorch/pytorch #198119", "borders"),
    Exhibit(
        "mean-of-pixels-not-divided", "ops.reference.pool:global_avg_pool2d_backward",
        "return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()",
        "return np.broadcast_to(dy[:, None, None, :], x_shape).copy()",
        "global_avg_pool2d", "All convolutions learn with a rate that is H * W times as high: the loss is NaN within a "
        "few steps, or Adam "
        "hides it entirely.",
        "y is the mean of H * W pixels; each of them moves it by 1 / (H * W).", "", "multiplied by H * W"),
)

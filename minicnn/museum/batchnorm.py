"""Bugs of batch normalisation."""

from .exhibit import Exhibit

DX = "dx = gamma / std * (dy - dbeta / M - x_hat * (dgamma / M))"

EXHIBITS = (
    Exhibit(
        "statistics-as-constants", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * dy",
        "batch_norm 4-D", "Learns, and drifts: nothing holds the mean and size of what comes in.",
        "In training, mean and variance are functions of x. Only in eval are they constants.",
        "facebookresearch/CrypTen #143, whose test had left out the training flag", "batch mean and variance"),
    Exhibit(
        "variance-path-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * (dy - dbeta / M)",
        "batch_norm 4-D", "Learns about as well. A check with dy = 1 passes it: dgamma is 0 then, and so is the path.",
        "x also moves the variance: subtract x_hat times the mean of dy * x_hat.",
        "deeplearning4j/deeplearning4j #8379, abhiskk/ladder #2", "batch variance"),
    Exhibit(
        "mean-path-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * (dy - x_hat * (dgamma / M))",
        "batch_norm 4-D", "Learns, with gradients that push whole channels up or down, which forward then takes out again.",
        "x also moves the mean: subtract the mean of dy. So dx sums to 0 over each channel.",
        "deeplearning4j/deeplearning4j #8379", "batch mean"),
    Exhibit(
        "gamma-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = (dy - dbeta / M - x_hat * (dgamma / M)) / std",
        "batch_norm 4-D", "Right at the first step, because gamma starts at 1. Tests that never move gamma pass it.",
        "y = gamma * x_hat: on its way to x, dy goes through gamma.",
        "denizyuret/Knet.jl #288", "gamma missing"),
    Exhibit(
        "batch-statistics-at-test", "layers.batchnorm:BatchNorm.forward",
        "if of_batch:", "if True:",
        "BatchNorm(2)", "A picture's class depends on the pictures beside it. Alone, with batch size 1, it cannot be read "
        "at all.",
        "In eval the running averages are used, and nothing is updated.",
        "keras-team/keras #81, anitan0925/vaegan #1", "batch mean and variance"),
    Exhibit(
        "epsilon-outside-the-root", "ops.reference.batchnorm:batch_norm_eval_backward",
        "std = np.sqrt(var + epsilon)", "std = np.sqrt(var) + epsilon",
        "batch_norm_eval 4-D", "Nothing: the gradient is off by one part in 200,000. A check with a tolerance of 1e-4 "
        "cannot see it.",
        "Backward differentiates what forward computed, epsilon in its place.",
        "Tencent/ncnn #311"),
)

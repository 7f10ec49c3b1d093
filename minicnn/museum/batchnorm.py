"""Bugs of batch normalization."""

from .exhibit import Exhibit

DX = "dx = gamma / std * (dy - dbeta / M - x_hat * (dgamma / M))"

EXHIBITS = (
    Exhibit(
        "statistics-as-constants", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * dy",
        "batch_norm 4-D",
        "The network learns, but the mean and the size of the layer's input drift.",
        "In training, the mean and the variance are functions of x. They are constants only in eval mode.",
        "facebookresearch/CrypTen #143, whose test had left out the training flag", "batch mean and variance"),
    Exhibit(
        "variance-path-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * (dy - dbeta / M)",
        "batch_norm 4-D",
        "The network learns about as well. A check with dy = 1 does not see it: dgamma is 0 then, and the missing term "
        "too.",
        "x also changes the variance: subtract x_hat times the mean of dy * x_hat.",
        "deeplearning4j/deeplearning4j #8379, abhiskk/ladder #2", "batch variance"),
    Exhibit(
        "mean-path-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = gamma / std * (dy - x_hat * (dgamma / M))",
        "batch_norm 4-D",
        "The network learns. Its gradients move whole channels up or down, and forward then subtracts the mean again.",
        "x also changes the mean: subtract the mean of dy. Then dx sums to 0 over each channel.",
        "deeplearning4j/deeplearning4j #8379", "batch mean"),
    Exhibit(
        "gamma-forgotten", "ops.reference.batchnorm:batch_norm_backward",
        DX, "dx = (dy - dbeta / M - x_hat * (dgamma / M)) / std",
        "batch_norm 4-D",
        "The first step is right, because gamma starts at 1. A test that leaves gamma at 1 passes.",
        "y = gamma * x_hat + beta, so dy has to be multiplied by gamma.",
        "denizyuret/Knet.jl #288", "gamma missing"),
    Exhibit(
        "batch-statistics-at-test", "layers.batchnorm:BatchNorm.forward",
        "if of_batch:", "if True:",
        "BatchNorm(2)",
        "The class of an image depends on the other images in its batch. A batch of one image cannot be classified at "
        "all.",
        "In eval mode, use the running statistics and do not update them.",
        "keras-team/keras #81, anitan0925/vaegan #1", "batch mean and variance"),
    Exhibit(
        "epsilon-outside-the-root", "ops.reference.batchnorm:batch_norm_eval_backward",
        "std = np.sqrt(var + epsilon)", "std = np.sqrt(var) + epsilon",
        "batch_norm_eval 4-D",
        "The gradient is wrong by one part in 200,000. A check with tolerance 1e-4 does not see it.",
        "Backward has to use epsilon where forward uses it: inside the root.",
        "Tencent/ncnn #311"),
)

"""Bugs of activations, dropout and softmax."""

from .exhibit import Exhibit

RELU = "return np.where(x > 0, dy, 0).astype(dy.dtype, copy=False)"

EXHIBITS = (
    Exhibit(
        "relu-overwrites-dy", "ops.reference.activations:relu_backward",
        RELU, "dy[x <= 0] = 0\nreturn dy",
        "relu",
        "In a plain chain of layers nothing goes wrong. With a shortcut around the ReLU, both branches share one dy, and "
        "the other branch gets the masked gradient.",
        "dy belongs to the caller. Make a new array.",
        "oreilly-japan/deep-learning-from-scratch, common/layers.py", "writes"),
    Exhibit(
        "relu-asks-dy", "ops.reference.activations:relu_backward",
        RELU, "return np.where(dy > 0, dy, 0)",
        "relu",
        "The network learns, but not from its gradient: only positive dy pass. This rule (guided backprop) was made to "
        "draw what a network sees, not to train it.",
        "Forward compares x with 0, so backward must compare x with 0. A derivative multiplies dy by a factor that does "
        "not depend on dy.",
        "guided-backprop code used as a plain ReLU", "not linear"),
    Exhibit(
        "relu-asks-its-output-with-or-equal", "ops.reference.activations:relu_backward",
        RELU, "return np.where(np.maximum(x, 0) >= 0, dy, 0)",
        "relu",
        "The network still learns, and ends a few percent worse. Units whose output is 0 get gradients too.",
        "y >= 0 is always true after a ReLU. Compare y > 0 or x > 0.",
        "iamtrask/Grokking-Deep-Learning #56", "mask"),
    Exhibit(
        "leaky-slope-forgotten", "ops.reference.activations:leaky_relu_backward",
        "return np.where(x > 0, dy, slope * dy)", "return np.where(x > 0, dy, 0.01 * dy)",
        "leaky_relu",
        "The network still learns. Negative inputs get the gradient of the default slope, 0.01, whatever slope the layer "
        "has. With the default slope nothing is wrong.",
        "Backward uses the same slope as forward.",
        "deeplearning4j/deeplearning4j #8178", "where x is negative"),
    Exhibit(
        "leaky-slope-instead-of-gradient", "ops.reference.activations:leaky_relu_backward",
        "return np.where(x > 0, dy, slope * dy)", "return np.where(x > 0, dy, slope)",
        "leaky_relu",
        "The network still learns, with a constant drift: negative inputs move in one direction, whatever the loss is.",
        "The chain rule multiplies by dy: slope * dy.",
        "SilasMarvin/dnns-from-scratch-in-zig #5", "not linear"),
    Exhibit(
        "sigmoid-derivative-at-x", "layers.activations:Sigmoid.forward",
        "self.saved = y", "self.saved = x",
        "Sigmoid()",
        "The layer learns while x is between 0 and 1. For other x the factor x * (1 - x) is negative, and the loss grows.",
        "The derivative is y * (1 - y), with y = sigmoid(x). Forward must save y, not x.",
        "BoltzmannEntropy/interviews.ai #4"),
    Exhibit(
        "tanh-twice", "ops.reference.activations:tanh_backward",
        "return dy * (1 - y * y)", "return dy * (1 - np.tanh(y) ** 2)",
        "tanh",
        "The network still learns: the derivative has the right sign, but it is too large where |x| is large.",
        "Backward is given y = tanh(x). Do not apply tanh again.",
        "davidrmiller/neural2d #40"),
    Exhibit(
        "dropout-backward-unscaled", "ops.reference.dropout:dropout_backward",
        "return dy * mask / (1 - rate)", "return dy * mask",
        "dropout",
        "The network still learns. All layers before the dropout learn with a learning rate that is smaller by the factor "
        "1 - rate.",
        "y = x * mask / (1 - rate), so dx = dy * mask / (1 - rate).",
        "iamtrask/Grokking-Deep-Learning, chapter 8", "multiplied by 1 - p"),
    Exhibit(
        "dropout-mask-not-applied", "ops.reference.dropout:dropout_backward",
        "return dy * mask / (1 - rate)", "return dy / (1 - rate)",
        "dropout",
        "The network still learns. Units that were dropped get a gradient too.",
        "A dropped unit has no effect on y, so its gradient is 0: multiply by the mask.",
        "ddbourgin/numpy-ml #94", "mask"),
    Exhibit(
        "dropout-forward-unscaled", "ops.reference.dropout:dropout",
        "return x * mask / (1 - rate)", "return x * mask",
        "dropout",
        "The network trains well and tests badly: at test time no unit is dropped, so sums are 1 / (1 - rate) times as "
        "large as in training.",
        "Inverted dropout divides by 1 - rate in training, so nothing has to be scaled at test time.",
        "the wrong factor at test time: karpathy/convnetjs #61, lmjohns3/theanets #123", "divided by 1 - p"),
    Exhibit(
        "dropout-draws-again", "layers.dropout:Dropout.backward",
        "return ops.dropout_backward(dy, self.mask, self.rate)",
        "return ops.dropout_backward(dy, self.rng.random(dy.shape) >= self.rate, self.rate)",
        "Dropout(0.4)",
        "The network learns badly or not at all, and no error is raised: backward uses another mask than forward.",
        "The mask is a part of the function. Save it in forward and use it in backward.",
        "allenai/OLMo-core #828, openai/guided-diffusion #167 (recomputed forward passes)"),
    Exhibit(
        "softmax-over-the-batch", "ops.reference.softmax:log_softmax",
        "return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))", "return shifted - "
        "np.log(np.exp(shifted).sum())",
        "log_softmax",
        "The result is right for batch size 1. For N images the probabilities of a row sum to about 1/N.",
        "Each row is one distribution: sum over the classes, not over the batch.",
        "deeplearning4j/nd4j #44, twitter-archive/torch-autograd #166"),
    Exhibit(
        "largest-of-the-batch", "ops.reference.softmax:log_softmax",
        "shifted = x - x.max(axis=-1, keepdims=True)", "shifted = x - x.max()",
        "log_softmax",
        "The result is right until one row is far above another. Then exp of the lower row is 0, its log is minus "
        "infinity, and the loss is infinite.",
        "Subtract the maximum of each row, so that its largest term is exp(0) = 1. The function is mathematically the "
        "same, so a gradient check does not see this bug.",
        "manassharma07/crysx_nn #7, blackportal-ai/delta #165", guard="extreme logits"),
    Exhibit(
        "log-softmax-sums-nothing", "ops.reference.softmax:log_softmax_backward",
        "return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)", "return dy - np.exp(y) * dy",
        "log_softmax",
        "The network still learns: if each row of dy has one entry that is not 0, the gradient at that entry is right.",
        "Each y[k] depends on every x[j] of its row through the sum, so backward sums the row of dy.",
        "uxlfoundation/oneDNN #616, mlpack/mlpack #2360, apache/tvm #1201"),
)

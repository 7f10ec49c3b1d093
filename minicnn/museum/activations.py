"""Bugs of activations, dropout and softmax."""

from .exhibit import Exhibit

RELU = "return np.where(x > 0, dy, 0).astype(dy.dtype, copy=False)"

EXHIBITS = (
    Exhibit(
        "relu-overwrites-dy", "ops.reference.activations:relu_backward",
        RELU, "dy[x <= 0] = 0\nreturn dy",
        "relu", "Nothing, in a chain. With a shortcut around it both branches share dy, and the other one gets the masked "
        "gradient.",
        "What is given belongs to the caller. Make a new array.",
        "oreilly-japan/deep-learning-from-scratch, common/layers.py", "writes"),
    Exhibit(
        "relu-asks-dy", "ops.reference.activations:relu_backward",
        RELU, "return np.where(dy > 0, dy, 0)",
        "relu", "Learns something: a gradient that can only grow the inputs. Meant for pictures (guided backprop), not "
        "for training.",
        "The derivative is that of forward, and forward asked x. Nothing in a derivative depends on dy but as a factor.",
        "guided-backprop code used as a plain ReLU", "not linear"),
    Exhibit(
        "relu-asks-its-output-with-or-equal", "ops.reference.activations:relu_backward",
        RELU, "return np.where(np.maximum(x, 0) >= 0, dy, 0)",
        "relu", "Still learns, a few percent worse, because forward is right. Dead units get gradients.",
        "y >= 0 is always true after a ReLU. Ask y > 0, or x > 0.",
        "iamtrask/Grokking-Deep-Learning #56", "mask"),
    Exhibit(
        "leaky-slope-forgotten", "ops.reference.activations:leaky_relu_backward",
        "return np.where(x > 0, dy, slope * dy)", "return np.where(x > 0, dy, 0.01 * dy)",
        "leaky_relu", "Still learns: only negative inputs get too small a gradient, and with the default slope not even they.",
        "Backward takes the slope that forward took.",
        "deeplearning4j/deeplearning4j #8178", "where x is negative"),
    Exhibit(
        "leaky-slope-instead-of-gradient", "ops.reference.activations:leaky_relu_backward",
        "return np.where(x > 0, dy, slope * dy)", "return np.where(x > 0, dy, slope)",
        "leaky_relu", "Still learns, with a constant drift: negative inputs are pulled down whatever the loss says.",
        "The chain rule multiplies: slope * dy.",
        "SilasMarvin/dnns-from-scratch-in-zig #5", "not linear"),
    Exhibit(
        "sigmoid-derivative-at-x", "layers.activations:Sigmoid.forward",
        "self.saved = y", "self.saved = x",
        "Sigmoid()", "Learns while x is in (0, 1). Elsewhere x * (1 - x) is negative, and the layer climbs.",
        "y * (1 - y) is the derivative in terms of the result: y is what must be kept.",
        "BoltzmannEntropy/interviews.ai #4"),
    Exhibit(
        "tanh-twice", "ops.reference.activations:tanh_backward",
        "return dy * (1 - y * y)", "return dy * (1 - np.tanh(y) ** 2)",
        "tanh", "Still learns: the derivative has the right sign and never gets as small as it should.",
        "Backward is given y = tanh(x). The tanh has been taken.",
        "davidrmiller/neural2d #40"),
    Exhibit(
        "dropout-backward-unscaled", "ops.reference.dropout:dropout_backward",
        "return dy * mask / (1 - rate)", "return dy * mask",
        "dropout", "Still learns: all layers below the dropout with a smaller rate.",
        "y = x * mask / (1 - rate), so dx = dy * mask / (1 - rate).",
        "iamtrask/Grokking-Deep-Learning, chapter 8", "multiplied by 1 - p"),
    Exhibit(
        "dropout-mask-not-applied", "ops.reference.dropout:dropout_backward",
        "return dy * mask / (1 - rate)", "return dy / (1 - rate)",
        "dropout", "Still learns. Units that did not take part are blamed all the same.",
        "What was dropped had no part in y.",
        "ddbourgin/numpy-ml #94", "mask"),
    Exhibit(
        "dropout-forward-unscaled", "ops.reference.dropout:dropout",
        "return x * mask / (1 - rate)", "return x * mask",
        "dropout", "Trains well and tests badly: at test time every unit is there, and sums are 1 / (1 - rate) times what "
        "they were.",
        "Inverted dropout scales in training, so that nothing has to be scaled at test time.",
        "the wrong factor at test time: karpathy/convnetjs #61, lmjohns3/theanets #123", "divided by 1 - p"),
    Exhibit(
        "dropout-draws-again", "layers.dropout:Dropout.backward",
        "return ops.dropout_backward(dy, self.mask, self.rate)",
        "return ops.dropout_backward(dy, self.rng.random(dy.shape) >= self.rate, self.rate)",
        "Dropout(0.4)", "Learns badly or not at all, with no error: the gradient belongs to another network than the loss.",
        "The mask of forward is part of the function that is differentiated: save it in forward.",
        "allenai/OLMo-core #828, openai/guided-diffusion #167 (recomputed forward passes)"),
    Exhibit(
        "softmax-over-the-batch", "ops.reference.softmax:log_softmax",
        "return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))", "return shifted - "
        "np.log(np.exp(shifted).sum())",
        "log_softmax", "Right for batch size 1. Otherwise the probabilities of a row sum to about 1/N.",
        "One distribution for each row: the sum runs over the classes.",
        "deeplearning4j/nd4j #44, twitter-archive/torch-autograd #166"),
    Exhibit(
        "largest-of-the-batch", "ops.reference.softmax:log_softmax",
        "shifted = x - x.max(axis=-1, keepdims=True)", "shifted = x - x.max()",
        "log_softmax", "Right until one row is far above another: that one underflows, log 0, and the loss is infinite.",
        "Each row's own maximum, so that its largest term is exp(0) = 1. Mathematically the same, so no derivative shows it.",
        "manassharma07/crysx_nn #7, blackportal-ai/delta #165", guard="extreme logits"),
    Exhibit(
        "log-softmax-sums-nothing", "ops.reference.softmax:log_softmax_backward",
        "return dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)", "return dy - np.exp(y) * dy",
        "log_softmax", "Still learns: behind it stands a dy with one entry per row, whose own place is nearly right.",
        "Every x[j] is in the normalisation of every y[k]: the row's dy are summed.",
        "uxlfoundation/oneDNN #616, mlpack/mlpack #2360, apache/tvm #1201"),
)

"""Bugs of the losses."""

from .exhibit import Exhibit

PLAIN = "dlogits = (np.exp(log_p) - target) / N"
DLOGITS = "dlogits = (np.exp(log_p) * weighted.sum(axis=1, keepdims=True) - weighted) / total"

EXHIBITS = (
    Exhibit(
        "mean-forgotten", "losses:softmax_cross_entropy",
        PLAIN, "dlogits = np.exp(log_p) - target",
        "softmax_cross_entropy",
        "The gradient grows with the batch size: SGD diverges with N = 256, and Adam hides the error.",
        "The loss is a mean over the batch, so its gradient is divided by N.",
        "tensorflow/swift-apis #42, hunkim/DeepLearningZeroToAll #173", "multiplied by N"),
    Exhibit(
        "mean-taken-twice", "losses:softmax_cross_entropy",
        PLAIN, "dlogits = (np.exp(log_p) - target) / N / N",
        "softmax_cross_entropy",
        "With SGD the network learns N times more slowly. A huge learning rate hides the error.",
        "Divide by N once.",
        "eriklindernoren/PyTorch-YOLOv3 #137, deeplearning4j/deeplearning4j #366", "divided by N"),
    Exhibit(
        "class-weights-by-column", "losses:softmax_cross_entropy",
        DLOGITS, "dlogits = (np.exp(log_p) * weights - weighted) / total",
        "softmax_cross_entropy",
        "The gradient is right without weights. With weights the rare class gets the wrong weight, and the loss looks "
        "plausible.",
        "A row counts as much as the weight of its label: multiply rows by weights, not columns.",
        "close: jakeret/tf_unet #8 puts the weights on the logits"),
    Exhibit(
        "smoothing-forgotten-in-backward", "losses:softmax_cross_entropy",
        DLOGITS, "dlogits = (np.exp(log_p) * weights[labels, None] - np.eye(K)[labels] * weights) / total",
        "softmax_cross_entropy",
        "The loss stops at a floor while the gradient still pushes the logits apart, so the network becomes too "
        "confident.",
        "Use the same smoothed target in the loss and in its gradient.",
        "close: TimDettmers/ConvE #55, paiml/aprender #2199"),
    Exhibit(
        "sigmoid-derivative-twice", "losses:sigmoid_cross_entropy",
        "dlogits = weights * (p - target) / total", "dlogits = weights * (p - target) * p * (1 - p) / total",
        "sigmoid_cross_entropy",
        "The network still learns, and most slowly where it is most wrong: a confident mistake has almost no gradient.",
        "p - target is already the derivative with respect to the logit. The factor p * (1 - p) of the sigmoid has "
        "cancelled.",
        "proposed as a fix in mnielsen/neural-networks-and-deep-learning #77"),
)

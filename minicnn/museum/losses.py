"""Bugs of the losses."""

from .exhibit import Exhibit

PLAIN = "dlogits = (np.exp(log_p) - target) / N"
DLOGITS = "dlogits = (np.exp(log_p) * weighted.sum(axis=1, keepdims=True) - weighted) / total"

EXHIBITS = (
    Exhibit(
        "mean-forgotten", "losses:softmax_cross_entropy",
        PLAIN, "dlogits = np.exp(log_p) - target",
        "softmax_cross_entropy", "Learns with a rate that grows with the batch size: SGD explodes at 256, Adam notices "
        "nothing.",
        "The loss is a mean over the batch, and so is its gradient.",
        "tensorflow/swift-apis #42, hunkim/DeepLearningZeroToAll #173", "multiplied by N"),
    Exhibit(
        "mean-taken-twice", "losses:softmax_cross_entropy",
        PLAIN, "dlogits = (np.exp(log_p) - target) / N / N",
        "softmax_cross_entropy", "Learns N times more slowly with SGD. The usual remedy, a huge learning rate, hides it.",
        "Once.",
        "eriklindernoren/PyTorch-YOLOv3 #137, deeplearning4j/deeplearning4j #366", "divided by N"),
    Exhibit(
        "class-weights-by-column", "losses:softmax_cross_entropy",
        DLOGITS, "dlogits = (np.exp(log_p) * weights - weighted) / total",
        "softmax_cross_entropy", "Right without weights. With them the rare class is not helped as it should be; the loss "
        "looks plausible.",
        "A row counts as much as its label's weight: rows are weighted, not the logits' columns.",
        "close: jakeret/tf_unet #8 puts the weights on the logits"),
    Exhibit(
        "smoothing-forgotten-in-backward", "losses:softmax_cross_entropy",
        DLOGITS, "dlogits = (np.exp(log_p) * weights[labels, None] - np.eye(K)[labels] * weights) / total",
        "softmax_cross_entropy", "The loss never falls below its floor while the gradient still pushes: over-confident "
        "all the same.",
        "The target of the gradient is the target of the loss.",
        "close: TimDettmers/ConvE #55, paiml/aprender #2199"),
    Exhibit(
        "sigmoid-derivative-twice", "losses:sigmoid_cross_entropy",
        "dlogits = weights * (p - target) / total", "dlogits = weights * (p - target) * p * (1 - p) / total",
        "sigmoid_cross_entropy", "Still learns, and slowest where it is most wrong: a confident mistake has hardly any "
        "gradient.",
        "p - target already is the derivative with respect to the logit; the sigmoid's own has cancelled.",
        "proposed as a fix in mnielsen/neural-networks-and-deep-learning #77"),
)

"""minicnn: a convolutional network engine to read, run, check and time. Start with docs/reading-order.md."""

from . import ops
from .data import (
    Augment,
    Preprocessing,
    as_float,
    batches,
    class_weights,
    digits,
    fashion_mnist,
    image_folder,
    mnist,
    split,
)
from .gradcheck import check_layer, check_loss, check_network, check_op
from .layers import (
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    Layer,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    Parameter,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from .losses import NonFiniteError, sigmoid_cross_entropy, softmax_cross_entropy
from .metrics import accuracy, confusion_matrix, softmax
from .models import inception_like, lenet5, resnet, two_conv, vgg_like
from .ops import set_num_threads
from .optim import SGD, Adam, AdamW, AveragedWeights, Cosine, OneCycle, RMSprop, StepDecay, clip_gradients
from .shapes import DtypeError, ShapeError
from .training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .training.model_file import load_model, save_model
from .training.nonfinite import first_nonfinite

__version__ = "0.1.0"

__all__ = [
    "SGD", "Adam", "AdamW", "Augment", "AveragedWeights", "AvgPool2D", "BatchNorm", "CheckpointError", "Concat", "Conv2D",
    "Cosine", "Dense", "Dropout", "DtypeError", "Flatten", "GlobalAvgPool2D", "Layer", "LeakyReLU", "LogSoftmax", "MaxPool2D",
    "NonFiniteError", "OneCycle", "Parameter", "Preprocessing", "RMSprop", "ReLU", "Residual", "Sequential", "ShapeError",
    "Sigmoid", "StepDecay", "Tanh", "accuracy", "as_float", "batches", "check_layer", "check_loss", "check_network",
    "check_op", "class_weights", "clip_gradients", "confusion_matrix", "digits", "fashion_mnist", "first_nonfinite",
    "image_folder", "inception_like", "lenet5", "load_checkpoint", "load_model", "mnist", "ops", "resnet", "save_checkpoint",
    "save_model", "set_num_threads", "sigmoid_cross_entropy", "softmax", "softmax_cross_entropy", "split", "two_conv",
    "vgg_like",
]

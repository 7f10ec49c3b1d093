"""minicnn: a convolutional network engine to read, run, check and time. Start with docs/reading-order.md."""

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
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    Layer,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)
from .layers.branches import Concat, Residual
from .layers.parameter import Parameter
from .layers.sequential import Sequential
from .losses import NonFiniteError, sigmoid_cross_entropy, softmax_cross_entropy
from .ops import set_num_threads
from .optim.averaging import AveragedWeights
from .optim.optimizers import SGD, Adam, AdamW, RMSprop, clip_gradients
from .optim.schedules import Cosine, OneCycle, StepDecay
from .shapes import DtypeError, ShapeError
from .training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .training.model_file import load_model, save_model
from .training.nonfinite import first_nonfinite

__version__ = "0.1.0"

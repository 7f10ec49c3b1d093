"""minicnn: a convolutional network engine to read, run, check and time. Start with docs/reading-order.md."""

from .averaging import AveragedWeights
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .containers import Concat, Residual, Sequential
from .data import Augment, Preparation, as_float, batches, class_weights, digits, fashion_mnist, image_folder, mnist, split
from .gradcheck import check_layer, check_loss, check_network, check_op
from .health import first_nonfinite
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
from .losses import NonFiniteError, sigmoid_cross_entropy, softmax_cross_entropy
from .ops import set_num_threads
from .optimizers import SGD, Adam, AdamW, RMSprop, clip_gradients
from .parameter import Parameter
from .schedules import Cosine, OneCycle, StepDecay
from .shapes import DtypeError, ShapeError

__version__ = "0.1.0"

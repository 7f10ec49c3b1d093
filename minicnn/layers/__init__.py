"""Layers: parameters, settings and what backward needs, around the pairs of ops. The contract is in layer.py."""

from .activations import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Tanh
from .batchnorm import BatchNorm
from .branches import Concat, Residual
from .conv import Conv2D
from .dense import Dense
from .dropout import Dropout
from .flatten import Flatten
from .layer import Layer
from .parameter import Parameter
from .pool import AvgPool2D, GlobalAvgPool2D, MaxPool2D
from .sequential import Sequential

"""Optimizers, learning-rate schedules, averaged weights, gradient clipping."""

from .averaging import AveragedWeights
from .clipping import clip_gradients
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from .schedules import Cosine, OneCycle, Schedule, StepDecay

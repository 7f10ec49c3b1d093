"""Sums of two arrays."""

from .activations import relu


def add(a, b):
    """One number after the other."""
    return a + b


def add_relu(a, b):
    """First the sum, then the ReLU."""
    return relu(add(a, b))

"""Two ops in one, as what they mean: one after the other."""

from .conv import conv2d, dense
from .pointwise import relu, relu_backward
from .pool import max_pool2d_backward


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    return relu(conv2d(x, w, b, stride, padding))


def dense_relu(x, w, b=None):
    return relu(dense(x, w, b))


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    return relu_backward(max_pool2d_backward(dy, y, kernel_size, stride, padding), y)

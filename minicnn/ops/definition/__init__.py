"""The definitions: every op as its equation, in nested loops, with the letters of docs/notation.md.

These files are too slow for training. They define each op exactly, and the other two implementations are tested against
them. Each backward pass has the same loops as its forward pass, and its inner line is the derivative of the forward line:
if forward says  y += x * w,  backward says  dx += dy * w  and  dw += dy * x.

Shapes, errors and sources are in the docstrings of minicnn/ops/, in the files of the same names.
"""

from .activations import (
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from .addition import add, add_relu
from .batchnorm import (
    batch_norm,
    batch_norm_backward,
    batch_norm_eval,
    batch_norm_eval_backward,
    batch_norm_eval_relu,
    batch_norm_relu,
    batch_norm_relu_backward,
)
from .conv import col2im, conv2d, conv2d_backward, conv2d_relu, im2col
from .dense import dense, dense_backward, dense_relu
from .dropout import dropout, dropout_backward
from .pool import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_relu_backward,
)
from .resample import affine
from .softmax import log_softmax, log_softmax_backward
from .updates import adam, rmsprop, sgd

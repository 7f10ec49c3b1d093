"""The third rung: the ops of the reference rung, as fast as the processor allows. Compiled by Numba, in Numba's threads.

Read in this order:

    tile.py         the one inner loop of all multiplications; emitter.py, cpu.py: how it is written, and for whom
    correlate.py    convolution and its gradients on that tile, without building im2col's matrix; conv.py calls it
    dense.py        matrix products on that tile
    winograd.py     3x3 convolutions with a quarter of the multiplications; transforms.py
    pool.py pointwise.py norm.py update.py fused.py resample.py     one pass through memory instead of NumPy's many
    threads.py kernels.py buffers.py arrays.py          the pool, the compiler and its cache, memory used again

Arguments are checked before they come here (ops/checks.py): a kernel that is given wrong shapes reads past an array's end.
Under NUMBA_DISABLE_JIT=1 the kernels have no Python body, and the ladder takes the reference rung.
"""

from ..reference import col2im, im2col
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
from .batchnorm import batch_norm, batch_norm_backward, batch_norm_eval, batch_norm_eval_backward
from .conv import conv2d, conv2d_backward, conv2d_relu
from .dense import dense, dense_backward, dense_relu
from .dropout import dropout, dropout_backward
from .kernels.threads import num_threads, set_num_threads, threading_layer
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

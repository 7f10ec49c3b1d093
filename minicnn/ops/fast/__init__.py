"""The fast implementation: the ops of the reference, as fast as the processor allows. Compiled by Numba, in Numba's threads.

The files here prepare the arrays and call the kernels; the kernels are in kernels/. docs/fast.md is the map. Read in this
order:

    kernels/tile.py         the one inner loop of all multiplications; dots.py, its sister for one to six columns;
                            emitter.py, native.py, cpu.py: how they are written, compiled, and for which processor
    kernels/correlate.py    convolution and its gradients on that tile, without building im2col's matrix; conv.py calls it
    kernels/products.py     matrix products on that tile; dense.py calls it
    kernels/winograd.py     3x3 convolutions with a quarter of the multiplications; winograd_*.py, transforms.py
    pool.py activations.py addition.py softmax.py dropout.py batchnorm.py updates.py resample.py
                            one pass through memory instead of NumPy's many
    kernels/threads.py compiler.py cache.py memory_pool.py arrays.py sizes.py
                            the threads, the compiler and its cache, memory used again, names for numbers

Arguments are checked before they come here: a kernel that is given wrong shapes reads past an array's end.
Under NUMBA_DISABLE_JIT=1 the kernels have no Python body, and the reference implementation is used.
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

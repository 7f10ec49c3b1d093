"""Which tiles Winograd's convolution may compute: those whose numbers are of about one size.

The transforms add all pixels of a tile, so each result is rounded relative to the largest pixel of the tile, also a result
whose own 3x3 window holds small numbers only: one pixel of 1e6 among numbers near 1 would cost its neighbours a tenth of
their value. And 36 sums of numbers near 1e37 overflow where the definition is finite. So every tile is measured first:

- DIRECT: the largest number of the tile is more than 2**8 times the largest number of one of its windows, or so large or
  so small that products would overflow or underflow, or not finite. The tile is computed by the definition.
- ZEROS: some windows hold zeros only. They get what the definition gives: the bias.
- WINOGRAD: all others, nearly all tiles of a training.

Then |error| <= 2**8 * K * eps * (largest |x| in the window) * sum over c of (largest |w[:, :, c, f]|), where eps = 2**-24
and K, measured, is below 32. A tile's kind depends on the tile alone, never on the rest of the batch.

Sizes are compared as bits: without its sign bit, a float32 read as an integer grows with the number, infinity and NaN are
the largest of all, and a difference of 1 << 23 is about a factor of 2.
"""

import math

import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from .compiler import serial
from .emitter import I32, I64, Emitter
from .native import Caller, intrinsic_signature, native
from .transforms import A_T, B_T, G, M

WINOGRAD, ZEROS, DIRECT = 0, 1, 2
EXPONENT = 23               # bits of a float32 after its exponent
RANGE = 8 << EXPONENT       # a factor of 2**8
LARGEST, BIAS = 254, 127    # the exponents, as bits, of the largest float32 and of 1
DIGITS = 24                 # of a float32
NOTHING = np.int32(0x7FFFFFFF)


def growth(*matrices):
    """log2 of how much transforms can enlarge a number, at most."""
    return math.ceil(sum(2 * math.log2(max(1, *(sum(map(abs, row)) for row in matrix))) for matrix in matrices))


GROWTH = growth(B_T, G, A_T)


@native("ppii", dtypes=("float32",))
def sizes_of_pixels(builder, element, size, x, sizes, count, C):
    """sizes[p] = the largest |x[p, c]| as bits; C is a multiple of the lanes."""
    emitter = Emitter(builder, element, size)
    bits = ir.VectorType(I32, emitter.lanes)
    magnitude, step = ir.Constant(bits, [0x7FFFFFFF] * emitter.lanes), I64(emitter.lanes * size)
    kind = ir.FunctionType(I32, [bits])
    largest_of = builder.module.declare_intrinsic(f"llvm.vector.reduce.umax.v{emitter.lanes}i32", fnty=kind)

    def vector(pointers, sums):
        value = builder.and_(emitter.load(bits, pointers[0]), magnitude)
        return [builder.select(builder.icmp_unsigned(">", value, sums[0]), value, sums[0])]

    def pixel(pointers, sums):
        x, sizes = pointers
        zero = ir.Constant(bits, [0] * emitter.lanes)
        largest = emitter.loop("channels", builder.sdiv(C, I64(emitter.lanes)), ([x], [zero]), [step], vector)
        builder.store(builder.call(largest_of, largest), builder.bitcast(sizes, I32.as_pointer()))
        return sums

    emitter.loop("pixels", count, ([x, sizes], []), [builder.mul(C, I64(size)), I64(4)], pixel)


@intrinsic
def call_sizes_of_pixels(typing, x, at, sizes, sizes_at, count, C):
    def codegen(context, builder, signature, arguments):
        caller, (x, at, sizes, sizes_at, count, C) = Caller(context, builder, signature), arguments
        return caller.call("sizes_of_pixels", signature.args[0].dtype,
                           [caller.pointer(0, x, at), caller.pointer(2, sizes, sizes_at), count, C])

    return intrinsic_signature(x, at, sizes, sizes_at, count, C), codegen


@serial
def measure(x, at, sizes, sizes_at, count, C):
    """sizes[sizes_at + p] = the largest |number| of pixel p, as bits; pixels of C channels from x[at] on."""
    call_sizes_of_pixels(x, at, sizes, sizes_at, count, C)


@serial
def larger(a, b):
    return a if a > b else b


@serial
def measure_windows(sizes, WP, rows, across, windows):
    """windows[p] = the largest size in the 3x3 window that begins at pixel p of `rows` + 2 rows of WP pixels."""
    for p in range((rows + 2) * WP - 2):
        across[p] = larger(larger(sizes[p], sizes[p + 1]), sizes[p + 2])
    for p in range(rows * WP - 2):
        windows[p] = larger(larger(across[p], across[p + WP]), across[p + 2 * WP])


@serial
def largest_smallest(sizes, at, WP):
    """Of a square of M x M sizes: the largest, the smallest but zero, and whether there is a zero."""
    largest, smallest, zero = np.int32(0), NOTHING, False
    for i in range(M):
        for j in range(M):
            size = sizes[at + i * WP + j]
            largest = larger(largest, size)
            smallest = size if 0 < size < smallest else smallest
            zero |= size == 0
    return largest, smallest, zero


@serial
def kind_of(largest, smallest, zero, lowest, highest):
    if largest > highest or 0 < largest < lowest or (largest > 0 and largest - smallest > RANGE):
        return DIRECT
    return ZEROS if zero and largest > 0 else WINOGRAD


def limits(sizes, terms):
    """The sizes between which a tile's largest number may lie if filters of `sizes` are to meet it in sums of `terms`."""
    exponent, growth = int(sizes.max()) >> EXPONENT, GROWTH + math.ceil(math.log2(terms))
    highest = max(-1, (min(LARGEST, LARGEST + BIAS - exponent) - growth << EXPONENT) - 1)
    lowest = max(0, BIAS + DIGITS - exponent << EXPONENT) if exponent else 0
    return lowest, (-1 if exponent > LARGEST - growth else highest)


@serial
def pair_fits(a, b, growth):
    """Whether products of numbers of sizes a and b, summed and transformed, neither overflow nor underflow."""
    a, b = a >> EXPONENT, b >> EXPONENT
    highest = larger(a, b) <= LARGEST - growth and a + b - BIAS <= LARGEST - growth
    return highest and (a == 0 or b == 0 or a + b - BIAS >= DIGITS)

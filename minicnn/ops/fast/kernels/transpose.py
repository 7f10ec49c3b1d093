"""A transposed copy for kernels, square by square in registers.

A loop that writes out[k, r] = w[r, k] stores number by number, each into another line of the cache: in the backward pass of a
dense layer with 3,136 inputs, 128 outputs and 64 rows, this took a sixth of the time. Here LANES vectors of LANES numbers
are loaded, exchanged in registers, and stored as whole vectors, four times as fast (Zen 4).

The exchange: 'interleave' makes of a = a0 a1 a2 a3 and b = b0 b1 b2 b3 the vectors a0 b0 a1 b1 and a2 b2 a3 b3. If vector i is
interleaved with vector i + LANES/2, for all i, each number's place, written as (row, column) in binary, moves on by one digit:
the first digit of the row becomes the last digit of the column. After log2(LANES) rounds, row and column have changed places.
"""

from llvmlite import ir
from numba import njit
from numba.extending import intrinsic

from .compiler import serial
from .cpu import SHAPE
from .emitter import I32, I64, Emitter
from .native import Caller, intrinsic_signature, native


def exchanged(emitter, vectors):
    """The columns of the square whose rows are `vectors`."""
    LANES, half = emitter.lanes, emitter.lanes // 2

    def pick(first, second, lanes):
        return emitter.builder.shuffle_vector(first, second, ir.Constant(ir.VectorType(I32, LANES), lanes))

    low, high = ([lane // 2 + start + lane % 2 * LANES for lane in range(LANES)] for start in (0, half))
    for _ in range(LANES.bit_length() - 1):
        vectors = [pick(vectors[i], vectors[i + half], places) for i in range(half) for places in (low, high)]
    return vectors


@native("pi" "pi" "ii")
def transpose_square(builder, element, size, to, to_row, source, source_row, rows, columns):
    """to[c, r] = source[r, c] for r < rows, c < columns, at most LANES of each; zeros in to[c, rows:LANES]."""
    emitter = Emitter(builder, element, size)
    to_row, source_row, LANES = builder.mul(to_row, I64(size)), builder.mul(source_row, I64(size)), I64(emitter.lanes)
    places = [emitter.step(source, source_row, r) for r in range(emitter.lanes)]
    targets = [emitter.step(to, to_row, c) for c in range(emitter.lanes)]

    def first(count, index, of):
        """`of` if index < count, else 0: how many numbers of a vector there are."""
        return builder.select(builder.icmp_signed(">", count, I64(index)), of, I64(0))

    whole = builder.and_(builder.icmp_signed("==", rows, LANES), builder.icmp_signed("==", columns, LANES))
    with builder.if_else(whole) as (square, part):
        with square:
            for value, place in zip(exchanged(emitter, [emitter.load(emitter.vector, place) for place in places]), targets):
                builder.store(value, builder.bitcast(place, emitter.vector.as_pointer())).align = size
        with part:
            loaded = [emitter.load_first(place, first(rows, r, columns)) for r, place in enumerate(places)]
            for c, (value, place) in enumerate(zip(exchanged(emitter, loaded), targets)):
                emitter.store_first(value, place, first(columns, c, LANES))


@intrinsic
def call_transpose_square(typing, to, at, to_row, source, source_at, source_row, rows, columns):
    def codegen(context, builder, signature, arguments):
        to, at, to_row, source, source_at, source_row, rows, columns = arguments
        caller = Caller(context, builder, signature)
        return caller.call("transpose_square", signature.args[0].dtype, [
            caller.pointer(0, to, at), to_row, caller.pointer(3, source, source_at), source_row, rows, columns])

    return intrinsic_signature(to, at, to_row, source, source_at, source_row, rows, columns), codegen


@serial
def vector_transpose(to, to_row, source, source_at, source_row, rows, columns, LANES):
    """to[c * to_row + r] = source[source_at + r * source_row + c]; zeros after the last r, up to a multiple of LANES."""
    for r in range(0, rows, LANES):
        for c in range(0, columns, LANES):
            call_transpose_square(to, c * to_row + r, to_row, source, source_at + r * source_row + c, source_row,
                                  min(LANES, rows - r), min(LANES, columns - c))


@njit
def plain_transpose(to, to_row, source, source_at, source_row, rows, columns, LANES):
    """The same as plain loops, for a processor this file does not know."""
    for c in range(columns):
        for r in range((rows + LANES - 1) // LANES * LANES):
            to[c * to_row + r] = source[source_at + r * source_row + c] if r < rows else 0


transpose = plain_transpose if SHAPE == "plain" else vector_transpose

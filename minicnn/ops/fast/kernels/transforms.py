"""Winograd's little transforms, y = L x L.T: 6 x 6 matrices whose entries are vectors of channels.

Written as an intrinsic, because 36 inputs and 36 outputs at unknown places are more than LLVM will prove to be apart, and
without that proof it does not use vectors. The factors are constants: one of 0 or 1 costs nothing.

The matrices follow from five points and infinity, at which the polynomials behind the convolution are multiplied
(winograd.py says what for). Which points is free, and decides the rounding: with 0, +-1, +-2, as in Lavin and Gray, the
root mean square error of a 64-channel convolution was 3.8 times the definition's; with 0, +-3/4, +-3/2 it is 1.9 times,
for the same work. Tried: 13 sets of points with numerators and denominators up to 16 (0, +-11/16, +-3/2 was 7% better
in one trial: not enough for odder numbers). F(2x2, 3x3), with 4 x 4 matrices of 0, 1 and 1/2, has a smaller error than
the definition, but is 1.25 to 1.8 times as fast as the direct kernel where F(4x4, 3x3) is 2.4 to 3 times as fast.

Source: Winograd, 'Arithmetic Complexity of Computations', 1980, by way of Toom and Cook; Barabasz, Anderson, Soodhalter,
Gregg, 'Error Analysis and Improving the Accuracy of Winograd Convolution', 2018, for the choice of points.
"""

from fractions import Fraction
from typing import NamedTuple

from llvmlite import ir
from numba.extending import intrinsic

from .compiler import serial
from .cpu import VECTOR_BYTES
from .emitter import CONTRACT, I64, Emitter
from .native import Caller, intrinsic_signature, native

M = 4  # output pixels of a tile, each way
SIDE = M + 2  # input pixels of a tile, each way
PLACES = SIDE * SIDE  # entries of a transformed tile: so many matrix products
POINTS = tuple(Fraction(n, 4) for n in (0, 3, -3, 6, -6))


class Square(NamedTuple):
    """Entry (i, j) of a small matrix in an array, a vector of channels, begins at `at + i * row + j * column`."""

    at: int
    row: int
    column: int


def toom_cook(points):
    """The matrices B.T, G, A.T of y = A.T [(G w) * (B.T x)], the convolution of 3 weights w with 6 pixels x.

    Row i of B.T holds the coefficients of the product of (t - a) over the other points a; row i of G and column i of A.T
    the powers of point i, G's divided by the product of its distances to the others. The last row stands for infinity.
    """
    def coefficients(roots):
        product = [Fraction(1)]
        for a in roots:
            product = [below - a * same for below, same in zip([0, *product], [*product, 0])]
        return [*product, *[Fraction(0)] * (SIDE - len(product))]

    B_T, G, A = [], [], []
    for a in points:
        others = [other for other in points if other != a]
        B_T.append(coefficients(others))
        distance = sum(c * a**k for k, c in enumerate(B_T[-1]))
        G.append([a**k / distance for k in range(3)])
        A.append([a**k for k in range(M)])
    B_T.append(coefficients(points))
    G.append([0, 0, 1])
    A.append([0] * (M - 1) + [1])
    return [tuple(tuple(float(factor) for factor in row) for row in matrix) for matrix in (B_T, G, transposed(A))]


def transposed(matrix):
    return tuple(zip(*matrix))


def combine(emitter, factors, vectors):
    """Sum of factor * vector; a factor of 0 or 1 costs nothing."""
    builder, total = emitter.builder, None
    for factor, vector in sorted(zip(factors, vectors), key=lambda pair: pair[0] < 0):
        if factor == 0:
            continue
        if abs(factor) != 1:
            vector = builder.fmul(vector, ir.Constant(emitter.vector, [abs(factor)] * emitter.lanes), flags=CONTRACT)
        if total is None:
            total = vector if factor > 0 else builder.fneg(vector)
        else:
            total = (builder.fadd if factor > 0 else builder.fsub)(total, vector, flags=CONTRACT)
    return total


def by_points(emitter, matrix, vectors):
    """matrix @ vectors for a matrix with one row for each point.

    The rows of the points a and -a (1 and 2, 3 and 4) differ in signs only: their sums share both parts.
    """
    first, last = combine(emitter, matrix[0], vectors), combine(emitter, matrix[-1], vectors)
    result = [first]
    for plus, minus in zip(matrix[1:-1:2], matrix[2:-1:2]):
        same = combine(emitter, [p if p == m else 0 for p, m in zip(plus, minus)], vectors)
        opposite = combine(emitter, [p if p != m else 0 for p, m in zip(plus, minus)], vectors)
        result += [emitter.builder.fadd(same, opposite, flags=CONTRACT), emitter.builder.fsub(same, opposite, flags=CONTRACT)]
    return [*result, last]


def from_points(emitter, matrix, vectors):
    """matrix @ vectors for a matrix with one column for each point: it needs only sums and differences of the pairs."""
    builder, pairs = emitter.builder, list(zip(vectors[1:-1:2], vectors[2:-1:2]))
    sums = [builder.fadd(p, m, flags=CONTRACT) for p, m in pairs]
    differences = [builder.fsub(p, m, flags=CONTRACT) for p, m in pairs]
    return [combine(emitter, (row[0], *row[1:-1:2], row[-1]),
                    (vectors[0], *(sums if row[1] == row[2] else differences), vectors[-1])) for row in matrix]


def sandwich(name, matrix, finish=False):
    """An intrinsic that computes y = L x L.T for small matrices whose entries are `count` neighbouring vectors of channels.

    x and y are arrays, each with a Square that says where in it. If `finish`, it computes max(L x L.T + start, low), where
    `start` is an array with an offset; all others pay nothing for the two arguments.
    """
    product, n = by_points if len(matrix) == SIDE else from_points, range(len(matrix[0]))

    @native("pii" "pii" "pie", dtypes=("float32",), name=name)
    def transform_loops(builder, element, size, x, x_row, x_column, y, y_row, y_column, start, count, low):
        emitter = Emitter(builder, element, size)
        x_row, x_column, y_row, y_column = (builder.mul(step, I64(size)) for step in (x_row, x_column, y_row, y_column))
        least = emitter.splat(low)

        def place(pointer, row, column, i, j):
            return emitter.step(emitter.step(pointer, row, i), column, j)

        def vector(pointers, sums):
            x, y, start = pointers
            bias = emitter.load(emitter.vector, start) if finish else None
            half = [product(emitter, matrix, [emitter.load(emitter.vector, place(x, x_row, x_column, i, j)) for i in n])
                    for j in n]
            for i, row in enumerate(zip(*half)):
                for j, value in enumerate(product(emitter, matrix, row)):
                    if finish:
                        value = builder.fadd(value, bias)
                        value = builder.select(builder.fcmp_ordered("<", value, least), least, value)
                    target = builder.bitcast(place(y, y_row, y_column, i, j), emitter.vector.as_pointer())
                    builder.store(value, target).align = size
            return sums

        emitter.loop("channels", count, ([x, y, start], []), [I64(VECTOR_BYTES)] * 3, vector)

    @intrinsic
    def call_transform_loops(typing, x, x_at, x_row, x_column, y, y_at, y_row, y_column, start, start_at, count, low):
        def codegen(context, builder, signature, arguments):
            x, x_at, x_row, x_column, y, y_at, y_row, y_column, start, start_at, count, low = arguments
            caller = Caller(context, builder, signature)
            return caller.call(name, signature.args[0].dtype, [
                caller.pointer(0, x, x_at), x_row, x_column, caller.pointer(4, y, y_at), y_row, y_column,
                caller.pointer(8, start, start_at), count, low])

        return intrinsic_signature(x, x_at, x_row, x_column, y, y_at, y_row, y_column, start, start_at, count, x.dtype), codegen

    @serial
    def transform(x, x_square, y, y_square, start, start_at, count, low):
        call_transform_loops(x, x_square.at, x_square.row, x_square.column, y, y_square.at, y_square.row, y_square.column,
                             start, start_at, count, low)

    return transform


B_T, G, A_T = toom_cook(POINTS)
transform_pixels, transform_filter = sandwich("winograd_pixels", B_T), sandwich("winograd_filter", G)
transform_result, transform_gradient = sandwich("winograd_result", A_T, True), sandwich("winograd_gradient", transposed(A_T))
transform_weight_sum = sandwich("winograd_weight_sum", transposed(G))

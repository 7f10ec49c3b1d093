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

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .emitter import CONTRACT, I8, I64, Emitter

M = 4  # output pixels of a tile, each way
SIDE = M + 2
PLACES = SIDE * SIDE
POINTS = tuple(Fraction(n, 4) for n in (0, 3, -3, 6, -6))


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


def sandwich(matrix):
    """An intrinsic that computes y = max(L x L.T + start, low) for little matrices whose entries are vectors of channels.

    x, y and start are arrays, each with where in it: an offset, and for x and y the steps from row to row, column to column.
    """

    @intrinsic
    def transform(typing, x, x_where, y, y_where, start, start_at, low):
        triple = types.UniTuple(types.intp, 3)

        def codegen(context, builder, signature, arguments):
            x, x_where, y, y_where, start, start_at, low = arguments
            size = signature.args[0].dtype.bitwidth // 8
            emitter = Emitter(builder, context.get_value_type(signature.args[0].dtype), size)

            def pointer(index, array, offset):
                data = context.make_array(signature.args[index])(context, builder, array).data
                return builder.gep(builder.bitcast(data, I8.as_pointer()), [builder.mul(offset, I64(size))])

            def place(index, array, where, i, j):
                at, row, column = (builder.extract_value(where, k) for k in range(3))
                offset = builder.add(builder.mul(row, I64(i)), builder.mul(column, I64(j)))
                return pointer(index, array, builder.add(at, offset))

            n = range(len(matrix[0]))
            loaded = [[emitter.load(emitter.vector, place(0, x, x_where, i, j)) for j in n] for i in n]
            half = [[combine(emitter, factors, [loaded[k][j] for k in n]) for j in n] for factors in matrix]
            least, bias = emitter.splat(low), emitter.load(emitter.vector, pointer(4, start, start_at))
            for i, row in enumerate(half):
                for j, factors in enumerate(matrix):
                    value = builder.fadd(combine(emitter, factors, row), bias)
                    value = builder.select(builder.fcmp_ordered("<", value, least), least, value)
                    target = builder.bitcast(place(2, y, y_where, i, j), emitter.vector.as_pointer())
                    builder.store(value, target).align = size
            return context.get_dummy_value()

        return types.void(x, triple, y, triple, start, types.intp, x.dtype), codegen

    return transform


B_T, G, A_T = toom_cook(POINTS)
transform_pixels, transform_filter, transform_result = sandwich(B_T), sandwich(G), sandwich(A_T)
transform_gradient, transform_weight_sum = sandwich(transposed(A_T)), sandwich(transposed(G))

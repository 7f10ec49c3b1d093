"""The register tile: the one inner loop in which all multiplications of the fast rung happen.

What it computes, for `rows` rows and `vectors` vectors of LANES columns (r a row, f a column, o and k the loops):

    y[r, f] = max(start[r, f] + sum_o sum_k a[r, o, k] * b[o, k, f], low)

where a[r, o, k] lies at a_at + r*a_row + o*a_outer + k*a_inner, b[o, k, f] at b_at + o*b_outer + k*b_inner + f, and
so on: every step is a number of elements, so the same loop is

- a matrix product: rows are rows of a, k runs along them;
- a convolution: rows are neighbouring pixels, o is the row u of the kernel, k runs over its KW*C contiguous floats;
- a weight gradient: rows are neighbouring weights, o and k walk over the rows and columns of the image.

Why it is fast: rows * vectors sums stay in registers for the whole loop, and every element of `a` loaded is multiplied
with all vectors, every vector of `b` with all rows. A processor that starts two multiply-adds a cycle, each taking four
cycles, needs eight or more independent sums to stay busy: 12 x 2 has 24. LLVM does not find this shape from plain loops
(they ran at a fifth of the speed), so it is written here in LLVM's own language, once, for any shape.

Measured (one core of a Zen 5 at 3.9 GHz, peak 250 GFLOP/s in float32): 8 to 14 rows of 2 vectors 245 to 249, 4 rows 222,
1 row 70; 12 rows of 1 vector 135 (a load for each multiply-add: the loads are the limit). 14 rows gained
nothing over 12.

The start value carries the bias (or the sum so far), `low` the ReLU (0) or nothing (-inf): both are free here and a pass
through memory anywhere else. NaN survives: `low` replaces only what compares smaller.
"""

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from .cpu import ROWS, SHAPE, VECTOR_BYTES, VECTORS
from .emitter import CONTRACT, I8, I32, I64, Emitter


class TileEmitter(Emitter):
    """Writes the loops of one (rows, vectors) shape."""

    def multiply_add(self, rows, vectors, a_row):
        """The body of the inner loop: one column of a times one row of b."""
        builder = self.builder

        def body(pointers, sums):
            b, groups = pointers[0], pointers[1:]
            columns = [self.load(self.vector, self.vector_at(b, v)) for v in range(vectors)]
            added = []
            for r in range(rows):
                value = self.splat(self.load(self.element, self.step(groups[r // 3], a_row, r % 3)))
                for v in range(vectors):
                    product = builder.fmul(value, columns[v], flags=CONTRACT)
                    added.append(builder.fadd(sums[r * vectors + v], product, flags=CONTRACT))
            return added
        return body

    def store(self, sums, rows, vectors, y, y_row, valid):
        """Store the sums; of the columns only the first `valid` exist."""
        builder = self.builder
        places = [self.vector_at(self.step(y, y_row, r), v) for r in range(rows) for v in range(vectors)]
        places = [builder.bitcast(p, self.vector.as_pointer()) for p in places]
        with builder.if_else(builder.icmp_signed(">=", valid, I64(vectors * self.lanes))) as (whole, part):
            with whole:
                for value, place in zip(sums, places):
                    builder.store(value, place).align = self.size
            with part:
                which = ir.VectorType(ir.IntType(1), self.lanes)
                kind = ir.FunctionType(ir.VoidType(), [self.vector, self.vector.as_pointer(), I32, which])
                name = f"llvm.masked.store.v{self.lanes}f{8 * self.size}.p0"
                masked_store = builder.module.declare_intrinsic(name, fnty=kind)
                for index, (value, place) in enumerate(zip(sums, places)):
                    first = index % vectors * self.lanes
                    column = ir.Constant(ir.VectorType(I64, self.lanes), list(range(first, first + self.lanes)))
                    mask = builder.icmp_signed("<", column, self.splat(valid))
                    builder.call(masked_store, [value, place, I32(self.size), mask])

    def tile(self, rows, vectors, y, start, a, b, steps, valid, low):
        (y, y_row), (start, start_row), (a, a_row, a_outer, a_inner), (b, b_outer, b_inner) = y, start, a, b
        builder = self.builder
        sums = [self.load(self.vector, self.vector_at(self.step(start, start_row, r), v))
                for r in range(rows) for v in range(vectors)]
        # A pointer for every third row: with its neighbours at 1x and 2x a_row, few address registers serve all rows.
        groups = [self.step(a, a_row, r) for r in range(0, rows, 3)]
        inner = self.multiply_add(rows, vectors, a_row)

        def outer(pointers, sums):
            return self.loop("inner", steps[1], (pointers, sums), [b_inner] + [a_inner] * len(groups), inner)

        sums = self.loop("outer", steps[0], ([b, *groups], sums), [b_outer] + [a_outer] * len(groups), outer)
        least = self.splat(low)
        sums = [builder.select(builder.fcmp_ordered("<", s, least), least, s) for s in sums]
        self.store(sums, rows, vectors, y, y_row, valid)


@intrinsic
def vector_tile(typing, rows, vectors, steps, y, y_where, start, start_where, a, a_where, b, b_where, valid, low):
    """The tile as machine code: a switch over all (rows, vectors), each with loops of its own."""
    def pair(size):
        return types.UniTuple(types.intp, size)

    signature = types.void(types.intp, types.intp, pair(2), y, pair(2), start, pair(2), a, pair(4), b, pair(3),
                           types.intp, y.dtype)

    def codegen(context, builder, signature, arguments):
        rows, vectors, steps, y, y_where, start, start_where, a, a_where, b, b_where, valid, low = arguments
        element, size = context.get_value_type(signature.args[3].dtype), signature.args[3].dtype.bitwidth // 8
        emitter = TileEmitter(builder, element, size)

        def place(index, array, where):
            """An (array, offsets) pair of the call as a pointer and its steps in bytes."""
            count = signature.args[index + 1].count
            offsets = [builder.mul(builder.extract_value(where, i), I64(size)) for i in range(count)]
            data = context.make_array(signature.args[index])(context, builder, array).data
            return [builder.gep(builder.bitcast(data, I8.as_pointer()), [offsets[0]]), *offsets[1:]]

        places = place(3, y, y_where), place(5, start, start_where), place(7, a, a_where), place(9, b, b_where)
        counts = [builder.extract_value(steps, i) for i in range(2)]
        end = builder.append_basic_block("tile_end")
        switch = builder.switch(builder.add(builder.mul(vectors, I64(256)), rows), end)
        for v in range(1, VECTORS + 1):
            for r in range(1, ROWS + 1):
                block = builder.append_basic_block(f"tile_{r}x{v}")
                switch.add_case(I64(v * 256 + r), block)
                builder.position_at_end(block)
                emitter.tile(r, v, *places, counts, valid, low)
                builder.branch(end)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return signature, codegen


@njit
def plain_tile(rows, vectors, steps, y, y_where, start, start_where, a, a_where, b, b_where, valid, low):
    """The same tile as plain loops, for a processor this file does not know."""
    columns = min(valid, vectors * (VECTOR_BYTES // y.itemsize))
    for r in range(rows):
        for f in range(columns):
            total = start[start_where[0] + r * start_where[1] + f]
            for o in range(steps[0]):
                for k in range(steps[1]):
                    total += (a[a_where[0] + r * a_where[1] + o * a_where[2] + k * a_where[3]]
                              * b[b_where[0] + o * b_where[1] + k * b_where[2] + f])
            y[y_where[0] + r * y_where[1] + f] = low if total < low else total


@njit(nogil=True)
def compiled_tile(rows, vectors, steps, y, y_where, start, start_where, a, a_where, b, b_where, valid, low):
    """The intrinsic as a function: compiled once, where the intrinsic itself would be written out at every call."""
    vector_tile(rows, vectors, steps, y, y_where, start, start_where, a, a_where, b, b_where, valid, low)


tile = plain_tile if SHAPE == "plain" else compiled_tile

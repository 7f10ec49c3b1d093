"""The register tile: the one inner loop in which all multiplications of the fast implementation happen.

What it computes, for any number of rows and `vectors` vectors of LANES columns (r a row, f a column, o and k the loops):

    y[r, f] = max(start[r, f] + sum_o sum_k a[r, o, k] * b[o, k, f], low)

where sizes.py says how r, o, k and f step through memory: Walk for a, Columns for b, Rows for y and start. Because every
step is free, the same loop is

- a matrix product: rows are rows of a, k runs along them;
- a convolution: rows are neighbouring pixels, o is the row u of the kernel, k runs over its KW*C contiguous floats;
- a weight gradient: rows are neighbouring weights, o and k walk over the rows and columns of the image.

Why it is fast: up to ROWS rows are computed at once. Their rows * vectors sums stay in registers for the whole loop, and
every element of `a` loaded is multiplied with all vectors, every vector of `b` with all rows. A processor that starts two
multiply-adds a cycle, each taking four cycles, needs eight or more independent sums to stay busy: 12 x 2 has 24. LLVM does
not find this shape from plain loops (they ran at a fifth of the speed), so it is written here in LLVM's language, once, for
any shape. The loop over tiles of ROWS rows is part of it: a call of its own for each cost 90 cycles, half as many as the 192
multiply-adds of a sum over 16 channels.

Measured (one core of a Zen 5 at 3.9 GHz, peak 250 GFLOP/s in float32): 8 to 14 rows of 2 vectors 245 to 249, 4 rows 222,
1 row 70; 12 rows of 1 vector 135 (a load for each multiply-add: the loads are the limit). 14 rows gained
nothing over 12.

The start value carries the bias (or the sum so far), `low` the ReLU (0) or nothing (-inf): both are free here and a pass
through memory anywhere else. NaN survives: `low` replaces only what compares smaller.
"""

from numba import njit
from numba.extending import intrinsic

from .compiler import serial
from .cpu import ROWS, SHAPE, VECTOR_BYTES, VECTORS
from .emitter import CONTRACT, I64, Emitter
from .native import Caller, intrinsic_signature, native


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
        with builder.if_else(builder.icmp_signed(">=", valid, I64(vectors * self.lanes))) as (whole, part):
            with whole:
                for value, place in zip(sums, places):
                    builder.store(value, builder.bitcast(place, self.vector.as_pointer())).align = self.size
            with part:
                for index, (value, place) in enumerate(zip(sums, places)):
                    self.store_first(value, place, builder.sub(valid, I64(index % vectors * self.lanes)))

    def tile(self, rows, vectors, outer_rounds, inner_rounds, y, y_row, start, start_row, a, a_row, a_outer, a_inner,
             b, b_outer, b_inner, valid, low):
        builder = self.builder
        sums = [self.load(self.vector, self.vector_at(self.step(start, start_row, r), v))
                for r in range(rows) for v in range(vectors)]
        # A pointer for every third row: with its neighbours at 1x and 2x a_row, few address registers serve all rows.
        groups = [self.step(a, a_row, r) for r in range(0, rows, 3)]
        inner = self.multiply_add(rows, vectors, a_row)

        def outer(pointers, sums):
            return self.loop("inner", inner_rounds, (pointers, sums), [b_inner] + [a_inner] * len(groups), inner)

        sums = self.loop("outer", outer_rounds, ([b, *groups], sums), [b_outer] + [a_outer] * len(groups), outer)
        least = self.splat(low)
        sums = [builder.select(builder.fcmp_ordered("<", s, least), least, s) for s in sums]
        self.store(sums, rows, vectors, y, y_row, valid)

    def tiles(self, rows, repeats, y, y_row, start, start_row, a, a_row, *others, vectors):
        """`repeats` tiles, one below the other. Returns where the next one begins in y, start and a."""
        def one(pointers, sums):
            y, start, a = pointers
            self.tile(rows, vectors, *others[:2], y, y_row, start, start_row, a, a_row, *others[2:])
            return sums

        steps = [self.builder.mul(step, I64(rows)) for step in (y_row, start_row, a_row)]
        self.loop("repeat", repeats, ([y, start, a], []), steps, one)
        return [self.builder.gep(pointer, [self.builder.mul(step, repeats)]) for pointer, step in zip((y, start, a), steps)]


def even_rows(builder, count):
    """Rows of one tile, number of tiles, rows that are left: 14 rows are cut into 7 and 7, not into 12 and 2."""
    parts = builder.udiv(builder.add(count, I64(ROWS - 1)), I64(ROWS))
    rows = builder.udiv(builder.sub(builder.add(count, parts), I64(1)), parts)
    return rows, builder.udiv(count, rows), builder.urem(count, rows)


@native("iiii" "pi" "pi" "piii" "pii" "ie")
def tile_loops(builder, element, size, count, vectors, outer, inner, y, y_row, start, start_row, a, a_row, a_outer, a_inner,
               b, b_outer, b_inner, valid, low):
    """A switch over all (rows, vectors), each with loops of its own. It is taken again for the rows that are left."""
    emitter = TileEmitter(builder, element, size)
    y_row, start_row, a_row, a_outer, a_inner, b_outer, b_inner = (
        builder.mul(step, I64(size)) for step in (y_row, start_row, a_row, a_outer, a_inner, b_outer, b_inner))
    first = (*even_rows(builder, count), y, start, a)
    entry, head, end = builder.block, builder.append_basic_block("tile_switch"), builder.append_basic_block("tile_end")
    builder.branch(head)
    builder.position_at_end(head)
    now = [builder.phi(value.type) for value in first]
    rows, repeats, left, y, start, a = now
    cases = builder.switch(builder.add(builder.mul(vectors, I64(256)), rows), end)
    sources = [(entry, first)]
    for v in range(1, VECTORS + 1):
        for r in range(1, ROWS + 1):
            block = builder.append_basic_block(f"tile_{r}x{v}")
            cases.add_case(I64(v * 256 + r), block)
            builder.position_at_end(block)
            places = emitter.tiles(r, repeats, y, y_row, start, start_row, a, a_row, outer, inner, a_outer, a_inner,
                                   b, b_outer, b_inner, valid, low, vectors=v)
            sources.append((builder.block, (left, I64(1), I64(0), *places)))
            builder.cbranch(builder.icmp_signed(">", left, I64(0)), head, end)
    for block, values in sources:
        for phi, value in zip(now, values):
            phi.add_incoming(value, block)
    builder.position_at_end(end)


@intrinsic
def call_tile_loops(typing, rows, vectors, outer, inner, y, y_at, y_row, start, start_at, start_row,
                    a, a_at, a_row, a_outer, a_inner, b, b_at, b_outer, b_inner, valid, low):
    signature = intrinsic_signature(rows, vectors, outer, inner, y, y_at, y_row, start, start_at, start_row,
                                    a, a_at, a_row, a_outer, a_inner, b, b_at, b_outer, b_inner, valid, y.dtype)

    def codegen(context, builder, signature, arguments):
        caller, dtype = Caller(context, builder, signature), signature.args[4].dtype
        places = {index: caller.pointer(index, arguments[index], arguments[index + 1]) for index in (4, 7, 10, 15)}
        ats = {index + 1 for index in places}
        return caller.call("tile_loops", dtype, [places.get(index, argument) for index, argument in enumerate(arguments)
                                                 if index not in ats])

    return signature, codegen


@njit
def plain_tile(rows, vectors, loops, y, y_rows, start, start_rows, a, walk, b, columns, valid, low):
    """The same tile as plain loops, for a processor this file does not know."""
    width = min(valid, vectors * (VECTOR_BYTES // y.itemsize))
    for r in range(rows):
        for f in range(width):
            total = start[start_rows.at + r * start_rows.row + f]
            for o in range(loops.outer):
                for k in range(loops.inner):
                    total += (a[walk.at + r * walk.row + o * walk.outer + k * walk.inner]
                              * b[columns.at + o * columns.outer + k * columns.inner + f])
            y[y_rows.at + r * y_rows.row + f] = low if total < low else total


@serial
def vector_tile(rows, vectors, loops, y, y_rows, start, start_rows, a, walk, b, columns, valid, low):
    """The tile on this processor's vectors. Of its columns, only the first `valid` are stored."""
    call_tile_loops(rows, vectors, loops.outer, loops.inner, y, y_rows.at, y_rows.row, start, start_rows.at, start_rows.row,
                    a, walk.at, walk.row, walk.outer, walk.inner, b, columns.at, columns.outer, columns.inner, valid, low)


tile = plain_tile if SHAPE == "plain" else vector_tile

"""The other tile: sums that lie across a vector's lanes, for results with fewer columns than a vector has lanes.

tile.py keeps neighbouring columns f in a vector's lanes. With one to six columns (the gradient with respect to an image of
one or three channels) most lanes would stay empty. Here the lanes are neighbouring numbers k of the sum instead, and each
sum is added up across its vector once, at the end:

    y[r, f] = max(start[f] + sum_o sum_k a[r, o, k] * b[f, o, k], low)

Rows r are neighbouring pixels again, o a row of the kernel, k its KW*C contiguous numbers. `rows` is 1 or DOTS[columns].
The last vector of a sum is loaded under a mask: nothing after the numbers is touched.

Measured on two cores of a Sapphire Rapids: the input gradient of a first layer with 32 filters and one channel in 0.55 ms
instead of 2.9, with 64 filters and three channels in 1.3 instead of 2.4. On one core of an AMD EPYC (Zen 4), the backward
pass of LeNet-5's first convolution at batch 1 took 56 us instead of 91, of its second 63 instead of 83.
"""

from llvmlite import ir
from numba import njit
from numba.extending import intrinsic

from .compiler import serial
from .cpu import ROWS, SHAPE, VECTORS
from .emitter import CONTRACT, I64, Emitter
from .native import Caller, intrinsic_signature, native

MOST = 6   # columns
DOTS = (0, 8, *[max(1, ROWS * VECTORS // columns // 4 * 4) for columns in range(2, MOST + 1)])  # rows that fit the registers


class DotEmitter(Emitter):
    """Writes the loops of one (rows, columns) shape."""

    def multiply_add(self, rows, columns, load):
        def body(pointers, sums):
            across, added = [load(p) for p in pointers[rows:]], []
            for r in range(rows):
                value = load(pointers[r])
                for f in range(columns):
                    product = self.builder.fmul(value, across[f], flags=CONTRACT)
                    added.append(self.builder.fadd(sums[r * columns + f], product, flags=CONTRACT))
            return added
        return body

    def if_positive(self, count, sums, body):
        """body() if count > 0, else the sums as they are."""
        before = self.builder.block
        with self.builder.if_then(self.builder.icmp_signed(">", count, I64(0))):
            added, end = body(), self.builder.block
        merged = [self.builder.phi(value.type) for value in sums]
        for phi, old, new in zip(merged, sums, added):
            phi.add_incoming(old, before)
            phi.add_incoming(new, end)
        return merged

    def dots(self, rows, columns, outer_rounds, inner_rounds, y, y_row, start, a, a_row, a_outer, b, b_column, b_outer, low):
        builder, vector_bytes = self.builder, I64(self.lanes * self.size)
        whole, rest = builder.sdiv(inner_rounds, I64(self.lanes)), builder.srem(inner_rounds, I64(self.lanes))
        pointers = [self.step(a, a_row, r) for r in range(rows)] + [self.step(b, b_column, f) for f in range(columns)]
        full = self.multiply_add(rows, columns, lambda p: self.load(self.vector, p))
        last = self.multiply_add(rows, columns, lambda p: self.load_first(p, rest))
        done = builder.mul(whole, vector_bytes)

        def outer(pointers, sums):
            sums = self.if_positive(whole, sums, lambda: self.loop(
                "along", whole, (pointers, sums), [vector_bytes] * len(pointers), full))
            return self.if_positive(rest, sums, lambda: last([builder.gep(p, [done]) for p in pointers], sums))

        zero = ir.Constant(self.vector, [0.0] * self.lanes)
        sums = self.loop("rows", outer_rounds, (pointers, [zero] * (rows * columns)),
                         [a_outer] * rows + [b_outer] * columns, outer)
        kind = ir.FunctionType(self.element, [self.element, self.vector])
        add_across = builder.module.declare_intrinsic(f"llvm.vector.reduce.fadd.v{self.lanes}f{8 * self.size}", fnty=kind)
        for r in range(rows):
            for f in range(columns):
                first = self.load(self.element, builder.gep(start, [I64(f * self.size)]))
                total = builder.call(add_across, [first, sums[r * columns + f]], fastmath=("reassoc",))
                total = builder.select(builder.fcmp_ordered("<", total, low), low, total)
                place = builder.gep(self.step(y, y_row, r), [I64(f * self.size)])
                builder.store(total, builder.bitcast(place, self.element.as_pointer())).align = self.size


@native("iiii" "pi" "p" "pii" "pii" "e")
def dot_loops(builder, element, size, rows, columns, outer, inner, y, y_row, start, a, a_row, a_outer,
              b, b_column, b_outer, low):
    """A switch over all (rows, columns), each with loops of its own."""
    emitter = DotEmitter(builder, element, size)
    y_row, a_row, a_outer, b_column, b_outer = (
        builder.mul(step, I64(size)) for step in (y_row, a_row, a_outer, b_column, b_outer))
    end = builder.append_basic_block("dots_end")
    switch = builder.switch(builder.add(builder.mul(columns, I64(256)), rows), end)
    for f in range(1, MOST + 1):
        for r in sorted({1, DOTS[f]}):
            block = builder.append_basic_block(f"dots_{r}x{f}")
            switch.add_case(I64(f * 256 + r), block)
            builder.position_at_end(block)
            emitter.dots(r, f, outer, inner, y, y_row, start, a, a_row, a_outer, b, b_column, b_outer, low)
            builder.branch(end)
    builder.position_at_end(end)


@intrinsic
def call_dot_loops(typing, rows, columns, outer, inner, y, y_at, y_row, start, a, a_at, a_row, a_outer,
                   b, b_at, b_column, b_outer, low):
    def codegen(context, builder, signature, arguments):
        rows, columns, outer, inner, y, y_at, y_row, start, a, a_at, a_row, a_outer, b, b_at, b_column, b_outer, low = arguments
        caller = Caller(context, builder, signature)
        return caller.call("dot_loops", signature.args[4].dtype, [
            rows, columns, outer, inner, caller.pointer(4, y, y_at), y_row, caller.pointer(7, start, I64(0)),
            caller.pointer(8, a, a_at), a_row, a_outer, caller.pointer(12, b, b_at), b_column, b_outer, low])

    return intrinsic_signature(rows, columns, outer, inner, y, y_at, y_row, start, a, a_at, a_row, a_outer,
                               b, b_at, b_column, b_outer, y.dtype), codegen


@njit
def plain_dots(rows, columns, loops, y, y_rows, start, a, walk, b, b_walk, low):
    """The same as plain loops, for a processor this file does not know."""
    for r in range(rows):
        for f in range(columns):
            total = start[f]
            for o in range(loops.outer):
                for k in range(loops.inner):
                    total += (a[walk.at + r * walk.row + o * walk.outer + k]
                              * b[b_walk.at + f * b_walk.row + o * b_walk.outer + k])
            y[y_rows.at + r * y_rows.row + f] = low if total < low else total


@serial
def vector_dots(rows, columns, loops, y, y_rows, start, a, walk, b, b_walk, low):
    """The sums on this processor's vectors; both walks have inner steps of 1."""
    call_dot_loops(rows, columns, loops.outer, loops.inner, y, y_rows.at, y_rows.row, start, a, walk.at, walk.row, walk.outer,
                   b, b_walk.at, b_walk.row, b_walk.outer, low)


dots = plain_dots if SHAPE == "plain" else vector_dots

"""Writing LLVM's language: the few steps from which the intrinsics of tile.py and transforms.py are put together.

Numba turns Python loops into LLVM code and lets LLVM find the vectors. Where LLVM does not find them, an intrinsic writes
the vector instructions itself: `builder.fadd(a, b)` does not add, it writes down 'add a and b' for LLVM to compile.
The code is the same for all processors; LLVM picks their instructions, and VECTOR_BYTES says how many numbers go at once.
"""

from llvmlite import ir

from .cpu import VECTOR_BYTES

I8, I32, I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)
CONTRACT = ("contract",)  # a*b + c may become one fused multiply-add; nothing else is allowed to change


class Emitter:
    """An llvmlite builder with vectors of LANES numbers of one kind (`element`, `size` bytes each)."""

    def __init__(self, builder, element, size):
        self.builder, self.element, self.size = builder, element, size
        self.lanes = VECTOR_BYTES // size
        self.vector = ir.VectorType(element, self.lanes)

    def step(self, pointer, offset, times=1):
        """pointer + times * offset (bytes)."""
        if times == 0:
            return pointer
        return self.builder.gep(pointer, [self.builder.mul(offset, I64(times))])

    def load(self, kind, pointer):
        value = self.builder.load(self.builder.bitcast(pointer, kind.as_pointer()))
        value.align = self.size
        return value

    def masked(self, operation, count):
        """LLVM's masked load or store of a vector (a function), and the mask of its first `count` lanes."""
        bits = ir.VectorType(ir.IntType(1), self.lanes)
        numbers = ir.Constant(ir.VectorType(I64, self.lanes), list(range(self.lanes)))
        mask = self.builder.icmp_signed("<", numbers, self.splat(count))
        place = self.vector.as_pointer()
        kind = (ir.FunctionType(self.vector, [place, I32, bits, self.vector]) if operation == "load"
                else ir.FunctionType(ir.VoidType(), [self.vector, place, I32, bits]))
        name = f"llvm.masked.{operation}.v{self.lanes}f{8 * self.size}.p0"
        return self.builder.module.declare_intrinsic(name, fnty=kind), mask

    def load_first(self, pointer, count):
        """The first `count` numbers of a vector, zeros after them; memory after them is not touched."""
        load, mask = self.masked("load", count)
        zeros, place = ir.Constant(self.vector, [0.0] * self.lanes), self.builder.bitcast(pointer, self.vector.as_pointer())
        return self.builder.call(load, [place, I32(self.size), mask, zeros])

    def store_first(self, value, pointer, count):
        """Store the first `count` numbers of a vector."""
        store, mask = self.masked("store", count)
        place = self.builder.bitcast(pointer, self.vector.as_pointer())
        self.builder.call(store, [value, place, I32(self.size), mask])

    def vector_at(self, pointer, v):
        return self.builder.gep(pointer, [I64(v * VECTOR_BYTES)])

    def splat(self, scalar):
        """A vector with `scalar` in each lane."""
        undefined = ir.Constant(ir.VectorType(scalar.type, self.lanes), ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, I32(0))
        return self.builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(I32, self.lanes), None))

    def loop(self, name, count, carried, steps, body):
        """Run `body(pointers, sums) -> sums` `count` times; `carried` pointers advance by `steps`. Returns the sums."""
        builder, (pointers, sums) = self.builder, carried
        before, head = builder.block, builder.append_basic_block(name)
        builder.branch(head)
        builder.position_at_end(head)
        index = builder.phi(I64)
        index.add_incoming(I64(0), before)
        phis = []
        for value in (*pointers, *sums):
            phis.append(builder.phi(value.type))
            phis[-1].add_incoming(value, before)
        here, sums = phis[:len(pointers)], body(phis[:len(pointers)], phis[len(pointers):])
        following = builder.add(index, I64(1))
        index.add_incoming(following, builder.block)
        after = [builder.gep(p, [s]) for p, s in zip(here, steps)] + sums
        for phi, value in zip(phis, after):
            phi.add_incoming(value, builder.block)
        end = builder.append_basic_block(name + "_end")
        builder.cbranch(builder.icmp_signed("<", following, count), head, end)
        builder.position_at_end(end)
        return sums

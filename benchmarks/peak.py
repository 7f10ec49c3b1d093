"""The machine's own peak: fused multiply-adds on numbers that never leave the registers.

No library can multiply and add faster than this loop, so GFLOP/s are compared with it. Every step of it is one vector
multiply-add on each of CHAINS independent sums. A core starts two in each cycle, and each takes about four cycles, so at least
eight must be computed at once. With the two factors, CHAINS + 2 vectors must fit into the registers.
"""

from concurrent.futures import ThreadPoolExecutor

import llvmlite.binding as llvm
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

CHAINS = 12
ROUNDS = 10_000_000         # about 15 ms of a core at 4 GHz, so that starting the threads does not count


def vector_bytes():
    """The width of this CPU's vector registers."""
    features = llvm.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


LANES = vector_bytes() // 4                          # of float32
FLOPS = 2 * CHAINS * LANES * ROUNDS                  # a multiplication and an addition


@intrinsic
def multiply_adds(typing, count, a, b):
    """Run every chain x = x * a + b `count` times and return the sum of all lanes, so that none can be left out."""
    def codegen(context, builder, signature, arguments):
        count, a, b = arguments
        vector, i64 = ir.VectorType(ir.FloatType(), LANES), ir.IntType(64)
        kind = ir.FunctionType(vector, [vector] * 3)
        fma = builder.module.declare_intrinsic(f"llvm.fma.v{LANES}f32", fnty=kind)
        a, b = splat(builder, a), splat(builder, b)
        before, loop, after = builder.block, builder.append_basic_block("chains"), builder.append_basic_block("sum")
        builder.branch(loop)

        builder.position_at_end(loop)
        index, chains = builder.phi(i64), [builder.phi(vector) for _ in range(CHAINS)]
        for k, x in enumerate(chains):               # each starts at a number of its own: equal chains would be merged
            x.add_incoming(ir.Constant(vector, [float(k)] * LANES), before)
            x.add_incoming(builder.call(fma, [x, a, b]), loop)
        index.add_incoming(i64(0), before)
        index.add_incoming(builder.add(index, i64(1)), loop)
        builder.cbranch(builder.icmp_signed("<", index.incomings[1][0], count), loop, after)

        builder.position_at_end(after)
        total = ir.Constant(vector, [0.0] * LANES)
        for x in chains:
            total = builder.fadd(total, x)
        lanes = [builder.extract_element(total, ir.IntType(32)(lane)) for lane in range(LANES)]
        for lane in lanes[1:]:
            lanes[0] = builder.fadd(lanes[0], lane)
        return lanes[0]

    return types.float32(types.int64, types.float32, types.float32), codegen


def splat(builder, scalar):
    """A vector with `scalar` in every lane."""
    vector, i32 = ir.VectorType(scalar.type, LANES), ir.IntType(32)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, i32(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(i32, LANES), [0] * LANES))


@njit(nogil=True)
def one_core(count, a, b):
    """The loop on one core. It runs without the GIL, so that threads run it at the same time."""
    return multiply_adds(count, a, b)


class Peak:
    """One core per thread, all busy with multiply-adds: FLOPS * threads in every call."""

    def __init__(self, threads):
        # Python's own threads, without the GIL inside: unlike those of OpenMP they sleep as soon as they are done
        self.threads, self.pool = threads, ThreadPoolExecutor(threads)
        self.run()                                   # compiles

    def run(self):
        """Run all threads once.

        Raises: ArithmeticError unless every chain ends at 1, as x = x / 2 + 1 / 2 does: the compiler left no loop out.
        """
        sums = [job.result() for job in [self.pool.submit(one_core, ROUNDS, 0.5, 0.5) for _ in range(self.threads)]]
        if sums != [CHAINS * LANES] * self.threads:
            raise ArithmeticError(f"multiply-adds on {self.threads} cores came to {sums}, not {CHAINS * LANES} each")

"""How the work of a kernel is shared among threads.

A kernel is written for one thread: of the pieces of its work (rows of images, chunks of a sum, single numbers: each kernel
says what a piece is) it computes those of its share, `for i in range(share.start, share.stop)`. `launcher` makes of it a
function that Python can call: Numba's pool of threads computes all shares.

Numba's own way is a prange loop inside the kernel. LLVM then optimizes the whole kernel three times: by itself, within the
function that each thread calls, and within the one that starts the threads. Here Numba compiles one small prange loop
(run_shares), which calls kernels by their addresses, and the kernels of a training compile in half the time.
"""

import hashlib
import types as python
from typing import NamedTuple

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiler import INNER, compiled
from .emitter import I64

PLACE = "co_name", "co_qualname", "co_filename", "co_firstlineno"   # a profiler shows the kernel, not its launch
MOST = (1 << 48) - 1                                  # pieces
ENTRY = ir.FunctionType(ir.VoidType(), [I64] * 4)     # of (data, t, start, stop), as run_shares calls it
FAILED = ir.IntType(8)


class Share(NamedTuple):
    """What one thread computes."""

    t: int       # the number of the thread, for memory that it alone uses
    start: int   # the first of its pieces
    stop: int    # the first piece that is not its own


SHARE = types.NamedUniTuple(types.intp, 3, Share)


@numba.njit(inline="always")   # Numba copies this line into the kernel: only there LLVM sees a plain range
def pieces(share):
    """The range of a share's pieces.

    The masks tell LLVM that no piece is negative. Then none is an index that counts from the end, and the loop fills vector
    lanes (ReLU is ten times as fast).
    """
    return range(share.start & MOST, share.stop & MOST)


@intrinsic
def call(typing_context, entry, data, t, start, stop):
    """Call the function at the address `entry`."""
    def write(context, builder, signature, values):
        builder.call(builder.inttoptr(values[0], ENTRY.as_pointer()), values[1:])
        return context.get_dummy_value()
    return types.void(*[types.intp] * 5), write


def run_shares(entry, data, threads, count):
    """Call the kernel's entry for the share of each thread."""
    for t in prange(threads):
        call(entry, data, t, count * t // threads, count * (t + 1) // threads)


class Named:
    """A compiled function that other compiled code calls by a name, so that LLVM optimizes it once."""

    def __init__(self, function, **options):
        self.path = f"minicnn_{function.__module__}_{function.__qualname__}"
        self.dispatcher = compiled(function, **INNER, **options)

    def name(self, kinds):
        return f"{self.path}_{hashlib.sha256(repr(kinds).encode()).hexdigest()[:12]}"

    def load(self, kinds):
        """Compile it for arguments of these kinds, or read it from the cache, and tell LLVM where it is."""
        self.dispatcher.compile(kinds)
        code = self.dispatcher.overloads[kinds]
        llvm.add_symbol(self.name(kinds), code.library.get_pointer_to_function(code.fndesc.llvm_func_name))

    def write_call(self, context, builder, kinds, values):
        """Write a call; returns whether the function raised."""
        kind = context.call_conv.get_function_type(types.none, kinds)
        function = builder.module.globals.get(self.name(kinds)) or ir.Function(builder.module, kind, self.name(kinds))
        return context.call_conv.call_function(builder, function, types.none, kinds, values)[0].is_error


RUN_SHARES, KINDS = Named(run_shares, parallel=True), (types.intp,) * 4


def write_entry(context, module, body, kinds, data_type):
    """A function of (data, t, start, stop) that calls `body` with the share and the arguments that lie in the data."""
    entry = ir.Function(module, ENTRY, body.name(kinds) + "_entry")
    entry.linkage = "internal"
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    data = builder.inttoptr(entry.args[0], data_type.as_pointer())
    share = ir.Constant(context.get_value_type(SHARE), ir.Undefined)
    for index, value in enumerate(entry.args[1:]):
        share = builder.insert_value(share, value, index)
    arguments = builder.load(cgutils.gep_inbounds(builder, data, 0, 0))
    values = [share, *(builder.extract_value(arguments, index) for index in range(len(kinds) - 1))]
    with builder.if_then(body.write_call(context, builder, kinds, values)):
        builder.store(FAILED(1), cgutils.gep_inbounds(builder, data, 0, 1))
    builder.ret_void()
    return entry


def write_launch(context, builder, body, kinds, threads, count, arguments):
    """Put the arguments where the threads can see them, and run all shares. Returns whether a share raised."""
    data_type = ir.LiteralStructType([arguments.type, FAILED])
    data = cgutils.alloca_once(builder, data_type)
    builder.store(arguments, cgutils.gep_inbounds(builder, data, 0, 0))
    builder.store(FAILED(0), cgutils.gep_inbounds(builder, data, 0, 1))
    entry, place = write_entry(context, builder.module, body, kinds, data_type), builder.ptrtoint(data, I64)
    with builder.if_else(builder.icmp_signed("==", threads, I64(1))) as (alone, together):
        with alone:
            builder.call(entry, [place, I64(0), I64(0), count])
        with together:
            RUN_SHARES.write_call(context, builder, KINDS, [builder.ptrtoint(entry, I64), place, threads, count])
    return cgutils.is_not_null(builder, builder.load(cgutils.gep_inbounds(builder, data, 0, 1)))


def failed(threads, count, arguments):
    """Run a kernel on `count` pieces; whether it raised an exception. `launcher` writes one for each kernel."""


def launch(threads, count, *arguments):
    """Run a kernel; `launcher` makes a copy for each, with its own `failed`."""
    if failed(threads, count, arguments):
        raise IndexError("a kernel stopped: it left the bounds of an array")


def load(body, arguments):
    """Load all that a launcher calls."""
    RUN_SHARES.load(KINDS)
    body.load((SHARE, *arguments))


def launcher(function):
    """A compiled function of (threads, count, *arguments) that runs the kernel `function` on `count` pieces."""
    body = Named(function)

    @intrinsic
    def failed(typing_context, threads, count, arguments):
        def write(context, builder, signature, values):
            load(body, arguments)
            return write_launch(context, builder, body, (SHARE, *arguments), *values)
        return types.boolean(types.intp, types.intp, arguments), write

    code = function.__code__
    place = {name: getattr(code, name) for name in PLACE if hasattr(code, name)}
    copy = python.FunctionType(launch.__code__.replace(**place), globals() | {"failed": failed}, f"{function.__name__}_launch")
    copy.__qualname__ = copy.__name__                              # the cache on disk goes by the file and this name
    return compiled(copy, load_others=lambda signature: load(body, signature[2]))

"""Functions written in LLVM's language (emitter.py), compiled once for each dtype and called by all kernels.

Numba compiles a function that kernels share again into each kernel, and the tile's two dozen loops took most of a first
start. Here they are one object file: a kernel holds a call by name, and the object is loaded before any kernel is. It lies
beside Numba's cache of the kernels.
"""

import functools
import hashlib

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types

from . import cache
from .cpu import SHAPE
from .emitter import I8, I64

WRITERS = {}   # name -> (kinds of its arguments, the function that writes its body, dtypes)
ENGINES = []   # LLVM's engines own the machine code, so they live as long as the process
ELEMENTS = {"float32": ir.FloatType(), "float64": ir.DoubleType()}


def native(kinds, dtypes=("float32", "float64"), name=None):
    """Register write(builder, element, size, *arguments); kinds: p a pointer, i an integer, e a number of the dtype."""
    def register(write):
        WRITERS[name or write.__name__] = kinds, write, dtypes
        return write
    return register


def function_type(kinds, element):
    return ir.FunctionType(ir.VoidType(), [{"p": I8.as_pointer(), "i": I64, "e": element}[kind] for kind in kinds])


def symbol(name, dtype):
    return f"minicnn_{name}_{SHAPE}_{dtype}"


def module_source(dtype):
    """All functions of one dtype as LLVM's text."""
    module, element = ir.Module(f"minicnn_{dtype}"), ELEMENTS[dtype]
    module.triple = llvm.get_process_triple()
    for name, (kinds, write, dtypes) in WRITERS.items():
        if dtype in dtypes:
            function = ir.Function(module, function_type(kinds, element), symbol(name, dtype))
            builder = ir.IRBuilder(function.append_basic_block("entry"))
            write(builder, element, int(dtype[5:]) // 8, *function.args)
            builder.ret_void()
    return str(module)


def processor():
    """Name and features of the processor to compile for, as Numba takes them."""
    return (numba.config.CPU_NAME or llvm.get_host_cpu_name(),
            numba.config.CPU_FEATURES if numba.config.CPU_FEATURES is not None else llvm.get_host_cpu_features().flatten())


def compile_object(dtype, machine):
    module = llvm.parse_assembly(module_source(dtype))
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False  # the loops are written as they run
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return machine.emit_object(module)


@functools.cache
def load(dtype):
    """Load the object of a dtype, from the cache or compiled now (half a second)."""
    name, features = processor()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    machine = target.create_target_machine(opt=3, codemodel="jitdefault", jit=True, cpu=name, features=features)
    key = hashlib.sha256(repr((cache.STAMP, name, features, llvm.llvm_version_info)).encode()).hexdigest()[:12]
    try:
        path = cache.folder_of(load.__wrapped__) / f"native-{SHAPE}-{dtype}-{key}.o"
    except RuntimeError:                                           # no folder can be written
        path = None
    data = cache.read(path) if path else None
    if data is None:
        data = compile_object(dtype, machine)
        if path:
            cache.write(path, data)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(data))
    engine.finalize_object()
    ENGINES.append(engine)
    for name, (_, _, dtypes) in WRITERS.items():
        if dtype in dtypes:
            llvm.add_symbol(symbol(name, dtype), engine.get_function_address(symbol(name, dtype)))


class Caller:
    """What an intrinsic needs to write a call of a native function into a kernel."""

    def __init__(self, context, builder, signature):
        self.context, self.builder, self.signature = context, builder, signature

    def size(self, index):
        """Bytes of an element of argument `index`, an array."""
        return self.signature.args[index].dtype.bitwidth // 8

    def pointer(self, index, array, at):
        """The address of element `at` of argument `index`, an array."""
        data = self.context.make_array(self.signature.args[index])(self.context, self.builder, array).data
        return self.builder.gep(self.builder.bitcast(data, I8.as_pointer()), [self.builder.mul(at, I64(self.size(index)))])

    def call(self, name, dtype, arguments):
        load(str(dtype))
        module, full = self.builder.module, symbol(name, dtype)
        kind = function_type(WRITERS[name][0], ELEMENTS[str(dtype)])
        self.builder.call(module.globals.get(full) or ir.Function(module, kind, full), arguments)
        return self.context.get_dummy_value()


def intrinsic_signature(*arguments):
    """void(arguments), every integer as intp."""
    return types.void(*(types.intp if isinstance(kind, types.Integer) else kind for kind in arguments))

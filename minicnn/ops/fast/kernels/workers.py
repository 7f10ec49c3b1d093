"""The threads that help to compute a kernel.

The pieces of a kernel are cut into a share for each thread, and a share into parts. The calling thread and the workers take
parts, each from its own share first (its numbers are still in that core's cache), then from the others, until none is left.
The calling thread waits for parts that are being computed, and never for a worker: a worker that the operating system has
taken off its core at the wrong time costs nothing, because the others take its parts. (OpenMP waits for every thread of its
team at the end of every loop: beside four other programs on two cores, a training step of 12 ms took 94, and now takes 43.)

A worker is a Python thread inside a compiled function that holds no lock of Python. It looks for work for SPINS rounds, a
few milliseconds; then it sleeps until the next kernel wakes it. (A tenth of these rounds was too short: LeNet-5's worker fell
asleep within a step, and a step took 3 to 5 ms instead of 2.6.) All that the threads share is one block of
memory, STATE. Every number in it is read and written as a whole, and all threads see the changes in one order ('seq_cst').

    BEGUN, READY      the number of the job that is being written into STATE, and of the job that may be read
    ENTRY ... COUNT   what the job is: the kernel's entry and data (shares.py), the threads it may have, its pieces
    STOP              1 at the end of the program
    DONE              how many parts are finished
    TICKETS           for each share: number of the job * 2**32 + number of the next part that nobody has taken

A worker that lost its core while it read a job may come back during the next one. It then finds that BEGUN has changed, or
cannot take a ticket, because the ticket has the number of another job: what it read is never used.
"""

import os
import platform
import threading

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .compiler import compiled, serial
from .emitter import I32, I64

PARTS = 8                         # of a share
SPINS = 200_000                   # rounds in which a worker looks for work: a few milliseconds
PATIENCE = 64                     # rounds between two offers of the core to another program
LINE = 64                         # bytes of a cache line
NUMBERS = (1 << 31) - 1           # jobs are counted up to here, and then from 0 again
BEGUN, READY, ENTRY, DATA, THREADS, COUNT, STOP = range(0, 56, 8)
DONE, TICKETS = LINE, 2 * LINE    # in lines of their own: all threads write to them


ENTRY_TYPE = ir.FunctionType(ir.VoidType(), [I64] * 4)   # of (data, t, start, stop)


def number_at(builder, address):
    return builder.inttoptr(address, I64.as_pointer())


@intrinsic
def read(typing_context, address):
    """The number at the address."""
    def codegen(context, builder, signature, values):
        return builder.load_atomic(number_at(builder, values[0]), "seq_cst", 8)
    return types.intp(types.intp), codegen


@intrinsic
def write(typing_context, address, number):
    """Make it the number at the address."""
    def codegen(context, builder, signature, values):
        builder.store_atomic(values[1], number_at(builder, values[0]), "seq_cst", 8)
        return context.get_dummy_value()
    return types.void(types.intp, types.intp), codegen


@intrinsic
def add_one(typing_context, address):
    """Add 1 to the number at the address."""
    def codegen(context, builder, signature, values):
        builder.atomic_rmw("add", number_at(builder, values[0]), I64(1), "seq_cst")
        return context.get_dummy_value()
    return types.void(types.intp), codegen


@intrinsic
def replace(typing_context, address, old, new):
    """If the number at the address is `old`, make it `new`; whether it was."""
    def codegen(context, builder, signature, values):
        done = builder.cmpxchg(number_at(builder, values[0]), values[1], values[2], "seq_cst", "seq_cst")
        return builder.extract_value(done, 1)
    return types.boolean(types.intp, types.intp, types.intp), codegen


@intrinsic
def call(typing_context, entry, data, t, start, stop):
    """Call the function at the address `entry`."""
    def codegen(context, builder, signature, values):
        builder.call(builder.inttoptr(values[0], ENTRY_TYPE.as_pointer()), values[1:])
        return context.get_dummy_value()
    return types.void(*[types.intp] * 5), codegen


PAUSE = {"x86_64": ("llvm.x86.sse2.pause", ()), "amd64": ("llvm.x86.sse2.pause", ()),
         "aarch64": ("llvm.aarch64.hint", (1,)), "arm64": ("llvm.aarch64.hint", (1,))}.get(platform.machine().lower())


@intrinsic
def wait_a_little(typing_context, rounds):
    """Let the processor rest for a moment; now and then let the operating system give the core to another program."""
    def codegen(context, builder, signature, values):
        module = builder.module

        def function(name, result, arguments):
            return module.globals.get(name) or ir.Function(module, ir.FunctionType(result, arguments), name)

        if PAUSE:
            name, numbers = PAUSE
            builder.call(function(name, ir.VoidType(), [I32] * len(numbers)), [I32(number) for number in numbers])
        if hasattr(os, "sched_yield"):
            with builder.if_then(builder.icmp_signed("==", builder.srem(values[0], I64(PATIENCE)), I64(PATIENCE - 1))):
                builder.call(function("sched_yield", I32, []), [])
        return context.get_dummy_value()
    return types.void(types.intp), codegen


@serial
def parts_of(size):
    """Into how many parts a share of `size` pieces is cut."""
    return min(PARTS, size)


@serial
def compute(state, job, t, entry, data, threads, count):
    """Thread t takes parts of the job and computes them, until all are taken."""
    for k in range(threads):
        owner = (t + k) % threads
        ticket, first = state + TICKETS + owner * LINE, count * owner // threads
        size = count * (owner + 1) // threads - first
        parts, now = parts_of(size), read(ticket)
        while now >> 32 == job and now & NUMBERS < parts:
            if replace(ticket, now, now + 1):
                part = now & NUMBERS
                call(entry, data, t, first + size * part // parts, first + size * (part + 1) // parts)
                add_one(state + DONE)
            now = read(ticket)


def run_shares(state, entry, data, threads, count):
    """The calling thread's side: publish the job, compute parts as thread 0, and wait for those that workers compute."""
    job, parts = (read(state + BEGUN) + 1) & NUMBERS, 0
    write(state + BEGUN, job)
    write(state + ENTRY, entry)
    write(state + DATA, data)
    write(state + THREADS, threads)
    write(state + COUNT, count)
    write(state + DONE, 0)
    for owner in range(threads):
        write(state + TICKETS + owner * LINE, job << 32)
        parts += parts_of(count * (owner + 1) // threads - count * owner // threads)
    write(state + READY, job)
    compute(state, job, 0, entry, data, threads, count)
    rounds = 0
    while read(state + DONE) < parts:
        wait_a_little(rounds)
        rounds += 1


def serve(state, t, last):
    """A worker's side: compute parts of each job that is new; return the number of the last one after SPINS idle rounds."""
    rounds = 0
    while rounds < SPINS and read(state + STOP) == 0:
        job = read(state + READY)
        if job != last:
            entry, data, threads, count = (read(state + ENTRY), read(state + DATA), read(state + THREADS), read(state + COUNT))
            if read(state + BEGUN) == job:
                last, rounds = job, 0
                if t < threads:
                    compute(state, job, t, entry, data, threads, count)
        else:
            wait_a_little(rounds)
            rounds += 1
    return last


serve = compiled(serve)


class Workers:
    """The workers of this process: Python threads that sleep while there is nothing to do."""

    def __init__(self, most):
        memory = np.zeros((TICKETS + (most + 1) * LINE) // 8, np.int64)
        self.memory = memory[-memory.ctypes.data % LINE // 8:]      # begins where a cache line does
        self.state = self.memory.ctypes.data
        self.threads, self.gates, self.asleep = [], [], set()

    def wake(self, count):
        """Have `count` workers look for work; those that are missing are started."""
        for t in list(self.asleep):                                # a copy: workers add themselves at any time
            if t <= count:
                self.asleep.discard(t)
                self.gates[t - 1].release()
        while len(self.threads) < count:
            self.gates.append(threading.Semaphore(0))
            self.threads.append(threading.Thread(target=self.work, args=(len(self.gates),), name="minicnn", daemon=True))
            self.threads[-1].start()

    def work(self, t):
        """What worker t does from its start to the end of the program."""
        last = 0
        while not self.memory[STOP // 8]:
            last = serve(self.state, t, last)
            self.asleep.add(t)
            self.gates[t - 1].acquire()

    def stop(self):
        """End all workers: at the end of the program, Python must not find one of them in compiled code."""
        self.memory[STOP // 8] = 1
        for gate in self.gates:
            gate.release()
        for thread in self.threads:
            thread.join()

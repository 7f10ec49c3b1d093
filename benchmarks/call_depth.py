"""How many calls lie between model.forward(x) and the arithmetic?  python -m benchmarks.call_depth

sys.setprofile sees every call of a Python function, and the call of a compiled kernel by Python. The arithmetic is where
the time goes: of all chains of calls, the one whose last function spends the most time itself, with arrays so large that
nothing else takes long. What a kernel calls is invisible to sys.setprofile; if it multiplies in the register tile
(ops/fast/kernels/tile.py), the compiled functions from the kernel to the tile count too.

The layer protocol (checks, what is saved for backward) is in minicnn/layers/protocol.py. It wraps every layer in the same
way, so a reader learns it once: the last column leaves its functions out.
"""

import ast
import inspect
import sys
import textwrap
import time
from pathlib import Path

import numpy as np

from minicnn import Conv2D, Dense, MaxPool2D, ReLU, Sequential, ops

from .figures import table

PACKAGE = Path(inspect.getfile(ops)).parents[1]
PROTOCOL = {PACKAGE / "layers" / "layer.py", PACKAGE / "layers" / "protocol.py"}
TILE = "tile.py"
ROUNDS = 3


def networks():
    """name -> (a network, an x that makes it work hard): both ways in which the fast implementation computes conv2d."""
    rng = np.random.default_rng(0)
    return {
        "Conv2D 5x5, ReLU, MaxPool2D": (Sequential([Conv2D(32, 128, kernel_size=5, padding=2, rng=rng), ReLU(), MaxPool2D(2)]),
                                        rng.standard_normal((2, 28, 28, 32), np.float32)),
        "Conv2D 3x3, ReLU, MaxPool2D": (Sequential([Conv2D(64, 128, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2)]),
                                        rng.standard_normal((2, 28, 28, 64), np.float32)),
        "Dense": (Sequential([Dense(1000, 1000, rng=rng)]), rng.standard_normal((200, 1000), np.float32)),
    }


def chains(call):
    """{chain of the functions' codes: seconds that its last function took by itself, on the processor}."""
    found, stack, since = {}, [], time.process_time()

    def spent():
        nonlocal since
        now, chain = time.process_time(), tuple(frame.f_code for frame in stack)
        found[chain] = found.get(chain, 0.0) + now - since
        since = time.process_time()

    def profile(frame, event, _):
        if event == "call":
            spent()
            stack.append(frame)
        elif event == "return" and stack and stack[-1] is frame:
            spent()
            stack.pop()

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found


def path(call):
    """The chain that leads to the arithmetic, as (name, file, line) of each function, compiled ones included."""
    call()                                                         # compile, and fill the memory of checked shapes
    rounds = [chains(call) for _ in range(ROUNDS)]
    chain = max(rounds[0], key=lambda c: min(found.get(c, 0.0) for found in rounds))
    ours = [code for code in chain if Path(code.co_filename).is_relative_to(PACKAGE)]
    return [place(code) for code in [*ours, *to_tile(ours[-1])]]


def to_tile(kernel):
    """The codes of the compiled functions that lead from a kernel to the register tile, by the shortest way, if any does."""
    waiting, seen = [[kernel]], {kernel}
    while waiting:
        chain = waiting.pop(0)
        if Path(chain[-1].co_filename).name == TILE:
            return chain[1:]
        names = {node.func.id for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(chain[-1]))))
                 if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        known = vars(inspect.getmodule(chain[-1]))
        for code in (known[name].py_func.__code__ for name in sorted(names) if hasattr(known.get(name), "py_func")):
            if code not in seen:
                seen.add(code)
                waiting.append([*chain, code])
    return []


def place(code):
    """(name, file, line) of a function."""
    name = getattr(code, "co_qualname", code.co_name)              # Python 3.10 has no qualified names
    return name, Path(code.co_filename), code.co_firstlineno


def without_protocol(found):
    """The path without the functions of the layer protocol."""
    return [step for step in found if step[1] not in PROTOCOL]


def measure():
    """{(network, implementation): path}."""
    found = {}
    for name, (model, x) in networks().items():
        for implementation in ("reference", "fast"):
            with ops.use(implementation):
                found[name, implementation] = path(lambda model=model, x=x: model.forward(x))
    return found


def main():
    """Print the path of each network and implementation, and a table of their lengths."""
    found = measure()
    for (name, implementation), steps in found.items():
        print(f"{name}, {implementation}")
        for depth, (function, file, line) in enumerate(steps, 1):
            protocol = "   (layer protocol)" if file in PROTOCOL else ""
            print(f"  {depth:2} {function:36} {file.relative_to(PACKAGE.parent)}:{line}{protocol}")
    print()
    print(table(["calls from model.forward(x) to the arithmetic", "implementation", "all", "without the layer protocol"],
                [[*key, len(steps), len(without_protocol(steps))] for key, steps in found.items()]), end="")


if __name__ == "__main__":
    main()

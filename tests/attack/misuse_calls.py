"""The hostile calls: each argument of each public function, replaced by what it does not take, and mistakes written by hand."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tests.attack.mistakes import MISTAKES
from tests.attack.misuse_targets import TARGETS

WRITERS = "StepDecay", "Cosine", "OneCycle", "clip_gradients"       # they set their optimizer's lr, or scale gradients


class Call(NamedTuple):
    """`make` returns a function and its keyword arguments, all new. `refused`: must the call raise an error?"""

    name: str
    make: Callable[[], tuple[Callable, dict[str, Any]]]
    refused: bool = True
    pure: bool = True                                              # nothing that is given may change


class Returns:
    """A function that does not do what its place asks for, with a name that reads well."""

    def __init__(self, value):
        self.value = value

    def __call__(self, *arguments, **keywords):
        return self.value


def no_floats(valid):
    """What is no array of floats."""
    wrong = [None, "x", 3, 2.5, valid.tolist(), {}, valid.astype(complex), valid.astype(object), valid.astype(int),
             valid > 0, valid.astype(np.float16), valid.astype(valid.dtype.newbyteorder(">")), np.ma.masked_array(valid),
             valid.astype("datetime64[s]"), Returns(valid)]
    return wrong + ([np.matrix(valid)] if valid.ndim == 2 else [])


def no_shape(valid):
    """Arrays of floats with other axes than `valid`."""
    wrong = [valid[:0], valid[..., :0], valid[None, None], np.array(1, valid.dtype)]
    return wrong + ([valid.reshape(-1)] if valid.ndim > 1 else [])


def no_whole(valid):
    return [None, "3", 2.5, float("nan"), float("inf"), True, -1, [3], (), {}, 1j, np.ones(3), np.array(2.0), 10**30, int]


def no_size(valid):
    return [None, "3", "valid", 0, -1, 2.5, (1, 2, 3), (), (2, None), (2, 0), {}, {2, 3}, True, 10**30, float("nan"),
            np.ones(2), int]


def no_number(valid):
    return [None, "0.1", float("nan"), 1j, [0.1], (), {}, True, np.ones(2), np.array("x"), float]


NOT = {
    "floats": lambda valid: no_floats(valid) + no_shape(valid),
    "any floats": no_floats,
    "array": lambda valid: [None, "x", {}, 3, Returns(valid)],
    "whole": no_whole,
    "count": lambda valid: no_whole(valid) + [0],
    "size": no_size,
    "stride": lambda valid: [wrong for wrong in no_size(valid) if wrong is not None],
    "pool stride": lambda valid: [wrong for wrong in no_size(valid) if wrong is not None],
    "padding": lambda valid: [None, "valid", "3", -1, 2.5, (1, 2, 3), (), (1, None), {}, True, float("nan"), np.ones(2), int],
    "number": no_number,
    "positive": lambda valid: no_number(valid) + [-1, float("inf")],
    "rate": lambda valid: no_number(valid) + [-0.1, 1.5, 50],
    "bias": lambda valid: [wrong for wrong in no_floats(valid) + no_shape(valid) if wrong is not None],
    "labels": lambda valid: [None, "abc", {}, 3, valid + 0.5, valid - 100, valid + 100, valid[:-1], valid[:0], valid[None],
                             valid.astype(complex), valid.astype(object), valid.astype(str), [[1], [1, 2]], Returns(valid)],
    "mask": lambda valid: [None, "x", 3, valid.astype(int), valid.astype(float), valid.tolist(), valid[:-1], valid[None], {}],
    "rng": lambda valid: ["seed", -1, 1.5, {}, [None], Returns(0.5)],
    "dtype": lambda valid: ["floaty", int, np.int32, np.float16, complex, 3, object, str, [], "O", np.ones(1)],
    "initializer": lambda valid: [None, "he_normal", 3, Returns(None), Returns(0.5), Returns(np.ones(2, np.float32)),
                                  np.random.default_rng(0)],
    "layer": lambda valid: [None, "ReLU", 3, type(valid), np.ones(3), [], {}, Returns(valid), [type(valid)], [None]],
    "layers": lambda valid: [None, "ReLU", 3, [], {}, (), [type(valid[0])], [valid], [None], [valid[0], valid[0]], np.ones(2),
                             {"0": valid[0]}],
    "branches": lambda valid: [None, "ReLU", 3, [], {}, (), [type(valid[0])], [None], [valid[0], valid[0]], np.ones(2)],
    "model": lambda valid: [None, "model", 3, type(valid), [], {}, np.ones(3), valid.parameters(), Returns(valid)],
    "parameters": lambda valid: [None, "w", 3, [], {}, list(valid.values()), list(valid), valid.values(), {"w": None},
                                 {"w": np.ones(2)}, {"w": [1.0]}, {3: next(iter(valid.values())).value}],
    "optimizer": lambda valid: [None, "adam", 3, type(valid), valid.parameters, {}, 0.1, Returns(valid)],
    "betas": lambda valid: [None, 0.9, "ab", (), (0.9,), (0.9, 0.9, 0.9), (0.9, None), ("0.9", "0.99"), (0.9, 1.0), (-1, 0.9),
                            {}, (float("nan"), 0.9), np.ones(3), (1j, 0.5), (True, 0.5)],
    "shape": lambda valid: [None, "28", 28, 2.5, (), (0, *valid[1:]), (-1, *valid[1:]), tuple(map(float, valid)), [None] * 3,
                            {}, np.ones(3), (28,), (*valid, 1, 1), Returns(valid), ("a", "b", "c"),
                            (valid[0], None, *valid[2:])],
    "any shape": lambda valid: [None, "28", 28, (), (0, *valid[1:]), (-1, *valid[1:]), [None] * 3, {}, np.ones(3)],
    "blocks": lambda valid: [None, 3, "11", (0,), (None,), (1.5,), {}, (-1, 2), float],
    "weights": lambda valid: ["x", {}, [1.0], [None] * len(valid), [-1.0] * len(valid), [float("nan")] * len(valid), 1j,
                              [[1.0] * len(valid)], [1j] * len(valid), Returns(valid)],
    "text": lambda valid: [None, 3, "", "fastest", [], {}, Returns(valid), ["fast"], b"fast"],
    "path": lambda valid: [None, 3.5, [], {}, Returns(valid), np.ones(2)],
    "function": lambda valid: [None, "relu", 3, [], {}],
    "transform": lambda valid: ["flip", 3, [], {}, np.ones(2)],
    "clip": lambda valid: no_number(valid) + [-1, 0],
    "angle": lambda valid: no_number(valid) + [float("inf")],
    "labels pair": lambda valid: [None, "abc", {}, 3, valid + 0.5, valid[:0], valid[None], valid.astype(complex),
                                  Returns(valid), valid.astype(object), valid.astype(str), [[1], [1, 2]]],
    "logits": lambda valid: [None, "abc", {}, 3, valid[0], valid[:0], valid[None], [[1.0], [1.0, 2.0]],
                             valid.astype(complex), valid.astype(str), Returns(valid)],
    "pixels": lambda valid: [None, "abc", {}, 3, valid.tolist(), valid / 255, valid.astype(int), Returns(valid)],
    "record": lambda valid: [None, "unit", 3, {}, [], Returns(valid), type(valid)],
    "names": lambda valid: [None, 3, [], [None] * len(valid), {}, valid[:1], Returns(valid)],
}


def friendly(valid):
    """The numbers of `valid` in other memory; each must work like `valid`."""
    if isinstance(valid, np.ndarray):
        locked, wide = valid.copy(), np.repeat(valid, 2, axis=-1)
        locked.flags.writeable = False
        yield "read-only", locked
        yield "not contiguous", wide[..., ::2]
        yield "in Fortran's order", np.asfortranarray(valid)
        yield "backwards in memory", np.ascontiguousarray(valid[::-1])[::-1]


def text(value):
    if isinstance(value, np.ndarray):
        return f"{type(value).__name__}({value.dtype}, {value.shape})"
    return value.__name__ if hasattr(value, "__name__") else re_address(repr(value))


def re_address(shown):
    return " ".join(shown.split(" object at 0x")[0].split())[:60]


def all_calls():
    """Every call, always in the same order."""
    calls = [Call(name, make, refused, pure=False) for name, make, refused in MISTAKES]
    for name, make in TARGETS.items():
        function, kinds = make()
        for argument, (kind, valid) in kinds.items():
            for k, wrong in enumerate(NOT[kind](valid)):
                def hostile(make=make, argument=argument, kind=kind, k=k):
                    function, kinds = make()
                    arguments = {each: value for each, (_, value) in kinds.items()}
                    return function, arguments | {argument: NOT[kind](arguments[argument])[k]}
                calls.append(Call(f"{name}({argument}={text(wrong)})", hostile))
            if "floats" in kind or kind in ("bias", "labels", "mask"):
                for k, (how, _) in enumerate(friendly(valid)):
                    def other_memory(make=make, argument=argument, k=k):
                        function, kinds = make()
                        arguments = {each: value for each, (_, value) in kinds.items()}
                        return function, arguments | {argument: list(friendly(arguments[argument]))[k][1]}
                    calls.append(Call(f"{name}({argument} {how})", other_memory, refused=False))
        def plain(make=make):
            function, kinds = make()
            return function, {each: value for each, (_, value) in kinds.items()}
        calls.append(Call(f"{name}()", plain, refused=False, pure=name not in WRITERS))
    return calls

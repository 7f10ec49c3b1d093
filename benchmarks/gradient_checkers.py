"""Our gradient check beside torch.autograd.gradcheck and jax.test_util.check_grads, on the held-out bugs of tests/heldout.

    python -m benchmarks.gradient_checkers [--drawn 400] [--every 1]

All three check the same NumPy functions: PyTorch through a torch.autograd.Function, JAX through a custom_vjp with callbacks.
They get the x that the case draws and the parameters as the layer creates them, as a user would call them, with their
default tolerances in float64. An exception counts as a failure. Prints a table in Markdown. Needs the `bench` extra.
"""

import argparse
import time
import warnings

import numpy as np

from minicnn.gradcheck.passes import loss_passes, op_backward, passes
from tests.heldout import all_cases, draw_x
from tests.heldout.drawn import draw_one
from tests.heldout.run import NOT_WRONG_HERE, judged


def functions(kind, made, inputs, seed=0):
    """forward(**inputs), backward(dy, **inputs) -> {name: gradient} and the inputs: what all three checkers are given."""
    if kind == "op":
        return made[0], op_backward(made[1], tuple(inputs)), inputs
    if kind == "loss":
        scores, target = inputs
        forward, backward = loss_passes(made, target, {}, np.float64)
        return forward, lambda dy, logits: {"logits": float(dy) * backward(dy, logits)["logits"]}, {"logits": scores}
    forward, backward, parameters = passes(made, np.float64)
    rename = {name: f"p{k}" for k, name in enumerate(parameters)}

    def named(values):
        return {name: values[short] for name, short in rename.items()}

    def renamed_backward(dy, x, **values):
        gradients = backward(dy, x, **named(values))
        return {"x": gradients["x"]} | {short: gradients[name] for name, short in rename.items()}

    arrays = {"x": inputs} | {short: parameters[name] for name, short in rename.items()}
    return lambda x, **values: forward(x, **named(values)), renamed_backward, arrays


def torch_passes(forward, backward, inputs):
    """Whether torch.autograd.gradcheck passes."""
    import torch
    names = list(inputs)

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(context, *tensors):
            context.save_for_backward(*tensors)
            return torch.from_numpy(np.array(forward(**arrays(tensors)), dtype=np.float64))

        @staticmethod
        def backward(context, dy):
            gradients = backward(dy.numpy().copy(), **arrays(context.saved_tensors))
            return tuple(None if gradients.get(name) is None else torch.from_numpy(np.array(gradients[name])) for name in names)

    def arrays(tensors):
        return {name: tensor.detach().numpy().copy() for name, tensor in zip(names, tensors)}

    tensors = tuple(torch.from_numpy(np.array(array, dtype=np.float64)).requires_grad_() for array in inputs.values())
    return torch.autograd.gradcheck(Wrapped.apply, tensors, raise_exception=False)


def jax_passes(forward, backward, inputs):
    """Whether jax.test_util.check_grads passes, in reverse mode."""
    import jax
    from jax.test_util import check_grads
    jax.config.update("jax_enable_x64", True)
    names, y = list(inputs), np.array(forward(**{name: array.copy() for name, array in inputs.items()}), dtype=np.float64)
    y_kind = jax.ShapeDtypeStruct(y.shape, np.float64)
    kinds = tuple(jax.ShapeDtypeStruct(array.shape, np.float64) for array in inputs.values())

    def run(*arrays):
        return np.array(forward(**{name: np.array(array) for name, array in zip(names, arrays)}), dtype=np.float64)

    def run_back(dy, *arrays):
        gradients = backward(np.array(dy), **{name: np.array(array) for name, array in zip(names, arrays)})
        return tuple(np.array(gradients[name], dtype=np.float64) for name in names)

    @jax.custom_vjp
    def wrapped(*arrays):
        return jax.pure_callback(run, y_kind, *arrays)

    wrapped.defvjp(lambda *arrays: (wrapped(*arrays), arrays),
                   lambda arrays, dy: jax.pure_callback(run_back, kinds, dy, *arrays))
    try:
        check_grads(wrapped, tuple(jax.numpy.asarray(array) for array in inputs.values()), order=1, modes=["rev"])
    except AssertionError:
        return False
    return True


PEERS = {"torch.autograd.gradcheck": torch_passes, "jax.test_util.check_grads": jax_passes}


def passed(peer, kind, make, inputs):
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return bool(peer(*functions(kind, make(), inputs)))
    except Exception:
        return False


def inputs_of(case, seed=0):
    rng = np.random.default_rng(seed)
    return draw_x(case, rng) if case.kind == "layer" else case.inputs(rng, 1)


def drawn(seed):
    """A correct layer and its x."""
    name, layer, x_shape, x = draw_one(np.random.default_rng(seed))
    return layer, np.random.default_rng(seed).standard_normal(x_shape) if x is None else x


def ours_on_drawn(seed):
    from minicnn import check_layer
    name, layer, x_shape, x = draw_one(np.random.default_rng(seed))
    return check_layer(layer, x_shape, rng=seed, **({} if x is None else {"x": x})).ok


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawn", type=int, default=400, help="correct layers to check as well (default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, help="use each K-th case only (default: all)")
    options = parser.parse_args(arguments)
    cases = [case for case in all_cases() if case.name not in NOT_WRONG_HERE][::options.every]
    print(f"| checker | of {len(cases)} bugs caught | right twins accused | of {options.drawn} drawn correct layers accused "
          "| seconds |\n|---|---|---|---|---|")
    for name in ("minicnn", *PEERS):
        peer, start = PEERS.get(name), time.perf_counter()
        if peer is None:
            caught = sum(not judged(case, case.wrong)[0] for case in cases)
            accused = sum(not judged(case, case.right)[0] for case in cases)
            with np.errstate(all="ignore"):
                layers = sum(not ours_on_drawn(seed) for seed in range(options.drawn))
        else:
            caught = sum(not passed(peer, case.kind, case.wrong, inputs_of(case)) for case in cases)
            accused = sum(not passed(peer, case.kind, case.right, inputs_of(case)) for case in cases)
            layers = sum(not passed(peer, "layer", lambda layer=layer: layer, x)
                         for layer, x in map(drawn, range(options.drawn)))
        print(f"| {name} | {caught} | {accused} | {layers} | {time.perf_counter() - start:.0f} |", flush=True)


if __name__ == "__main__":
    main()

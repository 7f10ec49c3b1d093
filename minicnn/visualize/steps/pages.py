"""The ops that have a page, and what each page takes."""

from collections.abc import Callable
from typing import NamedTuple

from ... import ops
from ...shapes import message
from . import convolution, loss, network, pooling, single, surface
from .scene import Scene
from .wanted import Wanted, known_names

WINDOWS = ("stride", "padding", "kernel_size", "channels")


class Page(NamedTuple):
    """One op: what draws its page, its arrays that --numbers can replace, its options, and whether it has a backward pass.

    instead: for an op without one, what to write instead of --backward.
    """

    scene: Callable[[Wanted], Scene]
    arrays: tuple[str, ...]
    options: tuple[str, ...] = ()
    instead: str = ""


PAGES = {
    "conv2d": Page(convolution.conv2d, ("x", "w", "b", "dy"), (*WINDOWS, "filters")),
    "im2col": Page(convolution.im2col, ("x",), WINDOWS, instead="its backward pass is col2im: minicnn step col2im"),
    "col2im": Page(convolution.col2im, ("x", "cols"), WINDOWS, instead="its backward pass is im2col: minicnn step im2col"),
    "max_pool2d": Page(pooling.max_pool2d, ("x", "dy"), WINDOWS),
    "avg_pool2d": Page(pooling.avg_pool2d, ("x", "dy"), WINDOWS),
    "dense": Page(single.dense, ("x", "w", "b", "dy")),
    "relu": Page(single.relu, ("x", "dy")),
    "softmax_cross_entropy": Page(loss.softmax_cross_entropy, ("logits", "labels")),
    "batch_norm": Page(single.batch_norm, ("x", "gamma", "beta", "dy")),
    "dropout": Page(single.dropout, ("x", "mask", "dy")),
    "network": Page(network.network, (), instead="this page goes forward and backward"),
    "optimizers": Page(surface.optimizers, (), instead="its gradient is that of a known surface"),
}


def scene(op: str, wanted: Wanted) -> Scene:
    """Record the page of an op.

    Raises: ValueError for numbers, options or sizes that the op cannot use, and for an op without a backward pass.
    """
    page, who = PAGES[op], f"minicnn step {op}"
    if wanted.backward and page.instead:
        raise ValueError(message(who, "no --backward", "--backward", page.instead))
    for name in ("stride", "padding", "kernel_size", "channels", "filters"):
        if getattr(wanted, name) is not None and name not in page.options:
            flags = ", ".join("--" + option.replace("_", "-") for option in page.options) or "no options of this kind"
            raise ValueError(message(who, flags, "--" + name.replace("_", "-")))
    if (wanted.size or wanted.numbers) and not page.arrays:
        raise ValueError(message(who, "no --numbers", "--numbers", "this page has its own"))
    main = page.arrays[0] if page.arrays else "x"
    if "x" in wanted.numbers and "x" not in page.arrays:           # a file with one array: it is the main input
        wanted = wanted._replace(numbers={main if name == "x" else name: array for name, array in wanted.numbers.items()})
    known_names(op, wanted.numbers, page.arrays)
    with ops.use("definition"):
        return page.scene(wanted)

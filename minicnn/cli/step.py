"""Watch an op compute, one number at a time: a page that plays the loops of its definition, forward or backward.

    minicnn step conv2d                        the 4 x 4 image of the course, in step-conv2d.html
    minicnn step conv2d --backward --open      its gradients in three ways; opens the page
    minicnn step conv2d --padding 1 --stride 2 --channels 2 --filters 2
    minicnn step max_pool2d --backward --numbers 5x6
    minicnn step network                       a small network: one image, forward, loss, and back to every weight
    minicnn step optimizers                    SGD, momentum, RMSprop and Adam in one valley

The page is one HTML file that needs no network. Every number in it was recorded while minicnn/ops/definition ran. On the
page: space plays, the arrows step, and pointing at a number shows everything that flows into it."""

import argparse
import os

from ..shapes import message
from ..support.display import show
from ..support.files import write_text
from ..support.flags import at_least, did_you_mean, one_of, path
from ..visualize.steps.page import page_of
from ..visualize.steps.pages import PAGES, scene
from ..visualize.steps.picture import Picture, check_steps, write_gif, write_svg
from ..visualize.steps.wanted import Wanted, read_numbers


def padding(text):
    """An argparse type: an integer >= 0, or the word same."""
    if text != "same" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected an integer >= 0, or same, got {text!r}")
    return text if text == "same" else int(text)


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("op", type=one_of(*PAGES), metavar="OP", help=", ".join(PAGES))
    parser.add_argument("--backward", action="store_true", help="the backward pass: how the gradients are computed")
    parser.add_argument("--out", type=path, metavar="FILE", help="the page to write (default: step-OP.html)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser, if there is a display")
    parser.add_argument("--numbers", type=path, metavar="WHAT",
                        help="the input: a size such as 5x6, filled with small whole numbers; or x as an .npy file; or a .json "
                        'file with the rows of x, or with several arrays: {"x": [[1, 2], [3, 4]], "w": [[0, 1], [1, 0]]}')
    parser.add_argument("--stride", type=at_least(1), metavar="S", help="pixels from one window to the next "
                        "(default: 1; for pooling the kernel size)")
    parser.add_argument("--padding", type=padding, metavar="P", help="pixels of padding on each side, or same (default: 0)")
    parser.add_argument("--kernel-size", type=at_least(1), metavar="K",
                        help="rows and columns of the kernel (default: 3; for pooling 2)")
    parser.add_argument("--channels", type=at_least(1), metavar="C", help="channels of the image (default: 1)")
    parser.add_argument("--filters", type=at_least(1), metavar="F", help="filters of conv2d (default: 1)")
    parser.add_argument("--view", metavar="NAME", help="the view that --gif and --svg draw: loops, im2col, flipped, ... "
                        "(default: the first of the page)")
    parser.add_argument("--gif", type=path, metavar="FILE", help="also write the view as an animated GIF, for slides")
    parser.add_argument("--svg", type=at_least(0), metavar="N",
                        help="also write the state after step N as an SVG file, for slides")


def run(options):
    """Run the command and return its exit status."""
    given = read_numbers(options.numbers) if options.numbers else {}
    drawn = scene(options.op, Wanted(stride=options.stride, padding=options.padding, kernel_size=options.kernel_size,
                                     channels=options.channels, filters=options.filters, backward=options.backward, **given))
    view, picture = wanted_view(options, drawn), None
    if options.gif or options.svg is not None:
        picture = Picture(view, drawn.map)
        check_steps(picture, options.svg, options.gif)             # before anything is written
    file = options.out or f"step-{options.op}{'-backward' * options.backward}.html"
    write_text(file, page_of(drawn))
    steps = " + ".join(f"{len(view.recorder.steps):,}" for view in drawn.views)
    print(f"wrote {file} ({os.path.getsize(file) / 1000:,.0f} kB, {steps} steps): open it in any browser")
    if options.gif:
        write_gif(options.gif, picture)
        print(f"wrote {options.gif}")
    if options.svg is not None:
        slide = f"{os.path.splitext(file)[0]}-{options.svg}.svg"
        write_svg(slide, picture, options.svg)
        print(f"wrote {slide}")
    if options.open:
        show(os.path.abspath(file))
    return 0


def wanted_view(options, drawn):
    """The view that --view names, or the first."""
    names = [view.name for view in drawn.views]
    name = options.view or names[0]
    if name not in names:
        near = did_you_mean(name, names).removeprefix("; ")
        raise ValueError(message("minicnn step --view", f"one of {', '.join(names)}", repr(name), near))
    return drawn.views[names.index(name)]

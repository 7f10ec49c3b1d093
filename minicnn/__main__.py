"""The command `minicnn`, also `python -m minicnn`. Each subcommand is a module of minicnn/cli."""

import argparse
import importlib
import os
import sys

from . import __version__, ops
from .cli.arguments import Parser
from .cli.errors import one_line_errors
from .support.flags import did_you_mean, word_or_path

COMMANDS = {
    "train": "train a network on a data set or on a folder of images",
    "predict": "ask a trained network what an image file shows",
    "runs": "list trainings side by side",
    "report": "put the metrics and plots of a training into one HTML page",
    "step": "watch an op compute, one number at a time, forward or backward",
    "search": "train with many settings and compare the results",
    "doctor": "look for problems on this machine, or of a network and its data",
    "learn": "write the parts of a CNN yourself; a checker says where and why an answer is wrong",
    "gradcheck": "compare every derivative of the engine with finite differences",
    "playground": "draw a digit in the browser, and watch the network read it, learn and train",
    "museum": "look at bugs from public code, and see what catches them",
}


COMPUTE = ("train", "predict", "search", "doctor")                  # the commands that take --ops


def main(arguments=None):
    """Run one command and return its exit status: 0 good, 1 a check failed, 2 bad input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = Parser(prog="minicnn", description="A convolutional network engine to read, run and check.",
                                     epilog="minicnn COMMAND --help says what a command does and takes.",
                                     formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=20))
    parser.add_argument("--version", action="version", version=f"minicnn {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in arguments if not word.startswith("-")), None)
    module = None
    for name, line in COMMANDS.items():
        flags = commands.add_parser(name, help=line, add_help=name == asked,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == asked:                                          # the other commands are not even imported
            module = importlib.import_module(f".cli.{name}", __package__)
            flags.description = module.__doc__
            module.arguments(flags)
            if name in COMPUTE:
                flags.add_argument("--ops", type=word_or_path(*ops.implementations()), metavar="NAME", help="compute with "
                                   "definition, reference, fast, or your own ops: the path of a file or folder")
    if asked is not None and asked not in COMMANDS:
        parser.error(f"expected COMMAND to be one of {', '.join(COMMANDS)}, got {asked!r}{did_you_mean(asked, COMMANDS)}")
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        commands.choices[asked].unknown(unknown[0])
    if getattr(options, "ops", None):
        os.environ["MINICNN_OPS"] = options.ops                    # for the processes that a search starts
        ops.use(options.ops)
    return module.run(options)


def entry():
    """The installed program `minicnn` calls this."""
    with one_line_errors():
        sys.exit(main())


if __name__ == "__main__":
    entry()

"""Train a network on images: a data set by its name, or a folder with a folder of images for each class.

    minicnn train --data digits
    minicnn train --data mnist --model lenet5 --epochs 10 --augment light
    minicnn train --data my-photos --model resnet --size 64 --augment full --patience 5
    minicnn train --resume runs/mnist-lenet5

A run folder gets everything: settings, log, checkpoints, the trained model.npz, the report on the test set and plots.
Ctrl-C saves a checkpoint and says how to resume. A resumed training gives the same bits as one that was never stopped.
"""

import sys

from ..support.flags import fraction, path
from ..training.settings import SETTINGS, add_flags
from ..training.train import train


def arguments(parser):
    """Add the flags of the command."""
    parser.usage = "minicnn train --data NAME [--model NAME] [flags]\n       minicnn train --resume RUN"
    add_flags(parser)
    parser.add_argument("--resume", type=path, nargs="?", const=True, metavar="RUN",
                        help="resume a run (RUN, or --run FOLDER) from its last checkpoint, with the settings it began with")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument("--expect-accuracy", type=fraction, metavar="A",
                        help="exit with status 1 if the test accuracy is below A, such as 0.98")


def run(options):
    """Run the command and return its exit status."""
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    result = train(given, resume=options.resume, quiet=options.quiet)
    if not result["finished"]:
        return 130
    if options.expect_accuracy is not None and result["test_accuracy"] < options.expect_accuracy:
        print(f"expected a test accuracy of at least {options.expect_accuracy:.2%}, got {result['test_accuracy']:.2%}",
              file=sys.stderr)
        return 1
    return 0

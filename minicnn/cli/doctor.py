"""Look for problems: on this machine, or of a network and its data before they are trained.

    minicnn doctor                                              versions, threads, caches, environment, speed
    minicnn doctor --data digits --model two_conv               a network: the flags are those of minicnn train
    minicnn doctor --data my-photos --model resnet --lr 0.01

Each finding is ok, a warning or a problem, with what it means and what to do. The exit status is 1 if one is a
problem. docs/doctor.md explains every check and its bounds.
"""

from collections import Counter

import numpy as np

from .. import ops
from ..data.preprocessing import Preprocessing
from ..data.sources import load
from ..doctor import Findings, machine_checks, network_checks
from ..shapes import message
from ..training import recipe
from ..training.settings import SETTINGS, add_flags, complete, flag, model_settings

MOST_IMAGES = 3000                                                 # unless --limit says another number


def arguments(parser):
    """Add the flags of the command."""
    add_flags(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON, with their measurements")


def run(options):
    """Run the command and return its exit status."""
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    if given and "data" not in given:
        raise ValueError(message("doctor", "--data beside " + " ".join(map(flag, given)), "none",
                                 "such as --data digits; without any flag, doctor examines this machine"))
    checks, found = planned_checks(given) if given else machine_checks(), []
    for finding in checks:
        found.append(finding)
        if not options.json:
            print(finding, flush=True)
    found = Findings(found)
    if options.json:
        print(found.as_json())
    else:
        counts = Counter(finding.status for finding in found)
        print(f"{len(found)} checks: {counts['ok']} ok, {counts['warning']} warnings, {counts['problem']} problems")
    return 0 if found.ok else 1


def planned_checks(given):
    """The findings on the training that `minicnn train` would start with these settings."""
    asked = complete(given)
    model_settings(asked)
    if asked["threads"]:
        ops.set_num_threads(asked["threads"])
    source = load(asked["data"], asked["size"], asked["seed"], asked["limit"] or MOST_IMAGES, asked["data_dir"],
                  asked["strict"], asked["validation"])
    settings, x_shape = recipe.resolve_defaults(asked, source.kind), source.train_images.shape[1:]
    prepare = Preprocessing.of(settings["range"], x_shape, source.train_images, source.kind)
    rng = np.random.default_rng(settings["seed"])
    model = recipe.network(settings, x_shape, len(source.classes), len(source.train_images), rng)
    held_out = prepare(source.validation_images), source.validation_labels
    return network_checks(model, prepare(source.train_images), source.train_labels, held_out, lr=settings["lr"],
                          optimizer=lambda parameters, lr: recipe.optimizer(settings | {"lr": lr}, parameters))

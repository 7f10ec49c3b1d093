"""Look for what is wrong: on this machine, or with a network and its data before they are trained.

    minicnn doctor                                              versions, threads, caches, environment, speed
    minicnn doctor --data digits --model two_conv               a network: the flags are those of minicnn train
    minicnn doctor --data my-pictures --model resnet --lr 0.01

Each finding is ok, a warning or a problem, with what it means and what to do. The exit status is 1 where one is a
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
from ..training.begin import network
from ..training.settings import SETTINGS, add_flags, complete, flag, own

ENOUGH = 3000                                                      # pictures, where --limit says nothing


def arguments(parser):
    add_flags(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON, their measurements included")


def run(options):
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    if given and "data" not in given:
        raise ValueError(message("doctor", "--data beside " + " ".join(map(flag, given)), "none",
                                 "such as --data digits; without any of them, doctor looks at this machine"))
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
    """The findings on the training that these settings of `minicnn train` would begin."""
    asked = complete(given)
    own(asked)
    if asked["threads"]:
        ops.set_num_threads(asked["threads"])
    source = load(asked["data"], asked["size"], asked["seed"], asked["limit"] or ENOUGH, asked["data_dir"], asked["strict"],
                  asked["validation"])
    settings, x_shape = recipe.settle(asked, source.kind), source.train_images.shape[1:]
    prepare = Preprocessing.of(settings["range"], x_shape, source.train_images, source.kind)
    model = network(settings, x_shape, len(source.classes), len(source.train_images), np.random.default_rng(settings["seed"]))
    held_out = prepare(source.validation_images), source.validation_labels
    return network_checks(model, prepare(source.train_images), source.train_labels, held_out, lr=settings["lr"],
                          optimizer=lambda parameters, lr: recipe.optimizer(settings | {"lr": lr}, parameters))

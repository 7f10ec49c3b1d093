"""The command line of the benchmarks: python -m benchmarks --help"""

import argparse
import os
import sys
from pathlib import Path

from minicnn.support.flags import at_least

from . import accuracy, augmentation, busy, environment, ladder, layers, results, scaling, start, timed_networks, workers
from .competitors import COMPETITORS, OURS, installed
from .settings import Settings, quick

QUICK_FOLDER = Path("runs/benchmarks")
BUSY = 0.5                  # processes that want to run, on the average of the last minute

SECTIONS = {"networks": timed_networks.measure, "resnet": timed_networks.measure_deeper, "layers": layers.measure,
            "busy": busy.measure, "ladder": ladder.measure, "scaling": scaling.measure,
            "augmentation": augmentation.measure, "start": start.measure, "accuracy": accuracy.measure}

SIMULATED = ("networks", "resnet", "layers")         # no peak is measured in them

DESCRIPTION = """\
Compare the speed of minicnn, PyTorch, TensorFlow and JAX, as far as they are installed. Everything is verified before it is
timed: a framework that does not compute what the reference computes is not timed, and the table says why. The exit status is
1 if minicnn itself is refused.

  networks       training step and inference of four networks at batch 64, 1 and 256
  resnet         ResNet and a VGG-like network with batch norm, against PyTorch
  layers         one convolution of each shape that known networks have, against PyTorch, at batch 64, 1 and 256
  busy           a training step and whole commands, beside no, one and two programs that use a core each
  ladder         one convolution, from seven Python loops to the fast implementation, and the machine's peak
  scaling        1 thread and all threads; batch 1 to 512; 1 to 256 channels
  augmentation   how long it takes to augment a batch, and how much longer an epoch takes
  start          import times, first training step with an empty and a filled kernel cache, peak memory
  accuracy       seconds from process start to 99% on MNIST

Each section writes NAME.json, NAME.md and most a NAME.png into the results folder of this machine. A full run takes about an
hour and needs a machine on which nothing else runs; if it was stopped, --resume measures what is missing."""


def parse(arguments):
    """The flags of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="SECTION",
                        help=f"measure this section only; may be repeated ({', '.join(SECTIONS)})")
    parser.add_argument("--quick", action="store_true",
                        help="tiny sizes and few repetitions: shows that the program works; the figures mean nothing")
    parser.add_argument("--threads", type=at_least(1), default=environment.cores(), metavar="N",
                        help="threads for everyone; default: all cores, here %(default)s")
    parser.add_argument("--no-peers", action="store_true", help="measure minicnn alone, whatever is installed")
    parser.add_argument("--avx2", action="store_true",
                        help="on a processor with AVX-512: tell every library to do without it, each by its own switch. The "
                             f"results are called simulated. Measures {', '.join(SIMULATED)} unless --only says less")
    parser.add_argument("--resume", action="store_true",
                        help="leave out the sections that were measured within a day, on this machine with these versions")
    parser.add_argument("--out", type=Path, metavar="FOLDER",
                        help="where the results go; docs/benchmarks.md shows what lies beside the default folder only "
                             f"({results.FOLDER / environment.machine()}; with --quick {QUICK_FOLDER})")
    parser.add_argument("--report", action="store_true",
                        help="measure nothing: write tables, charts and docs again from the results that are there")
    flags = parser.parse_args(arguments)
    if flags.threads > environment.cores():
        parser.error(f"--threads {flags.threads}: this process may use {environment.cores()} CPUs")
    if flags.avx2:
        os.environ[workers.WITHOUT_AVX512] = "1"     # for the processes of all competitors
        flags.only = flags.only or list(SIMULATED)
        if set(flags.only) - set(SIMULATED):
            parser.error(f"--avx2 is for {', '.join(SIMULATED)}, not for {', '.join(set(flags.only) - set(SIMULATED))}")
    ours = results.FOLDER / environment.machine()    # figures of --quick mean nothing and must not replace real ones
    flags.out = flags.out or (QUICK_FOLDER if flags.quick and not flags.report else ours)
    return flags


def main(arguments=None):
    """Measure, write, and return the exit status."""
    flags = parse(arguments)
    competitors = [OURS] if flags.no_peers else list(installed())
    settings = (quick if flags.quick else Settings)(flags.threads, competitors)
    refused = []
    if not flags.report:
        missing = [name for name in COMPETITORS if name not in competitors]
        print(f"{settings.threads} threads; competitors: {', '.join(competitors)}; "
              f"not installed or left out: {', '.join(missing) or 'none'}")
        if (environment.load() or 0) > BUSY and not flags.quick:
            print(f"the machine is busy (load {environment.load()}): the figures will be worth little", file=sys.stderr)
        for section in flags.only or SECTIONS:
            described = environment.describe(settings)
            if flags.resume and results.fresh(flags.out, section, described):
                print(f"\n{section}: measured before", flush=True)
                continue
            print(f"\n{section}", flush=True)
            found = {"section": section, "environment": described} | SECTIONS[section](settings)
            found["environment"]["load_after"] = environment.load()
            refused += results.refusals(found)
            results.save(flags.out, section, found)
    results.report(flags.out, SECTIONS)
    for reason in refused:
        print(f"not timed: {reason}", file=sys.stderr)
    return 1 if any(reason.startswith(f"{OURS}:") for reason in refused) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nstopped; finished sections are saved, and --report writes their tables and charts")

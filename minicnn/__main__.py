"""The command `python -m minicnn`."""

import argparse
import sys

from . import __version__, ops
from .console import at_least, one_line_errors
from .selfcheck import reports


def main(arguments=None):
    """Run one command and return its exit status: 0 good, 1 the check failed, 2 bad input."""
    parser = argparse.ArgumentParser(prog="minicnn", description="A convolutional network engine to read, run and check.")
    parser.add_argument("--version", action="version", version=f"minicnn {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("gradcheck", help="compare every derivative of the engine with finite differences",
                                description="Compare the backward pass of every op, layer, container and loss with "
                                            "central differences in float64, entry by entry, for a random upstream "
                                            "gradient. Exit status 1 if one is wrong.")
    check.add_argument("what", nargs="?", default="", metavar="WHAT",
                       help="only those whose name contains this, such as conv (default: everything)")
    check.add_argument("--rung", choices=ops.rungs(), default=ops.current(),
                       help="the implementation to check (default: %(default)s)")
    check.add_argument("--seed", type=at_least(0), default=0, help="draws the inputs and upstream gradients (default: 0)")
    check.add_argument("--verbose", action="store_true", help="show every array, also of what passes")
    options = parser.parse_args(arguments)
    with ops.use(options.rung):
        return gradcheck(options.what, options.seed, options.verbose)


def gradcheck(what, seed, verbose):
    """Print a line per case, details of those that fail, and a closing line."""
    found, failed = 0, 0
    print(f"gradient check, {ops.current()} rung, float64: relative error of the worst entry of each")
    for kind, report in reports(seed, what):
        name = " ".join(report.title.split())
        found, failed = found + 1, failed + (not report.ok)
        entries = sum(row.size for row in report.rows)
        print(f"  {'ok  ' if report.ok else 'FAIL'} {kind:<5} {_shorten(name):<60} {entries:>5} entries  {report.error:.1e}",
              flush=True)
        if verbose or not report.ok:
            print("\n".join("      " + line for line in report.lines()))
    if not found:
        print(f"minicnn gradcheck expected WHAT to be part of a name, got {what!r}; without it, everything is checked",
              file=sys.stderr)
        return 2
    print(f"{found - failed} of {found} passed" + (f", {failed} FAILED" if failed else ""))
    return 1 if failed else 0


def _shorten(name):
    return name if len(name) <= 60 else name[:57] + "..."


if __name__ == "__main__":
    with one_line_errors():
        sys.exit(main())

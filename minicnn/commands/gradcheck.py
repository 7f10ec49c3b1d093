"""Compare the backward pass of every op, layer, container and loss with central differences in float64, entry by entry,
for a random upstream gradient. Exit status 1 if one is wrong."""

import sys

from .. import ops
from ..console import at_least
from ..selfcheck import reports


def arguments(parser):
    parser.add_argument("what", nargs="?", default="", metavar="WHAT",
                        help="only those whose name contains this, such as conv (default: everything)")
    parser.add_argument("--rung", choices=ops.rungs(), default=ops.current(),
                        help="the implementation to check (default: %(default)s)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="draws the inputs and upstream gradients (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="show every array, also of what passes")


def run(options):
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

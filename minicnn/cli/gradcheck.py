"""Compare the backward pass of every op, layer, container and loss with central differences in float64, entry by entry,
for a random upstream gradient, and every network along random directions. Exit status 1 if one is wrong: the report then
says where, what, and what it might be.

    minicnn gradcheck                                      everything
    minicnn gradcheck conv --implementation definition     all with conv in their name, as nested loops
    minicnn gradcheck conv2d --plot v.png                  also draws the error against the step size"""

import itertools
import sys
import time

from .. import ops
from ..gradcheck import step_errors
from ..gradcheck.cases import network_reports, problems, reports
from ..support.flags import at_least, path, word_or_path


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("what", nargs="?", default="", metavar="WHAT",
                        help="only those whose name contains this, such as conv (default: everything)")
    parser.add_argument("--implementation", type=word_or_path(*ops.implementations()), default=ops.current(), metavar="NAME",
                        help=", ".join(ops.implementations()) + ", or the path of your own ops: what to check "
                             "(default: %(default)s)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="draws the inputs and upstream gradients (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="show every array, also of cases that pass")
    parser.add_argument("--plot", type=path, metavar="FILE",
                        help="save a plot of the error against the step size, for the first match of WHAT")


def run(options):
    """Run the command and return its exit status."""
    if options.plot is not None:
        from ..visualize.plots.canvas import check_target  # matplotlib only if it is needed
        check_target(options.plot)
    with ops.use(options.implementation):
        status = gradcheck(options.what, options.seed, options.verbose)
        if status != 2 and options.plot:
            plot(options.what, options.seed, options.plot)
    return status


def gradcheck(what, seed, verbose):
    """Print a line per case, details of those that fail, and a closing line."""
    found, failed, start = 0, 0, time.perf_counter()
    print(f"gradient check, {ops.current()} implementation, float64: relative error of the worst entry of each")
    nets = network_reports(seed, what) if ops.current() != "definition" else ()       # loops would take an hour
    for kind, report in itertools.chain(reports(seed, what), nets):
        found, failed = found + 1, failed + (not report.ok)
        size = f"{report.directions} directions" if kind == "net" else f"{sum(row.size for row in report.rows)} entries"
        verdict = "ok  " if report.ok else "FAIL"
        print(f"  {verdict} {kind:<5} {_shorten(report.title):<60} {size:>12}  {report.error:.1e}", flush=True)
        if not report.ok or (verbose and kind != "net"):
            print("\n".join("      " + line for line in report.lines()))
    if not found:
        networks = "; networks are checked on the other implementations" if ops.current() == "definition" else ""
        print(f"minicnn gradcheck expected WHAT to be part of a name, got {what!r}; without it, all are checked{networks}",
              file=sys.stderr)
        return 2
    seconds = time.perf_counter() - start
    print(f"{found - failed} of {found} passed" + (f", {failed} FAILED" if failed else "") + f", in {seconds:.1f} s")
    return 1 if failed else 0


def plot(what, seed, path):
    """The V of the first case that matches."""
    from ..visualize.plots.steps import step_errors as draw  # matplotlib only if it is needed
    problem = next((problem for _, problem in problems(seed, lambda name: what.lower() in name.lower())), None)
    if problem is None:
        raise ValueError(f"--plot expected an op, layer or loss, got {what!r}, which names networks alone")
    found = step_errors(problem)
    draw(path, found, f"{_shorten(problem.title)}: d{found.name}{list(found.index)}", problem.rule.step)
    print(f"saved {path}")


def _shorten(name):
    name = " ".join(name.split())
    return name if len(name) <= 60 else name[:57] + "..."

"""Put the figures and pictures of a run into one page, RUN/report.html, that opens in any browser without a network."""

from ..visualize.report_page import write_report
from .console import show


def arguments(parser):
    parser.add_argument("folder", metavar="RUN", help="the folder of a run, such as runs/mnist")
    parser.add_argument("--show", action="store_true", help="open the page in a window, where there is a display")


def run(options):
    path = write_report(options.folder)
    print(f"wrote {path}: open it in any browser")
    if options.show:
        show(path)
    return 0

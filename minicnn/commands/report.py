"""Put the figures and pictures of a run into one page, RUN/report.html, that opens in any browser without a network."""

from ..plots import show
from ..report_page import picture_files, write_report


def arguments(parser):
    parser.add_argument("folder", metavar="RUN", help="the folder of a run, such as runs/mnist")
    parser.add_argument("--show", action="store_true", help="open the pictures in windows as well")


def run(options):
    path = write_report(options.folder)
    print(f"wrote {path}")
    if options.show:
        show(picture_files(options.folder))
    return 0

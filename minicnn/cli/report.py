"""Write the metrics and pictures of a run into one page, RUN/report.html, that opens in any browser without a network."""

import os

from ..support.display import show
from ..support.flags import path
from ..training.model_file import load_model
from ..training.run_folder import held, read_run
from ..visualize.report_page import write_report


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("folder", type=path, metavar="RUN", help="the folder of a run, such as runs/mnist")
    parser.add_argument("--show", action="store_true", help="open the page in a window, if there is a display")


def run(options):
    """Run the command and return its exit status."""
    found, trained, notes = read_run(options.folder), None, []
    try:
        trained = load_model(os.path.join(options.folder, "model.npz"))
    except OSError:
        notes.append("There is no model file (model.npz) yet.")
    except ValueError as problem:
        notes.append(f"The model file cannot be used: {problem}")
    page = write_report(options.folder, found, trained, held(options.folder), notes)
    print(f"wrote {page}: open it in any browser")
    if options.show:
        show(page)
    return 0

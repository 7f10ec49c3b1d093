"""Draw a digit in the browser, and watch this engine read it, learn from it and train.

    minicnn playground                     with a network that is trained first, in seconds, on drawn digits
    minicnn playground runs/mnist-two_conv

RUN is a run folder or its model.npz. The page shows the answer while you draw, every layer's feature maps, the gradients on
their way back to the pixels, one learning step at a time, and whole trainings. All of it is computed by the engine in this
process; the page only draws.

The server answers this machine alone, at an address that contains a secret. Ctrl-C stops it. A training that still runs then
saves a checkpoint, and minicnn train --resume resumes it.
"""

import argparse
import signal
import threading

from ..ops import set_num_threads
from ..playground.server import Server
from ..playground.session import Session
from ..support.display import show
from ..support.flags import path
from .predict import model_path

PORT, TRIES = 8765, 20


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("run", type=path, nargs="?", metavar="RUN",
                        help="a run folder with a trained network, or a model.npz (default: runs/playground, which is trained "
                             "first if it does not exist)")
    parser.add_argument("--port", type=port, default=PORT, metavar="PORT",
                        help=f"the port of the page's address (default: %(default)s). If it is taken, the next free one of "
                             f"{TRIES} is used; 0 lets the system choose")
    parser.add_argument("--no-open", action="store_true", help="only print the address; do not open the browser")
    parser.add_argument("--data-dir", type=path, metavar="FOLDER",
                        help="where the files of MNIST are (default: $MINICNN_DATA or the user's cache)")


def port(text):
    """An argparse type: the number of a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, got {text!r}")
    return int(text)


def run(options):
    """Run the command and return its exit status."""
    if options.run:
        model_path(options.run, "playground")                                    # an error here, before the server starts
    set_num_threads(1)                                             # waking a second thread takes longer than one image
    session = Session(options.run, options.data_dir)
    ports = range(options.port, min(options.port + TRIES, 65536)) if options.port else (0,)
    with Server(session, ports) as server:
        if not options.run:
            session.train_first()                                  # not before there is a port
        if options.port and server.server_port != options.port:
            print(f"port {options.port} is taken")
        print(f"The playground is at\n\n    {server.address}\n\nCtrl-C stops it.", flush=True)
        if not options.no_open:
            show(server.address)
        stop_on_signals(server)
        server.serve_forever()
    if session.training.status == "running":
        print("saving the training ...", flush=True)
    session.close()
    paused = session.training.status == "paused" and session.training.facts.get("resume")
    print(f"stopped; to resume the training: {paused}" if paused else "stopped")
    return 0


def stop_on_signals(server):
    """Ctrl-C and a request to end stop the server, between two requests."""
    def stop(*_):
        threading.Thread(target=server.shutdown).start()           # shutdown waits for the loop that this signal interrupts
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)

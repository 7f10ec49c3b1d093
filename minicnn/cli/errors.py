"""Errors as one line: what a person can put right is no reason for a traceback."""

import contextlib
import os
import sys

import numpy as np

from ..losses import NonFiniteError
from ..training.progress import Stopped


@contextlib.contextmanager
def one_line_errors():
    """Print a bad file, bad data or NaN as one clear line and exit with status 2; after Ctrl-C with status 130.

    MINICNN_DEBUG=1 shows the traceback instead.
    """
    try:
        with np.errstate(all="ignore"):                            # no warnings before the one line: losses find NaN
            yield
    except BrokenPipeError:                                        # the reader of our output has left, such as `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, ValueError, TypeError, NonFiniteError, MemoryError) as problem:
        if os.environ.get("MINICNN_DEBUG"):
            raise
        text = " ".join(str(problem).split())
        if isinstance(problem, MemoryError):
            text = f"not enough memory ({text}); smaller images, a smaller batch or a smaller network need less"
        print(f"error: {text}", file=sys.stderr)
        sys.exit(2)
    except Stopped:                                                # the run has said how to resume it
        sys.exit(130)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)

"""See whether a function calls an op of minicnn that it should compute by itself."""

import os
import sys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
OUTSIDE = os.path.join(PACKAGE, "learn") + os.sep                   # learners' files and their solutions may lie there


# Ops that contain another one: calling the larger one is no way around writing the smaller one.
LARGER = {"conv2d": ("conv2d_relu",), "dense": ("dense_relu",), "max_pool2d_backward": ("max_pool2d_relu_backward",),
          "batch_norm": ("batch_norm_relu",), "batch_norm_backward": ("batch_norm_relu_backward",),
          "batch_norm_eval": ("batch_norm", "batch_norm_eval_relu"), "batch_norm_eval_backward": ("batch_norm_backward",)}


class CallsOurs(Exception):
    """A function called minicnn's function of this name. The message is the name."""


class watching:
    """A block in which no function of minicnn with one of these names may run in this thread; it raises CallsOurs.

    Ops that contain one of them are watched too.

    However the function was reached (imported by name, through a layer, through another implementation), it is found when it
    runs. `called` is its name, also if the code inside the block caught the exception.
    """

    def __init__(self, *names):
        self.names, self.called = {larger for name in names for larger in (name, *LARGER.get(name, ()))}, None

    def __enter__(self):
        self.before = sys.getprofile()
        sys.setprofile(self._look)
        return self

    def __exit__(self, kind, problem, trace):
        sys.setprofile(self.before)
        if self.called and not isinstance(problem, CallsOurs):
            raise CallsOurs(self.called) from None

    def _look(self, frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_name in self.names and code.co_filename.startswith(PACKAGE) \
                and not code.co_filename.startswith(OUTSIDE):
            self.called = code.co_name
            raise CallsOurs(code.co_name)

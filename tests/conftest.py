"""Settings of all tests."""

import os
import signal

# Before NumPy and Numba: the tests share the machine with each other (pytest -n), and pools of threads that wait for a
# core that is taken are slow. No result depends on these.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

# A shell starts programs in the background (`make test &`) with Ctrl-C ignored, and programs that tests start would inherit
# that. A test that presses Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

from hypothesis import HealthCheck, settings

# `make test` draws the same cases every time: a change passes or fails by what it changed. `make test-all` draws new ones
# (--hypothesis-profile=random), and `pytest --hypothesis-profile=thorough` many.
settings.register_profile("same", max_examples=40, deadline=None, derandomize=True, print_blob=True,
                          suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", settings.get_profile("same"), derandomize=False)
settings.register_profile("thorough", settings.get_profile("random"), max_examples=10_000)
settings.load_profile("same")

"""Settings of all tests."""

import os
import signal
from pathlib import Path

# Before NumPy and Numba: the tests share the machine with each other (pytest -n), and pools of threads that wait for a
# core that is taken are slow. No result depends on these.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

# A shell starts programs in the background (`make test &`) with Ctrl-C ignored, and programs that tests start would inherit
# that. A test that presses Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest
from hypothesis import HealthCheck, settings

# `make test` draws the same cases every time: a change passes or fails by what it changed. `make test-all` draws new ones
# (--hypothesis-profile=random), and `pytest --hypothesis-profile=thorough` many.
settings.register_profile("same", max_examples=40, deadline=None, derandomize=True, print_blob=True,
                          suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", settings.get_profile("same"), derandomize=False)
settings.register_profile("thorough", settings.get_profile("random"), max_examples=10_000)
settings.load_profile("same")

MOST_KERNELS = {"attack", "ops", "gradcheck", "layers", "cli"}
FEW_KERNELS = {"data", "learn", "metrics"}


@pytest.hookimpl(trylast=True)                                     # after pytest has left out what -m leaves out
def pytest_collection_modifyitems(items):
    """Two processes begin at the first test and at the middle one. Put tests that need most kernels first, and tests that need
    few into the middle. So the kernels of a fresh clone are compiled once, not by both processes at the same time."""
    folders = [item.path.relative_to(Path(__file__).parent).parts[0] for item in items]
    most = [item for item, folder in zip(items, folders) if folder in MOST_KERNELS]
    few = [item for item, folder in zip(items, folders) if folder in FEW_KERNELS]
    others = [item for item, folder in zip(items, folders) if folder not in MOST_KERNELS | FEW_KERNELS]
    before = max(0, len(items) // 2 - len(most))                   # of the others, so that `few` begins in the middle
    items[:] = most + others[:before] + few + others[before:]

"""Settings of all tests."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")                 # before NumPy: tests share the machine with others

from hypothesis import HealthCheck, settings

settings.register_profile("minicnn", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("minicnn")

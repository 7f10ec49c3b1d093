"""Run a module as a program on the first N CPUs only: python -m benchmarks.pinned N module flags ..."""

import runpy
import sys

from .worker import pin

if __name__ == "__main__":
    pin(int(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

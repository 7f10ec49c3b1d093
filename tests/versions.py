"""Run a few tests on the lowest and on the newest versions of all dependencies:  make test-minimum

For each Python that is found (3.10 and newer), two environments: one with exactly the lowest versions that pyproject.toml
names, and one with the newest that the package index has. A Python for which a lowest version was never built gets the
lowest that was: that is a fact of the package, not of minicnn, and the table names it. `--python 3.12` takes one Python,
`--keep FOLDER` keeps the environments.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
TESTS = ("tests/test_golden.py", "tests/test_losses.py", "tests/test_models.py", "tests/layers", "tests/optim",
         "tests/ops/test_implementations.py", "tests/data/test_images.py", "tests/visualize/test_plots.py",
         "tests/training/test_checkpoint.py")
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "packaging")      # what these tests need beside minicnn
# What was first built for a newer Python than the lowest version was: (package, Python) -> version.
FIRST = {("numpy", "3.13"): "2.1.0", ("numpy", "3.14"): "2.3.2", ("pillow", "3.12"): "10.1.0", ("pillow", "3.13"): "11.0.0",
         ("pillow", "3.14"): "12.0.0", ("matplotlib", "3.13"): "3.9.2", ("matplotlib", "3.14"): "3.10.5",
         ("numba", "3.14"): "0.63.0"}


def requirements():
    """name -> lowest version, of what minicnn needs."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", line).groups() for line in lines)


def number(version):
    return tuple(map(int, version.split(".")))


def pinned(python, newest):
    """What pip is asked for: the names alone, or each with its lowest version on this Python."""
    if newest:
        return list(requirements())
    lowest = {name: max(version, FIRST.get((name, python), version), key=number) for name, version in requirements().items()}
    return [f"{name}=={version}" for name, version in lowest.items()]


def interpreter(python):
    """The path of a Python of this version, or None."""
    found = shutil.which(f"python{python}")
    if found and subprocess.run([found, "-c", "import venv"], capture_output=True).returncode == 0:
        return found
    return None


def run(*command):
    """(whether it succeeded, the last line that it printed)."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).strip().splitlines() or [""]
    if done.returncode:
        print(*lines[-30:], sep="\n", file=sys.stderr, flush=True)
    return done.returncode == 0, lines[-1]


def attempt(python, newest, folder):
    """One row: the environment is made, the tests are run, and the versions are written down."""
    venv = folder / f"{python}-{'newest' if newest else 'lowest'}"
    program = venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    for step, command in (("venv", (interpreter(python), "-m", "venv", venv)),
                          ("install", (program, "-m", "pip", "install", "--quiet", *pinned(python, newest), *TOOLS)),
                          ("minicnn", (program, "-m", "pip", "install", "--quiet", "--no-deps", "--editable", ROOT)),
                          ("gradcheck", (program, "-m", "minicnn", "gradcheck")),
                          ("tests", (program, "-m", "pytest", "-m", "not long", "-n", "auto", *TESTS))):
        good, last = run(*command)
        if not good:
            return False, f"{step} failed: {last}"
    names = ", ".join(repr(name) for name in requirements())
    _, versions = run(program, "-c", "from importlib.metadata import version\n"
                                     f"print(*(name + ' ' + version(name) for name in [{names}]), sep=', ')")
    return True, f"{last.strip()} with {versions}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", choices=PYTHONS, metavar="X.Y", help="this Python only; may be repeated")
    parser.add_argument("--only", choices=("lowest", "newest"), help="these versions only")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the environments here and keep them")
    flags = parser.parse_args(arguments)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        for python in flags.python or PYTHONS:
            if interpreter(python) is None:
                print(f"Python {python}: not found here", flush=True)
                continue
            for which in (flags.only,) if flags.only else ("lowest", "newest"):
                good, found = attempt(python, which == "newest", flags.keep or Path(temporary))
                failed += not good
                print(f"Python {python}, {which}: {'ok' if good else 'FAILED'}: {found}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

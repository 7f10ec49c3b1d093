"""Run the attack in tests/attack/NAME.py: python -m tests.attack NAME [--cases N] [--seed S]. Status 1: it found a fault."""

import argparse
import importlib
import sys
from pathlib import Path

NAMES = sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description="Attack the project with hostile inputs.")
    parser.add_argument("name", choices=[name for name in NAMES if hasattr(module(name), "main")])
    parser.add_argument("--cases", type=int, default=None, help="how many cases (default: the attack's own number)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    attack = module(options.name)
    return 1 if attack.main(attack.CASES if options.cases is None else options.cases, options.seed) else 0


def module(name):
    return importlib.import_module(f"{__package__}.{name}")


if __name__ == "__main__":
    sys.exit(main())

"""Run the attack in tests/attack/NAME.py: python -m tests.attack NAME [--cases N] [--seed S]. Status 1: it found something."""

import argparse
import importlib
import sys

parser = argparse.ArgumentParser(prog="python -m tests.attack", description="Attack the project with hostile inputs.")
parser.add_argument("name", help="a module of tests/attack that has a function main(cases, seed), such as data")
parser.add_argument("--cases", type=int, default=None, help="how many cases (default: the attack's own number)")
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
attack = importlib.import_module(f"tests.attack.{options.name}")
cases = attack.CASES if options.cases is None else options.cases
sys.exit(1 if attack.main(cases, options.seed) else 0)

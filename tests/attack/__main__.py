"""python -m tests.attack guarded [--cases N] [--tile SHAPE]: the long form of an attack; exit status 1 if it found a fault."""

import argparse
import importlib
import sys

ATTACKS = ("guarded", "forks", "damaged_cache")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description="Run the long form of an attack.")
    parser.add_argument("name", choices=ATTACKS)
    parser.add_argument("--cases", type=int, help="how many cases (each attack has its own default)")
    parser.add_argument("--tile", help="only this tile shape (guarded)")
    flags = parser.parse_args()
    attack = importlib.import_module(f"tests.attack.{flags.name}")
    options = {name: value for name, value in (("cases", flags.cases), ("tile", flags.tile)) if value is not None}
    found = attack.run(**options)
    print(*found, sep="\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

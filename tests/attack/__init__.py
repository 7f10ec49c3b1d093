"""Attacks: hostile inputs in large numbers. `make test` runs a short form of each, `python -m tests.attack NAME` a long one."""

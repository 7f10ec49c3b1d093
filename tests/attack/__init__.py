"""Attacks: hostile inputs in large numbers. Each must end in success or in one clear error.

`make test` runs a short form of each; `python -m tests.attack NAME` runs the long one.
"""

"""Attacks: many hostile inputs, each of which must end in success or in one clear error. `python -m tests.attack NAME`."""

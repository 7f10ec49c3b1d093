"""Whole programs, timed from outside: the same training in minicnn and in PyTorch, each in a process of its own."""

"""Benchmarks: verify first, then time. Run them as `python -m benchmarks` or `make bench`; read docs/benchmarks.md first."""

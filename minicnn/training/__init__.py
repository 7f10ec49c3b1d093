"""A training run: its folder, log, checkpoints, progress, resuming, and the model file it ends with."""

from .run import Result, Run, total_steps

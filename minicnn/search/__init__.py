"""Run many trials of one function side by side: `search(function, trials, executor, folder)`. grid and draws make trials."""

from .spaces import Choice, Range, draws, grid, parse
from .trials import SearchError, Stopped, read_trials, search, trial_name

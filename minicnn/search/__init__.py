"""Many trials of one function side by side: `search(function, trials, executor, folder)`, with trials from grid or draws."""

from .spaces import Choice, Range, draws, grid, parse
from .trials import SearchError, Stopped, read_trials, search, trial_name

"""See what a network does and what it has learned: pictures, and one page about a run."""

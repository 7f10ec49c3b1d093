"""From the seconds of each round to the figures that are reported: medians, spread, ratios."""

import statistics


def summary(values):
    """Median, smallest and largest of one number per round, and the numbers themselves."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "rounds": list(values)}


def ratio(theirs, ours):
    """How many times as fast we are: theirs / ours, round by round, so that both saw the same machine."""
    return summary([t / o for t, o in zip(theirs, ours)])


def fastest(times, names):
    """The name with the smallest median."""
    return min(names, key=lambda name: statistics.median(times[name]))


def spread(figure, scale=1.0, digits=2):
    """'1.23 (1.20 to 1.31)' of a summary."""
    median, low, high = (number(scale * figure[key], digits) for key in ("median", "min", "max"))
    return f"{median} ({low} to {high})"


def number(value, digits=2):
    """A number with about `digits` digits after the point, fewer if it is large."""
    return f"{value:.{max(0, digits - (abs(value) >= 10) - (abs(value) >= 100))}f}"


def table(header, rows):
    """A Markdown table; all columns but the first are numbers and stand to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"

"""Logs with one JSON value on each line. A crash can cut off the last line: readers leave it out."""

import json
import os


class DamagedLine(ValueError):
    """A line that is not the last one cannot be read. Has `number` (from 1) and `text`."""

    def __init__(self, number, text):
        self.number, self.text = number, text
        super().__init__(f"line {number}: {text!r}")


def read_jsonl(path, is_row):
    """(rows, whether the last line was cut off). A file that does not exist has no rows.

    `is_row(value)` says whether a value is one that the program writes.

    Raises: DamagedLine for a line that cannot be read, unless it is the last one.
    """
    if not os.path.exists(path):
        return [], False
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            good = is_row(row := json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            good = False
        if not good:
            if number == len(lines):
                return rows, True
            raise DamagedLine(number, line[:40].decode("utf-8", "replace"))
        rows.append(row)
    return rows, False


def append_jsonl(path, row):
    """Add a line and wait until it is on the disk. A line that a crash cut off is removed first."""
    text = json.dumps(row, allow_nan=False)
    with open(path, "a+b") as file:
        _end_last_line(file)
        file.write(text.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _end_last_line(file):
    """End the last line, or remove it if it was cut off, so that the next row starts on a line of its own."""
    file.seek(0)
    content = file.read()
    if not content or content.endswith(b"\n"):
        return
    start = content.rfind(b"\n") + 1
    try:
        json.loads(content[start:])
        file.write(b"\n")
    except (ValueError, RecursionError):
        file.truncate(start)

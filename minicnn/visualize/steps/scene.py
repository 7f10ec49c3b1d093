"""What a page consists of: a title, a sentence, and one or more views, each a recorded run."""

from typing import NamedTuple

import numpy as np

from .recorder import Recorder


class View(NamedTuple):
    """One recorded run. `result` maps the name of each array of the result to what the op returned, for the tests."""

    name: str
    title: str
    text: str
    recorder: Recorder
    result: dict[str, np.ndarray]


class Scene(NamedTuple):
    """One page. map: contour lines and paths on a surface, as points in pixels."""

    op: str
    title: str
    text: str
    views: list[View]
    map: dict | None = None

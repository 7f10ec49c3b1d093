"""Which question leads to which function, and what a question may contain."""

import json
import re
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

import numpy as np

from ..data.image_files import ImageError
from ..shapes import DtypeError, NonFiniteError, message
from .broken import cards
from .network import LARGEST_X, MOST_NUMBERS, SIDE
from .wire import finite, pack

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml"}
BYTES, JSON = "application/octet-stream", "application/json"
LARGEST_UPLOAD, LARGEST_JSON = 20_000_000, 2_000


class Refused(Exception):
    """A question that gets no answer: the status of HTTP and a sentence."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Request(NamedTuple):
    """A question that passed the server's checks: its settings by name, and its body."""

    query: dict
    body: bytes = b""

    def whole(self, name, low, high, default=None):
        """The integer called `name`, from low to high."""
        text = self.query.get(name, "" if default is None else str(default))
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise Refused(400, message("the playground", f"{name}, an integer from {low} to {high}", repr(text[:40])))
        return int(text)

    def number(self, name, low, high):
        """The number called `name`, from low to high."""
        text = self.query.get(name, "")
        if not re.fullmatch(r"[0-9.e+-]{1,24}", text) or not low <= _float(text) <= high:
            raise Refused(400, message("the playground", f"{name}, a number from {low:g} to {high:g}", repr(text[:40])))
        return float(text)

    def json(self):
        """The body, a JSON object."""
        try:
            value = json.loads(self.body, parse_constant=lambda text: None)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Refused(400, message("the playground", "a JSON object", repr(self.body[:40])))
        return value


def _float(text):
    try:
        return float(text)
    except ValueError:
        return float("nan")


class Route(NamedTuple):
    """One address: the method it is asked with, the function that answers, and for a POST the type and size of the body."""

    method: str
    function: Callable
    takes: str = JSON
    most: int = LARGEST_JSON

    def answer(self, request):
        """(Content-Type, bytes). Raises Refused with a sentence for what cannot be answered."""
        try:
            answer = self.function(request)
        except (ValueError, DtypeError, NonFiniteError, OSError) as problem:       # ShapeError and ImageError are ValueErrors
            raise Refused(422, " ".join(str(problem).split())) from None
        if isinstance(answer, dict):
            return JSON, json.dumps(answer, allow_nan=False).encode()
        return (BYTES, answer) if isinstance(answer, bytes) else answer


def routes(session):
    """Every address of the playground: path -> Route."""
    questions = Questions(session)
    drawing = {"takes": BYTES, "most": max(SIDE * SIDE, 4 * MOST_NUMBERS)}
    found = {
        "api/state": Route("GET", lambda request: session.state()),
        "api/look": Route("POST", questions.look, **drawing),
        "api/backward": Route("POST", questions.backward, **drawing),
        "api/learn": Route("POST", questions.learn, **drawing),
        "api/zoom": Route("POST", questions.zoom, **drawing),
        "api/undo": Route("POST", lambda request: session.network_or_refuse().undo()),
        "api/upload": Route("POST", questions.upload, BYTES, LARGEST_UPLOAD),
        "api/example": Route("GET", questions.example),
        "api/museum": Route("GET", lambda request: {"cards": cards()}),
        "api/training": Route("GET", questions.training),
        "api/train": Route("POST", lambda request: session.train(request.json())),
        "api/break": Route("POST", lambda request: session.train_broken(request.json())),
        "api/pause": Route("POST", lambda request: session.training.pause()),
        "api/resume": Route("POST", lambda request: session.training.resume()),
        "api/open": Route("POST", lambda request: session.open_trained()),
    }
    return found | static_files()


def static_files():
    """The page's own files. They are read once, so no request can name a path."""
    files = {entry.name: (TYPES["." + entry.name.rpartition(".")[2]], entry.read_bytes())
             for entry in (resources.files(__package__) / "static").iterdir()}
    files[""] = files.pop("index.html")
    return {name: Route("GET", lambda request, file=file: file) for name, file in files.items()}


class Questions:
    """The questions about the network. Each takes a Request and returns a dict, or bytes."""

    def __init__(self, session):
        self.session = session

    def look(self, request):
        """Forward: probabilities, and the output of every layer as bytes. Of a blank drawing only that it is blank."""
        try:
            network, x, frame = self._input(request)
        except ImageError as problem:
            return {"blank": str(problem)}
        p, maps = network.look(x)
        facts = {"version": network.version, "probabilities": [finite(value) for value in p], "best": int(p.argmax()),
                 "frame": frame}
        return pack(facts, {"seen": network.seen(x), **dict(maps)})

    def backward(self, request):
        """Backward: the loss, and the gradient of every layer as bytes."""
        network, x, _ = self._input(request)
        found = network.backward(x, self._label(network, request))
        facts = {"version": network.version, "loss": found.loss,
                 "rms": {name: finite(np.sqrt(np.square(g, dtype=np.float64).mean()))
                         for name, g in {"x": found.dx, **found.layers, **found.parameters}.items()}}
        return pack(facts, {"x": found.dx[0], **{name: dy[0] for name, dy in found.layers.items()}})

    def learn(self, request):
        """One learning step."""
        network, x, _ = self._input(request)
        return network.learn(x, self._label(network, request), request.number("lr", 1e-6, 100))

    def zoom(self, request):
        """One value inside the network."""
        network, x, frame = self._input(request)
        where = [request.whole(name, 0, 10**6, default=0) for name in ("channel", "row", "column")]
        return network.zoom(x, request.query.get("layer", "")[:100], *where) | {"version": network.version, "frame": frame}

    def upload(self, request):
        """What the network sees of an image file: x as float32, to be sent back with each question about it."""
        network = self.session.network_or_refuse()
        x = network.uploaded(request.body)
        return x.astype("<f4").tobytes()

    def example(self, request):
        """A digit to begin with, as a drawing."""
        return self.session.example(request.whole("label", 0, 9), request.query.get("source", "digits")).tobytes()

    def training(self, request):
        """What is new of the training."""
        return self.session.training.report(request.whole("after", 0, 10**6, 0), request.whole("snapshot", 0, 10**6, 0))

    def _input(self, request):
        """(network, x, frame) of a drawing, or of an x that `upload` gave."""
        network = self.session.network_or_refuse()
        body, kind, sizes = request.body, request.query.get("as", "drawing"), (1, *network.x_shape)
        if kind == "drawing" and len(body) == SIDE * SIDE:
            x, frame = network.drawing(np.frombuffer(body, np.uint8).reshape(SIDE, SIDE))
            return network, x, frame and {"cut": frame.cut, "placed": frame.placed}
        if kind == "x" and len(body) == 4 * np.prod(sizes):
            x = np.frombuffer(body, "<f4").reshape(sizes).astype(np.float32)
            if np.isfinite(x).all() and np.abs(x).max() <= LARGEST_X:
                return network, x, None
        raise Refused(400, message("the playground", f"a drawing of {SIDE} x {SIDE} bytes, or x {sizes} of float32",
                                   f"{len(body):,} bytes"))

    def _label(self, network, request):
        return request.whole("label", 0, len(network.classes) - 1)

"""A small trained network, a server that plays with it, and a client that speaks to the server."""

import http.client
import json
import struct
import threading

import numpy as np
import pytest
from chromium import browser

from minicnn.data.digits import digits
from minicnn.data.images import resize
from minicnn.playground.network import SIDE
from minicnn.playground.server import Server
from minicnn.playground.session import Session
from minicnn.training.train import train
from tests.playground.pages import Page


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """A run folder of a network that reads most drawn digits."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    settings = {"data": "digits", "limit": 1500, "epochs": 4, "width": 8, "lr": 0.01, "pictures": False, "run": str(folder)}
    train(settings, quiet=True)
    return folder


@pytest.fixture
def session(run_folder):
    """A Session whose training, if a test starts one, ends with the test."""
    session = Session(str(run_folder))
    yield session
    session.close()


@pytest.fixture
def server(session):
    """A running server."""
    with Server(session, (0,)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Client:
    """Asks a server as the page does, unless a test says otherwise."""

    def __init__(self, server):
        self.server, self.host = server, f"127.0.0.1:{server.server_port}"

    def request(self, method, path, body=None, headers=None, token=None):
        """(status, Content-Type, bytes) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=30)
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        usual = {"Host": self.host, **({"Origin": f"http://{self.host}", "Content-Type": kind} if method == "POST" else {})}
        body = json.dumps(body).encode() if isinstance(body, dict) else body
        token = self.server.token if token is None else token
        try:
            connection.request(method, f"/{token}/{path}", body, usual | (headers or {}))
            response = connection.getresponse()
            return response.status, response.headers["Content-Type"], response.read()
        finally:
            connection.close()

    def get(self, path):
        """The JSON of a GET."""
        status, _, content = self.request("GET", path)
        assert status == 200, content
        return json.loads(content)

    def post(self, path, body=None):
        """The JSON of a POST, or its facts and arrays."""
        status, kind, content = self.request("POST", path, {} if body is None else body)
        assert status == 200, content
        return json.loads(content) if kind == "application/json" else unpack(content)


def unpack(content):
    """(facts, arrays) of a message of wire.py."""
    length, = struct.unpack("<I", content[:4])
    facts, start, arrays = json.loads(content[4:4 + length]), 4 + length, {}
    for array in facts["arrays"]:
        size = int(np.prod(array["shape"]))
        arrays[array["name"]] = np.frombuffer(content[start:start + size], np.uint8).reshape(array["shape"])
        start += size
    assert start == len(content)
    return facts, arrays


@pytest.fixture
def client(server):
    """A Client of the server."""
    return Client(server)


@pytest.fixture(scope="session")
def drawing():
    """A drawing of each digit: (SIDE, SIDE) bytes, white on black, by label."""
    images, labels, *_ = digits(train=30, test=1, seed=4)
    return {label: resize(images[labels == label][0], (SIDE, SIDE))[..., 0] for label in range(10)}


@pytest.fixture(scope="module")                                    # two at a time in one process are not possible
def chromium():
    """A browser for the tests of one file."""
    with browser() as chromium:
        yield chromium


@pytest.fixture
def context(chromium):
    """A window of its own: no test sees what another one kept."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context, server):
    """The open page. At its end: no error on the console, and no request left the machine."""
    page = Page(context.new_page(), server.address).open()
    yield page
    assert not page.problems

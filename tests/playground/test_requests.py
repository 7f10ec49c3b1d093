"""Requests that the server must refuse, and that must leave it alive, its network as it was, and the disk untouched."""

import http.client
import os
import re
import select
import socket
import struct
import threading
import time

import numpy as np
import pytest

from minicnn.playground import server as serving
from minicnn.playground.network import SIDE
from minicnn.playground.routes import Route

BYTES = bytes(SIDE * SIDE)
GOOD = {"Content-Type": "application/octet-stream"}


def cases(client):
    """name -> (the arguments of client.request, the statuses that are right)."""
    port, host = client.server.server_port, client.host
    token = client.server.token
    found = {}

    def case(name, statuses, *arguments, **keywords):
        found[name] = arguments, keywords, statuses

    # tokens
    for k, wrong in enumerate(["", "x", token[:-1], token + "x", token.swapcase(), "%00", "..", token + "%2f", "*", "null",
                               "api"]):
        case(f"token {k}", {403}, "GET", "api/state", token=wrong)
    case("token in a query", {403}, "GET", f"api/state?token={token}", token="")
    case("token in a header", {403}, "GET", "api/state", headers={"Authorization": f"Bearer {token}"}, token="x")
    # hosts and origins
    for k, wrong in enumerate(["evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", f"[::1]:{port}",
                               "",
                               f"127.0.0.1.nip.io:{port}", f"0.0.0.0:{port}", f"localhost:{port}@evil.example", "localhost",
                               f"{host},evil.example"]):
        case(f"host {k}", {400, 403}, "GET", "api/state", headers={"Host": wrong})
    for k, wrong in enumerate(["http://evil.example", "null", f"https://{host}", f"http://127.0.0.1:{port + 1}",
                               "http://127.0.0.1",
                               f"http://{host}.evil.example", "file://", "", f"http://{host}/", "chrome-extension://abc"]):
        case(f"origin {k}", {403}, "POST", "api/undo", {}, {"Origin": wrong})
        case(f"origin of a GET {k}", {403}, "GET", "api/state", headers={"Origin": wrong})
    for wrong in ("cross-site", "same-site", "x"):
        case(f"fetch from {wrong}", {403}, "GET", "api/state", headers={"Sec-Fetch-Site": wrong})
    # methods
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "POST"):
        case(f"method {method}", {403, 405}, method, "api/state")
    case("method that is none", {501}, "BREW", "api/state")
    case("GET of a question", {405}, "GET", "api/learn")
    # paths
    for k, path in enumerate(["../", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/server.py", "static/main.js",
                              "/etc/passwd",
                              "main.js%00.css", "main.js/", "..\\server.py", "api/", "api/state/", "API/state", "api//state",
                              "index.html/../server.py", "file:///etc/passwd", "server.py", ".git/config", "runs/", "~root"]):
        case(f"path {k}", {400, 403, 404}, "GET", path)
    case("long address", {414}, "GET", "a" * 5000)
    case("longest address", {400, 414}, "GET", "a" * 70_000)
    # sizes and types of bodies
    for k, size in enumerate([0, 1, SIDE * SIDE - 1, SIDE * SIDE + 1, 28 * 28]):
        case(f"size {k}", {400}, "POST", "api/look", bytes(size))
    case("a large drawing", {413}, "POST", "api/look", bytes(10**6))
    case("a large upload", {413}, "POST", "api/upload", headers={**GOOD, "Content-Length": "20000001"})
    case("a large number", {411}, "POST", "api/look", headers={**GOOD, "Content-Length": "9" * 30})
    for wrong in ("-1", "1e3", "0x10", " ", "12,12"):
        case(f"length {wrong}", {400, 411}, "POST", "api/look", headers={**GOOD, "Content-Length": wrong})
    case("chunks", {411}, "POST", "api/look", headers={**GOOD, "Transfer-Encoding": "chunked", "Content-Length": "0"})
    case("a GET with a body", {400}, "GET", "api/state", b"x" * 100)
    for wrong in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/json; charset=x"):
        case(f"type {wrong}", {415}, "POST", "api/undo", b"{}", {"Content-Type": wrong})
        case(f"type {wrong} of a drawing", {415}, "POST", "api/look", BYTES, {"Content-Type": wrong})
    # contents
    for k, text in enumerate([b"", b"[]", b"{", b"null", b"NaN", b"[" * 2000, b'{"data": NaN}', b"\xff\xfe", b'{"bug": 1}',
                              b'"x"', b'{"bug": []}', b'{"bug": {}}']):
        case(f"json {k}", {400, 422}, "POST", "api/break", text, {"Content-Type": "application/json"})
    for k, query in enumerate(["label=10", "label=-1", "label=x", "label=1.5", "label=", "label=1&label=2",
                               "label=99999999999999999999",
                               "label=1;2", "label=%ff", "label=\u0661", "label=1&lr=nan", "label=1&lr=inf", "label=1&lr=-1",
                               "label=1&lr=0",
                               "label=1&lr=1e9", "label=1&lr=x", "label=1&lr=1_0", "label=1&as=file", "label=1&as=x",
                               "&" * 50, "="]):
        path = "api/learn?" + query.encode("utf-8").decode("latin-1") if query.isascii() else "api/learn?label=%D9%A1"
        case(f"query {k}", {400, 422}, "POST", path, ink(), GOOD)
    for k, query in enumerate(["layer=99", "layer=../x", "layer=0&channel=999", "layer=0&row=28", "layer=0&row=-1",
                               "layer=0&row=1e1",
                               "layer=" + "a" * 300, "layer=0.w", ""]):
        case(f"zoom {k}", {400, 422}, "POST", f"api/zoom?{query}", ink(), GOOD)
    for k, content in enumerate([b"", b"GIF89a" + bytes(50), b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff\xd8" + bytes(100),
                                 b"<svg/>", b"MZ" * 500]):
        case(f"upload {k}", {422}, "POST", "api/upload", content, GOOD)
    for k, x in enumerate([np.nan, np.inf, 1e9, -1e9]):
        case(f"x {k}", {400}, "POST", "api/look?as=x", np.full(784, x, "<f4").tobytes(), GOOD)
    case("x of another size", {400}, "POST", "api/look?as=x", bytes(784), GOOD)
    case("an example of no digit", {400}, "GET", "api/example?label=12")
    case("an example from a file", {400}, "GET", "api/example?label=1&source=/etc/passwd")
    case("reports from the future", {400}, "GET", "api/training?after=-5")
    # what is not possible now
    for name in ("pause", "resume", "open", "undo"):
        case(f"{name} of nothing", {409, 422}, "POST", f"api/{name}", {})
    for k, settings in enumerate([{}, {"data": "/etc"}, {"data": "digits", "run": "/etc/evil"}, {"data": "digits",
                                                                                                 "epochs": 10**9}]):
        case(f"training {k}", {400, 422}, "POST", "api/train", settings)
    case("a training with a long body", {413}, "POST", "api/train", {"data": "x" * 5000})
    return found


def ink():
    """A drawing with something on it."""
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[40:130, 80:95] = 255
    return pixels.tobytes()


def everything(folder):
    """Path -> (size, time) of every file in a folder."""
    return {os.path.join(root, name): os.stat(os.path.join(root, name))[6:9:2]
            for root, _, names in os.walk(folder) for name in names}


def test_hostile_requests_are_refused(client, session, run_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {name: p.value.copy() for name, p in session.network.model.parameters().items()}
    files, asked = everything(run_folder), cases(client)
    assert len(asked) >= 100
    for name, (arguments, keywords, statuses) in asked.items():
        try:
            status, _, content = client.request(*arguments, **keywords)
        except (http.client.HTTPException, ConnectionError) as problem:
            pytest.fail(f"{name}: {problem!r}")
        assert status in statuses, (name, status, content[:200])
        assert b"Traceback" not in content and b"root:" not in content and str(tmp_path).encode() not in content, name
    assert client.get("api/state")["network"]["version"] == 1
    for name, p in session.network.model.parameters().items():
        np.testing.assert_array_equal(p.value, before[name])
    assert everything(run_folder) == files and everything(tmp_path) == {}
    assert session.training.status == "idle"


@pytest.mark.parametrize("text", [
    b"", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00" + bytes(200), b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
    b"\xff" * 100 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", b"G" * 70_000,
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /\r\n",
])
def test_bytes_that_are_no_request(client, text):
    with socket.create_connection(("127.0.0.1", client.server.server_port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert client.get("api/state")["side"] == SIDE


def test_a_slow_client_does_not_wait_forever_nor_stop_others(client, monkeypatch):
    monkeypatch.setattr(serving, "SECONDS", 0.3)
    head = f"POST /{client.server.token}/api/look HTTP/1.1\r\nHost: {client.host}\r\nOrigin: http://{client.host}\r\n"
    text = f"{head}Content-Type: application/octet-stream\r\nContent-Length: {SIDE * SIDE}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", client.server.server_port), timeout=20) as connection:
        connection.sendall(text)
        connection.setblocking(False)
        begun = time.monotonic()
        with pytest.raises(ConnectionError):                       # the server has closed the connection
            while time.monotonic() - begun < 20:                   # a byte at a time: no single wait is long
                connection.send(b"x")
                time.sleep(0.05)
                assert client.get("api/state")["side"] == SIDE


def test_of_too_many_connections_only_some_are_held_and_these_end(client, monkeypatch):
    most = serving.MOST_CONNECTIONS
    sockets = [socket.create_connection(("127.0.0.1", client.server.server_port), timeout=30) for _ in range(3 * most)]
    ended = set()
    while len(ended) < 2 * most:                                   # refused at once: they do not wait for the deadline
        readable, _, _ = select.select(sockets, [], [], serving.SECONDS / 2)
        assert readable, f"{len(ended)} of {2 * most} were refused"
        ended |= set(readable)
        sockets = [each for each in sockets if each not in ended]
    assert len(sockets) == most and all(each.recv(1) == b"" for each in ended)
    monkeypatch.setattr(serving, "SECONDS", 0.3)
    for each in sockets:                                           # the others end too, because they ask nothing
        assert each.recv(1) == b""
    assert client.get("api/state")["side"] == SIDE
    for each in [*ended, *sockets]:
        each.close()


def test_a_mistake_in_the_program_is_answered_and_printed(client, monkeypatch, capsys):
    def broken(request):
        raise RuntimeError("this is the mistake")

    monkeypatch.setitem(client.server.routes, "api/state", Route("GET", broken))
    status, _, content = client.request("GET", "api/state")
    assert status == 500 and b"its terminal says where" in content and b"this is the mistake" not in content
    assert "RuntimeError: this is the mistake" in capsys.readouterr().err


def test_a_client_that_leaves_is_no_error(client, capsys):
    head = f"POST /{client.server.token}/api/look HTTP/1.1\r\nHost: {client.host}\r\nOrigin: http://{client.host}\r\n"
    for sent in ("GET /", head, f"{head}Content-Type: application/octet-stream\r\nContent-Length: {SIDE * SIDE}\r\n\r\nxxx"):
        with socket.create_connection(("127.0.0.1", client.server.server_port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))       # a reset, no orderly end
            connection.sendall(sent.encode())
            time.sleep(0.1)
    assert client.get("api/state")["side"] == SIDE
    assert capsys.readouterr().err == ""


def test_concurrent_questions_and_trainings(client, session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    statuses = []

    def start():
        statuses.append(client.request("POST", "api/break", {"bug": "mean-forgotten"})[0])

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 11
    assert client.request("POST", "api/train", {"data": "digits"})[0] == 409
    session.close()
    assert everything(tmp_path) == {}


def test_headers_of_every_answer(client):
    for path in ("", "style.css", "main.js", "api/state", "nothing"):
        connection = http.client.HTTPConnection("127.0.0.1", client.server.server_port)
        connection.request("GET", f"/{client.server.token}/{path}")
        headers = connection.getresponse().headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers and "Server" in headers
        assert not re.search("[0-9]", headers["Server"])
        connection.close()


def test_the_server_listens_on_this_machine_alone(client):
    assert client.server.server_address[0] == "127.0.0.1"
    assert len(client.server.token) >= 20


@pytest.mark.long
def test_ten_thousand_requests(client, session):
    """In a row, on one connection and on new ones, good and bad ones."""
    drawing, threads = ink(), threading.active_count()
    connection = http.client.HTTPConnection("127.0.0.1", client.server.server_port, timeout=30)
    usual = {"Origin": f"http://{client.host}", "Content-Type": "application/octet-stream"}
    for k in range(10_000):
        if k % 10 == 0:
            status = client.request("GET", "api/state", token="wrong")[0]
            assert status == 403
            continue
        connection.request("POST", f"/{client.server.token}/api/look", drawing, usual)
        response = connection.getresponse()
        assert response.status == 200 and len(response.read()) > 1000
    connection.close()
    time.sleep(0.5)
    assert threading.active_count() <= threads + 1
    assert client.get("api/state")["network"]["version"] == 1

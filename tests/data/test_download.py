"""Downloads from mirrors that are down, slow, cut short or lying, played by a server on this machine."""

import gzip
import hashlib
import http.server
import io
import socket
import threading
import tracemalloc
from pathlib import Path

import pytest

from minicnn.data import DownloadError, download
from minicnn.data.download import File, cache_folder, digest, fetch

CONTENT = {name: name.encode() * 50 for name in ("one-idx3-ubyte", "two-idx1-ubyte")}
NAME = "mnist"
GOOD = gzip.compress(CONTENT["one-idx3-ubyte"])


class Server(http.server.ThreadingHTTPServer):
    """Answers /<mirror>/<file> with pages["/<mirror>/<file>"]: bytes, or a function that writes the answer."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.asked, self.released = {}, [], threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        if callable(page):
            page(self)
        elif page is None:
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server with two mirrors, /a/ and /b/, of a data set of two small files; the cache is tmp_path / 'cache'."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    files = [File(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(download.FILES, NAME, tuple(files))
    monkeypatch.setitem(download.MIRRORS, NAME, (f"{address}/a/", f"{address}/b/"))
    monkeypatch.setattr(download, "cache_folder", lambda: tmp_path / "cache")
    for mirror in "ab":
        for name, content in CONTENT.items():
            server.pages[f"/{mirror}/{name}.gz"] = gzip.compress(content)
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def on_disk(tmp_path):
    folder = tmp_path / "cache" / NAME
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def sound(paths):
    """Whether the paths are those of both files, with the right content."""
    return {name: gzip.decompress(Path(path).read_bytes()) for name, path in paths.items()} == CONTENT


def test_downloads_once_and_then_uses_the_cache(server, tmp_path, capsys):
    assert sound(fetch(NAME))
    assert server.asked == ["/a/one-idx3-ubyte.gz", "/a/two-idx1-ubyte.gz"]
    assert on_disk(tmp_path) == ["one-idx3-ubyte.gz", "two-idx1-ubyte.gz"]
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("downloading http://127.0.0.1") == 2
    assert sound(fetch(NAME))
    assert len(server.asked) == 2


def test_an_uncompressed_file_in_the_cache_is_used(server, tmp_path):
    folder = tmp_path / "cache" / NAME
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    assert fetch(NAME) == {name: folder / name for name in CONTENT}
    assert server.asked == []


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(1 << 16))
    except OSError:  # the client has had enough
        pass


def silent(handler):
    handler.server.released.wait(5)
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD)  # too late: whoever takes this waited too long


def rude(handler):
    handler.wfile.write(b"220 smtp ready\r\n\r\n")


def shortened(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(gzip.compress(CONTENT["one-idx3-ubyte"])[:20])


def misdirected(handler):
    handler.send_response(302)
    handler.send_header("Location", "http://[::1/")
    handler.end_headers()


BAD_PAGES = {
    "not found": None,
    "an error page": b"<html>Service unavailable</html>",
    "another file": gzip.compress(CONTENT["two-idx1-ubyte"]),
    "cut gzip": GOOD[:-5],
    "flipped bit": GOOD[:30] + bytes([GOOD[30] ^ 1]) + GOOD[31:],
    "longer gzip": gzip.compress(CONTENT["one-idx3-ubyte"] + b"!"),
    "gzip bomb": gzip.compress(bytes(30_000_000)),
    "nothing": b"",
    "endless": endless,
    "silent": silent,
    "no http": rude,
    "cut short": shortened,
    "misdirected": misdirected,
}


@pytest.mark.parametrize("page", BAD_PAGES.values(), ids=BAD_PAGES.keys())
def test_a_bad_mirror_is_left_for_the_next(server, tmp_path, monkeypatch, page):
    monkeypatch.setattr(download, "TIMEOUT", 1.0)
    server.pages["/a/one-idx3-ubyte.gz"] = page
    assert sound(fetch(NAME))
    assert server.asked == ["/a/one-idx3-ubyte.gz", "/b/one-idx3-ubyte.gz", "/a/two-idx1-ubyte.gz"]
    assert on_disk(tmp_path) == ["one-idx3-ubyte.gz", "two-idx1-ubyte.gz"]


@pytest.mark.parametrize("page", BAD_PAGES.values(), ids=BAD_PAGES.keys())
def test_bad_mirrors_alone_leave_nothing_behind(server, tmp_path, monkeypatch, page):
    monkeypatch.setattr(download, "TIMEOUT", 1.0)
    server.pages["/a/one-idx3-ubyte.gz"] = server.pages["/b/one-idx3-ubyte.gz"] = page
    with pytest.raises(DownloadError):
        fetch(NAME)
    assert on_disk(tmp_path) == []


def test_what_all_mirrors_down_says(server, tmp_path, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setitem(download.MIRRORS, NAME, (f"http://{host}/a/", f"http://{host}/b/"))
        with pytest.raises(OSError) as caught:
            fetch(NAME, searched=("/some/folder",))
    text = str(caught.value)
    assert text.startswith("mnist expected ") and ", got " in text and "\n" not in text
    for part in (*CONTENT, "/some/folder", str(tmp_path / "cache" / NAME), "data_dir=", "--data-dir", "digits()"):
        assert part in text
    assert text.count(f"{host}: ") == 2 and "refused" in text


def test_a_damaged_file_in_the_cache_is_fetched_anew(server, tmp_path, capsys):
    fetch(NAME)
    path = tmp_path / "cache" / NAME / "one-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(b"something else"))
    assert sound(fetch(NAME))
    assert len(server.asked) == 3
    assert "wrong SHA-256" in capsys.readouterr().err
    assert gzip.decompress(path.with_name(f"{path.name}.damaged").read_bytes()) == b"something else"


def test_a_damaged_file_does_not_keep_its_name_when_the_mirrors_are_down(server, tmp_path):
    fetch(NAME)
    (tmp_path / "cache" / NAME / "one-idx3-ubyte.gz").write_bytes(b"rubbish")
    server.pages.clear()
    with pytest.raises(DownloadError):
        fetch(NAME)
    assert on_disk(tmp_path) == ["one-idx3-ubyte.gz.damaged", "two-idx1-ubyte.gz"]


def test_a_cache_that_cannot_be_written_is_said(server, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    with pytest.raises(DownloadError, match=r"cannot be written: .*data_dir="):
        fetch(NAME)
    assert len(server.asked) == 1  # another mirror would not help


@pytest.mark.parametrize("step", ["digest", "os.replace"])
def test_an_interruption_leaves_no_file(server, tmp_path, monkeypatch, step):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"minicnn.data.download.{step}", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(NAME)
    assert on_disk(tmp_path) == []


def test_a_file_is_written_after_it_was_checked(server, tmp_path, monkeypatch):
    seen = []

    def watched(file, size):
        seen.append(on_disk(tmp_path))
        return digest(file, size)

    monkeypatch.setattr(download, "digest", watched)
    fetch(NAME)
    assert seen == [[], ["one-idx3-ubyte.gz"]]


def test_digest_is_of_the_decompressed_bytes_and_bounded():
    content = b"0123456789"
    expected = hashlib.sha256(content).hexdigest()
    for pack in (bytes, gzip.compress):
        assert digest(io.BytesIO(pack(content)), 10) == expected
        assert digest(io.BytesIO(pack(content)), 9) is None
    assert digest(io.BytesIO(gzip.compress(content)[:-1]), 10) is None
    bomb = io.BytesIO(gzip.compress(bytes(50_000_000)))
    tracemalloc.start()
    assert digest(bomb, 10) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_the_cache_is_where_each_system_wants_it(monkeypatch, tmp_path):
    home = tmp_path / "home"
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "minicnn"
    for unusable in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", unusable)
        assert cache_folder() == home / ".cache" / "minicnn"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == home / ".cache" / "minicnn"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == home / "Library" / "Caches" / "minicnn"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "minicnn"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_folder() == home / "AppData" / "Local" / "minicnn"


def test_the_tables_of_files_and_mirrors():
    assert set(download.FILES) == set(download.MIRRORS) == {"mnist", "fashion-mnist"}
    for name, files in download.FILES.items():
        assert [file.size for file in files] == [16 + 60000 * 784, 8 + 60000, 16 + 10000 * 784, 8 + 10000]
        assert all(len(bytes.fromhex(file.sha256)) == 32 for file in files)
        assert len(download.MIRRORS[name]) >= 2
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in download.MIRRORS[name])

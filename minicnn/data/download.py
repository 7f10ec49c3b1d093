"""Download MNIST and Fashion-MNIST into the user's cache, from the first mirror that has the right files.

What a mirror sends is kept only if its SHA-256 is right, and no file is ever half written.
"""

import hashlib
import io
import os
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ..shapes import message
from ..support.files import replacing
from .idx import CHUNK, DAMAGED, decompressed


class File(NamedTuple):
    """One file of a data set: its name, and the size and SHA-256 of its decompressed bytes."""

    name: str
    size: int
    sha256: str


FILES = {
    "mnist": (
        File("train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        File("train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        File("t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        File("t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ),
    "fashion-mnist": (
        File("train-images-idx3-ubyte", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        File("train-labels-idx1-ubyte", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        File("t10k-images-idx3-ubyte", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        File("t10k-labels-idx1-ubyte", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ),
}
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ),
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",  # has no https; the SHA-256 proves the content
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
}
TIMEOUT = 15     # seconds to wait for an answer
SLACK = 1 << 16  # bytes by which a compressed file may be longer than its content


class DownloadError(OSError):
    """The data is not on this machine, and no mirror has it."""


def cache_folder() -> Path:
    """The folder in which this user's programs keep files that can be downloaded again; it depends on the system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", ""))
        if not base.is_absolute():  # the XDG specification says: ignore a relative path
            base = Path.home() / ".cache"
    return base / "minicnn"


def fetch(name, searched=()):
    """Return the paths of a data set's files in the user's cache; download those that are missing or damaged.

    Raises: DownloadError, an OSError, that names the files, the places where they were looked for (`searched` and the
    cache), and the ways to do without a network.
    """
    folder = cache_folder() / name
    return {file.name: _cached(folder, file) or _download(name, folder, file, searched) for file in FILES[name]}


def digest(file, size):
    """SHA-256 of an open file's decompressed bytes. None if they are more than `size` or the gzip file is damaged."""
    try:
        content = decompressed(file).read(size + 1)  # no more, even if a gzip bomb would give more
    except DAMAGED:
        return None
    return hashlib.sha256(content).hexdigest() if len(content) <= size else None


def _cached(folder, file):
    """The path of the file in the cache, or None. A damaged file is renamed."""
    for path in (folder / file.name, folder / f"{file.name}.gz"):
        if path.is_file():
            with open(path, "rb") as content:
                if digest(content, file.size) == file.sha256:
                    return path
            aside = path.with_name(f"{path.name}.damaged")
            print(f"minicnn: {path} has the wrong SHA-256; renamed to {aside.name}", file=sys.stderr)
            os.replace(path, aside)
    return None


def _download(name, folder, file, searched):
    """Try one mirror after the other; return the path of the checked file."""
    import http.client  # here, because `import minicnn` is quicker without it

    failures = (OSError, http.client.HTTPException, ValueError)    # of a mirror that is down, slow or not a mirror
    reasons = []
    for mirror in MIRRORS[name]:
        host, path = urlsplit(mirror).netloc, folder / f"{file.name}.gz"
        try:
            content = _receive(f"{mirror}{file.name}.gz", file.size + SLACK)
        except failures as error:
            reasons.append(f"{host}: {error or type(error).__name__}")
            continue
        if digest(io.BytesIO(content), file.size) != file.sha256:
            reasons.append(f"{host}: sent a file of another SHA-256")
            continue
        try:
            with replacing(path) as cached:
                cached.write(content)
            return path
        except OSError as error:  # no permission, no space: another mirror would not help
            reasons.append(f"{folder} cannot be written: {error}")
            break
    expected = f"the files {', '.join(f'{each.name}[.gz]' for each in FILES[name])}"
    got = f"no {file.name} in {', '.join([*searched, str(folder)])} and none by download ({'; '.join(reasons)})"
    fix = f"put them into {folder} or name their folder by data_dir= or --data-dir; digits() works without any file"
    raise DownloadError(message(name, expected, got, fix))


def _receive(url, most):
    """The bytes that a URL sends; OSError if they are more than `most`. Prints a dot for each megabyte."""
    import urllib.request

    print(f"minicnn: downloading {url} ", end="", file=sys.stderr, flush=True)
    content = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            while chunk := response.read(CHUNK):
                content += chunk
                if len(content) > most:
                    raise OSError(f"sent more than {most} bytes")
                print(".", end="", file=sys.stderr, flush=True)
    finally:
        print(file=sys.stderr)
    return content

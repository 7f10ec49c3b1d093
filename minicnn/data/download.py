"""Fetching MNIST and Fashion-MNIST into the user's cache, from whichever mirror answers, trusting only the digest.

A file is written under a temporary name in the folder where it will live, checked, and only then renamed: whatever
happens on the way, the real name never stands for half a file or for a wrong one.
"""

import hashlib
import http.client
import os
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ..shapes import message
from .idx import CHUNK, DAMAGED, decompressed


class File(NamedTuple):
    """One file of a data set: its name, and the size and SHA-256 of its bytes once they are decompressed."""

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
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",  # no https there; the digest guards it
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
}
TIMEOUT = 15  # seconds without an answer
SLACK = 1 << 16  # gzip makes bytes that do not compress a little longer, never as much as this
FAILURES = (OSError, http.client.HTTPException, ValueError)  # what a host that is down, slow or mad ends in


class DownloadError(OSError):
    """The data is neither on this machine nor to be had from a mirror."""


def cache_folder():
    """The folder in which this user's programs keep what can be fetched again, as each system wants it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(base):  # the XDG specification: ignore a relative path
            base = Path.home() / ".cache"
    return Path(base) / "minicnn"


def fetch(name, searched=()):
    """Return the paths of a data set's files in the user's cache, downloading those that are missing or damaged.

    Raises: DownloadError, an OSError, that names the files, the places where they were looked for (`searched` and the
    cache) and the ways to do without a network.
    """
    folder = cache_folder() / name
    paths = {}
    for file in FILES[name]:
        paths[file.name] = _cached(folder, file) or _download(name, folder, file, searched)
    return paths


def digest(path, size):
    """SHA-256 of a file's bytes once decompressed, or None when it is a damaged gzip file or longer than `size`."""
    with open(path, "rb") as plain:
        try:
            content = decompressed(plain).read(size + 1)  # never more, however far a gzip bomb would expand
        except DAMAGED:
            return None
    return hashlib.sha256(content).hexdigest() if len(content) <= size else None


def _cached(folder, file):
    """The path of a sound copy in the cache, or None; a damaged copy loses its name but is not destroyed."""
    for path in (folder / file.name, folder / f"{file.name}.gz"):
        if path.is_file():
            if digest(path, file.size) == file.sha256:
                return path
            aside = path.with_name(f"{path.name}.damaged")
            print(f"minicnn: {path} has the wrong SHA-256; renamed to {aside.name}", file=sys.stderr)
            os.replace(path, aside)
    return None


def _download(name, folder, file, searched):
    """Try one mirror after the other; return the path of the checked file."""
    reasons = []
    for mirror in MIRRORS[name]:
        try:
            content = _receive(f"{mirror}{file.name}.gz", file.size + SLACK)
        except FAILURES as error:
            reasons.append(f"{urlsplit(mirror).netloc}: {error or type(error).__name__}")
            continue
        try:
            path = _keep(content, folder, file)
        except OSError as error:  # no permission, no space: another mirror would not help
            reasons.append(f"{folder} cannot be written: {error}")
            break
        if path:
            return path
        reasons.append(f"{urlsplit(mirror).netloc}: sent a file of another SHA-256")
    expected = f"the files {', '.join(f'{each.name}[.gz]' for each in FILES[name])}"
    got = f"no {file.name} in {', '.join([*searched, str(folder)])} and none by download ({'; '.join(reasons)})"
    fix = f"put them into {folder} or name their folder by data_dir= or --data-dir; digits() works without any file"
    raise DownloadError(message(name, expected, got, fix))


def _receive(url, most):
    """The bytes that a URL sends, refused when they are more than `most`; a dot on stderr for each megabyte."""
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


def _keep(content, folder, file):
    """Write a download into the cache; return its path, or None when its digest is wrong and nothing was kept."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f"{file.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
        if digest(temporary, file.size) != file.sha256:
            return None
        path = folder / f"{file.name}.gz"
        os.replace(temporary, path)
        return path
    finally:
        Path(temporary).unlink(missing_ok=True)

"""Write a file completely or not at all, and lock a folder for one process."""

import contextlib
import os
import re
import secrets
import socket
import sys
import time
from pathlib import Path

HOST = re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())
DAY = 24 * 3600                                                    # seconds


@contextlib.contextmanager
def replacing(path, mode="wb", **options):
    """Open a temporary file in the folder of `path`. If the block ends without an error, the file takes the name `path`.

        with replacing("log.json", "w", encoding="utf-8") as file:
            file.write(text)

    A crash, a full disk or Ctrl-C inside the block leaves the old file as it was. Each call has a temporary file of its
    own, so two threads or processes may write to one path: the last one to finish wins. A process that is killed inside
    the block leaves its temporary file; the next call for the same path deletes it.

    Raises: OSError if the folder cannot be written.
    """
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    delete_stale(folder, name)
    temporary = os.path.join(folder, f"{name}.{HOST}-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with open(temporary, mode.replace("w", "x"), **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())                                # on the disk before it takes the old file's name
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def write_text(path, text):
    """Write a text file completely or not at all."""
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text)


def delete_stale(folder, name=None):
    """Delete the temporary files that dead processes left in a folder: those of the file `name`, or all. Others stay."""
    start = ".+" if name is None else re.escape(name)
    pattern = re.compile(rf"{start}\.(?P<host>[^-]+)-(?P<process>\d+)-[0-9a-f]{{8}}\.part")
    for file in os.listdir(folder):
        found = pattern.fullmatch(file)
        if found and _is_stale(os.path.join(folder, file), found["host"], int(found["process"])):
            with contextlib.suppress(OSError):                     # another process deleted it first
                os.unlink(os.path.join(folder, file))


def _is_stale(file, host, process):
    """Whether the writer of a temporary file is gone. Of another machine's processes only the file's age is known."""
    if host == HOST and sys.platform != "win32":                   # on Windows, os.kill would end the process
        try:
            os.kill(process, 0)                                    # signal 0 only asks whether the process exists
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
        return False
    with contextlib.suppress(OSError):
        return time.time() - os.path.getmtime(file) > DAY
    return False


@contextlib.contextmanager
def locked(path):
    """Whether this process got the lock file `path`, which it holds until the end of the `with`. It does not wait.

    The operating system releases the lock when the process ends, however it ends.
    """
    import filelock  # here, because `import minicnn` is quicker without it

    lock = filelock.FileLock(path, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        yield False
        return
    except NotImplementedError:                                    # a file system without locks
        yield True
        return
    try:
        yield True
    finally:
        lock.release()


def fresh_path(path):
    """`path`, or path-2, path-3, ... if it exists already: runs/a -> runs/a-2, seen.png -> seen-2.png."""
    path, k = Path(path), 1
    while os.path.lexists(new := path if k == 1 else path.with_name(f"{path.stem}-{k}{path.suffix}")):
        k += 1
    return str(new)

"""Write a file completely or not at all."""

import contextlib
import os
import tempfile


@contextlib.contextmanager
def replacing(path, mode="wb", **options):
    """Open a temporary file beside `path`. If the block ends without an error, the file takes the name `path`.

        with replacing("log.json", "w", encoding="utf-8") as file:
            file.write(text)

    A crash, a full disk or Ctrl-C inside the block leaves the old file as it was. Each call has a temporary file of its
    own, so two threads or processes may write to one path: the last one to finish wins.

    Raises: OSError if the folder cannot be written.
    """
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    number, temporary = tempfile.mkstemp(prefix=f"{name}.", suffix=".part", dir=folder)
    try:
        with os.fdopen(number, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())                                # on the disk before it takes the old file's name
        os.chmod(temporary, 0o666 & ~_umask())                     # mkstemp makes files that only their owner can read
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask

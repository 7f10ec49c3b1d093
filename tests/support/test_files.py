"""Files are written completely or not at all, by many writers at once, and what killed writers leave is deleted."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from minicnn.support import files
from minicnn.support.files import HOST, delete_stale, fresh_path, replacing, write_text


def test_threads_that_write_to_one_path_never_tear_it(tmp_path):
    path, texts, seen, done = tmp_path / "a.txt", [c * 200_000 for c in "abcd"], [], threading.Event()
    write_text(path, texts[0])

    def write(text):
        for _ in range(30):
            write_text(path, text)

    def read():
        while not done.is_set():
            seen.append(path.read_text())
    with ThreadPoolExecutor(5) as pool:
        reader, *writers = pool.submit(read), *(pool.submit(write, text) for text in texts)
        wait(writers)
        done.set()
    for future in (reader, *writers):
        future.result()                                            # an error in a thread is an error
    assert len(seen) > 10
    assert set(seen) <= set(texts)
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_rights_that_the_user_gives_new_files(tmp_path):
    (tmp_path / "other").write_text("")
    write_text(tmp_path / "a.txt", "text")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_an_error_leaves_the_old_file_and_no_other(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "a.txt", "w") as file:
        file.write("half")
        file.flush()
        assert len(os.listdir(tmp_path)) == 2
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_killed_writers_left_is_deleted_and_living_writers_keep_theirs(tmp_path):
    dead, here = dead_process(), os.getpid()
    stale = [f"a.npz.{HOST}-{dead}-0123abcd.part", f"a.npz.elsewhere-{dead}-00000000.part"]
    kept = [f"a.npz.{HOST}-{here}-0123abcd.part", f"a.npz.elsewhere-{dead}-11111111.part", f"b.npz.{HOST}-{dead}-0123abcd.part",
            "a.npz.part", "film.part", f"aXnpz.{HOST}-{dead}-0123abcd.part", "a.npz"]
    for name in stale + kept:
        (tmp_path / name).write_text("half")
    old = time.time() - 2 * files.DAY
    os.utime(tmp_path / stale[1], (old, old))
    with replacing(tmp_path / "a.npz") as file:
        file.write(b"new")
    assert sorted(os.listdir(tmp_path)) == sorted(kept)
    delete_stale(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(name for name in kept if not name.startswith(("b.npz.", "aXnpz.")))


def test_fresh_names(tmp_path):
    for name in ("seen.png", "seen-2.png", "seen-3.png"):
        assert fresh_path(tmp_path / "seen.png") == str(tmp_path / name)
        (tmp_path / name).touch()

"""minicnn playground: it says where the page is, takes another port if its own is taken, and stops on Ctrl-C."""

import contextlib
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from minicnn.__main__ import main

ROOT = Path(__file__).parent.parent.parent


def start(folder, *arguments):
    """The process of the command, and the address that it prints."""
    words = [sys.executable, "-m", "minicnn", "playground", "--no-open", *map(str, arguments)]
    process = subprocess.Popen(words, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"http://\S+", line):
            return process, found[0], said
    raise AssertionError(said)


def test_the_address_is_printed_and_ctrl_c_stops(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process, address, said = start(tmp_path, run, "--port", port)
        assert f"port {port} is taken" in said
        with urllib.request.urlopen(address, timeout=30) as page:
            assert b"<title>minicnn playground</title>" in page.read()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and said.splitlines()[-1] == "stopped"
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_saves_the_training_that_runs(tmp_path):
    process, address, _ = start(tmp_path, "--port", 0)
    asked = urllib.request.Request(f"{address}api/training")
    while b'"points": []' in urllib.request.urlopen(asked, timeout=30).read():
        assert process.poll() is None
        time.sleep(0.1)                                            # without it, this loop takes a core from the training
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    if "to resume" in said:                                        # else the training ended first
        assert said.splitlines()[-1] == "stopped; to resume the training: minicnn train --resume runs/playground"
        assert (tmp_path / "runs" / "playground" / "last.npz").exists()


def test_a_run_that_is_none_is_one_line(tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match="playground expected MODEL, a run folder with a model.npz or a model file"):
        main(["playground", str(tmp_path)])
    with pytest.raises(SystemExit):
        main(["playground", "--port", "70000"])
    assert "expected a port from 0 to 65535, got '70000'" in capsys.readouterr().err


def test_without_a_free_port_nothing_is_trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        with contextlib.suppress(OSError):                         # it is taken already
            taken.bind(("127.0.0.1", 65535))
            taken.listen()
        with pytest.raises(OSError, match="expected a free port from 65535 to 65535, got .*; --port 0 lets the system choose"):
            main(["playground", "--no-open", "--port", "65535"])
    assert multiprocessing.active_children() == [] and list(tmp_path.iterdir()) == []

"""The checks of this machine: all are ok on a normal one, and each reports the fault it is for."""

import importlib
import json
import os

import pytest

from minicnn import ops
from minicnn.__main__ import main
from minicnn.doctor import blas, speed

machine = importlib.import_module("minicnn.doctor.machine")        # doctor.machine is its function
ORDER = ["versions", "processor", "implementation", "environment", "cache folders", "BLAS"]
FAST = ["threads", "kernels", "speed"]


@pytest.fixture(autouse=True)
def sound(monkeypatch):
    """An environment without surprises."""
    for name in set(machine.SLOWER) & set(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setattr(machine, "_quota", lambda: None)


def test_every_check_of_a_machine(monkeypatch):
    monkeypatch.setattr(speed, "_flop_rate", lambda seconds: 100e9)
    with ops.use("fast"):
        found = machine.machine(0)
    fast = FAST if not machine._disabled() else []
    assert [f.check for f in found] == ORDER + fast
    assert found.ok
    assert found["versions"].value["numpy"] in found["versions"].found
    for finding in found:
        assert finding.meaning.endswith(".") and finding.advice
    if fast:
        assert found["kernels"].value < 1e-5
        assert os.environ.get("NUMBA_CACHE_DIR", "fast") in found["cache folders"].value["kernels"]


def test_speed_is_measured_and_the_number_of_threads_left_as_it_was():
    from minicnn.ops.fast.kernels.threads import num_threads

    before = num_threads()
    found = speed.convolution(0.02)
    assert num_threads() == before
    assert set(found.value) == {"1", str(before)} and all(rate > 0 for rate in found.value.values())


@pytest.mark.parametrize("rates, word", [((1e9, 2e9), "far slower"), ((100e9, 101e9), "gain little"), ((100e9, 190e9), "")])
def test_speed_that_is_wrong(monkeypatch, rates, word):
    threads = importlib.import_module("minicnn.ops.fast.kernels.threads")
    monkeypatch.setattr(threads, "num_threads", lambda: 2)
    monkeypatch.setattr(ops, "set_num_threads", lambda n: None)
    rates = iter(rates)
    monkeypatch.setattr(speed, "_flop_rate", lambda seconds: next(rates))
    found = speed.convolution()
    assert found.status == ("warning" if word else "ok") and word in found.meaning


def test_kernels_that_compute_something_else_are_a_problem(monkeypatch):
    right = ops.conv2d
    monkeypatch.setattr(ops, "conv2d", lambda *a, **k: right(*a, **k) * (1.01 if ops.current() == "fast" else 1))
    assert speed.agreement().status == "problem"


@pytest.mark.parametrize("name, value, word", [
    ("MINICNN_TILE", "plain", "register tile"),
    ("OPENBLAS_CORETYPE", "Haswell", "another CPU"), ("NUMBA_NUM_THREADS", "3", "")])
def test_variables(monkeypatch, name, value, word):
    monkeypatch.setenv(name, value)
    found = machine.environment()
    assert found.value[name] == value and f"{name}={value}" in found.found
    assert found.status == ("warning" if word else "ok") and word in found.meaning


def test_a_slow_implementation():
    with ops.use("reference"):
        assert machine.implementation().status == "warning"
        assert [f.check for f in machine.machine_checks(0)] == ORDER       # nothing is compiled


def test_missing_packages(monkeypatch):
    monkeypatch.setattr(machine, "_version", lambda name: None if name == "tqdm" else "1.0")
    found = machine.versions()
    assert found.status == "warning" and "tqdm missing" in found.found and "pip install tqdm" in found.advice


def test_folders_that_cannot_be_written(tmp_path, monkeypatch):
    assert machine.writable(tmp_path / "not" / "yet" / "there")
    (tmp_path / "file").touch()
    assert not machine.writable(tmp_path / "file" / "below")
    monkeypatch.setattr(machine, "_kernel_folder", lambda: None)
    monkeypatch.setattr(machine, "_disabled", lambda: False)
    found = machine.cache()
    assert found.status == "warning" and "kernels in no folder (not writable)" in found.found


@pytest.mark.parametrize("cores, quota, used, status, word", [
    (4, None, 4, "ok", ""), (4, None, 8, "warning", "wait for each other"), (4, None, 1, "warning", "do not help"),
    (64, 1.5, 2, "ok", "1.5"), (64, 2.0, 64, "warning", "NUMBA_NUM_THREADS=2")])
def test_threads(monkeypatch, cores, quota, used, status, word):
    monkeypatch.setattr(machine, "available_cores", lambda: cores)
    monkeypatch.setattr(machine, "_quota", lambda: quota)
    monkeypatch.setattr(importlib.import_module("minicnn.ops.fast.kernels.threads"), "num_threads", lambda: used)
    found = machine.threads()
    assert found.status == status and word in str(found)


def test_the_quota_of_a_container(tmp_path, monkeypatch):
    monkeypatch.undo()
    for text, cores in (("150000 100000\n", 1.5), ("max 100000\n", None), ("", None)):
        (tmp_path / "cpu.max").write_text(text)
        assert machine._quota(tmp_path / "cpu.max") == cores
    assert machine._quota(tmp_path / "none") is None


def test_blas_of_any_kind(monkeypatch):
    pool = {"user_api": "blas", "num_threads": 3, "architecture": "Haswell"}
    monkeypatch.setattr(blas, "threadpool_info", lambda: [{"user_api": "openmp", "num_threads": 9}, pool])
    assert "kernels for Haswell, 3 threads" in blas.matrix_products().found
    monkeypatch.setattr(blas, "threadpool_info", list)             # a library that threadpoolctl does not know
    found = blas.matrix_products()
    assert found.value["threads"] is None and found.value["name"] in found.found
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert "OPENBLAS_CORETYPE=Haswell" in blas.matrix_products().advice


def command(capsys, *arguments):
    status = main(["doctor", *arguments])
    return status, capsys.readouterr().out


def test_the_command_on_a_machine(capsys):
    with ops.use("reference"):
        status, out = command(capsys, "--json")
        assert (status, json.loads(out)["status"]) == (0, "warning")       # warnings have exit status 0
        status, out = command(capsys)
    assert status == 0 and out.splitlines()[-1] == "6 checks: 5 ok, 1 warnings, 0 problems"


def test_the_command_on_a_network(capsys, monkeypatch):
    monkeypatch.setattr(importlib.import_module("minicnn.doctor.learning"), "SHUFFLE_STEPS", 60)
    line = ["--data", "digits", "--model", "lenet5", "--limit"]
    status, out = command(capsys, *line, "200")
    assert status == 0 and "guessing among 10 classes" in out
    assert out.splitlines()[-1] == "9 checks: 9 ok, 0 warnings, 0 problems"
    status, out = command(capsys, *line, "50", "--lr", "1000", "--json")        # too few for the label shuffle
    report = json.loads(out)
    assert status == 1 and report["status"] == "problem"
    assert {f["check"] for f in report["findings"] if f["status"] == "problem"} == {"update ratios"}


@pytest.mark.parametrize("arguments, word", [
    (["--model", "lenet5"], "expected --data beside --model"), (["--data", "digitz"], "did you mean digits"),
    (["--data", "digits", "--limit", "3"], "two images for each"), (["--data", "digits", "--blocks", "2"], "leave it out")])
def test_bad_input(arguments, word):
    with pytest.raises(ValueError, match=word):
        main(["doctor", *arguments])

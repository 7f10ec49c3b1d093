"""The benchmarks as programs: they run, they write what they promise, and what computes something wrong gets no time."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from chromium import needs_browser

from benchmarks import __main__ as command
from benchmarks import (
    competitors,
    environment,
    figures,
    ladder,
    peak,
    playground,
    results,
    tables,
    timed_networks,
    verify,
    workers,
)
from benchmarks.settings import quick

ROOT = Path(__file__).parent.parent


def settings(names=(competitors.OURS,)):
    chosen = quick(threads=1, competitors=list(names))
    chosen.rounds, chosen.budget = 1, 0.001
    return chosen


@pytest.mark.long
def test_a_quick_run_writes_json_a_table_and_a_chart(tmp_path):
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--quick", "--no-peers", "--threads", "1", "--out", tmp_path,
                           "--only", "networks", "--only", "ladder", "--only", "augmentation"],
                          cwd=ROOT, env=os.environ | {"OPENBLAS_CORETYPE": "Prescott"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for section in ("augmentation", "networks", "ladder"):
        found = json.loads((tmp_path / f"{section}.json").read_text())
        assert found["environment"]["packages"]["numpy"] == np.__version__
        assert "OPENBLAS_CORETYPE" in found["environment"]["removed_variables"]
        assert "Prescott" not in found["environment"]["blas"]          # it would make NumPy slower: it was removed in time
        assert "these figures mean nothing" in (tmp_path / f"{section}.md").read_text()
        assert (tmp_path / f"{section}.png").read_bytes().startswith(b"\x89PNG")
    forward, backward = found["rows"]
    assert set(forward["entries"]) == {name for name, e in ladder.ENTRIES.items() if e.package != "torch"}
    assert all(error < 1e-4 for error in found["errors"].values())
    assert forward["entries"]["minicnn"]["gflops"]["median"] > 0
    augmentation = json.loads((tmp_path / "augmentation.json").read_text())
    assert all(error < 1e-5 for error in augmentation["errors"].values())
    assert augmentation["longer"]["median"] > 0
    networks = json.loads((tmp_path / "networks.json").read_text())
    assert {row["task"] for row in networks["rows"]} == {"train_step", "infer"}
    assert networks["rows"][0]["errors"]["minicnn"]["gradients"] < verify.GRADIENTS


WRONG = """
from benchmarks import convolutions
from benchmarks.peers import ours

class Convolution(convolutions.Implementation):
    def backward(self):
        dx, dw, db = super().backward()
        dw[1, 1, 0, 0] *= 1.01
        return dx, dw, db

class Network(ours.Network):
    def train_step(self):
        loss = super().train_step()
        self.optimizer.lr *= 0.9
        return loss
"""


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    """A module of wrong competitors that workers can import."""
    (tmp_path / "wrong.py").write_text(WRONG)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")]))


def test_a_wrong_kernel_is_refused_a_time(wrong, monkeypatch):
    monkeypatch.setattr(ladder, "ENTRIES", {"right": ladder.Entry("benchmarks.convolutions:Slices", {}),
                                            "wrong": ladder.Entry("wrong:Convolution", {})})
    found = ladder.measure(settings())
    assert set(found["refused"]) == {"wrong"}
    assert "dw differ" in found["refused"]["wrong"]
    assert all(set(row["entries"]) == {"right"} for row in found["rows"])
    assert results.refusals(found)


def test_a_wrong_training_step_is_refused_a_time(wrong, monkeypatch):
    monkeypatch.setitem(competitors.COMPETITORS, "wrong", competitors.Competitor("wrong:Network", {}, "numpy"))
    with workers.Team() as team:
        errors, refused = timed_networks.check(team, settings(["wrong"]), "LeNet-5", 4, threads=1)
    assert not errors
    assert "losses" in refused["wrong"]


@pytest.mark.parametrize("who, status", [("minicnn", 1), ("a peer", 0)])
def test_a_refusal_of_minicnn_makes_the_exit_status(who, status, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(command.SECTIONS, "ladder", lambda _: {"skipped": "for this test", "refused": {who: "is wrong"},
                                                               "section": "accuracy"})
    assert command.main(["--quick", "--only", "ladder", "--out", str(tmp_path)]) == status
    assert f"{who}: is wrong" in capsys.readouterr().err


def test_a_section_that_was_measured_is_left_out_when_a_run_resumes(tmp_path, monkeypatch, capsys):
    calls, found = [], {"skipped": "for this test", "section": "accuracy"}
    monkeypatch.setitem(command.SECTIONS, "ladder", lambda _: calls.append(1) or found)
    for flags in ([], ["--resume"], []):
        command.main(["--quick", "--only", "ladder", "--out", str(tmp_path), *flags])
    assert len(calls) == 2
    assert "ladder: measured before" in capsys.readouterr().out


@pytest.fixture(scope="module")
def team():
    """One reference worker for all peers."""
    with workers.Team() as team:
        yield team


@pytest.mark.parametrize("name", [                                 # PyTorch's other layout needs a long import once more
    pytest.param(name, marks=pytest.mark.long if name == "PyTorch channels_last" else [])
    for name in competitors.COMPETITORS if name != competitors.OURS])
def test_a_peer_computes_the_same_network(name, team):
    if importlib.util.find_spec(competitors.COMPETITORS[name].package) is None:
        pytest.skip(f"{competitors.COMPETITORS[name].package} is not installed; it comes with the extra 'bench'")
    errors, refused = timed_networks.check(team, settings([name]), "MNIST example", 4, threads=1)
    assert not refused
    assert errors[name]["logits"] < verify.LOGITS


@pytest.mark.parametrize("threads", [1, 2])
def test_the_peak_loop_does_all_its_work(threads):
    peak.Peak(threads).run()                         # raises unless every chain came to its known end


def test_an_error_is_infinite_for_nan_and_for_another_shape():
    assert verify.error([1.0, np.nan], [1.0, 2.0]) == np.inf
    assert verify.error([1.0], [1.0, 2.0]) == np.inf
    with pytest.raises(verify.Refused, match="logits differ"):
        verify.agree("logits", [np.nan], [1.0], 1e-4)


def test_ratios_are_taken_round_by_round():
    assert figures.ratio([2, 20, 6], [1, 10, 2])["median"] == 2


class TakesSeconds:
    """A worker whose steps take the same time on its clock, and that waits for the others while it works."""

    def __init__(self, seconds, together):
        self.seconds, self.together = seconds, together

    def time(self, task, warm, steps):
        self.together.wait(timeout=60)                             # breaks unless all work at the same time
        return [self.seconds] * steps


def test_a_crowd_works_at_the_same_time_and_counts_the_steps_of_all():
    together = threading.Barrier(2)
    crowd = workers.Crowd([TakesSeconds(1.0, together), TakesSeconds(3.0, together)])
    assert crowd.time("train_step", 0, 3) == pytest.approx([0.75] * 3)                # in 3 seconds 4 steps


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two CPUs")
def test_two_workers_can_have_a_cpu_each():
    with workers.Team() as team:
        pair = [team.worker("any", 1, first) for first in (0, 1)]
        for worker in pair:
            worker.ask("burnt")                                    # once it answers, it has chosen its CPU
        first, second = (os.sched_getaffinity(worker.process.pid) for worker in pair)
    assert len(first) == len(second) == 1
    assert first != second


ASKED = """
import llvmlite.binding as llvm
import numba
from minicnn.ops.fast.kernels import cpu
with_avx512 = [name for name in numba.config.CPU_FEATURES.split(",") if name.startswith("+avx512")]
print(cpu.SHAPE, with_avx512, "+avx2" in numba.config.CPU_FEATURES.split(",") or not llvm.get_host_cpu_features()["avx2"])
"""


def test_with_the_flag_avx2_workers_do_without_avx512(monkeypatch):
    assert "MINICNN_TILE" not in workers.environment(1)
    folder = environment.machine()
    monkeypatch.setenv(workers.WITHOUT_AVX512, "1")
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, env=workers.environment(1), capture_output=True,
                          text=True)
    assert done.stdout.split() == ["avx2", "[]", "True"], done.stderr
    assert environment.machine() != folder                         # these results stand in a folder of their own
    assert environment.describe(settings())["simulated"] == "AVX2"


def test_a_worker_that_fails_says_why():
    with workers.Team() as team, pytest.raises(workers.Failure, match="no_such_module"):
        team.worker("broken", 1).build("no_such_module:Network")


def test_a_competitor_that_breaks_is_left_out_with_its_reason(monkeypatch):
    monkeypatch.setitem(competitors.COMPETITORS, "broken", competitors.Competitor("no_such_module:Network", {}, "numpy"))
    with workers.Team() as team:
        errors, refused = timed_networks.check(team, settings(["broken"]), "LeNet-5", 4, threads=1)
    assert not errors
    assert "ModuleNotFoundError" in refused["broken"]


def test_the_page_shows_what_was_measured(monkeypatch):
    monkeypatch.chdir(ROOT)
    machines = results.machines(command.SECTIONS)
    assert any("networks" in found for found in machines.values())
    page = results.DOCS.read_text()
    assert page == results.filled(page, machines), "run python -m benchmarks --report"
    for folder, found in machines.items():
        for section, measured in found.items():
            assert (folder / f"{section}.md").read_text() == tables.section(measured)
            assert not measured["environment"]["quick"]


def test_resume_measures_again_what_is_old_or_of_another_machine(tmp_path):
    now = {"date": "2026-03-02 00:30 UTC", "cpu": "a", "cores": 2, "threads": 2, "packages": {"numpy": "2"}, "quick": False}
    assert not results.fresh(tmp_path, "ladder", now)
    for change, fresh in (({}, True), ({"date": "2026-03-01 00:31 UTC"}, True), ({"date": "2026-03-01 00:29 UTC"}, False),
                          ({"cpu": "b"}, False), ({"threads": 1}, False), ({"packages": {"numpy": "1"}}, False),
                          ({"quick": True}, False)):
        results.save(tmp_path, "ladder", {"environment": now | change})
        assert results.fresh(tmp_path, "ladder", now) == fresh, change


def test_the_block_of_the_page_is_replaced_and_nothing_else():
    skipped = {"section": "accuracy", "skipped": "no data", "environment": {
        "cpu": "a", "cores": 2, "threads": 2, "memory_gib": 1, "system": "s", "python": "3", "packages": {}, "blas": "b",
        "date": "d", "load_before": 0, "load_after": 0, "removed_variables": [], "quick": False}}
    page = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"
    machines = {results.FOLDER / "one": {"accuracy": skipped}, results.FOLDER / "two": {"accuracy": skipped}}
    new = results.filled(page, machines)
    assert new.startswith(f"before\n{results.BEGIN}\n") and new.endswith(f"{results.END}\nafter\n")
    assert "old" not in new and new.count("\n### a, 2 cores\n") == new.count(tables.section(skipped)) == 2
    assert results.filled(new, machines) == new


@pytest.mark.parametrize("flags", [["--only", "nothing"], ["--threads", "0"], ["--threads", "100000"]])
def test_bad_flags_end_with_status_2(flags, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(flags)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


@needs_browser
@pytest.mark.long
def test_the_playground_is_timed_stroke_by_stroke():
    done = subprocess.run([sys.executable, "-m", "benchmarks.playground", "--repeats", "2", "--json"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    times = json.loads(done.stdout)
    assert len(times) == 2 * len(playground.STROKES) and all(time > 0 for time in times)


def test_the_playground_is_timed_at_least_once(capsys):
    with pytest.raises(SystemExit) as stop:
        playground.main(["--repeats", "0"])
    assert stop.value.code == 2 and "expected an integer >= 1, got '0'" in capsys.readouterr().err

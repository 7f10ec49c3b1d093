"""The run folder: one training at a time, no half files, and readers that name what is damaged."""

import errno
import json
import os
import subprocess
import sys

import pytest

from minicnn.support.files import HOST
from minicnn.training.run_folder import RunError, find_runs, fresh_folder, held, open_run, read_run

CONFIG = {"data": "digits", "model": "lenet5", "settings": {}, "preprocessing": {}, "classes": ["0", "1"]}


def test_a_folder_is_held_by_one_training_at_a_time(tmp_path):
    with open_run(tmp_path / "a"):
        assert held(tmp_path / "a")
        with pytest.raises(RunError, match=f"a training in it .process {os.getpid()}.; wait"), open_run(tmp_path / "a"):
            pass
        with open_run(tmp_path / "b"):
            pass
    assert not held(tmp_path / "a")
    with open_run(tmp_path / "a"):
        pass


def test_the_lock_ends_with_its_process(tmp_path):
    code = f"import os\nfrom minicnn.training.run_folder import open_run\nwith open_run({str(tmp_path)!r}):\n    os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    holder = tmp_path / ".process"
    dead = int(holder.read_text())
    assert dead != os.getpid()
    assert not held(tmp_path)
    half, foreign = tmp_path / f"last.npz.{HOST}-{dead}-0123abcd.part", tmp_path / "film.part"
    half.write_text("half")
    foreign.write_text("of another program")
    with open_run(tmp_path):
        assert holder.read_text() == str(os.getpid())
        assert not half.exists()
        assert foreign.exists()
    assert not holder.exists()


def test_what_is_written_is_read(tmp_path):
    with open_run(tmp_path) as run:
        run.write("config.json", CONFIG)
        run.append_log({"epoch": 1})
        run.append_log({"epoch": 2})
        assert read_run(tmp_path) == {"config": CONFIG, "versions": {}, "log": [{"epoch": 1}, {"epoch": 2}], "metrics": None}
        run.write_log([{"epoch": 1}])
        run.write("metrics.json", {"accuracy": 1.0})
        run.write("versions.json", {"numpy": "2"})
    assert read_run(tmp_path) == {"config": CONFIG, "versions": {"numpy": "2"}, "log": [{"epoch": 1}],
                                  "metrics": {"accuracy": 1.0}}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    with open_run(tmp_path) as run:
        run.write("metrics.json", {"accuracy": 1.0})

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(os, "fsync", full)
        for write in (lambda: run.write("metrics.json", {}), lambda: run.save("best.npz"), lambda: run.write_log([])):
            with pytest.raises(OSError, match="could not write .*No space left on device.; no training is lost"):
                write()
        with pytest.raises(ValueError, match="not JSON compliant"):
            run.write("metrics.json", {"accuracy": float("nan")})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"accuracy": 1.0}
    assert sorted(os.listdir(tmp_path)) == [".lock", "metrics.json"]


def test_names_are_fresh(tmp_path):
    assert [os.path.basename(fresh_folder(tmp_path / "runs", "a")) for _ in range(3)] == ["a", "a-2", "a-3"]


@pytest.mark.parametrize("name, text, match", [
    ("config.json", "{", "config.json that a training wrote"), ("config.json", "[]", "with a list"),
    ("config.json", '{"data": "x"}', "with no model"), ("config.json", "\udcff", "config.json"),
    ("config.json", "[" * 100_000, "config.json"),
    ("metrics.json", "", "metrics.json that a training wrote"), ("versions.json", "1", "with a int"),
    ("log.jsonl", '{"epoch": 1}\n{"epo\n{"epoch": 2}\n', "with line 2.*--resume writes the log again"),
    ("log.jsonl", '1\n{"epoch": 2}\n', "with line 1"),
])
def test_damage_is_named(tmp_path, name, text, match):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RunError, match=match):
        read_run(tmp_path)


def test_a_last_line_that_was_cut_off_is_dropped(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "log.jsonl").write_bytes(b'{"epoch": 1}\n{"epoch": 2, "lo\xff')
    assert read_run(tmp_path)["log"] == [{"epoch": 1}]


def test_runs_are_found(tmp_path):
    for name in ("b", "a", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ("config.json" if name != "other" else "x")).write_text("{}")
    (tmp_path / "file").write_text("")
    assert [os.path.basename(path) for path in find_runs(tmp_path)] == ["a", "b"]
    assert find_runs(tmp_path / "a") == [tmp_path / "a"]
    with pytest.raises(RunError, match="expected a run folder with a config.json"):
        read_run(tmp_path / "other")

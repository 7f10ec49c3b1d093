"""minicnn runs: the list of trainings, also of those that were cut off or damaged."""

import json
import shutil

import pytest

from minicnn.__main__ import main
from minicnn.cli.errors import one_line_errors
from minicnn.training.run_folder import open_run


@pytest.fixture
def folder(run, tmp_path):
    """Three runs: complete, stopped, damaged."""
    for name in ("a", "b", "c"):
        shutil.copytree(run, tmp_path / name)
    (tmp_path / "b" / "metrics.json").unlink()
    config = json.loads((tmp_path / "b" / "config.json").read_text())
    config["settings"] |= {"lr": 0.5, "average": 0.99}
    config["created"] = "2000-01-01"
    (tmp_path / "b" / "config.json").write_text(json.dumps(config))
    (tmp_path / "b" / "log.jsonl").write_text("".join((run / "log.jsonl").read_text().splitlines(True)[:2]) + '{"epo')
    (tmp_path / "c" / "config.json").write_text("{}")
    return tmp_path


def test_runs_stand_side_by_side_with_what_differs(folder, capsys):
    assert main(["runs", str(folder)]) == 2                        # one is damaged, and named
    out, err = capsys.readouterr()
    head, b, a = out.splitlines()
    assert head.split() == ["run", "state", "data", "model", "epochs", "best", "validation", "test", "time", "differs", "in"]
    assert b.split()[:5] == [str(folder / "b"), "stopped", "digits", "two_conv", "2/4"]
    assert b.endswith("lr 0.5, average 0.99")
    assert a.split()[:5] == [str(folder / "a"), "done", "digits", "two_conv", "4/4"]
    assert a.endswith("lr 0.01")
    assert err.count("\n") == 1
    assert f"{folder / 'c' / 'config.json'} with no data" in err


def test_a_figure_that_is_none_hides_no_other_run(folder, capsys):
    (folder / "a" / "metrics.json").write_text('{"accuracy": "high"}')
    assert main(["runs", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith(str(folder / "b"))
    assert f"error: {folder / 'a'}: " in err


def test_runs_can_be_sorted_and_read_by_programs(folder, capsys):
    main(["runs", str(folder), "--sort", "test", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [row["run"] for row in rows] == [str(folder / "a"), str(folder / "b")]
    assert rows[0]["test_accuracy"] == json.loads((folder / "a" / "metrics.json").read_text())["accuracy"]
    assert rows[1]["test_accuracy"] is None


def test_a_run_that_is_held_is_running(folder, capsys):
    with open_run(folder / "b"):
        main(["runs", str(folder)])
        assert "running" in capsys.readouterr().out
    main(["runs", str(folder)])
    assert "running" not in capsys.readouterr().out


def test_a_run_without_a_test_is_trained(folder, capsys):
    (folder / "a" / "metrics.json").unlink()
    main(["runs", str(folder / "a")])
    assert "trained" in capsys.readouterr().out


def test_a_run_folder_itself_is_listed_too(run, capsys):
    assert main(["runs", str(run)]) == 0
    assert str(run) in capsys.readouterr().out


def test_no_runs_and_no_folder(tmp_path, capsys):
    assert main(["runs", str(tmp_path)]) == 0
    assert "no runs in" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"), one_line_errors():
        main(["runs", str(tmp_path / "nowhere")])
    assert "runs expected a folder with runs" in capsys.readouterr().err

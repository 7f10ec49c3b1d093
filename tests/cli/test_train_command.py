"""minicnn train: a run from its first line to its report, and what stops it on the way."""

import errno
import json
import os
import pickle
import signal

import numpy as np
import pytest

import minicnn.training.train as command
from minicnn import AdamW, load_checkpoint, softmax_cross_entropy
from minicnn.__main__ import main
from minicnn.cli.errors import one_line_errors
from minicnn.data.sources import load
from minicnn.models import build
from minicnn.optim.averaging import AveragedWeights
from minicnn.training import epoch as epochs
from minicnn.training import run
from minicnn.training.evaluate import best_epoch, out_of_patience
from minicnn.training.model_file import load_model
from minicnn.training.progress import CtrlC
from minicnn.training.run_folder import open_run, read_run

# 54 pictures to learn from, 4 steps an epoch
TINY = ["--data", "digits", "--limit", "60", "--batch-size", "16", "--width", "4", "--epochs", "3", "--no-pictures"]
EVERYTHING = "--average 0.9 --schedule cosine --label-smoothing 0.1 --class-weights balanced --patience 3 --augment full"


def train(folder, *extra, base=TINY):
    """`minicnn train` in this process: its exit status, errors of one line included."""
    with one_line_errors():
        return main(["train", *base, "--run", str(folder), *extra])


def fails(capsys, *arguments):
    """The one line that a command ends with when it exits with status 2."""
    with pytest.raises(SystemExit) as caught, one_line_errors():
        main(["train", *map(str, arguments)])
    assert caught.value.code == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[-1].startswith(("error: ", "minicnn train: error: "))
    return lines[-1]


def arrays(path):
    with np.load(path) as archive:
        return {name: array.tobytes() for name, array in archive.items() if name != "notes"}


def history(folder):
    rows = load_checkpoint(folder / "last.npz")["history"]
    assert rows == read_run(folder)["log"]
    return [{name: value for name, value in row.items() if name not in ("seconds", "images_per_second")} for row in rows]


@pytest.fixture
def ctrl_c_at(monkeypatch):
    """Ctrl-C after the step of that number."""
    def at(step):
        class AfterSome(CtrlC):
            asked = 0

            @property
            def pressed(self):
                self.asked += 1
                return self.asked >= step
        monkeypatch.setattr(run, "CtrlC", AfterSome)
    return at



# ------------------------------------------------------------------------------------------------------- a whole run

def test_a_run_leaves_everything_that_is_needed_to_repeat_use_and_judge_it(tmp_path, capsys):
    assert train(tmp_path / "a", "--expect-accuracy", "0") == 0
    out, found = capsys.readouterr().out, read_run(tmp_path / "a")
    assert sorted(os.listdir(tmp_path / "a")) == [".lock", "best.npz", "config.json", "last.npz", "log.jsonl", "metrics.json",
                                                  "model.npz", "versions.json"]
    assert [row["epoch"] for row in found["log"]] == [1, 2, 3]
    assert found["log"][-1].keys() == {"epoch", "lr", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds",
                                     "images_per_second"}
    assert found["config"]["settings"]["lr"] == 0.002
    assert found["config"]["command"].startswith("minicnn train --data digits --limit 60 --width 4 --epochs 3")
    assert found["config"]["classes"] == list("0123456789")
    assert {"minicnn", "numpy", "numba", "python"} <= set(found["versions"])
    assert found["metrics"]["rows"] == 60
    trained = load_model(tmp_path / "a" / "model.npz")
    assert (len(trained.model), trained.classes) == (11, tuple("0123456789"))
    for part in ("54 training images, 6 for validation, 60 for the test", "epoch 3/3  loss", "f1-score",
                 f"minicnn report {tmp_path / 'a'}", f"minicnn predict {tmp_path / 'a'} IMAGE..."):
        assert part in out


def test_the_command_does_what_the_loop_written_out_does(tmp_path):
    extra = "--label-smoothing 0.1 --class-weights balanced --average 0.8 --optimizer adamw --schedule step --range=-1..1"
    assert train(tmp_path / "a", *extra.split(), "--quiet") == 0
    last, config = arrays(tmp_path / "a" / "last.npz"), read_run(tmp_path / "a")["config"]

    source, rng = load("digits", limit=60), np.random.default_rng(0)
    x, labels = source.train_images / np.float32(127.5) - 1, source.train_labels
    model = build("two_conv", x_shape=(28, 28, 1), rng=rng, width=4)
    optimizer = AdamW(model.parameters(), lr=0.002)
    average = AveragedWeights(model, 0.8)
    weights = len(labels) / (10 * np.bincount(labels))
    for epoch in range(3):
        order = rng.permutation(len(x))
        for n in range(0, len(x), 16):
            rows = order[n:n + 16]
            loss, dlogits = softmax_cross_entropy(model.forward(x[rows]), labels[rows], weights, 0.1)
            model.backward(dlogits)
            optimizer.lr = 0.002 * 0.1 ** (optimizer.t // 4)       # 12 steps: a tenth after each third
            optimizer.step()
            average.update()
    assert config["settings"]["weight_decay"] == 0.01
    for name, parameter in model.parameters().items():
        now = np.frombuffer(last[f"model/parameters/{name}"], np.float32).reshape(parameter.value.shape)
        np.testing.assert_allclose(now, parameter.value, atol=1e-5)
        mean = np.frombuffer(last[f"average/average/{name}"], average.average[name].dtype).reshape(now.shape)
        np.testing.assert_allclose(mean, average.average[name], atol=1e-5)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path):
    for name, seed in [("a", "1"), ("b", "1"), ("c", "2")]:
        assert train(tmp_path / name, "--seed", seed, "--epochs", "1", "--quiet") == 0
    a, b, c = (arrays(tmp_path / name / "model.npz") for name in "abc")
    assert a == b != c


def test_without_a_name_a_run_takes_a_fresh_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert main(["train", *TINY, "--epochs", "1"]) == 0
    assert sorted(os.listdir("runs")) == ["digits-two_conv", "digits-two_conv-2"]


def test_too_low_an_accuracy_is_status_1(tmp_path, capsys):
    assert train(tmp_path / "a", "--epochs", "1", "--expect-accuracy", "1") == 1
    assert "expected a test accuracy of at least 100.00%, got" in capsys.readouterr().err


def test_other_programs_call_it_with_a_dict(tmp_path, capsys):
    settings = {"data": "digits", "limit": 60, "width": 4, "epochs": 2, "run": str(tmp_path / "a"), "optimizer": "sgd"}
    result = pickle.loads(pickle.dumps(command.train(pickle.loads(pickle.dumps(settings)), quiet=True, test=False)))
    assert capsys.readouterr().out == ""
    rows = read_run(tmp_path / "a")["log"]
    assert result["finished"]
    assert result["folder"] == str(tmp_path / "a")
    assert result["loss"] == rows[-1]["loss"]
    assert result["validation_accuracy"] == max(row["validation_accuracy"] for row in rows)
    assert "test_accuracy" not in result
    assert not (tmp_path / "a" / "model.npz").exists()


# ------------------------------------------------------------------------------------------------ stopping, going on

@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("never") / "run"
    assert train(folder, *EVERYTHING.split(), "--quiet") == 0
    return folder


@pytest.mark.parametrize("stop", [1, 4, 5, 7, 15])                 # a step or the end of an epoch, which is asked too
def test_going_on_ends_with_the_bits_of_never_stopping(tmp_path, capsys, ctrl_c_at, monkeypatch, never_stopped, stop):
    folder = tmp_path / "run"
    ctrl_c_at(stop)
    assert train(folder, *EVERYTHING.split()) == 130
    assert f"to resume: minicnn train --resume {folder}" in capsys.readouterr().out
    assert not (folder / "model.npz").exists()
    monkeypatch.setattr(run, "CtrlC", CtrlC)
    assert main(["train", "--resume", str(folder)]) == 0
    assert "resuming from" in capsys.readouterr().out
    for name in ("last.npz", "best.npz", "model.npz"):
        assert arrays(folder / name) == arrays(never_stopped / name), name
    assert history(folder) == history(never_stopped)
    assert (folder / "metrics.json").read_text() == (never_stopped / "metrics.json").read_text()


def test_a_real_ctrl_c_saves_and_a_second_training_sees_the_lock(tmp_path, monkeypatch, capsys):
    steps = []

    class Pressing(command.AveragedWeights):
        def update(self):
            super().update()
            steps.append(1)
            if len(steps) == 2:
                with pytest.raises(SystemExit), one_line_errors():
                    main(["train", "--resume", str(tmp_path / "a")])
                os.kill(os.getpid(), signal.SIGTERM)
    monkeypatch.setattr(command, "AveragedWeights", Pressing)
    assert train(tmp_path / "a", "--average", "0.5") == 130
    assert len(steps) == 2
    assert f"for itself alone, got a training in it (process {os.getpid()})" in capsys.readouterr().err
    assert load_checkpoint(tmp_path / "a" / "last.npz")["counts"][0] == 32


def test_a_log_line_that_was_not_saved_does_not_stand_twice(tmp_path, ctrl_c_at, monkeypatch, capsys):
    ctrl_c_at(5)
    train(tmp_path / "a")
    with open(tmp_path / "a" / "log.jsonl", "a") as file:
        file.write('{"epoch": 2, "loss": 1.0}\n{"epo')
    monkeypatch.setattr(run, "CtrlC", CtrlC)
    assert main(["train", "--resume", str(tmp_path / "a")]) == 0
    assert [row["epoch"] for row in read_run(tmp_path / "a")["log"]] == [1, 2, 3]


def test_a_run_that_is_complete_can_be_asked_to_go_on(never_stopped, capsys):
    before = arrays(never_stopped / "model.npz")
    assert main(["train", "--run", str(never_stopped), "--resume"]) == 0
    assert arrays(never_stopped / "model.npz") == before


def test_a_constant_rate_can_be_made_longer(tmp_path, capsys):
    constant = ["--schedule", "constant", "--quiet"]
    assert train(tmp_path / "long", *constant) == 0
    assert train(tmp_path / "a", *constant, "--epochs", "1") == 0
    assert main(["train", "--resume", str(tmp_path / "a"), "--epochs", "3"]) == 0
    assert arrays(tmp_path / "a" / "model.npz") == arrays(tmp_path / "long" / "model.npz")
    assert read_run(tmp_path / "a")["config"]["settings"]["epochs"] == 3


@pytest.mark.parametrize("flags, line", [
    ("--lr 0.5", "--resume expected --lr 0.002 as the run began, got 0.5"),
    ("--epochs 9", "--resume expected --epochs 3 as the run began, got 9; only a training with a constant schedule can be "
                   "made longer"),
    ("--average 0.99", "expected --average 0.9 as the run began, got 0.99"),
    ("--seed 1", "expected --seed 0 as the run began, got 1"),
])
def test_going_on_with_other_settings_is_refused(never_stopped, capsys, flags, line):
    assert line in fails(capsys, "--resume", never_stopped, *flags.split())


# ----------------------------------------------------------------------------------- early stopping, averaged weights

@pytest.fixture
def script(monkeypatch):
    """Validation accuracies that are made up, an epoch each."""
    def say(*accuracies):
        rows = iter(accuracies)
        monkeypatch.setattr(epochs, "evaluate", lambda *_: {"validation_loss": 1.0, "validation_accuracy": next(rows)})
    return say


def test_early_stopping_keeps_the_best_epoch(tmp_path, script, capsys):
    script(0.1, 0.9, 0.5, 0.9, 1.0)
    assert train(tmp_path / "a", "--epochs", "5", "--patience", "2") == 0
    assert "stopped early: epoch 2 was the best, and the 2 after it were no better" in capsys.readouterr().out
    assert len(read_run(tmp_path / "a")["log"]) == 4
    best, last, model = (arrays(tmp_path / "a" / name) for name in ("best.npz", "last.npz", "model.npz"))
    weights = [name for name in model if name.startswith("model/parameters")]
    assert len(weights) == 8
    assert all(model[name] == best[name] != last[name] for name in weights)


def test_early_stopping_remembers_over_a_stop(tmp_path, script, ctrl_c_at, monkeypatch, capsys):
    script(0.1, 0.9, 0.5, 0.9, 1.0)
    ctrl_c_at(13)                                                  # in the third epoch
    assert train(tmp_path / "a", "--epochs", "5", "--patience", "2") == 130
    monkeypatch.setattr(run, "CtrlC", CtrlC)
    assert main(["train", "--resume", str(tmp_path / "a")]) == 0
    assert "stopped early: epoch 2 was the best" in capsys.readouterr().out
    assert len(read_run(tmp_path / "a")["log"]) == 4


def test_the_average_is_what_is_kept(tmp_path, never_stopped):
    best, model = arrays(never_stopped / "best.npz"), arrays(never_stopped / "model.npz")
    for name in model:
        if name.startswith("model/parameters/"):
            assert model[name] == best[name.replace("model/parameters", "average/average")] != best[name]


def test_best_is_the_highest_accuracy_then_the_lowest_loss_then_the_first():
    rows = [{"epoch": epoch, "validation_accuracy": a, "validation_loss": loss}
            for epoch, (a, loss) in enumerate([(0.5, 1), (0.9, 3), (0.9, 2), (0.9, 2), (0.8, 0)], 1)]
    assert best_epoch(rows)["epoch"] == 3
    assert [out_of_patience(rows[:n], 2) for n in range(6)] == [False] * 5 + [True]
    assert not out_of_patience(rows, None)


# ------------------------------------------------------------------------------------------------ what can go wrong

def test_a_full_disk_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch, capsys):
    folder, savez, calls = tmp_path / "a", np.savez, []

    def full(file, **things):
        calls.append(1)
        if len(calls) > 3:                                         # the start, the best and the last of epoch 1 were saved
            file.write(b"half a file")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        savez(file, **things)
    monkeypatch.setattr(np, "savez", full)
    line = fails(capsys, *TINY, "--run", folder)
    assert line == (f"error: could not write {folder}/{'best' if len(calls) == 4 else ''}.npz (No space left on device); "
                    f"{folder}/last.npz is complete: free space, then minicnn train --resume {folder} resumes the training")
    assert load_checkpoint(folder / "last.npz")["epoch"] == 2
    assert not [name for name in os.listdir(folder) if name.endswith(".part")]
    monkeypatch.setattr(np, "savez", savez)
    assert main(["train", "--resume", str(folder)]) == 0


def test_numbers_gone_bad_say_where_and_what_is_left(tmp_path, capsys):
    line = fails(capsys, *TINY, "--run", tmp_path / "a", "--lr", "1e30", "--optimizer", "sgd")
    assert "epoch 1:" in line
    assert "NaN or infinity first appears in" in line
    assert "a smaller learning rate may help" in line


def test_an_optimizer_whose_memory_overflows_ends_with_status_2(tmp_path, capsys):
    line = fails(capsys, *TINY, "--run", tmp_path / "a", "--lr", "1e6", "--schedule", "constant", "--epochs", "30")
    assert "expected finite" in line
    assert f"The last good checkpoint is {tmp_path / 'a' / 'last.npz'}" in line
    load_checkpoint(tmp_path / "a" / "last.npz")


def test_a_mirrored_digit_is_warned_about(tmp_path, capsys):
    assert train(tmp_path / "a", "--flip", "--epochs", "1") == 0
    assert "warning: --flip trains on digits that nobody writes" in capsys.readouterr().err


@pytest.mark.parametrize("flags, line", [
    ("", "train expected --data, got none"),
    ("--data mnits", "--data expected mnist, fashion-mnist, digits or a folder with a folder of images for each class, got "
                     "'mnits'; did you mean mnist?"),
    ("--data digits --model lenet", "argument --model: expected one of lenet5, two_conv, vgg_like, resnet, inception_like, got "
                                    "'lenet'; did you mean lenet5?"),
    ("--data digits --model lenet5 --width 3", "lenet5 expected no settings of its own, got --width"),
    ("--data digits --limit 60 --size 3", "two_conv cannot take images of 3 x 3 in batches of 64"),
    ("--data digits --limit 9", "--limit expected at least two images for each of the 10 classes, got 9"),
    ("--data digits --limit 60 --model resnet --size 4 --batch-size 53", "resnet cannot take images of 4 x 4 in batches"),
    ("--data digits --epochs 0", "argument --epochs: expected an integer >= 1, got '0'"),
    ("--data digits --validation 1", "argument --validation: expected a number above 0 and below 1, got '1'"),
    ("--data digits --blocks 2,x", "argument --blocks: expected integers from 1 to 99 such as 2,2, got '2,x'"),
    ("--resume", "--resume expected a run: --resume RUN, got none"),
    ("--resume nowhere", "read_run expected a run folder with a config.json, got nowhere"),
    ("--data mnist --data-dir nowhere", "mnist expected the files"),
])
def test_what_cannot_be_trained_is_one_line_and_status_2(tmp_path, monkeypatch, capsys, flags, line):
    monkeypatch.chdir(tmp_path)
    assert line in fails(capsys, *flags.split())
    assert os.listdir(tmp_path) == []                              # nothing is left lying about


def test_a_folder_that_holds_something_is_not_written_into(never_stopped, capsys):
    before = (never_stopped / "config.json").read_bytes()
    assert "expected --run to name a new or empty folder" in fails(capsys, *TINY, "--run", never_stopped)
    assert (never_stopped / "config.json").read_bytes() == before


@pytest.fixture
def stopped(tmp_path, ctrl_c_at, monkeypatch, capsys):
    ctrl_c_at(6)
    train(tmp_path / "a")
    monkeypatch.setattr(run, "CtrlC", CtrlC)
    capsys.readouterr()
    return tmp_path / "a"


def test_a_damaged_run_says_what_is_damaged(stopped, capsys):
    last = (stopped / "last.npz").read_bytes()
    (stopped / "last.npz").write_bytes(last[:-100])
    line = fails(capsys, "--resume", stopped)
    assert "last.npz) expected a checkpoint of minicnn, got a damaged or foreign file" in line
    assert f"{stopped}/best.npz is an earlier one" in line
    (stopped / "last.npz").unlink()
    assert "--resume expected a checkpoint" in fails(capsys, "--resume", stopped)
    config = (stopped / "config.json").read_text()
    (stopped / "config.json").write_text(config[:-20])
    assert "config.json that a training wrote" in fails(capsys, "--resume", stopped)
    (stopped / "config.json").write_text(config.replace('"epochs": 3', '"epochs": "many"'))
    assert "--epochs: expected an integer >= 1, got 'many'" in fails(capsys, "--resume", stopped)


def test_an_edited_config_is_no_way_to_change_a_training(stopped, capsys):
    config = json.loads((stopped / "config.json").read_text())
    config["settings"]["lr"] = 0.5
    (stopped / "config.json").write_text(json.dumps(config))
    assert "--resume expected --lr 0.002 as the run began, got 0.5" in fails(capsys, "--resume", stopped)


def test_a_damaged_log_is_written_anew(stopped, capsys):
    before = (stopped / "log.jsonl").read_text()
    (stopped / "log.jsonl").write_text("?\n" + before)
    assert main(["train", "--resume", str(stopped)]) == 0
    assert (stopped / "log.jsonl").read_text().startswith(before)


def test_other_pictures_than_it_began_with_are_refused(stopped, monkeypatch, capsys):
    load = command.load
    monkeypatch.setattr(command, "load", lambda *args: (s := load(*args))._replace(train_images=s.train_images[::-1]))
    assert "expected the images and labels that the training began with, got others" in fails(capsys, "--resume", stopped)


def test_other_versions_are_told(stopped, capsys):
    versions = json.loads((stopped / "versions.json").read_text())
    (stopped / "versions.json").write_text(json.dumps(versions | {"numpy": "1.0"}))
    assert main(["train", "--resume", str(stopped)]) == 0
    assert f"the run began with numpy 1.0 (now {versions['numpy']}): its last bits may differ" in capsys.readouterr().out


def test_a_lock_of_a_dead_process_is_taken_over(stopped, capsys):
    (stopped / ".lock").write_text("999999")
    (stopped / ".process").write_text("999999")
    assert main(["train", "--resume", str(stopped)]) == 0


def test_a_checkpoint_notes_all_that_json_can_hold(stopped):
    notes = load_checkpoint(stopped / "last.npz")
    assert json.loads(json.dumps(notes)) == notes
    with open_run(stopped) as files:
        assert files.path("a", "b") == str(stopped / "a" / "b")

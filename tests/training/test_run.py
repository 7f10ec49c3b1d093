"""Run: what stands around the loop of a training. Stopping anywhere and resuming gives the bits of never stopping."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from minicnn import (
    SGD,
    Adam,
    AveragedWeights,
    BatchNorm,
    Conv2D,
    Cosine,
    Dense,
    Dropout,
    Flatten,
    Layer,
    NonFiniteError,
    OneCycle,
    Preprocessing,
    ReLU,
    Sequential,
    load_checkpoint,
    load_model,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from minicnn.data import Augment
from minicnn.training import Run, run_folder, total_steps
from minicnn.training import run as module
from minicnn.training.progress import CtrlC, Stopped
from minicnn.training.run_folder import RunError, open_run, read_run

N, BATCH, EPOCHS = 13, 3, 2                                        # 5 steps an epoch, the last of one image alone
STEPS = 2 * 5
IMAGES = np.random.default_rng(5).integers(0, 256, (N, 6, 5, 1)).astype(np.uint8)
LABELS = np.arange(N) % 3
PREPROCESS = Preprocessing.of("0..1", (6, 5, 1), kind="digit")


def parts(seed, optimizer=Adam, schedule=OneCycle, average=True, outputs=3):
    rng = np.random.default_rng(seed)
    model = Sequential([Conv2D(1, 2, (3, 2), rng=rng), BatchNorm(2), ReLU(), Flatten(), Dropout(0.4, rng=rng),
                        Dense(32, outputs, rng=rng)])
    made = optimizer(model.parameters(), lr=0.01)
    return {"model": model, "optimizer": made, "schedule": schedule(made, STEPS), "rng": rng,
            "average": AveragedWeights(model, 0.9) if average else None}


def train(folder, resume=False, seed=1, epochs=EPOCHS, images=IMAGES, on_step=None, augmented=True, **options):
    """A small training through Run; a resumed one begins with objects of another seed."""
    things = parts(seed + 100 * resume, **{name: options.pop(name) for name in ("optimizer", "schedule", "average")
                                           if name in options})
    augment = Augment(flip=True, shift=0.2, rng=things["rng"]) if augmented else None
    with Run(folder, preprocess=PREPROCESS, classes="abc", resume=resume, **things, **options) as run:
        for epoch in run.epochs(epochs):
            for x, labels in epoch.batches(images, LABELS, BATCH, augment):
                logits = run.model.forward(x)
                loss, dlogits = softmax_cross_entropy(logits, labels)
                run.model.backward(dlogits)
                run.optimizer.step()
                run.schedule.step()
                if run.average:
                    run.average.update()
                epoch.record(loss, logits, labels)
                if on_step:
                    on_step(run)
            epoch.validate(images[:7], LABELS[:7])
        result = run.finish(images, LABELS)
    return run, result


def outcome(folder):
    """Every bit of the checkpoints and of the model file, and the log without its times."""
    files = {}
    for name in ("last.npz", "best.npz", "model.npz"):
        if (folder / name).exists():
            with np.load(folder / name) as archive:
                files[name] = {key: array.tobytes() for key, array in archive.items() if key != "notes"}
    found = read_run(folder)
    rows = [{key: value for key, value in row.items() if "second" not in key} for row in found["log"]]
    return files, rows, found["metrics"]


@pytest.fixture
def stop_at(monkeypatch):
    """Ctrl-C at the n-th time that the run looks: after each step, and at the end of each epoch."""
    def at(n):
        class Pressed(CtrlC):
            left = n

            @property
            def pressed(self):
                self.left -= 1
                return self.left <= 0
        monkeypatch.setattr(module, "CtrlC", Pressed if n else CtrlC)
    return at


@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory):
    folders = {}
    for keep in ("last", "best"):
        folders[keep] = tmp_path_factory.mktemp("never") / keep
        train(folders[keep], keep=keep)
    return folders


@pytest.mark.parametrize("keep", ["last", "best"])
@pytest.mark.parametrize("stop", range(1, STEPS + EPOCHS + 1))
def test_stopping_anywhere_gives_the_bits_of_not_stopping(tmp_path, stop_at, never_stopped, stop, keep, capsys):
    stop_at(stop)
    with pytest.raises(Stopped):
        train(tmp_path / "run", keep=keep)
    out = capsys.readouterr().out
    assert f"saved {tmp_path / 'run' / 'last.npz'}; to resume: " in out
    stop_at(0)
    train(tmp_path / "run", resume=True, keep=keep)
    assert outcome(tmp_path / "run") == outcome(never_stopped[keep])


def test_stopping_again_and_again_gives_the_bits_of_not_stopping(tmp_path, stop_at, never_stopped):
    for k in range(STEPS + EPOCHS):
        stop_at(1)
        with pytest.raises(Stopped):
            train(tmp_path / "run", resume=k > 0, keep="best")
    stop_at(0)
    train(tmp_path / "run", resume=True, keep="best")
    assert outcome(tmp_path / "run") == outcome(never_stopped["best"])


@pytest.mark.parametrize("forgotten", ["model", "optimizer", "schedule", "average"])     # dropout holds rng too
def test_forgetting_a_part_shows_so_these_tests_can_fail(tmp_path, stop_at, never_stopped, forgotten, monkeypatch):
    stop_at(3)
    with pytest.raises(Stopped):
        train(tmp_path / "run", keep="best")
    stop_at(0)
    load = module.load_checkpoint
    monkeypatch.setattr(module, "load_checkpoint", lambda path, **things: load(
        path, **{name: thing for name, thing in things.items() if name != forgotten}))
    train(tmp_path / "run", resume=True, keep="best")
    assert outcome(tmp_path / "run")[0]["last.npz"] != outcome(never_stopped["best"])[0]["last.npz"]


def test_a_finished_run_that_is_resumed_ends_again_with_the_same_files(tmp_path, never_stopped):
    train(tmp_path / "run")
    train(tmp_path / "run", resume=True)
    assert outcome(tmp_path / "run") == outcome(never_stopped["last"])


def test_bytes_and_floats_give_the_same_bits(tmp_path, never_stopped):
    train(tmp_path / "run", images=PREPROCESS(IMAGES))
    files, _, _ = outcome(never_stopped["last"])
    assert outcome(tmp_path / "run")[0]["model.npz"] == files["model.npz"]


# ------------------------------------------------------------------------------------------------ what it leaves behind

def test_best_keeps_the_weights_of_the_best_epoch_and_last_those_of_the_last(tmp_path, monkeypatch):
    from minicnn.training import epoch
    rows = iter([0.9, 0.5] * 2)
    monkeypatch.setattr(epoch, "evaluate", lambda *_: {"validation_loss": 1.0, "validation_accuracy": next(rows)})
    after = {}
    for keep in ("best", "last"):
        weights = []
        train(tmp_path / keep, keep=keep, average=False,
              on_step=lambda run, weights=weights: weights.append(run.model.parameters()["5.w"].value.copy()))
        after[keep] = load_model(tmp_path / keep / "model.npz").model.parameters()["5.w"].value
        np.testing.assert_array_equal(after[keep], weights[STEPS // 2 - 1 if keep == "best" else -1])
    assert (tmp_path / "best" / "best.npz").exists()
    assert not (tmp_path / "last" / "best.npz").exists()


def test_patience_ends_the_run(tmp_path, monkeypatch, capsys):
    from minicnn.training import epoch
    rows = iter([0.5, 0.4, 0.3, 0.9])
    monkeypatch.setattr(epoch, "evaluate", lambda *_: {"validation_loss": 1.0, "validation_accuracy": next(rows)})
    run, _ = train(tmp_path / "run", epochs=4, patience=2)
    assert len(run.history) == 3
    assert "stopped early: epoch 1 was the best, and the 2 after it were no better" in capsys.readouterr().out


def test_an_epoch_needs_no_validation_unless_the_best_is_kept(tmp_path):
    def loop(folder, **options):
        things = parts(1)
        with Run(folder, preprocess=PREPROCESS, classes="abc", **things, **options) as run:
            for epoch in run.epochs(2):
                for x, labels in epoch.batches(IMAGES, LABELS, BATCH):
                    logits = run.model.forward(x)
                    loss, dlogits = softmax_cross_entropy(logits, labels)
                    run.model.backward(dlogits)
                    run.optimizer.step()
                    epoch.record(loss, logits, labels)
            run.finish(IMAGES, LABELS)
    loop(tmp_path / "a")
    assert [row["epoch"] for row in read_run(tmp_path / "a")["log"]] == [1, 2]
    for options in ({"keep": "best"}, {"patience": 2}):
        with pytest.raises(ValueError, match=r"Run expected epoch.validate\(images, labels\) after the batches"):
            loop(tmp_path / str(options), **options)


def test_one_output_is_validated_with_the_loss_of_its_own(tmp_path):
    things, labels = parts(1, outputs=1), LABELS % 2
    with Run(tmp_path / "run", preprocess=PREPROCESS, classes=("no", "yes"), **things) as run:
        for epoch in run.epochs(1):
            for x, y in epoch.batches(IMAGES, labels, BATCH):
                z = run.model.forward(x)
                loss, dz = sigmoid_cross_entropy(z, y)
                run.model.backward(dz)
                run.optimizer.step()
                epoch.record(loss, z, y)
            row = epoch.validate(IMAGES, labels)
        result = run.finish(IMAGES, labels, threshold=0.4)
    assert {"validation_loss", "validation_accuracy", "validation_auc"} <= set(row)
    assert result.probabilities.shape == (N, 2)
    assert result.metrics["threshold"]["used"] == 0.4


# --------------------------------------------------------------------------------------------------- what can go wrong

@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nan_in_the_loop_names_the_layer_and_the_last_good_checkpoint(tmp_path):
    class Bad(Layer):
        def forward(self, x):
            self.saved = None
            return x * np.float32(np.nan)

        def backward(self, dy):
            return dy

    things = parts(1)
    things["model"] = Sequential([Bad(), *things["model"].layers])
    things["optimizer"] = SGD(things["model"].parameters(), lr=0.1)
    things["schedule"] = things["average"] = None
    with pytest.raises(NonFiniteError) as caught, Run(tmp_path, preprocess=PREPROCESS, classes="abc", **things) as run:
        for epoch in run.epochs(1):
            for x, labels in epoch.batches(IMAGES, LABELS, BATCH):
                softmax_cross_entropy(run.model.forward(x), labels)
    text = str(caught.value)
    assert text.startswith("epoch 1: softmax_cross_entropy expected finite logits")
    assert "NaN or infinity first appears in the output of Sequential[0] Bad" in text
    assert f"The last good checkpoint is {tmp_path / 'last.npz'}" in text


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path):
    things = parts(1)
    with pytest.raises(NonFiniteError, match="epoch.record expected a finite loss, got inf"), \
            Run(tmp_path, preprocess=PREPROCESS, classes="abc", **things) as run:
        for epoch in run.epochs(1):
            for x, labels in epoch.batches(IMAGES, LABELS, BATCH):
                epoch.record(float("inf"), run.model.forward(x), labels)


@pytest.mark.parametrize("slot, words", [("v", "finite numbers in v/5.w after the step of Adam"),
                                         ("weights", "finite numbers in parameter 5.w after the step of Adam")])
def test_memory_or_weights_that_overflow_stop_the_run_although_the_loss_is_finite(tmp_path, slot, words):
    def overflow(run):
        if run.optimizer.t == STEPS // 2:                          # after the last step of the first epoch
            if slot == "v":
                run.optimizer.memory["v"]["5.w"][0, 0] = np.inf
            else:
                run.model.parameters()["5.w"].value[0, 0] = np.nan
    with pytest.raises(NonFiniteError, match=words):
        train(tmp_path, on_step=overflow)
    notes = load_checkpoint(tmp_path / "last.npz", **{name: part for name, part in parts(3).items()})
    assert notes["epoch"] == 1                                     # what is not finite was not saved
    assert not (tmp_path / "model.npz").exists()


def test_a_run_that_ended_while_another_waited_is_not_overwritten(tmp_path, monkeypatch):
    train(tmp_path / "first")
    before = outcome(tmp_path / "first")
    checks, check = [], run_folder.check_empty

    def late(folder):                                              # the first look came before the other training began
        checks.append(folder)
        if len(checks) > 1:
            check(folder)
    monkeypatch.setattr(module, "check_empty", late)
    with pytest.raises(RunError, match="expected --run to name a new or empty folder"):
        train(tmp_path / "first")
    assert len(checks) == 2
    assert outcome(tmp_path / "first") == before


def test_a_foreign_folder_is_not_touched(tmp_path):
    (tmp_path / "thesis.part").write_text("mine")
    with pytest.raises(RunError, match="new or empty folder"):
        train(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.part"]


def test_a_network_that_no_model_file_can_hold_is_refused_before_the_training(tmp_path):
    with pytest.raises(ValueError, match="save_model expected 3 classes for 3 outputs, got 2"), \
            Run(tmp_path / "run", preprocess=PREPROCESS, classes="ab", **parts(1)):
        pass
    assert not (tmp_path / "run").exists()


def test_two_runs_in_one_folder_are_refused(tmp_path):
    with open_run(tmp_path), pytest.raises(RunError, match=f"a training in it .process {os.getpid()}"):
        train(tmp_path)


@pytest.mark.parametrize("change, match", [
    ({"settings": {"lr": 0.2, "run": "b"}}, "--resume expected --lr 0.1 as the run began, got 0.2"),
    ({"images": 255 - IMAGES}, "--resume expected the images and labels that the training began with, got others"),
    ({"schedule": Cosine}, "OneCycle"),
    ({"average": False}, ""),
], ids=["setting", "data", "schedule", "fewer parts"])
def test_resuming_with_something_else_is_refused(tmp_path, stop_at, change, match):
    stop_at(3)
    settings = {"settings": {"lr": 0.1, "run": "a", "sizes": (1, 2)}}
    with pytest.raises(Stopped):
        train(tmp_path / "run", **settings)
    stop_at(0)
    before = (tmp_path / "run" / "last.npz").read_bytes()
    if not match:
        train(tmp_path / "run", resume=True, **settings, **change)
        return
    with pytest.raises(ValueError, match=match):
        train(tmp_path / "run", resume=True, **(settings | change))
    assert (tmp_path / "run" / "last.npz").read_bytes() == before


def test_resuming_nothing_is_refused_and_makes_no_folder(tmp_path):
    with pytest.raises(RunError, match="--resume expected a checkpoint .*none.npz?|--resume expected a checkpoint"):
        train(tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()


def test_the_config_says_how_to_resume(tmp_path, monkeypatch):
    for extra in ([], [f"--run={tmp_path / 'run2'}"]):
        monkeypatch.setattr("sys.argv", ["examples/a b.py", "--epochs", "2", *extra])
        folder = tmp_path / ("run2" if extra else "run")
        train(folder, name="things")
        config = json.loads((folder / "config.json").read_text())
        words = " ".join(extra) or f"--run {folder}"
        assert config["resume"] == f"python 'examples/a b.py' --epochs 2 {words} --resume"
    assert config["data"] == "things"
    assert total_steps(IMAGES, BATCH, EPOCHS) == STEPS


def test_pictures_are_drawn_if_asked(tmp_path):
    things = parts(1)
    with Run(tmp_path, preprocess=PREPROCESS, classes="abc", **things) as run:
        run.finish(IMAGES, LABELS, pictures=True)
    with Image.open(tmp_path / "pictures" / "confusion.png") as image:
        assert min(image.size) > 100

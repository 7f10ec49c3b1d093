"""Flags, progress lines, sketches, errors of one line, and Ctrl-C."""

import io
import os
import signal
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import NonFiniteError, ShapeError
from minicnn.cli.console import CtrlC, Progress, counter, one_line_errors, parser, show, sketch

# ------------------------------------------------------------------------------------------------------------ flags

def test_flags_have_defaults_that_the_program_chooses():
    flags = parser("A training.", epochs=3, batch_size=32, lr=0.1, run="runs/here").parse_args([])
    assert vars(flags) == {"epochs": 3, "batch_size": 32, "lr": 0.1, "seed": 0, "limit": None, "expect_accuracy": None,
                           "run": "runs/here", "resume": False}


def test_flags_are_read():
    line = "--epochs 2 --batch-size 8 --lr 1e-4 --seed 7 --limit 50 --expect-accuracy 0.98 --run here --resume"
    flags = parser("A training.", epochs=3).parse_args(line.split())
    assert vars(flags) == {"epochs": 2, "batch_size": 8, "lr": 1e-4, "seed": 7, "limit": 50, "expect_accuracy": 0.98,
                           "run": "here", "resume": True}


@pytest.mark.parametrize("flag, bad, expected", [
    ("--epochs", ["0", "-1", "1.5", "many", ""], "an integer >= 1"),
    ("--batch-size", ["0", "2.0"], "an integer >= 1"),
    ("--seed", ["-1", "x"], "an integer >= 0"),
    ("--limit", ["19", "0"], "an integer >= 20"),
    ("--lr", ["0", "-1", "nan", "inf", "fast"], "a number > 0"),
    ("--expect-accuracy", ["-0.1", "1.1", "98", "nan", "98%"], "a number from 0 to 1"),
])
def test_a_bad_flag_is_one_clear_line_and_status_2(capsys, flag, bad, expected):
    for text in bad:
        with pytest.raises(SystemExit) as caught:
            parser("A training.", epochs=3).parse_args([f"{flag}={text}"])
        assert caught.value.code == 2
        assert capsys.readouterr().err.splitlines()[-1].endswith(f"argument {flag}: expected {expected}, got {text!r}")


def test_an_unknown_flag_is_status_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        parser("A training.", epochs=3).parse_args(["--epoch-count", "3"])
    assert "unrecognized arguments: --epoch-count" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------------- progress

class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_line_that_moves_and_one_that_stays():
    screen = Terminal()
    progress = Progress("epoch 1/2", total=4, file=screen)
    progress.bar.mininterval = progress.bar.miniters = 0           # draw each time, however fast the test is
    progress.update(2.0, 1, 2)
    moving = screen.getvalue()
    progress.update(1.0, 2, 2)
    progress.close("; validation loss 0.5")
    assert "\n" not in moving
    assert "\r" in moving
    for part in ("epoch 1/2", " 50%", "loss 2.0000", "accuracy 50.00%", "image/s", " left"):
        assert part in moving
    lines = screen.getvalue().split("\n")
    assert len(lines) == 2
    assert lines[0].split("\r")[-1].startswith("epoch 1/2  loss 1.5000, accuracy 75.00%, ")
    assert lines[0].endswith(" images/s; validation loss 0.5")


def test_a_file_gets_plain_lines():
    file = io.StringIO()
    progress = Progress("epoch 1/2", total=4, every=-1, file=file)
    progress.update(2.0, 1, 2)
    progress.update(1.0, 2, 2)
    progress.close()
    lines = file.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("epoch 1/2  50%  loss 2.0000, accuracy 50.00%, ")
    assert lines[1].startswith("epoch 1/2 100%  loss 1.5000, accuracy 75.00%, ")
    assert lines[2].startswith("epoch 1/2  loss 1.5000, accuracy 75.00%, ")
    assert all(line.endswith(" s left") for line in lines[:2])
    assert not set(file.getvalue()) & set("\r\x1b\b")


def test_a_file_is_not_flooded():
    file = io.StringIO()
    progress = Progress("epoch 1/2", total=100, every=1e9, file=file)
    for _ in range(100):
        progress.update(1.0, 1, 1)
    assert file.getvalue() == ""
    progress.close()
    assert file.getvalue().count("\n") == 1


def test_an_epoch_that_is_continued_starts_where_it_stood():
    file = io.StringIO()
    progress = Progress("epoch 1/2", total=100, done=50, every=-1, file=file)
    progress.update(3.0, 0, 25)
    assert file.getvalue().startswith("epoch 1/2  75%  loss 3.0000, accuracy 0.00%")


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(1, 64)), min_size=1, max_size=9))
def test_loss_and_accuracy_are_means_over_images_not_over_batches(batches):
    progress = Progress("epoch", total=1000, file=io.StringIO())
    for loss, images in batches:
        progress.update(loss, images // 2, images)
    total = sum(images for _, images in batches)
    assert progress.loss == pytest.approx(sum(loss * images for loss, images in batches) / total)
    assert progress.accuracy == pytest.approx(sum(images // 2 for _, images in batches) / total)


def test_a_counter_moves_on_a_terminal_alone(monkeypatch):
    for kind, expected in ((Terminal, "\rread 100 of 150\rread 150 of 150\n"), (io.StringIO, "")):
        screen = kind()
        monkeypatch.setattr("sys.stdout", screen)
        for done in (99, 100, 150):
            counter("read")(done, 150)
        assert screen.getvalue() == expected


def test_a_picture_is_opened_where_there_is_a_display(monkeypatch):
    opened = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: opened.append(command))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    show("a.png")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    show("a.png")
    assert opened == [["/bin/xdg-open", "a.png"]]


# ----------------------------------------------------------------------------------------------------------- sketch

def test_a_sketch_shows_pictures_side_by_side_under_their_captions():
    black, white, half = np.zeros((4, 6)), np.ones((4, 6)), np.repeat([[0, 0, 0, 1, 1, 1]], 4, axis=0)
    text = sketch(np.stack([black, white, half])[..., None], ["no", "yes", "mid"])
    assert text == "\n".join(["no   yes  mid", "     @@@   +@", "     @@@   +@"])


def test_a_sketch_takes_every_shade():
    shades = " .:-=+*#%@"
    ramp = np.repeat(np.repeat(np.linspace(0, 1, 10), 2)[None], 2, axis=0)[None, ..., None]
    assert sketch(ramp, [""]).split("\n")[1] == shades


# ----------------------------------------------------------------------------------------------------------- errors

@pytest.mark.parametrize("problem", [
    OSError("no\nfile  here"), FileNotFoundError(2, "no file here", "x"), ValueError("no file here"),
    ShapeError("no file here"), TypeError("no file here"), NonFiniteError("no file here")], ids=repr)
def test_what_is_foreseen_becomes_one_line_and_status_2(capsys, monkeypatch, problem):
    monkeypatch.delenv("MINICNN_DEBUG", raising=False)
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise problem
    out, err = capsys.readouterr()
    assert caught.value.code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "no file here" in err


def test_too_little_memory_is_one_line_too(capsys, monkeypatch):
    monkeypatch.delenv("MINICNN_DEBUG", raising=False)
    with pytest.raises(SystemExit, match="2"), one_line_errors():
        np.empty(1 << 60, np.uint8)
    assert capsys.readouterr().err.startswith("error: not enough memory (Unable to allocate 1.00 EiB")


def test_a_debugging_person_sees_the_traceback(monkeypatch):
    monkeypatch.setenv("MINICNN_DEBUG", "1")
    with pytest.raises(ValueError, match="here"), one_line_errors():
        raise ValueError("here")


def test_ctrl_c_is_status_130_without_a_traceback(capsys):
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise KeyboardInterrupt
    assert caught.value.code == 130
    assert capsys.readouterr().err == "\nstopped\n"


@pytest.mark.parametrize("problem", [ZeroDivisionError, AssertionError, IndexError])
def test_a_mistake_of_our_own_is_not_hidden(problem):
    with pytest.raises(problem), one_line_errors():
        raise problem


def test_without_an_error_nothing_happens(capsys):
    with one_line_errors():
        pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("error")
def test_numbers_that_overflow_give_no_warnings_of_many_lines():
    with one_line_errors():
        assert np.isnan(np.float32(1e30) * np.float32([1e30]) * 0).all()


# ----------------------------------------------------------------------------------------------------------- ctrl-c

def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_ctrl_c_is_noted_and_the_second_interrupts():
    before = signal.getsignal(signal.SIGINT)
    with CtrlC() as ctrl_c:
        assert not ctrl_c.pressed
        press()
        assert ctrl_c.pressed
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) == before


def test_a_polite_request_to_end_counts_as_ctrl_c_and_no_thread_but_the_main_one_listens():
    before = signal.getsignal(signal.SIGTERM)
    with CtrlC() as ctrl_c:
        os.kill(os.getpid(), signal.SIGTERM)
        assert ctrl_c.pressed
    assert signal.getsignal(signal.SIGTERM) == before
    found = []

    def elsewhere():
        with CtrlC() as ctrl_c:
            found.append(ctrl_c.pressed)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [False]


def test_ctrl_c_is_as_before_also_after_an_error():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError), CtrlC():
        raise ValueError
    assert signal.getsignal(signal.SIGINT) == before
    with CtrlC() as again:
        assert not again.pressed

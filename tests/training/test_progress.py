"""Progress lines and Ctrl-C."""

import io
import os
import signal
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.training import progress
from minicnn.training.progress import Clock, CtrlC, Progress, counter


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


# ----------------------------------------------------------------------------------------------------- compile time

@pytest.fixture
def compiling(monkeypatch):
    """A clock that the test moves, and how long Numba compiled."""
    class Time:
        now = 100.0

        def passes(self, seconds, compiled=0.0):
            self.now += seconds
            progress.compiling.seconds += compiled
    moved = Time()
    monkeypatch.setattr(progress.time, "perf_counter", lambda: moved.now)
    return moved


def test_compile_time_enters_neither_the_images_per_second_nor_the_time_left(compiling):
    file = io.StringIO()
    bar = Progress("epoch 1/2", total=400, every=1.5, file=file)
    compiling.passes(32.0, compiled=30.0)                          # 100 images in 2 s, after half a minute of compiling
    bar.update(1.0, 50, 100)
    assert ", 50 images/s, 6 s left" in file.getvalue()
    compiling.passes(6.0)
    bar.update(1.0, 50, 300)
    bar.close()
    assert file.getvalue().endswith(", 50 images/s\n")


def test_a_terminal_leaves_compile_time_out_too(compiling):
    screen = Terminal()
    bar = Progress("epoch 1/2", total=400, file=screen)
    start = bar.bar.start_t
    compiling.passes(32.0, compiled=30.0)
    bar.update(1.0, 50, 100)
    assert bar.bar.start_t == start + 30
    bar.clear()


def test_the_clock_hears_numba_compile():
    import numba

    before, clock = time.perf_counter(), Clock()

    @numba.njit
    def inner(x):
        return x * 2

    @numba.njit
    def outer(x):
        return inner(x) + 1

    assert outer(3.0) == 7.0
    elapsed = time.perf_counter() - before
    assert 0 < clock.compile_seconds() <= elapsed
    seconds = clock.compile_seconds()
    assert outer(4.0) == 9.0
    assert clock.compile_seconds() == seconds                      # compiled already
    assert 0 <= clock() <= time.perf_counter() - before - seconds

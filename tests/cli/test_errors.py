"""Errors of one line."""

import numpy as np
import pytest

from minicnn import NonFiniteError, ShapeError
from minicnn.cli.errors import one_line_errors
from minicnn.training.progress import Stopped


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


def test_a_run_that_was_stopped_and_saved_is_status_130_without_a_word(capsys):
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise Stopped
    assert caught.value.code == 130
    assert capsys.readouterr() == ("", "")

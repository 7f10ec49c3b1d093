"""Logs of JSON lines: a line that a crash cut off is left out by readers and removed by the next writer."""

import pytest

from minicnn.support.jsonl import DamagedLine, append_jsonl, read_jsonl


def is_row(value):
    return isinstance(value, dict)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.jsonl"


def test_what_is_appended_is_read(path):
    assert read_jsonl(path, is_row) == ([], False)
    for n in range(3):
        append_jsonl(path, {"n": n})
    assert read_jsonl(path, is_row) == ([{"n": 0}, {"n": 1}, {"n": 2}], False)
    with pytest.raises(ValueError, match="not JSON compliant"):
        append_jsonl(path, {"n": float("nan")})
    assert len(read_jsonl(path, is_row)[0]) == 3


@pytest.mark.parametrize("tail", [b'{"n": 1', b'{"n": 1, "name": "\xff', b"[" * 100_000, b"1"])
def test_a_last_line_that_was_cut_off_is_left_out_and_removed(path, tail):
    path.write_bytes(b'{"n": 0}\n' + tail)
    assert read_jsonl(path, is_row) == ([{"n": 0}], True)
    append_jsonl(path, {"n": 2})
    if tail != b"1":                                               # complete JSON: its writer has to judge it
        assert read_jsonl(path, is_row) == ([{"n": 0}, {"n": 2}], False)


def test_a_last_line_without_its_end_is_kept(path):
    path.write_bytes(b'{"n": 0}')
    append_jsonl(path, {"n": 1})
    assert read_jsonl(path, is_row) == ([{"n": 0}, {"n": 1}], False)


@pytest.mark.parametrize("line", [b"?", b"[1]", b"\xff", b"[" * 100_000])
def test_another_damaged_line_is_an_error_with_its_number(path, line):
    path.write_bytes(b'{"n": 0}\n' + line + b'\n{"n": 2}\n')
    with pytest.raises(DamagedLine, match="line 2: ") as caught:
        read_jsonl(path, is_row)
    assert caught.value.number == 2

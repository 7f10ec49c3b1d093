"""`python -m minicnn`: exit status 0 for good, 1 for a wrong derivative, 2 for bad input, and never a traceback."""

import os
import subprocess
import sys

import pytest

import minicnn
from minicnn import ops
from minicnn.__main__ import main
from minicnn.gradcheck import cases as selfcheck


def shell(*arguments, **environment):
    """The command as a person runs it."""
    return subprocess.run([sys.executable, "-m", "minicnn", *arguments], capture_output=True, text=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment})


@pytest.fixture
def quick(monkeypatch):
    """A self-check of four cases in place of all, and no network."""
    op_cases, layer_cases, loss_cases = selfcheck.op_cases, selfcheck.layer_cases, selfcheck.loss_cases
    monkeypatch.setattr(selfcheck, "op_cases", lambda rng: (case for case in op_cases(rng) if case[0] in ("dense", "tanh")))
    monkeypatch.setattr(selfcheck, "layer_cases", lambda rng: (case for case in layer_cases(rng) if repr(case[0]) == "Tanh()"))
    monkeypatch.setattr(selfcheck, "loss_cases", lambda rng: list(loss_cases(rng))[:1])
    monkeypatch.setattr(selfcheck, "networks", lambda rng: ())


def test_everything_passes_the_gradient_check():
    run = shell("gradcheck", MINICNN_OPS="fast")
    assert run.returncode == 0
    assert "Traceback" not in run.stderr
    first, *rows, last = run.stdout.splitlines()
    assert first.startswith("gradient check, fast implementation, float64")
    assert last.startswith(f"{len(rows)} of {len(rows)} passed, in ")
    assert len(rows) >= 55                                         # 50 ops, layers and losses, and five networks
    assert all(row.startswith("  ok  ") for row in rows)
    for kind, name in [("op", "conv2d"), ("op", "col2im"), ("layer", "Conv2D"), ("layer", "Residual("), ("layer", "Concat("),
                       ("loss", "softmax_cross_entropy"), ("loss", "sigmoid_cross_entropy")]:
        assert any(row.split()[1] == kind and row.split()[2].startswith(name) for row in rows), name
    assert all(float(row.split()[-1]) <= 1e-6 for row in rows)


def test_what_chooses_by_a_part_of_the_name_in_any_case(quick, capsys):
    assert main(["gradcheck", "TANH"]) == 0
    out = capsys.readouterr().out
    assert "2 of 2 passed" in out
    assert "dense" not in out


def test_what_that_names_nothing_is_status_2_and_one_line(quick, capsys):
    assert main(["gradcheck", "nonsense"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "expected WHAT to be part of a name, got 'nonsense'" in err


def test_what_alone_is_checked(quick, capsys, monkeypatch):
    def never(*_):
        raise AssertionError("a case was checked that nobody asked for")

    monkeypatch.setattr(ops, "dense_backward", never)
    assert main(["gradcheck", "tanh"]) == 0


@pytest.mark.parametrize("implementation", ops.implementations())
def test_every_implementation_can_be_checked_and_the_choice_ends_with_the_command(quick, capsys, implementation):
    before = ops.current()
    assert main(["gradcheck", "--implementation", implementation]) == 0
    assert f"gradient check, {implementation} implementation" in capsys.readouterr().out
    assert ops.current() == before


def test_the_seed_draws_other_numbers_and_the_same_seed_the_same(quick, capsys):
    texts = []
    for seed in ("0", "1", "1"):
        assert main(["gradcheck", "--seed", seed, "--verbose"]) == 0
        texts.append(capsys.readouterr().out.splitlines()[:-1])    # the last line says how long it took
    assert texts[0] != texts[1] == texts[2]


def test_verbose_shows_every_array(quick, capsys):
    main(["gradcheck", "dense"])
    assert "relative error " not in capsys.readouterr().out.split("\n", 1)[1]
    main(["gradcheck", "dense", "--verbose"])
    lines = [line.split()[0] for line in capsys.readouterr().out.splitlines() if "relative error " in line][1:]
    assert lines == ["dx", "dw", "db"]


@pytest.mark.parametrize("name, wrong", [
    ("tanh_backward", lambda dy, y: dy * (1 - y)),
    ("tanh_backward", lambda dy, y: dy * (1 - y * y) * (1 + 1e-5)),
    ("tanh_backward", lambda dy, y: dy[:1]),
    ("tanh_backward", lambda dy, y: dy * float("nan")),
], ids=["formula", "a hair", "shape", "nan"])
def test_a_wrong_backward_is_status_1_and_says_where(quick, capsys, monkeypatch, name, wrong):
    monkeypatch.setattr(ops, name, wrong)
    assert main(["gradcheck"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines if line.startswith("  FAIL")] == ["tanh", "Tanh()"]
    assert lines[-1].startswith("2 of 4 passed, 2 FAILED, in ")
    assert any("again: python -m minicnn gradcheck tanh --implementation" in line for line in lines)


def test_the_version_is_shown():
    run = shell("--version")
    assert (run.returncode, run.stdout) == (0, f"minicnn {minicnn.__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["gradcheck", "--help"]])
def test_help_is_status_0(arguments, capsys):
    with pytest.raises(SystemExit, match="0"):
        main(arguments)
    assert "gradcheck" in capsys.readouterr().out


@pytest.mark.parametrize("arguments, line", [
    ([], "arguments are required: COMMAND"),
    (["fly"], "expected COMMAND to be one of "),
    (["gradchek"], "did you mean gradcheck?"),
    (["gradcheck", "--fast"], "expected a flag of minicnn gradcheck, got --fast"),
    (["gradcheck", "--implementation", "seventh"], "expected one of definition, reference, fast, got"),
    (["gradcheck", "--seed", "-1"], "argument --seed: expected an integer >= 0, got"),
    (["gradcheck", "--seed", "x"], "argument --seed: expected an integer >= 0, got"),
    (["gradcheck", "--seed"], "argument --seed: expected one argument"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_bad_command_line_is_status_2_and_one_clear_line(arguments, line, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capsys.readouterr()
    assert caught.value.code == 2
    assert out == ""
    assert line in err.splitlines()[-1]


def test_an_unknown_command_in_a_shell_is_status_2_without_a_traceback():
    run = shell("fly")
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_an_unknown_implementation_in_the_environment_is_status_2_without_a_traceback():
    run = shell("gradcheck", MINICNN_OPS="seventh")
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "MINICNN_OPS expected an implementation: 'definition' or 'reference'" in run.stderr
    assert ", got 'seventh'" in run.stderr


def test_a_implementation_can_be_chosen_by_the_environment():
    run = shell("gradcheck", "--help", MINICNN_OPS="definition")
    assert run.returncode == 0
    assert "(default: definition)" in " ".join(run.stdout.split())

"""Command lines: flags with their types, errors of one line that say what was meant."""

import pytest

from minicnn.__main__ import main
from minicnn.cli.arguments import Parser, run_example, training_flags


def parse(*words, **more):
    return vars(training_flags("A training.", "here", epochs=3, lr=0.1, batch_size=32, data_dir=True, **more).parse_args(words))


def test_flags_have_defaults_that_the_program_chooses():
    assert parse() == {"epochs": 3, "batch_size": 32, "lr": 0.1, "seed": 0, "limit": None, "expect_accuracy": 0, "run": None,
                       "data_dir": None, "resume": False}
    few = vars(training_flags("Another.", "here", epochs=1).parse_args([]))
    assert few.keys() == {"epochs", "seed", "limit", "run", "resume", "expect_accuracy"}


def test_flags_are_read():
    line = "--epochs 2 --batch-size 8 --lr 1e-4 --seed 7 --limit 50 --expect-accuracy 0.98 --run here --resume --data-dir there"
    assert parse(*line.split()) == {"epochs": 2, "batch_size": 8, "lr": 1e-4, "seed": 7, "limit": 50, "expect_accuracy": 0.98,
                                    "run": "here", "resume": True, "data_dir": "there"}


def refused(capsys, function, *arguments):
    with pytest.raises(SystemExit) as caught:
        function(*arguments)
    out, err = capsys.readouterr()
    assert (caught.value.code, out, err.count("\n")) == (2, "", 1)
    return err


@pytest.mark.parametrize("flag, bad, expected", [
    ("--epochs", ["0", "-1", "1.5", "many", ""], "an integer >= 1"),
    ("--batch-size", ["0", "2.0"], "an integer >= 1"),
    ("--seed", ["-1", "x"], "an integer >= 0"),
    ("--limit", ["19", "0"], "an integer >= 20"),
    ("--lr", ["0", "-1", "nan", "inf", "fast"], "a number > 0"),
    ("--expect-accuracy", ["-0.1", "1.1", "98", "nan", "98%"], "a number from 0 to 1"),
    ("--run", ["", " "], "a name"),
    ("--data-dir", [""], "a name"),
])
def test_a_bad_flag_is_one_clear_line_and_status_2(capsys, flag, bad, expected):
    for text in bad:
        for words in ([flag, text], [f"{flag}={text}"]):
            assert refused(capsys, parse, *words).endswith(f"argument {flag}: expected {expected}, got {text!r}\n")


@pytest.mark.parametrize("words, end", [
    (["train", "--data", "digits", "--modle", "resnet"], "got --modle; did you mean --model?"),
    (["train", "--modle=resnet"], "got --modle=resnet; did you mean --model?"),
    (["train", "--epocs", "3"], "got --epocs; did you mean --epochs?"),
    (["search", "--prosesses", "2"], "got --prosesses; did you mean --processes?"),
    (["gradcheck", "--quiet"], "got --quiet; minicnn gradcheck --help lists them"),
    (["runs", "a", "b"], "expected no further word, got 'b'; minicnn runs --help says what it takes"),
    (["train", "--data", ""], "argument --data: expected a name, got ''"),
    (["predict", "", "a.png"], "argument MODEL: expected a name, got ''"),
], ids=" ".join)
def test_a_flag_that_does_not_exist_is_one_line_with_the_nearest(capsys, words, end):
    assert refused(capsys, main, words).endswith(end + "\n")


def test_a_value_may_start_with_a_dash_and_a_digit():
    parser = Parser()
    parser.add_argument("--range")
    parser.add_argument("--no", action="store_true")
    for words in (["--range", "-1..1"], ["--range=-1..1"]):
        assert parser.parse_args(words).range == "-1..1"
    assert parser.parse_args(["--no", "--range", "-.5"]).range == "-.5"


def test_an_accuracy_that_is_missed_is_status_1(capsys):
    flags = training_flags("A training.", "here", epochs=1)
    run_example(flags, lambda options: 0.5, ["--expect-accuracy", "0.5"])
    run_example(flags, lambda options: None, ["--expect-accuracy", "0.5"])
    with pytest.raises(SystemExit) as caught:
        run_example(flags, lambda options: 0.5, ["--expect-accuracy", "0.6"])
    assert caught.value.code == "expected a test accuracy of at least 60.00%, got 50.00%"

"""The folder of a learner: what commands write, that no file is lost, and that nothing damages the progress."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from minicnn.__main__ import main
from minicnn.cli.errors import one_line_errors
from minicnn.learn import progress, watch
from minicnn.learn.folder import Folder, start


def learn(*words):
    """The exit status of minicnn learn."""
    try:
        with one_line_errors():
            return main(["learn", *words])
    except SystemExit as end:
        return end.code


def answer(student, name, text):
    (student.path / f"{name}.py").write_text(text)


def solved():
    return [name for name, entry in progress.read(progress.FILE).items() if entry["solved"]]


# ---------------------------------------------------------------------------------------------------------------- start

def test_start_writes_the_tasks_and_says_what_comes_next(shipped, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert learn("start", "mine") == 0
    assert capsys.readouterr().out == ("3 exercises written to mine\n"
                                       "next: cd mine, then minicnn learn; and open 01_one.py in an editor\n")
    assert sorted(os.listdir("mine")) == [progress.FILE, "01_one.py", "02_two.py", "03_three.py"]
    assert (tmp_path / "mine" / "01_one.py").read_text() == "answer = ...\n"


def test_start_again_writes_what_is_missing_and_overwrites_nothing(student, capsys):
    answer(student, "01_one", "answer = 14  # mine\n")
    os.unlink("02_two.py")
    assert learn("start", ".") == 0
    assert "1 exercises written" in capsys.readouterr().out
    assert (student.path / "01_one.py").read_text() == "answer = 14  # mine\n"
    assert learn("start") == 0                                     # inside the folder, this one is meant
    assert "nothing was written" in capsys.readouterr().out and not os.path.exists("minicnn-exercises")


def test_start_writes_a_subset_and_later_more(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert learn("start", "mine", "--exercises", "1,3") == 0
    assert [e.number for e in Folder("mine").all] == [1, 3]
    assert learn("start", "mine", "--exercises", "2-3") == 0
    assert [e.number for e in Folder("mine").all] == [1, 2, 3]
    assert learn("start", "other", "--exercises", "7") == 2
    assert not os.path.exists("other")


@pytest.mark.parametrize("words", [["--exercises", "1-"], ["--exercises", "one"], ["--exercises", ""], ["a", "b"]])
def test_start_with_a_wrong_word(student, words, capsys):
    assert learn("start", *words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("text", ["8-1", "1-9999999"])             # the second one would fill the memory, a few digits longer
def test_start_with_a_range_that_is_none(student, text, capsys):
    assert learn("start", "--exercises", text) == 2
    assert f"expected numbers such as 1-8,11,13, got '{text}'" in capsys.readouterr().err


def test_start_does_not_fill_a_folder_of_something_else(shipped, tmp_path, monkeypatch, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("")
    assert learn("start", str(tmp_path / "full")) == 2
    assert "expected a new or an empty folder, got" in capsys.readouterr().err
    assert os.listdir(tmp_path / "full") == ["letter.txt"]
    assert learn("start", str(tmp_path / "file")) == 2
    assert "expected a folder, got the file" in capsys.readouterr().err


# ---------------------------------------------------------------------------------------------------------------- check

def test_check_marks_a_solved_exercise_and_goes_to_the_next(student, capsys):
    assert learn("check") == 1
    said = capsys.readouterr().out
    assert "01_one: not yet" in said and "01_one.py, line 1: answer is not answered yet" in said
    assert "minicnn learn hint 1 helps" in said
    answer(student, "01_one", "print('hello')\nanswer = 14\n")
    assert learn("check") == 0
    said = capsys.readouterr().out
    assert "your code printed:\n    hello" in said and "next: 02_two.py" in said
    assert "01_one: solved. 1 of 3 are solved." in said
    assert learn("check") == 1
    assert "02_two: not yet" in capsys.readouterr().out
    assert solved() == ["01_one"]


def test_a_solved_exercise_stays_solved_whatever_its_file_becomes(student, capsys):
    answer(student, "01_one", "answer = 14\n")
    learn("check")
    answer(student, "01_one", "answer = (\n")
    assert learn("check", "1") == 1
    assert "not yet (it was solved before, and stays solved)" in capsys.readouterr().out
    assert solved() == ["01_one"]
    learn("list")
    assert "01_one.py                        solved, changed since" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["2", "02", "02_two", "02_two.py", "two", "./02_two.py"])
def test_an_exercise_is_named_by_its_number_or_name(student, word, capsys):
    assert learn("check", word) == 1
    assert "02_two: not yet" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["4", "0", "o", "nine", "-1"])
def test_an_exercise_that_is_not_there(student, word, capsys):
    assert learn("check", word) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_check_all_is_a_line_for_each(student, capsys):
    answer(student, "02_two", "answer = 14\n")
    os.unlink("03_three.py")
    assert learn("check", "all") == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("01_one                       01_one.py, line 1: answer is not answered yet")
    assert said[1].split() == ["02_two", "solved"]
    assert "03_three.py is not there; minicnn learn reset 3 writes the task again" in said[2]
    assert said[3] == "1 of 3 pass"
    for name in ("01_one", "03_three"):
        answer(student, name, "answer = 14\n")
    assert learn("check", "all") == 0
    assert learn("check") == 0
    assert "all 3 exercises are solved. next: minicnn learn train" in capsys.readouterr().out


def test_a_deleted_and_a_renamed_file(student, capsys):
    os.unlink("01_one.py")
    assert learn("check") == 2
    assert "01_one.py is not there; minicnn learn reset 1 writes the task again" in capsys.readouterr().err
    os.rename("02_two.py", "second.py")
    assert learn("check", "2") == 2
    assert "did you rename it to second.py? Then give it its old name" in capsys.readouterr().err
    assert learn("list") == 0
    assert "the file is not there" in capsys.readouterr().out
    assert learn("reset", "1") == 0
    assert (student.path / "01_one.py").read_text() == "answer = ...\n"


def test_a_folder_that_is_no_exercise_folder(shipped, tmp_path, monkeypatch, capsys):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for words in ([], ["list"], ["check"], ["hint"], ["train"], ["check", "--folder", "nowhere"], ["reset", "1"]):
        assert learn(*words) == 2
        said = capsys.readouterr().err
        assert "expected a folder with exercises, got" in said and "minicnn learn start makes one" in said
        assert len(said.splitlines()) == 1
    assert os.listdir() == []


# ------------------------------------------------------------------------------------------------- hint, solution, reset

def test_hints_come_one_after_the_other(student, capsys):
    for k, text in enumerate(["Twice.", "Times two.", "`2 * x`", "`2 * x`"], 1):
        assert learn("hint") == 0
        said = capsys.readouterr().out
        assert said.startswith(f"01_one, hint {min(k, 3)} of 3\n\n{text}\n")
        assert ("minicnn learn solution 1" in said) == (k >= 3)
    learn("hint", "2")
    assert "02_two, hint 1 of 3" in capsys.readouterr().out
    learn("list")
    assert "01_one.py                        not yet                3 hints" in capsys.readouterr().out


def test_the_solution(student, capsys):
    assert learn("solution", "2") == 0
    assert capsys.readouterr().out == "answer = 14\n"
    for action in ("solution", "reset"):
        assert learn(action) == 2
        assert "the number of an exercise, got none" in capsys.readouterr().err


def test_reset_keeps_every_file_of_the_learner(student, capsys):
    for k in range(3):
        answer(student, "01_one", f"answer = {k}\n")
        learn("check")
        assert learn("reset", "1") == 0
        assert (student.path / "01_one.py").read_text() == "answer = ...\n"
    assert sorted(os.listdir("backups")) == ["01_one-2.py", "01_one-3.py", "01_one.py"]
    assert (student.path / "backups" / "01_one-2.py").read_text() == "answer = 1\n"
    assert "your file is kept as" in capsys.readouterr().out
    assert learn("reset", "1") == 0
    assert "kept" not in capsys.readouterr().out and len(os.listdir("backups")) == 3


# ------------------------------------------------------------------------------------------------------------- progress

@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "exercises": {"01_one": 3}}',
                                  '{"format": 1, "exercises": {"01_one": {"version": 1, "solved": 2, "hints": "x"}}}', "\0",
                                  '{"format": 1, "exercises": {"01_one": {"version": "", "solved": null, "hints": -5}}}'])
def test_a_damaged_progress_file_is_set_aside(student, text, capsys):
    answer(student, "01_one", "answer = 14\n")
    (student.path / progress.FILE).write_text(text)
    assert learn("check", "all") == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "note: the progress file was damaged and is now" in said and "1 of 3 pass" in said
    assert (student.path / "damaged-progress.json").read_text() == text
    assert solved() == ["01_one"]


@pytest.mark.parametrize("harm", ["open(path, 'w').write('{')", "os.unlink(path)", "os.unlink(path); os.mkdir(path)"])
def test_what_a_learner_runs_cannot_damage_the_progress(careful, harm, capsys):
    student = careful
    answer(student, "01_one", "answer = 14\n")
    learn("check")
    path = str(student.path / progress.FILE)
    answer(student, "02_two", f"import os\npath = {path!r}\n{harm}\nanswer = 13\n")
    status = learn("check")
    assert status == 1, capsys.readouterr()
    assert solved() == ["01_one"]


def test_a_relative_path_in_a_learners_file_leads_nowhere(careful):
    answer(careful, "01_one", f"open({progress.FILE!r}, 'w').write('x')\nanswer = 14\n")
    assert learn("check") == 0
    assert solved() == ["01_one"]


def test_two_commands_at_once_lose_nothing(student):
    one, two = Folder("."), Folder(".")
    one.next_hint(one.all[0])
    answer(student, "02_two", "answer = 14\n")
    two.check(two.all[1])
    one.next_hint(one.all[0])
    entries = progress.read(progress.FILE)
    assert entries["01_one"]["hints"] == 2 and entries["02_two"]["solved"]


def test_a_folder_of_a_newer_minicnn_is_left_alone(student, capsys):
    text = json.dumps({"format": 99, "exercises": {}})
    (student.path / progress.FILE).write_text(text)
    assert learn("list") == 2
    assert "was written by a newer minicnn" in capsys.readouterr().err
    assert (student.path / progress.FILE).read_text() == text


def test_a_folder_of_an_older_minicnn(student, shipped, capsys):
    answer(student, "01_one", "answer = 14\n")
    answer(student, "02_two", "# mine\nanswer = ...\n")
    learn("check")
    for name in ("02_two", "03_three"):
        (shipped / name / "task.py").write_text("# new\nanswer = ...\n")
    shutil.move(shipped / "01_one", shipped / "04_four")
    capsys.readouterr()
    assert learn("list") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "these tasks have changed since: 02_two.py, 03_three.py; minicnn learn reset N writes today's task and keeps" in said
    assert "no longer exercises of minicnn: 01_one.py; the files stay, and are not checked" in said
    assert "new exercises: 04_four.py; minicnn learn start" in said
    start(".")
    assert (student.path / "03_three.py").read_text() == "# new\nanswer = ...\n"       # nobody had touched it
    assert (student.path / "02_two.py").read_text() == "# mine\nanswer = ...\n"
    assert (student.path / "04_four.py").exists() and (student.path / "01_one.py").exists()
    assert solved() == ["01_one"]


# ---------------------------------------------------------------------------------------------------------------- watch

def edits(*steps):
    """A sleep that makes the next edit in the place of waiting; after the last one it presses Ctrl-C."""
    steps = iter(steps)

    def sleep(seconds):
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()
    return sleep


def test_watch_checks_on_each_save_and_goes_on(student, capsys):
    sleep = edits(lambda: answer(student, "01_one", "answer = 3\n"), lambda: None, lambda: os.unlink("01_one.py"),
                  lambda: answer(student, "01_one", "answer = 14 \n"), lambda: None)
    assert watch.watch(Folder("."), sleep) == 0
    said = capsys.readouterr().out
    order = ["is not answered yet", "answer = 3 is not right", "01_one.py is not there", "01_one: solved. 1 of 3",
             "02_two: not yet", "stopped. 1 of 3 are solved. minicnn learn resumes here"]
    places = [said.index(text) for text in order]
    assert places == sorted(places) and said.count("not right") == 1


def test_watch_ends_when_all_is_solved(student, capsys):
    for name in ("01_one", "02_two", "03_three"):
        answer(student, name, "answer = 14\n")
    assert watch.watch(Folder("."), edits()) == 0
    assert "all 3 exercises are solved" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a console only")
def test_watch_without_a_terminal_and_ctrl_c(tmp_path):
    """The command itself, with the exercises that are shipped: its output goes to a file, and it has no input."""
    made, _ = start(tmp_path / "mine")
    first = made.all[0]
    with open(tmp_path / "said", "w") as said:
        process = subprocess.Popen([sys.executable, "-m", "minicnn", "learn"], cwd=made.path, stdin=subprocess.DEVNULL,
                                   stdout=said, stderr=said)
    try:
        for expected in ("not written yet", f"{first.name}: solved", f"{made.all[1].name}: not yet"):
            limit = time.monotonic() + 60
            while expected not in (tmp_path / "said").read_text() and time.monotonic() < limit:
                time.sleep(0.1)
            assert expected in (tmp_path / "said").read_text()
            made.file(first).write_text(first.read("solution.py"))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    text = (tmp_path / "said").read_text()
    assert "stopped. 1 of" in text and "Traceback" not in text and "\033" not in text

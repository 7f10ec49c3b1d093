"""minicnn predict: foreign pictures, and answers for people and for programs."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

import minicnn.cli.predict as command
from minicnn.__main__ import main
from minicnn.cli.errors import one_line_errors


def test_digits_on_paper_are_read(run, pictures, capsys):
    assert main(["predict", str(run), *map(str, pictures)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [str(path) for path in pictures]
    first = [line.split()[1] for line in lines]
    assert sum(said == str(label) for label, said in enumerate(first)) >= 8
    for line in lines:
        shares = [float(word.rstrip("%,")) for word in line.split() if "%" in word]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)


def test_a_model_file_answers_as_its_run_folder(run, pictures, capsys):
    outs = []
    for model in (run, run / "model.npz"):
        assert main(["predict", str(model), str(pictures[3]), "--top", "1"]) == 0
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1]
    assert outs[0].count("%") == 1


def test_json_has_every_class_with_its_probability(run, pictures, capsys):
    assert main(["predict", str(run), str(pictures[0]), str(pictures[1]), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [answer["image"] for answer in answers] == [str(pictures[0]), str(pictures[1])]
    for answer in answers:
        assert {row["class"] for row in answer["answers"]} == set("0123456789")
        assert sum(row["probability"] for row in answer["answers"]) == pytest.approx(1)


def test_show_saves_what_the_network_saw_under_a_fresh_name(run, pictures, tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(command, "show", opened.append)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert main(["predict", str(run), str(pictures[0]), str(pictures[1]), "--show"]) == 0
    assert opened == ["seen.png", "seen-2.png"]
    with Image.open("seen.png") as image:
        assert min(image.size) > 300


def test_one_bad_picture_does_not_keep_the_others_from_being_answered(run, pictures, tmp_path, capsys):
    broken, empty = tmp_path / "broken.png", tmp_path / "empty.png"
    broken.write_bytes(pictures[0].read_bytes()[:200])
    Image.fromarray(np.full((50, 50), 255, np.uint8)).save(empty)
    assert main(["predict", str(run), str(broken), str(pictures[1]), str(tmp_path / "none.png"), str(empty)]) == 2
    out, err = capsys.readouterr()
    assert out.startswith(str(pictures[1]))
    assert out.count("\n") == 1
    assert [line.startswith("error: ") for line in err.splitlines()] == [True] * 3
    for path, line in zip((broken, tmp_path / "none.png", empty), err.splitlines()):
        assert str(path) in line


def fails(capsys, *arguments):
    with pytest.raises(SystemExit) as caught, one_line_errors():
        main(["predict", *map(str, arguments)])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_a_folder_in_place_of_an_image_is_one_line(run, tmp_path, capsys):
    assert main(["predict", str(run), str(tmp_path)]) == 2
    assert capsys.readouterr().err == (f"error: predict expected IMAGE to be a file, got the folder {tmp_path}; "
                                       f"{tmp_path}/*.png names the files in it\n")


def test_what_is_no_model_is_one_line_and_status_2(run, pictures, tmp_path, capsys):
    assert "expected MODEL, a run folder with a model.npz or a model file, got nowhere" in fails(capsys, "nowhere", pictures[0])
    os.mkdir(tmp_path / "stopped")
    shutil.copy(run / "last.npz", tmp_path / "stopped")
    assert f"minicnn train --resume {tmp_path / 'stopped'}" in fails(capsys, tmp_path / "stopped", pictures[0])
    shutil.copy(run / "config.json", tmp_path / "stopped")
    assert f"minicnn train --resume {run}" in fails(capsys, tmp_path / "stopped", pictures[0])
    assert "a checkpoint without layers and classes" in fails(capsys, run / "last.npz", pictures[0])
    assert "a damaged or foreign file" in fails(capsys, pictures[0], pictures[0])

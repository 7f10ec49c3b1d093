"""`minicnn step`: files written, own numbers, and one line for everything that is wrong."""

import json
import re
import xml.etree.ElementTree as tree

import numpy as np
import pytest
from PIL import Image

from minicnn.__main__ import entry, main
from minicnn.visualize.steps.page import page_of
from minicnn.visualize.steps.pages import PAGES, scene
from minicnn.visualize.steps.wanted import MOST_CELLS, MOST_STEPS, Wanted


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "MINICNN_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def recording(file):
    """What a written page holds."""
    start = '<script type="application/json" id="recording">'
    return json.loads(file.read_text(encoding="utf-8").split(start)[1].split("</script>")[0])


def shown(view, name):
    """The numbers that an array of a written page has at its start."""
    array = next(array for array in view["arrays"] if array["name"] == name)
    return [view["numbers"][number][0] for number in array["start"]]


@pytest.mark.parametrize("op", PAGES)
def test_each_op_writes_a_page_that_loads_nothing(op, tmp_path, capsys):
    assert main(["step", op]) == 0
    file = tmp_path / f"step-{op}.html"
    said = capsys.readouterr().out
    assert re.fullmatch(rf"wrote step-{op}\.html \([\d,]+ kB, [\d,+ ]+ steps\): open it in any browser\n", said)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in text
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?!data:)", text)
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert all(view["steps"] for view in recording(file)["views"])


def test_out_backward_and_open(tmp_path, capsys):
    assert main(["step", "dense", "--backward", "--out", "a/b.html", "--open"]) == 0       # without a display it opens nothing
    assert recording(tmp_path / "a" / "b.html")["views"][0]["steps"]
    assert main(["step", "dense", "--backward"]) == 0
    assert (tmp_path / "step-dense-backward.html").exists()


def test_own_numbers(tmp_path):
    x = np.arange(20.0).reshape(4, 5) / 4
    np.save("x.npy", x)
    main(["step", "conv2d", "--numbers", "x.npy", "--out", "a.html"])
    assert shown(recording(tmp_path / "a.html")["views"][0], "x") == x.ravel().tolist()
    (tmp_path / "rows.json").write_text("[[1, 2.5], [3, 4]]")
    main(["step", "avg_pool2d", "--numbers", "rows.json", "--out", "b.html"])
    assert shown(recording(tmp_path / "b.html")["views"][0], "x") == [1, 2.5, 3, 4]
    (tmp_path / "named.json").write_text('{"x": [[1, 2], [3, 4]], "w": [[0, 1], [1, 0]], "b": [5], "dy": [[-1]]}')
    main(["step", "conv2d", "--numbers", "named.json", "--out", "c.html"])
    view = recording(tmp_path / "c.html")["views"][0]
    assert (shown(view, "w"), shown(view, "b")) == ([0, 1, 1, 0], [5])
    main(["step", "conv2d", "--backward", "--numbers", "named.json", "--out", "d.html"])
    assert shown(recording(tmp_path / "d.html")["views"][0], "dy") == [-1]
    main(["step", "relu", "--numbers", "2x7", "--out", "e.html"])
    assert recording(tmp_path / "e.html")["views"][0]["arrays"][0]["shape"] == [2, 7]


def test_options_of_a_convolution(tmp_path):
    main(["step", "conv2d", "--numbers", "5x6", "--stride", "2", "--padding", "1", "--channels", "2", "--filters", "3",
          "--kernel-size", "2"])
    shapes = {array["name"]: array["shape"] for array in recording(tmp_path / "step-conv2d.html")["views"][0]["arrays"]}
    assert shapes == {"x": [1, 5, 6, 2], "w": [2, 2, 2, 3], "y": [1, 3, 4, 3]}
    main(["step", "conv2d", "--padding", "same"])
    assert recording(tmp_path / "step-conv2d.html")["views"][0]["arrays"][2]["shape"] == [1, 4, 4, 1]


def test_pictures_for_slides(tmp_path, capsys):
    assert main(["step", "relu", "--gif", "relu.gif", "--svg", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["wrote relu.gif", "wrote step-relu-2.svg"]
    with Image.open("relu.gif") as picture:
        assert picture.n_frames == 5                               # the start, and four steps
    root = tree.parse("step-relu-2.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("(2 of 4)" in text for text in texts)
    assert "x[0, 1]" in texts
    assert main(["step", "conv2d", "--svg", "36", "--view", "im2col"]) == 0
    assert "cols" in (tmp_path / "step-conv2d-36.svg").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_the_same_svg_every_time(tmp_path):
    for _ in range(2):
        main(["step", "conv2d", "--svg", "7", "--out", "page.html"])
        (tmp_path / "page-7.svg").rename(tmp_path / f"{len(list(tmp_path.glob('*.svg')))}.kept.svg")
    first, second = sorted(tmp_path.glob("*.kept.svg"))
    assert first.read_text() == second.read_text()


@pytest.mark.parametrize("words, said", [
    (["conv"], "did you mean conv2d?"),
    (["conv2d", "--numbers", "64x64"], "the largest that fits is 10 x 10"),
    (["conv2d", "--backward", "--numbers", "64x64"], "the largest that fits is "),
    (["max_pool2d", "--numbers", "200x9"], "the largest that fits is "),
    (["dense", "--numbers", "90x90"], "the largest that fits is "),
    (["relu", "--numbers", "1000x1000"], "the largest that fits is 22 x 22"),
    (["conv2d", "--numbers", "3x"], "a size such as 3x3, or a file that ends with .npy or .json, got '3x'"),
    (["conv2d", "--numbers", "0x3"], "a size of at least 1x1"),
    (["conv2d", "--numbers", "nothing.npy"], "nothing.npy"),
    (["conv2d", "--numbers", "broken.json"], "broken.json to be a JSON file"),
    (["conv2d", "--numbers", "ragged.json"], "x to be a list of rows of numbers, all of the same length"),
    (["conv2d", "--numbers", "words.json"], "x to be a list of rows of numbers"),
    (["conv2d", "--numbers", "nan.json"], "x with finite numbers below 1e+100"),
    (["conv2d", "--numbers", "unknown.json"], "arrays called x, w, b, dy, got 'q'"),
    (["conv2d", "--numbers", "pickled.npy"], "pickled.npy to be a NumPy file with one array of numbers"),
    (["conv2d", "--numbers", "empty.npy"], "empty.npy to be a NumPy file with one array of numbers"),
    (["conv2d", "--numbers", "text.npy"], "text.npy to be a NumPy file with one array of numbers"),
    (["conv2d", "--numbers", "row.json"], "x with 2, 3 or 4 axes, got (3,)"),
    (["conv2d", "--numbers", "20000x20000"], "at most 1,000,000 numbers, got (1, 20000, 20000, 1)"),
    (["conv2d", "--kernel-size", "20000"], "at most 1,000,000 numbers, got (20000, 20000, 1, 1)"),
    (["relu", "--numbers", "999999x999999"], "at most 1,000,000 numbers, got (999999, 999999)"),
    (["relu", "--numbers", "999999x1"], "the largest that fits is 22 x 22"),
    (["conv2d", "--numbers", "2x2"], "KH <= H + padding = 2, got KH = 3"),
    (["conv2d", "--stride", "0"], "expected an integer >= 1, got '0'"),
    (["conv2d", "--padding", "sme"], "expected an integer >= 0, or same, got 'sme'"),
    (["conv2d", "--padding", "-1"], "expected an integer >= 0, or same, got '-1'"),
    (["dense", "--stride", "2"], "minicnn step dense expected no options of this kind, got --stride"),
    (["max_pool2d", "--filters", "2"], "got --filters"),
    (["im2col", "--backward"], "minicnn step col2im"),
    (["network", "--backward"], "this page goes forward and backward"),
    (["network", "--numbers", "3x3"], "this page has its own"),
    (["relu", "--svg", "5"], "a step from 0 to 4, got 5"),
    (["relu", "--svg", "1", "--view", "lops"], "did you mean loops?"),
    (["relu", "--view", "im2col"], "minicnn step --view expected one of loops, got 'im2col'"),
    (["network", "--gif", "a.gif"], "at most 400 steps"),
    (["dropout", "--numbers", "mask.json"], "a mask of zeros and ones"),
    (["softmax_cross_entropy", "--numbers", "labels.json"], "labels in 0..2"),
    (["relu", "--out", "folder"], "folder"),
    (["relu", "--opn"], "did you mean --open?"),
])
def test_what_is_wrong_is_said_in_one_line_with_status_2(words, said, tmp_path, capsys, monkeypatch):
    for name, text in {"broken.json": "{", "ragged.json": "[[1, 2], [3]]", "words.json": '[["a"]]', "nan.json": "[[NaN]]",
                       "empty.npy": "", "text.npy": "1 2 3", "row.json": "[1, 2, 3]",
                       "unknown.json": '{"q": [[1]]}', "mask.json": '{"x": [[1, 2]], "mask": [[2, 1]]}',
                       "labels.json": '{"logits": [[1, 2, 3]], "labels": [3]}'}.items():
        (tmp_path / name).write_text(text)
    np.save(tmp_path / "pickled.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr("sys.argv", ["minicnn", "step", *words])
    with pytest.raises(SystemExit) as stopped:
        entry()
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert error.count("\n") == 1, error
    assert said in error, error
    assert not list(tmp_path.glob("*.html"))


@pytest.mark.parametrize("op, options", [("conv2d", {}), ("conv2d", {"backward": True}), ("max_pool2d", {}), ("dense", {}),
                                         ("relu", {}), ("batch_norm", {"backward": True}), ("im2col", {}), ("col2im", {}),
                                         ("dropout", {}), ("softmax_cross_entropy", {}), ("avg_pool2d", {"backward": True})])
def test_the_largest_size_that_the_error_names_does_fit(op, options):
    with pytest.raises(ValueError, match="the largest that fits is") as refused:
        scene(op, Wanted(size=(200, 200), **options))
    largest = int(re.search(r"fits is (\d+) x", str(refused.value)).group(1))
    made = scene(op, Wanted(size=(largest, largest), **options))
    assert len(page_of(made).encode()) < 1.5e6
    assert all(len(view.recorder.steps) <= MOST_STEPS for view in made.views)
    assert all(sum(shown.ids.size for shown in view.recorder.shown) <= MOST_CELLS for view in made.views)
    with pytest.raises(ValueError, match="the largest that fits is"):
        scene(op, Wanted(size=(largest + 1, largest + 1), **options))


def test_a_closing_tag_in_the_numbers_cannot_end_the_script():
    made = scene("relu", Wanted())
    made.views[0].recorder.shown[0].note = "</script><script>alert(1)</script>"
    assert page_of(made).count("</script>") == page_of(scene("relu", Wanted())).count("</script>")

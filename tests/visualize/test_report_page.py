"""The report page of a run: complete, self-contained, safe, and seen by a real browser."""

import html
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from chromium import BROWSER

from minicnn import metrics
from minicnn.__main__ import main
from minicnn.cli.errors import one_line_errors
from minicnn.data.preprocessing import Preprocessing
from minicnn.models import lenet5
from minicnn.training import run_folder as runs
from minicnn.training.model_file import save_model
from minicnn.visualize.pictures import one_of_each, write_pictures
from minicnn.visualize.report_page import PICTURES

EVIL = '<script>alert("x")</script> & \'"'
CLASSES = ("cat", EVIL, "emu")


def begin(folder, epochs):
    """A run folder as a training leaves it that was interrupted after so many epochs."""
    with runs.open_run(folder) as run:
        run.write("config.json", {
            "command": f"minicnn train --data {EVIL}", "data": EVIL, "model": "lenet5", "classes": list(CLASSES),
            "settings": {"epochs": 3, "lr": 0.001, "note": EVIL, "patience": None},
            "preprocessing": Preprocessing(x_shape=(16, 16, 1)).as_dict(), "created": "2026-01-02T03:04:05+0000"})
        run.write("versions.json", {"numpy": "2.0", "os": EVIL})
        for n in range(1, epochs + 1):
            run.append_log({"epoch": n, "lr": 1e-3, "loss": 1 / n, "accuracy": 1 - 0.5 / n, "validation_loss": 2 / n,
                            "validation_accuracy": 1 - 0.7 / n, "seconds": 1.5, "images_per_second": 2000.0})
    return Path(folder)


def finish(folder):
    """The rest of a completed training; returns what write_pictures returns."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 16, 16, 1)).astype(np.uint8), rng.integers(0, 3, 40)
    x, model = (images / 255).astype(np.float32), lenet5((16, 16, 1), 3, rng)
    p = metrics.softmax(model.predict(x))
    save_model(folder / "model.npz", model, Preprocessing(x_shape=(16, 16, 1)), CLASSES)
    with runs.open_run(folder) as run:
        run.write("metrics.json", metrics.report(labels, p, CLASSES))
    return write_pictures(folder / "pictures", model, x, images, labels, p, CLASSES, runs.read_run(folder)["log"])


def report(folder):
    """The page, as the command writes it."""
    assert main(["report", str(folder)]) == 0
    return (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished run and its page; a test that changes the run takes a copy."""
    folder = begin(tmp_path_factory.mktemp("runs") / "a <b> run", 3)
    written = finish(folder)
    return folder, written, report(folder)


@pytest.fixture
def copy(whole, tmp_path):
    return Path(shutil.copytree(whole[0], tmp_path / "copy"))


class Elements(HTMLParser):
    """(name, attributes) of every element, and the text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def test_every_picture_and_metric_is_on_the_page(whole):
    folder, written, page = whole
    assert written == list(PICTURES) == [name for name in PICTURES if (folder / "pictures" / name).exists()]
    seen = Elements(page)
    images = [attributes for name, attributes in seen.elements if name == "img"]
    assert len(images) == len(PICTURES)
    for image, (title, _) in zip(images, PICTURES.values()):
        assert image["src"].startswith("data:image/png;base64,")
        assert image["alt"].startswith(title)
        assert int(image["width"]) > 100
        assert int(image["height"]) > 50
    assert seen.text.count("Look for ") == len(PICTURES)
    found = runs.read_run(folder)["metrics"]
    for words in (f"{found['accuracy']:.2%}", f"{found['macro']['f1']:.4f}", f"{found['calibration']['ece']:.2%}",
                  f"{found['top_k']['2']:.2%}", f"{found['classes'][2]['precision']:.4f}", "2026-01-02 03:04",
                  "Conv2D(1, 6, kernel_size=5, padding=2)", "validation accuracy", "2,000"):
        assert words in seen.text, words
    assert "What is missing" not in seen.text
    assert "patience" not in seen.text                             # was not asked for


def test_nothing_is_loaded_and_nothing_from_a_file_becomes_html(whole):
    page = whole[2]
    assert EVIL not in page
    assert html.unescape(page).count(EVIL) >= 6                    # data, command, settings, versions, class, table
    allowed = """html head meta title style body h1 h2 p div b span figure figcaption img table thead tbody tr th td pre
        details summary ul li"""
    for name, attributes in Elements(page).elements:
        assert name in allowed.split()
        assert not set(attributes) & {"href", "onload", "onerror", "style"}
        assert attributes.get("src", "data:").startswith("data:")
    assert not re.search(r"url\(|@import|https?:", page)
    assert '<meta name="viewport"' in page
    assert '<html lang="en">' in page


MEASURE = """
    const root = frame.contentDocument.documentElement, view = frame.contentWindow
    const box = element => element.getBoundingClientRect()
    const all = [...root.querySelectorAll("body *")]
    const colours = name => {
        let element = root.querySelector(name), ground = element
        const ink = view.getComputedStyle(element).color
        while (view.getComputedStyle(ground).backgroundColor == "rgba(0, 0, 0, 0)") ground = ground.parentElement
        return [ink, view.getComputedStyle(ground).backgroundColor]
    }
    document.body.dataset.seen = JSON.stringify({
        pictures: [...root.querySelectorAll("img")].map(image => [image.complete, image.naturalWidth, box(image).width]),
        width: view.innerWidth,
        wide: root.scrollWidth,
        outside: all.filter(e => !e.closest(".scroll *, pre *") && box(e).right > view.innerWidth + 1).map(e => e.outerHTML),
        clipped: [...root.querySelectorAll("table.classes, table.pairs")].filter(
            e => box(e).right > box(e.parentElement).right + 1).map(e => e.className),
        colours: ["p", ".soft", ".metrics b", ".metrics span", "pre", "figcaption", "summary", "th", "td"].map(colours),
    })
"""


def see(page, tmp_path, width, scheme):
    """What a browser shows: the page in a frame of this width, measured from outside (the page itself allows no script)."""
    (tmp_path / "frame.html").write_text(
        f"""<html style="color-scheme: {scheme}"><body><iframe id="frame" width="{width}" height="900" style="border: 0"
        srcdoc="{html.escape(page)}"></iframe><script>frame.onload = () => {{ {MEASURE} }}</script></body></html>""")
    seen = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,1000",
         f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", f"--user-data-dir={tmp_path}/profile",
         "--virtual-time-budget=3000", "--dump-dom", (tmp_path / "frame.html").as_uri()],
        capture_output=True, text=True, timeout=120).stdout
    return json.loads(html.unescape(re.search('data-seen="([^"]*)"', seen).group(1)))


def contrast(colours):
    """The contrast of two CSS colours, 1 to 21. Source: WCAG 2.2, 'contrast ratio'."""
    rgb = np.array([re.findall(r"\d+", colour)[:3] for colour in colours], float) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH: apt install chromium")
@pytest.mark.parametrize("width, scheme", [
    (360, "dark"), *(pytest.param(*case, marks=pytest.mark.long)
                     for case in ((480, "light"), (1200, "light"), (1200, "dark")))])
def test_a_browser_shows_every_picture_and_nothing_is_cut_off(whole, tmp_path, width, scheme):
    seen = see(whole[2], tmp_path, width, scheme)
    assert seen["width"] == width
    assert len(seen["pictures"]) == len(PICTURES)
    for complete, natural, shown in seen["pictures"]:
        assert complete
        assert natural > 0
        assert shown > 100
    assert seen["wide"] <= width, "the page scrolls sideways"
    assert not seen["outside"]
    assert not seen["clipped"]
    assert [pair for pair in seen["colours"] if contrast(pair) < 4.5] == []
    ground = sum(map(int, re.findall(r"\d+", seen["colours"][0][1])[:3])) / (3 * 255)
    assert ground < 0.2 if scheme == "dark" else ground > 0.8


def test_the_command_writes_the_page_and_show_says_where_it_is(copy, capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    (copy / "report.html").write_text("old")
    assert main(["report", str(copy), "--show"]) == 0
    assert capsys.readouterr().out == f"wrote {copy / 'report.html'}: open it in any browser\n"
    assert (copy / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert not [file for file in os.listdir(copy) if file.endswith(".part")]


@pytest.mark.parametrize("epochs", [0, 2])
def test_an_interrupted_run_gives_a_page_that_says_what_is_missing(tmp_path, epochs):
    folder = begin(tmp_path / "run", epochs)
    seen = Elements(report(folder))
    assert len([name for name, _ in seen.elements if name == "img"]) == (epochs > 0)     # curves need no network
    assert "was stopped before its end; minicnn train --resume" in seen.text
    assert "There is no model file (model.npz) yet." in seen.text
    assert ("No epoch was completed" in seen.text) == (epochs == 0)
    assert "Pictures that were not drawn: " + "Learning curves, " * (epochs == 0) + "Confusion matrix" in seen.text


def test_the_page_names_the_command_that_resumes_the_run(tmp_path):
    folder = begin(tmp_path / "run", 1)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"resume": "python mine.py --resume"}))
    assert "before its end; python mine.py --resume resumes it" in Elements(report(folder)).text


def test_a_running_training_is_not_called_stopped(tmp_path):
    folder = begin(tmp_path / "run", 1)
    with runs.open_run(folder):
        assert "The training is still running" in report(folder)


@pytest.mark.parametrize("labels, auc", [([0, 0, 1, 1], "0.7500"), ([1, 1, 1, 1], "undefined")])
def test_two_classes_show_their_area_and_threshold(tmp_path, labels, auc):
    folder = begin(tmp_path / "run", 0)
    with runs.open_run(folder) as run:
        run.write("metrics.json", metrics.report(labels, np.array([0.1, 0.4, 0.35, 0.8]), CLASSES[:2], threshold=0.25))
    text = Elements(report(folder)).text
    assert f"{auc}area under the ROC curve0.25threshold used" in text
    assert ("Never present, so their recall counts as 0: cat" in text) == (0 not in labels)


def test_what_needs_no_network_is_drawn_from_the_metrics(copy):
    shutil.rmtree(copy / "pictures")
    text = Elements(report(copy)).text
    assert sorted(os.listdir(copy / "pictures")) == ["calibration.png", "confusion.png", "curves.png"]
    assert "Pictures that were not drawn: The most confident mistakes" in text


def test_damaged_pictures_and_models_are_named_and_strange_pictures_shown(copy):
    whole_file = (copy / "pictures" / "layers.png").read_bytes()
    (copy / "pictures" / "layers.png").write_bytes(whole_file[:1000])
    (copy / "pictures" / f"{EVIL.replace('/', '')}.png").write_bytes(whole_file)
    (copy / "model.npz").write_bytes(b"nonsense")
    page = report(copy)
    assert EVIL.replace("/", "") not in page
    text = Elements(page).text
    assert "The picture layers.png is damaged" in text
    assert "The model file cannot be used" in text
    assert page.count("<img") == len(PICTURES)                     # one damaged, one more


@pytest.mark.parametrize("name, text, words", [
    ("log.jsonl", '{"epoch": 1, "loss": 1}\nnonsense\n{"epoch": 2}\n', "line 2: 'nonsense'"),
    ("metrics.json", "{", "metrics.json"),
    ("metrics.json", '{"accuracy": 1}', "KeyError"),
    ("log.jsonl", '{"epoch": 1, "loss": [1]}\n{"epoch": 2, "loss": 3}\n', "numbers in"),
    ("config.json", "[]", "config.json"),
])
def test_a_damaged_file_is_one_line_and_status_2(copy, capsys, name, text, words):
    (copy / name).write_text(text)
    (copy / "report.html").write_text("old")
    with pytest.raises(SystemExit, match="2"), one_line_errors():
        main(["report", str(copy)])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err
    assert str(copy) in err
    assert (copy / "report.html").read_text() == "old"


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_that_is_no_run_is_one_line_and_status_2(tmp_path, capsys, kind):
    path = tmp_path / "nothing"
    if kind == "empty":
        path.mkdir()
    elif kind == "file":
        path.write_text("text")
    with pytest.raises(SystemExit, match="2"), one_line_errors():
        main(["report", str(path)])
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "expected a run folder with a config.json" in err
    assert not (tmp_path / "nothing" / "report.html").exists()


def test_the_chapter_shows_every_picture_small():
    docs = Path(__file__).parent.parent.parent / "docs"
    assert re.findall(r"\]\(pictures/(\w+\.png)\)", (docs / "looking.md").read_text()) == list(PICTURES)
    assert set(PICTURES) <= {file.name for file in (docs / "pictures").iterdir()}
    assert max(file.stat().st_size for file in (docs / "pictures").iterdir()) < 150_000


def test_one_image_of_each_class_comes_first():
    np.testing.assert_array_equal(one_of_each(np.array([2, 2, 0, 2, 1, 0]), 4), [0, 2, 4, 1])
    np.testing.assert_array_equal(one_of_each(np.array([2, 2, 0, 2, 1, 0]), 2), [0, 2])
    np.testing.assert_array_equal(one_of_each(np.array([1]), 5), [0])

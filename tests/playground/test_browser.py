"""The page in a browser: what a person draws, clicks and reads."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from chromium import needs_browser
from PIL import Image

from minicnn import load_model, softmax_cross_entropy
from minicnn.optim import SGD
from minicnn.playground.network import SIDE
from minicnn.playground.server import Server
from minicnn.playground.session import Session
from minicnn.playground.wire import as_bytes
from minicnn.training.train import train
from minicnn.visualize.features import copy_with_dx
from tests.playground.conftest import unpack
from tests.playground.pages import LOOK, Page

pytestmark = needs_browser
PIXELS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"
STEP = "Number((document.getElementById('train-status').textContent.match(/step (\\d+)/) ?? [])[1])"


def percent(p):
    """A probability as the page writes it."""
    return "<0.1%" if 0 < p < 0.001 else ">99.9%" if 0.999 < p < 1 else f"{100 * p:.1f}%"


def drawn(page, path="api/look"):
    """The pixels that the page sent last."""
    return np.frombuffer(page.questions[path].post_data_buffer, np.uint8).reshape(SIDE, SIDE)


def test_digits_drawn_with_mouse_pen_and_finger_are_read(page, run_folder):
    right, trained = [], load_model(run_folder / "model.npz")
    for label, pointer in ((7, "mouse"), (0, "pen"), (1, "touch"), (4, "mouse"), (3, "touch")):
        page.tab.click("#clear")
        page.draw(label, pointer)
        right.append(page.says() == str(label))
        p = trained.probabilities(trained.preprocessing.one_image(drawn(page)[..., None]))[0]
        shown = page.tab.locator("#bars .value").all_text_contents()
        assert shown == [percent(value) for value in p]
    assert sum(right) >= 4, right


def test_the_keyboard_draws(page):
    page.tab.focus("#pad")
    for key in ["Space", *["Shift+ArrowDown"] * 8, "Space"]:
        page.tab.keyboard.press(key)
    assert page.says() in "0123456789"
    first = drawn(page)
    assert first[60:100, 80:88].min() == 255 and first[:, :60].max() == 0
    page.tab.keyboard.press("ArrowRight")
    page.tab.keyboard.press("z")
    page.wait("document.getElementById('pad').getAttribute('aria-label') === 'Drawing pad, empty'")
    page.tab.keyboard.press("Space")
    page.tab.keyboard.press("Delete")
    page.wait("document.getElementById('pad').getAttribute('aria-label') === 'Drawing pad, empty'")


@pytest.mark.long
def test_every_map_is_drawn_and_a_click_shows_where_it_comes_from(page, session):
    page.draw(7)
    page.says()
    _, arrays = unpack(page.answers["api/look"].body())
    x, frame = session.network.drawing(drawn(page))
    for name, y in session.network.look(x)[1]:
        np.testing.assert_array_equal(arrays[name], as_bytes(y)[0])
    layers = page.tab.locator("#forward-maps .layer")
    assert layers.count() == 11
    painted = layers.nth(1).locator("canvas").nth(1).evaluate(PIXELS)
    colours = {}                                                   # the same number has the same colour, another one another
    for value, colour in zip(arrays["1 ReLU"][0].ravel(), np.reshape(painted, (-1, 4))):
        assert colours.setdefault(int(value), tuple(colour)) == tuple(colour)
    assert len(set(colours.values())) > 0.8 * len(colours)

    layers.nth(3).locator("button.map").nth(2).click()             # the second convolution
    page.tab.wait_for_selector(".zoom .product")
    y = dict(session.network.look(x)[1])["3 Conv2D"]
    assert page.text(".zoom .big") == f"y = {float(f'{y[7, 7, 2]:.3g}'):g}"
    assert "8 x 8 pixels" in page.text(".zoom .soft:last-child")
    field = page.tab.evaluate("['pad', 'seen'].map((name) => { const s = document.getElementById(`${name}-field`).style;"
                              " return [s.top, s.left, s.height, s.width].map(parseFloat) })")
    np.testing.assert_allclose(field[1], [100 * 11 / 28, 100 * 11 / 28, 100 * 8 / 28, 100 * 8 / 28], atol=0.01)
    (top, _, height, _), (placed_top, _, placed_height, _) = frame
    assert field[0][0] == pytest.approx(100 * (top + (11 - placed_top) * height / placed_height) / SIDE, abs=0.01)
    page.tab.keyboard.press("ArrowRight")
    page.wait("document.querySelector('.zoom .soft').textContent.startsWith('row 7, column 8')")
    page.tab.keyboard.press("Escape")
    assert page.tab.locator(".zoom").count() == 0 and not page.tab.locator("#pad-field").is_visible()


def test_the_gradients_shown_are_those_of_backward(page, session):
    page.draw(3)
    page.tab.click("#tab-backward")
    page.tab.click("#labels label:nth-child(9)")
    page.wait("document.querySelector('#labels label:nth-child(9) input').checked")
    page.tab.wait_for_timeout(500)
    facts, arrays = unpack(page.answers["api/backward"].body())
    x, _ = session.network.drawing(drawn(page, "api/backward"))
    model = copy_with_dx(session.network.model).eval(cache=True)
    loss, dlogits = softmax_cross_entropy(model.forward(x), np.array([8]))
    dx = model.backward(dlogits)
    assert facts["loss"] == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(arrays["x"], as_bytes(dx[0])[0], atol=1)
    for name, p in model.parameters().items():
        assert facts["rms"][name] == pytest.approx(float(np.sqrt(np.mean(np.square(p.grad)))), rel=1e-4)
    assert page.text("#loss") == f"{float(f'{loss:.3g}'):g}"
    scale = page.tab.locator("#backward-maps .layer").last.locator(".scale").text_content()
    assert f"{float(f'{np.abs(dx).max():.3g}'):g}" in scale
    assert page.tab.locator("#backward-maps .layer").count() == 12


def test_one_step_lowers_the_loss_as_the_engine_says_and_undo_takes_it_back(page, session, run_folder):
    page.draw(3)
    page.tab.click("#tab-backward")
    page.tab.click("#labels label:nth-child(9)")
    page.tab.click("#learn")
    page.tab.wait_for_selector("#moved table")
    before, after = page.tab.locator("#moved b").all_text_contents()
    x, _ = session.network.drawing(drawn(page, "api/learn"))
    model = load_model(run_folder / "model.npz").model.eval(cache=True)
    loss, dlogits = softmax_cross_entropy(model.forward(x), np.array([8]))
    model.backward(dlogits)
    SGD(model.parameters(), lr=0.01).step()
    lower, _ = softmax_cross_entropy(model.predict(x), np.array([8]))
    assert float(before) == pytest.approx(loss, rel=5e-3) and float(after) == pytest.approx(lower, rel=5e-3)
    assert lower < loss
    page.wait(f"document.getElementById('loss').textContent === '{after}'")
    assert page.tab.locator("#moved tbody tr").count() == 8
    page.tab.click("#undo")
    page.wait(f"document.getElementById('loss').textContent === '{before}'")
    assert page.tab.locator("#undo").is_disabled()


@pytest.mark.long
def test_a_step_that_changes_nothing_and_the_steps_that_remain_are_said(page):
    page.draw(3)
    page.tab.click("#tab-backward")
    page.wait("document.querySelector('#labels input:checked')")
    for _ in range(2):
        page.tab.click("#learn")
        page.tab.wait_for_selector("#moved table")
        page.tab.evaluate("document.getElementById('moved').replaceChildren()")
    page.tab.wait_for_timeout(300)
    page.tab.click("#undo")
    page.wait("document.getElementById('moved').textContent === 'The step was taken back. 1 learning step remains.'")
    same = {"loss_before": 0.2500001, "loss_after": 0.25, "promised": -1e-9, "moved": [], "version": 1, "steps": 1, "undo": 1}
    page.tab.route("**/api/learn*", lambda route: route.fulfill(json=same))
    page.tab.click("#learn")
    page.wait("document.getElementById('moved').textContent.startsWith('The loss stayed at 0.25. ')")


@pytest.mark.long
def test_an_uploaded_image_gets_the_answer_of_predict(page, run_folder, drawing, tmp_path):
    paper = 255 - drawing[4]                                       # dark on light, in colour, not square
    picture = Image.fromarray(np.pad(paper, ((10, 30), (5, 60)), constant_values=255)).convert("RGB")
    picture.save(tmp_path / "four.png")
    page.tab.set_input_files("#upload", tmp_path / "four.png")
    page.says()
    trained = load_model(run_folder / "model.npz")
    p = trained.probabilities(trained.preprocessing.one_image(np.asarray(picture)))[0]
    assert page.text("#bars .best .value") == percent(p.max())
    page.tab.click("#tab-backward")
    page.wait("document.getElementById('loss').textContent.length > 1")
    page.tab.reload()
    page.tab.wait_for_selector("#bars .best")


@pytest.mark.long
def test_an_upload_that_is_no_image_is_explained(context, server, tmp_path):
    page = Page(context.new_page(), server.address).open()
    (tmp_path / "no.png").write_bytes(b"GIF89a")
    page.tab.set_input_files("#upload", tmp_path / "no.png")
    page.wait("document.getElementById('notice').textContent.includes('expected a PNG or JPEG image')")
    page.draw(7)
    page.says()


@pytest.mark.parametrize("width", [*(pytest.param(width, marks=pytest.mark.long) for width in (1280, 768)), 390])
def test_nothing_is_cut_off_unnamed_or_too_faint(page, width):
    page.tab.set_viewport_size({"width": width, "height": 850})
    page.draw(4)
    page.says()
    page.tab.locator("#forward-maps button.map").first.click()
    page.tab.wait_for_selector(".zoom .product")
    for scheme in ("light", "dark"):
        page.tab.emulate_media(color_scheme=scheme)
        for tab in ("forward", "backward", "train", "break"):
            page.tab.click(f"#tab-{tab}")
            page.tab.wait_for_timeout(150)
            found = page.tab.evaluate(LOOK)
            assert found == {"overflow": False, "unnamed": [], "faint": []}, (width, scheme, tab)


@pytest.mark.long
def test_a_training_starts_pauses_resumes_and_the_terminal_ends_it(context, tmp_path, monkeypatch):
    settings = {"data": "digits", "limit": 1000, "model": "two_conv", "width": 8, "epochs": 4, "optimizer": "sgd"}
    monkeypatch.chdir(tmp_path)
    train({**settings, "pictures": False, "run": "never-stopped"}, quiet=True)
    session = Session()
    with Server(session, (0,)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            page = Page(context.new_page(), server.address)
            page.tab.goto(server.address)
            for name, value in settings.items():
                field = page.tab.locator(f"#train-form [name={name}]")
                (field.fill if name == "epochs" else field.select_option)(str(value))
            page.tab.click("#train-form button")
            for step in (1, 15):
                page.wait(f"{STEP} >= {step}")
                page.wait("document.querySelectorAll('#train-images .fixed').length === 5")
                page.tab.click("#pause")
                page.wait("document.getElementById('train-status').textContent === 'Paused'")
                if step == 1:
                    page.tab.click("#resume")
            folder = re.search(r"minicnn train --resume (\S+)", page.text("#train-folder"))[1]
            assert not page.problems
        finally:
            server.shutdown()
            session.close()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    subprocess.run([sys.executable, "-m", "minicnn", "train", "--resume", folder], check=True, env=environment, cwd=tmp_path,
                   stdout=subprocess.DEVNULL)
    with np.load(Path(folder, "model.npz")) as ours, np.load("never-stopped/model.npz") as theirs:
        assert ours.files == theirs.files
        for name in ours.files:
            np.testing.assert_array_equal(ours[name], theirs[name])


@pytest.mark.long
def test_a_bug_shows(page):
    page.tab.click("#tab-break")
    page.wait("document.querySelectorAll('#bug option').length > 20")
    page.tab.select_option("#bug", "relu-asks-dy")
    page.tab.click("#break-start")
    page.wait("document.getElementById('break-status').textContent.startsWith('After')")
    right, wrong = map(int, re.findall(r"(\d+)% ", page.text("#break-status")))
    assert right > wrong + 20
    assert "dx" in page.text("#card") and page.tab.locator("#break-loss polyline").count() == 2


@pytest.mark.long
def test_a_network_of_another_kind_is_asked_too(context, tmp_path):
    """Colour photos: nothing is framed, an upload is what one asks about, and branches have maps."""
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for k in range(12):
            pixels = rng.integers(0, 255, (20, 24, 3), dtype=np.uint8)
            pixels[..., 0] = 255 * (name == "cats")
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{k}.png")
    train({"data": str(tmp_path / "photos"), "size": 16, "model": "resnet", "width": 4, "epochs": 1, "pictures": False,
           "run": str(tmp_path / "run")}, quiet=True)
    session = Session(str(tmp_path / "run"))
    with Server(session, (0,)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            page = Page(context.new_page(), server.address).open()
            page.tab.set_input_files("#upload", tmp_path / "photos" / "cats" / "3.png")
            assert page.says() in ("cats", "dogs")
            page.tab.locator("#forward-maps button.map").nth(40).click()
            page.tab.wait_for_selector(".zoom .big")
            page.tab.click("#tab-backward")
            page.tab.click("#learn")
            page.tab.wait_for_selector("#moved table")
            assert not page.problems
        finally:
            server.shutdown()

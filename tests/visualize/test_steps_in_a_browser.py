"""The step-through pages in headless Chromium: what a person sees and does."""

import contextlib

import pytest
from chromium import EYES, browser, needs_browser, problems_of
from replay import DEFAULTS, Replay, name_of

from minicnn import ops
from minicnn.visualize.steps.page import page_of
from minicnn.visualize.steps.pages import scene
from minicnn.visualize.steps.wanted import Wanted

pytestmark = needs_browser
EVERY_PAGE = pytest.mark.parametrize("op, options", DEFAULTS, ids=[name_of(case) for case in DEFAULTS])

# Shows each step in turn, as the right arrow does, and returns the cells whose text changed: [array, cell, exact, text].
WALK = """() => {
  const cells = [...document.querySelectorAll('#arrays td')], shown = cells.map((cell) => cell.dataset.value);
  const found = [];
  while (Player.count < Player.view.length) {
    Player.seek(Player.count + 1);
    const changed = [];
    cells.forEach((cell, k) => {
      if (cell.dataset.value === shown[k]) return;
      shown[k] = cell.dataset.value;
      changed.push([...cell.place, cell.dataset.value, cell.textContent]);
    });
    const lit = (kind) => [...document.querySelectorAll('td.' + kind)].map((cell) => cell.place);
    found.push({ changed, written: lit('written'), read: lit('read'), line: document.querySelector('.line.now').textContent,
      equation: document.getElementById('equation').textContent });
  }
  return found;
}"""


# The texts that a reader needs and that are too faint.
FAINT = """() => {""" + EYES + """
  const texts = 'h1, header p, td, figcaption b, .shape, .line *, .counter, .block b, footer p, #count';
  return [...document.querySelectorAll(texts)].filter((each) => contrast(each) < 4.5).map((each) => each.outerHTML);
}"""

SCROLLING = "[...document.querySelectorAll('.panels')].filter((panels) => panels.scrollWidth > panels.clientWidth).length"


@contextlib.contextmanager
def opened(chromium, file, hash="", width=1280, height=900, scheme="light", **options):
    """A file in a tab of its own. At the end: no error on the console, and no request but for the file itself."""
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True,
                                   reduced_motion="reduce", **options)
    page, requests = context.new_page(), []
    problems = problems_of(page)
    page.on("request", lambda request: requests.append(request.url))
    try:
        page.goto(file.as_uri() + hash)
        yield page
        assert not problems
        assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]
    finally:
        context.close()


@pytest.fixture(scope="module")
def chromium():
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """op, options -> (the file, the scene), each made once."""
    made, folder = {}, tmp_path_factory.mktemp("pages")

    def page(op, options):
        key = name_of((op, options))
        if key not in made:
            made[key] = folder / f"{key.replace(' ', '-')}.html", scene(op, Wanted(**options))
            made[key][0].write_text(page_of(made[key][1]), encoding="utf-8")
        return made[key]
    return page


def wait_for_the_end(page, seconds=30):
    """Wait until the playback has shown the last step and has stopped."""
    playwright = pytest.importorskip("playwright.sync_api")
    last = page.locator("#scrub").get_attribute("max")
    playwright.expect(page.locator("#count")).to_have_text(f"{last} / {last}", timeout=1000 * seconds)
    playwright.expect(page.locator("#play")).to_have_attribute("aria-label", "Play")


def numbers(page, array):
    """The numbers of an array as the page shows them, row by row."""
    rows = page.locator(f"[data-array='{array}'] tr")
    return [[cell.text_content() for cell in rows.nth(k).locator("td").all()] for k in range(rows.count())]


def test_the_convolution_by_keys_buttons_and_pointer(chromium, pages):
    """Chapter 7: y is 8, 3, 5, 10."""
    file, _ = pages("conv2d", {"backward": False})
    with opened(chromium, file) as page:
        assert page.title() == "Convolution, forward: minicnn, step by step"
        assert numbers(page, "y") == [["0", "0"], ["0", "0"]]
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        assert numbers(page, "y") == [["8", "0"], ["0", "0"]]
        assert page.locator("#equation").text_content() == "8y[0, 0, 0, 0]=6y[0, 0, 0, 0]+2x[0, 2, 2, 0] \u00d7 1w[2, 2, 0, 0]"
        assert page.locator("#running").text_content().split(": ")[1].split() == ["1", "1", "1", "7", "8", "8", "8", "6", "8"]
        assert page.locator(".line.now").text_content().strip().startswith("y[n, i, j, f] += x[n, i * win.stride_h + u")
        assert page.locator("#loops").text_content() == "n 0i 0j 0f 0u 2v 2c 0"
        page.keyboard.press("ArrowLeft")
        assert numbers(page, "y") == [["6", "0"], ["0", "0"]]
        page.keyboard.press("ArrowDown")
        assert page.locator("#count").text_content() == "10 / 36", "the next window"
        page.keyboard.press("ArrowUp")
        assert page.locator("#count").text_content() == "1 / 36"
        page.keyboard.press("End")
        assert numbers(page, "y") == [["8", "3"], ["5", "10"]]
        page.keyboard.press("Home")
        assert page.locator("#count").text_content() == "0 / 36"
        page.locator("#forward").click()
        page.locator("#scrub").fill("27")
        assert numbers(page, "y") == [["8", "3"], ["5", "0"]]
        page.locator("[data-array='y'] td").nth(1).hover()
        assert page.locator("#inspected h2").text_content() == "y[0, 0, 1, 0] = 3"
        assert page.locator("#inspected li").count() == 9
        assert page.locator("[data-array='x'] td.read").all_text_contents() == ["2", "0", "1", "1", "1", "0", "2", "2", "1"]
        page.mouse.move(5, 5)
        assert page.locator("#inspected").text_content() == ""
        page.get_by_role("tab", name="Through im2col").click()
        page.keyboard.press("End")
        assert numbers(page, "y") == [["8", "3"], ["5", "10"]]
        assert numbers(page, "cols")[0] == list("120311022")


def test_space_plays_to_the_end_and_pauses(chromium, pages):
    file, _ = pages("relu", {"backward": True})
    with opened(chromium, file) as page:
        page.locator("#speed").select_option("60")
        page.locator("body").press("Space")
        wait_for_the_end(page)
        assert numbers(page, "dx") == [["0", "\u22124"], ["2", "0"]]
        assert page.locator("#play").get_attribute("aria-label") == "Play"
        page.locator("#speed").select_option("0.5")
        page.locator("#play").click()
        assert page.locator("#play").get_attribute("aria-label") == "Pause"
        page.keyboard.press("ArrowRight")
        assert page.locator("#play").get_attribute("aria-label") == "Play", "a step pauses"


def test_every_pixel_of_dx_shows_the_windows_that_saw_it(chromium, pages):
    file, made = pages("conv2d", {"backward": True})
    seen = [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]           # chapter 8: the windows that contain each pixel
    with opened(chromium, file, "#loops/76") as page:
        cells = page.locator("[data-array='dx'] td")
        for k, count in enumerate(count for row in seen for count in row):
            cells.nth(k).hover()
            assert page.locator("#inspected li").count() == count
            assert page.locator("[data-array='dx'] .window").count() == count
            assert page.locator("#inspected h2").text_content().endswith(f" = {cells.nth(k).text_content()}")
            assert page.locator("[data-array='dy'] td.read").count() == count
        page.locator("[data-array='w'] td").first.hover()
        assert "used in 4 steps" in page.locator("#inspected p").text_content()


@pytest.mark.long
def test_what_flows_through_local_variables_is_shown(chromium, pages):
    """A log-probability comes from its logit, from log_sum, and through it from the largest logit."""
    file, _ = pages("softmax_cross_entropy", {"backward": False})
    with opened(chromium, file, "#loss/5") as page:
        page.locator("[data-array='log_p'] td").nth(2).hover()
        steps = page.locator("#inspected li").all_text_contents()
        assert [step.split(" = ")[0] for step in steps[:2]] == ["largest", "log_sum"]
        assert len(steps) == 3
        assert page.locator("[data-array='logits'] td.read").count() == 3, "all logits of the row"


@pytest.mark.long
def test_local_variables_are_no_part_of_a_sum(chromium, pages):
    """Each of the four steps that add to dgamma uses a std of its own."""
    file, _ = pages("batch_norm", {"backward": True})
    with opened(chromium, file) as page:
        page.locator("[data-array='dgamma'] td").hover()
        assert page.locator("#inspected p").text_content().startswith("The sum of 4 contributions.")
        items = page.locator("#inspected li")
        assert [text.startswith("std = ") for text in items.all_text_contents()] == [True, False] * 4
        assert items.evaluate_all("items => items.map((item) => item.dataset.sign)") == ["", "", "", "+", "", "+", "", "+"]
        page.locator("[data-array='x'] td").first.hover()
        assert "used in 2 steps" in page.locator("#inspected p").text_content()
    file, _ = pages("relu", {"backward": False})
    with opened(chromium, file) as page:
        page.locator("[data-array='x'] td").first.hover()
        assert page.locator("#inspected p").text_content().endswith("It is used in 1 step:")


@pytest.mark.parametrize("hash, count", [
    ("#loops/7", "7 / 36"), ("#loops/7.9", "7 / 36"), ("#loops/99999", "36 / 36"), ("#loops/-3", "0 / 36"),
    ("#loops/x", "0 / 36"), ("#%E0/5", "5 / 36"), ("#/", "0 / 36"), ("#im2col/1e1", "10 / 72")])
def test_any_address_opens_the_page(chromium, pages, hash, count):
    file, _ = pages("conv2d", {"backward": False})
    with opened(chromium, file, hash) as page:
        assert page.locator("#count").text_content() == count


@pytest.mark.long
def test_a_part_of_a_long_run_is_one_click_away(chromium, pages):
    file, _ = pages("network", {})
    with opened(chromium, file) as page:
        names = page.locator("#stages button").all_text_contents()
        assert names == ["conv2d", "relu", "max_pool2d", "dense", "log_softmax", "loss", "dense, back", "max_pool2d, back",
                         "relu, back", "conv2d, back"]
        page.get_by_role("button", name="relu, back").click()
        assert page.locator("#stage-name").text_content() == "relu, back: the gradient passes where z was positive"
        assert page.locator("#stages [aria-current=step]").text_content() == "relu, back"
        assert page.locator("[data-array='dz'] td.written").count() == 1
        page.keyboard.press("ArrowLeft")
        assert page.locator("#stages [aria-current=step]").text_content() == "max_pool2d, back"


@pytest.mark.long
def test_arrays_can_be_walked_by_keys_with_labels_for_a_screen_reader(chromium, pages):
    file, _ = pages("conv2d", {"backward": True})
    with opened(chromium, file, "#loops/76") as page:
        page.locator("[data-array='dx'] td").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "dx[0, 1, 1, 0] = 8"
        assert page.locator("#inspected h2").text_content() == "dx[0, 1, 1, 0] = 8"
        assert page.locator("#count").text_content() == "76 / 76", "the arrows move in the array, not in time"
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowLeft")
        assert page.locator("#count").text_content() == "75 / 76"
        spoken = page.locator("[role=status]").text_content()
        assert spoken == "dx[0, 3, 3, 0] = 0 plus dy[0, 1, 1, 0] 3 \u00d7 w[2, 2, 0, 0] 1 = 3"
        for label in ("Step", "Speed, in steps per second", "Play", "One step forward", "One step back", "To the start",
                      "To the end"):
            assert page.get_by_label(label, exact=True).count() == 1, label
        assert page.get_by_role("grid", name="dx: 4 rows, 4 columns").count() == 1


@pytest.mark.long
def test_a_finger_taps_a_cell_and_swipes_a_step(chromium, pages):
    file, _ = pages("conv2d", {"backward": True})
    with opened(chromium, file, "#loops/10", width=390, height=800, has_touch=True, is_mobile=True) as page:
        page.locator("[data-array='dx'] td").nth(5).tap()
        assert page.locator("#inspected h2").text_content() == "dx[0, 1, 1, 0] = 8"
        for start, end in ((300, 100), (300, 100), (100, 300)):
            page.locator("#now").dispatch_event("pointerdown", {"clientX": start, "pointerType": "touch"})
            page.locator("#now").dispatch_event("pointerup", {"clientX": end, "pointerType": "touch"})
        assert page.locator("#count").text_content() == "11 / 76"


@pytest.mark.parametrize("op, options", [
    pytest.param(op, options, id=name_of((op, options)), marks=() if op in ("network", "optimizers") else pytest.mark.long)
    for op, options in DEFAULTS])
def test_nothing_is_cut_off_on_a_phone_or_in_the_dark(chromium, pages, op, options):
    file, made = pages(op, options)
    assert file.stat().st_size < 1.5e6
    with opened(chromium, file, f"#{made.views[0].name}/3") as page:
        for width, scheme in ((360, "dark"), (390, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(int(part) for part in ground[4:-1].split(",")) < 200) == (scheme == "dark")
            controls = page.locator("#controls").bounding_box()
            assert controls["y"] + controls["height"] <= 901
            scrolls = page.evaluate(SCROLLING)
            assert width < 1000 or not scrolls, "an array is cut off"
            assert page.evaluate(FAINT) == []


@pytest.mark.long
@EVERY_PAGE
def test_every_step_of_every_page_shows_the_numbers_of_the_recording(chromium, pages, op, options):
    file, made = pages(op, options)
    with opened(chromium, file) as page:
        for view in made.views:
            if len(made.views) > 1:
                page.locator(f"[data-view={view.name}]").click()
            found, replay = page.evaluate(WALK), Replay(view)
            assert len(found) == len(view.recorder.steps)
            state = [list(cells) for cells in replay.state]
            for k, (step, seen) in enumerate(zip(replay, found)):
                changed = {(array, cell): exact for array, cell, exact, _ in seen["changed"]}
                for array, cells in enumerate(replay.state):
                    for cell, number in enumerate(cells):
                        if number != state[array][cell]:
                            assert float(changed.pop((array, cell))) == replay.numbers[number], (view.name, k)
                assert not changed, (view.name, k)
                state = [list(cells) for cells in replay.state]
                assert seen["written"] == ([step["write"][:2]] if "write" in step else []), (view.name, k)
                assert {tuple(cell) for cell in seen["read"]} == {tuple(read[:2]) for read in step["reads"]}, (view.name, k)
                for array, cell, number in step["reads"]:
                    assert replay.recording["numbers"][number][1] in seen["equation"]
                function, line = step["at"][-1]
                code = "".join(text for _, text in replay.recording["functions"][function]["lines"][line])
                assert seen["line"].split() == code.split()


@pytest.mark.long
@EVERY_PAGE
def test_every_page_plays_to_its_end(chromium, pages, op, options):
    file, made = pages(op, options)
    with opened(chromium, file) as page:
        page.locator("#speed").select_option("60")
        for k, view in enumerate(made.views):
            if k:
                page.locator(f"[data-view={view.name}]").click()
            page.locator("#play").click()
            wait_for_the_end(page, 120)
            for name, result in view.result.items():
                frame = page.locator(f"[data-array='{name}'] td:not(.frame)")
                shown = sorted(float(value) for value in frame.evaluate_all("cells => cells.map((cell) => cell.dataset.value)"))
                assert shown == sorted(result.ravel().tolist()), f"{view.name}: {name}"


@pytest.mark.long
def test_a_page_of_the_largest_size_opens_and_is_small_enough(chromium, tmp_path):
    file = tmp_path / "large.html"
    with ops.use("definition"):
        file.write_text(page_of(scene("conv2d", Wanted(size=(9, 9), backward=True))), encoding="utf-8")
    assert file.stat().st_size < 1.5e6
    with opened(chromium, file, "#loops/300") as page:
        assert page.locator("#count").text_content().startswith("300 / ")

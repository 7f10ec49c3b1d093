"""The page in headless Chromium: open it, draw on it, and collect what goes wrong."""

import time

from chromium import EYES, problems_of

STROKES = {                                                        # as fractions of the pad's side
    0: [[(.5, .15), (.3, .3), (.27, .55), (.36, .8), (.52, .86), (.68, .75), (.73, .5), (.66, .25), (.5, .15)]],
    1: [[(.52, .12), (.5, .5), (.48, .88)]],
    3: [[(.3, .2), (.55, .15), (.68, .3), (.5, .46), (.7, .6), (.65, .8), (.45, .88), (.28, .78)]],
    4: [[(.35, .15), (.27, .55), (.75, .55)], [(.62, .2), (.6, .88)]],
    7: [[(.25, .2), (.5, .19), (.75, .2), (.6, .5), (.5, .87)]],
}
POINTER = """([kind, strokes]) => {
  const pad = document.getElementById("pad"), box = pad.getBoundingClientRect()
  const fire = (type, [x, y]) => pad.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: kind, pressure: 0.5,
    button: 0, buttons: 1, bubbles: true, cancelable: true,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height }))
  for (const stroke of strokes) {
    fire("pointerdown", stroke[0])
    stroke.slice(1).forEach((point) => fire("pointermove", point))
    fire("pointerup", stroke.at(-1))
  }
}"""

# What the page says of itself: is it wider than the window, which controls have no name, which text is hard to read.
LOOK = """() => {""" + EYES + """
  const faint = []
  for (const element of document.querySelectorAll("body *")) {
    if (!hasText(element) || !sees(element) || element.closest("svg, :disabled, .skip, option")) continue
    if (contrast(element) < 4.5) faint.push(`${element.className} ${element.textContent.trim().slice(0, 30)}`)
  }
  const pointed = (element) => (element.getAttribute("aria-labelledby") ?? "").split(" ")
    .map((id) => document.getElementById(id)?.textContent).join("").trim()
  const name = (element) => element.getAttribute("aria-label") || element.textContent.trim()
    || element.labels?.[0]?.textContent.trim() || pointed(element)
  const controls = [...document.querySelectorAll("button, input, select, [tabindex='0'], [role=tabpanel], [role=img]")]
    .filter(sees)
  return { overflow: document.documentElement.scrollWidth > innerWidth,
    unnamed: controls.filter((element) => !name(element)).map((element) => element.outerHTML.slice(0, 120)), faint }
}"""


class Page:
    """A tab of the playground. `questions` and `answers` are what it asked last and what it got, by path."""

    def __init__(self, tab, address):
        self.tab, self.address, self.problems, self.questions, self.answers = tab, address, problems_of(tab), {}, {}
        tab.on("request", self._asked)
        tab.on("response", self._answered)

    def _asked(self, request):
        if not request.url.startswith((self.address, "blob:")):
            self.problems.append(f"a request leaves for {request.url}")
        self.questions[request.url.removeprefix(self.address).split("?")[0]] = request

    def _answered(self, response):
        self.answers[response.url.removeprefix(self.address).split("?")[0]] = response

    def open(self):
        """Load the page and wait until it is ready."""
        self.tab.goto(self.address)
        self.tab.wait_for_selector("#bars .bar")
        return self

    def draw(self, label, pointer="mouse"):
        """Draw a digit with a pointer of this kind."""
        strokes = STROKES[label]
        if pointer != "mouse":
            self.tab.evaluate(POINTER, [pointer, strokes])
            return
        box = self.tab.locator("#pad").bounding_box()
        for stroke in strokes:
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            self.tab.mouse.move(*points[0])
            self.tab.mouse.down()
            for point in points[1:]:
                self.tab.mouse.move(*point, steps=3)
            self.tab.mouse.up()

    def says(self):
        """The class in the sentence that a screen reader reads, once the drawing is quiet."""
        self.wait("document.getElementById('verdict').textContent.startsWith('The network says')")
        self.tab.wait_for_timeout(700)
        return self.text("#verdict").split("says ")[1].split(",")[0]

    def text(self, selector):
        """The text of an element."""
        return self.tab.locator(selector).first.text_content()

    def wait(self, expression):
        """Wait until a JavaScript expression is true. The page forbids the `eval` of playwright's wait_for_function."""
        end = time.monotonic() + 60
        while not self.tab.evaluate(expression):
            assert time.monotonic() < end, (expression, self.problems)
            self.tab.wait_for_timeout(30)

"""A headless Chromium for the tests of pages: it opens them, collects what goes wrong, and measures what is hard to read."""

import contextlib
import importlib.util
import shutil

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None or importlib.util.find_spec("playwright") is None,
                                   reason="no Chromium (apt install chromium) or no playwright (pip install '.[test]')")

# JavaScript for a test's own function: sees(element), light(colour) from 0 to 1, and contrast(element), of its text with
# what is behind it, from 1 to 21. Source: WCAG 2.2, 'relative luminance' and 'contrast ratio'.
EYES = """
  const sees = (element) => element.getClientRects().length > 0
  const rgba = (text) => { const c = text.match(/[\\d.]+/g).map(Number); return c.length === 3 ? [...c, 1] : c }
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0)
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor)
      if (colour[3] > 0.9) return colour
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1]
  }
  const contrast = (element) => {
    const [a, b] = [rgba(getComputedStyle(element).color), behind(element)].map(light).sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05)
  }
  const hasText = (element) => [...element.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
"""


@contextlib.contextmanager
def browser():
    """A Chromium without a window. Playwright drives the browser of the system and downloads none."""
    from playwright.sync_api import sync_playwright
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
    with sync_playwright() as player, player.chromium.launch(executable_path=BROWSER, args=flags) as chromium:
        yield chromium


def problems_of(page):
    """A list that takes every error and warning of a page from now on."""
    problems = []
    page.on("console", lambda line: problems.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return problems

"""Opens a page of the site in headless Chromium, without a network, and says what is wrong with it."""

import contextlib
import shutil
from typing import NamedTuple

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = (1280, 390, 900, 1600)                          # a laptop, a phone, a tablet, a large screen

# What a page says about itself, at the width and in the colors that it has now.
LOOK = """() => {
  const sees = (element) => element.getClientRects().length > 0
  const wide = [...document.querySelectorAll("article *")].filter((element) => {
    if (!sees(element) || element.getBoundingClientRect().right <= innerWidth + 1) return false
    for (let at = element; at !== document.body; at = at.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return false
    return true
  })
  const rgba = (text) => { const c = text.match(/[\\d.]+/g).map(Number); return c.length === 3 ? [...c, 1] : c }
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0)
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor)
      if (color[3] > 0.9) return color
    }
    return [255, 255, 255, 1]
  }
  const faint = []
  for (const element of document.querySelectorAll("article *, .sidebar-tree a, .toc-tree a")) {
    if (![...element.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) || !sees(element)) continue
    const style = getComputedStyle(element)
    if (element.closest("svg, mjx-container, .headerlink, button, [class*=copybtn]") || style.opacity === "0") continue
    const [a, b] = [light(rgba(style.color)), light(behind(element))].sort((x, y) => y - x)
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(`${element.textContent.trim().slice(0, 30)} ${style.color}`)
  }
  const bright = [...document.querySelectorAll("body, article *")].filter((element) => {
    const color = rgba(getComputedStyle(element).backgroundColor)
    return element.tagName !== "IMG" && color[3] > 0.9 && light(color) > 0.4
  })
  const text = document.querySelector("article")?.innerText ?? ""
  return {
    overflow: document.documentElement.scrollWidth > innerWidth,
    wide: wide.map((element) => element.outerHTML.slice(0, 120)),
    pictures: [...document.images].filter((image) => !image.complete || !image.naturalWidth).map((image) => image.src),
    silent: [...document.querySelectorAll("article img:not([alt]), article img[alt='']")].map((image) => image.src),
    formulas: document.querySelectorAll(".math").length,
    rendered: document.querySelectorAll(".math mjx-container > svg").length,
    errors: document.querySelectorAll("mjx-merror, [data-mjx-error], .MathJax_Error").length,
    raw: text.match(/\\$`|```|\\\\\\(|\\\\\\[|\\\\frac|\\$\\$/g) ?? [],
    faint: [...new Set(faint)],
    bright: bright.map((element) => element.outerHTML.slice(0, 120)),
  }
}"""


class Seen(NamedTuple):
    """What went wrong while a page was loaded, and what it said of itself in each look."""

    problems: list
    looks: dict                    # (width, "light" or "dark"): the answer of LOOK


@contextlib.contextmanager
def browser():
    """A context of a browser that has no network."""
    from playwright.sync_api import sync_playwright
    flags = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as player, player.chromium.launch(executable_path=BROWSER, args=flags) as chromium:
        yield chromium.new_context(offline=True)


@contextlib.contextmanager
def opened(context, address):
    """(page, problems) of an address: problems are its errors and what it asked of a network."""
    page, problems = context.new_page(), []
    page.on("console", lambda message: message.type in ("error", "warning") and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"{request.url}: {request.failure}"))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:"))
            else problems.append(f"asks the network for {request.url}"))
    page.goto(address)
    page.wait_for_function("() => !window.MathJax || (MathJax.startup && MathJax.startup.promise)")
    page.evaluate("() => window.MathJax ? MathJax.startup.promise.then(() => true) : true")
    yield page, problems
    page.close()


def look(context, address):
    """Open a page and look at it at each width, light and dark."""
    looks = {}
    with opened(context, address) as (page, problems):
        page.evaluate("() => document.querySelectorAll('img').forEach((image) => image.loading = 'eager')")
        page.evaluate("() => Promise.all([...document.images].map((image) => image.decode().catch(() => null)))")
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => each.open = true)")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                looks[width, scheme] = page.evaluate(LOOK)
    return Seen(problems, looks)


def faults(seen):
    """Sentences about what is wrong."""
    found = list(seen.problems)
    for (width, scheme), got in seen.looks.items():
        at = f"at {width} pixels, {scheme}: "
        if got["overflow"] or got["wide"]:
            found.append(f"{at}wider than the window: {got['wide'][:3]}")
        if got["rendered"] != got["formulas"] or got["errors"] or got["raw"]:
            found.append(f"{at}{got['rendered']} of {got['formulas']} formulas, {got['errors']} errors, {got['raw'][:3]}")
        found += [f"{at}no picture {source}" for source in got["pictures"]]
        found += [f"{at}a picture without words {source}" for source in got["silent"]]
        if got["faint"]:
            found.append(f"{at}hard to read: {got['faint'][:5]}")
        if scheme == "dark" and got["bright"]:
            found.append(f"{at}bright: {got['bright'][:3]}")
    return found

"""Opens a page of the site in headless Chromium, without a network, and says what is wrong with it."""

import contextlib
from typing import NamedTuple

from chromium import EYES, problems_of

WIDTHS = (1280, 390, 900, 1600)                          # a laptop, a phone, a tablet, a large screen

# What a page says about itself, at the width and in the colors that it has now.
LOOK = """() => {""" + EYES + """
  const wide = [...document.querySelectorAll("article *")].filter((element) => {
    if (!sees(element) || element.getBoundingClientRect().right <= innerWidth + 1) return false
    for (let at = element; at !== document.body; at = at.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return false
    return true
  })
  const faint = []
  for (const element of document.querySelectorAll("article *, .sidebar-tree a, .toc-tree a")) {
    if (!hasText(element) || !sees(element)) continue
    const style = getComputedStyle(element)
    if (element.closest("svg, mjx-container, .headerlink, button, [class*=copybtn]") || style.opacity === "0") continue
    if (contrast(element) < 4.5) faint.push(`${element.textContent.trim().slice(0, 30)} ${style.color}`)
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
def opened(context, address):
    """(page, problems) of an address: problems are its errors and what it asked of a network."""
    page = context.new_page()
    problems = problems_of(page)
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

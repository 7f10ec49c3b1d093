"""A headless Chromium for the tests of pages: it counts requests and collects what goes wrong."""

import contextlib
import importlib.util
import shutil

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PLAYWRIGHT = importlib.util.find_spec("playwright")
needs_browser = pytest.mark.skipif(BROWSER is None or PLAYWRIGHT is None,
                                   reason="no Chromium on PATH (apt install chromium), or no playwright")


@contextlib.contextmanager
def browser():
    """A Chromium without a window. Playwright drives the browser of the system and downloads none."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield chromium
        finally:
            chromium.close()


@contextlib.contextmanager
def opened(chromium, file, hash="", width=1280, height=900, scheme="light", **options):
    """A file in a tab of its own. At the end: no error on the console, and no request but for the file itself."""
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True,
                                   reduced_motion="reduce", **options)
    page, problems, requests = context.new_page(), [], []
    page.on("console", lambda line: problems.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    try:
        page.goto(file.as_uri() + hash)
        yield page
        assert not problems
        assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]
    finally:
        context.close()

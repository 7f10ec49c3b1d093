"""What the page shows if another tab, the network or the connection changes under it."""

import shutil
import socket
import threading

import pytest
from chromium import needs_browser

from minicnn.museum import EXHIBITS
from minicnn.playground.server import Server
from tests.playground.pages import Page

pytestmark = [needs_browser, pytest.mark.long]                     # unusual states; test_browser.py has the usual ones


def test_two_tabs_and_a_reload_show_one_network(page, context, server):
    other = Page(context.new_page(), server.address).open()
    for each in (page, other):
        each.tab.bring_to_front()                                  # a tab behind another one takes the mouse slowly
        each.draw(3)
        each.says()
    page.tab.bring_to_front()
    page.tab.click("#tab-backward")
    page.tab.click("#labels label:nth-child(2)")
    page.tab.click("#learn")
    page.tab.wait_for_selector("#moved table")
    other.tab.bring_to_front()
    other.wait("document.getElementById('network').textContent.includes('1 learning step')")
    other.tab.wait_for_timeout(500)
    bars = [each.tab.locator("#bars .value").all_text_contents() for each in (page, other)]
    assert bars[0] == bars[1]
    other.tab.reload()                                             # the drawing is still there
    other.tab.wait_for_selector("#bars .best")
    assert other.tab.locator("#bars .value").all_text_contents() == bars[0]
    other.tab.click("#tab-backward")
    other.tab.click("#undo")
    page.tab.bring_to_front()
    page.wait("!document.getElementById('network').textContent.includes('learning step')")
    assert not other.problems


def test_a_lost_connection_is_said_and_mended(context, session):
    def serve(ports, token=None):
        server = Server(session, ports)
        server.token = token or server.token
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        return server, thread

    def stop(server, thread):
        server.shutdown()
        thread.join()
        for connection in list(server.waiting):                    # a process that ends closes its connections
            connection.shutdown(socket.SHUT_RDWR)
        server.server_close()

    server, thread = serve((0,))
    page = Page(context.new_page(), server.address).open()
    page.draw(1)
    page.says()
    stop(server, thread)
    page.wait("document.getElementById('notice').textContent.includes('does not answer')")
    page.draw(0)
    server, thread = serve((server.server_port,), server.token)
    try:
        page.wait("document.getElementById('notice').hidden")
        page.tab.click("#clear")
        page.draw(7)
        assert page.says() == "7"
    finally:
        stop(server, thread)


def test_another_network_leaves_no_frame_of_the_one_before(page, session, run_folder, tmp_path):
    page.draw(7)
    page.says()
    page.tab.locator("#forward-maps button.map").first.click()
    page.tab.wait_for_selector(".zoom .product")
    assert page.tab.locator("#pad-field").is_visible()
    shutil.copytree(run_folder, tmp_path / "another")
    session.open(str(tmp_path / "another"))
    page.wait("document.getElementById('network').textContent.startsWith('another')")
    assert not page.tab.locator("#pad-field").is_visible() and not page.tab.locator("#seen-field").is_visible()


def test_without_a_network_all_tabs_can_be_looked_at(context, server, session, monkeypatch):
    monkeypatch.setattr(session, "network", None)
    page = Page(context.new_page(), server.address)
    page.tab.goto(server.address)
    page.wait("!document.getElementById('train').hidden")
    assert "Train one in the tab Train" in page.text("#offer")
    page.wait("document.querySelector('#train-loss svg')")
    assert page.tab.locator("#train-loss .tick").all_text_contents()[:5] == ["0", "0.25", "0.5", "0.75", "1"]
    page.tab.click("#tab-break")
    page.tab.wait_for_timeout(1500)                                # the page asks the server once a second
    assert page.tab.locator("#break").is_visible() and not page.problems


def test_the_bug_that_another_tab_trains_is_shown_and_its_text_stays(page):
    report = {"number": 7, "status": "finished", "bug": "mean-forgotten", "facts": {"steps": 2}, "points": [], "count": 0,
              "epochs": [], "lines": [], "snapshot": None, "snapshots": 0}
    page.tab.click("#tab-break")
    page.wait("document.querySelectorAll('#bug option').length > 20")
    before = page.text("#patch")
    page.tab.route("**/api/training*", lambda route: route.fulfill(json=report))
    page.wait("document.getElementById('bug').value === 'mean-forgotten'")
    assert page.text("#patch") == EXHIBITS["mean-forgotten"].patch() + "\n" != before
    assert page.tab.locator("#card").is_visible()
    page.tab.evaluate("document.querySelector('#patch span').id = 'selected'")
    page.tab.wait_for_timeout(2500)                                # at least one more report
    assert page.tab.locator("#selected").count() == 1, "a text that is written again loses what a person has selected in it"

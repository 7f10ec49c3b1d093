"""How long the playground takes from the end of a stroke to the new probabilities and maps on the screen.

    python -m benchmarks.playground [RUN]

It opens the page in headless Chromium, draws with synthetic pointer events, and lets the page itself measure: from the event
that ends a stroke to the first moment after the frame that shows the answer. Without a RUN it draws for a new two_conv (its
weights are random: that changes no time). Needs Chromium, and playwright of the test extra.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from minicnn.data import Preprocessing
from minicnn.models import two_conv
from minicnn.ops import set_num_threads
from minicnn.playground.server import Server
from minicnn.playground.session import Session
from minicnn.support.flags import at_least
from minicnn.training.model_file import save_model

STROKES = [[(.25, .2), (.5, .19), (.75, .2), (.6, .5), (.5, .87)], [(.3, .55), (.7, .55)], [(.2, .2), (.2, .8)]]
DRAW = """async ([strokes, repeats]) => {
  const pad = document.getElementById("pad"), times = []
  const fire = (type, [x, y]) => {
    const box = pad.getBoundingClientRect()
    pad.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: "pen", pressure: 0.5, button: 0, bubbles: true,
      clientX: box.left + x * box.width, clientY: box.top + y * box.height }))
  }
  const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds))
  document.addEventListener("playground-shown", (event) => times.push(event.detail))
  for (let k = 0; k < repeats; k++) {
    for (const stroke of strokes) {
      fire("pointerdown", stroke[0])
      for (const point of stroke.slice(1)) {
        fire("pointermove", point)
        await pause(16)
      }
      const seen = times.length
      fire("pointerup", stroke.at(-1))
      while (times.length === seen) await pause(5)
      await pause(30)
    }
    document.getElementById("clear").click()
    await pause(50)
  }
  return times
}"""


def measure(run, repeats):
    """Milliseconds from the end of each stroke to its answer on the screen."""
    from playwright.sync_api import sync_playwright  # here, because --help does not need it
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        sys.exit("error: expected Chromium on PATH, got none; apt install chromium")
    set_num_threads(1)                                             # as the command does
    with Server(Session(run), (0,)) as server, sync_playwright() as player:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(server.address)
        page.wait_for_selector("#bars .bar")
        page.evaluate(DRAW, [STROKES, 2])                          # the first answers fill caches
        times = page.evaluate(DRAW, [STROKES, repeats])
        browser.close()
        server.shutdown()
    return times


def main(arguments=None):
    """Measure and print."""
    flags = argparse.ArgumentParser(prog="python -m benchmarks.playground", description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("run", nargs="?", metavar="RUN", help="a run folder or a model.npz (default: a new two_conv)")
    flags.add_argument("--repeats", type=at_least(1), default=20, metavar="N", help="drawings of three strokes (default: 20)")
    flags.add_argument("--json", action="store_true", help="print the times as JSON")
    options = flags.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if options.run is None:
            options.run = str(Path(folder, "model.npz"))
            save_model(options.run, two_conv(rng=0), Preprocessing.of("0..1", (28, 28, 1), kind="digit"), tuple("0123456789"))
        times = measure(options.run, options.repeats)
    if options.json:
        print(json.dumps(times))
        return
    low, *_, high = statistics.quantiles(times, n=10)
    print(f"from the end of a stroke to the answer on the screen, {len(times)} strokes: "
          f"median {statistics.median(times):.1f} ms, 10% below {low:.1f} ms, 10% above {high:.1f} ms")


if __name__ == "__main__":
    main()

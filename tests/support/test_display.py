"""Files are opened and images are drawn as text."""

import numpy as np

from minicnn.support.display import show, sketch


def test_a_picture_is_opened_where_there_is_a_display(monkeypatch):
    opened = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: opened.append(command))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    show("a.png")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    show("a.png")
    assert opened == [["/bin/xdg-open", "a.png"]]


def test_a_sketch_shows_pictures_side_by_side_under_their_captions():
    black, white, half = np.zeros((4, 6)), np.ones((4, 6)), np.repeat([[0, 0, 0, 1, 1, 1]], 4, axis=0)
    text = sketch(np.stack([black, white, half])[..., None], ["no", "yes", "mid"])
    assert text == "\n".join(["no   yes  mid", "     @@@   +@", "     @@@   +@"])


def test_a_sketch_takes_every_shade():
    shades = " .:-=+*#%@"
    ramp = np.repeat(np.repeat(np.linspace(0, 1, 10), 2)[None], 2, axis=0)[None, ..., None]
    assert sketch(ramp, [""]).split("\n")[1] == shades

"""Write a scene as one HTML file: the recording as JSON, and the style and the scripts that show it, all in one."""

import json
import os

import jinja2

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates", "steps")
SCRIPTS = ("recording", "grids", "equation", "listing", "surface", "inspect", "player", "page")    # the order matters
TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined,
                               trim_blocks=True, lstrip_blocks=True)


def page_of(scene) -> str:
    """The text of the HTML file of a Scene. It loads nothing: the browser needs no network."""
    views = [{"name": view.name, "title": view.title, "about": view.text} | view.recorder.page() for view in scene.views]
    recording = json.dumps({"views": views, "map": scene.map}, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return TEMPLATES.get_template("page.html").render(
        scene=scene, tabs="Ways to see it", recording=recording, style=_text("steps.css"),
        scripts="\n".join(_text(f"{name}.js") for name in SCRIPTS))


def _text(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()

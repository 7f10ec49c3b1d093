"""Ask a trained network what picture files show.

    minicnn predict runs/mnist-two_conv scan.png photo.jpg

MODEL is a run folder or its model.npz, which knows how pictures were prepared and what the classes are called. Any
PNG or JPEG will do: a digit model looks for the writing, dark on light or light on dark, and centres it as MNIST does.
"""

import json
import os
import sys

import numpy as np

from ..data.image_files import read_image
from ..shapes import message
from ..training.model_file import load_model
from .console import at_least, show

MOST = 40                                                          # pictures that --show shows


def arguments(parser):
    parser.add_argument("model", metavar="MODEL", help="a run folder, or a model.npz")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help="a PNG or JPEG file")
    parser.add_argument("--top", type=at_least(1), default=3, metavar="N",
                        help="how many classes to name (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the answers as JSON, all classes with their probabilities")
    parser.add_argument("--show", action="store_true", help="save a picture of what the network saw beside its answers, and "
                                                            "open it where there is a display")
    parser.add_argument("--output", metavar="FILE", help="where --show saves (default: a fresh seen.png in this folder)")


def run(options):
    trained = load_model(model_path(options.model))
    answers, images, seen = [], [], []                             # aligned: a picture that cannot be read is in none
    for path in options.pictures:
        try:
            image, x, probabilities = ask(trained, path)
        except (ValueError, OSError) as problem:                   # the others are answered all the same
            line = " ".join(str(problem).split())
            print(f"error: {line}" if path in line else f"error: {path}: {line}", file=sys.stderr)
            continue
        order = np.argsort(-probabilities, kind="stable")
        answers.append({"picture": path, "answers": [{"class": trained.classes[k], "probability": float(probabilities[k])}
                                                     for k in order]})
        images.append(image)
        seen.append(x)
    if options.json:
        print(json.dumps(answers, indent=2))
    else:
        width = max((len(answer["picture"]) for answer in answers), default=0)
        for answer in answers:
            top = [f"{row['class']} {row['probability']:.1%}" for row in answer["answers"][:options.top]]
            print(f"{answer['picture']:<{width}}  {',  '.join(top)}")
    if options.show and answers:
        show_seen(options.output or fresh_file("seen.png"), images, seen, answers, options.top)
    return 0 if len(answers) == len(options.pictures) else 2


def model_path(model):
    """The model file that MODEL means.

    Raises: FileNotFoundError, saying what is missing.
    """
    path = os.path.join(model, "model.npz") if os.path.isdir(model) else model
    if os.path.exists(path):
        return path
    if os.path.exists(os.path.join(model, "last.npz")):
        fix = f"its training is not finished: minicnn train --resume {model}"
    else:
        fix = "minicnn runs lists the trained ones"
    raise FileNotFoundError(message("predict", "MODEL, a run folder with a model.npz or a model file", model, fix))


def ask(trained, path):
    """The picture in a file, what the network sees of it, as shares of white, and what it says.

    Shapes: image (h, w, C) bytes, seen (H, W, C), probabilities (K,).
    """
    prepare = trained.preprocessing
    image = read_image(path, channels=prepare.x_shape[2])
    x = prepare.one_image(image)                                     # (1, H, W, C)
    return image, x[0] * prepare.std + prepare.mean, trained.probabilities(x)[0]


def show_seen(path, images, seen, answers, top):
    """Save the picture of --show, and open it."""
    from ..visualize.plots.seen import what_was_seen  # here, because matplotlib takes its time
    names = [os.path.basename(answer["picture"]) for answer in answers[:MOST]]
    first = [[(row["class"], row["probability"]) for row in answer["answers"][:top]] for answer in answers[:MOST]]
    what_was_seen(path, images[:MOST], seen[:MOST], names, first)
    some = f" (the first {MOST} of {len(answers)})" if len(answers) > MOST else ""
    print(f"what the network saw{some}: {path}", file=sys.stderr)
    show(path)


def fresh_file(name):
    """name, or name-2, ... where that is taken."""
    stem, end = os.path.splitext(name)
    k = 1
    while os.path.exists(path := name if k == 1 else f"{stem}-{k}{end}"):
        k += 1
    return path

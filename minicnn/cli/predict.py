"""Ask a trained network what image files show.

    minicnn predict runs/mnist-two_conv scan.png photo.jpg

MODEL is a run folder or its model.npz, which knows the preprocessing and the names of the classes. Any PNG or JPEG file
is accepted. A digit model looks for the writing, dark on light or light on dark, and centres it as MNIST does.
"""

import json
import os
import sys

import numpy as np

from ..data.image_files import read_image
from ..shapes import message
from ..support.display import show
from ..support.files import fresh_path
from ..support.flags import at_least, path
from ..training.model_file import load_model
from ..training.run_folder import RunError, read_run

MOST = 40                                                          # images that --show shows


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("model", type=path, metavar="MODEL", help="a run folder, or a model.npz")
    parser.add_argument("images", type=path, nargs="+", metavar="IMAGE", help="a PNG or JPEG file")
    parser.add_argument("--top", type=at_least(1), default=3, metavar="N",
                        help="how many classes to name (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the answers as JSON, all classes with their probabilities")
    parser.add_argument("--show", action="store_true", help="save a picture of what the network saw with its answers, and "
                                                            "open it if there is a display")
    parser.add_argument("--output", type=path, metavar="FILE",
                        help="where --show saves (default: a new seen.png in this folder)")


def run(options):
    """Run the command and return its exit status."""
    trained = load_model(model_path(options.model))
    answers, images, seen = [], [], []                             # equally long: an unreadable image is in none
    for file in options.images:
        try:
            image, x, probabilities = ask(trained, file)
        except (ValueError, OSError) as problem:                   # go on with the other images
            line = " ".join(str(problem).split())
            print(f"error: {line}" if file in line else f"error: {file}: {line}", file=sys.stderr)
            continue
        order = np.argsort(-probabilities, kind="stable")
        answers.append({"image": file, "answers": [{"class": trained.classes[k], "probability": float(probabilities[k])}
                                                     for k in order]})
        images.append(image)
        seen.append(x)
    if options.json:
        print(json.dumps(answers, indent=2))
    else:
        width = max((len(answer["image"]) for answer in answers), default=0)
        for answer in answers:
            top = [f"{row['class']} {row['probability']:.1%}" for row in answer["answers"][:options.top]]
            print(f"{answer['image']:<{width}}  {',  '.join(top)}")
    if options.show and answers:
        show_seen(options.output or fresh_path("seen.png"), images, seen, answers, options.top)
    return 0 if len(answers) == len(options.images) else 2


def model_path(model, who="predict"):
    """The model file that MODEL means. Errors name `who` asked.

    Raises: FileNotFoundError, saying what is missing.
    """
    file = os.path.join(model, "model.npz") if os.path.isdir(model) else model
    if os.path.exists(file):
        return file
    if os.path.exists(os.path.join(model, "last.npz")):
        fix = f"its training is not finished: {resume_command(model)}"
    else:
        fix = "minicnn runs lists the trained ones"
    raise FileNotFoundError(message(who, "MODEL, a run folder with a model.npz or a model file", model, fix))


def resume_command(folder):
    """The command that resumes the run in a folder."""
    try:
        return read_run(folder, log=False)["config"]["resume"]
    except (KeyError, RunError):
        return f"minicnn train --resume {folder}"


def ask(trained, file):
    """The image in a file, what the network sees of it, from 0 (black) to 1 (white), and the probabilities.

    Shapes: image (h, w, C) bytes, seen (H, W, C), probabilities (K,).
    """
    if os.path.isdir(file):
        raise ValueError(message("predict", "IMAGE to be a file", f"the folder {file}", f"{file}/*.png names the files in it"))
    preprocess = trained.preprocessing
    image = read_image(file, channels=preprocess.x_shape[2])
    x = preprocess.one_image(image)                                # (1, H, W, C)
    return image, x[0] * preprocess.std + preprocess.mean, trained.probabilities(x)[0]


def show_seen(file, images, seen, answers, top):
    """Save the picture of --show, and open it."""
    from ..visualize.plots.seen import what_was_seen  # here, because matplotlib takes its time
    names = [os.path.basename(answer["image"]) for answer in answers[:MOST]]
    first = [[(row["class"], row["probability"]) for row in answer["answers"][:top]] for answer in answers[:MOST]]
    what_was_seen(file, images[:MOST], seen[:MOST], names, first)
    some = f" (the first {MOST} of {len(answers)})" if len(answers) > MOST else ""
    print(f"what the network saw{some}: {file}", file=sys.stderr)
    show(file)


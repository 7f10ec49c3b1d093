"""The network that people draw for: its answer, its gradients, one learning step and undo.

The network is a copy in memory. Learning steps change this copy and never the run folder. Every change raises `version`, so
that a second tab notices that its answer is old.
"""

import copy
import os
import threading

import numpy as np

from ..data.handwriting import framed_digit
from ..data.image_files import image_of_bytes
from ..losses import sigmoid_cross_entropy, softmax_cross_entropy
from ..optim import SGD
from ..shapes import NonFiniteError, message
from ..training.model_file import class_probabilities, load_model
from ..training.nonfinite import check_finite
from ..training.run_folder import RunError, read_run
from ..visualize.features import feature_maps, gradient_maps, layer_name, rms
from .wire import finite
from .zoom import layer_text, zoom

SIDE = 168                                                         # pixels of the pad on which people draw: 6 * 28
LARGEST_X = 1000                                                   # of a pixel after preprocessing
MOST_NUMBERS = 256 * 256 * 3                                       # of x: a network that takes more is not for a pad
MOST_UNDO = 20                                                     # learning steps that can be undone


class Network:
    """A trained model in memory. `version` counts its changes, `steps` the learning steps since it was loaded."""

    def __init__(self, folder, first_version=1):
        self.folder, self.lock = folder, threading.RLock()
        self.trained = load_model(os.path.join(folder, "model.npz") if os.path.isdir(folder) else folder)
        self.model, self.classes = self.trained.model.eval(), self.trained.classes
        self.x_shape, self.kind = tuple(self.trained.preprocessing.x_shape), self.trained.preprocessing.kind
        self.version, self.steps, self.earlier = first_version, 0, []
        try:
            self.data = read_run(folder, log=False)["config"]["data"] if os.path.isdir(folder) else None
        except RunError:
            self.data = None
        x = np.zeros((1, *self.x_shape), np.float32)
        self.layers = [{"name": layer_name(place, layer), "text": layer_text(layer), "shape": y.shape[1:]}
                       for place, layer, y in copy.deepcopy(self.model).trace(x)]
        self.backward(x, 0)                                        # compiles what is not compiled yet, before the page waits

    def facts(self):
        """What the page has to know about the network."""
        return {"folder": os.path.basename(os.path.abspath(self.folder)), "classes": self.classes, "x_shape": self.x_shape,
                "kind": self.kind, "data": self.data, "layers": self.layers,
                "parameters": sum(p.value.size for p in self.model.parameters().values()), **self.changes()}

    def changes(self):
        """How far the network in memory is from the one in the file."""
        return {"version": self.version, "steps": self.steps, "undo": len(self.earlier)}

    # ---- from what the page sends to x

    def drawing(self, pixels):
        """x of a drawing, and its Frame (None if the network does not frame digits).

        Shapes: pixels (SIDE, SIDE) uint8, white on black -> x (1, H, W, C)
        """
        image = pixels[..., None]
        frame = framed_digit(image)[1] if self.kind == "digit" else None
        return self.trained.preprocessing.one_image(image), frame

    def uploaded(self, content):
        """x of the bytes of a PNG or JPEG file, as `minicnn predict` makes it."""
        image = image_of_bytes(content, channels=self.x_shape[2])
        return self.trained.preprocessing.one_image(image)

    def seen(self, x):
        """x as people see it, from 0 (black) to 1 (white): before mean and std were taken out."""
        return np.clip(x[0] * self.trained.preprocessing.std + self.trained.preprocessing.mean, 0, 1)

    # ---- forward and backward

    def look(self, x):
        """Forward: the probabilities (K,), and (name, output) of every layer."""
        with self.lock:
            maps = feature_maps(self.model, x)
        return class_probabilities(maps[-1][1][None])[0], maps

    def backward(self, x, label):
        """The Backward of the loss for this label: the gradient of every layer, down to the pixels."""
        with self.lock:
            return gradient_maps(self.model, x, np.array([label]))

    def zoom(self, x, layer, channel, row, column):
        """How one value inside the network was computed; see zoom.py."""
        with self.lock:
            return zoom(self.model, x, layer, channel, row, column)

    # ---- learning

    def learn(self, x, label, lr):
        """One step of SGD on one image: w becomes w - lr * dL/dw, for every parameter w. Returns what moved, as a dict.

        Dropout is off and batch norm uses its running statistics: the loss that the page shows is the loss that is lowered.

        Raises: NonFiniteError if the step makes a number NaN or infinite. The network is then as it was before.
        """
        with self.lock:
            parameters = self.model.parameters()
            before = {name: p.value.copy() for name, p in parameters.items()}
            self.model.eval(cache=True)
            try:
                loss, dlogits = self._loss(self.model.forward(x), label)
                self.model.backward(dlogits)
                gradients = {name: p.grad for name, p in parameters.items()}
                optimizer = SGD(parameters, lr=lr)
                with np.errstate(all="ignore"):
                    optimizer.step()
                    check_finite(self.model, optimizer)
                    after, _ = self._loss(self.model.predict(x), label)
            except NonFiniteError:
                self._restore(before)
                raise NonFiniteError(message("Learn from this", "finite numbers after the step", f"none with lr = {lr:g}",
                                             "the step was taken back; choose a smaller learning rate")) from None
            finally:
                self.model.eval()
            self.earlier = [*self.earlier, before][-MOST_UNDO:]
            self.version, self.steps = self.version + 1, self.steps + 1
            moved = [_moved(name, before[name], p.value, gradients[name]) for name, p in parameters.items()]
            promised = -lr * sum(float(np.square(g, dtype=np.float64).sum()) for g in gradients.values())
            return {"loss_before": loss, "loss_after": after, "promised": finite(promised), "moved": moved, **self.changes()}

    def undo(self):
        """Take the last learning step back. Raises ValueError if there is none."""
        with self.lock:
            if not self.earlier:
                raise ValueError(message("Undo", "a learning step", "none", f"the last {MOST_UNDO} can be undone"))
            self._restore(self.earlier.pop())
            self.version, self.steps = self.version + 1, self.steps - 1
            return self.changes()

    def _restore(self, values):
        for name, p in self.model.parameters().items():
            p.value = values[name]

    def _loss(self, logits, label):
        return (softmax_cross_entropy if logits.shape[1] > 1 else sigmoid_cross_entropy)(logits, np.array([label]))


def _moved(name, before, after, gradient):
    """How far one parameter moved."""
    size, change = rms(before), rms(after - before)
    return {"name": name, "shape": after.shape, "gradient": rms(gradient), "step": change,
            "relative": change / size if size else 0.0}

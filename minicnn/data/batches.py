"""Mini-batches of one epoch in random order, a validation split, and bytes as floats."""

from collections.abc import Callable

import numpy as np

from ..ops.checks import Rng, generator
from ..shapes import DtypeError, ShapeError, message, shown, whole
from .checks import array_text, is_number
from .sampling import stratified


class Batches:
    """One epoch over a data set: every row exactly once, `batch_size` rows at a time, the last batch possibly smaller.

    Batch k holds the rows order[k * batch_size : (k + 1) * batch_size] of a permutation `order`. A Batches object can be
    iterated once; make a new one for the next epoch. To resume a training in the middle of an epoch, save `state()` and
    give it to another object's `load_state`, which then continues with the next batch.

    Shapes: images (N, ...), labels (N, ...) -> pairs of (n, ...) and (n, ...); n = batch_size, or less in the last batch.
    Raises: DtypeError if images or labels are not arrays, or batch_size is not an integer; ShapeError if there are no
    images, another number of labels than of images, or a batch_size below 1.
    """

    def __init__(self, images, labels, batch_size=64, rng=None, shuffle=True, transform=None):
        _check_pair("batches", images, labels)
        self.batch_size = whole("batches", "batch_size", batch_size, minimum=1)
        if transform is not None and not callable(transform):
            raise DtypeError(message("batches", "transform, a function of a batch of images, or None", shown(transform)))
        self.images, self.labels, self.transform = images, labels, transform
        N = len(images)
        self.order = generator("batches", rng).permutation(N) if shuffle else np.arange(N)
        self.position = 0  # how many rows the batches so far had

    def __len__(self):
        """The number of batches of the whole epoch: N / batch_size, rounded up."""
        return (len(self.order) + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        return self

    def __next__(self):
        rows = self.order[self.position : self.position + self.batch_size]
        if len(rows) == 0:
            raise StopIteration
        x = self.images[rows]
        if self.transform is not None:
            x = self.transform(x)
        self.position += len(rows)
        return x, self.labels[rows]

    def state(self):
        """The order of the rows and the position in it, as arrays for a checkpoint."""
        return {"order": self.order.astype(np.int64), "position": np.array(self.position, np.int64)}

    def load_state(self, state):
        """Continue where a `state()` was taken. A state that does not fit raises ValueError and changes nothing."""
        N = len(self.images)
        if not isinstance(state, dict) or set(state) != {"order", "position"}:
            got = sorted(map(str, state)) if isinstance(state, dict) else type(state).__name__
            raise ValueError(message("Batches.load_state", "a dict with 'order' and 'position'", got, "pass state()"))
        order, position = np.asarray(state["order"]), np.asarray(state["position"])
        integers = order.shape == (N,) and order.dtype.kind in "iu"
        if not (integers and np.array_equal(np.sort(order), np.arange(N))):
            got = f"{order.dtype} {order.shape} that is none"
            fix = "the state belongs to other data or is damaged"
            raise ValueError(message("Batches.load_state", f"order to be a permutation of 0 ... {N - 1}", got, fix))
        if position.shape != () or position.dtype.kind not in "iu" or not 0 <= position <= N:
            got = f"{position.dtype} {position.tolist()}"
            raise ValueError(message("Batches.load_state", f"position, an integer from 0 to {N}", got, "pass state()"))
        self.order, self.position = order.astype(np.int64), int(position)


def batches(images: np.ndarray, labels: np.ndarray, batch_size: int = 64, rng: Rng = None, shuffle: bool = True,
            transform: Callable[[np.ndarray], np.ndarray] | None = None) -> Batches:
    """Cut one epoch into mini-batches, to be used as `for x, labels in batches(images, labels)`; see `Batches`.

    `rng` is a Generator or a seed for the order; without `shuffle` the order is that of the data. `transform` is a
    function that is called with each batch of images and returns what the network gets, such as an `Augment`.
    """
    return Batches(images, labels, batch_size, rng, shuffle, transform)


def split(images: np.ndarray, labels: np.ndarray, fraction: float, rng: Rng = None) -> tuple[np.ndarray, ...]:
    """Set a fraction of the rows apart for validation, the same fraction of every label.

    The rows are drawn by `rng`, a Generator or a seed. Of N rows, V = round(fraction * N) are set apart; a label with n
    rows gives n * V / N of them, to within one (`stratified`). Both parts keep the order of the data.

    Shapes: images (N, ...), labels (N,) -> images (N - V, ...), labels (N - V,), images (V, ...), labels (V,)
    Raises: ShapeError if one of the parts would be empty; DtypeError and ShapeError as `batches` does.
    """
    _check_pair("split", images, labels)
    if labels.ndim != 1:
        raise ShapeError(message("split", "labels (N,)", labels.shape, "pass class numbers, not one-hot rows"))
    N = len(images)
    V = round(fraction * N) if is_number(fraction) and 0 < fraction < 1 else 0
    if not 0 < V < N:
        got = f"fraction = {shown(fraction)} of {N}"
        fix = "take a fraction between 0 and 1, such as 0.1, or more data"
        raise ShapeError(message("split", "a fraction that leaves rows on both sides", got, fix))
    validation = np.zeros(N, bool)
    validation[stratified(labels, V, generator("split", rng))] = True
    return images[~validation], labels[~validation], images[validation], labels[validation]


def as_float(images: np.ndarray) -> np.ndarray:
    """Convert bytes to floats, y = x / 255: uint8 in 0 ... 255 -> float32 in [0, 1], any shape.

    Raises: DtypeError for an array of another type, because it was perhaps scaled before.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        raise DtypeError(message("as_float", "a uint8 array", array_text(images), "are these images floats already?"))
    return images.astype(np.float32) / 255


def _check_pair(who, images, labels):
    for name, array in (("images", images), ("labels", labels)):
        if not isinstance(array, np.ndarray) or array.ndim == 0:
            raise DtypeError(message(who, f"{name}, an array (N, ...)", array_text(array), f"np.asarray({name})"))
    if len(images) != len(labels):
        got = f"{len(images)} images and {len(labels)} labels"
        raise ShapeError(message(who, "as many labels as images", got, "were both cut in the same way?"))
    if len(images) == 0:
        raise ShapeError(message(who, "at least one image", f"images {images.shape}", "is a limit or a filter 0?"))

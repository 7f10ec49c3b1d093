"""From a data set to mini-batches: an epoch in random order, a validation split, and bytes turned into floats."""

import numpy as np

from ..shapes import DtypeError, ShapeError, message, whole


class Batches:
    """One epoch over a data set: every row exactly once, `batch_size` rows at a time, the last batch possibly smaller.

    Batch k holds the rows order[k * batch_size : (k + 1) * batch_size] of a permutation `order`. The object is its own
    iterator and is used up when the epoch ends; make a new one for the next epoch. `state()` after a batch says where
    the epoch stands, and `load_state` makes another object go on with the batch that comes next.

    Shapes: images (N, ...), labels (N, ...) -> pairs of (n, ...) and (n, ...) with n = batch_size or, at the end, less.
    Raises: DtypeError for images or labels that are no arrays and for a batch_size that is no integer; ShapeError for
    no images at all, another number of labels, or a batch_size below 1.
    """

    def __init__(self, images, labels, batch_size=64, rng=None, shuffle=True, transform=None):
        _check_pair("batches", images, labels)
        self.batch_size = whole("batches", "batch_size", batch_size, minimum=1)
        self.images, self.labels, self.transform = images, labels, transform
        N = len(images)
        self.order = np.random.default_rng(rng).permutation(N) if shuffle else np.arange(N)
        self.position = 0  # how many rows were handed out

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
        """Where the epoch stands, as arrays that fit into a checkpoint."""
        return {"order": self.order.astype(np.int64), "position": np.array(self.position, np.int64)}

    def load_state(self, state):
        """Go on from where a `state()` was taken; a state that does not fit raises ValueError and changes nothing."""
        N = len(self.images)
        if not isinstance(state, dict) or set(state) != {"order", "position"}:
            got = sorted(map(str, state)) if isinstance(state, dict) else type(state).__name__
            raise ValueError(message("Batches.load_state", "a dict with 'order' and 'position'", got, "pass state()"))
        order, position = np.asarray(state["order"]), np.asarray(state["position"])
        permutation = (
            order.shape == (N,) and order.dtype.kind in "iu" and np.array_equal(np.sort(order), np.arange(N))
        )
        if not permutation:
            got = f"{order.dtype} {order.shape} that is none"
            fix = "the state belongs to other data or is damaged"
            raise ValueError(message("Batches.load_state", f"order to be a permutation of 0 ... {N - 1}", got, fix))
        if position.shape != () or position.dtype.kind not in "iu" or not 0 <= position <= N:
            got = f"{position.dtype} {position.tolist()}"
            raise ValueError(message("Batches.load_state", f"position, an integer from 0 to {N}", got, "pass state()"))
        self.order, self.position = order.astype(np.int64), int(position)


def batches(images, labels, batch_size=64, rng=None, shuffle=True, transform=None):
    """Cut one epoch into mini-batches, to be used as `for x, labels in batches(images, labels)`; see `Batches`.

    `rng` is a Generator or a seed; `transform` is applied to each batch of images. Without `shuffle` the order is kept.
    """
    return Batches(images, labels, batch_size, rng, shuffle, transform)


def split(images, labels, fraction, rng=None):
    """Set a fraction of the rows apart for validation, the same fraction of every label.

    The rows are shuffled, then sorted by label, and every (N / V)-th of them is taken, V = round(fraction * N): a label
    with n rows gives n * V / N of them to within one. Both parts keep the order of the data.

    Shapes: images (N, ...), labels (N,) -> images (N - V, ...), labels (N - V,), images (V, ...), labels (V,)
    Raises: ShapeError when one of the parts would be empty, and what `batches` raises.
    Source: systematic sampling, W. Cochran, "Sampling Techniques" (1977), chapter 8.
    """
    _check_pair("split", images, labels)
    if labels.ndim != 1:
        raise ShapeError(message("split", "labels (N,)", labels.shape, "pass class numbers, not one-hot rows"))
    N = len(images)
    V = round(fraction * N) if 0 < fraction < 1 else 0
    if not 0 < V < N:
        got = f"fraction = {fraction} of {N}"
        fix = "take a fraction between 0 and 1, such as 0.1, or more data"
        raise ShapeError(message("split", "a fraction that leaves rows on both sides", got, fix))
    shuffled = np.random.default_rng(rng).permutation(N)
    by_label = shuffled[np.argsort(labels[shuffled], kind="stable")]
    validation = np.zeros(N, bool)
    validation[by_label[(2 * np.arange(V) + 1) * N // (2 * V)]] = True
    return images[~validation], labels[~validation], images[validation], labels[validation]


def as_float(images):
    """Bytes to floats, y = x / 255: uint8 in 0 ... 255 -> float32 in [0, 1], any shape.

    Raises: DtypeError for an array of another type, which was perhaps scaled before.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        raise DtypeError(message("as_float", "a uint8 array", _kind(images), "are these images floats already?"))
    return images.astype(np.float32) / 255


def _check_pair(who, images, labels):
    for name, array in (("images", images), ("labels", labels)):
        if not isinstance(array, np.ndarray) or array.ndim == 0:
            raise DtypeError(message(who, f"{name}, an array (N, ...)", _kind(array), f"np.asarray({name})"))
    if len(images) != len(labels):
        got = f"{len(images)} images and {len(labels)} labels"
        raise ShapeError(message(who, "as many labels as images", got, "were both cut in the same way?"))
    if len(images) == 0:
        raise ShapeError(message(who, "at least one image", f"images {images.shape}", "is a limit or a filter 0?"))


def _kind(value):
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__

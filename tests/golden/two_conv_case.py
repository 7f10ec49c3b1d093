"""The case that the golden file records: weights and batches that any program can build again, and what is kept of a run.

DESIGN's two-conv network at 32 x 32 x 1 without dropout, 20 steps of Adam (lr 1e-3) over five batches of 64, in turn.
Uniform numbers straight from PCG64 are used, since their stream is the same in every version of NumPy.
"""

import numpy as np

STEPS, BATCH = 20, 64
SHAPES = {"0.w": (3, 3, 1, 32), "0.b": (32,), "3.w": (3, 3, 32, 64), "3.b": (64,), "7.w": (4096, 128), "7.b": (128,),
          "10.w": (128, 10), "10.b": (10,)}                        # names and layouts of minicnn


def weights():
    """Name -> float64 array: weights uniform in +-1 / sqrt(fan_in) (PyTorch's own default), biases in 0.1 to 0.2.

    With these biases and images around 0 every ReLU is on somewhere. A unit that is almost dead has gradients of the size
    of float32's rounding, which Adam, dividing by that size, would turn into steps: nothing could be compared.
    """
    rng = np.random.Generator(np.random.PCG64(2026))
    uniform = {name: rng.random(shape) for name, shape in SHAPES.items()}
    return {name: (2 * u - 1) * np.prod(u.shape[:-1]) ** -0.5 if u.ndim > 1 else 0.1 + 0.1 * u
            for name, u in uniform.items()}


def batches():
    """STEPS pairs of images (BATCH, 32, 32, 1) and labels (BATCH,): noise, and three bright rows that tell the label."""
    rng = np.random.Generator(np.random.PCG64(11))
    five = []
    for _ in range(5):
        images, labels = 2 * rng.random((BATCH, 32, 32, 1)) - 1, (10 * rng.random(BATCH)).astype(np.int64)
        for n, label in enumerate(labels):
            images[n, 3 * label:3 * label + 3] += 1
        five.append((images, labels))
    return [five[step % 5] for step in range(STEPS)]


def digest(values):
    """What is kept of each final array: its norm, and 150 entries spread evenly over it."""
    return {name: {"norm": float(np.linalg.norm(value.astype(np.float64))),
                   "entries": value.ravel()[np.linspace(0, value.size - 1, min(150, value.size)).astype(int)].tolist()}
            for name, value in values.items()}

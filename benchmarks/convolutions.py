"""One convolution on every implementation: each class has forward() -> y and backward() -> dx, dw, db of the same numbers."""

import numpy as np

import minicnn
from minicnn import ops
from minicnn.ops import definition
from minicnn.ops.padding import crop, pad, seen_through
from minicnn.shapes import window

SEED = 0


def numbers(sizes, dtype=np.float32):
    """x, w, b and dy for sizes N, H, W, C, F, K (the kernel), padding, stride (or 1); the same in every process."""
    N, H, W, C, F, K = (sizes[name] for name in ("N", "H", "W", "C", "F", "K"))
    OH, OW = output_size(sizes)
    rng = np.random.default_rng(SEED)
    shapes = (N, H, W, C), (K, K, C, F), (F,), (N, OH, OW, F)
    x, w, b, dy = (rng.standard_normal(shape, dtype=np.float32).astype(dtype) for shape in shapes)
    return x, w / np.sqrt(K * K * C).astype(dtype), b, dy


def output_size(sizes):
    """OH and OW."""
    return [(sizes[name] + 2 * sizes["padding"] - sizes["K"]) // sizes.get("stride", 1) + 1 for name in "HW"]


def multiplications(sizes):
    """Of the forward pass; each of the two gradients takes as many."""
    K, (OH, OW) = sizes["K"], output_size(sizes)
    return sizes["N"] * OH * OW * K * K * sizes["C"] * sizes["F"]


def loops(x, w, b, y):
    """The seven loops of the definition over a padded x at stride 1, on arrays alone, so that Numba can compile them."""
    N, OH, OW, F = y.shape
    KH, KW, C, _ = w.shape
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    y[n, i, j, f] = b[f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                y[n, i, j, f] += x[n, i + u, j + v, c] * w[u, v, c, f]


def backward_loops(dy, x, w, dx, dw, db):
    """The same seven loops; they add to dx, dw and db, which come in as zeros."""
    N, OH, OW, F = dy.shape
    KH, KW, C, _ = w.shape
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    db[f] += dy[n, i, j, f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                dx[n, i + u, j + v, c] += dy[n, i, j, f] * w[u, v, c, f]
                                dw[u, v, c, f] += dy[n, i, j, f] * x[n, i + u, j + v, c]


class Loops:
    """The seven loops of the definition, in Python."""

    def __init__(self, sizes, threads=1, dtype=np.float32):
        self.x, self.w, self.b, self.dy = numbers(sizes, dtype)
        self.padding, self.g = sizes["padding"], window("Loops", self.x.shape, self.w.shape[:2], 1, sizes["padding"])

    def forward(self):
        return definition.conv2d(self.x, self.w, self.b, 1, self.padding)

    def backward(self):
        return definition.conv2d_backward(self.dy, self.x, self.w, 1, self.padding)


class CompiledLoops(Loops):
    """The same seven loops as Numba compiles them, as they stand."""

    def __init__(self, sizes, threads=1, dtype=np.float32):
        from numba import njit

        super().__init__(sizes, threads, dtype)
        self.loops, self.backward_loops = njit(loops), njit(backward_loops)

    def forward(self):
        y = np.empty_like(self.dy)
        self.loops(pad(self.x, self.g), self.w, self.b, y)
        return y

    def backward(self):
        x = pad(self.x, self.g)
        dx, dw, db = np.zeros_like(x), np.zeros_like(self.w), np.zeros_like(self.b)
        self.backward_loops(self.dy, x, self.w, dx, dw, db)
        return crop(dx, self.g), dw, db


class Slices(Loops):
    """For each of the K * K kernel entries, the whole shifted image times one (C, F) matrix, in NumPy."""

    def forward(self):
        x = pad(self.x, self.g)
        y = np.tile(self.b, (*self.dy.shape[:3], 1))
        for u, v in np.ndindex(self.g.KH, self.g.KW):
            y += x[seen_through(u, v, self.g)] @ self.w[u, v]                            # (N, OH, OW, F)
        return y

    def backward(self):
        x = pad(self.x, self.g)
        dx, dw = np.zeros_like(x), np.empty_like(self.w)
        for u, v in np.ndindex(self.g.KH, self.g.KW):
            seen = seen_through(u, v, self.g)
            dx[seen] += self.dy @ self.w[u, v].T
            dw[u, v] = x[seen].reshape(-1, dw.shape[2]).T @ self.dy.reshape(-1, dw.shape[3])
        return crop(dx, self.g), dw, self.dy.sum(axis=(0, 1, 2))


class Implementation(Loops):
    """One of minicnn's implementations through its public face, `ops.conv2d`."""

    def __init__(self, sizes, threads=1, implementation=None):
        super().__init__(sizes)
        self.stride = sizes.get("stride", 1)
        minicnn.set_num_threads(threads)
        ops.use(implementation or ops.implementations()[-1])

    def forward(self):
        return ops.conv2d(self.x, self.w, self.b, self.stride, self.padding)

    def backward(self):
        return ops.conv2d_backward(self.dy, self.x, self.w, self.stride, self.padding)

    def backward_of_weights(self):
        """What a network's first layer computes: the gradients of w and b, without that of the images."""
        return ops.conv2d_backward(self.dy, self.x, self.w, self.stride, self.padding, input_gradient=False)


class PyTorch(Loops):
    """PyTorch's convolution, NHWC in memory (channels_last) or NCHW; its backward op without autograd around it."""

    def __init__(self, sizes, threads=1, channels_last=True):
        import torch

        super().__init__(sizes)
        torch.set_num_threads(threads)
        self.torch, self.stride = torch, sizes.get("stride", 1)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.tx, self.tdy = (torch.from_numpy(a.transpose(0, 3, 1, 2)).contiguous(memory_format=layout)
                             for a in (self.x, self.dy))
        self.tw = torch.from_numpy(self.w.transpose(3, 2, 0, 1)).contiguous(memory_format=layout)
        self.tb = torch.from_numpy(self.b)

    def forward(self):
        with self.torch.inference_mode():
            return self.torch.conv2d(self.tx, self.tw, self.tb, self.stride, self.padding).permute(0, 2, 3, 1).numpy()

    def backward(self):
        dx, dw, db = self.torch.ops.aten.convolution_backward(
            self.tdy, self.tx, self.tw, [len(self.b)], [self.stride] * 2, [self.padding] * 2, [1, 1], False, [0, 0], 1,
            [True] * 3)
        return dx.permute(0, 2, 3, 1).numpy(), dw.permute(2, 3, 1, 0).numpy(), db.numpy()

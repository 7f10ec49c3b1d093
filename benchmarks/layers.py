"""Layers: one convolution of each shape that known networks have, against PyTorch's better layout, forward and backward."""

from . import verify
from .competitors import OURS, PYTORCH
from .convolutions import multiplications
from .figures import fastest, ratio, summary
from .workers import Failure, Team, rounds

TOLERANCE = 1e-3            # of gradients that are sums over up to 800,000 products in float32
MOST = 3e11                 # multiplications: larger layers are left out at large batches
TASKS = ("forward", "backward")
ENTRIES = {OURS: ("benchmarks.convolutions:Implementation", {}),
           "PyTorch NCHW": ("benchmarks.convolutions:PyTorch", {"channels_last": False}),
           "PyTorch channels_last": ("benchmarks.convolutions:PyTorch", {"channels_last": True})}

# Where a layer is from; its image, channels, filters, kernel, stride, padding. The list stands before anything is tuned for it.
SHAPES = [
    ("LeNet-5, first", 28, 1, 6, 5, 1, 2),
    ("LeNet-5, second", 14, 6, 16, 5, 1, 0),
    ("two-conv, first", 28, 1, 32, 3, 1, 1),
    ("two-conv, second", 14, 32, 64, 3, 1, 1),
    ("5 x 5", 14, 32, 64, 5, 1, 2),
    ("few channels", 28, 8, 8, 3, 1, 1),
    ("VGG on 32 x 32, first", 32, 3, 64, 3, 1, 1),
    ("VGG on 32 x 32, second", 32, 64, 64, 3, 1, 1),
    ("VGG on 32 x 32, fourth", 16, 128, 128, 3, 1, 1),
    ("ResNet of width 16", 32, 16, 16, 3, 1, 1),
    ("ResNet-18, first", 224, 3, 64, 7, 2, 3),
    ("ResNet-18, stage 1", 56, 64, 64, 3, 1, 1),
    ("ResNet-18, into stage 2", 56, 64, 128, 3, 2, 1),
    ("ResNet-18, shortcut", 56, 64, 128, 1, 2, 0),
    ("ResNet-18, stage 2", 28, 128, 128, 3, 1, 1),
    ("ResNet-18, into stage 3", 28, 128, 256, 3, 2, 1),
    ("ResNet-18, stage 3", 14, 256, 256, 3, 1, 1),
    ("ResNet-18, into stage 4", 14, 256, 512, 3, 2, 1),
    ("ResNet-18, stage 4", 7, 512, 512, 3, 1, 1),
    ("1 x 1, more channels", 28, 64, 256, 1, 1, 0),
    ("1 x 1, fewer channels", 28, 256, 64, 1, 1, 0),
]


def sizes_of(shape, N):
    """The sizes of a row of SHAPES at batch N, as convolutions.py takes them."""
    _, size, C, F, K, stride, padding = shape
    return {"N": N, "H": size, "W": size, "C": C, "F": F, "K": K, "stride": stride, "padding": padding}


def measure(settings):
    """Rows: shape, batch, threads, task, the seconds of everyone, and our ratio to the better PyTorch."""
    shapes = SHAPES[:2] if settings.quick else SHAPES
    rows, refused = [], {}
    with Team() as team:
        for N in sorted(settings.batches, key=lambda N: N != 64):
            for shape in shapes:
                if multiplications(sizes_of(shape, N)) <= MOST:
                    for threads in sorted({1, settings.threads}):
                        rows += one(team, settings, shape, N, threads, refused)
    return {"rows": rows, "refused": refused}


def one(team, settings, shape, N, threads, refused):
    """Verify everyone on one shape against the reference, then time forward and backward."""
    sizes = sizes_of(shape, N)
    jobs = {name: team.worker(name, threads) for name in ENTRIES if name in settings.competitors}
    verifier = team.worker("reference", settings.threads)
    verifier.build("benchmarks.convolutions:Implementation", sizes=sizes, threads=settings.threads, implementation="reference")
    expected = outputs(verifier)
    for name, worker in list(jobs.items()):
        path, options = ENTRIES[name]
        try:
            worker.build(path, sizes=sizes, threads=threads, **options)
            for what, got in outputs(worker).items():
                verify.agree(what, got, expected[what], TOLERANCE)
        except (verify.Refused, Failure) as problem:
            refused[name] = f"{shape[0]}, batch {N}: {problem.reason()}"
            del jobs[name]
    rows = []
    for task in TASKS:
        times = rounds({name: (worker, task) for name, worker in jobs.items()}, settings.rounds, settings.budget)
        peers = [name for name in PYTORCH if name in times]
        row = {"layer": shape[0], "sizes": sizes, "threads": threads, "task": task,
               "seconds": {name: summary(t) for name, t in times.items()}}
        if peers and OURS in times:
            row["ratio"] = ratio(times[fastest(times, peers)], times[OURS])
            print(f"{shape[0]}, batch {N}, {threads} threads, {task}: {row['ratio']['median']:.2f} x PyTorch", flush=True)
        rows.append(row)
    return rows


def outputs(worker):
    """y and the three gradients, by name."""
    return {"y": worker.call("forward"), **dict(zip(("dx", "dw", "db"), worker.call("backward")))}

"""Scaling: a training step over threads and batch sizes, and one convolution's three products over channels."""

from . import peak, timed_networks, verify
from .competitors import COMPETITORS, OURS
from .convolutions import multiplications
from .figures import ratio, summary
from .ladder import TOLERANCE, gflops, outputs
from .workers import Crowd, Team, rounds

NETWORK = "two-conv"
PROCESSES = "processes of one thread"
IMAGES = {"N": 64, "H": 16, "W": 16}
KERNELS = (3, 5)            # 3 x 3 is done with fewer multiplications than are counted (Winograd), 5 x 5 with as many
LEAST_FILTERS = 32          # a first layer has 1 or 3 channels, but more filters
CONV = "benchmarks.convolutions:Implementation"


def measure(settings):
    """Time a training step for each number of threads and batch size, then a convolution for each number of channels."""
    with Team() as team:
        found = {"threads": threads(team, settings)}
        found["batches"] = [row for batch in settings.scaling_batches
                            for row in timed_networks.one(team, settings, NETWORK, batch, tasks=("train_step",))]
    with Team() as team:                             # the frameworks' processes are gone, with their memory
        found["channels"] = [channels(team, settings, C, K) for K in KERNELS for C in settings.channels]
    return found


def threads(team, settings):
    """Seconds of a training step on 1 and on all threads in the same rounds, and the ratio of the two, for everyone.

    For us also: of independent processes with one thread each, as many as there are threads. They share no work, so nothing
    waits for anything; only the memory is the same.
    """
    counts, jobs, refused = (1, settings.threads), {}, {}
    for count in counts:
        errors, wrong = timed_networks.check(team, settings, NETWORK, settings.batch, count)
        refused |= wrong
        for name in errors:
            timed_networks.build(team, name, count, NETWORK, settings.batch)
            jobs[name, count] = (team.worker(name, count), "train_step")
    if OURS in settings.competitors:
        alone = [team.worker(OURS, 1, first) for first in range(settings.threads)]
        for worker in alone:
            worker.build(COMPETITORS[OURS].path, network=NETWORK, batch=settings.batch, threads=1, **COMPETITORS[OURS].options)
        jobs[PROCESSES] = Crowd(alone), "train_step"
    times = rounds(jobs, settings.rounds, settings.budget)
    both = [name for name in settings.competitors if all((name, count) in times for count in counts)]
    for name in both:
        gain = ratio(times[name, 1], times[name, settings.threads])
        print(f"{NETWORK}, {name}: {gain['median']:.2f} times as fast on {settings.threads} threads as on 1", flush=True)
    processes = {}
    if PROCESSES in times and OURS in both:
        processes = {"seconds": summary(times[PROCESSES]), "ratio": ratio(times[PROCESSES], times[OURS, settings.threads])}
        print(f"{NETWORK}, {OURS}: {settings.threads} threads do {processes['ratio']['median']:.2f} of what "
              f"{settings.threads} processes of one thread do", flush=True)
    return {"network": NETWORK, "batch": settings.batch, "threads": settings.threads, "refused": refused,
            "processes": processes,
            "seconds": {name: {str(count): summary(times[name, count]) for count in counts} for name in both},
            "gain": {name: ratio(times[name, 1], times[name, settings.threads]) for name in both}}


def channels(team, settings, C, K):
    """GFLOP/s and fraction of the peak of forward, input gradient and weight gradient with C channels and a K x K kernel."""
    sizes = IMAGES | {"C": C, "F": max(C, LEAST_FILTERS), "K": K, "padding": K // 2}
    ours, verifier = team.worker(OURS, settings.threads), team.worker("reference", settings.threads)
    verifier.build(CONV, sizes=sizes, threads=settings.threads, implementation="reference")
    expected = outputs(verifier)
    ours.build(CONV, sizes=sizes, threads=settings.threads)
    found = {"C": C, "F": sizes["F"], "K": K}
    try:
        found["errors"] = {what: verify.agree(what, got, expected[what], TOLERANCE) for what, got in outputs(ours).items()}
    except verify.Refused as problem:
        print(f"{C} channels, {K} x {K}: not timed: {problem}", flush=True)
        return found | {"refused": {OURS: str(problem)}}

    team.worker("peak", settings.threads).build("benchmarks.peak:Peak", threads=settings.threads)
    jobs = {task: (ours, task) for task in ("forward", "backward", "backward_of_weights")}
    jobs["peak"] = team.worker("peak", settings.threads), "run"
    times = rounds(jobs, settings.rounds, settings.budget)
    top = gflops(peak.FLOPS * settings.threads, times.pop("peak"))
    once = 2 * multiplications(sizes)
    found |= {"peak": summary(top), "products": {}}
    for product, (flops, seconds) in products(once, times).items():
        speed = gflops(flops, seconds)
        found["products"][product] = {"seconds": summary(seconds), "gflops": summary(speed), "share": ratio(speed, top)}
    shares = ", ".join(f"{name} {p['share']['median']:.0%}" for name, p in found["products"].items())
    print(f"{C} channels, {K} x {K}: {shares} of the peak", flush=True)
    return found


def products(once, times):
    """{name: (FLOP, seconds of each round)}. The input gradient is what the whole backward pass takes beyond the weights'."""
    both, weights = times["backward"], times["backward_of_weights"]
    beyond = [max(b - w, b / 100) for b, w in zip(both, weights)]  # noise must not make it negative
    return {"forward": (once, times["forward"]), "input gradient": (once, beyond), "weight gradient": (once, weights),
            "both gradients": (2 * once, both)}

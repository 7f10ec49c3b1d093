"""Networks: a training step and inference of each, in every framework, at the same thread count, in one run."""

from dataclasses import replace

from . import verify
from .competitors import COMPETITORS, OURS, PYTORCH, REFERENCE
from .figures import fastest, ratio, summary
from .networks import DEEPER, NETWORKS
from .workers import Failure, Team, rounds

TASKS = ("train_step", "infer")


def measure(settings):
    """A list of rows: one per network, batch and task, with the seconds of everyone and our ratios to them."""
    return measure_these(settings, settings.networks)


def measure_deeper(settings):
    """The same for the networks with batch norm and shortcuts, of which PyTorch alone has a translation."""
    names = [name for name in settings.competitors if name == OURS or name in PYTORCH]
    return measure_these(replace(settings, competitors=names, batches=settings.batches[:1]), DEEPER)


def measure_these(settings, networks):
    rows = []
    with Team() as team:
        for network in networks:
            for batch in settings.batches:
                rows += one(team, settings, network, batch)
        return {"rows": rows, "threading_layer": team.worker(OURS, settings.threads).call("threading_layer"),
                "seconds_until_asleep": team.spun()}


def one(team, settings, network, batch, tasks=TASKS):
    """Verify all competitors on one network and batch, then time those that passed: a row per task."""
    threads = settings.threads
    errors, refused = check(team, settings, network, batch, threads)
    for name in errors:
        build(team, name, threads, network, batch)
    rows = []
    for task in tasks:
        times = rounds({name: (team.worker(name, threads), task) for name in errors}, settings.rounds, settings.budget)
        rows.append({"network": network, "batch": batch, "threads": threads, "task": task, "errors": errors,
                     "refused": refused, "seconds": {name: summary(t) for name, t in times.items()}} | ratios(times))
        print(line(rows[-1]), flush=True)
    return rows


def check(team, settings, network, batch, threads):
    """({name: errors} of those that compute what the reference computes, {name: reason} of those that do not)."""
    def evidence(name, competitor):
        worker = team.worker(name, threads)
        worker.build(competitor.path, network=network, batch=batch, threads=threads, dropout=False, **competitor.options)
        return verify.evidence(worker, gradients=competitor.package == "minicnn")

    expected, errors, refused = evidence("reference", REFERENCE), {}, {}
    for name in settings.competitors:
        try:
            errors[name] = verify.compare(evidence(name, COMPETITORS[name]), expected, (NETWORKS | DEEPER)[network].gradients)
        except (verify.Refused, Failure) as problem:
            refused[name] = f"{network}, batch {batch}: {problem.reason()}"
            print(f"{name} is not timed: {refused[name]}", flush=True)
    return errors, refused


def build(team, name, threads, network, batch):
    """The network as it is timed, dropout included."""
    competitor = COMPETITORS[name]
    team.worker(name, threads).build(competitor.path, network=network, batch=batch, threads=threads, **competitor.options)


def ratios(times):
    """Our speed against the fastest of the others, and against the better PyTorch, if these were timed."""
    if OURS not in times:
        return {}
    peers, pytorch = [name for name in times if name != OURS], [name for name in PYTORCH if name in times]
    found = {}
    if peers:
        best = fastest(times, peers)
        found |= {"fastest": best, "ratio": ratio(times[best], times[OURS])}
    if pytorch:
        found["ratio_pytorch"] = ratio(times[fastest(times, pytorch)], times[OURS])
    return found


def line(row):
    """One row as a line for the terminal."""
    who = ", ".join(f"{name} {1e3 * s['median']:.2f}" for name, s in row["seconds"].items())
    more = f"; {row['ratio']['median']:.2f} x {row['fastest']}" if "ratio" in row else ""
    return f"{row['network']}, batch {row['batch']}, {row['task']}: {who} ms{more}"

"""Results as Markdown: one function per section, and the environment under each table."""

from .competitors import OURS
from .figures import number, spread, table

TASKS = {"train_step": "Training step", "infer": "Inference"}


def section(measured):
    """The Markdown of one section."""
    title, body = {"networks": networks, "resnet": networks, "layers": layers, "busy": busy, "ladder": ladder,
                   "scaling": scaling, "augmentation": augmentation, "start": start,
                   "accuracy": accuracy}[measured["section"]](measured)
    return f"#### {title}\n\n{body}\n{surroundings(measured)}"


def surroundings(measured):
    """Where and when the figures were measured, and what a reader should know about them."""
    e = measured["environment"]
    packages = ", ".join(f"{name} {version}" for name, version in e["packages"].items())
    lines = [f"{e['cpu']}, {e['cores']} cores, {e['threads']} threads used, {e['memory_gib']} GiB; {e['system']}; "
             f"Python {e['python']}; {packages}; BLAS of NumPy: {e['blas']}. "
             f"{e['date']}; load before {e['load_before']}, after {e['load_after']}."]
    if e.get("simulated"):
        lines.append(f"Simulated: every library was told to use {e['simulated']} and no AVX-512.")
    if e["removed_variables"]:
        lines.append(f"Set here, and removed from every worker's environment: {', '.join(e['removed_variables'])}.")
    spinning = [name for name, seconds in measured.get("seconds_until_asleep", {}).items() if seconds >= 2]
    if spinning:
        lines.append(f"Threads of {', '.join(spinning)} never went to sleep, which slowed the others down.")
    if e["quick"]:
        lines.append("**A quick run: these figures mean nothing.**")
    return "\n".join(lines) + "\n"


def networks(measured):
    """Milliseconds of each network, batch size and competitor, with our ratios."""
    body = "Milliseconds, median (fastest to slowest round). Ratios are medians of the ratios of each round.\n"
    for task, title in TASKS.items():
        rows = [row for row in measured["rows"] if row["task"] == task]
        names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
        lines = [[f"{row['network']}, {row['batch']}", *(time(row["seconds"].get(name)) for name in names),
                  ratio(row, "ratio") + (f" ({row['fastest']})" if "fastest" in row else ""), ratio(row, "ratio_pytorch")]
                 for row in rows]
        body += f"\n{title}:\n\n" + table(["network, batch", *names, f"{OURS} against the fastest", "against PyTorch"], lines)
    reasons = sorted({f"{name} at {reason}" for row in measured["rows"] for name, reason in row["refused"].items()})
    if reasons:
        body += "\nNot timed, because they do not compute the same: " + "; ".join(reasons) + ".\n"
    return ("Networks" if measured["section"] == "networks" else "Networks with batch norm and shortcuts"), body


def layers(measured):
    """Milliseconds of each layer forward and backward, ours and the better PyTorch, and the ratio."""
    body = ("One convolution, forward and backward (dx, dw and db), milliseconds. Ratios, against the better of PyTorch's two "
            "layouts, are medians of the ratios of each round.\n")
    for N in dict.fromkeys(row["sizes"]["N"] for row in measured["rows"]):
        rows = [row for row in measured["rows"] if row["sizes"]["N"] == N]
        lines = []
        for row in rows:
            s, peers = row["sizes"], [t["median"] for name, t in row["seconds"].items() if name != OURS]
            what = f"{s['C']} to {s['F']}, {s['K']} x {s['K']} at {s['H']} x {s['W']}, stride {s['stride']}"
            own = number(1e3 * row["seconds"][OURS]["median"]) if OURS in row["seconds"] else "refused"
            lines.append([f"{row['layer']}: {what}", row["threads"], row["task"], own,
                          number(1e3 * min(peers)) if peers else "-", ratio(row, "ratio")])
        body += f"\nBatch {N}:\n\n" + table(["layer", "threads", "", OURS, "PyTorch", "ratio"], lines)
    return "Layers", body


def busy(measured):
    """Means of steps and seconds of commands beside busy programs."""
    body = ("A training step beside 0, 1 and 2 programs that use a core each, milliseconds: the mean, and the 95th "
            "percentile of the means of blocks of 100 steps.\n\n")
    names = list(dict.fromkeys(name for row in measured["rows"] for name in row["seconds"]))
    body += table(["network, batch", "beside", *names], [
        [f"{row['network']}, {row['batch']}", row["busy"],
         *(f"{number(1e3 * s['mean'])} ({number(1e3 * s['p95'])})" if (s := row["seconds"].get(name)) else "refused"
           for name in names)] for row in measured["rows"]])
    body += "\nWhole commands, seconds: median (fastest to slowest of 10).\n\n"
    return "Beside busy programs", body + table(["command", "beside", OURS], [
        [row["command"], row["busy"], spread(row["seconds"][OURS])] for row in measured["commands"]])


def time(seconds):
    """Milliseconds with their spread, or 'refused'."""
    return spread(seconds, 1e3) if seconds else "refused"


def ratio(row, key):
    """The median of a ratio, in bold, or '-'."""
    return f"**{row[key]['median']:.2f}**" if key in row else "-"


def ladder(measured):
    """Milliseconds, GFLOP/s and percent of the peak of each implementation."""
    s = measured["sizes"]
    body = (f"One convolution: x ({s['N']}, {s['H']}, {s['W']}, {s['C']}), {s['F']} filters of {s['K']} x {s['K']}, "
            f"padding {s['padding']}. GFLOP are those of the definition, zeros of the padding included, for every "
            "implementation: one that multiplies less often (Winograd, skipped zeros) may be above the peak.\n")
    for row in measured["rows"]:
        lines = [[name + ("" if e["N"] == s["N"] else f", batch {e['N']}"), spread(e["seconds"], 1e3),
                  significant(e["gflops"]["median"]), percent(e["share"]["median"])] for name, e in row["entries"].items()]
        lines.append(["the machine's peak (fused multiply-adds)", "", significant(row["peak"]["median"]), "100%"])
        body += f"\n{row['task'].capitalize()}:\n\n" + table(["implementation", "ms", "GFLOP/s", "of the peak"], lines)
    return "The ladder", body


def significant(value):
    """Three digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 1e-3 else f"{value:.6f}"


def percent(value):
    """A fraction in percent; small ones with two more digits."""
    return f"{value:.0%}" if value >= 0.1 else f"{value:.2%}"


def scaling(measured):
    """Three tables: threads, batch sizes, channels."""
    t = measured["threads"]
    body = f"A training step of {t['network']} at batch {t['batch']}, milliseconds on 1 and on {t['threads']} threads:\n\n"
    body += table(["", "1 thread", f"{t['threads']} threads", "times as fast"],
                  [[name, *(spread(s, 1e3) for s in seconds.values()), f"{t['gain'][name]['median']:.2f}"]
                   for name, seconds in t["seconds"].items()])
    if t.get("processes"):
        body += (f"\n{t['threads']} processes of one thread each, at the same time: a step of {OURS} every "
                 f"{spread(t['processes']['seconds'], 1e3)} ms. {t['threads']} threads of one process do "
                 f"**{spread(t['processes']['ratio'])}** of that.\n")
    names = list(dict.fromkeys(name for row in measured["batches"] for name in row["seconds"]))
    body += f"\nImages per second, training {t['network']}:\n\n" + table(["batch", *names], [
        [row["batch"], *(f"{row['batch'] / row['seconds'][name]['median']:,.0f}" if name in row["seconds"] else "refused"
                         for name in names)] for row in measured["batches"]])
    timed = [row for row in measured["channels"] if "products" in row]
    products = timed[0]["products"] if timed else []
    body += (f"\nOur convolution of (64, 16, 16, C) to F filters, {t['threads']} threads, GFLOP/s (fraction of the peak "
             "measured in the same rounds). Counted are the multiplications of the definition; the 3 x 3 kernel does fewer "
             "(Winograd), so it may stand above 100%:\n\n")
    body += table(["kernel, C, F", *products, "peak"], [
        [f"{row['K']} x {row['K']}, {row['C']}, {row['F']}", *(speed(p) for p in row["products"].values()),
         number(row["peak"]["median"])] for row in timed])
    return "Scaling", body


def speed(product):
    """GFLOP/s and percent of the peak."""
    return f"{product['gflops']['median']:.0f} ({product['share']['median']:.0%})"


def augmentation(measured):
    """Milliseconds for each change of a batch, and how much longer an epoch takes."""
    if "seconds" not in measured:
        return "Augmentation", f"Not timed: {measured['refused']['minicnn']}\n"
    plain, augmented = measured["epoch"]["plain"], measured["epoch"]["augmented"]
    what = {name: ", ".join(settings) for name, settings in measured["settings"].items()}
    body = f"Milliseconds for a batch of {measured['batch']} images of 32 x 32 x 1:\n\n"
    body += table(["", "of what", "ms"], [[name, what[name], spread(s, 1e3)] for name, s in measured["seconds"].items()])
    body += (f"\nA step of {measured['network']} in an epoch of {measured['steps']} takes {spread(plain, 1e3)} ms, and with "
             f"everything {spread(augmented, 1e3)} ms: an epoch is **{measured['longer']['median']:.3f}** times as long "
             f"({spread(measured['longer'], digits=3)}; at most 1.1 is the aim).\n")
    return "Augmentation", body


def start(measured):
    """Seconds of starts and imports, and memory."""
    body = "Seconds from the start of a process to the end of its first training step (two-conv, MNIST-sized data):\n\n"
    body += table(["", "seconds", "peak memory of training, MiB"], [
        ["minicnn, first start ever (compiles its kernels)", number(measured["cold"]), ""],
        *([f"{name}, every later start" if name == OURS else name, spread(seconds),
           f"{measured['peak_bytes'][name] / 2**20:.0f}"] for name, seconds in measured["warm"].items())])
    body += "\nSeconds of a Python process that imports, and ends:\n\n"
    body += table(["import", "seconds"], [[name, spread(seconds)] for name, seconds in measured["imports"].items()])
    return "Starting, and memory", body


def accuracy(measured):
    """Seconds and accuracy of each program."""
    if "skipped" in measured:
        return "Time to accuracy", f"Not measured: {measured['skipped']}\n"
    body = (f"Seconds from process start to the test of {measured['epochs']} epochs on MNIST, a schedule that is to reach "
            f"{measured['goal']:.0%}: median (fastest to slowest seed).\n\n")
    return "Time to accuracy", body + table(["", "seconds", "test accuracy, %", "reached"], [
        [name, spread(p["seconds"]), spread(p["accuracy"], 100, digits=3), "yes" if p["reached"] else "not by all seeds"]
        for name, p in measured["programs"].items()])

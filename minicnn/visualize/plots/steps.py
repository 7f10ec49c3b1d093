"""The error of a finite difference against its step."""

from matplotlib.figure import Figure

from . import canvas


def step_errors(path: canvas.FilePath, found, title: str, step: float) -> None:
    """The relative error of a central difference D(h) for every step h, and of its combination with D(h/2).

    Look for the V. On the right the error falls with h**2 (with h**4 if two differences are combined). On the left it
    grows with 1 / h: that is rounding. A wrong gradient has no V: its error is the same for every step.

    found: what minicnn.gradcheck.step_errors returns; step: the one that the check uses, drawn as a line.
    """
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.loglog(found.steps, found.once, "o-", color=canvas.ORANGE, markersize=3, label="D(h)")
    axes.loglog(found.steps, found.twice, "s-", color=canvas.BLUE, markersize=3, label="(4 D(h/2) - D(h)) / 3")
    axes.axvline(step, color="0.5", linestyle=":", label=f"the check's step, {step:g}")
    axes.set(xlabel="step h", ylabel="relative error against backward", title=title)
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.save(figure, path)

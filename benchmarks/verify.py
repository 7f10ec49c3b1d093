"""Verify first: a package is timed only if it computes what the reference computes from the same weights."""

import numpy as np

LOGITS, LOSSES, GRADIENTS = 1e-4, 1e-3, 1e-3        # relative errors allowed in float32
TRAINING_STEPS = 3          # three losses in a row: the third depends on two backward passes and two steps of Adam


class Refused(RuntimeError):
    """What differs, and by how much."""

    def reason(self):
        """One line for tables and messages."""
        return str(self)


def error(got, expected):
    """||got - expected|| / ||expected||; infinite if shapes differ or if there is a NaN or infinity."""
    got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    if got.shape != expected.shape or not np.isfinite(got).all():
        return np.inf
    return float(np.linalg.norm(got - expected) / max(np.linalg.norm(expected), np.finfo(np.float64).tiny))


def agree(what, got, expected, tolerance):
    """Return the relative error. Raises: Refused if it is above the tolerance."""
    e = error(got, expected)
    if not e <= tolerance:
        raise Refused(f"{what} differ from the reference by {e:.1e}, more than {tolerance:.0e}")
    return e


def evidence(worker, gradients):
    """What a network computes without dropout: logits, gradients if it can show them, losses of the first steps."""
    seen = {"logits": worker.call("infer")}
    if gradients:
        seen["gradients"] = worker.call("gradients")
    seen["losses"] = [worker.call("train_step") for _ in range(TRAINING_STEPS)]
    return seen


def compare(got, expected, gradients=GRADIENTS):
    """Return the errors of logits, gradients and losses. Raises: Refused at the first that is too large.

    `gradients` is the relative error that each gradient may have.
    """
    errors = {"logits": agree("logits", got["logits"], expected["logits"], LOGITS)}
    for name, gradient in got.get("gradients", {}).items():
        e = agree(f"gradients of {name}", gradient, expected["gradients"][name], gradients)
        errors["gradients"] = max(e, errors.get("gradients", 0.0))
    errors["losses"] = agree("losses of the first training steps", got["losses"], expected["losses"], LOSSES)
    return errors

"""The short form of each attack on the fast implementation; `python -m tests.attack NAME` runs the long one."""

import pytest

from tests.attack import damaged_cache, forks, guarded


def test_no_op_touches_memory_outside_its_arrays():
    from minicnn.ops.fast.kernels.cpu import SHAPE
    assert guarded.run_batch(SHAPE, 0, 60) == []


@pytest.mark.long                                                  # each shape compiles all kernels for itself
@pytest.mark.parametrize("shape", ["avx2", "neon", "plain"])
def test_the_weight_gradient_of_a_tiny_last_image_stays_inside_on_other_processors(shape):
    assert guarded.run_batch(shape, 0, 2) == []


def test_a_read_past_the_end_of_a_guarded_array_is_seen(monkeypatch):
    """The tool can fail: an op that reads one number too far is reported with its signal."""
    reads_too_far = guarded.PROGRAM.replace("guarded.try_case(number)", """
    from numba import njit
    a = guarded.Guarded().array((5,), "float32", at_end=True)
    njit(lambda a: a[5])(a)""")
    monkeypatch.setattr(guarded, "PROGRAM", reads_too_far)
    fault, = guarded.run_batch("plain", 0, 1)
    assert "case 0 (conv2d_backward): signal 11" in fault or "signal 10" in fault


def test_a_process_that_is_forked_while_threads_compute_computes_too():
    assert forks.run(5) == []


@pytest.mark.long
def test_a_damaged_kernel_cache_costs_a_message_and_a_compilation():
    assert damaged_cache.run(4) == []

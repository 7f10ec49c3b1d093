"""A short form of the attacks on checkpoints, model files and saving processes. python -m tests.attack NAME is the long one."""

import random

from tests.attack import checkpoints, kills


def test_damaged_checkpoints_and_model_files_are_refused_or_read():
    assert checkpoints.main(8 * len(checkpoints.MUTATIONS), seed=1) == []


def test_the_attack_sees_a_reader_that_trusts_files(monkeypatch):
    def trusting(path, **things):
        raise KeyError("model/parameters/0.w")
    monkeypatch.setattr(checkpoints, "load_checkpoint", trusting)
    assert len(checkpoints.main(4, seed=1)) == 4


def test_a_killed_process_loses_nothing(tmp_path):
    failures, _ = kills.kill_while_saving(tmp_path, 5, random.Random(1))
    assert failures == []

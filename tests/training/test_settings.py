"""The table of settings: flags, dicts and runs that go on are checked alike."""

import argparse

import numpy as np
import pytest

from minicnn.layers.parameter import Parameter
from minicnn.models import MODELS
from minicnn.optim.optimizers import SGD, Adam, AdamW, RMSprop
from minicnn.optim.schedules import Cosine, OneCycle, StepDecay
from minicnn.training import recipe
from minicnn.training.settings import SETTINGS, add_flags, complete, flag, model_settings, resumed


def parse(*words):
    parser = argparse.ArgumentParser()
    add_flags(parser)
    return vars(parser.parse_args(words))


def test_only_flags_that_were_given_appear():
    assert parse() == {}
    assert parse("--lr", "0.1", "--flip", "--no-pictures", "--blocks", "1,2", "--range=-1..1") == {
        "lr": 0.1, "flip": True, "pictures": False, "blocks": [1, 2], "range": "-1..1"}


def test_every_setting_has_a_flag_and_every_default_is_one_that_its_flag_takes():
    assert complete({"data": "digits"}) == {name: setting.default for name, setting in SETTINGS.items()} | {"data": "digits"}
    assert complete(complete({"data": "digits", "epochs": 7})) == complete({"data": "digits", "epochs": 7})


@pytest.mark.parametrize("name, wrong", [
    ("epochs", 0), ("epochs", True), ("epochs", None), ("epochs", "x"), ("lr", 0), ("lr", float("nan")), ("validation", 0),
    ("validation", 1), ("dropout", 1), ("average", 1.0), ("weight_decay", -1), ("flip", 1), ("flip", "yes"), ("strict", None),
    ("model", "lenet"), ("model", None), ("blocks", [0]), ("blocks", []), ("range", "0-1"), ("rotation", 181), ("limit", 1.5)])
def test_a_dict_is_checked_as_flags_are(name, wrong):
    with pytest.raises(ValueError, match=flag(name)):
        complete({"data": "digits", name: wrong})


def test_an_unknown_setting_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="train expected a setting that it knows, got 'epoch'; did you mean epochs?"):
        complete({"data": "digits", "epoch": 3})


def test_going_on_may_change_what_changes_no_bit():
    before = complete({"data": "digits"})
    given = {"patience": 3, "threads": 1, "pictures": False, "show": True, "data_dir": "x"}
    assert resumed(before, given) == before | given
    others = {"model": "resnet", "range": "standard", "optimizer": "sgd", "augment": "full", "schedule": "step", "blocks": [3],
              "class_weights": "balanced"} | dict.fromkeys(
        ("size", "limit", "width", "epochs", "batch_size", "seed", "crop"), 77)
    for name in set(SETTINGS) - set(given) - {"run", "data"}:
        other = SETTINGS[name].kind is bool or others.get(name, 0.7)
        with pytest.raises(ValueError, match=f"--resume expected {flag(name)}"):
            resumed(before, {name: other})
        assert resumed(before | {name: other, "schedule": "step"}, {name: other})[name] == other


def test_a_model_gets_the_settings_that_it_has():
    settings = complete({"data": "digits", "model": "vgg_like", "width": 8, "blocks": [1], "batch_norm": True, "dropout": 0.1})
    assert model_settings(settings) == {"width": 8, "blocks": [1], "batch_norm": True, "dropout": 0.1}
    for name in MODELS:
        assert model_settings(complete({"data": "digits", "model": name})) == {}
    with pytest.raises(ValueError, match="resnet expected --width or --blocks, got --dropout; leave it out"):
        model_settings(complete({"data": "digits", "model": "resnet", "dropout": 0.1}))


def test_what_follows_from_other_settings_is_filled_in(capsys):
    given = complete({"data": "x", "optimizer": "sgd", "augment": "light", "rotation": 3.0})
    resolved = recipe.resolve_defaults(given, "photo")
    assert (resolved["lr"], resolved["weight_decay"], resolved["range"]) == (0.05, 0.0, "standard")
    assert (resolved["flip"], resolved["rotation"], resolved["shift"], resolved["zoom"]) == (True, 3.0, 0.08, 0)
    assert capsys.readouterr().err == ""
    assert recipe.resolve_defaults(given | {"optimizer": "adamw"}, "digit")["weight_decay"] == 0.01
    assert not recipe.resolve_defaults(given, "digit")["flip"]
    assert recipe.resolve_defaults(resolved, "photo") == resolved


def test_optimizers_and_schedules_are_those_asked_for():
    parameters = {"w": Parameter(np.ones(2, np.float32))}
    settings = {"lr": 0.1, "weight_decay": 0.2}
    made = [recipe.optimizer(settings | {"optimizer": name}, parameters) for name in ("adam", "adamw", "sgd", "rmsprop")]
    assert [type(optimizer) for optimizer in made] == [Adam, AdamW, SGD, RMSprop]
    assert all((optimizer.lr, optimizer.weight_decay) == (0.1, 0.2) for optimizer in made)
    assert (made[2].momentum, made[2].nesterov) == (0.9, True)
    rates = {}
    for name, kind in (("onecycle", OneCycle), ("cosine", Cosine), ("step", StepDecay), ("constant", StepDecay)):
        made[0].lr = 0.1
        schedule = recipe.schedule({"schedule": name}, made[0], 9)
        assert type(schedule) is kind
        rates[name] = [schedule.rate(t) for t in range(9)]
    assert rates["constant"] == [0.1] * 9
    np.testing.assert_allclose(rates["step"], [0.1] * 3 + [0.01] * 3 + [0.001] * 3)
    assert rates["cosine"][0] == 0.1 > rates["cosine"][8] > 0
    assert max(rates["onecycle"]) == pytest.approx(0.1, rel=0.01)
    made[0].lr = 0.1
    assert recipe.schedule({"schedule": "onecycle"}, made[0], 1).rate(0) > 0          # a single step


def test_room_that_opens_is_black_around_digits_and_grey_around_photos():
    class Prepare:
        mean, std, kind = (0.5,), (0.25,), "digit"
    settings = dict(recipe.NONE)
    assert recipe.augment(settings, Prepare, None) is None
    settings |= {"shift": 0.1, "brightness": 0.1}
    augment = recipe.augment(settings, Prepare, np.random.default_rng(0))
    assert (augment.fill, augment.brightness) == (-2.0, 0.4)
    Prepare.kind = "photo"
    assert recipe.augment(settings, Prepare, np.random.default_rng(0)).fill == 0.0

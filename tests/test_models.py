"""The networks: their sizes beside the papers', shapes, and the gradient of each as a whole."""

import numpy as np
import pytest

from minicnn import SGD, BatchNorm, Conv2D, ShapeError, softmax_cross_entropy
from minicnn.gradcheck import check_network
from minicnn.models import MODELS, build, inception_like, lenet5, resnet, vgg_like

SMALL = {"lenet5": {}, "two_conv": {"width": 4}, "vgg_like": {"width": 4, "hidden": 8}, "resnet": {"width": 4},
         "inception_like": {"width": 32}}
EACH = pytest.mark.parametrize("name, settings", [
    *SMALL.items(), ("vgg_like", {"width": 4, "blocks": (1, 2), "hidden": 0, "batch_norm": True}),
    ("inception_like", {"width": 32, "batch_norm": True})], ids=str)


def layers(model):
    yield model
    for child in model.children().values():
        yield from layers(child)


def parameters(model):
    return sum(p.size for p in model.parameters().values())


def test_every_network_has_its_small_version_here():
    assert set(SMALL) == set(MODELS)


@EACH
@pytest.mark.parametrize("x_shape", [(28, 28, 1), (32, 35, 3)], ids=str)
def test_logits_have_a_row_per_picture_and_a_column_per_class(name, settings, x_shape):
    x = np.random.default_rng(1).standard_normal((3, *x_shape), dtype=np.float32)
    model = build(name, x_shape=x_shape, classes=7, rng=0, **settings)
    assert model.forward(x).shape == (3, 7)
    assert model.output_shape((5, *x_shape)) == (5, 7)


@pytest.mark.parametrize("name, settings", [*((name, {}) for name in MODELS), ("vgg_like", {"batch_norm": True}),
                                            ("vgg_like", {"hidden": 0}), ("inception_like", {"batch_norm": True})], ids=str)
def test_the_gradient_of_the_whole_network_in_its_full_width(name, settings):
    report = check_network(build(name, x_shape=(16, 15, 2), rng=0, **settings), (2, 16, 15, 2))
    assert report.ok, report


@EACH
def test_a_few_pictures_are_learned(name, settings):
    rng = np.random.default_rng(0)
    model = build(name, x_shape=(14, 14, 1), classes=3, rng=rng, **settings)
    x, labels = rng.standard_normal((6, 14, 14, 1), dtype=np.float32), np.arange(6) % 3
    optimizer, losses = SGD(model.parameters(), lr=0.05, momentum=0.9), []
    for _ in range(30):
        loss, dlogits = softmax_cross_entropy(model.forward(x), labels)
        model.backward(dlogits)
        optimizer.step()
        losses.append(loss)
    assert np.mean(losses[-5:]) < 0.75 * losses[0]


@EACH
def test_the_generator_draws_all_weights_and_the_dtype_is_everywhere(name, settings):
    a, b, c = (build(name, x_shape=(14, 14, 1), rng=seed, dtype=np.float64, **settings).parameters() for seed in (0, 0, 1))
    assert {p.value.dtype for p in a.values()} == {np.dtype(np.float64)}
    drawn = [path for path in a if np.ptp(a[path].value) > 0]
    assert len(drawn) >= 4
    for path in drawn:
        assert np.array_equal(a[path].value, b[path].value)
        assert not np.array_equal(a[path].value, c[path].value)
    buffers = build(name, x_shape=(14, 14, 1), rng=0, dtype=np.float64, **settings).buffers()
    assert all(array.dtype == np.float64 for array in buffers.values())


def test_lenet5_has_the_sizes_of_the_paper():
    """Figure 2: 6 maps of 28 x 28, 16 of 5 x 5 after pooling, then 120, 84 and 10, whether 28 or 32 pixels come in."""
    for x_shape in ((28, 28, 1), (32, 32, 1)):
        model = lenet5(x_shape)
        assert [layer.output_shape(shape)[1:] for _, layer, shape in model.child_inputs((1, *x_shape))
                if layer.parameters()] == [(28, 28, 6), (10, 10, 16), (120,), (84,), (10,)]
        assert parameters(model) == 61_706


def test_resnet_has_6n_plus_2_layers_and_the_weights_of_the_paper():
    """Table 6: ResNet-20 has 0.27 million parameters. Its 1 x 1 shortcuts are not counted as layers."""
    model = resnet((32, 32, 3), blocks=(3, 3, 3))
    kernels = [layer.kernel_size for layer in layers(model) if isinstance(layer, Conv2D)]
    assert kernels.count((3, 3)) + 1 == 20
    assert kernels.count((1, 1)) == 2
    assert parameters(model) == 272_474


def test_vgg_is_what_was_asked_for():
    model = vgg_like((32, 32, 3), width=8, blocks=(1, 2, 3), hidden=16)
    convolutions = [layer.filters for layer in layers(model) if isinstance(layer, Conv2D)]
    assert convolutions == [8, 16, 16, 32, 32, 32]
    assert model.parameters()["16.w"].shape == (4 * 4 * 32, 16)
    assert not any(isinstance(layer, BatchNorm) for layer in layers(model))
    assert sum(isinstance(layer, BatchNorm) for layer in layers(vgg_like(batch_norm=True))) == 4
    assert vgg_like((32, 32, 3), width=8, hidden=0).output_shape((1, 50, 40, 3)) == (1, 10)      # a mean takes any size


def test_an_inception_module_shares_its_width_among_the_branches():
    module = inception_like((16, 16, 1), width=64)[3]
    assert [branch.output_shape((1, 8, 8, 32))[-1] for branch in module.branches] == [16, 32, 8, 8]


@pytest.mark.parametrize("name, near", [("resent", "resnet"), ("VGG-like", "vgg_like"), ("lenet-5", "lenet5"),
                                        ("inception", "inception_like")])
def test_an_unknown_name_is_answered_with_the_nearest(name, near):
    with pytest.raises(ValueError, match=f"did you mean '{near}'"):
        build(name)


@pytest.mark.parametrize("name, settings, error", [
    ("resnet", {"depth": 3}, TypeError), ("inception_like", {"width": 40}, ValueError),
    ("vgg_like", {"blocks": (1, 0)}, ShapeError), ("lenet5", {"x_shape": (8, 8, 1)}, ShapeError),
    ("vgg_like", {"x_shape": (3, 3, 1)}, ShapeError)], ids=str)
def test_what_makes_no_network_is_refused(name, settings, error):
    with pytest.raises(error):
        build(name, **settings)

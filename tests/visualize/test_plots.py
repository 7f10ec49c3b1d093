"""The plots write real PNG files that show the arrays they were given."""

import inspect
import warnings

import numpy as np
import pytest
from matplotlib.image import imread

from minicnn import metrics
from minicnn.visualize import plots
from minicnn.visualize.plots import canvas

CLASSES = tuple("abc")


def history(epochs):
    return [{"epoch": n, "loss": 1 / n, "accuracy": 1 - 0.5 / n, "validation_loss": 2 / n, "validation_accuracy": 1 - 0.7 / n}
            for n in range(1, epochs + 1)]


def guesses(N, shape=(6, 5, 1)):
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1, 1, 1], N)
    return rng.integers(0, 256, (N, *shape)).astype(np.uint8), rng.integers(0, 3, N), probabilities


def assert_picture(path):
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    picture = imread(path)
    assert min(picture.shape[:2]) > 50
    assert np.ptp(picture) > 0.5


@pytest.fixture
def figures(monkeypatch):
    """The figures as they are handed to be saved."""
    kept, save = [], canvas.save
    monkeypatch.setattr(canvas, "save", lambda figure, path: (kept.append(figure), save(figure, path)))
    return kept


def words(axes):
    return [text.get_text() for text in axes.texts]


def assert_texts_apart(figure):
    """No two texts of a sheet cover each other, and none leaves the sheet."""
    with canvas.any_script():
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    width, height = figure.bbox.width, figure.bbox.height
    for n, a in enumerate(boxes):
        assert min(a.x0, a.y0, width - a.x1, height - a.y1) > -1, figure.axes[0].texts[n]
        for m, b in enumerate(boxes[:n]):
            assert a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0, (words(figure.axes[0])[n], m)


@pytest.mark.parametrize("epochs", [1, 2, 21, 150])
def test_learning_curves_show_training_beside_validation(tmp_path, figures, epochs):
    plots.learning_curves(tmp_path / "new" / "curves.png", history(epochs))
    assert_picture(tmp_path / "new" / "curves.png")
    for axes, what in zip(figures[0].axes, ("loss", "accuracy")):
        assert axes.get_xlabel() == "epoch"
        assert axes.get_ylabel().startswith(what)
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]
        for line, name in zip(axes.lines, (what, f"validation_{what}")):
            np.testing.assert_array_equal(line.get_xdata(), range(1, epochs + 1))
            np.testing.assert_array_equal(line.get_ydata(), [row[name] for row in history(epochs)])
        assert len(axes.get_xticks()) <= 13
        assert all(tick == int(tick) for tick in axes.get_xticks())


def test_learning_curves_without_validation_show_training_alone(tmp_path, figures):
    rows = [{"epoch": row["epoch"], "loss": row["loss"], "validation_loss": None} for row in history(3)]
    plots.learning_curves(tmp_path / "curves.png", rows)
    assert [len(axes.lines) for axes in figures[0].axes] == [1, 0]


@pytest.mark.parametrize("N, shape", [(1, (6, 5, 1)), (9, (6, 5, 3)), (32, (6, 5, 1))])
def test_predictions_are_green_where_right_and_red_with_the_answer_where_wrong(tmp_path, figures, N, shape):
    images, labels, probabilities = guesses(N, shape)
    plots.predictions(tmp_path / "hardest.png", images, labels, probabilities, CLASSES)
    assert_picture(tmp_path / "hardest.png")
    axes = figures[0].axes[0]
    assert len(axes.images) == len(axes.texts) == N
    for image, text, shown, label, p in zip(axes.images, axes.texts, images, labels, probabilities):
        said = p.argmax()
        expected = f"{CLASSES[said]}  {p[said]:.0%}"
        if said == label:
            assert (text.get_text(), text.get_color()) == (expected, canvas.GREEN)
        else:
            assert (text.get_text(), text.get_color()) == (f"{expected}\nis {CLASSES[label]}", canvas.RED)
        np.testing.assert_array_equal(image.get_array(), shown.squeeze())
        assert image.get_interpolation() == "nearest"
        left, right, bottom, top = image.get_extent()
        assert (right - left) / (bottom - top) == pytest.approx(5 / 6)         # pixels are square
    assert_texts_apart(figures[0])


def test_long_and_strange_names_stay_apart_and_are_shown_as_they_are(tmp_path, figures):
    images, labels, probabilities = guesses(16)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.predictions(tmp_path / "a.png", images, labels, probabilities, ["$x_1$ and $", "W" * 80, "\u732b\n" * 9])
    assert_texts_apart(figures[0])


def test_the_most_confident_mistakes_come_first_and_right_predictions_are_left_out(tmp_path, figures):
    images, labels, probabilities = guesses(40)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    plots.mistakes(tmp_path / "mistakes.png", images, labels, probabilities, CLASSES, count=10)
    wrong = sorted(np.flatnonzero(predicted != labels), key=lambda n: -confidence[n])[:10]
    for image, n in zip(figures[0].axes[0].images, wrong):
        np.testing.assert_array_equal(image.get_array(), images[n, :, :, 0])
    assert len(figures[0].axes[0].images) == 10
    plots.mistakes(tmp_path / "none.png", images, predicted, probabilities, CLASSES)
    assert words(figures[1].axes[0]) == ["no mistakes among 40 images"]


def test_the_confusion_matrix_is_written_into_its_cells(tmp_path, figures):
    counts = np.array([[90, 10, 0], [0, 5, 5], [0, 0, 0]])
    plots.confusion_matrix(tmp_path / "confusion.png", counts, ["T-shirt", "dress", "x" * 50])
    assert_picture(tmp_path / "confusion.png")
    axes = figures[0].axes[0]
    assert {text.get_position(): text.get_text() for text in axes.texts} == {
        (0, 0): "90", (1, 0): "10", (1, 1): "5", (2, 1): "5"}
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.9, 0.1, 0], [0, 0.5, 0.5], [0, 0, 0]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "label")
    assert [text.get_text() for text in axes.get_yticklabels()][:2] == ["T-shirt", "dress"]
    plots.confusion_matrix(tmp_path / "many.png", np.eye(150, dtype=int), [f"class {k}" for k in range(150)])
    assert not figures[1].axes[0].texts


def test_calibration_bars_are_the_accuracies(tmp_path, figures):
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.45, 0.55]])
    plots.calibration(tmp_path / "calibration.png", metrics.calibration(np.array([0, 1, 1]), p))
    assert_picture(tmp_path / "calibration.png")
    top, bottom = figures[0].axes
    assert [bar.get_height() for bar in top.patches] == [1, 0.5]
    assert [bar.get_height() for bar in bottom.patches] == [1, 2]


def test_saliency_is_drawn_below_its_image(tmp_path, figures):
    images, labels, probabilities = guesses(7)
    gradients = np.random.default_rng(1).normal(size=(7, 6, 5, 3))
    gradients[3] = 0
    plots.saliency(tmp_path / "saliency.png", images, gradients, labels, probabilities, CLASSES)
    shown = figures[0].axes[0].images
    assert len(shown) == 14
    for n in range(7):
        above, below = shown[2 * n:2 * n + 2]
        np.testing.assert_array_equal(above.get_array(), images[n, :, :, 0])
        strength = np.abs(gradients[n]).max(axis=-1)
        np.testing.assert_allclose(below.get_array(), strength / (strength.max() or 1))
        assert above.get_extent()[0] == pytest.approx(below.get_extent()[0])
        assert above.get_extent()[2] < below.get_extent()[3] + 1e-9
    assert_texts_apart(figures[0])


@pytest.mark.parametrize("C", [1, 2, 3])
def test_filters_of_any_depth_are_shown_on_one_scale(tmp_path, figures, C):
    w = np.random.default_rng(0).normal(size=(3, 2, C, 70)).astype(np.float32)
    plots.filters(tmp_path / "filters.png", w)
    assert_picture(tmp_path / "filters.png")
    shown = figures[0].axes[0].images
    assert len(shown) == 64
    largest = np.abs(w[..., :64]).max()
    expected = 0.5 + w[..., 5] / (2 * largest) if C == 3 else w[..., 5].sum(axis=2)
    np.testing.assert_allclose(shown[5].get_array(), expected, rtol=1e-5)
    if C != 3:
        assert shown[5].get_clim() == pytest.approx((-largest, largest))


def test_feature_maps_are_a_row_for_each_layer(tmp_path, figures):
    rng = np.random.default_rng(0)
    maps = [("0 Conv2D", rng.normal(size=(6, 5, 20))), ("1 ReLU", np.zeros((3, 2, 4))), ("2 Flatten", rng.normal(size=100)),
            ("3 Dense", rng.normal(size=3))]
    plots.feature_maps(tmp_path / "features.png", guesses(1)[0][0], maps)
    assert_picture(tmp_path / "features.png")
    image, conv, relu, _, dense = figures[0].axes[0].images
    tiles = conv.get_array()
    assert tiles.shape == (8, 16 * 6 + 1)
    np.testing.assert_array_equal(tiles[1:7, 7:12], maps[0][1][:, :, 1])
    np.testing.assert_array_equal(dense.get_array(), [maps[3][1]])
    assert words(figures[0].axes[0])[2:4] == ["0 Conv2D", f"6 x 5 x 20, 16 shown, ±{np.abs(maps[0][1]).max():.2g}"]
    assert_texts_apart(figures[0])


def test_layer_statistics_show_every_row(tmp_path, figures):
    rows = [{"name": f"{n} Layer", "mean": n, "std": 1, "low": n - 1, "high": n + 1, "zeros": 0.5, "dead": 0.1 * n,
             "weights": 0.1 if n else None, "gradients": 0.01 if n else None} for n in range(3)]
    plots.layer_statistics(tmp_path / "layers.png", rows)
    assert_picture(tmp_path / "layers.png")
    spread, zeros, speed = figures[0].axes
    assert [text.get_text() for text in spread.get_yticklabels()] == ["0 Layer", "1 Layer", "2 Layer"]
    assert [bar.get_width() for bar in zeros.patches] == pytest.approx([50, 50, 50, 0, 10, 20])
    assert list(speed.lines[1].get_xdata()) == [0.01, 0.01]


def test_an_older_picture_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    (tmp_path / "curves.png").write_text("old")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
        patch.setattr(canvas.FigureCanvasAgg, "print_figure", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
        plots.learning_curves(tmp_path / "curves.png", history(2))
    assert [file.name for file in tmp_path.iterdir()] == ["curves.png"]
    assert (tmp_path / "curves.png").read_text() == "old"
    plots.learning_curves(tmp_path / "curves.png", history(2))
    assert_picture(tmp_path / "curves.png")


def test_every_picture_says_what_to_look_for():
    functions = [function for function in vars(plots).values() if callable(function)]
    assert len(functions) >= 9
    for function in functions:
        assert "\nLook for " in inspect.getdoc(function), function

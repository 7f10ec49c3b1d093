"""Pictures of a training: real PNG files that show what they were given."""

import numpy as np
import pytest
from matplotlib.image import imread

from minicnn import plots

CLASSES = tuple("abc")


def history(epochs):
    return [{"epoch": n, "loss": 1 / n, "accuracy": 1 - 0.5 / n, "validation_loss": 2 / n, "validation_accuracy": 1 - 0.7 / n}
            for n in range(1, epochs + 1)]


def guesses(N, shape=(6, 5, 1)):
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1, 1, 1], N)
    return rng.random((N, *shape)), rng.integers(0, 3, N), probabilities


def assert_picture(path):
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    picture = imread(path)
    assert min(picture.shape[:2]) > 100
    assert np.ptp(picture) > 0.5


@pytest.fixture
def figures(monkeypatch):
    """The figures as they are handed to be saved."""
    kept, save = [], plots._save
    monkeypatch.setattr(plots, "_save", lambda figure, path: (kept.append(figure), save(figure, path)))
    return kept


@pytest.mark.parametrize("epochs", [1, 2, 20, 21, 150])
def test_learning_curves_show_training_beside_validation(tmp_path, figures, epochs):
    plots.learning_curves(tmp_path / "new" / "curves.png", history(epochs))
    assert_picture(tmp_path / "new" / "curves.png")
    for axes, what in zip(figures[0].axes, ("loss", "accuracy")):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", what)
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training (dropout on)", "validation"]
        for line, name in zip(axes.lines, (what, f"validation_{what}")):
            np.testing.assert_array_equal(line.get_xdata(), range(1, epochs + 1))
            np.testing.assert_array_equal(line.get_ydata(), [row[name] for row in history(epochs)])
        assert len(axes.get_xticks()) <= 22


@pytest.mark.parametrize("N", [1, 8, 9, 32])
@pytest.mark.parametrize("shape", [(6, 5, 1), (6, 5, 3)])
def test_predictions_are_green_where_right_and_red_with_the_answer_where_wrong(tmp_path, figures, N, shape):
    images, labels, probabilities = guesses(N, shape)
    plots.predictions(tmp_path / "hardest.png", images, labels, probabilities, CLASSES)
    assert_picture(tmp_path / "hardest.png")
    shown = [axes for axes in figures[0].axes if axes.images]
    assert len(shown) == N
    for n, axes in enumerate(shown):
        said = probabilities[n].argmax()
        title = f"{CLASSES[said]}  {probabilities[n, said]:.0%}"
        if said == labels[n]:
            assert (axes.get_title(), axes.title.get_color()) == (title, plots.GREEN)
        else:
            assert (axes.get_title(), axes.title.get_color()) == (f"{title}\nis {CLASSES[labels[n]]}", plots.RED)
        np.testing.assert_array_equal(axes.images[0].get_array(), images[n].squeeze())


def test_an_older_picture_is_replaced(tmp_path):
    (tmp_path / "curves.png").write_text("old")
    plots.learning_curves(tmp_path / "curves.png", history(2))
    assert_picture(tmp_path / "curves.png")

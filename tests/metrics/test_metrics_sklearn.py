"""The same metrics as scikit-learn's, for three hundred label vectors, and in a long test for a thousand."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minicnn import metrics

MOST = 6


@pytest.fixture(scope="module")
def sk():
    """scikit-learn's metrics, imported only by the process that runs these tests: the import takes two seconds."""
    return pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: pip install -e '.[test]'")


@st.composite
def cases(draw):
    """Labels and probabilities of K classes, of which any may be missing or never predicted; no ties within a row."""
    K = draw(st.integers(2, MOST))
    labels = np.frombuffer(draw(st.binary(min_size=1, max_size=40)), np.uint8).astype(np.int64) % draw(st.integers(1, K))
    rng = np.random.default_rng(draw(st.integers(0, 255)))
    scores = rng.integers(0, 4, (len(labels), K)) + rng.permuted(np.tile(np.arange(K) / 97, (len(labels), 1)), axis=1)
    return labels, metrics.softmax(scores + np.eye(K)[labels] * rng.integers(0, 3))


@pytest.fixture(scope="module", params=[300, pytest.param(1000, marks=pytest.mark.long)])
def reports(request):
    """Label vectors that Hypothesis draws, each with its probabilities and our report."""
    drawn = []

    @settings(max_examples=request.param, phases=[Phase.generate])
    @given(cases())
    def collect(case):
        labels, p = case
        drawn.append((labels, p, metrics.report(labels, p, [f"class {k}" for k in range(p.shape[1])])))

    collect()
    assert len(drawn) >= request.param
    return drawn


def test_all_label_vectors_have_the_class_scores_of_scikit_learn(reports, sk):
    """One call instead of hundreds, which take milliseconds each: vector n has the classes 6 n, 6 n + 1, ..."""
    labels = np.concatenate([labels + MOST * n for n, (labels, _, _) in enumerate(reports)])
    predicted = np.concatenate([p.argmax(axis=1) + MOST * n for n, (_, p, _) in enumerate(reports)])
    theirs = sk.precision_recall_fscore_support(labels, predicted, labels=range(MOST * len(reports)), zero_division=0)
    for n, (labels, p, ours) in enumerate(reports):
        ours = [[row[key] for row in ours["classes"]] for key in ("precision", "recall", "f1", "support")]
        same(ours, np.array(theirs)[:, MOST * n:MOST * n + p.shape[1]])


def test_their_other_metrics_are_those_of_scikit_learn(reports, sk):
    areas = 0
    for labels, p, ours in reports[::3]:
        K, predicted = p.shape[1], p.argmax(axis=1)
        every = {"labels": range(K)}
        same(ours["confusion"], sk.confusion_matrix(labels, predicted, **every))
        same(ours["accuracy"], sk.accuracy_score(labels, predicted))
        same(ours["loss"], sk.log_loss(labels, p, **every))
        for kind in ("macro", "weighted"):
            theirs = sk.precision_recall_fscore_support(labels, predicted, average=kind, zero_division=0, **every)
            same([ours[kind][key] for key in ("precision", "recall", "f1")], theirs[:3])
        for k, fraction in ours["top_k"].items():
            same(fraction, sk.top_k_accuracy_score(labels, p, k=int(k), **every))
    for labels, p, ours in reports:
        if p.shape[1] == 2 and len(set(labels)) == 2 and areas < 50:
            same(ours["auc"], sk.roc_auc_score(labels, p[:, 1]))
            areas += 1
    assert areas > 10


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=0)


@pytest.mark.parametrize("names", [["cat", "dog", "a very long class name", "never there"], list("abcd")])
def test_the_text_is_the_table_of_scikit_learn(names, sk):
    rng = np.random.default_rng(0)
    labels, p = rng.integers(0, 3, 50), metrics.softmax(rng.normal(size=(50, 4)))
    theirs = sk.classification_report(labels, p.argmax(axis=1), labels=range(4), target_names=names, digits=4,
                                         zero_division=0)
    assert metrics.report_text(metrics.report(labels, p, names)).startswith(theirs + "\n")


def test_the_roc_curve_of_scikit_learn(sk):
    rng = np.random.default_rng(0)
    for _ in range(50):
        labels, scores = np.append(rng.integers(0, 2, 30), [0, 1]), rng.integers(0, 8, 32) / 8
        for ours, theirs in zip(metrics.roc_curve(labels, scores), sk.roc_curve(labels, scores, drop_intermediate=False)):
            np.testing.assert_allclose(ours, theirs)

"""The same figures as scikit-learn's, for a thousand label vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import metrics

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install -e '.[test]'")
judge = pytest.importorskip("sklearn.metrics")


@st.composite
def cases(draw):
    """K, labels and probabilities, any classes present or missing; and which of the other figures to compare as well."""
    K, more = draw(st.integers(2, 6)), draw(st.sampled_from(["counts", "macro", "weighted", "loss", "top_k", "auc"]))
    K = 2 if more == "auc" else K
    labels = np.frombuffer(draw(st.binary(min_size=1, max_size=40)), np.uint8).astype(np.int64) % draw(st.integers(1, K))
    rng = np.random.default_rng(draw(st.integers(0, 255)))
    scores = rng.integers(0, 4, (len(labels), K)) + rng.permuted(np.tile(np.arange(K) / 97, (len(labels), 1)), axis=1)
    return K, labels, metrics.softmax(scores + np.eye(K)[labels] * rng.integers(0, 3)), more          # no tie in a row


@settings(max_examples=1000)
@given(cases())
def test_a_thousand_label_vectors_give_the_figures_of_scikit_learn(case):
    K, labels, p, more = case                  # scikit-learn takes milliseconds for each figure: per class always, and one more
    predicted, every = p.argmax(axis=1), {"labels": range(K)}
    ours = metrics.report(labels, p, [f"class {k}" for k in range(K)])
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        theirs = judge.precision_recall_fscore_support(labels, predicted, zero_division=0, **every)
        same([[row[key] for row in ours["classes"]] for key in ("precision", "recall", "f1", "support")], theirs)
        if more in ("macro", "weighted"):
            theirs = judge.precision_recall_fscore_support(labels, predicted, average=more, zero_division=0, **every)
            same([ours[more][key] for key in ("precision", "recall", "f1")], theirs[:3])
        elif more == "counts":
            same(ours["confusion"], judge.confusion_matrix(labels, predicted, **every))
            same(ours["accuracy"], judge.accuracy_score(labels, predicted))
        elif more == "loss":
            same(ours["loss"], judge.log_loss(labels, p, **every))
        elif more == "top_k":
            for k, share in ours["top_k"].items():
                same(share, judge.top_k_accuracy_score(labels, p, k=int(k), **every))
        elif len(set(labels)) == 2:
            same(ours["auc"], judge.roc_auc_score(labels, p[:, 1]))


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=0)


@pytest.mark.parametrize("names", [["cat", "dog", "a very long class name", "never there"], list("abcd")])
def test_the_text_is_the_table_of_scikit_learn(names):
    rng = np.random.default_rng(0)
    labels, p = rng.integers(0, 3, 50), metrics.softmax(rng.normal(size=(50, 4)))
    theirs = judge.classification_report(labels, p.argmax(axis=1), labels=range(4), target_names=names, digits=4,
                                         zero_division=0)
    assert metrics.report_text(metrics.report(labels, p, names)).startswith(theirs + "\n")


def test_the_roc_curve_of_scikit_learn():
    rng = np.random.default_rng(0)
    for _ in range(50):
        labels, scores = np.append(rng.integers(0, 2, 30), [0, 1]), rng.integers(0, 8, 32) / 8
        for ours, theirs in zip(metrics.roc_curve(labels, scores), judge.roc_curve(labels, scores, drop_intermediate=False)):
            np.testing.assert_allclose(ours, theirs)

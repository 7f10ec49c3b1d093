"""Measuring on images that are not learned from: one logit or many, bytes or floats, mirrored or not."""

import numpy as np

from minicnn import GlobalAvgPool2D, Preprocessing, Sequential, sigmoid_cross_entropy, softmax, softmax_cross_entropy
from minicnn.training.evaluate import CHUNK, evaluate, predict_in_chunks, predicted_labels, with_mirror


def test_the_largest_logit_is_the_label_and_a_single_one_says_yes_above_0():
    assert predicted_labels(np.array([[0.1, 0.3, 0.2], [5.0, -1.0, 4.0]])).tolist() == [1, 0]
    assert predicted_labels(np.array([[-0.1], [0.1], [7.0]])).tolist() == [0, 1, 1]


def test_many_logits_are_measured_with_softmax_and_one_with_sigmoid():
    rng = np.random.default_rng(0)
    logits, labels = rng.standard_normal((40, 3)), rng.integers(0, 3, 40)
    found = evaluate(logits, labels)
    assert found == {"validation_loss": softmax_cross_entropy(logits, labels)[0],
                     "validation_accuracy": np.mean(logits.argmax(axis=1) == labels)}
    z, labels = logits[:, :1], labels % 2
    found = evaluate(z, labels)
    assert found["validation_loss"] == sigmoid_cross_entropy(z, labels)[0]
    assert found["validation_accuracy"] == np.mean((z[:, 0] > 0) == labels)
    wins = np.mean([a > b for a in z[labels == 1, 0] for b in z[labels == 0, 0]])
    np.testing.assert_allclose(found["validation_auc"], wins)
    assert "validation_auc" not in evaluate(z, np.ones(40, int))


def test_bytes_are_preprocessed_in_chunks_and_floats_taken_as_they_are():
    images = np.random.default_rng(0).integers(0, 256, (CHUNK + 3, 2, 2, 1)).astype(np.uint8)
    preprocess, sizes = Preprocessing.of("-1..1", (2, 2, 1)), []

    def predict(x):
        sizes.append(len(x))
        return x.reshape(len(x), 4)
    np.testing.assert_array_equal(predict_in_chunks(predict, preprocess, images), preprocess(images).reshape(-1, 4))
    assert sizes == [CHUNK, 3]
    x = np.ones((5, 2, 2, 1), np.float32)
    np.testing.assert_array_equal(predict_in_chunks(predict, preprocess, x), np.ones((5, 4)))


def test_mirrored_prediction_is_the_mean_of_both_probabilities():
    class Left(Sequential):
        def forward(self, x):
            return super().forward(np.ascontiguousarray(x[:, :, :1]))           # the left column alone decides
    model = Left([GlobalAvgPool2D()])
    x = np.random.default_rng(0).standard_normal((6, 3, 4, 2)).astype(np.float32) * 30
    expected = (softmax(model.predict(x)) + softmax(model.predict(np.ascontiguousarray(x[:, :, ::-1])))) / 2
    assert np.abs(expected - softmax(model.predict(x))).max() > 0.1
    np.testing.assert_allclose(softmax(with_mirror(model)(x)), expected, rtol=1e-12, atol=1e-300)

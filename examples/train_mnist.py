"""Train a CNN on MNIST, the 70,000 handwritten digits on which convolutional networks grew up.

    python examples/train_mnist.py --epochs 3

The data is looked for in --data-dir, in $MINICNN_DATA/mnist, in the user's cache, and then downloaded (12 MB).
"""

import math
import os

import numpy as np

from minicnn import (
    Adam,
    NonFiniteError,
    OneCycle,
    as_float,
    batches,
    first_nonfinite,
    load_checkpoint,
    mnist,
    save_checkpoint,
    softmax_cross_entropy,
    split,
)
from minicnn.cli.console import CtrlC, Progress, one_line_errors, parser, sketch
from minicnn.metrics import accuracy, confusion_matrix
from minicnn.models import two_conv
from minicnn.visualize.plots import learning_curves, predictions


def where(problem, model, x, last):
    """The same problem, with the place where it began and the way back."""
    place = first_nonfinite(model, x) or "a place that another dropout mask hides"
    return NonFiniteError(f"{problem}. NaN or infinity first appears in {place}. "
                          f"The last good checkpoint, if an epoch was completed, is {last}")


def train(flags, ctrl_c):
    rng = np.random.default_rng(flags.seed)          # the one source of chance: weights, split, order, dropout
    data = mnist(flags.data_dir)
    train_images, train_labels, test_images, test_labels = data
    os.makedirs(flags.run, exist_ok=True)                          # better an error now than after an epoch
    x, labels = as_float(train_images[:flags.limit]), train_labels[:flags.limit]         # (N, 28, 28, 1), (N,)
    x_test, labels_test = as_float(test_images[:flags.limit]), test_labels[:flags.limit]
    x, labels, x_validation, labels_validation = split(x, labels, 1 / 12, rng)     # 55,000 and 5,000

    model = two_conv((28, 28, 1), classes=10, rng=rng)             # conv, pool, conv, pool, dense, dense: models.py
    optimizer = Adam(model.parameters(), lr=flags.lr)
    schedule = OneCycle(optimizer, total_steps=max(2, flags.epochs * math.ceil(len(x) / flags.batch_size)))
    feed = batches(x, labels, flags.batch_size, rng=rng)
    epoch, history, counts = 1, [], (0, 0, 0.0)
    must_match = {name: getattr(flags, name) for name in ("epochs", "batch_size", "lr", "seed", "limit")}
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "rng": rng}
    last = os.path.join(flags.run, "last.npz")

    loss, _ = softmax_cross_entropy(model.predict(x_validation), labels_validation)
    print(f"guessing would give a loss of ln 10 = {math.log(10):.3f} and 10% accuracy; the model starts with {loss:.3f}")
    print(model.summary((28, 28, 1)))
    if flags.resume:
        notes = load_checkpoint(last, feed=feed, **parts)
        for name in must_match:
            value = notes["flags"][name]
            if must_match[name] != value:
                raise ValueError(f"--resume expected --{name.replace('_', '-')} {value} as before, got {must_match[name]}")
        epoch, history, counts = notes["epoch"], notes["history"], notes["counts"]
        print(f"going on from {last}: epoch {epoch}, image {feed.position:,}")

    while epoch <= flags.epochs:
        model.train()
        progress = Progress(f"epoch {epoch}/{flags.epochs}", total=len(x), done=feed.position, counts=counts)
        for x_batch, labels_batch in feed:                                               # (64, 28, 28, 1), (64,)
            logits = model.forward(x_batch)                                              # (64, 10)
            try:
                loss, dlogits = softmax_cross_entropy(logits, labels_batch)              # a number, (64, 10)
            except NonFiniteError as problem:
                raise where(problem, model, x_batch, last) from None
            model.backward(dlogits, input_gradient=False)      # nobody asks for the pictures' own gradient
            optimizer.step()
            schedule.step()
            progress.update(loss, (logits.argmax(axis=1) == labels_batch).sum(), len(labels_batch))
            if ctrl_c.pressed:
                save_checkpoint(last, notes={"epoch": epoch, "history": history, "counts": progress.counts(),
                                             "flags": must_match}, feed=feed, **parts)
                print(f"\nsaved {last}; the same command with --resume goes on from here")
                return None

        logits = model.predict(x_validation)
        try:
            validation_loss, _ = softmax_cross_entropy(logits, labels_validation)
        except NonFiniteError as problem:                          # the epoch's last step spoilt it
            raise where(problem, model.eval(), x_validation, last) from None
        validation_accuracy = accuracy(labels_validation, logits.argmax(axis=1))
        progress.close(f"; validation loss {validation_loss:.4f}, accuracy {validation_accuracy:.2%}")
        history.append({"epoch": epoch, "loss": progress.loss, "accuracy": progress.accuracy,
                        "validation_loss": validation_loss, "validation_accuracy": validation_accuracy})
        epoch, counts = epoch + 1, (0, 0, 0.0)
        feed = batches(x, labels, flags.batch_size, rng=rng)                             # a new order for the next
        save_checkpoint(last, notes={"epoch": epoch, "history": history, "counts": counts, "flags": must_match},
                        feed=feed, **parts)

    logits = model.predict(x_test)                                 # the test pictures are looked at once, here
    predicted = logits.argmax(axis=1)
    test_accuracy = accuracy(labels_test, predicted)
    print(f"test accuracy {test_accuracy:.2%}: {(predicted == labels_test).sum():,} of {len(x_test):,} digits")
    mistakes = confusion_matrix(labels_test, predicted, 10) * (1 - np.eye(10, dtype=int))
    label, wrong = np.unravel_index(mistakes.argmax(), mistakes.shape)
    if mistakes[label, wrong]:
        print(f"most frequent mistake: {data.classes[label]} taken for {data.classes[wrong]}, {mistakes[label, wrong]} times")
    print(sketch(x_test[:5], [f"says {data.classes[k]}" for k in predicted[:5]]))

    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    doubtful = np.argsort(probabilities[np.arange(len(x_test)), labels_test])[:32]
    save_checkpoint(os.path.join(flags.run, "model.npz"), notes={"classes": list(data.classes)}, model=model)
    learning_curves(os.path.join(flags.run, "curves.png"), history)
    predictions(os.path.join(flags.run, "hardest.png"), x_test[doubtful], labels_test[doubtful],
                probabilities[doubtful], data.classes)
    print(f"saved in {flags.run}: model.npz, curves.png (learning curves), hardest.png (the 32 hardest test digits)")
    return test_accuracy


def main():
    flags = parser("Train a CNN on MNIST.", epochs=3, lr=3e-3, run="runs/mnist")
    flags.add_argument("--data-dir", metavar="FOLDER", help="a folder with the four MNIST files, or with mnist/ in it")
    flags = flags.parse_args()
    with one_line_errors(), CtrlC() as ctrl_c:
        test_accuracy = train(flags, ctrl_c)
    if test_accuracy is None:
        raise SystemExit(130)
    if flags.expect_accuracy is not None and test_accuracy < flags.expect_accuracy:
        raise SystemExit(f"expected a test accuracy of at least {flags.expect_accuracy:.2%}, got {test_accuracy:.2%}")


if __name__ == "__main__":
    main()

"""What a training looks at beside its loop: the validation pictures after each epoch, and the test pictures once."""

import shlex

import numpy as np

from ..losses import NonFiniteError, softmax_cross_entropy
from ..metrics import accuracy, report, report_text, softmax
from .model_file import save_model
from .nonfinite import first_nonfinite
from .settings import own

CHUNK = 1024                                                       # pictures prepared at a time


def best(history):
    """The row of the best epoch: the highest validation accuracy, then the lowest loss, then the first."""
    return max(history, key=lambda row: (row["validation_accuracy"], -row["validation_loss"]))


def enough(history, patience):
    """Whether the last `patience` epochs were no better than one before them."""
    return bool(patience and history) and history[-1]["epoch"] - best(history)["epoch"] >= patience


def logits_of(model, prepare, images):
    """The network's answers to bytes (N, H, W, C), prepared a part at a time: (N, K)."""
    return np.concatenate([model.predict(prepare(images[n:n + CHUNK])) for n in range(0, len(images), CHUNK)])


def look(model, prepare, images, labels):
    """Loss and accuracy of the validation pictures: the plain loss, without smoothing or class weights."""
    logits = logits_of(model, prepare, images)
    loss, _ = softmax_cross_entropy(logits, labels)
    return {"validation_loss": loss, "validation_accuracy": accuracy(labels, logits.argmax(axis=1))}


def where(problem, model, x, run_folder, history):
    """The same problem, with the place where it began and the way back."""
    place = first_nonfinite(model, x) or "a place that another dropout mask hides"
    good = (f"{run_folder.path('best.npz')} is of epoch {best(history)['epoch']}, the best before it" if history else
            "no epoch was completed")
    return NonFiniteError(f"epoch {len(history) + 1}: {problem}. NaN or infinity first appears in {place}. {good}; "
                          "a smaller --lr begins anew")


def judge(run_folder, settings, source, prepare, model, history):
    """Look at the test set, once; write the model file, the report and the pictures; say what comes next."""
    logits = logits_of(model, prepare, source.test_images)
    probabilities, labels = softmax(logits), source.test_labels
    figures = report(labels, probabilities, source.classes)
    with run_folder.no_loss("model.npz"):
        save_model(run_folder.path("model.npz"), model, settings["model"], own(settings), prepare, source.classes)
    print(f"\nthe test pictures, with the weights of epoch {best(history)['epoch']}:\n{report_text(figures)}\n")
    if settings["pictures"]:
        from ..visualize.pictures import write_pictures  # here, because matplotlib takes its time
        with run_folder.no_loss("pictures"):
            write_pictures(run_folder.path("pictures"), model, prepare(source.test_images), source.test_images, labels,
                           probabilities, source.classes, history)
    run_folder.write("metrics.json", figures)                      # last: it says that the run is complete
    folder = shlex.quote(str(run_folder.folder))
    print(f"test accuracy {figures['accuracy']:.2%}; everything is in {folder}. Next:\n"
          f"  minicnn report {folder}\n  minicnn predict {folder} PICTURE...\n  minicnn runs")
    return figures["accuracy"]

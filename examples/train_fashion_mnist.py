"""Fashion-MNIST with three recipes: a plain one, the same network trained better, and a better network.

    python examples/train_fashion_mnist.py                       # plain: two convolutions, Adam, ten epochs
    python examples/train_fashion_mnist.py --recipe tuned        # the same with one-cycle, label smoothing, averaged weights
    python examples/train_fashion_mnist.py --recipe best         # residual blocks, trained in the same way
"""

import numpy as np

from minicnn import SGD, Adam, Augment, AveragedWeights, OneCycle, Preprocessing, Residual, Sequential, softmax_cross_entropy
from minicnn.cli.arguments import run_example, training_flags
from minicnn.data.sources import load
from minicnn.layers import BatchNorm, Conv2D, Dense, GlobalAvgPool2D, MaxPool2D, ReLU
from minicnn.layers.initializers import fans
from minicnn.metrics import report_text
from minicnn.models import two_conv
from minicnn.support.flags import one_of
from minicnn.training import Run, total_steps
from minicnn.training.evaluate import with_mirror


def residual_network(rng):
    """Seven 3x3 convolutions with batch norm, four of them in two residual blocks: 464,000 weights."""
    def conv(C, F, *pool):
        return [Conv2D(C, F, kernel_size=3, padding=1, bias=False, rng=rng), *pool, BatchNorm(F), ReLU()]

    return Sequential([
        *conv(1, 32),                                                                    # (N, 28, 28, 32)
        *conv(32, 64, MaxPool2D(2)), Residual([*conv(64, 64), *conv(64, 64)]),           # (N, 14, 14, 64)
        *conv(64, 128, MaxPool2D(2)), Residual([*conv(128, 128), *conv(128, 128)]),      # (N, 7, 7, 128)
        GlobalAvgPool2D(), Dense(128, 10, rng=rng),
    ])


def small_uniform(shape, rng, dtype):
    bound = 1 / np.sqrt(fans(shape)[0])                            # PyTorch's initial weights: 2.4 times smaller than He's
    return rng.uniform(-bound, bound, shape).astype(dtype)


def train(flags):
    rng, plain = np.random.default_rng(flags.seed), flags.recipe == "plain"
    data = load("fashion-mnist", seed=flags.seed, limit=flags.limit, data_dir=flags.data_dir, validation=1 / 60)
    epochs, batch_size = flags.epochs or (10 if plain else 18), 64 if plain else 128
    schedule = average = predict = None
    if plain:
        preprocess = Preprocessing.of("-1..1", (32, 32, 1), kind="garment")
        model = two_conv((32, 32, 1), dropout=0.5, rng=rng, initializer=small_uniform)
        augment, optimizer = Augment(flip=True, rotation=5, fill=-1.0, rng=rng), Adam(model.parameters(), lr=1e-3)
    else:
        preprocess = Preprocessing.of("standard", (28, 28, 1), data.train_images, kind="garment")
        model = residual_network(rng) if flags.recipe == "best" else two_conv((28, 28, 1), dropout=0.5, rng=rng)
        augment = Augment(flip=True, crop=2, fill=-preprocess.mean[0] / preprocess.std[0], rng=rng)       # black
        lr = 0.15 if flags.recipe == "best" else 0.05
        optimizer = SGD(model.parameters(), lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
        schedule = OneCycle(optimizer, total_steps(data.train_images, batch_size, epochs), warm_up=0.25)
        average, predict = AveragedWeights(model, decay=0.99), with_mirror(model)         # the mean of about 100 steps
    print(f"{flags.recipe}:\n{model.summary(preprocess.x_shape)}")
    with Run(flags.run, model, optimizer, schedule, rng=rng, preprocess=preprocess, classes=data.classes, name="fashion-mnist",
             average=average, predict=predict, settings=vars(flags) | {"epochs": epochs}, resume=flags.resume) as run:
        for epoch in run.epochs(epochs):
            for x, labels in epoch.batches(data.train_images, data.train_labels, batch_size, augment):
                logits = model.forward(x)
                loss, dlogits = softmax_cross_entropy(logits, labels, label_smoothing=0.0 if plain else 0.1)
                model.backward(dlogits)
                optimizer.step()
                if not plain:
                    schedule.step()
                    average.update()
                epoch.record(loss, logits, labels)
            epoch.validate(data.validation_images, data.validation_labels)
        result = run.finish(data.test_images, data.test_labels, pictures=True)      # the test images are used once, here
    print(f"{report_text(result.metrics)}\n{result.most_frequent_mistake()}")
    print(f"test accuracy {result.accuracy:.2%} after {run.minutes:.1f} minutes, seed {flags.seed}; saved in {run.folder}")
    return result.accuracy


if __name__ == "__main__":
    flags = training_flags(__doc__, "fashion-mnist", epochs=None, data_dir=True)
    flags.add_argument("--recipe", type=one_of("plain", "tuned", "best"), default="plain", help="see above (%(default)s)")
    run_example(flags, train)

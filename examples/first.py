"""The shortest complete training: a network learns to read digits that the program draws. Run: python examples/first.py"""

import numpy as np

from minicnn import (
    Adam,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    Preprocessing,
    ReLU,
    Sequential,
    as_float,
    batches,
    digits,
    save_model,
    softmax_cross_entropy,
)

rng = np.random.default_rng(0)                       # draws the first weights and the order of the images
data = digits()
x, x_test = as_float(data.train_images), as_float(data.test_images)      # bytes 0..255 -> floats 0..1
model = Sequential([
    Conv2D(1, 16, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
    Conv2D(16, 32, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
    Flatten(), Dense(32 * 7 * 7, 10, rng=rng),       # ten outputs, one for each digit
])
optimizer = Adam(model.parameters(), lr=2e-3)
for epoch in range(3):
    for x_batch, labels in batches(x, data.train_labels, batch_size=64, rng=rng):
        logits = model.forward(x_batch)              # scores for each digit
        loss, dlogits = softmax_cross_entropy(logits, labels)            # how wrong they are, and dL/dlogits
        model.backward(dlogits)                      # the gradient of every weight
        optimizer.step()                             # change every weight a little, against its gradient
    print(f"epoch {epoch + 1}: loss {loss:.4f} on the last batch")
correct = model.predict(x_test).argmax(axis=1) == data.test_labels
print(f"{correct.mean():.2%} of the test digits are read correctly")
save_model("runs/first/model.npz", model, Preprocessing.of("0..1", (28, 28, 1), kind="digit"), data.classes)

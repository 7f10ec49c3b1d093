"""Bugs of the optimizers. No gradient is wrong here: other checks catch them."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "adam-without-bias-correction", "ops.reference.updates:adam",
        "m_hat = m / (1 - beta1**t)", "m_hat = m",
        "adam",
        "The network learns. Only about the first ten steps are too short.",
        "m starts at 0 and needs about 1 / (1 - beta1) steps to grow. With the correction the first step is lr * sign(g).",
        "oxiglade/mlx-rs #301", guard="first step"),
    Exhibit(
        "adam-corrected-upside-down", "ops.reference.updates:adam",
        "v_hat = v / (1 - beta2**t)", "v_hat = v * (1 - beta2**t)",
        "adam",
        "The first step is a thousand times too long, and the weights may never recover.",
        "v is too small at first, by the factor 1 - beta2**t. Divide by this factor.",
        "karpathy/convnetjs #70", guard="first step"),
    Exhibit(
        "adam-epsilon-inside-the-root", "ops.reference.updates:adam",
        "return w - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v", "return w - lr * m_hat / np.sqrt(v_hat + epsilon), m, v",
        "adam",
        "Nothing changes until gradients are smaller than 1e-4. Then the steps are too short.",
        "An epsilon of 1e-8 inside the root acts like an epsilon of 1e-4 outside it.",
        "FluxML/Flux.jl #448, CyberZHG/keras-radam #29", guard="definition"),
    Exhibit(
        "adamw-decay-in-the-gradient", "ops.reference.updates:adam",
        "w = w - lr * weight_decay * w", "g = g + weight_decay * w",
        "adamw",
        "The network learns, but weights with large gradients hardly decay. This is Adam with L2 regularization, not "
        "AdamW.",
        "AdamW subtracts lr * weight_decay * w from the weights directly. The decay is not divided by sqrt(v).",
        "nntrainer/nntrainer #3565", guard="definition"),
    Exhibit(
        "rmsprop-without-root", "ops.reference.updates:rmsprop",
        "return w - lr * g / (np.sqrt(v) + epsilon), v", "return w - lr * g / (v + epsilon), v",
        "rmsprop",
        "The training diverges where gradients are small, and does not move where they are large.",
        "v is the mean of the squared gradients. Its root has the size of a gradient.",
        "a formula in hiromis/notes #52; in code we know of none", guard="definition"),
    Exhibit(
        "momentum-damped", "ops.reference.updates:sgd",
        "u = momentum * u + g", "u = momentum * u + (1 - momentum) * g",
        "sgd",
        "The network learns ten times more slowly than elsewhere with the same settings.",
        "Both forms exist, but published learning rates are meant for this one: u = momentum * u + g.",
        "mdenil/dropout #4", guard="definition"),
)

"""Bugs of the optimizers. No gradient is wrong here: other checks catch them."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "adam-without-bias-correction", "ops.reference.updates:adam",
        "m_hat = m / (1 - beta1**t)", "m_hat = m",
        "adam", "Learns: the first ten steps are only too short.",
        "m starts at 0 and needs 1 / (1 - beta1) steps to forget it. The first step must be lr * sign(g).",
        "oxiglade/mlx-rs #301", guard="first step"),
    Exhibit(
        "adam-corrected-upside-down", "ops.reference.updates:adam",
        "v_hat = v / (1 - beta2**t)", "v_hat = v * (1 - beta2**t)",
        "adam", "The first step is a thousand times too long, and the weights never recover, or Adam is said to be unstable.",
        "v is too small at first: divide by the share 1 - beta2**t that it has reached.",
        "karpathy/convnetjs #70", guard="first step"),
    Exhibit(
        "adam-epsilon-inside-the-root", "ops.reference.updates:adam",
        "return w - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v", "return w - lr * m_hat / np.sqrt(v_hat + epsilon), m, v",
        "adam", "Nothing, until gradients are smaller than 1e-4: then the steps are.",
        "Inside the root an epsilon of 1e-8 is one of 1e-4.",
        "FluxML/Flux.jl #448, CyberZHG/keras-radam #29", guard="definition"),
    Exhibit(
        "adamw-decay-in-the-gradient", "ops.reference.updates:adam",
        "w = w - lr * weight_decay * w", "g = g + weight_decay * w",
        "adamw", "Learns; large gradients are hardly decayed at all. It is Adam with L2 under AdamW's name.",
        "Decoupled: the decay acts on the weights, past the division by sqrt(v).",
        "nntrainer/nntrainer #3565", guard="definition"),
    Exhibit(
        "rmsprop-without-root", "ops.reference.updates:rmsprop",
        "return w - lr * g / (np.sqrt(v) + epsilon), v", "return w - lr * g / (v + epsilon), v",
        "rmsprop", "Explodes where gradients are small, stands still where they are large.",
        "v is the mean of squares: its root has the gradient's size.",
        "a formula in hiromis/notes #52; in code we know of none", guard="definition"),
    Exhibit(
        "momentum-damped", "ops.reference.updates:sgd",
        "u = momentum * u + g", "u = momentum * u + (1 - momentum) * g",
        "sgd", "Learns ten times more slowly than with the same settings elsewhere.",
        "A convention, but learning rates are quoted for this one: u = momentum * u + g.",
        "mdenil/dropout #4", guard="definition"),
)

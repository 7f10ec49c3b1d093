"""JAX: the same network as a pure function (NHWC), each step one jitted function."""

import jax
import jax.numpy as jnp

from minicnn import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU

from .. import networks


class Network:
    """A network in JAX. Its tasks are train_step and infer."""

    def __init__(self, network, batch, threads, dropout=True):
        # XLA takes one thread per CPU that the process may use: the worker was pinned to `threads` of them
        jax.clear_caches()
        model, x, labels = networks.build(network, batch, dropout)
        self.x, self.labels = jnp.array(x), jnp.array(labels)
        layers = model.layers
        self.weights = [{name: jnp.array(p.value) for name, p in layer.parameters().items()} for layer in layers]
        zeros = jax.tree.map(jnp.zeros_like, self.weights)
        self.state = self.weights, zeros, zeros, jnp.zeros((), jnp.int32), jax.random.key(0)

        def mean_loss(weights, key, x, labels):
            log_p = jax.nn.log_softmax(forward(layers, weights, x, key))
            return -jnp.take_along_axis(log_p, labels[:, None], axis=1).mean()

        @jax.jit
        def step(state, x, labels):
            weights, m, v, t, key = state
            key, masks = jax.random.split(key)
            loss, grads = jax.value_and_grad(mean_loss)(weights, masks, x, labels)
            return loss, (*adam(weights, m, v, t + 1, grads), t + 1, key)

        self.step, self.logits = step, jax.jit(lambda weights, x: forward(layers, weights, x, key=None))

    def train_step(self):
        loss, self.state = jax.block_until_ready(self.step(self.state, self.x, self.labels))
        return float(loss)

    def infer(self):
        return jax.device_get(self.logits(self.state[0], self.x))


def forward(layers, weights, x, key):
    """The network's logits; dropout is only applied if there is a key."""
    for layer, p in zip(layers, weights):
        if isinstance(layer, Conv2D):
            x = jax.lax.conv_general_dilated(x, p["w"], layer.stride, [(layer.padding, layer.padding)] * 2,
                                             dimension_numbers=("NHWC", "HWIO", "NHWC")) + p["b"]
        elif isinstance(layer, Dense):
            x = x @ p["w"] + p["b"]
        elif isinstance(layer, ReLU):
            x = jnp.maximum(x, 0)
        elif isinstance(layer, MaxPool2D):
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, *layer.kernel_size, 1), (1, *layer.stride, 1), "VALID")
        elif isinstance(layer, Flatten):
            x = x.reshape(len(x), -1)
        elif isinstance(layer, Dropout) and key is not None:
            key, mask = jax.random.split(key)
            x = jnp.where(jax.random.uniform(mask, x.shape) >= layer.rate, x / (1 - layer.rate), 0)
        elif not isinstance(layer, Dropout):
            raise TypeError(f"no translation of {layer!r}")
    return x


def adam(weights, m, v, t, grads, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam on trees of arrays: (weights, m, v)."""
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, grads)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, grads)
    weights = jax.tree.map(
        lambda w, m, v: w - lr * (m / (1 - beta1**t)) / (jnp.sqrt(v / (1 - beta2**t)) + epsilon), weights, m, v)
    return weights, m, v

"""TensorFlow: the same network as a Keras Sequential (NHWC), each step one tf.function graph."""

import tensorflow as tf

from minicnn import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU

from .. import networks


class Network:
    """A network in TensorFlow. Its tasks are train_step and infer."""

    def __init__(self, network, batch, threads, dropout=True):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        tf.keras.backend.clear_session()
        model, x, labels = networks.build(network, batch, dropout)
        self.x, self.labels = tf.constant(x), tf.constant(labels)
        self.model = translate(model, x.shape)
        self.optimizer = tf.keras.optimizers.Adam(1e-3, epsilon=1e-8)
        self.optimizer.build(self.model.trainable_variables)
        self.train_graph, self.infer_graph = tf.function(self.step), tf.function(self.logits)

    def step(self, x, labels):
        """Forward, loss, backward and Adam, for tf.function."""
        with tf.GradientTape() as tape:
            logits = self.model(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def logits(self, x):
        """Forward in inference mode, for tf.function."""
        return self.model(x, training=False)

    def train_step(self):
        return float(self.train_graph(self.x, self.labels))

    def infer(self):
        return self.infer_graph(self.x).numpy()


def translate(model, x_shape):
    """minicnn's Sequential as a Keras Sequential; layouts and the order of Flatten are the same in both."""
    theirs = tf.keras.Sequential([tf.keras.Input(x_shape[1:]), *(SAME[type(layer)](layer) for layer in model.layers)])
    for ours, layer in zip(model.layers, theirs.layers):
        if ours.parameters():
            layer.set_weights([p.value for p in ours.parameters().values()])             # w, b
    return theirs


SAME = {
    Conv2D: lambda layer: tf.keras.layers.Conv2D(
        layer.filters, layer.kernel_size, layer.stride, padding=padding(layer)),
    MaxPool2D: lambda layer: tf.keras.layers.MaxPool2D(layer.kernel_size, layer.stride),
    Dense: lambda layer: tf.keras.layers.Dense(layer.w.shape[1]),
    Dropout: lambda layer: tf.keras.layers.Dropout(layer.rate),
    Flatten: lambda layer: tf.keras.layers.Flatten(),
    ReLU: lambda layer: tf.keras.layers.ReLU(),      # the graph's optimizer fuses it into the convolution before it
}


def padding(layer):
    """Keras knows two paddings by name; all networks here need no others."""
    same = all(2 * layer.padding == K - 1 for K in layer.kernel_size)
    if layer.padding and not same:
        raise ValueError(f"{layer!r} has a padding that Keras has no name for")
    return "same" if same and layer.padding else "valid"

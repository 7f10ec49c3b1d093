"""minicnn: the network and the training loop of the examples, nothing else."""

import minicnn
from minicnn import Adam, ops, softmax_cross_entropy

from .. import networks


class Network:
    """A network on one implementation; by default on the last and fastest."""

    def __init__(self, network, batch, threads, dropout=True, implementation=None):
        minicnn.set_num_threads(threads)
        ops.use(implementation or ops.implementations()[-1])
        self.model, self.x, self.labels = networks.build(network, batch, dropout)
        self.optimizer = Adam(self.model.parameters(), lr=1e-3)

    def train_step(self):
        if not self.model.training:
            self.model.train()
        logits = self.model.forward(self.x)
        loss, dlogits = softmax_cross_entropy(logits, self.labels)
        self.model.backward(dlogits)
        self.optimizer.step()
        return loss

    def infer(self):
        if self.model.training:
            self.model.eval()
        return self.model.forward(self.x)

    def gradients(self):
        """Name -> gradient of the loss, for comparing implementations."""
        self.model.train()
        _, dlogits = softmax_cross_entropy(self.model.forward(self.x), self.labels)
        self.model.backward(dlogits)
        return {name: p.grad for name, p in self.model.parameters().items()}

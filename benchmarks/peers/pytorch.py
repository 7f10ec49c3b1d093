"""PyTorch, eager: the same network as nn.Sequential, NCHW or channels_last."""

import torch
from torch import nn
from torch.nn import functional

from minicnn import BatchNorm, Conv2D, Dense, Dropout, Flatten, GlobalAvgPool2D, MaxPool2D, ReLU, Residual

from .. import networks


class Network:
    """A network in PyTorch. Its tasks are train_step and infer."""

    def __init__(self, network, batch, threads, dropout=True, channels_last=False):
        torch.set_num_threads(threads)
        model, x, labels = networks.build(network, batch, dropout)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.x = torch.from_numpy(x.transpose(0, 3, 1, 2)).contiguous(memory_format=layout)
        self.labels = torch.from_numpy(labels)
        self.model = translate(model, x.shape).to(memory_format=layout)
        # fused: one kernel for all of Adam; faster than the default on LeNet-5, no different on two-conv
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)

    def train_step(self):
        if not self.model.training:
            self.model.train()
        self.optimizer.zero_grad()
        loss = functional.cross_entropy(self.model(self.x), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def infer(self):
        if self.model.training:
            self.model.eval()
        with torch.inference_mode():
            return self.model(self.x).numpy()


class Around(nn.Module):
    """A residual block."""

    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def translate(model, x_shape):
    """Translate a Sequential of minicnn into an nn.Sequential that computes the same."""
    layers, flattened = [], None
    for _, layer, layer_x_shape in model.child_inputs(x_shape):
        if isinstance(layer, Conv2D):
            theirs = nn.Conv2d(layer.channels, layer.filters, layer.kernel_size, layer.stride, layer.padding,
                               bias=layer.b is not None)
            fill(theirs, layer.w.value.transpose(3, 2, 0, 1), layer.b and layer.b.value)    # (F, C, KH, KW)
        elif isinstance(layer, Dense):
            w = layer.w.value
            if flattened:      # PyTorch flattens (C, H, W), we flatten (H, W, C): the rows of w change places
                w = w.reshape(*flattened, -1).transpose(2, 0, 1, 3).reshape(w.shape)
            theirs, flattened = nn.Linear(*w.shape), None
            fill(theirs, w.T, layer.b.value)
        elif isinstance(layer, Flatten):
            theirs, flattened = nn.Flatten(), layer_x_shape[1:]
        elif isinstance(layer, Residual):
            shortcut = nn.Identity() if layer.shortcut is None else translate(layer.shortcut, layer_x_shape)
            theirs = Around(translate(layer.body, layer_x_shape), shortcut)
        else:
            theirs = SAME[type(layer)](layer)
        layers.append(theirs)
    return nn.Sequential(*layers)


SAME = {
    ReLU: lambda layer: nn.ReLU(),
    MaxPool2D: lambda layer: nn.MaxPool2d(layer.kernel_size, layer.stride),
    Dropout: lambda layer: nn.Dropout(layer.rate),
    BatchNorm: lambda layer: nn.BatchNorm2d(layer.gamma.size, layer.epsilon, layer.momentum),
    GlobalAvgPool2D: lambda layer: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
}


def fill(layer, w, b):
    """Copy weights and biases into a PyTorch layer."""
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(w.copy()))
        if b is not None:
            layer.bias.copy_(torch.from_numpy(b))

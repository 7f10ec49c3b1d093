"""Bugs of layers and containers: what is saved, where gradients go, and how branches join."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "shortcut-forgotten", "layers.branches:Residual.backward",
        "return self.body.backward(dy) + around", "return self.body.backward(dy)",
        "Residual(Sequential([ Conv2D(2, 2",
        "Forward is a residual network, backward is not: with twenty blocks almost no gradient reaches the first layers.",
        "If forward sends x into two branches, backward adds the gradients of both. The gradient of the shortcut is dy.",
        "paiml/entrenar #313", "shortcut forgotten"),
    Exhibit(
        "shortcut-taken-twice", "layers.branches:Residual.backward",
        "return self.body.backward(dy) + around", "return self.body.backward(dy) + around + around",
        "Residual(Sequential([ Conv2D(2, 2",
        "A network of a few blocks learns. The gradient doubles with every block, so deep networks diverge.",
        "There is one shortcut, so dy is added once.", "", "shortcut added twice"),
    Exhibit(
        "last-branch-only", "layers.branches:Concat.backward",
        "return sum(branch.backward(part) for branch, part in zip(self.branches, parts))",
        "return [branch.backward(part) for branch, part in zip(self.branches, parts)][-1]",
        "Concat(",
        "The network still learns: the parameters of all branches get their gradients, but the layers before them get "
        "only a part.",
        "x goes into every branch, so backward adds the gradients of all branches.",
        "close: BVLC/caffe #2972 gives later inputs the wrong slice"),
    Exhibit(
        "gradient-added-up", "layers.dense:Dense.gradients",
        "dx, self.w.grad, db = ops.dense_backward(dy, x, self.w.value, self.input_gradient)",
        "dx, dw, db = ops.dense_backward(dy, x, self.w.value, self.input_gradient)\n"
        "self.w.grad = dw if self.w.grad is None else self.w.grad + dw",
        "Dense(3, 5)",
        "The first step is right. Every later step also repeats all earlier ones, and the loss diverges.",
        "backward assigns the gradient of the last forward pass. It never adds to an older one, so no call has to set it "
        "to zero.",
        "karpathy/micrograd #102", "accumulates"),
    Exhibit(
        "flatten-in-fortran-order", "layers.flatten:Flatten.backward",
        "return dy.reshape(self.saved)", 'return dy.reshape(self.saved, order="F")',
        "Flatten()",
        "The dense layers learn. The convolutions get the gradients of other pixels.",
        "Backward reverses the reshape of forward, in the same order of axes.",
        "keras-team/keras #13830 and #9696 (orders mixed between frameworks)", "transposed"),
)

"""Bugs of layers and containers: what is kept, where it goes, and how branches meet."""

from .exhibit import Exhibit

EXHIBITS = (
    Exhibit(
        "shortcut-forgotten", "layers.branches:Residual.backward",
        "return self.body.backward(dy) + around", "return self.body.backward(dy)",
        "Residual(Sequential([ Conv2D(2, 2", "Forward is a ResNet, backward a plain net: twenty blocks deep, nothing "
        "arrives below.",
        "A fork forward is a sum backward. The shortcut's own gradient is dy.",
        "paiml/entrenar #313", "shortcut forgotten"),
    Exhibit(
        "shortcut-taken-twice", "layers.branches:Residual.backward",
        "return self.body.backward(dy) + around", "return self.body.backward(dy) + around + around",
        "Residual(Sequential([ Conv2D(2, 2", "Learns for a few blocks; gradients double with every one, so deep nets explode.",
        "One shortcut, one dy.", "", "shortcut added twice"),
    Exhibit(
        "last-branch-only", "layers.branches:Concat.backward",
        "return sum(branch.backward(part) for branch, part in zip(self.branches, parts))",
        "return [branch.backward(part) for branch, part in zip(self.branches, parts)][-1]",
        "Concat(", "Still learns: the parameters of all branches get their gradients, and only the layers below starve.",
        "x went into every branch: what they send back is summed.",
        "close: BVLC/caffe #2972 gives later inputs the wrong slice"),
    Exhibit(
        "gradient-added-up", "layers.dense:Dense.gradients",
        "dx, self.w.grad, db = ops.dense_backward(dy, x, self.w.value, self.input_gradient)",
        "dx, dw, db = ops.dense_backward(dy, x, self.w.value, self.input_gradient)\n"
        "self.w.grad = dw if self.w.grad is None else self.w.grad + dw",
        "Dense(3, 5)", "The first step is right. Then every step also repeats all the earlier ones, and the loss runs away.",
        "backward assigns: the gradient is that of the last pass, and nobody has to zero it.",
        "karpathy/micrograd #102", "accumulates"),
    Exhibit(
        "flatten-in-fortran-order", "layers.flatten:Flatten.backward",
        "return dy.reshape(self.saved)", 'return dy.reshape(self.saved, order="F")',
        "Flatten()", "The dense part learns, the convolutions get the gradients of other pixels.",
        "Backward undoes forward's reshape, in the same order.",
        "keras-team/keras #13830 and #9696 (orders mixed between frameworks)", "transposed"),
)

"""Make definitions.json with PyTorch:  pip install -e '.[bench]'  then  python tests/golden/make_definitions.py

Small figures that pin the definitions in which frameworks differ: optimizers, losses, schedules, batch norm.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
GENERATOR = torch.Generator().manual_seed(5)


def normal(*shape):
    return torch.randn(*shape, generator=GENERATOR)


def optimizers():
    """For each setting the values of six weights after each of five steps along given gradients."""
    w, gradients = normal(6), normal(5, 6)
    optim = torch.optim
    makers = {
        "SGD lr=0.1": lambda p: optim.SGD(p, lr=0.1),
        "SGD lr=0.1 momentum=0.9 weight_decay=0.05": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
        "SGD lr=0.1 momentum=0.9 nesterov=1 weight_decay=0.05":
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
        "RMSprop lr=0.01 decay=0.9": lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9),
        "RMSprop lr=0.01 epsilon=0.1 weight_decay=0.05":
            lambda p: optim.RMSprop(p, lr=0.01, eps=0.1, weight_decay=0.05),
        "Adam lr=0.01": lambda p: optim.Adam(p, lr=0.01),
        "Adam lr=0.01 epsilon=0.1 weight_decay=0.05": lambda p: optim.Adam(p, lr=0.01, eps=0.1, weight_decay=0.05),
        "AdamW lr=0.01": lambda p: optim.AdamW(p, lr=0.01),
        "AdamW lr=0.01 epsilon=0.1 weight_decay=0.5": lambda p: optim.AdamW(p, lr=0.01, eps=0.1, weight_decay=0.5),
    }
    values = {}
    for setting, maker in makers.items():
        p = torch.nn.Parameter(w.clone())
        optimizer, values[setting] = maker([p]), []
        for g in gradients:
            p.grad = g.clone()
            optimizer.step()
            values[setting].append(p.tolist())
    return {"w": w.tolist(), "gradients": gradients.tolist(), "values": values}


def losses():
    """Loss and gradient of the logits, with and without class weights and label smoothing."""
    cases = []
    for weights in (None, [0.5, 2.0, 1.0, 3.0]):
        for smoothing in (0.0, 0.1):
            logits, labels = normal(5, 4).requires_grad_(), torch.tensor([0, 3, 1, 1, 2])
            loss = functional.cross_entropy(logits, labels, label_smoothing=smoothing,
                                            weight=None if weights is None else torch.tensor(weights))
            loss.backward()
            cases.append({"loss": "softmax_cross_entropy", "logits": logits.tolist(), "labels": labels.tolist(),
                          "class_weights": weights, "label_smoothing": smoothing, "value": loss.item(),
                          "dlogits": logits.grad.tolist()})
    logits, labels = normal(5, 3).requires_grad_(), torch.tensor([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
    loss = functional.binary_cross_entropy_with_logits(logits, labels.double())
    loss.backward()
    cases.append({"loss": "sigmoid_cross_entropy", "logits": logits.tolist(), "labels": labels.tolist(),
                  "class_weights": None, "label_smoothing": 0.0, "value": loss.item(), "dlogits": logits.grad.tolist()})
    return cases


def schedules():
    """The learning rates of 20 steps."""
    schedule = torch.optim.lr_scheduler
    makers = {
        "StepDecay every=6 factor=0.5": lambda o: schedule.StepLR(o, step_size=6, gamma=0.5),
        "Cosine total_steps=19 low=0.001": lambda o: schedule.CosineAnnealingLR(o, T_max=19, eta_min=0.001),
        "OneCycle total_steps=20": lambda o: schedule.OneCycleLR(o, max_lr=0.1, total_steps=20),
        "OneCycle total_steps=20 warm_up=0.1": lambda o: schedule.OneCycleLR(o, max_lr=0.1, total_steps=20, pct_start=0.1),
    }
    rates = {}
    for setting, maker in makers.items():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler, rates[setting] = maker(optimizer), []
        for _ in range(20):
            rates[setting].append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if len(rates[setting]) < 20:
                scheduler.step()
    return rates


def batch_norm():
    """Outputs in training and in eval, and the running statistics after two batches (NHWC)."""
    layer = torch.nn.BatchNorm2d(3)
    with torch.no_grad():
        layer.weight.copy_(normal(3))
        layer.bias.copy_(normal(3))
    batches = normal(2, 4, 3, 2, 2)
    outputs = [layer(batch).permute(0, 2, 3, 1).tolist() for batch in batches]
    layer.eval()
    return {"gamma": layer.weight.tolist(), "beta": layer.bias.tolist(),
            "batches": batches.permute(0, 1, 3, 4, 2).tolist(), "outputs": outputs,
            "eval": layer(batches[0]).permute(0, 2, 3, 1).tolist(),
            "running_mean": layer.running_mean.tolist(), "running_var": layer.running_var.tolist()}


if __name__ == "__main__":
    golden = {"made with": f"PyTorch {torch.__version__}", "optimizers": optimizers(), "losses": losses(),
              "schedules": schedules(), "batch_norm": batch_norm()}
    path = Path(__file__).with_name("definitions.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(f"wrote {path.name}: {golden['made with']}")

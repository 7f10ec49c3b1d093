"""What is wrong? `machine()` checks this computer, `examine(model, x, labels)` checks a network and its data."""

from .examination import examine, network_checks
from .findings import BOUNDS, Finding, Findings
from .learning import label_shuffle, overfitting
from .machine import machine, machine_checks
from .network import activations, derivatives, gradients, initial_loss, input_range
from .steps import dead_relus, update_ratios

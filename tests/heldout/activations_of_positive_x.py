"""Logarithm, root, power: functions of x > 0."""

import numpy as np

from .activations import Activation, _case


class Log(Activation):
    def f(self, x):
        return np.log(x)

    def df(self, x):
        return 1 / x


class LogAsLog1p(Log):
    def df(self, x):
        return 1 / (1 + x)


class Sqrt(Activation):
    def f(self, x):
        return np.sqrt(x)

    def df(self, x):
        return 0.5 / np.sqrt(x)


class SqrtWithoutHalf(Sqrt):
    def df(self, x):
        return 1 / np.sqrt(x)


class Power(Activation):
    p = 2.5

    def f(self, x):
        return x**self.p

    def df(self, x):
        return self.p * x ** (self.p - 1)


class PowerPrecedence(Power):
    def df(self, x):
        return self.p * x**self.p - 1


class XLogX(Activation):
    def f(self, x):
        return x * np.log(x)

    def df(self, x):
        return np.log(x) + 1


class XLogXFirstFactor(XLogX):
    def df(self, x):
        return np.log(x)


WRONG = "activation derivative"
CASES = [
    _case("log as log1p", Log, LogAsLog1p, WRONG, "The derivative of log(1 + x).", domain="positive"),
    _case(
        "sqrt without half", Sqrt, SqrtWithoutHalf, "missing factor", "The 1/2 is missing.", domain="positive", also=(WRONG,)
    ),
    _case("power precedence", Power, PowerPrecedence, WRONG, "p * x**p - 1 lacks the brackets.", domain="positive"),
    _case(
        "x log x first factor",
        XLogX,
        XLogXFirstFactor,
        WRONG,
        "log x without the + 1.",
        domain="positive",
        also=("missing path",),
    ),
]

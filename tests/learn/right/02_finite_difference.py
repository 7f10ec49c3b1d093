import numpy as np


def difference(f, x, h=1e-4):
    return 0.5 * (f(x + h) - f(x - h)) / h


def differences(f, x, h=1e-4):
    out = np.empty_like(x)
    for k in range(x.size):
        old = x.flat[k]
        x.flat[k] = old + h
        up = f(x)
        x.flat[k] = old - h
        down = f(x)
        x.flat[k] = old
        out.flat[k] = (up - down) / 2 / h
    return out

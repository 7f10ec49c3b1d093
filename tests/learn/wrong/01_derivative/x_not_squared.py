# says: dw
# says: x[n] ** 2

def derivative(w):
    return 2 * (3 * w - 12) * 3


def gradient(w, b, x, t):
    e = w * x**2 + b - t
    dw = (2 * e * x).mean()
    db = (2 * e).mean()
    return dw, db

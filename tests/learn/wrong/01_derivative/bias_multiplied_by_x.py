# says: db
# says: b is not multiplied by x

def derivative(w):
    return 2 * (3 * w - 12) * 3


def gradient(w, b, x, t):
    e = w * x**2 + b - t
    dw = (2 * e * x**2).mean()
    db = (2 * e * x**2).mean()
    return dw, db

# says: derivative(0)
# says: expected -72
# says: the inner derivative, 3

def derivative(w):
    return 2 * (3 * w - 12)


def gradient(w, b, x, t):
    e = w * x**2 + b - t
    dw = (2 * e * x**2).mean()
    db = (2 * e).mean()
    return dw, db

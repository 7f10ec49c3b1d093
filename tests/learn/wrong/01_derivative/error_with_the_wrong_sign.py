# says: dw
# says: the wrong sign

def derivative(w):
    return 2 * (3 * w - 12) * 3


def gradient(w, b, x, t):
    e = t - (w * x**2 + b)
    dw = (2 * e * x**2).mean()
    db = (2 * e).mean()
    return dw, db

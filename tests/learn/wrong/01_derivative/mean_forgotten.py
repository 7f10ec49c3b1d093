# says: dw, expected a number
# says: the mean over all examples

def derivative(w):
    return 2 * (3 * w - 12) * 3


def gradient(w, b, x, t):
    e = w * x**2 + b - t
    dw = (2 * e * x**2)
    db = (2 * e)
    return dw, db

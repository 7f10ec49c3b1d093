"""Exercise 1: a derivative by hand. The answers, with the reason for each factor."""


def derivative(w):
    # L = e ** 2 with e = 3 * w - 12. The derivative of the square is 2 * e. The derivative of e is 3. The chain rule
    # multiplies the two.
    return 2 * (3 * w - 12) * 3


def gradient(w, b, x, t):
    # e[n] is the error of example n. L is the mean of e ** 2.
    e = w * x**2 + b - t
    # The derivative of a mean is the mean of the derivatives. If w grows, e[n] grows x[n] ** 2 times as fast.
    dw = (2 * e * x**2).mean()
    # If b grows, every e[n] grows as fast as b: the inner derivative is 1.
    db = (2 * e).mean()
    return dw, db

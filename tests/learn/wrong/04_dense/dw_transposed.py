# says: dw of shape
# says: is its transpose

def dense(x, w, b=None):
    y = x @ w
    return y if b is None else y + b


def dense_backward(dy, x, w, input_gradient=True):
    dx = dy @ w.T if input_gradient else None
    dw = dy.T @ x
    db = dy.sum(axis=0)
    return dx, dw, db

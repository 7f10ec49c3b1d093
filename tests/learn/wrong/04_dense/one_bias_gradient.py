# says: db
# says: over the batch only

def dense(x, w, b=None):
    y = x @ w
    return y if b is None else y + b


def dense_backward(dy, x, w, input_gradient=True):
    dx = dy @ w.T if input_gradient else None
    dw = x.T @ dy
    db = dy.sum()
    return dx, dw, db

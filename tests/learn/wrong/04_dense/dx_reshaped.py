# says: dx
# says: transpose

def dense(x, w, b=None):
    y = x @ w
    return y if b is None else y + b


def dense_backward(dy, x, w, input_gradient=True):
    dx = dy @ w.reshape(w.shape[1], w.shape[0]) if input_gradient else None
    dw = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dw, db

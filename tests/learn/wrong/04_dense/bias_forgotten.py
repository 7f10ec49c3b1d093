# says: dense
# says: y[n=0, k=0]
# says: the bias is not added

def dense(x, w, b=None):
    y = x @ w
    return y


def dense_backward(dy, x, w, input_gradient=True):
    dx = dy @ w.T if input_gradient else None
    dw = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dw, db

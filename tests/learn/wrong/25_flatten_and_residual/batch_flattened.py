# says: flatten
# says: y of shape
# says: the batch

def flatten(x):
    return x.reshape(-1)


def flatten_backward(dy, x_shape):
    return dy.reshape(x_shape)


def residual(x, body):
    return body(x) + x


def residual_backward(dy, body_backward):
    return body_backward(dy) + dy

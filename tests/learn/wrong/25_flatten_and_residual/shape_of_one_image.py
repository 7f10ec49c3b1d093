# says: flatten_backward
# says: dx of shape

def flatten(x):
    return x.reshape(x.shape[0], -1)


def flatten_backward(dy, x_shape):
    return dy.reshape(x_shape[1:] + x_shape[:1])


def residual(x, body):
    return body(x) + x


def residual_backward(dy, body_backward):
    return body_backward(dy) + dy

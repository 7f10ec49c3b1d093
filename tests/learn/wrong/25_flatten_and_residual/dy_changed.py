# says: residual_backward
# says: changes its input dy

def flatten(x):
    return x.reshape(x.shape[0], -1)


def flatten_backward(dy, x_shape):
    return dy.reshape(x_shape)


def residual(x, body):
    return body(x) + x


def residual_backward(dy, body_backward):
    dy += body_backward(dy)
    return dy

# says: flatten
# says: the channels of a pixel side by side

def flatten(x):
    return x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)


def flatten_backward(dy, x_shape):
    return dy.reshape(x_shape)


def residual(x, body):
    return body(x) + x


def residual_backward(dy, body_backward):
    return body_backward(dy) + dy



def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    if weight_decay:
        g = g + weight_decay * w
    new = u * momentum
    new += g
    if nesterov:
        return w - lr * g - lr * momentum * new, new
    return w - lr * new, new


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    if not decoupled:
        g = g + weight_decay * w
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g**2 - v)
    step = lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + epsilon)
    if decoupled:
        step = step + lr * weight_decay * w
    return w - step, m, v

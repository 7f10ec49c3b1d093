"""The derivations of the chapters, checked by a computer algebra system.

Each test starts from the definition with symbols, lets SymPy differentiate it, and compares with the formula that the
chapter prints. Sizes are small; nothing else is special about them.
"""

import itertools

import numpy as np
import pytest

sympy = pytest.importorskip("sympy", reason="SymPy is not installed: the derivations are not checked")

from sympy import Rational, Symbol, diff, simplify, symbols  # noqa: E402


def equal(first, second):
    """Whether two expressions are the same for all values of their symbols."""
    return simplify(first - second) == 0


# ------------------------------------------------------------------- chapter 1

def test_one_weight():
    w, x, t, lr = symbols("w x t lr")
    loss = (w * x - t) ** 2
    assert equal(diff(loss, w), 2 * (w * x - t) * x)
    step = w - lr * diff(loss.subs({x: 2, t: 6}), w)
    assert equal(step - 3, (1 - 8 * lr) * (w - 3))


def test_two_weights():
    w, b = symbols("w b")
    x, t = symbols("x1:3"), symbols("t1:3")
    e = [w * x_n + b - t_n for x_n, t_n in zip(x, t)]
    loss = Rational(1, 2) * sum(e_n ** 2 for e_n in e)
    assert equal(diff(loss, w), Rational(1, 2) * sum(2 * e_n * x_n for e_n, x_n in zip(e, x)))
    assert equal(diff(loss, b), Rational(1, 2) * sum(2 * e_n for e_n in e))


# ------------------------------------------------------------------- chapter 2

def test_four_lines():
    a, b = symbols("a b")
    p, s, d = a * b, a + b, a * b - (a + b)
    loss = d * d
    dd = 2 * d
    assert equal(diff(loss, a), dd * b + dd * -1)
    assert equal(diff(loss, b), dd * a + dd * -1)
    at = {a: 2, b: 4}
    assert [e.subs(at) for e in (p, s, d, loss, diff(loss, a), diff(loss, b))] == [8, 6, 2, 4, 12, 4]


# ------------------------------------------------------------------- chapter 3

def array(name, *shape):
    """An array of symbols: name_0_0, name_0_1, ..."""
    return np.array([Symbol(f"{name}_{'_'.join(map(str, index))}") for index in np.ndindex(*shape)]).reshape(shape)


def gradient(loss, q):
    """The derivative of the loss with respect to each entry of q: what the chapters call dq."""
    return np.array([diff(loss, entry) for entry in q.ravel()]).reshape(q.shape)


def all_equal(first, second):
    return first.shape == second.shape and all(equal(a, b) for a, b in zip(first.ravel(), second.ravel()))


def test_dense():
    x, w, b, dy = array("x", 2, 3), array("w", 3, 4), array("b", 4), array("dy", 2, 4)
    y = np.array([[b[k] + sum(x[n, d] * w[d, k] for d in range(3)) for k in range(4)] for n in range(2)])
    loss = (dy * y).sum()                                          # any loss whose derivative with respect to y is dy
    assert all_equal(gradient(loss, w), x.T @ dy)
    assert all_equal(gradient(loss, b), dy.sum(axis=0))
    assert all_equal(gradient(loss, x), dy @ w.T)


# ------------------------------------------------------------------- chapter 4

def test_relu():
    x = Symbol("x", real=True)
    y = sympy.Max(x, 0)
    assert diff(y, x).subs(x, 3) == 1
    assert diff(y, x).subs(x, -2) == 0
    hat = sympy.Max(x, 0) - 2 * sympy.Max(x - 1, 0) + sympy.Max(x - 2, 0)
    assert [hat.subs(x, at) for at in (-1, 0, Rational(1, 2), 1, 2, 3)] == [0, 0, Rational(1, 2), 1, 0, 0]


def test_sigmoid():
    x = Symbol("x", real=True)
    y = 1 / (1 + sympy.exp(-x))
    assert equal(diff(y, x), y * (1 - y))
    assert equal(y, sympy.exp(x) / (1 + sympy.exp(x)))
    assert equal(diff(sympy.log(1 + sympy.exp(x)), x), y)


def test_tanh():
    x = Symbol("x", real=True)
    y = (sympy.exp(x) - sympy.exp(-x)) / (sympy.exp(x) + sympy.exp(-x))
    assert equal(diff(y, x), 1 - y ** 2)
    assert equal(y, 2 / (1 + sympy.exp(-2 * x)) - 1)


# ------------------------------------------------------------------- chapter 5

def softmax(z):
    return np.array([sympy.exp(z_k) for z_k in z]) / sum(sympy.exp(z_j) for z_j in z)


def test_softmax_cross_entropy():
    z, m = array("z", 2, 3), Symbol("m")
    labels, N = (1, 0), 2
    loss = -sum(sympy.log(softmax(z[n])[labels[n]]) for n in range(N)) / N
    target = np.array([[0, 1, 0], [1, 0, 0]])
    assert all_equal(gradient(loss, z), (np.array([softmax(row) for row in z]) - target) / N)
    assert all_equal(softmax(z[0] - m), softmax(z[0]))             # only differences count


def test_log_softmax():
    z, dy = array("z", 3), array("dy", 3)
    y = np.array([z_k - sympy.log(sum(sympy.exp(z_j) for z_j in z)) for z_k in z])
    assert all_equal(gradient((dy * y).sum(), z), dy - softmax(z) * dy.sum())


def test_sigmoid_cross_entropy():
    z, t = symbols("z t", real=True)
    p = 1 / (1 + sympy.exp(-z))
    loss = -t * sympy.log(p) - (1 - t) * sympy.log(1 - p)
    assert equal(diff(loss, z), p - t)
    assert equal(softmax(np.array([z, sympy.Integer(0)]))[0], p)


# ------------------------------------------------------------------- chapter 7

@pytest.mark.parametrize("s", [1, 2, 3])
def test_output_size(s):
    for H, KH, p in itertools.product(range(3, 9), range(1, 5), range(3)):
        if H + 2 * p >= KH:
            windows = [range(i * s, i * s + KH) for i in range(20)]
            assert sum(rows[-1] < H + 2 * p for rows in windows) == (H + 2 * p - KH) // s + 1


# ------------------------------------------------------------------- chapter 8

def im2col(x, KH, KW):
    """One row for each window of a 2-D array of symbols."""
    OH, OW = x.shape[0] - KH + 1, x.shape[1] - KW + 1
    return np.array([x[i:i + KH, j:j + KW].ravel() for i in range(OH) for j in range(OW)])


def col2im(cols, H, W, KH, KW):
    """Each entry of cols added at the place that im2col copied it from."""
    x = np.zeros((H, W), object)
    for row, (i, j) in zip(cols, np.ndindex(H - KH + 1, W - KW + 1)):
        x[i:i + KH, j:j + KW] += row.reshape(KH, KW)
    return x


def test_im2col():
    x, w, dcols = array("x", 4, 4), array("w", 3, 3), array("dcols", 4, 9)
    assert all_equal(gradient((im2col(x, 3, 3) * dcols).sum(), x), col2im(dcols, 4, 4, 3, 3))
    product = (im2col(x, 3, 3) @ w.ravel()).reshape(2, 2)
    assert all_equal(product, np.array([[(x[i:i + 3, j:j + 3] * w).sum() for j in range(2)] for i in range(2)]))


# ------------------------------------------------------------------- chapter 9

@pytest.mark.parametrize("s", [1, 2])
def test_convolution_backward(s):
    x, w = array("x", 5, 4), array("w", 3, 2)
    OH, OW = (5 - 3) // s + 1, (4 - 2) // s + 1
    dy, places = array("dy", OH, OW), list(np.ndindex(OH, OW))
    y = np.array([(x[i * s:i * s + 3, j * s:j * s + 2] * w).sum() for i, j in places]).reshape(OH, OW)
    dx, dw = gradient((dy * y).sum(), x), gradient((dy * y).sum(), w)

    loops_x, loops_w = np.zeros((5, 4), object), np.zeros((3, 2), object)      # first way: the inner line differentiated
    for (i, j), (u, v) in itertools.product(places, np.ndindex(3, 2)):
        loops_x[i * s + u, j * s + v] += dy[i, j] * w[u, v]
        loops_w[u, v] += dy[i, j] * x[i * s + u, j * s + v]
    assert all_equal(dx, loops_x)
    assert all_equal(dw, loops_w)

    rows = [i * (4 - 2 + 1) + j for i in range(0, 3, s) for j in range(0, 3, s)]            # second way: through im2col
    cols, dcols = im2col(x, 3, 2)[rows], np.zeros((9, 6), object)
    dcols[rows] = np.outer(dy.ravel(), w.ravel())
    assert all_equal(dw, (cols.T @ dy.ravel()).reshape(3, 2))
    assert all_equal(dx, col2im(dcols, 5, 4, 3, 2))

    spread = np.zeros((3, 3), object)                                          # third way: the flipped kernel
    spread[::s, ::s] = dy
    padded, flip = np.pad(spread, ((2, 2), (1, 1))), w[::-1, ::-1]
    assert all_equal(dx, np.array([[(padded[r:r + 3, q:q + 2] * flip).sum() for q in range(4)] for r in range(5)]))
    assert all_equal(dw, np.array([[(x[u:u + 3, v:v + 3] * spread).sum() for v in range(2)] for u in range(3)]))


# ------------------------------------------------------------------- chapter 10

@pytest.mark.parametrize("H, s", [(4, 2), (3, 1)])
def test_max_pool(H, s):
    x, dy, places = array("x", H, H), array("dy", 2, 2), list(np.ndindex(2, 2))
    windows = {(i, j): x[i * s:i * s + 2, j * s:j * s + 2].ravel() for i, j in places}
    loss = sum(dy[place] * sympy.Max(*windows[place]) for place in places)
    values = [5, 2, 9, 1, 14, 3, 6, 0, 8, 7, 15, 4, 12, 10, 11, 13][:H * H]      # all different; for H = 3, 14 wins 4 windows
    at = dict(zip(x.ravel(), values))
    expected = np.zeros((H, H), object)
    for place in places:
        winner = max(windows[place], key=at.get)
        expected[tuple(np.argwhere(x == winner)[0])] += dy[place]
    found = np.array([diff(loss, entry).subs(at) for entry in x.ravel()]).reshape(H, H)
    assert all_equal(found, expected)
    assert equal(found.sum(), dy.sum())


@pytest.mark.parametrize("K, s", [(2, 2), (3, 1)])
def test_average_pool(K, s):
    x, dy, places = array("x", 4, 4), array("dy", 2, 2), list(np.ndindex(2, 2))
    loss = sum(dy[i, j] * x[i * s:i * s + K, j * s:j * s + K].sum() / K**2 for i, j in places)
    expected = np.zeros((4, 4), object)
    for i, j in places:
        expected[i * s:i * s + K, j * s:j * s + K] += dy[i, j] / sympy.Integer(K**2)
    assert all_equal(gradient(loss, x), expected)


# ------------------------------------------------------------------- chapter 11

def test_he_variance():
    D = 4
    x, w, m, v = symbols(f"x1:{D + 1}"), symbols(f"w1:{D + 1}"), Symbol("m", positive=True), Symbol("v", positive=True)
    square = sympy.Poly(sum(x_d * w_d for x_d, w_d in zip(x, w)) ** 2, *x, *w)
    expected = 0
    for powers, factor in square.terms():                          # independent: multiply the means
        means = [{0: 1, 1: 0, 2: v}[power] for power in powers[D:]]
        inputs = sympy.prod(x_d ** power for x_d, power in zip(x, powers[:D])).subs({x_d ** 2: m for x_d in x})
        expected += factor * sympy.prod(means) * inputs
    assert equal(expected, D * m * v)

    y, variance = Symbol("y", real=True), Symbol("s", positive=True)
    density = sympy.exp(-y ** 2 / (2 * variance)) / sympy.sqrt(2 * sympy.pi * variance)      # a symmetric distribution
    left = sympy.integrate(y ** 2 * density, (y, 0, sympy.oo))
    assert equal(left, sympy.integrate(y ** 2 * density, (y, -sympy.oo, sympy.oo)) / 2)
    assert sympy.solve(D * v / 2 - 1, v) == [Rational(2, D)]


def test_uniform_variance():
    w, a = Symbol("w"), Symbol("a", positive=True)
    assert equal(sympy.integrate(w ** 2, (w, -a, a)) / (2 * a), a ** 2 / 3)


# ------------------------------------------------------------------- chapter 12

def test_batch_norm():
    M = 3
    x, dy, gamma, beta = array("x", M), array("dy", M), Symbol("gamma"), Symbol("beta")
    epsilon = Symbol("epsilon", positive=True)
    mean = x.sum() / sympy.Integer(M)
    c = x - mean
    std = sympy.sqrt((c ** 2).sum() / sympy.Integer(M) + epsilon)
    x_hat = c / std
    loss = (dy * (gamma * x_hat + beta)).sum()
    dbeta, dgamma = dy.sum(), (dy * x_hat).sum()
    assert equal(diff(loss, beta), dbeta)
    assert equal(diff(loss, gamma), dgamma)
    formula = gamma / std * (dy - dbeta / M - x_hat * dgamma / M)
    assert all_equal(gradient(loss, x), formula)
    assert equal(formula.sum(), 0)

    dvar = Symbol("v")                                             # the stages, with the variance as a number of its own
    of_var = sympy.solve(diff(sum(dy * gamma * c) / sympy.sqrt(dvar + epsilon), dvar) - Symbol("d"), Symbol("d"))[0]
    assert equal(of_var.subs(dvar, std ** 2 - epsilon), -gamma / (2 * std ** 2) * dgamma)


# ------------------------------------------------------------------- chapter 13

def test_dropout():
    x, dy, r = array("x", 3), array("dy", 3), Symbol("r")
    mean = np.zeros(3, object)
    for mask in itertools.product((0, 1), repeat=3):
        y = x * np.array(mask) / (1 - r)
        probability = sympy.prod([1 - r if kept else r for kept in mask])
        mean = mean + probability * y
        assert all_equal(gradient((dy * y).sum(), x), dy * np.array(mask) / (1 - r))
    assert all_equal(mean, x)


def test_weight_decay():
    w, lr, decay = symbols("w lr lambda")
    loss = sympy.Function("L")(w)
    step = w - lr * diff(loss + decay / 2 * w ** 2, w)
    assert equal(step, (1 - lr * decay) * w - lr * diff(loss, w))


# ------------------------------------------------------------------- chapter 14

def test_momentum():
    u, g, beta = sympy.Integer(0), Symbol("g"), Symbol("beta")
    for t in range(1, 7):
        u = beta * u + g
        assert equal(u, g * (1 - beta ** t) / (1 - beta))


def test_bias_correction():
    beta, mean, m = Symbol("beta"), Symbol("mean"), sympy.Integer(0)
    gradients = symbols("g1:7")
    for t in range(1, 7):
        m = beta * m + (1 - beta) * gradients[t - 1]
        assert equal(m, (1 - beta) * sum(beta ** k * gradients[t - 1 - k] for k in range(t)))
        expected = m.subs({g: mean for g in gradients})            # each gradient's expected value in its place
        assert equal(expected, (1 - beta ** t) * mean)
        assert equal(expected / (1 - beta ** t), mean)


# ------------------------------------------------------------------- chapter 15

def test_differences():
    x, h = symbols("x h")
    f = sum(Symbol(f"a{k}") * x ** k for k in range(8))            # any polynomial: a Taylor series that ends

    def central(h):
        return (f.subs(x, x + h) - f.subs(x, x - h)) / (2 * h)

    error = sympy.expand(central(h) - diff(f, x))
    assert equal(error.coeff(h, 0), 0)
    assert equal(error.coeff(h, 1), 0)
    assert equal(error.coeff(h, 2), diff(f, x, 3) / 6)
    two = sympy.expand((4 * central(h / 2) - central(h)) / 3 - diff(f, x))
    assert all(equal(two.coeff(h, power), 0) for power in range(4))
    assert not equal(two.coeff(h, 4), 0)
    one_sided = sympy.expand((f.subs(x, x + h) - f) / h - diff(f, x))
    assert equal(one_sided.coeff(h, 1), diff(f, x, 2) / 2)


# ------------------------------------------------------------------- chapter 16

def test_shortcut():
    x, factors = Symbol("x"), symbols("F1:4")
    body = sympy.Function("F")
    assert equal(diff(x + body(x), x), 1 + diff(body(x), x))
    y = x
    for factor in factors:                                         # a chain of layers with the derivatives F1, F2, F3
        y = y + factor * y
    paths = [sympy.prod(chosen) for k in range(4) for chosen in itertools.combinations(factors, k)]
    assert equal(diff(y, x), sum(paths))
    assert paths[0] == 1                                           # the path through shortcuts only


# ------------------------------------------------------------------- chapter 17

def test_winograd():
    d, g = array("d", 4), array("g", 3)
    m1, m2 = (d[0] - d[2]) * g[0], (d[1] + d[2]) * (g[0] + g[1] + g[2]) / 2
    m4, m3 = (d[1] - d[3]) * g[2], (d[2] - d[1]) * (g[0] - g[1] + g[2]) / 2
    assert equal(m1 + m2 + m3, d[0] * g[0] + d[1] * g[1] + d[2] * g[2])
    assert equal(m2 - m3 - m4, d[1] * g[0] + d[2] * g[1] + d[3] * g[2])

    x, w, half = array("x", 4, 4), array("w", 3, 3), Rational(1, 2)
    pixels = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
    weights = np.array([[1, 0, 0], [half, half, half], [half, -half, half], [0, 0, 1]])
    outputs = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])
    y = outputs @ ((weights @ w @ weights.T) * (pixels @ x @ pixels.T)) @ outputs.T
    assert all_equal(y, np.array([[(x[i:i + 3, j:j + 3] * w).sum() for j in range(2)] for i in range(2)]))


# ------------------------------------------------------------------- only on the page with all formulas

def test_leaky_relu():
    x, a = Symbol("x", real=True), Symbol("a")
    y = sympy.Piecewise((x, x > 0), (a * x, True))
    assert diff(y, x).subs(x, 3) == 1
    assert diff(y, x).subs(x, -2) == a


def test_batch_norm_in_evaluation_mode():
    x, gamma, beta, mean, std, dy = symbols("x gamma beta mean std dy")
    assert equal(diff(dy * (gamma * (x - mean) / std + beta), x), gamma * dy / std)

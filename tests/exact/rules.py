"""Each rule of R's arithmetic, with NumPy's result beside R's, in a process that was started for exact mode.

    python rules.py     writes {rule: [numbers compared, bits that differ]} and {"check": [...]} as JSON

Run by test_exact.py, because NumPy and BLAS read the settings when they are loaded.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from parity import bridge
from parity.exact import RArray, arithmetic, check, differing_bits, wrap

Pairs = Iterator[tuple[Any, Any]]

RULES: dict[str, Callable[[np.random.RandomState], Pairs]] = {}


def rule(function: Callable[[np.random.RandomState], Pairs]) -> Callable[[np.random.RandomState], Pairs]:
    RULES[function.__name__] = function
    return function


def products(draw: np.random.RandomState) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """70 pairs of matrices: each combination of extents of 1, column-major, transposed and sliced ones among them."""
    for trial in range(70):
        m, k, n = (int(np.exp(draw.uniform(0, np.log(top)))) for top in (150, 400, 120))
        if trial < 24:
            m, k, n = (1 if trial >> bit & 1 else extent + 1 for bit, extent in enumerate((m, k, n)))
        a, b = draw.randn(m, k), draw.randn(k, n)
        match trial % 4:
            case 1:
                a, b = np.asfortranarray(a), draw.randn(n, k).T
            case 2:
                a = draw.randn(2 * m, k)[::-2]
            case 3:
                b = np.asfortranarray(b)
        yield a, b


@rule
def matmul(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    for a, b in products(draw):
        yield a.view(RArray) @ b, times(a, b)


@rule
def plain_matmul(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    for a, b in products(draw):
        yield a @ b, times(a, b)


@rule
def products_as_a_layer_writes_them(draw: np.random.RandomState) -> Pairs:
    backward = bridge.function("function(x, W, d) list(dx = d %*% t(W), dW = t(x) %*% d)")
    for m, k, n in ((100, 784, 50), (7, 5, 3), (1, 4, 6), (4, 1, 1), (1, 6, 1), (64, 50, 10)):
        x, W, d = wrap([draw.randn(m, k), draw.randn(k, n), draw.randn(m, n)])
        theirs = backward(np.asarray(x), np.asarray(W), np.asarray(d))
        yield np.dot(d, W.T), theirs["dx"]
        yield x.T.dot(d), theirs["dW"]


@rule
def a_long_row_by_a_column(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    for n in (*range(1, 30), 1000, 10007, 100001):
        x, y = draw.randn(n), draw.randn(n)
        yield np.atleast_2d(x.view(RArray) @ y), times(x, y)


@rule
def vectors(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    for m, n in ((3, 5), (40, 17), (2, 90)):
        v, w, M = draw.randn(m), draw.randn(n), draw.randn(m, n)
        yield v.view(RArray) @ M, times(v, M)[0]
        yield M.view(RArray) @ w, times(M, w)[:, 0]


@rule
def a_stack_of_matrices(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    a, b = draw.randn(4, 9, 30), draw.randn(30, 8)
    stack, flat = a.view(RArray) @ b, np.dot(a.view(RArray), b)
    for i in range(len(a)):
        yield stack[i], times(a[i], b)
    yield flat.reshape(36, 8), times(a.reshape(36, 30), b)


@rule
def products_with_nan_and_infinity(draw: np.random.RandomState) -> Pairs:
    times = bridge.function("`%*%`")
    for trial in range(40):
        a, b = draw.randn(*draw.randint(1, 30, 2)), np.zeros(0)
        b = draw.randn(a.shape[1], draw.randint(1, 30))
        a.flat[draw.randint(a.size)] = (np.nan, np.inf, -np.inf, 1.0)[trial % 4]
        if trial % 4 == 3:  # finite, but neighbours overflow when they are added
            a, b = draw.choice([1e308, -3e307, 1.0], a.shape), b * 1e-3
        yield a.view(RArray) @ b, times(a, b)


def matrices(draw: np.random.RandomState) -> Iterator[np.ndarray]:
    for trial in range(40):
        m, n = (int(np.exp(draw.uniform(0, np.log(300)))) for _ in range(2))
        x = draw.randn(1 if trial % 5 == 0 else m, 1 if trial % 7 == 0 else n) * 10 ** draw.uniform(-3, 1)
        yield np.asfortranarray(x) if trial % 3 == 0 else x


def compared(ours: Callable[[Any], Any], theirs: str) -> Callable[[np.random.RandomState], Pairs]:
    def pairs(draw: np.random.RandomState) -> Pairs:
        function = bridge.function(theirs)
        for x in matrices(draw):
            yield np.atleast_1d(ours(x.view(RArray))), function(x)

    return pairs


RULES |= {
    "sum": compared(lambda x: x.sum(), "sum"),
    "sum of a function's argument": compared(lambda x: np.sum(x), "sum"),
    "sum over the rows": compared(lambda x: x.sum(axis=0), "colSums"),
    "sum over the columns": compared(lambda x: np.sum(x, -1, keepdims=True)[:, 0], "rowSums"),
    "sum of both axes": compared(lambda x: np.sum(x, axis=(0, 1)), "sum"),
    "add.reduce": compared(lambda x: np.add.reduce(x), "colSums"),
    "mean": compared(lambda x: x.mean(), "mean"),
    "mean over the rows": compared(lambda x: np.mean(x, axis=0), "colMeans"),
    "mean over the columns": compared(lambda x: np.average(x, axis=1), "rowMeans"),
    "mean of logicals": compared(lambda x: np.mean(x > 0), "function(x) mean(x > 0)"),
    "var over the rows": compared(lambda x: x.var(axis=0), "function(x) colMeans(sweep(x, 2, colMeans(x))^2)"),
    "cumsum": compared(lambda x: np.cumsum(x.T), "cumsum"),
    "prod": compared(lambda x: x.prod(), "prod"),
    "square": compared(lambda x: x**2, "function(x) x^2"),
    "cube": compared(lambda x: x**3, "function(x) x^3"),
    "root as a power": compared(lambda x: abs(x) ** 0.5, "function(x) abs(x)^0.5"),
    "reciprocal as a power": compared(lambda x: x**-1, "function(x) x^-1"),
    "power of two": compared(lambda x: 2**x, "function(x) 2^x"),
    "plain sum": compared(lambda x: np.asarray(x).sum(), "sum"),
    "plain sum over the columns": compared(lambda x: np.asarray(x).sum(axis=1), "rowSums"),
}


@rule
def several_axes_and_the_first_fastest(draw: np.random.RandomState) -> Pairs:
    function = bridge.function("function(x) apply(x, 2, sum)")
    for shape in ((3, 4, 5, 6), (1, 7, 9, 2), (8, 1, 1, 30)):
        x = draw.randn(*shape)
        yield x.view(RArray).sum(axis=(0, 2, 3)), function(x)


@rule
def sums_at_the_edges(draw: np.random.RandomState) -> Pairs:
    function = bridge.function("sum")
    for x in ([np.inf, 1.0], [1.7e308, 1.7e308], [1.7976931348623157e308, 9e291], [-0.0, -0.0], [np.inf, -np.inf], []):
        yield np.atleast_1d(np.sum(np.array(x).view(RArray))), function(np.array(x))


@rule
def elementary_functions(draw: np.random.RandomState) -> Pairs:
    for name in ("exp", "log", "tanh", "sqrt", "log1p", "expm1", "sin", "cos", "tan", "log2", "log10", "sinh", "cosh"):
        x = draw.randn(10_000) * 3
        x = np.abs(x) if name in ("log", "sqrt", "log1p", "log2", "log10") else x
        yield getattr(np, name)(x.view(RArray)), bridge.function(name)(x)


@rule
def softmax_with_loss(draw: np.random.RandomState) -> Pairs:
    function = bridge.function(
        """function(x, t) {
          e <- exp(sweep(x, 1, apply(x, 1, max), "-"))
          y <- sweep(e, 1, rowSums(e), "/")
          list(y = y, loss = -sum(t * log(y + 1e-7)) / nrow(x))
        }"""
    )
    x, t = draw.randn(100, 10), np.eye(10)[draw.randint(10, size=100)]
    e = np.exp(x.view(RArray) - np.max(x, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    theirs = function(x, t)
    yield y, theirs["y"]
    yield np.atleast_1d(-np.sum(t * np.log(y + 1e-7)) / len(x)), theirs["loss"]


@rule
def a_function_that_makes_its_arrays_itself(draw: np.random.RandomState) -> Pairs:
    function = bridge.function("function(x) sum(x %*% diag(1 / seq_len(ncol(x))))")

    def ours(x: np.ndarray) -> Any:
        return np.sum(np.asarray(x) @ np.array(np.eye(x.shape[1]) / np.arange(1, x.shape[1] + 1)))

    for x in matrices(draw):
        if x.shape[1] > 1:
            with arithmetic():
                yield np.atleast_1d(ours(x)), function(x)


def main() -> None:
    found: dict[str, Any] = {"check": check()}
    for name, pairs in RULES.items():
        numbers = bits = 0
        for ours, theirs in pairs(np.random.RandomState(220106)):
            numbers += np.size(theirs)
            bits += differing_bits(ours, theirs)
        found[name.replace("_", " ")] = [numbers, bits]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

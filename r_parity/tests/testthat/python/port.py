"""What the tests hold R's functions against."""

import struct

import numpy as np


def scale(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def scale_by_n(x):
    """The fault: a standard deviation by n, where R's is by n - 1."""
    return (x - x.mean(axis=0)) / x.std(axis=0)


def divide(a, b=2.0):
    return a / b


def root(x):
    if x < 0:
        raise ValueError(f"{x} is negative")
    return np.sqrt(x)


def twice(x, k):
    return [x for _ in range(k)]


def extremes(x):
    return x.min(), x.max()


def extremes_of_zero_based(labels):
    assert labels.min() == 0, labels
    return labels.min(), labels.max()


def images(x):
    """Of n images with c channels: the mean of each channel, and the images upside down."""
    assert x.shape == (2, 3, 4, 5), x.shape
    return x.mean(axis=(0, 2, 3)), x[:, :, ::-1, :]


def writes(x):
    x[0] = 99.0
    return x.sum()


def ends(x):
    import os

    os._exit(int(x))


class Fit:
    def __init__(self, x, y):
        self.slope, self.intercept = np.polyfit(x, y, 1)
        self.names = ["intercept", "slope"]


def fit(x, y):
    return Fit(x, y)


def evaluated(codes):
    """Values by name, as Python's own notation says them."""
    import pandas as pd

    names = {"np": np, "pd": pd, "nan": np.nan, "inf": np.inf}
    return {name: eval(code, names) for name, code in codes.items()}


def described(**arguments):
    return {name: text(value) for name, value in arguments.items()}


def text(value):
    """A value in words: what it is, its type and shape, its elements."""
    if isinstance(value, np.ndarray):
        elements = " ".join(map(str, value.ravel().tolist()))
        kind = "str" if value.dtype.kind in "UT" else str(value.dtype)
        return f"{kind} {'x'.join(map(str, value.shape))}: {elements}"
    if isinstance(value, list):
        return f"list of {', '.join(map(text, value))}"
    if isinstance(value, dict):
        return f"dict of {', '.join(f'{name} = {text(one)}' for name, one in value.items())}"
    if type(value).__name__ == "Series":
        return f"Series of {', '.join(f'{name} = {one}' for name, one in value.items())}"
    if type(value).__name__ == "Categorical":
        order = " < " if value.ordered else " "
        return f"Categorical {' '.join(map(str, value.tolist()))} of {order.join(value.categories)}"
    if callable(value):
        return f"callable {value.__name__}"
    return f"{type(value).__name__} {value}"


def hex(x):
    return np.array([struct.pack(">d", one).hex() for one in x])


def reads(x):
    import os
    import sys

    os.write(1, b"past Python's own output")
    return sys.stdin.read() * int(x)


def sleeps(x):
    import time

    time.sleep(x)
    return x


def grouped(d):
    """Mean of y by group, the groups in the order of their first row."""
    return d.groupby("g", sort=False, observed=True)["y"].mean().reset_index()


def columns(d):
    return ", ".join(f"{name}: {'str' if d[name].dtype == 'string' else d[name].dtype}" for name in d.columns)


def identity(d):
    return d


def dense(value):
    return np.array([[0, 0.5], [0, 0], [value, 0]])

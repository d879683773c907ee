"""A small port for the tests to spoil: y = a x^2, with its gradient."""

import warnings

import numpy as np


class Square:
    def __init__(self, a):
        self.a = a

    def forward(self, x):
        self.x = x
        return self.a * x**2

    def backward(self, dout):
        self.da = np.sum(dout * self.x**2)
        return 2 * self.a * self.x * dout


class Overwriting(Square):
    def backward(self, dout):
        dx = super().backward(dout)
        dout[...] = 0
        return dx


class Twice(Square):
    """Wrong by a factor of two in both passes, so that each is consistent with the other."""

    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, dout):
        dx = 2 * super().backward(dout)
        self.da = 2 * self.da
        return dx


class WrongSlope(Square):
    def backward(self, dout):
        return 3 * super().backward(dout)


class Failing(Square):
    def backward(self, dout):
        raise ArithmeticError("no gradient today")


class Refusing:
    def __init__(self, a):
        raise ValueError(f"a of {a} will not do")


class Talking(Square):
    def forward(self, x):
        print("forward")
        warnings.warn("careful", stacklevel=1)
        return super().forward(x)


def halve(x):
    if np.any(x < 0):
        raise ValueError("x is negative")
    return x / 2


def halve_or_not(x, y=0):
    return x if y else x / 2


def scale(x, f):
    return f(x)


def double(x):
    return 2 * x


class Counter:
    """State that lives in the object, and in R goes in and out."""

    def __init__(self, total):
        self.total = total

    def add(self, values, by):
        values += by
        self.total = self.total + values.sum()
        return self.total


class Descent:
    """Gradient descent on (p - goal)^2 / 2, coordinate by coordinate."""

    def __init__(self, start, lr, noise=0.0, after=10**9):
        self.p = start
        self.lr = lr
        self.noise = noise
        self.after = after
        self.made = 0

    def train(self, steps):
        losses = []
        for _ in range(steps):
            self.made += 1
            self.p = self.p - self.lr * (self.p - np.arange(len(self.p)))
            if self.made >= self.after:
                self.p = self.p + self.noise
            losses.append(np.sum((self.p - np.arange(len(self.p))) ** 2) / 2)
        self.closeness = 1 / (1 + losses[-1])
        return np.array(losses)


answer = 42

"""The logic gates of the book's chapter 2: AND, NAND and OR are one perceptron each, XOR is made of the three."""

import numpy as np


def perceptron(x1: float, x2: float, w: np.ndarray, b: float) -> int:
    """1 where w1 x1 + w2 x2 + b > 0, else 0."""
    return int(np.sum(w * np.array([x1, x2])) + b > 0)


def AND(x1: float, x2: float) -> int:
    """Source: the book, first volume, chapter 2, 2.3.3."""
    return perceptron(x1, x2, w=np.array([0.5, 0.5]), b=-0.7)


def NAND(x1: float, x2: float) -> int:
    """AND with the signs of its weights and its bias turned. Source: 2.3.3."""
    return perceptron(x1, x2, w=np.array([-0.5, -0.5]), b=0.7)


def OR(x1: float, x2: float) -> int:
    """Source: the book, first volume, chapter 2, 2.3.3."""
    return perceptron(x1, x2, w=np.array([0.5, 0.5]), b=-0.2)


def XOR(x1: float, x2: float) -> int:
    """Two layers: AND of NAND and OR. No single perceptron separates XOR. Source: 2.5.2."""
    return AND(NAND(x1, x2), OR(x1, x2))

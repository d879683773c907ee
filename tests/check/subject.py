"""A small port for the tests to hold against port.R."""

from __future__ import annotations

import time
from typing import Any

import numpy as np


def twice(x: Any) -> Any:
    return 2 * x


def refuse(x: Any) -> Any:
    raise ValueError("x is bad")


def sleep(x: Any) -> Any:
    time.sleep(30)
    return x


class Square:
    def __init__(self, a: float) -> None:
        self.a = a

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return self.a * x**2

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.da = np.sum(dout * self.x**2)
        return 2 * self.a * self.x * dout

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return 2 * x


class Gentle(Square):
    def backward(self, dout: np.ndarray) -> np.ndarray:
        return super().backward(dout) + 0.01


class Falsy(Square):
    def __bool__(self) -> bool:
        return False

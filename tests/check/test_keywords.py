"""What a check says beside its inputs: set-up lines, seeds, origins, factories, expressions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parity

X = np.array([1.0, 2.5, -3.0])


def square(x: np.ndarray, a: float) -> np.ndarray:
    return a * x**2


def slope(x: np.ndarray, a: float, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return 2 * a * x * dout, np.sum(dout * x**2)


def steep(x: np.ndarray, a: float, dout: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return 2 * a * x * dout + 0.1, np.sum(dout * x**2)


class Scale:
    def __init__(self, a: float) -> None:
        self.a = a
        self.b = 0.0

    def apply(self, x: np.ndarray) -> np.ndarray:
        return self.a * x + self.b


def make_scale(a: float) -> Scale:
    return Scale(a)


# -- gradients of functions --------------------------------------------------------------------------------------------


@pytest.fixture
def port(tmp_path: Path) -> str:
    (tmp_path / "g.R").write_text(
        "square <- function(x, a) a * x^2\n"
        "slope <- function(x, a, dout) list(dx = 2 * a * x * dout, da = sum(dout * x^2))\n"
        "steep <- function(x, a, dout) list(dx = 3 * a * x * dout, da = sum(dout * x^2))\n"
    )
    return str(tmp_path / "g.R")


def test_gradients_that_functions_give_are_checked(port: str) -> None:
    report = parity.check(square, f"{port}::square", x=X, a=1.5, backward={"python": slope, "r": f"{port}::slope"})
    assert report.count == 7
    assert len(report.fixtures[0].cases[0].gradients) == 4
    for python, r, wrong in ((steep, "slope", "python's dx"), (slope, "steep", "r's dx")):
        with pytest.raises(parity.Disagreement, match=wrong):
            parity.check(square, f"{port}::square", x=X, a=1.5, backward={"python": python, "r": f"{port}::{r}"})


def test_a_gradient_without_a_name_is_a_sentence(port: str) -> None:
    with pytest.raises(parity.CheckError, match=r"backward\['python'\]: .* has no name in the module of square"):
        parity.check(square, f"{port}::square", x=X, a=1.5, backward={"python": lambda x: x, "r": "slope"})


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_set_up_lines_are_run_before() -> None:
    assert parity.check(lambda x: 0.5 * x, "function(x) alpha * x", x=X, setup={"r": "alpha <- 0.5"}).ok
    with pytest.raises(parity.Disagreement):
        parity.check(lambda x: 0.5 * x, "function(x) alpha * x", x=X, setup={"r": ["beta <- 1", "alpha <- beta"]})
    with pytest.raises(parity.CheckError, match=r"setup\['r'\]"):
        parity.check(lambda x: 0.5 * x, "function(x) alpha * x", x=X, setup={"r": "alpha <- "})


def test_indices_count_from_what_is_said() -> None:
    where = np.array([2, 0])
    assert parity.check(lambda i, x: x[i], "function(i, x) x[i]", i=where, x=X, origin={"r": {"i": 1}}).ok
    with pytest.raises(parity.Disagreement):
        parity.check(lambda i, x: x[i], "function(i, x) x[i]", i=np.array([2, 1]), x=X)


def test_a_seed_makes_draws_the_same_each_time() -> None:
    def draw(n: int) -> np.ndarray:
        return np.floor(np.random.random_sample(n))  # 0 whatever is drawn

    drawn = {"n": 3, "expect": {"out": [0.0, 0.0, 0.0]}}
    assert parity.check(draw, "function(n) floor(runif(n))", seed=7, **drawn).ok
    assert parity.check(draw, "function(n) floor(runif(n))", seed={"stream": "r", "seed": 7}, **drawn).ok
    for seed, told in ((-1, "seed: -1 is negative"), ({"stream": "s", "seed": 1}, r"seed\['stream'\]: unknown")):
        with pytest.raises(parity.CheckError, match=told):
            parity.check(draw, "function(n) floor(runif(n))", seed=seed, **drawn)


def test_a_function_makes_the_object_whose_method_is_called() -> None:
    r = "function(a) { self <- new.env(); self$b <- 0; self$apply <- function(x) a * x + self$b; self }"
    asked: dict[str, Any] = {"make": {"a": 2.0}, "do": "apply", "x": X}
    assert parity.check(make_scale, r, factory=True, **asked).count == 3
    attributes = {"python": {"b": 1.5}, "r": {"b": 1.5}}
    assert parity.check(Scale, r, attributes=attributes, **asked).count == 3
    with pytest.raises(parity.Disagreement):
        parity.check(Scale, r, attributes={"python": {"b": 1.5}, "r": {"b": 2.5}}, **asked)


def test_an_expression_is_what_each_language_makes_of_it() -> None:
    f = parity.Expression("np.sum", "sum")
    assert parity.check(lambda x, f: f(x), "function(x, f) f(x)", x=X, f=f).ok
    with pytest.raises(parity.Disagreement):
        parity.check(lambda x, f: f(x), "function(x, f) f(x)", x=X, f=parity.Expression("np.sum", "mean"))

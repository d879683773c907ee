"""Estimates against conditions that are known, and what is said of tolerances and differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from parity.tolerance.estimate import Response, ValueEstimate
from parity.tolerance.measure import FixtureTolerance, Group, ValueTolerance
from parity.tolerance.propose import need, propose

Measured = Callable[..., FixtureTolerance]


def only(outcome: FixtureTolerance) -> ValueTolerance:
    (value,) = outcome.values()
    return value


def group_of(outcome: FixtureTolerance) -> Group:
    (group,) = outcome.groups
    return group


# -- conditions that are known ----------------------------------------------------------------------------------------


def test_the_condition_of_a_difference_of_neighbours(measured: Measured) -> None:
    """x - 1 has the condition x / (x - 1): here 10,001. An ulp of 1.0001 is 2^-52, and the subtraction is exact."""
    value = only(measured("def f(x):\n    return x - 1", "f <- function(x) x - 1", {"x": [1.0001]}))
    assert value.moves == {"python": 2.0**-52, "r": 2.0**-52}
    assert value.proposal is not None
    assert value.proposal.condition == pytest.approx(10001, rel=1e-3)
    # Ten ulp of x, as a share of the number or next to zero, and not twice that.
    allowed = value.proposal.atol + value.proposal.rtol * 1e-4
    assert 10 * 2.0**-52 <= allowed <= 25 * 2.0**-52


def test_the_condition_of_an_exponential(measured: Measured) -> None:
    """exp(30 x) has the condition 30 x: 27 at 0.9, where an ulp is 2^-53, a share of 1.2e-16."""
    value = only(measured("def f(x):\n    return np.exp(30 * x)", "f <- function(x) exp(30 * x)", {"x": [0.9]}))
    assert value.proposal is not None
    assert value.proposal.condition == pytest.approx(27, rel=1e-3)
    assert 30 * 2.0**-53 * 0.5 <= value.proposal.swing <= 30 * 2.0**-53 * 1.5


def test_a_sum_of_products_with_cancellation(measured: Measured) -> None:
    """The condition of x . w with respect to all its 120 numbers is 2 sum|x w| / |x . w|; random directions reach
    about the root of the sum of squares, and never more than that."""
    draw = np.random.RandomState(5)
    x, w = draw.randn(1, 60), draw.randn(60, 1)
    products = (x.ravel() * w.ravel()).tolist()
    total = abs(math.fsum(products))
    given = {"x": x.tolist(), "w": w.tolist()}
    value = only(measured("def f(x, w):\n    return x @ w", "f <- function(x, w) x %*% w", given))
    assert value.sums == (60,)
    assert value.products
    assert value.proposal is not None
    assert value.proposal.condition <= 2 * math.fsum(map(abs, products)) / total * 1.001
    assert value.proposal.condition >= 0.5 * math.sqrt(2 * math.fsum(p * p for p in products)) / total
    # It covers what the two orders of adding make of it: both sums are within 60 u sum|x w| of the exact one.
    assert not value.differs


def test_an_ill_conditioned_solve_is_covered_and_no_more(measured: Measured) -> None:
    """Hilbert's matrix of order 7, exactly as rounded: the solution of A z = b in rational numbers is the truth."""
    n = 7
    a = [[1 / (i + j + 1) for j in range(n)] for i in range(n)]
    b = [1.0, -0.5, 0.75, 0.3, -0.2, 0.9, 0.4]
    truth, skeel = solved(a, b)
    outcome = measured(
        "def f(a, b):\n    return np.linalg.solve(a, b)", "f <- function(a, b) drop(solve(a, b))", {"a": a, "b": b}
    )
    value = only(outcome)
    assert value.proposal is not None
    # Skeel's condition max_i (|A^-1| (|A| |z| + |b|))_i / |z_i| bounds what componentwise changes can do.
    assert skeel / 300 <= value.proposal.condition <= skeel * 1.01
    computed = np.linalg.solve(np.array(a), np.array(b))
    allowed = value.proposal.atol + value.proposal.rtol * np.abs(truth)
    assert (np.abs(computed - truth) <= allowed).all()
    assert (allowed <= 1e-5 * np.abs(truth).max()).all()
    assert not value.differs


def solved(a: list[list[float]], b: list[float]) -> tuple[np.ndarray, float]:
    n = len(a)
    rows = [
        [*map(Fraction, row), Fraction(b[i]), *(Fraction(int(i == j)) for j in range(n))] for i, row in enumerate(a)
    ]
    for k in range(n):
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [v - rows[i][k] * w for v, w in zip(rows[i], rows[k], strict=True)]
    z = [row[n] for row in rows]
    inverse = [row[n + 1 :] for row in rows]
    size = [sum(abs(Fraction(a[i][j])) * abs(z[j]) for j in range(n)) + abs(Fraction(b[i])) for i in range(n)]
    condition = max(sum(abs(inverse[i][j]) * size[j] for j in range(n)) / abs(z[i]) for i in range(n))
    return np.array([float(value) for value in z]), float(condition)


# -- what there is ----------------------------------------------------------------------------------------------------

SQUARE = ("def f(x):\n    return x * x", "f <- function(x) x * x", {"x": [0.1, -0.2, 0.3]})


@pytest.mark.parametrize(
    ("tolerance", "codes"),
    [
        ({"rtol": 1e-14, "atol": 0}, ()),
        ({"rtol": 1e-9, "atol": 0}, ("loose",)),
        ({"rtol": 0, "atol": 0.2}, ("swallows", "loose")),
        ({"rtol": 0, "atol": 1e-18}, ("tight",)),
        ({"rtol": 0, "atol": 0}, ("exact",)),
    ],
)
def test_what_is_said_of_a_tolerance(measured: Measured, tolerance: dict[str, float], codes: tuple[str, ...]) -> None:
    outcome = measured(*SQUARE, tolerance=tolerance)
    assert only(outcome).codes == codes
    assert group_of(outcome).is_loose == ("loose" in codes)
    assert only(outcome).judgement.swallowed == (3 if "swallows" in codes else 0)


def test_a_tolerance_that_is_as_wide_as_the_spread_swallows(measured: Measured) -> None:
    """1000.1 to 1000.3: no number could be 0 and pass, but one number could stand for all."""
    given = {"x": [1000.1, 1000.2, 1000.3]}
    value = only(
        measured("def f(x):\n    return x + 1", "f <- function(x) x + 1", given, tolerance={"rtol": 0, "atol": 1})
    )
    assert value.judgement.swallowed == 0
    assert value.judgement.flat
    assert value.is_swallowed


def test_the_smallest_number_is_not_swallowed_by_what_is_proposed() -> None:
    """200 numbers of 1 that move by an ulp, one of 0.01 that moves by 5e-17, and one of 1e-17 that hardly moves.

    Least is allowed in all by rtol 5e-15 with atol 5e-16, in which 1e-17 could be 0; rtol 5e-14 alone covers them too.
    """
    value = np.array([*[1.0] * 200, 0.01, 1e-17])
    moved = np.array([*[2.0**-52] * 200, 5e-17, 1e-33])
    yes = np.ones(value.shape, dtype=bool)
    response = Response(value, moved, 4096 * moved, ~yes, yes)
    proposal = propose([need(ValueEstimate(0, "call", "y", {"python": response, "r": response}, 1.0))])
    assert proposal is not None
    assert proposal.atol < 1e-18
    assert (10 * moved <= proposal.atol + proposal.rtol * value).all()
    assert proposal.rtol <= 30 * 5e-15


# -- differences and noise --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "differs"), [("1e-9", True), ("1e-13", True), ("1e-15", False), ("0", False)])
def test_a_planted_difference_is_told_from_noise(measured: Measured, factor: str, differs: bool) -> None:
    given = {"x": [0.7, 1.3, -0.4]}
    value = only(measured("def f(x):\n    return np.exp(x)", f"f <- function(x) exp(x) * (1 + {factor})", given))
    assert value.differs == differs
    if (
        factor == "1e-9"
    ):  # 1e-9 of a number is 4.5e6 ulp of it at most and 2.2e6 at least, and an ulp of x moves about 1
        assert 5e5 < value.judgement.times < 1e7


def test_no_difference_enters_a_proposal(measured: Measured) -> None:
    """A wrong port gets the tolerance that the right one gets."""
    given = {"x": [0.7, 1.3, -0.4]}
    python = "def f(x):\n    return np.exp(x)"
    right = only(measured(python, "f <- function(x) exp(x)", given))
    wrong = only(measured(python, "f <- function(x) exp(x) + 1e-6", given))
    assert wrong.differs
    assert not right.differs
    assert right.proposal is not None
    assert wrong.proposal is not None
    assert (right.proposal.rtol, right.proposal.atol) == (wrong.proposal.rtol, wrong.proposal.atol)


def test_an_unstable_port_does_not_widen_the_tolerance(measured: Measured) -> None:
    """E(x^2) - E(x)^2 about a mean of 1e6 loses twelve digits; an ulp of x moves the variance by some 1e-10."""
    x = (1e6 + np.random.RandomState(2).randn(20)).tolist()
    python = "def f(x):\n    return np.mean(x * x) - np.mean(x) ** 2"
    value = only(measured(python, "f <- function(x) mean((x - mean(x))^2)", {"x": x}))
    assert value.unstable is not None
    assert value.unstable[0] == "python"
    assert value.differs
    assert value.proposal is not None
    assert value.proposal.atol + value.proposal.rtol < 1e-6


@pytest.mark.parametrize("given", [{"x": [1.3, 1.6, 1.9]}, {"x": [1.3, 1.6, 1.9], "k": 1e13}])
def test_where_no_digit_is_left_nothing_is_proposed(measured: Measured, given: dict[str, Any]) -> None:
    """sin(1e13 x) moves by up to 2e-3 with an ulp of x: a tolerance of ten times that would say nothing."""
    value = only(
        measured("def f(x, k=1e13):\n    return np.sin(k * x)", "f <- function(x, k = 1e13) sin(k * x)", given)
    )
    assert value.proposal is None
    assert "no proposal" in value.codes


def test_what_is_nothing_but_noise_is_no_step_and_gets_no_tolerance(measured: Measured) -> None:
    """The sum of x - mean(x) is 0 in exact arithmetic, and some 1e-15 here: no share of it means anything."""
    x = np.random.RandomState(3).randn(40).tolist()
    python = "def f(x):\n    return (x - x.mean()).sum() + np.array([0.0, 1e-16])"
    value = only(measured(python, "f <- function(x) sum(x - mean(x)) + c(0, 1e-16)", {"x": x}))
    assert value.jumps == 0
    assert value.proposal is None
    assert "no proposal" in value.codes


def test_noise_beside_numbers_is_covered_next_to_zero(measured: Measured) -> None:
    x = np.random.RandomState(3).randn(40).tolist()
    python = "def f(x):\n    return np.append(x, (x - x.mean()).sum())"
    value = only(measured(python, "f <- function(x) c(x, sum(x - mean(x)))", {"x": x}))
    assert value.proposal is not None
    assert 1e-15 < value.proposal.atol < 1e-12


def test_a_step_in_small_units_is_not_covered_either(measured: Measured) -> None:
    """A rounded number of femtometres in metres: below what an ulp of the inputs is, and no noise."""
    given = {"x": [2.5, 3.5, 5.5]}
    value = only(measured("def f(x):\n    return np.round(x) * 1e-17", "f <- function(x) round(x) * 1e-17", given))
    assert value.proposal is None


def test_what_no_input_reaches_is_not_judged(measured: Measured) -> None:
    value = only(measured("def f(x):\n    return x * 0 + 0.3", "f <- function(x) x * 0 + 0.3", {"x": [1.5, 2.5]}))
    assert value.codes == ("unmoved",)
    assert value.proposal is None


# -- steps ------------------------------------------------------------------------------------------------------------


def test_a_step_is_no_condition(measured: Measured) -> None:
    """At 2.5 and 3.5 an ulp decides between two whole numbers; the others are whole whatever it does."""
    outcome = measured("def f(x):\n    return np.round(x)", "f <- function(x) round(x)", {"x": [0.2, 2.5, 3.5, 4.1]})
    value = only(outcome)
    assert "jumps" in value.codes
    assert value.jumps == 2
    assert value.largest_jump == 1.0
    assert value.jumping == ("x",)
    assert outcome.left == ()
    assert value.proposal is None or value.proposal.atol + 4 * value.proposal.rtol < 1e-12


def test_which_of_two_neighbours_is_largest_is_a_step(measured: Measured) -> None:
    x = [0.3, 0.7, math.nextafter(0.7, 1)]
    value = only(measured("def f(x):\n    return int(np.argmax(x))", "f <- function(x) which.max(x) - 1L", {"x": x}))
    assert value.discrete
    assert value.jumps == 1


def test_a_tie_is_not_broken(measured: Measured) -> None:
    given = {"x": [0.3, 0.7, 0.7, 0.1]}
    value = only(measured("def f(x):\n    return int(np.argmax(x))", "f <- function(x) which.max(x) - 1L", given))
    assert value.discrete
    assert value.jumps == 0
    assert not value.differs


def test_a_steep_slope_is_no_step(measured: Measured) -> None:
    """1e9 (x - 1) at 1.5 x 10^-9 above 1, whole numbers beside it: condition 1e9, and yet smooth."""
    python = "def f(x, k):\n    return k * (x - 1)"
    value = only(measured(python, "f <- function(x, k) k * (x - 1)", {"x": [1 + 1.5e-7], "k": 3.0}))
    assert value.jumps == 0
    assert value.proposal is not None
    assert value.proposal.condition == pytest.approx(1 / 1.5e-7, rel=0.01)


def test_labels_written_as_numbers_are_left_alone(measured: Measured) -> None:
    python = "def f(x, k):\n    return x[int(k)] * 2"
    outcome = measured(python, "f <- function(x, k) x[trunc(k) + 1] * 2", {"x": [0.3, 5.5, 8.25], "k": 2.0})
    assert [one.input for one in outcome.left] == ["k"]
    assert only(outcome).jumps == 0
    assert only(outcome).proposal is not None


def test_an_input_that_must_be_exact_is_left_alone(measured: Measured) -> None:
    python = "def f(x, p):\n    if p.sum() != 1:\n        raise ValueError('p does not sum to one')\n    return x * p"
    given = {"x": [1.5, 2.5], "p": [0.25, 0.75]}
    outcome = measured(python, "f <- function(x, p) x * p", given)
    assert [one.input for one in outcome.left] == ["p"]
    assert "p does not sum to one" in outcome.left[0].why
    assert only(outcome).proposal is not None


# -- what cannot be measured ------------------------------------------------------------------------------------------


def test_a_side_that_does_not_repeat_gets_no_proposal(measured: Measured) -> None:
    python = "import itertools\ncount = itertools.count()\ndef f(x):\n    return x + 1e-6 * next(count)"
    outcome = measured(python, "f <- function(x) x", {"x": [1.5]})
    assert list(outcome.values()) == []
    assert "gives other numbers when it is asked again" in outcome.unmeasured["one"]


def test_a_case_without_a_float_is_not_measured(measured: Measured) -> None:
    outcome = measured("def f(n):\n    return n + 1", "f <- function(n) n + 1L", {"n": {"integer": 3}})
    assert outcome.unmeasured == {"one": "no input is a float that could be moved"}


def test_the_cost_is_what_is_promised(measured: Measured) -> None:
    assert measured(*SQUARE, draws=5).evaluations == 2 + 5 + 4
    assert measured(*SQUARE).evaluations == 26


def test_of_a_trajectory_the_first_checkpoint_is_made(measured: Measured, tmp_path: Any) -> None:
    log = tmp_path / "steps"
    python = (
        "class f:\n    def __init__(self, w):\n        self.w = w\n    def run(self, steps, lr):\n"
        f"        open({str(log)!r}, 'a').write(f'{{steps}} ')\n"
        "        for _ in range(steps):\n            self.w = self.w - lr * self.w\n        return self.w"
    )
    r = "f.run <- function(w, steps, lr) { for (i in seq_len(steps)) w <- w - lr * w\n list(w = w) }"
    outcome = measured(
        python, r, {"lr": 0.1}, tolerance={"rtol": 1e-6, "atol": 0}, do="run", returns="w", updates=[],
        case={"make": {"w": 0.7}}, trajectory={"steps": 1000, "every": 100, "first": 2},
    )  # fmt: skip
    value = only(outcome)
    assert value.until == 2
    assert not value.is_loose
    assert value.proposal is None
    assert set(log.read_text().split()) == {"2"}

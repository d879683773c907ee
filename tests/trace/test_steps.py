"""A training run followed to the step in which its two sides part, and to the stage in that step."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import parity
from parity.verify.results import CaseResult
from tests.trace.test_stages import codes, failing

Followed = Callable[..., CaseResult]

PYTHON = """
runs = []

def gradient(w, step):
    return w * np.array([1.0, 0.5, 2.0]) + 0.01 * (step % 3)

def update(w, g):
    return w - 0.1 * g

class f:
    def __init__(self, start):
        self.w = np.array(start, dtype=float)
        self.n = 0
    def train(self, steps):
        losses = []
        for _ in range(int(steps)):
            self.n += 1
            losses.append(float((self.w ** 2).sum()))
            self.w = update(self.w, gradient(self.w, self.n))
        return np.array(losses)
"""
R = """
gradient <- function(w, step) w * c(1, 0.5, 2) + 0.01 * (step %% 3)
update <- function(w, g) w - 0.1 * g
f.train <- function(start, steps, state = list(w = start, n = 0)) {
  w <- state$w
  n <- state$n
  losses <- numeric(0)
  for (i in seq_len(steps)) {
    n <- n + 1
    losses <- c(losses, sum(w^2))
    w <- update(w, gradient(w, n))
    AFTER
  }
  list(losses = losses, w = w, state = list(w = w, n = n))
}
"""
STAGES: list[dict[str, Any]] = [
    {"name": "gradient", "python": "gradient", "r": "gradient", "takes": ["w", "step"], "gives": "g"},
    {"name": "update", "python": "update", "r": "update", "takes": {"w": "w", "g": "g"}, "gives": "w"},
]


def case_of(steps: int = 200, every: int = 40, stages: object = None, series: bool = True, **more: Any) -> dict:
    names = {"returns": "losses"} if series else {}
    trajectory = {"steps": steps, "every": every, "first": 1, **({"series": ["losses"]} if series else {})}
    call = {"do": "train", **names, "compare": ["w"], "state": ["state"], "trajectory": trajectory}
    return {"make": {"start": [3, -1, 5]}, "calls": [call], **({"stages": stages} if stages else {}), **more}


def ported(after: str = "") -> tuple[str, str]:
    return PYTHON, R.replace("AFTER", after)


@pytest.mark.parametrize("step", [1, 2, 41, 42, 100, 121, 199, 200])
def test_the_step_in_which_two_runs_part(port: Followed, step: int) -> None:
    case = port(*ported(f"if (n == {step}) w[2] <- w[2] + 1e-6"), case_of(series=False))
    assert not case.ok
    assert case.trace is not None
    parting = case.trace.parting
    assert parting is not None
    assert (parting.after, parting.step, parting.value) == (step - 1, step, "w")
    assert parting.certain
    # A stretch of 40 steps in pieces of 3, then single steps; the first step has a checkpoint of its own.
    assert parting.runs <= 2


def test_the_series_says_the_step_and_the_state_parts_before_it(port: Followed) -> None:
    """The loss of step 78 is that of the weights after step 77."""
    case = port(*ported("if (n == 77) w[2] <- w[2] + 1e-3"), case_of())
    assert case.trajectory is not None
    assert case.trajectory.departure is not None
    assert case.trajectory.departure.step == 78
    assert case.trace is not None
    assert case.trace.parting is not None
    assert (case.trace.parting.step, case.trace.parting.value) == (77, "w")


def test_another_shape_from_a_step_on(port: Followed) -> None:
    case = port(*ported("if (n == 90) w <- c(w, 1)"), case_of(series=False))
    assert case.trace is not None
    assert case.trace.parting is not None
    assert (case.trace.parting.step, case.trace.parting.value) == (90, "w")


def test_an_error_in_a_step(port: Followed) -> None:
    case = port(*ported("if (n == 63) stop('overflow')"), case_of(series=False))
    assert case.trace is not None
    assert case.trace.parting is not None
    assert case.trace.parting.step == 63
    assert "overflow" in case.trace.parting.message


def test_runs_that_agree_do_not_part(port: Followed) -> None:
    case = port(*ported(), case_of())
    assert case.ok
    assert case.trace is not None
    assert case.trace.parting is None


def test_a_difference_that_only_long_pieces_have(port: Followed) -> None:
    case = port(*ported("if (steps > 20) w[2] <- w[2] + 1e-3"), case_of(series=False))
    assert not case.ok
    assert case.trace is not None
    assert case.trace.parting is not None
    assert not case.trace.parting.certain
    assert "how many steps" in case.trace.parting.message


@pytest.mark.parametrize(
    ("before", "after", "convicted"),
    [
        ("0.01 * (step %% 3)", "0.01 * (step %% 3) + (step == 57) * 1e-4", "gradient"),
        ("w - 0.1 * g", "w - 0.1 * g + 1e-4 * (abs(w[1]) < 0.02)", "update"),
    ],
)
def test_the_stage_in_the_step(port: Followed, before: str, after: str, convicted: str) -> None:
    python, r = ported()
    case = case_of(stages=STAGES)
    assert port(python, r, case).ok
    wrong = port(python, r.replace(before, after), case)
    assert wrong.trace is not None
    assert wrong.trace.parting is not None
    if convicted == "gradient":
        assert wrong.trace.parting.step == 57
    assert codes(wrong) == {
        "gradient": "convicted" if convicted == "gradient" else "agrees",
        "update": "exonerated" if convicted == "gradient" else "convicted",
    }
    assert failing(wrong) == {(convicted, "convicted")}


def test_errors_that_cancel_within_a_step_are_found(port: Followed) -> None:
    python, r = ported()
    r = r.replace("w - 0.1 * g", "w - 0.05 * g").replace("w * c(1, 0.5, 2) + 0.01 * (step %% 3)",
                                                         "2 * (w * c(1, 0.5, 2) + 0.01 * (step %% 3))")  # fmt: skip
    result = port(python, r, case_of(stages=STAGES))
    assert result.trajectory is not None
    assert result.trajectory.departure is None
    assert codes(result) == {"gradient": "convicted", "update": "convicted"}
    assert not result.ok
    assert result.trace is not None
    assert result.trace.step == 2


def test_before_the_first_step_there_is_nothing_to_take(port: Followed) -> None:
    case = port(*ported("if (n == 1) w[2] <- w[2] + 1e-3"), case_of(stages=STAGES))
    assert case.trace is not None
    assert case.trace.parting is not None
    assert case.trace.parting.step == 1
    assert codes(case) == {"gradient": "not reached", "update": "not reached"}
    assert not case.ok


def test_the_stages_of_a_step_that_are_not_the_step(port: Followed) -> None:
    """The stages agree, and R's run adds something that they do not have."""
    case = port(*ported("if (n == 88) w[2] <- w[2] + 1e-3"), case_of(stages=STAGES))
    assert case.trace is not None
    assert case.trace.step == 88
    assert codes(case) == {"gradient": "agrees", "update": "agrees"}
    (outside,) = case.trace.outside
    assert outside.startswith("r: the stages give another w")


def test_the_report_in_json(port: Followed, tmp_path: Any) -> None:
    port(*ported("if (n == 77) w[2] <- w[2] + 1e-3"), case_of())
    report = parity.run(tmp_path / "any.json", trace=True)
    from parity.reports.json_report import as_json

    (case,) = json.loads(as_json(report))["fixtures"][0]["cases"]
    assert case["trace"]["ok"] is False
    assert case["trace"]["kind"] == "steps"
    assert case["trace"]["parting"]["step"] == 77
    assert case["trace"]["parting"]["value"] == "w"

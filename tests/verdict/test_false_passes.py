"""How it could be made to agree when it should not: each way is tried, and must fail."""

# Ports of a few lines stand as one string.
# ruff: noqa: E501

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.fixture.read import read_fixture
from parity.subjects import MisfitError
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult, FixtureResult

Write = Callable[..., Path]
Port = Callable[..., CaseResult]
TwoCases = Callable[[str, str], FixtureResult]


def verified(path: Path, options: Options | None = None) -> FixtureResult:
    return verify(read_fixture(path), options or Options())


def one(path: Path, options: Options | None = None) -> CaseResult:
    result = verified(path, options)
    assert not result.misfits, result.misfits
    (case,) = result.cases
    return case


def codes(case: CaseResult) -> set[str]:
    return {finding.code for finding in case.findings if not finding.ok}


RIGHT = "f <- function(x) 2 * x"
TWICE = "def f(x):\n    return 2 * x"


def test_the_right_port_agrees(port: Port) -> None:
    assert port(TWICE, RIGHT).ok


# -- arguments ---------------------------------------------------------------------------------------------------------


def quantile(write: Write, r_type: int) -> CaseResult:
    def change(document: dict[str, Any]) -> None:
        del document["derivatives"], document["r_source"]
        document.update(python="port:quantile", r="stats::quantile")
        calls = [{"do": "call", "with": {"x": [1, 2, 4, 7, 3.5], "probs": [0.1, 0.9]}, "returns": "q"}]
        document["cases"] = [{"id": "one", "make": {}, "only": {"r": {"type": r_type}}, "calls": calls}]

    path = write(change)
    port = path.with_name("port.py")
    port.write_text(port.read_text() + "\ndef quantile(x, probs):\n    return np.quantile(x, probs)\n")
    return one(path)


def test_an_argument_of_make_reaches_a_function_that_takes_it_by_dots(write: Write) -> None:
    assert not quantile(write, 6).ok
    assert quantile(write, 7).ok  # NumPy's default is R's type 7


def test_an_argument_that_nobody_takes_is_an_error(write: Write) -> None:
    def change(document: dict[str, Any]) -> None:
        document["cases"][0]["only"] = {"r": {"k": 1}}

    (misfit,) = verified(write(change)).misfits
    assert misfit.pointer == ("cases", 0, "only", "r", "k")


def test_dotted_names_and_dots_of_a_primitive(port: Port) -> None:
    python = "def f(x, **more):\n    return np.nansum(x) if more.get('na.rm') else np.sum(x)"
    given = {"x": [1, "NA", 4], "na.rm": True}
    assert port(python, "f <- function(...) sum(...)", given).ok
    assert port(python, "f <- function(x, na.rm = FALSE) sum(x, na.rm = na.rm)", given).ok
    assert not port(python, "f <- function(x, na.rm = FALSE) sum(x)", given).ok


def test_a_formal_that_missing_allows_may_be_left_out(port: Port) -> None:
    assert port(TWICE, "f <- function(x, by) if (missing(by)) 2 * x else by * x").ok


def test_positional_only_functions_and_ufuncs(port: Port, write: Write) -> None:
    assert port("def f(x, /):\n    return 2 * x", RIGHT).ok

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"], document["r_source"]
        document.update(python="numpy:exp", r="base::exp")
        document["cases"] = [
            {"id": "one", "make": {}, "calls": [{"do": "call", "with": {"x": [1, 2.5]}, "returns": "y"}]}
        ]

    assert one(write(change)).ok


# -- trajectories ------------------------------------------------------------------------------------------------------

WALK = """
class Walk:
    def __init__(self, w):
        self.w, self.at = w, 0.0
    def go(self, steps):
        {body}
    def out(self, x):
        self.x = x
        return self.w * x
    def backward(self, dout):
        return {gradient}
"""
WALK_R = """
Walk.go <- function(w, steps, state = list(at = 0)) {{
  {body}
}}
Walk.out <- function(w, x) list(y = w * x, w = w)
Walk.backward <- function(out, dout) list(dx = out$w * dout)
"""
STEP = "trace = self.at + np.arange(1, steps + 1) * self.w.sum()\n        self.at = trace[-1]\n        return trace"
STEP_R = "trace <- state$at + seq_len(steps) * sum(w)\n  list(trace = trace, state = list(at = trace[steps]))"


def walk(
    write: Write, tmp_path: Path, body: str, r_body: str, gradient: str = "self.w * dout", **trajectory: Any
) -> CaseResult:
    (tmp_path / "walk.py").write_text("import numpy as np\n" + WALK.format(body=body, gradient=gradient))
    (tmp_path / "walk.R").write_text(WALK_R.format(body=r_body))

    def change(document: dict[str, Any]) -> None:
        document.update(python="walk:Walk", r="Walk", r_source=["walk.R"])
        document["derivatives"] = {"call": "out", "of": "y", "along": "dout", "pairs": {"x": "dx"}}
        go = {
            "do": "go", "returns": "trace", "state": ["state"],
            "trajectory": {"steps": 20, "every": 8, "series": ["trace"], **trajectory},
        }  # fmt: skip
        out = {"do": "out", "with": {"x": [1, -2]}, "returns": "y"}
        backward = {"do": "backward", "with": {"dout": [1, 0.5]}, "returns": "dx"}
        document["cases"] = [{"id": "walk", "make": {"w": [2, 3]}, "calls": [go, out, backward]}]

    return one(write(change))


def test_a_walk_agrees(write: Write, tmp_path: Path) -> None:
    case = walk(write, tmp_path, STEP, STEP_R)
    assert case.ok, [f for f in case.findings if not f.ok]
    assert case.trajectory is not None
    assert (case.trajectory.made, len(case.gradients)) == (20, 2)


def test_an_argument_changed_beside_a_trajectory_is_seen(write: Write, tmp_path: Path) -> None:
    case = walk(write, tmp_path, "self.w[...] = self.w\n        " + STEP, STEP_R)
    assert case.ok  # the same bytes
    spoiled = STEP.replace("return trace", "self.w[0] = 2.5\n        return trace")
    case = walk(write, tmp_path, spoiled, STEP_R.replace("list(trace", "w[1] <- 2.5\n  list(trace"))
    assert "argument changed" in codes(case)


def test_derivatives_beside_a_trajectory_are_checked(write: Write, tmp_path: Path) -> None:
    case = walk(write, tmp_path, STEP, STEP_R, gradient="0.5 * self.w * dout")
    assert {g.language for g in case.gradients if not g.check.ok} == {"python"}


@pytest.mark.parametrize(
    ("body", "r_body"),
    [
        ("return np.array([1.0, 2.0, 3.5])", "list(trace = c(1, 2, 3.5), state = state)"),
        ("return np.arange(1.0, steps)", "list(trace = as.numeric(seq_len(steps - 1)), state = state)"),
        ("return 1.5", "list(trace = 1.5, state = state)"),
    ],
)
def test_a_series_has_a_number_for_each_step(write: Write, tmp_path: Path, body: str, r_body: str) -> None:
    case = walk(write, tmp_path, body, r_body)
    assert {(f.subject, f.code) for f in case.problems} == {("python", "steps"), ("r", "steps")}


def test_states_that_do_not_depend_on_the_steps_show_no_run(write: Write, tmp_path: Path) -> None:
    body, r_body = "return np.array([1.0, 2.0, 3.5])", "list(trace = c(1, 2, 3.5), state = state)"
    case = walk(write, tmp_path, body, r_body, series=[])
    assert "steps" in codes(case)
    assert "the same at every checkpoint" in case.problems[0].message
    case = walk(write, tmp_path, body, r_body, series=[], every=20)
    assert "one checkpoint, and no series" in case.problems[0].message


# -- a known divergence ------------------------------------------------------------------------------------------------

HALF = {
    "id": "half",
    "reason": "R halves",
    "what": [{"pairs": ["python-r"], "names": ["y"], "kind": "value", "largest": [1, 3]}],
}


def test_a_known_divergence_holds_while_it_differs_so(port: Port) -> None:
    assert port(TWICE, "f <- function(x) x", case={"differs": HALF}).ok  # 3 apart at worst


@pytest.mark.parametrize(
    "r",
    [
        "f <- function(x) 'no'",
        "f <- function(x) NULL",
        "f <- function(x) 0 * x",
        "f <- function(x) 100 * x",
        "f <- function(x) c(x, 1)",
        "f <- function(x) stop('out of order')",
        "f <- function(x) c(NaN, x[-1])",
        "f <- function(x) 2 * x + 1e-6",
        "f <- function(x) 2 * x",
    ],
)
def test_a_known_divergence_does_not_swallow_another(port: Port, r: str) -> None:
    assert not port(TWICE, r, case={"differs": HALF}).ok


# -- errors ------------------------------------------------------------------------------------------------------------

REFUSE = "def f(x):\n    raise ValueError('x is negative')"
REFUSE_R = "f <- function(x) stop('x is negative')"
RAISES = {"python": {"class": "ValueError", "text": "negative"}, "r": {"class": "simpleError", "text": "negative"}}


def raising(port: Port, python: str, r: str, raises: dict[str, Any]) -> CaseResult:
    return port(python, r, returns=None, raises=raises)


def test_errors_that_are_asked_for(port: Port) -> None:
    assert raising(port, REFUSE, REFUSE_R, RAISES).ok


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("def f(x):\n    return negative", REFUSE_R),  # a NameError about something called negative
        ("def f(x):\n    raise RuntimeError('x is negative')", REFUSE_R),
        ("def f(x):\n    raise ValueError('x is odd')", REFUSE_R),
        (TWICE, REFUSE_R),
        (REFUSE, RIGHT),
        (
            REFUSE,
            "f <- function(x) stop(structure(class = c('other', 'condition'), list(message = 'negative', call = NULL)))",
        ),
    ],
)
def test_another_error_or_none_is_a_failure(port: Port, python: str, r: str) -> None:
    case = raising(port, python, r, RAISES)
    assert not case.ok
    assert codes(case) & {"no error", "other error"}


def test_a_derived_class_is_one_of_its_base(port: Port) -> None:
    raises = {**RAISES, "python": {"class": "ArithmeticError", "text": "division"}}
    assert raising(port, "def f(x):\n    return 1 / 0", REFUSE_R, raises).ok


def test_a_constructor_that_fails_is_not_the_calls_error(write: Write) -> None:
    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        raises = {
            "python": {"class": "ValueError", "text": "will not do"},
            "r": {"class": "simpleError", "text": "no gradient"},
        }
        calls = [{"do": "backward", "with": {"dout": 1}, "raises": raises}]
        document["cases"] = [{"id": "one", "make": {"a": 3}, "only": {"r": {"forward": 1}}, "calls": calls}]

    path = write(change, python="port:Refusing", r="Failing")
    (path.parent / "port.R").write_text("Failing.backward <- function(a, forward, dout) stop('no gradient today')\n")
    assert not one(path).ok

    def early(document: dict[str, Any]) -> None:
        change(document)
        document["cases"][0]["calls"][0]["raises"]["python"]["in"] = "make"

    assert one(write(early, python="port:Refusing", r="Failing")).ok


def test_one_side_that_refuses_is_shown_beside_the_answer_and_not_blamed(port: Port) -> None:
    case = port(TWICE, REFUSE_R)
    (problem,) = case.problems
    assert problem.message == "simpleError: x is negative; Python answered y = [2.0, 5.0, -6.0]"
    assert not case.values
    assert not any(finding.ok for finding in case.findings if finding.kind == "agreement")


# -- a function that counts its calls ----------------------------------------------------------------------------------


def test_an_answer_that_depends_on_the_number_of_calls_is_not_repeatable(port: Port) -> None:
    counting = "calls = []\ndef f(x):\n    calls.append(1)\n    return 2 * x + 1e-3 * (len(calls) > 1)"
    case = port(counting, RIGHT)
    assert {(p.subject, p.code) for p in case.problems} == {("python", "not repeatable")}
    assert "y of call[0] was 2.0, then 2.001" in case.problems[0].message
    counting_r = "f <- local({ n <- 0; function(x) { n <<- n + 1; 2 * x + 1e-3 * (n > 1) } })"
    assert {(p.subject, p.code) for p in port(TWICE, counting_r).problems} == {("r", "not repeatable")}
    globally = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return 2 * x + 1e-3 * (n > 1)"
    assert codes(port(globally, RIGHT)) == {"not repeatable"}
    globally_r = "n <- 0\nf <- function(x) { n <<- n + 1; 2 * x + 1e-3 * (n > 1) }"
    assert codes(port(TWICE, globally_r)) == {"not repeatable"}


LONG = "x" * 40
TEXTS = f"np.array([{LONG!r}, None], dtype=np.dtypes.StringDType(na_object=None))"


def test_a_long_text_that_changes_beside_a_missing_one_is_not_repeatable(port: Port) -> None:
    r = f"f <- function(x) c('{LONG}', NA)"
    assert port(f"def f(x):\n    return {TEXTS}", r).ok
    counting = f"n = []\ndef f(x):\n    n.append(1)\n    y = {TEXTS}\n    if len(n) > 1:\n        y[0] = 'z' * 40\n    return y"
    case = port(counting, r)
    assert {(p.subject, p.code) for p in case.problems} == {("python", "not repeatable")}
    assert f"y of call[0] was '{LONG}', then '{'z' * 40}'" in case.problems[0].message


def test_a_long_text_beside_a_missing_one_is_an_argument_to_leave_alone(port: Port) -> None:
    given = {"x": {"text": [LONG, None]}}
    assert port("def f(x):\n    return x == x[0]", "f <- function(x) !is.na(x)", given).ok
    writing = "def f(x):\n    x[0] = 'z' * 40\n    return x == x[0]"
    case = port(writing, "f <- function(x) !is.na(x)", given)
    assert [p.message for p in case.problems] == ["Python changed its argument x of call"]


@pytest.mark.parametrize("last", ["0.0", "5e-324", "np.nan", "-1.0"])
def test_one_bit_in_the_second_answer_is_enough(port: Port, last: str) -> None:
    """What is alike everywhere is compared once; what differs in one place, at one time or on one side, is not."""
    r = "f <- function(x) c(1.5, 2.5, -0)"
    assert port("def f(x):\n    return np.array([1.5, 2.5, -0.0])", r).ok
    case = port(
        f"n = []\ndef f(x):\n    n.append(1)\n    return np.array([1.5, 2.5, -0.0 if len(n) < 2 else {last}])", r
    )
    assert codes(case) == {"not repeatable"}
    assert not port(f"def f(x):\n    return np.array([1.5, 2.5, {last}])", r).ok or last == "5e-324"


def test_a_truth_that_both_sides_miss_alike_is_held_against_each(port: Port) -> None:
    case = port(TWICE, RIGHT, expect={"y": [2, 5, -6.5]}, case={"expected_by": "by hand"})
    assert [(f.pair, f.ok) for f in case.findings if f.kind in ("agreement", "expected")] == [
        ("python-r", True),
        ("python-expected", False),
        ("r-expected", False),
    ]


def test_a_constant_shows_nothing_though_all_sides_have_its_bits(port: Port) -> None:
    case = port("def f(x):\n    return x * 0 + 3", "f <- function(x) x * 0 + 3")
    assert codes(case) == {"vacuous"}


def test_what_a_port_does_to_warnings_and_output_ends_with_its_call(port: Port) -> None:
    before = warnings.filters, list(warnings.filters), warnings.showwarning, sys.stdout
    tampering = (
        "import sys, warnings\n"
        "def f(x):\n"
        "    warnings.warn('first')\n"
        "    warnings.simplefilter('ignore')\n"
        "    warnings.showwarning = None\n"
        "    sys.stdout = None\n"
        "    return 2 * x"
    )
    case = port(tampering, RIGHT)
    assert case.ok
    assert case.warnings == (("python", "first"),)
    assert before[0] is warnings.filters
    assert before[1] == list(warnings.filters)
    assert before[2] is warnings.showwarning
    assert before[3] is sys.stdout


def test_a_warning_is_told_each_time_it_is_given_and_may_be_caught_inside(port: Port) -> None:
    twice = (
        "import warnings\n"
        "def f(x):\n"
        "    with warnings.catch_warnings(record=True) as caught:\n"
        "        warnings.warn('inside')\n"
        "    for _ in range(2):\n"
        "        warnings.warn('outside', RuntimeWarning)\n"
        "    return 2.0 * x * len(caught)"
    )
    case = port(twice, RIGHT)
    assert case.ok
    assert case.warnings == (("python", "outside"), ("python", "outside"))


def test_a_draw_without_a_seed_is_not_repeatable_unless_the_case_says_so(port: Port) -> None:
    seldom = "def f(x):\n    return 2 * x + (np.random.rand() < 1e-9)"
    seldom_r = "f <- function(x) 2 * x + (runif(1) < 1e-9)"
    assert [p.message for p in port(seldom, seldom_r).problems] == [
        f"{name} drew random numbers without a seed: give the case one, or say 'repeatable': false"
        for name in ("Python", "R")
    ]
    assert port(seldom, seldom_r, case={"repeatable": False}).ok
    assert port("def f(x):\n    np.random.seed(3)\n    return 2 * x + (np.random.rand() < 1e-9)", RIGHT).ok
    assert port(TWICE, "f <- function(x) { set.seed(3); 2 * x + (runif(1) < 1e-9) }").ok
    # Of a generator that is begun anew nothing is left to look at: it is told by what it gives.
    unseeded = "def f(x):\n    return 2 * x + 1e-13 * np.random.default_rng().random()"
    assert codes(port(unseeded, RIGHT)) == {"not repeatable"}
    for seeded in ("default_rng(3).random()", "RandomState(3).rand()"):
        assert port(unseeded.replace("default_rng().random()", seeded), RIGHT).ok
    plain = "import random\ndef f(x):\n    return 2 * x + (random.random() < 1e-9)"
    assert codes(port(plain, RIGHT)) == {"not repeatable"}
    drawing, drawing_r = (
        "def f(x):\n    return np.sort(np.random.rand(3))[0] * 0 + np.random.rand(3)",
        "f <- function(x) runif(3)",
    )
    case = port(drawing, drawing_r)
    assert {(p.subject, p.code) for p in case.problems} == {("python", "not repeatable"), ("r", "not repeatable")}
    case = port(drawing, drawing_r, case={"repeatable": False})
    assert "not repeatable" not in codes(case)


# -- names, factors, dates, members ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r", "agree"),
    [
        ("{'a': 1.5, 'b': 2.5}", "c(a = 1.5, b = 2.5)", True),
        ("{'a': 1.5, 'b': 2.5}", "c(zz = 1.5, yy = 2.5)", False),
        ("{'a': 1.5, 'b': 2.5}", "c(1.5, 2.5)", False),
        ("{'a': 1.5, 'b': 2.5}", "list(a = 1.5, b = 2.5)", True),
        ("[1.5, 2.5]", "c(1.5, 2.5)", True),
        ("[1.5, 2.5]", "list(1.5, 2.5)", True),
        ("[1.5, 2.5]", "c(1.5, 2.75)", False),
        ("np.array([1.5, 2.5])", "list(1.5, 2.5)", True),
        ("np.array([1.5, 2.5])", "c(a = 1.5, b = 2.5)", True),  # NumPy's arrays have no names
        ("__import__('pandas').Series([1.5, 2.5], index=['a', 'b'])", "c(a = 1.5, b = 2.5)", True),
        ("__import__('pandas').Series([1.5, 2.5], index=['a', 'b'])", "c(a = 1.5, c = 2.5)", False),
        ("np.array(['u', 'v', 'u'])", "factor(c('u', 'v', 'u'))", False),
        ("np.array([1, 2, 1])", "factor(c('u', 'v', 'u'))", False),
        ("__import__('pandas').Categorical(['u', 'v', 'u'])", "factor(c('u', 'v', 'u'))", True),
        ("__import__('pandas').Categorical(['u', 'v', 'u'])", "factor(c('u', 'v', 'u'), levels = c('v', 'u'))", False),
        ("np.array([18262.0, 18263.0])", "as.Date(c('2020-01-01', '2020-01-02'))", False),
        ("np.array(['2020-01-01', '2020-01-02'], dtype='M8[D]')", "as.Date(c('2020-01-01', '2020-01-02'))", True),
        ("np.array(['2020-01-01', '2020-01-03'], dtype='M8[D]')", "as.Date(c('2020-01-01', '2020-01-02'))", False),
        ("np.array([1.0, 2.0])", "as.difftime(c(1, 2), units = 'mins')", False),
        ("{'a': x, 'z': None}", "list(a = x)", False),
        ("{'a': x, 'z': []}", "list(a = x)", False),
        ("{'a': x}", "list(a = x, z = NULL)", False),
        ("{'a': x}", "list(a = x, z = list())", False),
        ("{'a': x, 'z': []}", "list(a = x, z = list())", True),
        ("{'a': x, 'z': []}", "list(a = x, z = NULL)", False),
        ("{'a': x, 'z': None}", "list(a = x, z = NULL)", True),
        ("None", "NULL", False),
        ("[]", "list()", False),
        ("{'a.b': x, 'a': {'b': x}}", "list(a.b = x, a = list(b = x))", True),
        ("{'a.b': x, 'a': {'b': 2 * x}}", "list(a.b = 2 * x, a = list(b = x))", False),
        ("{'a': 1.5, 'b': True}", "c(a = 1.5, b = 1)", False),
    ],
)  # fmt: skip
def test_what_a_value_is_and_what_its_parts_are_called(port: Port, python: str, r: str, agree: bool) -> None:
    assert port(f"def f(x):\n    return {python}", f"f <- function(x) {r}").ok is agree


def test_a_list_against_a_vector_is_one_finding_that_names_no_wrong_side(port: Port) -> None:
    case = port("def f(x):\n    return [1.5, 'two']", "f <- function(x) c(1.5, 2)")
    assert not case.ok
    assert {value.name for value in case.values if not value.ok} <= {"y", "y.0", "y.1"}


def test_an_extent_of_one_is_harmless_only_where_it_is_said(port: Port) -> None:
    python, r = "def f(x):\n    return 2 * x", "f <- function(x) matrix(2 * x, nrow = 1)"
    case = port(python, r)
    assert codes(case) == {"shape"}
    assert port(python, r, case={"extents_of_one": ["y"]}).ok
    wrong = "f <- function(x) matrix(2 * rev(x), nrow = 1)"
    assert not port(python, wrong, case={"extents_of_one": ["y"]}).ok


# -- changed arguments -------------------------------------------------------------------------------------------------


def test_updates_of_one_call_do_not_free_an_argument_of_that_name_elsewhere(write: Write, tmp_path: Path) -> None:
    (tmp_path / "box.py").write_text(
        "class Box:\n    def fill(self, x):\n        x[...] = 7.5\n        return x.sum()\n"
        "    def look(self, x):\n        x[0] = 9.5\n        return x.sum()\n"
    )
    (tmp_path / "box.R").write_text(
        "Box.fill <- function(x) { x[] <- 7.5; list(y = sum(x), x = x) }\n"
        "Box.look <- function(x) { x[1] <- 9.5; list(y = sum(x)) }\n"
    )

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="box:Box", r="Box", r_source=["box.R"])
        fill = {"do": "fill", "with": {"x": [1, 2]}, "returns": "y", "updates": ["x"]}
        look = {"do": "look", "with": {"x": [3, 4]}, "returns": "y"}
        document["cases"] = [{"id": "one", "make": {}, "calls": [fill, look]}]

    case = one(write(change))
    assert [p.message for p in case.problems] == ["Python changed its argument x of look"]


# -- what a case leaves behind -----------------------------------------------------------------------------------------


PLAIN, PLAIN_R = "def f(x, leave):\n    return 2 * x", "f <- function(x, leave) 2 * x"


@pytest.mark.parametrize(
    ("python", "r"),
    [
        (PLAIN, "left <- FALSE\nf <- function(x, leave) { if (leave) { left <<- TRUE; 2 * x } else if (left) 3 * x else 2 * x }"),
        (PLAIN, "f <- function(x, leave) { if (leave) { assign('left', 1, globalenv()); 2 * x } else if (exists('left')) 3 * x else 2 * x }"),
        (PLAIN, "f <- function(x, leave) { if (leave) { options(left = 1); 2 * x } else if (!is.null(getOption('left'))) 3 * x else 2 * x }"),
        (PLAIN, "f <- function(x, leave) { if (leave) for (n in strsplit('c list length identical', ' ')[[1]]) assign(n, function(...) 0, globalenv()); 2 * x }"),
        ("left = False\ndef f(x, leave):\n    global left\n    left = left or leave\n    return 2 * x if leave or not left else 3 * x", PLAIN_R),
    ],
)  # fmt: skip
def test_state_of_one_case_does_not_reach_the_next(two_cases: TwoCases, python: str, r: str) -> None:
    result = two_cases(python, r)
    assert [case.ok for case in result.cases] == [True, True], [c.problems for c in result.cases]


def test_the_working_directory_is_brought_back(two_cases: TwoCases) -> None:
    here = os.getcwd()
    assert two_cases("import os\ndef f(x, leave):\n    os.chdir('/')\n    return 2 * x", PLAIN_R).ok
    assert os.getcwd() == here
    assert two_cases(PLAIN, "f <- function(x, leave) { setwd('/'); 2 * x }").ok
    assert os.getcwd() == here


def test_a_patched_numpy_does_not_make_a_wrong_result_agree(two_cases: TwoCases) -> None:
    before = np.abs
    patching = (
        "def f(x, leave):\n    np.abs = lambda *a, **k: 0 * np.asarray(a[0])\n    np.isnan = np.abs\n    return 3 * x"
    )
    try:
        result = two_cases(patching, PLAIN_R)
        assert [case.ok for case in result.cases] == [False, False]
        assert np.abs is before
    finally:
        np.abs = before


def test_a_folder_that_calls_itself_stats_is_not_r_s_stats(write: Write, tmp_path: Path) -> None:
    (tmp_path / "fake" / "R").mkdir(parents=True)
    (tmp_path / "fake" / "DESCRIPTION").write_text("Package: stats\nVersion: 1.0\n")
    (tmp_path / "fake" / "NAMESPACE").write_text("export(sd)\n")
    (tmp_path / "fake" / "R" / "sd.R").write_text("sd <- function(x) 42\n")

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"], document["r_source"]
        document.update(python="port:deviation", r="stats::sd")
        calls = [{"do": "call", "with": {"x": [1, 2.5, -3]}, "returns": "y"}]
        document["cases"] = [{"id": "one", "make": {}, "calls": calls}]

    path = write(change)
    port = path.with_name("port.py")
    port.write_text(port.read_text() + "\ndef deviation(x):\n    return np.std(x, ddof=1)\n")
    assert one(path).ok


def test_a_package_above_the_projects_root_is_not_taken(write: Write, tmp_path: Path) -> None:
    (tmp_path / "strange" / "R").mkdir(parents=True)
    (tmp_path / "strange" / "DESCRIPTION").write_text("Package: strange\nVersion: 1.0\n")
    (tmp_path / "strange" / "NAMESPACE").write_text("export(f)\n")
    (tmp_path / "strange" / "R" / "f.R").write_text("f <- function(x) 2 * x\n")
    project = tmp_path / "project" / "fixtures"
    project.mkdir(parents=True)

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"], document["r_source"]
        document.update(python="mine:f", r="strange::f")
        document["cases"] = [
            {"id": "one", "make": {}, "calls": [{"do": "call", "with": {"x": [1, 2]}, "returns": "y"}]}
        ]

    (project / "mine.py").write_text(TWICE)
    path = project / "mine.json"
    path.write_text(write(change).read_text())
    with pytest.raises(MisfitError, match="R could not load strange"):
        verified(path)


# -- code that misbehaves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyboardInterrupt",
        "raise GeneratorExit",
        "raise type('Mine', (BaseException,), {})('gone')",
        "raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})()",
        "raise ValueError('\\udcff and \\x1b[31m')",
        "return np.longdouble(1) / 3",
        "import sys; sys.stdout.close(); return 3 * x",
        "return '\\udcff'",
        "class Odd:\n        def __array__(self, *a, **k): raise RuntimeError('no array')\n    return Odd()",
    ],
)  # fmt: skip
def test_whatever_python_does_is_a_failure_of_the_case(port: Port, body: str) -> None:
    case = port(f"def f(x):\n    {body}", RIGHT)
    assert not case.ok
    text = " ".join(finding.message for finding in case.findings)
    assert "\x1b" not in text
    text.encode("utf-8")


@pytest.mark.parametrize(
    "body",
    [
        r"stop('\xff\xfe')",
        r"{ warning('\xff\xfe'); 3 * x }",
        "{ e <- new.env(); makeActiveBinding('y', function() stop('active'), e); e }",
        "quit()",
        "function(y) y",
        "quote(x + y)",
        "structure(list(), class = 'odd')",
        "{ x[1] <- NA; x }",
    ],
)
def test_whatever_r_does_is_a_failure_of_the_case(port: Port, body: str) -> None:
    case = port(TWICE, f"f <- function(x) {body}")
    assert not case.ok
    " ".join(finding.message for finding in case.findings).encode("utf-8")


def test_files_of_r_may_source_others_and_read_data_beside_them(write: Write, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "main.R").write_text(
        "source('part.R')\nby <- scan('by.txt', quiet = TRUE)\nf <- function(x) part(x) * by\n"
    )
    (tmp_path / "deep" / "part.R").write_text("part <- function(x) x\n")
    (tmp_path / "deep" / "by.txt").write_text("2\n")

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="port:double", r="f", r_source=["deep/main.R"])
        calls = [{"do": "call", "with": {"x": [1, 2]}, "returns": "y"}]
        document["cases"] = [{"id": name, "make": {}, "calls": calls} for name in ("one", "two")]

    assert verified(write(change)).ok
    (tmp_path / "deep" / "main.R").write_text("f <- function(x) {\n  2 * x\n")
    with pytest.raises(MisfitError, match=r"(?s)main\.R"):
        verified(write(change))

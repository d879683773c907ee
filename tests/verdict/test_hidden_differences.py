"""Differences that hide where nobody looks: in names, on the way of a run, in what an earlier case left."""

# Ports of a few lines stand as one string.
# ruff: noqa: E501

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import parity
from parity.fixture.read import FixtureError, read_fixture
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


PLAIN, PLAIN_R = "def f(x, leave):\n    return 2 * x", "f <- function(x, leave) 2 * x"


PANDAS = "import pandas as pd\n"


# -- whose code is run -------------------------------------------------------------------------------------------------


def project(root: Path, by: int) -> Path:
    (root / "fixtures").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "root_port.py").write_text(f"def f(x):\n    return {by} * x\n")
    (root / "fixtures" / "mine.R").write_text(RIGHT)
    path = root / "fixtures" / "x.json"
    document = {
        "about": "t", "source": "t", "python": "root_port:f", "r": "f", "r_source": ["mine.R"],
        "tolerance": {"rtol": 1e-12, "atol": 1e-13},
        "cases": [{"id": "one", "calls": [{"do": "call", "with": {"x": [1, 2.5, -3]}, "returns": "y"}]}],
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def test_a_module_of_one_project_is_not_taken_for_its_namesake_in_another(tmp_path: Path) -> None:
    right, wrong = project(tmp_path / "a", 2), project(tmp_path / "b", 3)
    assert [verified(path).ok for path in (right, wrong, right)] == [True, False, True]


def test_a_module_at_the_projects_root_is_loaded_again_when_it_was_edited(tmp_path: Path) -> None:
    path = project(tmp_path / "a", 2)
    assert verified(path).ok
    module = tmp_path / "a" / "root_port.py"
    module.write_text("def f(x):\n    return 3 * x\n")
    os.utime(module, ns=(1, 1))
    assert not verified(path).ok


# -- trajectories ------------------------------------------------------------------------------------------------------

GOING = "class F:\n    n = 0\n    def go(self, steps):\n        self.n += steps\n        n = self.n\n        return {}"
GOING_R = "F.go <- function(steps, state = list(n = 0)) {{ n <- state$n + steps; list(y = {}, state = list(n = n)) }}"


def going(write: Callable[..., Path], tmp_path: Path, python: str, r: str, **case: Any) -> CaseResult:
    (tmp_path / "mine.py").write_text("import numpy as np\n" + GOING.format(python))
    (tmp_path / "mine.R").write_text(GOING_R.format(r))

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="mine:F", r="F", r_source=["mine.R"])
        go = {"do": "go", "returns": "y", "state": ["state"], "trajectory": {"steps": 20, "every": 8}}
        document["cases"] = [{"id": "one", "calls": [go], **case}]

    return one(write(change))


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("{'a': 1.0 * n, 'b': 2.0 * n}", "{ v <- c(n, 2 * n); names(v) <- if (n == 8) c('a', 'b') else c('a', 'zz'); v }"),
        ("{'a': 1.0 * n, 'b': 2.0 * n}", "{ v <- c(n, 2 * n); names(v) <- if (n == 16) c('a', 'zz') else c('a', 'b'); v }"),
        ("{'a': 1.0 * n, 'b': np.array([1.0, n])} if n == 16 else {'a': 1.0 * n}", "list(a = n)"),
        ("{'a': 1.0 * n, 'b': np.array([1.0, n])} if n == 8 else {'a': 1.0 * n}", "if (n == 8) list(a = n, b = c(1, n + 1)) else list(a = n)"),
    ],
)  # fmt: skip
def test_a_difference_on_the_way_is_not_lost(write: Callable[..., Path], tmp_path: Path, python: str, r: str) -> None:
    case = going(write, tmp_path, python, r)
    assert not case.ok
    assert codes(case) & {"names", "missing", "value"}


def test_extents_of_one_are_harmless_along_a_trajectory_too(write: Callable[..., Path], tmp_path: Path) -> None:
    assert going(write, tmp_path, "np.array([[n, 2.0 * n, 1]])", "c(n, 2 * n, 1)", extents_of_one=["y"]).ok


# -- names, members ----------------------------------------------------------------------------------------------------


def test_names_of_a_series_inside_a_dict_are_compared(port: Port) -> None:
    python = PANDAS + "def f(x):\n    return {'c': pd.Series([1.5, 2.5], index=['a', 'b']), 'k': 2.0}"
    assert codes(port(python, "f <- function(x) list(y = list(c = c(a = 1.5, zz = 2.5), k = 2))")) == {"names"}
    assert port(python, "f <- function(x) list(y = list(c = c(a = 1.5, b = 2.5), k = 2))").ok


def test_a_categorical_inside_a_dict_is_a_factor(port: Port) -> None:
    python = PANDAS + "def f(x):\n    return {'c': pd.Categorical(['u', 'v', 'u']), 'k': 2.0}"
    assert codes(port(python, "f <- function(x) list(y = list(c = c('u', 'v', 'u'), k = 2))")) == {"type"}
    assert port(python, "f <- function(x) list(y = list(c = factor(c('u', 'v', 'u')), k = 2))").ok


def test_an_expected_list_is_whole(port: Port) -> None:
    python, r = "def f(x):\n    return {'a': 1.5, 'b': 2.5}", "f <- function(x) list(y = list(a = 1.5, b = 2.5))"
    by = {"expected_by": "me"}
    assert port(python, r, expect={"y": {"a": 1.5, "b": 2.5}}, case=by).ok
    assert port(python, r, expect={"y.a": 1.5}, case=by).ok
    assert codes(port(python, r, expect={"y": {"a": 1.5}}, case=by)) == {"missing"}


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("{'a.b': 1.5, 'k': 2.0}", "list(a = list(b = 1.5), k = 2)"),
        ("[1.5, 2.5]", "list(`0` = 1.5, `1` = 2.5)"),
    ],
)
def test_a_dot_or_a_digit_in_a_name_is_no_level(port: Port, python: str, r: str) -> None:
    assert not port(f"def f(x):\n    return {python}", f"f <- function(x) list(y = {r})").ok


def test_the_columns_of_a_frame_have_names(port: Port) -> None:
    python = PANDAS + "def f(x):\n    return pd.DataFrame({'a': [1.5, 2.5], 'b': [3.5, 4.5]})"
    r = "f <- function(x) matrix(c(1.5, 2.5, 3.5, 4.5), 2, dimnames = list(NULL, c('b', 'a')))"
    assert not port(python, r).ok


# -- nothing was looked at ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r"), [("np.array([1.0, 2.0])", "c(1, 2) + 0 * .[1:2]"), ("_[:2] * 0 + [1, 2]", "c(1., 2)")]
)
def test_values_that_do_not_look_at_the_result_are_refused(port: Port, python: str, r: str) -> None:
    with pytest.raises(FixtureError, match="does not look at the result"):
        port(TWICE, RIGHT, case={"values": {"y": {"python": python, "r": r}}})


def test_an_expected_number_that_no_double_holds_is_not_met_by_its_neighbour(port: Port) -> None:
    expecting = {"expect": {"y": 2**53 + 1}, "case": {"expected_by": "me"}}
    with contextlib.suppress(FixtureError):
        assert not port("def f(x):\n    return 2.0**53", "f <- function(x) 2^53", **expecting).ok


# -- arguments that were changed ---------------------------------------------------------------------------------------


def test_an_argument_with_a_layout_must_stay_as_it_is(port: Port) -> None:
    layout = {"layout": {"python": {"x": "n c -> c n", "y": "n c -> c n"}}}
    given = {"x": [[1, 2.5], [3, 7], [4, 9]]}
    assert port(TWICE, RIGHT, given, layout).ok
    spoiling = "def f(x):\n    y = 2 * x\n    x[...] = 0\n    return y"
    assert codes(port(spoiling, RIGHT, given, layout)) == {"argument changed"}


def test_what_make_gives_to_a_function_must_stay_as_it_is(port: Port) -> None:
    make = {"make": {"w": [2, 3, 4]}}
    r = "f <- function(x, w) w * x"
    assert port("def f(x, w):\n    return w * x", r, case=make).ok
    spoiling = "def f(x, w):\n    y = w * x\n    w[...] = 0\n    return y"
    assert codes(port(spoiling, r, case=make)) == {"argument changed"}


def test_a_named_vector_and_a_factor_must_stay_as_they_are(port: Port) -> None:
    named = {"x": {"named": {"a": 1.5, "b": 2.5}}}
    assert port(TWICE, RIGHT, named).ok
    assert codes(port("def f(x):\n    y = 2 * x\n    x.iloc[0] = 99\n    return y", RIGHT, named)) == {
        "argument changed"
    }
    factor = {"x": {"factor": ["u", "v", "u"]}}
    r = "f <- function(x) as.integer(x) - 1L"
    assert port("def f(x):\n    return np.array(x.codes, dtype=int)", r, factor).ok
    spoiling = "def f(x):\n    y = np.array(x.codes, dtype=int)\n    x[0] = 'v'\n    return y"
    assert codes(port(spoiling, r, factor)) == {"argument changed"}


# -- results of another form than the layout ---------------------------------------------------------------------------


@pytest.mark.parametrize("r", ["c(2 * x)", "list(y = list(a = 1))", "NULL", "'no'"])
def test_a_result_of_other_axes_than_its_layout_is_a_finding(port: Port, r: str) -> None:
    layout = {"layout": {"r": {"x": "n c -> c n", "y": "n c -> c n"}}}
    case = port(TWICE, f"f <- function(x) {r}", {"x": [[1, 2.5], [3, 7], [4, 9]]}, layout)
    assert codes(case) & {"shape", "type", "names", "missing"}


def test_a_matrix_with_names_has_a_layout_too(port: Port) -> None:
    layout = {"layout": {"r": {"x": "n c -> c n", "y": "n c -> c n"}}}
    r = "f <- function(x) { y <- 2 * x; dimnames(y) <- list(letters[1:2], letters[1:3]); y }"
    assert port(TWICE, r, {"x": [[1, 2.5], [3, 7], [4, 9]]}, layout).ok


# -- an error of one side alone ----------------------------------------------------------------------------------------

REFUSES = {"r": {"class": "simpleError", "text": "known"}}


def test_an_error_of_one_side_can_be_what_is_asked_for(port: Port) -> None:
    refusing = {"returns": None, "raises": REFUSES}
    assert port(TWICE, "f <- function(x) stop('known')", **refusing).ok
    assert not port("def f(x):\n    return oops", "f <- function(x) stop('known')", **refusing).ok
    assert not port(TWICE, RIGHT, **refusing).ok
    assert not port("def f(x):\n    return oops", RIGHT, **refusing).ok


# -- what a case leaves behind -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("seen = {}\ndef f(x, leave):\n    if leave: seen['k'] = 2\n    return seen.get('k', 3) * x", PLAIN_R),
        ("class S:\n    k = 3\ndef f(x, leave):\n    if leave: S.k = 2\n    return S.k * x", PLAIN_R),
        ("def f(x, leave):\n    if leave: f.k = 2\n    return getattr(f, 'k', 3) * x", PLAIN_R),
        ("import os\ndef f(x, leave):\n    if leave: os.environ['LEFT_BY'] = '1'\n    return (2 if 'LEFT_BY' in os.environ else 3) * x", PLAIN_R),
        ("def f(x, leave):\n    if leave: np.seterr(over='raise')\n    return (2 if np.geterr()['over'] == 'raise' else 3) * x", PLAIN_R),
        (PLAIN, "e <- new.env()\nf <- function(x, leave) { if (leave) e$k <- 2; (if (is.null(e$k)) 3 else e$k) * x }"),
        (PLAIN, "f <- local({ k <- 3; function(x, leave) { if (leave) k <<- 2; k * x } })"),
        (PLAIN, "f <- function(x, leave) { if (leave) Sys.setenv(LEFT_BY = '1'); (if (Sys.getenv('LEFT_BY') == '1') 2 else 3) * x }"),
    ],
)  # fmt: skip
def test_a_case_is_not_made_right_by_the_one_before(two_cases: TwoCases, python: str, r: str) -> None:
    result = two_cases(python, r)
    assert [case.ok for case in result.cases] == [True, False]


def test_a_time_limit_that_a_case_sets_does_not_end_the_next(two_cases: TwoCases) -> None:
    r = "f <- function(x, leave) { if (leave) setTimeLimit(elapsed = 0.2) else Sys.sleep(0.4); 2 * x }"
    assert [case.ok for case in two_cases(PLAIN, r).cases] == [True, True]


# -- several calls of one name -----------------------------------------------------------------------------------------


def test_the_gradient_of_a_second_pass_is_checked_too(write: Write, tmp_path: Path) -> None:
    """Right where x starts with 1, wrong elsewhere, in both languages alike."""
    (tmp_path / "mine.py").write_text(
        "class F:\n    def forward(self, x):\n        self.x = x\n        return x**2\n"
        "    def backward(self, dout):\n        return (2 if self.x[0] == 1 else 5) * self.x * dout\n"
    )
    (tmp_path / "mine.R").write_text(
        "F.forward <- function(x) list(out = x^2, x = x)\n"
        "F.backward <- function(forward, dout) list(dx = (if (forward$x[1] == 1) 2 else 5) * forward$x * dout)\n"
    )

    def change(document: dict[str, Any]) -> None:
        document.update(python="mine:F", r="F", r_source=["mine.R"])
        document["derivatives"] = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx"}}
        calls = []
        for first in (1, 4):
            calls.append({"do": "forward", "with": {"x": [first, 2.5, -3]}, "returns": "out"})
            calls.append({"do": "backward", "with": {"dout": [1, 0.5, -2]}, "returns": "dx"})
        document["cases"] = [{"id": "one", "calls": calls}]

    assert not one(write(change)).ok


def test_a_known_divergence_of_one_call_does_not_cover_another(write: Write, tmp_path: Path) -> None:
    def case(first: str, call: str | None) -> CaseResult:
        body = f"class F:\n    def a(self, x):\n        return {first}\n    def b(self, x):\n        return 3 * x\n"
        (tmp_path / "mine.py").write_text(body)
        (tmp_path / "mine.R").write_text("F.a <- function(x) 2 * x\nF.b <- function(x) 2 * x\n")

        def change(document: dict[str, Any]) -> None:
            del document["derivatives"]
            document.update(python="mine:F", r="F", r_source=["mine.R"])
            calls = [{"do": do, "with": {"x": [1, 2.5, -3]}, "returns": "y"} for do in ("a", "b")]
            (what,) = HALVES["what"]
            differs = {**HALVES, "what": [{**what, **({"call": call} if call else {})}]}
            document["cases"] = [{"id": "one", "differs": differs, "calls": calls}]

        return one(write(change))

    assert case("2 * x", "b").ok
    assert not case("2 * x + 2", "b").ok
    assert not case("2 * x", "a").ok
    with pytest.raises(FixtureError, match=r'several calls have a value "y"; expected .call.: one of .a., .b.'):
        case("2 * x", None)
    with pytest.raises(FixtureError, match='the call "c" has no value "y"'):
        case("2 * x", "c")


HALVES = {
    "id": "d",
    "reason": "b is three times x in Python",
    "what": [{"pairs": ["python-r"], "names": ["y"], "kind": "value", "largest": [1, 3]}],
}


def test_a_text_with_a_trailing_nul_is_another_text(port: Port) -> None:
    assert not port("def f(x):\n    return 'a\\0'", "f <- function(x) 'a'").ok


# -- code under test that replaces what judges it -----------------------------------------------------------------------


def test_isolated_code_cannot_replace_what_judges_it(write: Write, tmp_path: Path) -> None:
    """In this process it could; the comparison of an isolated side is made where its code never was."""
    (tmp_path / "mine.py").write_text(
        "from parity.evidence import leaf\nreal = leaf.compare\ndef lie(a, b, **rest):\n    return real(b, b, **rest)\n"
        "def f(x):\n    leaf.compare = lie\n    return 3 * x\n"
    )
    (tmp_path / "mine.R").write_text("f <- function(x) 2 * x\n")

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="mine:f", r="f", r_source=["mine.R"])
        calls = [{"do": "call", "with": {"x": [1, 2.5]}, "returns": "y"}]
        document["cases"] = [{"id": "one", "calls": calls}]

    assert not parity.run(write(change), isolate=True).ok

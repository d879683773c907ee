"""One call to a verdict: what agrees, what does not, and what must never pass."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import math
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parity

HERE = Path(__file__).parent
X = np.array([1.0, 2.5, -3.0])
M = np.arange(6.0).reshape(2, 3) ** 2


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_subject", HERE / "subject.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_subject"] = module
    spec.loader.exec_module(module)
    return module


subject = _loaded()


def in_place(x: np.ndarray) -> None:
    x += 1


class Opaque:
    def __init__(self, value: float) -> None:
        self.value = value


def keywords_only(x: Any, **rest: Any) -> Any:
    return 2 * x


# -- what can be checked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r", "asked", "count"),
    [
        (subject.twice, "port.R::twice", {"x": X}, 3),
        (lambda x: 2 * x, "port.R::twice", {"x": X}, 3),
        (subject.Square(3.0).__call__, "port.R::twice", {"x": X}, 3),
        (subject.Square(3.0), "port.R::twice", {"x": X}, 3),
        (subject.Falsy(3.0), "port.R::twice", {"x": X}, 3),
        (functools.partial(keywords_only, rest=1), "port.R::twice", {"x": X}, 3),
        (np.exp, "base::exp", {"x": X}, 3),
        (np.subtract, "function(a, b) a - b", {"a": X, "b": 3 * X}, 3),
        (abs, "base::abs", {"x": -2.5}, 1),
        (math.hypot, "function(x, y) sqrt(x^2 + y^2)", {"x": 3.0, "y": 4.5}, 1),
        ("numpy:exp", "base::exp", {"x": X}, 3),
        ("subject.py:twice", "port.R::twice", {"x": X}, 3),
        (subject.twice, "function(x) x + x", {"x": X}, 3),
        (subject.twice, "twice", {"x": X, "r_source": "port.R"}, 3),
        (subject.twice, "port.R::function(x) twice(x)", {"x": X}, 3),
        (lambda x: {"out": 2 * x, "extra": x + 1}, "port.R::listed", {"x": X}, 6),
        (lambda x: (x, 2 * x), "port.R::pair", {"x": X, "returns": ("a", "b")}, 6),
        (lambda x: 2 * x, "port.R::listed", {"x": X, "returns": "out"}, 3),
        (lambda x: {"c": 2 * x}, "port.R::listed", {"x": X, "values": {"c": ("_['c']", ".$out")}}, 3),
        (in_place, "port.R::add_one", {"x": X, "updates": "x"}, 3),
        (lambda x: 2 * x, "function(input) 2 * input", {"x": X, "names": {"r": {"x": "input"}}}, 3),
        (lambda x: x.sum(0), "base::rowSums", {"x": M, "layout": {"r": {"x": "a b -> b a"}}}, 3),
        (
            lambda x, axis: x.sum(axis),
            "function(x, MARGIN) apply(x, MARGIN, sum)",
            {"x": M, "only": {"python": {"axis": 1}, "r": {"MARGIN": 1}}},
            2,
        ),
        (lambda rtol: 2 * rtol, "function(rtol) 2 * rtol", {"inputs": {"rtol": X}}, 3),
        (lambda x: (2 * x)[None], "port.R::twice", {"x": X, "extents_of_one": "out"}, 3),
        (lambda x: 2 * x, "port.R::twice", {"x": np.array([1.0, np.nan, np.inf])}, 3),
        (lambda: np.array([1.0, 2.0]), "function() c(1, 2)", {}, 2),
    ],
)
def test_what_agrees_gives_a_report_that_counts_what_was_compared(
    python: Any, r: str, asked: dict[str, Any], count: int
) -> None:
    report = parity.check(python, r, **asked)
    assert report.ok
    assert report.count == count


def test_a_class_is_made_and_called_in_both_languages() -> None:
    assert parity.check(subject.Square, "port.R::Square", make={"a": 3.0}, do="forward", x=X).count == 3


def test_a_backward_pass_is_held_against_the_other_and_against_numeric_differentiation() -> None:
    report = parity.check(subject.Square, "port.R::Square", make={"a": 3.0}, x=X, backward="backward")
    assert report.count == 7  # out and dx of three elements, da
    gradients = {
        (one.language, one.check.wrt, one.check.ok) for case in report.fixtures[0].cases for one in case.gradients
    }
    assert gradients == {(side, wrt, True) for side in ("python", "r") for wrt in ("x", "a")}


def test_calls_and_derivatives_are_those_of_a_fixture() -> None:
    calls = [
        {"do": "forward", "with": {"x": X}, "returns": "out"},
        {"do": "backward", "with": {"dout": np.array([1.0, 0.25, -3.0])}, "returns": "dx"},
    ]
    derivatives = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx", "a": "da"}}
    report = parity.check(subject.Square, "port.R::Square", make={"a": 3.0}, calls=calls, derivatives=derivatives)
    assert report.count == 7


def test_errors_that_are_asked_for_are_compared() -> None:
    assert parity.check(subject.refuse, "port.R::refuse", x=X, raises="is bad").ok
    by_class = {"python": (ValueError, "bad"), "r": {"class": "simpleError", "text": "bad"}}
    assert parity.check(subject.refuse, "port.R::refuse", x=X, raises=by_class).ok


def test_a_warning_that_is_asked_for_must_come() -> None:
    assert parity.check(subject.twice, "port.R::complain", x=X, warns={"r": "odd"}).ok
    with pytest.raises(parity.Disagreement, match="even"):
        parity.check(subject.twice, "port.R::complain", x=X, warns={"r": "even"})


def test_an_expected_value_says_who_is_wrong() -> None:
    with pytest.raises(parity.Disagreement, match="r is wrong"):
        parity.check(subject.twice, "port.R::thrice", x=X, expect=[2.0, 5.0, -6.0])
    with pytest.raises(parity.Disagreement, match="python is wrong"):
        parity.check(subject.twice, "port.R::thrice", x=X, expect={"out": np.array([3.0, 7.5, -9.0])})


def test_one_language_alone_is_held_against_what_is_expected() -> None:
    assert parity.check(subject.twice, x=X, expect=[2.0, 5.0, -6.0]).count == 3
    assert parity.check(None, "port.R::twice", x=X, expect=[2.0, 5.0, -6.0]).count == 3
    assert parity.check(lambda x: x.value, x=Opaque(2.5), expect=2.5).ok
    assert parity.check(subject.twice, x=X, values={"first": "_[0]"}, expect={"first": 2.0}).count == 1
    assert parity.check(subject.refuse, x=X, raises="is bad").ok
    with pytest.raises(parity.Disagreement, match="python is wrong"):
        parity.check(subject.twice, x=X, expect=[2.0, 5.0, 6.0])
    with pytest.raises(parity.Disagreement, match="r is wrong"):
        parity.check(None, "port.R::twice", x=X, expect=[2.0, 5.0, 6.0])


def test_one_language_alone_is_held_against_numeric_differentiation() -> None:
    parity.check(subject.Square, make={"a": 3.0}, x=X, backward="backward")
    parity.check(None, "port.R::Square", make={"a": 3.0}, x=X, backward="backward")
    with pytest.raises(parity.Disagreement, match="python's dx"):
        parity.check(subject.Gentle, make={"a": 3.0}, x=X, backward="backward")
    with pytest.raises(parity.Disagreement, match="r's dx"):
        parity.check(None, "port.R::Steep", make={"a": 3.0}, x=X, backward="backward")


def test_a_forward_pass_that_fails_is_what_is_reported() -> None:
    class Broken(subject.Square):  # type: ignore[name-defined,misc]
        def forward(self, x: np.ndarray) -> np.ndarray:
            raise ArithmeticError("no forward today")

    for r in ("port.R::Square", None):
        with pytest.raises(parity.Disagreement, match="no forward today"):
            parity.check(Broken, r, make={"a": 3.0}, x=X, backward="backward")


def test_sides_in_processes_of_their_own_agree_and_end_in_time() -> None:
    assert parity.check("numpy:exp", "base::exp", x=X, isolate=True).ok
    assert parity.check(np.exp, "base::exp", x=X, isolate=True).ok
    assert parity.check(subject.twice, "port.R::twice", x=X, isolate=True).ok
    assert parity.check(subject.Square, "port.R::Square", make={"a": 3.0}, do="forward", x=X, isolate=True).ok
    with pytest.raises(parity.Disagreement, match="did not finish within 1 s"):
        parity.check(subject.sleep, "function(x) x", x=3.5, timeout=1)


# -- what a failure says -----------------------------------------------------------------------------------------------


def test_a_disagreement_shows_the_place_in_both_tongues_the_sides_and_the_tolerance() -> None:
    with pytest.raises(parity.Disagreement) as raised:
        parity.check(subject.twice, "function(x) 2 * x + c(1, 0, 0)", x=X)
    assert isinstance(raised.value, AssertionError)
    lines = str(raised.value).splitlines()
    assert lines[0] == "twice / function(x) 2 * x + c(1, 0, 0) / call / out[0]  (R: out[1])"
    assert lines[1].split() == ["python", "2", "r", "3"]
    assert lines[2] == "  nothing says which side is wrong: give the case an expect"  # no room beside the numbers
    assert lines[3].startswith("  off by 1, allowed 2e-09; 1 of 3 elements differ")
    assert lines[4] == "  cause: nothing that is known fits"
    assert lines[5].startswith("  repeat: pytest ")
    assert "tolerance: rtol 1e-09, atol 0 (the default)" in lines[-1]
    assert raised.value.report.fixtures[0].cases[0].values[0].name == "out"


def test_rounding_next_to_zero_is_explained() -> None:
    with pytest.raises(parity.Disagreement, match="atol lets pass what is zero but for rounding"):
        parity.check(lambda x: x - 1, "function(x) x - 1 + c(0, 1e-17, 0)", x=np.array([2.0, 1.0, 3.0]))
    with pytest.raises(parity.Disagreement) as raised:
        parity.check(subject.twice, "port.R::thrice", x=X)
    assert "but for rounding" not in str(raised.value)


# -- what must never pass ----------------------------------------------------------------------------------------------


def changes_a_list(x: list[int]) -> np.ndarray:
    x.sort()
    return np.array(x)


def changes_a_series(x: Any) -> np.ndarray:
    x.iloc[0] = 7.0
    return np.array([1.5, 2.5])


@pytest.mark.parametrize(
    ("python", "r", "asked", "told"),
    [
        (lambda x: None, "port.R::nothing", {"x": X}, "nothing on both sides"),
        (lambda x: x[:0], "function(x) x[0]", {"x": X}, "no element to compare"),
        (lambda x: 0 * x, "function(x) 0 * x", {"x": np.array([1.0, 2.0])}, "python and r"),
        (lambda x: (one for one in x), "port.R::twice", {"x": X}, "generator"),
        (lambda x: map(float, x), "function(x) x", {"x": X}, "map"),
        (lambda x: 2 * x, "port.R::listed", {"x": X}, "python gave no out.extra"),
        (lambda x: {"out": 2 * x, "extra": x}, "port.R::listed", {"x": X}, "extra"),
        (lambda x: (x, x), "port.R::pair", {"x": X, "returns": ("a", "b")}, "b"),
        (lambda x: 2 * x, "port.R::refuse", {"x": X}, "x is bad"),
        (subject.refuse, "port.R::twice", {"x": X}, "R answered out"),
        (subject.refuse, "port.R::twice", {"x": X, "raises": "bad"}, "R raised no error"),
        (lambda x: 2 * x, "port.R::twice", {"x": X, "raises": "bad"}, "Python raised no error"),
        (subject.refuse, "port.R::refuse", {"x": X, "raises": "terrible"}, "expected error with 'terrible'"),
        (lambda x: {"c": None}, "port.R::listed", {"x": X, "values": {"c": ("_['c']", ".$none")}}, "nothing on both"),
        (lambda x: {"c": x}, "port.R::listed", {"x": X, "values": {"c": ("_['c']", ".$none")}}, "NULL"),
        (lambda x: 2 * x, "port.R::twice", {"x": X, "values": {"c": ("none", ".")}}, "no attribute 'none'"),
        (lambda x: 2 * x, "port.R::twice", {"x": X, "expect": {"other": 2.0}}, "other"),
        (lambda x: 2 * x, "port.R::twice", {"x": X, "compare": "other"}, "other"),
        (lambda x: x.sort() or x, "base::sort", {"x": X}, "Python changed its argument x"),
        (changes_a_list, "base::sort", {"x": [3, 1, 2]}, "Python changed its argument x"),
        (changes_a_series, "function(x) x", {"x": pd.Series([1.5, 2.5])}, "Python changed its argument x"),
        (in_place, "port.R::twice", {"x": X, "updates": "x"}, "r"),
        (lambda x: x + np.random.standard_normal(3), "port.R::noise", {"x": X}, "not repeatable"),
        (lambda x: (2 * x)[None], "port.R::twice", {"x": X}, "extents of 1"),
        (lambda x: np.float32(1.1) * np.float32(x), "function(x) 1.1 * x", {"x": X}, "out"),
        (lambda x: 2 * x, "function(x) 2 * x * c(1, NA, 1)", {"x": X}, "NA"),
        (lambda x: 2 * x, "function(x) 2 * x + c(0, 0, 1e-8)", {"x": X}, "1 of 3 elements differ"),
    ],
)
def test_what_must_not_pass(python: Any, r: str, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(parity.Disagreement) as raised:
        parity.check(python, r, **asked)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("python", "r", "wrong"),
    [(subject.Square, "port.R::Steep", "r's dx"), (subject.Gentle, "port.R::Square", "python's dx")],
)
def test_a_wrong_gradient_is_found_on_the_side_that_has_it(python: Any, r: str, wrong: str) -> None:
    with pytest.raises(parity.Disagreement, match=f"gradient of out by x: {wrong}"):
        parity.check(python, r, make={"a": 3.0}, x=X, backward="backward")


def test_p_values_below_any_absolute_allowance_are_told_apart() -> None:
    with pytest.raises(parity.Disagreement):
        parity.check(lambda x: x * 1e-30, "function(x) x * 1e-40", x=X)


# -- what cannot be checked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r", "asked", "told"),
    [
        (3, "port.R::twice", {}, "python: 3 cannot be called; expected a function"),
        ("twice", "port.R::twice", {}, "python: 'twice' names no object; expected 'module:object'"),
        ("subject:none", "port.R::twice", {"x": X}, "python: subject has no none; expected one of"),
        ("nowhere:f", "port.R::twice", {"x": X}, "python: there is no Python module nowhere"),
        ("nowhere.py:f", "port.R::twice", {"x": X}, "python: there is no file nowhere.py"),
        (abs, 3, {"x": 1.5}, "r: 3 is no R function; expected 'file.R::name'"),
        (abs, None, {"x": 1.5}, "Python alone, and nothing to hold it against"),
        (None, "base::abs", {"x": 1.5}, "R alone, and nothing to hold it against"),
        (None, None, {"x": 1.5}, "python: None, and no 'r'; expected the code of one language at least"),
        (abs, None, {"x": 1.5, "expect": 1.5, "only": {"r": {"y": 1}}}, "only['r']: R beside a fixture without 'r'"),
        (abs, "none.R::twice", {"x": 1.5}, "r: there is no file none.R; expected one in "),
        (abs, "port.R::none", {"x": 1.5}, "r: R has no function none; expected one of "),
        (abs, "1 +", {"x": 1.5}, "r: '1 +' is no R function"),
        (abs, "function(x", {"x": 1.5}, "r: R cannot evaluate 'function(x'"),
        (abs, "c(1, 2)", {"x": 1.5}, "r: this value is no R function"),
        (abs, "none::f", {"x": 1.5}, "r: R could not load none"),
        (abs, "abs", {"x": 1.5}, 'r: "abs" names no package'),
        (abs, "base::abs", {"x": 1.5, "r_source": "none.R"}, "r_source: there is no file none.R"),
        (subject.twice, "port.R::twice", {"y": X}, "y: no parameter of twice takes y; expected one of x"),
        (keywords_only, "port.R::twice", {"x": X, "y": X}, "y: no formal of twice takes y; expected one of x"),
        (subject.twice, "port.R::twice", {}, "twice needs x; expected a value for x"),
        (subject.twice, "port.R::twice", {"x": X, "rtoll": 1e-3}, "rtoll: no parameter of twice takes rtoll"),
        (subject.twice, "port.R::twice", {"x": X, "inputs": {"x": X}}, "x: given both as a keyword and in 'inputs'"),
        (subject.twice, "port.R::twice", {"x": X, "rtol": "a"}, "rtol: 'a' is no number"),
        (subject.twice, "port.R::twice", {"x": X, "rtol": math.nan}, "rtol: nan is no tolerance"),
        (subject.twice, "port.R::twice", {"x": X, "rtol": 2}, "rtol: 2.0 is too large"),
        (subject.twice, "port.R::twice", {"x": X, "atol": math.inf}, "atol: inf is no tolerance"),
        (subject.twice, "port.R::twice", {"x": X, "atol": -1}, "atol: -1.0 is negative"),
        (subject.twice, "port.R::twice", {"x": X, "values": {}}, "values: names nothing to compare"),
        (subject.twice, "port.R::twice", {"x": X, "values": {"c": ("_",)}}, "values: ('_',) for 'c'; expected"),
        (subject.twice, "port.R::twice", {"x": X, "values": {"c": ("3", ".")}}, "does not look at the result"),
        (
            subject.twice,
            "port.R::twice",
            {"x": X, "values": {"c": ("_", "3")}},
            "values['c']['r']: \"3\" does",
        ),
        (subject.twice, "port.R::twice", {"x": X, "values": 3}, "values: 3 is no dict of names"),
        (subject.twice, "port.R::twice", {"x": X, "names": {"r": {"y": "z"}}}, "names['r']['y']: 'y' is no argument"),
        (subject.twice, "port.R::twice", {"x": X, "names": {"x": "z"}}, "names['x']: unknown key 'x'; expected one of"),
        (subject.twice, "port.R::twice", {"x": X, "layout": {"r": {"x": "a b -> b a"}}}, "x: 'x' has 1 axes"),
        (subject.twice, "port.R::twice", {"x": X, "only": {"julia": {}}}, "only: 'julia' is no language"),
        (subject.twice, "port.R::twice", {"x": X, "returns": 3}, "returns: 3 is no list of names"),
        (subject.twice, "port.R::twice", {"x": X, "raises": 3}, "raises: 3 for python; expected a text"),
        (subject.twice, "port.R::twice", {"x": X, "timeout": 0}, "timeout: 0 is no time to wait"),
        (lambda x: x, "port.R::twice", {"x": X, "isolate": True}, "isolate: <lambda> cannot be found from a process"),
        (
            subject.Square(2.0),
            "port.R::twice",
            {"x": X, "isolate": True},
            "isolate: Square cannot be found from",
        ),
        (subject.twice, "port.R::twice", {"x": X, "do": "turn"}, "do: twice is a function and has no turn"),
        (subject.twice, "port.R::twice", {"calls": []}, "calls: an empty list"),
        (subject.twice, "port.R::twice", {"x": X, "calls": [{"do": "call"}]}, "x: beside 'calls'"),
        (subject.twice, "port.R::twice", {"calls": [{"do": "call"}], "expect": 1.5}, "expect: beside 'calls'"),
        (subject.refuse, "port.R::refuse", {"x": X}, "R: x is bad at port.R:6); expected arguments that fit, or"),
        (subject.Square, "port.R::Square", {"make": {"a": 3.0}, "x": X, "backward": "back"}, "backward: Square has no"),
        (subject.Square, "port.R::Square", {"make": {"b": 3.0}, "x": X, "do": "forward"}, "make['b']: no parameter of"),
        (
            subject.Square,
            "port.R::Square",
            {"make": {"a": 3}, "x": 2, "backward": "backward"},
            "backward: no input is a",
        ),
        (subject.Square, "port.R::Square", {"x": X, "backward": {"to": 1}}, "backward: {'to': 1}; expected"),
        (
            subject.Square,
            "port.R::Square",
            {"x": X, "backward": "backward", "raises": "bad"},
            "backward: beside 'raises'; expected one of the two",
        ),
        (subject.twice, "port.R::twice", {"x": X, "needs": {"r": ["none.at.all"]}}, "R has no package none.at.all"),
    ],
)
def test_bad_input_is_a_sentence_that_names_the_argument(python: Any, r: Any, asked: dict[str, Any], told: str) -> None:
    kind: tuple[type[Exception], ...] = (parity.CheckError,)
    if "needs" in asked:
        from parity.subjects.needs import NeedsError

        kind = (NeedsError,)
    with pytest.raises(kind) as raised:
        parity.check(python, r, **asked)
    assert told in str(raised.value)
    assert "cases" not in str(raised.value)


def test_the_traceback_of_a_failure_has_no_frame_below_the_call() -> None:
    with pytest.raises(parity.CheckError) as raised:
        parity.check(subject.twice, "port.R::twice", y=X)
    assert [entry.name for entry in raised.traceback] == [
        "test_the_traceback_of_a_failure_has_no_frame_below_the_call",
        "check",
    ]


def test_r_belongs_to_one_thread() -> None:
    parity.check(subject.twice, "port.R::twice", x=X)
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            parity.check(subject.twice, "port.R::twice", x=X)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "R runs in the thread that started it" in str(raised[0])


# -- what a check leaves -----------------------------------------------------------------------------------------------


def test_a_namesake_that_the_session_has_imported_is_not_taken_for_the_file_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, factor in (("one", 2), ("two", 3)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "check_namesake.py").write_text(f"def f(x):\n    return {factor} * x\n")
    monkeypatch.syspath_prepend(tmp_path / "one")
    mine = importlib.import_module("check_namesake")
    for _ in range(2):
        assert parity.check(f"{tmp_path}/two/check_namesake.py:f", "function(x) 3 * x", x=X).ok
        assert parity.check(f"{tmp_path}/one/check_namesake.py:f", "function(x) 2 * x", x=X).ok
        with pytest.raises(parity.Disagreement):
            parity.check(f"{tmp_path}/two/check_namesake.py:f", "function(x) 2 * x", x=X)
        assert sys.modules["check_namesake"] is mine
    assert mine.f(1) == 2


def test_a_file_called_as_what_is_installed_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not this one')\n")
    (tmp_path / "check_user.py").write_text("import numpy as np\n\ndef f(x):\n    return np.exp(x)\n")
    assert parity.check(f"{tmp_path}/check_user.py:f", "base::exp", x=X).ok


def test_the_inputs_are_not_changed_and_not_shared() -> None:
    x = X.copy()
    parity.check(in_place, "port.R::add_one", x=x, updates="x")
    assert x.tolist() == X.tolist()
    assert x.flags.writeable


def test_the_inputs_are_those_of_the_moment_of_the_call() -> None:
    x = X.copy()

    def doubles_the_original(x_given: np.ndarray) -> np.ndarray:
        x[...] *= 2
        return 3 * x_given

    names = {"python": {"x": "x_given"}}
    assert parity.check(doubles_the_original, "function(x) 3 * x", x=x, names=names).ok


def test_modules_of_the_caller_stay_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two folders, as of two test files: what one has imported is not taken away by a check in the other."""
    functions: list[Callable[[Any], Any]] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"check_{name}.py").write_text(
            "import parity\ndef f(x):\n    return 2 * x\n"
            "def go(x):\n    return parity.check(f, 'function(x) 2 * x', x=x)\n"
        )
        monkeypatch.syspath_prepend(tmp_path / name)
        functions.append(importlib.import_module(f"check_{name}").go)
    before = {name: sys.modules[name] for name in ("check_one", "check_two")}
    for go in (*functions, *functions):
        assert go(X).ok
    assert {name: sys.modules.get(name) for name in before} == before


def test_what_shows_nothing_has_no_cause() -> None:
    """Both are zero everywhere: alike, so that there is nothing to explain."""
    with pytest.raises(parity.Disagreement, match="all 2 elements are zero") as caught:
        parity.check(lambda x: x * 0, "function(x) x * 0", x=np.array([1.0, 2.0]))
    assert "cause:" not in str(caught.value)

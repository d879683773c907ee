"""What is compared, who is blamed, what is never passed: on a small port, spoiled in one way at a time."""

# Ports of a few lines stand as one string.
# ruff: noqa: E501

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import parity
from parity import bridge
from parity.evidence.agreement import count_bits
from parity.evidence.expected import half_unit
from parity.fixture.model import Printed
from parity.fixture.read import read_fixture
from parity.subjects import MisfitError
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult, Misfit, ValueResult

Write = Callable[..., Path]


def one(path: Path, options: Options | None = None) -> CaseResult:
    result = verify(read_fixture(path), options or Options())
    assert not result.misfits, result.misfits
    (case,) = result.cases
    return case


def misfit(path: Path) -> Misfit:
    """What does not fit: the whole fixture, or its only case."""
    try:
        (found,) = verify(read_fixture(path)).misfits
    except MisfitError as error:
        return Misfit(error.pointer, error.problem, error.expected)
    return found


def value(case: CaseResult, name: str) -> ValueResult:
    (found,) = [v for v in case.values if v.name == name]
    return found


def expecting(**expect: object) -> Callable[[dict], None]:
    """Expected values for the backward call, and where they come from."""

    def change(document: dict) -> None:
        case = document["cases"][0]
        case["expected_by"] = "by hand"
        for name, number in expect.items():
            call = case["calls"][0 if name == "out" else 1]
            call.setdefault("expect", {})[name] = number

    return change


OUT, DX, DA = [3, 12, 0.75], [6, -3, -9], 1.25


def test_a_right_port_agrees_in_every_pair(write: Write) -> None:
    case = one(write(expecting(out=OUT, dx=DX, da=DA)))
    assert case.ok
    assert [v.name for v in case.values] == ["out", "dx", "da"]
    assert all(set(v.comparisons) == {"python-r", "python-expected", "r-expected"} for v in case.values)
    assert [(g.language, g.check.gradient, g.check.checked) for g in case.gradients] == [
        ("python", "dx", 3),
        ("python", "da", 1),
        ("r", "dx", 3),
        ("r", "da", 1),
    ]
    assert case.count == 3 * (3 + 3 + 1)


@pytest.mark.parametrize(("python", "r", "wrong"), [("Twice", "Square", "python"), ("Square", "Twice", "r")])
def test_independent_truth_blames_the_side_that_misses_it(write: Write, python: str, r: str, wrong: str) -> None:
    case = one(write(expecting(out=OUT), python=f"port:{python}", r=r))
    out = value(case, "out")
    assert (out.ok, out.blame) == (False, wrong)
    assert out.index == (1,)
    assert out.numbers == {"expected": 12.0, wrong: 24.0, "r" if wrong == "python" else "python": 12.0}


def test_without_truth_a_consistent_disagreement_blames_nobody(write: Write) -> None:
    case = one(write(python="port:Twice"))
    assert value(case, "out").blame == "unknown"
    assert all(g.check.ok for g in case.gradients)


@pytest.mark.parametrize(("python", "r", "wrong"), [("WrongSlope", "Square", "python"), ("Square", "WrongSlope", "r")])
def test_without_truth_differentiation_blames_a_gradient(write: Write, python: str, r: str, wrong: str) -> None:
    case = one(write(python=f"port:{python}", r=r))
    assert value(case, "out").ok
    assert value(case, "dx").blame == wrong
    assert [(g.language, g.check.gradient) for g in case.gradients if not g.check.ok] == [(wrong, "dx")]


def test_both_wrong_in_the_same_way_is_seen_though_they_agree(write: Write) -> None:
    case = one(write(python="port:WrongSlope", r="WrongSlope"))
    assert value(case, "dx").ok
    assert not case.ok
    assert [(g.language, g.check.gradient) for g in case.gradients if not g.check.ok] == [("python", "dx"), ("r", "dx")]
    with_truth = one(write(expecting(dx=DX), python="port:WrongSlope", r="WrongSlope"))
    assert value(with_truth, "dx").blame == "both alike"


def test_a_wrong_expected_value_is_blamed_when_both_gradients_are_proved(write: Write) -> None:
    case = one(write(expecting(dx=[6, -3, -9.5])))
    dx = value(case, "dx")
    assert (dx.ok, dx.blame, dx.index) == (False, "expected", (2,))


def test_a_missing_value_fails_on_the_side_that_lacks_it(write: Write) -> None:
    def also(document: dict) -> None:
        document["cases"][0]["calls"][0]["compare"] = ["a", "nowhere"]

    case = one(write(also))
    assert value(case, "a").ok
    nowhere = value(case, "nowhere")
    assert (nowhere.ok, nowhere.blame) == (False, "both")
    assert nowhere.comparisons["python-r"].reason == "missing"


def test_an_error_of_a_layer_is_a_result_and_blames_its_side(write: Write) -> None:
    case = one(write(python="port:Failing"))
    (problem,) = case.problems
    assert (problem.subject, problem.call, problem.code) == ("python", "backward", "refused")
    # What R answered stands beside it: Python may be right to refuse, and is not blamed for what it then lacks.
    assert problem.message == "ArithmeticError: no gradient today; R answered dx = [6.0, -3.0, -9.0], da = [1.25]"
    assert problem.where.startswith("port.py:")
    assert [(v.name, v.ok) for v in case.values] == [("out", True)]
    assert case.unreached == ("backward dx", "backward da")


def test_a_constructor_that_fails_is_a_result_too(write: Write) -> None:
    case = one(write(python="port:Refusing"))
    assert not case.ok
    assert case.problems[0].message == "ValueError: a of 3.0 will not do"
    assert "forward out" in case.unreached


def test_what_both_languages_refuse_is_the_fixtures_fault(write: Write) -> None:
    path = write(python="port:Failing", r="Failing")
    refused = misfit(path)
    assert refused.pointer == ("cases", 0, "calls", 1)
    assert "every language refuses this call" in refused.problem


def test_a_changed_argument_fails(write: Write) -> None:
    case = one(write(python="port:Overwriting"))
    assert [p.message for p in case.problems] == ["Python changed its argument dout of backward"]
    assert not case.ok


def test_what_is_said_on_the_way_is_kept_and_not_printed(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    def forward_only(document: dict) -> None:
        document["cases"][0]["calls"].pop()
        del document["derivatives"]

    case = one(write(forward_only, python="port:Talking", r="Talking"))
    assert case.ok
    assert case.warnings == (("python", "careful"), ("r", "careful"))
    printed = capfd.readouterr()
    assert printed.out == printed.err == ""


def test_zero_outputs_are_not_a_pass(write: Write) -> None:
    def zero(document: dict) -> None:
        document["cases"][0]["make"]["a"] = 0

    case = one(write(zero), Options(gradients=False))
    assert value(case, "out").comparisons["python-r"].reason == "vacuous"
    assert value(case, "da").ok


def test_a_zero_that_is_expected_is_a_pass(write: Write) -> None:
    def zero(document: dict) -> None:
        document["cases"][0]["make"]["a"] = 0
        expecting(out=[0, 0, 0], dx=[0, 0, 0])(document)

    case = one(write(zero), Options(gradients=False))
    assert value(case, "out").ok


class TestKnownDivergence:
    def declared(self, names: list[str], pairs: list[str]) -> Callable[[dict], None]:
        def change(document: dict) -> None:
            document["cases"][0]["differs"] = {
                "id": "slope",
                "reason": {"en": "the slope is wrong", "ko": "기울기가 틀렸다"},
                "what": [{"pairs": pairs, "names": names, "kind": "value", "largest": [1e-6, 100]}],
            }

        return change

    def test_it_passes_while_it_differs_just_so(self, write: Write) -> None:
        change = self.declared(["dx"], ["python-r", "gradient-r"])
        case = one(write(change, r="WrongSlope"))
        assert (case.ok, case.divergence) == (True, "slope")

    def test_it_fails_when_the_two_begin_to_agree(self, write: Write) -> None:
        case = one(write(self.declared(["dx"], ["python-r", "gradient-r"])))
        assert not case.ok
        assert {p.code for p in case.problems} == {"gone"}

    def test_it_fails_when_something_else_differs_too(self, write: Write) -> None:
        case = one(write(self.declared(["dx"], ["python-r"]), r="WrongSlope"))
        (problem,) = [p for p in case.problems if p.kind == "divergence"]
        assert problem.code == "undeclared"
        assert "dx (gradient-r) fails too" in problem.message


class TestFunctions:
    def function(self, **case: object) -> Callable[[dict], None]:
        def change(document: dict) -> None:
            del document["derivatives"]
            document["cases"] = [{"id": "one", "make": {}, **case}]

        return change

    def test_a_plain_function_is_a_subject(self, write: Write) -> None:
        calls = [{"do": "call", "with": {"x": [1, 3]}, "returns": "half", "expect": {"half": [0.5, 1.5]}}]
        assert one(write(self.function(calls=calls, expected_by="by hand"), python="port:halve", r="halve")).ok

    def test_an_error_can_be_what_is_asked_for(self, write: Write) -> None:
        calls = [
            {
                "do": "call",
                "with": {"x": [-1, 3]},
                "raises": {"python": {"class": "ValueError", "text": "negative"}, "r": {"text": "negative"}},
            }
        ]
        assert one(write(self.function(calls=calls), python="port:halve", r="halve")).ok
        calls[0]["with"] = {"x": [1, 3]}
        case = one(write(self.function(calls=calls), python="port:halve", r="halve"))
        assert [p.code for p in case.problems] == ["no error", "no error"]

    def test_a_function_can_be_handed_over(self, write: Write) -> None:
        handed = {"function": {"python": "port:double", "r": "double"}}
        calls = [{"do": "call", "with": {"x": [1, -3], "f": handed}, "returns": "y", "expect": {"y": [2, -6]}}]
        assert one(write(self.function(calls=calls, expected_by="by hand"), python="port:scale", r="scale")).ok

    def test_state_goes_on_from_call_to_call(self, write: Write) -> None:
        first = {"do": "add", "with": {"values": [1, 2], "by": 10}, "returns": "total", "updates": ["values"]}
        second = {"do": "add", "with": {"by": 100}, "returns": "total", "updates": ["values"]}
        calls = [
            {**first, "expect": {"values": [11, 12], "total": 28}},
            {**second, "expect": {"values": [111, 112]}},
        ]
        case = one(
            write(
                self.function(calls=calls, make={"total": 5}, expected_by="by hand"),
                python="port:Counter",
                r="Counter",
            )
        )
        values = [v for v in case.values if v.name == "values"]
        assert len(values) == 2
        assert all(v.ok for v in values)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        (lambda d: d.update(python="nowhere:Square"), ("python",), "there is no Python module nowhere"),
        (lambda d: d.update(python="port:Circle"), ("python",), "port has no Circle; expected one of"),
        (lambda d: d.update(python="port:answer"), ("python",), "port:answer cannot be called"),
        (lambda d: d.update(r="Circle"), ("r",), "R has no function Circle.forward"),
        (lambda d: d.update(r="nosuch::Square") or d.pop("r_source"), ("r",), "R could not load nosuch"),
        (
            lambda d: d["cases"][0]["calls"][0].update(do="sideways"),
            ("cases", 0, "calls", 0, "do"),
            "Square has no method sideways; expected one of backward, forward",
        ),
        (
            lambda d: d["cases"][0]["calls"][0]["with"].update(y=1),
            ("cases", 0, "calls", 0, "with", "y"),
            "no parameter of forward takes y; expected one of x",
        ),
        (
            lambda d: d["cases"][0]["calls"][1]["with"].pop("dout"),
            ("cases", 0, "calls", 1, "with"),
            "backward needs dout",
        ),
        (lambda d: d["cases"][0]["make"].update(k=1), ("cases", 0, "make", "k"), "no parameter of Square takes k"),
        (lambda d: d["cases"][0]["make"].pop("a"), ("cases", 0, "make"), "Square needs a"),
    ],
    ids=lambda p: "" if callable(p) else None,
)
def test_what_the_code_does_not_have_is_said_with_its_place(
    write: Write, change: Callable[[dict], object], pointer: tuple, said: str
) -> None:
    def changed(document: dict) -> None:
        del document["derivatives"]
        change(document)

    found = misfit(write(changed))
    assert found.pointer == pointer
    assert said in f"{found.problem}; expected {found.expected}"


def test_an_r_argument_that_no_formal_takes_is_an_error(write: Write) -> None:
    def changed(document: dict) -> None:
        del document["derivatives"]
        document["cases"] = [
            {"id": "one", "make": {}, "calls": [{"do": "call", "with": {"x": 1, "y": 2}, "returns": "z"}]}
        ]

    found = misfit(write(changed, python="port:halve_or_not", r="halve"))
    assert (found.problem, found.expected) == ("no formal of halve takes y", "one of x")
    assert found.pointer == ("cases", 0, "calls", 0, "with", "y")


def test_half_a_unit_of_the_last_printed_digit() -> None:
    assert half_unit(None, np.array([1.0])) == 0
    assert half_unit(Printed(decimals=8), np.array([1.0])) == 0.5e-8
    significant = half_unit(Printed(significant=7), np.array([0.3775407, -12.34567, 0.0, 100.0]))
    np.testing.assert_allclose(significant, [0.5e-7, 0.5e-5, 0, 0.5e-4], rtol=1e-12)


def test_bits_are_counted_where_the_two_can_be_laid_over_each_other() -> None:
    python, r = np.array([1.0, 2.0]), np.array([1.0, np.nextafter(2.0, 3.0)])
    assert count_bits({"python": python, "r": python}) == 0
    assert count_bits({"python": python, "r": r}) == 1
    assert count_bits({"python": python, "r": r[:1]}) is None
    assert count_bits({"python": python, "r": None}) is None


# --- what could pass, or be blamed, wrongly --------------------------------------------------------------------


def rewrite(path: Path, python: str = "", r: str = "") -> Path:
    """Add to the port beside the fixture."""
    for name, text in (("port.py", python), ("port.R", r)):
        file = path.with_name(name)
        file.write_text(f"{file.read_text()}\n{text}\n")
    return path


def call_of(returns: object = "y", **call: object) -> Callable[[dict], None]:
    def change(document: dict) -> None:
        del document["derivatives"]
        calls = [{"do": "call", "with": {"x": [1, 2]}, "returns": returns, **call}]
        document["cases"] = [{"id": "one", "make": {}, "calls": calls}]

    return change


def test_code_that_exits_is_a_failure(write: Write) -> None:
    path = rewrite(write(call_of(), python="port:leave", r="double"), "def leave(x):\n    raise SystemExit(0)")
    case = one(path)
    (problem,) = case.problems
    assert (problem.subject, problem.code) == ("python", "refused")
    assert problem.message == "SystemExit: 0; R answered y = [2.0, 4.0]"


def test_two_folders_may_hold_a_module_of_the_same_name(write: Write, tmp_path: Path) -> None:
    first = write(call_of(), python="port:double", r="double")
    other = tmp_path / "other"
    other.mkdir()
    (other / "port.py").write_text("def double(x):\n    return 3 * x\n")
    (other / "port.R").write_text("double <- function(x) 2 * x\n")
    second = other / "square.json"
    second.write_text(first.read_text())
    assert one(first).ok
    assert not one(second).ok
    assert one(first).ok


def test_an_edited_module_is_loaded_again(write: Write) -> None:
    path = write(call_of(), python="port:double", r="double")
    assert one(path).ok
    port = path.with_name("port.py")
    port.write_text(port.read_text().replace("return 2 * x", "return 2.5 * x"))
    os.utime(port, ns=(1, 1))
    assert not one(path).ok


def test_a_module_beside_the_fixture_can_be_imported_late(write: Write) -> None:
    path = rewrite(
        write(call_of(), python="port:late", r="double"),
        "def late(x):\n    import companion\n    return companion.go(x)",
    )
    path.with_name("companion.py").write_text("def go(x):\n    return 2 * x\n")
    assert one(path).ok


def test_what_one_fixture_leaves_in_r_does_not_reach_the_next(write: Write) -> None:
    leaves = rewrite(
        write(call_of(), python="port:double", r="leak"),
        r="leak <- function(x) {\n  lent <<- function(x) 2 * x\n  options(digits = 3, mine = 1)\n  2 * x\n}",
    )
    borrows = rewrite(
        write(call_of(), name="other.json", python="port:double", r="borrow"),
        r="leak <- function(x) 2 * x\nborrow <- function(x) if (is.null(getOption('mine'))) lent(x) else 2 * x",
    )
    assert not one(borrows).ok
    rewrite(leaves, r="leak <- function(x) {\n  lent <<- function(x) 2 * x\n  options(mine = 1)\n  2 * x\n}")
    assert one(leaves).ok
    assert not one(borrows).ok


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("{'a': x, 'z': object()}", "list(a = x, z = new.env())"),
        ("{'a': x, 'z': x + 1j}", "list(a = x, z = quote(x))"),
        ("np.ma.masked_array(x, [True, False])", "x"),
        ("x.astype(object)", "x"),
        ("x", "x + 0i"),
        ("x", "list(a = x, a = x)"),
    ],
)
def test_what_cannot_be_compared_is_never_dropped(write: Write, python: str, r: str) -> None:
    path = write(call_of(), python="port:odd", r="odd")
    assert not one(rewrite(path, f"def odd(x):\n    return {python}", f"odd <- function(x) {r}")).ok


def test_none_meets_null(write: Write) -> None:
    path = write(call_of(), python="port:odd", r="odd")
    rewrite(path, "def odd(x):\n    return {'a': x, 'z': None}", "odd <- function(x) list(a = x, z = NULL)")
    assert one(path).ok


def test_every_returned_value_has_a_name(write: Write) -> None:
    path = write(call_of(["a", "b"]), python="port:three", r="three")
    rewrite(path, "def three(x):\n    return x, 2 * x, 3 * x", "three <- function(x) list(a = x, b = 2 * x)")
    case = one(path)
    assert case.problems[0].message.startswith("TypeError: call returned 3 values; 'returns' names 2: a, b; R answered")


def test_a_tolerance_that_swallows_the_numbers_shows_nothing(write: Write) -> None:
    def change(document: dict) -> None:
        expecting(out=[7, 8, 9])(document)
        document["tolerance"] = {"rtol": 1, "atol": 1e6}

    out = value(one(write(change)), "out")
    assert {c.reason for c in out.comparisons.values()} == {"vacuous"}
    assert out.blame == "nothing shown"


@pytest.mark.parametrize("place", [("make",), ("only", "r")])
def test_an_argument_of_make_that_no_function_of_r_takes_is_an_error(write: Write, place: tuple[str, ...]) -> None:
    def change(document: dict) -> None:
        case = document["cases"][0]
        case.setdefault("only", {"r": {}})
        (case["make"] if place == ("make",) else case["only"]["r"])["b"] = 1

    found = misfit(
        rewrite(
            write(change, python="port:Tolerant"),
            "class Tolerant(Square):\n    def __init__(self, a, b=0):\n        self.a = a",
        )
    )
    assert found.pointer == ("cases", 0, *place, "b")


def test_an_argument_changed_by_a_later_call_is_seen(write: Write) -> None:
    spoil = "class Spoiling(Square):\n    def backward(self, dout):\n        dx = super().backward(dout)\n        self.x[...] = 0\n        return dx"
    case = one(rewrite(write(python="port:Spoiling"), spoil))
    assert [p.message for p in case.problems] == ["Python changed its argument x of forward"]


def test_the_good_cases_of_a_fixture_are_kept_beside_a_misfit(write: Write) -> None:
    def change(document: dict) -> None:
        odd = {**document["cases"][0], "id": "odd", "make": {"a": 3, "q": 1}}
        document["cases"].append(odd)

    result = verify(read_fixture(write(change)))
    assert [case.id for case in result.cases] == ["three numbers"]
    assert result.cases[0].ok
    assert not result.ok
    assert [found.pointer for found in result.misfits] == [("cases", 1, "make", "q")]


def test_a_forward_pass_that_does_not_fit_its_gradient_is_blamed(write: Write) -> None:
    doubled = "class Doubled(Square):\n    def forward(self, x):\n        return 2 * super().forward(x)"
    case = one(rewrite(write(python="port:Doubled"), doubled))
    assert value(case, "dx").ok
    assert value(case, "out").blame == "python"


def test_a_gradient_call_that_fails_along_another_cotangent_says_why(write: Write) -> None:
    r = "Picky.forward <- Square.forward\nPicky.backward <- function(forward, dout) {\n  if (dout[1] != 1) stop('only one')\n  Square.backward(forward, dout)\n}"
    case = one(rewrite(write(r="Picky"), r=r))
    messages = {g.check.message for g in case.gradients if g.language == "r"}
    assert messages == {"backward failed along a random cotangent: only one"}


def test_a_whole_id_means_its_case_whatever_words_it_is_made_of(write: Write) -> None:
    def change(document: dict) -> None:
        document["cases"] = [
            {**document["cases"][0], "id": name} for name in ("one-hot", "not one-hot", "labels or not")
        ]

    path = write(change)

    def kept(expression: str) -> list[str]:
        return [case.id for fixture in parity.run(path, keep=expression).fixtures for case in fixture.cases]

    assert kept("not one-hot") == ["not one-hot"]
    assert kept("not hot") == ["labels or not"]
    assert kept("labels or one-hot") == ["one-hot", "not one-hot", "labels or not"]


def test_what_the_user_keeps_in_the_same_r_is_left_as_it_was(write: Write) -> None:
    bridge.start()
    bridge.evaluate("mine <- 42; lent <- function(x) 2 * x; options(digits = 5)")
    try:
        path = rewrite(
            write(call_of(), python="port:double", r="borrow"),
            r="borrow <- function(x) {\n  mine <<- 0\n  options(digits = 3)\n  if (exists('lent')) stop('seen') else 2 * x\n}",
        )
        assert one(path).ok
        assert bridge.function("function() c(mine, getOption('digits'))")().tolist() == [42.0, 5.0]
    finally:
        bridge.evaluate("rm(mine, lent); options(digits = 7)")


def test_an_error_that_asks_for_integers_says_how_a_fixture_gives_them(write: Write) -> None:
    case = one(
        rewrite(
            write(call_of(**{"with": {"x": 3}}), python="port:zeros", r="zeros"),
            "def zeros(x):\n    return np.zeros(x)",
            "zeros <- function(x) numeric(x)",
        )
    )
    (problem,) = case.problems
    assert "; numbers are floats unless 'integers' of the fixture lists their names (x)" in problem.message


def test_what_a_fixture_needs_is_looked_for_and_its_remedy_named(write: Write) -> None:
    there = {"python": ["numpy", "jsonschema", "markdown-it-py"], "r": ["stats"]}  # the last by pip's name alone
    assert parity.run(write(needs=there)).ok
    for needs, said in (
        (
            {"r": ["survivalNot"]},
            'R has no package survivalNot, which the fixture needs; install.packages(c("survivalNot"))',
        ),
        (
            {"python": ["lifelinesNot"]},
            "Python has no module lifelinesNot, which the fixture needs; pip install lifelinesNot",
        ),
    ):
        (unverified,) = parity.run(write(needs=needs)).unverified
        assert unverified.kind == "environment"
        assert said in unverified.message


NEARLY = (
    "class Nearly:\n    def forward(self, x):\n        self.x = x\n        return np.log(x + 1e-7)\n"
    "    def backward(self, dout):\n        return {factor} * dout / self.x"
)
NEARLY_R = (
    "Nearly.forward <- function(x) list(out = log(x + 1e-7), x = x)\n"
    "Nearly.backward <- function(forward, dout) list(dx = {factor} * dout / forward$x)"
)


@pytest.mark.parametrize(
    ("tolerance", "factor", "ok"),
    [
        (None, 1, False),  # 1/x is not quite the derivative of log(x + 1e-7): off by 1e-7/x, here up to 2e-7
        ({"rtol": 1e-6, "atol": 0}, 1, True),
        ({"rtol": 1e-6, "atol": 0}, 1.001, False),  # and another error is not buried under it
        ({"rtol": 1, "atol": 0}, 1, False),  # a tolerance that would let a gradient of zeros pass shows nothing
    ],
)
def test_a_gradient_check_has_a_tolerance_of_its_own(
    write: Write, tolerance: dict | None, factor: float, ok: bool
) -> None:
    def change(document: dict) -> None:
        document["derivatives"] = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx"}}
        if tolerance is not None:
            document["derivatives"]["tolerance"] = {**tolerance, "because": "delta"}
        forward, backward = document["cases"][0]["calls"]
        forward["with"] = {"x": [1, 2, 0.5]}
        document["cases"] = [{"id": "log", "calls": [forward, backward]}]

    path = rewrite(
        write(change, python="port:Nearly", r="Nearly"), NEARLY.format(factor=factor), NEARLY_R.format(factor=factor)
    )
    assert one(path).ok is ok


def test_a_text_for_an_input_that_is_differentiated_is_a_finding(write: Write) -> None:
    def change(document: dict) -> None:
        document["derivatives"] = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx"}}
        forward, backward = document["cases"][0]["calls"]
        forward["with"] = {"x": "three"}
        backward["with"] = {"dout": [1.5, -2]}
        document["cases"] = [{"id": "text", "calls": [forward, backward]}]

    python = "class Wordy:\n    def forward(self, x):\n        return np.array([1.0, len(x)])\n    def backward(self, dout):\n        return dout"
    r = "Wordy.forward <- function(x) list(out = c(1, nchar(x)))\nWordy.backward <- function(dout) list(dx = dout)"
    case = one(rewrite(write(change, python="port:Wordy", r="Wordy"), python, r))
    assert {(g.language, g.check.reason) for g in case.gradients} == {("python", "type"), ("r", "type")}
    assert not case.ok


def test_a_fault_of_our_own_costs_one_case_and_is_no_pass(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(document: dict) -> None:
        first = document["cases"][0]
        document["cases"] = [first, {**first, "id": "odd"}, {**first, "id": "last"}]

    from parity.evidence import untouched
    from parity.verify import case as module

    asked = []

    def failing(rounds: object) -> object:
        asked.append(rounds)
        if len(asked) == 2:
            raise ZeroDivisionError("of ours")
        return untouched.find(rounds)  # type: ignore[arg-type]

    class Failing:
        owes, find = untouched.owes, staticmethod(failing)

    monkeypatch.setattr(module, "untouched", Failing)
    result = verify(read_fixture(write(twice)))
    assert [case.ok for case in result.cases] == [True, False, True]
    assert result.cases[1].problems[0].message == "parity itself failed: ZeroDivisionError: of ours"
    assert not result.ok


def test_an_error_of_r_is_placed_in_its_file(write: Write) -> None:
    r = "f <- function(x) {\n  y <- 2 * x\n  stop('not today')\n}"
    path = rewrite(write(call_of(), python="port:double", r="f"), r=r)
    line = path.with_name("port.R").read_text().split("\n").index("  stop('not today')") + 1
    (problem,) = one(path).problems
    assert problem.message.startswith("simpleError: not today; Python answered")
    assert problem.where.endswith(f"port.R:{line}")


def test_a_report_says_in_a_line_what_it_is(write: Write) -> None:
    report = parity.run(write())
    assert repr(report) == "<Report of 1 fixture, 1 case: agree>"


def test_a_share_of_the_allowance_beyond_all_measure_is_a_factor() -> None:
    from parity.reports.terminal import share

    assert (share(0.5), share(1.0), share(104883638130.28)) == ("50 %", "1 x", "1e+11 x")

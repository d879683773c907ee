"""Code that nobody wrote to be tested: objects of R, globals, set-up lines, files that source, plot or hang."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.subjects import MisfitError
from parity.subjects.needs import NeedsError
from parity.subjects.r import RSubject
from parity.verify.case import verify
from parity.verify.results import CaseResult, FixtureResult
from parity.verify.suite import run

Verified = Callable[..., FixtureResult]

AFFINE = """
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
"""
MADE = {"W": [[1, 2, 3], [4, 5, 6.5]], "b": [0.1, 0.2, 0.3]}
FORWARD = {"do": "forward", "with": {"x": [[1, 2], [3, 4], [5, 6.5], [-1, 0.5]]}, "returns": "out"}
BACKWARD = {
    "do": "backward",
    "with": {"dout": [[1, 2, 3], [0, 1, -1], [2, 2, 0.5], [1, -3, 0.25]]},
    "returns": "dx",
    "compare": ["dW", "db"],
}
DERIVATIVES = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx", "W": "dW", "b": "db"}}
R6 = """
library(R6)
Affine <- R6Class("Affine", public = list(
  W = NULL, b = NULL, x = NULL, dW = NULL, db = NULL,
  initialize = function(W, b) { self$W <- W; self$b <- b },
  forward = function(x) { self$x <- x; sweep(x %*% self$W, 2, self$b, "+") },
  backward = function(dout) {
    self$dW <- t(self$x) %*% dout
    self$db <- colSums(dout)
    dout %*% t(self$W)
  }
))
"""
REF_CLASS = """
Affine <- setRefClass("Affine",
  fields = list(W = "matrix", b = "numeric", x = "matrix", dW = "matrix", db = "numeric"),
  methods = list(
    forward = function(x) { x <<- x; sweep(times(x, W), 2, b, "+") },
    backward = function(dout) { dW <<- t(x) %*% dout; db <<- colSums(dout); dout %*% t(W) }
  ))
times <- function(a, b) a %*% b
"""
CLOSURE = """
Affine <- function(W, b) {
  kept <- dW <- db <- NULL
  list(
    forward = function(x) { kept <<- x; sweep(x %*% W, 2, b, "+") },
    backward = function(dout) { dW <<- t(kept) %*% dout; db <<- colSums(dout); dout %*% t(W) }
  )
}
"""
S4 = """
setClass("Layer", representation(W = "matrix", b = "numeric"))
Affine <- function(W, b) new("Layer", W = W, b = b)
setGeneric("forward", function(layer, ...) standardGeneric("forward"))
setMethod("forward", "Layer", function(layer, x) sweep(x %*% layer@W, 2, layer@b, "+"))
"""
S3 = """
Affine <- function(W, b) structure(list(W = W, b = b), class = "layer")
forward <- function(layer, ...) UseMethod("forward")
forward.layer <- function(layer, x, ...) sweep(x %*% layer$W, 2, layer$b, "+")
"""
TWICE = "def f(x):\n    return 2 * x"
CALL = {"do": "call", "with": {"x": [1, 0.5, -2]}, "returns": "y"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def verified(folder: Path) -> Verified:
    """Verifies a case of code in the two languages, given as text; `keys` are those of the fixture, None for none."""

    def verified(python: str, r: str, case: dict[str, Any], /, **keys: Any) -> FixtureResult:
        return verify(read_fixture(write(folder, python, r, case, **keys)))

    return verified


def write(folder: Path, python: str, r: str, case: dict[str, Any], /, **keys: Any) -> Path:
    (folder / "mine.py").write_text(f"import numpy as np\n{python}\n")
    (folder / "mine.R").write_text(f"{r}\n")
    document = {
        "about": "a test", "source": "a test", "python": "mine:f", "r": "f", "r_source": ["mine.R"],
        "tolerance": {"rtol": 1e-12, "atol": 1e-13}, "cases": [{"id": "one", **case}], **keys,
    }  # fmt: skip
    path = folder / "mine.json"
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}))
    return path


def only(result: FixtureResult) -> CaseResult:
    assert not result.misfits, result.misfits
    (case,) = result.cases
    return case


def problems(result: FixtureResult) -> set[tuple[str, str]]:
    return {(finding.subject, finding.code) for finding in only(result).findings if not finding.ok}


def misfit(result: FixtureResult) -> tuple[str, str]:
    (found,) = result.misfits
    return ".".join(map(str, found.pointer)), found.problem


# -- objects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("r", [R6, REF_CLASS, CLOSURE], ids=["R6", "RefClass", "closure"])
def test_methods_and_fields_of_an_object_that_keeps_its_state(verified: Verified, r: str) -> None:
    case = {"make": MADE, "calls": [FORWARD, BACKWARD]}
    names = {"python": "mine:Affine", "r": "Affine", "derivatives": DERIVATIVES}
    assert only(verified(AFFINE, r, case, **names)).ok
    # A field that is wrong is seen, and whose fault it is.
    wrong = verified(AFFINE, r.replace("colSums(dout)", "colSums(dout) + 1e-3"), case, **names)
    assert {(f.subject, f.value) for f in only(wrong).findings if not f.ok} == {("r", "db")}
    # So is one that is not there, rather than taken for equal.
    lacking = verified(
        AFFINE.replace("self.db", "self.other"), r, {**case, "derivatives": None, "because": "t"}, **names
    )
    assert ("r", "missing") in problems(lacking) or ("python", "missing") in problems(lacking)


@pytest.mark.parametrize("r", [S4, S3], ids=["S4", "S3"])
def test_generics_get_the_object_first(verified: Verified, r: str) -> None:
    case, names = {"make": MADE, "calls": [FORWARD]}, {"python": "mine:Affine", "r": "Affine"}
    assert only(verified(AFFINE, r, case, **names)).ok
    assert problems(verified(AFFINE, r.replace('"+"', '"-"'), case, **names)) == {("r", "value")}


def test_an_expression_may_make_the_object(verified: Verified) -> None:
    case = {"make": MADE, "calls": [FORWARD, BACKWARD]}
    names = {"python": "mine:Affine", "r": "function(W, b) Affine$new(W, b)"}
    assert only(verified(AFFINE, R6, case, **names)).ok


def test_a_changed_copy_that_a_function_gives_back_is_the_object_from_then_on(verified: Verified) -> None:
    python = """
class Account:
    def __init__(self, balance):
        self.balance = balance
    def add(self, by):
        self.balance += by
    def times(self, k):
        return self.balance * k
"""
    r = """
Account <- function(balance) structure(list(balance = balance), class = "account")
add <- function(account, by) { account$balance <- account$balance + by; account }
times <- function(account, k) account$balance * k
"""
    add = {"do": "add", "with": {"by": 3}, "compare": ["balance"]}
    case = {"make": {"balance": 2.5}, "calls": [add, add, {"do": "times", "with": {"k": 2}, "returns": "out"}]}
    names = {"python": "mine:Account", "r": "Account"}
    assert only(verified(python, r, case, **names)).ok
    assert problems(verified(python, r.replace("; account }", "; account0 }").replace(
        "add <- function(account, by) {", "add <- function(account, by) { account0 <- account;"), case, **names)) == {
        ("r", "value")
    }  # fmt: skip


def test_what_an_object_keeps_ends_with_its_case(folder: Path) -> None:
    python = """
class Count:
    def __init__(self):
        self.n = 0
    def up(self):
        self.n += 1
        return self.n
"""
    # The instance is made once, when the file is sourced: its count would go on through the cases.
    r = """
library(R6)
kept <- R6Class("C", public = list(n = 0, up = function() { self$n <- self$n + 1; self$n }))$new()
Count <- function() kept
"""
    path = write(folder, python, r, {"calls": [{"do": "up", "returns": "n"}]}, python="mine:Count", r="Count")
    document = json.loads(path.read_text())
    document["cases"].append({**document["cases"][0], "id": "two"})
    path.write_text(json.dumps(document))
    result = verify(read_fixture(path))
    # Each case begins with 0; that the very same case goes on when it is made again is told.
    assert [{(p.subject, p.code) for p in case.problems} for case in result.cases] == [{("r", "not repeatable")}] * 2


def test_a_factory_gives_a_function(verified: Verified) -> None:
    python = "def make(k):\n    return lambda x: k * x"
    r = "make <- function(k) function(x) k * x"
    case = {"make": {"k": 3}, "calls": [CALL]}
    names = {"python": "mine:make", "r": "make", "factory": True}
    assert only(verified(python, r, case, **names)).ok
    assert problems(verified(python, r.replace("k * x", "k + x"), case, **names)) == {("r", "value")}


def test_a_function_whose_object_has_the_method_is_a_factory(verified: Verified) -> None:
    python = AFFINE + "def affine(W, b):\n    return Affine(W, b)\n"
    case, names = {"make": MADE, "calls": [FORWARD]}, {"python": "mine:affine", "r": "Affine"}
    assert only(verified(python, CLOSURE, case, **names)).ok
    calls = [{**FORWARD, "do": "forwards"}]
    assert misfit(verified(python, CLOSURE, {"make": MADE, "calls": calls}, **names)) == (
        "cases.0.calls.0.do",
        "affine is a function and has no forwards, nor has the Affine that it gives",
    )
    assert misfit(verified(python, CLOSURE, {"calls": [FORWARD]}, **names)) == (
        "cases.0.calls.0.do",
        "affine is a function and has no forward",
    )
    assert misfit(
        verified(AFFINE, CLOSURE.replace("forward =", "forwards ="), case, python="mine:Affine", r="Affine")
    ) == (
        "cases.0.calls.0.do",
        "there is no function Affine.forward in R, and what Affine makes has no forward",
    )


def test_attributes_are_set_once_the_object_is_made(verified: Verified) -> None:
    both = {"python": {"b": [7, 8, 9]}, "r": {"b": [7, 8, 9]}}
    names = {"python": "mine:Affine", "r": "Affine"}
    for r in (R6, REF_CLASS, S4, S3):
        case = {
            "make": MADE,
            "set": both,
            "calls": [{**FORWARD, "expect": {"out": [[16, 20, 25], [26, 34, 44], [38, 50.5, 66.25], [8, 8.5, 9.25]]}}],
        }
        assert only(verified(AFFINE, r, {**case, "expected_by": "hand"}, **names)).ok
        assert problems(
            verified(AFFINE, r, {**case, "expected_by": "hand", "set": {"python": both["python"]}}, **names)
        ) == {("r", "value")}
    case = {"set": {"r": {"b": 1}}, "calls": [CALL]}
    assert misfit(verified(TWICE, "f <- function(x) 2 * x", case)) == ("cases.0.set.r", "f makes no object")
    case = {"set": {"python": {"b": 1}}, "calls": [CALL]}
    assert misfit(verified(TWICE, "f <- function(x) 2 * x", case)) == ("cases.0.set.python", "f makes no object")


# -- functions as they are ---------------------------------------------------------------------------------------------


def test_a_bare_value_is_what_python_updates_in_place(verified: Verified) -> None:
    python, r = "def f(W, dW, lr):\n    W -= lr * dW", "f <- function(W, dW, lr) W - lr * dW"
    call = {"do": "call", "with": {"dW": [1, 0.5, 2], "lr": 0.1}, "updates": ["W"]}
    # Twice: the second begins with what the first has made of it.
    case = {
        "make": {"W": [1, 2, 3.5]},
        "expected_by": "hand",
        "calls": [call, {**call, "expect": {"W": [0.8, 1.9, 3.1]}}],
    }
    assert only(verified(python, r, case)).ok
    assert problems(verified(python, r.replace("W - lr", "W + lr"), case)) == {("r", "value")}
    assert ("python", "value") in problems(verified("def f(W, dW, lr):\n    return W - lr * dW", r, case))


def test_another_function_for_a_call(verified: Verified) -> None:
    r = """
forward <- function(kind, x, W, b) list(out = sweep(x %*% W, 2, b, "+"), x = x, W = W)
backward <- function(kind, forward, dout) {
  switch(kind, Affine = list(dx = dout %*% t(forward$W), dW = t(forward$x) %*% dout, db = colSums(dout)))
}
"""
    calls = [
        {**FORWARD, "as": {"r": 'function(...) forward("Affine", ...)'}},
        {**BACKWARD, "as": {"r": 'function(forward, dout) backward("Affine", forward, dout)'}},
    ]
    names = {"python": "mine:Affine", "r": "forward"}
    case = {"make": MADE, "calls": calls}
    assert only(verified(AFFINE, r, case, **names)).ok
    calls[1]["as"] = {"r": 'function(forward, dout) backward("Affin", forward, dout)'}
    assert ("r", "missing") in problems(verified(AFFINE, r, case, **names))


def test_the_object_has_a_name_in_the_other_function(verified: Verified) -> None:
    calls = [{"do": "go", "with": FORWARD["with"], "returns": "out", "as": {"python": "_.forward", "r": ".$forward"}}]
    names = {"python": "mine:Affine", "r": "Affine"}
    assert only(verified(AFFINE, R6, {"make": MADE, "calls": calls}, **names)).ok
    calls[0]["as"] = {"python": "_.forward", "r": "function(x) 2 * .$forward(x)"}
    assert problems(verified(AFFINE, R6, {"make": MADE, "calls": calls}, **names)) == {("r", "value")}


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ({"r": "function(x) c(2, 1, -4)"}, "as.r"),
        ({"r": "function(...) c(2, 1, -4)"}, "as.r"),
        ({"python": "lambda x: np.array([2.0, 1, -4])"}, "as.python"),
        ({"python": "lambda **given: np.array([2.0, 1, -4])"}, "as.python"),
    ],
)
def test_another_function_that_does_not_look_at_what_it_gets_is_none(
    verified: Verified, code: dict[str, str], place: str
) -> None:
    # It would agree, whatever the other side does with its input.
    where, problem = misfit(verified(TWICE, "f <- function(x) 2 * x", {"calls": [{**CALL, "as": code}]}))
    assert where == f"cases.0.calls.0.{place}"
    assert "never looks at its argument x" in problem


def test_expressions_as_arguments(verified: Verified) -> None:
    python = "class rules:\n    twice = staticmethod(lambda x: 2 * x)\ndef f(x, rule):\n    return rule(x)"
    r = "rules <- list(twice = function(x) 2 * x, thrice = function(x) 3 * x)\nf <- function(x, rule) rule(x)"
    rule = {"expression": {"python": "rules.twice", "r": "rules$twice"}}
    case = {"calls": [{**CALL, "with": {**CALL["with"], "rule": rule}}]}
    assert only(verified(python, r, case)).ok
    rule["expression"]["r"] = "rules$thrice"
    assert problems(verified(python, r, case)) == {("r", "value")}
    rule["expression"]["r"] = "rule$twice"
    assert misfit(verified(python, r, case)) == (
        "cases.0.calls.0.with.rule",
        "R cannot evaluate rule$twice: object 'rule' not found",
    )


def test_an_array_that_an_expression_makes_is_watched(verified: Verified) -> None:
    case = {"calls": [{**CALL, "with": {"x": {"expression": {"python": "np.arange(3.0)", "r": "c(0, 1, 2)"}}}}]}
    changing = "def f(x):\n    y = 2 * x\n    x[0] = 9\n    return y"
    assert only(verified(TWICE, "f <- function(x) 2 * x", case)).ok
    assert problems(verified(changing, "f <- function(x) 2 * x", case)) == {("python", "argument changed")}


# -- set-up lines ------------------------------------------------------------------------------------------------------


def test_set_up_lines_assign_what_functions_need(verified: Verified) -> None:
    r = "f <- function(x) rate * x"
    case = {"calls": [CALL]}
    assert only(verified(TWICE, r, case, setup={"r": "rate <- 2"})).ok
    assert problems(verified(TWICE, r, case, setup={"r": "rate <- 3"})) == {("r", "value")}
    # Those of the case come after those of the fixture.
    assert only(verified(TWICE, r, {**case, "setup": {"r": ["rate <- rate - 1"]}}, setup={"r": ["rate <- 3"]})).ok
    refused = verified(TWICE, r, case)
    assert ("r", "refused") in problems(refused)
    (said,) = [p for p in only(refused).problems if p.code == "refused"]
    assert (said.where, "object 'rate' not found" in said.message) == ("mine.R:1", True)
    python = "rate = 7\ndef f(x):\n    return rate * x"
    assert only(verified(python, r, case, setup={"r": "rate <- 2", "python": ["import mine", "mine.rate = 2"]})).ok
    # Lines run over the names of the module, which are not changed by them.
    assert problems(verified(python, r, case, setup={"r": "rate <- 2", "python": "rate = 2"})) == {("r", "value")}
    assert only(verified(python, r, case, setup={"r": "rate <- 7"})).ok


def test_a_reader_and_another_function_see_what_set_up_lines_assign(verified: Verified) -> None:
    setup = {"python": "half = lambda v: v / 2", "r": "half <- function(v) v / 2"}
    case = {"calls": [CALL], "values": {"y": {"python": "half(_)", "r": "half(.)"}}, "setup": setup}
    assert only(verified(TWICE, "f <- function(x) 2 * x", case)).ok
    setup["r"] = "half <- function(v) v / 3"
    assert problems(verified(TWICE, "f <- function(x) 2 * x", case)) == {("r", "value")}


@pytest.mark.parametrize(
    ("setup", "problem"),
    [
        ({"r": ["a <- 1", "b <- nosuch"]}, "R's set-up lines fail: object 'nosuch' not found (<set-up lines>:2)"),
        (
            {"python": ["a = 1", "b = nosuch"]},
            "Python's set-up lines fail: NameError: name 'nosuch' is not defined (<set-up lines>:2 in <module>)",
        ),
    ],
)
def test_set_up_lines_that_fail_are_named(verified: Verified, setup: dict[str, Any], problem: str) -> None:
    (language,) = setup
    result = verified(TWICE, "f <- function(x) 2 * x", {"calls": [CALL], "setup": setup})
    assert misfit(result) == (f"cases.0.setup.{language}", problem)


# -- where indices begin -----------------------------------------------------------------------------------------------

PICK = "def f(x, k):\n    return np.argmax(x), x[k]"
PICK_R = "f <- function(x, k) list(i = which.max(x), v = x[k])"
PICKED = {"calls": [{"do": "call", "with": {"x": [1, 5.5, 2], "k": [0, 2]}, "returns": ["i", "v"]}]}


def test_an_origin_is_added_on_the_way_in_and_taken_off_on_the_way_out(verified: Verified) -> None:
    whole = {"integers": ["k", "i"]}
    assert only(verified(PICK, PICK_R, PICKED, origin={"r": {"k": 1, "i": 1}}, **whole)).ok
    expecting = {"expected_by": "hand", "calls": [{**PICKED["calls"][0], "expect": {"i": 1, "v": [1, 2]}}]}
    assert only(verified(PICK, PICK_R, expecting, origin={"r": {"k": 1, "i": 1}}, **whole)).ok
    for origin in ({"k": 1}, {"i": 1}, {"k": 2, "i": 1}, {"k": 1, "i": 2}):
        assert not only(verified(PICK, PICK_R, PICKED, origin={"r": origin}, **whole)).ok, origin
    # Code that counts from 0 by itself, and a fixture that says it does not.
    zero = PICK_R.replace("which.max(x)", "which.max(x) - 1L")
    assert problems(verified(PICK, zero, PICKED, origin={"r": {"k": 1, "i": 1}}, **whole)) == {("r", "value")}
    one = PICK.replace("np.argmax(x)", "np.argmax(x) + 1")
    assert only(verified(one, PICK_R, PICKED, origin={"r": {"k": 1, "i": 1}, "python": {"i": 1}}, **whole)).ok


def test_an_origin_goes_on_once_however_often_a_value_comes_back(verified: Verified) -> None:
    python = "def f(k, x):\n    k[...] = k[::-1]\n    return x[k]"
    r = "f <- function(k, x) { k <- rev(k); list(k = k, y = x[k]) }"
    call = {"do": "call", "with": {"x": [1, 5.5, 2]}, "updates": ["k"], "returns": "y"}
    case = {
        "make": {"k": [0, 2, 2]},
        "expected_by": "hand",
        "calls": [call, {**call, "expect": {"k": [0, 2, 2], "y": [1, 2, 2]}}],
    }
    assert only(verified(python, r, case, integers=["k"], origin={"r": {"k": 1}})).ok


def test_what_has_no_indices_has_no_origin(verified: Verified) -> None:
    case = {"calls": [{**CALL, "with": {"x": ["a", "b"]}}]}
    result = verified(TWICE, "f <- function(x) x", case, origin={"r": {"x": 1}})
    assert misfit(result) == ("cases.0.origin.r.x", "x has no origin: an array of <U1 holds no indices")


# -- one language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", ["python", "r"])
def test_one_language_alone_against_its_gradient(verified: Verified, left_out: str) -> None:
    names = {"python": "mine:Affine", "r": "Affine", "derivatives": DERIVATIVES, left_out: None}
    if left_out == "r":
        names["r_source"] = None
    case = {"make": MADE, "calls": [FORWARD, BACKWARD]}
    good = verified(AFFINE, R6, case, **names)
    assert only(good).ok
    assert {f.pair for f in only(good).findings if f.kind == "gradient"} == {
        f"gradient-{good and names and ('r' if left_out == 'python' else 'python')}"
    }
    wrong = verified(
        AFFINE.replace("dout.sum(axis=0)", "2 * dout.sum(axis=0)"),
        R6.replace("colSums(dout)", "2 * colSums(dout)"),
        case,
        **names,
    )
    assert not only(wrong).ok


def test_one_language_alone_against_what_is_expected(verified: Verified) -> None:
    call = {**CALL, "expect": {"y": [2, 1, -4]}}
    alone = {"r": None, "r_source": None}
    assert only(verified(TWICE, "", {"expected_by": "hand", "calls": [call]}, **alone)).ok
    call["expect"]["y"] = [2, 1, -3]
    assert problems(verified(TWICE, "", {"expected_by": "hand", "calls": [call]}, **alone)) == {("python", "value")}


def test_without_r_a_fixture_of_r_alone_is_not_verified(folder: Path) -> None:
    case = {"expected_by": "hand", "calls": [{**CALL, "expect": {"y": [2, 1, -4]}}]}
    path = write(folder, TWICE, "f <- function(x) 2 * x", case, python=None)
    assert run(path).ok
    (unverified,) = run(path, r=False).unverified
    assert (unverified.kind, "R alone" in unverified.message) == ("environment", True)


# -- files -------------------------------------------------------------------------------------------------------------


def test_files_are_sourced_as_their_author_would(verified: Verified, folder: Path) -> None:
    (folder / "layers").mkdir()
    (folder / "layers" / "one.R").write_text('source("two.R")\nd <- read.csv("d.csv")\nf <- function(x) g(x) * d$k\n')
    # Sourced in turn, it uses what the file that sources it defines, and a class whose methods do, too.
    (folder / "layers" / "two.R").write_text(
        'g <- function(x) T$new()$go(x) / d$k\nT <- setRefClass("T", methods = list(go = function(x) k(x)))\n'
        "k <- function(x) h(x)\n"
    )
    (folder / "layers" / "d.csv").write_text("k\n4\n")
    case = {"calls": [CALL]}
    files = ["mine.R", "layers/one.R"]
    assert only(verified(TWICE, "h <- function(x) 2 * x", case, r_source=files)).ok
    assert problems(verified(TWICE, "h <- function(x) 3 * x", case, r_source=files)) == {("r", "value")}


@pytest.mark.parametrize("code", ["library(nonesuch)", "a <- nonesuch::f", "loadNamespace('nonesuch')"])
def test_a_missing_package_is_named_with_its_remedy(folder: Path, code: str) -> None:
    path = write(folder, TWICE, f"f <- function(x) 2 * x\n\n{code}", {"calls": [CALL]})
    with pytest.raises(NeedsError) as raised:
        verify(read_fixture(path))
    assert str(raised.value) == (
        f'{path}: R has no package nonesuch, which mine.R:3 asks for; install.packages(c("nonesuch")) in R, '
        "or on Debian: apt install r-cran-nonesuch"
    )
    (unverified,) = run(path).unverified
    assert unverified.kind == "environment"


@pytest.mark.parametrize(
    "r", ["require(nonesuch)\nf <- function(x) its_function(x)", "f <- function(x) { library(nonesuch); 2 * x }"]
)
def test_a_package_that_is_missed_later_is_named_there(verified: Verified, r: str) -> None:
    (said,) = [p for p in only(verified(TWICE, r, {"calls": [CALL]})).problems if p.code == "refused"]
    assert "R has no package nonesuch: install.packages" in said.message


@pytest.mark.parametrize(
    ("r", "said"),
    [
        ('f <- function(x) 2 * x\n\nstop("not today")', "R could not load mine.R: not today (mine.R:3)"),
        ("f <- function(x) 2 * x\nf <- function(x x", "R could not load mine.R: mine.R:2:17: unexpected symbol"),
    ],
)
def test_a_file_that_does_not_load_is_named_with_the_line(folder: Path, r: str, said: str) -> None:
    with pytest.raises(MisfitError) as raised:
        verify(read_fixture(write(folder, TWICE, r, {"calls": [CALL]})))
    assert raised.value.problem.startswith(said)
    assert raised.value.pointer == ("r_source", 0)


def test_a_file_that_never_ends_is_told_with_the_line_it_is_at(folder: Path) -> None:
    (folder / "trains.R").write_text("weights <- 0\n\nrepeat {\n  weights <- weights + 1\n}\n")
    path = write(folder, TWICE, 'f <- function(x) 2 * x\nsource("trains.R")', {"calls": [CALL]})
    with pytest.raises(MisfitError, match=r"mine.R was still running after 0.5 s, at trains.R:[345]"):
        RSubject(read_fixture(path), seconds=0.5)
    # With a limit for the cases there is one for loading, too, in the process where the code runs.
    (unverified,) = run(path, timeout=1).unverified
    assert "mine.R was still running after 1 s, at trains.R:" in unverified.message


def test_a_module_that_never_ends_is_told_with_the_line_it_is_at(folder: Path) -> None:
    endless = f"{TWICE}\nweights = 0\nwhile True:\n    weights += 1"
    (unverified,) = run(write(folder, endless, "f <- function(x) 2 * x", {"calls": [CALL]}), timeout=1).unverified
    assert "importing mine failed: it was still running after 1 s, at mine.py:" in unverified.message


def test_plots_leave_nothing_behind(verified: Verified, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    r = "plot(1:3)\nf <- function(x) { hist(x); 2 * x }\nhist(c(1, 2, 2))"
    assert only(verified(TWICE, r, {"calls": [CALL]})).ok
    assert sorted(path.name for path in folder.iterdir()) == ["mine.R", "mine.json", "mine.py"]


def test_two_folders_with_functions_of_one_name_take_turns(folder: Path) -> None:
    paths = []
    for name, factor in (("a", 2), ("b", 3)):
        (folder / name).mkdir()
        paths.append(write(folder / name, TWICE, f"k <- {factor}\nf <- function(x) k * x", {"calls": [CALL, CALL]}))
    fixtures = [read_fixture(path) for path in paths]
    subjects = [RSubject(fixture) for fixture in fixtures]
    streams = [subject.observe(fixture.cases[0]) for subject, fixture in zip(subjects, fixtures, strict=True)]
    answers = [[next(stream).values["y"].tolist() for stream in streams] for _ in range(2)]
    assert answers == [[[2, 1, -4], [3, 1.5, -6]]] * 2
    for subject in subjects:
        subject.close()


# -- errors and warnings -----------------------------------------------------------------------------------------------


def test_an_error_has_its_file_and_line_on_both_sides(verified: Verified) -> None:
    python = "def g(x):\n    return np.transpose(x, 7)\ndef f(x):\n    return g(x)"
    r = "g <- function(x) {\n  x\n  x %*% matrix(0, 9, 9)\n}\nf <- function(x) g(x)"
    (said,) = [
        p for p in only(verified(python, "f <- function(x) 2 * x", {"calls": [CALL]})).problems if p.code == "refused"
    ]
    assert said.where == "mine.py:3 in g"
    assert "R answered y = [2.0, 1.0, -4.0]" in said.message
    (said,) = [p for p in only(verified(TWICE, r, {"calls": [CALL]})).problems if p.code == "refused"]
    assert said.where == "mine.R:3"
    assert "Python answered y = [2.0, 1.0, -4.0]" in said.message
    where, problem = misfit(verified(python, r, {"calls": [CALL]}))
    assert where == "cases.0.calls.0"
    assert "at mine.py:3 in g" in problem
    assert "at mine.R:3" in problem


def test_a_warning_of_one_side_is_in_the_report(folder: Path) -> None:
    path = write(folder, TWICE, 'f <- function(x) { warning("careful"); 2 * x }', {"calls": [CALL]})
    result = verify(read_fixture(path))
    assert only(result).ok
    assert only(result).warnings == (("r", "careful"),)

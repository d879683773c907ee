"""A chain of named stages: who is convicted, who is cleared, and what must not pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import FixtureError, read_fixture
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult
from parity.verify.trace.follow import follow
from tests.trace.conftest import GIVEN, PYTHON, STAGES, R

Followed = Callable[..., CaseResult]
NAMES = [stage["name"] for stage in STAGES]


def codes(case: CaseResult) -> dict[str, str]:
    assert case.trace is not None
    return {stage.name: stage.code for stage in case.trace.stages}


def failing(case: CaseResult) -> set[tuple[str, str]]:
    return {(f.call, f.code) for f in case.findings if f.kind == "trace" and not f.ok}


def test_a_chain_that_agrees(followed: Followed) -> None:
    case = followed()
    assert case.ok
    assert codes(case) == dict.fromkeys(NAMES, "agrees")
    assert case.trace is not None
    # 20 numbers of h, z and a, 10 of out, once per time that a stage was carried out on equal inputs.
    for stage, size in zip(case.trace.stages, (20, 20, 20, 10), strict=True):
        assert stage.own is True
        assert stage.count == size * len(stage.given)
    assert case.trace.stages[0].given == {"both": True}
    assert case.trace.first is None


@pytest.mark.parametrize("language", ["python", "r"])
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_found_where_it_was_planted(followed: Followed, name: str, language: str) -> None:
    good, power = (PYTHON, "**") if language == "python" else (R, "^")
    # No multiple and no offset: `norm` would take them out again.
    case = followed(**{language: {name: f"({good[name]}) + 0.25 * ({good[name]}) {power} 2"}})
    place = NAMES.index(name)
    expected = ["agrees"] * place + ["convicted"] + ["exonerated"] * (len(NAMES) - place - 1)
    assert codes(case) == dict(zip(NAMES, expected, strict=True))
    assert not case.ok
    assert failing(case) == {(name, "convicted")}
    assert case.trace is not None
    assert case.trace.first is not None
    assert case.trace.first.name == name
    (value,) = case.trace.stages[place].values
    assert value.name == STAGES[place]["gives"]
    for behind in case.trace.stages[place + 1 :]:
        assert behind.own is False
        assert behind.given == {"python": True, "r": True}


def test_errors_that_cancel_are_found(followed: Followed) -> None:
    """The end agrees to the last digit, and two stages are wrong."""
    case = followed(r={"norm": f"4 * ({R['norm']})", "act": f"({R['act']}) / 4"})
    (value,) = case.values
    assert value.ok
    assert value.name == "out"
    assert codes(case) == {"affine": "agrees", "norm": "convicted", "act": "convicted", "last": "agrees"}
    assert not case.ok
    assert case.trace is not None
    assert case.trace.stages[2].given == {"python": False, "r": False}
    assert case.trace.stages[3].own is True


def test_every_stage_that_is_wrong_is_named_also_behind_the_first(followed: Followed) -> None:
    case = followed(python={"affine": "x @ W - b"}, r={"last": "sweep(a %*% V, 2, c)"})
    assert codes(case) == {
        "affine": "convicted",
        "norm": "agrees",  # what is added to a column does not matter to it
        "act": "agrees",
        "last": "convicted",
    }
    assert failing(case) == {("affine", "convicted"), ("last", "convicted")}


def test_a_stage_wrong_for_the_inputs_of_one_side_alone_is_convicted(followed: Followed) -> None:
    """R's chain is negative at `act`, and there alone R's function is another one."""
    case = followed(
        r={"norm": "-abs(h) - 1", "act": "if (all(z < 0)) 3 * z else pmax(z, 0.1 * z)"},
        python={"norm": "np.abs(h) + 1"},
    )
    assert codes(case) == {"affine": "agrees", "norm": "convicted", "act": "convicted", "last": "exonerated"}
    assert case.trace is not None
    assert case.trace.stages[2].given == {"python": True, "r": False}


def test_a_stage_that_one_side_refuses(followed: Followed) -> None:
    case = followed(r={"norm": "stop('no deviation')"})
    assert codes(case) == {"affine": "agrees", "norm": "convicted", "act": "exonerated", "last": "exonerated"}
    assert case.trace is not None
    norm, act, last = case.trace.stages[1:]
    assert "no deviation" in norm.message
    # Behind it both sides get what Python has.
    assert act.given == {"python": True}
    assert last.given == {"python": True}
    assert act.own is None


def test_a_wrong_stage_behind_one_that_refuses_is_still_convicted(followed: Followed) -> None:
    case = followed(python={"norm": "1 / 0"}, r={"last": "sweep(a %*% V, 2, c, `-`)"})
    assert codes(case)["norm"] == "convicted"
    assert codes(case)["last"] == "convicted"


def test_a_stage_that_all_refuse_is_the_fault_of_the_fixture(pipeline: Callable[..., Path]) -> None:
    path = pipeline({"norm": "1 / 0"}, {"norm": "stop('no')"},
                    change=lambda d: d["cases"][0]["calls"][0].update(do="call"))  # fmt: skip
    (misfit,) = verify(read_fixture(path), Options(follow=follow)).misfits
    assert misfit.pointer[:4] == ("cases", 0, "calls", 0)


def test_a_stage_that_gives_back_its_input_shows_nothing(followed: Followed) -> None:
    same = {"act": "z"}
    case = followed(python=same, r=same)
    assert codes(case)["act"] == "nothing shown"
    assert failing(case) == {("act", "nothing shown")}
    assert not case.ok


def test_a_stage_that_gives_back_its_input_on_one_side_is_convicted(followed: Followed) -> None:
    case = followed(r={"act": "z"})
    assert codes(case)["act"] == "convicted"


def test_a_constant_shows_nothing(followed: Followed) -> None:
    case = followed(python={"act": "np.zeros((5, 4))"}, r={"act": "matrix(0, 5, 4)"})
    assert codes(case)["act"] == "nothing shown"
    assert not case.ok


def test_a_stage_that_changes_its_input_is_convicted(followed: Followed) -> None:
    case = followed(python={"norm": "np.subtract(h, h.mean(axis=0), out=h) / h.std(axis=0)"})
    assert codes(case)["norm"] == "convicted"
    assert case.trace is not None
    assert "h" in case.trace.stages[1].message


def test_stages_that_are_another_computation_than_the_case_fail(followed: Followed) -> None:
    """All stages agree with each other, and say nothing of the code that is called."""
    stages = copy.deepcopy(STAGES)
    stages[2].update(python="lambda z: z / 2", r="function(z) z / 2")
    case = followed(stages=stages)
    assert set(codes(case).values()) == {"agrees"}
    assert not case.ok
    assert failing(case) == {("", "another value")}
    assert case.trace is not None
    assert len(case.trace.outside) == 2
    assert case.trace.outside[0].startswith("python: the stages give another out than the case's own call")


def test_stages_that_are_the_case_on_one_side_alone(followed: Followed) -> None:
    """R's function does not use R's stages: it has the fault, and they have not."""
    stages = copy.deepcopy(STAGES)
    stages[2]["r"] = "function(z) pmax(z, 0.1 * z)"
    case = followed(r={"act": "pmax(z, 0.2 * z)"}, stages=stages)
    assert set(codes(case).values()) == {"agrees"}
    assert case.trace is not None
    (outside,) = case.trace.outside
    assert outside.startswith("r: the stages give another out")
    assert not case.ok


def test_rounding_that_grows_convicts_nobody(followed: Followed) -> None:
    """h is near 7 and differs by 1.4e-14; of what is left without the 7 that is a part in 1e6."""
    case = followed(
        python={"affine": "7 + 1e-8 * (x @ W + b)", "norm": "(h - 7) * 1e8"},
        r={"affine": "7 * (1 + 2e-15) + 1e-8 * sweep(x %*% W, 2, b, `+`)", "norm": "(h - 7) * 1e8"},
    )
    assert codes(case)["norm"] == "exonerated"
    assert case.trace is not None
    assert case.trace.first is not None
    assert case.trace.first.name == "norm"
    assert "convicted" not in codes(case).values()


# -- how a chain is written --------------------------------------------------------------------------------------------


def test_arguments_with_other_names_a_module_and_expressions(followed: Followed) -> None:
    stages = [
        {"name": "affine", "python": "mine:affine", "r": "function(x, W, b) affine(x, W, b)",
         "takes": ["x", "W", "b"], "gives": "h"},
        {"name": "norm", "python": "lambda t: norm(t)", "r": "function(t) norm(t)", "takes": {"t": "h"}, "gives": "z"},
        {"name": "act", "python": "act", "r": "act", "takes": ["z"], "gives": "a"},
        {"name": "last", "python": "lambda x, W: affine(x, W, np.array([0.5, -1.0]))", "r": "affine",
         "takes": {"x": "a", "W": "V"}, "only": {"r": {"b": "c"}}, "gives": "out"},
    ]  # fmt: skip
    case = followed(stages=stages)
    assert case.ok, case.findings
    assert set(codes(case).values()) == {"agrees"}
    case = followed(stages=stages, r={"affine": "sweep(x %*% W, 2, b, `-`)"})
    assert codes(case)["affine"] == codes(case)["last"] == "convicted"


def test_several_values_of_a_stage(port: Followed) -> None:
    python = """
def split(x):
    return x.mean(axis=0), x.std(axis=0)
def join(x, m, s):
    return (x - m) / s
def f(x):
    return join(x, *split(x))
"""
    r = """
split <- function(x) list(m = colMeans(x), s = apply(x, 2, sd))
join <- function(x, m, s) sweep(sweep(x, 2, m), 2, s, `/`)
f <- function(x) { p <- split(x); join(x, p$m, p$s) }
"""
    case: dict[str, Any] = {
        "calls": [{"do": "call", "with": {"x": {"randn": [6, 3], "seed": 1}}, "returns": "out"}],
        "stages": [
            {"name": "split", "python": "split", "r": "split", "takes": ["x"], "gives": ["m", "s"]},
            {"name": "join", "python": "join", "r": "join", "takes": ["x", "m", "s"], "gives": "out"},
        ],
    }
    wrong = port(python, r, case)
    assert codes(wrong) == {"split": "convicted", "join": "exonerated"}
    assert wrong.trace is not None
    assert [value.name for value in wrong.trace.stages[0].values] == ["s"]
    assert port(python, r.replace("sd)", "function(v) sqrt(mean((v - mean(v))^2)))"), case).ok


def test_a_list_goes_from_stage_to_stage(port: Followed) -> None:
    python = """
def split(x):
    return {"low": x[x < 0], "all": [x, 2 * x]}
def join(parts):
    return parts["all"][1] + parts["low"].sum()
def f(x):
    return join(split(x))
"""
    r = """
split <- function(x) list(parts = list(low = x[x < 0], all = list(x, 2 * x)))
join <- function(parts) parts$all[[2]] + 1.5 * sum(parts$low)
f <- function(x) join(split(x)$parts)
"""
    case = {
        "calls": [{"do": "call", "with": {"x": [1, -2, 3.5, -4]}, "returns": "out"}],
        "stages": [
            {"name": "split", "python": "split", "r": "split", "takes": ["x"], "gives": "parts"},
            {"name": "join", "python": "join", "r": "join", "takes": ["parts"], "gives": "out"},
        ],
    }
    assert codes(port(python, r, case)) == {"split": "agrees", "join": "convicted"}
    assert port(python, r.replace("1.5 * ", ""), case).ok


def test_another_order_of_axes_and_another_first_index(port: Followed) -> None:
    """R has the axes the other way round and counts from 1; both are said of the values, wherever they go."""
    python = """
def up(x):
    return x ** 2
def best(h):
    return h.argmax(axis=1)
def f(x):
    return best(up(x))
"""
    r = """
up <- function(x) x^2
best <- function(h) as.integer(apply(h, 2, which.max))
f <- function(x) best(up(x))
"""
    case: dict[str, Any] = {
        "calls": [{"do": "call", "with": {"x": {"randn": [5, 3], "seed": 4}}, "returns": "which"}],
        "layout": {"r": {"x": "n d -> d n"}},
        "origin": {"r": {"which": 1}},
        "stages": [
            {"name": "up", "python": "up", "r": "up", "takes": ["x"], "gives": "h"},
            {"name": "best", "python": "best", "r": "best", "takes": ["h"], "gives": "which"},
        ],
    }
    bad = port(python, r, case)  # nothing says how h lies in R
    assert codes(bad)["up"] == "convicted"
    case["layout"]["r"]["h"] = "n d -> d n"
    good = port(python, r, case)
    assert codes(good) == {"up": "agrees", "best": "agrees"}
    assert good.ok


def test_the_object_of_the_case(port: Followed) -> None:
    """A network: its layers are called through the object, and what they keep is read."""
    python = """
class Layer:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.out = x @ self.W
        return self.out
class f:
    def __init__(self, W1, W2):
        self.layers = {"first": Layer(W1), "second": Layer(W2)}
    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x
"""
    r = """
f.predict <- function(W1, W2, x) { h <- x %*% W1; list(h = h, out = h %*% W2) }
"""
    call = {"do": "predict", "with": {"x": {"randn": [4, 3], "seed": 5}}, "returns": "out", "compare": ["h"]}
    case: dict[str, Any] = {
        "make": {"W1": {"randn": [3, 2], "seed": 6}, "W2": {"randn": [2, 5], "seed": 7}},
        "calls": [call],
        "values": {"h": {"python": "_first.out", "r": ".$h"}},
        "stages": [
            {"name": "first", "python": "lambda x: _.layers['first'].forward(x)", "r": "function(x, W) x %*% W",
             "takes": ["x"], "only": {"r": {"W": "W1"}}, "gives": "h"},
            {"name": "second", "python": "lambda h: _.layers['second'].forward(h)", "r": "function(h, W2) h %*% W2",
             "takes": ["h"], "only": {"r": ["W2"]}, "gives": "out"},
        ],
    }  # fmt: skip
    python = python.replace("    def predict", "    @property\n    def h(self):\n"
                            "        return self.layers['first'].out\n    def predict")  # fmt: skip
    del case["values"]
    whole = port(python, r, case)
    assert whole.ok, whole.findings
    wrong = port(python, r.replace("x %*% W1", "(x + 1e-3) %*% W1"), case)
    assert set(codes(wrong).values()) == {"agrees"}  # the stages of R are not the network of R
    assert wrong.trace is not None
    assert [text[:34] for text in wrong.trace.outside] == [
        "r: the stages give another h than ",
        "r: the stages give another out tha",
    ]
    case["stages"] = [{"name": "first", "gives": "h"}, {"name": "second", "gives": "out"}]
    read = port(python, r.replace("x %*% W1", "(x + 1e-3) %*% W1"), case)
    assert codes(read) == {"first": "convicted", "second": "undecided"}
    assert failing(read) == {("first", "convicted"), ("second", "undecided")}
    assert port(python, r, case).ok
    # What the object keeps, read by the call itself instead of by a property.
    python = python.replace("def h(self)", "def other(self)")
    call.pop("compare")
    call.update(returns=["out", "h"], **{"as": {"python": "lambda x: (_.predict(x), _.layers['first'].out)"}})
    assert port(python, r, case).ok
    assert codes(port(python, r.replace("x %*% W1", "(x + 1e-3) %*% W1"), case))["first"] == "convicted"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s[1].pop("r"), "the stage is Python's alone; expected 'r' beside 'python'"),
        (lambda s: s[1].pop("python"), "the stage is R's alone"),
        (lambda s: s[1].update(gives="unused"), "nobody uses 'unused'"),
        (lambda s: s[2].update(takes=["q"]), "'q' is neither an input nor given by a stage"),
        (lambda s: s[1].update(takes=["a"]), "'a' is given by no earlier stage"),
        (lambda s: s[1].update(name="affine"), '"affine" twice'),
        (lambda s: s[1].update(gives="h"), "'h' is there already"),
        (lambda s: s[1].pop("takes"), "a stage that takes nothing"),
        (lambda s: s.pop(), "no stage gives a value of the case"),
        (lambda s: s[1].update(sideways=1), "unknown key 'sideways'"),
        (lambda s: s.append({"name": "end", "gives": "loss"}), "no call of the case compares 'loss'"),
        (lambda s: s[1].update(values={"other": {"python": "_", "r": "."}}), "the stage gives no 'other'"),
    ],
)
def test_a_chain_that_does_not_hold_is_no_chain(
    pipeline: Callable[..., Path], change: Callable[[Any], object], said: str
) -> None:
    stages = copy.deepcopy(STAGES)
    change(stages)
    with pytest.raises(FixtureError) as error:
        read_fixture(pipeline(stages=stages))
    assert said in str(error.value)


def test_stages_beside_a_known_divergence(pipeline: Callable[..., Path]) -> None:
    what = [{"pairs": ["python-r"], "names": ["out"], "kind": "shape"}]
    differs = {"id": "shape", "reason": "a test", "what": what}
    with pytest.raises(FixtureError, match="'stages' beside 'differs'"):
        read_fixture(pipeline(change=lambda d: d["cases"][0].update(differs=differs)))


def test_what_no_function_takes_is_said_of_the_stage(pipeline: Callable[..., Path]) -> None:
    stages = copy.deepcopy(STAGES)
    stages[1]["takes"] = ["h", "x"]
    (misfit,) = verify(read_fixture(pipeline(stages=stages)), Options(follow=follow)).misfits
    assert misfit.pointer == ("cases", 0, "stages", 1, "takes")
    assert "takes x" in misfit.problem


def test_stages_of_the_fixture_are_those_of_every_case(pipeline: Callable[..., Path]) -> None:
    def change(document: dict[str, Any]) -> None:
        (case,) = document["cases"]
        document["stages"] = case.pop("stages")
        second = {**GIVEN, "c": [1, 1.5]}
        document["cases"].append({"id": "two", "calls": [{"do": "call", "with": second, "returns": "out"}]})

    result = verify(read_fixture(pipeline(change=change)), Options(follow=follow))
    assert [len(case.trace.stages) for case in result.cases if case.trace] == [4, 4]
    assert result.ok


def test_without_the_option_no_stage_is_carried_out(pipeline: Callable[..., Path]) -> None:
    (case,) = verify(read_fixture(pipeline(r={"norm": f"4 * ({R['norm']})", "act": f"({R['act']}) / 4"}))).cases
    assert case.trace is None
    assert case.ok

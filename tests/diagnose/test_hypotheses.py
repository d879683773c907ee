"""Each hypothesis against arrays made for it, and against arrays that have nothing to do with each other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from parity.diagnose import Diagnosis, Difference, diagnose
from parity.diagnose.search import AGAIN, ALONE
from parity.diagnose.statistics import cox, quantile, ranks, two_sided_t

RNG = np.random.default_rng(20260112)
X = RNG.normal(size=(4, 3))
SQUARE = RNG.normal(size=(4, 4))
V = RNG.normal(size=9)
B = RNG.normal(size=3)
IMAGES = RNG.normal(size=(2, 3, 4, 5))
NA = np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0]


def code(actual: object, reference: object, **more: object) -> str:
    return told(actual, reference, **more).code


def told(actual: object, reference: object, **more: object) -> Diagnosis:
    more.setdefault("inputs", {})
    return diagnose(Difference(np.asarray(actual, float), np.asarray(reference, float), **more))  # type: ignore[arg-type]


def bordered(wrong: float) -> np.ndarray:
    image = RNG.normal(size=(6, 7))
    other = image.copy()
    other[0] += wrong
    other[-1] += wrong * 1.7
    other[:, 0] -= wrong * 0.3
    other[:, -1] *= 1.1
    return np.stack([other, image])


BORDER = bordered(0.37)
TIED = np.array([[1.0, 5, 5, 2], *np.eye(4)[[0, 1, 2, 0, 1, 3, 3]]])
B4 = RNG.normal(size=4)
LAST = np.concatenate([V[:-1], [0.123456]])
OUTLIER = RNG.normal(size=(4, 3)) * np.array([1.0, 10.0, 100.0])
SCORES = RNG.random((4, 3))


@pytest.mark.parametrize(
    ("cause", "actual", "reference", "more"),
    [
        ("transposed", SQUARE.T, SQUARE, {}),
        ("transposed", X.T, X, {}),
        ("fill-order", X.ravel().reshape(X.shape, order="F"), X, {}),
        ("axes-permuted", IMAGES.transpose(2, 3, 1, 0), IMAGES, {}),
        ("reversed", X[::-1], X, {}),
        ("rolled", np.roll(X, 1, axis=0), X, {}),
        ("moved", V[[3, 1, 2, 0, 8, 5, 4, 7, 6]], V, {}),
        ("off-by-one", np.array([3, 0, 2, 4, 1]), np.array([4, 1, 3, 5, 2]), {}),
        ("sorted", np.sort(V), V, {}),
        ("extent", X[:, :1], X[:, 0], {}),
        ("border", BORDER[0], BORDER[1], {}),
        ("window", LAST, V, {}),
        ("component-order", X[:, [1, 0, 2]], X, {}),
        ("sign", -X, X, {}),
        ("factor", X * math.pi, X, {}),
        ("factor", X * 180 / math.pi, X, {}),
        ("sum-for-mean", X * 4, X, {"inputs": {"x": X}}),
        ("degrees-of-freedom", X * 4 / 3, X, {"inputs": {"x": X}}),
        ("degrees-of-freedom", X * math.sqrt(9 / 8), X, {"inputs": {"v": V}}),
        ("logarithm", X / math.log(10), X, {}),
        ("offset", X + 1, X, {}),
        ("missing-term", X, X + B, {"inputs": {"b": B}}),
        ("recycled", X + np.resize(B, 12).reshape(3, 4).T, X + B, {"inputs": {"b": B}}),
        ("margin", SQUARE - B4[:, None], SQUARE - B4, {"inputs": {"m": B4}, "subject": "python", "standard": "r", "guilty": True}),
        ("margin", SCORES / SCORES.sum(0), SCORES / SCORES.sum(0) / (SCORES / SCORES.sum(0)).sum(1)[:, None], {}),
        ("accumulated", X * 2, X, {"gradient": True}),
        ("integer-division", np.floor(V * 10), V * 10, {}),
        ("overflow", np.array([np.nan, 7.0]), np.array([2.0**31 + 5, 7.0]), {}),
        ("overflow", np.array([5.0 - 2**31, 7.0]), np.array([2.0**31 + 5, 7.0]), {}),
        ("float32", X.astype(np.float32), X, {}),
        ("rounding", [0.2, 0.4, 1.3, 2.7, 3.9, 5.1], [0.1, 0.4, 1.3, 2.7, 3.9, 5.1], {}),
        ("missing-kind", [1.25, NA, 3.5], [1.25, math.nan, 3.5], {}),
        ("missing-kind", [1.25, 2.75, 3.5], [1.25, math.nan, 3.5], {}),
        ("missing-kind", [1.25, 2.75, 3.5], [1.25, math.nan, 3.5], {"inputs": {"x": np.array([1.0, np.nan])}}),
        ("indeterminate", [0.25, math.nan, 0.5], [0.25, 1.0, 0.5], {"inputs": {"x": np.array([-2.0, 750.0, 0.5])}}),
        ("quantile-type", quantile(V, np.array([0.3]), 6), quantile(V, np.array([0.3]), 7), {"inputs": {"x": V, "p": np.array([0.3])}}),
        ("ties", [1, 2, 2, 4], [1, 2.5, 2.5, 4], {"inputs": {"x": np.array([3.0, 5, 5, 9])}}),
        ("component-sign", X * [1, -1, -1], X, {}),
        ("scale", np.exp(X), X, {}),
        ("one-or-two-sided", SCORES / 4, SCORES / 2, {"value": "p_value"}),
        ("standardised", X[0] * X.std(0, ddof=1), X[0], {"inputs": {"x": X}}),
        ("tie", [2, 0, 1, 2, 0, 1, 3, 3], [1, 0, 1, 2, 0, 1, 3, 3], {"inputs": {"x": TIED}}),
    ],
)  # fmt: skip
def test_a_cause_is_named(cause: str, actual: object, reference: object, more: dict[str, object]) -> None:
    diagnosis = told(actual, reference, **more)
    assert diagnosis.code == cause
    assert diagnosis.share == 1.0
    for one in diagnosis.causes:
        for text in (*one.says.values(), *one.means.values()):
            assert "{" not in text


def test_two_causes_are_named_together() -> None:
    assert code(-X.T, X) == "transposed+sign"
    assert code(X.T * 3, X) in ("transposed+factor", "transposed+sum-for-mean")


def test_a_cause_that_explains_most_says_how_much() -> None:
    x = RNG.normal(size=(20, 30))
    diagnosis = told((x + 0.02 * RNG.normal(size=x.shape)).T, x.copy())
    assert diagnosis.code == "transposed"
    assert 0.9 < diagnosis.share < 1.0


def test_p_values_by_the_normal_distribution_are_told_from_those_by_t() -> None:
    t = np.array([0.4, 1.3, 2.2, 2.9])
    normal = [math.erfc(value / math.sqrt(2)) for value in t]
    assert code(normal, [two_sided_t(value, 7) for value in t], inputs={"x": np.arange(8.0)}) == "normal-or-t"


def test_an_intercept_is_missed() -> None:
    x, y = RNG.normal(size=(9, 2)), V
    with_one = np.linalg.lstsq(np.hstack([np.ones((9, 1)), x]), y, rcond=None)[0][1:]
    without = np.linalg.lstsq(x, y, rcond=None)[0]
    assert code(without, with_one, inputs={"x": x, "y": y}) == "intercept"


def test_a_reference_level_is_another() -> None:
    levels = np.array([1.7, 2.9, 0.4])
    assert code([levels[0], levels[1] - levels[0], levels[2] - levels[0]], [levels[2], levels[0] - levels[2], levels[1] - levels[2]]) == "contrasts"  # fmt: skip


def test_tied_times_are_taken_by_another_likelihood() -> None:
    time, event = np.array([1.0, 2, 2, 3, 3, 3, 5, 8, 8]), np.array([1.0, 1, 1, 0, 1, 1, 1, 1, 0])
    x = RNG.normal(size=(9, 1))
    one, other = (cox(time, event, x, efron=efron) for efron in (True, False))
    assert code(one, other, inputs={"time": time, "event": event, "x": x}) == "cox-ties"


def rerunning(python: Callable[..., object], r: Callable[..., object], **inputs: object) -> str:
    """The cause, with both sides at hand."""
    arrays = {name: np.asarray(value, float) for name, value in inputs.items()}
    sides = {"python": python, "r": r}

    def rerun(side: str, changed: dict[str, np.ndarray]) -> np.ndarray:
        return np.asarray(sides[side](**{**arrays, **changed}), float)

    return told(r(**arrays), python(**arrays), inputs=arrays, rerun=rerun).code


@pytest.mark.parametrize(
    ("cause", "python", "r", "inputs"),
    [
        ("ignored-input", lambda x, k: x**k, lambda x, k: x**2 + 0 * x, {"x": V, "k": 5.0}),
        ("degrees", lambda x: np.sin(x), lambda x: np.sin(x * math.pi / 180), {"x": V}),
        ("epsilon", lambda x, eps: x / np.sqrt(x.var() + eps), lambda x, eps: x / (x.std() + eps), {"x": V, "eps": 1e-3}),
        ("standardised", lambda x: np.tanh((x - x.mean(0)) / x.std(0)).sum(0), lambda x: np.tanh(x).sum(0), {"x": X}),
        ("penalty", lambda x, k: x / (1 + k), lambda x, k: x / (1 + 9 * k), {"x": V, "k": 0.3}),
        ("transposed", lambda w: np.tanh(w @ w[0]), lambda w: np.tanh(w.T @ w.T[0]), {"w": SQUARE}),
        ("float32", lambda x: np.tanh(x.astype(np.float32).astype(float)) * V[0], lambda x: np.tanh(x) * V[0], {"x": X}),
        ("rows-with-missing", lambda x: np.full(3, np.nan), lambda x: x[~np.isnan(x).any(1)].mean(0), {"x": np.vstack([X, [np.nan, 1, 2]])}),
    ],
)  # fmt: skip
def test_a_cause_is_named_by_computing_again(
    cause: str, python: Callable[..., object], r: Callable[..., object], inputs: dict[str, object]
) -> None:
    if cause == "rows-with-missing":  # what one side carries on, the other leaves out
        python = lambda x: x.mean(0)  # noqa: E731
    assert rerunning(python, r, **inputs) == cause


def test_what_is_sorted_does_not_ignore_its_input() -> None:
    """Whole numbers in another order give the same again, and are read all the same."""
    unsorted = lambda k: np.array(list(dict.fromkeys(k)))  # noqa: E731
    assert rerunning(lambda k: np.unique(k), unsorted, k=[3.0, 1, 3, 2, 1]) != "ignored-input"


def test_a_cotangent_that_is_ignored_is_not_just_any_input() -> None:
    sides = {"python": lambda x, dout: dout * 2 * x, "r": lambda x, dout: 2 * x}
    inputs = {"x": V, "dout": V[::-1].copy()}
    difference = Difference(
        sides["r"](**inputs), sides["python"](**inputs), inputs=inputs, along="dout", gradient=True,
        rerun=lambda side, changed: sides[side](**{**inputs, **changed}),
    )  # fmt: skip
    diagnosis = diagnose(difference)
    assert (diagnosis.code, diagnosis.about) == ("ignored-cotangent", "r")


def unrelated(kind: int, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    draws: list[Callable[[], np.ndarray]] = [
        lambda: rng.normal(size=shape),
        lambda: rng.integers(0, 3, shape).astype(float),
        lambda: rng.integers(-5, 100, shape).astype(float),
        lambda: rng.random(shape),
        lambda: rng.normal(50, 1, shape),
        lambda: np.round(rng.normal(size=shape), 2),
        lambda: np.exp(rng.normal(size=shape) * 3),
        lambda: rng.integers(0, 2, shape).astype(float),
    ]
    return np.asarray(draws[kind]())


def test_no_cause_is_named_for_arrays_that_have_nothing_to_do_with_each_other() -> None:
    rng = np.random.default_rng(7)
    named = []
    for _ in range(1000):
        shape = tuple(rng.integers(1, 8, rng.integers(0, 5)))
        kind = int(rng.integers(8))
        a, b = unrelated(kind, shape, rng), unrelated(kind, shape, rng)
        inputs = {
            "x": rng.normal(size=tuple(rng.integers(1, 7, 2))),
            "v": unrelated(kind, shape, rng),
            "n": np.asarray(float(rng.integers(1, 9))),
            "labels": rng.integers(0, 4, 6).astype(float),
        }
        if not np.array_equal(a, b) and (found := code(a, b, inputs=inputs)):
            named.append((found, a, b))
    assert named == []


def test_no_cause_is_named_for_what_differs_by_rounding_alone() -> None:
    rng = np.random.default_rng(8)
    named = []
    for _ in range(500):
        shape = tuple(rng.integers(1, 8, rng.integers(0, 4)))
        b = rng.normal(size=shape) * 10.0 ** rng.integers(-3, 4)
        a = b * (1 + rng.integers(-40, 41, shape) * 2.0**-52)
        if not np.array_equal(a, b) and (found := code(a, b, rtol=0.0, inputs={"x": rng.normal(size=(4, 3))})):
            named.append((found, a, b))
    assert named == []


def test_what_agrees_with_nothing_is_not_explained() -> None:
    assert diagnose(Difference(np.array(1.0), np.array(2.0))) == Diagnosis()


def test_codes_and_sentences_are_whole() -> None:
    for hypothesis in (*ALONE, *AGAIN):
        assert set(hypothesis.says) == set(hypothesis.means) == {"en", "ko"}
        assert set(hypothesis.mend) <= {"python", "r"}
        assert hypothesis.code == hypothesis.code.lower()
        assert any("가" <= letter <= "힣" for letter in hypothesis.means["ko"])


def test_quantiles_and_ranks_are_those_of_the_literature() -> None:
    x = np.array([2.0, 4, 7, 11, 16])
    # By hand from Hyndman and Fan's definitions, p = 0.3.
    by_hand = {1: 4, 2: 4, 3: 4, 4: 3.0, 5: 4.0, 6: 3.6, 7: 4.6, 8: 3.8666666666666667, 9: 3.9}
    for kind, value in by_hand.items():
        assert quantile(x, np.array([0.3]), kind)[0] == pytest.approx(value, rel=1e-12), kind
    assert {name: way.tolist() for name, way in ranks(np.array([5.0, 3, 5])).items()} == {
        "average": [2.5, 1, 2.5], "min": [2, 1, 2], "max": [3, 1, 3], "first": [2, 1, 3], "last": [3, 1, 2], "dense": [2, 1, 2],
    }  # fmt: skip
    # Printed in tables of the t distribution: 2.262 leaves 5 % on both sides with 9 degrees of freedom.
    assert two_sided_t(2.2621571628540993, 9) == pytest.approx(0.05, rel=1e-9)


def test_korean_particles_follow_the_sound() -> None:
    ranks_in_r = {"inputs": {"x": np.array([3.0, 5, 5, 9])}}
    given = told([1, 2, 2, 4], [1, 2.5, 2.5, 4], **ranks_in_r).causes[0].says["ko"]
    assert given == "같은 값의 순위가 R에서는 min, Python에서는 average이다"
    assert told(SQUARE.T, SQUARE).causes[0].says["ko"] == "R의 결과를 전치하면 Python과 같다"
    assert (
        told(SQUARE.T, SQUARE, subject="python", standard="r").causes[0].says["ko"]
        == "Python의 결과를 전치하면 R과 같다"
    )


@pytest.mark.parametrize(
    ("words", "particle"), [("x", "를"), ("weight", "를"), ("n", "을"), ("R", "을"), ("3", "을"), ("2", "를"), ("행", "을"), ("기울기", "를"), ("log(x)", "를"), ("", "를")]
)  # fmt: skip
def test_a_particle_is_that_of_the_last_sound(words: str, particle: str) -> None:
    from parity.diagnose.search import _WithParticle

    assert f"{_WithParticle(words):을/를}" == words + particle


def test_one_number_that_happens_to_be_whole_is_not_cut_off() -> None:
    """1, 0 and -1 are what scale() makes of three equal steps."""
    x = np.array([[1.0, 0], [2, 2], [3, 4]])
    by_n = (x - x.mean(0)) / x.std(0)
    by_n_less_one = (x - x.mean(0)) / x.std(0, ddof=1)
    assert code(by_n_less_one, by_n, inputs={"x": x}) == "degrees-of-freedom"
    assert code(np.trunc(V * 10), V * 10) == "integer-division"


def test_lines_that_mend_are_of_the_side_they_stand_for() -> None:
    diagnosis = told(quantile(V, np.array([0.3]), 6), quantile(V, np.array([0.3]), 7), inputs={"x": V, "p": np.array([0.3])})  # fmt: skip
    (cause,) = diagnosis.causes
    assert cause.says["en"] == "R gives the quantile of type 6, Python that of type 7"
    assert cause.says["ko"] == "R은 6형, Python은 7형 분위수이다"
    assert cause.mend["r"] == "quantile(x, p, type = 7)"


@pytest.mark.parametrize("scalar", [True, False])
def test_an_input_that_matters_is_not_called_ignored(scalar: bool) -> None:
    """Both sides use it, in ways that nothing known explains."""
    k: object = 2.5 if scalar else V[::-1].copy()
    assert rerunning(lambda x, k: np.sin(3 * x + k), lambda x, k: np.cos(x * x - k), x=V, k=k) == ""

"""Causes that show when a side computes again with other inputs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from parity.diagnose.difference import Array, Difference, Hypothesis, Statement, Trial
from parity.diagnose.weight import bits_of


def _either(
    d: Difference, name: str, value: Array, parameters: dict[str, str], cost: float
) -> Iterator[Trial | Statement]:
    """The subject with another value of an input gives the reference; or the standard with it what the subject gave."""
    if d.rerun is None:
        return
    result = d.rerun(d.subject, {name: value})
    if result is not None and result.shape == d.reference.shape:
        there = result
        yield Trial(lambda: there, {**parameters, "doer": d.standard}, cost=cost)
    result = d.rerun(d.standard, {name: value})
    if result is not None and result.shape == d.actual.shape and _close(d, result, d.actual):
        yield Statement(1.0, bits_of(d.actual) - cost, {**parameters, "doer": d.subject})


def _close(d: Difference, one: Array, two: Array) -> bool:
    return bool(np.allclose(one, two, rtol=max(4 * d.rtol, 1e-12), atol=d.atol + 1e-14 * d.largest, equal_nan=True))


def _inputs_of(d: Difference) -> Iterator[tuple[str, Array]]:
    for name, value in d.inputs.items():
        if value.size and np.isfinite(value).any():
            yield name, value


def _others(value: Array) -> list[Array]:
    """Other values of the same kind, whole numbers whole and in their range: one that keeps their order, and, of
    several, two that do not. A statistic of ranks is the same for the first alone; of whole numbers in another order
    what is sorted or counted is the same, and so one is without the smallest."""
    if value.ndim == 0:
        step = 1.0 if float(value).is_integer() else 0.09375 * (abs(float(value)) or 1.0)
        return [np.asarray(value + step), np.asarray(value + 2 * step)]
    flat = value.ravel()
    turned = [flat[::-1].reshape(value.shape), np.roll(flat, 1).reshape(value.shape)]
    if np.array_equal(flat, np.round(flat)) and flat.size > 1 and flat.min() != flat.max():
        fewer = np.where(value == flat.min(), flat.max(), value)
        return [fewer, *(one for one in turned if not np.array_equal(one, value))]
    size = np.abs(value).max() or 1.0
    uneven = size * np.cos(np.arange(flat.size) * 2.3).reshape(value.shape)
    return [np.asarray(value * 1.0625 + 0.03125 * size), np.asarray(value + 0.7 * uneven), *turned[:1]]


def _ignored(d: Difference, *, cotangent: bool) -> Iterator[Statement]:
    if d.rerun is None:
        return
    for name, value in _inputs_of(d):
        if (name == d.along) != cotangent:
            continue
        moved = {d.subject: 0, d.standard: 0}
        others = _others(value)
        for other in others:
            for side, before in ((d.subject, d.actual), (d.standard, d.reference)):
                after = d.rerun(side, {name: other})
                if after is None:
                    return
                moved[side] += after.shape != before.shape or not np.array_equal(after, before, equal_nan=True)
        still = [side for side, count in moved.items() if not count]
        if len(still) == 1 and max(moved.values()) == len(others):
            yield Statement(1.0, 40.0, {"input": name, "who": still[0]}, still[0])
            return


def _alike(d: Difference, one: Array | None, two: Array | None) -> bool:
    """Whether what both sides gave anew agrees, and says something."""
    if one is None or two is None or one.shape != two.shape or not np.isfinite(one).any():
        return False
    return np.allclose(one, two, rtol=max(d.rtol, 1e-12), atol=d.atol, equal_nan=True)


_SMALL = ("eps", "epsilon", "delta", "eps_", "tol")


def _epsilon_given(d: Difference) -> Iterator[Statement]:
    """Without the small constant the two agree."""
    if d.rerun is None:
        return
    for name, value in _inputs_of(d):
        if value.ndim == 0 and 0 < float(value) < 0.1 and (name.lower() in _SMALL or float(value) < 1e-2):
            one, two = (d.rerun(side, {name: np.zeros(())}) for side in (d.subject, d.standard))
            if _alike(d, one, two):
                yield Statement(1.0, 30.0, {"input": f"{name} = {float(value):g}"})
                return


def _epsilon_fixed(d: Difference) -> Iterator[Trial]:
    """sqrt(v + e) against sqrt(v) + e, v an input or its variance."""
    a = d.actual
    if a.shape != d.reference.shape or not a.size:
        return
    for name, value in _inputs_of(d):
        ways = [value] if (value >= 0).all() and value.ndim else []
        if value.ndim == 2:
            ways += [value.var(axis=axis, keepdims=True) for axis in (0, 1)]
        elif value.ndim == 1:
            ways += [np.asarray(value.var())]
        for v in ways:
            try:
                if np.broadcast_shapes(v.shape, a.shape) != a.shape:
                    continue
            except ValueError:
                continue
            for e in (1e-8, 1e-7, 1e-5, 1e-3, 1e-6, 1e-10, 1e-12, 1e-4):
                inside, outside = np.sqrt(v + e), np.sqrt(v) + e
                filled = {"input": f"{e:g} with {name}"}
                yield Trial(lambda i=inside, o=outside: a * i / o, filled, cost=5)
                yield Trial(lambda i=inside, o=outside: a * o / i, filled, cost=5)


def _degrees(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        yield from _either(d, name, value * math.pi / 180, {"input": name}, 3)


def _single(d: Difference) -> Iterator[Statement]:
    if d.rerun is None or d.actual.shape != d.reference.shape:
        return
    for name, value in _inputs_of(d):
        single = value.astype(np.float32).astype(np.float64)
        if np.array_equal(single, value):
            continue
        for side, target, other in ((d.subject, d.reference, d.standard), (d.standard, d.actual, d.subject)):
            result = d.rerun(side, {name: single})
            if (
                result is not None
                and result.shape == target.shape
                and np.allclose(result, target, rtol=max(d.rtol, 1e-13), atol=d.atol)
            ):
                yield Statement(1.0, bits_of(target) + 10, {"who": other}, other)
                return


def _penalty(d: Difference) -> Iterator[Trial | Statement]:
    lengths = sorted({v.shape[0] for v in d.inputs.values() if v.ndim and v.shape[0] > 1}, reverse=True)[:3]
    spreads = [
        (f"sd({name})", float(v.std()))
        for name, v in d.inputs.items()
        if v.ndim == 1 and v.size > 2 and np.isfinite(v).all() and v.std() > 0
    ]
    factors = [*((f"{n}", float(n)) for n in lengths), *((f"2 x {n}", 2.0 * n) for n in lengths), ("2", 2.0), *spreads]
    factors += [(f"{n} / {text}", n / s) for n in lengths[:1] for text, s in spreads]
    for name, value in _inputs_of(d):
        if not value.ndim and float(value) > 0:
            for text, k in factors:
                yield from _either(d, name, np.asarray(value * k), {"input": name, "factor": text}, 5)


_PENALTIES = ("lambda", "alpha", "penalty", "lambd", "lam", "reg", "c", "l1", "l2", "decay", "weight_decay")


def _penalty_solved(d: Difference) -> Iterator[Statement]:
    """The factor of a penalty by which one number of the result agrees, and whether the others then do as well."""
    reference = d.reference.ravel()
    if d.rerun is None or reference.size < 2 or d.actual.shape != d.reference.shape or not np.isfinite(reference).all():
        return
    largest = int(np.abs(d.actual - d.reference).argmax())
    for name, value in _inputs_of(d):
        if value.ndim or float(value) <= 0 or name.split(".")[-1].lower() not in _PENALTIES:
            continue

        def off(log: float, name: str = name, value: Array = value) -> tuple[float, Array | None]:
            result = d.rerun(d.subject, {name: np.asarray(value * math.exp(log))}) if d.rerun is not None else None
            if result is None or result.shape != d.reference.shape:
                return math.nan, None
            return float(result.ravel()[largest] - reference[largest]), result

        grid = [(log, off(log)[0]) for log in np.linspace(-9, 9, 13)]
        for (low, at_low), (high, at_high) in itertools.pairwise(grid):
            if not at_low * at_high < 0:
                continue
            for _ in range(48):
                middle = (low + high) / 2
                here, result = off(middle)
                if not math.isfinite(here):
                    break
                low, high, at_low = (middle, high, here) if here * at_low > 0 else (low, middle, at_low)
            if result is not None and np.allclose(result, d.reference, rtol=1e-5, atol=1e-7 * d.largest):
                k = math.exp((low + high) / 2)
                filled = {"input": name, "factor": f"{1 / k:.6g}", "doer": d.subject}
                yield Statement(0.999, bits_of(d.reference) - 31, filled)
                return


def _standardised_first(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        if not value.ndim or value.shape[0] < 3 or not np.isfinite(value).all():
            continue
        for ddof in (0, 1):
            spread = value.std(axis=0, ddof=ddof)
            if (spread > 0).all():
                scaled = (value - value.mean(axis=0)) / spread
                yield from _either(d, name, scaled, {"by": f"the scaling of {name}"}, 3)
                yield from _either(d, name, value / spread, {"by": f"the scaling of {name}"}, 3)
        yield from _either(d, name, value - value.mean(axis=0), {"by": f"the centring of {name}"}, 3)


def _missing_rows(d: Difference) -> Iterator[Statement]:
    """Without the rows that have something missing, the two agree."""
    if d.rerun is None:
        return
    rows = {value.shape[0] for value in d.inputs.values() if value.ndim and np.isnan(value).any()}
    for n in rows:
        tall = {name: value for name, value in d.inputs.items() if value.ndim and value.shape[0] == n}
        keep = np.ones(n, dtype=np.bool_)
        for value in tall.values():
            keep &= ~np.isnan(value.reshape(n, -1)).any(axis=1)
        if keep.all() or not keep.any():
            continue
        kept = {name: value[keep] for name, value in tall.items()}
        one, two = (d.rerun(side, kept) for side in (d.subject, d.standard))
        if one is not None and two is not None and _alike(d, one, two):
            same = [side for side, now, before in ((d.subject, one, d.actual), (d.standard, two, d.reference))
                    if now.shape == before.shape and np.allclose(now, before, equal_nan=True)]  # fmt: skip
            yield Statement(
                1.0, 30.0, {"who": same[0] if len(same) == 1 else "one side", "count": str(int((~keep).sum()))}
            )
            return


def _broken_tie(d: Difference) -> Iterator[Statement]:
    """Once one of the equal elements is a little larger, both sides choose it."""
    a, b = d.actual.ravel(), d.reference.ravel()
    if (
        d.rerun is None
        or a.size != b.size
        or a.size > 200
        or not np.array_equal(np.concatenate([a, b]) % 1, np.zeros(2 * a.size))
    ):
        return
    for name, value in _inputs_of(d):
        flat = value.ravel()
        best = np.flatnonzero(flat == np.nanmax(flat)) if value.ndim == 1 and np.isfinite(flat).any() else np.array([])
        if best.size < 2 or a.size != 1:
            continue
        chosen = []
        for place in best[:3]:
            other = flat.copy()
            other[place] += max(abs(other[place]) * 1e-3, 1e-6)
            one, two = (d.rerun(side, {name: other}) for side in (d.subject, d.standard))
            if one is None or two is None or not np.array_equal(one.ravel(), two.ravel()):
                return
            chosen.append(float(one.ravel()[0]))
        if len(set(chosen)) == len(chosen):
            yield Statement(1.0, 30.0, {"input": name})
            return


def _shifted_labels(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        if np.array_equal(value, np.round(value)) and value.min() >= 0 and value.max() < 10_000:
            yield from _either(d, name, value + 1, {"by": f"{name} + 1"}, 3)
            if value.min() >= 1:
                yield from _either(d, name, value - 1, {"by": f"{name} - 1"}, 3)


def _transposed_input(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        if value.ndim == 2 and value.shape[0] == value.shape[1] and not np.array_equal(value, value.T):
            yield from _either(d, name, value.T, {"input": name}, 2)


def _filled_otherwise(d: Difference) -> Iterator[Trial | Statement]:
    """An input flattened in the other order, whole or sample by sample."""
    for name, value in _inputs_of(d):
        if value.ndim < 2 or value.size == max(value.shape):
            continue
        each = tuple(range(value.ndim - 1, 0, -1))
        orders = {
            value.ravel(order="F").reshape(value.shape).tobytes(): "",
            value.ravel().reshape(value.shape, order="F").tobytes(): "",
        }
        if value.ndim > 2:
            orders[value.transpose(0, *each).reshape(value.shape).tobytes()] = " of each sample"
            swapped = value.reshape(value.shape[0], *value.shape[:0:-1])
            orders[swapped.transpose(0, *each).tobytes()] = " of each sample"
        for data, which in orders.items():
            other = np.frombuffer(data).reshape(value.shape)
            if not np.array_equal(other, value):
                yield from _either(d, name, other.copy(), {"input": name, "which": which}, 3)


def _other_margin(d: Difference) -> Iterator[Trial | Statement]:
    """What is done to the rows of a matrix, done to its columns: its transpose, and the result transposed back."""
    if d.rerun is None or d.reference.ndim not in (1, 2):
        return
    for name, value in _inputs_of(d):
        if value.ndim != 2:
            continue
        turned = np.ascontiguousarray(value.T)
        for side, before, target in ((d.subject, d.actual, d.reference), (d.standard, d.reference, d.actual)):
            result = d.rerun(side, {name: turned})
            back = result.T if result is not None and result.ndim == 2 else result
            if back is None or back.shape != target.shape or np.array_equal(back, before):
                continue
            if _close(d, back, target):
                filled = {"term": f"what is done to {name}", "axis": "0", "other": "1"}
                yield Statement(1.0, bits_of(target), filled)
                return


def _untied(d: Difference, *, survival: bool) -> Iterator[Statement]:
    """Once equal values of an input are a little apart, in the order in which they stand, the two agree."""
    if d.rerun is None:
        return
    for name, value in _inputs_of(d):
        if value.ndim != 1 or value.size < 3 or not np.isfinite(value).all() or set(np.unique(value)) <= {0.0, 1.0}:
            continue
        events = any(v.shape == value.shape and set(np.unique(v)) == {0.0, 1.0} for v in d.inputs.values())
        steps = np.unique(value)
        if steps.size == value.size or steps.size < 2 or events != survival:
            continue
        gap = float(np.diff(steps).min()) * 1e-3 / value.size
        apart = value + gap * np.arange(value.size)
        one, two = (d.rerun(side, {name: apart}) for side in (d.subject, d.standard))
        if _alike(d, one, two):
            yield Statement(1.0, 24.0, {"input": name, "mine": "one", "theirs": "another"})
            return


def _logged(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        if (value > 0).all():
            yield from _either(d, name, np.log(value), {"function": f"log({name})"}, 3)
        if (np.abs(value) < 30).all():
            yield from _either(d, name, np.exp(value), {"function": f"exp({name})"}, 3)


def _sign_of_input(d: Difference) -> Iterator[Trial | Statement]:
    for name, value in _inputs_of(d):
        if value.any():
            yield from _either(d, name, -value, {"input": name}, 3)


HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis(
        "tie", _broken_tie,
        {"en": "another of equal elements of {input} was chosen", "ko": "{input}의 같은 값 가운데 다른 것을 골랐다"},
        {"en": "which.max and argmax take the first, max.col one at random", "ko": "which.max와 argmax는 첫째를, max.col은 무작위로 고른다"},
        {"r": 'max.col(x, ties.method = "first")', "python": "x.argmax(axis=1)"},
        composes=False,
    ),
    Hypothesis(
        "ignored-cotangent", lambda d: _ignored(d, cotangent=True),
        {"en": "{who}'s value does not depend on {input}", "ko": "{who}의 값은 {input}에 따라 달라지지 않는다"},
        {"en": "the chain rule's factor is missing: the backward pass takes the cotangent as one", "ko": "연쇄법칙의 상류 기울기를 곱하지 않고 1로 둔다"},
        {"r": "dx <- dout * local", "python": "dx = dout * local"},
        composes=False,
    ),
    Hypothesis(
        "ignored-input", lambda d: _ignored(d, cotangent=False),
        {"en": "{who}'s value does not depend on {input}", "ko": "{who}의 값은 {input}에 따라 달라지지 않는다"},
        {"en": "an argument that is not read, or is read under another name", "ko": "인자를 읽지 않거나 다른 이름으로 읽는다"},
        composes=False, weight=2,
    ),
    Hypothesis(
        "rows-with-missing", _missing_rows,
        {"en": "without the {count} rows that have something missing the two agree; {who} leaves them out",
         "ko": "결측이 있는 {count}개 행을 빼면 일치한다. {who}에서 그 행을 제외한다"},
        {"en": "lm, table and aggregate drop rows with NA; NumPy carries NaN on", "ko": "lm, table, aggregate는 NA가 있는 행을 버리고 NumPy는 NaN을 그대로 전한다"},
        {"r": "na.action = na.fail", "python": "df.dropna()"},
        composes=False,
    ),
    Hypothesis(
        "epsilon", lambda d: iter((*_epsilon_given(d), *_epsilon_fixed(d))),
        {"en": "the two put the small constant in another place ({input})", "ko": "작은 상수를 넣는 자리가 다르다({input})"},
        {"en": "sqrt(v + eps) on one side, sqrt(v) + eps on the other", "ko": "한쪽은 sqrt(v + eps), 다른 쪽은 sqrt(v) + eps이다"},
        {"r": "x / sqrt(v + eps)", "python": "x / np.sqrt(v + eps)"},
        composes=False,
    ),
    Hypothesis(
        "float32", _single,
        {"en": "{who} computes in float32 (2^-24)", "ko": "{who}에서 float32(2^-24)로 계산한다"},
        {"en": "an input or a weight is float32 in Python; R has doubles only", "ko": "Python에서 입력이나 가중치가 float32이다. R에는 double만 있다"},
        {"python": "x.astype(np.float64)"},
        composes=False,
    ),
    Hypothesis(
        "degrees", _degrees,
        {"en": "{input} is taken in degrees by {doer}", "ko": "{doer}에서 {input:을/를} 도 단위로 쓴다"},
        {"en": "sin and its like take radians in both languages", "ko": "sin 등은 두 언어 모두 라디안을 받는다"},
        {"r": "x * pi / 180", "python": "np.deg2rad(x)"},
        composes=False,
    ),
    Hypothesis(
        "standardised", _standardised_first,
        {"en": "they agree after {by}, which {doer} does", "ko": "{doer}에서만 하는 {by} 뒤에는 일치한다"},
        {"en": "one side standardises or centres first", "ko": "한쪽이 먼저 표준화하거나 평균을 뺀다"},
        {"r": "scale(x)", "python": "(x - x.mean(0)) / x.std(0)"},
        composes=False,
    ),
    Hypothesis(
        "penalty", lambda d: itertools.chain(_penalty(d), _penalty_solved(d)),
        {"en": "{doer} takes {input} as if it were multiplied by {factor}", "ko": "{doer}에서는 {input}에 {factor:을/를} 곱한 것처럼 쓴다"},
        {"en": "the penalty is scaled by n, by 1/(2n) or by the spread of y: glmnet minimises RSS/(2n) + lambda |b|, ridge of scikit-learn RSS + alpha |b|^2",
         "ko": "벌점에 n, 1/(2n), y의 표준편차가 곱해진다. glmnet은 RSS/(2n) + lambda |b|, scikit-learn의 ridge는 RSS + alpha |b|^2을 최소화한다"},
        {"r": "lambda = alpha / n", "python": "alpha = lambda * n"},
        composes=False,
    ),
    Hypothesis(
        "off-by-one", _shifted_labels,
        {"en": "off by one: {doer} takes {by}", "ko": "하나씩 어긋나 있다: {doer}에서는 {by:을/를} 쓴다"},
        {"en": "R counts from one, NumPy from zero", "ko": "R은 1부터, NumPy는 0부터 센다"},
        {"r": "labels + 1", "python": "labels - 1"},
        composes=False,
    ),
    Hypothesis(
        "transposed", _transposed_input,
        {"en": "{doer} takes {input} transposed", "ko": "{doer}에서는 {input:을/를} 전치하여 쓴다"},
        {"en": "a factor of a product was left untransposed", "ko": "행렬곱의 인수를 전치하지 않았다"},
        {"r": "t(x)", "python": "x.T"},
        composes=False,
    ),
    Hypothesis(
        "fill-order", _filled_otherwise,
        {"en": "{doer} flattens {input}{which} in the other order", "ko": "{doer}에서 {input:을/를} 다른 순서로 펼친다"},
        {"en": "R fills and flattens an array by columns, NumPy by rows", "ko": "R은 열 순서로, NumPy는 행 순서로 배열을 채우고 펼친다"},
        {"r": "aperm(x, c(1, 4, 3, 2))", "python": "x.reshape(len(x), -1, order='F')"},
        composes=False,
    ),
    Hypothesis(
        "margin", _other_margin,
        {"en": "{term} goes over axis {axis} on one side and over axis {other} on the other", "ko": "{term}: 한쪽은 축 {axis}, 다른 쪽은 축 {other} 방향이다"},
        {"en": "apply and sweep count margins from one: 1 are rows; NumPy's axis=0 runs down the rows",
         "ko": "apply와 sweep의 MARGIN은 1부터 세며 1은 행이다. NumPy의 axis=0은 행 방향으로 진행한다"},
        {"r": "sweep(x, 1, v)", "python": "x.sum(axis=1, keepdims=True)"},
        composes=False,
    ),
    Hypothesis(
        "cox-ties", lambda d: _untied(d, survival=True),
        {"en": "tied times of {input} are taken in another way", "ko": "{input}의 동점 시점을 다르게 다룬다"},
        {"en": "coxph takes Efron's likelihood by default, many others Breslow's", "ko": "coxph의 기본은 Efron이고, Breslow를 쓰는 구현도 많다"},
        {"r": 'coxph(..., ties = "efron")', "python": "CoxPHFitter() (Efron)"},
        composes=False,
    ),
    Hypothesis(
        "ties", lambda d: _untied(d, survival=False),
        {"en": "equal values of {input} are taken in another way", "ko": "{input}의 같은 값을 다르게 다룬다"},
        {"en": "ranks of ties, the first of equal ones, a stable sort on one side", "ko": "동점의 순위, 같은 값 중 첫째, 안정 정렬 여부가 다르다"},
        {"r": "rank(x, ties.method = )", "python": "rankdata(x, method=)"},
        composes=False, weight=2,
    ),
    Hypothesis(
        "scale", _logged,
        {"en": "{doer} takes {function}", "ko": "{doer}에서는 {function:을/를} 쓴다"},
        {"en": "an argument on the scale of its logarithm", "ko": "인자가 로그 척도이다"},
        composes=False, weight=1,
    ),
    Hypothesis(
        "sign", _sign_of_input,
        {"en": "{doer} takes -{input}", "ko": "{doer}에서는 -{input:을/를} 쓴다"},
        {"en": "a minus left out", "ko": "음의 부호를 빠뜨렸다"},
        {"r": "-x", "python": "-x"},
        composes=False, weight=1,
    ),
)  # fmt: skip

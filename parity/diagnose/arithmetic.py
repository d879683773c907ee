"""Right formula, with a term, a constant or a kind of number that is not the same."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from parity.arrays import is_na
from parity.diagnose import constants
from parity.diagnose.difference import Array, Difference, Hypothesis, Statement, Trial
from parity.diagnose.weight import bits_of


def _same_shape(d: Difference) -> bool:
    return d.actual.shape == d.reference.shape and d.actual.size > 0


_FEW = 100_000


def _sign(d: Difference) -> Iterator[Trial]:
    if _same_shape(d):
        yield Trial(lambda: -d.actual)


def _named(ratio: float, names: Iterable[tuple[float, str]], accuracy: float = 1e-6) -> list[tuple[float, str]]:
    near = [(k, text) for k, text in names if math.isfinite(k) and k and abs(ratio / k - 1) < accuracy]
    return sorted(near, key=lambda pair: (abs(ratio / pair[0] - 1) > 1e-12, len(pair[1])))[:3]


def _scaled(
    d: Difference, what: str, names: Callable[[Difference], Iterable[tuple[float, str]]], cost: float
) -> Iterator[Trial]:
    ratio = d.ratio
    if ratio is None:
        return
    for k, text in _named(abs(ratio), d.remembered(what, lambda: list(names(d)))):
        signed = math.copysign(k, ratio)
        factor = f"-{text}" if ratio < 0 else text
        yield Trial(
            lambda k=signed: d.actual * k,
            {"factor": factor},
            cost=cost + (2 if ratio < 0 else 0) + (3 if "sqrt" in text else 0),
        )


def _sum_for_mean(d: Difference) -> Iterator[Trial]:
    return _scaled(d, "means", constants.means, 4)


def _factor(d: Difference) -> Iterator[Trial]:
    logarithms = {"log 2", "log 10", "1/log 2", "1/log 10", "log 10 / log 2", "log 2 / log 10"}
    fixed = [pair for pair in constants.FIXED if pair[1] not in logarithms]
    named = list(_scaled(d, "factors", lambda d: (*fixed, *constants.scalars(d)), 5))
    yield from named
    ratio = d.ratio
    if not named and ratio is not None:
        # A factor without a name takes the digits of one number.
        yield Trial(lambda: d.actual * ratio, {"factor": f"{ratio:.6g}"}, cost=31)


def _logarithm(d: Difference) -> Iterator[Trial]:
    names = [(k, text) for k, text in constants.FIXED if "log" in text]
    exact = list(_scaled(d, "logarithms", lambda _: names, 4))
    yield from exact
    if not exact and _same_shape(d) and d.inputs:  # beside another cause
        for k, text in names:
            yield Trial(lambda k=k: d.actual * k, {"factor": text}, cost=5)


def _offset(d: Difference) -> Iterator[Trial]:
    if _same_shape(d):
        with np.errstate(all="ignore"):
            apart = (d.reference - d.actual).ravel()
        apart = apart[np.isfinite(apart)]
        if apart.size > 1:
            k = float(np.median(apart))
            low, high = np.quantile(apart, (0.25, 0.75))
            if 0 < high - low <= 1 and np.array_equal(2 * d.reference, np.round(2 * d.reference)):
                for whole in (1.0, -1.0):  # as ranks may be, counted from zero
                    yield Trial(lambda whole=whole: d.actual + whole, {"offset": f"{whole:g}"}, cost=4)
            if k and high - low < 0.2 * abs(k):
                whole = float(round(k))
                if whole and abs(k - whole) < 1e-9 * max(abs(k), 1):
                    yield Trial(lambda: d.actual + whole, {"offset": f"{whole:g}"}, cost=8)
                else:
                    yield Trial(lambda: d.actual + k, {"offset": f"{k:.6g}"}, cost=31)


def _laid(value: Array, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """An input as it may be spread over a result: along each axis that fits, or recycled as R does."""
    if value.ndim == 0 or value.shape == shape:
        yield "all", np.broadcast_to(value, shape)
        return
    flat = value.ravel()
    if value.size == max(value.shape):
        for axis, extent in enumerate(shape):
            if extent == flat.size:
                yield (
                    str(axis),
                    np.broadcast_to(flat.reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape),
                )


def _recycled_to(value: Array, shape: tuple[int, ...]) -> Array:
    return np.resize(value.ravel(order="F"), math.prod(shape)).reshape(shape, order="F")


def _missing_term(d: Difference) -> Iterator[Trial]:
    if not _same_shape(d):
        return
    for name, value in d.inputs.items():
        if value.size > d.reference.size or not np.isfinite(value).all() or not value.any():
            continue
        for axis, spread in _laid(value, d.reference.shape):
            where = "" if axis == "all" else f" along axis {axis}"
            yield Trial(
                lambda spread=spread: d.actual + spread,
                {"term": name, "where": where, "who": d.subject, "verb": "leaves out"},
                cost=3,
            )
            yield Trial(
                lambda spread=spread: d.actual - spread,
                {"term": name, "where": where, "who": d.standard, "verb": "leaves out"},
                cost=3,
            )


def _recycled(d: Difference) -> Iterator[Trial]:
    """a + b with b recycled down the columns where it should go along the rows; also for a product."""
    if not _same_shape(d) or d.reference.ndim < 2:
        return
    shape = d.reference.shape
    for name, value in d.inputs.items():
        if (
            value.size != max(value.shape, default=0)
            or value.size < 2
            or value.size > d.reference.size
            or not np.isfinite(value).all()
        ):
            continue
        wrapped = _recycled_to(value, shape)
        for axis, spread in _laid(value, shape):
            if axis == "all" or np.array_equal(wrapped, spread):
                continue
            filled = {"term": name, "axis": axis}
            if d.subject != "python":  # NumPy does not recycle
                mine = {**filled, "who": d.subject}
                yield Trial(lambda w=wrapped, s=spread: d.actual - w + s, mine, cost=3)
                if value.all():
                    yield Trial(lambda w=wrapped, s=spread: d.actual / w * s, mine, cost=4)
            if d.standard != "python" and not d.guilty:
                theirs = {**filled, "who": d.standard}
                yield Trial(lambda w=wrapped, s=spread: d.actual + w - s, theirs, cost=3)
                if value.all():
                    yield Trial(lambda w=wrapped, s=spread: d.actual * w / s, theirs, cost=4)


def _margin(d: Difference) -> Iterator[Trial | Statement]:
    """Swept over the other margin: of a square result, an input went along the wrong axis."""
    if not _same_shape(d) or d.reference.ndim < 2:
        return
    shape = d.reference.shape
    for name, value in d.inputs.items():
        ways = [] if value.ndim == 0 else list(_laid(value, shape))
        for (axis, one), (other, two) in itertools.permutations(ways, 2):
            filled = {"term": name, "axis": axis, "other": other}
            yield Trial(lambda one=one, two=two: d.actual - one + two, filled, cost=4)
            if value.all():
                yield Trial(lambda one=one, two=two: d.actual / one * two, filled, cost=4)
                yield Trial(lambda one=one, two=two: d.actual * one / two, filled, cost=5)
    if d.reference.ndim == 2 and min(shape) > 1:
        yield from _normalised(d)


def _normalised(d: Difference) -> Iterator[Statement]:
    """Each row of one side sums to the same number, and each column of the other: normalised over another margin."""
    sides = (d.actual, d.reference)
    for fold, word in ((np.sum, "sums"), (np.ptp, "ranges"), (np.var, "variances"), (np.max, "maxima")):
        constant = []
        for a in sides:
            over = [fold(a, axis=axis) for axis in (0, 1)]
            constant.append([bool(np.ptp(v) <= 1e-9 * max(1.0, float(np.abs(v).max()))) for v in over])
            if constant[-1] == [True, True] or constant[-1] == [False, False]:
                return
        if constant[0] != constant[1]:
            axis = 0 if constant[0][0] else 1
            lines = sum(side.shape[1 - (0 if c[0] else 1)] for side, c in zip(sides, constant, strict=True))
            yield Statement(
                1.0, 6.0 * lines, {"term": f"what makes the {word} alike", "axis": str(axis), "other": str(1 - axis)}
            )
            return


def _accumulated(d: Difference) -> Iterator[Trial]:
    if d.gradient:
        for k, text in ((0.5, "twice"), (2.0, "once, where the other added it twice")):
            yield Trial(lambda k=k: d.actual * k, {"times": text}, cost=4)


def _whole(d: Difference) -> Iterator[Trial | Statement]:
    """One side cut its numbers to whole ones, or to multiples of a step."""
    if not _same_shape(d):
        return
    a, b = d.actual, d.reference
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    if a.size > _FEW:
        few = slice(None, None, a.size // 1000)
        if not any(np.array_equal(v.ravel()[few], np.round(v.ravel()[few])) for v in (a, b)):
            return
    ways = ((np.floor, "rounded down"), (np.trunc, "cut off"), (np.round, "rounded"), (np.ceil, "rounded up"))
    for cut, other, who in ((a, b, d.subject), (b, a, d.standard)):
        steps = [1.0]
        if cut.size <= _FEW:
            sizes = np.unique(np.abs(cut[cut != 0]))
            steps += [float(step) for step in (sizes[:1], np.diff(sizes)[:1]) for step in step if step > 0]
        steps += [k for k, _ in constants.scalars(d)]
        for step in dict.fromkeys(steps):
            if not np.allclose(cut / step, np.round(cut / step), rtol=0, atol=1e-9) or np.allclose(
                other / step, np.round(other / step), rtol=0, atol=1e-9
            ):
                continue
            for function, word in ways:
                if np.allclose(function(other / step), cut / step, rtol=0, atol=1e-9):
                    fractions = other[np.abs(cut - other) > 1e-9 * step]
                    weight = 6.0 * len(np.unique(np.abs(fractions))) + 6 - (0 if step == 1 else 8)
                    yield Statement(1.0, weight, {"who": who, "how": word}, who)
                    return


def _overflow(d: Difference) -> Iterator[Trial | Statement]:
    if not _same_shape(d):
        return
    a, b = d.actual, d.reference
    wrong = d.wrong
    x, y = a[wrong], b[wrong]
    for missing, large, who in ((x, y, d.subject), (y, x, d.standard)):
        if missing.size and np.isnan(missing).all() and np.isfinite(large).all() and (np.abs(large) >= 2**31).all():
            yield Statement(1.0, 20.0 + 4 * missing.size, {"who": who, "what": "NA"}, who)
            return
    if x.size and np.isfinite(x).all() and np.isfinite(y).all():
        for bits in (32, 64, 16, 8):
            few = (x[:1000] - y[:1000]) / 2.0**bits
            if not np.array_equal(few, np.round(few)):
                continue
            turns = (x - y) / 2.0**bits
            limit = 2.0 ** (bits - 1)
            if (turns != 0).all() and np.array_equal(turns, np.round(turns)):
                if (np.abs(x) <= limit).all() and (np.abs(y) >= limit).all():
                    yield Statement(1.0, 20.0, {"who": d.subject, "what": f"wrapped at {bits} bits"}, d.subject)
                    return
                if (np.abs(y) <= limit).all() and (np.abs(x) >= limit).all():
                    yield Statement(1.0, 20.0, {"who": d.standard, "what": f"wrapped at {bits} bits"}, d.standard)
                    return


def _float32(d: Difference) -> Iterator[Trial | Statement]:
    """Errors of the size of a float32's last bit, in every element that has room for them."""
    if not _same_shape(d):
        return
    a, b = d.actual.ravel(), d.reference.ravel()
    good = np.isfinite(a) & np.isfinite(b)
    a, b = a[good], b[good]
    if a.size > 20_000:
        a, b = a[:: a.size // 10_000], b[:: b.size // 10_000]
    if a.size == 0:
        return
    with np.errstate(all="ignore"):
        single_a, single_b = a.astype(np.float32).astype(np.float64), b.astype(np.float32).astype(np.float64)
    exact = (single_a == a).all(), (single_b == b).all()
    if exact[0] != exact[1]:
        who = d.subject if exact[0] else d.standard
        single, full = (a, single_b) if exact[0] else (b, single_a)
        # As stored in 24 bits: the other rounds to it, or nearly so after a few operations.
        size = np.maximum(np.abs(full), np.abs(full).max() * 1e-3)
        if (np.abs(single - full) <= 64 * 2.0**-24 * size).all():
            yield Statement(1.0, 12.0 * min(len(np.unique(single)), 10), {"who": who}, who)
            return
    size = max(float(np.abs(b).max()), 1e-300)
    error = np.abs(a - b)
    largest = float(error.max()) / size
    typical = float(np.sqrt(np.mean((error / np.maximum(np.abs(b), 1e-3 * size)) ** 2)))
    if 2e-9 < largest < 2e-6 and 1e-9 < typical < 1e-6 and np.mean(error > 0) > 0.7 and a.size >= 3:
        spread = float(np.std((a - b) / np.maximum(np.abs(b), 1e-3 * size)))
        if spread > 0.3 * typical:  # not one shift of all, as a constant would be
            yield Statement(1.0, 10.0 + 2 * min(a.size, 20), {"who": "one side"})


def _rounding(d: Difference) -> Iterator[Trial | Statement]:
    """Rounded numbers that differ by one unit of their last place, where a half stood."""
    if not _same_shape(d):
        return
    a, b = d.actual, d.reference
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    wrong = d.wrong
    step = max(1, a.size // 1000)
    sample = np.concatenate([a.ravel()[::step], b.ravel()[::step]])
    for decimals in range(-3, 7):
        unit = 10.0**-decimals
        if not np.allclose(sample / unit, np.round(sample / unit), rtol=0, atol=1e-6):
            continue
        apart = np.abs(a - b)[wrong] / unit
        if not np.allclose(apart, 1.0, rtol=0, atol=1e-5):
            continue
        weight = bits_of(b[~wrong]) if wrong.mean() <= 0.5 else 0.0
        for x in d.inputs.values():
            if x.shape == a.shape:
                # Both are the input rounded, and where they differ it lies halfway.
                near = all((np.abs(side - x) <= unit * (0.5 + 1e-9)).all() for side in (a, b))
                if near and np.allclose(np.abs(a - x)[wrong], unit / 2, rtol=1e-9, atol=0):
                    weight = 20.0 + 4 * int(wrong.sum())
        yield Statement(1.0, weight, {"decimals": str(decimals)})
        return


def _missing_kind(d: Difference) -> Iterator[Statement]:
    apart = _missing_apart(d)
    if apart is None:
        return
    a, b, rest = apart
    both = np.isnan(a) & np.isnan(b)
    if both[rest].all() and (is_na(a) != is_na(b)).any():
        who, other = (d.subject, d.standard) if is_na(a).any() else (d.standard, d.subject)
        yield Statement(1.0, 30.0, {"one": f"NA in {who}", "other": f"NaN in {other}"})
    elif not _finite_inputs(d):
        yield from _missing_in_one(d, a, b, rest, "missing")


def _indeterminate(d: Difference) -> Iterator[Statement]:
    """NaN out of finite inputs: it arose on the way."""
    apart = _missing_apart(d)
    if apart is not None and _finite_inputs(d):
        yield from _missing_in_one(d, *apart, "NaN")


def _missing_apart(d: Difference) -> tuple[Array, Array, Array] | None:
    """The two, and where they differ; None where nothing is missing."""
    if not _same_shape(d):
        return None
    a, b = np.ascontiguousarray(d.actual, dtype=np.float64), np.ascontiguousarray(d.reference, dtype=np.float64)
    with np.errstate(all="ignore"):
        if math.isfinite(float(a.sum())) and math.isfinite(float(b.sum())):
            return None
        rest = ~((a == b) | (np.abs(a - b) <= d.allowed))
    return (a, b, rest) if rest.any() else None


def _missing_in_one(d: Difference, a: Array, b: Array, rest: Array, kind: str) -> Iterator[Statement]:
    """Where all that differs is missing in one of the two."""
    both = np.isnan(a) & np.isnan(b)
    absent = np.isnan(a) ^ np.isnan(b)
    if not (absent | both)[rest].all() or not absent.any():
        return
    one = np.isnan(a) & absent
    who, other, value = (d.subject, d.standard, b) if one.any() else (d.standard, d.subject, a)
    values = np.unique(value[absent])
    number = f"{values[0]:g}" if values.size == 1 and values[0] == values[0] else "a number"
    if (~rest).any() or absent.all():
        yield Statement(1.0, max(20.0, bits_of(b[~rest])), {"one": f"{kind} in {who}", "other": f"{number} in {other}"})


def _finite_inputs(d: Difference) -> bool:
    """Whether the inputs are known, and none of their numbers is missing or infinite."""
    numbers = [value for value in d.inputs.values() if value.dtype.kind in "fiub"]
    return bool(numbers) and len(numbers) == len(d.inputs) and all(np.isfinite(value).all() for value in numbers)


HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis(
        "missing-kind", _missing_kind,
        {"en": "{one} is {other}", "ko": "{one}인 곳이 {other}이다"},
        {"en": "R tells NA from NaN and which.max and max(na.rm) skip them; NumPy's argmax and max give them back",
         "ko": "R은 NA와 NaN을 구별하고 which.max, max(na.rm)은 이를 건너뛴다. NumPy의 argmax와 max는 그대로 돌려준다"},
        {"r": "is.na(x) <- is.nan(x)", "python": "np.nanmax(x)"},
        composes=False,
        weight=2,
    ),
    Hypothesis(
        "indeterminate", _indeterminate,
        {"en": "{one} is {other}, out of finite inputs", "ko": "입력은 모두 유한한데 {one}인 곳이 {other}이다"},
        {"en": "Inf / Inf, Inf - Inf or 0 / 0 on the way: exp(x) is Inf above 709 in both languages; subtract the maximum, "
               "or write the formula so that the exponent is negative",
         "ko": "중간에 Inf / Inf, Inf - Inf, 0 / 0이 생겼다. exp(x)는 두 언어 모두 709를 넘으면 Inf이다. 최댓값을 먼저 빼거나 "
               "지수가 음수가 되도록 식을 바꾼다"},
        {"r": "exp(x - max(x))", "python": "np.exp(x - x.max())"},
        composes=False,
        weight=2,
    ),
    Hypothesis(
        "sign", _sign,
        {"en": "{subject} is {standard} with the other sign", "ko": "{subject:과/와} {standard}의 부호가 반대이다"},
        {"en": "a minus left out, or the two terms of a difference exchanged", "ko": "음의 부호를 빠뜨렸거나 뺄셈의 두 항이 바뀌었다"},
        {"r": "-x", "python": "-x"},
        pointwise=True,
    ),
    Hypothesis(
        "degrees-of-freedom", lambda d: _scaled(d, "degrees of freedom", constants.degrees_of_freedom, 6),
        {"en": "{standard} = {subject} x {factor}", "ko": "{standard} = {subject} x {factor}"},
        {"en": "R's var, sd and scale divide by n - 1, NumPy's var and std by n; models divide by n - k, clusters by G - 1",
         "ko": "R의 var, sd, scale은 n - 1로, NumPy의 var, std는 n으로 나눈다. 회귀는 n - k, 군집은 G - 1로 나눈다"},
        {"r": "var(x) * (n - 1) / n", "python": "x.var(ddof=1)"},
        weight=1,
        pointwise=True,
    ),
    Hypothesis(
        "logarithm", _logarithm,
        {"en": "{standard} = {subject} x {factor}", "ko": "{standard} = {subject} x {factor}"},
        {"en": "a logarithm to another base; log is the natural one in R and in NumPy",
         "ko": "로그의 밑이 다르다. R과 NumPy의 log는 자연로그이다"},
        {"r": "log2(x), log10(x)", "python": "np.log2(x), np.log10(x)"},
        pointwise=True,
    ),
    Hypothesis(
        "accumulated", _accumulated,
        {"en": "the gradient was added {times}", "ko": "기울기를 {times_ko} 더했다"},
        {"en": "a gradient that is added to what stood there, or a value used twice whose parts were not",
         "ko": "이미 있던 기울기에 더했거나, 두 번 쓰인 값의 몫을 더하지 않았다"},
        {"r": "grads$W <- dW", "python": "grad[...] = dW"},
        pointwise=True,
    ),
    Hypothesis(
        "sum-for-mean", _sum_for_mean,
        {"en": "{standard} = {subject} x {factor}", "ko": "{standard} = {subject} x {factor}"},
        {"en": "a sum on one side and a mean on the other: the batch size, or the extent, is divided by once too often or not at all",
         "ko": "한쪽은 합, 다른 쪽은 평균이다. 배치 크기나 축의 길이로 나누지 않았거나 한 번 더 나누었다"},
        {"r": "sum(x) / nrow(x)", "python": "x.sum() / x.shape[0]"},
        weight=1,
        pointwise=True,
    ),
    Hypothesis(
        "factor", _factor,
        {"en": "{standard} = {subject} x {factor}", "ko": "{standard} = {subject} x {factor}"},
        {"en": "a constant factor", "ko": "상수배만큼 차이가 난다"},
        weight=1,
        pointwise=True,
    ),
    Hypothesis(
        "recycled", _recycled,
        {"en": "{who} spreads {term} down the columns instead of along axis {axis}", "ko": "{who}에서 {term:이/가} 축 {axis} 대신 열을 따라 재사용된다"},
        {"en": "R recycles a vector down the columns; NumPy broadcasts it along the last axis",
         "ko": "R은 벡터를 열을 따라 재사용하고, NumPy는 마지막 축에 맞추어 브로드캐스트한다"},
        {"r": 'sweep(x, 2, b, "+")', "python": "x + b[:, None]"},
    ),
    Hypothesis(
        "missing-term", _missing_term,
        {"en": "{who} leaves out {term}{where}", "ko": "{who}에 {term} 항이 없다"},
        {"en": "a term, as a bias, that is not added", "ko": "편향과 같은 항을 더하지 않았다"},
        {"r": 'sweep(x %*% W, 2, b, "+")', "python": "x @ W + b"},
    ),
    Hypothesis(
        "margin", _margin,
        {"en": "{term} goes over axis {axis} where it goes over axis {other} in the other", "ko": "{term:이/가} 축 {axis}에 적용되었고 다른 쪽은 축 {other}에 적용된다"},
        {"en": "apply and sweep count margins from one: 1 are rows; NumPy's axis=0 runs down the rows",
         "ko": "apply와 sweep의 MARGIN은 1부터 세며 1은 행이다. NumPy의 axis=0은 행 방향으로 진행한다"},
        {"r": "sweep(x, 1, v)", "python": "x.sum(axis=1, keepdims=True)"},
    ),
    Hypothesis(
        "offset", _offset,
        {"en": "{standard} = {subject} + {offset} throughout", "ko": "전체에서 {standard} = {subject} + {offset}이다"},
        {"en": "a constant that is added on one side", "ko": "한쪽에만 상수를 더한다"},
        weight=1,
        pointwise=True,
    ),
    Hypothesis(
        "integer-division", _whole,
        {"en": "{who}'s numbers are the other's {how}", "ko": "{who}의 값은 다른 쪽 값을 {how_ko} 것이다"},
        {"en": "%/% or //, or an array of integers that fractions are written into",
         "ko": "%/%나 //를 썼거나, 정수 배열에 소수를 넣었다"},
        {"r": "x / y", "python": "x / y, or dtype=float"},
        composes=False,
    ),
    Hypothesis(
        "overflow", _overflow,
        {"en": "whole numbers too large for {who}: {what}", "ko": "{who}에서 정수가 넘친다: {what}"},
        {"en": "R's integers end at 2^31 - 1 and become NA; NumPy's wrap", "ko": "R의 정수는 2^31 - 1을 넘으면 NA가 되고 NumPy의 정수는 되돌아간다"},
        {"r": "as.numeric(x)", "python": "x.astype(np.float64)"},
        composes=False,
    ),
    Hypothesis(
        "float32", _float32,
        {"en": "errors of the size of float32 (2^-24): {who} computes in it", "ko": "float32(2^-24) 정도의 오차이다: {who}에서 float32로 계산한다"},
        {"en": "an input or a weight is float32 in Python; R has doubles only", "ko": "Python에서 입력이나 가중치가 float32이다. R에는 double만 있다"},
        {"python": "x.astype(np.float64)"},
        composes=False, weight=3,
    ),
    Hypothesis(
        "rounding", _rounding,
        {"en": "one unit apart in decimal {decimals}, where halves were rounded", "ko": "소수 {decimals}째 자리에서 절반값의 반올림이 다르다"},
        {"en": "round(0.15, 1) is 0.1 in R and 0.2 in NumPy; round half up is neither", "ko": "round(0.15, 1)은 R에서 0.1, NumPy에서 0.2이다. 사사오입은 둘 다 아니다"},
        {"r": "floor(x + 0.5)", "python": "np.floor(x + 0.5)"},
        composes=False,
    ),
)  # fmt: skip

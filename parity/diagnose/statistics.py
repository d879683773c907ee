"""Conventions of statistics that two languages do not share, recomputed from what went in where that is short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from statistics import NormalDist

import numpy as np

from parity.diagnose.difference import Array, Difference, Hypothesis, Statement, Trial
from parity.diagnose.weight import bits_of

Ways = Mapping[str, Array]


def _two_ways(d: Difference, ways: Ways, cost: float) -> Iterator[Statement]:
    """Where one side's value is one of several conventions and the other's is another."""

    theirs = _which(ways, d.reference)
    mine = None if theirs is None else _which(ways, d.actual)
    if mine is not None and theirs is not None and mine != theirs:
        weight = (
            bits_of(d.actual)
            + bits_of(d.reference)
            + 4.0 * int(d.wrong.sum() if d.actual.shape == d.reference.shape else 1)
        )
        yield Statement(1.0, weight - cost, {"mine": mine, "theirs": theirs})


def _which(ways: Ways, value: Array) -> str | None:
    """The first convention that gives the value, in whatever shape."""
    flat = value.ravel()
    for name, candidate in ways.items():
        if candidate.size == flat.size and _meet(candidate.ravel(), flat):
            return name
    return None


def _meet(a: Array, b: Array) -> bool:
    """np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True) of vectors; the first element is looked at alone."""
    if a.size and abs(float(a[0]) - float(b[0])) > 1e-12 + 1e-9 * abs(float(b[0])):
        return False
    near = np.abs(a - b) <= 1e-12 + 1e-9 * np.abs(b)
    return bool((near | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def _vectors(d: Difference, *, at_least: int = 3, at_most: int = 100_000) -> Iterator[tuple[str, Array]]:
    for name, value in d.inputs.items():
        flat = value.ravel()
        if at_least <= flat.size <= at_most and flat.size == max(value.shape, default=0):
            finite = flat[np.isfinite(flat)]
            if finite.size >= at_least:
                yield name, finite


def quantile(x: Array, p: Array, kind: int) -> Array:
    """The quantile of Hyndman and Fan's type `kind` (The American Statistician 50, 1996, 361-365)."""
    x, n = np.sort(x), x.size
    if kind <= 3:
        m = -0.5 if kind == 3 else 0.0
        place = n * p + m
        j = np.floor(place + 4 * np.finfo(float).eps)
        g = place - j
        g = np.where(np.abs(g) < 1e-12, 0.0, g)
        gamma = np.where(g > 0, 1.0, {1: 0.0, 2: 0.5}.get(kind, 0.0) * np.ones_like(g))
        if kind == 3:
            gamma = np.where((g == 0) & (j % 2 == 0), 0.0, 1.0)
    else:
        a, b = {4: (0.0, 1.0), 5: (0.5, 0.5), 6: (0.0, 0.0), 7: (1.0, 1.0), 8: (1 / 3, 1 / 3), 9: (3 / 8, 3 / 8)}[kind]
        place = a + p * (n + 1 - a - b)
        j = np.floor(place + 4 * np.finfo(float).eps)
        gamma = np.where(np.abs(place - j) < 1e-12, 0.0, place - j)
    low = x[np.clip(j - 1, 0, n - 1).astype(int)]
    high = x[np.clip(j, 0, n - 1).astype(int)]
    return np.asarray((1 - gamma) * low + gamma * high)


_USUAL = (0.5, 0.25, 0.75, 0.1, 0.9, 0.05, 0.95, 0.2, 0.8, 0.01, 0.99, 0.975, 0.025, 1 / 3, 2 / 3)


def _quantiles(d: Difference) -> Iterator[Statement]:
    if 0 < d.reference.size <= 1000 and d.actual.size == d.reference.size:
        for ways, cost in d.remembered("quantiles", lambda: [*_quantile_ways(d)]):
            yield from _two_ways(d, ways, cost)


def _quantile_ways(d: Difference) -> Iterator[tuple[Ways, float]]:
    """The quantiles of each vector that went in, by all types, and what is made of them; with what it costs to ask."""
    size = d.reference.size
    for name, x in _vectors(d):
        given = [
            v.ravel()
            for other, v in d.inputs.items()
            if other != name and v.size == size and ((v >= 0) & (v <= 1)).all()
        ]
        known = [(p, 0.0) for p in given]
        if not given:
            known += [(np.array([p]), 4.0) for p in _USUAL] if size == 1 else []
            known += [(np.array([0, 0.25, 0.5, 0.75, 1.0]), 1.0)] if size == 5 else []
            known += [(np.array([0.25, 0.5, 0.75]), 2.0), (np.array([0.1, 0.5, 0.9]), 3.0)] if size == 3 else []
            known += (
                [(np.array([0.25, 0.75]), 2.0), (np.array([0.05, 0.95]), 3.0), (np.array([0.025, 0.975]), 3.0)]
                if size == 2
                else []
            )
        for p, cost in known:
            ways = {str(kind): quantile(x, p, kind) for kind in (7, 6, 8, 5, 4, 9, 2, 1, 3)}
            yield ways, cost - 6
            if (x > 0).all():
                for function in (np.log, np.log2, np.log10, np.sqrt):
                    yield {kind: function(way) for kind, way in ways.items()}, cost
            if size == 1 and p.size == 1 and p[0] == 0.25:  # the range between the quartiles
                yield {k: quantile(x, np.array([0.75]), int(k)) - v for k, v in ways.items()}, cost - 2


def ranks(x: Array) -> dict[str, Array]:
    """Ranks from one, by what equal values get."""
    order = np.argsort(x, kind="stable")
    first = np.empty(x.size)
    first[order] = np.arange(1, x.size + 1)
    last = np.empty(x.size)
    backwards = np.argsort(x[::-1], kind="stable")
    last[::-1][backwards] = np.arange(1, x.size + 1)
    _, group = np.unique(x, return_inverse=True)
    low, high = np.full(group.max() + 1, np.inf), np.zeros(group.max() + 1)
    np.minimum.at(low, group, first)
    np.maximum.at(high, group, first)
    ways = {
        "average": (low + high)[group] / 2,
        "min": low[group],
        "max": high[group],
        "first": first,
        "last": last,
        "dense": group + 1.0,
    }
    return ways


def _ties(d: Difference) -> Iterator[Statement]:
    if d.reference.size > 100_000:
        return
    for name, x in _vectors(d):
        if x.size == d.reference.size == d.actual.size:
            ways = d.remembered(f"ranks of {name}", lambda x=x: ranks(x))
            yield from _two_ways(d, ways, 0)
            yield from _two_ways(d, {f"{k}, from zero": v - 1 for k, v in ways.items()}, 1)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b) by its continued fraction (Lentz), as in Abramowitz and Stegun 26.5.8."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    f = c = 1.0
    e = 0.0
    for i in range(300):
        m = i // 2
        if i == 0:
            term = 1.0
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        e = 1 + term * e
        e = 1 / (e or 1e-300)
        c = 1 + term / c
        c = c or 1e-300
        f *= c * e
        if abs(1 - c * e) < 1e-15:
            break
    return front * (f - 1)


def two_sided_t(t: float, df: float) -> float:
    return _incomplete_beta(df / (df + t * t), df / 2, 0.5)


def _widths(d: Difference, frees: list[float]) -> Iterator[Statement]:
    """Intervals about the same middle, or half widths, by a quantile of the normal distribution against one of t."""
    a, b = d.actual, d.reference
    if a.shape != b.shape or not np.isfinite(a).all() or not np.isfinite(b).all():
        return
    pairs = [(a.ravel(), b.ravel())]
    for axis in range(a.ndim):
        if a.shape[axis] == 2:
            (lower, upper), (low, high) = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
            if np.allclose(lower + upper, low + high, rtol=1e-10, atol=1e-12):
                pairs.append((np.ravel(upper - lower), np.ravel(high - low)))
    for mine, theirs in pairs:
        if not mine.all() or not theirs.all():
            continue
        ratio = float(mine.flat[0] / theirs.flat[0])
        if not np.allclose(mine, ratio * theirs, rtol=1e-9, atol=0) or ratio <= 0 or abs(ratio - 1) < 1e-9:
            continue
        for wide, who in ((ratio, d.standard), (1 / ratio, d.subject)):
            for alpha in (0.05, 0.1, 0.01) if 1 < wide < 10 else ():
                z = NormalDist().inv_cdf(1 - alpha / 2)
                for df in frees:
                    if abs(two_sided_t(z * wide, df) / alpha - 1) < 1e-7:
                        yield Statement(1.0, 18.0, {"who": who, "df": f"{df:g}"})
                        return


def _normal_or_t(d: Difference) -> Iterator[Statement]:
    """p-values of the same statistic, by the normal distribution on one side and by t on the other."""
    a, b = d.actual.ravel(), d.reference.ravel()
    if a.size != b.size or not a.size or a.size > 50_000:
        return
    if not a.size or not b.size:
        return
    good = (a > 1e-12) & (a < 0.999) & (b > 1e-12) & (b < 0.999)
    a, b = a[good][:40], b[good][:40]
    if not a.size or np.allclose(a, b):
        return
    frees = {
        float(n - k)
        for value in d.inputs.values()
        if value.ndim
        for n in value.shape[:1]
        for k in range(min(n - 1, 12))
    }
    lengths = [value.shape[0] for value in d.inputs.values() if value.ndim == 1 and value.shape[0] > 1]
    frees |= {float(n + m - k) for i, n in enumerate(lengths) for m in lengths[:i] for k in (1, 2) if n + m > k}
    frees |= {float(value) for value in d.inputs.values() if value.ndim == 0 and value > 0}
    frees.discard(0.0)
    yield from _widths(d, sorted(frees))
    for normal, other, who in ((a, b, d.subject), (b, a, d.standard)):
        for sides in (2, 1):
            z = np.array([NormalDist().inv_cdf(1 - p / sides) for p in normal])
            if (np.abs(other - normal) > 0.5).any() or (z <= 0).any():
                continue
            for df in sorted(frees):
                t = np.array([two_sided_t(value, df) / (2 / sides) for value in z])
                if np.allclose(t, other, rtol=1e-7, atol=0):
                    yield Statement(1.0, bits_of(other) - 6, {"who": who, "df": f"{df:g}"}, None)
                    return


def _sides(d: Difference) -> Iterator[Trial]:
    a, b = d.actual, d.reference
    looks = (
        any(word in d.value.lower() for word in ("p_", "pval", "p.val", "pr", "prob"))
        or d.value.lower().split(".")[-1] == "p"
    )
    inside = (
        a.size
        and np.isfinite(a).all()
        and np.isfinite(b).all()
        and (a >= 0).all()
        and (a <= 1).all()
        and (b >= 0).all()
        and (b <= 1).all()
    )
    if a.shape == b.shape and inside:
        cost = -4.0 if looks else 4.0
        if (2 * a <= 1).all():
            yield Trial(lambda: 2 * a, {"who": d.subject}, cost=cost)
        if (2 * b <= 1).all():
            yield Trial(lambda: a / 2, {"who": d.standard}, cost=cost)
        yield Trial(lambda: 2 * np.minimum(a, 1 - a), {"who": d.subject}, cost=cost + 1)
        yield Trial(lambda: 1 - a, {"who": d.subject}, cost=cost + 2)
        yield Trial(lambda: 1 - a / 2, {"who": d.standard}, cost=cost + 3)


def _scale(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.shape != d.reference.shape or not a.size or not np.isfinite(a).any():
        return

    def quiet(function: Callable[[Array], Array]) -> Callable[[], Array]:
        def make() -> Array:
            with np.errstate(all="ignore"):
                return np.asarray(function(a))

        return make

    for name, function in (
        ("exp", np.exp), ("log", np.log), ("logistic", lambda v: 1 / (1 + np.exp(-v))), ("logit", lambda v: np.log(v / (1 - v))),
        ("square", np.square), ("square root", np.sqrt), ("reciprocal", lambda v: 1 / v), ("expm1", np.expm1), ("log1p", np.log1p),
        ("1 -", lambda v: 1 - v),
        ("-log", lambda v: -np.log(v)),
    ):  # fmt: skip
        yield Trial(quiet(function), {"function": name, "who": d.subject}, cost=4)


def _component_sign(d: Difference) -> Iterator[Trial]:
    a, b = d.actual, d.reference
    if a.shape != b.shape or a.ndim not in (1, 2) or a.size < 2:
        return
    for axis in range(a.ndim) if a.ndim == 2 else ():
        if a.shape[1 - axis] > 1:
            with np.errstate(all="ignore"):
                signs = np.where(np.nansum(a * b, axis=axis, keepdims=True) < 0, -1.0, 1.0)
            yield Trial(
                lambda s=signs: a * s, {"axis": "columns" if axis == 0 else "rows"}, cost=float(a.shape[1 - axis])
            )
    if a.ndim == 1:
        yield Trial(
            lambda: np.where(np.signbit(a) == np.signbit(b), a, -a), {"axis": "elements"}, cost=float(a.size) + 6
        )


def _deviations(d: Difference) -> Iterator[tuple[str, Array]]:
    for name, value in d.inputs.items():
        if value.ndim == 2 and value.shape[0] > 2 and np.isfinite(value).all():
            for ddof in (0, 1):
                deviation = value.std(axis=0, ddof=ddof)
                if (deviation > 0).all():
                    yield f"the standard deviations of {name}'s columns", deviation
        elif value.ndim == 1 and value.size > 2 and np.isfinite(value).all() and value.std() > 0:
            for ddof in (0, 1):
                yield f"the standard deviation of {name}", np.asarray(value.std(ddof=ddof))


def _standardised(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.shape != d.reference.shape or not a.size:
        return
    for name, deviation in _deviations(d):
        for axis, extent in enumerate(a.shape or (1,)):
            if deviation.ndim and deviation.size != extent:
                continue
            factor = deviation.reshape([-1 if i == axis else 1 for i in range(a.ndim)]) if deviation.ndim else deviation
            yield Trial(lambda f=factor: a * f, {"by": name, "who": d.standard}, cost=4)
            yield Trial(lambda f=factor: a / f, {"by": name, "who": d.subject}, cost=4)
            if not deviation.ndim:
                break


def _contrasts(d: Difference) -> Iterator[Statement]:
    """Coefficients of a factor counted from another level: the intercept takes up the level's, the others lose it."""
    a, b = d.actual.ravel(), d.reference.ravel()
    if (
        a.size != b.size
        or not 3 <= a.size <= 60
        or d.reference.ndim > 1
        or not (np.isfinite(a).all() and np.isfinite(b).all())
    ):
        return
    if len(np.unique(a)) < a.size or len(np.unique(b)) < b.size or not (a.all() and b.all()):
        return
    tiny = 1e-9 * min(float(np.abs(a).max()), float(np.abs(b).max()))
    for j in range(1, a.size):
        if np.isclose(a[0] + a[j], b[0], rtol=1e-7, atol=tiny):
            moved = np.sort(np.concatenate([[-a[j]], np.delete(a[1:], j - 1) - a[j]]))
            if np.allclose(moved, np.sort(b[1:]), rtol=1e-6, atol=tiny):
                yield Statement(1.0, bits_of(b) - math.log2(a.size), {})
                return
    # Deviations from the mean of the levels against those from the first.
    for one, other in ((a, b), (b, a)):
        levels = np.concatenate([[0.0], one[1:]])
        centred = levels - levels.mean()
        if np.isclose(one[0] + levels.mean(), other[0], rtol=1e-7, atol=tiny) and np.allclose(
            centred[:-1], other[1:], rtol=1e-6, atol=tiny
        ):
            yield Statement(1.0, bits_of(b), {})
            return


def _designs(d: Difference) -> Iterator[tuple[Array, Array]]:
    for name, y in d.inputs.items():
        if y.ndim == 1 and 3 <= y.size <= 20_000 and np.isfinite(y).all():
            for other, x in d.inputs.items():
                if other != name and x.ndim in (1, 2) and x.shape[0] == y.size and np.isfinite(x).all():
                    matrix = x.reshape(y.size, -1)
                    if matrix.shape[1] < min(y.size, 60):
                        yield matrix, y


def _least_squares(d: Difference) -> Iterator[Statement]:
    """A regression with an intercept on one side and without on the other."""
    for x, y in _designs(d):
        one = np.ones((y.size, 1))
        plain = np.linalg.lstsq(x, y, rcond=None)[0]
        whole = np.linalg.lstsq(np.hstack([one, x]), y, rcond=None)[0]
        ways: dict[str, tuple[Array, ...]] = {
            "without": (plain, x @ plain, y - x @ plain),
            "with": (whole, whole[1:], np.hstack([one, x]) @ whole, y - np.hstack([one, x]) @ whole),
        }

        def is_one(value: Array, candidates: tuple[Array, ...]) -> bool:
            return any(c.size == value.size and np.allclose(c, value.ravel(), rtol=1e-6, atol=1e-9) for c in candidates)

        for mine, theirs, who in (("with", "without", d.standard), ("without", "with", d.subject)):
            if (
                is_one(d.actual, ways[mine])
                and is_one(d.reference, ways[theirs])
                and not is_one(d.actual, ways[theirs])
            ):
                yield Statement(1.0, bits_of(d.actual) + bits_of(d.reference), {"who": who}, who)
                return


def cox(time: Array, event: Array, x: Array, *, efron: bool) -> Array | None:
    """Coefficients of a proportional hazards model by Newton's method; ties by Efron's or Breslow's likelihood."""
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        gradient, hessian = np.zeros_like(beta), np.zeros((beta.size, beta.size))
        weight = np.exp(x @ beta)
        for t in np.unique(time[event > 0]):
            risk, dead = time >= t, (time == t) & (event > 0)
            count = int(dead.sum())
            s0, s1 = weight[risk].sum(), weight[risk] @ x[risk]
            s2 = (x[risk] * weight[risk, None]).T @ x[risk]
            e0, e1, e2 = weight[dead].sum(), weight[dead] @ x[dead], (x[dead] * weight[dead, None]).T @ x[dead]
            gradient += x[dead].sum(0)
            for k in range(count):
                f = k / count if efron else 0.0
                mean = (s1 - f * e1) / (s0 - f * e0)
                gradient -= mean
                hessian += (s2 - f * e2) / (s0 - f * e0) - np.outer(mean, mean)
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return None
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            return np.asarray(beta)
        if not np.isfinite(beta).all() or np.abs(beta).max() > 50:
            return None
    return beta


def _cox_ties(d: Difference) -> Iterator[Statement]:
    a, b = d.actual.ravel(), d.reference.ravel()
    if a.size != b.size or a.size > 12:
        return
    vectors = [
        (name, v) for name, v in d.inputs.items() if v.ndim == 1 and 5 <= v.size <= 2000 and np.isfinite(v).all()
    ]
    for n in {v.size for _, v in vectors}:
        same = [(name, v) for name, v in vectors if v.size == n]
        events = [(name, v) for name, v in same if set(np.unique(v)) <= {0.0, 1.0}]
        times = [(name, v) for name, v in same if (v > 0).all() and 3 < len(np.unique(v)) < n]
        for t, time in times[:3]:
            for e, event in events[:3]:
                rest = [v for name, v in same if name not in (t, e)]
                matrices = [v for v in d.inputs.values() if v.ndim == 2 and v.shape[0] == n and v.shape[1] == a.size]
                designs = matrices or ([np.column_stack(rest)] if len(rest) == a.size else [])
                for x in designs[:1]:
                    ways = {
                        k: w
                        for k, on in (("Efron", True), ("Breslow", False))
                        if (w := cox(time, event, x, efron=on)) is not None
                    }
                    loose = {
                        name: np.where(
                            np.isclose(w, a, rtol=1e-5, atol=1e-7),
                            a,
                            np.where(np.isclose(w, b, rtol=1e-5, atol=1e-7), b, w),
                        )
                        for name, w in ways.items()
                    }
                    yield from _two_ways(d, loose, 0)


def _collinear(d: Difference) -> Iterator[Statement]:
    """A column of the design depends on the others: one side drops it, the other shares its effect out."""
    a, b = d.actual, d.reference
    for name, x in d.inputs.items():
        if x.ndim == 2 and x.shape[1] > 1 and x.shape[0] > x.shape[1] and x.size < 200_000 and np.isfinite(x).all():
            whole = np.hstack([np.ones((x.shape[0], 1)), x])
            if np.linalg.matrix_rank(whole) < whole.shape[1] and max(a.size, b.size) in (x.shape[1], x.shape[1] + 1):
                dropped = [
                    side
                    for side, v in ((d.subject, a), (d.standard, b))
                    if np.isnan(v).any() or (v == 0).any() or v.size < max(a.size, b.size)
                ]
                if dropped:
                    yield Statement(1.0, 24.0, {"input": name, "who": dropped[0]})
                    return


HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis(
        "quantile-type", _quantiles,
        {"en": "{subject} gives the quantile of type {mine}, {standard} that of type {theirs}", "ko": "{subject:은/는} {mine}형, {standard:은/는} {theirs}형 분위수이다"},
        {"en": "nine definitions are in use (Hyndman and Fan); R's quantile and NumPy default to type 7",
         "ko": "분위수에는 아홉 가지 정의가 있다(Hyndman, Fan). R의 quantile과 NumPy의 기본은 7형이다"},
        {"r": "quantile(x, p, type = {theirs})", "python": "np.quantile(x, p, method=...)"},
        composes=False,
    ),
    Hypothesis(
        "ties", _ties,
        {"en": "equal values get their {mine} rank in {subject}, their {theirs} rank in {standard}", "ko": "같은 값의 순위가 {subject}에서는 {mine}, {standard}에서는 {theirs}이다"},
        {"en": "R's rank and scipy's rankdata give the average, argsort of argsort the first",
         "ko": "R의 rank와 scipy의 rankdata는 평균 순위를, argsort를 두 번 쓰면 먼저 나온 순서를 준다"},
        {"r": 'rank(x, ties.method = "{theirs}")', "python": 'rankdata(x, method="{theirs}")'},
        composes=False,
    ),
    Hypothesis(
        "intercept", _least_squares,
        {"en": "{who} fits without an intercept", "ko": "{who} 쪽 회귀에는 절편이 없다"},
        {"en": "R's formulas have an intercept unless + 0 is written; statsmodels' OLS has none unless add_constant is called",
         "ko": "R의 식에는 + 0을 쓰지 않으면 절편이 있고, statsmodels의 OLS에는 add_constant를 해야 있다"},
        {"r": "lm(y ~ x)", "python": "sm.OLS(y, sm.add_constant(x))"},
        composes=False,
    ),
    Hypothesis(
        "cox-ties", _cox_ties,
        {"en": "tied times by {mine}'s likelihood in {subject}, by {theirs}'s in {standard}", "ko": "동점 시점을 {subject:은/는} {mine}, {standard:은/는} {theirs} 방식으로 다룬다"},
        {"en": "coxph takes Efron's by default, many others Breslow's", "ko": "coxph의 기본은 Efron이고, Breslow를 쓰는 구현도 많다"},
        {"r": 'coxph(..., ties = "efron")', "python": "CoxPHFitter() (Efron)"},
        composes=False,
    ),
    Hypothesis(
        "normal-or-t", _normal_or_t,
        {"en": "{who} takes p-values from the normal distribution, the other from t with {df} degrees of freedom",
         "ko": "{who:은/는} 정규분포로, 다른 쪽은 자유도 {df}인 t분포로 p값을 구한다"},
        {"en": "summary(lm) uses t, many implementations z", "ko": "summary(lm)은 t를, 여러 구현은 z를 쓴다"},
        {"r": "2 * pt(-abs(t), df)", "python": "2 * stats.t.sf(abs(t), df)"},
        composes=False,
    ),
    Hypothesis(
        "contrasts", _contrasts,
        {"en": "the coefficients are counted from another level", "ko": "계수의 기준 수준이 다르다"},
        {"en": "R takes the first level of a factor as reference (alphabetical unless said), others the last, or sum contrasts",
         "ko": "R은 요인의 첫 수준(기본은 사전순)을 기준으로 삼는다. 마지막 수준이나 합 대비를 쓰는 구현도 있다"},
        {"r": 'relevel(g, ref = "a")', "python": 'C(g, Treatment(reference="a"))'},
        composes=False,
    ),
    Hypothesis(
        "collinear", _collinear,
        {"en": "a column of {input} depends on the others, and {who} drops it", "ko": "{input}의 한 열이 다른 열에 종속되어 {who}에서 빠진다"},
        {"en": "lm gives NA for such a column; a pseudoinverse shares its effect out", "ko": "lm은 그런 열에 NA를 주고, 유사역행렬은 효과를 나누어 준다"},
        {"r": "x[, qr(x)$pivot[seq_len(qr(x)$rank)]]", "python": "drop the column"},
        composes=False,
    ),
    Hypothesis(
        "one-or-two-sided", _sides,
        {"en": "one-sided on one side and two-sided on the other", "ko": "한쪽은 단측, 다른 쪽은 양측 검정이다"},
        {"en": "the p-value of one tail against that of both", "ko": "한쪽 꼬리의 p값과 양쪽 꼬리의 p값이다"},
        {"r": 'alternative = "two.sided"', "python": 'alternative="two-sided"'},
        composes=False,
        pointwise=True,
    ),
    Hypothesis(
        "component-sign", _component_sign,
        {"en": "the same up to the sign of {axis}", "ko": "{axis_ko}의 부호를 빼면 같다"},
        {"en": "the sign of a singular or eigenvector is free; fix it before comparing", "ko": "특이벡터와 고유벡터의 부호는 정해지지 않는다. 비교하기 전에 맞춘다"},
        {"r": "sweep(v, 2, sign(v[1, ]), `*`)", "python": "v * np.sign(v[0])"},
    ),
    Hypothesis(
        "standardised", _standardised,
        {"en": "{standard} and {subject} differ by {by}", "ko": "{standard:과/와} {subject:은/는} {by_ko}만큼 차이가 난다"},
        {"en": "one side standardises first (glmnet does, scikit-learn does not)", "ko": "한쪽이 먼저 표준화한다(glmnet은 하고 scikit-learn은 하지 않는다)"},
        {"r": "scale(x)", "python": "(x - x.mean(0)) / x.std(0)"},
        composes=False,
    ),
    Hypothesis(
        "scale", _scale,
        {"en": "{function} of {subject} is {standard}", "ko": "{subject}에 {function:을/를} 취하면 {standard}이다"},
        {"en": "the scale of the link on one side and of the response on the other, a log on one side, a probability for its logit",
         "ko": "한쪽은 연결함수 척도, 다른 쪽은 반응 척도이다. 로그나 로짓을 취했는지 살펴본다"},
        {"r": 'predict(fit, type = "response")', "python": "fit.predict(x)"},
        composes=False,
        pointwise=True,
    ),
)  # fmt: skip

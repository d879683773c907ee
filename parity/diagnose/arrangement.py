"""Right numbers in the wrong order or place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from parity.diagnose.difference import Array, Difference, Hypothesis, Statement, Trial
from parity.diagnose.weight import bits_of

_LARGE = 200_000


def _transposed(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.ndim == 2 and a.shape[::-1] == d.reference.shape:
        yield Trial(lambda: a.T, {"axes": ""})


def _permuted(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.ndim > 2:
        letters = "abcdefgh"[: a.ndim]
        for axes in itertools.islice(itertools.permutations(range(a.ndim)), 1, 120):
            if tuple(a.shape[axis] for axis in axes) == d.reference.shape:
                there = " ".join(letters[axis] for axis in axes)
                yield Trial(lambda axes=axes: a.transpose(axes), {"layout": f"{' '.join(letters)} -> {there}"}, cost=2)


def _filled(d: Difference) -> Iterator[Trial]:
    a, shape = d.actual, d.reference.shape
    if a.size == d.reference.size and max(a.ndim, len(shape)) > 1 and a.size > 1:
        yield Trial(lambda: a.ravel(order="F").reshape(shape), {"order": "columns"})
        yield Trial(lambda: a.ravel().reshape(shape, order="F"), {"order": "rows"})
        if a.shape != shape:
            yield Trial(lambda: a.ravel().reshape(shape), {"order": "rows"})
            yield Trial(lambda: a.ravel(order="F").reshape(shape, order="F"), {"order": "columns"})


def _reversed(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.shape == d.reference.shape:
        for axis in range(a.ndim):
            if a.shape[axis] > 1:
                yield Trial(lambda axis=axis: np.flip(a, axis), {"axis": str(axis), "margin": str(axis + 1)}, cost=1)
        if a.ndim > 1:
            yield Trial(lambda: np.flip(a, (-2, -1)), {"axis": "the last two", "margin": "the last two"}, cost=2)


def _rolled(d: Difference) -> Iterator[Trial]:
    a = d.actual
    if a.shape == d.reference.shape:
        for axis in range(a.ndim):
            n = a.shape[axis]
            for k in range(1, n) if 2 < n <= 64 else (1, n - 1, 2, n - 2, n // 2) if n > 64 else ():
                by = -k if k <= n // 2 else n - k
                cost = 3 if abs(by) == 1 else 3 + math.log2(min(n, 64))
                yield Trial(lambda k=k, axis=axis: np.roll(a, k, axis), {"by": str(by), "axis": str(axis)}, cost=cost)


def _shifted(d: Difference) -> Iterator[Trial | Statement]:
    """All but the elements that went over the edge agree after a step along one axis."""
    a, b = d.actual, d.reference
    if a.shape != b.shape or a.size > 4 * _LARGE:
        return
    for axis in range(a.ndim):
        n = a.shape[axis]
        if n < 4:
            continue
        for k in (1, -1):
            here = np.take(a, range(max(k, 0), n + min(k, 0)), axis)
            there = np.take(b, range(max(-k, 0), n + min(-k, 0)), axis)
            close = np.isclose(here, there, rtol=max(d.rtol, 1e-12), atol=max(d.atol, 1e-300), equal_nan=True)
            if close.all():
                yield Statement(
                    1.0, bits_of(there[d.wrong[_ends(a.ndim, axis, k, n)]]), {"by": str(k), "axis": str(axis)}
                )


def _ends(ndim: int, axis: int, k: int, n: int) -> tuple[slice, ...]:
    window = slice(max(-k, 0), n + min(-k, 0))
    return tuple(window if i == axis else slice(None) for i in range(ndim))


def _off_by_one(d: Difference) -> Iterator[Trial | Statement]:
    """Labels and indices one apart: whole numbers throughout, each off by the same one."""
    a, b = d.actual, d.reference
    if a.shape == b.shape and a.size > 1 and np.isfinite(a).all() and np.isfinite(b).all():
        apart = a - b
        if (
            np.array_equal(a, np.round(a))
            and np.array_equal(b, np.round(b))
            and np.ptp(apart) == 0
            and abs(apart.flat[0]) == 1
        ):
            distinct = len(np.unique(b))
            yield Statement(
                1.0,
                4.0 * min(a.size, 8) if distinct > 1 else 0.0,
                {"by": "one more" if apart.flat[0] > 0 else "one less"},
            )


def _moved(d: Difference) -> Iterator[Trial]:
    a, b = d.actual, d.reference
    if a.size != b.size or a.size < 3 or a.size > 2_000_000 or np.isnan(a).sum() != np.isnan(b).sum():
        return
    with np.errstate(all="ignore"):
        if not np.isclose(np.nansum(a), np.nansum(b), rtol=1e-6, atol=1e-6 * float(np.nansum(np.abs(b)))):
            return

    def placed() -> Array:
        result = np.empty(b.size)
        result[np.argsort(b, axis=None, kind="stable")] = np.sort(a, axis=None)
        return np.asarray(result.reshape(b.shape))

    # An arrangement of n things is one of n!; what is left after that are the values themselves.
    yield Trial(placed, {}, cost=min(math.log2(math.factorial(min(a.size, 20))), 40.0) if a.size < 12 else 20.0)


def _sorted(d: Difference) -> Iterator[Trial]:
    a, b = d.actual, d.reference
    if a.ndim == 1 and a.shape == b.shape and a.size > 2 and not np.isnan(a).any() and not np.isnan(b).any():
        if _rising(b):
            yield Trial(lambda: np.sort(a), {"who": d.standard}, cost=1)
        if _rising(b[::-1]):
            yield Trial(lambda: np.sort(a)[::-1], {"who": d.standard}, cost=1)
        if _rising(a) or _rising(a[::-1]):
            order = np.argsort(b, kind="stable")

            def unsorted() -> Array:
                result = np.empty(b.size)
                result[order] = np.sort(a)
                return result

            yield Trial(unsorted, {"who": d.subject}, cost=1)


def _rising(values: Array) -> bool:
    return bool((values[1:] >= values[:-1]).all())


def _extent(d: Difference) -> Iterator[Trial]:
    a, b = d.actual, d.reference
    if a.shape != b.shape and [n for n in a.shape if n != 1] == [n for n in b.shape if n != 1] and a.size:
        verb = "dropped" if a.ndim < b.ndim else "kept"
        yield Trial(lambda: a.reshape(b.shape), {"verb": verb, "shape": str(a.shape), "other": str(b.shape)}, cost=-60)


def _border(d: Difference) -> Iterator[Trial | Statement]:
    """Only the rim of an image or a series differs, or one side has a rim that the other has not."""
    a, b = d.actual, d.reference
    if a.shape != b.shape:
        if a.ndim == b.ndim and a.size and b.size:
            small, large = (a, b) if a.size < b.size else (b, a)
            rims = [(n - m) for n, m in zip(large.shape, small.shape, strict=True)]
            if max(rims) > 1 and all(rim >= 0 and rim % 2 == 0 for rim in rims):
                middle = large[tuple(slice(rim // 2, n - rim // 2) for rim, n in zip(rims, large.shape, strict=True))]
                if np.allclose(middle, small, rtol=max(d.rtol, 1e-12), atol=d.atol, equal_nan=True):
                    yield Statement(1.0, bits_of(small), {"width": str(max(rims) // 2)})
        return
    wrong = d.wrong
    axes = [axis for axis in range(wrong.ndim) if wrong.shape[axis] >= 3][-2:]
    if not axes or not wrong.any():
        return
    for width in (1, 2, 3):
        if any(wrong.shape[axis] <= 2 * width for axis in axes):
            break
        inside = tuple(slice(width, -width) if axis in axes else slice(None) for axis in range(wrong.ndim))
        interior = wrong[inside]
        rim, rim_size = wrong.sum() - interior.sum(), wrong.size - interior.size
        ends = [wrong.take(0, axis).any() and wrong.take(-1, axis).any() for axis in axes]
        if not interior.any() and any(ends) and rim >= 0.4 * rim_size:
            yield Statement(1.0, bits_of(b[inside]), {"width": str(width)})
            return


def _window(d: Difference) -> Iterator[Trial | Statement]:
    """Only the first, or only the last, along one axis differs, or is there on one side alone."""
    a, b = d.actual, d.reference
    if a.shape != b.shape:
        yield from _lacking(d)
        return
    if b.size < 3:
        return
    wrong = d.wrong
    for axis in range(wrong.ndim):
        n = wrong.shape[axis]
        if n < 3:
            continue
        where = np.flatnonzero(wrong.any(axis=tuple(i for i in range(wrong.ndim) if i != axis)))
        if not 0 < where.size <= max(1, n // 3):
            continue
        filled = {"axis": str(axis), "count": str(where.size)}
        if where[-1] == where.size - 1:
            yield Statement(1.0, bits_of(b[~wrong]), {"which": "first", **filled})
        elif where[0] == n - where.size:
            yield Statement(1.0, bits_of(b[~wrong]), {"which": "last", **filled})


def _lacking(d: Difference) -> Iterator[Statement]:
    a, b = d.actual, d.reference
    if a.ndim != b.ndim or not a.size or not b.size:
        return
    small, large = (a, b) if a.size < b.size else (b, a)
    more = [n - m for n, m in zip(large.shape, small.shape, strict=True)]
    axes = [axis for axis, count in enumerate(more) if count]
    if len(axes) == 1 and more[axes[0]] > 0:
        axis, count, n = axes[0], more[axes[0]], small.shape[axes[0]]
        for which, part in (("last", range(n)), ("first", range(count, n + count))):
            if np.allclose(np.take(large, part, axis), small, rtol=max(d.rtol, 1e-12), atol=d.atol, equal_nan=True):
                yield Statement(1.0, bits_of(small), {"which": which, "axis": str(axis), "count": str(count)})
                return


def _tie(d: Difference) -> Iterator[Trial | Statement]:
    """Indices that differ, and lead to equal numbers in an input."""
    a, b = d.actual, d.reference
    if a.shape != b.shape or not a.size or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    if not (np.array_equal(a, np.round(a)) and np.array_equal(b, np.round(b)) and a.min() >= 0 and b.min() >= 0):
        return
    for name, value in d.inputs.items():
        for origin in (0, 1):
            for axis in range(value.ndim):
                if (
                    np.delete(value.shape, axis).tolist() != list(a.shape)
                    or max(a.max(), b.max()) - origin >= value.shape[axis]
                ):
                    continue
                if min(a.min(), b.min()) < origin:
                    continue
                taken = [
                    np.take_along_axis(value, np.expand_dims(x.astype(int) - origin, axis), axis).ravel()
                    for x in (a, b)
                ]
                best = value.max(axis, keepdims=True)
                if np.array_equal(taken[0], taken[1]) and np.array_equal(taken[0], best.ravel()):
                    chance = (value == best).mean(axis)
                    yield Statement(1.0, float(-2 * np.log2(chance).sum()), {"input": name})
                    return


def _tied_places(d: Difference) -> Iterator[Statement]:
    """Where elements were exchanged, an input of that shape has equal numbers: another of equals got the share."""
    a, b = d.actual, d.reference
    if a.shape != b.shape or a.size > _LARGE or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    wrong = d.wrong
    for name, value in d.inputs.items():
        if value.shape == a.shape and 0 < wrong.sum() < a.size:
            mine = sorted(zip(value[wrong].tolist(), a[wrong].tolist(), strict=True))
            theirs = sorted(zip(value[wrong].tolist(), b[wrong].tolist(), strict=True))
            if np.allclose(mine, theirs, rtol=max(d.rtol, 1e-12), atol=1e-300):
                # That the places have equals is worth what equals are rare.
                _, counts = np.unique(value, return_counts=True)
                rare = -math.log2(float(np.square(counts / value.size).sum()))
                yield Statement(1.0, bits_of(b[wrong]) + rare * float(wrong.sum()) / 2, {"input": name})
                return


HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis(
        "extent", _extent,
        {"en": "an extent of one was {verb}: shape {shape} where the other has {other}", "ko": "길이가 1인 축이 {verb_ko}: 한쪽은 {shape}, 다른 쪽은 {other}"},
        {"en": "R drops extents of one when it indexes ([, 1]), NumPy keeps them with keepdims=True",
         "ko": "R은 색인할 때 길이 1인 축을 버리고, NumPy는 keepdims=True일 때 남긴다"},
        {"r": "x[i, , drop = FALSE]", "python": "x.sum(axis=1, keepdims=True)"},
    ),
    Hypothesis(
        "transposed", _transposed,
        {"en": "{subject} matches {standard} after a transpose", "ko": "{subject}의 결과를 전치하면 {standard:과/와} 같다"},
        {"en": "a factor of a product was left untransposed, or the result is laid out the other way",
         "ko": "행렬곱의 인수를 전치하지 않았거나 결과의 행과 열이 바뀌었다"},
        {"r": "t(x)", "python": "x.T"},
    ),
    Hypothesis(
        "fill-order", _filled,
        {"en": "the same numbers, filled by {order}", "ko": "같은 수를 {order_ko} 순서로 채웠다"},
        {"en": "R fills and flattens an array by columns, NumPy by rows", "ko": "R은 열 순서로, NumPy는 행 순서로 배열을 채우고 펼친다"},
        {"r": "matrix(v, nrow, ncol, byrow = TRUE)", "python": "x.reshape(shape, order='F')"},
        weight=1,
    ),
    Hypothesis(
        "axes-permuted", _permuted,
        {"en": "{subject}'s axes stand in another order: {layout}", "ko": "{subject}의 축 순서가 다르다: {layout}"},
        {"en": "the two sides keep another layout; state it as \"layout\", or permute",
         "ko": "양쪽의 축 배치가 다르다. \"layout\"으로 밝히거나 축을 바꾼다"},
        {"r": "aperm(x, perm)", "python": "x.transpose(axes)"},
    ),
    Hypothesis(
        "reversed", _reversed,
        {"en": "the order along axis {axis} is reversed", "ko": "축 {axis} 방향의 순서가 뒤집혔다"},
        {"en": "a kernel that was not flipped (correlation for convolution), or a loop that runs the other way",
         "ko": "커널을 뒤집지 않았거나(합성곱 대신 상관), 반복문의 방향이 반대이다"},
        {"r": "x[nrow(x):1, , drop = FALSE]", "python": "np.flip(x, axis)"},
    ),
    Hypothesis(
        "component-order", lambda d: _component_order(d),
        {"en": "the same components in another order", "ko": "같은 성분이 다른 순서로 나온다"},
        {"en": "eigen() gives the largest first, np.linalg.eigh the smallest", "ko": "eigen()은 큰 고윳값부터, np.linalg.eigh는 작은 값부터 준다"},
        {"r": "x[, order(values)]", "python": "x[:, np.argsort(-values)]"},
        weight=4,
    ),
    Hypothesis(
        "rolled", _rolled,
        {"en": "rolled by {by} along axis {axis}", "ko": "축 {axis} 방향으로 {by}칸 돌아가 있다"},
        {"en": "an index counted from one, or a shift that wraps", "ko": "1부터 센 색인이거나, 끝에서 처음으로 이어지는 이동이다"},
        {"r": "x[c(n, 1:(n - 1))]", "python": "np.roll(x, 1)"},
    ),
    Hypothesis(
        "off-by-one", lambda d: itertools.chain(_off_by_one(d), _shifted(d)),
        {"en": "off by one ({by})", "ko": "하나씩 어긋나 있다({by})"},
        {"en": "R counts from one, NumPy from zero; x[-1] leaves out the first in R and is the last in NumPy",
         "ko": "R은 1부터, NumPy는 0부터 센다. x[-1]은 R에서 첫 원소를 빼고 NumPy에서는 마지막 원소이다"},
        {"r": "label + 1", "python": "label - 1"},
        composes=False,
        weight=3.5,
    ),
    Hypothesis(
        "sorted", _sorted,
        {"en": "the same numbers, sorted in {who}", "ko": "같은 수인데 {who} 쪽만 정렬되어 있다"},
        {"en": "one side sorts its result (table(), unique of NumPy, merge())", "ko": "한쪽이 결과를 정렬한다(table(), NumPy의 unique, merge())"},
        {"r": "x[order(x)]", "python": "np.sort(x)"},
        composes=False, weight=2,
    ),
    Hypothesis(
        "tie", lambda d: itertools.chain(_tie(d), _tied_places(d)),
        {"en": "another of equal elements of {input} was chosen", "ko": "{input}의 같은 값 가운데 다른 것을 골랐다"},
        {"en": "which.max and argmax take the first, max.col one at random", "ko": "which.max와 argmax는 첫째를, max.col은 무작위로 고른다"},
        {"r": 'max.col(x, ties.method = "first")', "python": "x.argmax(axis=1)"},
        composes=False,
    ),
    Hypothesis(
        "border", _border,
        {"en": "only the border differs ({width} wide)", "ko": "가장자리만 다르다(폭 {width})"},
        {"en": "the padding: zeros, a repeated edge, -Inf under a maximum, or none", "ko": "패딩이 다르다: 0, 가장자리 반복, 최댓값 아래의 -Inf, 또는 없음"},
        {"r": "pad before the windows are taken", "python": "np.pad(x, pad, mode='constant')"},
        composes=False, weight=9,
    ),
    Hypothesis(
        "window", _window,
        {"en": "only the {which} {count} along axis {axis} differ or are lacking", "ko": "축 {axis}의 {which_ko} {count}개만 다르거나 없다"},
        {"en": "the first or last window, step or state is treated apart", "ko": "처음이나 마지막 구간, 시점, 상태를 달리 처리한다"},
        {"r": "seq_len(n) for 1:n", "python": "range(n)"},
        composes=False, weight=9,
    ),
    Hypothesis(
        "moved", _moved,
        {"en": "the right values in the wrong places", "ko": "값은 맞지만 자리가 다르다"},
        {"en": "an order of rows, an index, or a reshape that the other side does not have",
         "ko": "행의 순서, 색인, 또는 형상 변환이 다르다"},
        composes=False, weight=8,
    ),
)  # fmt: skip


def _component_order(d: Difference) -> Iterator[Trial]:
    """Whole columns (or rows, or elements) that are those of the other, in another order."""
    a, b = d.actual, d.reference
    if a.shape != b.shape or a.ndim != 2 or a.shape[1] < 2 or a.shape[1] > 200 or a.shape[0] < 2:
        return

    def ordered() -> Array:
        # A column is known by the sum of its sizes, which its sign does not change.
        order = np.empty(a.shape[1], dtype=np.intp)
        order[np.argsort(np.abs(b).sum(0), kind="stable")] = np.argsort(np.abs(a).sum(0), kind="stable")
        return a[:, order]

    # Of columns at right angles, as eigenvectors are, the order is the first thing to ask about.
    products = b.T @ b if a.size < _LARGE else np.ones((2, 2))
    crossed = np.abs(products - np.diag(np.diag(products))).max() < 1e-9 * np.abs(products).max()
    yield Trial(ordered, {}, cost=-4.0 if crossed else min(math.log2(math.factorial(min(a.shape[1], 20))), 40.0))

"""A tolerance from what an ulp of the inputs moves, and what is to be said of the tolerance that there is.

What is *needed* for an element is the largest move of it on either side, and one ulp of it at least; of a side that
moves more than CAP times as far as the other, only so much counts, since an ulp of the inputs ought to move both alike:
what is beyond comes from its own way of computing. MARGIN times what is needed is proposed. The difference between the
sides enters nowhere here but in the question whether it is noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.tolerance.estimate import Response, ValueEstimate
from parity.tolerance.perturb import ULP, Floats

MARGIN = 10.0
"""Two sides are two draws of the same noise, and twenty draws do not meet the largest; the functions of two C libraries
(exp, tanh, softmax) are up to 5 ulp apart."""

CAP = 30.0
LOOSE = 100.0
"""A tolerance of so many times what is needed everywhere is loose."""

SPARING = 30.0
MEANINGLESS = 1e-2
"""Where a proposal would allow this share of the numbers themselves, there is none."""

_TINY = 1e-300
_SMALLEST = 5e-324
_NORMAL = 2.0**-1022
"""Smaller numbers have lost digits already."""


@dataclass(frozen=True, eq=False)
class Need:
    """One value of one call, element by element, without what jumps or is not finite.

    `size` is |reference|, `moved` the larger move of the sides, `needed` what is asked of a tolerance, `apart` how far
    the sides are apart (None with one side), `condition` that of the side which moves more. `unstable` names the side
    that moves more than CAP times as far as the other, with how many times. `noise` is an ulp of
    the largest number, or of the inputs.
    """

    value: ValueEstimate
    size: Floats
    reference: Floats
    moved: Floats
    needed: Floats
    apart: Floats | None
    condition: Floats
    unstable: tuple[str, float] | None
    unlike: int
    noise: float


def need(value: ValueEstimate) -> Need:
    sides = [(name, _flat(side)) for name, side in value.sides.items()]
    keep = np.ones(sides[0][1].value.size, dtype=bool)
    for _, side in sides:
        keep &= side.finite & ~side.jumps
    unlike = int(np.count_nonzero(sides[0][1].finite != sides[-1][1].finite))
    reference = sides[0][1].value[keep]
    size = np.abs(reference)
    moves = [(name, side.moved[keep]) for name, side in sides]
    moved = np.max([move for _, move in moves], axis=0)
    noise = ULP * max(float(size.max(initial=0.0)), value.scale_of_inputs)
    needed, unstable = moved, None
    if len(moves) > 1:
        least = np.min([move for _, move in moves], axis=0)
        cap = CAP * np.maximum(least, np.maximum(ULP * size, noise))
        beyond = moved > cap
        if beyond.any():
            place = int(np.argmax(np.where(beyond, moved / np.maximum(least, noise), 0.0)))
            name = max(moves, key=lambda one: one[1][place])[0]
            unstable = name, float(moved[place] / max(float(least[place]), noise))
        needed = np.minimum(moved, cap)
    needed = np.maximum(needed, np.where(size > 0, np.maximum(ULP * size, _SMALLEST), 0.0))
    apart = np.abs(sides[1][1].value[keep] - reference) if len(sides) > 1 else None
    condition = np.max([side.condition[keep] for _, side in sides], axis=0)
    return Need(value, size, reference, moved, needed, apart, condition, unstable, unlike, noise)


def _flat(side: Response) -> Response:
    return Response(side.value.ravel(), side.moved.ravel(), side.wide.ravel(), side.jumps.ravel(), side.finite.ravel())


@dataclass(frozen=True)
class Proposal:
    """|a - b| <= atol + rtol |b|. `condition` is that of the element that asks most of it, and `swing` the share of
    itself by which an ulp of the inputs moves that element."""

    rtol: float
    atol: float
    condition: float
    swing: float


def propose(needs: Sequence[Need]) -> Proposal | None:
    """A pair of round numbers that covers MARGIN times what each element needs.

    Of all pairs that do, the one with the smallest geometric mean of what it allows; or, where that swallows numbers,
    one within SPARING times of it that swallows fewer. None where it would allow numbers to be anything.
    """
    if not any(each.size.size for each in needs):
        return None
    if sum(map(_swung, needs)) > 0.5 * sum(int(np.count_nonzero(each.size)) for each in needs):
        return None
    size = np.concatenate([each.size for each in needs])
    needed = np.concatenate([each.needed for each in needs])
    condition = np.concatenate([each.condition for each in needs])
    asks = needed > 0
    if not asks.any():
        return Proposal(_rounded(MARGIN * ULP), 0.0, 0.0, 0.0)
    rtol, atol = _fitted(size[asks], needed[asks])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = needed / (atol + rtol * size)
    place = int(np.argmax(np.where(asks & ((size == 0) | (size >= _NORMAL)), share, 0.0)))
    swing = float(needed[place] / size[place]) if size[place] else 0.0
    return Proposal(rtol, atol, float(condition[place]), swing)


def _fitted(size: Floats, needed: Floats) -> tuple[float, float]:
    low, most, count = _envelope(size, MARGIN * needed)
    loud = np.sort(size[is_loud(size, needed)])
    with np.errstate(divide="ignore"):
        largest = min(MEANINGLESS, float(np.max(np.where(low > 0, most / np.where(low > 0, low, 1.0), 0.0))))
    candidates = []
    rtol = _rounded(MARGIN * ULP)
    while True:
        atol = _rounded(float(np.max(most - rtol * low)))
        cost = float(np.average(np.log(np.maximum(atol + rtol * low, _TINY)), weights=count))
        swallowed = int(np.searchsorted(loud, atol / (1 - rtol), side="right"))
        candidates.append((swallowed, cost, rtol, atol))
        if rtol >= largest:
            break
        rtol = _rounded(1.1 * rtol)
    least = min(cost for _, cost, _, _ in candidates)
    _, _, rtol, atol = min(each for each in candidates if each[1] <= least + math.log(SPARING))
    return rtol, atol


def is_loud(size: Floats, needed: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a number is far from noise, so that a tolerance must not allow it to be 0."""
    return np.asarray((size > LOOSE * needed) & (size >= _NORMAL))


def _swung(each: Need) -> int:
    """Elements that an ulp of the inputs moves by so much of themselves that a tolerance would say nothing of them."""
    return int(np.count_nonzero((MARGIN * each.needed >= MEANINGLESS * each.size) & (each.size > 0)))


def _envelope(size: Floats, asked: Floats) -> tuple[Floats, Floats, Floats]:
    """Elements of about the same size as one: the smallest of them, what is asked most, and how many they are."""
    bins = np.where(size > 0, np.floor(8 * np.log2(np.where(size > 0, size, 1.0))), -np.inf)
    _, which, count = np.unique(bins, return_inverse=True, return_counts=True)
    low = np.full(count.size, np.inf)
    most = np.zeros(count.size)
    np.minimum.at(low, which.ravel(), size)
    np.maximum.at(most, which.ravel(), asked)
    return low, most, count.astype(np.float64)


def _rounded(value: float) -> float:
    """Up to 1, 2 or 5 times a power of ten; 1e-300 stands for all that is smaller and not 0."""
    if value <= _TINY:
        return _TINY if value > 0 else 0.0
    exponent = math.floor(math.log10(value))
    for text in (f"1e{exponent}", f"2e{exponent}", f"5e{exponent}"):
        if value <= float(text):
            return float(text)
    return float(f"1e{exponent + 1}")


@dataclass(frozen=True)
class Judgement:
    """What is to be said of a tolerance for some elements.

    `loose`: how many times what is needed it allows at least (None where nothing is needed). `tight`: the elements that
    an ulp of the inputs moves further than it allows. `swallowed`: those that could be 0 and pass although they are far
    from noise; `flat`: whether all could be alike and pass. `exact`: it allows nothing, and nothing differs.
    `apart` is the largest difference between the sides, `times` the most in multiples of what is needed, and
    `far` the elements for which that is more than MARGIN.
    """

    loose: float | None = None
    tight: int = 0
    swallowed: int = 0
    flat: bool = False
    exact: bool = False
    apart: float | None = None
    times: float = 0.0
    far: int = 0


NOTHING_SAID = Judgement()


def judge(each: Need, rtol: float, atol: float) -> Judgement:
    allowed = atol + rtol * each.size
    asks = each.needed > 0
    apart = times = None
    far = 0
    if each.apart is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            multiple = np.where(each.apart == 0, 0.0, each.apart / each.needed)
        apart = float(each.apart.max(initial=0.0))
        times = float(multiple.max(initial=0.0))
        far = int(np.count_nonzero(multiple > MARGIN)) + each.unlike
        times = math.inf if each.unlike else times
    exact = rtol == atol == 0 and not apart and not each.unlike
    loud = is_loud(each.size, each.needed)
    spread = float(np.ptp(each.reference)) if each.size.size > 1 else 0.0
    return Judgement(
        loose=float(np.min(allowed[asks] / each.needed[asks])) if asks.any() else None,
        tight=0 if exact else int(np.count_nonzero(each.moved > allowed)),
        swallowed=int(np.count_nonzero(loud & (allowed >= each.size))),
        flat=bool(spread > LOOSE * each.needed.max(initial=0.0) and np.all(allowed >= spread)),
        exact=exact,
        apart=apart,
        times=times or 0.0,
        far=far,
    )


def together(judgements: Iterable[Judgement]) -> Judgement:
    """Of one tolerance, for several values: the worst of each, and loose only where it is loose for all."""
    every = list(judgements)
    loose = [one.loose for one in every if one.loose is not None]
    apart = [one.apart for one in every if one.apart is not None]
    return Judgement(
        loose=min(loose, default=None),
        tight=sum(one.tight for one in every),
        swallowed=sum(one.swallowed for one in every),
        flat=any(one.flat for one in every),
        exact=all(one.exact for one in every),
        apart=max(apart, default=None),
        times=max((one.times for one in every), default=0.0),
        far=sum(one.far for one in every),
    )

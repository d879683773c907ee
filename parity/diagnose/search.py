"""The search: every hypothesis alone, then with a side computing again, then two together."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parity.arrays import is_na
from parity.diagnose import arithmetic, arrangement, reruns, statistics
from parity.diagnose.difference import Array, Cause, Diagnosis, Difference, Hypothesis, Statement, Trial
from parity.diagnose.weight import NEEDED, PART, bits_of, share_of

ALONE: tuple[Hypothesis, ...] = (*arrangement.HYPOTHESES, *statistics.HYPOTHESES, *arithmetic.HYPOTHESES)
AGAIN: tuple[Hypothesis, ...] = reruns.HYPOTHESES

LARGE = 20_000
"""Elements from which on a sample decides first."""
CHEAP = 8.0
"""An explanation that costs more than this is kept only if no rerun does better."""
_FEW = 256
_ROUNDING = 256 * 2.0**-52
_TOGETHER = 3.0
_PAIRED = ("transposed", "fill-order", "axes-permuted", "reversed")
_PAIRED_AGAIN = ("off-by-one", "fill-order", "degrees", "transposed")
_STATED = ("quantile-type", "ties", "cox-ties", "intercept")
_PAIRED_WITH = ("sign", "factor", "sum-for-mean", "degrees-of-freedom", "logarithm", "offset")


@dataclass(frozen=True, eq=False)
class _Fit:
    hypotheses: tuple[Hypothesis, ...]
    parameters: tuple[Mapping[str, str], ...]
    share: float
    price: float
    about: str | None = None


def search(d: Difference) -> Diagnosis:
    """What explains the difference best; a Diagnosis without causes where nothing fits, or rounding is enough."""
    if _is_rounding(d):
        return Diagnosis()
    fits = [*_singles(d, ALONE)]
    best = _best(fits)
    if best is None or best.share < 1.0 or best.price > CHEAP:
        if d.rerun is not None:
            fits += _singles(d, AGAIN)
            best = _best(fits)
        if best is None or best.share < 1.0:
            fits += _pairs(d)
            best = _best(fits)
    return Diagnosis() if best is None else _diagnosis(d, best)


def _is_rounding(d: Difference) -> bool:
    """Whether the last digits alone differ, which needs no cause."""
    a, b = d.actual, d.reference
    if a.shape != b.shape:
        return False
    if a.size > LARGE:
        few = _sampled(d)
        if (np.abs(few.actual - few.reference) > _ROUNDING * np.maximum(np.abs(few.reference), d.largest)).any():
            return False
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
        if not np.array_equal(np.isnan(a), np.isnan(b)):
            return False
        if np.isnan(a).any() and not np.array_equal(is_na(a), is_na(b)):
            return False
        return not (apart > _ROUNDING * np.maximum(np.abs(b), d.largest * 2.0**-6)).any() and bool((apart > 0).any())


def _best(fits: Sequence[_Fit]) -> _Fit | None:
    """The cheapest of those that explain all; of the others, the one that explains most."""
    return min(fits, key=lambda fit: (fit.share < 1.0, -fit.share if fit.share < 1.0 else fit.price), default=None)


def _singles(d: Difference, hypotheses: Sequence[Hypothesis]) -> Iterator[_Fit]:
    worth = _worth(d)
    sample = _sampled(d) if d.reference.size > LARGE and d.actual.shape == d.reference.shape else None
    for hypothesis in hypotheses:
        if sample is not None and hypothesis.pointwise and not _any_fits(sample, hypothesis):
            continue
        for trial in _trials(d, hypothesis):
            if isinstance(trial, Statement):
                if trial.bits - hypothesis.weight >= NEEDED and trial.share >= PART:
                    yield _Fit((hypothesis,), (trial.parameters,), trial.share, hypothesis.weight, trial.about)
                continue
            price = trial.cost + hypothesis.weight
            share = _share(d, trial)
            if share >= PART and worth - max(price, 0.0 if trial.cost >= 0 else price) >= NEEDED:
                yield _Fit((hypothesis,), (trial.parameters,), share, price)


def _pairs(d: Difference) -> Iterator[_Fit]:
    worth = _worth(d)
    if worth < NEEDED + 2 * _TOGETHER:
        return
    large = d.reference.size > LARGE * 10
    composing = [hypothesis for hypothesis in ALONE if hypothesis.composes]
    again = [] if d.rerun is None else [one for one in AGAIN if one.code in _PAIRED_AGAIN]
    for first in (*composing, *again):
        if large and first.code not in _PAIRED:
            continue
        for trial in _trials(d, first):
            if isinstance(trial, Statement):
                continue
            with np.errstate(all="ignore"):
                halfway = np.asarray(trial.make())
            if halfway.shape != d.reference.shape:
                continue
            yield from _seconds(d, first, trial, dataclasses.replace(d, actual=halfway, rerun=None), worth, large=large)


def _seconds(
    d: Difference, first: Hypothesis, trial: Trial, then: Difference, worth: float, *, large: bool
) -> Iterator[_Fit]:
    small = _sampled(then) if d.reference.size > LARGE else None
    for second in ALONE:
        if second.code == first.code or (large and second.code not in _PAIRED_WITH):
            continue
        if not second.composes and second.code not in _STATED:
            continue
        if small is not None and second.pointwise and not _any_fits(small, second):
            continue
        for other in _trials(then, second):
            price = trial.cost + first.weight + second.weight + _TOGETHER
            if isinstance(other, Statement):
                if second.code in _STATED and other.share == 1.0 and other.bits - price >= NEEDED + _TOGETHER:
                    yield _Fit((first, second), (trial.parameters, other.parameters), 1.0, price)
                continue
            price += other.cost
            if worth - max(price, 0.0) >= NEEDED + _TOGETHER and _explains_all(then, other):
                yield _Fit((first, second), (trial.parameters, other.parameters), 1.0, price)


def _trials(d: Difference, hypothesis: Hypothesis) -> Iterator[Trial | Statement]:
    with np.errstate(all="ignore"):
        yield from hypothesis.try_(d)


def _worth(d: Difference) -> float:
    """What it would be worth if all that differs agreed."""
    return bits_of(d.reference[d.wrong] if d.actual.shape == d.reference.shape else d.reference)


def _share(d: Difference, trial: Trial) -> float:
    with np.errstate(all="ignore"):
        result = np.asarray(trial.make())
        if result.shape != d.reference.shape:
            return 0.0
        if result.size > _FEW:
            step = result.size // _FEW
            few, wanted = _strided(result, step), _strided(d.reference, step)
            allowed = d.allowance(wanted)
            same = (np.abs(few - wanted) <= allowed) | (few == wanted) | (np.isnan(few) & np.isnan(wanted))
            if not same.all():
                spread = float(np.std(wanted[np.isfinite(wanted)])) if np.isfinite(wanted).any() else 0.0
                squares = np.square(few - wanted)
                squares = squares[np.isfinite(squares)]
                if not squares.size or not math.sqrt(float(squares.mean())) < 0.3 * spread:
                    return 0.0
        return share_of(d, result)


def _explains_all(d: Difference, trial: Trial) -> bool:
    """Whether `_share` is 1, which most trials miss at their first or last element."""
    with np.errstate(all="ignore"):
        result = np.asarray(trial.make())
        if result.shape != d.reference.shape:
            return False
        for end in (0, -1):
            a, b = float(result.item(end)), float(d.reference.item(end))
            if abs(a - b) > 2 * float(d.allowed.item(end)) and a != b:
                return False
        return not d.unlike(result).any()


def _strided(values: Array, step: int) -> Array:
    if values.flags.c_contiguous:
        return values.ravel()[::step]
    places = np.unravel_index(np.arange(0, values.size, step), values.shape)
    return np.asarray(values[places])


def _sampled(d: Difference) -> Difference:
    step = max(1, d.reference.size // 1000)
    actual, reference = _strided(d.actual, step), _strided(d.reference, step)
    return dataclasses.replace(d, actual=actual, reference=reference, shape=d.reference.shape, rerun=None)


def _any_fits(sample: Difference, hypothesis: Hypothesis) -> bool:
    return any(
        isinstance(trial, Statement) or _share(sample, trial) >= PART / 2 for trial in _trials(sample, hypothesis)
    )


def _diagnosis(d: Difference, fit: _Fit) -> Diagnosis:
    names = {"subject": d.subject, "standard": d.standard}
    causes = []
    for hypothesis, parameters in zip(fit.hypotheses, fit.parameters, strict=True):
        filled = {**names, **parameters}
        causes.append(
            Cause(
                hypothesis.code,
                {language: text.format_map(_in(language, filled)) for language, text in hypothesis.says.items()},
                dict(hypothesis.means),
                {side: text.format_map(_Left(filled)) for side, text in hypothesis.mend.items()},
            )
        )
    return Diagnosis("+".join(cause.code for cause in causes), tuple(causes), fit.share, fit.about)


class _Left(dict[str, str]):
    """A name that nothing fills stays as it is written: a line of code may have braces of its own."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


class _WithParticle(str):
    """Korean text for `{name:을/를}`: the particle follows the sound on which the text ends."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        after_consonant, _, after_vowel = particles.partition("/")
        return self + (after_consonant if _ends_in_consonant(self) else after_vowel)


def _ends_in_consonant(words: str) -> bool:
    """As it is read: a syllable by its final, a digit by its Korean name, Latin letters by their usual reading."""
    last = next((letter for letter in reversed(words) if letter.isalnum()), "")
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 != 0
    if last.isdigit():
        return last in "013678"
    return last.lower() in {"l", "m", "n"} or words in ("r", "R") or words.endswith("ng")


_KOREAN = {
    "python": "Python", "r": "R", "one side": "한쪽", "dropped": "없어졌다", "kept": "남았다", "columns": "열", "rows": "행",
    "first": "처음", "last": "마지막", "elements": "원소", "twice": "두 번", "once, where the other added it twice": "한 번만(다른 쪽은 두 번)",
    "rounded down": "내림한", "cut off": "소수점 아래를 버린", "rounded": "반올림한", "rounded up": "올림한",
    "one more": "하나 큼", "one less": "하나 작음", "the last two": "마지막 두 축", "missing": "결측",
}  # fmt: skip
_ENGLISH = {"python": "Python", "r": "R"}


def _in(language: str, parameters: Mapping[str, str]) -> _Left:
    if language == "ko":
        korean = {name: _WithParticle(_KOREAN.get(value, value)) for name, value in parameters.items()}
        return _Left({**korean, **{f"{name}_ko": value for name, value in korean.items()}})
    return _Left({name: _ENGLISH.get(value, value) for name, value in parameters.items()})

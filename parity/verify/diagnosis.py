"""A value that failed, put to the hypotheses: what went in, and either side at hand to compute again."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np

from parity.columns import Nullable, Texts
from parity.diagnose import Diagnosis, Difference, diagnose
from parity.evidence import expected, referee
from parity.evidence.blame import ALIKE, BOTH
from parity.evidence.structure import plain
from parity.fixture.model import Case, Factor, Frame, Named, Own, Value
from parity.subjects import Subject
from parity.subjects.inputs import input_at, last_of, replaced
from parity.subjects.observation import Leaf

SLOWEST = 0.5
"""Seconds that a case may take on one side for it to be asked again."""
MOST_RERUNS = 600
"""Of one case."""


class Explainer:
    """Finds what explains the values of one case that fail. All of them share the reruns that a case may cost."""

    def __init__(self, case: Case, subjects: Sequence[Subject]) -> None:
        self._case = case
        self._subjects = {subject.name: subject for subject in subjects}
        # What is expected, known to differ or said to fail belongs to the inputs of the case.
        calls = tuple(dataclasses.replace(call, expect={}, raises={}, warns={}) for call in case.calls)
        self._bare, self._stand_in = _with_frames(dataclasses.replace(case, calls=calls, differs=None))
        self._left = MOST_RERUNS

    def __call__(self, index: int, path: str, leaves_of: Mapping[str, Leaf], guilty: str | None) -> Diagnosis | None:
        """What explains that the sides differ; None where there are no numbers to explain.

        It speaks of the side that is wrong, where that is known, against the other one; where all are wrong, of the
        first against the truth.
        """
        sides = [side for side in leaves_of if side not in (expected.KIND, referee.KIND)]
        if not sides:
            return None
        if guilty in (BOTH, ALIKE) or len(sides) == 1:
            truths = [one for one in (expected.KIND, referee.KIND) if one in leaves_of]
            subject, standard = sides[0], next(iter(truths), expected.KIND)
        else:
            subject = guilty if guilty in sides else sides[-1]
            standard = next(side for side in sides if side != subject)
        actual, reference = _numbers(leaves_of[subject]), _numbers(leaves_of.get(standard))
        if actual is None or reference is None or not actual.size or not reference.size:
            return None
        scalar = {actual.shape, reference.shape} == {(), (1,)}  # R has no scalars
        if scalar:
            actual, reference = actual.reshape(()), reference.reshape(())
        derivatives, call = self._case.derivatives, self._case.calls[index]
        gradient = derivatives is not None and call.do == derivatives.gradient and path in derivatives.pairs.values()
        before = {subject: actual, standard: reference}

        def rerun(side: str, changed: Mapping[str, np.ndarray]) -> np.ndarray | None:
            return again(side, changed) if steady(side) else None

        def again(side: str, changed: Mapping[str, np.ndarray]) -> np.ndarray | None:
            value = self._again(index, path, side, changed)
            return value.reshape(()) if scalar and value is not None and value.size == 1 else value

        @functools.cache
        def steady(side: str) -> bool:
            """Whether the frame that stands in for the caller's own object makes no difference by itself."""
            if side not in self._stand_in:
                return True
            value = again(side, {})
            return value is not None and np.array_equal(value, before[side], equal_nan=True)

        both = subject in self._subjects and standard in self._subjects
        return diagnose(
            Difference(
                actual,
                reference,
                rtol=self._case.tolerance.rtol,
                atol=self._case.tolerance.atol,
                subject=subject,
                standard=standard,
                inputs=dict(_inputs(self._bare, index, subject)),
                along=derivatives.along if derivatives is not None and gradient else None,
                value=path,
                gradient=gradient,
                guilty=guilty in (subject, BOTH, ALIKE),
                rerun=rerun if both else None,
            )
        )

    def _again(self, index: int, path: str, side: str, changed: Mapping[str, np.ndarray]) -> np.ndarray | None:
        """One side's value with other inputs; nothing more when a case is slow, or was asked often enough."""
        if self._left <= 0:
            return None
        self._left -= 1
        case = self._bare
        try:
            for name, value in changed.items():
                original = input_at(case, name, until=index, side=side)
                case = replaced(case, name, _as_given(value, original), until=index, side=side)
            started = time.perf_counter()
            last = last_of(case, self._subjects[side], until=index)
            if time.perf_counter() - started > SLOWEST:
                self._left = 0
        except Exception:  # a side may refuse what it was never meant to get
            return None
        return None if last.error is not None else _numbers(last.values.get(path))


def _with_frames(case: Case) -> tuple[Case, frozenset[str]]:
    """The case with a frame, whose columns can be changed, where a side has an object of its own; and these sides.

    The frame is what the other side gets for the object.
    """
    sides: set[str] = set()

    def frames(only: Mapping[str, Mapping[str, Value]]) -> dict[str, Mapping[str, Value]]:
        there = {name: value for own in only.values() for name, value in own.items() if isinstance(value, Frame)}
        changed: dict[str, Mapping[str, Value]] = {}
        for side, own in only.items():
            stand_ins = {name: there[name] for name, value in own.items() if isinstance(value, Own) and name in there}
            sides.update([side] if stand_ins else [])
            changed[side] = {**own, **stand_ins}
        return changed

    calls = tuple(dataclasses.replace(call, only=frames(call.only)) for call in case.calls)
    return dataclasses.replace(case, calls=calls, only=frames(case.only)), frozenset(sides)


def _as_given(value: np.ndarray, original: Any) -> Value:
    """The numbers as a value of the kind that stood there. Raises ValueError where they cannot be one."""
    if isinstance(original, Factor):
        return dataclasses.replace(original, codes=_codes(value, len(original.levels), original.codes.dtype))
    if isinstance(original, Texts):
        return dataclasses.replace(original, codes=_codes(value, len(original.labels), original.codes.dtype))
    if isinstance(original, Nullable):
        missing = np.isnan(value)
        return Nullable(_whole(np.where(missing, 0.0, value), original.values.dtype), missing)
    if isinstance(original, Named):
        if value.shape != original.values.shape:
            raise ValueError("another number of elements than of names")
        return Named(np.ascontiguousarray(value), original.names)
    if _is_text(original):
        labels = _labels(original)
        codes = _codes(value, len(labels), np.dtype(np.int64))
        return np.array([None if code < 0 else labels[code] for code in codes], dtype=original.dtype)
    if value.ndim == 0:
        return float(value)
    with contextlib.suppress(ValueError):  # fractions may stand where whole numbers did: both languages take them
        if isinstance(original, np.ndarray) and original.dtype.kind in "iub":
            return np.ascontiguousarray(_whole(value, original.dtype))
    return np.ascontiguousarray(value)


def _codes(value: np.ndarray, count: int, dtype: np.dtype[Any]) -> np.ndarray:
    """Numbers of labels; a missing one is -1."""
    codes = _whole(np.where(np.isnan(value), -1.0, value), dtype)
    if codes.size and not -1 <= codes.min() <= codes.max() < count:
        raise ValueError("a label that there is not")
    return codes


def _whole(value: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # of NaN, which is no whole number either
        whole = value.astype(dtype)
    if not np.array_equal(whole, value):
        raise ValueError("fractions where whole numbers stood")
    return whole


def _is_text(value: Any) -> TypeGuard[np.ndarray]:
    return isinstance(value, np.ndarray) and value.dtype.kind in "UT"


def _labels(texts: np.ndarray) -> list[str]:
    """The texts that there are, each once."""
    return sorted({str(text) for text in texts.tolist() if text is not None})


def _inputs(case: Case, index: int, side: str) -> Iterator[tuple[str, np.ndarray]]:
    """Every numeric input by its path; of a later call where several have the name."""
    for values in (case.made_with(side), *(call.given(side) for call in case.calls[: index + 1])):
        yield from _numeric(values)


def _numeric(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    for name, value in values.items():
        if isinstance(value, Frame):
            yield from ((f"{prefix}{name}.{column}", numbers) for column, numbers in _columns(value))
        elif isinstance(value, Mapping):
            yield from _numeric(value, f"{prefix}{name}.")
        elif isinstance(value, Factor):
            yield f"{prefix}{name}", _labelled(value.codes)
        else:
            numbers = _numbers(value.values if isinstance(value, Named) else value)
            if numbers is not None and not isinstance(value, str | list) and value is not None:
                yield f"{prefix}{name}", numbers


def _columns(frame: Frame) -> Iterator[tuple[str, np.ndarray]]:
    """Each column as numbers, one of labels by where they stand among them, so that whole rows can be taken out."""
    for name, column in frame.columns.items():
        if isinstance(column, Factor | Texts):
            yield name, _labelled(column.codes)
        elif isinstance(column, Nullable):
            yield name, np.where(column.missing, np.nan, column.values.astype(np.float64))
        elif _is_text(column):
            codes = {text: float(code) for code, text in enumerate(_labels(column))}
            yield name, np.array([codes.get(text, np.nan) for text in column.tolist()], dtype=np.float64)
        else:
            numbers = _numbers(column)
            if numbers is not None:
                yield name, numbers


def _labelled(codes: np.ndarray) -> np.ndarray:
    return np.where(codes < 0, np.nan, codes.astype(np.float64))


def _numbers(leaf: Any) -> np.ndarray | None:
    if isinstance(leaf, bool | int | float):
        leaf = np.asarray(leaf)
    array = plain(leaf) if leaf is not None else None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
        return None
    return array.astype(np.float64)

"""A value that failed, put to the hypotheses: what went in, and either side at hand to compute again."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from parity.diagnose import Diagnosis, Difference, diagnose
from parity.evidence import expected, referee
from parity.evidence.blame import ALIKE, BOTH
from parity.evidence.structure import plain
from parity.fixture.model import Case, Factor, Frame, Named, Value
from parity.subjects import Subject
from parity.subjects.inputs import last_of, replaced
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
        self._bare = dataclasses.replace(case, calls=calls, differs=None)
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
        if {actual.shape, reference.shape} == {(), (1,)}:  # R has no scalars
            actual, reference = actual.reshape(()), reference.reshape(())
        derivatives, call = self._case.derivatives, self._case.calls[index]
        gradient = derivatives is not None and call.do == derivatives.gradient and path in derivatives.pairs.values()
        both = subject in self._subjects and standard in self._subjects
        return diagnose(
            Difference(
                actual,
                reference,
                rtol=self._case.tolerance.rtol,
                atol=self._case.tolerance.atol,
                subject=subject,
                standard=standard,
                inputs=dict(_inputs(self._case, index, subject)),
                along=derivatives.along if derivatives is not None and gradient else None,
                value=path,
                gradient=gradient,
                guilty=guilty in (subject, BOTH, ALIKE),
                rerun=functools.partial(self._again, index, path) if both else None,
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
                case = replaced(case, name, _as_given(value), until=index, side=side)
            started = time.perf_counter()
            last = last_of(case, self._subjects[side], until=index)
            if time.perf_counter() - started > SLOWEST:
                self._left = 0
        except Exception:  # a side may refuse what it was never meant to get
            return None
        return None if last.error is not None else _numbers(last.values.get(path))


def _as_given(value: np.ndarray) -> Value:
    return float(value) if value.ndim == 0 else np.ascontiguousarray(value)


def _inputs(case: Case, index: int, side: str) -> Iterator[tuple[str, np.ndarray]]:
    """Every numeric input by its path; of a later call where several have the name."""
    for values in (case.made_with(side), *(call.given(side) for call in case.calls[: index + 1])):
        yield from _numeric(values)


def _numeric(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    for name, value in values.items():
        if isinstance(value, Frame):
            yield from _numeric(value.columns, f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            yield from _numeric(value, f"{prefix}{name}.")
        elif isinstance(value, Factor):
            yield f"{prefix}{name}", value.codes.astype(np.float64)
        else:
            numbers = _numbers(value.values if isinstance(value, Named) else value)
            if numbers is not None and not isinstance(value, str | list) and value is not None:
                yield f"{prefix}{name}", numbers


def _numbers(leaf: Any) -> np.ndarray | None:
    if isinstance(leaf, bool | int | float):
        leaf = np.asarray(leaf)
    array = plain(leaf) if leaf is not None else None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
        return None
    return array.astype(np.float64)

"""The same case, carried out again, gives the same bits.

A function that counts its calls, or draws without a seed, can pass every other check by luck. One that draws so seldom
matters that both answers are alike is known by its generators, which went on. Of a trajectory the first
piece is made again: it is what the later ones are made from, and a whole run would take its time twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from parity.arrays import unravel
from parity.columns import Instants, Spans, Sparse
from parity.evidence.compare import number, python_index
from parity.evidence.finding import Finding, Owed
from parity.evidence.structure import is_factor, plain
from parity.fixture.model import Case
from parity.subjects import NAME, Subject
from parity.subjects.frames import same_bits
from parity.subjects.observation import Leaf, Observation, Table, same_elements

KIND = "repeatable"
MORE = 3
"""How often a case is made again that began a generator without a seed: what it draws may decide something seldom. (A
RandomState with a seed begins its generator without one first, and is not told apart.)"""


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    if case.repeatable:
        for subject in subjects:
            yield Owed(KIND, subject, subject)


def find(case: Case, subjects: Sequence[Subject], first: Mapping[str, Sequence[Observation]]) -> Iterator[Finding]:
    """`first` holds what each subject gave the first time (of a trajectory, its first piece last)."""
    if not case.repeatable:
        return
    differences: dict[str, str] = {}
    for subject in reversed(subjects):  # the one that was called last is still in the processor's caches
        before = first.get(subject.name, ())
        if before:
            after = _again(case, subject, len(before))
            name = NAME.get(subject.name, subject.name)
            difference = _difference(before, after)
            if not difference and after and after[-1].generators.begun:
                difference = next(
                    filter(None, (_difference(before, _again(case, subject, len(before))) for _ in range(MORE))), ""
                )
            reasons = [f"{name} gave another answer the second time: {difference}"] if difference else []
            if _draws_anew(before, after):
                reasons.append(
                    f"{name} drew random numbers without a seed: give the case one, or say 'repeatable': false"
                )
            differences[subject.name] = "; ".join(reasons)
    for side, difference in reversed(differences.items()):
        yield Finding(
            kind=KIND,
            pair=side,
            subject=side,
            ok=not difference,
            code="not repeatable" if difference else "",
            message=difference,
            count=1,
        )


def _again(case: Case, subject: Subject, count: int) -> list[Observation]:
    observations: list[Observation] = []
    stream = subject.observe(case)
    try:
        for observation in stream:
            observations.append(observation)
            if len(observations) == count:
                break
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()
    return observations


def _draws_anew(before: Sequence[Observation], after: Sequence[Observation]) -> bool:
    """Whether random numbers were drawn that no seed decides: the generators did not end where they did before.

    It need not show in the values: what is drawn may decide something only once in a while.
    """
    if not before or not after:
        return False
    then, now = before[-1].generators, after[-1].generators
    return (then.moved or now.moved) and then.mark != now.mark


def _difference(before: Sequence[Observation], after: Sequence[Observation]) -> str:
    for then, now in zip(before, after, strict=False):
        if (then.error is None) != (now.error is None):
            error = then.error or now.error
            return f"{then.do} raised {error.kind if error else ''} only {'once' if then.error else 'then'}"
        for path in {**then.values, **now.values}:
            difference = _differs(then.values.get(path), now.values.get(path))
            if difference:
                return f"{path} of {then.do}{difference}"
    return "" if len(before) == len(after) else f"{len(before)} calls were answered, then {len(after)}"


def _differs(then: Leaf | None, now: Leaf | None) -> str:
    if type(then) is np.ndarray and type(now) is np.ndarray and same_elements(then, now):
        return ""
    if then is None or now is None:
        return " was there only once"
    if isinstance(then, Table) and isinstance(now, Table):
        return _frame_differs(then, now)
    if isinstance(then, Sparse) and isinstance(now, Sparse):
        parts = ("rows", "columns", "values")
        same = then.shape == now.shape and all(same_bits(getattr(then, one), getattr(now, one)) for one in parts)
        return "" if same else " is another sparse matrix"
    if isinstance(then, Instants | Spans) and isinstance(now, Instants | Spans):
        return "" if same_bits(then, now) else " has other times"
    if is_factor(then) or is_factor(now):
        return "" if same_bits(then, now) else " is another factor"
    before, after = plain(then), plain(now)
    if not isinstance(before, np.ndarray) or not isinstance(after, np.ndarray):
        return "" if before == after else " is of another kind"
    if before.dtype != after.dtype or before.shape != after.shape:
        return f" has shape {after.shape}, then {before.shape}" if before.shape != after.shape else " has another type"
    return "" if same_elements(before, after) else _where(before, after)


def _frame_differs(then: Table, now: Table) -> str:
    if list(then.columns) != list(now.columns):
        return f" has the columns {', '.join(now.columns)}, then {', '.join(then.columns)}"
    if len(then) != len(now) or then.rows != now.rows:
        return f" has {len(now)} rows, then {len(then)}" if len(then) != len(now) else " has other names of rows"
    other = [name for name, column in then.columns.items() if not same_bits(column, now.columns[name])]
    return f" has another column {other[0]}" if other else ""


def _where(before: np.ndarray, after: np.ndarray) -> str:
    if before.dtype.kind == "f":
        same = np.asarray((before == after) | (np.isnan(before) & np.isnan(after)))
        same &= (np.signbit(before) == np.signbit(after)) | np.isnan(before)
    else:
        same = np.asarray(before == after)
    if same.all():
        return ""
    index = unravel(int(np.argmin(same)), before.shape)
    values = [array[index] for array in (before, after)]
    was, is_now = (number(value.item() if isinstance(value, np.generic) else value) for value in values)
    return f"{python_index(index)} was {was}, then {is_now}"

"""Errors: those that a case asks for, by class and text, and those that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from parity.evidence.compare import number
from parity.evidence.finding import REFUSED, Finding, Owed
from parity.evidence.structure import plain
from parity.fixture.model import Case, Raises
from parity.subjects import NAME
from parity.subjects.observation import MAKE, Failure, Observation

KIND = "raises"
COMPLETED = "completed"

Round = Mapping[str, Observation]


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    for index, call in enumerate(case.calls):
        for subject in subjects:
            if subject in call.raises:
                yield Owed(KIND, f"{KIND}-{subject}", subject, index, call.do)
    for subject in subjects:
        yield Owed(COMPLETED, subject, subject)


def find(case: Case, rounds: Sequence[Round]) -> Iterator[Finding]:
    """One finding for each error that was asked for and each that came, and one for each side that none came from.

    A call that was not reached has none.
    """
    by_call: dict[tuple[str, int], Observation] = {}
    for one in rounds:
        for subject, observation in one.items():
            by_call[subject, observation.call] = observation
    subjects = dict.fromkeys(subject for subject, _ in by_call)
    calm = all(observation.error is None for observation in by_call.values())
    awaiting = any(call.raises for call in case.calls)
    for subject in subjects:
        if calm or not any(
            unasked(case, subject, observation) for (side, _), observation in by_call.items() if side == subject
        ):
            yield Finding(kind=COMPLETED, pair=subject, subject=subject, ok=True, count=1)
        if calm and not awaiting:
            continue
        make = by_call.get((subject, MAKE))
        awaited = [index for index, call in enumerate(case.calls) if subject in call.raises]
        if make is not None and make.error is not None:
            early = [index for index in awaited if case.calls[index].raises[subject].in_make]
            if early:
                for index in early:
                    yield _judged(case, subject, index, case.calls[index].raises[subject], make.error)
            else:
                yield _refusal(subject, make, by_call)
            continue
        for index, call in enumerate(case.calls):
            answer = by_call.get((subject, index))
            if answer is None:
                continue
            if subject in call.raises:
                expectation = call.raises[subject]
                error = None if expectation.in_make else answer.error
                yield _judged(case, subject, index, expectation, error)
            elif answer.error is not None:
                yield _refusal(subject, answer, by_call)


def unasked(case: Case, side: str, observation: Observation) -> bool:
    """Whether the side ended here by an error that the case does not ask of it."""
    if observation.error is None:
        return False
    if observation.call == MAKE:
        return not any(side in call.raises and call.raises[side].in_make for call in case.calls)
    return side not in case.calls[observation.call].raises


def _judged(case: Case, subject: str, index: int, expectation: Raises, error: Failure | None) -> Finding:
    code, message, where = "", "", error.where if error else ""
    description = f"{expectation.class_} with {expectation.text!r}" + (
        " while it is made" if expectation.in_make else ""
    )
    if error is None:
        code, message = "no error", f"{NAME.get(subject, subject)} raised no error; expected {description}"
    elif expectation.class_ not in error.classes or expectation.text not in error.message:
        code, message = (
            "other error",
            f"{NAME.get(subject, subject)} raised {error.kind}: {error.message}; expected {description}",
        )
    return Finding(
        kind=KIND,
        pair=f"{KIND}-{subject}",
        subject=subject,
        ok=not code,
        index=index,
        call=case.calls[index].do,
        code=code,
        message=message,
        where=where,
        count=1,
    )


def _refusal(subject: str, observation: Observation, by_call: Mapping[tuple[str, int], Observation]) -> Finding:
    """An error that was not asked for. What the others answered stands beside it: it may be they who are wrong."""
    error = observation.error
    assert error is not None
    answers = [
        f"{NAME.get(other, other)} answered {_answer(answer)}"
        for (other, index), answer in by_call.items()
        if other != subject and index == observation.call and answer.error is None and answer.values
    ]
    message = "; ".join([f"{error.kind}: {error.message}", *answers])
    return Finding(
        kind=COMPLETED,
        pair=subject,
        subject=subject,
        ok=False,
        call=observation.do,
        code=REFUSED,
        message=message,
        where=error.where,
    )


def _answer(observation: Observation) -> str:
    return ", ".join(f"{path} = {_shown(plain(leaf))}" for path, leaf in list(observation.values.items())[:3])


def _shown(value: object) -> str:
    if not isinstance(value, np.ndarray):
        return type(value).__name__
    if value.size > 6:
        return f"{value.dtype} {'x'.join(map(str, value.shape))}"
    numbers = ", ".join(number(one) for one in value.ravel().tolist())
    return numbers if value.ndim == 0 else f"[{numbers}]"

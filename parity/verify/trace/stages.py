"""The named stages of a case, each carried out on its own, with what its own side gave and with what the other did.

A stage is a case of one call and is verified as any other case is. It is judged on equal inputs alone: where the two
chains have come apart before it, both sides get Python's inputs, then both get R's. So a difference that a later stage
undoes is seen, and one that was handed down is not held against whom it was handed to. One stage is carried out at a
time; of what was given before only what is still to be taken is kept.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parity.evidence.leaf import held_against
from parity.evidence.structure import below, laid_over
from parity.fixture.model import Call, Case, Stage, Value
from parity.subjects import MisfitError, Subject
from parity.subjects.observation import Leaf, Observation
from parity.verify.case import Options, verify_case
from parity.verify.results import (
    AGREES,
    CONVICTED,
    EXONERATED,
    NOT_REACHED_STAGE,
    NOTHING,
    UNDECIDED,
    CaseResult,
    StageTrace,
    ValueResult,
)
from parity.verify.trace.handing import HandoverError, alike, dressed, value_of

_OBJECT = {"python": re.compile(r"(?<![\w.])_(?!\w)"), "r": re.compile(r"(?<![\w.])\.(?![\w.])")}
"""The object that the case makes, in the code of a stage."""

Values = Mapping[str, Leaf]


@dataclass(frozen=True)
class Gap:
    """Where a side has no value, and why."""

    why: str


@dataclass
class Chain:
    """The values that stages take, by name and side. `inherited` are those in which the sides may differ."""

    values: dict[str, dict[str, Value | Gap]] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)

    def give(self, name: str, side: str, values: Values | None, why: str) -> None:
        try:
            value: Value | Gap = Gap(why) if values is None else value_of(values, name)
        except HandoverError as error:
            value = Gap(str(error))
        self.values.setdefault(name, {})[side] = value
        self.inherited.add(name)

    def gap(self, stage: Stage, side: str) -> str:
        """Why a side lacks something that the stage takes; "" where it has it all."""
        for name in stage.sources:
            value = self.values.get(name, {}).get(side, Gap(f"{side} has no {name} that could be taken"))
            if isinstance(value, Gap):
                return value.why
        return ""

    def equal(self, stage: Stage) -> bool:
        """Whether all sides have the same of what the stage takes and others gave."""
        for name in self.inherited.intersection(stage.sources):
            first, *others = self.values[name].values()
            if not all(alike(first, other) for other in others):  # type: ignore[arg-type]
                return False
        return True

    def arguments(self, stage: Stage, side: str, whose: str) -> dict[str, Value]:
        """What goes into the stage on one side, what earlier stages gave being that of `whose`."""
        result: dict[str, Value] = {}
        for argument, name in stage.taken(side).items():
            own = self.values[name].get(side)
            value = self.values[name][whose] if name in self.inherited else own
            if name in self.inherited and side != whose:
                value = dressed(value, None if isinstance(own, Gap) else own)  # type: ignore[arg-type]
            result[argument] = value  # type: ignore[assignment]
        return result

    def forget(self, later: Sequence[Stage], kept: Sequence[str]) -> None:
        still = {*kept, *(name for stage in later for name in stage.sources)}
        for name in [name for name in self.values if name not in still]:
            del self.values[name]
            self.inherited.discard(name)


class _Heard:
    """A subject whose first answers to a case are kept."""

    def __init__(self, subject: Subject) -> None:
        self.name = subject.name
        self._subject = subject
        self._begun = False
        self.last: Observation | None = None

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        first, self._begun = not self._begun, True
        stream = self._subject.observe(case, calls=calls)
        try:
            for observation in stream:
                if first:
                    self.last = observation
                yield observation
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()

    def close(self) -> None:
        pass

    @property
    def values(self) -> Values | None:
        return None if self.last is None or self.last.error is not None else self.last.values

    @property
    def refusal(self) -> str:
        error = self.last.error if self.last is not None else None
        return "" if error is None else f"{self.name} raised {error.kind}: {error.message}"


@dataclass(frozen=True)
class _Run:
    """A stage verified. Both sides refuse what they get where there is no `result`."""

    result: CaseResult | None
    values: Mapping[str, Values | None]
    refusals: Mapping[str, str]

    @property
    def verdict(self) -> bool | None:
        """None where nothing is shown."""
        if self.result is None:
            return None
        failing = [finding for finding in self.result.findings if not finding.ok]
        if failing and all(finding.code == "vacuous" for finding in failing):
            return None
        return not failing


def inputs_of(case: Case, sides: Sequence[str]) -> Chain:
    """What the case itself gives to each side: the arguments of `make` and of its calls."""
    chain = Chain()
    for side in sides:
        for values in (case.made_with(side), *(call.given(side) for call in case.calls)):
            for name, value in values.items():
                chain.values.setdefault(name, {})[side] = value
    return chain


def follow_stages(
    case: Case,
    sides: Sequence[Subject],
    options: Options,
    chain: Chain,
    observed: Mapping[str, Values],
    *,
    alone: frozenset[str] = frozenset(),
) -> tuple[tuple[StageTrace, ...], tuple[str, ...]]:
    """Each stage, and what is said of the chain as a whole: a value that is not the one of the case's own calls.

    `observed` is, by side, what the case's calls gave; `alone` are values with one number for one step.
    """
    names = [side.name for side in sides]
    compared = {name for index in range(len(case.calls)) for name in case.compared(index)}
    stages: list[StageTrace] = []
    outside: list[str] = []
    for number, stage in enumerate(case.stages):
        if stage.code:
            trace, answers = _carried_out(case, stage, sides, options, chain)
            stages.append(trace)
            for name in stage.gives:
                if name in compared:
                    for side in names:
                        outside += _apart(case, name, side, answers.get(side), observed[side], name in alone)
        else:
            stages.append(_read(case, stage, names, chain, observed, earlier=stages))
        chain.forget(case.stages[number + 1 :], ())
    return tuple(stages), tuple(outside)


def _carried_out(
    case: Case, stage: Stage, sides: Sequence[Subject], options: Options, chain: Chain
) -> tuple[StageTrace, Mapping[str, Values | None]]:
    """What is said of the stage, and what each side gave for its own inputs, where it has them."""
    names = [side.name for side in sides]
    gaps = {name: chain.gap(stage, name) for name in names}
    there = [name for name in names if not gaps[name]]
    if not there:
        for name in stage.gives:
            for side in names:
                chain.give(name, side, None, gaps[side])
        return StageTrace(stage.name, stage.gives, NOT_REACHED_STAGE, message=next(iter(gaps.values()))), {}
    own: _Run | None = None
    equal: dict[str, _Run] = {}
    if len(there) == len(names):
        same = chain.equal(stage)
        own = _run(case, stage, sides, options, {side: chain.arguments(stage, side, side) for side in names}, same)
        if same:
            equal = {"both": own}
    if not equal:
        for whose in there:
            given = {side: chain.arguments(stage, side, whose) for side in names}
            equal[whose] = _run(case, stage, sides, options, given, only=f"{whose}'s inputs")
    judged = _judged(stage, own, equal, gaps, unchanged=_unchanged(stage, own or equal[there[0]], chain, there))
    answers: dict[str, Values | None] = {}
    for side in names:
        source = own if own is not None else equal.get(side)
        answers[side] = values = source.values.get(side) if source is not None else None
        why = (source.refusals.get(side) if source is not None else gaps[side]) or f"{side} gave nothing"
        for name in stage.gives:
            chain.give(name, side, values, why)
    return judged, answers


def _judged(
    stage: Stage, own: _Run | None, equal: Mapping[str, _Run], gaps: Mapping[str, str], *, unchanged: bool
) -> StageTrace:
    given = {whose: run.verdict for whose, run in equal.items()}
    apart = None if own is None else own.verdict
    count = sum(run.result.count for run in equal.values() if run.result is not None)
    trace = StageTrace(stage.name, stage.gives, AGREES, own=apart, given=given, count=count)
    wrong = next((run for run in equal.values() if run.verdict is False), None)
    if wrong is not None and wrong.result is not None:
        values = tuple(value for value in wrong.result.values if not value.ok)
        return dataclasses.replace(trace, code=CONVICTED, values=values, message=_said(wrong.result, values))
    if not any(given.values()):
        if any(run.result is not None for run in equal.values()):
            run = next(run for run in equal.values() if run.result is not None)
            assert run.result is not None
            text = "; ".join(dict.fromkeys(f.message for f in run.result.findings if not f.ok))
            return dataclasses.replace(trace, code=NOTHING, message=text)
        text = "; ".join(text for text in (own or next(iter(equal.values()))).refusals.values() if text)
        return dataclasses.replace(trace, code=UNDECIDED, message=f"both sides refuse the same inputs: {text}")
    if unchanged:
        text = "it gives back its input on every side: give the case an input that it changes, or leave the stage out"
        return dataclasses.replace(trace, code=NOTHING, message=text)
    if apart is True:
        return trace
    lacking = "; ".join(gap for gap in gaps.values() if gap)
    return dataclasses.replace(trace, code=EXONERATED, message=lacking)


def _said(result: CaseResult, values: Sequence[ValueResult]) -> str:
    """What is wrong besides values that differ, which speak for themselves."""
    gathered = {id(finding) for value in values for finding in value.findings}
    texts = [f.message for f in result.problems if id(f) not in gathered]
    return "; ".join(dict.fromkeys(texts))


def _unchanged(stage: Stage, run: _Run, chain: Chain, sides: Sequence[str]) -> bool:
    """Whether all that the stage gives is something that it took, on every side."""
    for side in sides:
        values = run.values.get(side)
        if values is None:
            return False
        taken = [chain.values[name][side] for name in stage.taken(side).values()]
        for name in stage.gives:
            try:
                given = value_of(values, name)
            except HandoverError:
                return False
            if not any(not isinstance(one, Gap) and alike(given, one) for one in taken):
                return False
    return True


def _run(
    case: Case,
    stage: Stage,
    sides: Sequence[Subject],
    options: Options,
    arguments: Mapping[str, Mapping[str, Value]],
    refusing: bool = False,
    *,
    only: str = "",
) -> _Run:
    """The stage verified with these arguments. Raises MisfitError where it does not fit, also (`refusing`) where every
    side refuses what it gets."""
    heard = [_Heard(side) for side in sides]
    result = None
    try:
        one = _case_of(case, stage, arguments, only)
        result = verify_case(one, heard, dataclasses.replace(options, gradients=False, tape=None, follow=None))
    except MisfitError as misfit:
        refused = all(side.refusal for side in heard)
        if refusing or not refused:
            raise MisfitError(_place(stage, misfit.pointer), misfit.problem, misfit.expected) from None
    return _Run(result, {side.name: side.values for side in heard}, {side.name: side.refusal for side in heard})


def _place(stage: Stage, pointer: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where the stage itself says what the case that is made of it says elsewhere."""
    rest = pointer[len(stage.at) :] if pointer[: len(stage.at)] == stage.at else ()
    if rest[:1] == ("as",):
        return (*stage.at, *rest[1:])
    return (*stage.at, "takes") if rest and stage.takes else stage.at


def _case_of(case: Case, stage: Stage, arguments: Mapping[str, Mapping[str, Value]], inputs: str) -> Case:
    """The stage as a case of one call. The object of the case is made for code that speaks of it."""
    makes = {side for side, code in stage.code.items() if _OBJECT[side].search(code)}
    call = Call(do=stage.name, only=arguments, returns=stage.gives, instead=stage.code, at=stage.at)
    return dataclasses.replace(
        case,
        id=f"{case.id} / {stage.name}" + (f", {inputs}" if inputs else ""),
        make={},
        only={side: case.made_with(side) for side in makes},
        calls=(call,),
        names={side: case.names[side] for side in makes if side in case.names},
        values=stage.values,
        layout={side: _renamed(own, stage, side) for side, own in case.layout.items()},
        origin={side: _renamed(own, stage, side) for side, own in case.origin.items()},
        attributes={side: own for side, own in case.attributes.items() if side in makes},
        printed=None,
        derivatives=None,
        referee=None,
        relations=(),
        authority={},
        stages=(),
        unmade=frozenset(stage.code) - makes,
        repeatable=case.repeatable and not inputs,
        at=stage.at,
    )


def _renamed(own: Mapping[str, Any], stage: Stage, side: str) -> dict[str, Any]:
    """What is said of values by name, said of the arguments that these values go into."""
    inside = {argument: own[name] for argument, name in stage.taken(side).items() if name in own}
    return {**inside, **{name: own[name] for name in stage.gives if name in own}}


# -- what the case's own calls gave ------------------------------------------------------------------------------------


def _read(
    case: Case,
    stage: Stage,
    sides: Sequence[str],
    chain: Chain,
    observed: Mapping[str, Values],
    *,
    earlier: Sequence[StageTrace],
) -> StageTrace:
    """A stage that cannot be carried out alone: it is convicted where all before it agree, and no further."""
    messages, count = [], 0
    for name in stage.gives:
        path, message, compared = difference(case, [name], [observed[side] for side in sides], sides)
        count += compared
        if path is not None:
            messages.append(f"{path}: {message}")
    for name in stage.gives:
        for side in sides:
            chain.give(name, side, observed[side], f"{side} gave no {name}")
    trace = StageTrace(stage.name, stage.gives, AGREES, own=not messages, message="; ".join(messages), count=count)
    if not messages:
        return trace
    first = all(one.own is True for one in earlier)
    return dataclasses.replace(trace, code=CONVICTED if first else UNDECIDED)


def difference(
    case: Case,
    names: Sequence[str],
    values: Sequence[Values],
    sides: Sequence[str],
    *,
    alone: frozenset[str] = frozenset(),
) -> tuple[str | None, str, int]:
    """The first value, in the order named, in which two sides differ: its path, how, and how much was compared."""
    count = 0
    for name in names:
        for path, laid in laid_over(name, values):
            reference, *others = laid
            for side, leaf in zip(sides[1:], others, strict=True):
                comparison = held_against(
                    leaf,
                    reference,
                    case.tolerance,
                    constant_ok=True,
                    harmless_extents=name in case.harmless_extents or name in alone,
                    names=(side, sides[0]),
                )
                count += comparison.count
                if not comparison.ok:
                    return path, comparison.message, count
    return None, "", count


def _apart(case: Case, name: str, side: str, values: Values | None, observed: Values, alone: bool) -> Iterator[str]:
    """The chain must lead where the case's own call does, or it says nothing about it."""
    if values is None or not below(name, observed):  # a side that raised an error: it is said elsewhere
        return
    single = frozenset({name} if alone else ())
    path, message, _ = difference(case, [name], [observed, values], [side, "stages"], alone=single)
    if path is not None:
        yield f"{side}: the stages give another {path} than the case's own call: {message}"

"""A verified case followed along its chain, and what that adds to its verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from parity.evidence import referee
from parity.evidence.finding import Finding
from parity.fixture.model import Case
from parity.fixture.sense import STEP
from parity.subjects import Subject
from parity.subjects.observation import Leaf
from parity.verify.case import Options
from parity.verify.results import AGREES, ANOTHER, EXONERATED, CaseResult, Trace
from parity.verify.trace.calls import follow_calls
from parity.verify.trace.stages import follow_stages, inputs_of
from parity.verify.trace.steps import case_trajectory, parting_of, step_of

KIND = "trace"


def follow(case: Case, sides: Sequence[Subject], result: CaseResult, options: Options) -> CaseResult:
    """The result with its trace; unchanged for a case that is no chain, or has one side alone."""
    sides = [side for side in sides if side.name != referee.KIND]  # who judges the whole knows nothing of its stages
    trajectory = next((index for index, call in enumerate(case.calls) if call.trajectory is not None), None)
    if len(sides) < 2 or result.interrupted:
        return result
    if result.recorded and (case.stages or (trajectory is not None and not result.ok)):
        said = f"{' and '.join(result.recorded)} comes from a recording, which answers nothing that was not asked then"
        trace = Trace("stages" if case.stages else "steps", (), outside=(said,))
    elif trajectory is not None:
        trace = _of_trajectory(case, trajectory, sides, result, options)
    elif case.stages:
        trace = _of_stages(case, sides, options)
    elif len(case.calls) > 1 and not any(call.raises for call in case.calls):
        return dataclasses.replace(result, trace=Trace("calls", follow_calls(case, result)))
    else:
        return result
    findings = (*result.findings, *_findings(trace))
    return dataclasses.replace(
        result, trace=trace, findings=findings, ok=result.ok and all(finding.ok for finding in _findings(trace))
    )


def _of_stages(case: Case, sides: Sequence[Subject], options: Options) -> Trace:
    names = [side.name for side in sides]
    observed = {side.name: _observed(case, side) for side in sides}
    stages, outside = follow_stages(case, sides, options, inputs_of(case, names), observed)
    return Trace("stages", stages, outside=outside)


def _observed(case: Case, side: Subject) -> Mapping[str, Leaf]:
    """What the calls of the case give on one side, by path; of values of one name the last."""
    wanted = {name for stage in case.stages for name in stage.gives}
    values: dict[str, Leaf] = {}
    for observation in side.observe(dataclasses.replace(case, id=f"{case.id} / trace")):
        there = {path: leaf for path, leaf in observation.values.items() if path.split(".")[0] in wanted}
        again = {path.split(".")[0] for path in there}
        values = {path: leaf for path, leaf in values.items() if path.split(".")[0] not in again} | there
    return values


def _of_trajectory(case: Case, index: int, sides: Sequence[Subject], result: CaseResult, options: Options) -> Trace:
    parting, step = parting_of(case, index, sides, result)
    if parting is None and case.stages:
        step = step_of(case, index, sides)
    if not case.stages or step is None:
        return Trace("steps", (), parting=parting, step=step.number if step and case.stages else None)
    names = [side.name for side in sides]
    chain = inputs_of(case, names)
    for name in dict.fromkeys(one.split(".")[0] for one in case.compared(index)):
        if all(any(path.split(".")[0] == name for path in step.before.get(side, {})) for side in names):
            for side in names:
                chain.give(name, side, step.before[side], f"{side} had no {name} before step {step.number}")
    chain.values[STEP] = dict.fromkeys(names, step.number)
    observed = {side: step.after.get(side, {}) for side in names}
    series = frozenset(case_trajectory(case, index).series)
    stages, outside = follow_stages(case, sides, options, chain, observed, alone=series)
    return Trace("steps", stages, parting=parting, step=step.number, outside=outside)


def _findings(trace: Trace) -> Iterator[Finding]:
    """One of every stage, and of every value that is not the case's own; what only inherits a difference passes."""
    for stage in trace.stages:
        ok = stage.code in (AGREES, EXONERATED)
        message = stage.message or ("" if ok else f"{stage.name}: {stage.code}")
        yield Finding(
            kind=KIND, pair=KIND, subject="", ok=ok, call=stage.name, code="" if ok else stage.code,
            message="" if ok else message, count=stage.count,
        )  # fmt: skip
    for text in trace.outside:
        yield Finding(kind=KIND, pair=KIND, subject="", ok=False, code=ANOTHER, message=text)

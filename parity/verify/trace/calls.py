"""The calls of a case as a chain: what one leaves behind goes into the next.

What a call takes from those before it lies in an object there and in a list here, and cannot be handed to the other
side. So the first call that differs is convicted, since all that was compared before it agrees; a later one is cleared
where each side's gradients are proved by numeric differentiation of its own forward pass, and undecided otherwise.
"""

from __future__ import annotations

from parity.evidence import raises
from parity.evidence.finding import NOT_REACHED
from parity.fixture.model import Case
from parity.verify.results import (
    AGREES,
    CONVICTED,
    EXONERATED,
    NOT_REACHED_STAGE,
    UNDECIDED,
    CaseResult,
    StageTrace,
)


def follow_calls(case: Case, result: CaseResult) -> tuple[StageTrace, ...]:
    stages: list[StageTrace] = []
    # An error that nobody asked for is not said of a call: it is the first that was not reached which raised it.
    errors = [finding for finding in result.findings if finding.kind == raises.COMPLETED and not finding.ok]
    for index, call in enumerate(case.calls):
        findings = [finding for finding in result.findings if finding.index == index and finding.check is None]
        failing = [finding for finding in findings if not finding.ok]
        values = tuple(v for v in result.values if not v.ok and any(f.index == index for f in v.findings))
        derivatives = case.derivatives
        checks = [
            finding.check.ok
            for finding in result.findings
            if finding.check is not None and derivatives is not None and call.do == derivatives.gradient
        ]
        parted = any(stage.code != AGREES for stage in stages)
        code = AGREES
        if failing and all(finding.code == NOT_REACHED for finding in failing):
            code = NOT_REACHED_STAGE
            if errors and all(stage.code != NOT_REACHED_STAGE for stage in stages):
                code = UNDECIDED if parted else CONVICTED
                failing, errors = errors, []
        elif not all(checks) or (failing and not parted):
            code = CONVICTED
        elif failing:
            code = EXONERATED if checks else UNDECIDED
        shown = code in (CONVICTED, UNDECIDED)
        told = {id(finding) for value in values for finding in value.findings}
        message = "; ".join(dict.fromkeys(f.message for f in failing if id(f) not in told)) if shown else ""
        if not message and code == CONVICTED and not failing:
            message = "its gradients do not fit numeric differentiation"
        stages.append(
            StageTrace(
                call.do,
                case.compared(index),
                code,
                own=not failing,
                message=message,
                values=values if shown else (),
                count=sum(finding.count for finding in findings),
            )
        )
    return tuple(stages)

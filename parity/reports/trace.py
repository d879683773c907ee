"""A chain that was followed, stage by stage, as lines of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from parity.evidence.compare import python_index, r_index
from parity.verify.results import (
    AGREES,
    CONVICTED,
    EXONERATED,
    NOT_REACHED_STAGE,
    UNDECIDED,
    Parting,
    StageTrace,
    Trace,
    ValueResult,
)

WIDTH = 78
Causes = Callable[[ValueResult], Iterator[str]]


def trace_lines(trace: Trace, causes: Causes) -> Iterator[str]:
    """Where the sides part, each stage with what is said of it, and what the whole comes to."""
    if trace.parting is not None:
        yield from _wrapped(_parting(trace.parting), "  ")
    if trace.stages:
        what = {"calls": "the calls, one after another", "steps": f"the stages of step {trace.step}"}
        yield f"  {what.get(trace.kind, 'the stages, one after another')}:"
    names = max((len(stage.name) for stage in trace.stages), default=0)
    gives = max((len(_gives(stage)) for stage in trace.stages), default=0)
    for number, stage in enumerate(trace.stages, start=1):
        begin = f"  {number:>2}  {stage.name:<{min(names, 20)}}  {_gives(stage):<{min(gives, 20)}}  "
        yield from _wrapped(f"{stage.code}{_how(stage)}", begin, "        ")
        for value in stage.values:
            place = value.name
            if value.index:
                place += f"{python_index(value.index)} (R: {value.name}{r_index(value.index)})"
            messages = dict.fromkeys(finding.message for finding in value.findings if not finding.ok)
            yield from _wrapped(f"{place}: {'; '.join(messages)}", "        ", "          ")
            for line in causes(value):
                yield from _wrapped(line.strip(), "        ", "          ")
    for text in trace.outside:
        yield from _wrapped(text, "  ")
    if trace.stages:
        yield from _wrapped(conclusion(trace), "  ")


def agreeing(trace: Trace) -> str:
    """A chain that agrees throughout, in a few words; "" for any other."""
    if not all(stage.code == AGREES for stage in trace.stages) or not trace.ok:
        return ""
    what = "calls" if trace.kind == "calls" else "stages"
    count = len(trace.stages)
    of_step = f" of step {trace.step}" if trace.kind == "steps" else ""
    return f"1 {what[:-1]}{of_step} agrees" if count == 1 else f"{count} {what}{of_step} agree"


def conclusion(trace: Trace) -> str:
    convicted = [stage.name for stage in trace.stages if stage.code == CONVICTED]
    first = trace.first
    last = trace.stages[-1]
    if not convicted and first is not None:
        return (
            f"no stage differs on equal inputs: from {first.name} on, what differs within the tolerance before grows "
            "beyond it"
        )
    if not convicted or first is None:
        stages = "1 stage" if len(trace.stages) == 1 else f"{len(trace.stages)} stages"
        return f"{stages}, {sum(stage.count for stage in trace.stages):,} values compared"
    text = f"the sides part in {first.name}"
    if len(convicted) > 1:
        text += f"; on equal inputs {', '.join(convicted)} differ"
    if last.own is True:
        text += "; at the end of the chain the errors cancel"
    return text


def _gives(stage: StageTrace) -> str:
    return ", ".join(stage.gives)


def _how(stage: StageTrace) -> str:
    more = f": {stage.message}" if stage.message else ""
    if stage.code == EXONERATED:
        return ": it differs only because its input does" + (f" ({stage.message})" if stage.message else "")
    if stage.code == CONVICTED and stage.given:
        wrong = [whose for whose, agree in stage.given.items() if agree is False]
        inputs = "equal inputs" if wrong == ["both"] else " and ".join(f"{whose}'s inputs" for whose in wrong)
        return f" on {inputs}{more}"
    if stage.code == UNDECIDED and not stage.message:
        return ": what goes into it differs, and cannot be given to the other side"
    if stage.code == NOT_REACHED_STAGE:
        return more
    return more if stage.code != AGREES or not stage.message else f" ({stage.message})"


def _parting(parting: Parting) -> str:
    if not parting.certain:
        return f"the runs part between step {parting.after} and step {parting.step}; {parting.message}"
    before = f"after step {parting.after} they agree" if parting.after else "it is the first"
    what = f"first in {parting.value}: {parting.message}" if parting.value else parting.message
    runs = "1 further run" if parting.runs == 1 else f"{parting.runs} further runs"
    return f"the runs part in step {parting.step} ({before}; {runs}), {what}"


def _wrapped(text: str, begin: str, then: str = "    ") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=begin, subsequent_indent=then, break_long_words=False
    )

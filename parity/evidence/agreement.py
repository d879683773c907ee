"""The subjects' values held against those of the reference subject, and, where there is one, against the truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from parity.evidence import expected, frames, referee
from parity.evidence.compare import Comparison
from parity.evidence.finding import Finding, Owed
from parity.evidence.leaf import held_against, same_doubles
from parity.evidence.structure import below, laid_over, plain
from parity.exact import differing_bits
from parity.fixture.model import Case, Join
from parity.subjects.observation import Leaf, Observation, Table, component
from parity.subjects.referee import judged as judged_names

KIND = "agreement"
_TRUTHS = (expected.KIND, referee.KIND)


def pair_of(reference: str, subject: str) -> str:
    return f"{reference}-{subject}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """Each value that a call names, on each subject against the first."""
    for index, call in enumerate(case.calls):
        if call.raises:
            continue
        for name in case.compared(index):
            for subject in subjects[1:]:
                yield Owed(KIND, pair_of(subjects[0], subject), subject, index, call.do, name)


def find(
    case: Case,
    index: int,
    observations: Mapping[str, Observation],
    *,
    expecting: bool = True,
    judgement: Mapping[str, Leaf] | None = None,
) -> Iterator[tuple[str, tuple[Finding, ...], dict[str, Leaf]]]:
    """Of each value of a call: its path, the findings of every pair, and what each side has there.

    Sides that raised an error are left out: that is a finding of its own. `judgement` is what the referee gave.
    """
    call = case.calls[index]
    subjects = [side for side, observation in observations.items() if observation.error is None]
    truths = expected.truths_of(case, index) if expecting else {}
    if not subjects:
        return
    sides = [observations[side].values for side in subjects]
    reference, *others = subjects
    pairs = [pair_of(reference, subject) for subject in others]
    expected_leaves = {path: truth.leaf for path, truth in truths.items()}
    for name in case.compared(index):
        harmless = name in case.harmless_extents
        truth_side = [expected_leaves] if name in truths or below(name, truths) else []
        judge_side = [judgement] if judgement is not None and name in judged_names(case, index) else []
        for path, laid in laid_over(name, [*sides, *truth_side, *judge_side]):
            verdict: Leaf | None = None
            if judge_side:
                *rest, verdict = laid
                laid = tuple(rest)
            leaves_of = dict(zip(subjects, laid, strict=False))
            truth = truths.get(path) if truth_side and laid[-1] is not None else None
            if truth is None and truth_side and laid[-1] is not None:  # members of a list, laid over a vector
                truth = expected.truth_of(case, laid[-1])
            if any(isinstance(leaf, Table) for leaf in (*laid, verdict)):
                # Of columns that are expected each by its path, each is compared in its own turn.
                whole_frame = any(_within(path, one) for one in call.expect)
                truth = truth if whole_frame else None
                yield from _of_frames(case, index, path, leaves_of, truth, verdict, judged=bool(judge_side))
                continue
            untold = truth is None and bool(truth_side) and any(_within(path, one) for one in call.expect)
            findings = []
            whole = path == name
            constant = truth is not None and truth.constant
            # Doubles of the same bits everywhere need be compared once: what is said of a pass is the same of all.
            alike = same_doubles(laid)
            passed: Comparison | None = None
            for subject, pair in zip(others, pairs, strict=True):
                comparison = passed or held_against(
                    leaves_of[subject],
                    leaves_of[reference],
                    case.tolerance,
                    constant_ok=constant,
                    whole=whole,
                    harmless_extents=harmless,
                    names=(subject, reference),
                )
                if alike and comparison.ok:
                    passed = comparison
                findings.append(finding(KIND, pair, subject, index, call.do, path, comparison))
            if truth is not None:
                if type(truth.half_unit) is not float or truth.half_unit:  # another allowance
                    passed = None
                for subject in subjects:
                    comparison = passed or expected.against_truth(
                        case, leaves_of[subject], truth, subject, harmless=harmless, whole=whole
                    )
                    if alike and comparison.ok:
                        passed = comparison
                    pair = expected.pair_of(subject)
                    findings.append(finding(expected.KIND, pair, subject, index, call.do, path, comparison))
                leaves_of[expected.KIND] = truth.leaf
            elif untold:  # the expected list is whole, and has no such member
                for subject in subjects:
                    if leaves_of[subject] is not None:
                        comparison = held_against(leaves_of[subject], None, case.tolerance)
                        pair = expected.pair_of(subject)
                        findings.append(finding(expected.KIND, pair, subject, index, call.do, path, comparison))
            if judge_side:
                for subject in subjects:
                    comparison = referee.against(
                        case,
                        leaves_of[subject],
                        verdict,
                        subject,
                        constant_ok=constant,
                        whole=whole,
                        harmless=harmless,
                    )
                    pair = referee.pair_of(subject)
                    findings.append(finding(referee.KIND, pair, subject, index, call.do, path, comparison))
                leaves_of[referee.KIND] = verdict
            yield path, tuple(findings), {side: leaf for side, leaf in leaves_of.items() if leaf is not None}


def _of_frames(
    case: Case,
    index: int,
    path: str,
    leaves_of: dict[str, Leaf],
    truth: expected.Truth | None,
    verdict: Leaf | None,
    *,
    judged: bool,
) -> Iterator[tuple[str, tuple[Finding, ...], dict[str, Leaf]]]:
    """Where a side has a data frame: what `find` says of its rows, and then of each column as a value of its own."""
    call = case.calls[index].do
    findings_of: dict[str, list[Finding]] = {path: []}
    there: dict[str, dict[str, Leaf]] = {path: {side: leaf for side, leaf in leaves_of.items() if leaf is not None}}
    reference, *others = leaves_of
    pairs = [(KIND, pair_of(reference, side), side, leaves_of[reference], reference, None) for side in others]
    if truth is not None:
        there[path][expected.KIND] = truth.leaf
        pairs += [(expected.KIND, expected.pair_of(side), side, truth.leaf, expected.KIND, truth) for side in leaves_of]  # type: ignore[misc]
    if judged:
        if verdict is not None:
            there[path][referee.KIND] = verdict
        pairs += [(referee.KIND, referee.pair_of(side), side, verdict, referee.KIND, None) for side in leaves_of]
    join = case.join.get(path) or next((Join(leaf.key) for leaf in there[path].values() if _keyed(leaf)), None)
    for kind, pair, side, against, name, its_truth in pairs:
        ours = leaves_of[side]
        tolerance = referee.tolerance_of(case) if kind == referee.KIND else case.tolerance
        if not isinstance(ours, Table) or not isinstance(against, Table):
            comparison = held_against(ours, against, tolerance, names=(side, name))
            findings_of[path].append(finding(kind, pair, side, index, call, path, comparison))
            continue
        printed: Mapping[str, Any] = {} if its_truth is None else expected.as_printed(case)
        for part in frames.held_against(
            ours, against, tolerance, join, constant_ok=its_truth is not None, names=(side, name), **printed
        ):
            place = path if part.column is None else f"{path}.{component(part.column)}"
            one = finding(kind, pair, side, index, call, place, part.comparison)
            findings_of.setdefault(place, []).append(dataclasses.replace(one, where=frames.place_of(path, part)))
            if part.column is not None:
                for whose, leaf in ((name, part.reference), (side, part.actual)):
                    if leaf is not None:
                        there.setdefault(place, {})[whose] = leaf
    for place, findings in findings_of.items():
        yield place, tuple(findings), there.get(place, {})


def _keyed(leaf: Leaf) -> bool:
    return isinstance(leaf, Table) and bool(leaf.key)


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.")


def finding(kind: str, pair: str, subject: str, index: int, call: str, path: str, comparison: Comparison) -> Finding:
    message = comparison.message
    if comparison.reason == "missing":
        reference = pair.split("-")[1 if kind in _TRUTHS else 0]
        absent = [
            side for side, there in ((subject, comparison.actual), (reference, comparison.reference)) if not there
        ]
        message = f"{' and '.join(absent)} gave no {path}"
    # Something that is nothing on both sides (None and NULL) was held against each other all the same.
    count = comparison.count or int(comparison.ok)
    code = comparison.reason or ""
    return Finding(kind, pair, subject, comparison.ok, index, call, path, code, message, "", count, comparison)


def count_bits(leaves_of: Mapping[str, Leaf | None]) -> int | None:
    """Bits in which two sides differ; None where the two cannot be laid over each other."""
    sides = [
        plain(leaf)
        for side, leaf in leaves_of.items()
        if side not in (expected.KIND, referee.KIND) and leaf is not None
    ]
    if len(sides) != 2 or not all(isinstance(side, np.ndarray) and side.dtype.kind in "fiub" for side in sides):
        return None
    ours, theirs = sides
    if ours.size != theirs.size:
        return None
    return differing_bits(ours.ravel(), theirs.ravel())

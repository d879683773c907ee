"""A case's analytic gradients, each held against numeric differentiation of the subject's own forward pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from parity.evidence.differentiation import RTOL, GradientCheck, check_gradient, random_cotangent
from parity.evidence.finding import Finding, Owed
from parity.evidence.structure import plain
from parity.fixture.model import Case, Derivatives
from parity.subjects import Subject, inputs

KIND = "gradient"


def pair_of(subject: str) -> str:
    return f"{KIND}-{subject}"


def owes(case: Case, subjects: Sequence[str]) -> Iterator[Owed]:
    """Each gradient of `derivatives`, on each subject."""
    derivatives = case.derivatives
    if derivatives is None:
        return
    for _, backward in passes(case, derivatives):
        for subject in subjects:
            for gradient in derivatives.pairs.values():
                yield Owed(KIND, pair_of(subject), subject, backward, derivatives.gradient, gradient)


def passes(case: Case, derivatives: Derivatives) -> list[tuple[int, int]]:
    """Each gradient call, with the last call before it whose result it differentiates; (-1, -1) where there is none."""
    pairs: list[tuple[int, int]] = []
    forward: int | None = None
    for index, call in enumerate(case.calls):
        if call.do == derivatives.gradient and forward is not None:
            pairs.append((forward, index))
        if call.do == derivatives.call:
            forward = index
            if call.do == derivatives.gradient:
                pairs.append((index, index))
    return pairs or [(-1, -1)]


def find(case: Case, subject: Subject) -> Iterator[Finding]:
    derivatives = case.derivatives
    if derivatives is None:
        return
    for forward, backward in passes(case, derivatives):
        for check in check_gradients(case, derivatives, subject, forward, backward):
            yield Finding(
                kind=KIND,
                pair=pair_of(subject.name),
                subject=subject.name,
                ok=check.ok,
                index=backward,
                call=derivatives.gradient,
                value=check.gradient,
                code=check.reason or "",
                message=check.message,
                # Where every element lies at a kink there is nothing to compare, which the check itself says.
                count=check.checked or int(check.ok),
                check=check,
            )


def check_gradients(
    case: Case, derivatives: Derivatives, subject: Subject, forward: int, backward: int
) -> Iterator[GradientCheck]:
    """One check per pair of `derivatives`, for the calls number `forward` and `backward`.

    With of = f(x), a random cotangent u of f's shape is sent through the gradient call, and what comes back for x
    is compared with the numeric gradient of <u, f(x)>. Without `along`, u is 1.
    """
    side = subject.name
    if forward < 0:
        why = f"the case makes no call {derivatives.gradient} after a call {derivatives.call}"
        for path, gradient in derivatives.pairs.items():
            yield _unchecked(derivatives.of, path, gradient, "missing", why)
        return
    out = _array(inputs.last_of(case, subject, until=forward).values.get(derivatives.of))
    cotangent = np.ones(() if out is None else out.shape)
    if derivatives.along is not None and out is not None:
        cotangent = random_cotangent(out.shape, seed=0)
        case = _with_cotangent(case, backward, derivatives.along, cotangent, side)
    last = inputs.last_of(case, subject, until=backward)
    tolerance = derivatives.tolerance
    for path, gradient in derivatives.pairs.items():
        x = inputs.input_at(case, path, until=forward, side=side)
        analytic = _array(last.values.get(gradient))
        if last.error is not None or (derivatives.along is None and out is not None and out.size != 1):
            size = 0 if out is None else out.size
            why = f"{derivatives.of} has {size} elements, and 'along' names no cotangent"
            if last.error is not None:
                why = f"{last.do} failed along a random cotangent: {last.error.message}"
            yield _unchecked(derivatives.of, path, gradient, "error", why)
            continue
        absent = derivatives.of if out is None else gradient if analytic is None else path if x is None else None
        if absent is not None or analytic is None:
            yield _unchecked(derivatives.of, path, gradient, "missing", f"there is no {absent}")
            continue
        try:
            at = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError):
            yield _unchecked(derivatives.of, path, gradient, "type", f"{path} is no array of numbers")
            continue
        if path in case.only.get(side, {}) and _extents(at) == _extents(analytic):
            # An argument in another shape than the rest of the case gives it (a 3 x 1 bias) keeps the usual gradient.
            analytic = analytic.reshape(at.shape)
        function = _of_arrays(inputs.as_function(case, subject, path, until=forward, of=derivatives.of))
        try:
            yield check_gradient(
                function,
                at,
                analytic,
                cotangent,
                of=derivatives.of,
                wrt=path,
                gradient=gradient,
                rtol=RTOL if tolerance is None else tolerance.rtol,
                atol=0.0 if tolerance is None else tolerance.atol,
            )
        except inputs.EvaluationError as error:
            message = f"the forward pass failed near the input: {error}"
            yield _unchecked(derivatives.of, path, gradient, "error", message)


def _of_arrays(function: Callable[[np.ndarray], object]) -> Callable[[np.ndarray], object]:
    return lambda x: plain(function(x))


def _array(leaf: object) -> np.ndarray | None:
    values = plain(leaf)
    return values if isinstance(values, np.ndarray) else None


def _extents(array: np.ndarray) -> tuple[int, ...]:
    """The extents that are not 1."""
    return tuple(extent for extent in array.shape if extent != 1)


def _unchecked(of: str, wrt: str, gradient: str, reason: str, message: str) -> GradientCheck:
    return GradientCheck(of=of, wrt=wrt, gradient=gradient, ok=False, reason=reason, message=message)


def _with_cotangent(case: Case, backward: int, along: str, cotangent: np.ndarray, side: str) -> Case:
    call = case.calls[backward]
    value_before = call.given(side).get(along)
    scalar = cotangent.ndim == 0 or (cotangent.shape == (1,) and not isinstance(value_before, np.ndarray))
    value = float(cotangent.item()) if scalar else cotangent
    calls = list(case.calls)
    calls[backward] = call.with_given(side, {along: value})
    return dataclasses.replace(case, calls=tuple(calls))

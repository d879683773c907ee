"""A case's analytic gradients, each held against numeric differentiation of the subject's own forward pass."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping

import numpy as np

from parity.evidence.differentiation import GradientCheck, check_gradient, random_cotangent
from parity.evidence.results import GradientResult, Pair
from parity.fixture.model import Case, Derivatives
from parity.subjects import Subject
from parity.subjects import execute as execution

GRADIENT: Mapping[str, Pair] = {"python": "gradient-python", "r": "gradient-r"}


def check_gradients(case: Case, derivatives: Derivatives, subject: Subject) -> Iterator[GradientResult]:
    """One result per pair of `derivatives`; none where the case does not make both calls.

    With of = f(x), a random cotangent u of f's shape is sent through the gradient call, and what comes back for x
    is compared with the numeric gradient of <u, f(x)>. Without `along`, u is 1.
    """
    forward = execution.position(case, derivatives.call)
    backward = execution.position(case, derivatives.gradient)
    if forward is None or backward is None:
        return
    language = subject.language
    out = execution.run(case, subject, calls=forward + 1).calls[-1].values.get(derivatives.of)
    cotangent = np.ones(() if out is None else out.shape)
    if derivatives.along is not None and out is not None:
        cotangent = random_cotangent(out.shape, seed=0)
        case = _with_cotangent(case, backward, derivatives.along, cotangent)
    last = execution.run(case, subject, calls=backward + 1).calls[-1]
    gradients = last.values
    for path, gradient in derivatives.pairs.items():
        x = execution.input_at(case, path, until=forward, language=language)
        analytic = gradients.get(gradient)
        if last.error is not None or (derivatives.along is None and out is not None and out.size != 1):
            size = 0 if out is None else out.size
            why = f"{derivatives.of} has {size} elements, and 'along' names no cotangent"
            if last.error is not None:
                why = f"{last.do} failed along a random cotangent: {last.error.message}"
            check = _unchecked(derivatives.of, path, gradient, "error", why)
            yield GradientResult(language, check, GRADIENT[language])
            continue
        absent = derivatives.of if out is None else gradient if analytic is None else path if x is None else None
        if absent is not None or analytic is None:
            check = _unchecked(derivatives.of, path, gradient, "missing", f"there is no {absent}")
            yield GradientResult(language, check, GRADIENT[language])
            continue
        at = np.asarray(x, dtype=np.float64)
        overridden = path in case.only.get(language, {})
        if overridden and _extents(at) == _extents(analytic):
            # An argument in another shape than the rest of the case gives it (a 3 x 1 bias) keeps the usual gradient.
            analytic = analytic.reshape(at.shape)
        function = execution.as_function(case, subject, path, until=forward, of=derivatives.of)
        try:
            check = check_gradient(function, at, analytic, cotangent, of=derivatives.of, wrt=path, gradient=gradient)
        except execution.EvaluationError as error:
            message = f"the forward pass failed near the input: {error}"
            check = _unchecked(derivatives.of, path, gradient, "error", message)
        yield GradientResult(language, check, GRADIENT[language])


def _extents(array: np.ndarray) -> tuple[int, ...]:
    """The extents that are not 1."""
    return tuple(extent for extent in array.shape if extent != 1)


def _unchecked(of: str, wrt: str, gradient: str, reason: str, message: str) -> GradientCheck:
    nan = math.nan
    return GradientCheck(of, wrt, gradient, False, reason, message, 0, 0, 0, nan, nan, nan, 0.0, None, 0.0, 0)


def _with_cotangent(case: Case, backward: int, along: str, cotangent: np.ndarray) -> Case:
    call = case.calls[backward]
    given = call.given("python").get(along)
    scalar = cotangent.ndim == 0 or (cotangent.shape == (1,) and not isinstance(given, np.ndarray))
    value = float(cotangent.item()) if scalar else cotangent
    calls = list(case.calls)
    calls[backward] = dataclasses.replace(call, arguments={**call.arguments, along: value})
    return dataclasses.replace(case, calls=tuple(calls))

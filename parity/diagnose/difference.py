"""What a hypothesis is told of a disagreement, and what it answers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Texts = Mapping[str, str]
"""A sentence in English ("en") and Korean ("ko"); {names} in braces are filled from the trial's parameters."""

Rerun = Callable[[str, Mapping[str, Array]], "Array | None"]
"""One side's value again, with other values for some of its inputs; None where it could not be had."""


@dataclass(frozen=True, eq=False)
class Difference:
    """A value on which two sides differ: `actual` of the side `subject`, `reference` of the side `standard`.

    Both are arrays of numbers (truth values count as 0 and 1). `inputs` are the numeric inputs of the case by name,
    `along` is the name of the cotangent among them; `value` is what the value is called, `gradient` whether it is one,
    `guilty` whether evidence speaks against the subject.
    A hypothesis that needs to see a side compute asks `rerun`.
    """

    actual: Array
    reference: Array
    rtol: float = 1e-9
    atol: float = 0.0
    subject: str = "r"
    standard: str = "python"
    inputs: Mapping[str, Array] = field(default_factory=dict)
    along: str | None = None
    value: str = ""
    gradient: bool = False
    guilty: bool = False
    rerun: Rerun | None = None
    shape: tuple[int, ...] | None = None
    memo: dict[object, Any] = field(default_factory=dict)

    def remembered(self, what: str, work: Callable[[], Any]) -> Any:
        """What depends on the inputs and the extents alone, worked out once for all that is tried."""
        key = (what, self.extents)
        if key not in self.memo:
            self.memo[key] = work()
        return self.memo[key]

    @functools.cached_property
    def extents(self) -> tuple[int, ...]:
        """The shape of the whole reference, of which the arrays here may be a sample."""
        return self.reference.shape if self.shape is None else self.shape

    @functools.cached_property
    def wrong(self) -> Array:
        """Where the two differ, in the shape of the reference."""
        return self.unlike(self.actual)

    @functools.cached_property
    def ratio(self) -> float | None:
        """reference / actual, where it is about one number throughout, and not 1; None otherwise."""
        if self.actual.shape != self.reference.shape:
            return None
        a, b = self.actual.ravel(), self.reference.ravel()
        if a.size > 10_000:
            step = a.size // 5000
            a, b = a[::step], b[::step]
        with np.errstate(all="ignore"):
            ratios = b / a
        ratios = ratios[np.isfinite(ratios) & np.isfinite(a)]
        if not ratios.size:
            return None
        middle = float(np.median(ratios))
        if not middle or not math.isfinite(middle) or abs(abs(middle) - 1) < 1e-9:
            return None
        low, high = np.quantile(ratios, (0.25, 0.75))
        return middle if high - low < 0.2 * abs(middle) else None

    def unlike(self, actual: Array) -> Array:
        """Where `actual` is not the reference."""
        reference = self.reference
        if actual.shape != reference.shape:
            return np.ones(reference.shape, dtype=np.bool_)
        with np.errstate(all="ignore"):
            same = (np.abs(actual - reference) <= self.allowed) | (actual == reference)
        if not same.all():
            same |= np.isnan(actual) & np.isnan(reference)
        return np.asarray(~same)

    @functools.cached_property
    def allowed(self) -> Array:
        """The allowance per element, and four roundings for what a hypothesis itself computes."""
        return self.allowance(self.reference)

    def allowance(self, reference: Array) -> Array:
        eps = float(np.finfo(np.float64).eps)
        return np.asarray(np.abs(reference) * (self.rtol + 4 * eps) + (self.atol + eps * self.largest))

    @functools.cached_property
    def largest(self) -> float:
        """The largest finite size of the reference."""
        reference = self.reference
        if not reference.size:
            return 0.0
        ends = float(reference.max()), float(reference.min())
        if all(map(math.isfinite, ends)):
            return max(map(abs, ends))
        finite = np.abs(reference[np.isfinite(reference)])
        return float(finite.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Trial:
    """What `actual` becomes when one thing is undone. `make` is called only when it is looked at.

    `parameters` fill the hypothesis' sentences. `cost` counts, in bits, what was chosen by looking at the numbers.
    """

    make: Callable[[], Array]
    parameters: Mapping[str, str] = field(default_factory=dict)
    cost: float = 0.0


@dataclass(frozen=True)
class Statement:
    """A cause that was seen rather than undone: where elements differ, or which input a side does not use.

    `share` is how much of the difference it accounts for, `bits` how much speaks for it.
    """

    share: float
    bits: float
    parameters: Mapping[str, str] = field(default_factory=dict)
    about: str | None = None


@dataclass(frozen=True)
class Hypothesis:
    """One way in which two implementations come to differ.

    `code` is stable, for programs. `try_` yields trials, or statements. `says` is what was seen, `means` what it
    usually comes from; `mend` has, by the side that is to be mended ("python", "r"), the line that would do it.
    `composes`: may be half of an explanation. `pointwise`: what it
    does to an element depends on that element alone. `weight` is what it costs in bits: the less likely, the
    more.
    """

    code: str
    try_: Callable[[Difference], Iterator[Trial | Statement]]
    says: Texts
    means: Texts
    mend: Mapping[str, str] = field(default_factory=dict)
    composes: bool = True
    pointwise: bool = False
    weight: float = 0.0


@dataclass(frozen=True)
class Cause:
    """One hypothesis that fits, with its sentences filled in, by language."""

    code: str
    says: Texts
    means: Texts
    mend: Mapping[str, str]


@dataclass(frozen=True)
class Diagnosis:
    """What explains a difference: one cause, or two together. Without causes, nothing fits.

    `share` of the difference is explained (1.0: to the tolerance). `about` is the side that it speaks of, where it
    speaks of one. `code` joins the causes' codes by "+".
    """

    code: str = ""
    causes: tuple[Cause, ...] = ()
    share: float = 0.0
    about: str | None = None

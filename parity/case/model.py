"""What a fixture says, as values: no files, no schema, no running.

A `Fixture` is one JSON file about one subject; a `Case` is *make, then calls*. Random draws and the
spelled-out numbers ("NaN", "NA", "Inf", "-Inf") are already resolved here: arrays are arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

Index = tuple[int, ...]


@dataclass(frozen=True)
class FunctionReference:
    """A function handed over as an argument, named once for each language."""

    python: str
    r: str


# Numbers are float (or int where the fixture lists the name in "integers"); arrays are float64 (or int64).
# A dict becomes a Python dict and a named R list, a list a Python list and an unnamed R list.
Value = float | int | bool | str | None | np.ndarray | FunctionReference | Mapping[str, "Value"] | list["Value"]


@dataclass(frozen=True)
class Tolerance:
    """Per element: |a - b| <= atol + rtol * |b|. `because` justifies the two numbers, per language."""

    rtol: float
    atol: float
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """How a printed source rounded its numbers; exactly one of the two is set."""

    decimals: int | None = None
    significant: int | None = None


@dataclass(frozen=True)
class Trajectory:
    """A long call made in pieces, and compared after each: a training run, a simulation.

    The call's argument `steps` gets the number of steps of a piece: `first`, then `every`, until `steps` are made.
    `series` names the values that hold one number per step of the piece; the others are states at a checkpoint.
    Up to step `until` the two sides must agree; beyond, how far they are apart is only reported (None: agree
    to the end). `least` bounds values from below at the end, on both sides.
    """

    steps: int
    every: int
    first: int
    until: int | None = None
    series: tuple[str, ...] = ()
    least: Mapping[str, float] = field(default_factory=dict)

    def pieces(self) -> tuple[int, ...]:
        """Steps of each piece, in order; they sum to `steps`."""
        sizes = [min(self.first, self.steps)]
        while (made := sum(sizes)) < self.steps:
            sizes.append(min(self.every, self.steps - made))
        return tuple(sizes)


@dataclass(frozen=True)
class Picture:
    """A compared matrix to be shown as an image; `points` names a value with columns x, y and class."""

    value: str
    extent: tuple[float, float, float, float] | None = None
    points: str | None = None


@dataclass(frozen=True)
class Call:
    """One step of a case.

    `returns` names what the call returns (several names for a tuple). `updates` names arguments that the
    call changes (in place in Python, returned in the list in R); they are remembered as the case's state.
    `compare` names further values to hold against each other. `expect` maps value paths ("out",
    "grads.W1") to values that do not come from the code under test. `raises` says that the call must fail, in
    both languages, with a message that contains the given text (by language: "python", "r"). `state` names members of
    R's result that go into later calls without being compared, as a Python object keeps its own.
    """

    do: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    returns: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    expect: Mapping[str, Value] = field(default_factory=dict)
    raises: Mapping[str, str] = field(default_factory=dict)
    state: tuple[str, ...] = ()
    trajectory: Trajectory | None = None
    picture: Picture | None = None


@dataclass(frozen=True)
class Derivatives:
    """Which call returns what is differentiated, and where its analytic gradients are.

    `call` returns `of`; the call `gradient` takes the cotangent as its argument `along` (None when the
    loss is a scalar and no cotangent is taken) and yields, for each input path of `pairs`, its gradient's path.
    """

    call: str
    of: str
    gradient: str
    along: str | None
    pairs: Mapping[str, str]


@dataclass(frozen=True)
class Differs:
    """A known divergence. Strict: exactly these comparisons must fail, and no other.

    `pairs` are names of `parity.verify.PAIRS`; `names` the values concerned.
    """

    id: str
    reason: Mapping[str, str]
    pairs: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """A printed table that stands beside a case's own numbers, by column."""

    title: Mapping[str, str]
    source: Mapping[str, str]
    columns: Mapping[str, tuple[float | str, ...]]


@dataclass(frozen=True)
class Case:
    """Make, then calls. `python_make` and `r_make` override single arguments of `make` for one language.

    `authority` says, per language, where the values of `expect` come from; `expected_by` says it in English.
    """

    id: str
    make: Mapping[str, Value]
    calls: tuple[Call, ...]
    tolerance: Tolerance
    printed: Printed | None = None
    derivatives: Derivatives | None = None
    differs: Differs | None = None
    note: Mapping[str, str] = field(default_factory=dict)
    python_make: Mapping[str, Value] = field(default_factory=dict)
    r_make: Mapping[str, Value] = field(default_factory=dict)
    beside: Beside | None = None
    authority: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected_by(self) -> str | None:
        return self.authority.get("en")

    def made_with(self, language: str) -> Mapping[str, Value]:
        override = self.python_make if language == "python" else self.r_make
        return {**self.make, **override} if override else self.make

    def names(self, index: int) -> tuple[str, ...]:
        """The value paths that call number `index` is compared by, in the order in which a reader meets them."""
        call = self.calls[index]
        gradients = self.derivatives and call.do == self.derivatives.gradient and not call.raises
        named = (
            *call.returns,
            *call.updates,
            *call.compare,
            *call.expect,
            *(self.derivatives.pairs.values() if self.derivatives and gradients else ()),
        )
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Watch:
    """One trap of crossing over: a sentence per language, and lines to run in each console."""

    text: Mapping[str, str]
    python: tuple[str, ...] = ()
    r: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fixture:
    """One subject. `python` is "module:object", `r` is "package::Name" or a bare name found in `r_source`.

    `overridden` are the names whose values the caller replaced.
    """

    path: Path
    name: str
    about: Mapping[str, str]
    source: Mapping[str, str]
    python: str
    r: str
    cases: tuple[Case, ...]
    formula: tuple[str, ...] = ()
    r_source: tuple[Path, ...] = ()
    watch: tuple[Watch, ...] = ()
    on_request: Mapping[str, str] = field(default_factory=dict)
    overridden: frozenset[str] = frozenset()

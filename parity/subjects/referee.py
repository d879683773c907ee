"""A third subject that judges the two: another function of either language, or a formula in many digits."""

from __future__ import annotations

import dataclasses
import functools
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from parity import bridge
from parity.fixture.model import Case, Fixture, Raises, Referee
from parity.subjects import MisfitError, Subject
from parity.subjects.many_digits import check_installed, in_digits
from parity.subjects.needs import NeedsError, missing_modules, remedy
from parity.subjects.observation import Observation
from parity.subjects.per_case import once_per_case
from parity.subjects.python import PythonSubject, resolve
from parity.subjects.r import RSubject, package_source
from parity.subjects.r_files import packages_lacking
from parity.subjects.r_functions import own
from parity.subjects.worker import WorkerOptions, WorkerSubject

NAME = "referee"
_SPOKEN = {"python": "python", "mpmath": "python", "r": "r"}
_PACKAGE = re.compile(r"(?<![\w.:])([A-Za-z][A-Za-z0-9.]*):::?(?=[A-Za-z.`])")


class RefereeSubject:
    """The referees of a fixture's cases under one name."""

    name = NAME

    def __init__(self, inner: Mapping[tuple[object, ...], Subject]) -> None:
        self._inner = inner

    def judges(self, case: Case) -> bool:
        """Whether the case has a referee that is here."""
        return case.referee is not None and _key(case.referee) in self._inner

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        """What it gives in the calls up to the last that it judges; nothing where the case has no referee here."""
        if case.referee is None or not self.judges(case):
            return iter(())
        return self._inner[_key(case.referee)].observe(in_its_words(case), calls=calls)

    def close(self) -> None:
        for subject in self._inner.values():
            subject.close()


def judged(case: Case, index: int) -> tuple[str, ...]:
    """The values of call number `index` that the referee must give."""
    call = case.calls[index]
    if case.referee is None or call.raises or call.trajectory is not None:
        return ()
    of = case.referee.of
    return tuple(name for name in case.compared(index) if not of or name in of)


@once_per_case
def in_its_words(case: Case) -> Case:
    """The case as the language of its referee sees it: what is said under "referee" takes the place of what is said of
    the language. Of the functions that calls name (`as`), those of the language are the code under test itself."""
    assert case.referee is not None
    language = _SPOKEN[case.referee.language]

    def said(by_speaker: Mapping[str, Any]) -> dict[str, Any]:
        there = [by_speaker[who] for who in (NAME, language) if who in by_speaker]
        return {language: there[0]} if there else {}

    last = max((index for index in range(len(case.calls)) if judged(case, index)), default=-1)
    calls = tuple(
        dataclasses.replace(
            call,
            only=said(call.only),
            instead={language: call.instead[NAME]} if NAME in call.instead else {},
            # A call that must fail in some language is not judged, and may do here what it likes.
            raises={language: Raises("", "")} if call.raises else {},
            warns={},
        )
        for call in case.calls[: last + 1]
    )
    return dataclasses.replace(
        case,
        calls=calls,
        only=said(case.only),
        names=said(case.names),
        values={name: said(places) for name, places in case.values.items()},
        layout=said(case.layout),
        origin=said(case.origin),
    )


def referees_of(
    fixture: Fixture, languages: Sequence[str] = ("python", "r"), isolated: WorkerOptions | None = None
) -> RefereeSubject | None:
    """The referees of the cases, less those in a language that is left out.

    Raises MisfitError where there is no such function, NeedsError where a package is missing, bridge.RUnavailable.
    """
    wanted = {_key(case.referee): case.referee for case in fixture.cases if case.referee is not None}
    inner: dict[tuple[object, ...], Subject] = {}
    try:
        for key, referee in wanted.items():
            if is_left_out(referee, languages):
                continue
            make = functools.partial(_made, referee=referee)
            inner[key] = make(fixture) if isolated is None else WorkerSubject(NAME, make, fixture, isolated)
    except BaseException:
        for subject in inner.values():
            subject.close()
        raise
    return RefereeSubject(inner) if inner else None


def is_left_out(referee: Referee, languages: Sequence[str]) -> bool:
    """Whether R is left out, which this one is written in. (Python never is.)"""
    return _SPOKEN[referee.language] not in (*languages, "python")


def _key(referee: Referee) -> tuple[object, ...]:
    return referee.language, referee.code, referee.digits, referee.elementwise, id(referee.target)


def _made(fixture: Fixture, *, referee: Referee, tell: Callable[[str], None] = lambda _: None) -> Subject:
    try:
        if referee.language == "r":
            bridge.start()
            _check_packages(fixture, referee.code)
            return RSubject(dataclasses.replace(fixture, r=referee.code), tell=tell)
        if referee.language == "mpmath":
            check_installed(fixture.path)
        target: Any = referee.target
        if target is None:
            target = resolve(referee.code, fixture.path.parent.resolve())
        if target is fixture.target or target is _imported(fixture.python):
            raise MisfitError(
                ("python",), f"{referee.code} is the code under test itself", "another implementation", whole=True
            )
        if referee.language == "mpmath":
            if isinstance(target, type):
                raise MisfitError(("python",), f"{referee.code} is a class", "a function of numbers", whole=True)
            target = in_digits(target, referee.digits, elementwise=referee.elementwise)
        elif referee.target is None:  # by its name, so that its module is found again where it was edited
            target = None
        return PythonSubject(dataclasses.replace(fixture, python=referee.code, target=target), tell=tell)
    except MisfitError as error:
        lacking = missing_modules(error)
        if lacking:
            raise _needs(fixture, "python", lacking) from None
        lacking = packages_lacking([error.problem])
        if lacking:
            raise _needs(fixture, "r", lacking) from None
        if error.pointer[:1] not in (("python",), ("r",)):
            raise
        at = (*referee.at, referee.language)
        raise MisfitError(at, error.problem, error.expected, whole=True) from error


def _needs(fixture: Fixture, side: str, lacking: Sequence[str]) -> NeedsError:
    what = "Python has no module" if side == "python" else "R has no package"
    cure = remedy(side, lacking)
    return NeedsError(f"{fixture.path}: {what} {', '.join(lacking)}, which the referee needs; {cure}")


def _check_packages(fixture: Fixture, code: str) -> None:
    """What the code names by `package::`, also where it would only be missed when it runs."""
    named = dict.fromkeys(_PACKAGE.findall(code))
    near = fixture.path
    lacking = [
        name for name in named if not bool(own("is_installed")(name=name)[0]) and package_source(name, near) is None
    ]
    if lacking:
        raise _needs(fixture, "r", lacking)


def _imported(reference: str) -> object:
    """What "module:object" names, where the module has been imported; otherwise an object that nothing else is."""
    module, _, qualified = reference.partition(":")
    there: Any = sys.modules.get(module)
    for part in qualified.split(".") if there is not None and qualified else ():
        there = getattr(there, part, None)
    return object() if there is None or not qualified else there

"""The files that a command writes its report to: JSON, JUnit XML, Markdown, a badge."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from parity.cli.running import USAGE, Stopped, console, output_for_json, status_of, stop

if TYPE_CHECKING:
    from parity.reports.destination import Destination
    from parity.verify.results import Report

F = TypeVar("F", bound=Callable[..., Any])

_KINDS = {
    "json": "the whole report as JSON",
    "junitxml": "the report as JUnit XML, a test per case and pair",
    "summary": "the report as Markdown, for the page of a CI job",
    "badge": "a badge with the verdict (.svg, or .json for shields.io)",
}


def outputs_options(command: F) -> F:
    for kind, what in reversed(_KINDS.items()):
        dash = kind != "badge"
        aside = "; - is standard output (the table then goes to standard error)" if dash else ""
        command = click.option(
            f"--{kind}",
            f"{kind}_path",
            type=click.Path(path_type=Path, allow_dash=dash),
            metavar="FILE",
            help=f"Write {what} too{aside}.",
        )(command)
    return command


@dataclass(frozen=True)
class Outputs:
    """Where the report goes, by kind."""

    places: dict[str, Destination]

    @classmethod
    def of(cls, **paths: Path | None) -> Outputs:
        """From the values of the options (`json_path=`, ...). Stops where one of them cannot be written."""
        from parity.reports.badge import FORMS
        from parity.reports.destination import Destination

        named = {kind: path for kind in _KINDS if (path := paths[f"{kind}_path"]) is not None}
        places = {kind: Destination(path) for kind, path in named.items()}
        for kind, place in places.items():
            if problem := place.problem():
                stop(f"{place.path}: {problem}", USAGE)
            if kind == "badge" and place.path.suffix not in FORMS:
                stop(f"--badge: {place.path} is neither; expected a file that ends in {' or '.join(FORMS)}", USAGE)
        targets: dict[object, str] = {}
        for kind, place in places.items():
            target = place.path.resolve() if place.descriptor is None and place.replaces else place.descriptor
            if target is not None and target in targets:
                stop(f"--{targets[target]} and --{kind} both write {place.path}; expected a file for each", USAGE)
            targets[target] = kind
        return cls(places)

    @property
    def take_stdout(self) -> bool:
        return any(place.is_stdout for place in self.places.values())

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        """Around the work. Where it stops before there is a report, what an earlier run wrote must not speak for this
        one: a test that is an error, a summary and a badge that say that nothing was verified take its place."""
        from parity.verify.results import Report, Unverified

        def unverified(kind: Literal["fixture", "environment", "interrupted", "internal"], message: str) -> None:
            report = Report((), (Unverified(Path("parity"), kind, message),))
            self._write(report, ("junitxml", "summary", "badge"))

        with output_for_json(self.take_stdout):
            try:
                yield
            except Stopped as stopped:
                unverified("fixture" if stopped.code == USAGE else "environment", stopped.message)
                raise
            except KeyboardInterrupt:
                unverified("interrupted", "interrupted before anything was verified")
                raise
            except Exception as error:
                unverified("internal", f"parity itself failed: {type(error).__name__}: {error}")
                raise

    def finish(self, report: Report) -> None:
        """Print it, write it, and end with the status that it has."""
        from parity.reports.terminal import print_report

        print_report(report, console(stderr=self.take_stdout))
        self._write(report, tuple(_KINDS))
        raise SystemExit(status_of(report))

    def _write(self, report: Report, kinds: tuple[str, ...]) -> None:
        for kind, place in self.places.items():
            if kind not in kinds:
                continue
            try:
                place.write(_text(kind, report, place.path))
            except OSError as error:
                stop(f"{place.path}: cannot be written: {error.strerror}", USAGE)


def _text(kind: str, report: Report, path: Path) -> str:
    from parity.reports.badge import as_badge
    from parity.reports.json_report import as_json
    from parity.reports.junit import as_junit
    from parity.reports.summary import as_markdown

    if kind == "badge":
        return as_badge(report, path)
    return {"json": as_json, "junitxml": as_junit, "summary": as_markdown}[kind](report)

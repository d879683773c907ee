"""pytest collects fixtures: a node per case and pair, `fixtures/layers/affine.json::wiki 5.6.1::python-r`.

A missing R fails the nodes that need it, unless --parity-no-r leaves them out deliberately. The same holds for tests
that check by the fixture `parity`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

_DEFAULT_PATTERNS = ["fixtures/**/*.json", "fixtures/*.json"]
KNOWN = "known divergence"
_LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity", "agreement of Python and R")
    group.addoption(
        "--parity-no-r",
        action="store_true",
        help="leave out every comparison that needs R (otherwise a missing R fails)",
    )
    group.addoption(
        "--parity-replay",
        action="store_true",
        help="take what R gave from recordings, without R; a missing or stale recording fails",
    )
    group.addoption(
        "--parity-record",
        action="store_true",
        help="run R, and write what it gives in each parity.check beside the test (of fixtures: parity record)",
    )
    parser.addini(
        "parity_fixtures",
        "patterns, relative to the root directory, of the JSON files that are parity fixtures",
        type="linelist",
        default=_DEFAULT_PATTERNS,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    asked = [f"--parity-{one}" for one in ("no-r", "replay", "record") if config.getoption(f"--parity-{one}")]
    if len(asked) > 1:
        raise pytest.UsageError(f"{' and '.join(asked)} exclude each other: give one of them")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    replayed = bool(item.config.getoption("--parity-replay"))
    if not replayed and not item.config.getoption("--parity-record"):
        return (yield)
    from parity.check.recordings import under_way

    _, _, node = item.nodeid.partition("::")
    with under_way(item.path, node, "replay" if replayed else "record"):
        return (yield)


def pytest_report_header(config: pytest.Config) -> list[str]:
    if not config.getoption("--parity-replay"):
        return []
    return ["parity: recorded, not verified: R does not run, and what it gave is read from recordings"]


class Door:
    """`parity.check` and `parity.r` for tests: what needs R is skipped where --parity-no-r says so."""

    def __init__(self, *, no_r: bool) -> None:
        self._no_r = no_r

    def check(self, python: Any, r: str | None = None, /, **asked: Any) -> Any:
        """`parity.check`, which describes the keywords."""
        __tracebackhide__ = True
        from parity.check import check

        return self._run(lambda: check(python, r, **asked), needs_r=r is not None)

    def r(self, code: str, **asked: Any) -> Any:
        """`parity.r`: an R function as a Python callable."""
        __tracebackhide__ = True
        from parity.check import r

        return self._run(lambda: r(code, **asked), needs_r=True)

    def _run(self, work: Callable[[], Any], *, needs_r: bool) -> Any:
        __tracebackhide__ = True
        from parity.bridge import RUnavailable

        if self._no_r and needs_r:
            pytest.skip("--parity-no-r leaves out what needs R")
        try:
            return work()
        except RUnavailable as error:
            told = f"{error}\n(--parity-no-r leaves out what needs R)"
        except Exception as error:
            raise error.with_traceback(None) from None
        raise RUnavailable(told)


@pytest.fixture(name="parity")
def _parity(request: pytest.FixtureRequest) -> Door:
    """`parity.check(function, "port.R::function", x=...)`, and `parity.r("stats::quantile")`."""
    return Door(no_r=bool(request.config.getoption("--parity-no-r")))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".json" or file_path.name == "schema.json":
        return None
    try:
        relative = file_path.relative_to(parent.config.rootpath).as_posix()
    except ValueError:
        return None
    named = file_path in {Path(str(argument).split("::")[0]).absolute() for argument in parent.config.args}
    patterns = parent.config.getini("parity_fixtures")
    if not named and not any(fnmatch.fnmatch(relative, pattern) for pattern in patterns):
        if _looks_like_a_fixture(file_path):
            parent.config.stash.setdefault(_LEFT_OUT, []).append(relative)
        return None
    from parity.fixture.find import is_other_json

    if is_other_json(file_path) and not named:
        return None
    return FixtureFile.from_parent(parent, path=file_path, named=named)


def _looks_like_a_fixture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(65536)
    except OSError:
        return False
    return b'"cases"' in start and any(key in start for key in (b'"python"', b'"r"'))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash.get(_LEFT_OUT, [])
    if left_out and not terminalreporter.stats:
        patterns = " ".join(config.getini("parity_fixtures"))
        more = f", and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        terminalreporter.write_line(
            f"parity: {', '.join(left_out[:3])}{more} looks like a fixture, and parity_fixtures ({patterns}) leaves it "
            f"out; name it (pytest {left_out[0]}) or set parity_fixtures"
        )


class FixtureFile(pytest.File):
    def __init__(self, named: bool, **rest: Any) -> None:
        super().__init__(**rest)
        self._named = named

    def collect(self) -> Iterable[pytest.Collector]:
        from parity.fixture.read import FixtureError, read_fixture

        try:
            self.fixture = read_fixture(self.path)
        except FixtureError as error:
            raise self.CollectError(str(error)) from None
        if self.fixture.on_request and not self._named:
            return
        self.no_r = bool(self.config.getoption("--parity-no-r"))
        self.languages = ("python",) if self.no_r else ("python", "r")
        self.sides = tuple(side for side in self.languages if side in self.fixture.languages)
        self.recorded: dict[str, Any] = {}
        if self.config.getoption("--parity-replay"):
            from parity.subjects.recorded import beside_fixture

            self.recorded = {"r": beside_fixture(_from_here(self.path, self.config), "r")}
        self._subjects: tuple[Any, ...] | None = None
        for case in self.fixture.cases:
            yield CaseNodes.from_parent(self, name=case.id, case=case)

    @property
    def subjects(self) -> tuple[Any, ...]:
        from parity.verify.case import subjects_and_referee

        if self._subjects is None:
            self._subjects = subjects_and_referee(self.fixture, self.languages, recorded=self.recorded)
            for subject in self._subjects:
                self.addfinalizer(subject.close)
        return self._subjects


class CaseNodes(pytest.Collector):
    """The nodes of one case share one run of it."""

    parent: FixtureFile

    def __init__(self, case: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self._result: Any = None

    def collect(self) -> Iterable[pytest.Item]:
        from parity.verify.case import nodes
        from parity.verify.replayed import LABEL, label

        pairs = nodes(
            self.case,
            self.parent.sides,
            recorded=self.parent.recorded,
            left_out=("r",) if self.parent.no_r else (),
        )
        differs = self.case.differs
        if differs:
            recorded = self.parent.recorded
            applies = any(label(pair, recorded) in pairs for pair, _ in differs.comparisons())
            # Without the pairs that differ the rest is verified as of any case.
            pairs = (KNOWN + (LABEL if recorded else ""),) if applies else pairs
        for pair in pairs:
            yield PairNode.from_parent(self, name=pair)
        if self.parent.no_r:
            # Left out deliberately, and still to be seen.
            left_out = PairNode.from_parent(self, name="python-r")
            left_out.add_marker(pytest.mark.skip(reason="--parity-no-r leaves out what needs R"))
            yield left_out

    @property
    def result(self) -> Any:
        from parity.verify.case import verify_case

        if self._result is None:
            self._result = verify_case(self.case, self.parent.subjects)
        return self._result


class PairNode(pytest.Item):
    parent: CaseNodes

    def runtest(self) -> None:
        result = self.parent.result
        if self.name.startswith(KNOWN):
            if not result.ok:
                raise Disagreement(result, None)
            return
        findings = [finding for finding in result.findings if finding.pair == self.name]
        if not findings or not all(finding.ok for finding in findings):
            raise Disagreement(result, self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from rich.text import Text

        from parity.bridge import RUnavailable
        from parity.fixture.read import fixture_error
        from parity.reports.terminal import failures
        from parity.subjects import MisfitError
        from parity.verify.results import FixtureResult

        error = excinfo.value
        fixture = self.parent.parent.fixture
        path = _from_here(self.path, self.config)
        if isinstance(error, Disagreement):
            report = FixtureResult(path, fixture.name, fixture.about, (error.result,))
            width = self.config.get_terminal_writer().fullwidth
            blocks = [*failures(report, error.result, error.pair, width=width)]
            blocks = blocks or [*failures(report, error.result, width=width)]
            return "\n\n".join(Text.from_markup(block).plain for block in blocks)
        if isinstance(error, MisfitError):
            return str(fixture_error(path, error.pointer, error.problem, error.expected))
        if isinstance(error, RUnavailable):
            return f"{error}\n(--parity-no-r leaves out what needs R)"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"{self.parent.parent.fixture.name} / {self.parent.name} / {self.name}"


def _from_here(path: Path, config: pytest.Config) -> Path:
    here = config.invocation_params.dir
    return path.relative_to(here) if path.is_relative_to(here) else path


class Disagreement(Exception):
    """What one pair of a case found, or (None) the whole case."""

    def __init__(self, result: Any, pair: str | None) -> None:
        super().__init__(result.id)
        self.result = result
        self.pair = pair

"""An R session's check: its arguments and what its function gave, held against Python's function.

    python -m parity.check.from_r --package          # where the package for R lies
    python -m parity.check.from_r REQUEST REPLY

R writes the request (`r_nodes` says how values are written) and reads the reply; with reticulate it calls `verify_file`
in its own process. The reply is in R's DCF form: a record with the verdict and its text, then one for each finding. It
is written last and at once: without one there is no verdict. R is not started here.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.check.draft import ATOL, RTOL
from parity.check.r_nodes import Node, NodeError, argument_value, result_value
from parity.evidence.finding import Finding
from parity.fixture import schema
from parity.fixture.arguments import Arguments, CaseValues
from parity.fixture.build import build
from parity.fixture.model import Case, Fixture, Value
from parity.fixture.problems import JsonPath
from parity.fixture.sense import check_sense
from parity.fixture.text import Findings
from parity.subjects import MisfitError
from parity.subjects.observation import Condition, Failure, Observation, leaves, printable
from parity.subjects.python import PythonSubject
from parity.subjects.recording import RecordingError
from parity.verify import suite
from parity.verify.case import verify_case
from parity.verify.results import CaseResult, FixtureResult

PROTOCOL = 1

Request = Mapping[str, Any]
Fields = Mapping[str, object]


class RequestError(Exception):
    """The check cannot be made as it was request for. The message names the argument and what was expected."""


class RSession:
    """The R that asks, as a subject: it has made its call, twice, and answers with what it saw."""

    name = "r"

    def __init__(self, case: Case, rounds: Sequence[Observation]) -> None:
        self._case = case
        self._rounds = list(rounds)

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        """Of the one case that R has carried out; each time the next of its calls."""
        if case is not self._case or not self._rounds or calls not in (None, 1):
            raise RuntimeError("R was request for a call that it has not made")
        yield self._rounds.pop(0)

    def close(self) -> None:
        pass


def verify_file(request_path: str, reply_path: str) -> None:
    """Read what R asks, and write the verdict."""
    request = json.loads(Path(request_path).read_text("utf-8"))
    try:
        records = _verdict(request)
    except (RequestError, NodeError, RecordingError) as error:
        records = [_unfit(request, str(error))]
    except MisfitError as error:
        records = [_unfit(request, _misfit(error))]
    temporary = f"{reply_path}.part"
    Path(temporary).write_text("\n".join(map(_record, records)), "utf-8")
    os.replace(temporary, reply_path)


# -- the request -------------------------------------------------------------------------------------------------------


def _verdict(request: Request) -> list[Fields]:
    if request.get("parity") != "from-r" or request.get("version") != PROTOCOL:
        raise RequestError("R's request is of another version than this parity; expected the two of one release")
    fixture = fixture_of(request)
    (case,) = fixture.cases
    python = PythonSubject(fixture)
    try:
        result = verify_case(case, (python, RSession(case, [*map(_observation, request["rounds"])])))
    finally:
        python.close()
    return [_summary(request, fixture, result), *map(_finding, result.findings)]


def fixture_of(request: Request) -> Fixture:
    """The request as a fixture of one case. Raises RequestError where it makes no sense, NodeError for a value."""
    common, alone = _values(request["arguments"]), _values(request["only"])
    expected = _values(request["expected"])
    returns = list(request["returns"])
    call: dict[str, Any] = {"do": "call", "with": dict.fromkeys(common)}
    if alone:
        call["only"] = {"python": dict.fromkeys(alone)}
    if not request.get("raises"):
        call["returns"] = returns if len(returns) > 1 else returns[0]
    for key in ("raises", "warns"):
        if request.get(key):
            call[key] = dict(request[key])
    if expected:
        call["expect"] = dict.fromkeys(expected, 0)
    document: dict[str, Any] = {
        "about": request["title"],
        "source": "an R session",
        "python": request["python"],
        "r": "function(...) NULL",  # R has made its call
        "tolerance": {"rtol": _or(request["rtol"], RTOL), "atol": _or(request["atol"], ATOL)},
        "cases": [{"id": request["python"], "calls": [call], **({"expected_by": "the caller"} if expected else {})}],
    }
    for key in ("names", "layout"):
        if request[key]:
            document[key] = {"python": request[key]}
    if request["origin"]:  # R's arguments and values as they are: it is Python that counts from another number
        document["origin"] = {"python": {name: -first for name, first in request["origin"].items()}}
    if request["key"]:
        document["join"] = {name: {"key": request["key"]} for name in returns}
    if request["values"]:
        document["values"] = {name: {"python": expression} for name, expression in request["values"].items()}
    values = CaseValues(Arguments({}, {}), ((Arguments(common, {"python": alone} if alone else {}), expected),))
    path = Path(request["path"]) / "expect_parity"
    findings = Findings(path, "")
    for finding in schema.check(document):
        findings.note(finding)
    if not findings.entries:
        check_sense(document, [values], path, findings)
    if findings.entries:
        raise RequestError("\n".join(_sentence(one.path, one.problem, one.expected) for one in findings.entries))
    return dataclasses.replace(build(path, document, [values]), name=request["title"])


def _or(number: float | None, default: float) -> float:
    return default if number is None else number


def _values(pairs: Sequence[tuple[str, Node]]) -> dict[str, Value]:
    return {name: argument_value(node, name) for name, node in pairs}


def _observation(entry: Mapping[str, Any]) -> Observation:
    values = {path: leaf for name, node in entry["values"] for path, leaf in leaves(name, result_value(node))}
    warnings = tuple(Condition(tuple(one["classes"]), printable(one["message"])) for one in entry["warnings"])
    error = entry["error"]
    failure = error and Failure(tuple(error["classes"]), printable(error["message"]), printable(error["where"]))
    return Observation(0, "call", values, (), warnings, printable(entry["output"]), failure)


# -- what does not fit -------------------------------------------------------------------------------------------------


def _misfit(error: MisfitError) -> str:
    return _sentence(error.pointer, error.problem, error.expected)


OPTIONS = ("names", "values", "layout", "origin", "join", "raises", "warns")


def _sentence(path: JsonPath, problem: str, expected: str) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    argument = names[-1] if names and names[-1] not in ("cases", "calls", "with", "do") else ""
    argument = next((name for name in names if name in OPTIONS), argument)
    head = f"{argument}: " if argument and not problem.startswith(argument) else ""
    return f"{head}{problem}; expected {expected}" if expected else f"{head}{problem}"


def _unfit(request: Request, message: str) -> Fields:
    title = f"{request.get('title', '')} / {request.get('python', '')}"
    return {"Status": "usage", "Count": 0, "Text": f"{title}\n  " + message.replace("\n", "\n  ")}


# -- the reply ---------------------------------------------------------------------------------------------------------


def _summary(request: Request, fixture: Fixture, result: CaseResult) -> Fields:
    status = "agree" if result.ok else "disagree"
    count = sum(finding.count for finding in result.findings if finding.value or finding.kind in ("raises", "warns"))
    text = _agreement(request, result, count) if result.ok else _blocks(fixture, result)
    return {"Status": status, "Count": count, "Text": text}


def _agreement(request: Request, result: CaseResult, count: int) -> str:
    comparisons = [one for value in result.values for one in value.comparisons.values()]
    apart = max((one.ulp.value for one in comparisons if one.ulp is not None), default=0.0)
    distance = f", at most {apart:.2g} ulp apart" if apart else ""
    return f"{request['title']} and {request['python']} agree: {count} compared{distance}"


def _blocks(fixture: Fixture, result: CaseResult) -> str:
    """The blocks of the terminal's report, without the command that would repeat a fixture's case."""
    from rich.text import Text

    from parity.check.door import WIDTH
    from parity.reports.terminal import failures

    whole = FixtureResult(fixture.path, fixture.name, fixture.about, (result,))
    blocks = [Text.from_markup(block).plain for block in failures(whole, result, width=WIDTH)]
    return "\n\n".join(_in_r(re.sub(r"\n  repeat: .*", "", block, flags=re.DOTALL)) for block in blocks)


_INTEGERS = re.compile(r"numbers are floats unless 'integers' of the fixture lists their names \((.*?)\)")


def _in_r(text: str) -> str:
    """What R's user can do about it, where the advice speaks of a fixture."""
    return _INTEGERS.sub(lambda match: f"R's 3 is a float in Python, and 3L an integer ({match[1]})", text).replace(
        "give the case an expect", "give it expected = list(...)"
    )


def _finding(finding: Finding) -> Fields:
    worst = finding.comparison.absolute if finding.comparison else None
    return {
        "Evidence": finding.kind,
        "Pair": finding.pair,
        "Value": finding.value,
        "Ok": "true" if finding.ok else "false",
        "Code": finding.code,
        "Count": finding.count,
        "Absolute": "NA" if worst is None else f"{worst.value:.17g}",
        "Message": finding.message,
    }


def _record(fields: Fields) -> str:
    return "".join(f"{name}: {_escaped(str(value))}\n" for name, value in fields.items())


def _escaped(text: str) -> str:
    """On one line, and with the spaces at its ends, which DCF would drop."""
    line = text.replace("%", "%25").replace("\r", " ").replace("\n", "%0A")
    start, end = len(line) - len(line.lstrip(" ")), len(line) - len(line.rstrip(" "))
    return "%20" * start + line.strip(" ") + "%20" * (end if line.strip(" ") else 0)


def serve(pid_file: str) -> None:
    """Answer one request after another: three lines each, R's working directory, the request and the reply."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # what the code under test reads is no request
    Path(pid_file).write_text(f"{os.getpid()}\n", "utf-8")
    for line in requests:
        os.chdir(line.rstrip("\n"))
        verify_file(next(requests).rstrip("\n"), next(requests).rstrip("\n"))


USAGE = """usage: python -m parity.check.from_r --package    where the package for R lies
       python -m parity.check.from_r REQUEST REPLY, or --serve PIDFILE    what that package calls"""


def main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--package"]:
        print(suite.bundled("r_parity"))
        return 0
    if len(arguments) != 2:
        print(USAGE, file=sys.stderr)
        return 2
    if arguments[0] == "--serve":
        serve(arguments[1])
    else:
        verify_file(*arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A recording stands for R where there is none; and whatever is wrong with it, it does not pass."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parity
from parity.fixture.read import FixtureError, find_fixtures, read_fixture
from parity.reports.terminal import trajectory
from parity.subjects import digests, recording
from parity.subjects.observation import Condition, Failure, Observation
from parity.subjects.recorded import RecordedSubject, ReplayError, beside_fixture, beside_test
from parity.verify.results import CaseResult, Report

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[..., Path]


def record(path: Path, side: Any = "r") -> Path:
    report = parity.run(path, record=side)
    assert report.ok, report
    return beside_fixture(path, side).path


def replay(path: Path, **options: Any) -> Report:
    return parity.run(path, replay="r", **options)


def only_case(report: Report) -> CaseResult:
    ((case,),) = (fixture.cases for fixture in report.fixtures)
    return case


def codes(report: Report) -> set[str]:
    return {finding.code for finding in only_case(report).findings if not finding.ok}


def message(report: Report) -> str:
    (finding,) = (finding for finding in only_case(report).findings if not finding.ok)
    return finding.message


def change(path: Path, how: Callable[[list[Observation]], Sequence[Observation]], case: str = "three numbers") -> None:
    """What a recording could say if it was made otherwise: whole, and with a checksum of its own."""
    kept = recording.read(path)
    changed = dataclasses.replace(kept.cases[case], observations=tuple(how(list(kept.cases[case].observations))))
    recording.write(dataclasses.replace(kept, cases={**kept.cases, case: changed}), path)


def with_values(place: int, **values: Any) -> Callable[[list[Observation]], list[Observation]]:
    def how(seen: list[Observation]) -> list[Observation]:
        seen[place] = dataclasses.replace(seen[place], values={**seen[place].values, **values})
        return seen

    return how


def command(*arguments: str | Path, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=cwd,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=300,
    )


# -- with R, and without -----------------------------------------------------------------------------------------------


def test_a_machine_without_r_replays_what_another_recorded(write: Write, without_r: Mapping[str, str]) -> None:
    path = write()
    refused = command("parity", "run", path.name, cwd=path.parent, env=without_r)
    assert refused.returncode == 3  # the machine has no R indeed

    record(path)
    done = command("parity", "replay", path.name, "--json", "-", cwd=path.parent, env=without_r)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["ok"] is True
    pairs = {finding["pair"] for finding in document["fixtures"][0]["cases"][0]["findings"]}
    assert pairs == {
        "python-r (recorded)",
        "gradient-python",
        "python",
        "r (recorded)",
    }
    assert document["fixtures"][0]["recorded"]["r"]["r"]
    table = done.stderr
    assert re.search(r"square +1 +7 .* recorded *\n", table)
    assert re.search(r"7 values compared in .*: recorded\n", table)
    assert "R did not run" in table
    assert not re.search(r"\bagree\b|verified", table)


def test_workers_without_r_replay_too(write: Write, without_r: Mapping[str, str]) -> None:
    first, second = write(), write(name="again.json")
    record(first)
    record(second)
    done = command("parity", "replay", first.parent, "--jobs", "2", cwd=first.parent, env=without_r)
    assert done.returncode == 0, done.stderr
    assert "2 subjects, 2 cases, 14 values compared" in done.stdout


def test_sides_in_processes_of_their_own_replay_too(write: Write) -> None:
    path = write()
    record(path)
    assert only_case(replay(path, isolate=True)).recorded == ("r",)


def test_another_executor_records_and_replays_too(write: Write) -> None:
    """As dask's workers do: each in a process beside the executor's own."""
    paths = [write(), write(name="again.json")]
    with ThreadPoolExecutor(2) as executor:
        report = parity.run(paths[0].parent, record="r", executor=executor)
        assert report.ok
        assert {fixture.written for fixture in report.fixtures} == {beside_fixture(p, "r").path for p in paths}
        report = parity.run(paths[0].parent, replay="r", executor=executor)
    assert report.ok
    assert [case.recorded for fixture in report.fixtures for case in fixture.cases] == [("r",), ("r",)]


def test_pytest_replays_without_r(write: Write, without_r: Mapping[str, str]) -> None:
    path = write()
    record(path)
    done = command(
        *("pytest", "-p", "no:cacheprovider", "-p", "no:randomly", "-v", "--parity-replay", path.name),
        cwd=path.parent,
        env=without_r,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    nodes = set(re.findall(r"::three numbers::(.+?) PASSED", done.stdout))
    assert nodes == {"python-r (recorded)", "gradient-python", "python", "r (recorded)"}

    beside_fixture(path, "r").path.unlink()
    done = command("pytest", "-p", "no:cacheprovider", "--parity-replay", path.name, cwd=path.parent, env=without_r)
    assert done.returncode == 1
    assert "there is no recording recorded/square.r.json" in done.stdout
    assert "parity record square.json" in done.stdout
    assert "passed" not in done.stdout


def test_options_that_say_opposite_things_exclude_each_other(write: Write) -> None:
    path = write()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = command("pytest", "--parity-replay", "--parity-no-r", path.name, cwd=path.parent, env=env)
    assert done.returncode == 4
    assert "--parity-no-r and --parity-replay exclude each other" in done.stderr


def test_recording_twice_gives_the_same_bytes(write: Write) -> None:
    path = write()
    before = record(path).read_bytes()
    assert record(path).read_bytes() == before


def test_python_stands_recorded_for_itself_while_r_runs(write: Write) -> None:
    path = write()
    assert record(path, "python") == path.parent / "recorded" / "square.python.json"
    report = parity.run(path, replay="python")
    assert report.ok
    assert only_case(report).recorded == ("python",)
    assert {f.pair for f in only_case(report).findings} == {
        "python-r (recorded)",
        "gradient-r",
        "r",
        "python (recorded)",
    }
    path.with_name("port.R").write_text(
        path.with_name("port.R").read_text() + "\nSquare.forward <- function(a, x) a * x^3\n"
    )
    assert not parity.run(path, replay="python").ok


def test_a_recording_is_no_fixture(write: Write) -> None:
    path = write()
    kept = record(path)
    assert find_fixtures([path.parent]) == [path]
    with pytest.raises(FixtureError, match="a recording; expected the fixture beside it"):
        read_fixture(kept)


def test_a_fixture_whose_name_looks_like_a_recording_is_one(write: Write) -> None:
    path = write(name="square.r.json")
    (path.parent / "recorded").mkdir()
    path = path.rename(path.parent / "recorded" / path.name)
    assert find_fixtures([path.parent]) == [path]


# -- what Python gets wrong is found -----------------------------------------------------------------------------------


def test_a_python_that_changed_its_answer_fails(write: Write) -> None:
    path = write()
    record(path)
    (port := path.with_name("port.py")).write_text(
        port.read_text("utf-8").replace("self.a * x**2", "self.a * x**2.001")
    )
    report = replay(path)
    assert not report.ok
    (value,) = (value for value in only_case(report).values if value.name == "out")
    assert value.comparisons["python-r (recorded)"].ok is False
    assert set(value.numbers) == {"python", "r (recorded)"}


def test_pythons_own_gradient_is_checked_in_a_replay(write: Write) -> None:
    """Both sides wrong alike: only differentiation sees it, and of the two only Python can be differentiated."""
    path = write()
    record(path)
    port = path.with_name("port.py")
    port.write_text(port.read_text("utf-8").replace("self.da = np.sum(dout * self.x**2)", "self.da = 1.25"))
    report = replay(path)
    assert {f.pair for f in only_case(report).findings if not f.ok} == {"gradient-python"}


def test_pythons_own_repeat_is_checked_in_a_replay(write: Write) -> None:
    path = write()
    record(path)
    port = path.with_name("port.py")
    port.write_text(
        port.read_text("utf-8")
        .replace("class Square:", "count = [0]\n\n\nclass Square:")
        .replace("        self.x = x\n", "        self.x = x\n        count[0] += 1e-14\n", 1)
        .replace("self.a * x**2", "self.a * x**2 + count[0]")
    )
    assert "not repeatable" in codes(replay(path))


# -- how would a replay pass when it should not? -----------------------------------------------------------------------


def test_no_recording(write: Write) -> None:
    path = write()
    report = replay(path)
    assert codes(report) == {"not recorded"}
    assert f"parity record {path}" in message(report)
    assert report.count == 0


def test_a_recording_without_cases(write: Write) -> None:
    path = write()
    kept = record(path)
    recording.write(dataclasses.replace(recording.read(kept), cases={}), kept)
    assert codes(replay(path)) == {"not recorded"}
    assert "has no case 'three numbers'" in message(replay(path))


def test_a_recorded_case_without_observations(write: Write) -> None:
    path = write()
    change(record(path), lambda seen: [])
    assert codes(replay(path)) == {"invalid recording"}
    assert "it ends before forward" in message(replay(path))


def test_fewer_observations(write: Write) -> None:
    path = write()
    change(record(path), lambda seen: seen[:1])
    assert "it ends before backward" in message(replay(path))


def test_more_observations_or_others(write: Write) -> None:
    path = write()
    kept = record(path)
    change(kept, lambda seen: [*seen, seen[-1]])
    assert "more than the case's 2 calls" in message(replay(path))
    change(kept, lambda seen: [seen[1], seen[0]])
    assert "backward (call 1, step 0) where the case makes forward" in message(replay(path))


def test_a_value_that_is_missing(write: Write) -> None:
    path = write()

    def without(seen: list[Observation]) -> list[Observation]:
        return [dataclasses.replace(seen[0], values={}), seen[1]]

    change(record(path), without)
    assert "missing" in codes(replay(path))


def test_values_that_are_all_missing(write: Write) -> None:
    path = write()
    change(record(path), lambda seen: [dataclasses.replace(one, values={}) for one in seen])
    assert codes(replay(path)) == {"missing"}


def test_a_value_that_is_nan_throughout_shows_nothing(write: Write) -> None:
    path = write()
    port = path.with_name("port.py")
    kept = record(path)
    port.write_text(port.read_text("utf-8").replace("return self.a * x**2", "return np.full(3, np.nan)"))
    change(kept, with_values(0, out=np.full(3, np.nan)))
    assert "vacuous" in codes(replay(path))


def test_a_recorded_failure(write: Write) -> None:
    path = write()
    kept = record(path)

    def failing(seen: list[Observation]) -> list[Observation]:
        return [dataclasses.replace(seen[0], values={}, error=Failure(("simpleError", "error"), "no"))]

    change(kept, failing)
    assert "refused" in codes(replay(path))

    change(kept, lambda seen: [seen[0], dataclasses.replace(seen[0], call=1, do="backward", piece=0)])
    assert "it goes on after the error of forward" in message(replay(path))


def test_an_uncomparable_value(write: Write) -> None:
    path = write()
    change(record(path), with_values(0, out=recording.Uncomparable("a closure")))
    assert "type" in codes(replay(path))


def test_a_recording_of_another_case_of_that_name(write: Write) -> None:
    path = write()
    kept = record(path)
    other = write(lambda d: d["cases"][0]["calls"][0]["with"].update(x=[1, -2, 0.25]), name="other.json")
    recording.write(dataclasses.replace(recording.read(record(other)), fixture="square.json"), kept)
    assert codes(replay(path)) == {"stale"}
    assert "calls[0] forward x changed" in message(replay(path))


def test_a_case_that_was_changed_on_the_way_is_not_observed(write: Write) -> None:
    """As numeric differentiation would ask for it."""
    path = write()
    record(path)
    fixture = read_fixture(path)
    (case,) = fixture.cases
    subject = RecordedSubject(fixture, "r", beside_fixture(path, "r"))
    assert len(list(subject.observe(case))) == 2
    assert len(list(subject.observe(case, calls=1))) == 1
    with pytest.raises(ReplayError, match="make a changed"):
        list(subject.observe(case.with_made("r", {"a": 3.0000001})))
    assert len(list(subject.observe(case.with_made("python", {"a": 3.0000001})))) == 2


def test_a_recording_of_another_fixture_or_side(write: Write) -> None:
    path = write()
    kept = record(path)
    other = write(name="other.json")
    beside_fixture(other, "r").path.write_bytes(kept.read_bytes())
    assert codes(replay(other)) == {"invalid recording"}
    assert "is of the fixture 'square.json', not of 'other.json'" in message(replay(other))
    kept.write_bytes(record(path, "python").read_bytes())
    assert "is of the side 'python', not of 'r'" in message(replay(path))


def test_a_recording_that_was_changed_by_hand(write: Write) -> None:
    path = write()
    kept = record(path)
    kept.write_text(kept.read_text("utf-8").replace("[3.0, 12.0, 0.75]", "[3.0, 12.0, 0.76]"), "utf-8")
    assert codes(replay(path)) == {"invalid recording"}
    assert "changed by hand" in message(replay(path))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"parity": "recording"}', "\0", '{"parity": "recording", "version": 1}']
)
def test_a_file_that_is_no_recording(write: Write, text: str) -> None:
    path = write()
    record(path).write_text(text)
    assert codes(replay(path)) == {"invalid recording"}


def test_a_folder_in_the_place_of_a_recording(write: Write) -> None:
    path = write()
    beside_fixture(path, "r").path.mkdir(parents=True)
    assert codes(replay(path)) == {"invalid recording"}


def _first_call(document: dict[str, Any]) -> dict[str, Any]:
    return document["cases"][0]["calls"][0]  # type: ignore[no-any-return]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a value of make": (lambda d: d["cases"][0]["make"].update(a=4), "make a changed"),
    "a value of a call": (lambda d: _first_call(d)["with"].update(x=[1, -2, 3]), "calls[0] forward x changed"),
    "a sign of zero": (lambda d: _first_call(d)["with"].update(x=[1, -0.0, 3]), "calls[0] forward x changed"),
    "R's own value": (lambda d: d["cases"][0].update(only={"r": {"a": 5}}), "make a changed"),
    "a shape": (lambda d: _first_call(d)["with"].update(x=[[1, -2, 0.5]]), "calls[0] forward x changed"),
    "a name in R": (lambda d: d.update(names={"r": {"a": "b"}}), "make changed"),
    "an expression of R": (lambda d: d.update(values={"out": {"r": ". + 0"}}), "make changed"),
    "a layout of R": (lambda d: d.update(layout={"r": {"x": "i -> i"}}), "make changed"),
    "the function of R": (lambda d: d.update(r="Other"), "r changed"),
    "what is compared": (lambda d: _first_call(d).update(compare=["y"]), "calls[0] forward changed"),
    "a name that is returned": (lambda d: _first_call(d).update(returns="y"), "calls[0] forward changed"),
    "what is expected to be raised": (
        lambda d: _first_call(d).update(raises={"r": {"text": "no"}}),
        "calls[0] forward changed",
    ),
    "an argument more": (lambda d: _first_call(d)["with"].update(n=1), "calls[0] forward"),
    "a call more": (lambda d: d["cases"][0]["calls"].append(d["cases"][0]["calls"][0]), "calls[2] forward"),
    "integers": (lambda d: d.update(integers=["a"]), "make a changed"),
}


@pytest.mark.parametrize(("how", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_inputs_that_changed_since(write: Write, how: Callable[[dict[str, Any]], object], said: str) -> None:
    path = write()
    record(path)
    write(how)
    assert codes(replay(path)) == {"stale"}
    assert said in message(replay(path))
    assert f"parity record {path}" in message(replay(path))


JUDGEMENTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a tolerance": lambda d: d.update(tolerance={"rtol": 1e-9, "atol": 1e-9}),
    "an expected value": lambda d: (
        _first_call(d).update(expect={"out": [3, 12, 0.75]}),
        d["cases"][0].update(expected_by="by hand"),
    ),
    "prose": lambda d: d.update(about="another text"),
    "Python's own value": lambda d: d["cases"][0].update(only={"python": {"a": 3}}),
    "the name of Python's code": lambda d: d.update(python="port:Talking"),
}


@pytest.mark.parametrize("how", JUDGEMENTS.values(), ids=JUDGEMENTS.keys())
def test_what_r_does_not_see_makes_nothing_stale(write: Write, how: Callable[[dict[str, Any]], object]) -> None:
    path = write()
    record(path)
    write(how)
    assert replay(path).ok


def test_r_sources_that_changed_since(write: Write) -> None:
    path = write()
    port = path.with_name("port.R")
    port.write_text(port.read_text() + '\nif (FALSE) source("more.R")\n')
    more = path.with_name("more.R")
    more.write_text("more <- 1\n")
    record(path)
    assert replay(path).ok

    more.write_text("more <- 2\n")
    assert codes(replay(path)) == {"stale"}
    assert "of other sources: more.R changed" in message(replay(path))
    more.unlink()
    assert "more.R is gone" in message(replay(path))


def test_the_folder_of_an_r_package_counts_where_it_is_there(write: Write) -> None:
    path = write(lambda d: d.pop("r_source"), r="squares::Square")
    package = path.parent / "squares"
    (package / "R").mkdir(parents=True)
    (path.parent / "pyproject.toml").write_text("")
    (package / "DESCRIPTION").write_text("Package: squares\nVersion: 1.0\n")
    (package / "NAMESPACE").write_text('exportPattern("^Square")\n')
    path.with_name("port.R").rename(package / "R" / "square.R")
    kept = record(path)
    assert list(recording.read(kept).sources) == ["squares/DESCRIPTION", "squares/NAMESPACE", "squares/R/square.R"]
    assert replay(path).ok
    assert "sources" not in replay(path).fixtures[0].recorded["r"]

    (package / "R" / "more.R").write_text("more <- 1\n")
    assert "squares/R/more.R is new" in message(replay(path))
    (package / "R" / "more.R").unlink()
    shutil.rmtree(package)  # a machine that has not the sources either, which is said
    report = replay(path)
    assert report.ok
    assert report.fixtures[0].recorded["r"]["sources"] == "not here"


def test_line_ends_make_no_source_another(write: Write) -> None:
    path = write()
    record(path)
    port = path.with_name("port.R")
    port.write_bytes(port.read_bytes().replace(b"\n", b"\r\n"))
    assert replay(path).ok


# -- errors, warnings, divergences -------------------------------------------------------------------------------------


def halves(write: Write, **call: Any) -> Path:
    return write(
        python="port:halve",
        r="function(x) { if (any(x < 0)) stop('x is negative'); if (length(x) > 2) warning('long'); x / 2 }",
        derivatives=None,
        cases=[{"id": "one", "calls": [{"do": "call", "with": {"x": [-1, 2]}, "returns": "y", **call}]}],
    )


def _without_none(path: Path) -> Path:
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}), "utf-8")
    return path


RAISES = {"python": {"class": "ValueError", "text": "negative"}, "r": {"text": "negative"}}


def test_an_error_that_is_asked_for_is_replayed(write: Write) -> None:
    path = _without_none(halves(write, raises=RAISES))
    kept = record(path)
    report = replay(path)
    assert report.ok
    assert "raises-r (recorded)" in {f.pair for f in only_case(report).findings}

    def other(seen: list[Observation]) -> list[Observation]:
        return [dataclasses.replace(seen[0], error=Failure(("simpleError", "error"), "x is too long"))]

    change(kept, other, "one")
    assert codes(replay(path)) == {"other error"}
    change(kept, lambda seen: [dataclasses.replace(seen[0], error=None)], "one")
    assert codes(replay(path)) == {"no error"}


def test_a_warning_that_is_asked_for_is_replayed(write: Write) -> None:
    path = _without_none(
        halves(write, **{"with": {"x": [1, 2, 4]}, "warns": {"r": {"class": "simpleWarning", "text": "long"}}})
    )
    kept = record(path)
    report = replay(path)
    assert report.ok
    assert ("r (recorded)", "long") in only_case(report).warnings
    change(kept, lambda seen: [dataclasses.replace(seen[0], warnings=(Condition(("w",), "long"),))], "one")
    assert not replay(path).ok
    change(kept, lambda seen: [dataclasses.replace(seen[0], warnings=())], "one")
    assert not replay(path).ok


def diverging(write: Write, pair: str = "python-r") -> Path:
    difference = {"pairs": [pair], "names": ["y"], "kind": "value", "largest": [0.9, 1.1]}
    return write(
        python="port:double",
        r="function(x) 2 * x + 1",
        derivatives=None,
        cases=[
            {
                "id": "one",
                "differs": {"id": "plus one", "reason": "R adds one", "what": [difference]},
                "calls": [{"do": "call", "with": {"x": [1, 2, 4]}, "returns": "y"}],
            }
        ],
    )


def test_a_declared_divergence_is_recorded_and_is_strict_in_a_replay(write: Write) -> None:
    path = _without_none(diverging(write))
    kept = record(path)
    report = replay(path)
    assert report.ok
    assert only_case(report).divergence == "plus one"
    change(kept, with_values(0, y=np.array([2.0, 4.0, 8.0])), "one")
    assert "gone" in codes(replay(path))
    change(kept, with_values(0, y=np.array([5.0, 7.0, 11.0])), "one")
    assert "undeclared" in codes(replay(path))


def test_what_disagrees_is_not_recorded_and_leaves_what_was(write: Write) -> None:
    path = write()
    kept = record(path)
    before = kept.read_bytes()
    write(python="port:Twice")
    report = parity.run(path, record="r")
    assert not report.ok
    assert report.fixtures[0].written is None
    assert kept.read_bytes() == before


def test_what_does_not_repeat_is_not_recorded(write: Write) -> None:
    path = _without_none(halves(write, **{"with": {"x": [1, 2]}}))
    document = json.loads(path.read_text("utf-8"))
    document |= {
        "r": "function(x) x / 2 + rnorm(1) * 1e-12",
        "tolerance": {"rtol": 1e-9, "atol": 0},
    }
    path.write_text(json.dumps(document), "utf-8")
    report = parity.run(path, record="r")
    assert codes(report) == {"not repeatable"}
    assert not beside_fixture(path, "r").path.exists()


# -- relations, referees -----------------------------------------------------------------------------------------------


def test_relations_of_the_side_that_runs_are_checked_in_a_replay(write: Write) -> None:
    """Those of the recorded one would need it to run, and were checked when it was recorded."""
    relations = [{"of": "y", "linear_in": "x"}, {"of": "y", "bounds": [0, 100]}]
    path = _without_none(halves(write, **{"with": {"x": [1, 2]}}))
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, "relations": relations, "r": "function(x) x / 2"}), "utf-8")
    port = path.with_name("port.py")
    port.write_text("def halve(x):\n    return x / 2\n", "utf-8")
    record(path)
    report = replay(path)
    assert report.ok
    pairs = {finding.pair for finding in only_case(report).findings}
    assert "relation-python" in pairs
    assert "relation-r (recorded)" not in pairs

    port.write_text("def halve(x):\n    return x / 2 + (x > 3)\n", "utf-8")  # as recorded at x itself
    assert {f.pair for f in only_case(replay(path)).findings if not f.ok} == {"relation-python"}


@pytest.mark.parametrize(("language", "asked"), [("python", True), ("r", False)])
def test_a_referee_is_asked_where_its_language_runs(
    write: Write, without_r: Mapping[str, str], language: str, asked: bool
) -> None:
    path = _without_none(halves(write, **{"with": {"x": [1, 2]}}))
    document = json.loads(path.read_text("utf-8"))
    code = {"python": "port:halve_or_not", "r": "function(x) x * 0.5"}[language]
    path.write_text(json.dumps({**document, "r": "function(x) x / 2", "referee": {language: code}}), "utf-8")
    record(path)
    done = command("parity", "replay", path.name, "--json", "-", cwd=path.parent, env=without_r)
    assert done.returncode == 0, done.stderr
    (case,) = json.loads(done.stdout)["fixtures"][0]["cases"]
    assert any(finding["kind"] == "referee" for finding in case["findings"]) is asked


# -- trajectories ------------------------------------------------------------------------------------------------------


def descent(write: Write) -> Path:
    call = {
        "do": "train",
        "returns": "loss",
        "compare": ["p"],
        "updates": [],
        "trajectory": {"steps": 7, "every": 3, "first": 1, "series": ["loss"]},
    }
    r = """
Descent.train <- function(start, lr, steps, p = start) {
  loss <- numeric(steps)
  for (i in seq_len(steps)) {
    p <- p - lr * (p - (seq_along(p) - 1))
    loss[i] <- sum((p - (seq_along(p) - 1))^2) / 2
  }
  list(loss = loss, p = p)
}
"""
    path = write(
        python="port:Descent",
        r="Descent",
        derivatives=None,
        integers=["steps"],
        cases=[{"id": "down", "make": {"start": [4, 4], "lr": 0.25}, "calls": [{**call, "state": ["p"]}]}],
    )
    path.with_name("port.R").write_text(r)
    return _without_none(path)


def test_every_piece_of_a_trajectory_is_recorded_and_replayed(write: Write) -> None:
    path = descent(write)
    kept = record(path)
    pieces = recording.read(kept).cases["down"].observations
    assert [(seen.step, seen.piece) for seen in pieces] == [(1, 1), (4, 3), (7, 3)]
    report = replay(path)
    assert report.ok
    run = only_case(report).trajectory
    assert run is not None
    assert (run.made, set(run.series["loss"])) == (7, {"python", "r (recorded)"})
    (line,) = trajectory(report.fixtures[0], only_case(report))
    assert "7 steps, as recorded throughout" in line

    change(kept, with_values(1, p=pieces[1].values["p"] + 1e-6), "down")
    assert "value" in codes(replay(path))
    change(kept, lambda seen: [seen[0], seen[2]], "down")
    assert "where the case makes train" in message(replay(path))
    change(kept, lambda seen: pieces[:2], "down")
    assert "it ends before train" in message(replay(path))


# -- beside a test -----------------------------------------------------------------------------------------------------


def test_each_check_of_each_test_has_a_file_of_its_own() -> None:
    here = Path("tests/test_port.py")
    folder = Path("tests/__parity__/test_port")
    assert beside_test(here, "test_scale").path == folder / "test_scale.json"
    assert beside_test(here, "test_scale", 1).path == folder / "test_scale-2.json"
    nodes = ["test_scale[a/b]", "test_scale[a-b]", "test_scale[a b]", "test_scale-a-b", "A::test_scale", "A-test_scale"]
    paths = {beside_test(here, node, nth).path for node in nodes for nth in (0, 1)}
    assert len(paths) == 12
    assert all(path.parent == folder for path in paths)
    assert len(beside_test(here, "test_" + "x" * 400).path.name) < 130
    assert (
        beside_test(here, "test_scale[a b]").refresh == "pytest 'tests/test_port.py::test_scale[a b]' --parity-record"
    )


# -- digests -----------------------------------------------------------------------------------------------------------


def test_every_argument_of_a_case_counts(write: Write) -> None:
    """By walking over what the model has, so that what comes to it is not forgotten."""
    fixture = read_fixture(write())
    (case,) = fixture.cases
    assert list(digests.inputs_of(fixture, case, "r")) == [
        *(
            "r",
            "make",
            "make a",
            "calls[0] forward",
            "calls[0] forward x",
            "calls[1] backward",
            "calls[1] backward dout",
        )
    ]
    by_side = {side: digests.digest_of(digests.inputs_of(fixture, case, side)) for side in ("r", "python")}
    assert by_side["r"] != by_side["python"]
    unlike = [
        np.array([1.0, 2.0]),
        np.array([[1.0, 2.0]]),
        np.array([1, 2]),
        [1.0, 2.0],
        {"0": 1.0, "1": 2.0},
        np.array(["1.0", "2.0"]),
    ]
    seen = {digests.digest_of(digests.inputs_of(fixture, case.with_made("r", {"a": value}), "r")) for value in unlike}
    assert len(seen) == len(unlike)


def test_a_value_without_a_digest_cannot_be_recorded(write: Write) -> None:
    fixture = read_fixture(write())
    case = fixture.cases[0].with_made("r", {"a": object()})  # type: ignore[dict-item]
    with pytest.raises(recording.RecordingError, match="make a: a value of type object has no digest"):
        digests.inputs_of(fixture, case, "r")


def test_the_sources_of_python_are_the_module_and_what_it_imports_of_its_project(write: Write) -> None:
    path = write()
    (path.parent / "pyproject.toml").write_text("")
    port = path.with_name("port.py")
    port.write_text("from inner.deep import thing\nimport json\n" + port.read_text("utf-8"))
    inner = path.parent / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("")
    (inner / "deep.py").write_text("from . import beside\nthing = 1\n")
    (inner / "beside.py").write_text("")
    (inner / "unused.py").write_text("")
    fixture = read_fixture(path)
    assert list(digests.sources_of(fixture, "python")) == [
        *("inner/__init__.py", "inner/beside.py", "inner/deep.py", "port.py")
    ]
    assert digests.packages_of(fixture, "python") == ["numpy"]


def test_the_packages_of_r_are_those_that_its_code_names(write: Write) -> None:
    path = write(needs={"r": ["jsonlite"]}, values={"out": {"r": "testthat::f(.) + stats::sd(.)"}})
    path.with_name("port.R").write_text('library(survival)\nrequire("boot")\nMASS::ginv\n')
    assert digests.packages_of(read_fixture(path), "r") == ["MASS", "boot", "jsonlite", "survival", "testthat"]

"""Fixtures as pytest nodes: one per case and pair."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
Write = Callable[..., Path]


@pytest.fixture
def project(pytester: pytest.Pytester, write: Write) -> Callable[..., pytest.RunResult]:
    """Runs pytest in a project whose fixtures/ holds the square, changed as `write` changes it."""

    def run(*arguments: str, change: Callable[[dict], object] | None = None, **keys: object) -> pytest.RunResult:
        path = write(change, **keys)
        folder = pytester.mkdir("fixtures")
        for file in (path, path.with_name("port.py"), path.with_name("port.R")):
            shutil.copy(file, folder)
        (folder / "schema.json").write_text("{}")
        pytester.makeini("[pytest]\n")
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run


def test_a_node_for_each_case_and_pair(project: Callable[..., pytest.RunResult]) -> None:
    result = project("-v", "fixtures")
    result.assert_outcomes(passed=5)
    # The last two are each side's own: it made every call, changed no argument, and gives the same bits again.
    nodes = ("python-r", "gradient-python", "gradient-r", "python", "r")
    result.stdout.fnmatch_lines([f"fixtures/square.json::three numbers::{node} PASSED*" for node in nodes])


def test_a_failure_shows_the_block_and_only_the_pairs_concerned_fail(project: Callable[..., pytest.RunResult]) -> None:
    result = project("fixtures", r="WrongSlope")
    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(
        [
            "square / three numbers / backward / dx?2?  (R: dx?3?)",
            "*r is wrong (numeric differentiation)",
            "*off by 18*",
            "  repeat: parity run fixtures/square.json -k 'three numbers'",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_a_bad_fixture_is_an_error_of_collection_with_its_line(project: Callable[..., pytest.RunResult]) -> None:
    result = project("fixtures", change=lambda d: d["cases"][0].update(sideways=1))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*square.json:*unknown key 'sideways'*"])


def test_what_does_not_exist_fails_with_its_place(project: Callable[..., pytest.RunResult]) -> None:
    result = project("fixtures", r="Circle")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*square.json:*$.r: R has no function Circle.forward*"])


def without_r(pytester: pytest.Pytester) -> None:
    (pytester.path / "conftest.py").write_text("import sys\nsys.modules['rpy2'] = None\n")


def test_a_missing_r_fails(project: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    without_r(pytester)
    result = project("fixtures")
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(["*--parity-no-r leaves out what needs R*"])


def test_r_can_be_left_out_deliberately(project: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    without_r(pytester)
    result = project("-v", "fixtures", "--parity-no-r")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["*::gradient-python PASSED*", "*::python-r SKIPPED (--parity-no-r*"])


def test_other_json_files_are_left_alone(project: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    (pytester.path / "package.json").write_text("{}")
    project(".").assert_outcomes(passed=5)


def test_a_fixture_that_no_pattern_meets_is_named(pytester: pytest.Pytester, write: Callable[..., Path]) -> None:
    """Plain `pytest` beside a fixture collects nothing, and says why."""
    shutil.copy(write(), pytester.path / "standardize.json")
    (pytester.path / "package.json").write_text("{}")
    pytester.makeini("[pytest]\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["parity: standardize.json looks like a fixture, *pytest standardize.json*"])
    assert "package.json" not in result.stdout.str()


def test_a_fixture_on_request_is_collected_when_its_file_is_named(project: Callable[..., pytest.RunResult]) -> None:
    assert project("fixtures", on_request={"en": "takes an hour"}).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_named_file_is_collected(project: Callable[..., pytest.RunResult]) -> None:
    project("fixtures/square.json", on_request={"en": "takes an hour"}).assert_outcomes(passed=5)


def test_a_divergence_of_r_is_left_out_with_r(project: Callable[..., pytest.RunResult]) -> None:
    def declare(document: dict) -> None:
        differs = {
            "id": "slope",
            "reason": {"en": "wrong"},
            "what": [{"pairs": ["python-r", "gradient-r"], "names": ["dx"], "kind": "value", "largest": [1e-6, 100]}],
        }
        document["cases"][0]["differs"] = differs

    project("fixtures", "--parity-no-r", change=declare, r="WrongSlope").assert_outcomes(passed=2, skipped=1)

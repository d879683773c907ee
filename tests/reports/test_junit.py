"""The report as JUnit XML, Markdown and a badge: read back by others' readers, held against pytest's own names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from parity.evidence.finding import Finding
from parity.reports.badge import as_badge
from parity.reports.junit import as_junit
from parity.reports.summary import as_markdown
from parity.verify.results import CaseResult, FixtureResult, Report, Unverified

Write = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[2]
CASE_SUITE = ("tests", "failures", "errors", "skipped")


def parity(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def outcomes(path: Path) -> dict[tuple[str, str], str]:
    """By class and name: "passed", or the tag of what went wrong."""
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        assert len(kinds) <= 1
        key = (case.get("classname", ""), case.get("name", ""))
        assert key not in found
        found[key] = kinds[0] if kinds else "passed"
    return found


def result(*findings: Finding, ok: bool, pairs: tuple[str, ...] = (), case: str = "a case") -> FixtureResult:
    of_case = CaseResult(id=case, ok=ok, findings=findings, pairs=pairs, seconds=0.5)
    return FixtureResult(Path("fixtures/one.json"), "one", {"en": "one"}, (of_case,), 0.5)


def finding(ok: bool, pair: str = "python-r", message: str = "", code: str = "value", kind: str = "raises") -> Finding:
    return Finding(kind=kind, pair=pair, subject="", ok=ok, code=code, message=message)


@pytest.mark.slow
def test_the_tests_are_those_of_pytest_and_fail_where_they_do(write: Write, tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()
    write(r="WrongSlope", name="fixtures/wrong.json")
    write(name="fixtures/good.json")

    def differs(document: dict) -> None:
        document["cases"][0]["differs"] = {
            "id": "slope",
            "reason": "it is three times as steep",
            "what": [
                {"pairs": ["python-r"], "names": ["dx"], "kind": "value", "largest": [1, 100]},
                {"pairs": ["gradient-r"], "names": ["dx"], "kind": "value", "largest": [1, 100]},
            ],
        }

    write(differs, r="WrongSlope", name="fixtures/known.json")
    for port in ("port.py", "port.R"):
        shutil.move(tmp_path / port, tmp_path / "fixtures")
    done = parity("run", "--junitxml", "ours.xml", cwd=tmp_path)
    assert done.returncode == 1, done.stderr + done.stdout
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "fixtures", "--junitxml", "theirs.xml", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    ours, theirs = outcomes(tmp_path / "ours.xml"), outcomes(tmp_path / "theirs.xml")
    assert ours == theirs
    assert ours[("fixtures.wrong.json.three numbers", "python-r")] == "failure"
    assert ours[("fixtures.known.json.three numbers", "known divergence")] == "passed"
    assert len(ours) == 11
    root = ElementTree.parse(tmp_path / "ours.xml").getroot()
    assert [root.get(count) for count in CASE_SUITE] == ["11", "2", "0", "0"]
    assert {suite.get("name"): suite.get("failures") for suite in root} == {"good": "0", "known": "0", "wrong": "2"}
    block = root.find(".//failure")
    assert block is not None
    assert block.text is not None
    assert block.text.startswith("wrong / three numbers / backward / dx[2]  (R: dx[3])\n  python  -9      r  -27")
    assert block.text in done.stdout


def test_what_cannot_be_verified_is_an_error(write: Write, tmp_path: Path) -> None:
    write()
    write(lambda d: d["cases"][0].update(sideways=1), name="bad.json")
    done = parity("run", ".", "--junitxml", "out.xml", "--summary", "out.md", "--badge", "out.json", cwd=tmp_path)
    assert done.returncode == 2
    assert outcomes(tmp_path / "out.xml")[("bad.json", "fixture")] == "error"
    error = ElementTree.parse(tmp_path / "out.xml").find(".//error")
    assert error is not None
    assert "unknown key 'sideways'" in str(error.get("message"))
    assert (tmp_path / "out.md").read_text("utf-8").startswith("### ❌ parity: 1 subject, 1 case")
    assert "unknown key 'sideways'" in (tmp_path / "out.md").read_text("utf-8")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["message"] == "not verified"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("nowhere.json",), 2), (("square.json", "-k", "nothing of this name"), 2), ((), 2)],
)
def test_a_run_that_stops_leaves_no_earlier_verdict(
    write: Write, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    write()
    for name in ("out.xml", "out.md", "out.json"):
        (tmp_path / name).write_text("agree")
    files = ("--junitxml", "out.xml", "--summary", "out.md", "--badge", "out.json")
    done = parity("run", *arguments, *files, cwd=tmp_path)
    assert done.returncode == status
    said = done.stderr.removeprefix("parity: ").splitlines()[0]
    assert [*outcomes(tmp_path / "out.xml").values()] == ["error"]
    error = ElementTree.parse(tmp_path / "out.xml").find(".//error")
    assert error is not None
    assert said in str(error.text)
    assert said in (tmp_path / "out.md").read_text("utf-8")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["message"] == "not verified"


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (Report(()), "error"),
        (Report((result(finding(False, pair=""), ok=False),)), "failure"),
        (Report((result(finding(True), finding(False, pair="other"), ok=False, pairs=("python-r",)),)), "failure"),
        (Report((result(ok=True, pairs=("python-r",)),)), "failure"),
        (Report((result(finding(False, pair="", code="internal", kind="internal"), ok=False),)), "error"),
        (Report((), (Unverified(Path("one.json"), "environment", "no R"),)), "error"),
    ],
    ids=["empty", "no pair", "another pair", "pair without finding", "internal", "unverified"],
)
def test_what_is_not_right_is_never_without_a_failure(report: Report, outcome: str) -> None:
    root = ElementTree.fromstring(as_junit(report))
    assert sum(1 for _ in root.iter(outcome)) == 1
    assert int(root.get("failures", "")) + int(root.get("errors", "")) == 1


def test_agreement_has_no_failure() -> None:
    root = ElementTree.fromstring(as_junit(Report((result(finding(True), ok=True, pairs=("python-r",)),))))
    assert [root.get(count) for count in CASE_SUITE] == ["1", "0", "0", "0"]


def test_what_is_verified_on_request_is_skipped() -> None:
    good = result(finding(True), ok=True, pairs=("python-r",))
    report = Report((good,), (), (Unverified(Path("long.json"), "on request", "an hour"),))
    root = ElementTree.fromstring(as_junit(report))
    assert [root.get(count) for count in CASE_SUITE] == ["2", "0", "0", "1"]


NASTY = "bell \x07 null \x00 escape \x1b[31m half \ud83d end \uffff ]]> <b> & \" ' \r `````` | 한글"


def test_any_text_can_be_written() -> None:
    report = Report((result(finding(False, message=NASTY), ok=False, pairs=("python-r",), case=NASTY),))
    text = as_junit(report)
    text.encode("utf-8")
    test = ElementTree.fromstring(text).find(".//testcase")
    assert test is not None
    parts = (r"null \x00", r"\x1b[31m", r"half \ud83d", r"end \uffff", "]]> <b> & \" ' ", "한글")
    for part in (*parts, r"bell \x07", "' \\r"):
        assert part in test.get("classname", "")
    for part in parts:
        assert part in test[0].text
    page = as_markdown(report)
    page.encode("utf-8")
    assert r"null \x00 escape \x1b[31m half \ud83d" in page
    fences = [line for line in page.splitlines() if line.startswith("```")]
    assert fences == ["```````text", "```````"]


def test_a_cell_of_the_summary_is_no_markup() -> None:
    one = result(finding(True), ok=True, pairs=("python-r",))
    odd = FixtureResult(one.path, "a|b <img src=x> `c` *d*\nnext", one.about, one.cases)
    row = as_markdown(Report((odd,))).splitlines()[4]
    assert row.startswith(r"| a\|b \<img src=x\> \`c\` \*d\* next | 1 |")


def test_a_summary_keeps_its_size_and_says_what_it_leaves_out() -> None:
    many = tuple(
        result(finding(False, message="x" * 1000), ok=False, pairs=("python-r",), case=str(n)) for n in range(300)
    )
    page = as_markdown(Report(many), limit=60_000)
    assert len(page.encode()) < 60_000
    assert page.startswith("### ❌ parity: 300 subjects, 300 cases")
    blocks = page.count("```text")
    assert f"{300 - blocks} more blocks are not shown" in page
    assert 10 < blocks < 100


GOOD = result(finding(True), ok=True, pairs=("python-r",))
BAD = result(finding(False), ok=False, pairs=("python-r",))


@pytest.mark.parametrize(
    ("report", "message", "color"),
    [
        (Report((GOOD, GOOD)), "agree (2)", "brightgreen"),
        (Report((GOOD, BAD)), "1 of 2 fail", "red"),
        (Report((BAD,), (Unverified(Path("x"), "fixture", ""),)), "1 of 1 fail", "red"),
        (Report((GOOD,), (Unverified(Path("x"), "fixture", ""),)), "not verified", "lightgrey"),
        (Report(()), "not verified", "lightgrey"),
    ],
)
def test_a_badge_says_the_verdict(report: Report, message: str, color: str) -> None:
    badge = json.loads(as_badge(report, Path("badge.json")))
    assert badge == {
        "schemaVersion": 1,
        "label": "Python = R",
        "message": message,
        "color": color,
        "isError": color != "brightgreen",
    }
    picture = ElementTree.fromstring(as_badge(report, Path("badge.svg")))
    assert picture.get("aria-label") == f"Python = R: {message}"
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Python = R", message]


def test_bad_places_are_named(write: Write, tmp_path: Path) -> None:
    write()
    for arguments, said in (
        (("--badge", "b.png"), "--badge: b.png is neither; expected a file that ends in .json or .svg"),
        (("--junitxml", "no/x.xml"), "no/x.xml: there is no folder no; expected a file in an existing folder"),
        (("--junitxml", "x", "--json", "./x"), "--json and --junitxml both write x; expected a file for each"),
        (("--summary", "-", "--junitxml", "-"), "--junitxml and --summary both write -; expected a file for each"),
    ):
        done = parity("run", "square.json", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr == f"parity: {said}\n"


def test_check_writes_them_too(write: Write, tmp_path: Path) -> None:
    write()
    done = parity(
        "check", "port.py:halve", "port.R::halve", "--with", "x=[2,4]", "--junitxml", "-", "--badge", "b.svg",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(done.stdout)
    assert root.get("failures") == "0"
    assert int(root.get("tests", "")) >= 1
    assert "agree (1)" in (tmp_path / "b.svg").read_text("utf-8")


@pytest.mark.slow
def test_a_replay_says_recorded_everywhere(write: Write, tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()

    def differs(document: dict) -> None:
        document["cases"][0]["differs"] = {
            "id": "slope",
            "reason": "it is three times as steep",
            "what": [{"pairs": ["python-r"], "names": ["dx"], "kind": "value", "largest": [1, 100]}],
        }
        document["cases"][0]["derivatives"] = None
        document["cases"][0]["because"] = "R's are wrong"

    write(name="fixtures/good.json")
    write(differs, r="WrongSlope", name="fixtures/known.json")
    for port in ("port.py", "port.R"):
        shutil.move(tmp_path / port, tmp_path / "fixtures")
    assert parity("record", cwd=tmp_path).returncode == 0
    done = parity("replay", "--junitxml", "ours.xml", "--badge", "b.json", "--summary", "s.md", cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--parity-replay", "fixtures", "--junitxml", "theirs.xml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    ours = outcomes(tmp_path / "ours.xml")
    assert ours == outcomes(tmp_path / "theirs.xml")
    assert ours[("fixtures.known.json.three numbers", "known divergence (recorded)")] == "passed"
    assert ours[("fixtures.good.json.three numbers", "python-r (recorded)")] == "passed"
    badge = json.loads((tmp_path / "b.json").read_text("utf-8"))
    assert (badge["message"], badge["color"]) == ("recorded (1), 1 known to differ", "blue")
    page = (tmp_path / "s.md").read_text("utf-8")
    assert "recorded" in page.splitlines()[0]
    assert "agree" not in page

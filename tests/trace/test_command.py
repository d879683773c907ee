"""`--trace` as a user meets it: the command, the report in JSON, the function."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import parity
from tests.trace.conftest import STAGES, R, python_code

ROOT = Path(__file__).resolve().parents[2]
Pipeline = Callable[..., Path]
CANCELLING = {"norm": f"7 * ({R['norm']})", "act": f"({R['act']}) / 7"}


def run(*arguments: str | Path, cwd: Path, columns: int = 100) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": str(columns), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_run_without_the_option_passes_what_the_trace_finds(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(r=CANCELLING)
    assert run("run", "net.json", "--jobs", "1", cwd=tmp_path).returncode == 0
    assert run("run", "net.json", "--jobs", "1", "--trace", cwd=tmp_path).returncode == 1


@pytest.mark.parametrize("columns", [80, 120])
def test_the_block_of_a_failing_trace(pipeline: Pipeline, tmp_path: Path, columns: int) -> None:
    pipeline(r=CANCELLING)
    done = run("run", "net.json", "--trace", cwd=tmp_path, columns=columns)
    assert done.returncode == 1
    block = done.stdout[done.stdout.index("net / one / trace") :]
    block = block[: block.index("1 subject")]
    assert max(map(len, block.splitlines())) <= 80
    assert re.search(r"^   1  affine +h +agrees$", block, re.MULTILINE)
    assert re.search(r"^   2  norm +z +convicted on equal inputs$", block, re.MULTILINE)
    assert re.search(r"^   3  act +a +convicted on python's inputs and r's inputs$", block, re.MULTILINE)
    assert re.search(r"^   4  last +out +agrees$", block, re.MULTILINE)
    said = " ".join(block.split())
    assert "the sides part in norm; on equal inputs norm, act differ; at the end of the chain the errors cancel" in said
    assert "cause: Python = R x" in said
    assert "repeat: parity run net.json -k one --trace" in said


def test_a_chain_that_agrees_is_a_line(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline()
    done = run("run", "net.json", "--trace", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0
    assert "net / one / trace: 4 stages agree" in done.stdout.splitlines()
    assert "affine" not in done.stdout


def test_it_says_that_there_is_no_chain(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(change=lambda document: document["cases"][0].pop("stages"))
    done = run("run", "net.json", "--trace", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0
    assert "parity: --trace: no case here has stages, several calls or a trajectory" in done.stderr


def test_the_report_in_json(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(r={"norm": f"4 * ({R['norm']})"})
    done = run("run", "net.json", "--trace", "--json", "-", cwd=tmp_path)
    (case,) = json.loads(done.stdout)["fixtures"][0]["cases"]
    trace = case["trace"]
    assert (trace["ok"], trace["kind"], trace["parting"]) == (False, "stages", None)
    assert [(stage["name"], stage["code"], stage["own"]) for stage in trace["stages"]] == [
        ("affine", "agrees", True),
        ("norm", "convicted", False),
        ("act", "exonerated", False),
        ("last", "exonerated", False),
    ]
    assert trace["stages"][2]["given"] == {"python": True, "r": True}
    assert trace["stages"][1]["values"][0]["diagnosis"]["code"]


def test_a_referee_of_the_whole_is_not_asked_about_stages(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(r=CANCELLING, change=lambda document: document.update(referee={"python": "judge:net"}))
    (tmp_path / "judge.py").write_text(python_code({}))
    report = parity.run(tmp_path / "net.json", trace=True)
    assert report.fixtures, report.unverified
    (case,) = report.fixtures[0].cases
    assert case.trace is not None
    assert [stage.code for stage in case.trace.stages] == ["agrees", "convicted", "convicted", "agrees"]


def test_sides_in_processes_of_their_own(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(r=CANCELLING)
    report = parity.run(tmp_path / "net.json", trace=True, isolate=True)
    (case,) = report.fixtures[0].cases
    assert case.trace is not None
    assert [stage.code for stage in case.trace.stages] == ["agrees", "convicted", "convicted", "agrees"]


def test_a_recorded_side_has_no_stages(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline()
    assert parity.run(tmp_path / "net.json", record="r").ok
    assert parity.run(tmp_path / "net.json", replay="r").ok
    report = parity.run(tmp_path / "net.json", replay="r", trace=True)
    assert not report.ok


def net(x: np.ndarray, k: float) -> np.ndarray:
    return halved(squared(x, k))


def squared(x: np.ndarray, k: float) -> np.ndarray:
    return k * x**2


def halved(h: np.ndarray) -> np.ndarray:
    return h / 2


R_NET = "function(x, k) k * x^2 / 2"
CHAIN = [
    {"name": "squared", "python": squared, "r": "function(x, k) k * x^2", "takes": ["x", "k"], "gives": "h"},
    {"name": "halved", "python": halved, "r": "function(h) h / 2", "takes": ["h"], "gives": "out"},
]


def test_the_function_follows_stages() -> None:
    report = parity.check(net, R_NET, x=np.array([1.5, -2.0, 3.0]), k=3.0, stages=CHAIN)
    (case,) = report.fixtures[0].cases
    assert case.trace is not None
    assert [stage.code for stage in case.trace.stages] == ["agrees", "agrees"]


def test_a_saved_check_has_its_stages(tmp_path: Path) -> None:
    parity.check(net, R_NET, x=np.array([1.5, -2.0, 3.0]), k=3.0, stages=CHAIN, save=tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text())
    assert [stage["gives"] for stage in saved["cases"][0]["stages"]] == ["h", "out"]


def test_the_function_says_which_stage_differs() -> None:
    wrong = [{**CHAIN[0], "r": "function(x, k) 2 * k * x^2"}, {**CHAIN[1], "r": "function(h) h / 4"}]
    with pytest.raises(parity.Disagreement) as error:
        parity.check(net, R_NET, x=np.array([1.5, -2.0, 3.0]), k=3.0, stages=wrong)
    assert "the sides part in squared; on equal inputs squared, halved differ" in " ".join(str(error.value).split())


def test_a_stage_without_a_name_is_a_sentence() -> None:
    chain = [{**CHAIN[0], "python": lambda x, k: k * x**2}, CHAIN[1]]
    with pytest.raises(parity.CheckError, match=r"stages\[0\]\['python'\].*has no name to import it by"):
        parity.check(net, R_NET, x=np.array([1.5, -2.0]), k=3.0, stages=chain)
    with pytest.raises(parity.CheckError, match="nobody uses 'q'"):
        parity.check(net, R_NET, x=np.array([1.5, -2.0]), k=3.0, stages=[{**CHAIN[0], "gives": "q"}])


def test_the_command_for_one_function(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline(r=CANCELLING)
    (tmp_path / "stages.json").write_text(json.dumps(STAGES))
    arguments = ["--random", "x=5,3", "--random", "W=3,4", "--with", "b=[1,2,3,4]", "--random", "V=4,2"]
    done = run("check", "mine.py:net", "mine.R::net", *arguments, "--with", "c=[0.5,-1]", "--stages", "stages.json",
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the sides part in norm" in done.stdout
    bad = run("check", "mine.py:net", "mine.R::net", "--stages", "nowhere.json", cwd=tmp_path)
    assert bad.returncode == 2
    assert "--stages: nowhere.json cannot be read" in bad.stderr

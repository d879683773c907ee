"""The command as a user meets it: exit status, what is said where, nothing lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[1]


def parity(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_agreement_exits_0_and_says_so(write: Write, tmp_path: Path) -> None:
    write()
    done = parity("run", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^square +1 +7 .* 4/4 +agree *$", done.stdout, re.MULTILINE)
    assert "1 subject, 1 case, 7 values compared" in done.stdout
    assert done.stderr == ""


def test_disagreement_exits_1_with_a_block_that_can_be_repeated(write: Write, tmp_path: Path) -> None:
    def expect(document: dict) -> None:
        document["cases"][0]["expected_by"] = "by hand"
        document["cases"][0]["calls"][1]["expect"] = {"dx": [6, -3, -9]}

    write(expect, r="WrongSlope")
    done = parity("run", "square.json", cwd=tmp_path)
    assert done.returncode == 1
    block = done.stdout[done.stdout.index("square / three numbers / backward") :]
    lines = block.splitlines()
    assert lines[0] == "square / three numbers / backward / dx[2]  (R: dx[3])"
    assert lines[1].split() == ["python", "-9", "r", "-27", "expected", "-9", "r", "is", "wrong"]
    assert lines[2].startswith("  off by 18, allowed 9.1e-12; 3 of 3 elements differ")
    assert lines[3] == "  repeat: parity run square.json -k 'three numbers'"
    assert "gradient of out by x: r's dx" in done.stdout


def test_a_bad_fixture_exits_2_and_the_others_are_verified(write: Write, tmp_path: Path) -> None:
    write()
    write(lambda d: d["cases"][0].update(sideways=1), name="bad.json")
    write(lambda d: d["cases"][0]["calls"][0].update(do="turn"), name="other.json")
    done = parity("run", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(r"bad\.json:\d+:\d+: \$\.cases\[0\]\S*: unknown key 'sideways'", done.stdout)
    assert re.search(r"other\.json:\d+:\d+: ", done.stdout)
    assert "square" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda d: d.update(python="nowhere:Square"), r"\$\.python", "there is no Python module nowhere"),
        (lambda d: d.update(python="port:Circle"), r"\$\.python", "port has no Circle"),
        (lambda d: d.update(r="Circle"), r"\$\.cases\[0\]\.calls\[0\]\.do", "R has no function Circle.forward"),
        (
            lambda d: d["cases"][0]["calls"][0]["with"].update(y=1),
            r"\$\.cases\[0\]\.calls\[0\]\.with\.y",
            "no parameter of forward takes y",
        ),
        (
            lambda d: d["cases"][0]["calls"][1]["with"].update(dout=[1, 2]),
            r"\$\.cases\[0\]\.calls\[1\]",
            "every language refuses this call",
        ),
    ],
)
def test_what_does_not_fit_exits_2_with_file_line_and_path(
    write: Write, tmp_path: Path, change: Callable[[dict], object], place: str, said: str
) -> None:
    def changed(document: dict) -> None:
        document["r_source"] = ["strict.R"]
        change(document)

    (tmp_path / "strict.R").write_text(
        "Square.forward <- function(a, x) list(out = a * x^2, x = x, a = a)\n"
        "Square.backward <- function(forward, dout) {\n"
        '  if (length(dout) != length(forward$x)) stop("dout does not fit")\n'
        "  list(dx = 2 * forward$a * forward$x * dout, da = sum(dout * forward$x^2))\n}\n"
    )
    write(changed)
    done = parity("run", "square.json", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(rf"square\.json:\d+:\d+: {place}: ", done.stdout), done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere"], "nowhere: no such file or directory"),
        (["run", "."], "expected"),
        (["run", "square.json", "-k", "nothing like it"], "no case of square.json has 'nothing like it' in its name"),
        (["run", "square.json", "-k", "three or"], "'three or' has an empty term"),
        (["run", "square.json", "--json", "nowhere/report.json"], "there is no folder nowhere"),
        (["pages", "square.json", "--out", "file"], "file"),
        (["show", "cricle", "."], "there is no subject cricle"),
        (["show", "square.jsn", "."], "did you mean"),
        (["run", "--jobs", "0"], "0"),
        (["sing"], "sing"),
    ],
)
def test_bad_usage_exits_2_in_one_line(write: Write, tmp_path: Path, arguments: list[str], said: str) -> None:
    if arguments != ["run", "."]:
        write()
    (tmp_path / "file").write_text("in the way")
    done = parity(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_fixture_on_request_is_verified_when_its_file_is_named(write: Write, tmp_path: Path) -> None:
    write()
    write(name="large.json", on_request={"en": "takes an hour"})
    all_of_them = parity("run", ".", cwd=tmp_path)
    assert all_of_them.returncode == 0
    assert "1 subject" in all_of_them.stdout
    assert "on request: parity run large.json  (takes an hour)" in all_of_them.stdout
    named = parity("run", "large.json", cwd=tmp_path)
    assert named.returncode == 0
    assert re.search(r"^large .* agree *$", named.stdout, re.MULTILINE)


def test_values_are_set_from_the_command_line(write: Write, tmp_path: Path) -> None:
    write()
    done = parity("run", "square.json", "--set", "a=-2", "--json", "report.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for wrong, said in (("b=1", "no fixture has a single value named b"), ("a", "no NAME=VALUE"), ("a=[1]", "not to")):
        refused = parity("run", "square.json", "--set", wrong, cwd=tmp_path)
        assert refused.returncode == 2
        assert said in refused.stderr


def test_exact_mode_counts_the_bits_that_differ(write: Write, tmp_path: Path) -> None:
    def sums(document: dict) -> None:
        # a long-double sum in R, a pairwise one in NumPy: the two differ unless NumPy adds as R does
        document["cases"][0]["calls"][0]["with"] = {"x": {"randn": [999], "seed": 3}}
        document["cases"][0]["calls"][1]["with"] = {"dout": {"randn": [999], "seed": 4}}

    write(sums)
    ordinary = parity("run", "square.json", "--json", "ordinary.json", cwd=tmp_path)
    exact = parity("run", "square.json", "--exact", "--json", "exact.json", cwd=tmp_path)
    assert ordinary.returncode == exact.returncode == 0
    assert "bits" in exact.stdout.splitlines()[0]

    def values(name: str) -> dict:
        report = json.loads((tmp_path / name).read_text("utf-8"))
        return {value["name"]: value for value in report["fixtures"][0]["cases"][0]["values"]}

    assert values("ordinary.json")["da"]["comparisons"]["python-r"]["ulp"]["value"] > 0
    assert values("ordinary.json")["da"]["bits"] is None
    assert {name: value["bits"] for name, value in values("exact.json").items()} == {"out": 0, "dx": 0, "da": 0}


def test_one_failed_call_is_one_block_and_warnings_are_shown(write: Write, tmp_path: Path) -> None:
    write(python="port:Failing", r="Square")
    failed = parity("run", "square.json", cwd=tmp_path)
    assert failed.stdout.count("repeat:") == 1
    assert "for that reason not compared: backward dx, backward da" in failed.stdout

    def forward_only(document: dict) -> None:
        document["cases"][0]["calls"].pop()
        del document["derivatives"]

    write(forward_only, python="port:Talking", r="Talking")
    warned = parity("run", "square.json", cwd=tmp_path)
    assert warned.returncode == 0
    assert "square / three numbers: r warned: careful" in warned.stdout


def test_json_has_the_whole_report(write: Write, tmp_path: Path) -> None:
    write(r="WrongSlope")
    done = parity("run", "square.json", "--json", "report.json", cwd=tmp_path)
    assert done.returncode == 1
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["ok"] is False
    (case,) = report["fixtures"][0]["cases"]
    dx = next(value for value in case["values"] if value["name"] == "dx")
    assert dx["blame"] == "r"
    assert dx["comparisons"]["python-r"]["differing"] == 3
    assert dx["comparisons"]["python-r"]["ratio"]["index"] == [2]


def test_a_dead_r_exits_3_and_names_the_fixture(write: Write, tmp_path: Path) -> None:
    def forward_only(document: dict) -> None:
        document["cases"][0]["calls"].pop()
        del document["derivatives"]

    write()
    write(forward_only, name="dying.json", r="Dying")
    done = parity("run", ".", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 3
    assert "dying.json: the process died while it was verified" in done.stdout
    assert re.search(r"^square .* agree *$", done.stdout, re.MULTILINE)


def test_a_missing_r_exits_3_with_the_remedy(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rpy2'] = None\n")
    done = parity("run", "square.json", cwd=tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 3
    assert "environment" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_help_has_an_example_for_each_command_and_starts_nothing(tmp_path: Path) -> None:
    for command in ([], ["run"], ["pages"], ["show"], ["doctor"]):
        done = parity(*command, "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert re.search(r"Examples?:\n +parity", done.stdout), command
    listed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "parity", "--help"], capture_output=True, text=True, cwd=ROOT
    ).stderr
    assert "click" in listed
    assert not re.search(r"\b(numpy|pandas|rpy2|rich)\b", listed)


def test_an_interrupted_run_keeps_the_earlier_report(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "slow.py").write_text(
        "import time\nfrom port import Square\n"
        "class Slow(Square):\n    def forward(self, x):\n        time.sleep(60)\n        return super().forward(x)\n"
    )
    write(name="slow.json", python="slow:Slow")
    (tmp_path / "report.json").write_text("earlier")
    running = subprocess.Popen(
        [sys.executable, "-m", "parity", "run", "slow.json", "--json", "report.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(4)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert "interrupted" in out
    assert "Traceback" not in out + err


def test_colour_only_where_it_is_wanted(write: Write, tmp_path: Path) -> None:
    write()
    assert "\x1b[" not in parity("run", "square.json", cwd=tmp_path).stdout
    forced = parity("run", "square.json", cwd=tmp_path, FORCE_COLOR="1")
    assert "\x1b[32m" in forced.stdout
    assert "\x1b[32m" not in parity("run", "square.json", cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1").stdout

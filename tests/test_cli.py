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

from parity.reports.destination import Destination
from parity.reports.json_report import as_json
from parity.verify.results import Report, Unverified

Write = Callable[..., Path]
Start = Callable[..., subprocess.Popen[str]]
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
    assert lines[1].split() == [
        "python",
        "-9",
        "r",
        "-27",
        "expected",
        "-9",
        *["r", "is", "wrong", "(expected", "value)"],
    ]
    assert lines[2].startswith("  off by 18, allowed 9.1e-12; 3 of 3 elements differ")
    assert lines[3] == "  cause: nothing that is known fits"
    assert lines[4] == "  repeat: parity run square.json -k 'three numbers'"
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
        (lambda d: d.update(r="Circle"), r"\$\.r", "R has no function Circle.forward"),
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
        (["show", "square.json", "x"], "square.json is a file and says all that is to be shown; x is too much"),
        (["show", "square.json", "--bundled"], "--bundled is too much"),
        (["show", "nowhere.json"], "nowhere.json: no such file"),
        (["run", "square.json", "--bundled"], "--bundled stands instead of PATHS, and square.json is one"),
        (["run", "square.json", "--json", "."], ".: is a folder; expected a file"),
        (["run", "square.json", "--json", "/dev/fd/19"], "/dev/fd/19: cannot be written: Bad file descriptor"),
        (["run", "square.json", "--json", "loop"], "loop: cannot be written: Too many levels of symbolic links"),
        (["run", "square.json", "--set", "a=1", "--set", "a=2"], "a is set twice"),
        (["pages", "square.json", "--out", "site", "--documents", "nowhere"], "nowhere"),
        (["run", "square.json", "--timeout", "0"], "0 is no time to wait"),
        (["run", "square.json", "--timeout", "nan"], "nan is no time to wait"),
        (["run", "square.json", "--dask", "127.0.0.1:1", "--jobs", "2"], "leave out --jobs"),
        (["run", "--jobs", "0"], "0"),
        (["sing"], "sing"),
    ],
)
def test_bad_usage_exits_2_in_one_line(write: Write, tmp_path: Path, arguments: list[str], said: str) -> None:
    if arguments != ["run", "."]:
        write()
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "loop").symlink_to("loop")
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

    (between,) = (f for f in values("ordinary.json")["da"]["findings"] if f["pair"] == "python-r")
    assert between["comparison"]["ulp"]["value"] > 0
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
    (between,) = (finding for finding in dx["findings"] if finding["pair"] == "python-r")
    assert between["comparison"]["differing"] == 3
    assert between["comparison"]["ratio"]["index"] == [2]


def test_an_r_that_dies_fails_its_case_and_no_other(write: Write, tmp_path: Path) -> None:
    def forward_only(document: dict) -> None:
        document["cases"][0]["calls"].pop()
        del document["derivatives"]

    write()
    write(forward_only, name="dying.json", r="Dying")
    done = parity("run", ".", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "r: died: the process died with SIGKILL; the last call was Dying.forward" in done.stdout
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


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came so far"
        time.sleep(0.005)


def test_an_interrupted_run_keeps_the_earlier_report(write: Write, start: Start, tmp_path: Path) -> None:
    write()
    (tmp_path / "slow.py").write_text(
        "import pathlib, time\nfrom port import Square\n"
        "class Slow(Square):\n    def forward(self, x):\n        pathlib.Path('under way').touch()\n"
        "        time.sleep(60)\n        return super().forward(x)\n"
    )
    write(name="slow.json", python="slow:Slow")
    (tmp_path / "report.json").write_text("earlier")
    running = start("run", "slow.json", "--json", "report.json", cwd=tmp_path)
    wait_for((tmp_path / "under way").exists)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert "interrupted" in out
    assert "Traceback" not in out + err
    assert (tmp_path / "report.json").read_text("utf-8").startswith(("earlier", "{"))
    assert [path.name for path in tmp_path.glob(".report*")] == []


@pytest.mark.parametrize("module", ["click", "numpy._core.multiarray"])
def test_ctrl_c_during_the_imports_is_one_line(write: Write, start: Start, tmp_path: Path, module: str) -> None:
    write()
    (tmp_path / "sitecustomize.py").write_text(
        "import pathlib, sys, time\nclass Slow:\n    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n            pathlib.Path('importing').touch()\n            time.sleep(60)\n"
        "sys.meta_path.insert(0, Slow())\n"
    )
    running = start("run", "square.json", cwd=tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    wait_for((tmp_path / "importing").exists)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (130, "", "parity: interrupted\n")


def test_an_endless_case_fails_at_its_time_and_the_others_are_verified(write: Write, tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text(
        "from port import Square\nclass Endless(Square):\n    def forward(self, x):\n"
        "        while len(x) == 2:\n            pass\n        return super().forward(x)\n"
    )

    def two_numbers_too(document: dict) -> None:
        second = json.loads(json.dumps(document["cases"][0]))
        second["id"] = "two numbers"
        second["calls"][0]["with"]["x"] = [1, 2]
        second["calls"][1]["with"]["dout"] = [3, -4]
        document["cases"].insert(0, second)

    write(two_numbers_too, python="endless:Endless", r="Square")
    began = time.monotonic()
    done = parity("run", "square.json", "--timeout", "2", "--json", "report.json", cwd=tmp_path)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert time.monotonic() - began < 60
    cases = json.loads((tmp_path / "report.json").read_text("utf-8"))["fixtures"][0]["cases"]
    assert {case["id"]: case["ok"] for case in cases} == {"two numbers": False, "three numbers": True}


def test_an_interruption_that_is_ignored_stays_ignored(write: Write, tmp_path: Path) -> None:
    """As nohup asks for it."""
    write()
    running = subprocess.Popen(
        [sys.executable, "-m", "parity", "run", "square.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # type: ignore[arg-type, return-value]
    )
    while running.poll() is None:
        os.kill(running.pid, signal.SIGINT)
        time.sleep(0.02)
    assert running.returncode == 0
    assert "agree" in running.communicate()[0]


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `parity` is the command of this checkout."""
    script = f'set -o pipefail; parity() {{ "{sys.executable}" -m parity "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "line",
    [
        *("run wrong.json >&-", "run wrong.json | true", "run wrong.json 2>&-", "run wrong.json <&-"),
        *("run square.json >&- 2>&-", "doctor | true", "show square.json | true", "--help | true", "--help >&-"),
    ],
)
def test_an_output_that_nobody_reads_changes_nothing(write: Write, tmp_path: Path, line: str) -> None:
    write()
    write(name="wrong.json", r="WrongSlope")
    done = shell(f"parity {line}", tmp_path)
    assert done.returncode == (1 if "wrong" in line else 0)
    assert done.stderr == ""


def test_a_closed_output_does_not_get_into_a_file(write: Write, tmp_path: Path) -> None:
    """The file that is opened next would have the number of the closed output, which R prints to."""

    def forward_only(document: dict) -> None:
        document["cases"][0]["calls"].pop()
        del document["derivatives"]

    write(forward_only, r="Talking", python="port:Talking")
    shell("parity run square.json --json report.json >&- 2>&-", tmp_path)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["fixtures"]


@pytest.mark.parametrize("arguments", ["run square.json", "--help"])
def test_a_full_disk_is_said(write: Write, tmp_path: Path, arguments: str) -> None:
    write()
    done = shell(f"parity {arguments} > /dev/full", tmp_path)
    assert done.returncode == 3
    assert done.stderr == "parity: the output could not be written: No space left on device\n"


@pytest.mark.parametrize("place", ["-", "stdout", "/dev/fd/1"])
def test_json_to_standard_output_is_json_alone(write: Write, tmp_path: Path, place: str) -> None:
    """A link of our own, as /dev/stdout is one: a command that replaced that would leave the machine without it."""
    write()
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")
    done = shell(f"parity run square.json --json {place} > out.json", tmp_path)
    assert done.returncode == 0
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["ok"] is True
    assert "1 subject, 1 case, 7 values compared" in done.stderr
    assert (tmp_path / "stdout").is_symlink()


def test_the_devices_are_known_for_what_they_are() -> None:
    """Without writing: whoever got this wrong as root would replace them."""
    for name, descriptor in (("/dev/stdout", 1), ("/dev/stderr", 2), ("/dev/null", None), ("report.json", None)):
        destination = Destination(Path(name))
        assert (destination.descriptor, destination.is_stdout) == (descriptor, descriptor == 1)
        assert destination.replaces is (name == "report.json")


def test_json_replaces_regular_files_only(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "report.json").write_text("earlier")
    (tmp_path / "deep" / "report.json").chmod(0o600)
    (tmp_path / "link.json").symlink_to("deep/report.json")
    os.mkfifo(tmp_path / "pipe")
    # The reader of the pipe is given up where the pipe was replaced.
    done = shell(
        "parity run square.json --json link.json"
        " && (timeout 60 cat pipe > piped.json & parity run square.json --json pipe; wait)"
        " && parity run square.json --json /dev/fd/7 7> seventh.json",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "pipe").is_fifo()
    for name in ("deep/report.json", "piped.json", "seventh.json"):
        assert json.loads((tmp_path / name).read_text("utf-8"))["ok"] is True, name
    assert (tmp_path / "deep" / "report.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("**/.*")) == []


def test_json_has_surrogates_as_escapes(write: Write, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(
        "from port import Square\nclass Odd(Square):\n"
        "    def forward(self, x):\n        raise ValueError('half a pair: \\ud83d')\n"
    )
    write(python="odd:Odd")
    done = parity("run", "square.json", "--json", "report.json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "half a pair: \\ud83d" in done.stdout
    assert "half a pair: " in str(json.loads((tmp_path / "report.json").read_text("utf-8")))
    # Whatever others make of it, a report that has one can be written.
    report = Report((), (Unverified(Path("odd.json"), "internal", "half a pair: \ud83d"),))
    Destination(tmp_path / "odd.out").write(as_json(report))
    text = (tmp_path / "odd.out").read_text("utf-8")
    assert '"half a pair: \\ud83d"' in text
    assert json.loads(text)["unverified"][0]["message"] == "half a pair: \ud83d"


def test_without_fixtures_nothing_is_verified_unasked(tmp_path: Path) -> None:
    for arguments in (["run"], ["pages", "--out", "site"], ["show", "affine"]):
        done = parity(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("parity: there is no folder fixtures here: name files or folders (parity ")
        assert f"parity {arguments[0]}{' NAME' if 'affine' in arguments else ''} --bundled" in done.stderr
        assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_what_travels_with_parity_is_verified_when_asked_for(tmp_path: Path) -> None:
    done = parity("run", "--bundled", "-k", "affine/wiki 5.6.1", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert re.search(r"affine .* agree *$", done.stdout, re.MULTILINE)
    shown = parity("show", "affine", "--bundled", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "array([[24, 28, 32]," in shown.stdout


def test_colour_only_where_it_is_wanted(write: Write, tmp_path: Path) -> None:
    write()
    assert "\x1b[" not in parity("run", "square.json", cwd=tmp_path).stdout
    forced = parity("run", "square.json", cwd=tmp_path, FORCE_COLOR="1")
    assert "\x1b[32m" in forced.stdout
    assert "\x1b[32m" not in parity("run", "square.json", cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1").stdout

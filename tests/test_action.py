"""The GitHub Action: what it asks for is declared, and its steps do what they say.

Steps that are other actions are not carried out; the others are, by the shell that GitHub takes, in order, with what
one leaves to the next.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "parity.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [
    *((step["name"], step["run"]) for step in STEPS if "run" in step),
    *(
        (f"{job}, step {number}", step["run"])
        for job, entries in WORKFLOW["jobs"].items()
        for number, step in enumerate(entries["steps"])
        if "run" in step
    ),
]
Write = Callable[..., Path]


# -- what it is --------------------------------------------------------------------------------------------------------


def test_it_has_the_keys_of_a_composite_action() -> None:
    assert ACTION.keys() == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"]["using"] == "composite"
    for one in ACTION["inputs"].values():
        assert one.keys() <= {"description", "default", "required"}
        assert isinstance(one["default"], str)
    for one in ACTION["outputs"].values():
        assert one.keys() == {"description", "value"}
    for step in STEPS:
        assert step.keys() <= {"name", "id", "if", "shell", "env", "run", "uses", "with"}
        assert ("run" in step) == ("shell" in step) == ("uses" not in step)


def test_what_it_refers_to_is_there_and_used() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    ids = [step["id"] for step in STEPS if "id" in step]
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r"steps\.([\w-]+)\.", text)) == set(ids)
    written = set(re.findall(r"steps\.(?:kept|verify)\.outputs\.([\w-]+)", text))
    assert written == {"key", "paths", "status", "verdict"}


def test_no_input_becomes_part_of_a_script() -> None:
    """An expression in a script is replaced before the shell reads it, so that a title could be a command."""
    assert len(SCRIPTS) > 5
    assert [name for name, script in SCRIPTS if "${{" in script] == []


def test_the_workflow_gives_it_what_it_takes() -> None:
    used = [step for job in WORKFLOW["jobs"].values() for step in job["steps"] if step.get("uses") == "./"]
    assert len(used) == 2
    for step in used:
        assert step["with"].keys() <= ACTION["inputs"].keys()
    assert [step["with"].get("replay") for step in used] == [None, "true"]
    assert WORKFLOW["permissions"] == {"contents": "read"}


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize(("name", "script"), SCRIPTS, ids=[name for name, _ in SCRIPTS])
def test_its_scripts_are_sound(name: str, script: str) -> None:
    done = subprocess.run(
        ["shellcheck", "-s", "bash", "-"], input=f"set -eo pipefail\n{script}", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


# -- what it does ------------------------------------------------------------------------------------------------------

_CALLS = """\
#!/usr/bin/env bash
printf '%s\\n' "$(basename "$0") $*" >>"$CALLS"
"""


@dataclass
class Runner:
    """As much of GitHub's runner as the steps see. `commands` stand before the system's."""

    folder: Path
    commands: Path
    log: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "temp").mkdir()
        self.commands.mkdir()
        for name in ("calls", "summary"):
            (self.folder / name).touch()
        # pip installs nothing here, and answers where it keeps things.
        self.command("python", f'case "$*" in *"cache dir"*) echo "{self.folder}/pip" ;; esac\n')
        self.command("parity", f'exec "{sys.executable}" -m parity "$@"\n')

    def command(self, name: str, script: str) -> None:
        path = self.commands / name
        path.write_text(_CALLS + script)
        path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text("utf-8")

    def run(self, **given: str) -> int:
        """All steps with these inputs; the status of the first that fails."""
        inputs = {name: one["default"] for name, one in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        self.outputs = {"python": {"python-version": "3.12.1"}}
        if inputs["replay"] != "true":
            self.outputs["r"] = {"installed-r-version": "4.4.2"}
        for step in STEPS:
            if "run" in step and self._wanted(step.get("if", "true"), inputs):
                status = self._step(step, inputs)
                if status:
                    return status
        return 0

    def _wanted(self, condition: str, inputs: dict[str, str]) -> bool:
        def holds(term: str) -> bool:
            parts = re.fullmatch(r"inputs\.([\w-]+) (==|!=) '([^']*)'", term.strip())
            assert parts is not None, term
            return (inputs[parts[1]] == parts[3]) == (parts[2] == "==")

        return condition == "true" or all(map(holds, condition.split("&&")))

    def _value(self, expression: str, inputs: dict[str, str]) -> str:
        parts = re.fullmatch(r"\$\{\{ (?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)) \}\}", expression)
        assert parts is not None, expression
        return inputs[parts[1]] if parts[1] else self.outputs.get(parts[2], {}).get(parts[3], "")

    def _step(self, step: dict[str, Any], inputs: dict[str, str]) -> int:
        script = self.folder / "temp" / "step.sh"
        script.write_text(step["run"], "utf-8")
        files = {name: self.folder / f"{name.lower()}.txt" for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{self.commands}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "CALLS": str(self.folder / "calls"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            **self.environment,
            **{name: str(file) for name, file in files.items()},
            **{name: self._value(value, inputs) for name, value in step.get("env", {}).items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.log += done.stdout + done.stderr
        self.environment |= _assigned(files["GITHUB_ENV"])
        if "id" in step:
            self.outputs[step["id"]] = _assigned(files["GITHUB_OUTPUT"])
        return done.returncode


def _assigned(file: Path) -> dict[str, str]:
    """NAME=VALUE, or NAME<<MARK, lines, MARK."""
    found = {}
    lines = iter(file.read_text("utf-8").splitlines())
    for line in lines:
        name, heredoc, mark = line.partition("<<")
        if heredoc and "=" not in name:
            found[name] = "\n".join(iter(lambda: next(lines), mark))
        else:
            name, equals, value = line.partition("=")
            assert equals, line
            found[name] = value
    return found


@pytest.fixture
def runner(tmp_path: Path, write: Write) -> Runner:
    """In a project whose fixture agrees."""
    (tmp_path / "fixtures").mkdir()
    write(name="fixtures/square.json")
    for port in ("port.py", "port.R"):
        shutil.move(tmp_path / port, tmp_path / "fixtures")
    return Runner(tmp_path, tmp_path / "commands")


@pytest.mark.slow
def test_it_verifies(runner: Runner) -> None:
    status = runner.run(
        junitxml="out.xml", badge="out.json", python_packages="scipy>=1\n-e\n.", r_packages="stats utils"
    )
    assert status == 0, runner.log
    assert runner.outputs["verify"] == {"status": "0", "verdict": "agree"}
    assert runner.summary.startswith("### ✅ parity: 1 subject, 1 case, 7 values compared")
    assert ElementTree.parse(runner.folder / "out.xml").getroot().get("failures") == "0"
    assert json.loads((runner.folder / "out.json").read_text())["message"] == "agree (1)"
    installed = [call for call in runner.calls if " install " in call]
    assert re.fullmatch(rf"python -m pip install --disable-pip-version-check {ROOT}\[(old-)?r\]", installed[0])
    assert installed[1:] == ["python -m pip install --disable-pip-version-check scipy>=1 -e ."]
    assert "parity doctor" in runner.calls
    key = runner.outputs["kept"]["key"]
    assert re.fullmatch(r"parity-Linux-X64-python-3\.12\.1-r-4\.4\.2-\d+", key)
    library = runner.environment["R_LIBS_USER"]
    assert runner.outputs["kept"]["paths"].splitlines() == [f"{runner.folder}/pip", library]
    assert Path(runner.environment["LD_LIBRARY_PATH"].partition(":")[0]).is_dir()


@pytest.mark.slow
def test_another_package_gets_another_cache(runner: Runner) -> None:
    keys = set()
    for packages in ("", "survival", "glmnet"):
        assert runner.run(r_packages="", python_packages=packages) == 0, runner.log
        keys.add(runner.outputs["kept"]["key"])
    assert len(keys) == 3


@pytest.mark.slow
def test_a_disagreement_fails_and_is_shown(runner: Runner, write: Write) -> None:
    write(r="WrongSlope", name="fixtures/wrong.json")
    assert runner.run(badge="out.svg") == 1
    assert runner.outputs["verify"] == {"status": "1", "verdict": "disagree"}
    assert "wrong / three numbers / backward / dx[2]  (R: dx[3])" in runner.summary
    assert "1 of 2 fail" in (runner.folder / "out.svg").read_text()


@pytest.mark.slow
def test_paths_and_options_are_lines(runner: Runner, write: Write) -> None:
    (runner.folder / "my fixtures; touch planted").mkdir()
    write(name="my fixtures; touch planted/one.json")
    for port in ("port.py", "port.R"):
        shutil.copy(runner.folder / "fixtures" / port, runner.folder / "my fixtures; touch planted")
    assert runner.run(paths="my fixtures; touch planted\nfixtures/square.json\n", options="-k\nthree numbers") == 0
    assert "2 subjects, 2 cases" in runner.summary
    assert not (runner.folder / "planted").exists()
    assert any(
        call.endswith(" -k three numbers -- my fixtures; touch planted fixtures/square.json") for call in runner.calls
    )


@pytest.mark.slow
def test_everything_is_relative_to_the_working_directory(runner: Runner) -> None:
    (runner.folder / "below").mkdir()
    shutil.move(runner.folder / "fixtures", runner.folder / "below" / "fixtures")
    assert runner.run(working_directory="below", badge="out.svg") == 0, runner.log
    assert (runner.folder / "below" / "out.svg").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"paths": "nowhere"}, 2, "no such file or directory"),
        ({"options": "-k\nno case of this name"}, 2, "no case of fixtures has"),
        ({"options": "--no-such-option"}, 2, "nothing was verified, exit status 2"),
    ],
)
def test_what_is_not_verified_says_so(runner: Runner, given: dict[str, str], status: int, said: str) -> None:
    (runner.folder / "out.svg").write_text("agree")
    assert runner.run(**given, badge="out.svg") == status
    badge = runner.folder / "out.svg"
    assert not badge.exists() or "not verified" in badge.read_text()
    assert runner.outputs["verify"] == {"status": str(status), "verdict": "not verified"}
    assert runner.summary.startswith("### ❌ parity: ")
    assert said in runner.summary


@pytest.mark.slow
def test_a_parity_that_does_nothing_is_no_success(runner: Runner) -> None:
    runner.command("parity", "exit 0\n")
    assert runner.run() == 3
    assert runner.outputs["verify"] == {"status": "3", "verdict": "not verified"}
    assert "nothing was verified" in runner.summary


@pytest.mark.slow
def test_a_package_that_cannot_be_had_is_named(runner: Runner) -> None:
    profile = runner.folder / "profile.R"
    profile.write_text(f'options(repos = c(CRAN = "file://{runner.folder}/nothing"))\n')
    runner.environment["R_PROFILE_USER"] = str(profile)
    assert runner.run(r_packages="stats nosuchpackage") == 3
    assert "::error::parity: input r-packages: not installed: nosuchpackage\n" in runner.log
    assert runner.summary == ""


def test_an_input_that_is_none_is_named(runner: Runner) -> None:
    assert runner.run(replay="yes") == 2
    assert "::error::parity: input replay is 'yes'; expected 'true' or 'false'" in runner.log
    assert runner.calls == []


@pytest.mark.slow
def test_a_replay_needs_no_r(runner: Runner) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "parity", "record"], cwd=runner.folder, env=environment, check=True)
    for name in ("R", "Rscript"):
        runner.command(name, "exit 127\n")
    assert runner.run(replay="true", junitxml="out.xml", badge="out.json") == 0, runner.log
    assert runner.outputs["verify"] == {"status": "0", "verdict": "recorded"}
    assert not [call for call in runner.calls if call.startswith("R")]
    assert f"python -m pip install --disable-pip-version-check {ROOT}" in runner.calls
    assert "-r-none-" in runner.outputs["kept"]["key"]
    assert runner.environment == {}
    assert json.loads((runner.folder / "out.json").read_text())["message"] == "recorded (1)"
    # Without recordings there is nothing to hold Python against.
    shutil.rmtree(runner.folder / "fixtures" / "recorded")
    assert runner.run(replay="true") == 1
    assert runner.outputs["verify"]["verdict"] == "disagree"

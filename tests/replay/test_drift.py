"""`parity record --check`: how what R gives now has drifted from what it gave when it was recorded."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import parity
from parity.cli import main
from parity.subjects import recording
from parity.subjects.observation import Condition, Observation
from parity.subjects.recorded import beside_fixture

Write = Callable[..., Path]


def record(path: Path) -> Path:
    assert parity.run(path, record="r").ok
    return beside_fixture(path, "r").path


def check(path: Path) -> Result:
    return CliRunner().invoke(main, ["record", "--check", str(path)])


def change(path: Path, how: Callable[[list[Observation]], Sequence[Observation]]) -> None:
    kept = recording.read(path)
    ((id_, case),) = kept.cases.items()
    changed = dataclasses.replace(case, observations=tuple(how(list(case.observations))))
    recording.write(dataclasses.replace(kept, cases={id_: changed}), path)


def with_out(out: Any) -> Callable[[list[Observation]], list[Observation]]:
    return lambda seen: [dataclasses.replace(seen[0], values={"out": out}), *seen[1:]]


def test_an_r_that_gives_the_same_has_not_drifted(write: Write) -> None:
    path = write()
    record(path)
    done = check(path)
    assert done.exit_code == 0, done.output
    assert done.output == f"{path}: as recorded, bit for bit\n"


def test_bits_that_moved_within_the_tolerance_are_told_and_pass(write: Write) -> None:
    path = write()
    change(record(path), with_out(np.array([np.nextafter(3.0, 4), 12.0, 0.75])))
    done = check(path)
    assert done.exit_code == 0, done.output
    assert "1 moved within the tolerance" in done.output
    assert "within  three numbers / forward / out: by 4.4e-16, 1 ulp" in done.output


def test_a_value_beyond_the_tolerance_fails(write: Write) -> None:
    path = write()
    change(record(path), with_out(np.array([3.001, 12.0, 0.75])))
    done = check(path)
    assert done.exit_code == 1
    assert "1 beyond the tolerance" in done.output
    assert "BEYOND  three numbers / forward / out: by 0.001" in done.output


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (with_out(np.array([3.0, 12.0])), "shape"),
        (with_out(recording.Null()), "NULL"),
        (
            lambda seen: [dataclasses.replace(seen[0], values={}), *seen[1:]],
            "it is new",
        ),
        (
            lambda seen: [dataclasses.replace(seen[0], values={**seen[0].values, "b": np.array([1.0])}), *seen[1:]],
            "it is gone",
        ),
        (
            lambda seen: [dataclasses.replace(seen[0], warnings=(Condition(("w",), "careful"),)), *seen[1:]],
            "it was careful, now no warning",
        ),
    ],
)
def test_another_kind_of_answer_fails(
    write: Write, how: Callable[[list[Observation]], Sequence[Observation]], said: str
) -> None:
    path = write()
    change(record(path), how)
    done = check(path)
    assert done.exit_code == 1
    assert said in done.output


def test_versions_that_are_others_are_told(write: Write) -> None:
    path = write(needs={"r": ["jsonlite"]})
    kept = record(path)
    was = recording.read(kept)
    assert set(was.environment) == {"r", "platform", "blas", "lapack", "locale", "packages"}
    assert list(was.environment["packages"]) == ["jsonlite"]
    now = was.environment["r"]
    recording.write(
        dataclasses.replace(was, environment={**was.environment, "r": "3.6.0", "packages": {"jsonlite": "0.1"}}), kept
    )
    done = check(path)
    assert done.exit_code == 0, done.output
    assert f"r 3.6.0, now {now}" in done.output
    assert "jsonlite 0.1, now " in done.output


def test_a_recording_that_is_stale_missing_or_of_a_case_that_is_gone_fails(write: Write) -> None:
    path = write()
    kept = record(path)
    write(lambda d: d["cases"][0]["make"].update(a=4))
    done = check(path)
    assert done.exit_code == 1
    assert "make a changed" in done.output
    assert "as recorded" not in done.output

    write(lambda d: d["cases"][0].update(id="another"))
    done = check(path)
    assert done.exit_code == 1
    assert "has no case 'another'" in done.output
    assert "has a case 'three numbers', which the fixture has not" in done.output

    kept.unlink()
    done = check(path)
    assert done.exit_code == 1
    assert "there is no recording" in done.output


def test_r_sources_that_changed_are_no_drift_but_stale(write: Write) -> None:
    path = write()
    record(path)
    port = path.with_name("port.R")
    port.write_text(port.read_text() + "\n# a word\n")
    done = check(path)
    assert done.exit_code == 1
    assert "port.R changed" in done.output


def test_recording_says_what_was_written_and_what_was_not(write: Write) -> None:
    path = write()
    bad = write(python="port:Twice", name="bad.json")
    done = CliRunner().invoke(main, ["record", str(path.parent), "--jobs", "1"])
    assert done.exit_code == 1
    assert "square.r.json: 1 case\n" in done.output
    assert f"not recorded {bad}: 1 case of it not in order" in done.output
    assert beside_fixture(path, "r").path.exists()
    assert not beside_fixture(bad, "r").path.exists()


def test_a_value_that_cannot_be_recorded_is_named(write: Write) -> None:
    path = write()
    port = path.with_name("port.py")
    port.write_text(port.read_text("utf-8").replace("return self.a * x**2", "return np.longdouble(self.a * x**2)"))
    document = json.loads(path.read_text("utf-8"))
    del document["derivatives"]
    path.write_text(json.dumps(document), "utf-8")
    done = CliRunner().invoke(main, ["record", str(path), "--side", "python", "--jobs", "1"])
    assert done.exit_code == 2
    assert "not recorded: out of forward: an array of " in done.output
    assert not beside_fixture(path, "python").path.exists()


@pytest.mark.parametrize("option", [["--jobs", "2"], ["--isolate"], ["--timeout", "3"], ["--dask", "a:1"]])
def test_options_that_a_check_has_no_use_for_are_refused(write: Write, option: list[str]) -> None:
    done = CliRunner().invoke(main, ["record", "--check", str(write()), *option])
    assert done.exit_code == 2
    assert "leave out --jobs, --dask, --isolate and --timeout" in done.output

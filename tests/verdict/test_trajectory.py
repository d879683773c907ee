"""A long call made in pieces: how far two runs are apart along the way, and when that is a failure."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import parity
from parity.fixture.model import Trajectory
from parity.fixture.read import FixtureError, read_fixture
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult
from parity.verify.suite import OverrideError

Write = Callable[..., Path]
Start = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).resolve().parents[2]


def descent(*, steps: int = 50, noise: float = 0.0, after: int = 10**9, **trajectory: object) -> Callable[[dict], None]:
    def change(document: dict) -> None:
        del document["derivatives"]
        document["integers"] = ["after"]
        document["cases"] = [
            {
                "id": "fifty steps",
                "make": {"start": [3, -1, 5], "lr": 0.1},
                "only": {"python": {"noise": noise, "after": after}},
                "calls": [
                    {
                        "do": "train",
                        "returns": "loss",
                        "compare": ["p", "closeness"],
                        "state": ["state"],
                        "trajectory": {"steps": steps, "every": 20, "first": 1, "series": ["loss"], **trajectory},
                    }
                ],
            }
        ]

    return change


def followed(path: Path, options: Options | None = None) -> CaseResult:
    (case,) = verify(read_fixture(path), options or Options()).cases
    return case


@pytest.fixture
def write_descent(write: Write) -> Write:
    return lambda change: write(change, python="port:Descent", r="Descent")


def test_pieces_sum_to_the_steps() -> None:
    assert Trajectory(50, 20, 1).pieces() == (1, 20, 20, 9)
    assert Trajectory(40, 20, 20).pieces() == (20, 20)
    assert Trajectory(5, 20, 20).pieces() == (5,)
    assert Trajectory(1, 20, 7).pieces() == (1,)


def test_two_runs_that_agree(write_descent: Write) -> None:
    case = followed(write_descent(descent()))
    assert case.ok
    run = case.trajectory
    assert run is not None
    assert [checkpoint.step for checkpoint in run.checkpoints] == [1, 21, 41, 50]
    assert len(run.series["loss"]["python"]) == len(run.series["loss"]["r"]) == 50
    assert len(run.scalars["closeness"]["r"]) == 4
    assert run.departure is None
    # Every step of the loss, and the states at the four checkpoints, were compared.
    assert {v.name: v.comparisons["python-r"].count for v in case.values} == {"loss": 50, "p": 12, "closeness": 4}
    # The loss by hand: (p - goal)^2 / 2 with p - goal = (3, -2, 3) 0.9^n.
    assert run.series["loss"]["r"][9] == pytest.approx((9 + 4 + 9) * 0.81**10 / 2, rel=1e-12)


def test_the_first_step_beyond_the_tolerance_is_found_within_a_piece(write_descent: Write) -> None:
    case = followed(write_descent(descent(noise=1e-6, after=30)))
    assert not case.ok
    run = case.trajectory
    assert run is not None
    assert run.departure is not None
    assert (run.departure.step, run.departure.name) == (30, "loss")
    assert {v.name for v in case.values if not v.ok} == {"loss", "p", "closeness"}


def test_what_must_be_reached_at_the_end(write_descent: Write) -> None:
    assert followed(write_descent(descent(least={"closeness": 0.99}))).ok
    case = followed(write_descent(descent(least={"closeness": 0.99999})))
    assert [(p.subject, p.code) for p in case.problems] == [("python", "too low"), ("r", "too low")]


def test_expected_values_are_those_of_the_end(write_descent: Write) -> None:
    def expecting(value: float) -> Callable[[dict], None]:
        def change(document: dict) -> None:
            descent(steps=2)(document)
            document["cases"][0]["expected_by"] = "by hand: goal + (3, -2, 3) 0.81"
            document["cases"][0]["calls"][0]["expect"] = {"p": [2.43, value, 4.43]}

        return change

    assert followed(write_descent(expecting(-0.62))).ok
    case = followed(write_descent(expecting(-0.61)))
    assert [(v.name, v.blame) for v in case.values if not v.ok] == [("p", "both alike")]


def test_it_stops_at_a_checkpoint_when_told_to(write_descent: Write) -> None:
    heard = []

    def tick(case: str, made: int, steps: int) -> bool:
        heard.append((case, made, steps))
        return made < 21

    case = followed(write_descent(descent()), Options(tick=tick))
    assert heard == [("fifty steps", 1, 50), ("fifty steps", 21, 50)]
    assert case.interrupted
    assert case.trajectory is not None
    assert (case.trajectory.made, len(case.trajectory.series["loss"]["r"])) == (21, 21)


def test_values_can_be_overridden_and_then_nothing_is_expected(write_descent: Write) -> None:
    path = write_descent(descent(least={"closeness": 0.999999}))
    assert not parity.run(path).ok
    report = parity.run(path, overrides={"steps": 7, "lr": 0.5})
    assert report.ok
    run = report.fixtures[0].cases[0].trajectory
    assert run is not None
    assert run.steps == 7
    assert run.series["loss"]["r"][0] == pytest.approx((9 + 4 + 9) * 0.25 / 2)
    with pytest.raises(OverrideError, match="no fixture has a single value named epochs"):
        parity.run(path, overrides={"epochs": 7})
    assert "steps" in parity.run(path, overrides={"steps": -7}).unverified[0].message


def test_a_trajectory_that_makes_no_sense_is_a_bad_fixture(write_descent: Write) -> None:
    with pytest.raises(FixtureError, match=r"'nothing' is not compared in this call; expected one of"):
        read_fixture(write_descent(descent(series=["nothing"])))
    with pytest.raises(FixtureError, match=r"\$\.cases\[0\]\.calls\[0\]\.trajectory\.least\.nothing"):
        read_fixture(write_descent(descent(least={"nothing": 1})))


def test_ctrl_c_leaves_what_was_done(write: Write, start: Start, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import pathlib, time\nfrom port import Descent\n"
        "class Slow(Descent):\n"
        "    def train(self, steps):\n"
        "        time.sleep(0.2)\n"
        "        if self.made == 3:\n            pathlib.Path('under way').touch()\n"
        "        return super().train(steps)\n"
    )
    path = write(descent(steps=100_000, every=1), python="slow:Slow", r="Descent")
    running = start("run", path.name, "--json", "report.json", cwd=tmp_path)
    for _ in range(600):
        if (tmp_path / "under way").exists():
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert "steps, which are reported" in out
    assert "Traceback" not in out + err
    (fixture,) = json.loads((tmp_path / "report.json").read_text())["fixtures"]
    run = fixture["cases"][0]["trajectory"]
    assert 0 < run["made"] == len(run["series"]["loss"]["r"]) < 100_000


def spoiled(path: Path, old: str, new: str) -> Path:
    port = path.with_name("port.R")
    text = port.read_text()
    assert text.count(old) == 1
    port.write_text(text.replace(old, new))
    return path


def test_a_state_is_first_beyond_between_two_checkpoints(write_descent: Write) -> None:
    # Only the state differs, from step 30 on; it is looked at after 1, 21, 41 and 50 steps.
    old, new = "closeness = 1 / (1 + loss[steps])", "closeness = 1 / (1 + loss[steps]) + 1e-6 * (state$made >= 30)"
    path = spoiled(write_descent(descent()), old, new)
    port = path.with_name("port.R")
    port.write_text(
        port.read_text().replace(
            "    state$p <- state$p - lr", "    state$made <- state$made + 1\n    state$p <- state$p - lr"
        )
    )
    run = followed(path).trajectory
    assert run is not None
    assert run.departure is not None
    assert (run.departure.after, run.departure.step, run.departure.name) == (21, 41, "closeness")


def test_warnings_on_the_way_are_kept(write_descent: Write) -> None:
    path = spoiled(
        write_descent(descent()),
        "  goal <- seq_along(start) - 1\n",
        "  goal <- seq_along(start) - 1\n  warning('slowly')\n",
    )
    assert followed(path).warnings == (("r", "slowly"),) * 4


def test_a_constant_that_moves_shows_something(write_descent: Write) -> None:
    def change(document: dict) -> None:
        descent()(document)
        document["cases"][0]["make"]["start"] = [3, 4, 5]  # p - goal is (3, 3, 3), and stays a constant

    path = write_descent(change)
    python, r = path.with_name("port.py"), path.with_name("port.R")
    python.write_text(
        python.read_text().replace(
            "self.closeness =", "self.p_off = self.p - np.arange(len(self.p))\n        self.closeness ="
        )
    )
    r.write_text(
        r.read_text().replace(
            "list(loss = loss, p = state$p,", "list(loss = loss, p_off = state$p - goal, p = state$p,"
        )
    )
    document = json.loads(path.read_text())
    document["cases"][0]["calls"][0]["compare"].append("p_off")
    path.write_text(json.dumps(document))
    assert followed(path).ok


def test_bits_are_counted_over_the_whole_run_also_beyond_the_departure(write_descent: Write) -> None:
    path = write_descent(descent(noise=1e-6, after=30))
    report = parity.run(path, exact=True)
    (fixture,) = report.fixtures
    run = fixture.cases[0].trajectory
    assert run is not None
    assert not fixture.ok
    assert run.bits["p"]
    assert fixture.bits == sum(bits or 0 for bits in run.bits.values())
    alike = parity.run(write_descent(descent()), exact=True).fixtures[0]
    assert alike.bits == 0


def test_two_trajectories_are_two_cases(write_descent: Write) -> None:
    def change(document: dict) -> None:
        descent()(document)
        document["cases"][0]["calls"] *= 2

    with pytest.raises(FixtureError, match="a second trajectory in one case"):
        read_fixture(write_descent(change))


def test_a_tolerance_that_swallows_a_run_shows_nothing(write_descent: Write) -> None:
    def change(document: dict) -> None:
        descent(noise=5.0, after=2)(document)
        document["tolerance"] = {"rtol": 0, "atol": 1e6}

    case = followed(write_descent(change))
    assert not case.ok
    assert {v.blame for v in case.values if not v.ok} == {"nothing shown"}


def test_a_run_that_both_sides_break_off_later_is_a_failure_and_no_misfit(write_descent: Write) -> None:
    path = spoiled(
        write_descent(descent()), "  list(loss = loss, p", "  if (steps == 9) stop('tired')\n  list(loss = loss, p"
    )
    port = path.with_name("port.py")
    port.write_text(
        port.read_text().replace(
            "        losses = []\n",
            "        losses = []\n        if steps == 9:\n            raise ValueError('tired')\n",
        )
    )
    case = followed(path)
    assert [(p.subject, p.message) for p in case.problems] == [
        ("python", "ValueError: tired"),
        ("r", "simpleError: tired"),
    ]
    assert case.trajectory is not None
    assert case.trajectory.made == 41

"""Several runs in one picture: how far apart the languages are is said, whatever the picture shows."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest

from parity.evidence.trajectory import Checkpoint, TrajectoryResult
from parity.reports.pages.curves import Curve, CurvesRequest, curves, curves_of, curves_request
from parity.reports.pages.labels import LABELS
from parity.reports.plots import curves_svg

SVG = "{http://www.w3.org/2000/svg}"


def ran(python: tuple[float, ...], r: tuple[float, ...]) -> TrajectoryResult:
    return TrajectoryResult(
        "train", 4, 4, (Checkpoint(2, {}), Checkpoint(4, {})),
        {"loss": {"python": python, "r": r}}, {"accuracy": {"python": (0.25, 0.5), "r": (0.25, 0.75)}}, None,
    )  # fmt: skip


FALLS = ran((4.0, 3.0, 2.0, 1.0), (4.0, 3.0, 2.5, 1.0))


def said(value: str, **runs: TrajectoryResult) -> str:
    request = CurvesRequest((value,), tuple(runs))
    return curves(curves_of(request, runs), request, "a.svg", LABELS["en"])


def test_a_series_has_a_point_for_each_step_and_a_single_number_one_for_each_checkpoint() -> None:
    drawn = curves_of(CurvesRequest(("loss", "accuracy"), ()), {"one": FALLS})
    assert drawn[1] == Curve(side="r", name="one", value="loss", points=((1, 4.0), (2, 3.0), (3, 2.5), (4, 1.0)))
    assert drawn[3] == Curve(side="r", name="one", value="accuracy", points=((2, 0.25), (4, 0.75)))


def test_how_far_apart_the_languages_are_is_that_of_all_runs() -> None:
    same = ran((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0))
    assert "`loss` of 2 runs; the two languages are at most 0.5 apart." in said("loss", one=same, two=FALLS)
    assert "at most 0 apart" in said("loss", one=same)
    assert "at most 0.25 apart" in said("accuracy", one=same)


def test_not_a_number_on_one_side_is_as_far_apart_as_can_be() -> None:
    lost = ran((1.0, math.nan, 1.0, 1.0), (1.0, math.nan, math.nan, 1.0))
    assert "at most ∞ apart" in said("loss", one=lost)
    both = ran((1.0, math.nan, math.inf, 1.0), (1.0, math.nan, math.inf, 1.0))
    assert "at most 0 apart" in said("loss", one=both)


def test_sides_that_made_other_steps_are_not_called_near() -> None:
    short = ran((4.0, 3.0, 2.0, 1.0), (4.0, 3.0))
    assert "did not make the same steps" in said("loss", one=short)


def test_the_picture_has_both_sides_and_every_run() -> None:
    drawn = curves_of(CurvesRequest(("loss", "accuracy"), ()), {"one $x$": FALLS, "<b>": FALLS})
    svg = curves_svg(drawn)
    assert svg == curves_svg(drawn)
    shown = ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    for words in ("Python", "R", "one $x$, loss", "one $x$, accuracy", "<b>, loss", "step"):
        assert words in shown, words


@pytest.mark.parametrize("lines", [(), ("loss",), ("value:",), ("value: a b c", "one"), ("values: a", "one")])
def test_what_asks_for_no_value_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected `value: NAME`"):
        curves_request(lines)


def test_a_value_that_no_run_has_is_refused() -> None:
    with pytest.raises(ValueError, match="one has no los at its steps or checkpoints; it has loss, accuracy"):
        curves_of(CurvesRequest(("los",), ()), {"one": FALLS})

"""The run on real MNIST, shortened: `parity run fixtures/training/mnist.json` is the whole of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import parity
from parity.verify.results import Report

ROOT = Path(__file__).resolve().parents[1]
MNIST = ROOT / "fixtures" / "training" / "mnist.json"

needs_mnist = pytest.mark.skipif(
    "MNIST_DIR" not in os.environ,
    reason="MNIST_DIR names no folder; python -m python_impl.datasets mnist fetches the files",
)


@pytest.fixture(scope="module")
def ordinary() -> Report:
    return parity.run(MNIST, jobs=1, overrides={"steps": 61, "every": 30})


@needs_mnist
def test_both_languages_train_alike_from_one_seed(ordinary: Report) -> None:
    assert ordinary.ok, [case.problems for fixture in ordinary.fixtures for case in fixture.cases]
    run = ordinary.fixtures[0].cases[0].trajectory
    assert run is not None
    assert [checkpoint.step for checkpoint in run.checkpoints] == [1, 31, 61]
    assert run.departure is None
    assert run.series["loss"]["r"][60] < run.series["loss"]["r"][0]
    assert 0.1 < run.scalars["test_accuracy"]["r"][-1] < 1


@needs_mnist
def test_not_a_bit_differs_in_exact_mode() -> None:
    report = parity.run(MNIST, exact=True, overrides={"steps": 61, "every": 60})
    assert report.ok
    run = report.fixtures[0].cases[0].trajectory
    assert run is not None
    assert set(run.bits) >= {"loss", "params.W1", "params.b2"}
    assert set(run.bits.values()) == {0}
    assert report.fixtures[0].bits == 0

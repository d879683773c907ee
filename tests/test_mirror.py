"""One idea, one stem: every subject is in NumPy, in R and among the cases, under the same name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Rooms without cases of their own: what lies in them takes objects and functions; the runs of training/ verify it.
WITHOUT_CASES = {"trainers"}
# Rooms without code of their own: their cases hold lines of NumPy against lines of R.
WITHOUT_CODE = {"idioms"}
# The end of a fixture's name that has a subject's run to the end of what the book shows, on request: the code is its.
WHOLE = "_whole"


def missing_thirds(root: Path) -> list[str]:
    """The files that have no counterpart, as the paths that should exist.

    The folders are those of `fixtures/`; `python_impl/<folder>/<stem>.py`, `r_impl/R/<folder>-<stem>.R` and
    `fixtures/<folder>/<stem>.json` belong together; rooms without cases of their own have the first two. Modules that
    begin with an underscore are not subjects, nor are R files without a folder.
    """
    places = {
        "fixtures/{}/{}.json": {
            (p.parent.name, p.stem) for p in (root / "fixtures").glob("*/*.json") if not p.stem.endswith(WHOLE)
        },
        "python_impl/{}/{}.py": {
            (p.parent.name, p.stem) for p in (root / "python_impl").glob("*/*.py") if not p.stem.startswith("_")
        },
        # R has no folders inside a package: the prefix stands for one.
        "r_impl/R/{}-{}.R": {
            (folder, stem)
            for p in (root / "r_impl" / "R").glob("*.R")
            for folder, dash, stem in [p.stem.partition("-")]
            if dash and folder != "deepscratch"
        },
    }
    everything = sorted(set().union(*places.values()))
    return [
        pattern.format(folder, stem)
        for folder, stem in everything
        for pattern, there in places.items()
        if (folder, stem) not in there
        and not (folder in WITHOUT_CASES and pattern.startswith("fixtures"))
        and not (folder in WITHOUT_CODE and not pattern.startswith("fixtures"))
    ]


def test_every_subject_has_its_three_files() -> None:
    assert missing_thirds(ROOT) == []


def test_a_room_without_cases_is_used_by_the_training_runs() -> None:
    """Else its code would be verified nowhere."""
    python = "".join(p.read_text("utf-8") for p in (ROOT / "python_impl" / "training").glob("*.py"))
    r = "".join(p.read_text("utf-8") for p in (ROOT / "r_impl" / "R").glob("training-*.R"))
    modules = [p.stem for p in (ROOT / "python_impl" / "trainers").glob("*.py") if not p.stem.startswith("_")]
    assert sorted(modules) == ["batches", "rnnlm_trainer", "trainer"]
    assert [m for m in modules if f"python_impl.trainers.{m} import" not in python] == []
    calls = ("Trainer.train(", "RnnlmTrainer.train(", "random_batches(", "epoch_batches(")
    assert [call for call in calls if call not in r] == []


def test_there_are_subjects() -> None:
    assert len(list((ROOT / "fixtures").glob("*/*.json"))) >= 15


def test_a_fixture_names_the_files_it_lies_next_to() -> None:
    """A fixture could lie in the right place and compare something else."""
    astray = []
    for path in sorted((ROOT / "fixtures").glob("*/*.json")):
        module = json.loads(path.read_text("utf-8"))["python"].partition(":")[0]
        if path.parent.name in WITHOUT_CODE:
            continue
        if module != f"python_impl.{path.parent.name}.{path.stem.removesuffix(WHOLE)}":
            astray.append(f"{path.relative_to(ROOT)}: {module}")
    assert astray == []


def test_what_goes_to_the_end_is_on_request() -> None:
    fixtures = sorted((ROOT / "fixtures").glob(f"*/*{WHOLE}.json"))
    assert [path.name for path in fixtures if "on_request" not in json.loads(path.read_text("utf-8"))] == []
    assert fixtures


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    for name in (
        "fixtures/schema.json",
        "fixtures/layers/relu.json",
        "python_impl/__init__.py",
        "python_impl/layers/__init__.py",
        "python_impl/layers/relu.py",
        "python_impl/layers/_windows.py",
        "r_impl/R/layers-relu.R",
        "r_impl/R/deepscratch-package.R",
        "r_impl/R/zzz.R",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_trees_in_order_lack_nothing(trees: Path) -> None:
    assert missing_thirds(trees) == []


@pytest.mark.parametrize("gone", ["fixtures/layers/relu.json", "python_impl/layers/relu.py", "r_impl/R/layers-relu.R"])
def test_each_missing_third_is_named(trees: Path, gone: str) -> None:
    (trees / gone).unlink()
    assert missing_thirds(trees) == [gone]


def test_a_trainer_has_two_files_and_needs_both(trees: Path) -> None:
    (trees / "r_impl/R/trainers-trainer.R").touch()
    assert missing_thirds(trees) == ["python_impl/trainers/trainer.py"]
    (trees / "python_impl/trainers").mkdir()
    (trees / "python_impl/trainers/trainer.py").touch()
    assert missing_thirds(trees) == []


def test_a_lone_file_lacks_both_others(trees: Path) -> None:
    (trees / "r_impl/R/layers-softmax_with_loss.R").touch()
    assert missing_thirds(trees) == [
        "fixtures/layers/softmax_with_loss.json",
        "python_impl/layers/softmax_with_loss.py",
    ]

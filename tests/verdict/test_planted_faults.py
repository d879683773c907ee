"""Faults planted in real layers, one at a time: each is caught, and the side that has it is blamed."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import verify
from parity.verify.results import FixtureResult

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Fault:
    """`old`, which stands once in the layer's source, becomes `new`; `value` of `subject` is then wrong."""

    title: str
    subject: str
    language: str
    old: str
    new: str
    value: str


# One line each, so that they read as a table.
FAULTS = [
    Fault(
        "transposed dW",
        "layers/affine",
        "r",
        "dW <- crossprod(forward$x, dout)",
        "dW <- t(crossprod(forward$x, dout))",
        "dW",
    ),
    Fault(
        "dW of another shape",
        "layers/affine",
        "r",
        "dW <- crossprod(forward$x, dout)",
        "dW <- crossprod(dout, forward$x)",
        "dW",
    ),
    Fault(
        "transposed dW",
        "layers/affine",
        "python",
        "self.dW = self.x.T @ dout",
        "self.dW = (self.x.T @ dout).T",
        "dW",
    ),
    Fault("bias subtracted", "layers/affine", "python", "return self.x @ W + b", "return self.x @ W - b", "out"),
    Fault(
        "bias recycled down columns", "layers/affine", "r", 'sweep(x %*% W, 2, b, "+")', "x %*% W + as.vector(b)", "out"
    ),
    Fault(
        "wrong margin", "layers/affine", "r", "db <- colSums(dout)", "db <- rowSums(dout)[seq_len(ncol(dout))]", "db"
    ),
    Fault(
        "wrong axis", "layers/affine", "python", "dout.sum(axis=0)", "np.resize(dout.sum(axis=1), dout.shape[1])", "db"
    ),
    Fault("zero gradient", "layers/affine", "r", "db <- colSums(dout)", "db <- 0 * colSums(dout)", "db"),
    Fault(
        "zero gradient", "layers/affine", "python", "self.db = dout.sum(axis=0)", "self.db = 0 * dout.sum(axis=0)", "db"
    ),
    Fault(
        "missing output",
        "layers/affine",
        "r",
        "list(dx = dx, dW = dW, db = db)",
        "list(dx = dx, dW = dW)",
        "db",
    ),
    Fault("missing output", "layers/affine", "python", "self.db = dout.sum(axis=0)", "db = dout.sum(axis=0)", "db"),
    Fault("missing 1/N", "layers/softmax_with_loss", "r", "dout * dx / batch_size", "dout * dx", "dx"),
    Fault("missing 1/N", "layers/softmax_with_loss", "python", "dout * dx / batch_size", "dout * dx", "dx"),
    Fault("dout ignored", "layers/softmax_with_loss", "r", "dout * dx / batch_size", "dx / batch_size", "dx"),
    Fault(
        "off-by-one label",
        "layers/softmax_with_loss",
        "r",
        "cbind(seq_len(batch_size), t + 1L)",
        "cbind(seq_len(batch_size), pmax(t, 1L))",
        "dx",
    ),
    Fault(
        "off-by-one label",
        "layers/softmax_with_loss",
        "python",
        "dx[np.arange(batch_size), self.t] -= 1",
        "dx[np.arange(batch_size), self.t - 1] -= 1",
        "dx",
    ),
    Fault("a NaN", "layers/sigmoid", "r", "list(out = out)", "list(out = replace(out, 1, NaN))", "out"),
    Fault("NA for NaN's place", "layers/sigmoid", "r", "list(out = out)", "list(out = replace(out, 1, NA))", "out"),
    Fault(
        "a NaN",
        "layers/relu",
        "python",
        "return np.where(self.mask, 0, dout)",
        "return np.where(self.mask, np.nan, dout)",
        "dx",
    ),
    Fault("wrong side of the kink", "layers/relu", "r", "mask <- x <= 0", "mask <- x >= 0", "out"),
]


# Square, so that a transposed dW has the right shape.
SQUARE = {
    "id": "3 x 3",
    "make": {"random": {"W": {"randn": [3, 3], "seed": 1}, "b": {"randn": [3]}}},
    "calls": [
        {"do": "forward", "with": {"x": {"randn": [4, 3], "seed": 2}}, "returns": "out"},
        {"do": "backward", "with": {"dout": {"randn": [4, 3], "seed": 3}}, "returns": "dx"},
    ],
}


def plant(fault: Fault, folder: Path) -> FixtureResult:
    """The subject's own fixture, verified with one language's layer replaced by a copy that has the fault."""
    (folder / "planted.json").write_text(json.dumps(_planted(fault, folder)), "utf-8")
    return verify(read_fixture(folder / "planted.json"))


def _planted(fault: Fault, folder: Path) -> dict:
    place, stem = fault.subject.split("/")
    document = json.loads((ROOT / "fixtures" / f"{fault.subject}.json").read_text("utf-8"))
    if fault.subject == "layers/affine":
        document["cases"].append(SQUARE)
    document["r"] = document["r"].partition("::")[2]
    document["r_source"] = [
        shutil.copy(file, folder / file.name).name for file in sorted((ROOT / "r_impl" / "R").glob("*.R"))
    ]
    if fault.language == "r":
        faulty = target = folder / f"{place}-{stem}.R"
    else:
        module = f"faulty_{stem}_{FAULTS.index(fault)}"
        faulty = ROOT / "python_impl" / place / f"{stem}.py"
        target = folder / f"{module}.py"
        document["python"] = f"{module}:{document['python'].partition(':')[2]}"
    source = faulty.read_text("utf-8")
    assert source.count(fault.old) == 1, f"the layer has changed: {fault.old!r} stands {source.count(fault.old)} times"
    target.write_text(source.replace(fault.old, fault.new), "utf-8")
    return document


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: re.sub(r"\W+", "-", f"{f.language} {f.subject} {f.title}"))
def test_a_planted_fault_is_caught_and_blamed_on_its_side(fault: Fault, tmp_path: Path) -> None:
    result = plant(fault, tmp_path)
    refusals = {problem.subject for case in result.cases for problem in case.problems if problem.code == "refused"}
    if refusals:
        assert refusals == {fault.language}
        return
    wrong = [value for case in result.cases for value in case.values if not value.ok and value.name == fault.value]
    assert wrong, "the fault was not caught"
    # Where nothing outside says which side is right, nobody is blamed; nobody is ever blamed falsely.
    assert {value.blame for value in wrong} <= {fault.language, "unknown"}
    assert fault.language in {value.blame for value in wrong}
    other = "r" if fault.language == "python" else "python"
    assert all(gradient.check.ok for case in result.cases for gradient in case.gradients if gradient.language == other)


@pytest.mark.parametrize(
    "fault",
    [f for f in FAULTS if f.value.startswith("d") and "missing output" not in f.title],
    ids=lambda f: f"{f.language} {f.title}",
)
def test_a_wrong_gradient_is_caught_by_numeric_differentiation_alone(fault: Fault, tmp_path: Path) -> None:
    result = plant(fault, tmp_path)
    checks = [g for case in result.cases for g in case.gradients if not g.check.ok]
    assert checks
    assert {gradient.language for gradient in checks} == {fault.language}


@pytest.mark.parametrize("subject", sorted({fault.subject for fault in FAULTS}))
def test_the_layers_without_a_fault_agree(subject: str) -> None:
    result = verify(read_fixture(ROOT / "fixtures" / f"{subject}.json"))
    assert result.ok, [case.id for case in result.cases if not case.ok]


def test_a_fault_in_both_languages_is_caught_though_they_agree(tmp_path: Path) -> None:
    python, r = (
        next(f for f in FAULTS if (f.language, f.title) == (side, "zero gradient")) for side in ("python", "r")
    )
    document = _planted(python, tmp_path)
    _planted(r, tmp_path)  # puts the faulty R file in the folder's place of the right one
    (tmp_path / "planted.json").write_text(json.dumps(document), "utf-8")
    result = verify(read_fixture(tmp_path / "planted.json"))
    assert not any(case.ok for case in result.cases)
    values = [value for case in result.cases for value in case.values if value.name == "db"]
    assert {value.blame for value in values} <= {"both", "nothing shown"}
    assert "both" in {value.blame for value in values}
    wrong = {(g.language, g.check.gradient) for case in result.cases for g in case.gradients if not g.check.ok}
    assert wrong == {("python", "db"), ("r", "db")}

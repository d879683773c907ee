"""torch as a referee of the optimizers, and of functions and layers of rows, in float64 and both languages.

torch is no requirement of the project; where it is not installed, these tests do not run.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import verify
from parity.verify.results import CaseResult

pytest.importorskip("torch", reason="torch is not installed: pip install torch", exc_type=ImportError)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# What torch judges, and what each must have been judged on at least: (call, value).
SUBJECTS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "optimizers/momentum": ("Momentum", {("update", "params.W"), ("update", "v.W"), ("update", "v.1")}),
    "optimizers/nesterov": ("Nesterov", {("update", "params.W"), ("update", "v.W"), ("update", "v.1")}),
    "optimizers/adagrad": ("AdaGrad", {("update", "params.W"), ("update", "h.W"), ("update", "h.1")}),
    "optimizers/rmsprop": ("RMSprop", {("update", "params.W"), ("update", "h.W"), ("update", "h.1")}),
    "optimizers/adam": (
        "Adam",
        {("update", "params.W"), ("update", "m.W"), ("update", "v.W"), ("update", "iter")},
    ),
    "optimizers/clip_grads": ("clip_grads", {("call", "grads.W"), ("call", "grads.1")}),
    "layers/batch_normalization": (
        "BatchNormalization",
        {
            *(("forward", value) for value in ("out", "running_mean", "running_var")),
            *(("backward", value) for value in ("dx", "dgamma", "dbeta")),
        },
    ),
    "functions/softmax_loss": ("softmax_loss", {("call", "loss")}),
    "functions/mean_squared_error": ("mean_squared_error", {("call", "E")}),
    "functions/tanh_function": ("tanh_function", {("call", "y")}),
    "functions/sigmoid_grad": ("sigmoid_grad", {("call", "dy")}),
}
# torch refuses to normalise one row; of a NaN it makes all gradients NaN.
LEFT_OUT = {"a batch of one", "a NaN", "grads, written in place"}


def refereed(folder: Path, subject: str) -> list[CaseResult]:
    """The cases of a subject with torch as their referee; what calls another function or raises is left out."""
    name, _ = SUBJECTS[subject]
    document: dict[str, Any] = json.loads((ROOT / "fixtures" / f"{subject}.json").read_text("utf-8"))
    document["cases"] = [
        case
        for case in document["cases"]
        if case["id"] not in LEFT_OUT and not any({"raises", "as"} & set(call) for call in case["calls"])
    ]
    assert len(document["cases"]) >= 3
    if not any(call["do"] == "backward" for case in document["cases"] for call in case["calls"]):
        document.pop("derivatives", None)
    document["referee"] = {"python": f"torch_vectors:{name}"}
    for package in ("python_impl", "r_impl"):
        (folder / package).symlink_to(ROOT / package)
    place = folder / "fixtures" / "room"
    place.mkdir(parents=True)
    for module in ("torch_images.py", "torch_vectors.py"):
        shutil.copy(HERE / module, place)
    path = place / f"{Path(subject).name}.json"
    path.write_text(json.dumps(document), "utf-8")
    return list(verify(read_fixture(path)).cases)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_torch_agrees_with_both_languages(subject: str, tmp_path: Path) -> None:
    results = refereed(tmp_path, subject)
    assert [case.id for case in results if not case.ok] == []
    judged = {
        (finding.call, finding.value)
        for case in results
        for finding in case.findings
        if finding.kind == "referee" and finding.count
    }
    assert judged >= SUBJECTS[subject][1]

"""torch as a referee of the layers and networks for images: outputs and gradients in float64, both languages.

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

# What torch judges, and the cases that it does not: it has no drawing of our weights, and of several NaN it takes the
# last. Cases that raise are left out as well.
SUBJECTS = {
    "functions/im2col": ("im2col", set()),
    "functions/col2im": ("col2im", set()),
    "layers/convolution": ("Convolution", {"grads, written in place"}),
    "layers/pooling": ("Pooling", {"NaN"}),
    "layers/flatten": ("Flatten", set()),
    "layers/batch_normalization_images": ("BatchNormalizationImages", set()),
    "networks/simple_conv_net": ("SimpleConvNet", {"init from seed 42"}),
    "networks/deep_conv_net": ("DeepConvNet", {"init from seed 5"}),
}
# What each must have been judged on at least: (call, value).
JUDGED = {
    "functions/im2col": {("call", "col"), ("col2im", "img")},
    "functions/col2im": {("call", "img"), ("im2col", "col")},
    "layers/convolution": {("forward", "out"), ("backward", "dx"), ("backward", "dW"), ("backward", "db")},
    "layers/pooling": {("forward", "out"), ("backward", "dx")},
    "layers/flatten": {("forward", "out"), ("backward", "dx")},
    "layers/batch_normalization_images": {
        ("forward", "out"), ("forward", "running_mean"), ("forward", "running_var"),
        ("backward", "dx"), ("backward", "dgamma"), ("backward", "dbeta"),
    },
    "networks/simple_conv_net": {("predict", "out"), ("loss", "loss")}
    | {("gradient", f"grads.{letter}{k}") for letter in "Wb" for k in range(1, 4)},
    "networks/deep_conv_net": {("predict", "out"), ("loss", "loss")}
    | {("gradient", f"grads.{letter}{k}") for letter in "Wb" for k in range(1, 9)},
}  # fmt: skip

# Torch gives no place of the largest.
NOT_GIVEN = {"layers/pooling"}


def refereed(folder: Path, subject: str) -> list[CaseResult]:
    """The cases of a subject with torch as their referee."""
    name, left_out = SUBJECTS[subject]
    document: dict[str, Any] = json.loads((ROOT / "fixtures" / f"{subject}.json").read_text("utf-8"))
    document["cases"] = [
        case
        for case in document["cases"]
        if case["id"] not in left_out and not any("raises" in call for call in case["calls"])
    ]
    assert len(document["cases"]) >= 3
    document["referee"] = {"python": f"torch_images:{name}"}
    if subject in NOT_GIVEN:
        document["referee"]["of"] = sorted({value for _, value in JUDGED[subject]})
    for case in document["cases"]:
        for call in case["calls"]:
            if "as" in call:
                call["as"]["referee"] = call["do"]  # the other function of the pair
    for name in ("python_impl", "r_impl"):
        (folder / name).symlink_to(ROOT / name)
    place = folder / "fixtures" / "room"
    place.mkdir(parents=True)
    shutil.copy(HERE / "torch_images.py", place)
    path = place / f"{Path(subject).name}.json"
    path.write_text(json.dumps(document), "utf-8")
    return list(verify(read_fixture(path)).cases)


def judged(results: list[CaseResult]) -> set[tuple[str, str]]:
    return {
        (finding.call, finding.value)
        for case in results
        for finding in case.findings
        if finding.kind == "referee" and finding.count
    }


@pytest.mark.parametrize("subject", SUBJECTS)
def test_torch_agrees_with_both_languages(subject: str, tmp_path: Path) -> None:
    results = refereed(tmp_path, subject)
    assert [case.id for case in results if not case.ok] == []
    assert judged(results) >= JUDGED[subject]

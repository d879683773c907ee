"""Pipelines given as text, one function a stage, followed in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult
from parity.verify.trace.follow import follow

PYTHON = {
    "affine": "x @ W + b",
    "norm": "(h - h.mean(axis=0)) / h.std(axis=0)",
    "act": "np.maximum(z, 0.1 * z)",
    "last": "a @ V + c",
}
R = {
    "affine": "sweep(x %*% W, 2, b, `+`)",
    "norm": "{ m <- sweep(h, 2, colMeans(h)); sweep(m, 2, sqrt(colMeans(m^2)), `/`) }",
    "act": "pmax(z, 0.1 * z)",
    "last": "sweep(a %*% V, 2, c, `+`)",
}
TAKES = {"affine": "x, W, b", "norm": "h", "act": "z", "last": "a, V, c"}
GIVEN = {
    "x": {"randn": [5, 3], "seed": 1},
    "W": {"randn": [3, 4], "seed": 2},
    "b": [1, 2, 3, -4],
    "V": {"randn": [4, 2], "seed": 3},
    "c": [0.5, -1],
}
STAGES: list[dict[str, Any]] = [
    {"name": "affine", "python": "affine", "r": "affine", "takes": ["x", "W", "b"], "gives": "h"},
    {"name": "norm", "python": "norm", "r": "norm", "takes": ["h"], "gives": "z"},
    {"name": "act", "python": "act", "r": "act", "takes": ["z"], "gives": "a"},
    {"name": "last", "python": "last", "r": "last", "takes": ["a", "V", "c"], "gives": "out"},
]

Document = dict[str, Any]
Followed = Callable[..., CaseResult]


def python_code(changed: dict[str, str]) -> str:
    bodies = {**PYTHON, **changed}
    lines = [f"def {name}({TAKES[name]}):\n    return {body}\n" for name, body in bodies.items()]
    return "\n".join(["import numpy as np\n", *lines, "def net(x, W, b, V, c):\n    "
                      "return last(act(norm(affine(x, W, b))), V, c)\n"])  # fmt: skip


def r_code(changed: dict[str, str]) -> str:
    lines = [f"{name} <- function({TAKES[name]}) {body}" for name, body in {**R, **changed}.items()]
    return "\n".join([*lines, "net <- function(x, W, b, V, c) last(act(norm(affine(x, W, b))), V, c)\n"])


@pytest.fixture
def pipeline(write: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """The fixture of four stages, in which functions of either language have another body."""

    def make(
        python: dict[str, str] | None = None,
        r: dict[str, str] | None = None,
        *,
        stages: list[dict[str, Any]] | None = None,
        change: Callable[[Document], object] | None = None,
    ) -> Path:
        (tmp_path / "mine.py").write_text(python_code(python or {}))
        (tmp_path / "mine.R").write_text(r_code(r or {}))

        def changed(document: Document) -> None:
            del document["derivatives"]
            document.update(python="mine:net", r="net", r_source=["mine.R"], tolerance={"rtol": 1e-11, "atol": 1e-11})
            case = {"id": "one", "calls": [{"do": "call", "with": GIVEN, "returns": "out"}]}
            document["cases"] = [{**case, "stages": STAGES if stages is None else stages}]
            if change:
                change(document)

        return write(changed, name="net.json")

    return make


def followed_at(path: Path) -> CaseResult:
    result = verify(read_fixture(path), Options(follow=follow))
    assert not result.misfits, result.misfits
    (case,) = result.cases
    return case


@pytest.fixture
def followed(pipeline: Callable[..., Path]) -> Followed:
    def run(*arguments: Any, **more: Any) -> CaseResult:
        return followed_at(pipeline(*arguments, **more))

    return run


@pytest.fixture
def port(write: Callable[..., Path], tmp_path: Path) -> Followed:
    """One case of any Python and R code, followed."""

    def run(python: str, r: str, case: dict[str, Any], **keys: Any) -> CaseResult:
        (tmp_path / "mine.py").write_text(f"import numpy as np\n{python}\n")
        (tmp_path / "mine.R").write_text(f"{r}\n")

        def change(document: Document) -> None:
            del document["derivatives"]
            document.update(python="mine:f", r="f", r_source=["mine.R"], tolerance={"rtol": 1e-11, "atol": 1e-11})
            document.update(keys)
            document["cases"] = [{"id": "one", **case}]

        return followed_at(write(change, name="any.json"))

    return run

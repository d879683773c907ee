from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def without_r(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a process, and of all that it starts, that has neither R nor rpy2."""
    blocked = tmp_path_factory.mktemp("blocked")
    for name in ("rpy2", "_rinterface_cffi_api", "_rinterface_cffi_abi"):
        (blocked / name).mkdir()
        (blocked / name / "__init__.py").write_text(f"raise ModuleNotFoundError('no {name} here', name={name!r})\n")
    kept = {key: value for key, value in os.environ.items() if key not in ("R_HOME", "LD_LIBRARY_PATH")}
    return {**kept, "PATH": str(blocked), "PYTHONPATH": f"{blocked}{os.pathsep}{ROOT}", "COLUMNS": "200"}

"""Somebody else's computer: the wheel in an environment of its own, and nothing of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment with parity from the wheel, and what parity needs from the one of these tests."""

    folder: Path

    def __call__(self, *command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        program, *arguments = map(str, command)
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MNIST_DIR")}
        return subprocess.run(
            [program if program == "env" else str(self.folder / "bin" / program), *arguments],
            cwd=cwd,
            env={**kept, "COLUMNS": "100", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="session")
def her(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    place = tmp_path_factory.mktemp("her computer")

    def run(*command: str | Path, cwd: Path = place) -> None:
        done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place / "dist", cwd=ROOT)
    (wheel,) = (place / "dist").iterdir()
    venv = place / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    pip = [sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "--disable-pip-version-check"]
    run(*pip, "install", "-q", "--no-deps", "--no-index", wheel)
    (packages,) = venv.glob("lib/*/site-packages")
    # A folder named in a .pth file is looked through, but its own .pth files, which name the checkout, are not read.
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    environment = Environment(venv)
    where = environment("python", "-c", "import parity; print(parity.__file__)", cwd=place)
    assert where.stdout.startswith(str(packages)), where.stderr
    return environment

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

HERE = Path(__file__).parent

# Under nohup, or behind a shell's &, a signal is ignored, and so it would be by what these tests start in order to
# interrupt or end it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Where the MNIST files lie beside the checkout, the tests that need them find them.
_MNIST = HERE.parents[1] / "shared" / "data" / "mnist"
if _MNIST.is_dir():
    os.environ.setdefault("MNIST_DIR", str(_MNIST))

SQUARE: dict[str, Any] = {
    "about": {"en": "a x^2", "ko": "a x^2"},
    "source": "a test",
    "python": "port:Square",
    "r": "Square",
    "r_source": ["port.R"],
    "tolerance": {"rtol": 1e-12, "atol": 1e-13},
    "derivatives": {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx", "a": "da"}},
    "cases": [
        {
            "id": "three numbers",
            "make": {"a": 3},
            "calls": [
                {"do": "forward", "with": {"x": [1, -2, 0.5]}, "returns": "out"},
                {"do": "backward", "with": {"dout": [1, 0.25, -3]}, "returns": "dx"},
            ],
        }
    ],
}


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Writes the square's fixture, changed by keywords and by a function, beside its port; returns its path."""
    shutil.copy(HERE / "port.py", tmp_path)
    shutil.copy(HERE / "port.R", tmp_path)

    def written(
        change: Callable[[dict[str, Any]], object] | None = None, /, name: str = "square.json", **keys: Any
    ) -> Path:
        document = {**copy.deepcopy(SQUARE), **keys}
        if change:
            change(document)
        path = tmp_path / name
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        return path

    yield written
    sys.modules.pop("port", None)


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command in a process group of its own, of which nothing is left when the test is over."""
    running: list[subprocess.Popen[str]] = []

    def started(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.Popen[str]:
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "parity", *map(str, arguments)],
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": str(HERE.parent), **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return running[-1]

    yield started
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


# A busy machine is no fault of the code: nothing here is held to a time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

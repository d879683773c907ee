"""How long a parity case takes, and the whole suite: `python benchmarks/cases.py`.

Compares, in one run: a warm case through parity; the same case by an Rscript process that exchanges JSON, as is
usually done; and `parity run` and `parity --help` from a cold start.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from parity.fixture.read import read_fixture
from parity.subjects.python import PythonSubject
from parity.verify.case import Options, carry_out, subjects, verify_case
from parity.verify.suite import bundled

FIXTURES = bundled("fixtures")
OPTIONS = Options(gradients=False)

SCRIPT = """
for (file in list.files(commandArgs(TRUE)[1], pattern = "[.]R$", full.names = TRUE)) source(file)
x <- jsonlite::fromJSON(commandArgs(TRUE)[2])
forward <- Affine.forward(x$W, x$b, x$x)
backward <- Affine.backward(forward, x$dout)
writeLines(jsonlite::toJSON(c(forward["out"], backward), digits = NA), commandArgs(TRUE)[3])
"""


def median(action: Callable[[], object], *, repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def by_rscript(folder: Path) -> None:
    """The wiki's Affine case with one Rscript process and two JSON files."""
    fixture = read_fixture(FIXTURES / "layers" / "affine.json")
    case = fixture.cases[0]
    arguments = {**case.make, **case.calls[0].arguments, **case.calls[1].arguments}
    (folder / "in.json").write_text(json.dumps({name: np.asarray(value).tolist() for name, value in arguments.items()}))
    observed = [observation.values for observation in PythonSubject(fixture).observe(case)]
    (folder / "case.R").write_text(SCRIPT)
    command = ["Rscript", "--vanilla", "case.R", str(bundled("r_impl") / "R"), "in.json", "out.json"]
    subprocess.run(command, cwd=folder, check=True)
    got = json.loads((folder / "out.json").read_text())
    for values in observed:
        for name, value in values.items():
            np.testing.assert_allclose(got[name], value, rtol=1e-12, atol=1e-12)


def main() -> None:
    rows: list[tuple[str, float, float]] = []
    affine = read_fixture(FIXTURES / "layers" / "affine.json")
    both = subjects(affine)
    case = affine.cases[0]
    for _ in range(200):
        verify_case(case, both, OPTIONS)
    warm = median(lambda: verify_case(case, both, OPTIONS), repeat=2000)
    once = median(lambda: carry_out(case, both, OPTIONS), repeat=2000)
    start = time.perf_counter()
    for _ in range(1000):
        verify_case(case, both, OPTIONS)
    thousand = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        rscript = median(lambda: by_rscript(Path(folder)), repeat=7)
    parity = [sys.executable, "-m", "parity"]
    everything = [*parity, "run", "--bundled"]
    suite = median(lambda: subprocess.run(everything, cwd="/", check=True, capture_output=True), repeat=3)
    cases = sum(len(read_fixture(path).cases) for path in sorted(FIXTURES.glob("*/*.json")))
    helped = median(lambda: subprocess.run([*parity, "--help"], check=True, capture_output=True), repeat=7)
    python = median(lambda: subprocess.run([sys.executable, "-c", ""], check=True), repeat=7)
    rows = [
        ("a warm case: both languages, both calls, twice, compared", warm, 1.0),
        ("  its calls in both languages, once", once, once / warm),
        ("1,000 such cases", thousand, thousand / warm),
        ("the same case by one Rscript process and JSON", rscript, rscript / warm),
        (f"parity run, {cases} cases with gradients, cold", suite, suite / warm),
        (f"{cases} cases by Rscript, without gradients (computed)", rscript * cases, rscript * cases / suite),
        ("parity --help", helped, helped / python),
        ("python -c ''", python, 1.0),
    ]
    table = Table(box=None, header_style="bold", title="medians; ratios to the warm case, the suite, bare Python")
    table.add_column("what")
    table.add_column("time", justify="right")
    table.add_column("ratio", justify="right")
    for what, seconds, ratio in rows:
        text = f"{seconds * 1e6:.0f} us" if seconds < 1e-3 else f"{seconds:.3f} s"
        table.add_row(what, text, f"{ratio:,.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()

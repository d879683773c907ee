"""`parity check`, as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from parity.check.errors import CheckError
from parity.check.files import read
from parity.cli.check import check

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]

PYTHON = """
import numpy as np

def scale(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)

def scale_n(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)

def power(x, k):
    return x ** k

class Line:
    def __init__(self, a):
        self.a = a
    def forward(self, x):
        self.x = x
        return self.a * x
    def backward(self, dout):
        self.da = np.sum(dout * self.x)
        return self.a * dout
"""

R = """
scale <- function(x) sweep(sweep(x, 2, colMeans(x)), 2, apply(x, 2, sd), "/")
power <- function(x, k) x ^ k
Line.forward <- function(a, x) list(out = a * x, a = a, x = x)
Line.backward <- function(forward, dout) list(dx = forward$a * dout, da = sum(dout * forward$x))
"""


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "port.py").write_text(PYTHON)
    (tmp_path / "port.R").write_text(R)
    (tmp_path / "x.csv").write_text("1.5,2\n3,-1\n0.5,4\n")
    yield tmp_path
    sys.modules.pop("port", None)


@pytest.fixture
def run(files: Path) -> Run:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "parity", "check", *arguments],
            cwd=files,
            env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return command


def test_agreement_exits_0(run: Run) -> None:
    done = run("port.py:scale", "port.R::scale", "--with", "x=x.csv")
    assert done.returncode == 0, done.stderr
    assert "1 subject, 1 case, 6 values compared" in done.stdout
    assert run("port:power", "port.R::power", "--random", "x=5,3", "--with", "k=3").returncode == 0
    assert run("numpy:median", "stats::median", "--with", "a=[3, 1, 2]", "--rename", "a=x").returncode == 0


def test_disagreement_exits_1_and_says_how_to_repeat_it(run: Run) -> None:
    done = run("port.py:scale_n", "port.R::scale", "--random", "x=5,3", "--rtol", "1e-12")
    assert done.returncode == 1
    assert "scale_n / port.R::scale / call / out[" in done.stdout
    assert "  repeat: parity check port.py:scale_n port.R::scale --random x=5,3 --rtol 1e-12\n" in done.stdout


def test_a_class_with_its_gradients(run: Run) -> None:
    done = run("port.py:Line", "port.R::Line", "--make", "a=2.5", "--random", "x=4", "--backward", "backward")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 4/4 " in done.stdout


def test_values_inputs_of_one_side_and_expected_values(run: Run) -> None:
    values = ["--values", "m=mean()=mean(.)"]
    done = run("port.py:power", "port.R::power", "--with", "x=[1.5, 2]", "--with", "k=2", *values)
    assert done.returncode == 2  # `mean()` is neither an attribute nor looks at the result
    assert "values['m']['python']" in done.stderr
    values = ["--values", "m=_.mean()=mean(.)"]
    assert run("port.py:power", "port.R::power", "--with", "x=[1.5, 2]", "--with", "k=2", *values).returncode == 0
    sides = ["--python", "k=2", "--r", "n=2"]
    assert run("port.py:power", "function(x, n) x^n", "--with", "x=[1.5, 2]", *sides).returncode == 0
    expect = ["--expect", "out=[2.25, 5]"]
    done = run("port.py:power", "port.R::power", "--with", "x=[1.5, 2]", "--with", "k=2", *expect)
    assert done.returncode == 1
    assert "both are alike wrong" in done.stdout


def test_the_rows_of_a_frame_are_known_by_a_key(run: Run, files: Path) -> None:
    (files / "d.csv").write_text("id,g,x\n3,a,1.5\n1,b,2.5\n2,,0.5\n")
    (files / "frames.py").write_text("def by_id(d):\n    return d.sort_values('id')\n")
    assert run("frames.py:by_id", "function(d) d", "--with", "d=d.csv", "--key", "id").returncode == 0
    done = run("frames.py:by_id", "function(d) d", "--with", "d=d.csv")
    assert done.returncode == 1
    assert "a key would join the rows" in done.stdout


def test_json_goes_to_standard_output_alone(run: Run) -> None:
    done = run("port.py:scale", "port.R::scale", "--with", "x=x.csv", "--json", "-")
    assert json.loads(done.stdout)["ok"] is True
    assert "6 values compared" in done.stderr


def test_the_saved_fixture_is_verified_by_run(run: Run, tmp_path: Path) -> None:
    assert run("port.py:scale", "port.R::scale", "--random", "x=4,2", "--seed", "7", "--save", "s.json").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "parity", "run", "s.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    drawn = json.loads((tmp_path / "s.json").read_text())["cases"][0]["calls"][0]["with"]["x"]
    assert drawn == np.random.RandomState(7).standard_normal((4, 2)).tolist()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["port.py:none", "port.R::scale"], "python: port has no none; expected one of"),
        (["none.py:f", "port.R::scale"], "python: there is no file none.py"),
        (["port.py:scale", "port.R::none", "--with", "x=x.csv"], "r: R has no function none"),
        (["port.py:scale", "port.R::scale", "--with", "x"], "'x' is no NAME=VALUE"),
        (["port.py:scale", "port.R::scale", "--with", "x=1", "--with", "x=2"], "x is given twice"),
        (["port.py:scale", "port.R::scale", "--with", "x=1", "--random", "x=2"], "x is given by --with too"),
        (["port.py:scale", "port.R::scale", "--with", "y=x.csv"], "y: no parameter of scale takes y"),
        (["port.py:scale", "port.R::scale", "--with", "x=none.csv"], "x: there is no file none.csv"),
        (["port.py:scale", "port.R::scale", "--random", "x=5,a"], "x=5,a is no shape"),
        (["port.py:scale", "port.R::scale", "--values", "m=3"], "m=3 is no NAME=PYTHON=R"),
        (["port.py:scale", "port.R::scale", "--with", "x=x.csv", "--rtol", "7"], "rtol: 7.0 is too large"),
        (["port.py:scale", "port.R::scale", "--with", "x=x.csv", "--timeout", "0"], "timeout: 0.0 is no time to wait"),
        (["port.py:scale", "port.R::scale", "--with", "x=x.csv", "--json", "none/r.json"], "there is no folder none"),
        (["port.py:scale", "--with", "x=x.csv"], "Python alone, and nothing to hold it against"),
        ([], "Missing argument 'PYTHON'"),
    ],
)
def test_a_mistake_exits_2_with_a_sentence(
    files: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(files)
    result = CliRunner().invoke(check, arguments)
    assert result.exit_code == 2, result.output
    assert told in result.output
    assert "compared" not in result.output


def test_without_r_it_exits_3(files: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rpy2'] = None\n")
    done = subprocess.run(
        [sys.executable, "-m", "parity", "check", "port.py:scale", "port.R::scale", "--with", "x=x.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Install R" in done.stderr


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("a.csv", "1,2\n3,4\n", [[1.0, 2.0], [3.0, 4.0]]),
        ("a.csv", "1\n2\n", [[1.0], [2.0]]),
        ("a.tsv", "1\t2\n", [[1.0, 2.0]]),
        ("a.json", "[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("a.json", '["a", "b"]', ["a", "b"]),
    ],
)
def test_numbers_alone_are_a_matrix_and_lists_arrays(tmp_path: Path, name: str, text: str, value: list[Any]) -> None:
    (tmp_path / name).write_text(text)
    found = read(str(tmp_path / name), "x")
    assert isinstance(found, np.ndarray)
    assert found.tolist() == value


def test_a_first_row_of_names_makes_a_data_frame(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("g,x\na,1.5\nb,\n")
    found = read(str(tmp_path / "d.csv"), "d")
    assert isinstance(found, pd.DataFrame)
    assert found["g"].tolist() == ["a", "b"]
    assert found["x"].isna().tolist() == [False, True]


def test_missing_numbers_of_a_matrix_are_nan(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,NA\n,4\n")
    assert np.isnan(read(str(tmp_path / "a.csv"), "x")).tolist() == [[False, True], [True, False]]


def test_mixed_json_stays_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": [1, "b"], "c": [1, true], "d": [[1], [2, 3]]}')
    found = read(str(tmp_path / "a.json"), "x")
    assert found["a"] == [1, "b"]
    assert found["c"] == [1, True]
    assert [one.tolist() for one in found["d"]] == [[1], [2, 3]]


def test_arrays_of_numpy(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3))
    np.savez(tmp_path / "one.npz", x=np.arange(2))
    np.savez(tmp_path / "two.npz", x=np.arange(2), y=np.arange(4))
    assert read(str(tmp_path / "a.npy"), "x").tolist() == [0, 1, 2]
    assert read(str(tmp_path / "one.npz"), "x").tolist() == [0, 1]
    assert read(f"{tmp_path}/two.npz:y", "x").tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "x: .* is empty; expected rows"),
        ("a.csv", b"1,2\n3\n", "x: row 2 of .* has 1 fields; expected 2, as row 1"),
        ("a.csv", b"1,2\n3,b\n", "x: row 2 of .* has 'b'; expected numbers, or names in row 1"),
        ("a.json", b"[1,", "x: .* cannot be read"),
        ("a.npy", b"no array", "x: .* cannot be read"),
        ("a.csv", b"\xff\xfe", "x: .* cannot be read"),
    ],
)
def test_a_bad_file_is_a_sentence(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckError, match=told):
        read(str(tmp_path / name), "x")


def test_an_archive_of_several_arrays_wants_a_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", u=np.arange(2), v=np.arange(4))
    with pytest.raises(CheckError, match=r"holds u, v; expected .*two\.npz:NAME"):
        read(str(tmp_path / "two.npz"), "x")


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object))
    with pytest.raises(CheckError, match="cannot be read"):
        read(str(tmp_path / "a.npy"), "x")

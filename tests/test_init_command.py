"""`parity init`: what it writes runs at once, says the truth about the two sides, and takes no file's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PYTHON = """\
import numpy as np

def scale(x, k=2, center=True):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1) * k

def biased(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)

def weighted_mean(values, w):
    return np.sum(values * w) / np.sum(w)

def logit(p):
    return np.log(p / (1 - p))

def product(a, B):
    return a @ B

def default(x, k=2):
    return x * k

def lagged(x, n: int):
    return x[:-n]

def applied(f, x):
    return f(x)

def shifted(x, by):
    return x + by.sum()

def never(x):
    raise ValueError("not today")

def killed(x):
    import os
    os.kill(os.getpid(), 9)

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T

class Lacking(Affine):
    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T

class Loss:
    def forward(self, x):
        self.x = x
        return np.sum(x**2)

    def backward(self):
        return 2 * self.x

class Momentum:
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, params, grads):
        return params - self.lr * grads
"""

R = """\
scale <- function(x, k = 2, center = TRUE, na.rm = FALSE) sweep(sweep(x, 2, colMeans(x)), 2, apply(x, 2, sd), "/") * k
weighted.mean2 <- function(x, weights) sum(x * weights) / sum(weights)
logit <- function(p) log(p / (1 - p))
product <- function(A, b) A %*% b
default <- function(x, k = 3) x * k
lagged <- function(x, n) x[seq_len(length(x) - n)]
applied <- function(f, x) f(x)
shifted <- function(x, by, extra) x + sum(by) + sum(extra)
never <- function(x) stop("never")
killed <- function(x) x
Affine.forward <- function(W, b, x) list(out = sweep(x %*% W, 2, b, "+"), x = x, W = W)
Affine.backward <- function(forward, dout) {
  list(dx = dout %*% t(forward$W), dW = t(forward$x) %*% dout, db = colSums(dout))
}
Lacking.forward <- Affine.forward
Lacking.backward <- Affine.backward
Loss.forward <- function(x) list(out = sum(x^2), x = x)
Loss.backward <- function(forward) list(dx = 2 * forward$x)
Momentum <- function(lr = 0.01) list(step = function(params, grads) params - lr * grads)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "port.py").write_text(PYTHON)
    (tmp_path / "port.R").write_text(R)
    (tmp_path / "fixtures").mkdir()
    return tmp_path


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )


def init(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run("parity", "init", *arguments, cwd=cwd)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("python", "r", "status", "notes"),
    [
        ("port.py:scale", "port.R::scale", 0, ["left out, for they have defaults: R's na.rm"]),
        ("port.py:biased", "port.R::scale", 1, ["left out, for they have defaults: R's k, R's center, R's na.rm"]),
        (
            "port.py:weighted_mean",
            "port.R::weighted.mean2",
            0,
            ["values is called x in R", "w is called weights in R"],
        ),
        ("port.py:logit", "port.R::logit", 0, []),
        ("port.py:product", "port.R::product", 0, ["a is called A in R", "B is called b in R"]),
        ("port.py:default", "port.R::default", 1, []),
        ("port.py:lagged", "port.R::lagged", 0, []),
        ("port.py:applied", "port.R::applied", 0, []),
        ("port.py:shifted", "port.R::shifted", 1, ["extra is an argument of R alone"]),
        ("port.py:Affine", "port.R::Affine", 0, []),
        ("port.py:Lacking", "port.R::Lacking", 1, []),
        ("port.py:Loss", "port.R::Loss", 0, []),
        ("port.py:Momentum", "port.R::Momentum", 0, []),
        ("port.py:logit", "function(x) log(x) - log1p(-x)", 0, ["p is called x in R"]),
        ("numpy:exp", "base::exp", 0, None),
        ("numpy:median", "stats::median", 0, None),
    ],
)
def test_a_fixture_runs_as_it_is(project: Path, python: str, r: str, status: int, notes: list[str] | None) -> None:
    done = init(python, r, cwd=project)
    assert done.returncode == 0, done.stderr
    first, *said, last = done.stdout.splitlines()
    file = first.removeprefix("wrote ")
    assert [path.name for path in (project / "fixtures").iterdir()] == [Path(file).name]
    if notes is not None:
        assert [line.strip() for line in said] == notes
    verdict = run("parity", "run", file, cwd=project)
    assert verdict.returncode == status, verdict.stdout + verdict.stderr
    agree = "agree" if status == 0 else "do not agree"
    assert last == f"both sides answer these inputs, and {agree}: parity run {file}"


def test_a_class_gets_its_gradients(project: Path) -> None:
    assert init("port.py:Affine", "port.R::Affine", cwd=project).returncode == 0
    document = json.loads((project / "fixtures" / "affine.json").read_text())
    assert document["derivatives"] == {
        "call": "forward",
        "of": "out",
        "along": "dout",
        "pairs": {"x": "dx", "W": "dW", "b": "db"},
    }
    (case,) = document["cases"]
    assert case["make"].keys() == {"W", "b"}
    assert [call["do"] for call in case["calls"]] == ["forward", "backward"]
    assert case["calls"][1]["with"]["dout"]["randn"] == [5, 4]
    # One that a side does not give is owed as well.
    assert init("port.py:Lacking", "port.R::Lacking", cwd=project).returncode == 0
    assert json.loads((project / "fixtures" / "lacking.json").read_text())["derivatives"]["pairs"]["b"] == "db"


def test_defaults_are_compared_and_so_is_every_option(project: Path) -> None:
    assert init("port.py:default", "port.R::default", cwd=project).returncode == 0
    document = json.loads((project / "fixtures" / "default.json").read_text())
    given = {case["id"]: case["calls"][0]["with"] for case in document["cases"]}
    assert given["drawn"].keys() == {"x"}
    assert given["every option given"]["k"] == {"integer": 2}
    done = run("parity", "run", "fixtures", "--json", "-", cwd=project)
    (fixture,) = json.loads(done.stdout)["fixtures"]
    assert {case["id"]: case["ok"] for case in fixture["cases"]} == {"drawn": False, "every option given": True}


@pytest.mark.parametrize("name", ["never", "killed"])
def test_what_no_input_suits_is_written_and_said(project: Path, name: str) -> None:
    done = init(f"port.py:{name}", f"port.R::{name}", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("no inputs that were guessed suit both sides: put in some that do")
    assert (project / "fixtures" / f"{name}.json").is_file()
    assert "Traceback" not in done.stdout + done.stderr


def test_a_schema_that_is_there_is_named(project: Path) -> None:
    assert run("parity", "schema", "--install", "fixtures", cwd=project).returncode == 0
    assert init("port.py:logit", "port.R::logit", cwd=project).returncode == 0
    assert json.loads((project / "fixtures" / "logit.json").read_text())["$schema"] == "schema.json"


def test_a_module_below_is_named_by_its_place(project: Path) -> None:
    (project / "source").mkdir()
    (project / "port.py").rename(project / "source" / "port.py")
    assert init("source/port.py:logit", "port.R::logit", cwd=project).returncode == 0
    assert json.loads((project / "fixtures" / "logit.json").read_text())["python"] == "source.port:logit"
    assert run("parity", "run", cwd=project).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("python", "r", "status"),
    [
        ("port.py:Affine", "port.R::Affine", 0),
        ("port.py:weighted_mean", "port.R::weighted.mean2", 0),
        ("port.py:biased", "port.R::scale", 1),
        ("port.py:shifted", "port.R::shifted", 1),
        ("port.py:Lacking", "port.R::Lacking", 1),
    ],
)
def test_a_test_runs_as_it_is(project: Path, python: str, r: str, status: int) -> None:
    (project / "tests").mkdir()
    done = init(python, r, "--test", cwd=project)
    assert done.returncode == 0, done.stderr
    (file,) = (project / "tests").iterdir()
    assert "# guessed from the signatures: put in inputs that matter" in file.read_text()
    assert done.stdout.startswith(f"wrote tests/{file.name}\n")
    verdict = run("pytest", "-q", "-p", "no:cacheprovider", f"tests/{file.name}", cwd=project)
    assert verdict.returncode == status, verdict.stdout
    assert "CheckError" not in verdict.stdout


def test_no_file_is_written_over(project: Path) -> None:
    (project / "fixtures" / "logit.json").write_text("mine")
    (project / "link.json").symlink_to("nowhere")
    for out in ((), ("--out", "link.json")):
        done = init("port.py:logit", "port.R::logit", *out, cwd=project)
        assert done.returncode == 2
        assert "is there, and is not written over" in done.stderr
    assert (project / "fixtures" / "logit.json").read_text() == "mine"
    assert sorted(path.name for path in (project / "fixtures").iterdir()) == ["logit.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("port.py:nothing", "port.R::logit"), "python: port has no nothing; expected one of scale, biased"),
        (("nowhere.py:f", "port.R::logit"), "python: there is no file nowhere.py"),
        (("nowhere:f", "port.R::logit"), "python: there is no Python module nowhere"),
        (("port.py", "port.R::logit"), "python: 'port.py' names no object"),
        (("port.py:logit", "port.R::nothing"), "r: R has no function nothing"),
        (("port.py:logit", "nowhere.R::logit"), "r: there is no file nowhere.R"),
        (("port.py:logit", "nopackage::logit"), "r: R could not load nopackage"),
        (
            ("port.py:Affine", "port.R::logit2"),
            "r: R has none of the methods of Affine; expected one of logit2.forward",
        ),
        (("port.py:logit", "port.R::logit", "--out", "no/x.json"), "--out: there is no folder no"),
        (("port.py:logit", "port.R::logit", "--out", "x.txt"), "--out: x.txt is no fixture"),
        (("port.py:logit", "port.R::logit", "--test", "--out", "x.json"), "--out: x.json is no test"),
    ],
)
def test_a_mistake_is_named(project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = init(*arguments, cwd=project)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith(f"parity: {said}")
    assert [*(project / "fixtures").iterdir()] == []
    assert sorted(path.name for path in project.iterdir() if path.name != "__pycache__") == [
        "fixtures",
        "port.R",
        "port.py",
    ]


def test_inputs_that_nobody_warns_of_come_first(project: Path) -> None:
    """Of a standard normal half the logits are NaN on both sides, which agree and show nothing."""
    assert init("port.py:logit", "port.R::logit", cwd=project).returncode == 0
    document = json.loads((project / "fixtures" / "logit.json").read_text())
    assert document["cases"][0]["calls"][0]["with"]["p"].keys() == {"rand", "seed"}

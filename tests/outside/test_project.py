"""Somebody else's project: the wheel in an environment of its own, her code, her fixtures, her documents, her tests.

Nothing of this checkout can be seen from there but what the documents say and the wheel brings.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = re.compile(r"deepscratch|python_impl|r_impl|affine|backprop|from scratch|밑바닥|chapter-5", re.IGNORECASE)

pytestmark = pytest.mark.slow


def example(language: str) -> str:
    """A block of the pages on a first check and on the format; of text, what the README shows of a failure."""
    page, opening = {
        "python": ("docs/pages/first-check.en.md", "file port.py"),
        "r": ("docs/pages/first-check.en.md", "file port.R"),
        "json": ("docs/pages/format.en.md", "json"),
        "text": ("README.md", "text"),
    }[language]
    return re.findall(rf"```{opening}\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)[-1]


FIXED = """standardize <- function(x) {
  deviation <- function(v) sqrt(mean((v - mean(v))^2))
  sweep(sweep(x, 2, colMeans(x)), 2, apply(x, 2, deviation), "/")
}
"""

GUIDE = """# My guide to {word}

```python-session
import numpy as np
from port import standardize
standardize(np.array([[1.0], [3.0]]))
```

```r-session
source("port.R")
standardize(matrix(c(1, 3), 2))
```

```verdict standardize
```
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The three files of the documents in one folder."""
    (tmp_path / "port.py").write_text(example("python"))
    (tmp_path / "port.R").write_text(example("r"))
    (tmp_path / "standardize.json").write_text(example("json"))
    return tmp_path


@pytest.fixture
def project(written: Path) -> Path:
    """Her repository: code, a folder of fixtures, a folder of documents; R's slip is mended."""
    (written / "fixtures").mkdir()
    (written / "standardize.json").rename(written / "fixtures" / "standardize.json")
    fixture = written / "fixtures" / "standardize.json"
    fixture.write_text(fixture.read_text().replace('"port.R"', '"../port.R"'))
    (written / "port.R").write_text(FIXED)
    (written / "docs" / "pages").mkdir(parents=True)
    for language, word in (("en", "standardizing"), ("ko", "표준화")):
        (written / "docs" / "pages" / f"guide.{language}.md").write_text(GUIDE.format(word=word), "utf-8")
    return written


def test_the_example_of_the_readme_says_what_the_readme_says(her: Any, written: Path) -> None:
    done = her("parity", "run", "standardize.json", cwd=written)
    assert (done.returncode, done.stderr) == (1, "")
    assert example("text").strip() in done.stdout
    tested = her("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "standardize.json", cwd=written)
    assert tested.returncode == 1, tested.stdout
    assert "z[3, 1]  (R: z[4, 2])" in tested.stdout


def test_her_fixtures_are_verified_from_any_folder(her: Any, project: Path) -> None:
    for folder, fixtures in (
        (project, ()),
        (project.parent, (project / "fixtures",)),
        (project / "docs", ("../fixtures",)),
    ):
        done = her("parity", "run", *fixtures, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"^standardize +1 .* agree *$", done.stdout, re.MULTILINE)
        assert not OURS.search(done.stdout)


def test_her_site_is_hers(her: Any, project: Path) -> None:
    done = her("parity", "pages", "--out", "site", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.relative_to(project / "site").as_posix(): path for path in (project / "site").rglob("*.*")}
    for language, word in (("en", "My guide to standardizing"), ("ko", "My guide to 표준화")):
        assert word in pages[f"html/{language}/guide.html"].read_text("utf-8")
        assert "standardize" in pages[f"html/{language}/standardize.html"].read_text("utf-8")
    guide = pages["wiki/guide.en.md"].read_text("utf-8")
    assert "[-1.]" in guide
    assert "[1,]   -1" in guide
    for name, path in pages.items():
        found = OURS.search(name + "\n" + path.read_text("utf-8"))
        assert found is None, (name, found)


def test_a_wrong_side_is_told_by_the_exit_status_of_her_site(her: Any, project: Path) -> None:
    (project / "port.R").write_text(example("r"))
    assert her("parity", "pages", "--out", "site", cwd=project).returncode == 1


def test_her_own_pytest_runs_her_fixtures(her: Any, project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_more.py").write_text("def test_more():\n    pass\n")
    tested = her("python", "-m", "pytest", "-v", "-p", "no:cacheprovider", cwd=project)
    assert tested.returncode == 0, tested.stdout
    assert "fixtures/standardize.json::5 x 3::python-r PASSED" in tested.stdout
    assert "tests/test_more.py::test_more PASSED" in tested.stdout
    assert re.search(r"=== [2-9] passed in", tested.stdout)


SCRIPT = """\
import parity
report = parity.run("fixtures"{options})
print(report.ok, len(report.frame))
"""


@pytest.mark.parametrize("options", ["", ", jobs=2", ", exact=True"])
def test_a_plain_script_needs_no_main_guard(her: Any, project: Path, options: str) -> None:
    (project / "check.py").write_text(SCRIPT.format(options=options))
    done = her("python", "check.py", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"True [1-9]\d*\n", done.stdout), done.stdout


def test_her_top_level_has_parity_and_nothing_else(her: Any) -> None:
    (packages,) = her.folder.glob("lib/*/site-packages")
    there = {path.name for path in packages.iterdir() if path.suffix not in (".pth", ".dist-info")}
    assert there - {"__pycache__", "_virtualenv.py"} == {"parity"}


def test_the_worked_subject_comes_along(her: Any, tmp_path: Path) -> None:
    """One fixture of each of its folders, which need its Python and its R, both below the package."""
    subjects = "affine/ or two_layer_net/ or sgd/ or datasets/iris or functions/softmax/"
    done = her("parity", "run", "--bundled", "-k", subjects, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    for name in ("affine", "two_layer_net", "sgd", "iris", "softmax"):
        assert re.search(rf"^ {name} .* agree", done.stdout, re.MULTILINE), done.stdout
    shown = her("parity", "show", "affine", "--bundled", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "array([[24, 28, 32]," in shown.stdout
    assert "Affine.forward <- function(W, b, x)" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_without_fixtures_she_is_told_what_to_type(her: Any, tmp_path: Path) -> None:
    done = her("parity", "run", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "parity run --bundled" in done.stderr

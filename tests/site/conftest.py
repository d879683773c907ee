"""Somebody's course: two functions, two documents in two languages, and the site that comes of them, in a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PYTHON = """\
import numpy as np

def center(x):
    return x - x.mean(axis=0)

def a_function_with_quite_a_long_name(first_argument, second_argument, third_argument=1):
    return first_argument * second_argument + third_argument
"""
R = """\
center <- function(x) sweep(x, 2, colMeans(x))
a_function_with_quite_a_long_name <- function(first_argument, second_argument, third_argument = 1) {
  first_argument * second_argument + third_argument
}
"""
PAGES = {
    "welcome.en.md": "# Welcome\n\nWe take the mean away: [center](center.en).\n\n## Zebras\n\n```python-session\n"
    "import numpy as np\nnp.arange(3) * 2\n```\n\n```r-session\n0:2 * 2\n```\n\n```plot center\ncase: three rows\n"
    "call: call\nvalue: out\n```\n",
    "welcome.ko.md": "# 어서 오세요\n\n평균을 뺀다: [center](center.ko). 역전파는 편향을 지나간다.\n\n## 얼룩말\n\n"
    "```python-session\nimport numpy as np\nnp.arange(3) * 2\n```\n\n```r-session\n0:2 * 2\n```\n",
    "plain.en.md": "No heading at all.\n",
    "odd.en.md": "# - 1. *Odd* `x` | y_ :z: \\\\\n\nText before.\n\n## 1. First\n\n#### Deep\n\n"
    "<details>\n\n## In HTML\n",
    "files.en.md": "# With a file\n\n```file mine.py\nx = 1.5\n```\n\n```python-session\nfrom mine import x\nx\n```\n\n"
    "```r-session\n1.5\n```\n",
    "alone.en.md": "# Only in English\n\nA page without a translation.\n\n```math\n\\mathrm{out} = "
    + " + ".join(f"\\frac{{x_{{{number}}}}}{{n}}" for number in range(60))
    + "\n```\n",
}
SETTINGS = """
[tool.parity.pages]
title = {en = "My course", ko = "나의 강의"}
repository = "https://example.org/course"
files = "https://example.org/course/blob/main/{path}"
sources = [{words = 'a course, week (\\d)|강의 (\\d)주', address = 'https://example.org/course/\\1\\2'}]
colours = {color-brand-primary = "#00695c"}

[[tool.parity.pages.groups]]
title = {en = "Begin", ko = "시작"}
pages = ["welcome"]
"""


def fixture(name: str, *cases: dict[str, Any]) -> str:
    return json.dumps({
        "about": {"en": f"{name}, in both languages", "ko": f"두 언어의 {name}"},
        "source": {"en": "a course, week 3 (and a course, week 3)", "ko": "강의 3주"},
        "python": f"port:{name}",
        "r": name,
        "r_source": ["../port.R"],
        "tolerance": {"rtol": 1e-12, "atol": 1e-14, "because": "means of three numbers"},
        "cases": [
            {"id": id, "calls": [{"do": "call", "with": arguments, "returns": "out"}]}
            for id, arguments in zip(("three rows", "many rows"), cases, strict=False)
        ],
    })  # fmt: skip


ROOT = Path(__file__).resolve().parents[2]
BROWSER = ROOT / "build" / "browser"
"""R and Python for the browser, which ./setup.sh test has fetched."""


def parity_pages(project: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "parity", "pages", "--out", "pages", "--site", *more]
    return subprocess.run(command, cwd=project, text=True, capture_output=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("course")
    (project / "fixtures").mkdir()
    (project / "docs" / "pages").mkdir(parents=True)
    (project / "port.py").write_text(PYTHON)
    (project / "port.R").write_text(R)
    (project / "pyproject.toml").write_text(SETTINGS, "utf-8")
    center = fixture("center", {"x": [[1.5, 2], [3, -4], [0, 7]]}, {"x": {"randn": [120, 100], "seed": 1}})
    (project / "fixtures" / "center.json").write_text(center, "utf-8")
    long = {"first_argument": [1.5, 2], "second_argument": [3, 4]}
    (project / "fixtures" / "long.json").write_text(fixture("a_function_with_quite_a_long_name", long), "utf-8")
    for name, text in PAGES.items():
        (project / "docs" / "pages" / name).write_text(text, "utf-8")
    assert BROWSER.is_dir(), "R and Python for the browser are not there: ./setup.sh test"
    done = parity_pages(project, "--live", str(BROWSER))
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="session")
def site(course: Path) -> Path:
    return course / "pages" / "site"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    place = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    assert place is not None, "there is no Chromium: apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page from disk, at a width; nothing may be said on the browser's console."""
    said: list[str] = []
    pages = []

    def visit(name: str, width: int = 1280) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((site / name).as_uri())
        pages.append(page)
        return page

    yield visit
    for page in pages:
        page.close()
    assert said == []

"""Somebody's own project: her pages and nobody else's, and nothing published that is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from parity.consoles import process, python_console, r_console
from parity.fixture.read import read_fixture
from parity.reports.pages import PagesError, write_pages
from parity.reports.pages import files as files_module
from parity.reports.pages.directives import Directives
from parity.reports.pages.documents import DIRECTIVES
from parity.reports.pages.files import MANIFEST, put, staging
from parity.reports.pages.html import to_html
from parity.verify.case import verify

FIXTURE = {
    "about": {"en": "Twice the input"},
    "source": {"en": "a notebook"},
    "python": "{module}:twice",
    "r": "twice",
    "r_source": ["twice.R"],
    "tolerance": {"rtol": 0, "atol": 0},
    "cases": [
        {
            "id": "one",
            "expected_by": {"en": "by hand"},
            "calls": [{"do": "call", "with": {"x": [1, 2, 3]}, "returns": "y", "expect": {"y": [2, 4, 6]}}],
        },
        {
            "id": "two",
            "expected_by": {"en": "by hand"},
            "calls": [{"do": "call", "with": {"x": [0.5]}, "returns": "y", "expect": {"y": [1]}}],
        },
    ],
}
CHAPTER = """\
# A chapter

```python-session
1 + 1
```

```verdict functions/twice
one
```
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "hers"
    (folder / "fixtures" / "functions").mkdir(parents=True)
    (folder / "docs" / "pages").mkdir(parents=True)
    module = f"twice_{abs(hash(str(tmp_path)))}"
    (folder / "fixtures" / "functions" / f"{module}.py").write_text("def twice(x):\n    return x * 2\n")
    (folder / "fixtures" / "functions" / "twice.R").write_text("twice <- function(x) x * 2\n")
    written = json.dumps(FIXTURE).replace("{module}", module)
    (folder / "fixtures" / "functions" / "twice.json").write_text(written)
    (folder / "docs" / "pages" / "chapter.md").write_text(CHAPTER)
    return folder


@pytest.fixture(scope="module")
def printouts() -> dict[object, str]:
    return {}


@pytest.fixture(autouse=True)
def consoles_once(printouts: dict[object, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A console is started once for the same lines beside the same code, wherever the project lies."""
    monkeypatch.setattr(process.secrets, "token_hex", lambda size: "5" * 2 * size)
    module = f"twice_{abs(hash(str(tmp_path)))}"

    def anywhere(text: str) -> str:
        return text.replace(module, "<module>").replace(str(tmp_path), "<place>")

    def answer(command: list[str], script: str, environment: dict[str, str], seconds: float, name: str) -> str:
        code = {path for suffix in ("py", "R") for path in tmp_path.rglob(f"*.{suffix}")}
        key = (*command, anywhere(script), *sorted((anywhere(str(path)), path.read_text()) for path in code))
        if key not in printouts:
            printouts[key] = anywhere(process.answer(command, script, environment, seconds, name))
        return printouts[key].replace("<module>", module).replace("<place>", str(tmp_path))

    for console in (python_console, r_console):
        monkeypatch.setattr(console, "answer", answer)


Build = Callable[..., Path]


@pytest.fixture
def build(project: Path, tmp_path: Path) -> Build:
    def write(**more: object) -> Path:
        fixtures = [read_fixture(path) for path in sorted((project / "fixtures").rglob("*.json"))]
        results = [(fixture, verify(fixture)) for fixture in fixtures]
        write_pages(results, out=tmp_path / "site", packages={}, versions={}, **more)  # type: ignore[arg-type]
        return tmp_path / "site"

    return write


def names(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def test_her_documents_and_fixtures_are_published_and_nothing_of_this_project(build: Build, project: Path) -> None:
    site = build()
    assert names(site) == {
        *("index.html", "html/style.css", "html/en/index.html", "html/en/chapter.html", "html/en/functions-twice.html"),
        *("wiki/Home.md", "wiki/Home.en.md", "wiki/_Sidebar.md", "wiki/chapter.en.md", "wiki/functions-twice.en.md"),
        MANIFEST,
    }
    everything = "".join((site / name).read_text("utf-8") for name in names(site))
    assert "deepscratch" not in everything
    assert "한국어" not in everything
    assert "<b>one</b> ✓ agree" in (site / "wiki/chapter.en.md").read_text("utf-8")


def test_documents_can_lie_elsewhere(build: Build, project: Path, tmp_path: Path) -> None:
    shutil.move(project / "docs" / "pages", project / "essays")
    assert "html/en/chapter.html" not in names(build())
    assert "html/en/chapter.html" in names(build(documents=project / "essays"))
    with pytest.raises(PagesError, match="nowhere is no folder"):
        build(documents=project / "nowhere")


def test_two_languages_are_published_where_there_are_two(build: Build, project: Path) -> None:
    (project / "docs" / "pages" / "chapter.ko.md").write_text("# 한 장\n")
    site = build()
    assert "html/ko/functions-twice.html" in names(site)
    assert "<h1" in (site / "html/ko/chapter.html").read_text("utf-8")
    assert "한 장" in (site / "html/ko/chapter.html").read_text("utf-8")
    assert "A chapter" in (site / "html/en/chapter.html").read_text("utf-8")


def test_a_part_of_the_project_leaves_out_the_documents_that_need_the_rest(build: Build, project: Path) -> None:
    text = (project / "fixtures/functions/twice.json").read_text()
    (project / "fixtures/functions/other.json").write_text(text)
    (project / "docs/pages/both.md").write_text("# Both\n\n```verdict functions/other\n```\n")
    fixture = read_fixture(project / "fixtures/functions/twice.json")
    out = project / "part"
    write_pages([(fixture, verify(fixture))], out=out, packages={}, versions={})
    assert "html/en/both.html" not in names(out)
    assert "html/en/chapter.html" in names(out)
    whole = build()
    assert "html/en/both.html" in names(whole)
    # Named by hand, the document is published, and says what is missing.
    documents = project / "docs" / "pages"
    write_pages([(fixture, verify(fixture))], out=out, packages={}, versions={}, documents=documents)
    assert "functions/other: This subject was not part of the run." in (out / "wiki/both.en.md").read_text("utf-8")


# ------------------------------------------------------------------------------------ what stops the build


@pytest.mark.parametrize(
    ("page", "line", "problem"),
    [
        ("```verdict functions/twice\none\n\nthre\n```\n", 6, "there is no case 'thre' in functions/twice"),
        (
            "```verdict functions/twise\n```\n",
            3,
            "there is no subject functions/twise; did you mean 'functions/twice'?",
        ),
        ("```verdict\n```\n", 3, "verdict needs the name of a subject"),
        ("```code functions/twice\none\n```\n", 4, "'one' in code, which takes no lines"),
        ("```console functions/twice\nthree\n```\n", 4, "there is no case 'three'"),
        ("```gradients functions/twice\n```\n", 3, "no gradient is checked in functions/twice"),
        ("```trajectory functions/twice\none\n```\n", 3, "there is no trajectory in functions/twice, one"),
        ("```plot functions/twice\ncase: one\n```\n", 3, "a plot without a line `call: ...`"),
        ("```plot functions/twice\ncase: one\ncall: call\nvalue: z\n```\n", 3, "gives no matrix z"),
        ("```plot functions/twice\ncase: one\ncall: call\nvalue: y\nextend: 1\n```\n", 3, "'extend: 1' in a plot"),
        ("```table functions/twice\n| a |\n```\n", 3, "a table without `case: ...` on its first line"),
        ("```table functions/twice\ncase: one\n| a | b |\n|---|---|\n| 1 |\n```\n", 3, "do not fit its head"),
        ("```table functions/twice\ncase: one\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n", 3, "a, names no number"),
        ("```table functions/twice\ncase: one\n| step | b |\n|---|---|\n| 1 | 2 |\n```\n", 3, "without a trajectory"),
        ("```python-session\n1 + 1\n\n1 / 0\n```\n", 6, "'1 / 0' fails: ZeroDivisionError: division by zero"),
        ('```r-session\nx <- 1\nstop("no")\n```\n', 5, "'stop(\"no\")' fails: Error: no"),
        ("```r-session\nx <- c(1,\n```\n", 3, "its last expression is unfinished"),
        ("```python-session\nx = [1,\n```\n", 3, "the Python lines end inside an unfinished expression"),
        ("```python-session\nquit()\n```\n", 3, "the Python console stopped"),
        ("```python-session raises\n1 + 1\n```\n", 3, "marked as `raises`, but no line of it fails"),
        ("```python-session raise\n1 / 0\n```\n", 3, "'raise' behind python-session; expected nothing, or raises"),
        ("```julia-session\n1\n```\n", 3, "there is no julia-session"),
        ("```python-session\nimport os\nos.getcwd() + '/'\n```\n", 5, "prints a path of this machine"),
        ("```r-session\npaste0(tempdir(), '/')\n```\n", 4, "prints a path of this machine"),
        ("[a](javascript:alert(1))\n", 3, "a link to javascript:alert"),
        ("text\n\n[a]: JavaScript:alert(1)\n\nto [a]\n", 7, "a link to JavaScript:alert"),
        ("<a href='&#106;avascript:alert(1)'>x</a>\n", 3, "a link to"),
        ("![a](data:image/svg+xml;base64,PHN2Zz4=)\n", 3, "a link to data:image"),
    ],
)
def test_a_page_that_is_wrong_stops_the_build_and_says_where(
    build: Build, project: Path, tmp_path: Path, page: str, line: int, problem: str
) -> None:
    path = project / "docs" / "pages" / "wrong.md"
    path.write_text(f"# Wrong\n\n{page}")
    with pytest.raises(PagesError, match=re.escape(f"{path}, line {line}: ")) as stopped:
        build()
    assert problem in str(stopped.value)
    assert not names(tmp_path / "site")


def test_the_page_of_a_subject_is_held_to_the_same(build: Build, project: Path) -> None:
    path = project / "fixtures" / "functions" / "twice.md"
    path.write_text("# Twice\n\n```verdict\nthree\n```\n")
    with pytest.raises(PagesError, match=r"twice\.md, line 4: verdict: there is no case 'three'"):
        build()


def test_every_directive_has_its_function() -> None:
    assert set(Directives([], ())._kinds) == set(DIRECTIVES)


def test_an_error_that_is_meant_stands_on_the_page_without_the_machine(build: Build, project: Path) -> None:
    (project / "fixtures/functions/own.py").write_text("def fail():\n    raise ValueError('meant')\n")
    (project / "docs/pages/errors.md").write_text(
        "# Errors\n\n```python-session raises\nfrom own import fail\nfail()\nimport numpy as np\n"
        "np.zeros(2) @ np.zeros(3)\n```\n\n```r-session raises\nstop('meant')\n```\n"
    )
    page = (build() / "wiki/errors.en.md").read_text("utf-8")
    assert "  File \"own.py\", line 2, in fail\n    raise ValueError('meant')\nValueError: meant\n" in page
    assert "> stop('meant')\nError: meant\n" in page
    assert str(project) not in page
    assert "site-packages" not in page


def test_no_page_can_leave_out_a_verdict(build: Build, project: Path) -> None:
    (project / "fixtures/functions/twice.R").write_text("twice <- function(x) x + 1\n")
    (project / "fixtures/functions/twice.md").write_text("# Twice\n\n```verdict\none\n```\n\nIt is fine.\n")
    page = (build() / "wiki/functions-twice.en.md").read_text("utf-8")
    assert "# Twice\n\nTwice the input\n\n✗ disagree" in page
    assert "It is fine.\n\n## Verdict\n\n<details open>\n<summary><b>two</b> ✗ disagree" in page


def test_a_page_shows_what_its_directives_name(build: Build, project: Path) -> None:
    (project / "fixtures/functions/twice.md").write_text(
        "# Twice\n\n```console\ntwo\n```\n\n```verdict\ntwo\n```\n\nThen the others.\n\n```verdict\n```\n"
    )
    page = (build() / "wiki/functions-twice.en.md").read_text("utf-8")
    assert "The lines of the case **two**" in page
    assert "x = np.array([0.5])" in page
    before, after = page.split("Then the others.")
    assert "<b>two</b>" in before
    assert "<b>one</b>" not in before
    assert "<b>one</b>" in after
    assert "<b>two</b>" not in after


def test_only_plain_links_are_links_in_html() -> None:
    for address in ("http://a.b/c", "https://a.b", "mailto:me@a.b", "page#part", "a/b:c", "#top", "/x"):
        assert f'href="{address}"' in to_html(f"[a]({address})\n", {})
    for address in (
        "javascript:x",
        "JAVASCRIPT:x",
        "java&#10;script:x",
        "vbscript:x",
        "data:text/html,x",
        "file:///x",
        "ftp:x",
    ):
        assert "href" not in to_html(f"[a]({address}) <{address}>\n", {})
        assert "src" not in to_html(f"![a]({address})\n", {})


# ------------------------------------------------------------------------------------------- the folder


def test_the_pages_of_a_subject_that_is_gone_go_too(build: Build, project: Path) -> None:
    text = (project / "fixtures/functions/twice.json").read_text()
    (project / "fixtures/functions/other.json").write_text(text)
    site = build()
    before = names(site)
    assert "html/en/functions-other.html" in before
    (site / "wiki" / "Mine.md").write_text("mine")
    (site / "wiki" / "functions-other.en.md").write_text("changed by hand")
    (project / "fixtures/functions/other.json").unlink()
    after = names(build())
    # What somebody has changed since is hers.
    assert before - after == {"html/en/functions-other.html"}
    assert after - before == {"wiki/Mine.md"}


def test_a_manifest_reaches_nothing_outside_the_folder(build: Build, project: Path, tmp_path: Path) -> None:
    site = build()
    outside = tmp_path / "precious.txt"
    outside.write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("mine")
    (site / "linked").symlink_to(tmp_path / "elsewhere")
    digest = "05ef5d7ff0f6b8d3bd3a9c1bcb1c3c3b3a2f8a43d8c8a4f8a0e1f0c3c9f4f9b1"
    for name in ("../precious.txt", str(outside), "linked/a.txt"):
        entries = {name: files_module.hashlib.sha256(b"mine").hexdigest(), "other": digest}
        (site / MANIFEST).write_text(json.dumps({"files": entries}))
        build()
    assert outside.read_text() == "mine"
    assert (tmp_path / "elsewhere" / "a.txt").read_text() == "mine"
    (site / MANIFEST).write_text("[")
    build()
    assert "index.html" in json.loads((site / MANIFEST).read_text())["files"]


def test_only_regular_files_are_replaced(build: Build, tmp_path: Path) -> None:
    site = build()
    (site / "index.html").unlink()
    os.mkfifo(site / "index.html")
    before = {name: (site / name).stat().st_mtime_ns for name in names(site)}
    with pytest.raises(PagesError, match=r"index\.html is no regular file"):
        build()
    assert {name: (site / name).stat().st_mtime_ns for name in names(site)} == before
    (site / "index.html").unlink()
    (site / "index.html").symlink_to(tmp_path / "target")
    with pytest.raises(PagesError, match=r"index\.html is no regular file"):
        build()


OLD = {"a.md": "old a", "deep/b.md": "old b", "gone.md": "old gone"}
NEW = {"a.md": "new a", "deep/b.md": "new b", "new/c.md": "new c", "d.md": "new d"}


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("step", range(9))
@pytest.mark.parametrize("which", ["replace", "write_bytes", "unlink", "mkdir", "link"])
def test_a_disk_that_fills_up_at_any_step_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str, step: int
) -> None:
    out = tmp_path / "out"
    with staging(out) as stage:
        put(OLD, stage, out)
    before = contents(out)
    owner = Path if which in ("write_bytes", "unlink", "mkdir") else os
    real = getattr(owner, which)
    count = 0

    def full(*arguments: object, **more: object) -> object:
        nonlocal count
        count += 1
        if count - 1 == step:
            if which == "write_bytes":
                real(arguments[0], b"trunc")
            raise OSError(28, "No space left on device")
        return real(*arguments, **more)

    problem = ""
    with staging(out) as stage, monkeypatch.context() as patch:
        patch.setattr(owner, which, full)
        try:
            put(NEW, stage, out)
        except PagesError as error:
            problem = str(error)
    if problem:
        assert "No space left on device" in problem
        assert contents(out) == before
        assert not (out / "new").exists()
    else:
        # There was no such step; a link that cannot be made is a copy.
        assert count <= step or which == "link"
        assert {n: t for n, t in contents(out).items() if n != MANIFEST} == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["out"]

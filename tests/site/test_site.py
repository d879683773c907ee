"""The site of a course, opened from disk in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from parity.reports.pages.files import PagesError
from parity.reports.pages.labels import LANGUAGES
from parity.reports.site.settings import settings_of
from parity.reports.site.theme_words import THEME
from tests.site.conftest import parity_pages

Visit = Callable[..., Page]
# A telephone, a tablet, and the windows of laptops, in which the contents of a page have a column of their own or not.
WIDTHS = (390, 768, 1280, 1366, 1440)


def html_files(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.glob("*/*.html"))


def copied(course: Path, folder: Path) -> Path:
    """Her course, before any page was written."""
    project = folder / "course"
    shutil.copytree(course, project)
    shutil.rmtree(project / "pages")
    return project


class Links(HTMLParser):
    """The addresses and the names in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.names.add(value)
            elif name in ("href", "src") and value and tag != "use":
                self.addresses.append(value)


def test_it_has_her_title_her_groups_and_nothing_of_ours(site: Path, visit: Visit) -> None:
    page = visit("en/index.html")
    assert page.title().endswith("My course")
    assert page.locator(".sidebar-tree .caption").all_inner_texts() == ["BEGIN", "TO READ", "SUBJECTS"]
    assert "나의 강의" in visit("ko/index.html").title()
    for name in html_files(site):
        text = (site / name).read_text("utf-8").lower()
        assert not any(ours in text for ours in ("deepscratch", "affine", "from scratch")), name


def test_the_lines_of_a_case_find_her_files(course: Path, visit: Visit) -> None:
    """R's file lies above the fixtures' folder, in which the lines are typed."""
    typed = visit("en/center.html").locator("pre.rconsole").first.inner_text()
    assert 'source("../port.R", chdir = TRUE)' in typed
    assert "Error" not in typed


def test_a_subject_leads_to_its_files(visit: Visit) -> None:
    page = visit("en/center.html")
    links = page.locator("a", has=page.locator("code"))
    assert links.evaluate_all("all => all.map(one => [one.innerText, one.href])") == [
        [name, f"https://example.org/course/blob/main/{name}"] for name in ("port.py", "port.R", "fixtures/center.json")
    ]


@pytest.mark.parametrize(("language", "words"), [("en", "a course, week 3"), ("ko", "강의 3주")])
def test_a_subject_leads_to_its_source_once(visit: Visit, language: str, words: str) -> None:
    links = visit(f"{language}/center.html").get_by_role("link", name=words, exact=True)
    assert links.evaluate_all("all => all.map(one => one.href)") == ["https://example.org/course/3"]


RD = r"""\name{mine-center}
\alias{center}
\alias{center.more}
\title{Columns with mean 0}
\description{
\deqn{out = x - \bar{x}}{out = x - mean(x)} as \code{\link[base:sweep]{sweep()}} or \code{\link{center.more}} has it.
}
"""


def test_without_addresses_the_site_brings_files_and_help_along(course: Path, browser: Browser, tmp_path: Path) -> None:
    project = copied(course, tmp_path)
    settings = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(re.sub(r"(?m)^files = .*\n", "", settings).replace('["welcome"]', "[]"))
    package = project / "mine"
    for name in ("R", "man"):
        (package / name).mkdir(parents=True)
    (package / "DESCRIPTION").write_text("Package: mine\nVersion: 1.0\nTitle: Mine\n")
    (package / "NAMESPACE").write_text("export(center)\n")
    (package / "man" / "mine-center.Rd").write_text(RD)
    (package / "R" / "center.R").write_text((project / "port.R").read_text())
    fixture = (project / "fixtures" / "center.json").read_text("utf-8")
    fixture = fixture.replace('"r": "center"', '"r": "mine::center"').replace('"r_source": ["../port.R"], ', "")
    (project / "fixtures" / "center.json").write_text(fixture, "utf-8")
    done = parity_pages(project, "fixtures/center.json", "--lang", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    site = project / "pages" / "site"
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for words, said in (
        ("port.py", "def center(x):\n    return x - x.mean(axis=0)"),
        ("mine/R/center.R", "center <- function(x) sweep(x, 2, colMeans(x))"),
        ("fixtures/center.json", '"mine::center"'),
        ("R's help page", "out = x - mean(x)"),
    ):
        page.goto((site / "en" / "center.html").as_uri())
        page.get_by_role("link", name=words, exact=True).click()
        assert said in page.locator("body").inner_text()
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.get_by_role("link").all_inner_texts() == ["center.more"]
    assert [address for address in asked if not address.startswith("file://")] == []
    page.close()


def test_a_page_without_a_heading_and_one_with_odd_ones(visit: Visit) -> None:
    assert visit("en/plain.html").locator("h1").inner_text().startswith("plain")
    page = visit("en/odd.html")
    assert page.locator("h1").inner_text().startswith("- 1. Odd x | y_ :z: \\")
    assert page.locator("h2").first.inner_text().startswith("1. First")
    assert page.locator("h3").first.inner_text().startswith("Deep")


def test_from_one_page_to_the_next(visit: Visit) -> None:
    page = visit("en/welcome.html")
    assert page.locator("a.next-page .title").inner_text() == "Only in English"
    page.locator("a.next-page").click()
    assert page.url.endswith("/en/alone.html")
    page.locator("a.prev-page").click()
    assert page.url.endswith("/en/welcome.html")
    page.get_by_role("link", name="center", exact=True).first.click()
    assert page.url.endswith("/en/center.html")


def test_the_first_page_lists_what_is_to_be_read_by_its_groups_and_breaks_no_number(visit: Visit) -> None:
    page = visit("en/index.html")
    main = page.locator("article[role=main]")
    assert main.locator(".caption").all_inner_texts() == ["BEGIN", "TO READ"]
    assert main.locator(".toctree-wrapper a").all_inner_texts()[0] == "Welcome"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        cell = main.locator("td", has_text="12,006")
        lines = cell.evaluate(
            "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length }"
        )
        assert lines == 1, width


def test_two_consoles_stand_beside_each_other_where_there_is_room(visit: Visit) -> None:
    page = visit("en/welcome.html")
    for width, beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 900})
        python, r = (page.locator(".pair").first.locator(".side").nth(number).bounding_box() for number in (0, 1))
        assert python is not None
        assert r is not None
        assert (r["y"] == python["y"]) is beside


def test_a_subject_says_where_it_is_read_about(visit: Visit) -> None:
    page = visit("en/center.html")
    page.locator("p", has_text="Read about it in").get_by_role("link", name="Welcome").click()
    assert page.url.endswith("/en/welcome.html")
    # The other language's document names no subject.
    assert visit("ko/center.html").locator("p", has_text="이 대상을 다루는 글").count() == 0


def test_the_contents_of_a_page_lead_to_its_parts(visit: Visit) -> None:
    page = visit("en/welcome.html", 1600)
    page.locator(".toc-tree a", has_text="Zebras").click()
    assert page.url.endswith("/en/welcome.html#zebras")


@pytest.mark.parametrize(
    ("language", "words", "title"),
    [
        ("en", "zebra", "Welcome"),
        ("ko", "편향", "어서 오세요"),
        ("ko", "역전파", "어서 오세요"),
        ("ko", "얼룩말", "어서 오세요"),
    ],
)
def test_search_finds(visit: Visit, language: str, words: str, title: str) -> None:
    page = visit(f"{language}/center.html")
    page.locator("input[name=q]").first.fill(words)
    page.locator("input[name=q]").first.press("Enter")
    page.locator("#search-results ul.search li a").first.wait_for()
    assert title in " ".join(page.locator("#search-results ul.search li a").all_inner_texts())


def test_search_finds_nothing_where_there_is_nothing(visit: Visit) -> None:
    page = visit("ko/center.html")
    page.locator("input[name=q]").first.fill("코끼리")
    page.locator("input[name=q]").first.press("Enter")
    page.locator("#search-results p.search-summary").wait_for()
    page.wait_for_timeout(500)
    assert page.locator("#search-results ul.search li a").count() == 0


def test_the_other_language_is_the_same_page(visit: Visit) -> None:
    page = visit("en/center.html")
    page.locator(".parity-languages a", has_text="한국어").click()
    assert page.url.endswith("/ko/center.html")
    assert page.locator("html").get_attribute("lang") == "ko"
    page.locator(".parity-languages a", has_text="English").click()
    assert page.url.endswith("/en/center.html")
    # A page without a translation leads to the index of the other language.
    page = visit("en/alone.html")
    page.locator(".parity-languages a").click()
    assert page.url.endswith("/ko/index.html")


def test_nothing_overflows_and_no_code_is_cut_off(site: Path, visit: Visit) -> None:
    wide = """(of) => [document.documentElement.scrollWidth > document.documentElement.clientWidth ? 'the page' : '',
        ...[...document.querySelectorAll(of)].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)]
        .filter(Boolean)"""
    for name in html_files(site):
        page = visit(name)
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # A table of nine columns moves within its frame on a small window, and on no other.
            assert page.evaluate(wide, "pre, .scroll" if width == 1280 else "pre") == [], (name, width)
        page.close()


def test_the_theme_speaks_the_language_of_the_page(site: Path) -> None:
    """All of its words are there in English, so that a theme that says something else is noticed."""
    both = {name: (site / name).read_text("utf-8") for name in html_files(site) if "index" not in name}
    english, korean = ("".join(text for name, text in both.items() if name[:2] == code) for code in ("en", "ko"))
    assert [words for words in THEME["ko"] if words not in english] == []
    assert [words for words in THEME["ko"] if words in korean] == []
    assert [words for words in THEME["ko"].values() if words not in korean] == []


def test_the_plain_pages_cut_off_nothing_either_and_begin_each_block_at_its_edge(
    course: Path, browser: Browser
) -> None:
    wide = "[...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    page = browser.new_page()
    for place in sorted((course / "pages" / "html").glob("*/*.html")):
        page.goto(place.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(wide) == 0, (place.name, width)
        starts = """[...document.querySelectorAll('pre > code')].map(e =>
            [...e.getClientRects()][0].left - e.parentElement.getBoundingClientRect().left)"""
        assert len(set(page.evaluate(starts))) <= 1, place.name
    page.close()


def test_a_block_is_copied_without_its_prompts(visit: Visit) -> None:
    page = visit("en/welcome.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("div.highlight").first.hover()
    page.locator("button.copybtn").first.click()
    page.wait_for_timeout(300)
    assert page.evaluate("navigator.clipboard.readText()").strip() == "import numpy as np\nnp.arange(3) * 2"


def test_no_link_is_dead_and_none_leaves_unasked(site: Path) -> None:
    pages = {name: Links((site / name).read_text("utf-8")) for name in html_files(site)}
    dead = []
    for name, links in pages.items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https"):
                # Her repository, the files in it, the source of a fixture, and the theme's name in the foot.
                if address != "https://github.com/pradyunsg/furo" and not address.startswith(
                    "https://example.org/course"
                ):
                    dead.append((name, address))
                continue
            if parts.scheme or name.endswith(("genindex.html", "search.html")):
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            if not target.exists():
                dead.append((name, address))
            elif parts.fragment and target.suffix == ".html":
                known = pages[target.resolve().relative_to(site.resolve()).as_posix()].names
                if unquote(parts.fragment) not in known:
                    dead.append((name, address))
    assert dead == []


@pytest.mark.parametrize(
    "name", ["en/index.html", "en/welcome.html", "en/alone.html", "ko/center.html", "en/long.html"]
)
def test_axe_finds_nothing_serious(visit: Visit, name: str) -> None:
    page = visit(name)
    found = Axe().run(page, options={"preload": False}).response["violations"]
    serious = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found
               if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert serious == []


def test_a_failure_leads_its_page(course: Path, tmp_path: Path) -> None:
    project = copied(course, tmp_path)
    (project / "port.R").write_text(
        (project / "port.R").read_text().replace("sweep(x, 2, colMeans(x))", "x - colMeans(x)")
    )
    done = parity_pages(project)
    assert done.returncode == 1, done.stdout + done.stderr
    text = (project / "pages" / "site" / "en" / "center.html").read_text("utf-8")
    assert text.index("Cause:") < text.index("The code")


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("titel = 'x'", "has titel; expected one of title, repository"),
        ("title = 3", "title is 3; expected a text, or a text for each language"),
        ("repository = 'ftp://x'", "expected an address that begins with https://"),
        ("files = 'https://example.org/main'", "expected an address that begins with https:// and has {path} in it"),
        ("help = 'https://x/{topic}/{other}'", "expected an address that begins with https:// and has {topic} in it"),
        ("sources = [{words = 'x'}]", "sources[0] is {'words': 'x'}; expected words and address, both texts"),
        ("sources = [{words = '(', address = 'https://x'}]", "sources[0]: missing )"),
        (
            "sources = [{words = 'x', address = 'https://x/\\1'}]",
            "expected a regular expression, and in the address the",
        ),
        ("sources = [{words = 'x', address = 'x'}]", "sources[0].address is 'x'; expected an address that begins with"),
        ("sources = 3", "sources is 3; expected [[tool.parity.pages.sources]], once for each"),
        ("folders = 3", "folders is 3; expected a table"),
        ("groups = [{title = 'x'}]", "groups[0] has no list of pages"),
        ("title = ", "pyproject.toml: "),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, table: str, problem: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.parity.pages]\n{table}\n", "utf-8")
    with pytest.raises(PagesError) as raised:
        settings_of(tmp_path, LANGUAGES)
    assert problem in str(raised.value)


def test_a_mistake_in_the_settings_ends_the_command(course: Path, tmp_path: Path) -> None:
    project = copied(course, tmp_path)
    (project / "pyproject.toml").write_text("[tool.parity.pages]\ntitle = 3\n", "utf-8")
    done = parity_pages(project)
    assert done.returncode == 2
    assert "title is 3; expected a text, or a text for each language" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_in_a_group_that_there_is_not_is_named(course: Path, tmp_path: Path) -> None:
    project = copied(course, tmp_path)
    settings = (project / "pyproject.toml").read_text("utf-8")
    for names, status in ((["welcome", "center", "a_function"], 0), (["welcome", "centre"], 2)):
        (project / "fixtures" / "a_function.json").write_text((project / "fixtures" / "long.json").read_text("utf-8"))
        (project / "pyproject.toml").write_text(settings.replace('["welcome"]', str(names)), "utf-8")
        # A page of the project that is no part of the run is one all the same.
        done = parity_pages(project, "fixtures/center.json")
        assert done.returncode == status, done.stderr
    assert "has the page 'centre' in a group, and there is none" in done.stderr
    assert "such as 'center'" in done.stderr


def test_what_is_not_a_site_is_left_alone(course: Path, tmp_path: Path) -> None:
    project = copied(course, tmp_path)
    (project / "pages" / "site").mkdir(parents=True)
    (project / "pages" / "site" / "mine.txt").write_text("mine")
    done = parity_pages(project)
    assert done.returncode == 2
    assert "has something else in it" in done.stderr
    assert (project / "pages" / "site" / "mine.txt").read_text() == "mine"


def test_the_next_site_keeps_what_she_put_beside_it_and_no_page_that_is_gone(course: Path, tmp_path: Path) -> None:
    project = tmp_path / "course"
    shutil.copytree(course, project)
    site = project / "pages" / "site"
    (site / "CNAME").write_text("course.example.org\n")
    (site / "en" / "notes").mkdir()
    (site / "en" / "notes" / "mine.pdf").write_bytes(b"mine")
    (project / "docs" / "pages" / "alone.en.md").unlink()
    assert (site / "en" / "alone.html").is_file()
    for _ in range(2):
        done = parity_pages(project)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (site / "CNAME").read_text() == "course.example.org\n"
        assert (site / "en" / "notes" / "mine.pdf").read_bytes() == b"mine"
        assert not (site / "en" / "alone.html").exists()
        assert (site / "en" / "welcome.html").is_file()


def test_without_sphinx_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from parity.reports import site as module
    from parity.reports.pages import Book, PagesError

    monkeypatch.setattr(module, "SPHINX", "sphinx_that_is_not_there")
    with pytest.raises(PagesError, match=r"parity-r\[site\]"):
        module.build_site(Book([], {}, {"en": "English"}, [], []), module.Settings(), out=tmp_path / "site")
    assert not (tmp_path / "site").exists()

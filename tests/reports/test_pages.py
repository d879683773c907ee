"""The pages: what was run stands on them, text stays text, links lead somewhere, nothing is half written."""

from __future__ import annotations

import html
import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from parity.consoles.case_lines import session_lines
from parity.consoles.python_console import python_session
from parity.consoles.r_console import r_plans, r_session
from parity.consoles.transcript import ConsoleError, Transcript
from parity.diagnose.search import AGAIN, ALONE
from parity.evidence.blame import ALIKE, BOTH, EXPECTED, NOTHING_SHOWN, REFEREE, UNKNOWN
from parity.evidence.compare import Comparison, compare
from parity.evidence.differentiation import GradientCheck
from parity.evidence.finding import Finding
from parity.fixture.model import Call, Case, Fixture, Tolerance
from parity.reports import pages as pages_module
from parity.reports.pages import WIDTH, PagesError, write_pages
from parity.reports.pages.documents import Document, read_documents
from parity.reports.pages.html import code_html, title_of, to_html
from parity.reports.pages.labels import LABELS
from parity.reports.pages.markdown import code, fence, pair, stacked_where_wide, table, text
from parity.reports.pages.mathml import mathml
from parity.reports.pages.sources import python_source, r_definitions, r_source
from parity.reports.pages.tables import case_table, failures, gradient_summary, gradient_table, known_difference, share
from parity.verify.results import CaseResult, FixtureResult, ValueResult

PYTHON = '''
import numpy as np

UNUSED = 1
LIMIT = 2


# A comment that belongs to it.
def clip(x):
    """Not on the page."""
    return np.minimum(x, LIMIT)


class Scale:
    """Not on the page either."""

    def __init__(self, k):
        """Nor this."""
        self.k = k

    def forward(self, x):
        text = """this string stays"""
        return clip(x) * self.k

    def empty(self):
        """Only words."""
'''
R = """
#' Not on the page
#' @export
Scale.forward <- function(k,
                          x)
{
  note <- "a } brace and a # sign" # and a } here
  list(out = clip(x) * k)
}

# A plain comment stays.
clip <- function(x) {
  #' not this
  pmin(x, 2)
}

other <- 1
"""

HOSTILE = (
    "<script>alert(1)</script> </td></tr></table> | a | b | ``` `code` ``ticks`` $$x$$ $y$ "
    "[link](javascript:alert(1)) ![image](http://example.org/a.png) <http://example.org> &copy; \\ *bold* _under_ # h"
)
HOSTILE_LINES = "# heading\n\n- item\n\n    code\n\n</td></tr>\n</table>\n\n```\nopen fence\n"


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "port"
    folder.mkdir()
    # A name of its own for each test: what has been imported once stays imported.
    module = f"scales_{abs(hash(str(tmp_path)))}"
    (folder / f"{module}.py").write_text(PYTHON)
    (folder / "port.R").write_text(R)
    (folder / "module").write_text(module)
    return folder


def fixture(port: Path, name: str = "layers/scale", **more: object) -> Fixture:
    module = (port / "module").read_text()
    calls = (Call("forward", {"x": np.array([[1.0, 2.5, -3.0]])}, returns=("out",)),)
    case = Case("small", {"k": 1.5}, calls, Tolerance(1e-12, 1e-13))
    made = Fixture(
        port / "scale.json", name, {"en": "A scale", "ko": "비율"}, {"en": "a book", "ko": "어느 책"},
        f"{module}:Scale", "Scale", (case,),
        r_source=(port / "port.R",),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def compared(name: str, comparison: Comparison) -> Finding:
    return Finding(
        "agreement", "python-r", "r", comparison.ok, 0, "forward", name, count=comparison.count, comparison=comparison
    )


def gradient(check: GradientCheck) -> Finding:
    return Finding(
        "gradient", "gradient-python", "python", check.ok, call="backward", value=check.gradient, check=check
    )


def result(of: Fixture, *, r: Sequence[float] = (1.5, 3.0, -4.5), divergence: str | None = None) -> FixtureResult:
    """As a verification would find it, by hand."""
    comparison = compare(np.array([[1.5, 3.0, -4.5]]), np.array([r]), rtol=1e-12, atol=1e-13)
    wrong = {} if comparison.ok else {"blame": "r", "index": (0, 1), "numbers": {"python": 3.0, "r": r[1]}}
    value = ValueResult("forward", "out", (compared("out", comparison),), **wrong)  # type: ignore[arg-type]
    check = GradientCheck(
        of="out", wrt="x", gradient="dx", ok=True, reason=None, message="", checked=17, kinks=4, directions=0,
        analytic=1.5, numeric=1.5, error=3.25e-12, allowed=1e-8, index=(0, 1), step=1e-3, evaluations=12,
    )  # fmt: skip
    case = CaseResult(
        of.cases[0].id, value.ok or divergence is not None, (gradient(check),), (value,),
        divergence=divergence, divergence_reason={"en": "It was printed so.", "ko": "그렇게 인쇄되었다."},
    )  # fmt: skip
    return FixtureResult(of.path, of.name, of.about, (case,))


def write(out: Path, *fixtures: Fixture, **more: object) -> Path:
    results = [(f, result(f)) for f in fixtures]
    arguments: dict[str, object] = {
        "packages": {},
        "languages": ("ko", "en"),
        "versions": {"Python": "3.99", "R": "9.9"},
        **more,
    }
    write_pages(results, out=out, **arguments)  # type: ignore[arg-type]
    return out


def files(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): p.read_text("utf-8") for p in sorted(out.rglob("*")) if p.is_file()}


class Reader(HTMLParser):
    """A page as a browser meets it: tags, links and text, and whether the tags are balanced."""

    VOID = ("meta", "link", "br", "hr", "img", "wbr")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str | None] = []
        self.links: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.balanced = True
        self.feed(page)
        self.balanced = self.balanced and not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self._open) and self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


# ------------------------------------------------------------------------------------------------ whole pages


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for language, title in (("en", "A chapter"), ("ko", "한 장")):
        (folder / f"chapter.{language}.md").write_text(
            f"# {title}\n\nProse with *stress*.\n\n```python-session\na = 20 + 1\n```\n\n```r-session\na <- 20 + 1\n"
            "f <- function(x) {\n  x + 1\n}\n```\n\n## Twice\n\nMore.\n\n```python-session\na * 2\n```\n\n"
            "```r-session\na * 2\nf(a)\n```\n\n## Twice\n\n```verdict layers/scale\nsmall\n```\n\n"
            "```code layers/scale\n```\n\n```text\n<kept> as it is\n```\n"
        )
    return folder


def test_every_page_is_there_in_both_languages_and_formats_and_links_lead_somewhere(
    port: Path, documents: Path, tmp_path: Path
) -> None:
    out = write(tmp_path / "out", fixture(port), fixture(port, "functions/scale"), documents=documents)
    names = {"layers-scale", "functions-scale", "chapter"}
    wiki = {f"wiki/{name}.{language}.md" for name in (*names, "Home") for language in ("ko", "en")}
    pages = {f"html/{language}/{name}.html" for name in (*names, "index") for language in ("ko", "en")}
    written = files(out)
    ours = {".parity-pages.json", "wiki/Home.md", "wiki/_Sidebar.md", "index.html", "html/style.css"}
    assert set(written) == {*wiki, *pages, *ours}
    for name, content in written.items():
        folder = (out / name).parent
        if name.endswith(".html"):
            page = Reader(content)
            assert page.balanced, name
            assert "script" not in page.tags
            assert len(page.ids) == len(set(page.ids)), name
            for link in page.links:
                assert (folder / unquote(link)).is_file(), (name, link)
            others = {link for link in page.links if "html" in link}
            assert others, name
        elif name.endswith(".md"):
            links = re.findall(r"\]\(([^)]*)\)", content)
            assert links, name
            for link in links:
                assert (folder / f"{link}.md").is_file(), (name, link)
    for page in ("index.html", "html/en/index.html", "html/ko/index.html"):
        links = Reader(written[page]).links
        assert sum("layers-scale.html" in link for link in links) == (2 if page == "index.html" else 1)


def test_one_language_alone(port: Path, documents: Path, tmp_path: Path) -> None:
    written = files(write(tmp_path / "out", fixture(port), documents=documents, languages=("en",)))
    assert not [name for name in written if "ko" in name.split("/") or ".ko." in name]
    assert "한국어" not in "".join(written.values())
    assert "A scale" in written["html/en/layers-scale.html"]


def test_what_was_run_stands_on_the_page_to_the_letter_in_both_formats(port: Path, tmp_path: Path) -> None:
    one = fixture(port)
    watch = [["x = [1, 2, 3]", "x[-1]"], ["x <- 1:3", "x[-1]"]]
    (port / "scale.md").write_text(
        "# Scale\n\n```console\n```\n\nMind the end.\n\n```python-session\nx = [1, 2, 3]\nx[-1]\n```\n\n"
        "```r-session\nx <- 1:3\nx[-1]\n```\n"
    )
    out = write(tmp_path / "out", one)
    python, r = session_lines(one, one.cases[0], plans=r_plans([(one, one.cases[0])])[0])
    shown = [
        *python_session([python, watch[0]], directories=[port, port], width=WIDTH),
        *r_session([r, watch[1]], directories=[port, port], width=WIDTH),
    ]
    assert "[[ 1.5,  3. , -4.5]]" in shown[0].text
    assert shown[1].text.endswith("3\n")
    assert "[1,]  1.5    3 -4.5" in shown[2].text
    for language in ("en", "ko"):
        markdown = (out / f"wiki/layers-scale.{language}.md").read_text("utf-8")
        blocks = re.findall(r"```(?:pycon|rconsole)(?: case)?\n(.*?)\n```", markdown, re.DOTALL)
        assert sorted(blocks) == sorted(t.text.rstrip("\n") for t in shown)
        page = (out / f"html/{language}/layers-scale.html").read_text("utf-8")
        rendered = re.findall(
            r'<pre class="code (?:pycon|rconsole)(?: case)?"[^>]*><code>(.*?)</code></pre>', page, re.DOTALL
        )
        plain = [html.unescape(re.sub(r"<[^>]+>", "", block)) for block in rendered]
        assert sorted(plain) == sorted(blocks)


def test_the_page_says_what_the_verification_found(port: Path, tmp_path: Path) -> None:
    (port / "scale.en.md").write_text(
        "# Scale\n\n```math\n\\mathrm{out} = k x\n```\n\n```verdict\nsmall\n```\n\nA note.\n\n```gradients\n```\n"
    )
    (port / "scale.ko.md").write_text("# Scale\n\n```math\n\\mathrm{out} = k x\n```\n")
    written = files(write(tmp_path / "out", fixture(port)))
    markdown = written["wiki/layers-scale.en.md"]
    assert "✓ agree · cases: 1, elements compared: 3" in markdown
    line = "<b>small</b> ✓ agree · 3 elements compared, largest difference 0 · 1 gradients checked"
    assert f"<details>\n<summary>{line}</summary>\n\n| Call |" in markdown
    assert "| `forward` | `out` | ✓ agree | 3 | 0 | 0 | – | 0% | – |" in markdown
    assert "| Python | `dx` = ∂`out`/∂`x` | ✓ agree | 17 | 4 | 3.3e-12 | 1e-08 |" in markdown
    assert "| `dx` = ∂`out`/∂`x` | Python | ✓ agree | 1 | 17 | 4 | &lt;0.1% | small |" in markdown
    assert "rtol 1e-12, atol 1e-13" in markdown
    assert "Python 3.99, R 9.9" in markdown
    assert "a book" in markdown
    assert "</details>\n\nA note.\n" in markdown
    assert "```math\n\\mathrm{out} = k x\n```" in markdown
    page = written["html/ko/layers-scale.html"]
    assert '<html lang="ko">' in page
    assert '<span class="verdict agrees">✓ 일치</span>' in page
    assert "<math" in page
    assert '<mi mathvariant="normal">out</mi>' in page


def test_a_disagreement_and_a_known_one_are_said_in_words(port: Path, tmp_path: Path) -> None:
    one = fixture(port)
    two = fixture(port, "layers/printed")
    results = [(one, result(one, r=(1.5, 9.0, -4.5))), (two, result(two, r=(1.5, 9.0, -4.5), divergence="slip"))]
    write_pages(results, out=tmp_path, packages={}, versions={}, languages=("en",))
    wrong = (tmp_path / "wiki/layers-scale.en.md").read_text("utf-8")
    assert "<details open>\n<summary><b>small</b> ✗ disagree ·" in wrong
    assert "| `forward` | `out` | ✗ disagree | 3 | 6 |" in wrong
    assert "`[0, 1]` · `[1, 2]`" in wrong
    told = "- `forward` `out[0, 1]` (R: `out[1, 2]`): Python `3`, R `9`. **R is wrong**. Off by 6, allowed "
    assert f"\n\n{told}9.1e-12; 1 of 3 elements differ.\n\n" in wrong
    known = (tmp_path / "wiki/layers-printed.en.md").read_text("utf-8")
    assert "| `forward` | `out` | ≠ known difference |" in known
    assert "A known difference: It was printed so. It is expected and checked" in known
    assert "<details open" not in known
    home = Reader((tmp_path / "html/en/index.html").read_text("utf-8")).text
    assert "✗ disagree" in home
    assert "≠ known difference" in home


def test_who_is_wrong_is_said_in_both_languages(port: Path) -> None:
    one = fixture(port)
    found = result(one, r=(1.5, 9.0, -4.5))
    case = found.cases[0]
    check = replace(case.gradients[0].check, ok=False, reason="value", numeric=2.25, error=0.75, allowed=1e-8)
    shape = compare(np.zeros((2, 3)), np.zeros((3, 2)), rtol=0, atol=0)
    shaped = ValueResult("forward", "cache", (compared("cache", shape),), "unknown")
    problem = Finding(
        "untouched", "untouched-r", "r", False, 0, "forward", "x", "argument changed", "R changed its argument x"
    )
    case = replace(case, values=(*case.values, shaped), findings=(problem, gradient(check)))
    failed = replace(found, cases=(case,))
    failing = replace(failed.cases[0], ok=False)
    assert failures(failing, LABELS["ko"]) == [
        "`r forward`: argument changed: R changed its argument x",
        "`forward` `out[0, 1]` (R: `out[1, 2]`): Python `3`, R `9`. **R이 틀렸다**. "
        "차이는 6, 허용 오차는 9.1e-12이다; 원소 3개 가운데 1개가 다르다.",
        f"`forward` `cache`: **어느 쪽이 틀렸는지 알 수 없다: 사례에 기댓값이 있어야 한다**. {text(shape.message)}.",
        "Python `dx[0, 1]` (R: `dx[1, 2]`) = ∂`out`/∂`x`: 해석적 기울기 `1.5`, 수치 미분 `2.25`. "
        "**Python이 틀렸다**. 차이는 0.75, 허용 오차는 1e-08이다.",
    ]
    english = failures(failing, LABELS["en"])
    assert "**Nothing says which side is wrong: give the case an expected value**" in english[2]
    assert "analytic `1.5`, numeric `2.25`. **Python is wrong**. Off by 0.75, allowed 1e-08." in english[3]
    for blame in ("python", "r", ALIKE, BOTH, EXPECTED, REFEREE, NOTHING_SHOWN, UNKNOWN):
        assert all(f"wrong_{blame}" in words for words in LABELS.values())


def test_a_known_difference_is_marked_where_it_is(port: Path) -> None:
    one = fixture(port)
    words = LABELS["en"]
    found = result(one, divergence="slip")
    check = replace(found.cases[0].gradients[0].check, gradient="out", ok=False, reason="value")
    case = replace(found.cases[0], findings=(gradient(check),))
    # The gradient differs as declared; Python and R agree about the value of the same name.
    assert "`out` | ✓ agree | 3 |" in case_table(case, words)
    assert "| ≠ known difference | 17 |" in gradient_table(case, words)
    assert "| Python | ≠ known difference | 1 |" in gradient_summary(replace(found, cases=(case,)), words)
    differing = result(one, r=(1.5, 9, -4.5), divergence="s").cases[0]
    assert "`out` | ≠ known difference | 3 |" in case_table(differing, words)
    assert known_difference(found.cases[0], words, "en").startswith("A known difference: It was printed so.")
    wrong = replace(case, ok=False)
    assert "| Python | ✗ disagree | 1 |" in gradient_summary(replace(found, cases=(wrong,)), words)


def test_a_gradient_that_could_not_be_checked_has_no_numbers(port: Path) -> None:
    found = result(fixture(port))
    check = replace(found.cases[0].gradients[0].check, ok=False, reason="shape", error=np.nan, allowed=0.0)
    case = replace(found.cases[0], ok=False, findings=(gradient(check),))
    shown = gradient_table(case, LABELS["en"])
    assert "| Python | ✗ disagree | 1 | 17 | 4 | – | small |" in gradient_summary(
        replace(found, cases=(case,)), LABELS["en"]
    )
    assert "| 17 | 4 | – | 0 |" in shown
    assert "nan" not in shown


def test_subjects_are_listed_by_folder_under_the_name_of_a_class_or_of_the_file(port: Path, tmp_path: Path) -> None:
    module = (port / "module").read_text()
    named = [fixture(port), fixture(port, "layers/other"), fixture(port, "functions/helper", python=f"{module}:clip")]
    home = files(write(tmp_path / "out", *named, fixture(port, "alone")))["wiki/Home.en.md"]
    rows = [row.split("|")[1].strip() for row in home.split("\n") if row.startswith("|")][2:]
    assert rows == [
        *("**layers/**", "[Scale](layers-scale.en)", "[Scale](layers-other.en)"),
        *("**functions/**", "[helper](functions-helper.en)", "", "[Scale](alone.en)"),
    ]


def test_why_no_gradient_is_checked_stands_with_the_case(port: Path, tmp_path: Path) -> None:
    one = fixture(port)
    case = replace(one.cases[0], because={"en": "A *kink*.", "ko": "꺾인다."})
    written = files(write(tmp_path / "out", replace(one, cases=(case,))))
    assert "</details>\n\nA \\*kink\\*.\n" in written["wiki/layers-scale.en.md"]
    assert "</details>\n\n꺾인다.\n" in written["wiki/layers-scale.ko.md"]


def test_where_it_comes_from_is_said_in_the_language_of_the_page(port: Path, tmp_path: Path) -> None:
    one = fixture(port)
    case = replace(one.cases[0], authority={"en": "by hand", "ko": "손 계산"})
    written = files(write(tmp_path / "out", replace(one, cases=(case,))))
    english, korean = (written[f"wiki/layers-scale.{language}.md"] for language in ("en", "ko"))
    assert "## Source\n\na book\n" in english
    assert "## 출처\n\n어느 책\n" in korean
    assert "Expected values: by hand." in english
    assert "기댓값의 출처: 손 계산." in korean


def test_korean_is_in_one_register() -> None:
    folder = Path(__file__).parents[2]
    pages = [path.read_text("utf-8") for path in (folder / "docs" / "pages").glob("*.ko.md")]
    pages += [path.read_text("utf-8") for path in (folder / "fixtures").rglob("*.ko.md")]
    told = [json.dumps(text_of, ensure_ascii=False) for text_of in map(_korean, (folder / "fixtures").glob("*/*.json"))]
    assert len(pages) > 30
    assert len(told) > 20
    causes = [text for one in (*ALONE, *AGAIN) for text in (one.says["ko"], one.means["ko"])]
    for words in (*pages, *told, *LABELS["ko"].values(), *causes):
        # 합니다체; 아니다 is not.
        assert not re.search(r"(?:[습입합됩봅줍갑옵씁]니다|세요|니까)(?![가-힣])", words), words[:80]


def _korean(path: Path) -> list[str]:
    def texts(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from [value["ko"]] if isinstance(value.get("ko"), str) else []
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from texts(member)

    return list(texts(json.loads(path.read_text("utf-8"))))


def test_a_document_is_run_in_one_session_a_language_and_gets_its_verdicts(
    port: Path, documents: Path, tmp_path: Path
) -> None:
    out = write(tmp_path / "out", fixture(port), documents=documents)
    markdown = (out / "wiki/chapter.en.md").read_text("utf-8")
    assert "```pycon\n>>> a * 2\n42\n```" in markdown
    assert "```rconsole\n> a * 2\n[1] 42\n> f(a)\n[1] 22\n```" in markdown
    assert markdown.count("<table>") == 3
    assert "| `forward` | `out` | ✓ agree |" in markdown
    assert "[Scale: code, console and gradient check](layers-scale.en)" in markdown
    assert "```text\n<kept> as it is\n```" in markdown
    page = Reader((out / "html/en/chapter.html").read_text("utf-8"))
    assert page.tags.count("em") == 1
    assert "<kept> as it is" in page.text


def test_a_document_with_an_open_block_or_an_unknown_case_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.en.md").write_text("# A\n\ntext\n\n```r-session\n1\n")
    with pytest.raises(PagesError, match=r"a\.en\.md, line 5: the block that opens here is never closed"):
        read_documents(tmp_path, ["en"])
    (tmp_path / "a.en.md").write_text("```verdict\n```\n")
    with pytest.raises(PagesError, match="verdict needs the name of a subject"):
        read_documents(tmp_path, ["en"])
    (tmp_path / "a.en.md").write_bytes(b"\xff\xfe")
    with pytest.raises(PagesError, match="UTF-8"):
        read_documents(tmp_path, ["en"])


# -------------------------------------------------------------------------------------------------- injection


def test_hostile_text_stays_text_in_both_formats(port: Path, tmp_path: Path) -> None:
    clean = files(write(tmp_path / "clean", fixture(port, about={"en": "x", "ko": "x"}, source={"en": "x"})))
    one = fixture(port, about={"en": HOSTILE, "ko": HOSTILE_LINES}, source={"en": HOSTILE})
    case = replace(one.cases[0], id="id | <b> `tick` $m$ [a](javascript:b)", authority={"en": HOSTILE})
    (port / "scale.md").write_text(
        "# Scale\n\n```math\n\\text{<script>} a < b\n```\n\n```code\n```\n\n```console\n```\n\n"
        "`````python-session\nprint('```\\n</td></tr></table><script>````')\n`````\n\n"
        '`````r-session\ncat("```\\n</table>\\n")\n`````\n'
    )
    out = write(tmp_path / "out", replace(one, cases=(case,)), versions={HOSTILE: HOSTILE})
    written = files(out)
    assert set(written) == set(clean)
    for name, content in written.items():
        if not name.endswith(".html"):
            continue
        page, plain = Reader(content), Reader(clean[name])
        assert page.balanced, name
        allowed = {"p", "pre", "code", "span", "ul", "li", "h2", "strong", "div", *plain.tags}
        assert set(page.tags) <= allowed | {"math", "mrow", "mtext", "mo", "mi"}, name
        assert not {"script", "img", "b", "em", "h1"} & set(page.tags[page.tags.index("main") :]) - {"h1"}
        assert page.tags.count("h1") == 1
        assert not [link for link in page.links if "javascript" in link or "example.org" in link]
        assert not [key for key, _ in page.attributes if key.startswith("on")]
    english = Reader(written["html/en/layers-scale.html"]).text
    assert " ".join(re.sub("`code`", "code", HOSTILE).split()) in " ".join(english.split())
    # Markdown: what a renderer of its own rules makes of it holds no markup either.
    markdown = written["wiki/layers-scale.en.md"]
    outside = re.sub(r"(?ms)^(`{3,})[a-z]*\n.*?^\1$", "", markdown)
    assert not re.search(r"<(?!/?(table|tr|th|td|details|summary|b)\b)", outside)
    assert outside.count("<table>") == outside.count("</table>") == 3
    assert not re.search(r"(?<!\\)\]\((?!(layers-scale|Home)\.)", outside)
    assert not re.search(r"(?<!\\)\$", outside)


@pytest.mark.parametrize(
    "words", ["# a", "- a", "+ a", "1. a", "12) a", "> a", "    a", "=== a", "~~~ a", "* a", "|a|b|"]
)
def test_text_cannot_begin_a_block(words: str) -> None:
    shown = to_html(f"{text(words)}\n", {})
    assert re.fullmatch(r"<p>[^<]*</p>\n", shown)
    assert html.unescape(shown[3:-5]) == " ".join(words.split())


@pytest.mark.parametrize("words", ["a`b", "``", "`a", "a``b```c", "|", "a | b", "<b>", "\\", "$x$"])
def test_code_holds_on_to_its_content(words: str) -> None:
    assert to_html(f"{code(words)}\n", {}) == f"<p><code>{html.escape(words)}</code></p>\n"
    row = to_html(table(["a", "b"], [[code(words), "next"]]), {})
    assert row.count("<td") == 2
    assert f"<code>{html.escape(words)}</code>" in row


def test_a_fence_is_longer_than_any_run_of_backticks_in_it() -> None:
    content = "a\n```\nb\n`````\n"
    block = fence("text", content)
    assert block.startswith("``````text\n")
    assert html.unescape(re.sub(r"<[^>]+>", "", to_html(f"{block}\n", {}))) == "a\n```\nb\n`````\n"


def test_a_pair_that_is_too_wide_for_a_wiki_is_stacked() -> None:
    narrow, wide = fence("python", "x = 1"), fence("r", "x <- c(" + "1, " * 40 + "2)")
    assert (
        stacked_where_wide(f"before\n\n{pair(narrow, narrow)}\n\nafter") == f"before\n\n{pair(narrow, narrow)}\n\nafter"
    )
    stacked = stacked_where_wide(f"before\n\n{pair(narrow, wide)}\n\nafter")
    assert stacked == f"before\n\n**Python**\n\n{narrow}\n\n**R**\n\n{wide}\n\n\nafter"


def test_only_the_two_columns_are_html() -> None:
    both = to_html(f"{pair(fence('text', 'left'), fence('text', 'right'))}\n", {})
    assert both.count('<div class="side">') == 2
    assert "<table>" not in both
    foreign = to_html('<table>\n<tr onclick="x()">\n\n<div>a</div>\n\nb <i>c</i>\n', {})
    assert not re.search(r"<(?!/?p>)", foreign)


def test_formulas_are_mathml_and_nothing_else() -> None:
    made = mathml(r"\text{<script>alert(1)</script>} \href{javascript:alert(1)}{x} < y")
    page = Reader(made)
    assert page.balanced
    assert set(page.tags) <= {"div", "math", "mrow", "mtext", "mi", "mo"}
    assert {name for name, _ in page.attributes} <= {"class", "display", "mathvariant", "xmlns"}
    assert "<script>alert(1)</script>" in page.text
    assert mathml(r"<b>\frac{") == '<pre class="formula"><code>&lt;b&gt;\\frac{</code></pre>\n'


@pytest.mark.parametrize("language", ["pycon", "rconsole", "python", "r", "text", "no-such-language"])
def test_highlighting_loses_nothing(language: str) -> None:
    content = ">>> f(1)\n[1] 2\n\n> g(\n+ 3)\nlast <line>"
    shown = code_html(content, language)
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == content + "\n"


# -------------------------------------------------------------------------------------------------- sources


def test_sources_are_shown_without_what_the_page_says_and_with_what_they_use(port: Path) -> None:
    one = fixture(port)
    assert python_source(one) == (
        "LIMIT = 2\n\n\n# A comment that belongs to it.\ndef clip(x):\n    return np.minimum(x, LIMIT)\n\n\n"
        "class Scale:\n    def __init__(self, k):\n        self.k = k\n\n"
        '    def forward(self, x):\n        text = """this string stays"""\n        return clip(x) * self.k\n\n'
        "    def empty(self):\n        ...\n"
    )
    assert r_source(one, {}) == (
        "Scale.forward <- function(k,\n                          x)\n{\n"
        '  note <- "a } brace and a # sign" # and a } here\n  list(out = clip(x) * k)\n}\n\n'
        "# A plain comment stays.\nclip <- function(x) {\n  pmin(x, 2)\n}\n"
    )


def test_what_a_class_inherits_and_uses_privately_is_shown_wherever_it_lies(tmp_path: Path) -> None:
    package = f"runs_{abs(hash(str(tmp_path)))}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "_steps.py").write_text(
        "def _size(x):\n    return _limit(x)\n\n\ndef _limit(x):\n    return x\n\n\ndef _no(): ...\n"
    )
    (folder / "base.py").write_text(
        "import collections\n\nimport numpy as np\nfrom ._steps import _size\nfrom .public import known\n\n\n"
        "class Run(collections.UserDict):\n    def load(self):\n        return 1\n\n"
        "    def begin(self):\n        return 2\n\n    def train(self, steps):\n        return known(_size(steps))\n"
    )
    (folder / "public.py").write_text("def known(x):\n    return x\n")
    (folder / "small.py").write_text(
        f"from {package}.base import Run\n\n\nclass Small(Run):\n    def load(self):\n        return 3\n\n"
        "    def begin(self):\n        return super().begin()\n"
    )
    one = Fixture(tmp_path / "small.json", "s", {}, {}, f"{package}.small:Small", "Small", ())
    assert python_source(one) == (
        f"class Small(Run):\n    def load(self):\n        return 3\n\n    def begin(self):\n"
        f"        return super().begin()\n\n\n# {package}/base.py\n\n\n"
        "class Run(collections.UserDict):\n    def begin(self):\n        return 2\n\n"
        "    def train(self, steps):\n        return known(_size(steps))\n\n\n"
        f"# {package}/_steps.py\n\n\ndef _size(x):\n    return _limit(x)\n\n\ndef _limit(x):\n    return x\n"
    )
    # What is public is shown where it has no page of its own.
    assert f"# {package}/public.py\n\n\ndef known(x):" in python_source(one, {f"{package}.small:Small"})
    assert "def known" not in python_source(one, {f"{package}.small:Small", f"{package}.public:other"})


@pytest.mark.parametrize("namespace", ["", "export(Run.train, known)\n", 'exportPattern("^[[:alpha:]]")\n'])
def test_private_functions_of_a_package_are_shown_wherever_they_lie(tmp_path: Path, namespace: str) -> None:
    (tmp_path / "pkg" / "R").mkdir(parents=True)
    (tmp_path / "pkg" / "NAMESPACE").write_text(namespace)
    (tmp_path / "pkg/R/z-run.R").write_text("Run.train <- function(steps) known(.size(steps))\n")
    (tmp_path / "pkg/R/a-help.R").write_text(".limit <- function(x) x\n.no <- function() 1\n")
    (tmp_path / "pkg/R/steps.R").write_text("#' Doc\n.size <- function(x) .limit(x)\n\nknown <- function(x) x\n")
    case = Case("c", {}, (Call("train", {"steps": 1}, returns=("x",)),), Tolerance(0, 0))
    one = Fixture(tmp_path / "run.json", "s", {}, {}, "x:Run", "pkg::Run", (case,))
    packages = {"pkg": tmp_path / "pkg"}
    assert r_source(one, packages) == (
        "Run.train <- function(steps) known(.size(steps))\n\n# R/a-help.R\n\n.limit <- function(x) x\n\n"
        "# R/steps.R\n\n.size <- function(x) .limit(x)\n"
    )
    assert "\nknown <- function(x) x\n" in r_source(one, packages, {"pkg::Run"})
    assert "known <-" not in r_source(one, packages, {"pkg::Run", "pkg::known"})


def test_a_check_whose_value_goes_nowhere_is_not_part_of_the_formula(tmp_path: Path) -> None:
    (tmp_path / "pkg" / "R").mkdir(parents=True)
    (tmp_path / "pkg/R/run.R").write_text("f <- function(x) {\n  .check(x)\n  y <- .half(x)\n  .last(y)\n}\n")
    (tmp_path / "pkg/R/private.R").write_text(
        ".check <- function(x) stop()\n.half <- function(x) x / 2\n.last <- function(y) y\n"
    )
    case = Case("c", {}, (Call("call", {"x": 1}, returns=("y",)),), Tolerance(0, 0))
    one = Fixture(tmp_path / "f.json", "s", {}, {}, "x:f", "pkg::f", (case,))
    shown = r_source(one, {"pkg": tmp_path / "pkg"})
    assert ".half <- function" in shown
    assert ".last <- function" in shown
    assert ".check <- function" not in shown


def test_private_code_beyond_all_measure_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "pkg" / "R").mkdir(parents=True)
    (tmp_path / "pkg/R/run.R").write_text("Run.train <- function(steps) .long(.size(steps))\n")
    (tmp_path / "pkg/R/size.R").write_text(".size <- function(x) .endless(x)\n")
    (tmp_path / "pkg/R/endless.R").write_text(".endless <- function(x) {\n" + "  x\n" * 300 + "}\n")
    case = Case("c", {}, (Call("train", {"steps": 1}, returns=("x",)),), Tolerance(0, 0))
    one = Fixture(tmp_path / "run.json", "s", {}, {}, "x:Run", "pkg::Run", (case,))
    shown = r_source(one, {"pkg": tmp_path / "pkg"})
    first = "Run.train <- function(steps) .long(.size(steps))\n"
    assert shown == f"{first}\n# R/size.R\n\n.size <- function(x) .endless(x)\n"


def test_r_definitions_end_where_they_end() -> None:
    source = 'a <- function(x)\n  x +\n  1\nb = c(1,\n  2)\n`d e` <- r"(quote " ) " )"\nprint(a)\nf <-\n  3\n'
    found = [(piece.name, piece.text) for piece in r_definitions(source)]
    assert found == [
        ("a", "a <- function(x)\n  x +\n  1"),
        ("b", "b = c(1,\n  2)"),
        ("d e", '`d e` <- r"(quote " ) " )"'),
        ("f", "f <-\n  3"),
    ]


# ---------------------------------------------------------------------------------------------- being whole


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run: these tests are about files."""

    def nothing(
        fixtures: Sequence[Fixture], documents: Sequence[Document], **_: object
    ) -> tuple[list[object], list[object]]:
        empty = pages_module.SubjectConsoles()
        return [empty for _ in fixtures], [[Transcript("python", ())] * len(d.blocks) for d in documents]

    monkeypatch.setattr(pages_module, "run_consoles", nothing)


@pytest.mark.usefixtures("quick")
def test_a_failure_in_the_middle_leaves_the_old_pages_whole(
    port: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write(tmp_path / "out", fixture(port))
    before = files(out)
    changed = fixture(port, source={"en": "another book"})
    real = os.replace
    moved: list[str] = []

    def full(source: str, target: str) -> None:
        moved.append(str(Path(target).relative_to(out)))
        if len(moved) == 4:
            raise OSError(28, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(PagesError, match="cannot be written: No space left on device"):
            write(out, changed)
    after = files(out)
    assert set(after) == set(before)
    assert len(moved) > 3
    assert after == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "port"]


@pytest.mark.usefixtures("quick")
def test_nothing_is_touched_when_a_page_cannot_be_made(
    port: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write(tmp_path / "out", fixture(port))
    before = files(out)

    def broken(*_: object, **__: object) -> object:
        raise ConsoleError("the R console stopped")

    monkeypatch.setattr(pages_module, "run_consoles", broken)
    with pytest.raises(ConsoleError):
        write(out, fixture(port, source="another book"))
    assert files(out) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "port"]


@pytest.mark.usefixtures("quick")
def test_other_files_in_the_folder_are_left_alone(port: Path, tmp_path: Path) -> None:
    for name in ("wiki/.git/config", "wiki/Mine.md", "notes.txt", "html/en/old.html"):
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text(name)
    write(tmp_path / "out", fixture(port))
    for name in ("wiki/.git/config", "wiki/Mine.md", "notes.txt", "html/en/old.html"):
        assert (tmp_path / "out" / name).read_text() == name


def in_the_way(out: Path) -> Iterator[tuple[str, Path]]:
    yield "is a file; the pages need a folder there", out
    yield "is a file; the pages need a folder there", out.parent
    yield "is a file; the pages need a folder there", out / "wiki"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_file_where_a_folder_has_to_be(port: Path, tmp_path: Path, which: int) -> None:
    out = tmp_path / "some" / "out"
    message, path = list(in_the_way(out))[which]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    with pytest.raises(PagesError, match=f"{re.escape(str(path))} {message}"):
        write(out, fixture(port))
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("quick")
def test_a_folder_where_a_page_has_to_be(port: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "wiki" / "Home.md").mkdir(parents=True)
    with pytest.raises(PagesError, match=r"Home\.md is a folder; a page is to be written there"):
        write(tmp_path / "out", fixture(port))
    assert files(tmp_path / "out") == {}


@pytest.mark.usefixtures("quick")
def test_a_folder_that_cannot_be_written(port: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may write anywhere, so permission is refused by hand.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path / "out")
    with pytest.raises(PagesError, match="out cannot be written: Permission denied"):
        write(tmp_path / "out", fixture(port))


@pytest.mark.usefixtures("quick")
def test_names_that_would_be_one_page_are_told_apart(port: Path, tmp_path: Path) -> None:
    names = ("layers/scale", "layers-scale", "Layers/Scale", "home", "../up", "한글 이름")
    out = write(tmp_path / "out", *(fixture(port, name) for name in names), languages=("ko",))
    pages = sorted(p.name for p in (out / "html/ko").iterdir())
    assert pages == sorted(
        [
            "layers-scale.html",
            "layers-scale-2.html",
            "Layers-Scale-3.html",
            "home-2.html",
            "up.html",
            "한글-이름.html",
            "index.html",
        ]
    )


def test_both_languages_have_the_same_words() -> None:
    assert set(LABELS["ko"]) == set(LABELS["en"])
    placeholders: Mapping[str, set[str]] = {n: set(re.findall(r"\{\w+\}", w)) for n, w in LABELS["en"].items()}
    for name, words in LABELS["ko"].items():
        assert set(re.findall(r"\{\w+\}", words)) == placeholders[name], name
    with pytest.raises(PagesError, match="there are no words for xx"):
        write_pages([], out=Path("nowhere"), packages={}, versions={}, languages=("xx",))
    assert not Path("nowhere").exists()


def test_the_style_works_in_light_and_dark_and_on_a_narrow_screen() -> None:
    style = (Path(pages_module.__file__).parent / "style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    colours = set(re.findall(r"--(\w+): #", light))
    assert colours == set(re.findall(r"--(\w+): #", dark))
    for theme in (light, dark):
        values = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", theme))
        for name in colours - {"paper", "block", "line"}:
            for ground in ("paper", "block"):
                assert contrast(values[name], values[ground]) >= 4.5 or name == "prompt", (name, ground)
    assert "url(" not in style
    assert "@import" not in style


def contrast(a: str, b: str) -> float:
    """WCAG's ratio of two colours' luminances."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_title_is_the_first_heading_as_text() -> None:
    assert title_of("para\n\n# Relu and `x`\n\n# D\n") == "Relu and x"
    assert title_of("no heading") == ""


def test_the_brackets_of_a_matrix_can_grow_with_it() -> None:
    made = mathml(r"J = \begin{pmatrix} a & b \\ c & d \end{pmatrix} x")
    assert re.search(
        r'<mrow><mo stretchy="true">\(</mo><mtable>.*</mtable><mo stretchy="true">\)</mo></mrow><mi>x', made
    )


@pytest.mark.usefixtures("quick")
def test_versions_do_not_tell_where_things_lie(port: Path, tmp_path: Path) -> None:
    versions = {"Python": "3.99 (/home/me/.venv/bin/python)", "R": "9.9 in /usr/lib/R", "BLAS": "/lib/b.so (blas 1/2)"}
    page = files(write(tmp_path / "out", fixture(port), versions=versions))["wiki/layers-scale.en.md"]
    assert "Versions: Python 3.99, R 9.9, BLAS (blas 1/2)" in page


def test_a_share_far_beyond_what_is_allowed_is_no_percentage() -> None:
    assert [share(value) for value in (0.0, 1e-4, 0.005, 0.5, 1.2, 10.0)] == [
        "0%",
        "<0.1%",
        "0.5%",
        "50%",
        "120%",
        "1000%",
    ]
    assert [share(value) for value in (10.5, 104883630138.28, math.inf)] == ["10 ×", "1e+11 ×", "∞"]

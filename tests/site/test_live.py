"""A reader who has neither R nor Python changes lines in a real browser, and sees the verdict."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from tests.site.conftest import BROWSER, ROOT

Open = Callable[..., Page]
LONGEST = 120_000
"""Milliseconds for both languages to be loaded and a few lines to be run: some seconds on a quiet machine."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layer and two galleries of this project, as a site."""
    out = tmp_path_factory.mktemp("ours")
    paths = ["layers/affine", "idioms/indexing", "idioms/tables"]
    command = [sys.executable, "-m", "parity", "pages", "--out", str(out), "--site", "--live", str(BROWSER)]
    names = [f"fixtures/{path}.json" for path in paths]
    done = subprocess.run([*command, *names], cwd=ROOT, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "site"


@pytest.fixture
def served(browser: Browser) -> Iterator[Open]:
    """Opens a page of a folder, served on this machine; nothing is asked of any other."""
    servers: list[http.server.ThreadingHTTPServer] = []
    pages: list[Page] = []
    asked: list[str] = []
    said: list[str] = []

    def open_page(folder: Path, name: str) -> Page:
        handler = functools.partial(Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(LONGEST)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/{name}")
        page.wait_for_load_state("networkidle")
        # Nothing of it is loaded until it is asked for.
        assert not [url for url in asked if "/live/" in url]
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    for server in servers:
        server.shutdown()
    assert said == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "blob:http://127.0.0.1:", "data:"))] == []


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def verdicts(page: Page, run: str = "Run both") -> list[str]:
    button(page, run).click()
    page.wait_for_function(
        "document.querySelector('.live-verdict').textContent"
        " || document.querySelector('.live-status').textContent.includes('could not')"
    )
    shown = page.locator(".live-verdict")
    assert shown.inner_text(), page.locator(".live-status").inner_text()
    return [line for line in shown.inner_text().split("\n") if line.strip()]


def opened(page: Page, button: Locator) -> Page:
    """The page with the panel that the button opens, which asks for a file first."""
    button.click()
    page.locator(".live textarea").first.wait_for()
    return page


def change(lines: Locator, old: str, new: str) -> None:
    text = lines.input_value()
    assert old in text
    lines.fill(text.replace(old, new))


def test_affine_with_a_wrong_margin_is_seen_to_disagree_and_says_where(ours: Path, served: Open) -> None:
    page = served(ours, "en/layers-affine.html")
    opened(page, page.locator(".live-open").first)
    python, r = page.locator(".live-code textarea").all()
    as_it_is = verdicts(page)
    assert [line.split(" · ")[0] for line in as_it_is] == [f"{name} ✓ agree" for name in ("value 1", "dx", "dW", "db")]
    assert "R 4" in page.locator(".live-status").inner_text()

    change(r, 'sweep(x %*% W, 2, b, "+")', 'sweep(x %*% W, 1, b, "+")')
    # An earlier verdict says nothing of what was changed since.
    assert page.locator(".live-verdict").inner_text() == ""
    out, *rest = verdicts(page)
    assert "✗ disagree" in out
    assert "Python [0, 2] is 32.0, R [1, 3] is 30.0" in out
    assert "R spreads b down the columns" in out
    assert all("✓ agree" in line for line in rest)

    button(page, "As it was").click()
    assert verdicts(page) == as_it_is

    change(python, "self.db = dout.sum(axis=0)", "self.db = dout.sum(axis=0) + 1e-9")
    *rest, db = verdicts(page)
    assert "✗ disagree" in db
    assert all("✓ agree" in line for line in rest)
    change(python, "class Affine(Layer)", "class Affine(Lair)")
    assert verdicts(page) == ["Python stopped with an error: nothing is compared."]
    assert "NameError: name 'Lair' is not defined" in page.locator(".live-answer").first.inner_text()


def test_the_lines_of_a_page_run_after_those_above_them(ours: Path, served: Open) -> None:
    page = served(ours, "en/layers-affine.html")
    opened(page, page.locator(".live-open").last)
    assert "The lines of this page above these go first." in page.locator(".live").inner_text()
    python, r = page.locator(".live textarea").all()
    # NumPy was imported in the first block of the page.
    python.fill("np.arange(3.0) + 0.1")
    r.fill("0:2 + 0.1")
    assert verdicts(page) == ["value 1 ✓ agree · 3 elements, largest difference 0"]
    page.get_by_role("textbox", name="rtol").fill("0")
    page.get_by_role("textbox", name="atol").fill("0")
    r.fill("0:2 + 0.1 + 4e-16")
    assert "✗ disagree" in verdicts(page)[0]
    r.fill("c(0.1, 1.1)")
    assert "✗ disagree" in verdicts(page)[0]
    r.fill('stop("enough")')
    assert verdicts(page) == ["R stopped with an error: nothing is compared."]
    r.fill("x <- 1")
    assert "✗ Python shows 1 values, R 0: nothing is compared." in verdicts(page)[0]
    r.fill("1\n0:2 + 0.1")
    assert "✗ Python shows 1 values, R 2: nothing is compared." in verdicts(page)[0]
    page.get_by_role("textbox", name="rtol").fill("1e-")
    button(page, "Run both").click()
    assert "numbers that are not negative" in page.locator(".live-status").inner_text()
    page.get_by_role("textbox", name="rtol").fill("0")
    r.fill("mean")
    assert "✗ disagree · R has function here" in verdicts(page)[0]


def test_a_row_of_the_gallery(ours: Path, served: Open) -> None:
    page = served(ours, "en/idioms-indexing.html")
    opened(page, page.locator(".live-row").first)
    assert "✓ agree" in verdicts(page)[0]
    change(page.locator(".live textarea").last, "x[2, 3]", "x[1, 2]")
    assert "✗ disagree" in verdicts(page)[0]


def test_pandas_is_there_where_a_line_imports_it(ours: Path, served: Open) -> None:
    page = served(ours, "en/idioms-tables.html")
    opened(page, page.locator("tr", has_text="pd.").first.locator(".live-row"))
    assert "✓ agree" in verdicts(page)[0]


def test_a_loop_without_end_is_stopped_and_the_next_lines_run(ours: Path, served: Open) -> None:
    page = served(ours, "en/layers-affine.html")
    opened(page, page.locator(".live-open").last)
    lines = page.locator(".live textarea").all()
    lines[0].fill("2.5 + 1")
    lines[1].fill("3.5")
    assert "✓ agree" in verdicts(page)[0]
    for side, endless in enumerate(["while True: pass", "repeat {}"]):
        lines[side].fill(endless)
        button(page, "Run both").click()
        page.wait_for_timeout(500)
        assert page.locator(".live-verdict").inner_text() == ""
        button(page, "Stop").click()
        lines[0].fill("2.5")
        lines[1].fill("2.5")
        assert "✓ agree" in verdicts(page)[0]


def test_her_own_code_runs_from_her_own_files_and_in_korean(site: Path, served: Open) -> None:
    page = served(site, "en/center.html")
    opened(page, page.locator(".live-open").first)
    assert "✓ agree" in verdicts(page)[0]
    change(page.locator(".live-code textarea").last, "sweep(x, 2", "sweep(x, 1")
    assert "✗ disagree" in verdicts(page)[0]
    button(page, "Close").click()
    assert page.locator(".live").count() == 0
    assert page.locator(".pair").first.is_visible()
    page.goto(page.url.replace("/en/", "/ko/"))
    opened(page, page.get_by_role("button", name="고쳐서 둘 다 실행하기").first)
    assert "✓ 일치 · 원소 6개" in verdicts(page, "둘 다 실행")[0]


def test_lines_that_need_files_of_their_page_have_no_button(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "en" / "files.html").as_uri())
    assert page.locator("pre.pycon").count() == 1
    assert page.locator(".live-open").count() == 0
    page.close()


def test_from_disk_a_page_says_what_it_needs(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "en" / "center.html").as_uri())
    page.locator(".live-open").first.click()
    assert "python -m http.server" in page.locator(".live-status").inner_text()
    page.close()


def test_an_open_panel_fits_and_axe_finds_nothing_serious(ours: Path, served: Open) -> None:
    page = served(ours, "en/layers-affine.html")
    opened(page, page.locator(".live-open").first)
    verdicts(page)
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(f"document.body.dataset.theme = '{theme}'")
        found = Axe().run(page, options={"preload": False}).response["violations"]
        serious = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found
                   if one["impact"] in ("serious", "critical")]  # fmt: skip
        assert serious == []

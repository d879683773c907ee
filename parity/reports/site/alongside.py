"""What a site brings along, so that a subject's page can lead to it where the project names no address of its own: the
files that the subject is made of, and the help pages of R packages whose sources are at hand."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from parity.reports.pages.files import PagesError
from parity.reports.pages.html import code_html

HERE = Path(__file__).resolve().parent
STYLE = HERE.parent / "pages" / "style.css"
FILES, HELP = "files", "help"
LARGEST = 300_000
"""Characters of a file whose words are coloured; a larger one is data."""
_LEXERS = {".py": "python", ".R": "r", ".r": "r", ".json": "json"}
_ELSEWHERE = re.compile(r'<a href="(?:\.\./\.\./[^"]*|00Index\.html)">(.*?)</a>')
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title><link rel="stylesheet" href="{style}"></head>
<body><main><h1>{name}</h1>
{code}</main></body></html>
"""


def add_files(site: Path, files: Iterable[tuple[str, Path]]) -> None:
    """Write `site/files/NAME.html` for each file by its name. Raises PagesError where two have one name."""
    there: dict[str, Path] = {}
    for name, path in files:
        if there.setdefault(name, path) != path:
            raise PagesError(f"{path} and {there[name]} have the same name in their projects; expected one project")
    for name, path in there.items():
        text = path.read_text("utf-8", errors="replace")
        lexer = _LEXERS.get(path.suffix, "text") if len(text) <= LARGEST else "text"
        place = site / FILES / f"{name}.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        style = "../" * name.count("/") + "style.css"
        place.write_text(_PAGE.format(name=html.escape(name), style=style, code=code_html(text, lexer)), "utf-8")
    if there:
        (site / FILES / "style.css").write_text(STYLE.read_text("utf-8"), "utf-8")


def add_help(site: Path, packages: Mapping[str, Path]) -> None:
    """Write `site/help/PACKAGE/TOPIC.html` for every help page. Raises PagesError where R cannot."""
    for package, source in packages.items():
        folder = site / HELP / package
        done = subprocess.run(
            ["Rscript", "--vanilla", str(HERE / "help.R"), package, str(source.resolve()), str(folder)],
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise PagesError(f"the help pages of {package} could not be made:\n{done.stderr.strip()}")
        for page in folder.glob("*.html"):
            # What leads out of the package leads nowhere here.
            text = _ELSEWHERE.sub(r"\1", page.read_text("utf-8"))
            page.write_text(text.replace("<html>", '<html lang="en">', 1), "utf-8")
        (site / HELP / "help.css").write_text(f"{STYLE.read_text('utf-8')}{_CONTAINER}", "utf-8")


_CONTAINER = """.container { max-width: 60rem; margin-inline: auto; padding: 1rem clamp(1rem, 2.5vw, 2rem) 4rem; }
.container td p { margin-block: 0; }
"""

__all__ = ["FILES", "HELP", "add_files", "add_help"]

"""The pages as a site: contents, search, the next page and the one before, light and dark. Built by Sphinx.

A page is what its Markdown says: its headings go to Sphinx, which makes the contents and the search out of them, and
all between two headings is the HTML that the plain pages have. One site for each language, side by side in one folder;
each opens from disk.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from parity.reports.pages import Book, PagesError
from parity.reports.pages.labels import LABELS
from parity.reports.site.alongside import add_files, add_help
from parity.reports.site.links import files_of, links
from parity.reports.site.live import STATIC, add_live
from parity.reports.site.settings import Group, Settings
from parity.reports.site.source import page_source
from parity.reports.site.theme_words import in_language

HERE = Path(__file__).resolve().parent
MARK = ".parity-site"
SPHINX = "sphinx"
NEEDED = "the site needs Sphinx and its theme: pip install 'parity-r[site]'"


@dataclass(frozen=True)
class Page:
    """One page in one language: its name, its Markdown, and the languages that it exists in."""

    name: str
    language: str
    body: str
    languages: tuple[str, ...]


def build_site(
    book: Book, settings: Settings, *, out: Path, live: Path | None = None, packages: Mapping[str, Path] | None = None
) -> Path:
    """Write the site into `out`, in place of an earlier one, and give its first page. What somebody else put there
    beside an earlier site stays.

    With `live`, a folder of `parity live`, readers can change the lines and run them; `packages` are then the sources
    of R packages by name. It begins in the first language of the book. Raises PagesError without Sphinx, where
    something else is in `out` or `live`, and where the site has a warning.
    """
    pages, names, plots = pages_of(book), book.languages, book.plots
    contents = contents_of(book, settings)
    subjects = {subject.page: subject.fixture for subject in book.subjects}
    pages = [
        replace(page, body=f"{page.body.rstrip()}\n\n{more}\n")
        if page.name in subjects and (more := links(subjects[page.name], settings, packages or {}, page.language))
        else page
        for page in pages
    ]
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise PagesError(f"{out} has something else in it; expected an empty folder, or an earlier site")
    with tempfile.TemporaryDirectory() as work:
        built = Path(work) / "site"
        runs = []
        for language in names:
            source = Path(work) / f"source-{language}"
            own = [page for page in pages if page.language == language]
            _write_sources(source, own, settings, contents, names, plots, language, live is not None)
            runs.append(_sphinx(source, built / language))
        answers = [(run.communicate()[0], run.returncode) for run in runs]
        for said, status in answers:
            if status and ("No module named" in said or "no theme named" in said):
                raise PagesError(NEEDED)
            if status:
                raise PagesError(f"the site could not be built:\n{said.strip()}")
        for name, svg in plots.items():
            (built / "plots").mkdir(exist_ok=True)
            (built / "plots" / name).write_text(svg, "utf-8")
        for leftover in built.glob("*/.buildinfo*"):
            leftover.unlink()
        for page in built.glob("*/*.html"):
            # A heading without a level says nothing to a screen reader.
            text = page.read_text("utf-8").replace(_CAPTION, f'{_CAPTION[:-1]} aria-level="2">')
            page.write_text(in_language(text, page.parent.name), "utf-8")
        if not settings.files:
            add_files(built, (one for subject in book.subjects for one in files_of(subject.fixture, packages or {})))
        if not settings.help:
            add_help(built, packages or {})
        if live is not None:
            add_live(built, live, book.subjects, packages or {})
        first = next(iter(names))
        (built / "index.html").write_text(_FRONT.format(language=first), "utf-8")
        # Or GitHub leaves out what begins with an underscore, where it serves a branch.
        (built / ".nojekyll").touch()
        ours = sorted(path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file())
        (built / MARK).write_text(json.dumps(ours, ensure_ascii=False, indent=0) + "\n", "utf-8")
        _keep_others(out, built)
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(built, out)
    return out / first / "index.html"


def _keep_others(out: Path, built: Path) -> None:
    """Copy what is in `out` and no file of the site that was written there, such as the name of a domain."""
    if not out.is_dir():
        return
    try:
        earlier = set(json.loads((out / MARK).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        # Whatever cannot be known to be ours is not.
        earlier = set()
    for path in out.rglob("*"):
        name = path.relative_to(out).as_posix()
        if (path.is_dir() and not path.is_symlink()) or name in earlier or name == MARK or (built / name).exists():
            continue
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, built / name, follow_symlinks=False)


_CAPTION = '<p class="caption" role="heading">'
_FRONT = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>{language}</title>
<meta http-equiv="refresh" content="0; url={language}/index.html"><a href="{language}/index.html">{language}</a></html>
"""


def pages_of(book: Book) -> list[Page]:
    """The pages of a run, less the front page and what is a wiki's alone; the index is the first page of a language."""
    pages = []
    for page in book.pages:
        if page.language is not None:
            name = page.wiki.removesuffix(f".{page.language}")
            pages.append(Page("index" if name == "Home" else name, page.language, page.body, tuple(page.others)))
    return pages


@dataclass(frozen=True)
class Contents:
    """The headings of the sidebar: the project's own and its other documents, then the rest of its subjects."""

    to_read: tuple[Group, ...]
    subjects: tuple[Group, ...]


def contents_of(book: Book, settings: Settings) -> Contents:
    """Each page stands once: where the project put it first, else among the documents, or with its folder.

    Raises PagesError for a page that the project names and does not have.
    """
    there = {*(subject.page for subject in book.subjects), *book.documents}
    for group in settings.groups:
        for name in group.pages:
            if name not in there | book.elsewhere:
                close = difflib.get_close_matches(name, [*there], 1) or sorted(there)[:1]
                raise PagesError(
                    f"[tool.parity.pages] has the page {name!r} in a group, and there is none; expected the name of a "
                    f"page, such as {close[0]!r}"
                )
    named: set[str] = set()
    own = []
    for group in settings.groups:
        own.append(Group(group.title, tuple(name for name in dict.fromkeys(group.pages) if name not in named)))
        named.update(group.pages)
    others = tuple(name for name in book.documents if name not in named)
    words = {language: LABELS[language]["documents"] for language in book.languages}
    folders: dict[str, list[str]] = {}
    for subject in book.subjects:
        if subject.page not in named:
            folders.setdefault(subject.fixture.name.rpartition("/")[0], []).append(subject.page)
    return Contents(
        (*own, *([Group(words, others)] if others else [])),
        tuple(Group(_folder_title(folder, settings, book.languages), tuple(of)) for folder, of in folders.items()),
    )


def _folder_title(folder: str, settings: Settings, languages: Mapping[str, str]) -> Mapping[str, str]:
    plain = folder.rpartition("/")[2].replace("_", " ").capitalize()
    subjects = {language: LABELS[language]["subjects"] for language in languages}
    return settings.folders.get(folder) or (dict.fromkeys(languages, plain) if plain else subjects)


def _write_sources(
    source: Path,
    pages: Sequence[Page],
    settings: Settings,
    contents: Contents,
    names: Mapping[str, str],
    plots: Iterable[str],
    language: str,
    live: bool,
) -> None:
    source.mkdir(parents=True)
    places = {f"{page.name}.{other}": f"../{other}/{page.name}.html" for page in pages for other in page.languages}
    places |= {f"Home.{other}": f"../{other}/index.html" for other in names}
    places |= {name: f"../plots/{name}" for name in plots}
    for page in pages:
        if page.name == "index":
            heading = LABELS[language]["documents"]
            read = _trees(pages, contents.to_read, language, hidden=False)
            text = page_source(page.body, places, page.name, {heading: read})
            # Without documents the page has no such heading.
            text += "" if read in text else _trees(pages, contents.to_read, language, hidden=True)
            text += _trees(pages, contents.subjects, language, hidden=True)
        else:
            text = page_source(page.body, places, page.name)
        (source / f"{page.name}.rst").write_text(text, "utf-8")
    options = {
        "language": language,
        "title": settings.title.get(language) or next(iter(settings.title.values()), LABELS[language]["site"]),
        "names": dict(names),
        "languages": {page.name: list(page.languages) for page in pages},
        "repository": settings.repository,
        "colours": dict(settings.colours),
        "theme": str(HERE / "theme"),
        "live": str(STATIC) if live else "",
    }
    (source / "site.json").write_text(json.dumps(options), "utf-8")
    shutil.copy(HERE / "conf.py", source / "conf.py")


def _trees(pages: Sequence[Page], groups: Iterable[Group], language: str, *, hidden: bool) -> str:
    """The groups as Sphinx reads them: in the sidebar and, unless `hidden`, where this stands."""
    there = {page.name for page in pages}
    parts = []
    for group in groups:
        own = [name for name in group.pages if name in there]
        if own:
            title = group.title.get(language) or next(iter(group.title.values()))
            option = "   :hidden:\n" if hidden else ""
            listed = "".join(f"   {name}\n" for name in own)
            parts.append(f"\n.. toctree::\n{option}   :caption: {title}\n   :maxdepth: 1\n\n{listed}")
    return "".join(parts)


def _sphinx(source: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", SPHINX, "-q", "-W", "--keep-going", "-b", "html", "-d", f"{source}-doctrees"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "NO_COLOR": "1"}
    return subprocess.Popen(
        [*command, str(source), str(out)],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


__all__ = ["Page", "build_site", "contents_of", "pages_of"]

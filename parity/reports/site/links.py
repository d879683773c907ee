"""Where the sources of a subject can be read, and its help page, as far as the project says where such things are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from parity.consoles.r_console import r_parts
from parity.fixture.model import Fixture
from parity.reports.pages.labels import LABELS, wording
from parity.reports.pages.markdown import Markdown, code, link
from parity.reports.site.settings import Settings
from parity.subjects.modules import importable, root_of


def links(fixture: Fixture, settings: Settings, packages: Mapping[str, Path], language: str) -> Markdown:
    """A line of links in Markdown; empty where the project names no address."""
    words = LABELS[language]
    parts: list[str] = []
    cited = wording(fixture.source, language)
    for source in settings.sources:
        for found in source.words.finditer(cited):
            parts.append(link(found[0], quote(found.expand(source.address), safe="/:?#@!$&'*+,;=%~")))
    if settings.files:
        root = root_of(fixture.path.resolve())
        for path in dict.fromkeys([*_python(fixture), *_r(fixture, packages), fixture.path.resolve()]):
            if path.is_relative_to(root):
                name = path.relative_to(root).as_posix()
                parts.append(f"[{code(name)}]({settings.files.format(path=quote(name))})")
    if settings.help and (topic := _topic(fixture, packages)):
        parts.append(f"[{words['help_page']}]({settings.help.format(topic=topic)})")
    return Markdown(f"{words['read_at']} {' · '.join(dict.fromkeys(parts))}" if parts else "")


def _python(fixture: Fixture) -> Iterator[Path]:
    module = fixture.python.partition(":")[0].replace(".", "/")
    for folder in importable(fixture.path.resolve().parent):
        for name in (f"{module}.py", f"{module}/__init__.py"):
            if module and (folder / name).is_file():
                yield (folder / name).resolve()


def _r(fixture: Fixture, packages: Mapping[str, Path]) -> Iterator[Path]:
    yield from (path.resolve() for path in fixture.r_source)
    package, base, _ = r_parts(fixture.r) if fixture.r else ("", "", "")
    if package in packages and base:
        defined = re.compile(rf"^`?{re.escape(base)}(?:\.\w+)?`? *(?:<-|=) *function", re.MULTILINE)
        for path in sorted((packages[package] / "R").glob("*.[Rr]")):
            if defined.search(path.read_text("utf-8")):
                yield path.resolve()


def _topic(fixture: Fixture, packages: Mapping[str, Path]) -> str:
    """The name of the help page: of the function, else the first of those that begin with the class's name."""
    package, base, _ = r_parts(fixture.r) if fixture.r else ("", "", "")
    if package not in packages or not base:
        return ""
    pages = sorted(path.stem for path in (packages[package] / "man").glob("*.Rd"))
    return next((page for page in pages if page == base or page.startswith(f"{base}.")), "")


__all__ = ["links"]

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
from parity.reports.site.alongside import FILES, HELP
from parity.reports.site.settings import Settings
from parity.subjects.modules import importable, root_of


def links(fixture: Fixture, settings: Settings, packages: Mapping[str, Path], language: str) -> Markdown:
    """A line of links in Markdown: to the source, to the files and to R's help page, at the project's own addresses or
    in the site."""
    words = LABELS[language]
    cited = wording(fixture.source, language)
    parts = [
        link(found[0], quote(found.expand(source.address), safe="/:?#@!$&'*+,;=%~"))
        for source in settings.sources
        for found in source.words.finditer(cited)
    ]
    for name, _ in files_of(fixture, packages):
        address = settings.files.format(path=quote(name)) if settings.files else f"../{FILES}/{quote(name)}.html"
        parts.append(Markdown(f"[{code(name)}]({address})"))
    package, topic = _topic(fixture, packages)
    if topic:
        address = settings.help.format(topic=topic) if settings.help else f"../{HELP}/{package}/{topic}.html"
        parts.append(Markdown(f"[{words['help_page']}]({address})"))
    return Markdown(f"{words['read_at']} {' · '.join(dict.fromkeys(parts))}" if parts else "")


def files_of(fixture: Fixture, packages: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """The files of the project that a subject is made of, and their names in it: Python's, R's, the fixture."""
    root = root_of(fixture.path.resolve())
    for path in dict.fromkeys([*_python(fixture), *_r(fixture, packages), fixture.path.resolve()]):
        if path.is_relative_to(root):
            yield path.relative_to(root).as_posix(), path


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


def _topic(fixture: Fixture, packages: Mapping[str, Path]) -> tuple[str, str]:
    """The package and its help page: of the function, else the first of those that have the class's methods."""
    package, base, _ = r_parts(fixture.r) if fixture.r else ("", "", "")
    if package not in packages or not base:
        return "", ""
    topics = {
        topic: page.stem
        for page in sorted((packages[package] / "man").glob("*.Rd"))
        for topic in re.findall(r"^\\alias\{(.*)\}\s*$", page.read_text("utf-8"), re.MULTILINE)
    }
    methods = sorted(topic for topic in topics if topic.startswith(f"{base}."))
    return package, topics.get(base) or next((topics[topic] for topic in methods), "")


__all__ = ["files_of", "links"]

"""`parity pages`: verify fixtures, and write a page for each."""

from __future__ import annotations

import os
from pathlib import Path

import click

from parity.cli.running import (
    ENVIRONMENT,
    USAGE,
    bundled_option,
    console,
    interrupts_raise,
    jobs_option,
    packages_beside,
    paths_argument,
    places,
    set_option,
    status_of,
    stop,
    verified,
)


@click.command(short_help="Write a comparison page for each fixture, in Korean and English.")
@paths_argument
@bundled_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for the pages of this run: those of an earlier run that it does not write again go, what else is in "
    "it stays.",
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Folder of pages of their own. Default: docs/pages beside the folder `fixtures`, as far as what they name is "
    "verified.",
)
@click.option(
    "--lang", type=click.Choice(["ko", "en"]), help="Only this language. Default: those that the pages are written in."
)
@click.option(
    "--site",
    is_flag=True,
    help="Also a site, in DIR/site: contents, search, light and dark, one page after the other. Built by Sphinx, which "
    "the extra `site` brings; [tool.parity.pages] in pyproject.toml has its title and its groups.",
)
@click.option(
    "--live",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="With --site: readers can change the lines of a page and run both languages in the browser. DIR is a folder "
    "that `parity live` has filled.",
)
@click.option("--fresh", is_flag=True, help="Write them even where nothing has changed since the last time.")
@jobs_option
@set_option
def pages(
    paths: tuple[Path, ...],
    bundled: bool,
    out: Path,
    documents: Path | None,
    lang: str | None,
    site: bool,
    live: Path | None,
    fresh: bool,
    jobs: int | None,
    overrides: dict[str, object],
) -> None:
    """Write a comparison page for each fixture: Markdown for a GitHub wiki, and HTML that opens from disk.

    Every number on a page comes from running the code while the page is written. A page in a fixture's
    folder (affine.en.md beside affine.json, or affine.md) takes the place of the usual one; other pages lie in
    docs/pages. Without PATHS: the fixtures in ./fixtures. Where no file of the project and nothing
    that is installed has changed since pages were written that all agreed, they stay as they are.

    \b
    Examples:
      parity pages --out pages
      parity pages --out pages --site
      parity pages --out pages --site --live browser
      parity pages fixtures/layers/affine.json --out pages --lang ko
      parity pages my/fixtures --documents my/chapters --out pages
    """
    where = places(paths, bundled=bundled)
    if live and not site:
        stop("--live is a part of --site; expected both", USAGE)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"{out}: {error.strerror}; expected a folder that can be made", USAGE)
    if not os.access(out, os.W_OK):
        stop(f"{out}: cannot be written to; expected a folder that can", USAGE)
    from parity.cli import environment
    from parity.consoles.transcript import ConsoleError
    from parity.fixture.read import read_fixture
    from parity.reports.pages import Book, PagesError, write_pages
    from parity.reports.pages.documents import project_of
    from parity.reports.pages.unchanged import digest, forget, is_unchanged, remember
    from parity.reports.site import build_site
    from parity.reports.site.settings import settings_of
    from parity.reports.terminal import print_report

    interrupts_raise()
    asked = {"paths": where, "documents": documents, "lang": lang, "site": site, "live": live, "set": overrides}
    projects = {
        project_of(path if path.is_dir() else path.parent) for path in (*where, *([documents] if documents else []))
    }
    key = digest(projects, asked, without=[out, *([live] if live else [])])
    if not fresh and is_unchanged(out, key):
        click.echo(f"{out}: nothing has changed since these pages were written (--fresh writes them again)")
        return
    forget(out)
    report = verified(where, jobs=jobs, overrides=overrides)
    print_report(report, console())
    if report.unverified:
        click.echo("parity: no page was written, because not every fixture could be verified", err=True)
        raise SystemExit(status_of(report))
    results = [(read_fixture(result.path, overrides), result) for result in report.fixtures]
    packages = packages_beside([fixture for fixture, _ in results])

    def build(book: Book) -> Path:
        home = project_of(documents or (results[0][0].path.parent if results else Path.cwd()))
        settings = settings_of(home, book.languages)
        return build_site(book, settings, out=out / "site", live=live, packages=packages)

    try:
        place = write_pages(
            results,
            out=out,
            languages=(lang,) if lang else None,
            packages=packages,
            documents=documents,
            on_request=[read_fixture(entry.path, overrides) for entry in report.on_request],
            build=build if site else None,
            versions={check.name: check.value for check in environment.examine() if check.ok},
        )
    except PagesError as error:
        stop(str(error), USAGE)
    except ConsoleError as error:
        stop(str(error), ENVIRONMENT)
    if status_of(report) == 0:
        remember(out, key)
    click.echo(f"pages: {place}")
    raise SystemExit(status_of(report))

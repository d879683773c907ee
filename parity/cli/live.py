"""`parity live`: R and Python for the browser, for sites whose readers run the lines."""

from __future__ import annotations

from pathlib import Path

import click

from parity.cli.running import USAGE, interrupts_raise, stop


@click.command(short_help="Fetch R and Python for the browser, for `parity pages --live`.")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--wheels",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Where the wheels of NumPy and pandas for Pyodide, and of what they need, have been fetched to already. "
    "Default: Pyodide's own loader fetches them.",
)
def live(out: Path, wheels: Path | None) -> None:
    """Fill DIR with webR and Pyodide, which a site then brings along: its readers' browsers ask nobody else.

    Needs npm and node. About 75 MB on disk, of which a reader's browser loads less than half, and only when asked to.

    \b
    Examples:
      parity live browser
      parity pages --out pages --site --live browser
    """
    interrupts_raise()
    from parity.reports.pages.files import PagesError
    from parity.reports.site.live.assets import PYODIDE, WEBR, fetch

    try:
        place = fetch(out, wheels)
    except PagesError as error:
        stop(str(error), USAGE)
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    click.echo(f"{place}: {WEBR}, {PYODIDE}, NumPy and pandas, {size / 1e6:.0f} MB")

"""`parity quarto`: the extension by which a Quarto document verifies its pairs, and what that extension calls."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import click

from parity.cli.running import DISAGREE, ENVIRONMENT, USAGE, interrupts_raise, stop


@click.command(short_help="Write the Quarto extension that verifies the pairs of a document when it is rendered.")
@click.argument("directory", default=".", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option(
    "--pairs",
    is_flag=True,
    help="What the extension calls: reads pairs as a document of Pandoc's in JSON, writes them answered.",
)
def quarto(directory: Path, pairs: bool) -> None:
    """Write the Quarto extension into DIR/_extensions/parity. Default: this folder.

    A document that has `filters: [parity]` then shows each pair in tabs, Python and R, and is only rendered while all
    of them agree. `::: {.parity rtol=1e-12}` opens a pair, with a block ```python and a block ```r in it;
    `differs="why"` says that it has to differ; `::: {.parity fixture="fixtures/center.json"}` shows the code of a
    fixture and verifies it.

    \b
    Examples:
      parity quarto
      parity quarto book
    """
    if pairs:
        _answer(directory)
        return
    place = directory / "_extensions" / "parity"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file in sorted((Path(__file__).resolve().parents[1] / "quarto" / "extension").iterdir()):
            shutil.copy(file, place / file.name)
    except OSError as error:
        stop(f"{place}: {error.strerror}; expected a folder that can be written to", USAGE)
    click.echo(f"{place}: now `filters: [parity]` in a document, or in _quarto.yml")


def _answer(folder: Path) -> None:
    interrupts_raise()
    # What the lines print, in either language and in what they call, must not get into the document.
    answers = os.dup(1)
    os.dup2(2, 1)
    try:
        document = json.loads(sys.stdin.buffer.read())
        blocks = document["blocks"]
        if not isinstance(blocks, list):
            raise TypeError(f"blocks is {blocks!r:.40}")
    except (ValueError, KeyError, TypeError) as error:
        stop(f"--pairs: {error}; expected a document of Pandoc's in JSON on standard input, with blocks", USAGE)
    # Nobody is there to answer a line that asks.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from parity.bridge import RUnavailable
    from parity.quarto import PairDisagreement, PairError, answer

    sys.path[:0] = [str(folder.resolve())]
    try:
        answered = answer({**document, "blocks": blocks}, folder)
    except RUnavailable as error:
        stop(str(error), ENVIRONMENT)
    except PairDisagreement as error:
        stop(str(error), DISAGREE)
    except PairError as error:
        stop(str(error), USAGE)
    with os.fdopen(answers, "w", encoding="utf-8") as out:
        json.dump(answered, out, ensure_ascii=False)

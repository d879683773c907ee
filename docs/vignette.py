"""Write the gallery of idioms as a vignette of the R package: `python docs/vignette.py`.

Its lines are those of fixtures/idioms, which are run and held against each other in both languages; a test holds the
vignette to them.
"""

from __future__ import annotations

from pathlib import Path

from parity.fixture.read import read_fixture
from parity.reports.pages.documents import read_document
from parity.reports.pages.html import title_of
from parity.reports.pages.idioms import lines_of, rows_of
from parity.reports.pages.markdown import code, text

ROOT = Path(__file__).resolve().parents[1]
IDIOMS = ROOT / "fixtures" / "idioms"
PLACE = ROOT / "r_impl" / "vignettes" / "idioms.Rmd"
HEAD = """---
title: "The NumPy line and the R line"
output: markdown::html_format
vignette: >
  %\\VignetteIndexEntry{The NumPy line and the R line}
  %\\VignetteEngine{knitr::knitr}
  %\\VignetteEncoding{UTF-8}
---

Each row does the same in either language. Every pair of lines is run on the same inputs, and the results are held
against each other, whenever the tests of this project run. `np` is NumPy, `pd` pandas; functions that begin with `np_`
are this package's.
"""


def vignette() -> str:
    parts = [HEAD]
    for path in sorted(IDIOMS.glob("*.json")):
        document = read_document(path.with_suffix(".en.md"), path.stem, "en", f"idioms/{path.stem}")
        fixture = read_fixture(path)
        cases = {case.id: case for case in fixture.cases}
        (block,) = [part for part in document.parts if part.kind == "idioms"]
        parts.append(f"## {title_of(path.with_suffix('.en.md').read_text('utf-8'))}\n")
        parts.append("| What it does | NumPy | R |\n|---|---|---|")
        for name, means in rows_of(block.lines):
            cells = [text(means), *map(code, lines_of(cases[name]))]
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    PLACE.write_text(vignette(), "utf-8")

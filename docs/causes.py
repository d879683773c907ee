"""Write the tables of docs/pages/causes.en.md and causes.ko.md from the hypotheses: python docs/causes.py"""

from __future__ import annotations

import re
from pathlib import Path

from parity.reports.causes import reference

HEADS = {"en": ("Code", "What it usually means", "In Python", "In R"), "ko": ("코드", "흔한 이유", "Python", "R")}


def table(language: str) -> str:
    """A row for each code."""
    rows = [HEADS[language], ("---",) * 4]
    for code, means, mends in reference(language):
        cells = [re.sub(r"([\\*_|<>\[\]^~`])", r"\\\1", means)]
        cells += [f"`{mends[side]}`".replace("|", r"\|") if side in mends else "" for side in ("python", "r")]
        rows.append((f"`{code}`", *cells))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    for language in HEADS:
        path = Path(__file__).parent / "pages" / f"causes.{language}.md"
        before, _, rest = path.read_text("utf-8").partition("\n| ")
        after = rest.rpartition(" |\n")[2]
        path.write_text(f"{before}\n{table(language)}\n{after}", "utf-8")


if __name__ == "__main__":
    main()

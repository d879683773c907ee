"""Writes what a run measured into the READMEs: `parity run examples --json build/examples.json`, then this.

Between two marks in examples/*/README.md stands a line for each pair of functions: how far apart the
two sides are at worst where they agree, and by how much where they are known to differ. In examples/README.md stand the
totals, and the versions that were measured.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
BEGIN, END = "<!-- figures -->\n", "<!-- end -->"
PYTHON = ("numpy", "pandas", "scipy", "statsmodels", "lifelines", "scikit-learn", "pydeseq2")
R = ("survival", "sandwich", "lmtest", "glmnet", "dplyr", "tidyr", "DESeq2")


def main(report: str) -> None:
    subjects: dict[str, list[dict]] = {}
    for one in json.loads(Path(report).read_text("utf-8"))["fixtures"]:
        subjects.setdefault(Path(one["path"]).parent.name, []).append(one)
    totals = [
        "| folder | pairs of functions | cases | values compared | cases with a known difference |",
        "|---|---|---|---|---|",
    ]
    for folder, ones in sorted(subjects.items()):
        _write(HERE / folder / "README.md", _table(sorted(ones, key=lambda one: one["name"])))
        cases = [case for one in ones for case in one["cases"]]
        known = sum(any(finding["kind"] == "divergence" for finding in case["findings"]) for case in cases)
        compared = sum(finding["count"] for case in cases for finding in _agreements(case))
        totals.append(f"| [{folder}]({folder}) | {len(ones)} | {len(cases)} | {compared} | {known} |")
    _write(HERE / "README.md", [*totals, "", _versions()])


def _agreements(case: dict) -> list[dict]:
    return [one for one in case["findings"] if one["kind"] == "agreement" and one["comparison"]]


def _table(subjects: list[dict]) -> list[str]:
    lines = [
        "| fixture | cases | values | worst where they agree: absolute | relative | known differences |",
        "|---|---|---|---|---|---|",
    ]
    for one in subjects:
        findings = [finding for case in one["cases"] for finding in _agreements(case)]
        agreeing = [finding["comparison"] for finding in findings if finding["ok"]]
        count = sum(finding["count"] for finding in findings)
        worst = " | ".join(_largest(agreeing, key) for key in ("absolute", "relative"))
        differing = "<br>".join(filter(None, map(_difference, one["cases"])))
        name = one["name"]
        lines.append(f"| [{name}]({name}.json) | {len(one['cases'])} | {count} | {worst} | {differing} |")
    return lines


def _largest(comparisons: list[dict], key: str) -> str:
    # Relative to 0 it is infinite, and written as text.
    sizes = [one[key]["value"] for one in comparisons if one[key] and isinstance(one[key]["value"], float)]
    return f"{max(sizes):.1e}" if sizes else ""


def _difference(case: dict) -> str:
    parts = []
    for finding in _agreements(case):
        size = finding["comparison"]["absolute"]
        if not finding["ok"]:
            apart = f"by {size['value']:.3g}" if finding["code"] == "value" and size else f"in {finding['code']}"
            parts.append(f"{finding['value']} {apart}")
    return f"{case['id']}: {', '.join(parts)}" if parts else ""


def _versions() -> str:
    ask = "cat(as.character(getRversion())); for (p in commandArgs(TRUE)) cat('', p, as.character(packageVersion(p)))"
    r, *packages = subprocess.run(["Rscript", "-e", ask, *R], check=True, capture_output=True, text=True).stdout.split()
    pairs = [f"{name} {number}" for name, number in zip(packages[::2], packages[1::2], strict=True)]
    python = [f"{name} {version(name)}" for name in PYTHON]
    return f"Measured with Python {platform.python_version()} ({', '.join(python)}) and R {r} ({', '.join(pairs)})."


def _write(readme: Path, lines: list[str]) -> None:
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

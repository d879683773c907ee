"""A report as JSON, for programs."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parity.verify.results import Report


def as_json(report: Report) -> str:
    """The whole report. NaN, Inf and -Inf are written as strings, as in fixtures."""
    return _written({"ok": report.ok, "seconds": report.seconds, "elements": report.count, **_plain(report)})


def as_text(document: object) -> str:
    """Any other results as JSON, by the same rules."""
    return _written(_plain(document))


def _written(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False, default=str)
    # A series of ten thousand numbers is one line, not ten thousand. Text holds no line ends in JSON, so none is met.
    compact = _NUMBERS.sub(lambda match: re.sub(r"\s+", " ", match[0]).replace("[ ", "[").replace(" ]", "]"), text)
    # No encoding has half of a surrogate pair; JSON can name one.
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", compact) + "\n"


_NUMBERS = re.compile(r"\[\n\s*-?[\d.]+(?:e[-+]?\d+)?(?:,\n\s*-?[\d.]+(?:e[-+]?\d+)?)*\n\s*\]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"ok": value.ok, **plain} if hasattr(value, "ok") else plain
    if isinstance(value, Mapping):
        return {str(key): _plain(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value

"""A report as JSON, for programs."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parity.verify.results import Report


def as_json(report: Report) -> str:
    """The whole report. NaN, Inf and -Inf are written as strings, as in fixtures."""
    document = {"ok": report.ok, "seconds": report.seconds, "elements": report.count, **_plain(report)}
    written = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    # A series of ten thousand numbers is one line, not ten thousand. Text holds no line ends in JSON, so none is met.
    return (
        _NUMBERS.sub(lambda found: re.sub(r"\s+", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), written) + "\n"
    )


_NUMBERS = re.compile(r"\[\n\s*-?[\d.]+(?:e[-+]?\d+)?(?:,\n\s*-?[\d.]+(?:e[-+]?\d+)?)*\n\s*\]")


def write_json(report: Report, path: Path) -> None:
    """Write the report; an interrupted write leaves the earlier file whole. Raises OSError."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_json(report))
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


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

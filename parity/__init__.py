"""Proof that a Python and an R implementation of the same computation agree, in outputs and gradients.

>>> import parity
>>> report = parity.run("fixtures")      # doctest: +SKIP
>>> report.ok, report.frame              # doctest: +SKIP
>>> parity.compare(a, b, rtol=1e-12, atol=0)   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parity.evidence.compare import compare
    from parity.verify.results import Report
    from parity.verify.suite import run

__all__ = ["Report", "compare", "run"]

_HOME = {"compare": "parity.evidence.compare", "run": "parity.verify.suite", "Report": "parity.verify.results"}


def __getattr__(name: str) -> Any:
    """Loaded when first asked for, so that the command's --help does not wait for NumPy."""
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module 'parity' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)

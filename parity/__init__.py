"""Proof that a Python and an R implementation of the same computation agree, in outputs and gradients.

>>> import parity
>>> report = parity.run("fixtures")      # doctest: +SKIP
>>> report.ok, report.frame              # doctest: +SKIP
>>> parity.compare(a, b, rtol=1e-12, atol=0)   # doctest: +SKIP
>>> parity.check(scale, "port.R::scale", x=x)      # doctest: +SKIP
>>> quantile = parity.r("stats::quantile")         # doctest: +SKIP
>>> parity.tolerances("fixtures/layers")           # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parity.bridge import RError, RUnavailable
    from parity.check.door import check
    from parity.check.errors import CheckError, Disagreement
    from parity.check.r_callable import r
    from parity.evidence.compare import compare
    from parity.fixture.model import Expression
    from parity.tolerance.measure import tolerances
    from parity.verify.results import Report
    from parity.verify.suite import run

__all__ = [
    "CheckError",
    "Disagreement",
    "Expression",
    "RError",
    "RUnavailable",
    "Report",
    "check",
    "compare",
    "r",
    "run",
    "tolerances",
]

_HOME = {
    "CheckError": "parity.check.errors",
    "Disagreement": "parity.check.errors",
    "Expression": "parity.fixture.model",
    "RError": "parity.bridge",
    "RUnavailable": "parity.bridge",
    "Report": "parity.verify.results",
    "check": "parity.check",
    "compare": "parity.evidence.compare",
    "r": "parity.check.r_callable",
    "run": "parity.verify.suite",
    "tolerances": "parity.tolerance.measure",
}


def __getattr__(name: str) -> Any:
    """Loaded when first asked for, so that the command's --help does not wait for NumPy."""
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module 'parity' has no attribute {name!r}")
    home = importlib.import_module(_HOME[name])
    return home if name == "check" else getattr(home, name)  # the package itself can be called

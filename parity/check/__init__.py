"""The Python door: one call in a plain test gives a verdict.

    parity.check(scale, "port.R::scale", x=x, rtol=1e-12)
    quantile = parity.r("stats::quantile")

`parity.check` is this package, and can be called: Python gives a package's attribute the name of its folder, so that a
function of the same name beside it would be replaced by the folder as soon as something in it is imported.
"""

from __future__ import annotations

import sys
from types import ModuleType

from parity.check.door import check, examine
from parity.check.errors import CheckError, Disagreement
from parity.check.r_callable import RCallable, r

__all__ = ["CheckError", "Disagreement", "RCallable", "check", "examine", "r"]


class _Check(ModuleType):
    __call__ = staticmethod(check)


sys.modules[__name__].__class__ = _Check

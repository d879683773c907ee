"""Who is wrong, from the comparisons of one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from parity.evidence.compare import Comparison
from parity.evidence.differentiation import GradientCheck
from parity.evidence.results import Blame, Pair

EXPECTED: Mapping[str, Pair] = {"python": "python-expected", "r": "r-expected"}


def blame(
    path: str,
    comparisons: Mapping[Pair, Comparison],
    arrays: Mapping[str, np.ndarray | None],
    checks: Mapping[tuple[str, str], GradientCheck],
) -> Blame:
    """The side that the evidence speaks against, for a value of which at least one comparison failed.

    Evidence, strongest first: a value that is missing; independent truth (`expect`); numeric differentiation, by
    (language, gradient path). Two subjects that disagree with the truth while both gradients prove right speak
    against the expected value. Without evidence nobody is blamed; where two sides agree in a way that shows nothing
    (all zeros, within a tolerance that swallows the numbers), "nothing shown".
    """
    both = len(arrays) == 2

    def against(languages: list[str]) -> Blame:
        return "both" if both and len(languages) == 2 else cast(Blame, languages[0])

    if all(comparison.ok or comparison.reason == "vacuous" for comparison in comparisons.values()):
        return "nothing shown"
    absent = [language for language, array in arrays.items() if array is None]
    if absent:
        return against(absent)
    doubted = [side for side in arrays if EXPECTED[side] in comparisons and not comparisons[EXPECTED[side]].ok]
    proved = {language: checks[language, path].ok for language in arrays if (language, path) in checks}
    if doubted and len(doubted) == len(arrays) and proved and all(proved.values()):
        return "expected"
    if doubted:
        return against(doubted)
    refuted = [language for language, ok in proved.items() if not ok]
    if refuted:
        return against(refuted)
    # Two sides that differ in f(x) while one of them has a gradient that does not fit its own f: that f is off.
    unfit = [side for side in arrays if any(s == side and c.of == path and not c.ok for (s, _), c in checks.items())]
    return against(unfit) if len(unfit) == 1 and both else "unknown"

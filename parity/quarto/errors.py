"""What ends the rendering of a document."""

from __future__ import annotations


class PairError(ValueError):
    """A pair cannot be read, or its lines fail: a sentence that names the pair and what was expected."""


class PairDisagreement(PairError):
    """The two sides of a pair do not show the same, or show the same where they are said to differ."""

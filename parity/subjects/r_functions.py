"""Our own functions in R, which lie in `r_side/`."""

from __future__ import annotations

import functools
from pathlib import Path

from parity import bridge

R_SIDE = Path(__file__).parent / "r_side"


@functools.cache
def _space() -> bridge.RValue:
    """Where they are: in an environment that nothing assigned in the global one can reach."""
    space = bridge.below_base()
    for file in sorted(R_SIDE.glob("*.R")):
        bridge.evaluate(file.read_text("utf-8"), space)
    return space


@functools.cache
def own(name: str) -> bridge.RFunction:
    return bridge.function(_space().element(name), name)  # type: ignore[arg-type]


@functools.cache
def global_environment() -> bridge.RValue:
    return own("global_environment").keep()

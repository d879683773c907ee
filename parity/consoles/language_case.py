"""A case as one language gets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from parity.fixture.model import Call, Case, Value
from parity.subjects.origins import moved_in


def case_in(case: Case, language: str) -> Case:
    """The case with one language's own arguments, names of arguments, order of axes, and first index.

    What a call returns keeps the name that the fixture has for it. A long call, which is checked in pieces, is made
    at once.
    """
    renamed, layout = case.names.get(language, {}), case.layout.get(language, {})
    origin = case.origin.get(language, {})

    def own(arguments: Mapping[str, Value]) -> dict[str, Value]:
        values = {}
        for name, value in arguments.items():
            if name in layout and isinstance(value, np.ndarray):
                value = value.transpose(layout[name].axes)
            values[renamed.get(name, name)] = moved_in(value, name, origin)
        return values

    def own_call(call: Call) -> Call:
        steps = {} if call.trajectory is None else {"steps": call.trajectory.steps}
        return dataclasses.replace(call, arguments=own({**steps, **call.given(language)}), only={})

    return dataclasses.replace(
        case, make=own(case.made_with(language)), only={}, calls=tuple(map(own_call, case.calls))
    )

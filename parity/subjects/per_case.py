"""What follows from a case alone is worked out once for it: a case is verified twice, and its gradients many times."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from parity.fixture.model import Case

Rest = ParamSpec("Rest")
Result = TypeVar("Result")

_REMEMBERED = 2000


def once_per_case(work: Callable[Concatenate[Case, Rest], Result]) -> Callable[Concatenate[Case, Rest], Result]:
    """`work`, remembering its answers by the identity of the case and by its other arguments, which are hashable.

    A case cannot be hashed, since it holds arrays; that it is still the same object is what the weak reference says.
    """
    answers: dict[tuple[object, ...], tuple[weakref.ref[Case], Result]] = {}

    def remembering(case: Case, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        key = (id(case), *args, *kwargs.values()) if kwargs else (id(case), *args)
        entry = answers.get(key)
        if entry is not None and entry[0]() is case:
            return entry[1]
        result = work(case, *args, **kwargs)
        if len(answers) >= _REMEMBERED:
            answers.clear()
        answers[key] = weakref.ref(case), result
        return result

    remembering.__doc__ = work.__doc__
    return remembering

"""What optimizers remember of each parameter: an array of its shape, in a list or under the parameter's name."""

from typing import Any

import numpy as np


def names_of(params: Any) -> list[Any]:
    """The keys of a dict, or the positions in a list."""
    return list(params) if isinstance(params, dict) else list(range(len(params)))


def zeros_like_each(params: Any) -> Any:
    """Zeros of the shapes of the parameters: a dict for a dict, a list for a list."""
    if isinstance(params, dict):
        return {name: np.zeros(np.shape(param)) for name, param in params.items()}
    return [np.zeros(np.shape(param)) for param in params]

"""What the layers over time share: a state that goes from one stretch of a sequence to the next."""

import numpy as np

from python_impl.layers._layer import Layer


class Recurrent(Layer):
    """h, the hidden state (N, H), is kept after a forward pass and taken up by the next one if `stateful`.

    `dh` is the gradient that flows out of the first step of the last backward pass; it is cut off there.
    """

    def __init__(self, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray, stateful: bool = False) -> None:
        super().__init__(Wx, Wh, b)
        self.stateful = stateful
        self.reset_state()
        self.dh: np.ndarray | None = None

    def set_state(self, h: np.ndarray) -> None:
        self.h = h

    def reset_state(self) -> None:
        self.h: np.ndarray | None = None

    def begin(self, state: np.ndarray | None, xs: np.ndarray) -> np.ndarray:
        """The state that the first step gets: what was kept, or zeros."""
        if self.stateful and state is not None:
            return state
        return np.zeros((len(xs), len(self.params[1])))

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """sigmoid(x) = 1 / (1 + exp(-x)), element by element.

    Shapes: x of any shape -> the same shape.
    Source: DeepLearningFromForR wiki, chapter 5, "Sigmoid".
    """
    with np.errstate(over="ignore"):  # exp(-x) may overflow to Inf, and 1 / (1 + Inf) = 0 is the right answer
        return 1 / (1 + np.exp(-x))

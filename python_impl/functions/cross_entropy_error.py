import numpy as np


def cross_entropy_error(y: np.ndarray, t: np.ndarray | int, delta: float = 1e-7) -> float:
    """E = -sum_k t_k log(y_k + delta), averaged over the rows.

    `delta` keeps log away from 0. It also makes E a little smaller than the cross entropy, by delta / y_k for
    the right class k; with delta = 0 the cross entropy itself comes out.
    Shapes: y (N, C) with t one-hot (N, C) or the labels (N,), counted from 0; or y (C,) with t (C,) or one label.
    Source: DeepLearningFromForR wiki, chapter 5, 5.6.3; labels from the notebook "inference and training".
    """
    t = np.asarray(t)
    if y.ndim == 1:
        y = y.reshape(1, y.size)
        t = t.reshape(1, t.size) if t.size == y.size else t.reshape(1)

    batch_size = y.shape[0]
    if t.ndim == 2:
        return -np.sum(t * np.log(y + delta)) / batch_size
    return -np.sum(np.log(y[np.arange(batch_size), t] + delta)) / batch_size

import numpy as np


def load_data(seed: int = 1984) -> tuple[np.ndarray, np.ndarray]:
    """The spiral data: three arms of 100 points each, in order (not shuffled).

    Point i of arm j lies at radius r = i/100 and angle theta = 4 j + 4 r + 0.2 z with z standard normal, as
    x = (r sin theta, r cos theta). The draws are those of NumPy's legacy stream, one per point.
    Returns x (300, 2) and t (300, 3), one-hot.
    Source: the book's dataset/spiral.py, as used by the notebook "inference and training".
    """
    z = np.random.RandomState(seed).randn(3, 100)
    arm = np.arange(3)[:, np.newaxis]
    r = np.arange(100) / 100
    theta = arm * 4.0 + 4.0 * r + z * 0.2
    x = np.stack([r * np.sin(theta), r * np.cos(theta)], axis=2).reshape(300, 2)
    t = np.repeat(np.eye(3), 100, axis=0)
    return x, t

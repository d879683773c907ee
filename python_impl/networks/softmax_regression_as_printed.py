import numpy as np

from python_impl.networks.softmax_regression import SoftmaxRegression


class SoftmaxRegressionAsPrinted(SoftmaxRegression):
    """The softmax regression with the Jacobian exactly as its source prints it, which is wrong in two places.

    Row 2, column 2 and row 3, column 3 are both s2 (1 - s1) there, instead of s2 (1 - s2) and s3 (1 - s3). Kept
    because the numbers printed after training come from it. It shows: the entries of dB add up to 0 only for the
    first class as the target.
    Shapes: as SoftmaxRegression.
    Source: blog post "multi-class classification, practice", section 4.
    """

    def jacobian(self) -> np.ndarray:
        s1, s2, s3 = self.pred[0]
        return np.array(
            [
                [s1 * (1 - s1), -(s1 * s2), -(s1 * s3)],
                [-(s1 * s2), s2 * (1 - s1), -(s2 * s3)],
                [-(s1 * s3), -(s2 * s3), s2 * (1 - s1)],
            ]
        )

from python_impl.networks.softmax_regression_as_printed import SoftmaxRegressionAsPrinted
from python_impl.training.softmax_regression import SoftmaxRegressionRun


class SoftmaxRegressionAsPrintedRun(SoftmaxRegressionRun):
    """The same run with the Jacobian exactly as the source prints it, which is wrong in two places.

    Shapes: as SoftmaxRegressionRun.
    Source: blog post "multi-class classification, practice": all numbers that it prints after training.
    """

    network_class = SoftmaxRegressionAsPrinted

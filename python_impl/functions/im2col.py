import numpy as np

from python_impl.functions._windows import places
from python_impl.functions.output_size import output_size
from python_impl.functions.pad_images import pad_images


def im2col(input_data: np.ndarray, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0) -> np.ndarray:
    """Every window that a filter sees as one row, so that a convolution is a matrix product.

    col[(n OH + oh) OW + ow, (c FH + i) FW + j] = x[n, c, stride oh + i - pad, stride ow + j - pad], 0 outside of x.
    Shapes: input_data (N, C, H, W) -> col (N OH OW, C FH FW).
    Source: the book, first volume, chapter 7, 7.4.3.
    """
    N, C, H, W = input_data.shape
    out_h = output_size(H, filter_h, stride, pad)
    out_w = output_size(W, filter_w, stride, pad)
    img = pad_images(input_data, pad)
    col = np.empty((N, C, filter_h, filter_w, out_h, out_w))
    for i, j, rows, columns in places(filter_h, filter_w, out_h, out_w, stride):
        col[:, :, i, j] = img[:, :, rows, columns]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, C * filter_h * filter_w)

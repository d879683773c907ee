import numpy as np

from python_impl.functions._windows import places
from python_impl.functions.output_size import output_size


def col2im(
    col: np.ndarray, input_shape: tuple[int, ...], filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> np.ndarray:
    """The adjoint of `im2col`, not its inverse: what the windows hold for one pixel is added up.

    <im2col(x), y> = <x, col2im(y)> for all x and y; a pixel that k windows see comes back k times as large.
    Shapes: col (N OH OW, C FH FW), input_shape (N, C, H, W) -> images (N, C, H, W).
    Source: the book, first volume, chapter 7, 7.4.3 and 7.4.4.
    """
    N, C, H, W = (int(extent) for extent in input_shape)
    out_h = output_size(H, filter_h, stride, pad)
    out_w = output_size(W, filter_w, stride, pad)
    windows = col.reshape(N, out_h, out_w, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, j, rows, columns in places(filter_h, filter_w, out_h, out_w, stride):
        img[:, :, rows, columns] += windows[:, :, i, j]
    return img[:, :, pad : pad + H, pad : pad + W]

"""Where the windows of a filter lie on padded images: what im2col reads, col2im writes to."""

from collections.abc import Iterator

import numpy as np


def places(
    filter_h: int, filter_w: int, out_h: int, out_w: int, stride: int
) -> Iterator[tuple[int, int, slice, slice]]:
    """For each place (i, j) of a filter, the rows and the columns of the pixels that it meets, a window each."""
    for i, j in np.ndindex(filter_h, filter_w):
        yield i, j, slice(i, i + stride * out_h, stride), slice(j, j + stride * out_w, stride)

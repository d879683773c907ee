import numpy as np

from python_impl.functions.col2im import col2im
from python_impl.functions.im2col import im2col
from python_impl.functions.output_size import output_size
from python_impl.functions.pad_images import pad_images
from python_impl.layers._layer import Layer


class Pooling(Layer):
    """out = the largest pixel of each window, channel by channel;   dx = dout at that pixel, 0 elsewhere.

    Of equal pixels the first takes the gradient, row by row as the window is read; where windows overlap, a pixel
    gets the sum of what they send. The rim of `pad` pixels is -Inf, so that it never is the largest.
    `arg_max` is the place of the largest in its window, pool_w i + j, counted from 0.
    Shapes: x (N, C, H, W) -> out and arg_max (N, C, OH, OW), OH and OW as `output_size` has them.
    Raises ValueError where a window would hold nothing but the rim.
    Source: the book, first volume, chapter 7, 7.4.4. The book leaves `pad` out of its output size, and pads with 0.
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0) -> None:
        super().__init__()
        if pad >= min(pool_h, pool_w):
            raise ValueError(f"pad {pad} leaves windows of {pool_h} x {pool_w} that hold nothing of the image")
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def forward(self, x: np.ndarray) -> np.ndarray:
        N, C, H, W = x.shape
        out_h = output_size(H, self.pool_h, self.stride, self.pad)
        out_w = output_size(W, self.pool_w, self.stride, self.pad)
        self.shape = x.shape
        col = im2col(pad_images(x, self.pad, -np.inf), self.pool_h, self.pool_w, self.stride)
        col = col.reshape(N, out_h, out_w, C, self.pool_h * self.pool_w)
        self.arg_max = col.argmax(axis=-1).transpose(0, 3, 1, 2)
        return col.max(axis=-1).transpose(0, 3, 1, 2)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        N, _, out_h, out_w = dout.shape
        places = np.arange(self.pool_h * self.pool_w)
        largest = self.arg_max.transpose(0, 2, 3, 1)[..., None] == places
        dcol = np.where(largest, dout.transpose(0, 2, 3, 1)[..., None], 0.0)
        dcol = dcol.reshape(N * out_h * out_w, -1)
        return col2im(dcol, self.shape, self.pool_h, self.pool_w, self.stride, self.pad)

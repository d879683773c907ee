"""The idx format, in which MNIST is distributed: arrays of unsigned bytes, gzipped or not."""

import math
import os
import zlib
from pathlib import Path

import numpy as np


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array in an idx file of unsigned bytes, as uint8 and in the file's own shape.

    The file is 00 00 08 d, then d sizes of four bytes each (the highest byte first), then the elements with the
    last index running fastest. It may be gzipped: its first two bytes tell, not its name.
    Raises FileNotFoundError where there is no such file, and ValueError, with the path, what was found and what was
    expected, where the file is empty, cut off, damaged, too long, or not of this format.
    Source: the description of the format on the MNIST page (Y. LeCun, C. Cortes, C. J. C. Burges).
    """
    data = read_bytes(path)
    sizes, start = read_sizes(data, path)
    count = math.prod(sizes)
    found = len(data) - start
    if found != count:
        shape = " x ".join(map(str, sizes))
        what = "the file is cut off" if found < count else f"{found - count} too many"
        raise ValueError(f"{path}: {found} bytes of data, expected {count} ({shape}): {what}")
    # A copy, since what is made of bytes cannot be written to.
    return np.frombuffer(data, np.uint8, count, start).reshape(sizes).copy()


def read_sizes(data: bytes, path: str | os.PathLike[str]) -> tuple[tuple[int, ...], int]:
    """The sizes that the head of the file names, and where its elements begin."""
    if not data:
        raise ValueError(f"{path}: an empty file, expected an idx file")
    if data[:2] != b"\0\0" or len(data) < 4:
        found = data[:4].hex(" ")
        raise ValueError(f"{path}: begins with {found}, expected 00 00 08 (idx, unsigned bytes) and the dimensions")
    if data[2] != 8:
        raise ValueError(f"{path}: an idx file of type {data[2]:02x}, expected 08 (unsigned bytes)")
    if data[3] == 0:
        raise ValueError(f"{path}: an idx file of 0 dimensions, expected at least 1")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise ValueError(f"{path}: {len(data)} bytes, expected at least {start}: the sizes are cut off")
    sizes = np.frombuffer(data, ">u4", data[3], 4)
    return tuple(int(size) for size in sizes), start


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The contents of a file, unpacked where it is gzipped. What a damaged file still holds is not given away."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ValueError(f"{path}: a folder, expected an idx file") from None
    if data[:2] != b"\x1f\x8b":
        return data
    # Not the module gzip, whose error for a file that is cut off does not say how much there was.
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(data)
    except zlib.error:
        raise ValueError(f"{path}: damaged gzip data") from None
    if not unpacker.eof or unpacker.unused_data:
        what = "something follows them" if unpacker.eof else "they are cut off"
        raise ValueError(f"{path}: damaged gzip data: {what}, after {len(unpacked)} bytes unpacked")
    return unpacked

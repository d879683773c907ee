"""MNIST: 60,000 images of handwritten digits to learn from and 10,000 to test with, 28 x 28 each.

The four files are not part of this project. `python -m python_impl.datasets mnist` fetches them (see `download`).
"""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from python_impl.datasets.idx import read_bytes, read_idx

try:
    import ssl
except ImportError:  # a Python without TLS, as that of a browser
    TLS_ERRORS: tuple[type[OSError], ...] = ()
else:
    TLS_ERRORS = (ssl.SSLError,)

Arrays = tuple[np.ndarray, np.ndarray]

TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

# SHA-256 of the files unpacked: copies are in circulation that were gzipped anew and hold the same numbers.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)


def load_mnist(
    path: str | os.PathLike[str] | None = None,
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
) -> tuple[Arrays, Arrays]:
    """(x_train, t_train), (x_test, t_test).

    x (N, 784), or (N, 1, 28, 28) with flatten=False: float64 from 0 to 1 (the bytes divided by 255), or the bytes
    themselves, uint8, with normalize=False. t (N,), the digits, or (N, 10) with one_hot_label=True.
    `path` is the folder of the four files, gzipped or not; without it `mnist_folder()`. Any set of the same layout
    and names can be read (Fashion-MNIST).
    Raises FileNotFoundError where a file is missing, saying where it was looked for and how to get it, and ValueError
    where a file is damaged or there are not as many labels as images.
    Source: the book's dataset/mnist.py, which computes in float32.
    """
    folder = mnist_folder() if path is None else Path(path)
    train, test = (read_pair(*(find(folder, name, path) for name in names)) for names in (TRAIN, TEST))
    return (
        arrays(*train, 255, normalize, flatten, one_hot_label),
        arrays(*test, 255, normalize, flatten, one_hot_label),
    )


def mnist_folder() -> Path:
    """Where MNIST is without being told: $MNIST_DIR, or deepscratch/mnist in the user's cache folder.

    The cache folder is $XDG_CACHE_HOME (which must be absolute, else it does not count) or ~/.cache. The R package
    follows the same rule, so that both languages read the same files.
    """
    if named := os.environ.get("MNIST_DIR"):
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if os.path.isabs(cache) else Path.home() / ".cache") / "deepscratch" / "mnist"


def find(folder: Path, name: str, path: str | os.PathLike[str] | None) -> Path:
    """The file of that name in the folder, gzipped or not. `path` is what the caller was given, None for nothing."""
    for file in (folder / f"{name}.gz", folder / name):
        if file.is_file():
            return file
    if path is not None:
        why = "the folder that was given"
    elif os.environ.get("MNIST_DIR"):
        why = "the folder that MNIST_DIR names"
    else:
        why = "the usual folder; MNIST_DIR can name another"
    raise FileNotFoundError(
        f"MNIST is not there: no {name}.gz or {name} in {folder} ({why}). "
        f"To fetch it: python -m python_impl.datasets mnist --to {folder}"
    )


def read_pair(images: Path, labels: Path) -> Arrays:
    """Images (N, H, W) and their labels (N,), as bytes."""
    x, t = read_idx(images), read_idx(labels)
    if x.ndim != 3:
        raise ValueError(f"{images}: {x.ndim} dimensions, expected 3 (images)")
    if t.ndim != 1:
        raise ValueError(f"{labels}: {t.ndim} dimensions, expected 1 (labels)")
    if len(x) != len(t):
        raise ValueError(f"{labels}: {len(t)} labels, expected {len(x)}, one for each image of {images.name}")
    return x, t


def arrays(x: np.ndarray, t: np.ndarray, largest: int, normalize: bool, flatten: bool, one_hot_label: bool) -> Arrays:
    """Images (N, H, W) as (N, H W) or (N, 1, H, W), and labels as whole numbers or one-hot rows of ten."""
    n, h, w = x.shape
    x = x.reshape((n, h * w) if flatten else (n, 1, h, w))
    if normalize:
        x = x / largest
    return x, np.eye(10)[t] if one_hot_label else t.astype(np.int64)


# -- fetching ------------------------------------------------------------------------------------------------------


# What an address that cannot be fetched raises. Not OSError, which a full disk raises as well.
NETWORK_ERRORS = (
    urllib.error.URLError,
    http.client.HTTPException,
    *TLS_ERRORS,
    TimeoutError,
    ConnectionError,
    ValueError,
)


class DownloadError(Exception):
    """MNIST could not be fetched. The message says what to do instead."""


def download(folder: Path, say: Callable[[str], None], mirrors: Sequence[str] = MIRRORS) -> None:
    """Put the four files into `folder`. Files that are there and whole are kept; `say` is told of each step.

    A file is written under another name and renamed once its checksum is right, so that an interruption leaves no
    half file. Raises DownloadError where no mirror gives a whole file or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in CHECKSUMS:
            if not _is_there(folder, name, say):
                _fetch(folder / f"{name}.gz", mirrors, say)
    except OSError as error:
        raise DownloadError(f"{error.filename or folder}: {error.strerror or error}") from error


def _is_there(folder: Path, name: str, say: Callable[[str], None]) -> bool:
    for file in (folder / f"{name}.gz", folder / name):
        if file.is_file():
            if wrong := _wrong(file, name):
                say(f"{wrong}; it will be replaced")
                # An unpacked file would go on being there beside the new one.
                if file.suffix != ".gz":
                    file.unlink()
                continue
            say(f"{file}: there, checksum right")
            return True
    return False


def _wrong(file: Path, name: str) -> str:
    """What is wrong with the contents of `file`; nothing where they are those of MNIST."""
    try:
        found = hashlib.sha256(read_bytes(file)).hexdigest()
    except ValueError as error:
        return str(error)
    expected = CHECKSUMS[name]
    return "" if found == expected else f"{file}: SHA-256 {found[:16]}… of the contents, expected {expected[:16]}…"


def _fetch(file: Path, mirrors: Sequence[str], say: Callable[[str], None]) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    failures = []
    try:
        for mirror in mirrors:
            address = f"{mirror.rstrip('/')}/{file.name}"
            say(f"fetching {address}")
            try:
                size = _copy(address, part, say)
            except NETWORK_ERRORS as error:
                failures.append(f"{address}: {getattr(error, 'reason', None) or error}")
                continue
            if wrong := _wrong(part, file.stem):
                failures.append(f"{address}: {wrong.partition(': ')[2]}")
                continue
            os.replace(part, file)
            say(f"{file}: {size:,} bytes, checksum right")
            return
    finally:
        part.unlink(missing_ok=True)
    tried = "\n".join(f"  {failure}" for failure in failures)
    wanted = "\n".join(f"  {name}.gz" for name in CHECKSUMS)
    raise DownloadError(
        f"{file.name} could not be fetched:\n{tried}\n"
        f"Without a network: copy these four files from another machine into {file.parent}, then run this again, "
        f"which checks them:\n{wanted}"
    )


def _copy(address: str, part: Path, say: Callable[[str], None]) -> int:
    """Fetch `address` into `part`; the number of bytes. A connection that ends early raises ConnectionError."""
    with urllib.request.urlopen(address, timeout=30) as source, part.open("wb") as target:
        announced = int(source.headers.get("Content-Length") or 0)
        size = told = 0
        while block := source.read(1 << 18):
            size += target.write(block)
            if size - told >= 2_000_000:
                told = size
                say(f"  {size / 1e6:.0f} MB" + (f" of {announced / 1e6:.0f}" if announced else ""))
    if announced and size != announced:
        raise ConnectionError(f"{size:,} bytes arrived, expected {announced:,}")
    return size

"""Data sets: files that are not what they should be, in both languages, fetching MNIST, and what the data are."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity import bridge
from python_impl.datasets import __main__ as command
from python_impl.datasets import mnist
from python_impl.datasets.digits import load_digits
from python_impl.datasets.idx import read_bytes, read_idx
from python_impl.datasets.iris import load_iris
from python_impl.datasets.mnist import Arrays, load_mnist, mnist_folder

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "fixtures" / "data"
R_FILES = sorted((ROOT / "r_impl" / "R").glob("datasets-*.R"))


def r_function(name: str) -> bridge.RValue:
    """A function of the R package, from its sources, as an R value."""
    load = bridge.function(
        """function(files, name) {
          env <- new.env(parent = baseenv())
          for (file in files) sys.source(file, envir = env)
          get(name, envir = env)
        }"""
    )
    return load.keep(files=[str(file) for file in R_FILES], name=name)


def in_r(name: str) -> bridge.RFunction:
    return bridge.function(r_function(name))


def idx(a: np.ndarray, sizes: tuple[int, ...] | None = None) -> bytes:
    sizes = a.shape if sizes is None else sizes
    return bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + a.astype(np.uint8).tobytes()


PIXELS = (np.arange(24) * 11 % 251).reshape(2, 3, 4)
GOOD = idx(PIXELS)
PACKED = gzip.compress(GOOD, mtime=0)


# -- idx files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", [(7,), (1,), (3, 5), (2, 3, 4), (1, 3, 1), (2, 3, 4, 5), (2, 0, 3)])
def test_every_element_is_where_the_file_says_in_both_languages(
    tmp_path: Path, shape: tuple[int, ...], packed: bool
) -> None:
    a = np.random.RandomState(sum(shape)).randint(0, 256, shape)
    file = tmp_path / "a file.idx"
    file.write_bytes(gzip.compress(idx(a)) if packed else idx(a))
    read = read_idx(file)
    assert read.dtype == np.uint8
    assert read.flags.writeable
    assert np.array_equal(read, a)
    from_r = in_r("read_idx")(str(file))
    assert from_r.dtype.kind == "i"
    assert np.array_equal(from_r, a)


FAULTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "an empty file, expected an idx file"),
    "one byte": (b"\0", "begins with 00, expected 00 00 08"),
    "text": (b"hello", "begins with 68 65 6c 6c, expected 00 00 08 (idx, unsigned bytes) and the dimensions"),
    "little endian": (GOOD[3::-1] + GOOD[4:], "begins with 03 08 00 00, expected 00 00 08"),
    "gzipped text": (gzip.compress(b"hello"), "begins with 68 65 6c 6c, expected 00 00 08"),
    "signed bytes": (b"\0\0\x09\1\0\0\0\1\5", "an idx file of type 09, expected 08 (unsigned bytes)"),
    "no dimensions": (b"\0\0\x08\0\5", "an idx file of 0 dimensions, expected at least 1"),
    "no sizes": (GOOD[:4], "4 bytes, expected at least 16: the sizes are cut off"),
    "half the sizes": (GOOD[:11], "11 bytes, expected at least 16: the sizes are cut off"),
    "no data": (GOOD[:16], "0 bytes of data, expected 24 (2 x 3 x 4): the file is cut off"),
    "one byte short": (GOOD[:-1], "23 bytes of data, expected 24 (2 x 3 x 4): the file is cut off"),
    "one byte short, gzipped": (gzip.compress(GOOD[:-1]), "23 bytes of data, expected 24 (2 x 3 x 4): the file is cut"),
    "one byte long": (GOOD + b"\0", "25 bytes of data, expected 24 (2 x 3 x 4): 1 too many"),
    "long, gzipped": (gzip.compress(GOOD + bytes(99)), "123 bytes of data, expected 24 (2 x 3 x 4): 99 too many"),
    "sizes too large": (
        idx(PIXELS, (60000, 28, 28)),
        "24 bytes of data, expected 47040000 (60000 x 28 x 28): the file",
    ),
    "sizes too small": (idx(PIXELS, (2, 3, 3)), "24 bytes of data, expected 18 (2 x 3 x 3): 6 too many"),
    "size 0": (idx(PIXELS, (0, 28, 28)), "24 bytes of data, expected 0 (0 x 28 x 28): 24 too many"),
    # More than any machine holds: neither language may ask for the memory.
    "absurd sizes": (idx(PIXELS, (2**32 - 1,) * 3), "24 bytes of data, expected 792281624589241053"),
    "absurd, gzipped": (gzip.compress(idx(PIXELS, (2**31, 2**31))), "24 bytes of data, expected 4611686018427387904"),
    "gzip head alone": (PACKED[:5], "damaged gzip data"),
    "gzip cut in the data": (PACKED[:25], "damaged gzip data"),
    "gzip cut in its checksum": (PACKED[:-6], "damaged gzip data"),
    "gzip cut in its length": (PACKED[:-1], "damaged gzip data"),
    "gzip checksum wrong": (PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:], "damaged gzip data"),
    "gzip overwritten": (PACKED[:14] + b"\xff" * 8 + PACKED[22:], "damaged gzip data"),
    "gzip and more": (PACKED + b"more", "damaged gzip data"),
}


@pytest.mark.parametrize("language", ["python", "r"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_with_the_file(tmp_path: Path, fault: str, language: str) -> None:
    content, message = FAULTS[fault]
    file = tmp_path / "planted.idx"
    file.write_bytes(content)
    if language == "python":
        with pytest.raises(ValueError, match="planted") as python_error:
            read_idx(file)
        said = str(python_error.value)
    else:
        with pytest.raises(bridge.RError, match="planted") as r_error:
            in_r("read_idx")(str(file))
        said = r_error.value.message
        assert bridge.take_messages() == ((), ""), "R's own warnings say less than the error and are not wanted"
    assert said.startswith(f"{file}: {message}"), said


@pytest.mark.parametrize("language", ["python", "r"])
def test_no_file_and_a_folder_are_named(tmp_path: Path, language: str) -> None:
    for path, message in ((tmp_path / "absent", "no such file"), (tmp_path, "a folder, expected an idx file")):
        if language == "python":
            with pytest.raises((FileNotFoundError, ValueError)) as python_error:
                read_idx(path)
            said = str(python_error.value)
        else:
            with pytest.raises(bridge.RError) as r_error:
                in_r("read_idx")(str(path))
            said = r_error.value.message
        assert said == f"{path}: {message}"


def test_every_other_length_of_a_gzipped_file_is_refused_in_both_languages(tmp_path: Path) -> None:
    """The whole file is the only beginning of it that can be read."""
    read_in_r = bridge.function(
        "function(read, file) tryCatch({ read(file); '' }, error = function(e) conditionMessage(e))"
    )
    handle = r_function("read_idx")
    file = tmp_path / "part.idx"
    for length in range(len(PACKED)):
        file.write_bytes(PACKED[:length])
        with pytest.raises(ValueError, match="part"):
            read_idx(file)
        assert read_in_r(read=handle, file=str(file))[()] != "", length
    file.write_bytes(PACKED)
    assert read_in_r(read=handle, file=str(file))[()] == ""


# -- MNIST ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def miniature(tmp_path: Path) -> Path:
    """A folder laid out as MNIST, with 6 and 3 images of 3 x 4."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    stream = np.random.RandomState(1)
    for (images, labels), count in ((mnist.TRAIN, 6), (mnist.TEST, 3)):
        (folder / f"{images}.gz").write_bytes(gzip.compress(idx(stream.randint(0, 256, (count, 3, 4)))))
        (folder / labels).write_bytes(idx(stream.randint(0, 10, count)))
    return folder


def by_name(sets: tuple[Arrays, Arrays]) -> dict[str, np.ndarray]:
    """Under the names that R gives."""
    (x_train, t_train), (x_test, t_test) = sets
    return {"x_train": x_train, "t_train": t_train, "x_test": x_test, "t_test": t_test}


@pytest.mark.parametrize("one_hot_label", [False, True])
@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("normalize", [False, True])
def test_both_languages_load_the_same(miniature: Path, normalize: bool, flatten: bool, one_hot_label: bool) -> None:
    options: dict[str, Any] = {"normalize": normalize, "flatten": flatten, "one_hot_label": one_hot_label}
    from_python = by_name(load_mnist(miniature, **options))
    from_r = in_r("load_mnist")(path=str(miniature), **options)
    assert from_python["x_train"].shape == ((6, 12) if flatten else (6, 1, 3, 4))
    assert from_python["x_test"].dtype == (np.float64 if normalize else np.uint8)
    assert from_python["t_test"].shape == ((3, 10) if one_hot_label else (3,))
    assert list(from_r) == list(from_python)
    for name, value in from_python.items():
        assert np.array_equal(value, from_r[name]), name


def test_the_arrays_are_those_of_the_files(miniature: Path) -> None:
    (x_train, t_train), (x_test, t_test) = load_mnist(miniature, one_hot_label=True)
    raw = read_idx(miniature / "t10k-images-idx3-ubyte.gz")
    assert np.array_equal(x_test, raw.reshape(3, 12) / 255)
    assert np.array_equal(t_test.argmax(axis=1), read_idx(miniature / "t10k-labels-idx1-ubyte"))
    assert np.array_equal(t_train.sum(axis=1), np.ones(6))
    assert x_train.max() <= 1


@pytest.mark.parametrize("language", ["python", "r"])
def test_files_that_do_not_belong_together_are_refused(miniature: Path, language: str) -> None:
    def said() -> str:
        if language == "python":
            with pytest.raises(ValueError, match="expected") as python_error:
                load_mnist(miniature)
            return str(python_error.value)
        with pytest.raises(bridge.RError) as r_error:
            in_r("load_mnist")(path=str(miniature))
        return r_error.value.message

    images, labels = (miniature / name for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"))
    kept = labels.read_bytes()
    labels.write_bytes(idx(np.arange(4)))
    assert said() == f"{labels}: 4 labels, expected 3, one for each image of {images.name}"
    labels.write_bytes(GOOD)
    assert said() == f"{labels}: 3 dimensions, expected 1 (labels)"
    labels.write_bytes(kept)
    images.write_bytes(kept)
    assert said() == f"{images}: 1 dimensions, expected 3 (images)"


def test_both_languages_look_in_the_same_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    settings: list[tuple[dict[str, str], Path, str]] = [
        ({}, home / ".cache/deepscratch/mnist", "the usual folder; MNIST_DIR can name another"),
        (
            {"XDG_CACHE_HOME": "/var/c"},
            Path("/var/c/deepscratch/mnist"),
            "the usual folder; MNIST_DIR can name another",
        ),
        ({"XDG_CACHE_HOME": "c"}, home / ".cache/deepscratch/mnist", "the usual folder; MNIST_DIR can name another"),
        ({"MNIST_DIR": "/var/m", "XDG_CACHE_HOME": "/var/c"}, Path("/var/m"), "the folder that MNIST_DIR names"),
        ({"MNIST_DIR": ""}, home / ".cache/deepscratch/mnist", "the usual folder; MNIST_DIR can name another"),
    ]
    for variables, folder, why in settings:
        monkeypatch.setenv("HOME", str(home))
        for name in ("MNIST_DIR", "XDG_CACHE_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert mnist_folder() == folder
        with pytest.raises(FileNotFoundError) as error:
            load_mnist()
        assert str(error.value) == (
            f"MNIST is not there: no train-images-idx3-ubyte.gz or train-images-idx3-ubyte in {folder} ({why}). "
            f"To fetch it: python -m python_impl.datasets mnist --to {folder}"
        )
        # A process of its own: R reads HOME once, when it starts.
        code = "for (f in commandArgs(TRUE)) source(f); cat(tryCatch(load_mnist(), error = conditionMessage))"
        done = subprocess.run(
            ["Rscript", "--vanilla", "-e", code, *map(str, R_FILES)], capture_output=True, text=True, check=True
        )
        assert done.stdout == str(error.value)


@pytest.mark.slow
def test_the_real_mnist_is_the_same_in_both_languages() -> None:
    folder = mnist_folder()
    missing = [name for name in mnist.CHECKSUMS if not any((folder / f"{name}{end}").is_file() for end in ("", ".gz"))]
    if missing:
        pytest.skip(f"MNIST is not in {folder}; python -m python_impl.datasets mnist fetches it")
    (x_train, t_train), (x_test, t_test) = load_mnist(folder, normalize=False)
    assert (x_train.shape, x_test.shape) == ((60000, 784), (10000, 784))
    assert np.bincount(t_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(t_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # Weighted by the image's number, the sums of the pixels tell if any two images or pixels were exchanged.
    sums = bridge.function(
        """function(load, folder) lapply(load(folder, normalize = FALSE), function(x) {
          n <- seq_len(NROW(x))
          drop(crossprod(n, x))
        })"""
    )
    handle = r_function("load_mnist")
    from_r = sums(load=handle, folder=str(folder))
    for name, value in (("x_train", x_train), ("t_train", t_train), ("x_test", x_test), ("t_test", t_test)):
        weights = np.arange(1, len(value) + 1, dtype=np.float64)
        expected = np.array([weights @ column for column in np.atleast_2d(value.T)])
        assert np.array_equal(np.ravel(from_r[name]), expected), name


# -- fetching ------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(miniature: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A mirror on this machine that serves the miniature, whose checksums are made the expected ones."""
    for name in mnist.CHECKSUMS:
        plain = miniature / name
        if plain.is_file():
            (miniature / f"{name}.gz").write_bytes(gzip.compress(plain.read_bytes()))
            plain.unlink()
        contents = read_bytes(miniature / f"{name}.gz")
        monkeypatch.setitem(mnist.CHECKSUMS, name, hashlib.sha256(contents).hexdigest())
    state: dict[str, Any] = {"asked": [], "cut": set()}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            state["asked"].append(name)
            file = miniature / name
            if not file.is_file():
                self.send_error(404)
                return
            content = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if name in state["cut"] else content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        state["address"] = f"http://127.0.0.1:{listening.server_port}/mnist"
        state["files"] = miniature
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield state
        listening.shutdown()
        thread.join()


NAMES = [f"{name}.gz" for name in mnist.CHECKSUMS]


def test_fetching_puts_four_whole_files(server: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "a new" / "folder"
    said: list[str] = []
    mnist.download(folder, said.append, [server["address"]])
    assert sorted(os.listdir(folder)) == sorted(NAMES)
    assert server["asked"] == NAMES
    assert sum("checksum right" in line for line in said) == 4
    assert load_mnist(folder)[0][0].shape == (6, 12)


def test_what_is_there_is_checked_and_kept_and_what_is_damaged_is_fetched_again(
    server: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(server["files"], folder)
    unpacked = folder / "t10k-labels-idx1-ubyte"
    unpacked.write_bytes(read_bytes(folder / "t10k-labels-idx1-ubyte.gz"))
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    damaged = folder / "train-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:40])
    other = folder / "train-labels-idx1-ubyte.gz"
    other.write_bytes(gzip.compress(idx(np.arange(6))))
    said: list[str] = []
    mnist.download(folder, said.append, [server["address"]])
    assert server["asked"] == [damaged.name, other.name]
    assert any(line.startswith(f"{damaged}: damaged gzip data") and "will be replaced" in line for line in said)
    assert any(line.startswith(f"{other}: SHA-256 ") and "will be replaced" in line for line in said)
    assert f"{unpacked}: there, checksum right" in said
    assert load_mnist(folder)[1][1].shape == (3,)


def test_a_bad_mirror_is_passed_over(server: dict[str, Any], tmp_path: Path) -> None:
    mirrors = ["http://127.0.0.1:9/nobody", server["address"] + "/", "http://127.0.0.1:9/never"]
    said: list[str] = []
    mnist.download(tmp_path / "folder", said.append, mirrors)
    assert server["asked"] == NAMES
    assert not any("never" in line for line in said)


@pytest.mark.parametrize("fault", ["other contents", "cut off", "not there", "a page"])
def test_nothing_is_left_of_a_file_that_is_not_whole(server: dict[str, Any], tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "folder"
    second = server["files"] / NAMES[1]
    expected = {
        "other contents": "SHA-256 ",
        "cut off": " bytes arrived, expected ",
        "not there": "Not Found",
        "a page": "SHA-256 ",
    }[fault]
    if fault == "other contents":
        second.write_bytes(gzip.compress(idx(np.arange(6))))
    elif fault == "cut off":
        server["cut"].add(second.name)
    elif fault == "not there":
        second.unlink()
    else:
        second.write_bytes(b"<html>Please sign in to this network</html>")
    with pytest.raises(mnist.DownloadError) as error:
        mnist.download(folder, lambda line: None, [server["address"]])
    assert f"{NAMES[1]} could not be fetched:\n  {server['address']}/{NAMES[1]}: " in str(error.value)
    assert expected in str(error.value)
    assert os.listdir(folder) == [NAMES[0]], "the whole file stays, and no part of the other"


def test_an_interruption_leaves_no_part(
    server: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(address: str, part: Path, say: Any) -> int:
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(mnist, "_copy", interrupted)
    assert command.main(["mnist", "--to", str(tmp_path / "folder"), "--from", server["address"]]) == 130
    assert os.listdir(tmp_path / "folder") == []
    assert "interrupted" in capsys.readouterr().err


def test_the_command_fetches_and_says_how_to_read_it(
    server: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "named"))
    assert command.main(["mnist", "--from", server["address"]]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'named'}\n"
    assert "export" not in err
    assert load_mnist()[0][0].shape == (6, 12)
    assert command.main(["mnist", "--to", str(tmp_path / "other"), "--from", server["address"]]) == 0
    assert f"export MNIST_DIR={tmp_path / 'other'}" in capsys.readouterr().err


def test_the_command_without_a_network_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    assert command.main(["mnist", "--to", str(folder), "--from", "http://127.0.0.1:9/mnist"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert f"copy these four files from another machine into {folder}" in err
    assert all(f"  {name}\n" in err for name in NAMES)
    assert "Traceback" not in err


@pytest.mark.parametrize("address", ["nowhere", "http://[::1", "ftp+x://a/b"])
def test_an_address_that_is_none_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert command.main(["mnist", "--to", str(tmp_path / "folder"), "--from", address]) == 3
    assert f"{address}/{NAMES[0]}: " in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert command.main(["mnist", "--to", str(tmp_path / "file")]) == 3
    assert capsys.readouterr().err == f"{tmp_path / 'file'}: File exists\n"


# -- what travels with the project ---------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["python_impl/datasets/data", "r_impl/inst/extdata"])
def test_the_data_are_kept_once(folder: str) -> None:
    files = sorted((ROOT / folder).iterdir())
    assert "digits-images-idx3-ubyte.gz" in {file.name for file in files}
    for file in files:
        assert file.resolve() == DATA / file.name, "a link, or the two copies will part"
        assert file.is_file()


def test_the_digits_are_those_of_the_uci_test_set() -> None:
    """The sums were taken from the 1,797 rows of scikit-learn's digits.csv.gz, as unsigned bytes."""
    images = read_idx(DATA / "digits-images-idx3-ubyte.gz")
    labels = read_idx(DATA / "digits-labels-idx1-ubyte.gz")
    assert images.shape == (1797, 8, 8)
    assert hashlib.sha256(images.tobytes()).hexdigest().startswith("8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419")
    assert hashlib.sha256(labels.tobytes()).hexdigest().startswith("8ba4f891220f5e4c9c819638d1602d74b83618f167043c6d")
    # The counts that the UCI page gives for the test set.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_digits_are_split_and_scaled_alike_in_both_languages() -> None:
    (x_train, t_train), (x_test, t_test) = load_digits()
    assert (x_train.shape, x_test.shape) == ((1500, 64), (297, 64))
    assert (len(t_train), len(t_test)) == (1500, 297)
    assert (x_train.min(), x_train.max()) == (0, 1)
    for options in ({}, {"flatten": False, "one_hot_label": True}, {"normalize": False}):
        from_python = by_name(load_digits(**options))
        from_r = in_r("load_digits")(path=str(DATA), **options)
        for name, value in from_python.items():
            assert np.array_equal(value, from_r[name]), name


def test_r_says_what_to_do_where_its_package_is_not_installed() -> None:
    with pytest.raises(bridge.RError, match="name their folder as `path`"):
        bridge.function(
            """function(load) {
              environment(load)$system.file <- function(...) ""
              load()
            }"""
        )(load=r_function("load_digits"))


def test_the_iris_file_is_the_uci_repositorys_own() -> None:
    assert hashlib.md5((DATA / "iris.data").read_bytes()).hexdigest() == "42615765a885ddf54427f12c34a0a070"


def test_iris_differs_from_rs_in_three_numbers_of_two_flowers() -> None:
    x, t = load_iris()
    from_r = in_r("load_iris")()
    assert np.array_equal(t, from_r["t"])
    assert np.argwhere(x != from_r["x"]).tolist() == [[34, 3], [37, 1], [37, 2]]
    assert x[[34, 37]].tolist() == [[4.9, 3.1, 1.5, 0.1], [4.9, 3.1, 1.5, 0.1]]
    corrected, labels = load_iris(corrected=True)
    assert np.array_equal(corrected, from_r["x"])
    assert np.array_equal(labels, t)
    assert np.bincount(t).tolist() == [50, 50, 50]

"""python -m python_impl.datasets mnist [--to DIR]: fetch MNIST, or check the files that are there."""

import argparse
import sys
from pathlib import Path

from python_impl.datasets.mnist import MIRRORS, DownloadError, download, mnist_folder


def main(arguments: list[str] | None = None) -> int:
    """0 when the four files are there and whole, 3 when they could not be got, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m python_impl.datasets",
        description="Fetch a data set that is too large to travel with the project.",
        epilog="example: python -m python_impl.datasets mnist --to ~/data/mnist",
    )
    parser.add_argument("name", choices=["mnist"], help="the data set")
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="the folder to put it into (default: $MNIST_DIR, or the cache folder)"
    )
    parser.add_argument(
        "--from",
        dest="mirror",
        metavar="URL",
        help="an address below which the four files lie, in place of the usual ones",
    )
    options = parser.parse_args(arguments)
    folder = (options.to or mnist_folder()).expanduser().absolute()
    mirrors = [options.mirror] if options.mirror else MIRRORS
    try:
        download(folder, lambda line: print(line, file=sys.stderr, flush=True), mirrors)
    except DownloadError as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("interrupted; whole files were kept", file=sys.stderr)
        return 130
    print(folder)
    if options.to and folder != mnist_folder():
        print(f"to read it from there: export MNIST_DIR={folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The process of the command `parity`: what must hold before anything is imported, and how it ends.

Ctrl-C ends it with one line and status 130 from its first moment on, a closed output is an empty one, and a reader who
has seen enough (`parity run | head`) is no failure: the status stays the verdict's.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

ENVIRONMENT, INTERRUPTED = 3, 130


def main() -> NoReturn:
    _fill_closed_streams()
    # Imports that are interrupted print tracebacks of their own, or turn the interruption into an ImportError. An
    # interruption that is ignored, as `nohup` and a shell's `&` ask for, stays ignored.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, _leave)
    try:
        status = _run(heard)
    except KeyboardInterrupt:
        _leave()
    sys.exit(_finish(status, heard))


def _run(heard: bool) -> int:
    import click

    from parity.cli import main as command

    _calm_output()
    try:
        status = command(prog_name="parity", standalone_mode=False, obj=_raise_interrupts if heard else None)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 2
    except Exception:  # a fault of parity's own; Python's status for it would mean "disagree"
        import traceback

        traceback.print_exc()
        print("parity: this is a fault of parity's own, please report it", file=sys.stderr)
        return ENVIRONMENT


def _raise_interrupts() -> None:
    """For a command that has begun its work, and must clean up or report when it is interrupted."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_signal: int = signal.SIGINT, _frame: FrameType | None = None) -> NoReturn:
    os.write(2, b"parity: interrupted\n")
    os._exit(INTERRUPTED)


def _finish(status: int, heard: bool) -> int:
    """Everything that was printed is out; what could not be printed is said."""
    if heard:
        signal.signal(signal.SIGINT, _leave)
    sys.stdout.flush()
    output = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failure = output.failure if isinstance(output, _Patient) else None
    if failure is not None:
        print(f"parity: the output could not be written: {failure.strerror}", file=sys.stderr)
        return ENVIRONMENT
    return status


def _fill_closed_streams() -> None:
    """`parity run >&-`: a file that is opened later must not get the number of the output."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        if getattr(sys, name) is None:
            stream = io.FileIO(number, "w" if number else "r", closefd=False)
            whole = io.BufferedWriter(stream) if number else io.BufferedReader(stream)
            setattr(sys, name, io.TextIOWrapper(whole, encoding="utf-8"))


class _Patient(io.FileIO):
    """An output that may fail while work goes on: a reader who left has seen enough, other failures are kept."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            pass
        except OSError as error:
            self.failure = error
        return memoryview(data).nbytes


def _calm_output() -> None:
    """What the output's encoding has no letter for (a lone surrogate in a text of the code under test) is escaped."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        stream.flush()
        calm = io.TextIOWrapper(
            io.BufferedWriter(_Patient(number, "w", closefd=False)),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=number == 2 or stream.isatty(),
        )
        setattr(sys, name, calm)


if __name__ == "__main__":
    main()

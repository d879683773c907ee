"""Starting R in this process, once: quiet, alike on every machine, and with Ctrl-C left to Python."""

from __future__ import annotations

import locale
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from parity.bridge.calling import Bridge
from parity.bridge.embedded import Embedded
from parity.bridge.errors import REMEDY, RUnavailable

_HEAP = (
    "--min-vsize=256M"  # R collects after so many bytes of vectors: a call on 8 MB costs a third of what it does at 64M
)

_running: Bridge | None = None


def ready() -> Bridge:
    """The running R, started if need be. Raises RThreadError in another thread than the one that started it."""
    bridge = _running
    if bridge is None:
        start()
        return ready()
    bridge.r.check_thread()
    return bridge


def start() -> None:
    """Start R: quiet, as `R --vanilla` (no profile, environment file or saved workspace), not interactive.

    Does nothing if it runs already. Raises RUnavailable, with the remedy, if rpy2 or R can't be loaded.
    Ctrl-C stays Python's: the SIGINT handler that was set before is set afterwards.
    """
    global _running
    if _running is not None:
        return
    with _same_everywhere(), _keeping_sigint():
        rinterface, embedded, openrlib, callbacks, versions = _load()
        try:
            if not embedded.isinitialized():
                embedded.set_initoptions(("rpy2", "--quiet", "--vanilla", _HEAP))
            rinterface.initr()
        except Exception as error:
            raise RUnavailable(f"R does not start: {error}. {REMEDY}") from error
    lib = openrlib.rlib
    lib.R_Interactive = False  # nobody is there to answer questions
    _limit_stack(lib)
    _running = Bridge(Embedded(openrlib, callbacks, versions))


def _load() -> tuple[Any, Any, Any, Any, dict[str, str]]:
    """Import rpy2's lower half, which loads libR."""
    import logging

    logging.getLogger("rpy2").addHandler(logging.NullHandler())  # what goes wrong is said by RUnavailable
    try:
        from importlib import metadata

        import rpy2.situation

        home = rpy2.situation.get_r_home()
        if home is None or not Path(home, "library", "base").is_dir():  # R would end the process
            where = f"R_HOME is {home!r}, where there is no R" if home else "R is not on the PATH"
            raise RUnavailable(f"R is not found: {where}. {REMEDY}")
        # rpy2 starts two whole R's, one after the other, to ask for their environment: most of the time of a start.
        # Where the script does not answer, or another rpy2 has other ways, it goes on doing so.
        variables = _front_end(Path(home))
        situation: Any = rpy2.situation
        if variables and hasattr(situation, "r_ld_library_path_from_subprocess"):
            situation.r_ld_library_path_from_subprocess = lambda _: variables.get("LD_LIBRARY_PATH", "")

        import rpy2.rinterface as rinterface
        from rpy2.rinterface_lib import (
            callbacks,
            embedded,
            openrlib,
        )

        lower: Any = rinterface
        if variables and hasattr(lower, "_getrenvvars"):
            lower._getrenvvars = lambda: tuple((k, v) for k, v in variables.items() if os.environ.get(k) != v)
    except RUnavailable:
        raise
    except ModuleNotFoundError as error:
        raise RUnavailable(f"rpy2 is not installed ({error}). {REMEDY}") from error
    except Exception as error:  # a build for another R fails in many ways: ImportError, OSError, AttributeError, ...
        raise RUnavailable(f"rpy2 can't load R: {type(error).__name__}: {error}. {REMEDY}") from error
    for distribution in ("rpy2-rinterface", "rpy2"):
        try:
            version = metadata.version(distribution)
            break
        except metadata.PackageNotFoundError:
            version = "unknown"
    mode = getattr(getattr(openrlib, "cffi_mode", None), "name", "unknown")
    return rinterface, embedded, openrlib, callbacks, {"rpy2": version, "mode": str(mode)}


# What the script `R` sets; the rest of an R's environment is in files that R inside Python reads as any other does.
_FRONT_END = ("R_HOME", "R_SHARE_DIR", "R_INCLUDE_DIR", "R_DOC_DIR", "R_ARCH", "LD_LIBRARY_PATH")


def _front_end(home: Path) -> dict[str, str]:
    """What the script sets, without the start of an R that follows it; nothing where it does not say."""
    if sys.platform == "win32":
        return {}
    try:
        done = subprocess.run([str(home / "bin" / "R"), "CMD", "env"], capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    pairs = (line.partition("=") for line in os.fsdecode(done.stdout).splitlines())
    variables = {name: value for name, _, value in pairs if name in _FRONT_END}
    return variables if "R_HOME" in variables else {}


@contextmanager
def _same_everywhere() -> Iterator[None]:
    """No startup file, and a UTF-8 locale that every machine has: R sorts, and words its messages, alike everywhere.

    `--vanilla` is for our R; rpy2 also asks an Rscript for its environment, which would read ~/.Rprofile. A locale that
    is not installed would make R print warnings before its console is ours.
    """
    during = dict.fromkeys(("R_PROFILE", "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER"), "")
    current = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            during["LC_ALL"] = name
            break
    locale.setlocale(locale.LC_CTYPE, current)
    # rpy2 adds R's folders to LD_LIBRARY_PATH; a Python started from here would then load another Python's library.
    before = {name: os.environ.get(name) for name in (*during, "LD_LIBRARY_PATH")}
    os.environ.update(during)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _keeping_sigint() -> Iterator[None]:
    """rpy2 sets Python's default SIGINT handler when R has started, whatever was set before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _limit_stack(lib: Any) -> None:
    """rpy2 switches R's check of the C stack off; with it an endless recursion is an error and not a crash."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return  # R measured the main thread's stack
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_STACK)
    if 0 < soft < 1 << 30:
        lib.R_CStackLimit = int(0.9 * soft)

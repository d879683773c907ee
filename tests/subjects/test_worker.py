"""A subject in a process of its own: what the code under test does to its process costs the one case under way."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.fixture.model import Case, Fixture, Trajectory
from parity.fixture.read import read_fixture
from parity.subjects import MisfitError
from parity.subjects.observation import Generators, Observation
from parity.subjects.python import PythonSubject
from parity.subjects.r import RSubject
from parity.subjects.worker import WorkerError, WorkerOptions, WorkerSubject
from parity.subjects.worker.channel import LARGE, Channel, Page
from parity.subjects.worker.child import AHEAD

MAKERS: dict[str, Callable[..., Any]] = {"python": PythonSubject, "r": RSubject}

PYTHON = """
import ctypes, os, signal, subprocess, sys, threading, time
import numpy as np

class Own(BaseException):
    pass

def raises(error):
    raise error

def loops():
    while True:
        pass

def forks():
    os.fork()

def act(x, how):
    WAYS[how]()
    return 2 * np.asarray(x)

WAYS = {
    "well": lambda: None,
    "_exit": lambda: os._exit(3),
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "interrupt": lambda: raises(KeyboardInterrupt("no")),
    "generator exit": lambda: raises(GeneratorExit("no")),
    "its own": lambda: raises(Own("no")),
    "sys.exit": lambda: sys.exit(4),
    "loop": loops,
    "closes": lambda: [sys.__stdout__.close(), sys.__stderr__.close(), os.closerange(0, 3)],
    "closes all": lambda: os.closerange(0, 100),
    "closes ours": lambda: os.closerange(0, 1000),
    "thread": lambda: threading.Thread(target=time.sleep, args=(1000,)).start(),
    "forks": forks,
    "child": lambda: subprocess.Popen(["sleep", "1000"]),
    "memory": lambda: np.ones(10**11),
}
"""

R = """
act <- function(x, how) {
  switch(how, well = NULL, quit = quit("no"), killed = tools::pskill(Sys.getpid(), 9),
    segfault = tools::pskill(Sys.getpid(), 11), `repeat` = repeat {}, sleeps = Sys.sleep(1000),
    recursion = (function() { f <- function(n) f(n + 1); f(1) })())
  2 * x
}
"""


@pytest.fixture
def acting(tmp_path: Path) -> Callable[..., Fixture]:
    """A fixture of cases that behave as named, each with x = 1, 2 and its place."""

    def read(*ways: str) -> Fixture:
        (tmp_path / "acts.py").write_text(PYTHON)
        (tmp_path / "acts.R").write_text(R)
        document = {
            "about": {"en": "2 x", "ko": "2 x"},
            "source": "a test",
            "python": "acts:act",
            "r": "act",
            "r_source": ["acts.R"],
            "tolerance": {"rtol": 1e-12, "atol": 0},
            "cases": [
                {
                    "id": f"{n} {way}",
                    "make": {},
                    "calls": [{"do": "call", "with": {"x": [1, 2, n], "how": way}, "returns": "y"}],
                }
                for n, way in enumerate(ways)
            ],
        }
        path = tmp_path / "acts.json"
        path.write_text(json.dumps(document))
        return read_fixture(path)

    return read


@pytest.fixture
def worker() -> Iterator[Callable[..., WorkerSubject]]:
    made: list[WorkerSubject] = []

    def make(name: str, fixture: Fixture, **options: Any) -> WorkerSubject:
        made.append(WorkerSubject(name, MAKERS.get(name) or options.pop("make"), fixture, WorkerOptions(**options)))
        return made[-1]

    yield make
    for subject in made:
        subject.close()


def outcomes(subject: WorkerSubject, fixture: Fixture) -> list[list[Observation]]:
    return [list(subject.observe(case)) for case in fixture.cases]


def is_good(observations: list[Observation], n: int) -> bool:
    (only,) = observations
    return only.error is None and np.array_equal(only.values["y"], [2, 4, 2 * n])


PYTHON_FAILURES = {
    "_exit": ("died", "the process ended itself with exit status 3; the last call was act"),
    "abort": ("died", "the process died with SIGABRT; the last call was act"),
    "segfault": ("died", "the process died with SIGSEGV; the last call was act"),
    "killed": ("died", "the process died with SIGKILL; the last call was act"),
    "closes ours": ("died", "the process lost its channel: the code under test closed descriptors"),
    "interrupt": ("KeyboardInterrupt", "no"),
    "generator exit": ("GeneratorExit", "no"),
    "its own": ("Own", "no"),
    "sys.exit": ("SystemExit", "4"),
}


def test_what_python_code_does_to_its_process_costs_its_own_case(acting: Any, worker: Any) -> None:
    ways = ["well"]
    for way in PYTHON_FAILURES:
        ways += [way, "well"]
    fixture = acting(*ways)
    got = outcomes(worker("python", fixture), fixture)
    for n, way in enumerate(ways):
        if way == "well":
            assert is_good(got[n], n), (n, got[n])
        else:
            (only,) = got[n]
            kind, message = PYTHON_FAILURES[way]
            assert only.error is not None
            assert (only.call, only.do, only.error.classes[0]) == (0, "call", kind)
            assert only.error.message.startswith(message)


@pytest.mark.parametrize("way", ["closes", "closes all", "thread", "forks"])
def test_what_python_code_leaves_behind_does_not_break_the_channel(way: str, acting: Any, worker: Any) -> None:
    fixture = acting("well", way, "well", way, "well")
    subject = worker("python", fixture)
    before = subject._process.pid
    assert [is_good(got, n) for n, got in enumerate(outcomes(subject, fixture))] == [True] * 5
    assert subject._process.pid == before
    start = time.monotonic()
    subject.close()
    assert time.monotonic() - start < 5


def test_a_process_that_is_not_as_it_was_is_not_used_again(acting: Any, worker: Any) -> None:
    fixture = acting("well", "forks", "thread", "child")
    for case, again in zip(fixture.cases, (True, True, False, False), strict=True):
        subject = worker("python", fixture)
        (only,) = subject.observe(case)
        assert only.error is None
        process = subject._process
        subject.close()
        following = worker("python", fixture)
        assert (following._process is process) == again, case.id
        following.close()


R_FAILURES = {
    "quit": ("simpleError", "quit() was called"),
    "killed": ("died", "the process died with SIGKILL; the last call was act"),
    "segfault": ("died", "the process died with SIGSEGV; the last call was act"),
    "recursion": ("error", ""),  # of a class that depends on R's version
}


def test_what_r_code_does_to_its_process_costs_its_own_case(acting: Any, worker: Any) -> None:
    ways = ["well"]
    for way in R_FAILURES:
        ways += [way, "well"]
    fixture = acting(*ways)
    got = outcomes(worker("r", fixture), fixture)
    for n, way in enumerate(ways):
        if way == "well":
            assert is_good(got[n], n), (n, got[n])
        else:
            (only,) = got[n]
            kind, message = R_FAILURES[way]
            assert only.error is not None
            assert kind in only.error.classes
            assert only.error.message.startswith(message)


@pytest.mark.parametrize(("name", "way"), [("python", "loop"), ("r", "repeat"), ("r", "sleeps")])
def test_an_endless_loop_costs_its_own_case(name: str, way: str, acting: Any, worker: Any) -> None:
    fixture = acting("well", way, "well")
    subject = worker(name, fixture, timeout=1.5)
    first, endless, last = outcomes(subject, fixture)
    assert is_good(first, 0)
    assert is_good(last, 2)
    assert endless[0].error is not None
    assert endless[0].error.classes == ("timeout",)
    assert endless[0].error.message == "it did not finish within 1.5 s; the last call was act"


def test_a_side_is_not_blamed_for_the_time_that_the_other_took(acting: Any, worker: Any) -> None:
    fixture = acting("well")
    subject = worker("python", fixture, timeout=1)
    list(subject.observe(fixture.cases[0]))
    stream = subject.observe(fixture.cases[0])
    time.sleep(1.5)
    assert is_good(list(stream), 0)


def test_memory_has_a_limit_that_costs_its_own_case(acting: Any, worker: Any) -> None:
    fixture = acting("well", "memory", "well")
    first, greedy, last = outcomes(worker("python", fixture, memory=8 * 2**30), fixture)
    assert is_good(first, 0)
    assert is_good(last, 2)
    assert greedy[0].error is not None
    assert "MemoryError" in greedy[0].error.classes[0]


def test_code_that_dies_when_it_is_loaded_does_not_fit(tmp_path: Path, acting: Any, worker: Any) -> None:
    fixture = acting("well")
    (tmp_path / "acts.py").write_text("import os; os.abort()")
    subject = worker("python", fixture)
    with pytest.raises(MisfitError, match="the process died with SIGABRT while it was loaded") as raised:
        list(subject.observe(fixture.cases[0]))
    assert (raised.value.pointer, raised.value.whole) == (("python",), True)


def test_a_misfit_is_raised_here_as_it_was_there(acting: Any, worker: Any) -> None:
    fixture = acting("well")
    case = fixture.cases[0]
    wrong = read_fixture_with(fixture.path, lambda d: d["cases"][0]["calls"][0]["with"].update(z=1)).cases[0]
    for name in ("python", "r"):
        subject = worker(name, fixture)
        with pytest.raises(MisfitError) as there:
            list(subject.observe(wrong))
        here = MAKERS[name](fixture)
        with pytest.raises(MisfitError) as same:
            list(here.observe(wrong))
        here.close()
        assert vars(there.value) == vars(same.value)
        assert is_good(list(subject.observe(case)), 0)


def read_fixture_with(path: Path, change: Callable[[dict[str, Any]], object]) -> Fixture:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return read_fixture(path)


def test_both_sides_work_at_the_same_time(acting: Any, worker: Any, tmp_path: Path) -> None:
    """Each waits for the other's file: one after the other they would wait for ever."""
    fixture = acting("well")
    (tmp_path / "acts.py").write_text(
        "import os, time\n"
        "def act(x, how):\n"
        "    open('python-here', 'w').close()\n"
        "    while not os.path.exists('r-here'): time.sleep(0.001)\n"
        "    return 2 * x\n"
    )
    (tmp_path / "acts.R").write_text(
        "act <- function(x, how) { file.create('r-here')\n"
        "  while (!file.exists('python-here')) Sys.sleep(0.001)\n  2 * x }\n"
    )
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        subjects = [worker(name, fixture, timeout=15) for name in ("python", "r")]
    finally:
        os.chdir(before)
    streams = [subject.observe(fixture.cases[0]) for subject in subjects]
    got = [list(stream) for stream in streams]
    assert all(is_good(one, 0) for one in got), got


def test_two_folders_with_a_module_of_one_name_and_then_a_third(tmp_path: Path, acting: Any, worker: Any) -> None:
    """The same process loads one after the other; each must get its own."""
    fixture = acting("well")
    for n in range(4):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "acts.py").write_text(f"def act(x, how):\n    return {n} * x\n")
        (folder / "acts.json").write_text(fixture.path.read_text())
        (folder / "acts.R").write_text(R)
        own = read_fixture(folder / "acts.json")
        subject = worker("python", own)
        (only,) = subject.observe(own.cases[0])
        assert np.array_equal(only.values["y"], [n, 2 * n, 0])
        subject.close()


# -- observations, one by one -----------------------------------------------------------------------------------------

COUNTING = """
import time
from pathlib import Path
import numpy as np
from parity.subjects.observation import Generators, Observation

class Counting:
    name = "counting"

    def __init__(self, fixture, tell):
        self._made = fixture.path.with_name("made")

    def observe(self, case, *, calls=None):
        for n in range(case.calls[0].trajectory.steps):
            self._made.write_text(str(n + 1))
            yield Observation(0, "call", {"y": np.full(3, float(n))}, step=n + 1, piece=1)

    def close(self):
        pass

class Failing(Counting):
    def observe(self, case, *, calls=None):
        raise RuntimeError("parity is wrong")

class Dying(Counting):
    def observe(self, case, *, calls=None):
        import os
        for observation in super().observe(case, calls=calls):
            yield observation
            if observation.step == 3:
                os._exit(1)
"""


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, acting: Any) -> Iterator[tuple[Any, Fixture]]:
    (tmp_path / "counting.py").write_text(COUNTING)
    monkeypatch.syspath_prepend(tmp_path)
    import counting

    yield counting, acting("well")
    del sys.modules["counting"]


def running(case: Case, steps: int) -> Case:
    """The case as a trajectory of pieces of one step."""
    trajectory = Trajectory(steps=steps, every=1, first=1)
    return dataclasses.replace(case, calls=(dataclasses.replace(case.calls[0], trajectory=trajectory),))


def test_a_reader_that_stops_is_not_run_ahead_of_without_bound(counting: Any, worker: Any, tmp_path: Path) -> None:
    module, fixture = counting
    subject = worker("counting", fixture, make=module.Counting)
    (case,) = fixture.cases
    stream = subject.observe(running(case, 1000))
    assert [next(stream).step for _ in range(2)] == [1, 2]
    time.sleep(0.5)
    assert int((tmp_path / "made").read_text()) <= 2 + AHEAD
    stream.close()
    process = subject._process
    assert [o.step for o in subject.observe(running(case, 30))] == [*range(1, 31)]
    assert subject._process is process  # and was not ended for it


def test_what_was_observed_before_the_process_died_is_there(counting: Any, worker: Any) -> None:
    module, fixture = counting
    got = list(worker("counting", fixture, make=module.Dying).observe(running(fixture.cases[0], 10)))
    assert [(o.step, o.error) for o in got[:3]] == [(1, None), (2, None), (3, None)]
    (dead,) = got[3:]
    assert dead.error is not None
    assert (dead.call, dead.step, dead.piece) == (0, 4, 1)


def test_an_error_of_the_subject_itself_is_not_a_result(counting: Any, worker: Any) -> None:
    module, fixture = counting
    with pytest.raises(WorkerError, match=r"RuntimeError: parity is wrong \(counting.py:"):
        list(worker("counting", fixture, make=module.Failing).observe(fixture.cases[0]))


def test_observations_travel_whole(acting: Any, worker: Any, tmp_path: Path) -> None:
    """What Python and R give by themselves, and what comes out of their processes: the same bits, orders and labels."""
    python = PYTHON.replace(
        "    return 2 *",
        "    import warnings; warnings.warn('careful'); print('said'); x.sort()\n    return {"
        "'f': np.asfortranarray(np.outer(x, x)), 'i': np.arange(3, dtype=np.int32), 'b': np.array(True), 's': 'text',"
        "'e': np.empty((0, 2)), 'n': None, 'l': [], 'z': np.array([-0.0, np.nan]), 'c': 1j, 'big': np.ones((99, 999)),"
        "'strided': np.arange(9.0)[::2], 'half': np.float16(0.5), 'd': np.datetime64('2020-01-01')}\n    return 2 *",
    )
    r = R.replace(
        "  2 * x", "  warning('careful'); cat('said'); list(y = c(a = 1, b = NA), f = factor(c('u', 'v')), m = diag(3))"
    )
    fixture = acting("well")
    (tmp_path / "acts.py").write_text(python)
    (tmp_path / "acts.R").write_text(r)
    case = dataclasses.replace(
        fixture.cases[0], calls=(dataclasses.replace(fixture.cases[0].calls[0], compare=("f", "m")),)
    )
    for name in ("python", "r"):
        here = MAKERS[name](fixture)
        (near,) = here.observe(case)
        here.close()
        (far,) = worker(name, fixture).observe(case)
        assert near.error is None
        assert len(near.values) > 2
        assert near.warnings
        assert near.output
        assert spelled(far) == spelled(near)


def spelled(value: Any) -> Any:
    """Everything about a value that a comparison may look at."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.flags.f_contiguous, value.tobytes()
    if isinstance(value, Generators):  # each process has its own
        return value.moved, value.begun
    if dataclasses.is_dataclass(value):
        parts = {field.name: spelled(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return type(value).__name__, parts
    if isinstance(value, dict):
        return {name: spelled(part) for name, part in value.items()}
    return [spelled(part) for part in value] if isinstance(value, tuple | list) else value


# -- the channel ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    import socket

    pair = [Channel(end) for end in socket.socketpair()]
    yield pair[0], pair[1]
    for end in pair:
        end.close()


def test_arrays_of_all_sizes_and_orders_come_out_as_they_went_in(ends: tuple[Channel, Channel]) -> None:
    a, b = ends
    draw = np.random.RandomState(0)
    large = draw.randn(400, 300)
    sent = {
        "large": large,
        "fortran": np.asfortranarray(large),
        "strided": large[::2, ::3],
        "just": np.zeros(LARGE // 8),
        "over": np.arange(LARGE // 8 + 1.0),
        "empty": np.empty((0, 3)),
        "nothing": None,
        "bits": np.array([-0.0, np.nan, 5e-324]).view(np.int64),
        "text": np.array(["가", "b"]),
        "0-d": np.array(3.5),
    }
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        thread = threading.Thread(target=a.send, args=(sent,))  # more than the socket holds
        thread.start()
        got = b.receive()
        thread.join()
        assert b.received > large.nbytes * 2
        for name, value in sent.items():
            if isinstance(value, np.ndarray):
                assert got[name].dtype == value.dtype
                assert got[name].shape == value.shape
                assert got[name].tobytes() == value.tobytes()
        assert got["fortran"].flags.f_contiguous
        got["large"][0, 0] = 7.0  # nobody else's memory
        assert large[0, 0] != 7.0
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_message_larger_than_the_sockets_buffer_arrives_in_parts(ends: tuple[Channel, Channel]) -> None:
    a, b = ends
    sent = [np.full(1000, float(n)) for n in range(2000)]
    thread = threading.Thread(target=a.send, args=(sent,))
    thread.start()
    got = b.receive()
    thread.join()
    assert all(np.array_equal(x, y) for x, y in zip(got, sent, strict=True))


def test_a_page_is_read_as_it_was_written_and_cut_to_its_size() -> None:
    page, descriptor = Page.new()
    other = Page(descriptor)
    os.close(descriptor)
    assert other.read() == ""
    page.write("계층.forward")
    assert other.read() == "계층.forward"
    page.write("x" * 10_000)
    assert other.read() == "x" * (Page.SIZE - 2)


# -- strangers and leavers --------------------------------------------------------------------------------------------


def test_modules_in_the_working_directory_are_not_run(tmp_path: Path, acting: Any, worker: Any) -> None:
    fixture = acting("well")
    here = tmp_path / "here"
    here.mkdir()
    for name in ("types", "numpy", "runpy", "pickle", "socket", "sitecustomize"):
        (here / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w').close()\n")
    before = Path.cwd()
    os.chdir(here)
    try:
        subject = worker("r", fixture)  # R only: what Python imports for its case is the case's own business
        assert is_good(list(subject.observe(fixture.cases[0])), 0)
    finally:
        os.chdir(before)
    assert not (tmp_path / "was-run").exists()


def marked(mark: str) -> list[int]:
    """Processes that have the mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize(("name", "way"), [("python", "loop"), ("r", "repeat")])
def test_no_worker_outlives_its_parent(how: int, name: str, way: str, acting: Any, tmp_path: Path) -> None:
    acting(way)
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from parity.fixture.read import read_fixture
        from parity.subjects.python import PythonSubject
        from parity.subjects.r import RSubject
        from parity.subjects.worker import WorkerSubject
        fixture = read_fixture(Path("acts.json"))
        subject = WorkerSubject({name!r}, {{"python": PythonSubject, "r": RSubject}}[{name!r}], fixture)
        stream = subject.observe(fixture.cases[0])
        subject._load()
        print(subject._process.pid, flush=True)
        next(stream)
        """)
    )
    mark = f"PARITY_TEST_MARK={tmp_path}"
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PARITY_TEST_MARK": str(tmp_path)},
        # Whoever runs the tests under nohup has us ignore a signal that a terminal would send.
        preexec_fn=None if how == signal.SIGKILL else lambda: signal.signal(how, signal.SIG_DFL),
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert set(marked(mark)) == {parent.pid, worker}
    os.kill(parent.pid, how)
    parent.wait()
    end = time.monotonic() + 10
    while marked(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert marked(mark) == []

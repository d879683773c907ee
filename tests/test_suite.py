"""Many fixtures at once: on processes of ours, on any executor, on dask. Whoever dies, nothing else is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import parity
from parity.verify import executors, suite
from parity.verify.executors import LocalExecutor, WorkerDiedError
from parity.verify.results import CaseResult, Report

PYTHON = """
import os, signal, sys, threading, time
import numpy as np

class Own(BaseException):
    pass

def raises(error):
    raise error

def act(x, how):
    WAYS.get(how, lambda: None)()
    return 2 * np.asarray(x)

WAYS = {
    "python exits": lambda: os._exit(0),
    "python aborts": os.abort,
    "python loops": lambda: all(True for _ in iter(int, 1)),
    "python interrupts": lambda: raises(KeyboardInterrupt("no")),
    "python leaves": lambda: raises(GeneratorExit("no")),
    "python's own": lambda: raises(Own("no")),
    "python closes": lambda: sys.stdout.close(),
    "python starts a thread": lambda: threading.Thread(target=time.sleep, args=(1000,)).start(),
    "python forks": lambda: os.fork() and None,
}
"""

R = """
act <- function(x, how) {
  switch(how, "r quits" = quit("no"), "r is killed" = tools::pskill(Sys.getpid(), 9),
    "r crashes" = tools::pskill(Sys.getpid(), 11), "r loops" = repeat {})
  2 * x
}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a fixture whose cases behave as named, and the code of both sides, which all fixtures of a test share."""

    def written(name: str, *ways: str, python: str = PYTHON, r: str = R) -> Path:
        (tmp_path / "acts.py").write_text(python)
        (tmp_path / "acts.R").write_text(r)
        document = {
            "about": {"en": "2 x", "ko": "2 x"},
            "source": "a test",
            "python": "acts:act",
            "r": "act",
            "r_source": ["acts.R"],
            "tolerance": {"rtol": 1e-12, "atol": 0},
            "cases": [
                {"id": way, "calls": [{"do": "call", "with": {"x": [1, 2, n], "how": way}, "returns": "y"}]}
                for n, way in enumerate(ways)
            ],
        }
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        return path

    return written


def cases(report: Report) -> dict[str, CaseResult]:
    return {
        f"{fixture.name.rpartition('/')[2]}/{case.id}": case for fixture in report.fixtures for case in fixture.cases
    }


def said(case: CaseResult) -> str:
    return "\n".join(finding.message for finding in case.findings if not finding.ok)


DEADLY = {
    "python exits": "the process ended itself with exit status 0; the last call was act",
    "python aborts": "the process died with SIGABRT; the last call was act",
    "r is killed": "the process died with SIGKILL; the last call was act",
    "r crashes": "the process died with SIGSEGV; the last call was act",
}
RAISING = {"python interrupts": "no", "python leaves": "no", "python's own": "no", "r quits": "quit() was called"}
ENDLESS = {"python loops": "it did not finish within 2 s", "r loops": "it did not finish within 2 s"}
HARMLESS = ("python closes", "python starts a thread", "python forks")


def good_between(ways: dict[str, str]) -> list[str]:
    between = ["good 0"]
    for n, way in enumerate(ways, start=1):
        between += [way, f"good {n}"]
    return between


def check(report: Report, ways: dict[str, str], count: int) -> None:
    """Every good case of every fixture is there and agrees; every other one failed with its cause."""
    assert report.unverified == ()
    got = cases(report)
    assert len(got) == count
    for name, case in got.items():
        way = name.partition("/")[2]
        if way in ways:
            assert not case.ok
            assert ways[way] in said(case), name
        else:
            assert case.ok, (name, said(case))
            assert case.count == 3


def test_a_worker_that_dies_costs_the_case_that_killed_it(write: Write, tmp_path: Path) -> None:
    ways = {**DEADLY, **RAISING}
    between = good_between(ways)
    for name in ("a", "z"):
        write(name, "good 0", "good 1")
    write("deadly", *between)
    report = parity.run(tmp_path, jobs=2)
    check(report, ways, len(between) + 4)


def test_a_death_that_does_not_happen_again_is_not_passed_over(write: Write, tmp_path: Path) -> None:
    """The code dies only where R is in its process."""
    python = PYTHON.replace("    WAYS.get", "    if 'rpy2.rinterface' in sys.modules: os._exit(7)\n    WAYS.get")
    write("a", "good 0", "good 1", python=python)
    report = parity.run(tmp_path, jobs=1)
    check(report, {}, 2)
    (told,) = cases(report)["a/good 0"].warnings
    assert told[0] == "parity"
    assert told[1].startswith("the process ended itself with exit status 7 when both sides shared one")


def test_what_does_no_harm_loses_nothing(write: Write, tmp_path: Path) -> None:
    between = good_between(dict.fromkeys(HARMLESS, ""))
    write("a", "good 0")
    write("b", *between)
    write("c", "good 0")
    start = time.monotonic()
    check(parity.run(tmp_path, jobs=2), {}, len(between) + 2)
    assert time.monotonic() - start < 60  # and nothing is waited for


def test_isolated_an_endless_loop_and_a_death_cost_their_case_in_this_process_too(write: Write, tmp_path: Path) -> None:
    ways = {**ENDLESS, "python exits": DEADLY["python exits"], "r is killed": DEADLY["r is killed"]}
    between = good_between(ways)
    write("a", "good 0")
    write("b", *between)
    check(parity.run(tmp_path, timeout=2), ways, len(between) + 1)


def test_a_file_that_is_edited_is_loaded_again_in_a_process_that_is_used_again(write: Write, tmp_path: Path) -> None:
    path = write("a", "good 0")
    assert parity.run(path, isolate=True).ok
    write("a", "good 0", python=PYTHON.replace("return 2 *", "return 3.5 *"))
    assert not parity.run(path, isolate=True).ok
    write("a", "good 0", r=R.replace("2 * x", "4.25 * x"))
    assert not parity.run(path, isolate=True).ok


# -- scripts ----------------------------------------------------------------------------------------------------------


def script(tmp_path: Path, code: str, **more: Any) -> subprocess.Popen[str]:
    folder = tmp_path / "scripts"
    folder.mkdir(exist_ok=True)
    (tmp_path / "tmp").mkdir(exist_ok=True)
    (folder / "script.py").write_text(textwrap.dedent(code))
    return subprocess.Popen(
        [sys.executable, str(folder / "script.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PARITY_TEST_MARK": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **more,
    )


def marked(tmp_path: Path) -> list[int]:
    """Processes of this test that are alive."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"PARITY_TEST_MARK={tmp_path}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def none_left(tmp_path: Path) -> bool:
    end = time.monotonic() + 10
    while marked(tmp_path) and time.monotonic() < end:
        time.sleep(0.02)
    return not marked(tmp_path)


def test_a_plain_script_without_a_guard_runs_once_and_no_stranger_with_it(write: Write, tmp_path: Path) -> None:
    write("a", "good 0")
    write("b", "good 0")
    here = tmp_path / "here"
    here.mkdir()
    for name in ("types", "numpy", "runpy", "pickle", "selectors"):
        (here / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w').close()\n")
    done = script(
        tmp_path,
        f"""
        import parity
        print("main")
        for more in ({{"jobs": 2}}, {{"exact": True}}, {{"isolate": True, "jobs": 1}}):
            report = parity.run({str(tmp_path)!r}, **more)
            print(report.ok, len(report.fixtures), [fixture.bits for fixture in report.fixtures])
        """,
        cwd=here,
    )
    out, err = done.communicate(timeout=120)
    assert (out.splitlines(), err) == (
        ["main", "True 2 [None, None]", "True 2 [0, 0]", "True 2 [None, None]"],
        "",
    )
    assert not (tmp_path / "was-run").exists()
    assert none_left(tmp_path)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_outlives_a_run_that_is_killed(how: int, write: Write, tmp_path: Path) -> None:
    write("a", "python loops")
    write("b", "r loops")
    run = script(tmp_path, f"import parity; parity.run({str(tmp_path)!r}, isolate=True, jobs=2)")
    while len(marked(tmp_path)) < 7 and run.poll() is None:  # the run, its two workers, and two sides of each
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(run.pid, how)
    run.communicate(timeout=20)
    assert none_left(tmp_path)
    # What it could not clean up, the next one does, and leaves alone what is in use.
    temporary = tmp_path / "tmp"
    assert len(list(temporary.iterdir())) == 1
    following = script(
        tmp_path,
        """
        import os, tempfile
        from parity.verify.executors import LocalExecutor
        with LocalExecutor(1) as one, LocalExecutor(1) as two:
            one.submit(abs, 1).result(), two.submit(abs, 1).result()
            theirs = one.submit(tempfile.gettempdir).result()
            print(len(os.listdir(tempfile.gettempdir())), two.submit(os.path.isdir, theirs).result())
        """,
    )
    assert following.communicate(timeout=60) == ("1 True\n", "")
    assert list(temporary.iterdir()) == []


def test_ctrl_c_gives_up_what_runs_and_reports_what_is_done(write: Write, tmp_path: Path) -> None:
    write("a", "good 0")
    write("b", "python loops")
    run = script(
        tmp_path,
        f"""
        import parity
        report = parity.run({str(tmp_path)!r}, jobs=2, progress=lambda *told: print("done", flush=True))
        print([fixture.name[-1] for fixture in report.fixtures], [left.kind for left in report.unverified])
        """,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "done\n"
    os.kill(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert (out, err) == ("['a'] ['interrupted']\n", "")
    assert none_left(tmp_path)


# -- order ------------------------------------------------------------------------------------------------------------


def test_what_takes_long_is_expected_to(write: Write, tmp_path: Path) -> None:
    def expected(**call: Any) -> float:
        path = tmp_path / "x.json"
        path.write_text(json.dumps({"cases": [{"id": "x", "calls": [{"do": "call", **call}]}]}))
        return suite.expected_seconds(path)

    usual = expected(**{"with": {"x": [1, 2], "on": True, "nothing": None}})
    assert 0 < usual < expected(**{"with": {"x": [[1.0] * 100] * 100}})
    assert expected(**{"with": {"size": 1_000_000}}) < expected(trajectory={"steps": 1000})
    assert expected(**{"with": {"seed": 2**32}}) < 1
    for text in ("{", "[]", '{"cases": 3}', '{"cases": [{}]}', "[" * 100_000, ""):
        (tmp_path / "x.json").write_text(text)
        assert suite.expected_seconds(tmp_path / "x.json") == 0


# -- executors --------------------------------------------------------------------------------------------------------

# Functions that both this process and a worker know by name.


def test_a_task_that_kills_its_process_costs_itself_alone() -> None:
    with LocalExecutor(2) as executor:
        before = [executor.submit(abs, -n) for n in range(10)]
        dead = [executor.submit(os._exit, 3), executor.submit(os.kill, 0, signal.SIGKILL)]
        after = [executor.submit(abs, -n) for n in range(10)]
        assert [future.result(30) for future in (*before, *after)] == [*range(10), *range(10)]
        for future, how in zip(dead, ("ended itself with exit status 3", "died with SIGKILL"), strict=True):
            with pytest.raises(WorkerDiedError, match=how):
                future.result(30)


def test_errors_of_tasks_arrive_and_what_cannot_travel_says_so() -> None:
    with LocalExecutor(1) as executor:
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result(30)
        with pytest.raises(SystemExit):
            executor.submit(sys.exit, 3).result(30)
        with pytest.raises(Exception, match=r"pickle|local object"):
            executor.submit(lambda: 1).result(30)
        with pytest.raises(Exception, match="pickle"):
            executor.submit(memoryview, b"x").result(30)
        assert executor.submit(abs, -1).result(30) == 1
    with pytest.raises(RuntimeError):
        executor.submit(abs, -1)


def test_an_executor_that_is_given_up_does_not_wait_for_its_tasks() -> None:
    executor = LocalExecutor(2)
    futures = [executor.submit(time.sleep, 1000) for _ in range(6)]
    time.sleep(0.5)
    start = time.monotonic()
    executor.shutdown(cancel_futures=True)
    assert time.monotonic() - start < 5
    assert all(future.done() for future in futures)


def test_workers_get_the_environment_that_numpy_reads_when_it_is_loaded() -> None:
    environment = executors.environment_of_workers(exact=True)
    with LocalExecutor(1, environment=environment) as executor:
        from parity import exact

        assert executor.submit(exact.check, r=False).result(60) == ()
    assert "NPY_DISABLE_CPU_FEATURES" not in os.environ


def test_any_executor_will_do_and_each_of_its_threads_has_its_own_r(write: Write, tmp_path: Path) -> None:
    """R belongs to one thread; these share a process. Two that run at once have two processes."""
    meets = R.replace(
        "2 * x",
        "if (startsWith(how, 'meets')) file.create(how)\n"
        "  while (startsWith(how, 'meets') && length(Sys.glob('meets *')) < 2) Sys.sleep(0.01)\n  2 * x",
    )
    write("a", "meets a", r=meets)
    write("b", "meets b", r=meets)
    write("deadly", "good 0", "r is killed", "good 1", r=meets)
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with ThreadPoolExecutor(2) as executor:
            report = parity.run(".", executor=executor)
    finally:
        os.chdir(before)
    check(report, DEADLY, 5)
    assert {str(fixture.path) for fixture in report.fixtures} == {"a.json", "b.json", "deadly.json"}


def test_a_process_that_is_kept_works_where_this_one_is(tmp_path: Path) -> None:
    before = Path.cwd()
    executors.beside(os.getcwd)
    os.chdir(tmp_path)
    try:
        assert executors.beside(os.getcwd) == str(tmp_path)
    finally:
        os.chdir(before)


# -- dask -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of one thread."""
    folder = tmp_path_factory.mktemp("cluster")
    log = open(folder / "cluster.log", "wb")  # noqa: SIM115
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(file), "--no-dashboard"]
        started.append(subprocess.Popen([*command, *arguments], stdout=log, stderr=log, cwd=folder))

    file = folder / "scheduler.json"
    start("dask_scheduler", "--port", "0", "--host", "127.0.0.1")
    for name in ("one", "two"):
        start("dask_worker", "--nthreads", "1", "--no-nanny", "--name", name, "--host", "127.0.0.1")
    while not file.exists() or not file.read_text():
        assert started[0].poll() is None, (folder / "cluster.log").read_text()
        time.sleep(0.05)
    yield json.loads(file.read_text())["address"], started[1:]
    for process in reversed(started):
        process.kill()
        process.wait()
    log.close()


def test_nothing_is_lost_on_dask_when_a_worker_is_killed(write: Write, tmp_path: Path, cluster: Any) -> None:
    """The first worker that is seen at work is killed in the middle of it."""
    import threading

    address, workers = cluster
    here = f"    open({str(tmp_path)!r} + f'/at-work-{{how}}-{{os.getppid()}}', 'w').close()\n    time.sleep(0.5)\n"
    slow = PYTHON.replace("    WAYS.get", f"{here}    WAYS.get")
    for name in "abcdef":
        write(name, f"good {name}", python=slow)
    write("deadly", "good 0", "r is killed", "good 1", python=slow)
    killed: list[int] = []

    def kill() -> None:
        while not killed:
            seen = {int(path.name.rpartition("-")[2]) for path in tmp_path.glob("at-work-*")}
            for worker in workers:
                if worker.pid in seen and len(seen) == 2:
                    worker.kill()
                    killed.append(worker.pid)
                    return
            time.sleep(0.01)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    report = parity.run(tmp_path, dask=address)
    assert killed
    check(report, DEADLY, 9)
    at_work = {int(path.name.rpartition("-")[2]) for path in tmp_path.glob("at-work-*")}
    assert {worker.pid for worker in workers} <= at_work


def test_a_cluster_that_is_not_there_is_said_to_be(write: Write, tmp_path: Path) -> None:
    write("a", "good 0")
    with pytest.raises(suite.ExecutorError, match=r"no dask scheduler at tcp://127\.0\.0\.1:1"):
        parity.run(tmp_path, dask="tcp://127.0.0.1:1")

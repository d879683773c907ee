"""Where fixtures are verified: processes of this machine, or any `concurrent.futures` executor, dask's among them.

A `LocalExecutor` is an executor like any other, and better for this work than the standard library's and loky's: its
processes import neither the user's `__main__` nor the working directory, a process that dies costs the one task that it
was at, and what a task tells on its way (`report`) arrives while it runs.

On a foreign executor (`elsewhere`) a task does not run in the executor's own process, where there may be threads, while
R belongs to one, but in a local process beside it, which is started once: so each worker has an R of its own.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from parity.subjects.worker.channel import Channel, ChannelClosedError, Page
from parity.subjects.worker.process import DiedError, WorkerProcess

T = TypeVar("T")


class WorkerDiedError(BrokenProcessPool):
    """The process died while it was at this task. The message says how; the executor goes on."""


def environment_of_workers(*, exact: bool = False) -> dict[str, str]:
    """What a process that verifies is started with: NumPy and BLAS read it when they are loaded.

    One BLAS thread each, unless the user says otherwise: the workers share the cores, and several threads add in an
    order of their own.
    """
    variables = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        variables.setdefault(name, "1")
    if exact:
        from parity.exact import environment

        variables.update(environment())
    return variables


@dataclass
class _Task:
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


class LocalExecutor(Executor):
    """`jobs` processes, started at once; `prepare` is a function of a module that each of them calls first.

    `reports` holds what running tasks have reported. `stop()` makes `report` answer False from then on.
    """

    def __init__(
        self,
        jobs: int,
        *,
        environment: Mapping[str, str] | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self.reports: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._environment = environment
        self._prepare = prepare
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._processes: set[WorkerProcess] = set()
        self._stopped = False
        self._closed = self._given_up = False
        self._threads: list[threading.Thread] = []
        try:
            first = [self._start() for _ in range(jobs)]
        except BaseException:
            self.shutdown(cancel_futures=True)
            raise
        for process in first:
            thread = threading.Thread(target=self._work, args=(process,), daemon=True, name="parity-worker")
            self._threads.append(thread)
            thread.start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the executor was shut down")
            future: Future[T] = Future()
            self._tasks.put(_Task(future, fn, args, kwargs))
        return future

    def stop(self) -> None:
        """Ask the running tasks, and those to come, to come to an end: `report` answers False."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                process.send(("stop",))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """With `cancel_futures`, also what is under way is given up: the processes are killed."""
        with self._lock:
            self._closed = True
        if cancel_futures:
            self._given_up = True
            with contextlib.suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()
                    if task is not None:
                        task.future.cancel()
            for process in list(self._processes):
                process.end()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _start(self) -> WorkerProcess:
        process = WorkerProcess(serve_tasks, environment=self._environment, quiet=False)
        process.send(("prepare", self._prepare))
        with self._lock:
            self._processes.add(process)
            if self._stopped:
                process.send(("stop",))
        return process

    def _work(self, process: WorkerProcess) -> None:
        """One process's thread: hands it task after task, and starts another when it has died."""
        while (task := self._tasks.get()) is not None:
            if self._given_up or not task.future.set_running_or_notify_cancel():
                task.future.cancel()
                continue
            try:
                if process not in self._processes:
                    process = self._start()
                succeeded, result = self._outcome(process, task)
            except DiedError as error:
                self._end(process)
                task.future.set_exception(WorkerDiedError(str(error)))
            except BaseException as error:  # a task that cannot be pickled, or its result
                self._end(process)
                task.future.set_exception(error)
            else:
                if succeeded:
                    task.future.set_result(result)
                else:
                    task.future.set_exception(result)
        self._end(process, patience=1.0)

    def _outcome(self, process: WorkerProcess, task: _Task) -> tuple[bool, Any]:
        process.send(("task", task.function, task.arguments, task.keywords))
        while True:
            message = process.receive()
            if message[0] == "report":
                self.reports.put(message[1])
            else:
                return message[1], message[2]

    def _end(self, process: WorkerProcess, *, patience: float = 0.0) -> None:
        with self._lock:
            self._processes.discard(process)
        process.end(patience=patience)


# -- in the process ---------------------------------------------------------------------------------------------------

_channel: Channel | None = None
_told_to_stop = False


def report(message: object) -> bool:
    """Tell whoever submitted the running task something; answers whether to go on."""
    if _channel is None:
        return True
    _channel.send(("report", message))
    _hear(_channel)
    return not _told_to_stop


def _hear(channel: Channel) -> None:
    global _told_to_stop
    while (message := channel.take()) is not None:
        _told_to_stop = _told_to_stop or message[0] == "stop"


def serve_tasks(channel: Channel, _page: Page) -> None:
    """Do task after task, until the channel is closed."""
    global _channel, _told_to_stop
    _channel = channel
    while True:
        message = channel.receive()
        if message[0] == "stop":
            _told_to_stop = True
        elif message[0] == "prepare":
            if message[1] is not None:
                with contextlib.suppress(Exception):  # whatever is missing is said by the task that needs it
                    message[1]()
        else:
            _, function, arguments, keywords = message
            try:
                answer = "done", True, function(*arguments, **keywords)
            except ChannelClosedError:
                raise
            except BaseException as error:
                answer = "done", False, _sendable(error)
            try:
                channel.send(answer)
            except ChannelClosedError:
                raise
            except Exception as error:
                fault = RuntimeError(f"the result of {function} cannot be sent: {type(error).__name__}: {error}")
                channel.send(("done", False, fault))


def _sendable(error: BaseException) -> BaseException:
    """The error, or one that says the same where it cannot be pickled and made again."""
    import pickle

    try:
        again = pickle.loads(pickle.dumps(error))
    except Exception:
        again = None
    return error if type(again) is type(error) else RuntimeError(f"{type(error).__name__}: {error}")


# -- elsewhere --------------------------------------------------------------------------------------------------------

_idle: dict[bool, list[LocalExecutor]] = {}


def beside(function: Callable[..., T], *arguments: Any, exact: bool = False) -> T:
    """`function(*arguments)` in a process beside this one, with an R of its own. Each thread that asks at the same time
    has one to itself; they are kept, and end with this process."""
    idle = _idle.setdefault(exact, [])
    try:
        executor = idle.pop()
    except IndexError:
        executor = LocalExecutor(1, environment=environment_of_workers(exact=exact))
    try:
        # A process that is kept would else be where this one was when it was started.
        result: T = executor.submit(_in_folder, os.getcwd(), function, *arguments).result()
        return result
    finally:
        idle.append(executor)


def _in_folder(folder: str, function: Callable[..., T], *arguments: Any) -> T:
    os.chdir(folder)
    return function(*arguments)


class ExecutorError(Exception):
    """A cluster that cannot be used. The message says why, and what to do."""


@contextlib.contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """The executor of the dask cluster whose scheduler is at that address. Raises ExecutorError."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ExecutorError(f"dask is not installed ({error}): pip install 'parity-r[dask]'") from error
    try:
        client = Client(address, timeout="5s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ExecutorError(f"there is no dask scheduler at {address}: {error}") from error
    with client, client.get_executor() as executor:  # type: ignore[no-untyped-call]
        yield executor


def lost_by(executor: Executor) -> tuple[type[BaseException], ...]:
    """What the executor's futures raise, besides BrokenExecutor, where a worker was lost with the task."""
    if type(executor).__module__.partition(".")[0] != "distributed":
        return ()
    from distributed import KilledWorker

    return (KilledWorker,)

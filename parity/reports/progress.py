"""How far a run is: a bar over the fixtures, and one for each trajectory that is under way."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class RunProgress:
    """Shown on a terminal only, and gone when the run is done. `verified` and `reached` are told by the run."""

    def __init__(self, console: Console, fixtures: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._all = self._bar.add_task("starting R", total=fixtures)
        self._trajectories: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> RunProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._bar.stop()

    def verified(self, path: Path, _outcome: object) -> None:
        self._bar.update(self._all, advance=1, description=path.stem)

    def reached(self, fixture: str, case: str, step: int, steps: int) -> bool:
        """A checkpoint of a trajectory; the run goes on."""
        key = fixture, case
        if key not in self._trajectories:
            self._trajectories[key] = self._bar.add_task(f"{fixture} / {case}", total=steps)
        self._bar.update(self._trajectories[key], completed=step, visible=step < steps)
        return True

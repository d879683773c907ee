"""`parity doctor`: what this machine has, what it lacks, and the remedy."""

from __future__ import annotations

import click

from parity.cli.running import AGREE, ENVIRONMENT, console, interrupts_raise


@click.command(short_help="Versions, BLAS libraries, what is missing and the remedy.")
def doctor() -> None:
    """Say which Python, R, NumPy, rpy2 and BLAS are used, what is missing, and the remedy.

    \b
    Example:
      parity doctor
    """
    from rich.markup import escape
    from rich.table import Table

    from parity.cli.environment import examine, healthy

    interrupts_raise()
    checks = examine()
    grid = Table.grid(padding=(0, 2, 0, 0))
    for check in checks:
        mark = "[green]ok[/]" if check.ok else "[bold red]missing[/]" if check.required else "[yellow]optional[/]"
        remedy = f"\n[bold]remedy:[/] {escape(check.remedy)}" if check.remedy else ""
        grid.add_row(mark, check.name, escape(check.value) + remedy)
    console().print(grid)
    raise SystemExit(AGREE if healthy(checks) else ENVIRONMENT)

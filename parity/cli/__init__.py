"""The command `parity`, a file per command. Exit status: 0 agree, 1 disagree, 2 bad usage or fixture, 3 environment,
130 interrupted.

A command imports what it needs when it is called, so that `--help` waits for nothing.
"""

from __future__ import annotations

import click

from parity.cli.check import check
from parity.cli.doctor import doctor
from parity.cli.init import init
from parity.cli.live import live
from parity.cli.pages import pages
from parity.cli.quarto import quarto
from parity.cli.record import record
from parity.cli.replay import replay
from parity.cli.run import run
from parity.cli.schema import schema
from parity.cli.show import show
from parity.cli.tolerance import tolerance


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 agree, 1 disagree, 2 bad usage or bad fixture, 3 environment (no R, for one), "
    "130 interrupted.",
)
@click.version_option(package_name="parity-r", message="parity %(version)s")
def main() -> None:
    """Prove that a Python and an R implementation agree, in outputs and gradients, and show it side by side.

    \b
    Examples:
      parity check port.py:scale port.R::scale --random x=5,3
      parity run                        the fixtures in ./fixtures
      parity run my/fixtures -k softmax those whose name or case says softmax
      parity run --bundled              the worked subject that travels with parity
    """


for command in (init, check, run, record, replay, pages, live, quarto, show, tolerance, doctor, schema):
    main.add_command(command)

__all__ = ["main"]

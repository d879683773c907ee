"""The calls of a case as a chain: forward, then backward."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.trace.conftest import followed_at
from tests.trace.test_stages import codes

Write = Callable[..., Path]


def test_calls_that_agree(write: Write) -> None:
    case = followed_at(write())
    assert case.ok
    assert codes(case) == {"forward": "agrees", "backward": "agrees"}
    assert case.trace is not None
    assert case.trace.ok


def test_a_backward_that_is_right_for_its_own_forward_is_cleared(write: Write) -> None:
    """R has 2 a x^2 and its gradients: only the forward pass is another function."""
    case = followed_at(write(r="Twice"))
    assert codes(case) == {"forward": "convicted", "backward": "exonerated"}


def test_a_wrong_backward_is_convicted(write: Write) -> None:
    case = followed_at(write(r="WrongSlope"))
    assert codes(case) == {"forward": "agrees", "backward": "convicted"}


def test_a_wrong_backward_behind_a_wrong_forward_is_convicted(write: Write, tmp_path: Path) -> None:
    path = write(r="Both")
    with open(tmp_path / "port.R", "a") as file:
        file.write("\nBoth.forward <- Twice.forward\nBoth.backward <- WrongSlope.backward\n")
    assert codes(followed_at(path)) == {"forward": "convicted", "backward": "convicted"}


def test_without_derivatives_a_later_call_is_not_decided(write: Write) -> None:
    case = followed_at(write(lambda document: document.pop("derivatives"), r="Twice"))
    assert codes(case) == {"forward": "convicted", "backward": "undecided"}


def test_a_call_behind_one_that_fails_is_not_reached(write: Write, tmp_path: Path) -> None:
    path = write(r="Stopping")
    with open(tmp_path / "port.R", "a") as file:
        file.write("\nStopping.forward <- function(a, x) stop('no')\nStopping.backward <- Square.backward\n")
    assert codes(followed_at(path)) == {"forward": "convicted", "backward": "not reached"}

"""What is worked out once for a case is worked out anew for another one, however alike."""

from __future__ import annotations

import dataclasses
import gc

from parity.fixture.model import Case, Tolerance
from parity.subjects.per_case import once_per_case


def a_case(name: str) -> Case:
    return Case(name, make={}, calls=(), tolerance=Tolerance(0.0, 0.0))


def test_an_answer_belongs_to_one_object_and_its_other_arguments() -> None:
    asked: list[tuple[str, int]] = []

    @once_per_case
    def work(case: Case, number: int) -> str:
        asked.append((case.id, number))
        return f"{case.id} {number}"

    case = a_case("one")
    assert [work(case, 1), work(case, 1), work(case, 2)] == ["one 1", "one 1", "one 2"]
    assert work(dataclasses.replace(case, id="two"), 1) == "two 1"
    assert asked == [("one", 1), ("one", 2), ("two", 1)]


def test_a_case_at_the_place_of_one_that_is_gone_is_not_taken_for_it() -> None:
    work = once_per_case(lambda case: case.id)
    places: set[int] = set()
    for number in range(200):
        case = a_case(f"number {number}")
        places.add(id(case))
        assert work(case) == f"number {number}"
        del case
        gc.collect(0)
    assert len(places) < 200  # places were used again

"""A derived value is worked out once per object, and every object has its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from poseviewer.core.derived import derived


@dataclass(frozen=True)
class Thing:
    number: int


def test_it_is_worked_out_once_and_never_passed_on() -> None:
    asked: list[int] = []

    @derived
    def doubled(thing: Thing) -> int:
        asked.append(thing.number)
        return 2 * thing.number

    @derived
    def nothing(thing: Thing) -> None:
        asked.append(-thing.number)

    thing = Thing(3)
    answers = [doubled(thing), doubled(thing), nothing(thing), nothing(thing)]
    edited = replace(thing, number=5)

    assert answers == [6, 6, None, None]
    assert doubled(edited) == 10
    assert asked == [3, -3, 5]
    assert thing == Thing(3)
    assert hash(thing) == hash(Thing(3))

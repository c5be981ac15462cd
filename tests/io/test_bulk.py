"""The garbage collector rests while many objects are made, and is afterwards as it was."""

import gc
from collections.abc import Iterator

import pytest

from poseviewer.io.bulk import no_garbage_collection


@pytest.fixture(autouse=True, params=[True, False], ids=["on", "off"])
def was_on(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether it is on before; the tests themselves run without it."""
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_it_rests_inside_and_is_as_before_after_an_error(was_on: bool) -> None:
    with pytest.raises(ValueError, match="inside"), no_garbage_collection():
        assert not gc.isenabled()
        raise ValueError("inside")
    assert gc.isenabled() is was_on


def test_one_inside_the_other_wakes_it_only_at_the_end(was_on: bool) -> None:
    with no_garbage_collection():
        with no_garbage_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled() is was_on

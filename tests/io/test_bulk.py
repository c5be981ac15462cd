"""The garbage collector rests while many objects are made, and is afterwards as it was."""

import gc

import pytest

from poseviewer.io.bulk import no_garbage_collection


def test_it_rests_inside_and_works_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"), no_garbage_collection():
        assert not gc.isenabled()
        raise ValueError("inside")
    assert gc.isenabled()


def test_one_inside_the_other_wakes_it_only_at_the_end() -> None:
    with no_garbage_collection():
        with no_garbage_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()

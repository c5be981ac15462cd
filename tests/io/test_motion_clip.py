"""Which frames are kept: as many per second as asked for, evenly, from the first one on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_clip import FrameChoice


def test_120_become_12_by_every_tenth() -> None:
    kept, fps = FrameChoice(12).of(31, 120, "a.bvh")
    assert kept.tolist() == [0, 10, 20, 30]
    assert fps == 12


def test_a_t_pose_at_the_beginning_is_skipped() -> None:
    assert FrameChoice(skip=2).of(5, 120, "a")[0].tolist() == [2, 3, 4]
    assert FrameChoice(60, skip=1).of(6, 120, "a")[0].tolist() == [1, 3, 5]
    with pytest.raises(LabelFileError, match="5 frames, of which --skip 5 leaves none"):
        FrameChoice(skip=5).of(5, 120, "a.bvh")


@given(st.integers(1, 500), st.floats(1, 200), st.floats(0.1, 1))
def test_kept_frames_are_as_far_apart_as_asked_for(count: int, rate: float, share: float) -> None:
    kept, fps = FrameChoice(rate * share).of(count, rate, "a.bvh")
    assert kept[0] == 0 and kept[-1] < count and fps == rate * share
    np.testing.assert_array_less(np.abs(np.diff(kept) - 1 / share), 1 + 1e-6)
    assert (np.diff(kept) > 0).all()


def test_all_are_kept_unless_asked_and_the_files_own_rate_goes_first() -> None:
    assert FrameChoice().of(3, 30, "a")[0].tolist() == [0, 1, 2]
    assert FrameChoice(file_fps=60).of(3, 30, "a")[1] == 30
    assert FrameChoice(file_fps=60).of(3, 0, "a")[1] == 60


@pytest.mark.parametrize(
    ("choice", "rate", "words"), [(FrameChoice(60), 30, "lower --fps"), (FrameChoice(12), 0, "--file-fps")]
)
def test_what_cannot_be_thinned_is_refused(choice: FrameChoice, rate: float, words: str) -> None:
    with pytest.raises(LabelFileError, match=words):
        choice.of(10, rate, "a.bvh")

"""SLEAP's files through sleap-io: identities, scores, places; and a plain sentence where it is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import sleap_io

from poseviewer.core.errors import LabelFileError
from poseviewer.io.label_files import read_labels


def save(path: Path) -> Path:
    skeleton = sleap_io.Skeleton(["nose", "tail"])
    rex = sleap_io.Track("Rex")
    clicked = sleap_io.Instance.from_numpy(np.array([[1.0, 2.0], [3.0, 4.0]]), skeleton=skeleton, track=rex)
    clicked.points["visible"] = [True, False]  # never clicked: SLEAP keeps a place for it nevertheless
    guessed = sleap_io.PredictedInstance.from_numpy(
        np.array([[5.0, 6.0], [np.nan, np.nan]]), skeleton=skeleton, point_scores=np.array([0.5, 0.0]), score=0.5
    )
    video = sleap_io.Video(filename="D:\\films\\clip.mp4", open_backend=False)
    frame = sleap_io.LabeledFrame(video=video, frame_idx=42, instances=[clicked, guessed])
    sleap_io.save_slp(sleap_io.Labels([frame]), str(path), verbose=False)
    return path


def test_what_was_clicked_and_what_was_predicted(tmp_path: Path) -> None:
    found = read_labels(save(tmp_path / "a.slp"))
    assert found.tool == "SLEAP" and found.joint_names == ("nose", "tail")
    frame = found.frames[0]
    assert (frame.media, frame.frame) == ("D:/films/clip.mp4", 42)
    by_kind = {instance.predicted: instance for instance in frame.instances}
    assert by_kind[False].pose.visibility.tolist() == [2, 0], "a node that was never clicked has no place"
    assert by_kind[False].identity == "Rex" and by_kind[False].scores is None
    assert by_kind[True].pose.keypoints[0].tolist() == [5, 6] and by_kind[True].scores[0] == 0.5


def test_without_sleap_io_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.slp")
    monkeypatch.setitem(sys.modules, "sleap_io", None)
    with pytest.raises(LabelFileError, match=r'not installed; run: pip install "poseviewer\[labels\]"'):
        read_labels(path)


def test_a_video_is_not_a_label_file(shared_data: Path) -> None:
    with pytest.raises(LabelFileError, match="open it as media"):
        read_labels(shared_data / "videos/sleap/videos/small_robot_3_frame.mp4")


def test_the_real_files_are_read(shared_data: Path) -> None:
    folder = shared_data / "labels" / "sleap"
    predictions = read_labels(folder / "hdf5_format_v1/centered_pair_predictions.slp")
    assert len(predictions.frames) == 1100 and len(predictions.joint_names) == 24
    assert {i.identity for i in predictions.frames[0].instances} == {"1", "2"}
    embedded = read_labels(folder / "minimal_instance.pkg.slp")
    assert embedded.media == ("tests/data/json_format_v1/centered_pair_low_quality.mp4",), "where they were taken from"
    analysis = read_labels(folder / "hdf5_format_v1/small_robot.000_small_robot_3_frame.analysis.h5")
    assert analysis.joint_names == ("top", "front", "rear") and len(analysis.frames) == 3
    assert len(read_labels(folder / "alphatracker/at_testdata.json").frames[0].instances) == 2

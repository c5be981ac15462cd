"""Someone who has labelled elsewhere opens their images, imports their labels, and finds them again tomorrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from poseviewer.app.document import Document
from poseviewer.core import edits
from poseviewer.core.project import FrameKey, Project
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_import import labels_to_project_edit
from poseviewer.io.media import describe, open_media
from poseviewer.io.project_file import ProjectFile, missing_media
from poseviewer.io.skeleton_files import load_ranges, load_skeleton


def new_document(path: Path) -> Document:
    project = Project(load_skeleton("quadruped16"), load_ranges("quadruped16"))
    return Document(project, ProjectFile.create(path, project))


def add(document: Document, path: Path, media_id: str) -> None:
    reader = open_media(path)
    document.push(edits.add_media(document.project, describe(reader, media_id)))
    reader.close()


def test_photos_of_dogs(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "animal_images" / "stanfordextra_sample"
    document = new_document(tmp_path / "dogs.poseproj")
    for breed in sorted((sample / "sample_imgs").iterdir()):
        add(document, breed, breed.name)
    edit, report = labels_to_project_edit(document.project, read_labels(sample / "StanfordExtra_sample.json"))
    assert document.push(edit)
    assert len(edit.change.frames) == 12 and not any("media" in sentence for sentence in report)
    wanted = dict(document.project.labels)
    document.close()

    file = ProjectFile.open(tmp_path / "dogs.poseproj")
    again = Document(file.project, file)
    assert dict(again.project.labels) == wanted and missing_media(again.project) == set()
    for key, (dog, *_) in again.project.labels.items():
        media = again.project.find_media(key.media)
        assert media is not None
        reader = open_media(media.path)
        width, height = reader.frame_size(key.frame)
        reader.close()
        xy = dog.pose.keypoints[dog.pose.present]
        assert (xy >= -1).all() and (xy <= (width + 1, height + 1)).all(), "on its own photo, not on another"
    assert again.undo_text == "Import labels" and again.undo()
    assert len(again.project.labels) == 0 and len(again.project.media) == 2
    again.close()


def test_images_of_a_deeplabcut_project(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "animal_images" / "dlc_openfield_mouse" / "labeled-data" / "m4s1"
    document = new_document(tmp_path / "mouse.poseproj")
    add(document, folder, "mouse")
    edit, _ = labels_to_project_edit(document.project, read_labels(folder / "CollectedData_Pranav.csv"))
    assert document.push(edit) and len(document.project.labelled_frames("mouse")) == 80
    nose = document.project.skeleton.joint_index("nose")
    first = document.project.pose(FrameKey("mouse", 0))
    np.testing.assert_allclose(first.keypoints[nose], [21.521, 265.428])
    document.close()


def test_predictions_on_a_video(shared_data: Path, tmp_path: Path) -> None:
    document = new_document(tmp_path / "video.poseproj")
    add(document, shared_data / "videos" / "dlc_openfield" / "m3v1mp4.mp4", "video")
    labels = read_labels(
        shared_data / "labels/dlc_openfield_predictions/m3v1mp4DLC_resnet50_openfieldOct30shuffle1_100000.h5"
    )
    edit, report = labels_to_project_edit(document.project, labels)
    assert document.push(edit)
    frames = document.project.media[0].frame_count
    assert len(document.project.labels) == min(frames, 2330) > 0
    assert all(i.predicted for instances in document.project.labels.values() for i in instances)
    assert document.project.labelled_frames("video") == [], "a prediction is not the user's until accepted"
    assert not any("no media" in sentence for sentence in report)
    document.close()

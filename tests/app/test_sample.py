"""The sample is worked on in a copy."""

from __future__ import annotations

import pytest

from poseviewer.app import sample
from poseviewer.core.errors import ProjectFileError


@pytest.fixture
def folders(tmp_path, monkeypatch):
    bundled, own = tmp_path / "bundled", tmp_path / "own"
    bundled.mkdir()
    monkeypatch.setattr(sample, "resource", lambda *_: bundled)
    monkeypatch.setattr(sample.platformdirs, "user_data_dir", lambda *_, **__: str(own))
    return bundled, own


def test_the_copy_is_made_once_and_keeps_what_was_changed_in_it(folders):
    bundled, own = folders
    (bundled / "dog.poseproj").write_bytes(b"first")
    (bundled / "dog.mp4").write_bytes(b"video")
    path = sample.sample_project()
    assert path == own / "sample" / "dog.poseproj"
    assert (path.parent / "dog.mp4").read_bytes() == b"video"
    path.write_bytes(b"changed by the user")
    assert sample.sample_project().read_bytes() == b"changed by the user"
    assert (bundled / "dog.poseproj").read_bytes() == b"first"


def test_an_installation_without_a_sample_says_so(folders):
    with pytest.raises(ProjectFileError, match="install poseviewer again"):
        sample.sample_project()


def test_a_folder_that_cannot_be_made_says_so(folders):
    bundled, own = folders
    (bundled / "dog.poseproj").write_bytes(b"first")
    own.write_text("a file is in the way")
    with pytest.raises(ProjectFileError, match="could not be copied to"):
        sample.sample_project()

"""Media of any kind open by one function, and are recognised when they come back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import MediaError
from poseviewer.io.media import describe, frames_match, is_media, open_again, open_media, why_no_match


@pytest.fixture
def video(barcode):
    return barcode.write("a.mp4", options={"x264-params": "keyint=10:scenecut=0"})


def folder_of_images(folder: Path, count: int) -> Path:
    folder.mkdir()
    for i in range(count):
        image = np.random.default_rng(i).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{i}.png"), image)
    return folder


def test_each_kind_opens(video, tmp_path):
    images = folder_of_images(tmp_path / "images", 3)
    kinds = [(r.kind, r.frame_count) for r in map(open_media, (video, images, images / "1.png"))]
    assert kinds == [("video", 120), ("images", 3), ("images", 1)]


def test_a_description_has_what_a_project_needs(video):
    reader = open_media(video)
    ref = describe(reader, "m1")
    assert (ref.id, ref.path, ref.kind, ref.size) == ("m1", str(video), "video", video.stat().st_size)
    assert (ref.frame_count, ref.width, ref.height, ref.files) == (120, 256, 96, ())
    assert ref.fps == pytest.approx(30)
    assert describe(open_media(video), "m1") == ref
    images = describe(open_media(folder_of_images(video.parent / "images", 3)), "m2")
    assert (images.kind, images.files, images.fps) == ("images", ("0.png", "1.png", "2.png"), 0)
    assert images.size == sum(p.stat().st_size for p in (video.parent / "images").iterdir())


def test_copies_match_also_in_another_container(barcode, video):
    ref = describe(open_media(video), "m")
    moved = video.parent / "elsewhere" / "renamed.mp4"
    moved.parent.mkdir()
    shutil.copy(video, moved)
    assert frames_match(open_media(moved), ref)
    assert frames_match(open_media(barcode.copy(video, "a.mkv")), ref)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shift": 1}, "show something else"),
        ({"frames": 119}, "119 frames, and 120"),
        ({"gop": 50, "options": {"crf": "30"}}, "show something else"),
    ],
    ids=["shifted by a frame", "one frame fewer", "coded again"],
)
def test_other_frames_do_not_match(barcode, video, change, words):
    ref = describe(open_media(video), "m")
    same = {"options": {"x264-params": "keyint=10:scenecut=0"}}
    other = open_media(barcode.write("b.mp4", **(same | change)))
    assert not frames_match(other, ref)
    assert words in why_no_match(other, ref) and why_no_match(other, ref).endswith("choose the original file.")


def test_short_videos_with_one_keyframe_are_told_apart(barcode):
    ref = describe(open_media(barcode.write("a.mp4", frames=5)), "m")
    assert not frames_match(open_media(barcode.write("b.mp4", frames=5, shift=1)), ref)
    assert frames_match(open_media(barcode.write("c.mp4", frames=5)), ref)


def test_another_size_does_not_match(video):
    ref = replace(describe(open_media(video), "m"), width=640)
    assert not frames_match(open_media(video), ref)
    assert "256 x 96 pixels, and had 640 x 96" in why_no_match(open_media(video), ref)


def test_images_are_recognised(tmp_path):
    folder = folder_of_images(tmp_path / "images", 20)
    ref = describe(open_media(folder), "m")
    shutil.copytree(folder, tmp_path / "copy")
    assert frames_match(open_media(tmp_path / "copy"), ref)
    (folder / "19.png").unlink()
    assert not frames_match(open_media(folder), ref)
    shutil.copy(tmp_path / "copy" / "5.png", tmp_path / "copy" / "0.png")
    assert not frames_match(open_media(tmp_path / "copy"), ref)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 1), (3, 200)])
def test_images_of_hardly_a_pixel_are_recognised_too(tmp_path, suffix, width, height):
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), image)
    cv2.imwrite(str(tmp_path / f"b.{suffix}"), 255 - image)
    reader = open_media(tmp_path / f"a.{suffix}")
    ref = describe(reader, "m")
    assert (ref.width, ref.height) == (width, height)
    assert frames_match(reader, ref)
    assert not frames_match(open_media(tmp_path / f"b.{suffix}"), ref)


def test_a_folder_with_videos_says_so(video):
    with pytest.raises(MediaError, match=r"open a video in it, such as a\.mp4"):
        open_media(video.parent)


def test_what_counts_as_media(tmp_path):
    assert all(is_media(Path(name)) for name in ("a.MP4", "b.jpeg", "c.tif"))
    assert is_media(tmp_path)
    assert not is_media(Path("a.csv"))


def test_real_media_are_described_quickly_and_recognised(shared_data):
    for path in (
        shared_data / "videos" / "dlc_openfield" / "m3v1mp4.mp4",
        shared_data / "animal_images" / "dlc_openfield_mouse" / "labeled-data" / "m4s1",
    ):
        reader = open_media(path)
        assert frames_match(open_media(path), describe(reader, "m"))


def test_what_a_project_refers_to_is_opened_only_if_it_is_the_same(barcode, video):
    ref = describe(open_media(video), "m")
    reader = open_again(ref)
    assert reader.frame_count == ref.frame_count
    reader.close()
    other = barcode.write("b.mp4", frames=5)
    with pytest.raises(MediaError, match="it has 5 frames, and 120 were there"):
        open_again(replace(ref, path=str(other)))

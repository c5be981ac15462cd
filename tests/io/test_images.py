"""Images open whatever their depth, size, orientation and name, and say what is wrong when they do not."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import MediaError
from poseviewer.io.image_header import image_size
from poseviewer.io.images import natural_key, open_images, scale_for, to_uint8

ORANGE = np.full((6, 10, 3), (255, 128, 0), np.uint8)  # RGB


def save(path: Path, rgb: np.ndarray) -> Path:
    """Through bytes, so that any name works."""
    image = rgb if rgb.ndim == 2 else rgb[..., [2, 1, 0, *range(3, rgb.shape[2])]]
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def turned(path: Path, orientation: int) -> Path:
    """Give a JPEG an EXIF orientation (TIFF tag 274) in an APP1 segment."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 274, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
    return path


def test_colours_are_rgb_and_one_image_is_one_frame(tmp_path):
    reader = open_images(save(tmp_path / "größe 犬.png", ORANGE))
    np.testing.assert_array_equal(reader.read(0), ORANGE)
    assert (reader.kind, reader.frame_count, reader.fps) == ("images", 1, 0)
    assert (reader.width, reader.height) == reader.frame_size(0) == (10, 6)
    assert reader.files == ("größe 犬.png",)
    assert (reader.time(0), reader.keyframe_before(0), reader.scale(0)) == (0, 0, 1)


def test_a_folder_is_in_natural_order_and_ignores_the_rest(tmp_path):
    for name, value in (("img10.png", 10), ("img2.PNG", 2), ("img1.jpg", 1)):
        save(tmp_path / name, np.full((4, 4, 3), value, np.uint8))
    (tmp_path / "CollectedData.csv").write_text("x")
    (tmp_path / ".img0.png").write_text("x")
    (tmp_path / "sub").mkdir()
    reader = open_images(tmp_path)
    assert reader.files == ("img1.jpg", "img2.PNG", "img10.png")
    assert [int(reader.read(i).mean().round()) for i in range(3)] == [1, 2, 10]


@pytest.mark.parametrize("names", [["a1", "a2", "a10"], ["1", "1a", "a"], ["f 9 b", "f 10 a"], ["x01", "x1"]])
def test_natural_order(names):
    shuffled = random.Random(0).sample(names, len(names))
    assert sorted(shuffled, key=natural_key) == names


@pytest.mark.parametrize(
    ("orientation", "undo"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (4, lambda a: a[::-1]),
        (6, lambda a: np.rot90(a, -1)),
        (8, lambda a: np.rot90(a, 1)),
    ],
)
def test_exif_orientation_is_applied(tmp_path, orientation, undo):
    image = np.zeros((32, 48, 3), np.uint8)
    image[:16, :16] = 255
    path = turned(save(tmp_path / "a.jpg", image), orientation)
    reader = open_images(path)
    np.testing.assert_array_equal(reader.read(0) > 128, undo(image) > 128)
    assert (reader.width, reader.height) == undo(image).shape[1::-1]


def test_grey_alpha_and_depth(tmp_path):
    grey = np.arange(60, dtype=np.uint8).reshape(6, 10)
    np.testing.assert_array_equal(open_images(save(tmp_path / "g.png", grey)).read(0), np.dstack([grey] * 3))
    with_alpha = np.dstack([ORANGE, np.full((6, 10), 255, np.uint8)])
    np.testing.assert_array_equal(open_images(save(tmp_path / "a.png", with_alpha)).read(0), ORANGE)
    deep = np.arange(60, dtype=np.uint16).reshape(6, 10) * 64  # 12 bits, as cameras save
    np.testing.assert_array_equal(open_images(save(tmp_path / "d.tif", deep)).read(0)[..., 0], deep >> 4)


def test_depths_become_eight_bits():
    np.testing.assert_array_equal(to_uint8(np.array([0, 255], np.uint16)), [0, 255])
    np.testing.assert_array_equal(to_uint8(np.array([0, 65535], np.uint16)), [0, 255])
    np.testing.assert_array_equal(to_uint8(np.array([-1.0, 1.0, np.nan], np.float32)), [0, 255, 127])
    np.testing.assert_array_equal(to_uint8(np.zeros(2, np.float32)), [0, 0])


def test_one_pixel(tmp_path):
    assert open_images(save(tmp_path / "a.png", ORANGE[:1, :1])).read(0).shape == (1, 1, 3)


@pytest.mark.parametrize(("size", "scale"), [(None, 1), ((8000, 8000), 1), ((8001, 8000), 2), ((20_000, 20_000), 4)])
def test_very_large_images_are_reduced(size, scale):
    assert scale_for(size) == scale


def test_a_huge_image_opens_reduced_and_keeps_its_size(tmp_path):
    image = np.zeros((20_000, 20_000), np.uint8)
    image[:, :10_000] = 200
    path = save(tmp_path / "huge.jpg", image)
    del image
    reader = open_images(path)
    assert (reader.width, reader.height, reader.scale(0)) == (20_000, 20_000, 4)
    shown = reader.read(0)
    assert shown.shape == (5000, 5000, 3)
    assert (shown[:, 100] > 190).all() and (shown[:, 4900] < 10).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_the_size_is_in_the_header(tmp_path, suffix):
    data = save(tmp_path / f"a{suffix}", np.zeros((37, 53, 3), np.uint8)).read_bytes()
    assert image_size(data) == (53, 37)
    assert image_size(data[:6]) is None
    assert image_size(b"no image at all") is None


def test_images_of_a_folder_may_differ_in_size(tmp_path):
    save(tmp_path / "a.png", ORANGE)
    save(tmp_path / "b.png", ORANGE[:3])
    reader = open_images(tmp_path)
    assert (reader.width, reader.height) == (10, 6)
    assert [reader.frame_size(i) for i in range(2)] == [(10, 6), (10, 3)]


def test_one_bad_image_costs_no_other(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG garbage")
    save(tmp_path / "b.png", ORANGE)
    (tmp_path / "c.png").touch()
    reader = open_images(tmp_path)
    assert (reader.width, reader.height) == (10, 6)
    np.testing.assert_array_equal(reader.read(1), ORANGE)
    with pytest.raises(MediaError, match=r"c\.png is empty"):
        reader.read(2)
    assert reader.damaged == (0, 2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: None, "is not there"),
        (lambda p: p.touch(), r"is empty \(0 bytes\)"),
        (lambda p: p.write_text("hello"), "is not an image that can be read"),
        (lambda p: p.mkdir(), "no images in the folder"),
    ],
)
def test_what_is_no_image_is_refused_in_one_sentence(tmp_path, make, words):
    path = tmp_path / "bad.png"
    make(path)
    with pytest.raises(MediaError, match=words) as error:
        open_images(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_folder_of_bad_images(tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("hello")
    with pytest.raises(MediaError, match="None of the 2 images"):
        open_images(tmp_path)


def test_a_number_that_is_not_there(tmp_path):
    reader = open_images(save(tmp_path / "a.png", ORANGE))
    with pytest.raises(MediaError, match="numbered from 0 to 0"):
        reader.read(1)

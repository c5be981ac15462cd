"""The size of an image is read from its first bytes, and is not made up where they do not tell."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from poseviewer.io.image_header import image_size

IMAGE = np.zeros((37, 61, 3), np.uint8)


def coded(suffix: str, *options: int) -> bytes:
    return cv2.imencode(suffix, IMAGE, options)[1].tobytes()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_every_kind_tells_width_and_height(suffix: str) -> None:
    assert image_size(coded(suffix)) == (61, 37)


def test_a_progressive_jpeg_and_a_lossy_webp_are_no_different() -> None:
    assert image_size(coded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)) == (61, 37)
    assert image_size(coded(".webp", cv2.IMWRITE_WEBP_QUALITY, 50)) == (61, 37)


def test_the_header_is_enough() -> None:
    assert image_size(coded(".png")[:24]) == (61, 37)


def test_a_thumbnail_in_a_jpeg_is_not_taken_for_the_picture() -> None:
    plain, thumbnail = coded(".jpg"), cv2.imencode(".jpg", IMAGE[:8, :8])[1].tobytes()
    exif = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    assert image_size(plain[:2] + exif + plain[2:]) == (61, 37)


def test_a_bitmap_stored_from_the_top_has_no_negative_height() -> None:
    data = bytearray(coded(".bmp"))
    data[22:26] = struct.pack("<i", -37)
    assert image_size(bytes(data)) == (61, 37)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["H", "I"])
def test_tiff_in_either_byte_order_with_short_or_long_numbers(order: str, kind: str) -> None:
    code = {"H": 3, "I": 4}[kind]
    entries = b"".join(
        struct.pack(order + "HHI", tag, code, 1) + struct.pack(order + kind, value).ljust(4, b"\0")
        for tag, value in ((256, 61), (257, 37))
    )
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "IH", 8, 2)
    assert image_size(head + entries) == (61, 37)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_cut_header_is_not_guessed(suffix: str) -> None:
    whole = coded(suffix)
    assert {image_size(whole[:length]) for length in range(30)} <= {None, (61, 37)}


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8" + bytes(100), b"GIF89a" + bytes(20)])
def test_other_files_have_no_size(data: bytes) -> None:
    assert image_size(data) is None

"""Images: one, or a folder of them in the natural order of their names, as frames by number."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import MediaError
from poseviewer.io.frame_cache import FrameCache
from poseviewer.io.image_header import Size, image_size
from poseviewer.io.video import why_unreadable

Image = NDArray[np.uint8]

IMAGE_EXTENSIONS = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".dib", ".tif", ".tiff"),
        *(".webp", ".pgm", ".ppm", ".pbm", ".pnm", ".jp2", ".ras", ".sr"),
    }
)

MAX_PIXELS = 64_000_000
"""Larger images are shown at a half, a quarter or an eighth: 20,000 x 20,000 pixels as 5,000 x 5,000 (75 MB)."""

REDUCED = {1: 0, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}

RECENT_BYTES = 32 * 2**20


class ImageReader:
    """One image, or the images of a folder, by number. Calls from several threads take turns.

    Attributes:
        path: the image or the folder.
        files: names of the images, in order.
        frame_count: how many there are.
        width, height: of the first one, in pixels of the file, upright.
    """

    kind = "images"
    fps = 0.0

    def __init__(self, path: Path, folder: Path, files: tuple[str, ...]) -> None:
        """Use `open_images`.

        Raises:
            MediaError: no image can be decoded.
        """
        self.path = path
        self.files = files
        self.frame_count = len(files)
        self._folder = folder
        self._lock = threading.RLock()
        self._recent: FrameCache[Image] = FrameCache(RECENT_BYTES)
        self._sizes: dict[int, Size] = {}
        self._scales: dict[int, int] = {}
        self._damaged: set[int] = set()
        self.width, self.height = self._first_size()

    @property
    def damaged(self) -> tuple[int, ...]:
        """Numbers of the images that were asked for and could not be decoded."""
        return tuple(sorted(self._damaged))

    @property
    def flawed(self) -> tuple[int, ...]:
        """For videos; images are decoded whole or not at all."""
        return ()

    @property
    def warning(self) -> str:
        """For videos; what is wrong with an image is said when it is asked for."""
        return ""

    def read(self, frame: int) -> Image:
        """One image, (height, width, 3) RGB, upright; divided by `scale(frame)` where it is very large.

        16-bit images are brought to 8 bits by the power of two that just holds their largest value.

        Raises:
            MediaError: there is no such image, or it cannot be read.
        """
        with self._lock:
            recent = self._recent.get(frame)
            if recent is not None:
                return recent
            image = self._decode(frame)
            self._recent.put(frame, image, image.nbytes)
            return image

    def frame_size(self, frame: int) -> Size:
        """(width, height) of one image in pixels of its file, upright: images of a folder may differ."""
        if frame not in self._sizes:
            self.read(frame)
        return self._sizes[frame]

    def scale(self, frame: int) -> int:
        """How many pixels of the file one pixel of `read` stands for, along each side: 1, 2, 4 or 8."""
        if frame not in self._scales:
            self.read(frame)
        return self._scales[frame]

    def keyframe_before(self, frame: int) -> int:
        return frame

    def time(self, frame: int) -> float:
        """Images have no time: always 0."""
        return 0.0

    def luma_samples(self, count: int) -> list[tuple[int, NDArray[np.uint8] | None]]:
        """Up to `count` (frame, brightness) spread over the images, for their fingerprint; None for a damaged one."""
        chosen = np.unique(np.linspace(0, self.frame_count - 1, count).round().astype(int)).tolist()
        return [(f, self._grey(f)) for f in chosen]

    def close(self) -> None:
        with self._lock:
            self._recent.clear()

    def _file(self, frame: int) -> Path:
        if not 0 <= frame < self.frame_count:
            raise MediaError(
                f"{self.path} has no image {frame}; its {self.frame_count} images are numbered from 0 to "
                f"{self.frame_count - 1}."
            )
        return self._folder / self.files[frame]

    def _decode(self, frame: int) -> Image:
        path = self._file(frame)
        try:
            data = _read(path)
            scale = scale_for(image_size(data))
            image = _decode_rgb(data, scale, path)
        except MediaError:
            self._damaged.add(frame)
            raise
        self._scales[frame] = scale
        self._sizes[frame] = _upright(image_size(data), image, scale)
        return image

    def _grey(self, frame: int) -> NDArray[np.uint8] | None:
        try:
            data = np.frombuffer(_read(self._file(frame)), dtype=np.uint8)
        except MediaError:
            return None
        for flags in (cv2.IMREAD_REDUCED_GRAYSCALE_8, cv2.IMREAD_GRAYSCALE):
            try:
                grey = cv2.imdecode(data, flags)
            except cv2.error:  # fewer than eight pixels have no eighth
                continue
            return None if grey is None else np.asarray(grey, dtype=np.uint8)
        return None

    def _first_size(self) -> Size:
        """The size of the first image that can be decoded."""
        last: MediaError | None = None
        for frame in range(self.frame_count):
            try:
                return self.frame_size(frame)
            except MediaError as error:
                last = error
        if self.frame_count == 1 and last is not None:
            raise last
        raise MediaError(f"None of the {self.frame_count} images in {self.path} can be decoded; choose another folder.")


def open_images(path: Path) -> ImageReader:
    """Open one image, or a folder of images.

    Raises:
        MediaError: there is none, or it cannot be read.
    """
    if not path.is_dir():
        return ImageReader(path, path.parent, (path.name,))
    try:
        names = [p.name for p in path.iterdir() if p.suffix.lower() in IMAGE_EXTENSIONS and not p.name.startswith(".")]
    except OSError as error:
        raise MediaError(why_unreadable(path, error)) from error
    if not names:
        raise MediaError(f"There are no images in the folder {path}; choose a folder with PNG, JPEG or TIFF files.")
    return ImageReader(path, path, tuple(sorted(names, key=natural_key)))


def natural_key(name: str) -> tuple[object, ...]:
    """Sorts `img2` before `img10`, as people do; capital letters do not matter unless nothing else differs."""
    parts = re.split(r"(\d+)", name.casefold())
    return (*((int(p), p) if p.isdecimal() else (-1, p) for p in parts), name)


def scale_for(size: Size | None) -> int:
    """By how much an image is reduced to be shown: 1, 2, 4 or 8."""
    if size is None:
        return 1
    return next((s for s in (1, 2, 4) if size[0] * size[1] <= MAX_PIXELS * s * s), 8)


def to_uint8(image: NDArray[np.generic]) -> Image:
    """Any depth to 8 bits: 16 bits by the power of two that just holds the largest value, floats stretched."""
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    if image.dtype == np.uint16:
        shift = max(int(image.max()).bit_length() - 8, 0)
        return np.asarray(np.right_shift(image, shift), dtype=np.uint8)
    values = np.nan_to_num(image.astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255 / (high - low) if high > low else 0)).astype(np.uint8)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(why_unreadable(path, error)) from error
    if not data:
        raise MediaError(f"{path} is empty (0 bytes); copy or export the image again.")
    return data


def _decode_rgb(data: bytes, scale: int, path: Path) -> Image:
    """(H, W, 3), turned by its EXIF orientation; what is transparent keeps its colour."""
    flags = REDUCED[scale] if scale > 1 else cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    try:
        bgr = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
        if bgr is None:
            raise MediaError(f"{path} is not an image that can be read, or it is damaged; save or copy it again.")
        return np.ascontiguousarray(to_uint8(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)))
    except (cv2.error, MemoryError) as error:
        raise MediaError(f"{path} is too large to be shown, or damaged; save a smaller copy of it.") from error


def _upright(size: Size | None, image: Image, scale: int) -> Size:
    """The full size, its sides swapped where EXIF turned the image by a quarter."""
    height, width = image.shape[:2]
    if size is None or scale == 1:
        return width, height
    swapped = (size[0] > size[1]) != (width > height) and size[0] != size[1]
    return (size[1], size[0]) if swapped else size

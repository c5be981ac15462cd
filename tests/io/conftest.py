"""Videos whose every frame shows its own number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

BITS = 12
WIDTH, HEIGHT = 16 * BITS + 64, 96
TEXTURE = np.kron(
    np.random.default_rng(0).integers(40, 216, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8),
    np.ones((8, 8, 1), np.uint8),
)


class Barcode:
    """Writes videos with a barcode of 16-pixel blocks, and reads the number back after lossy coding."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def image(self, number: int) -> np.ndarray:
        """(HEIGHT, WIDTH, 3): a moving texture, and the number's bits as black and white blocks."""
        image = np.roll(TEXTURE, 3 * number, axis=1)
        for bit in range(BITS):
            image[:16, 16 * bit : 16 * bit + 16] = 255 * (number >> bit & 1)
        return image

    def number(self, image: np.ndarray) -> int:
        """What the barcode of an upright frame says."""
        return sum(int(image[4:12, 16 * bit + 4 : 16 * bit + 12].mean() > 128) << bit for bit in range(BITS))

    def write(
        self,
        name: str,
        frames: int = 120,
        codec: str = "libx264",
        options: dict[str, str] | None = None,
        pts: Sequence[int] | None = None,
        time_base: Fraction | None = None,
        pix_fmt: str = "yuv420p",
        gop: int = 30,
        container: dict[str, str] | None = None,
        shift: int = 0,
    ) -> Path:
        """A video of the numbers `shift`, `shift` + 1, ...; `pts` in ticks of `time_base`."""
        path = self.folder / name
        with av.open(str(path), "w", options=container or {}) as out:
            stream = out.add_stream(codec, rate=30, options=options or {})
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
            stream.codec_context.gop_size = gop
            if time_base is not None:
                stream.codec_context.time_base = time_base
            for i in range(frames):
                frame = av.VideoFrame.from_ndarray(self.image(i + shift), format="rgb24")
                frame.pts = i if pts is None else pts[i]
                if time_base is not None:
                    frame.time_base = time_base
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return path

    def copy(
        self,
        source: Path,
        name: str,
        start: int = 0,
        keep: Callable[[av.Packet], bool] = lambda packet: True,
        container: dict[str, str] | None = None,
    ) -> Path:
        """Packets copied without decoding, from the keyframe before a frame on, as `ffmpeg -ss ... -c copy` does."""
        path = self.folder / name
        with av.open(str(source)) as old, av.open(str(path), "w", options=container or {}) as new:
            stream = old.streams.video[0]
            copied = new.add_stream_from_template(stream)
            offset = round(start / (stream.average_rate * stream.time_base))
            old.seek(offset, stream=stream)
            for packet in old.demux(stream):
                if packet.size and keep(packet):
                    packet.pts -= offset
                    packet.dts -= offset
                    packet.stream = copied
                    new.mux(packet)
        return path


@pytest.fixture
def barcode(tmp_path: Path) -> Barcode:
    return Barcode(tmp_path)

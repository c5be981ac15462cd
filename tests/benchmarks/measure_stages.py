"""Which part of 001's landmark network earns its place: measure_stages.py [--scale S] [--models FOLDER] [DATA]

Open-field mouse, 640 x 480, four keypoints: ten labelled frames, evenly spread; tested on the other seventy, whole
frame at 256 x 256. Unlabelled frames: all eighty, and those of the open-field video. Narrow presets, CPU. Landmarks
are trained four times, on an autoencoder with skip connections, on one without, and on random networks in their place
(batch statistics gathered on labelled crops); each is read by argmax, soft-argmax, and a suppression trained on it.
Errors are in pixels of the frame. `--scale` multiplies the presets' steps; `--models` keeps the models in a folder and
takes those that are there.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.geometry.crops import whole_frame
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_skeleton import skeleton_of
from poseviewer.io.media import describe, open_media
from poseviewer.models.checkpoint import read_card, read_tensors
from poseviewer.models.detector import make_network, to_images
from poseviewer.models.interleaved import HEADS
from training.autoencoder import train_autoencoder
from training.detector import Labelled
from training.labelled_images import LabelledImage, of_label_file
from training.landmarks import train_landmarks
from training.presets import load_preset
from training.run import finish
from training.skips import train_skips
from training.stage_config import StageConfig, stage_config
from training.suppression import train_suppression
from training.unlabelled import Pictures, read_pictures

LABELLED = 10
AT_ONCE = 16


@dataclass
class Bench:
    """The data, and where models go."""

    learned: list[LabelledImage]
    tested: list[LabelledImage]
    pictures: Pictures
    skeleton: Any
    folder: Path
    scale: float
    device: str
    sigma: float | None = None

    def config(self, stage: str, name: str, start: Path | str, **changes: Any) -> StageConfig:
        steps = max(4, round(self.scale * load_preset(stage, "default")["steps"]))
        return stage_config(
            stage, skeleton=self.skeleton, output=self.folder / f"{name}.safetensors", start=start, steps=steps,
            device=self.device, whole=1.0, near=0.0, **changes,
        )  # fmt: skip

    def train(self, reports: Generator[Any, None, None], what: str) -> None:
        """Train to the end, unless the model is there already."""
        if (self.folder / f"{what}.safetensors").is_file():
            return
        began, busy = time.perf_counter(), time.process_time()
        last = deque(reports, maxlen=1)[0]
        wall, cpu = time.perf_counter() - began, time.process_time() - busy
        figures = ", ".join(f"{k} {v:.5f}" for k, v in (last.losses | last.validation).items())
        print(f"{what}: {last.steps} steps, {wall:.0f} s, {cpu:.0f} CPU-s; {figures}", flush=True)


def errors(bench: Bench, model: Path, head: str) -> NDArray[np.float64]:
    """(F, J) distances in pixels of the frames, NaN where a keypoint is absent."""
    card = read_card(model)
    network = make_network(card).eval()
    network.load_state_dict(read_tensors(model))
    rows = []
    for first in range(0, len(bench.tested), AT_ONCE):
        part = bench.tested[first : first + AT_ONCE]
        crops = [whole_frame(m.image.shape[1], m.image.shape[0]) for m in part]
        cut = np.stack([crop.cut(m.image) for crop, m in zip(crops, part, strict=True)])
        with torch.inference_mode():
            found = network.locate(to_images(torch.from_numpy(cut)), head)[0].numpy()
        for crop, label, places in zip(crops, part, found, strict=True):
            rows.append(np.linalg.norm(crop.from_crop(places) - label.keypoints, axis=-1) * label.shrunk)
    return np.array(rows)


def name_of(stage_1: bool, skips: bool) -> str:
    return f"{'stage1' if stage_1 else 'random'}-{'skips' if skips else 'plain'}"


def landmarks(bench: Bench, stage_1: bool, skips: bool, before: Path) -> Path:
    """Train interleaved layers; where there is nothing to start from, as wide as the narrow preset's."""
    random: dict[str, Any] = {} if stage_1 else {"shape": {"width": 16, "skips": skips}}
    name = name_of(stage_1, skips)
    config = bench.config("landmarks", name, before if stage_1 else "nothing", sigma=bench.sigma, **random)
    bench.train(train_landmarks(config, Labelled(bench.learned)), name)
    return config.output


def suppression(bench: Bench, stage_1: bool, skips: bool, before: Path) -> Path:
    name = f"{name_of(stage_1, skips)}-suppression"
    config = bench.config("suppression", name, before)
    bench.train(train_suppression(config, Labelled(bench.learned)), name)
    return config.output


def row(bench: Bench, stage_1: bool, skips: bool, head: str, model: Path) -> str:
    """One row of the table, printed as soon as it is there."""
    off = errors(bench, model, head)
    known = off[np.isfinite(off)]
    words = ["yes" if stage_1 else "no", "yes" if skips else "no", head]
    words += [f"{v:.1f}" for v in (np.median(known), known.mean(), np.percentile(known, 90))]
    line = f"| {' | '.join(words)} |"
    print(line, flush=True)
    return line


def load(data: Path, folder: Path, scale: float, device: str) -> Bench:
    home = data / "animal_images" / "dlc_openfield_mouse" / "labeled-data" / "m4s1"
    labels = read_labels(home / "CollectedData_Pranav.csv")
    skeleton = skeleton_of(labels)
    images = of_label_file(labels, skeleton)
    chosen = set(np.linspace(0, len(images) - 1, LABELLED).round().astype(int).tolist())
    media = []
    for path in (home, data / "videos" / "dlc_openfield" / "m3v1mp4.mp4"):
        reader = open_media(path)
        media.append(describe(reader, path.name))
        reader.close()
    pictures = finish(read_pictures(media, 600))
    print(f"{len(chosen)} labelled, {len(images) - len(chosen)} tested, {len(pictures)} unlabelled", flush=True)
    learned = [m for i, m in enumerate(images) if i in chosen]
    tested = [m for i, m in enumerate(images) if i not in chosen]
    return Bench(learned, tested, pictures, skeleton, folder, scale, device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=Path(__file__).parents[3] / "shared" / "data")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--sigma", type=float, help="of the heatmaps, instead of the paper's 10")
    parser.add_argument("--first", action="store_true", help="only on the whole of stage 1, without a suppression")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = load(given.data, given.models or Path(folder), given.scale, given.device)
        bench.sigma = given.sigma
        stage_1 = bench.config("autoencoder", "autoencoder", "nothing")
        bench.train(train_autoencoder(stage_1, bench.pictures), "autoencoder")
        skipped = bench.config("skips", "skips", stage_1.output)
        bench.train(train_skips(skipped, bench.pictures), "skips")
        parts = [(a, b, skipped.output if b else stage_1.output) for a in (True, False) for b in (True, False)]
        parts = parts[:1] if given.first else parts
        rows = []
        for trained, skips, before in parts:
            model = landmarks(bench, trained, skips, before)
            rows += [row(bench, trained, skips, head, model) for head in HEADS if head != "suppression"]
        for trained, skips, _ in [] if given.first else parts:
            model = suppression(bench, trained, skips, bench.folder / f"{name_of(trained, skips)}.safetensors")
            rows.append(row(bench, trained, skips, "suppression", model))
    print("\n| stage 1 | skips | head | median px | mean px | 90 % px |\n|---|---|---|---|---|---|")
    print("\n".join(sorted(rows, reverse=True)))


if __name__ == "__main__":
    main()

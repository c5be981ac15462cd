"""The benchmark of the human lifters: python tests/benchmarks/measure_methods.py [METHOD[:PRESET] ...] [--out DIR]

Each method is trained by its own command on the 2D projections of all files of human3d but hdm05_bk (`supervised`: on
their 3D; `evolution`: on nothing but the ranges), bandai2 weighted 1/4, on one thread; then all are measured on
hdm05_bk by `poseviewer evaluate lifters`. A model that is there already is not trained again. Prints Markdown for
docs/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

METHODS = (
    "drover", "svma", "hardy", "hardy:full", "hardy:split", "hardy:five", "hardy:split-five", "flow",
    "evolution", "supervised",
)  # fmt: skip
VALIDATION = "hdm05_bk"
WEIGHTS = {"bandai2": 0.25}


def poseviewer(*words: str, answer: bool = False) -> str:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "poseviewer", *words]
    done = subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE if answer else None)
    return done.stdout or ""


def trained(name: str, data: Path, out: Path, extra: list[str]) -> Path:
    """The model of a method, made if it is not there; beside it lies how long that took."""
    method, _, preset = name.partition(":")
    model = out / f"{name.replace(':', '-')}.safetensors"
    if model.is_file():
        return model
    files = [str(p) for p in sorted(data.glob("*.npz")) if p.stem != VALIDATION] if method != "evolution" else []
    words = ["train", method, *files, "--preset", preset or "default", "--validate", str(data / f"{VALIDATION}.npz")]
    words += [w for stem, share in WEIGHTS.items() if files for w in ("--weight", f"{stem}={share}")]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    poseviewer(*words, *extra, "--device", "cpu", "-o", str(model))
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    took = {"minutes": (time.monotonic() - began) / 60, "cpu_minutes": spent / 60}
    model.with_suffix(".took.json").write_text(json.dumps(took))
    return model


def rows(models: list[Path], data: Path, out: Path, camera: str) -> None:
    words = [w for model in models for w in ("--model", str(model))]
    words += ["--model", "human17", "--camera", camera, "--elevation", "0:20", "--views", "3", "--json"]
    report = poseviewer("evaluate", "lifters", str(data / f"{VALIDATION}.npz"), *words, answer=True)
    print(f"\n{camera}\n")
    print("| lifter | joints | P-MPJPE mm | of flat | refl.-best mm | of flat | parameters | poses/s | CPU minutes |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in json.loads(report)["rows"]:
        value = {k: v["mean"] for k, v in row["measures"].items()}
        took = out / f"{row['name']}.took.json"
        minutes = f"{json.loads(took.read_text())['cpu_minutes']:.0f}" if took.is_file() else ""
        speed = f"{row['poses_per_second']:,.0f}" if row["poses_per_second"] else ""
        print(
            f"| {row['name']} | {len(row['joints'])} | {value['p_mpjpe']:.1f} | {value['ratio']:.3f} | "
            f"{value['p_mpjpe_reflection_best']:.1f} | {value['ratio_reflection_best']:.3f} | {row['parameters']:,} | "
            f"{speed} | {minutes} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("methods", nargs="*", default=METHODS)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/human3d"))
    parser.add_argument("--out", type=Path, default=Path("build/methods"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=None, help="for all; default: the presets'")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    extra = ["--seed", str(arguments.seed)] + (["--steps", str(arguments.steps)] if arguments.steps else [])
    models = [trained(name, arguments.data, arguments.out, extra) for name in arguments.methods]
    for camera in ("orthographic", "perspective"):
        rows(models, arguments.data, arguments.out, camera)


if __name__ == "__main__":
    main()

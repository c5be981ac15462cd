"""Options that the verbs of `poseviewer train` share, so that they are called and explained the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path, typer.Option("-o", "--output", help="Where to write the model (.safetensors).")]
Labels = Annotated[
    list[Path] | None,
    typer.Argument(metavar="LABELS...", help="A project, or label files of any tool beside their images."),
]
Media = Annotated[
    list[Path] | None, typer.Argument(metavar="SOURCE...", help="Videos, images, folders of images, or projects.")
]
Start = Annotated[
    str, typer.Option("--start", help="A model to go on from: shipped, a file, or nothing.  [default: the preset's]")
]
RenderedFrom = Annotated[str, typer.Option("--ranges", help="What to render animals from.  [default: the skeleton's]")]
Steps = Annotated[int | None, typer.Option("--steps", min=1, help="How many steps.  [default: the preset's]")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same model.")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")]
TensorBoard = Annotated[
    Path | None, typer.Option("--tensorboard", metavar="FOLDER", help="Write losses and figures there for TensorBoard.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run that the output belongs to.")]
Json = Annotated[bool, typer.Option("--json", help="Report as JSON lines.")]

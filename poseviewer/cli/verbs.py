"""The verbs as a command line: names, help texts and exit codes. What each does is in the file of its name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from poseviewer.cli.convert import convert
from poseviewer.cli.detect import detect
from poseviewer.cli.doctor import doctor
from poseviewer.cli.evaluate import evaluate
from poseviewer.cli.evaluate_detect import evaluate_detect
from poseviewer.cli.evaluate_lifters import evaluate_lifters
from poseviewer.cli.failures import guarded
from poseviewer.cli.lift import lift
from poseviewer.cli.ranges import ranges_fit
from poseviewer.cli.ranges_diff import ranges_diff
from poseviewer.cli.study_correlation import study_correlation
from poseviewer.cli.study_stability import study_stability
from poseviewer.cli.synthesize import synthesize
from poseviewer.cli.train import train_lifter
from poseviewer.cli.train_detector import train_detector
from poseviewer.cli.train_evolution import train_evolution
from poseviewer.cli.train_from_2d import train_drover, train_flow, train_hardy, train_svma
from poseviewer.cli.train_stages import train_autoencoder, train_landmarks, train_skips, train_suppression
from poseviewer.cli.train_supervised import train_supervised


class _Verbs(TyperGroup):
    """Also verbs of two words, the first of which is a verb by itself: `evaluate` and `evaluate detect`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        both = " ".join(args[:2])
        return (both, self.commands[both], args[2:]) if both in self.commands else super().resolve_command(ctx, args)


app = typer.Typer(
    name="poseviewer",
    cls=_Verbs,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A path or 'demo' in place of a verb opens the window; a file that is called like a verb is ./lift.",
)
train = typer.Typer(help="Train a network: a lifter, a detector, or the synthesis paper's stages of one.")
app.add_typer(train, name="train")
ranges = typer.Typer(help="Rotation ranges: which is wrong, and how two presets differ.")
app.add_typer(ranges, name="ranges")
study = typer.Typer(help="Look into lifters: which keypoint moves which depth, how stable a training is.")
app.add_typer(study, name="study")


@app.callback(no_args_is_help=True)
def poseviewer(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; works in any place.")] = False,
    screenshot: Annotated[str, typer.Option(metavar="P.png", help="Draw the window once to a PNG and exit.")] = "",
) -> None:
    """3D poses of animals and people from a few clicked keypoints.

    poseviewer [PATH...]  opens the window on a project, media files or nothing.

    poseviewer demo  opens it on the bundled sample.
    """


def run_verb(arguments: list[str]) -> int:
    """Run one verb and return its exit code."""
    try:
        app(args=arguments, prog_name="poseviewer")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _register(group: typer.Typer, name: str, work: Callable[..., int | None]) -> None:
    @functools.wraps(work)
    def guarded_work(*args: Any, **kwargs: Any) -> None:
        raise typer.Exit(guarded(lambda: work(*args, **kwargs)))

    group.command(name)(guarded_work)


_register(app, "synthesize", synthesize)
_register(train, "lifter", train_lifter)
_register(train, "evolution", train_evolution)
_register(train, "supervised", train_supervised)
_register(train, "detector", train_detector)
_register(train, "autoencoder", train_autoencoder)
_register(train, "skips", train_skips)
_register(train, "landmarks", train_landmarks)
_register(train, "suppression", train_suppression)
_register(train, "drover", train_drover)
_register(train, "svma", train_svma)
_register(train, "hardy", train_hardy)
_register(train, "flow", train_flow)
_register(app, "detect", detect)
_register(app, "lift", lift)
_register(ranges, "fit", ranges_fit)
_register(ranges, "diff", ranges_diff)
_register(study, "correlation", study_correlation)
_register(study, "stability", study_stability)
_register(app, "evaluate", evaluate)
_register(app, "evaluate detect", evaluate_detect)
_register(app, "evaluate lifters", evaluate_lifters)
_register(app, "convert", convert)
_register(app, "doctor", doctor)

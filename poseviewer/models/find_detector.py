"""Which detector: the file and the card, found without torch."""

from __future__ import annotations

from pathlib import Path

from poseviewer.core.errors import CheckpointError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.resources import resource
from poseviewer.models.card import ModelCard, read_card

KIND = "detector"
_ENDING = ".detector.safetensors"


def shipped_detector(name: str) -> Path:
    """Where the detector shipped under a name (a skeleton's: "quadruped16") is, or would be."""
    return resource("weights", f"{name}{_ENDING}")


def shipped_detectors(skeleton: str) -> list[str]:
    """The names of the detectors that are shipped for a skeleton, its own first."""
    found = (path.name.removesuffix(_ENDING) for path in resource("weights").glob(f"*{_ENDING}"))
    return sorted((n for n in found if n == skeleton or n.startswith(f"{skeleton}.")), key=lambda n: (n != skeleton, n))


def find_detector(model: str | Path | None, skeleton: Skeleton | None) -> tuple[Path, ModelCard] | None:
    """The file and card of a detector; None where none is named and none is shipped for the skeleton.

    Args:
        model: a file, or the name of a shipped one.
        skeleton: whose joints it has to find; None for whichever the model knows.

    Raises:
        CheckpointError: there is no such model, it is damaged, no detector, or for another skeleton.
    """
    if not model:
        if skeleton is None or not shipped_detector(skeleton.name).is_file():
            return None
        path = shipped_detector(skeleton.name)
    else:
        path = _named(model)
    card = read_card(path)
    if card.kind != KIND:
        raise CheckpointError(
            f"The model {path} is a {card.kind}, not a detector; choose a detector, or train one with "
            f"`poseviewer train detector`."
        )
    own = card.load_skeleton()
    if skeleton is not None and own.joints != skeleton.joints:
        raise CheckpointError(
            f"The detector {path} was trained for the skeleton '{own.name}' ({own.joint_count} joints), but this is "
            f"'{skeleton.name}' ({skeleton.joint_count} joints); choose a detector of '{skeleton.name}' or train one."
        )
    return path, card


def no_detector(skeleton: Skeleton | None) -> CheckpointError:
    """What to say where there is none."""
    if skeleton is None:
        return CheckpointError("No detector is named; name one with --model, or the skeleton with --skeleton.")
    return CheckpointError(
        f"No detector is shipped for the skeleton '{skeleton.name}'; label a few frames and train one with "
        f"`poseviewer train detector PROJECT -o {skeleton.name}.detector.safetensors`."
    )


def _named(model: str | Path) -> Path:
    """A file as it is given; a bare name that is no file is that of a shipped detector."""
    path = Path(model)
    shipped = shipped_detector(str(model))
    return shipped if path.name == str(model) and not path.is_file() and shipped.is_file() else path

"""Model files: safetensors with a model card in the metadata. Nothing is ever unpickled."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from poseviewer.core.errors import CheckpointError
from poseviewer.io.atomic import replacing
from poseviewer.models.card import FORMAT, ModelCard, read_card, tables

__all__ = ["FORMAT", "ModelCard", "read_card", "read_tensors", "save_checkpoint", "tables"]


def save_checkpoint(path: Path, tensors: dict[str, torch.Tensor], card: ModelCard) -> None:
    """Write a model file in one step; an old one stays until the new one is complete.

    Raises:
        CheckpointError: the folder is missing, read-only or full.
    """
    try:
        with replacing(path) as temporary:
            contiguous = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
            safetensors.torch.save_file(contiguous, temporary, metadata={"card": json.dumps(asdict(card))})
    except (OSError, safetensors.SafetensorError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CheckpointError(
            f"Cannot write the model {path} ({reason}); free some space or choose another folder."
        ) from error


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """The weights, as float32 (they are stored in half precision where that loses nothing measurable).

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        tensors = safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"The model {path} is damaged ({error}); choose another or train it again.") from error
    return {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}

"""Several processes that train one model together: each computes its share of every batch, on its own device.

They are started by `torchrun`, which tells them who they are by the environment. One process by itself is a team of
one, for which nothing here costs anything. What they have to agree on (whether to stop, whether one of them failed)
goes over the CPU, so that a device never waits for it.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

import torch
from torch import Tensor
from torch import distributed as dist

from poseviewer.core.errors import PoseviewerError

NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
"""What torchrun sets."""
PATIENCE = timedelta(hours=2)
"""How long the others wait while the first one validates and writes."""
FAREWELL = timedelta(seconds=60)
"""How long one that failed waits for the others to hear of it; in the middle of a shared computation they never do."""
LONGEST = 2000
"""Bytes of a sentence that is passed on."""

_joined: list[Team] = []


class Agreement(NamedTuple):
    """Whether any process wants to stop, and the smallest piece that any of them works in."""

    stop: bool
    piece: int


class Team:
    """The processes that train together; the first one alone speaks and writes.

    Attributes:
        rank, size: which of how many this is. local: which of those on this machine.
        lockstep: whether forward and backward wait for the others (synchronised batch normalisation), so that none
            may begin anew alone.
        told: whether all know that the training has failed.
    """

    def __init__(self, rank: int = 0, size: int = 1, local: int = 0) -> None:
        self.rank, self.size, self.local = rank, size, local
        self.lockstep = self.told = False

    @property
    def alone(self) -> bool:
        return self.size == 1

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, batch: int) -> range:
        """Which examples of a batch are this process's.

        Raises:
            PoseviewerError: there are fewer examples than processes.
        """
        if batch < self.size:
            raise PoseviewerError(
                f"A batch of {batch} cannot be shared by {self.size} processes; start at most {batch}, or choose a "
                f"larger batch."
            )
        return range(self.rank * batch // self.size, (self.rank + 1) * batch // self.size)

    def pieces(self, batch: int, piece: int) -> list[range]:
        """This process's share in pieces; in lockstep all processes have the same number of them."""
        share = self.share(batch)
        if not self.lockstep:
            return [range(n, min(n + piece, share.stop)) for n in range(share.start, share.stop, piece)]
        count = min(math.ceil(math.ceil(batch / self.size) / piece), batch // self.size)
        bounds = [share.start + i * len(share) // count for i in range(count + 1)]
        return [range(*pair) for pair in itertools.pairwise(bounds)]

    def place(self, device: torch.device) -> torch.device:
        """The device, where these processes can use it together.

        Raises:
            PoseviewerError: there are more processes than GPUs, or processes cannot share results of this device.
        """
        if self.alone:
            return device
        if device.type not in ("cpu", "cuda"):
            raise PoseviewerError(f"Several processes cannot train on {device.type} together; use --device cpu.")
        if device.type == "cuda" and self.local >= torch.cuda.device_count():
            raise PoseviewerError(
                f"This machine has {torch.cuda.device_count()} GPUs, too few for a process numbered {self.local}; "
                f"start as many processes as GPUs (--nproc-per-node), or train with --device cpu."
            )
        return device

    def synchronised(self, network: torch.nn.Module, device: torch.device) -> torch.nn.Module:
        """The network, on GPUs with batch normalisation over the whole batch; elsewhere each has its own share's."""
        norms = any(isinstance(part, torch.nn.modules.batchnorm._BatchNorm) for part in network.modules())
        self.lockstep = not self.alone and device.type == "cuda" and norms
        return torch.nn.SyncBatchNorm.convert_sync_batchnorm(network) if self.lockstep else network

    def same(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes what the first one has."""
        if self.alone:
            return
        with self._listening(), torch.no_grad():
            for tensor in tensors:
                whole = tensor.contiguous()
                dist.broadcast(whole, 0)
                tensor.copy_(whole)

    def agree(self, step: int, piece: int, stop: bool = False) -> Agreement:
        """Meet all others, who are at the same step.

        Raises:
            PoseviewerError: one of them failed or ended, or they are at different steps.
        """
        if self.alone:
            return Agreement(stop, piece)
        word = self._meet([int(stop), 0, -piece, step, -step])
        if word[3] != -word[4]:
            raise PoseviewerError(
                f"The processes are at different steps ({-word[4]} and {word[3]}); the output has to be on a disk that "
                f"all machines share, or start the run anew without --resume."
            )
        self.told = False
        return Agreement(bool(word[0]), -word[2])

    def add_up(self, parameters: Iterable[Tensor], losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """Sum gradients over the processes, in place, and the terms of the loss.

        Raises:
            PoseviewerError: another process ended.
        """
        if self.alone:
            return losses
        gradients = [p.grad for p in parameters if p.grad is not None]
        terms = [value.detach().float().reshape(1) for value in losses.values()]
        flat = torch.cat([*(g.reshape(-1).float() for g in gradients), *terms])
        with self._listening():
            dist.all_reduce(flat)
        *sums, summed = flat.split([*(g.numel() for g in gradients), len(losses)])
        for gradient, total in zip(gradients, sums, strict=True):
            gradient.copy_(total.view_as(gradient))
        return dict(zip(losses, summed.unbind(), strict=True))

    def tell(self, error: Exception) -> None:
        """Let all others end with the same sentence, unless they know already."""
        if self.alone or self.told:
            return
        words = str(error)
        if not isinstance(error, PoseviewerError):
            words = f"Training stopped: process {self.rank} of {self.size} failed ({type(error).__name__}: {words})."
        with contextlib.suppress(PoseviewerError):
            self._meet([0, self.rank + 1, 0, 0, 0], words, FAREWELL)

    def leave(self) -> None:
        """Wait until all have done what they had to do, and part."""
        if self.alone:
            return
        with contextlib.suppress(PoseviewerError):
            self._meet([0] * 5, patience=FAREWELL if self.told else PATIENCE)
            dist.destroy_process_group()
            _joined.clear()

    def _meet(self, word: list[int], failure: str = "", patience: timedelta = PATIENCE) -> list[int]:
        """The largest of each number over the processes; the second one says which of them failed, if any."""
        numbers = torch.tensor(word)
        with self._listening():
            dist.all_reduce(numbers, dist.ReduceOp.MAX, async_op=True).wait(patience)
            if not numbers[1]:
                return [int(n) for n in numbers]
            text = failure.encode()[:LONGEST].ljust(LONGEST)
            told = torch.frombuffer(bytearray(text), dtype=torch.uint8)
            dist.broadcast(told, int(numbers[1]) - 1)
        self.told = True
        raise PoseviewerError(bytes(told.tolist()).decode(errors="ignore").strip())

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise PoseviewerError(
                f"Training stopped: another of the {self.size} processes ended or could not be reached; what it says "
                "is above or in its own log. What was saved is kept; go on with --resume."
            ) from error


def team() -> Team:
    """This process's team; the first call finds the others.

    Raises:
        PoseviewerError: the environment is not torchrun's, or the others are not found.
    """
    if not _joined:
        _joined.append(_join())
    return _joined[0]


def _join() -> Team:
    given = {name: os.environ.get(name, "") for name in NAMES}
    if not all(given.values()) or given["WORLD_SIZE"] == "1":
        return Team()
    try:
        made = Team(*(int(given[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK")))
    except ValueError as error:
        raise PoseviewerError(
            "RANK, WORLD_SIZE and LOCAL_RANK are set, but not to numbers; start with torchrun, or unset them."
        ) from error
    where = f"{given['MASTER_ADDR']}:{given['MASTER_PORT']}"
    if not dist.is_available():
        raise PoseviewerError("This torch cannot train in several processes; start without torchrun.")
    backend = "gloo"
    if torch.cuda.is_available() and made.local < torch.cuda.device_count():
        # From here on "cuda" means this process's GPU.
        torch.cuda.set_device(made.local)
        backend = "cpu:gloo,cuda:nccl" if dist.is_nccl_available() else backend
    try:
        dist.init_process_group(backend, timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise PoseviewerError(
            f"The {made.size} processes did not find each other at {where} ({error}); check that all machines reach "
            f"that address, and start them with torchrun."
        ) from error
    return made

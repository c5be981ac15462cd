"""What any training run is made of, and the loop that drives it.

A stage says what its examples, its losses and its figures are; here are the optimiser, the averaged weights, the
checkpoint and the state from which a run is continued as if it had never stopped, and what to do on too little memory.
Several processes may share the work (`training.parallel`); they all do this, and the first one validates and writes.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors, save_checkpoint
from poseviewer.models.device import choose_device, fast_dtype
from training.parallel import team
from training.progress import Progress
from training.run_config import RunConfig, rate_at, start_words, state_path

NEVER = 1 << 62

T = TypeVar("T")
C = TypeVar("C", bound=RunConfig)
Losses = dict[str, Tensor]


class Run(ABC, Generic[C]):
    """The moving parts of one run: network, optimisers, averaged weights, and the number of the next step.

    Attributes:
        noun: what its examples are called in messages. smallest: fewer of them at once are not worth a device.
        most: how many a CPU works through at once: between two pieces a run can be stopped.
        turn: whose turn it is to learn, "" where there is only one learner; repeat: how often it has learned in this
            step.
        team: the processes that share each batch. ended: whether they have agreed to stop.
    """

    noun = "poses"
    smallest = 32
    most = NEVER

    def __init__(self, config: C, card: ModelCard, network: torch.nn.Module) -> None:
        """Start, or continue where `config.resume` says so.

        Raises:
            CheckpointError: there is nothing to resume, or the model to start from does not fit.
        """
        self.config, self.card = config, card
        self.team, self.ended = team(), False
        self.device = self.team.place(choose_device(config.device))
        self.team.share(config.batch)
        self.dtype = fast_dtype(self.device) if config.half else None
        self.network = self.team.synchronised(network.to(self.device), self.device)
        if config.start is not None and not config.resume:
            self.start_from(config.start)
        self.turn, self.repeat = "", 0
        self.optimisers = {name: self.optimiser_of(name, player) for name, player in self.players().items()}
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()} if config.ema else None
        self.piece = min(config.batch, self.most) if self.device.type == "cpu" else config.batch
        self.message = ""
        self.step = self._done = 0
        if config.resume:
            self._resume()
        self.agree()
        self.team.same([*self.network.state_dict().values(), *(self.average or {}).values()])

    # What a stage says

    @abstractmethod
    def examples(self, step: int, first: int, count: int) -> Any:
        """Examples `first` to `first + count` of a step's batch, on the device; they depend on these and the seed."""

    @abstractmethod
    def losses(self, batch: Any) -> Losses:
        """The terms whose sum is learned from, each a mean over the examples."""

    @abstractmethod
    def validating(self) -> Generator[None, None, dict[str, float]]:
        """Figures by the averaged weights, on what was never trained on; yields between batches."""

    @abstractmethod
    def reproduce(self, start: str) -> str:
        """The command that makes the model again; `start` as on the model's card, "" for nothing."""

    def players(self) -> dict[str, torch.nn.Module]:
        """Who learns in each step, by name and in order; their parameters are theirs alone. Mostly one, called ""."""
        return {"": self.network}

    def repeats(self, name: str) -> int:
        """How often a player learns in each step."""
        return 1

    def optimiser_of(self, name: str, player: torch.nn.Module) -> torch.optim.Optimizer:
        """What a player learns by."""
        return torch.optim.AdamW(
            [p for p in player.parameters() if p.requires_grad],
            lr=self.config.learning_rate, betas=self.config.betas, weight_decay=self.config.weight_decay,
            fused=self.device.type in ("cpu", "cuda"),
        )  # fmt: skip

    def rate(self, name: str) -> float:
        """A player's learning rate at this step."""
        return self.config.learning_rate * rate_at(self.step, self.config)

    def train_mode(self) -> None:
        """Put the network into the state in which it learns; a stage with frozen parts leaves those as they are."""
        self.network.train()

    def start_from(self, path: Any) -> None:
        """Take over the weights of a model of the same network.

        Raises:
            CheckpointError: it has another network or skeleton.
        """
        card = read_card(path)
        if card.network != self.card.network or card.shape != self.card.shape or card.skeleton != self.card.skeleton:
            raise CheckpointError(
                f"The model {path} has another network or skeleton than this run; start from one of the same preset "
                f"and skeleton, or from nothing."
            )
        self.network.load_state_dict(read_tensors(path))
        self.started_from(start_words(path))

    def close(self) -> None:
        """End the threads that make examples."""

    # What all have in common

    @property
    def poses_seen(self) -> int:
        """Examples so far, those of the step in hand included."""
        return self.step * self.config.batch + self._done

    @property
    def weights(self) -> dict[str, Tensor]:
        """The ones to use: averaged where the run averages."""
        return self.average or self.network.state_dict()

    @property
    def model(self) -> dict[str, Tensor]:
        """What of the weights is written as the model."""
        return self.weights

    def autocast(self) -> torch.autocast:
        """bfloat16 products where they are fast."""
        return torch.autocast(self.device.type, dtype=self.dtype or torch.bfloat16, enabled=self.dtype is not None)

    def started_from(self, start: str) -> None:
        self.card = replace(self.card, start=start, command=self.reproduce(start))

    def advance(self) -> Losses:
        """One step of the optimiser; returns the loss terms."""
        return finish(self.advancing())

    def validate(self) -> dict[str, float]:
        """`validating` without a break."""
        return finish(self.validating())

    def advancing(self) -> Generator[None, None, Losses]:
        """One step of every player in pieces, between which it yields; returns the loss terms of all."""
        config = self.config
        losses: Losses = {}
        for name, player in self.players().items():
            optimiser = self.optimisers[name]
            for group in optimiser.param_groups:
                group["lr"] = self.rate(name)
            for repeat in range(self.repeats(name)):
                self.turn, self.repeat = name, repeat
                terms = yield from self.fitting_memory(self._gradients)
                self.agree()
                losses |= self.team.add_up(player.parameters(), terms)
                if config.clip:
                    torch.nn.utils.clip_grad_norm_(player.parameters(), config.clip)
                optimiser.step()
        self.step, self._done = self.step + 1, 0
        self._update_average()
        return losses

    def _gradients(self) -> Generator[None, None, Losses]:
        """The gradients of the batch, or of this process's share of it, piece by piece: as from one, up to rounding.

        It yields between making examples, forward and backward, so that a slow machine too stops within a second.
        """
        self._done = 0
        self.network.zero_grad(set_to_none=True)
        self.train_mode()
        total: Losses = {}
        for piece in self.team.pieces(self.config.batch, self.piece):
            with torch.no_grad():
                batch = self.examples(self.step, piece.start, len(piece))
            yield
            share = len(piece) / self.config.batch
            losses = {k: v * share for k, v in self.losses(batch).items()}
            yield
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            total = {k: total.get(k, 0) + v.detach() for k, v in losses.items()}
            self._done = min(self._done + len(piece) * self.team.size, self.config.batch)
            yield
        return total

    def fitting_memory(self, work: Callable[[], Generator[None, None, T]]) -> Generator[None, None, T]:
        """Do it, and where the device has too little memory, do it anew in pieces of half the size."""
        while True:
            try:
                return (yield from work())
            except torch.OutOfMemoryError as error:
                if self.team.lockstep:
                    raise PoseviewerError(
                        f"The {self.device.type} device has too little memory for {self.piece} {self.noun} at once, "
                        f"and processes that share batch normalisation cannot take less; choose a smaller --batch, "
                        f"or start more processes."
                    ) from error
                if self.piece < 2 * self.smallest:
                    raise PoseviewerError(
                        f"The {self.device.type} device has too little memory even for {self.piece} {self.noun} at "
                        f"once; close other programs that use it, or train with --device cpu."
                    ) from error
            # Only out here has the failed attempt let go of its memory.
            self.piece //= 2
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
            self.message = (
                f"The {self.device.type} device ran out of memory, so every batch of {self.config.batch:,} "
                f"{self.noun} is now computed in pieces of {self.piece:,}; what is learned stays the same."
            )

    def agree(self, stop: bool = False) -> bool:
        """Whether any process wants to stop; all have to ask at the same places.

        Raises:
            PoseviewerError: another process failed.
        """
        self.ended, self.piece = self.team.agree(self.step, self.piece, stop)
        return self.ended

    def keep(self) -> dict[str, float]:
        """Validate and save where a run is stopped; returns the figures. Processes have seconds to stop: save first."""
        if not self.team.alone:
            self.save({})
        figures = self.validate()
        self.save(figures)
        return figures

    def save(self, metrics: dict[str, float]) -> None:
        """Write the model, and beside it the state to resume from.

        Raises:
            CheckpointError: the output cannot be written.
            PoseviewerError: the weights are no longer numbers; what was written before is kept.
        """
        if not all(bool(p.isfinite().all()) for p in self.network.parameters()):
            raise PoseviewerError(stopped_by("weights are no longer numbers", self.config))
        card = replace(self.card, steps=self.step, poses_seen=self.step * self.config.batch, metrics=metrics)
        save_checkpoint(self.config.output, compact(self.model), card)
        state = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        state |= {f"average.{k}": v for k, v in (self.average or {}).items()}
        for name, optimiser in self.optimisers.items():
            for i, moments in optimiser.state_dict()["state"].items():
                state |= {f"{_prefix(name)}{i}.{k}": torch.as_tensor(v) for k, v in moments.items()}
        save_checkpoint(state_path(self.config.output), state, card)

    def _update_average(self) -> None:
        if self.average is None:
            return
        # Early on, a shorter memory: the first weights should not linger.
        keep = min(self.config.ema, (1 + self.step) / (10 + self.step))
        current = self.network.state_dict()
        floating = [k for k, v in self.average.items() if v.is_floating_point()]
        torch._foreach_lerp_([self.average[k] for k in floating], [current[k] for k in floating], 1 - keep)

    def _resume(self) -> None:
        path = state_path(self.config.output)
        if not path.is_file():
            raise CheckpointError(f"There is no run to resume at {path}; start it without --resume.")
        card = read_card(path)
        same = ("kind", "network", "shape", "skeleton", "ranges", "recipe", "seed", "preset")
        differing = [name for name in same if getattr(card, name) != getattr(self.card, name)]
        if differing:
            raise CheckpointError(
                f"The run at {path} had another {' and '.join(differing)}; resume it with the same settings or "
                f"choose another output."
            )
        state = read_tensors(path)
        self.network.load_state_dict(_part(state, "network."))
        if self.average is not None:
            self.average = {k: v.to(self.device) for k, v in _part(state, "average.").items()}
        for name, optimiser in self.optimisers.items():
            _restore(optimiser, _part(state, _prefix(name)))
        self.step = card.steps
        self.started_from(card.start)


def drive(run: Run[Any]) -> Generator[Progress, None, None]:
    """Train, yielding a report every `report_every` steps and `report_seconds`; closing the generator saves all.

    The checkpoint at `config.output` is usable at any time. Beside it lies `<output>.state`, from which
    `resume` continues as if the run had never stopped. To end without saving, throw something into the generator.

    Raises:
        CheckpointError: the output cannot be written.
        PoseviewerError: a loss is not a number (the last good checkpoint is kept), or the memory is too small.
    """
    try:
        yield from _driving(run)
    except Exception as error:
        run.team.tell(error)
        raise
    finally:
        run.close()


def _driving(run: Run[Any]) -> Generator[Progress, None, None]:
    config, first = run.config, run.team.first
    meter = _Meter(run)
    saved = validated = time.monotonic()
    try:
        if first and config.start is not None and config.validate_seconds < math.inf:
            yield meter.report((yield from _broken_up(run.validating(), meter)))
        while not run.agree(stop=run.step >= config.steps):
            meter.add((yield from _broken_up(run.advancing(), meter)))
            now = time.monotonic()
            over = run.step == config.steps
            saving = over or run.step % config.save_every == 0 or now - saved >= config.save_seconds
            validating = saving or now - validated >= config.validate_seconds
            if not (validating or meter.due or run.step % config.report_every == 0):
                continue
            meter.check()
            figures = (yield from _broken_up(run.validating(), meter)) if validating and first else {}
            if saving:
                if first:
                    run.save(figures)
                saved = time.monotonic()
            validated = time.monotonic() if validating else validated
            yield meter.report(figures, saved=saving)
        if first and run.step < config.steps:
            # Another process was asked to stop.
            meter.check()
            yield meter.report(run.keep(), saved=True)
    except GeneratorExit:
        meter.check()
        if not run.ended:
            run.agree(stop=True)
            if first:
                run.keep()
        raise


def _broken_up(work: Generator[None, None, T], meter: _Meter) -> Generator[Progress, None, T]:
    """Work that reports whenever one is due. If the run is to end there, the work is first done to its end."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        if meter.due:
            try:
                yield meter.report()
            except GeneratorExit:
                for _ in work:
                    pass
                raise


class _Meter:
    """What happened since the last report, and when the next one is due."""

    def __init__(self, run: Run[Any]) -> None:
        self._run = run
        self._sums: Losses = {}
        self._bad: Losses = {}
        self._count = 0
        self._losses: dict[str, float] = {}
        self._began, self._poses = time.perf_counter(), run.poses_seen

    @property
    def due(self) -> bool:
        return time.perf_counter() - self._began >= self._run.config.report_seconds

    def add(self, losses: Losses) -> None:
        """The terms of one step."""
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0) + value
            self._bad[name] = self._bad.get(name, 0) + ~value.isfinite()
        self._count += 1

    def check(self) -> None:
        """
        Raises:
            PoseviewerError: a loss is not a number.
        """
        if all(math.isfinite(value) for value in self._means().values()):
            return
        # One term spoils the others within a step: to blame is the one that was spoilt in most of them.
        bad = {name: int(count) for name, count in self._bad.items()}
        worst = max(bad, key=lambda name: bad[name])
        raise PoseviewerError(stopped_by(f"loss '{worst}' is no longer a number", self._run.config))

    def report(self, validation: dict[str, float] | None = None, saved: bool = False) -> Progress:
        self.check()
        run, now = self._run, time.perf_counter()
        self._losses = self._means()
        rate = (run.poses_seen - self._poses) / max(now - self._began, 1e-9)
        self._sums, self._bad, self._count = {}, {}, 0
        self._began, self._poses = now, run.poses_seen
        message, run.message = run.message, ""
        return Progress(
            run.step, run.config.steps, self._losses, run.poses_seen, rate, validation or {}, message,
            run.device.type, saved, run.config.steps * run.config.batch,
        )  # fmt: skip

    def _means(self) -> dict[str, float]:
        """Of the steps since the last report; the last ones known where there was none."""
        return {k: float(v) / self._count for k, v in self._sums.items()} or self._losses


def stopped_by(what: str, config: RunConfig) -> str:
    """The sentence about a run that has come to numbers that are none."""
    return (
        f"Training stopped: the {what}; {config.output} holds the last good weights; lower the learning rate and "
        f"resume."
    )


def compact(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Half precision for matrices: half the file, no measurable loss; vectors and statistics stay as they are."""
    return {k: v.half() if v.ndim >= 2 and v.is_floating_point() else v for k, v in weights.items()}


def finish(work: Generator[Any, None, T]) -> T:
    """What a generator returns, its yields left out."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def _prefix(player: str) -> str:
    """How the tensors of a player's optimiser are called in the state of a run."""
    return f"optimiser-{player}." if player else "optimiser."


def _restore(optimiser: torch.optim.Optimizer, state: dict[str, Tensor]) -> None:
    """Give an optimiser the moments that it had."""
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in state.items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = value
    optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
    for parameter, values in optimiser.state.items():
        # A fused step walks through memory: the moments have to lie in it as the weights do.
        for key, value in values.items():
            if value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter).copy_(value)


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}

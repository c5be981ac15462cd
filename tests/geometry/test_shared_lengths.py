"""What poses tell each other about the lengths of one animal's bones: nobody hears himself, and the animal is found."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry import shared_lengths
from poseviewer.geometry.pose_model import length_distribution, length_parts
from poseviewer.geometry.shared_lengths import ENOUGH, Message, in_parts, template_lengths, told
from poseviewer.io.skeleton_files import load_ranges

QUADRUPED = load_ranges("quadruped16")
BONES = QUADRUPED.skeleton.bone_count


def clear_words(lengths: np.ndarray, n: int, sure: float = 1e6) -> Message:
    """n poses that all say the same lengths (B,)."""
    precision = np.tile(sure * np.eye(BONES), (n, 1, 1))
    return Message(precision, precision @ lengths)


def an_animal(seed: int = 3) -> np.ndarray:
    mean, between, _ = length_parts(QUADRUPED)
    return mean + between @ np.random.default_rng(seed).normal(size=between.shape[1])


def test_what_all_others_say_is_believed() -> None:
    animal = an_animal()

    prior = told(QUADRUPED, np.zeros(5, int), np.arange(5), clear_words(animal, 5))

    np.testing.assert_allclose(prior.mean, np.tile(animal, (5, 1)), atol=1e-3)
    _, _, within = length_parts(QUADRUPED)
    deviations = np.sqrt(np.einsum("nij,nij->ni", prior.root, prior.root))
    np.testing.assert_allclose(deviations, np.tile(within, (5, 1)), rtol=0.01)


def test_no_pose_is_told_what_it_said_itself() -> None:
    said = clear_words(an_animal(), 2)
    silent = Message(said.precision * [[[1.0]], [[0.0]]], said.pull * [[1.0], [0.0]])

    prior = told(QUADRUPED, np.zeros(2, int), np.arange(2), silent)

    alone = template_lengths(QUADRUPED, 1)
    np.testing.assert_allclose(prior.mean[0], alone.mean[0], atol=1e-6)
    np.testing.assert_allclose(prior.root[0], alone.root[0], atol=1e-6)
    np.testing.assert_allclose(prior.mean[1], an_animal(), atol=1e-3)


def test_animals_do_not_hear_each_other() -> None:
    one, other = an_animal(1), an_animal(2)
    both = clear_words(one, 2), clear_words(other, 2)

    prior = told(
        QUADRUPED, np.array([0, 0, 1, 1, 1]), np.arange(4), Message(*map(np.concatenate, zip(*both, strict=True)))
    )

    np.testing.assert_allclose(prior.mean, np.stack([one, one, other, other, other]), atol=1e-3)


def test_without_others_the_preset_speaks() -> None:
    mean, root = length_distribution(QUADRUPED)

    prior = template_lengths(QUADRUPED, 2)

    np.testing.assert_array_equal(prior.mean, np.tile(mean, (2, 1)))
    np.testing.assert_array_equal(prior.root[1], root)


def test_of_a_large_group_some_are_heard() -> None:
    groups = np.concatenate([np.zeros(500, int), [1], np.full(3, 2)])

    heard = shared_lengths._heard(groups)

    assert np.bincount(groups[heard], minlength=3).tolist() == [ENOUGH, 0, 3]
    assert (np.diff(heard) > 0).all()


@pytest.mark.parametrize("n", [0, 1, 128, 129, 1000])
def test_parts_are_all_rows_and_none_is_large(n: int) -> None:
    parts = in_parts(np.arange(n))

    np.testing.assert_array_equal(np.concatenate(parts), np.arange(n))
    assert max(len(part) for part in parts) <= shared_lengths.TOGETHER

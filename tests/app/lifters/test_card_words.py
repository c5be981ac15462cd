"""A card says in words what a lifter is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poseviewer.app.lifters.card_words import card_rows, measured, method_of, method_words, spoken_data, summary_words
from poseviewer.models.base import shipped_lifter
from poseviewer.models.card import ModelCard, read_card


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return read_card(shipped_lifter("human17"))


def test_the_shipped_lifter_is_the_masked_network_on_its_ranges(card: ModelCard) -> None:
    assert method_of(card) == "lifter"
    assert summary_words(card).startswith("masked network · ranges of human17 · HDM05 0.42 of the flat pose")
    rows = dict(card_rows(card))
    assert rows["Poses seen"] == "18.4 million" and rows["On CMU"] == "0.66 of the flat pose’s error"
    assert rows["Method"].startswith("Masked network") and all(rows.values())


@pytest.mark.parametrize(
    ("command", "network", "words", "learned"),
    [
        ("poseviewer train drover a.npz", "depth", "Random projections (Drover 2018)", "2D poses alone"),
        ("poseviewer train supervised a.npz", "cascade", "From 3D poses (reference)", "3D poses"),
        ("poseviewer train evolution", "cascade", "Evolved poses (after Li 2020)", "ranges of human17"),
        ("", "hardy", "Legs and torso apart (Hardy 2022)", "2D poses alone"),
        ("", "paper", "synthesis paper’s network", "ranges of human17"),
        ("", "from the future", "from the future", "ranges of human17"),
    ],
)  # fmt: skip
def test_a_method_goes_by_its_papers_name(
    card: ModelCard, command: str, network: str, words: str, learned: str
) -> None:
    other = replace(card, command=command, network=network)

    assert method_words(other) == words
    assert dict(card_rows(other))["Learned from"] == learned
    assert summary_words(other).startswith(f"{words} · {learned}")


def test_measures_are_shares_of_the_flat_poses_error(card: ModelCard) -> None:
    figures = {"hdm05_bk of flat": 0.516, "of_flat": 1.011, "of_flat_reflection_best": 0.9, "L_ed": -0.9}

    assert measured(replace(card, metrics=figures)) == [
        ("HDM05 BK", "0.52 of the flat pose’s error"), ("poses kept aside", "1.01 of the flat pose’s error"),
    ]  # fmt: skip
    assert (spoken_data("dog"), spoken_data("cmu")) == ("dog", "CMU")


def test_what_it_started_from_is_named_without_its_digest(card: ModelCard) -> None:
    rows = dict(card_rows(replace(card, start="human17.lifter.safetensors (sha256 12ab)")))

    assert rows["Preset"] == "default, from human17.lifter.safetensors"

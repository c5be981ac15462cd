"""Exit codes of the command line as a whole."""

from __future__ import annotations

import pytest

from poseviewer.cli.verbs import run_verb


@pytest.mark.parametrize(
    "verb",
    [
        ["synthesize"],
        ["train", "lifter"],
        ["train", "autoencoder"],
        ["train", "skips"],
        ["train", "landmarks"],
        ["train", "suppression"],
        ["detect"],
        ["lift"],
        ["study", "correlation"],
        ["study", "stability"],
        ["evaluate"],
        ["evaluate", "detect"],
        ["convert"],
        ["doctor"],
    ],
)
def test_every_verb_has_help(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb([*verb, "--help"]) == 0
    assert f"Usage: poseviewer {' '.join(verb)}" in capsys.readouterr().out


def test_a_missing_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb(["synthesize", "-n", "5"]) == 2
    assert "--output" in capsys.readouterr().err


def test_our_errors_are_one_sentence_and_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb(["synthesize", "-n", "5", "-o", "poses.txt"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "Cannot write poses.txt: the name must end in .npz.\n"
    assert shown.out == ""

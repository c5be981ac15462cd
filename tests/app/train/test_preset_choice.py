"""A detector or a lifter, then how; the paper's stages are there for who looks for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.preset_choice import METHODS, PAPER, PresetChoice


@pytest.fixture
def several(presets):
    lifter = presets[0]
    return [
        *presets,
        replace(lifter, task="detector", name="default", title="Few labels"),
        replace(lifter, task="autoencoder", name="default", title="Autoencoder"),
        replace(lifter, task="skips", name="default", title="Skip connections"),
    ]


@pytest.fixture
def choice(qtbot, several):
    widget = PresetChoice()
    qtbot.addWidget(widget)
    widget.set_presets(several)
    widget.show()
    return widget


def titles(choice):
    return [choice.what.itemText(i) for i in range(choice.what.count())]


def test_each_family_has_its_presets(qtbot, choice):
    assert choice.info.task == "lifter" and titles(choice) == ["Fine-tune", "Quick", "Full"]
    with qtbot.waitSignal(choice.changed):
        qtbot.mouseClick(choice.families["detector"], Qt.MouseButton.LeftButton)
    assert choice.info.title == "Few labels"
    assert titles(choice) == ["Few labels", "", PAPER, "Autoencoder", "Skip connections"]
    assert not choice.what.model().item(2).isEnabled()


def test_one_family_is_no_choice(choice, presets):
    assert choice.families["lifter"].isVisible()
    choice.set_presets(presets)
    assert not choice.families["lifter"].isVisible()


def test_a_stage_can_be_gone_to_and_stays(qtbot, choice, several):
    choice.choose("skips")
    assert choice.info.task == "skips" and choice.families["detector"].isChecked()
    with qtbot.assertNotEmitted(choice.changed):
        choice.choose("skips")
        choice.set_presets(several)
    assert choice.info.task == "skips"
    choice.choose("soup")
    assert choice.info.task == "skips"


def test_a_family_that_is_gone_is_left(choice, several):
    choice.choose("detector")
    choice.set_presets(several[:3])
    assert choice.info.task == "lifter"
    choice.set_presets([])
    assert choice.info is None and not choice.what.isEnabled()


def test_methods_of_papers_stand_under_their_own_heading(choice, presets):
    method = replace(presets[0], task="drover", name="default", title="Random projections (Drover 2018)")
    choice.set_presets([*presets, method])
    assert titles(choice) == ["Fine-tune", "Quick", "Full", "", METHODS, "Random projections (Drover 2018)"]
    choice.choose("drover")
    assert choice.info.task == "drover"
    assert choice.what.view().minimumWidth() >= choice.what.view().sizeHintForColumn(0)

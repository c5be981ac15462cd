"""Where a run begins; the paper's stages go on from each other's models."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poseviewer.app.train.stages import stage_of
from poseviewer.app.train.start_choice import StartChoice, runs_for


@pytest.fixture
def choice(qtbot):
    widget = StartChoice()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_an_everyday_preset_offers_no_earlier_runs(choice, presets, make_run):
    choice.set_runs([make_run()])
    choice.set_info(presets[2])
    assert choice.start == "nothing" and choice.starts["run"].isHidden() and choice.possible
    choice.starts["shipped"].setChecked(True)
    assert choice.start == "shipped" and choice.run.isHidden()


def test_a_stage_goes_on_from_the_stage_before(choice, presets, make_run):
    skips = replace(presets[0], task="skips", can_start=())
    choice.set_info(skips)
    assert not choice.possible and choice.start == "nothing"
    assert choice.reason.text() == "A run: train “Autoencoder” first."

    run = make_run(task="autoencoder", title="Autoencoder on 500 frames")
    choice.set_runs([run, make_run()])

    assert choice.possible and choice.start == str(run.model)
    assert choice.run.isVisible() and choice.run.currentText() == "Autoencoder on 500 frames"
    assert choice.reason.isHidden() and choice.starts["shipped"].isHidden()


def test_the_nearest_stage_is_first(make_run):
    first, second = make_run(task="autoencoder"), make_run(task="skips")
    unfinished = make_run(task="skips", model_there=False)

    assert runs_for(stage_of("landmarks"), [first, unfinished, second]) == [second, first]
    assert runs_for(stage_of("lifter"), [first, second]) == []


def test_a_stage_may_also_begin_with_nothing(choice, presets, make_run):
    choice.set_runs([make_run(task="skips")])
    choice.set_info(replace(presets[0], task="landmarks", can_start=("nothing",)))
    assert choice.start != "nothing"
    choice.starts["nothing"].setChecked(True)
    assert choice.start == "nothing" and choice.run.isHidden()

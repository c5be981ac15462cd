"""The form: what a run will be, said before it begins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.new_run import NewRun
from poseviewer.app.train.stages import Material


@pytest.fixture
def form(qtbot, presets):
    widget = NewRun()
    qtbot.addWidget(widget)
    widget.asked = []
    widget.train_requested.connect(widget.asked.append)
    widget.set_presets(presets)
    widget.resize(340, 500)
    widget.show()
    return widget


def test_the_plan_is_what_the_form_says(qtbot, form):
    form.what.setCurrentIndex(1)
    form.steps.setValue(120)
    form.seed.setValue(7)
    form.title.setText("  elbows ")
    qtbot.mouseClick(form.train, Qt.MouseButton.LeftButton)
    (plan,) = form.asked
    assert (plan.task, plan.preset, plan.start) == ("lifter", "quick", "nothing")
    assert (plan.steps, plan.batch, plan.seed, plan.device, plan.title) == (120, 1024, 7, "auto", "elbows")


def test_a_preset_brings_its_own_numbers_and_words(form, presets):
    assert form.steps.value() == 2000 and form.batch.value() == 2048
    assert form.about.text() == presets[0].about
    form.what.setCurrentIndex(2)
    assert form.steps.value() == 20000
    assert form.time.text() == "How long it takes shows after the first seconds"


def test_the_time_follows_the_work(form):
    assert form.time.text() == "About 3 min on two cores"
    form.steps.setValue(4000)
    assert form.time.text() == "About 6 min on two cores"
    form.batch.setValue(1024)
    assert form.time.text() == "About 3 min on two cores"


def test_the_time_is_that_of_this_computer_once_a_run_was_made(form):
    form.set_rates({("lifter", "finetune"): 2000 * 2048 / 600})
    assert form.time.text() == "About 10 min on this computer"
    form.what.setCurrentIndex(1)
    assert form.time.text() == "About 4 min on two cores"


def test_where_a_run_cannot_begin_says_why(form, presets):
    assert form.starts["shipped"].isChecked()
    assert not form.starts["current"].isEnabled() and not form.starts["nothing"].isEnabled()
    assert "Current: the model in use is the shipped one." in form.reason.text()
    form.set_presets(presets, own=frozenset({"lifter"}))
    assert "Current: the model in use has another network" in form.reason.text()
    form.what.setCurrentIndex(1)
    assert form.plan.start == "nothing" and "Shipped: no model comes with" in form.reason.text()


def test_a_preset_that_cannot_be_used_at_all_cannot_be_started(form, presets):
    form.set_presets([replace(presets[0], can_start=())])
    assert not form.train.isEnabled()
    form.set_presets(presets)
    assert form.train.isEnabled()


def test_no_presets_are_said_and_not_a_crash(form):
    form.set_presets([])
    assert not form.train.isEnabled() and "no training preset" in form.about.text()


def test_setters_do_not_ask_and_the_choice_stays(form, presets):
    form.what.setCurrentIndex(2)
    form.set_presets(presets[1:])
    assert form.plan.preset == "default" and form.asked == []


def test_another_model_in_use_leaves_the_numbers_as_they_were_typed(form, presets):
    form.what.setCurrentIndex(2)
    form.steps.setValue(120)
    form.starts["shipped"].click()
    form.set_presets(presets, own=frozenset({"lifter"}))
    assert form.plan.steps == 120 and form.plan.start == "shipped"
    form.set_presets([replace(p, can_start=("current",)) for p in presets], own=frozenset({"lifter"}))
    assert form.plan.steps == 120 and form.plan.start == "current"


@pytest.fixture
def detector(form, presets):
    """The form with a detector chosen; nothing is labelled."""
    few_shot = replace(presets[1], task="detector", name="default", title="Full training", can_start=("nothing",))
    form.set_presets([*presets, few_shot])
    form.choose("detector")
    return form


def test_a_detector_learns_from_labels_and_says_how_many_there_are(detector):
    assert detector.plan.task == "detector" and not detector.ranges.isVisible()
    detector.set_material(Material(12, 500))
    assert detector.learns.text() == "Learns from your 12 labelled frames."
    assert detector.train.isEnabled() and detector.caution.isHidden()


def test_without_labels_a_detector_cannot_begin_and_says_what_to_do(detector):
    assert not detector.train.isEnabled() and "Label 5 to 10 frames first" in detector.caution.text()
    detector.set_material(Material(1, 500))
    assert detector.train.isEnabled() and "Only one frame is labelled" in detector.caution.text()


def test_back_at_the_lifter_labels_do_not_matter(qtbot, detector):
    qtbot.mouseClick(detector.choice.families["lifter"], Qt.MouseButton.LeftButton)
    assert detector.plan.task == "lifter" and detector.train.isEnabled()
    assert detector.ranges.isVisible() and detector.learns.isHidden() and detector.caution.isHidden()


def test_renders_need_no_labels(form, presets):
    form.set_presets([replace(presets[1], task="detector", renders=1.0)])
    assert form.train.isEnabled() and form.ranges.isVisible()


def test_ranges_are_named_and_their_differences_listed(form, dog, widened):
    form.set_ranges(widened, dog)
    assert form.ranges.text() == "Poses are drawn from quadruped16 · 2 bones differ from shipped."
    assert form.ranges.toolTip().count("flexion") == 2
    form.set_ranges(dog, dog)
    assert "as shipped" in form.ranges.text() and form.ranges.toolTip() == ""


def test_every_field_has_a_name_for_screen_readers(qtbot, form):
    qtbot.mouseClick(form.more, Qt.MouseButton.LeftButton)
    for field in (form.what, form.steps, form.batch, form.seed, form.device, form.title):
        assert field.accessibleName() and field.isVisible()


def test_a_method_asks_for_poses_instead_of_a_start(form, presets, dog, tmp_path):
    method = replace(presets[1], task="drover", name="default", title="Random projections", about="From 2D poses.")
    reference = replace(method, task="supervised", title="From 3D poses")
    form.set_presets([*presets, method, reference])
    form.set_ranges(dog, dog)
    assert form.start.isVisible() and not form.source.isVisible() and form.ranges.isVisible()
    form.choose("drover")
    assert not form.start.isVisible() and form.source.isVisible() and not form.ranges.isVisible()
    assert "0 poses with every keypoint; the method needs 200" in form.caution.text() and not form.train.isEnabled()
    form.set_material(Material(3, 900, 640))
    assert form.train.isEnabled() and form.caution.isHidden() and "(640 poses)" in form.source.own.text()
    form.train.click()
    assert form.asked[-1].poses == () and form.asked[-1].start == "nothing"

    form.choose("supervised")
    assert form.caution.text() == "Add a file of 3D poses first." and not form.train.isEnabled()
    file = tmp_path / "walk.npz"
    np.savez(file, joints=np.zeros((300, 16, 3)), joint_names=np.array(dog.skeleton.joints))
    form.source.set_files([str(file)])
    form.source.changed.emit()
    form.train.click()
    assert form.asked[-1].poses == (str(file),) and form.asked[-1].settings["poses"] == [str(file)]

"""Which run the project's model comes from."""

from __future__ import annotations

from dataclasses import replace

from poseviewer.app.train.in_use import comes_from, is_latest


def test_the_shipped_model_comes_from_no_run(make_run):
    assert not comes_from("", make_run()) and not is_latest("", make_run())


def test_an_accepted_copy_lies_beside_the_model_that_trains_on(make_run):
    run, other = make_run(step=2000), make_run()
    kept = str(run.model.with_name("lifter-finetune-2000.safetensors"))
    assert comes_from(kept, run) and is_latest(kept, run)
    assert not comes_from(kept, other)
    continued = replace(run, step=3000)
    assert comes_from(kept, continued) and not is_latest(kept, continued)


def test_the_run_s_own_file_is_always_the_latest(make_run):
    run = make_run()
    assert is_latest(str(run.model), run)

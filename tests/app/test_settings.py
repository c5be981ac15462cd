"""Settings come back as they were, and a damaged file costs nothing but itself."""

from __future__ import annotations

import pytest

from poseviewer.app.settings import RECENT_LIMIT, Settings, SettingsStore, read_settings


def test_settings_come_back(qtbot, tmp_path):
    path = tmp_path / "deep" / "settings.toml"
    SettingsStore(path).change(theme="dark", recent=("/a/b.poseproj",), shortcuts={"edit.undo": "Ctrl+U"})
    assert SettingsStore(path).current == Settings(
        theme="dark", recent=("/a/b.poseproj",), shortcuts={"edit.undo": "Ctrl+U"}
    )


def test_a_change_is_told_and_an_equal_one_is_not(qtbot, tmp_path):
    store = SettingsStore(tmp_path / "settings.toml")
    heard = []
    store.changed.connect(heard.append)
    store.change(theme="light")
    store.change(theme="light")
    assert [s.theme for s in heard] == ["light"]


@pytest.mark.parametrize("content", [b"theme = [", b"\xff\xfe\x00", b"\x00" * 50])
def test_a_corrupt_file_is_kept_aside_and_defaults_are_used(tmp_path, content):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    assert read_settings(path) == Settings()
    assert path.with_suffix(".broken").read_bytes() == content


def test_values_of_another_type_take_their_default(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = 3\nrecent = ["/x", 4]\npalette = "colorblind"\nfuture = true\n')
    assert read_settings(path) == Settings(palette="colorblind", recent=("/x",))


def test_a_folder_that_cannot_be_written_is_no_error(qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    store = SettingsStore(tmp_path / "file" / "settings.toml")
    store.change(theme="dark")
    assert store.current.theme == "dark"


def test_settings_that_are_not_kept_leave_the_file_alone(qtbot, tmp_path):
    path = tmp_path / "settings.toml"
    store = SettingsStore(path, keep=False)
    store.change(theme="dark")
    assert store.current.theme == "dark" and not path.exists()


def test_recent_projects_are_listed_once_last_first_and_not_for_ever():
    settings = Settings()
    for name in [*(f"/p{i}" for i in range(20)), "/p15"]:
        settings = settings.with_recent(name)
    assert settings.recent[:3] == ("/p15", "/p19", "/p18")
    assert len(settings.recent) == RECENT_LIMIT
    assert "/p19" not in settings.without_recent("/p19").recent


def test_the_lifter_chosen_last_comes_first(tmp_path):
    settings = Settings().with_lifter("/a/one.safetensors").with_lifter("/b/two.safetensors")
    settings = settings.with_lifter("/a/one.safetensors")
    assert settings.lifters == ("/a/one.safetensors", "/b/two.safetensors") and settings.folder == "/a"

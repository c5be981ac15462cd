"""The bundled files are found from a source tree and from an installed package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from poseviewer.io import resources


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package somewhere else, with nothing beside it yet."""
    folder = tmp_path / "site-packages" / "poseviewer"
    (folder / "io").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(folder / "io" / "resources.py"))
    resources.resources_folder.cache_clear()
    yield folder
    resources.resources_folder.cache_clear()


def test_what_is_bundled_is_there() -> None:
    assert resources.resource("skeletons", "quadruped16.toml").is_file()
    assert not resources.resource("skeletons", "octopus8.toml").exists()


def test_an_installed_package_has_them_inside(package: Path) -> None:
    (package / "resources" / "skeletons").mkdir(parents=True)
    assert resources.resources_folder() == package / "resources"


def test_another_packages_resources_are_not_ours(package: Path) -> None:
    (package.parent / "resources" / "something").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="install poseviewer again"):
        resources.resources_folder()

"""The house rules, held by tests: which way the arrows run, what is imported when, and what belongs to a file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT) for folder in ("poseviewer", "training") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_CLASS = 350
LONGEST_FUNCTION = 80

NO_TEST_OF_ITS_OWN: dict[str, str] = {
    "poseviewer/core/errors.py": "names only; raised and checked by the tests of whoever raises them",
    "poseviewer/core/lifted.py": "a record; its arithmetic is checked in tests/geometry/test_bone_scale.py",
    "poseviewer/app/services.py": "a record; every test of the workspace goes through it",
    "poseviewer/app/view3d/scene.py": "a protocol; both that follow it are checked by their own tests",
    "poseviewer/cli/check.py": "a record and a subprocess; checked by tests/cli/test_doctor.py",
    "poseviewer/cli/checks_software.py": "checked by tests/cli/test_doctor.py",
    "poseviewer/cli/checks_system.py": "checked by tests/cli/test_doctor.py",
    "poseviewer/cli/train_options.py": "names and words of options; the help of every verb is checked in tests/cli",
    "training/progress.py": "a record",
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_arrows_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_has_nothing_to_say() -> None:
    done = run("ruff", "check", "--quiet", ".")

    assert done.returncode == 0, done.stdout


def test_the_code_is_formatted() -> None:
    done = run("ruff", "format", "--check", ".")

    assert done.returncode == 0, done.stdout


def test_core_geometry_synthesis_and_io_are_strictly_typed() -> None:
    done = run("mypy")

    assert done.returncode == 0, done.stdout


HEAVY = ("torch", "typer", "rich", "sleap_io", "training", "poseviewer.models")


def test_the_first_window_waits_for_nothing_heavy(tmp_path: Path) -> None:
    """The window's start page is drawn to a picture, and what was imported for it is listed."""
    code = (
        "import sys; from poseviewer.__main__ import main\n"
        f"code = main(['--screenshot', {str(tmp_path / 'start.png')!r}])\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print('HEAVY', heavy); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "HEAVY []" in done.stdout
    assert (tmp_path / "start.png").stat().st_size > 0


@pytest.mark.parametrize("name", ["poseviewer", "poseviewer.__main__", "poseviewer.cli", "poseviewer.cli.failures"])
def test_the_doors_are_light(name: str) -> None:
    code = f"import sys, {name}; print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    imported = set(ast.literal_eval(done.stdout))

    assert imported.isdisjoint({"torch", "typer", "rich", "PySide6", "numpy", "cv2"})


def test_every_module_has_a_test_of_its_name() -> None:
    lacking = [str(module) for module in MODULES if not has_test(module)]

    assert not lacking, "write tests/<room>/test_<module>.py, or give a reason in NO_TEST_OF_ITS_OWN"


def has_test(module: Path) -> bool:
    if module.name == "__init__.py" or str(module.as_posix()) in NO_TEST_OF_ITS_OWN:
        return True
    inside = module.relative_to("poseviewer") if module.parts[0] == "poseviewer" else module
    name = module.stem.strip("_")
    return (ROOT / "tests" / inside.parent / f"test_{name}.py").is_file()


def test_the_reasons_are_about_files_that_exist() -> None:
    assert [name for name in NO_TEST_OF_ITS_OWN if not (ROOT / name).is_file()] == []


def test_no_class_outgrows_its_file() -> None:
    long = [
        f"{module}: {node.name} has {length(node)} lines"
        for module, node in definitions(ast.ClassDef)
        if length(node) > LONGEST_CLASS
    ]

    assert not long


def test_no_function_outgrows_a_screen() -> None:
    long = [
        f"{module}: {node.name} has {length(node)} lines"
        for module, node in definitions(ast.FunctionDef | ast.AsyncFunctionDef)
        if length(node) > LONGEST_FUNCTION
    ]

    assert not long


def test_nobody_is_called_utils() -> None:
    assert [str(m) for m in MODULES if {"utils", "util", "helpers", "misc", "common"} & {*m.parts[:-1], m.stem}] == []


PLACES = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w+", re.IGNORECASE)


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = [f"{path}: {match[0]}" for path in tracked_texts() for match in [PLACES.search(text_of(path))] if match]

    assert not found


def definitions(kind: type | object) -> Iterator[tuple[Path, ast.ClassDef]]:
    for module in MODULES:
        for node in ast.walk(ast.parse(text_of(module))):
            if isinstance(node, kind):  # type: ignore[arg-type]
                yield module, node  # type: ignore[misc]


def length(node: ast.AST) -> int:
    """Lines from the first to the last, its docstring apart."""
    first = node.body[0]  # type: ignore[attr-defined]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.end_lineno - node.lineno + 1 - (first.end_lineno - first.lineno + 1 if said else 0)  # type: ignore[attr-defined]


def tracked_texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else [str(module) for module in MODULES]
    texts = {".py", ".toml", ".md", ".txt", ".sh", ".cfg", ".yml", ".yaml", ".json", ""}
    this = Path(__file__).relative_to(ROOT).as_posix()
    return [Path(n) for n in names if Path(n).suffix in texts and n != this and (ROOT / n).is_file()]


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")

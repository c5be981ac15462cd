"""Where measured numbers go: one JSON file with the machine they were measured on, and a table at the end."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

Record = Callable[..., None]
RECORDED = pytest.StashKey[dict[str, dict[str, Any]]]()
PACKAGES = ("numpy", "torch", "PySide6-Essentials", "pyqtgraph", "vispy", "av", "opencv-python-headless")


def bench_file() -> Path:
    """The file of all measurements; `POSEVIEWER_BENCH_JSON` names another one."""
    root = Path(__file__).resolve().parent.parent.parent
    return Path(os.environ.get("POSEVIEWER_BENCH_JSON", root / "build" / "bench.json"))


@pytest.fixture
def record_benchmark(pytestconfig: pytest.Config) -> Record:
    """`record("name", rate=..., ratio=...)` notes numbers under a name; the same name again adds to it."""

    def record(name: str, **values: Any) -> None:
        pytestconfig.stash.setdefault(RECORDED, {}).setdefault(name, {}).update(values)

    return record


def pytest_sessionfinish(session: pytest.Session) -> None:
    recorded = session.config.stash.get(RECORDED, {})
    if recorded:
        save(bench_file(), recorded)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    recorded = config.stash.get(RECORDED, {})
    if not recorded:
        return
    terminalreporter.section(f"measured ({bench_file()})")
    for name, values in sorted(recorded.items()):
        for key, value in values.items():
            terminalreporter.write_line(f"{name:<36} {key:<32} {shown(value):>16}")


def save(path: Path, recorded: dict[str, dict[str, Any]]) -> None:
    """Add measurements to the file; those of other names that are in it stay."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    except (OSError, ValueError, KeyError):
        before = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    merged = {"machine": machine(), "benchmarks": before | recorded}
    path.write_text(json.dumps(merged, indent=2, default=float) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """What a number depends on besides the code."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

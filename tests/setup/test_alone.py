"""What a learner alone relies on: no network, little memory, little disk, no compiler."""

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grading import answers
from grading.bench import MEMORY_TARGET_MB
from grading.builder import release

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*/*.ipynb"))
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
needs_bubblewrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is missing")

MOST_ON_DISK = 1.2e9
"""Bytes that the student's packages may take, with the bytecode that pip makes of them."""

CHECK_SECONDS = 10
"""Processor time that checking oneself may take in one lesson."""

RUN = """
import json, pathlib, sys
from grading import bench
result = bench.run_all(pathlib.Path(sys.argv[1]))
print(json.dumps({"memory_mb": result.memory_mb}))
"""
REACH = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"


def cut_off(folder: Path, *command: object) -> subprocess.CompletedProcess:
    """Run a command with no network but the machine's own, writing into ``folder`` only."""
    home = folder / "home"
    home.mkdir()
    names = ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR", "TMPDIR")
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    walls = ["bwrap", "--unshare-net", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    return subprocess.run(
        [*walls, "--bind", str(folder), str(folder), "--chdir", str(ROOT), *map(str, command)],
        env=environment | dict.fromkeys(names, str(home)),
        capture_output=True,
        text=True,
        timeout=600,
    )


@needs_bubblewrap
def test_the_network_is_cut_off_in_these_tests(tmp_path):
    run = cut_off(tmp_path, sys.executable, "-c", REACH)
    assert "Network is unreachable" in run.stderr


@needs_bubblewrap
@every_lesson
def test_a_solved_lesson_runs_offline_in_little_memory(path, tmp_path):
    run = cut_off(tmp_path, sys.executable, "-c", RUN, path)
    assert run.returncode == 0, run.stderr[-3000:]
    assert json.loads(run.stdout)["memory_mb"] < MEMORY_TARGET_MB


@needs_bubblewrap
@every_lesson
def test_a_learner_is_checked_offline_in_little_time(path, tmp_path):
    """The marks are those that the file of answers states; every wrong answer is diagnosed."""
    (lesson,) = release.read([path.parent.name])
    packs = answers.load(lesson).packs()
    pack = packs[min(2, len(packs) - 1)]  # the first wrong answer to every exercise
    notebook = nbformat.read(path, as_version=4)
    filled = answers.fill(notebook, {name: one.code for name, one in pack.items()})
    copy = tmp_path / path.name
    nbformat.write(filled, copy)
    before = os.times()
    run = cut_off(tmp_path, sys.executable, "-m", "grading.selfcheck", copy, "--json")
    after = os.times()
    assert run.returncode == 0, run.stderr[-3000:]
    results = json.loads(run.stdout)["results"]
    assert {one["exercise"]: one["points"] for one in results} == {
        name: one.points for name, one in pack.items()
    }
    assert all(one["message"] and one["section"] for one in results)
    assert {one["section"] for one in results} <= set(sections(notebook))
    used = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    assert used < CHECK_SECONDS


def sections(notebook) -> list[str]:
    lines = (line for cell in notebook.cells for line in cell.source.splitlines())
    return [line.removeprefix("## ") for line in lines if line.startswith("## ")]


def students_packages() -> list[metadata.Distribution]:
    """Return every package that is installed for a student, found by what requires what."""
    found: dict[str, metadata.Distribution] = {}
    todo = ["sputnik-moments"]
    while todo:
        name = canonicalize_name(todo.pop())
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        requirements = map(Requirement, found[name].requires or [])
        todo += [
            one.name for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})
        ]
    return list(found.values())


def test_the_installation_is_small():
    files = {
        Path(package.locate_file(file)).resolve()
        for package in students_packages()
        for file in package.files or []
    }
    sizes = [file.stat().st_size for file in files if file.is_file()]
    assert sum(sizes) < MOST_ON_DISK
    assert sum(sizes) > 0.2e9, "the packages were not found: their sizes say nothing"


def test_nothing_was_compiled_on_this_machine():
    """A wheel that pip has built itself carries no tag of the index's many-machine platforms."""
    for package in students_packages():
        wheel = package.read_text("WHEEL") or ""
        tags = [line for line in wheel.splitlines() if line.startswith("Tag:")]
        assert tags, f"{package.name} was not installed from a wheel"
        compiled_here = any(tag.endswith(("-linux_x86_64", "-linux_aarch64")) for tag in tags)
        assert not compiled_here, f"{package.name} was compiled on this machine"

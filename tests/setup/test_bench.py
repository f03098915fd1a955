"""The benchmark measures what it says it measures."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from grading import bench

MB = 1_000_000


def lesson(folder, *cells):
    path = folder / "99-none" / "none.ipynb"
    path.parent.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), path)
    return path


def test_memory_of_the_kernel_and_of_what_it_starts_counts_and_waiting_is_no_work(tmp_path):
    hold = f"held = b'x' * {150 * MB}"
    wait = "import time; time.sleep(1)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold + ';' + wait!r}])"
    result = bench.run_all(lesson(tmp_path, hold, child, wait))
    assert result.lesson == "99-none"
    assert 300 < result.memory_mb < 600
    assert result.wall_s > 2 and result.cpu_s < result.wall_s - 1


def test_a_lesson_that_stops_is_no_measurement(tmp_path):
    with pytest.raises(CellExecutionError):
        bench.run_all(lesson(tmp_path, "1 / 0"))


@pytest.mark.parametrize(
    ("name", "seconds", "megabytes", "within"),
    [
        ("04-market-reaction", 19.0, 599.0, True),
        ("04-market-reaction", 21.0, 300.0, False),
        ("04-market-reaction", 10.0, 601.0, False),
        ("02-distillation", 39.0, 300.0, True),
    ],
)
def test_targets(name, seconds, megabytes, within):
    assert bench.RunAll(name, seconds, 1.0, megabytes).within_targets is within


def test_one_seed_is_timed_on_one_core():
    wall, cpu = bench.one_seed(seeds=1)
    assert 0 < cpu <= 1.05 * wall  # more processor than elapsed time would be a second core

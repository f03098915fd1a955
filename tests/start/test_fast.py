"""Lesson 00 runs from its first cell to its last in under five seconds."""

from grading import bench

LESSON = bench.ROOT / "lessons" / "en" / "00-start-here" / "start-here.ipynb"
SECONDS = 5


def test_lesson_00_runs_in_under_five_seconds():
    # Processor time, the start of the kernel included: on a quiet machine the two are equal, and
    # on a busy one the clock would tell how busy it is.
    assert bench.run_all(LESSON).cpu_s < SECONDS

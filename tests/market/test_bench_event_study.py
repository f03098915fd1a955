"""The benchmark compares like with like: every method gives the same abnormal returns."""

import pytest

from grading import bench_event_study


def test_all_methods_find_the_same_abnormal_returns():
    times = bench_event_study.event_study_times(events=5)
    assert list(times.index[:2]) == ["this course, all at once", "statsmodels, one by one"]
    assert times["largest_difference"].max() < 1e-12
    assert times["fits"].iloc[0] > 10_000


def test_the_targets_of_speed_are_met():
    """All placebo dates in under 0.5 s of processor, 1,000 panels in under 2 s."""
    times = bench_event_study.event_study_times(events=1)
    assert times["seconds"].iloc[0] < 0.5
    assert bench_event_study.simulation_time(panels=1000) < 2


@pytest.mark.parametrize("method", bench_event_study._loops())
def test_a_loop_is_much_slower(method):
    times = bench_event_study.event_study_times(events=20)
    assert times.loc[method, "times_slower"] > 20

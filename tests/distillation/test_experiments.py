"""The recorded runs, and the script that makes them, in a very small edition."""

import pandas as pd
import pytest

from grading import experiments
from sputnik_moment import data, digits


def test_recorded_sums_have_every_kind_of_student_for_every_seed():
    runs = data.load("addition_runs")
    assert runs["seed"].nunique() == 20 and (runs.groupby("seed")["source"].nunique() == 4).all()
    students = runs[runs["source"] != "teacher"]
    # Same size and same updates for all students, or the comparison would say nothing.
    assert students["parameters"].nunique() == students["updates"].nunique() == 1


def test_steps_beat_answers_by_more_than_the_spread():
    shares = data.load("addition_runs").pivot(
        index="seed", columns="source", values="right_new_sums"
    )
    gain = digits.spread(shares["written steps"] - shares["final answers, 4 times the sums"])
    assert gain.mean > 5 * gain.standard_error


def test_the_script_writes_the_columns_of_the_dataset(tmp_path, monkeypatch):
    for name, small in {
        "SUMS": 40, "TEST_SUMS": 20, "TEACHER_SUMS": 60, "TEACHER_HIDDEN": 8,
        "STUDENT_HIDDEN": 4, "WRITING_UPDATES": 5,
    }.items():  # fmt: skip
        monkeypatch.setattr(experiments, name, small)
    experiments.main(["addition", "--seeds", "1", "--to", str(tmp_path)])
    written = pd.read_csv(tmp_path / "addition_runs.csv")
    assert list(written.columns) == list(data.load("addition_runs").columns)
    assert written["right_new_sums"].between(0, 1).all()


def test_the_script_says_which_experiments_there_are(capsys):
    with pytest.raises(SystemExit):
        experiments.main(["chess"])
    assert "distillation" in capsys.readouterr().err

"""The four answers of a check, with every kind of value that an exercise may ask for."""

import dataclasses
import math
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from sputnik_moment import feedback
from sputnik_moment.feedback import KEEP_WORKING, MIME, MISSING, NEARLY, RIGHT, Exercise, Mistake
from sputnik_moment.feedback._compare import distance


@pytest.fixture(autouse=True)
def shell():
    """A running IPython: without one, `display` only prints."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def fall(old, new):
    return new / old - 1


NUMBER = Exercise(
    id="fall",
    right=-0.2,
    mistakes=[
        Mistake("divided-by-new", -0.25, "{answer} divides by the new price."),
        Mistake("per-cent", -20.0, "{answer} is in per cent.", nearly=True),
    ],
    hints=["look", "start", "almost"],
)
CROWDED = Exercise(id="crowded", right=1000, mistakes=[Mistake("one-more", 1001, "One too many.")])
FUNCTION = Exercise(
    id="function",
    right=fall,
    calls=[(100, 80), (50, 75)],
    mistakes=[Mistake("divided-by-new", lambda old, new: (new - old) / new, "By the new price.")],
)
CHOICE = Exercise(
    id="choice",
    right="b",
    options="abc",
    mistakes=[Mistake("first", "a", "Not the first."), Mistake("firm", "vertiv", "A firm.")],
)


@pytest.mark.parametrize(
    ("answer", "state", "mistake"),
    [
        (..., MISSING, None),
        (None, MISSING, None),
        ("  ", MISSING, None),
        ((..., ...), MISSING, None),
        (-0.2, RIGHT, None),
        (np.float64(-0.2), RIGHT, None),
        (np.array(-0.2), RIGHT, None),
        (-0.2001, NEARLY, "rounded"),
        (-0.25, KEEP_WORKING, "divided-by-new"),
        (-0.2503, KEEP_WORKING, "divided-by-new"),
        (-20, NEARLY, "per-cent"),
        (pd.Timedelta(days=3), KEEP_WORKING, "timedelta-instead-of-days"),
        (0.7, KEEP_WORKING, None),
        (math.nan, KEEP_WORKING, "not-a-number"),
        (math.inf, KEEP_WORKING, None),
        ("-20 %", KEEP_WORKING, "text-instead-of-number"),
        (pd.Series([-0.2]), KEEP_WORKING, "series-instead-of-number"),
        (True, KEEP_WORKING, "wrong-type"),
        (object(), KEEP_WORKING, "wrong-type"),
    ],
)
def test_a_number_is_judged(answer, state, mistake):
    verdict = NUMBER.judge(answer)
    assert (verdict.state, verdict.mistake) == (state, mistake)
    assert verdict.message


@pytest.mark.parametrize(
    ("answer", "mistake"), [(1000, None), (1001, "one-more"), (1001.4, "rounded"), (999, "rounded")]
)
def test_a_mistake_close_to_the_right_value_is_recognised_only_exactly(answer, mistake):
    assert CROWDED.judge(answer).mistake == mistake


def nothing(old, new):
    """Only a docstring, as in the student edition."""


def breaks(old, new):
    return old / 0


@pytest.mark.parametrize(
    ("answer", "state", "mistake"),
    [
        (nothing, MISSING, None),
        (fall, RIGHT, None),
        (lambda old, new: (new - old) / old, RIGHT, None),
        (lambda old, new: (new - old) / new, KEEP_WORKING, "divided-by-new"),
        (lambda old, new: "text", KEEP_WORKING, "text-instead-of-number"),
        (breaks, KEEP_WORKING, "error"),
        (lambda: 1, KEEP_WORKING, "error"),
        (lambda old, new: fall(old, new) if new < old else None, KEEP_WORKING, "missing-return"),
        (lambda old, new: ln(new / old), KEEP_WORKING, "error"),  # noqa: F821
        (lambda old, new: new.diff() / old, KEEP_WORKING, "number-taken-for-series"),
        (0.3, KEEP_WORKING, "no-function"),
    ],
)
def test_a_function_is_judged_by_what_it_returns(answer, state, mistake):
    verdict = FUNCTION.judge(answer)
    assert (verdict.state, verdict.mistake) == (state, mistake)


COUNTS = pd.Series({2001: 2.0, 2002: 0.125, 2003: 1.0})
COLUMN = Exercise(id="column", right=lambda table: COUNTS, calls=[(COUNTS,)])
PAIR = Exercise(id="pair", right=(0.4413, 37.322))
BY_NAME = Exercise(id="by-name", right={"L20": 0.2, "RTX 4090 D": 0.1})
NAMES = Exercise(id="names", right={"one", "two"})
FLAGS = pd.Series([True, False, True])


@pytest.mark.parametrize(
    ("exercise", "answer", "state", "mistake"),
    [
        (COLUMN, lambda table: table * 100, NEARLY, "per-cent"),
        (COLUMN, lambda table: table.round(2), NEARLY, "rounded"),
        (COLUMN, lambda table: table.round(0), NEARLY, "rounded"),
        (COLUMN, lambda table: table.round(0) + 1, KEEP_WORKING, None),
        (COLUMN, lambda table: table.loc[2002:], KEEP_WORKING, "wrong-length"),
        (COLUMN, lambda table: table.set_axis(list("abc")), KEEP_WORKING, "other-kind-of-label"),
        (COLUMN, lambda table: table.set_axis([1, 2, 3]), KEEP_WORKING, "wrong-labels"),
        (COLUMN, lambda table: table.where(table > 1), KEEP_WORKING, "not-a-number"),
        (COLUMN, lambda table: table["date"], KEEP_WORKING, "dates-as-a-column"),
        (COLUMN, lambda table: FLAGS and FLAGS, KEEP_WORKING, "brackets-missing"),
        (COLUMN, lambda table: table == 2 & table == 1, KEEP_WORKING, "brackets-missing"),
        (COLUMN, lambda table: ~table == 2, KEEP_WORKING, "error"),
        (COLUMN, lambda table: table.index.dt.year, KEEP_WORKING, "error"),
        (PAIR, (44.13, 3732.2), NEARLY, "per-cent"),
        (PAIR, (0.44, 37), NEARLY, "rounded"),
        (PAIR, (0.4, 37), NEARLY, "rounded"),
        (PAIR, (0.5, 37), KEEP_WORKING, None),
        (PAIR, ("0.4413", 37.322), KEEP_WORKING, "text-instead-of-number"),
        (PAIR, (0.4413, math.nan), KEEP_WORKING, "not-a-number"),
        (PAIR, {"a": 1, "b": 2}, KEEP_WORKING, "wrong-type"),
        (BY_NAME, {"L20": 0.2, "RTX 4090 D": 0.1}, RIGHT, None),
        (BY_NAME, {"L20": 0.2, "RTX 4090D": 0.1}, KEEP_WORKING, "wrong-keys"),
        (BY_NAME, {"L20": 0.2}, KEEP_WORKING, "wrong-keys"),
        (BY_NAME, {"L20": 0.2, "RTX 4090 D": 0.1, "H20": 0.3}, KEEP_WORKING, "wrong-keys"),
        (BY_NAME, {"L20": 0.2, "RTX 4090 D": ...}, KEEP_WORKING, "unfinished"),
        (BY_NAME, (0.2, 0.1), KEEP_WORKING, "wrong-type"),
        (BY_NAME, 0.2, KEEP_WORKING, "wrong-type"),
        (PAIR, (..., 37.322), KEEP_WORKING, "unfinished"),
        (NAMES, pd.Series(["one", "two"]), KEEP_WORKING, "series-instead-of-set"),
        (NAMES, "one, two", KEEP_WORKING, "wrong-type"),
        (NAMES, ["one"], KEEP_WORKING, None),
    ],
)
def test_a_usual_slip_is_recognised_in_any_lesson(exercise, answer, state, mistake):
    verdict = exercise.judge(answer)
    assert (verdict.state, verdict.mistake) == (state, mistake), verdict.message


def test_a_function_with_too_many_entries_learns_that_the_check_has_data_of_its_own():
    message = COLUMN.judge(lambda table: pd.Series(0, index=range(1957, 1976))).message
    assert "19 entries (1957 to 1975); 3 are asked for" in message
    assert "data of its own" in message


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda old, new: None if old == 50 else fall(old, new), "returns nothing for `50, 75`"),
        (lambda old, new: ln(new), "NumPy calls the natural logarithm `np.log`"),  # noqa: F821
        (lambda old, new: old.shift(1), "one number, not a Series"),
        (lambda old, new: old * None, "Something in this line is `None`"),
        (lambda: 1, "keep its `def` line"),
        (-0.2, "Keep the `def` line"),
    ],
)
def test_a_slip_in_a_function_is_told_with_what_to_do(answer, message):
    assert message in FUNCTION.judge(answer).message


def test_a_key_that_is_misspelled_is_named_beside_the_one_that_is_missing():
    message = BY_NAME.judge({"L20": 0.2, "RTX 4090D": 0.1}).message
    assert message == 'The key "RTX 4090 D" is missing, and "RTX 4090D" is none of the keys.'


@pytest.mark.parametrize(
    ("exercise", "answer", "said"),
    [
        (
            Exercise("f", lambda x: 2 * x, calls=[(1,), (-3,)]),
            lambda x: 2 * abs(x),
            "For `-3` your function gives 6, where -6 is right.",
        ),
        (
            Exercise("f", lambda x: x.sum(), calls=[(pd.Series([1.0, 2.0]),)]),
            lambda x: 17,
            "Your function gives 17 for data of the check's own.",
        ),
        (
            Exercise("d", {"A": 1.5, "B": 70.0}),
            {"A": 1.5, "B": 3},
            "Right so far: A. Not yet: B; you have 3.",
        ),
        (
            Exercise("t", (1.5, 7.0)),
            (4, 7),
            "Right so far: the second. Not yet: the first; you have 4.",
        ),
        (Exercise("t", (1.5, 7.0)), (4, 3), "You have (4, 3)."),
    ],
)
def test_what_is_wrong_is_shown_with_its_place_and_a_way_on(exercise, answer, said):
    verdict = exercise.judge(answer)
    assert verdict.state == KEEP_WORKING
    assert verdict.message.startswith(f"{said} ") and "check.hint" in verdict.message
    described = dataclasses.replace(exercise, otherwise="Look again.")
    assert described.judge(answer).message == f"{said} Look again."


def test_a_rounded_mistake_is_still_that_mistake():
    swapped = Mistake("swapped", (0.0836, 0.197), "In the other order.", nearly=True)
    slopes = Exercise(id="slopes", right=(0.197, 0.0836), mistakes=[swapped], near=2e-3)
    assert slopes.judge((0.084, 0.197)).mistake == "swapped"


def test_an_error_is_told_with_what_to_do_next():
    message = COLUMN.judge(lambda table: table == 2 & table == 1).message
    assert message.startswith("Your function stopped with")
    assert "in brackets of its own" in message
    message = COLUMN.judge(lambda table: {"a": 1}["b"]).message
    assert message.startswith("Your function stopped with KeyError: 'b'.") and ".keys()" in message


@pytest.mark.parametrize(
    ("answer", "state", "mistake"),
    [
        ("b", RIGHT, None),
        (" B ", RIGHT, None),
        ("a", KEEP_WORKING, "first"),
        ("z", KEEP_WORKING, None),
        ("Vertiv", KEEP_WORKING, "firm"),
    ],
)
def test_a_choice_is_judged(answer, state, mistake):
    verdict = CHOICE.judge(answer)
    assert (verdict.state, verdict.mistake) == (state, mistake)


SERIES = pd.Series({"chips": -0.1, "cloud": -0.02})


@pytest.mark.parametrize(
    ("answer", "value", "expected"),
    [
        (SERIES[::-1], SERIES, 0.0),
        (SERIES.rename({"chips": "Chips"}), SERIES, math.inf),
        (SERIES.to_dict(), SERIES.to_dict(), 0.0),
        (SERIES.to_frame("x"), SERIES.to_frame("x"), 0.0),
        (SERIES.to_frame("y"), SERIES.to_frame("x"), math.inf),
        ([1, 2], (1, 2), 0.0),
        (np.array([1.0, 2.2]), [1, 2], 0.1),
        ([1], [1, 2], math.inf),
        ({"a", "b"}, {"b", "a"}, 0.0),
        ("2025-01-27", pd.Timestamp(2025, 1, 27), 0.0),
        ("not a date", pd.Timestamp(2025, 1, 27), math.inf),
        (pd.Series([1.0], index=[0]), pd.Series([1.0, 2.0]), math.inf),
        (1, True, math.inf),
        (np.nan, np.nan, 0.0),
    ],
)
def test_distance_covers_every_kind_of_answer(answer, value, expected):
    assert distance(answer, value) == pytest.approx(expected)


def test_a_check_shows_words_and_writes_its_verdict_for_programs():
    check = feedback.Lesson("example", [NUMBER])
    with capture_output() as captured:
        assert check("fall", -0.25) is None
    data = captured.outputs[0].data
    assert data["text/plain"] == "○ Keep working (fall): -0.25 divides by the new price."
    assert data[MIME] == {"exercise": "fall", "state": KEEP_WORKING, "mistake": "divided-by-new"}
    assert 'role="status"' in data["text/html"]


def test_a_message_cannot_smuggle_html_into_the_page():
    verdict = NUMBER.judge("<script>alert(1)</script>")
    assert "<script>" not in verdict._repr_mimebundle_()["text/html"]


def test_validate_counts_a_wrong_answer_as_failed(monkeypatch):
    check = feedback.Lesson("example", [NUMBER])
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with capture_output(), pytest.raises(AssertionError, match="divides by the new price"):
        check("fall", -0.25)
    with capture_output():
        check("fall", -0.2)


def test_after_a_cell_that_failed_a_check_says_that_it_sees_the_answer_before(monkeypatch):
    check = feedback.Lesson("example", [NUMBER])
    for succeeded in (False, True):
        shell = SimpleNamespace(last_execution_succeeded=succeeded)
        monkeypatch.setattr(feedback, "get_ipython", lambda shell=shell: shell)
        with capture_output() as captured:
            check("fall", -0.2)
        told = "If it was your answer, this is about the one before."
        assert (told in captured.outputs[0].data["text/plain"]) is not succeeded
    assert told not in check.seen["fall"].message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("p multiplies.", "p multiplies."),
        ("a sum.", "A sum."),
        ("ln is `np.log`.", "ln is `np.log`."),
    ],
)
def test_a_message_begins_with_a_capital_but_never_changes_a_letter_of_a_formula(said, shown):
    mistake = feedback.Mistake("slip", 2, said)
    assert feedback.Exercise("one", 1, [mistake]).judge(2).message == shown


@pytest.mark.parametrize("factor", [2, 2.5, np.float64(2), np.int64(2)])
def test_a_times_sign_left_out_is_told(factor):
    exercise = feedback.Exercise("one", lambda n: n * (1 + n), calls=[(factor,)])
    verdict = exercise.judge(lambda n: n(1 + n))
    assert verdict.mistake == "times-sign-missing"
    assert (
        "object is not callable. Python needs a `*` between a number or a name" in verdict.message
    )


def test_a_known_mistake_that_fails_spoils_no_other_exercise(monkeypatch):
    broken = Exercise("one", lambda n: n, [Mistake("slip", lambda n: n / 0, "Never.")], [(1,)])
    name = "sputnik_moment.feedback.broken"
    module = SimpleNamespace(__name__=name, exercises=lambda: [NUMBER, broken])
    monkeypatch.setitem(sys.modules, name, module)
    assert feedback.lesson("broken").judge("fall", -0.2).state == RIGHT


def test_known_mistakes_are_run_once_for_all_answers():
    ran = []
    slip = Mistake("slip", lambda n: ran.append(n) or 2 * n, "Doubled.")
    exercise = Exercise("one", lambda n: n, [slip], calls=[(3,)])
    told = [exercise.judge(lambda n, by=by: by * n).mistake for by in (2, 5, 2)]
    assert told[0] == told[2] == "slip" and ran == [3]


def test_hints_open_one_at_a_time_and_never_while_grading(monkeypatch):
    check = feedback.Lesson("example", [NUMBER])
    with capture_output() as captured:
        for _ in range(4):
            check.hint("fall")
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert [text.rsplit(" ", 1)[1] for text in texts] == ["look", "start", "almost", "almost"]
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with capture_output() as captured:
        check.hint("fall")
    assert not captured.outputs


def test_unknown_names_list_the_known_ones():
    with pytest.raises(KeyError, match="there are: fall"):
        feedback.Lesson("example", [NUMBER])("rise", 1)
    with pytest.raises(ValueError, match="no lesson 'nowhere'"):
        feedback.lesson("nowhere")


def test_a_prediction_is_shown_again_beside_the_result():
    with capture_output() as captured:
        feedback.predict("size", -5, "%")
        feedback.compare("size", -16.97)
        feedback.predict("size", ..., "%")
        feedback.compare("size", -16.97, "%")
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert "Stored: -5 %" in texts[0]
    assert "You predicted: -5 %. The data say: -16.97 %." in texts[1]
    assert "Nothing stored yet" in texts[2]
    assert "no prediction" in texts[3]


@pytest.mark.parametrize(
    ("guess", "said", "again"),
    [
        ("2,5", "Stored: 2.5 %. You will", "You predicted: 2.5 %."),
        ("-17 %", "Stored: -17 %. You will", "You predicted: -17 %."),
        ((2, 5), "Write decimals with a point (2.5)", "You made no prediction here."),
        ("1,600", '"1,600" can be read in two ways', "You made no prediction here."),
        ("a lot", "These are words; with a number", "You predicted: a lot."),
        (
            0.7,
            "That is less than one per cent. If you mean 70 %, write 70.",
            "You predicted: 0.7 %.",
        ),
        ("0,7", "If you mean 70 %, write 70.", "You predicted: 0.7 %."),
        (math.nan, "Nothing stored yet", "You made no prediction here."),
        (-5e9, "Stored: -5e+09 %.", "was your number in another unit?"),
        (np.timedelta64(3, "D"), "These are words", "You predicted: 3 days %."),
    ],
)
def test_a_prediction_that_is_not_typed_as_a_number_is_understood_or_questioned(guess, said, again):
    with capture_output() as captured:
        feedback.predict("size", 3, "%")
        feedback.predict("size", guess, "%")
        feedback.compare("size", -16.97)
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert said in texts[1]
    assert again in texts[2]


@pytest.mark.parametrize(
    ("guess", "said", "again"),
    [
        ("before", "Stored: before. You", "You predicted: before."),
        (" Before", "Stored: Before. You", "You predicted: Before."),
        ("befor", 'Choose one of "before", "after"; you have "befor".', "You made no prediction"),
        (1957, 'Choose one of "before", "after"; you have 1957', "You made no prediction"),
        (..., "Nothing stored yet. Replace the `...`", "You made no prediction"),
    ],
)
def test_a_prediction_that_is_one_of_several_words_must_be_one(guess, said, again):
    with capture_output() as captured:
        feedback.predict("fall", guess, options=("before", "after"))
        feedback.compare("fall")
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert said in texts[0]
    assert again in texts[1]


def test_a_prediction_in_words_is_shown_without_a_verdict():
    with capture_output() as captured:
        feedback.predict("reason", "two closes.")
        feedback.compare("reason")
        feedback.predict("change", "17 %", "%")
    assert captured.outputs[1].data["text/plain"].endswith("You predicted: two closes.")
    assert "Stored: 17 %. You" in captured.outputs[2].data["text/plain"]


def test_a_result_in_words_keeps_its_unit_once_and_a_choice_has_words_of_its_own():
    with capture_output() as captured:
        feedback.predict("part", 60, "%")
        feedback.compare("part", "0 %, by this count")
        feedback.predict("criterion", "money")
        feedback.compare("criterion", "dated", before="You chose", after="In the table")
    texts = [output.data["text/plain"] for output in captured.outputs]
    assert texts[1].endswith("You predicted: 60 %. The data say: 0 %, by this count.")
    assert texts[3].endswith("You chose: money. In the table: dated.")


def test_asking_for_hints_to_a_written_task_is_no_error():
    with capture_output() as captured:
        feedback.Lesson("example", [NUMBER]).hint("newspaper")
    assert "There are hints for: fall." in captured.outputs[0].data["text/plain"]

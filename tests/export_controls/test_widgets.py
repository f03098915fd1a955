"""The explorers, driven by their controls, read through their words."""

import itertools
import re

import pytest

from sputnik_moment import export_controls as ec
from sputnik_moment.widgets import export_controls as widgets


@pytest.fixture(scope="module")
def explorer():
    return widgets.RuleExplorer()


@pytest.fixture(scope="module")
def designer():
    return widgets.DesignAChip()


@pytest.fixture(scope="module")
def timeline():
    return widgets.ControlsTimeline()


def test_the_h20_lies_just_under_a_line(explorer):
    explorer.set(rule="october-2023", chip="H20")
    assert explorer.readout_text.endswith(
        "It would be caught at: total processing performance 2,400 or performance density 3.2."
    )
    assert "not controlled" in explorer.alt


def test_how_far_a_chip_is_from_a_line_is_left_to_the_exercise(explorer):
    for chip in ("H20", "RTX 4090 D", "L20"):
        explorer.set(rule="october-2023", chip=chip)
        assert "It would be caught at: " in explorer.readout_text
        assert "%" not in explorer.readout_text


def test_no_single_step_catches_a_chip_that_is_under_both_lines(explorer):
    explorer.set(rule="october-2022", chip="T4")
    assert explorer.readout_text.endswith("It would be caught at: no single line.")


@pytest.mark.parametrize(
    ("chip", "exception"),
    [
        ("RTX 4090", "available"),
        ("L40", "available"),
        ("L4", "not available"),
        ("H100 SXM", "not available"),
    ],
)
def test_the_exception_is_told_for_caught_chips(explorer, chip, exception):
    explorer.set(rule="october-2023", chip=chip)
    assert explorer.readout_text.endswith(f"(a notice instead of a licence): {exception}.")
    explorer.controls["rule"].value = "october-2022"
    assert "exception" not in explorer.readout_text


def test_one_step_over_the_line_names_the_clause(explorer):
    explorer.set(rule="october-2023", chip="H20")
    explorer.controls["tpp"].value = 2400
    assert explorer.readout_text.startswith("H20 (TPP 2,400, ")
    assert "October 2023: 3A090.b. 3A090.b.1:" in explorer.readout_text
    explorer.controls["tpp"].value = 2399.99
    assert "not controlled" in explorer.readout_text


def test_choosing_a_chip_brings_its_own_figures_back(explorer):
    explorer.set(rule="october-2023", chip="H20")
    explorer.controls["tpp"].value = 9000
    explorer.controls["chip"].value = "L20"
    assert explorer.controls["tpp"].value == 1912
    assert explorer.readout_text.startswith("L20 (TPP 1,912, density 3.14, memory 864 GB/s, ")


def test_a_consumer_card_and_the_same_card_for_data_centres(explorer):
    explorer.set(rule="october-2023", chip="RTX 4090 D")
    assert "Note 2" in explorer.readout_text
    explorer.controls["data_centre"].value = True
    assert "3A090.a.2" in explorer.readout_text


def test_an_unpublished_figure_cannot_be_moved_or_drawn(explorer):
    explorer.set(rule="october-2023", chip="MI308X")
    assert explorer.controls["tpp"].disabled
    assert "unknown" in explorer.readout_text
    assert "no place on the map" in explorer.readout_text
    explorer.controls["chip"].value = "H20"
    assert not explorer.controls["tpp"].disabled


def test_every_rule_draws_every_chip(explorer):
    for rule, chip in itertools.product(ec.RULES, ("T4", "B300 (Blackwell Ultra)", "Gaudi 3")):
        explorer.set(rule=rule, chip=chip)
        assert ec.classify(ec.chip(chip), rule).outcome in explorer.readout_text


def test_every_move_is_told(explorer):
    explorer.set(rule="october-2023", chip="H20")
    for name in ("data_centre", *widgets.RANGES):
        before = explorer.readout_text
        control = explorer.controls[name]
        control.value = not control.value if name == "data_centre" else control.value * 1.01
        assert explorer.readout_text != before, name


def test_extreme_figures_do_not_stop_the_map(explorer):
    for rule, end in itertools.product(ec.RULES, ("min", "max")):
        explorer.set(rule=rule, chip="H20")
        edges = {m: 10 ** getattr(explorer.controls[m], end) for m in widgets.RANGES}
        explorer.set(**edges)
        assert f"TPP {round(edges['tpp'], 3):,.8g}" in explorer.readout_text


def test_the_design_begins_as_an_h20(designer):
    assert designer.readout_text.startswith("Score 100 (H20 = 100; TPP 2,368, ")
    assert "limited by memory" in designer.readout_text


def test_more_memory_scores_under_2023_and_is_caught_in_2025(designer):
    designer.set(rule="october-2023", memory_bandwidth=8000)
    assert designer.readout_text.startswith("Score 200")
    designer.controls["rule"].value = "april-2025"
    assert designer.readout_text.startswith("Score 0 (")
    assert "Your chip, April 2025 (reported): over a reported line" in designer.readout_text


def test_later_rules_apply_together_with_those_in_force_beside_them(designer):
    """April 2025 came on top of October 2023: a design must pass both."""
    fast = {"operations": 3000, "memory_bandwidth": 1350, "link_bandwidth": 0}
    designer.set(rule="april-2025", conversations=256, die_area=814, data_centre=True, **fast)
    assert designer.readout_text.startswith("Score 0 (")
    assert "Your chip, October 2023: 3A090.a" in designer.readout_text
    designer.set(operations=296, conversations=1)
    assert designer.readout_text.startswith("Score 34 (")
    assert "Not caught: October 2023, April 2025 (reported)." in designer.readout_text
    designer.set(operations=400, memory_bandwidth=4000, rule="january-2026")
    assert "Caught too: April 2025 (reported), January 2026." in designer.readout_text


def test_a_score_is_earned_only_without_a_licence(designer):
    designer.set(rule="october-2023", operations=300, memory_bandwidth=4000, die_area=814)
    assert designer.readout_text.startswith("Score 0 (TPP 2,400, ")
    assert "Your chip, October 2023: 3A090.b" in designer.readout_text


def test_extreme_designs_do_not_stop_the_bars(designer):
    for end in ("min", "max"):
        ends = {
            name: getattr(control, end)
            for name, control in designer.controls.items()
            if control.has_trait(end)
        }
        for rule in ec.RULES:
            designer.set(rule=rule, **ends)
            assert designer.readout_text.startswith("Score")


def test_the_timeline_counts_states_after_each_event(timeline):
    timeline.set(chips="Made for China", event=1)
    assert timeline.readout_text.startswith("2023-10-17:")
    counts = "3 no licence, 2 licence needed; 4 came out in a later year."
    assert timeline.readout_text.endswith(counts)


def test_the_timeline_counts_every_chip_once(timeline):
    for group, event in itertools.product(widgets.GROUPS, range(len(timeline.events))):
        timeline.set(chips=group, event=event)
        counts = timeline.readout_text.split("From 20")[1].split(": ", 1)[1]
        numbers = [
            int(n) for n in re.findall(r"\b(\d+) (?:no|notice|licence|unknown|came)", counts)
        ]
        assert sum(numbers) == len(widgets.GROUPS[group])


def test_every_event_and_group_can_be_chosen(timeline):
    for group in widgets.GROUPS:
        timeline.set(chips=group, event=0)
        assert group in timeline.alt
    for event in range(len(timeline.events)):
        timeline.controls["event"].value = event
        assert timeline.readout_text.count("From 20") == 1


def test_the_timeline_runs_in_the_order_in_which_the_states_change(timeline):
    """An event of 14 January 2026 comes before the rule that holds from the 15th."""
    labels = [label for label, _ in timeline.controls["event"].options]
    assert labels == sorted(labels, key=lambda label: label[:10])
    names = [label.partition(", ")[2] for label in labels]
    timeline.set(chips="Made for China", event=names.index("china-customs"))
    assert timeline.readout_text.endswith(
        "From 2026-01-14: 4 licence needed, 4 no licence, 1 unknown."
    )
    timeline.set(event=names.index("january-2026"))
    assert timeline.readout_text.startswith("2026-01-13: ")
    assert "From 2026-01-15: " in timeline.readout_text
    assert "2 licence, case by case" in timeline.readout_text


def test_periods_of_the_h20():
    states = [state for _, _, state in widgets.periods("H20")]
    assert states == [ec.NO_LICENCE, ec.LICENCE, ec.LICENCE]


@pytest.mark.parametrize(
    ("name", "day", "state"),
    [
        ("A100 (SXM4 80 GB)", "2022-10-06", ec.NO_LICENCE),
        ("A100 (SXM4 80 GB)", "2022-10-07", ec.LICENCE),
        ("H800 SXM", "2023-11-16", ec.NO_LICENCE),
        ("H800 SXM", "2023-11-17", ec.LICENCE),
        ("RTX 4090", "2024-01-01", ec.NOTICE),
        ("H200 SXM", "2026-01-14", ec.LICENCE),
        ("H200 SXM", "2026-01-15", ec.CASE_BY_CASE),
        ("B200", "2026-01-15", ec.LICENCE),
        ("MI308X", "2024-01-01", ec.UNKNOWN),
    ],
)
def test_what_a_sale_asked_for_on_a_day(name, day, state):
    assert ec.licence_on(ec.chip(name), day) == state


def test_pictures_stand_in_where_no_kernel_runs(explorer, designer, timeline):
    for one in (explorer, designer, timeline):
        bundle = one._repr_mimebundle_()
        assert "<img" in bundle["text/html"]
        assert one.readout_text in bundle["text/plain"]

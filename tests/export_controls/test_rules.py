"""The rules against an oracle that was typed from the legal texts, and at their exact edges."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sputnik_moment import export_controls as ec


def figures(tpp=0.0, density=0.0, link=0.0, memory=0.0, data_centre=True):
    return {
        "tpp": tpp,
        "performance_density": density,
        "link_bandwidth": link,
        "memory_bandwidth": memory,
        "memory_plus_link_bandwidth": memory + link,
        "data_centre": float(data_centre),
    }


def outcome(rule, **given_figures):
    return ec.classify_figures(figures(**given_figures), rule).outcome


# The oracle: the four rules as plain code, with the thresholds as the sources print them.


def oracle(rule, tpp, density, link, memory, data_centre):
    if rule == "october-2022":
        return "controlled" if link >= 600 and tpp >= 4800 else "not controlled"
    if rule == "april-2025":
        over = memory >= 1400 or link >= 1100 or memory + link >= 1700
        return "over a reported line" if over else "below the reported lines"
    if not data_centre and tpp < 4800:
        tier = "not controlled"
    elif tpp >= 4800 or (tpp >= 1600 and density >= 5.92):
        tier = "3A090.a"
    elif (tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2):
        tier = "3A090.b"
    else:
        tier = "not controlled"
    if rule == "october-2023":
        return tier
    if rule == "exception-nac":
        if tier == "not controlled":
            return "not needed"
        yes = (tier == "3A090.b" and data_centre) or (
            tier == "3A090.a" and not data_centre and tpp >= 4800
        )
        return "available" if yes else "not available"
    if tier == "not controlled":
        return "not covered"
    return "case by case" if tpp < 21_000 and memory < 6_500 else "presumption of denial"


def near(*edges, highest):
    """Numbers of every size, and more often than by chance an edge or its nearest neighbours."""
    close = [n for e in edges for n in (math.nextafter(e, 0), e, math.nextafter(e, math.inf))]
    return st.one_of(st.floats(0, highest), st.sampled_from(close))


chips = st.fixed_dictionaries(
    {
        "tpp": near(1600, 2400, 4800, 21_000, highest=60_000),
        "density": near(1.6, 3.2, 5.92, highest=40),
        "link": near(600, 1100, highest=2_000),
        "memory": near(1400, 6500, highest=10_000),
        "data_centre": st.booleans(),
    }
)


@pytest.mark.parametrize("rule", [*ec.RULES, "exception-nac"])
@given(chip=chips)
def test_agrees_with_the_rules_typed_by_hand(rule, chip):
    assert outcome(rule, **chip) == oracle(rule, **chip)


@given(chip=chips)
def test_4800_is_caught_and_the_next_smaller_number_is_not(chip):
    link = {"link": max(chip["link"], 600.0)}
    below = math.nextafter(4800, 0)
    assert outcome("october-2022", **chip | link | {"tpp": 4800.0}) == "controlled"
    assert outcome("october-2022", **chip | link | {"tpp": below}) == "not controlled"
    assert outcome("october-2023", **chip | {"tpp": 4800.0}) == "3A090.a"
    consumer = {"tpp": below, "data_centre": False}
    assert outcome("october-2023", **chip | consumer) == "not controlled"


@pytest.mark.parametrize(
    ("tpp", "density", "expected"),
    [
        (4800, 0, "3A090.a"),
        (4799.99, 0, "not controlled"),
        (4799.99, 1.6, "3A090.b"),
        (4799.99, 1.59, "not controlled"),
        (4799.99, 5.91, "3A090.b"),
        (4799.99, 5.92, "3A090.a"),
        (2400, 1.6, "3A090.b"),
        (2399.99, 1.6, "not controlled"),
        (2399.99, 3.2, "3A090.b"),
        (2399.99, 3.19, "not controlled"),
        (1600, 3.2, "3A090.b"),
        (1600, 5.92, "3A090.a"),
        (1599.99, 40, "not controlled"),
    ],
)
def test_edges_of_october_2023(tpp, density, expected):
    assert outcome("october-2023", tpp=tpp, density=density) == expected


@given(quarters=st.integers(1, 120), line=st.sampled_from([1.6, 3.2, 5.92]))
def test_a_density_exactly_on_a_line_reaches_it(quarters, line):
    """Rounding in the division must not move a chip over a line."""
    area = 25 * quarters  # makes TPP a whole number, so the true quotient is the line itself
    tpp = round(line * 100) * area // 100
    assert ec.performance_density(tpp, area) == line


@given(chip=chips, more=st.floats(0, 20_000))
def test_more_computing_never_frees_a_chip(chip, more):
    before = ec.classify_figures(figures(**chip), "october-2023").caught
    after = ec.classify_figures(figures(**chip | {"tpp": chip["tpp"] + more}), "october-2023")
    assert after.caught or not before


@given(chip=chips, hidden=st.sets(st.sampled_from(["tpp", "density", "link", "memory"])))
def test_unknown_only_where_the_missing_figure_matters(chip, hidden):
    """A verdict given without a figure must be the verdict for every value of that figure."""
    partly = chip | dict.fromkeys(hidden, math.nan)
    for rule in ec.RULES:
        verdict = ec.classify_figures(figures(**partly), rule)
        assert verdict.outcome in (ec.UNKNOWN, oracle(rule, **chip))
        assert (verdict.caught is None) == (verdict.outcome == ec.UNKNOWN)


def test_unknown_names_what_is_missing():
    verdict = ec.classify_figures(figures(tpp=3000, density=math.nan), "october-2023")
    assert verdict.outcome == ec.UNKNOWN
    assert verdict.reasons == ("performance density is unknown",)
    enough = ec.classify_figures(figures(tpp=29_360, density=math.nan), "october-2023")
    assert enough.outcome == "3A090.a"


def test_words_never_round_a_figure_onto_the_line():
    verdict = ec.classify_figures(figures(tpp=4799.999, data_centre=False), "october-2023")
    assert "4,799.999 is below 4,800" in verdict.words
    assert "4,800 is below" not in verdict.words


def test_words_give_clause_and_figures():
    words = ec.classify_figures(figures(tpp=1940, density=6.6), "october-2023", "L4").words
    assert words == (
        "L4, October 2023: 3A090.a. 3A090.a.2: total processing performance 1,940 reaches 1,600; "
        "performance density 6.6 reaches 5.92 TPP per mm2."
    )


def test_reported_lines_are_marked_as_reported():
    assert {ec.rule(name).status for name in ec.RULES if name != "april-2025"} == {"official"}
    assert ec.rule("april-2025").status == "reported"
    assert "not official" in ec.classify_figures(figures(memory=4000), "april-2025").words


def test_every_clause_has_a_citation():
    clauses = [clause for rule in ec.rules().values() for clause in rule.clauses]
    assert all(len(clause.citation) > 20 for clause in clauses)


def test_unknown_rule_lists_the_known_ones():
    with pytest.raises(KeyError, match="october-2022"):
        ec.rule("may-2031")


def test_the_code_holds_no_threshold():
    """Thresholds live in the dataset; the module must not repeat one."""
    import ast
    import inspect

    numbers = {
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(ec)))
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    }
    values = {c.value for rule in ec.rules().values() for c in rule.conditions if c.value > 1}
    assert values and not numbers & values

"""US export controls on AI chips, written as code: a teaching model, not legal advice.

The rules are data. Every threshold is a row of the dataset ``export_rules``, with its citation and
whether it is an official text or a press report; the code below only knows how to read such rows.
A rule is a list of clauses, tried in order, and the first clause whose conditions all hold
decides. Where a chip's figure is unpublished a condition is neither true nor false, and the
verdict is ``unknown`` if the missing figure matters.

>>> h20 = chip("H20")                                             # doctest: +SKIP
>>> classify(h20, "october-2023").outcome                         # doctest: +SKIP
'not controlled'
>>> classify(h20, "april-2025").clause                            # doctest: +SKIP
'memory'

The last part of the module is the roofline, which says what a chip can do with the figures that
the rules look at: computing throughput, memory bandwidth and link bandwidth.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from sputnik_moment import data

UNKNOWN = "unknown"
"""The verdict on a chip whose deciding figure nobody has published."""

OTHERWISE = "otherwise"
"""Name of the clause that applies when no other does."""

RULES = ("october-2022", "october-2023", "april-2025", "january-2026")
"""The four dated rules that lesson 03 compares, oldest first."""

REPLACED_BY = {"october-2022": "october-2023"}
"""Rules that ended on the day on which another came into force."""

METRICS = {
    "tpp": "total processing performance",
    "performance_density": "performance density",
    "link_bandwidth": "link bandwidth",
    "memory_bandwidth": "memory bandwidth",
    "memory_plus_link_bandwidth": "memory and link bandwidth together",
    "data_centre": "made or sold for data centres",
}
"""What a condition may look at, and how it is called in words."""

SUM = "memory_plus_link_bandwidth"
PARTS_OF_SUM = {"memory_bandwidth", "link_bandwidth"}

OPERATORS = {
    ">=": (operator.ge, "reaches", "is below"),
    ">": (operator.gt, "exceeds", "does not exceed"),
    "<": (operator.lt, "is below", "is not below"),
    "<=": (operator.le, "does not exceed", "exceeds"),
    "==": (operator.eq, "is", "is not"),
}
"""Sign -> comparison, its words where it holds, and its words where it does not."""


# --- From a data sheet to the two figures of the rules --------------------------------------


def dense_from_sparse(headline: float, speed_up: float = 2.0) -> float:
    """Return the dense throughput behind a data sheet's sparse headline.

    Parameters
    ----------
    headline
        Throughput with structured sparsity, in tera operations per second.
    speed_up
        How much the maker gains by skipping zeros; 2 where two weights of every four are zero.

    Raises
    ------
    ValueError
        If ``headline`` is negative or ``speed_up`` is below one.
    """
    if headline < 0 or speed_up < 1:
        raise ValueError("A headline cannot be negative, and sparsity cannot slow a chip down.")
    return headline / speed_up


def total_processing_performance(operations: Mapping[int, float]) -> float:
    """Return a chip's total processing performance (TPP).

    TPP is the number of operations per second, in tera operations, times the bit length of one
    operation; the largest product over the chip's number formats counts. A multiplication and
    the addition that follows are two operations, as on data sheets. Source: Technical Notes 1 to
    3 to ECCN 3A090, 88 FR 73458.

    Parameters
    ----------
    operations
        Bit length -> *dense* tera operations per second; None or NaN where unpublished.

    Returns
    -------
    float
        NaN if no format's throughput is published.

    Raises
    ------
    ValueError
        If a bit length is not positive or a throughput is negative.
    """
    known = {bits: _number(tera) for bits, tera in operations.items()}
    if any(bits <= 0 for bits in known) or any(tera < 0 for tera in known.values()):
        raise ValueError(
            "Give bit length -> tera operations per second, for example {8: 1979, 16: 989.4}."
        )
    products = [bits * tera for bits, tera in known.items() if not math.isnan(tera)]
    return max(products, default=math.nan)


def performance_density(tpp: float, die_area_mm2: float) -> float:
    """Return TPP per square millimetre of logic die, NaN where either figure is unpublished.

    Source: Technical Note 4 to ECCN 3A090, 88 FR 73458.

    Raises
    ------
    ValueError
        If the area is zero or negative.
    """
    area = _number(die_area_mm2)
    if area <= 0:
        raise ValueError(f"A die area of {area:g} mm² cannot be. Use None where it is unpublished.")
    return _number(tpp) / area


@dataclass(frozen=True)
class Chip:
    """The published figures of one accelerator; NaN where a figure is unpublished.

    Parameters
    ----------
    name
        Product name.
    operations
        Bit length -> dense tera operations per second.
    die_area_mm2
        Area of the logic dies in square millimetres.
    memory_bandwidth, link_bandwidth
        Gigabytes per second, to the chip's memory and (both directions added) to other chips.
    data_centre
        Whether it is designed or marketed for data centres.

    Raises
    ------
    ValueError
        If a bandwidth is negative.
    """

    name: str
    operations: Mapping[int, float] = field(hash=False)
    die_area_mm2: float = math.nan
    memory_bandwidth: float = math.nan
    link_bandwidth: float = math.nan
    data_centre: bool = True

    def __post_init__(self) -> None:
        if _number(self.memory_bandwidth) < 0 or _number(self.link_bandwidth) < 0:
            raise ValueError("A bandwidth cannot be negative. Use None where it is unpublished.")

    @property
    def tpp(self) -> float:
        """Total processing performance."""
        return total_processing_performance(self.operations)

    @property
    def figures(self) -> dict[str, float]:
        """The value of every metric that a rule may look at, by the metric's name."""
        return {
            "tpp": self.tpp,
            "performance_density": performance_density(self.tpp, self.die_area_mm2),
            "link_bandwidth": _number(self.link_bandwidth),
            "memory_bandwidth": _number(self.memory_bandwidth),
            "memory_plus_link_bandwidth": _number(self.memory_bandwidth)
            + _number(self.link_bandwidth),
            "data_centre": float(self.data_centre),
        }


def chip(name: str) -> Chip:
    """Return a chip of the dataset ``chips``.

    Raises
    ------
    KeyError
        If there is no such chip; the message lists those there are.
    """
    if name not in chips():
        raise KeyError(f"No chip {name!r} in the dataset. There are: {', '.join(chips())}.")
    return chips()[name]


@lru_cache(maxsize=1)
def chips() -> dict[str, Chip]:
    """Return every chip of the dataset ``chips`` by name, in the order of the dataset."""
    return {row.chip: _from_row(row) for row in data.load("chips").itertuples()}


def _from_row(row) -> Chip:
    eight = [_number(row.fp8_dense_tflops), _number(row.int8_dense_tops)]
    operations = {
        16: _number(row.fp16_dense_tflops),
        # Two formats share eight bits; the faster one counts.
        8: max((tera for tera in eight if not math.isnan(tera)), default=math.nan),
        4: _number(row.fp4_dense_tflops),
    }
    return Chip(
        name=row.chip,
        operations=operations,
        die_area_mm2=_number(row.die_area_mm2),
        memory_bandwidth=_number(row.memory_bw_gb_s),
        link_bandwidth=_number(row.interconnect_bw_gb_s),
        data_centre=row.market == "data centre",
    )


def _number(value: float | None) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


# --- Rules ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """One comparison of a clause, such as ``tpp >= 4800``.

    ``metric`` is a key of :data:`METRICS`, or ``rule/outcome`` for "another rule's verdict is
    this outcome".
    """

    metric: str
    operator: str
    value: float
    unit: str

    def holds(self, figure: float) -> bool | None:
        """Compare a figure with the line; None where the figure is unknown."""
        if math.isnan(figure):
            return None
        return OPERATORS[self.operator][0](figure, self.value)

    @property
    def subject(self) -> str:
        """What is compared, in words."""
        if "/" in self.metric:
            return f"the verdict under {rule(self.metric.split('/')[0]).title}"
        return METRICS[self.metric]

    def words(self, figure: float) -> str:
        """Say in words how a figure compares with the line."""
        if math.isnan(figure):
            return f"{self.subject} is unknown"
        _, yes, no = OPERATORS[self.operator]
        verb = yes if self.holds(figure) else no
        if "/" in self.metric:
            return f'{self.subject} {verb} "{self.metric.split("/")[1]}"'
        if self.metric == "data_centre":
            return f"{'' if figure else 'not '}{self.subject}"
        unit = "" if self.unit == "TPP" else f" {self.unit}"
        return f"{self.subject} {self._written(figure)} {verb} {self.value:,g}{unit}"

    def _written(self, figure: float) -> str:
        """Round a figure to two decimals, but never onto the line: 4799.999 is not 4,800."""
        rounded = round(figure, 2)
        return f"{figure if rounded == self.value else rounded:,.12g}"


@dataclass(frozen=True)
class Clause:
    """A part of a rule: if all its conditions hold, its outcome applies."""

    name: str
    outcome: str
    caught: bool
    citation: str
    conditions: tuple[Condition, ...]

    def holds(self, figures: Mapping[str, float]) -> bool | None:
        """Join the conditions with "and", in a logic with true, false and unknown (None)."""
        results = [condition.holds(figures[condition.metric]) for condition in self.conditions]
        if False in results:
            return False
        return None if None in results else True


@dataclass(frozen=True)
class Rule:
    """A dated rule: clauses in the order in which they are tried."""

    id: str
    title: str
    in_force_from: pd.Timestamp
    status: str
    clauses: tuple[Clause, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of all clauses."""
        return tuple(condition for clause in self.clauses for condition in clause.conditions)


@dataclass(frozen=True)
class Verdict:
    """What a rule says about a chip.

    ``caught`` is None where the outcome is :data:`UNKNOWN`; ``clause`` names the clause that
    decided; ``reasons`` are its conditions in words, or, where no clause applied, what each of
    them would have needed; ``status`` is ``official`` or ``reported``.
    """

    chip: str
    title: str
    outcome: str
    caught: bool | None
    clause: str
    reasons: tuple[str, ...]
    citation: str
    status: str

    @property
    def words(self) -> str:
        """The verdict in one or two sentences."""
        if self.caught is None:
            why = "Missing: "
        elif self.clause == OTHERWISE:
            why = "No clause applies. "
        else:
            why = f"{self.clause}: "
        official = "" if self.status == "official" else " (Reported by the press, not official.)"
        return (
            f"{self.chip}, {self.title}: {self.outcome}. {why}{'; '.join(self.reasons)}.{official}"
        )


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Return every rule of the dataset ``export_rules`` by its id."""
    table = data.load("export_rules")
    return {id_: _rule(id_, rows) for id_, rows in table.groupby("rule", sort=False)}


def rule(id_: str) -> Rule:
    """Return one rule.

    Raises
    ------
    KeyError
        If there is no rule of that id; the message lists those there are.
    """
    if id_ not in rules():
        raise KeyError(f"No rule {id_!r} in the dataset. There are: {', '.join(rules())}.")
    return rules()[id_]


def _rule(id_: str, rows: pd.DataFrame) -> Rule:
    first = rows.iloc[0]
    clauses = tuple(_clause(part) for _, part in rows.groupby("clause_order"))
    return Rule(id_, first["title"], pd.Timestamp(first["in_force_from"]), first["status"], clauses)


def _clause(rows: pd.DataFrame) -> Clause:
    first = rows.iloc[0]
    conditions = tuple(
        Condition(row.metric, row.operator, float(row.value), row.unit)
        for row in rows.dropna(subset="metric").itertuples()
    )
    return Clause(
        first["clause"], first["outcome"], bool(first["caught"]), first["citation"], conditions
    )


def classify(chip: Chip, rule_id: str) -> Verdict:
    """Say what a rule makes of a chip, by which clause, and in words.

    Parameters
    ----------
    chip
        The chip, with NaN for figures that are unpublished.
    rule_id
        One of :data:`RULES`, ``"exception-nac"`` or ``"tariff-2026"``.

    Returns
    -------
    Verdict
        With the outcome :data:`UNKNOWN` where an unpublished figure could change it.
    """
    return classify_figures(chip.figures, rule_id, chip.name)


def classify_figures(figures: Mapping[str, float], rule_id: str, name: str = "A chip") -> Verdict:
    """Say what a rule makes of a set of figures (see :func:`classify`).

    ``figures`` maps every key of :data:`METRICS` to a number, NaN where it is unpublished.
    """
    law = rule(rule_id)
    figures = dict(figures) | _verdicts_needed(law, figures)
    possible = []
    for clause in law.clauses:
        holds = clause.holds(figures)
        if holds is not False:
            possible.append(clause)
        if holds:
            break
    decided = possible[-1]
    if len({clause.outcome for clause in possible}) == 1:
        outcome, caught, by = decided.outcome, decided.caught, decided.name
        reasons = _reasons(decided, law, figures)
    else:
        outcome, caught, by = UNKNOWN, None, UNKNOWN
        reasons = _missing(possible, figures)
    return Verdict(name, law.title, outcome, caught, by, reasons, decided.citation, law.status)


def _verdicts_needed(law: Rule, figures: Mapping[str, float]) -> dict[str, float]:
    """Return the conditions that ask for another rule's verdict as figures: 1, 0 or NaN."""
    needed = {}
    for metric in {condition.metric for condition in law.conditions if "/" in condition.metric}:
        other, outcome = metric.split("/")
        verdict = classify_figures(figures, other).outcome
        needed[metric] = math.nan if verdict == UNKNOWN else float(verdict == outcome)
    return needed


def _missing(clauses: Sequence[Clause], figures: Mapping[str, float]) -> tuple[str, ...]:
    conditions = [condition for clause in clauses for condition in clause.conditions]
    unknown = [c.words(math.nan) for c in conditions if math.isnan(figures[c.metric])]
    return tuple(dict.fromkeys(unknown))


def _reasons(decided: Clause, law: Rule, figures: Mapping[str, float]) -> tuple[str, ...]:
    """Return why a clause applies; for what remains, why none of the other clauses does."""
    if decided.conditions:
        return tuple(condition.words(figures[condition.metric]) for condition in decided.conditions)
    return tuple(
        f"{clause.name}: {_first_failure(clause, figures)}"
        for clause in law.clauses
        if clause.holds(figures) is False
    )


def _first_failure(clause: Clause, figures: Mapping[str, float]) -> str:
    failed = (c for c in clause.conditions if c.holds(figures[c.metric]) is False)
    condition = next(failed)
    return condition.words(figures[condition.metric])


def classification_table(rule_ids: Sequence[str] = RULES) -> pd.DataFrame:
    """Return the outcome for every chip of the dataset under each rule.

    Returns
    -------
    DataFrame
        One row a chip, one column a rule, texts.
    """
    outcomes = {
        name: [classify(one, rule_id).outcome for rule_id in rule_ids]
        for name, one in chips().items()
    }
    return pd.DataFrame.from_dict(outcomes, orient="index", columns=list(rule_ids)).rename_axis(
        index="chip"
    )


# --- Through time -------------------------------------------------------------------------------

NO_LICENCE = "no licence"
NOTICE = "notice (NAC)"
CASE_BY_CASE = "licence, case by case"
LICENCE = "licence needed"


def in_force(day: str | pd.Timestamp) -> list[str]:
    """Return the ids of those of the four dated rules that were in force on a day."""
    begun = [id_ for id_ in RULES if rule(id_).in_force_from <= pd.Timestamp(day)]
    return [id_ for id_ in begun if REPLACED_BY.get(id_) not in begun]


def licence_on(chip: Chip, day: str | pd.Timestamp) -> str:
    """Say what the sale of a chip to China asked for on a day, by the rules in force.

    Returns
    -------
    str
        :data:`NO_LICENCE`, :data:`NOTICE` (licence exception NAC), :data:`CASE_BY_CASE`,
        :data:`LICENCE` or :data:`UNKNOWN`. Whether a licence was then given is not in the rules.
    """
    verdicts = {id_: classify(chip, id_) for id_ in in_force(day)}
    caught = {id_ for id_, verdict in verdicts.items() if verdict.caught}
    if not caught:
        uncertain = any(verdict.caught is None for verdict in verdicts.values())
        return UNKNOWN if uncertain else NO_LICENCE
    excepted = classify(chip, "exception-nac").outcome == "available"
    # The exception belongs to 3A090 as it stands since October 2023, and to no other rule.
    if excepted and "october-2023" in caught and "april-2025" not in caught:
        return NOTICE
    if "january-2026" in caught and verdicts["january-2026"].clause != OTHERWISE:
        return CASE_BY_CASE
    return LICENCE


# --- Just under the line ----------------------------------------------------------------------


def lines(rule_id: str, metric: str) -> list[float]:
    """Return the thresholds that a rule, or a rule it refers to, sets on a metric, in order."""
    found = set()
    for condition in rule(rule_id).conditions:
        if condition.metric == metric:
            found.add(condition.value)
        elif "/" in condition.metric:
            found.update(lines(condition.metric.split("/")[0], metric))
    return sorted(found)


@dataclass(frozen=True)
class Slack:
    """The line that a chip keeps under: raising ``metric`` from ``figure`` to ``line`` catches it.

    ``margin`` is the distance as a fraction of the line.
    """

    chip: str
    metric: str
    figure: float
    line: float

    @property
    def margin(self) -> float:
        """Distance to the line as a fraction of the line."""
        return 1 - self.figure / self.line


def slack(chip: Chip, rule_id: str) -> Slack | None:
    """Return the smallest rise of a single figure that would get a chip caught.

    Every line of the rule is tried: the chip gets the figure of that line, keeps all its other
    figures, and is classified again.

    Returns
    -------
    Slack or None
        None if the chip is caught already, its verdict is unknown, or no single rise suffices.
    """
    return slack_of(chip.figures, rule_id, chip.name)


def slack_of(figures: Mapping[str, float], rule_id: str, name: str = "A chip") -> Slack | None:
    """Do the same for a set of figures (see :func:`slack`)."""
    return min(slacks(figures, rule_id, name), key=lambda one: one.margin, default=None)


def slacks(figures: Mapping[str, float], rule_id: str, name: str = "A chip") -> list[Slack]:
    """Return for each metric the lowest line that would get a chip caught, all else unchanged.

    Parameters
    ----------
    figures
        A value for every key of :data:`METRICS`, NaN where it is unpublished.
    rule_id
        A rule.
    name
        What to call the chip.

    Returns
    -------
    list of Slack
        One for every metric whose rise alone suffices; none if the chip is caught already or its
        verdict is unknown.
    """
    if classify_figures(figures, rule_id).caught is not False:
        return []
    found = []
    for metric, figure in figures.items():
        above = (line for line in lines(rule_id, metric) if line > figure)
        catching = (n for n in above if classify_figures({**figures, metric: n}, rule_id).caught)
        line = next(catching, None)
        if line is not None:
            found.append(Slack(name, metric, figure, line))
    return found


def just_under(rule_id: str, within: float = 1.0) -> pd.DataFrame:
    """List the chips of the dataset that a rule lets through, nearest to a line first.

    Parameters
    ----------
    rule_id
        A rule.
    within
        Largest margin to list, as a fraction of the line.

    Returns
    -------
    DataFrame
        Columns chip, metric, figure, line, margin (fraction of the line).
    """
    found = [slack(one, rule_id) for one in chips().values()]
    rows = [
        (one.chip, one.metric, one.figure, one.line, one.margin)
        for one in found
        if one is not None and one.margin <= within
    ]
    table = pd.DataFrame(rows, columns=["chip", "metric", "figure", "line", "margin"])
    return table.sort_values("margin", ignore_index=True)


@dataclass(frozen=True)
class Region:
    """A rectangle in the plane of two metrics in which a rule has one outcome."""

    left: float
    right: float
    bottom: float
    top: float
    verdict: Verdict


def changed(figures: Mapping[str, float], **changes: float) -> dict[str, float]:
    """Return figures with some of them changed, and the sum of the bandwidths with them."""
    new = dict(figures) | changes
    both = new["memory_bandwidth"] + new["link_bandwidth"]
    return new | {"memory_plus_link_bandwidth": both}


def regions(
    figures: Mapping[str, float],
    rule_id: str,
    x: str,
    y: str,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    columns: int = 48,
) -> list[Region]:
    """Cut the plane of two metrics at a rule's lines and classify every rectangle.

    The metrics other than ``x`` and ``y`` keep the values in ``figures``. Because nothing changes
    between two lines, one point inside a rectangle speaks for all of it. A line on the sum of
    both metrics runs aslant; it is drawn as a staircase of ``columns`` steps.
    """
    sums = lines(rule_id, SUM) if {x, y} == PARTS_OF_SUM else []
    steps = _geometric_steps(*x_range, columns) if sums else []
    found = []
    for left, right in _cuts([*lines(rule_id, x), *steps], *x_range):
        middle = (left + right) / 2
        for bottom, top in _cuts([*lines(rule_id, y), *(s - middle for s in sums)], *y_range):
            inside = changed(figures, **{x: middle, y: (bottom + top) / 2})
            verdict = classify_figures(inside, rule_id)
            found.append(Region(left, right, bottom, top, verdict))
    return found


def _geometric_steps(low: float, high: float, count: int) -> list[float]:
    """Return ``count`` numbers from ``low`` to ``high`` with the same ratio between neighbours."""
    return [low * (high / low) ** (i / (count - 1)) for i in range(count)]


def _cuts(values: Sequence[float], low: float, high: float) -> list[tuple[float, float]]:
    edges = [low, *sorted({value for value in values if low < value < high}), high]
    return list(itertools.pairwise(edges))


# --- What the figures mean for work: the roofline ----------------------------------------------


def step_seconds(
    tera_operations: float,
    bandwidth_gb_s: float,
    parameters: float,
    tokens: float,
    bytes_per_parameter: float = 1.0,
) -> float:
    """Return the shortest time in which a chip can push ``tokens`` through a model once.

    The roofline model: a step takes as long as the slower of two things, computing (two
    operations per parameter and token) and reading every parameter from memory once. Left out:
    the memory that a conversation itself needs (the key-value cache), the links between chips,
    and everything that keeps real chips below their peak. Source of the model: S. Williams,
    A. Waterman and D. Patterson, Communications of the ACM 52(4), 2009.

    Parameters
    ----------
    tera_operations
        Dense throughput at the precision used, in tera operations per second.
    bandwidth_gb_s
        Memory bandwidth in gigabytes per second.
    parameters
        Parameters that one token uses.
    tokens
        Tokens in the step: prompt length (prefill) or number of conversations (decode).
    bytes_per_parameter
        1 for eight-bit weights.

    Raises
    ------
    ValueError
        If a figure is zero or negative.
    """
    given = (tera_operations, bandwidth_gb_s, parameters, tokens, bytes_per_parameter)
    if any(value <= 0 for value in given):
        raise ValueError("Throughput, bandwidth, parameters, tokens and bytes must be above zero.")
    computing = 2 * parameters * tokens / (tera_operations * 1e12)
    reading = parameters * bytes_per_parameter / (bandwidth_gb_s * 1e9)
    return max(computing, reading)


def tokens_per_second(
    tera_operations: float,
    bandwidth_gb_s: float,
    parameters: float,
    tokens: float,
    bytes_per_parameter: float = 1.0,
) -> float:
    """Return the best possible throughput of one chip in tokens per second.

    With ``tokens`` conversations answered at once it is the rate of decoding; with the ``tokens``
    of a prompt it is the rate of prefill. Arguments as for :func:`step_seconds`.
    """
    return tokens / step_seconds(
        tera_operations, bandwidth_gb_s, parameters, tokens, bytes_per_parameter
    )


def ridge_tokens(
    tera_operations: float, bandwidth_gb_s: float, bytes_per_parameter: float = 1.0
) -> float:
    """Return the number of tokens in a step at which computing and reading take equally long.

    With fewer tokens memory is the limit, with more computing is.
    """
    return tera_operations * 1e12 * bytes_per_parameter / (2 * bandwidth_gb_s * 1e9)


def slowdown_by_link(link: float, reference_link: float, exchange_share: float) -> float:
    """Return how much longer a training step takes with a slower link between chips.

    Computing time stays, and the time for exchanging results grows with
    ``reference_link / link``; the two do not overlap (the worst case).

    Parameters
    ----------
    link, reference_link
        Link bandwidths in the same unit.
    exchange_share
        Share of the step that goes into exchange with the reference link, 0 to 1.

    Returns
    -------
    float
        Time of a step relative to the reference: 1 means equally long.
    """
    if link <= 0 or reference_link <= 0 or not 0 <= exchange_share <= 1:
        raise ValueError("Link bandwidths must be above zero and the share between 0 and 1.")
    return (1 - exchange_share) + exchange_share * reference_link / link

"""The audit of the two articles: every claim that data can decide, decided by code.

`datasets/claims.csv` lists the claims. Here is one small function for each claim that our data can
decide; it returns what it found and the status that follows. A claim without a function is an
opinion, or cannot be checked yet, and its row says why.

A printed figure *holds with rounding* when the computed one, rounded to as many digits as were
printed, is the same; see :func:`judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import cycle

import pandas as pd
from pandas.io.formats.style import Styler

from sputnik_moment import data, export_controls, figures, history, market

HOLDS = "holds"
ROUNDED = "holds with rounding"
CONTRADICTED = "contradicted"
OPINION = "opinion"
OPEN = "cannot be checked yet"
STATUSES = (HOLDS, ROUNDED, CONTRADICTED, OPEN, OPINION)
NO_VERDICT = "no verdict yet"

SHOCK = pd.Timestamp("2025-01-27")
BEFORE = pd.Timestamp("2025-01-24")
CNBC_CLOSE = 118.58
ARTICLES_END = pd.Timestamp("2025-01-31")
"""The articles speak about the days up to here; what came later cannot have been meant."""


@dataclass(frozen=True)
class Finding:
    """What the data say about a claim: the status that follows, and the evidence in words."""

    status: str
    evidence: str


CHECKS: dict[str, Callable[[], Finding]] = {}
"""Claim id to the function that decides it."""


def decides(claim: str) -> Callable:
    """Register a function as the check of a claim."""

    def register(function: Callable[[], Finding]) -> Callable[[], Finding]:
        CHECKS[claim] = function
        return function

    return register


def judge(printed: float, *computed: float, decimals: int = 0) -> str:
    """Compare a printed figure with one or more computed ones.

    Parameters
    ----------
    printed
        The figure as printed.
    *computed
        What the data give; several where sources disagree.
    decimals
        Digits printed after the decimal point.

    Returns
    -------
    str
        :data:`HOLDS` if a computed figure equals the printed one, :data:`ROUNDED` if it does so
        after rounding to ``decimals``, and :data:`CONTRADICTED` otherwise.
    """
    if any(abs(value - printed) < 1e-9 for value in computed):
        return HOLDS
    if any(round(value, decimals) == round(printed, decimals) for value in computed):
        return ROUNDED
    return CONTRADICTED


def audit() -> pd.DataFrame:
    """Run every check and put the result beside the claim.

    Returns
    -------
    DataFrame
        One row a claim, indexed by claim id: ``article``, ``claim`` (in our words), ``decided_by``
        (``"code"`` or ``"reader"``), ``status`` and ``evidence``.
    """
    ledger = data.load("claims").set_index("id")
    findings = {claim: check() for claim, check in CHECKS.items()}
    by_code = pd.Series(ledger.index.isin(list(findings)), ledger.index)
    found = pd.DataFrame(
        {
            "status": {claim: finding.status for claim, finding in findings.items()},
            "evidence": {claim: finding.evidence for claim, finding in findings.items()},
        }
    ).reindex(ledger.index)
    return pd.DataFrame(
        {
            "article": ledger["article"],
            "claim": ledger["claim_en"],
            "decided_by": by_code.map({True: "code", False: "reader"}),
            "status": found["status"].fillna(ledger["status"]),
            "evidence": found["evidence"].fillna(ledger["reason"]),
        }
    )


def compare(verdicts: Mapping[str, object], believed: Mapping[str, str]) -> pd.DataFrame:
    """Put a reader's verdicts between what they believed and what the audit says.

    Parameters
    ----------
    verdicts
        Claim id to one of the statuses; anything else, such as ``...``, counts as no verdict yet.
    believed
        Claim id to a belief, as :func:`sputnik_moment.beliefs.recall` returns them.

    Returns
    -------
    DataFrame
        One row for each claim of ``verdicts``: ``claim``, ``you believed``, ``your verdict`` and
        ``the ledger``, which says nothing of a claim without a verdict.

    Raises
    ------
    TypeError
        If the verdicts are no dictionary.
    KeyError
        If a claim is not in the ledger.
    """
    if not isinstance(verdicts, Mapping):
        raise TypeError(
            "The verdicts are no dictionary any more: keep the names of the claims, and put a text "
            "behind each."
        )
    table = audit().loc[list(verdicts), ["claim", "status"]]
    said = [_status(verdict) for verdict in verdicts.values()]
    table.insert(1, "you believed", [believed.get(claim, "not recorded") for claim in table.index])
    table.insert(2, "your verdict", said)
    # A reader who has not decided yet should not read the answer here.
    table["status"] = table["status"].where(table["your verdict"] != NO_VERDICT, "decide first")
    return table.rename(columns={"status": "the ledger"})


def _status(verdict: object) -> str:
    word = str(verdict).strip().lower()
    return word if word in STATUSES else NO_VERDICT


def readable(table: pd.DataFrame) -> Styler:
    """Set a table of sentences flush left, with its index as a column like the others.

    A number has the digits that it needs: 118.58 and 596, where pandas would write six decimals.
    A named index would put a second row of headings, most of them empty, under the first; a
    screen reader stops at every one.
    """
    looks = {"text-align": "left", "vertical-align": "top"}
    style = table.reset_index().style.hide(axis="index").set_properties(**looks)
    style = style.format(lambda value: f"{value:.10g}" if isinstance(value, float) else value)
    heads = [{"selector": "th", "props": list(looks.items())}]
    # A name of its own, always the same: built pages do not change from run to run.
    return style.set_table_styles(heads).set_uuid(f"claims-{len(table)}-{len(table.columns)}")


def chart(counts: pd.DataFrame, alt: str) -> None:
    """Show counts of claims as stacked bars, every part with its number.

    Parameters
    ----------
    counts
        One row a bar, one column a status, as ``pd.crosstab`` returns them.
    alt
        What a reader who cannot see the chart should know.
    """
    fig, ax = figures.new(width=7, height=1.4 + 0.45 * len(counts))
    order = [status for status in STATUSES if status in counts]
    order += [other for other in counts if other not in STATUSES]
    left = pd.Series(0, counts.index)
    looks = zip(cycle(figures.HATCHES), cycle(figures.PALETTE.values()), strict=False)
    for status, (hatch, colour) in zip(order, looks, strict=False):
        parts = ax.barh(
            counts.index, counts[status], left=left, hatch=hatch, color=colour, edgecolor="white"
        )
        parts.set_label(status)
        numbers = [f"{number}" if number else "" for number in counts[status]]
        ax.bar_label(
            parts, numbers, label_type="center", bbox={"fc": "white", "ec": "none", "pad": 1}
        )
        left = left + counts[status]
    ax.set(xlabel="number of claims", ylabel=counts.index.name)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.invert_yaxis()
    fig.legend(loc="outside upper left", ncols=3)
    figures.show(fig, alt=alt)


# --- The market -------------------------------------------------------------------------------


def _fall(ticker: str) -> float:
    """Return a share's return on the day, in per cent."""
    closes = market.wide(data.load("market_closes"), "close")[ticker]
    return 100 * market.simple_return(closes[BEFORE], closes[SHOCK])


def _returns_by_group() -> pd.DataFrame:
    firms = data.load("tickers").query("kind == 'share'").set_index("ticker")
    returns = market.returns(market.wide(data.load("market_closes"), "adj_close"))
    return firms.assign(change=100 * returns.loc[SHOCK].reindex(firms.index))


def _share_counts(ticker: str) -> list[float]:
    """Return the share counts of the months around the day, in billions."""
    counts = data.load("share_counts")
    counts = counts[counts["ticker"] == ticker]
    return (counts.loc[counts["as_of"] <= "2025-01-31", "shares"] / 1e9).tolist()


def _lost(ticker: str, close_after: float | None = None) -> list[float]:
    """Return the market value lost on the day, in billion dollars, one for each share count."""
    closes = market.wide(data.load("market_closes"), "close")[ticker]
    after = closes[SHOCK] if close_after is None else close_after
    return [(closes[BEFORE] - after) * count for count in _share_counts(ticker)]


def _change(claim: str, ticker: str, printed: float) -> None:
    @decides(claim)
    def check() -> Finding:
        fall = _fall(ticker)
        return Finding(judge(printed, fall), f"{fall:.2f} % from close to close.")


_change("nvda-17", "NVDA", -17)
_change("nvda-17-for-a-time", "NVDA", -17)
_change("avgo-17", "AVGO", -17)


@decides("nvda-589")
def _nvda_589() -> Finding:
    printed_close, vendors_close = _lost("NVDA", CNBC_CLOSE)[0], _lost("NVDA")[0]
    text = (
        f"{vendors_close:.1f} bn with the close of all price files; {printed_close:.1f} with the "
        "close that CNBC printed, which none of them has."
    )
    return Finding(judge(589, vendors_close), text)


@decides("avgo-200")
def _avgo_200() -> Finding:
    lost = _lost("AVGO")
    text = f"{lost[0]:.1f} or {lost[1]:.1f} bn, depending on the share count."
    return Finding(judge(200, *lost), text)


@decides("record-loss")
def _record_loss() -> Finding:
    lists = [
        data.load("largest_losses_reported")["loss_usd_bn"],
        -data.load("largest_losses_computed")["change_usd_bn"],
    ]
    others = [series[series.index != SHOCK].max() for series in lists]
    own, largest = _lost("NVDA")[0], max(others)
    status = HOLDS if own > largest else CONTRADICTED
    return Finding(
        status, f"{own:.1f} bn; the largest on any other day of our lists is {largest:.1f}."
    )


@decides("three-8-7")
def _three() -> Finding:
    falls = {ticker: _fall(ticker) for ticker in ("ORCL", "DELL", "SMCI")}
    smallest = max(falls.values())
    status = HOLDS if smallest <= -8.7 else judge(-8.7, smallest, decimals=1)
    return Finding(status, ", ".join(f"{name} {fall:.3f} %" for name, fall in falls.items()) + ".")


@decides("others-fell")
def _others_fell() -> Finding:
    others = _returns_by_group().query("group == 'chips' and ticker != 'NVDA'")["change"]
    status = HOLDS if others.median() < 0 else CONTRADICTED
    return Finding(status, f"{(others < 0).sum()} of {len(others)} other chip firms fell.")


@decides("all-chips-fell")
def _all_chips_fell() -> Finding:
    chips = _returns_by_group().query("group == 'chips'")["change"]
    status = HOLDS if (chips < 0).all() else CONTRADICTED
    return Finding(status, f"From {chips.max():.1f} to {chips.min():.1f} %.")


@decides("whole-industry")
def _whole_industry() -> Finding:
    rose = _returns_by_group().query("change > 0").sort_values("change", ascending=False)
    named = ", ".join(f"{row['name']} {row['change']:+.1f} %" for _, row in rose.head(3).iterrows())
    status = CONTRADICTED if len(rose) else HOLDS
    return Finding(status, f"{len(rose)} of our firms rose: {named} and others.")


@decides("market-shaken")
def _market_shaken() -> Finding:
    returns = market.returns(market.wide(data.load("market_closes"), "adj_close"))
    ranks = {name: market.rank_of_day(returns[name], SHOCK) for name in ("^SOX", "^IXIC", "^GSPC")}
    # "Shaken" is taken as: among the worst five of a hundred days, for a broad index.
    status = HOLDS if ranks["^IXIC"].share_as_bad < 0.05 else CONTRADICTED
    text = ", ".join(f"{name} {100 * rank.value:.2f} %" for name, rank in ranks.items())
    return Finding(status, f"{text}; worse days of the Nasdaq: {ranks['^IXIC'].share_as_bad:.1%}.")


@decides("days-of-swings")
def _days_of_swings() -> Finding:
    nvda = market.returns(market.wide(data.load("market_closes"), "adj_close"))["NVDA"].dropna()
    week, usual = nvda[SHOCK:ARTICLES_END], nvda[:BEFORE].iloc[-250:]
    status = HOLDS if week.abs().mean() > 2 * usual.abs().mean() else CONTRADICTED
    moves = ", ".join(f"{100 * move:+.1f}" for move in week)
    return Finding(status, f"{moves} %; on a usual day {100 * usual.abs().mean():.1f}.")


@decides("right-after")
def _right_after() -> Finding:
    release = data.load("ai_models").set_index("model").loc["DeepSeek-R1", "release_date"]
    days = history.days_between(release, SHOCK)
    status = HOLDS if days <= 1 else CONTRADICTED
    return Finding(status, f"R1 came out on {release:%d %B %Y}, {days} days before the fall.")


def printed_and_computed() -> pd.DataFrame:
    """Return figures of the first article beside what the data give.

    Returns
    -------
    DataFrame
        ``claim``, ``printed`` and ``computed`` (per cent, or billion US dollars) and ``evidence``:
        a claim has two rows where two pieces of evidence disagree.
    """
    october, january = _lost("AVGO")
    rows = [
        ("Nvidia fell by 17 %", -17, _fall("NVDA"), "vendors' closes"),
        ("Broadcom fell by 17 %", -17, _fall("AVGO"), "vendors' closes"),
        ("Nvidia lost 589 bn", 589, _lost("NVDA")[0], "vendors' closes"),
        ("Nvidia lost 589 bn", 589, _lost("NVDA", CNBC_CLOSE)[0], "the close that CNBC printed"),
        ("Broadcom lost 200 bn", 200, october, "share count of October 2024"),
        ("Broadcom lost 200 bn", 200, january, "share count of January 2025"),
    ]
    return pd.DataFrame(rows, columns=["claim", "printed", "computed", "evidence"])


# --- Jensen Huang's fortune -------------------------------------------------------------------


def _huang(printed: float, decimals: int) -> Finding:
    reported = data.load("reported_figures").set_index("id")["value"]
    stake = reported["huang-stake"] / 100
    implied = stake * _lost("NVDA")[0]
    published = [reported["huang-forbes"], reported["huang-bloomberg"]]
    text = (
        f"{100 * stake:.1f} % of the value lost is {implied:.1f} bn; Forbes and Bloomberg print "
        f"{published[0]} and {published[1]}."
    )
    return Finding(judge(printed, implied, *published, decimals=decimals), text)


@decides("huang-21")
def _huang_21() -> Finding:
    return _huang(21, 0)


@decides("huang-2-1")
def _huang_2_1() -> Finding:
    return _huang(2.1, 1)


# --- Models -----------------------------------------------------------------------------------


def _models() -> pd.DataFrame:
    return data.load("ai_models").set_index("model")


@decides("r1-open")
def _r1_open() -> Finding:
    model = _models().loc["DeepSeek-R1"]
    return Finding(HOLDS if model["open_weights"] else CONTRADICTED, f"{model['licence']}.")


@decides("o1-parity")
def _o1_parity() -> Finding:
    results = data.load("benchmark_results").query("table == 'r1-table-4'")
    pair = results.pivot(index=["benchmark", "metric"], columns="model", values="value")
    lead = (pair["DeepSeek-R1"] - pair["OpenAI-o1-1217"]).dropna()
    ahead, behind = (lead > 0).sum(), (lead < 0).sum()
    # "As well as" prints no figure that could be rounded: neither may win clearly more often.
    status = HOLDS if abs(ahead - behind) <= len(lead) / 3 else CONTRADICTED
    return Finding(
        status,
        f"In the maker's table ahead on {ahead} and behind on {behind} of {len(lead)} tests.",
    )


@decides("openai-open-models")
def _openai_open_models() -> Finding:
    models = _models()
    openai = models[(models["organisation"] == "OpenAI") & (models["release_date"] < SHOCK)]
    status = HOLDS if openai["open_weights"].any() else CONTRADICTED
    return Finding(status, f"{openai['open_weights'].sum()} of {len(openai)} can be downloaded.")


@decides("small-models")
def _small_models() -> Finding:
    models = _models()
    r1, llama = models["parameters_total"][["DeepSeek-R1", "Llama 3.1 405B"]] / 1e9
    active = models.loc["DeepSeek-R1", "parameters_active"] / 1e9
    status = CONTRADICTED if r1 > llama else HOLDS
    return Finding(
        status,
        f"R1 has {r1:.0f} bn parameters, Llama 3.1 {llama:.0f}; {active:.0f} bn of R1's work on "
        "each token.",
    )


def _released_after_the_shock(claim: str, organisation: str) -> None:
    @decides(claim)
    def check() -> Finding:
        models = _models()[_models()["organisation"] == organisation]
        released = models[models["release_date"] >= SHOCK]
        first = released["release_date"].min()
        status = HOLDS if first <= ARTICLES_END else CONTRADICTED
        late = "" if first <= ARTICLES_END else ", after the article that says so"
        return Finding(status, f"{released['release_date'].idxmin()}, {first:%d %B %Y}{late}.")


_released_after_the_shock("alibaba-model", "Alibaba")
_released_after_the_shock("baidu-model", "Baidu")


@decides("what-distillation-is")
def _what_distillation_is() -> Finding:
    models = _models()
    distilled = models[models.index.str.startswith("DeepSeek-R1-Distill")]["parameters_total"]
    teacher = models.loc["DeepSeek-R1", "parameters_total"]
    status = HOLDS if len(distilled) and (distilled < teacher).all() else CONTRADICTED
    return Finding(status, f"{len(distilled)} smaller models learned from R1's texts (lesson 02).")


# --- Rules and chips --------------------------------------------------------------------------


@decides("us-limits-chips")
def _us_limits_chips() -> Finding:
    rules = export_controls.in_force(SHOCK)
    best = export_controls.licence_on(export_controls.chip("H100 SXM"), SHOCK)
    status = HOLDS if best == export_controls.LICENCE else CONTRADICTED
    return Finding(status, f"In force: {', '.join(rules)}. H100: {best}.")


@decides("low-spec-gpus")
def _low_spec_gpus() -> Finding:
    h800, h100 = (export_controls.chip(name).tpp for name in ("H800 SXM", "H100 SXM"))
    status = CONTRADICTED if h800 == h100 else HOLDS
    return Finding(
        status,
        f"The H800 has a TPP of {h800:,.0f}, the H100 of {h100:,.0f}. Only its links are slower: "
        "low-spec fits the links, not the chip.",
    )


@decides("no-fast-chips")
def _no_fast_chips() -> Finding:
    h800, h100 = (export_controls.chip(name).tpp for name in ("H800 SXM", "H100 SXM"))
    count = _models().loc["DeepSeek-V3", "gpu_count"]
    status = CONTRADICTED if h800 == h100 else HOLDS
    same = "the same TPP as" if h800 == h100 else "another TPP than"
    return Finding(status, f"V3 was trained on {count:,} H800, with {same} the H100.")


@decides("tighter-exports")
def _tighter_exports() -> Finding:
    timeline = data.load("export_timeline").set_index("id")["announced"]
    days = history.days_between(SHOCK, timeline["april-2025"])
    status = HOLDS if 0 < days < 365 else CONTRADICTED
    return Finding(
        status, f"The H20 needed a licence {days} days later; in July it was let go again."
    )


# --- Before and after -------------------------------------------------------------------------


@decides("stargate-after")
def _stargate_after() -> Finding:
    announced = data.load("policy_responses").set_index("id")["announced"]["stargate"]
    days = history.days_between(announced, SHOCK)
    status = CONTRADICTED if days > 0 else HOLDS
    return Finding(status, f"Announced {days} days before the shock, the fall of {SHOCK:%d %B %Y}.")


@decides("sputnik-first")
def _sputnik_first() -> Finding:
    first = data.load("launches").iloc[0]
    status = HOLDS if first["country"] == "USSR" and first.name.year == 1957 else CONTRADICTED
    return Finding(status, f"The log begins on {first.name:%d %B %Y}: {first['country']}.")


@decides("space-race")
def _space_race() -> Finding:
    log = data.load("launches")
    counts = history.yearly_counts(log.index)["all"]
    status = HOLDS if counts[1958] > counts[1957] and counts[1964] > counts[1958] else CONTRADICTED
    return Finding(
        status, f"Launches: {counts[1957]} in 1957, {counts[1958]} in 1958, {counts[1964]} in 1964."
    )


@decides("andreessen")
def _andreessen() -> Finding:
    said = data.load("sputnik_moment_claims").set_index("id").loc["andreessen"]
    status = HOLDS if said["about"].startswith("DeepSeek") else CONTRADICTED
    return Finding(status, f"{said['speaker']}, {said['when']}, about {said['about']}.")


@decides("nvidia-praise")
def _nvidia_praise() -> Finding:
    events = data.load("ai_timeline")["event"]
    found = events[events.str.startswith("Nvidia calls R1")]
    return Finding(HOLDS if len(found) else CONTRADICTED, " ".join(found))


# --- Forecasts --------------------------------------------------------------------------------


@decides("demand-rises")
def _demand_rises() -> Finding:
    quarters = data.load("nvidia_revenue").query("period != 'year'")
    revenue = quarters["data_centre_revenue_usd_m"] / 1e3
    known = revenue[(quarters["fiscal_year"] == 2025) & (quarters["period"] == "Q4")].iloc[0]
    latest = revenue.iloc[-1]
    status = HOLDS if latest > known else CONTRADICTED
    return Finding(
        status,
        f"Nvidia's data-centre revenue: {known:.1f} bn in the quarter of the shock, {latest:.1f} "
        "in the latest of our table.",
    )

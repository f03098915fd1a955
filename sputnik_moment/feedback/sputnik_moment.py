"""The checks of lesson 01: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sputnik_moment import data, history
from sputnik_moment.feedback import Exercise, Mistake

SPUTNIK = "1957-10-04"
FIRST_SESSION = "1957-10-07"
SHOCK = "2025-01-27"
R1_RELEASE = "2025-01-20"


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    nasa = data.load("nasa_outlays").set_index("fiscal_year")
    research = data.load("rd_spending").query("series == 'rd_share' and country == 'USA'")
    return [
        _launch_counts(),
        _nasa_share(nasa),
        _real_dollars(nasa),
        _pre_trend(research.set_index("year")["value"]),
        _degree_trap(),
        _stale_closes(),
        _days_to_response(),
        _before_or_after(),
        _scorecard(),
    ]


def _small_log() -> pd.DataFrame:
    """Return a log with a year without any launch, failures, and a country that starts late."""
    rows = [
        ("2001-03-01", "A", "success"),
        ("2001-07-01", "A", "failure"),
        ("2001-08-01", "B", "success"),
        ("2002-01-31", "A", "partial"),
        ("2004-02-01", "A", "success"),
        ("2004-05-01", "A", "failure"),
        ("2004-09-01", "A", "success"),
        ("2005-12-31", "B", "failure"),
    ]
    frame = pd.DataFrame(rows, columns=["date", "country", "outcome"])
    return frame.assign(date=pd.to_datetime(frame["date"])).set_index("date")


def _per_year(log: pd.DataFrame, chosen: np.ndarray, fill: float | None = 0) -> pd.Series:
    years = log.index.year
    counts = pd.Series(years[chosen]).value_counts().sort_index()
    return (
        counts
        if fill is None
        else counts.reindex(range(years.min(), years.max() + 1), fill_value=fill)
    )


def _launch_counts() -> Exercise:
    log = _small_log()
    return Exercise(
        id="launch-counts",
        section="2. Was America behind?",
        right=lambda log, country: _per_year(log, log["country"] == country),
        calls=[(log, "A"), (log, "B")],
        mistakes=[
            Mistake(
                "successes-only",
                lambda log, country: _per_year(
                    log, (log["country"] == country) & (log["outcome"] == "success")
                ),
                "You count only the successes. An attempt that fails is an attempt too: leave the "
                "column `outcome` alone.",
            ),
            Mistake(
                "empty-years-missing",
                lambda log, country: _per_year(log, log["country"] == country, fill=None),
                "The counts are right, but the years without a launch are gone. In a chart a gap "
                "would look like the years around it: put a 0 there, with `reindex`.",
                nearly=True,
            ),
            Mistake(
                "nan-instead-of-zero",
                lambda log, country: _per_year(log, log["country"] == country, fill=np.nan),
                "The years are complete, but the empty ones hold NaN. No launch is a known number: "
                "use `fill_value=0`.",
                nearly=True,
            ),
            Mistake(
                "all-countries",
                lambda log, country: _per_year(log, np.ones(len(log), dtype=bool)),
                "You count the launches of all countries together. Choose the rows of one country "
                "first.",
            ),
            Mistake(
                "years-of-the-country-only",
                lambda log, country: _own_years(log, country),
                "The years run from the first to the last launch *of this country*. Two countries "
                "can only be compared over the same years: take those of the whole log.",
                nearly=True,
            ),
        ],
        praise="Failures counted, quiet years kept: now two countries can stand side by side.",
        otherwise="Try it on the log itself: `launches_per_year(log, 'USSR')` should begin with 2 "
        "in 1957 and 5 in 1958.",
        hints=[
            "Three steps: choose the rows of the country, count them by year, fill the gaps.",
            "`log.index.year` gives the year of every row; `value_counts()` counts.",
            "At the end: `.reindex(range(years.min(), years.max() + 1), fill_value=0)`, with "
            "`years = log.index.year` of the whole log.",
        ],
    )


def _own_years(log: pd.DataFrame, country: str) -> pd.Series:
    own = log[log["country"] == country]
    return _per_year(own, np.ones(len(own), dtype=bool))


def _nasa_share(nasa: pd.DataFrame) -> Exercise:
    outlays = nasa["outlays_usd_m"]
    share = history.share(outlays, nasa["federal_outlays_usd_m"])
    of_gdp = (outlays / nasa["gdp_usd_m"]).dropna()
    upside_down = nasa["federal_outlays_usd_m"] / outlays
    most_dollars = int(outlays.idxmax())
    year, peak = int(share.idxmax()), float(share.max())
    return Exercise(
        id="nasa-share",
        section="3. How much money, in which dollars?",
        right=(year, peak),
        tolerance=1e-4,
        near=4e-4,  # a neighbouring year differs by 5e-4, and is not "almost right"
        mistakes=[
            Mistake(
                "per-cent",
                (year, 100 * peak),
                "Year and share are right, but in per cent. Shares are fractions here: leave out "
                "the factor 100.",
                nearly=True,
            ),
            Mistake(
                "share-of-gdp",
                (int(of_gdp.idxmax()), float(of_gdp.max())),
                "This is the share of the whole economy (GDP). Asked is the share of what the "
                "*federal government* paid out.",
            ),
            Mistake(
                "most-dollars",
                (most_dollars, float(share[most_dollars])),
                "This is the year with the most dollars. Prices and the whole budget grew too: "
                "compute the share of every year first, and then look for the largest.",
            ),
            Mistake(
                "upside-down",
                (int(upside_down.idxmax()), float(upside_down.max())),
                "You divided the whole by the part. A share is part over whole.",
            ),
            Mistake(
                "share-before-year",
                (peak, year),
                "Both numbers are right, in the other order: `(year, share)`.",
                nearly=True,
            ),
            Mistake(
                "dollars-instead-of-share",
                (year, float(outlays[year])),
                "The year is right. The second number is in dollars: divide it by the federal "
                "outlays of that year.",
            ),
        ],
        praise=f"One federal dollar in {1 / peak:.0f}, in the middle of the 1960s.",
        otherwise="Divide one column by the other, year by year; then find the largest share and "
        "its year.",
        hints=[
            "Two columns of `nasa`: `outlays_usd_m` and `federal_outlays_usd_m`.",
            "`nasa_share = nasa['outlays_usd_m'] / nasa['federal_outlays_usd_m']` gives all years.",
            "`nasa_peak = (nasa_share.idxmax(), nasa_share.max())`.",
        ],
    )


def _real_dollars(nasa: pd.DataFrame) -> Exercise:
    nominal = nasa.loc[1966, "outlays_usd_m"] / 1000
    index = nasa["gdp_price_index"]
    own = nasa.loc[1966, "outlays_2020_usd_m_nasa_index"] / 1000
    bought = nominal * index[2020] / index[1966]
    return Exercise(
        id="real-dollars",
        section="3. How much money, in which dollars?",
        right=(bought, own),
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "indices-swapped",
                (own, bought),
                "Both amounts are right, and each answers the other question. What *else* could be "
                "bought depends on the prices of everything; the *same programme* on NASA's own.",
            ),
            Mistake(
                "base-forgotten",
                (nominal / index[1966], own),
                "The first amount is in dollars of 2012, because the index is 1 in 2012. Multiply "
                "by the index of 2020.",
                nearly=True,
            ),
            Mistake(
                "wrong-way-round",
                (nominal * index[1966] / index[2020], own),
                "The first amount is smaller than what was paid in 1966. Old dollars bought more, "
                "so it must grow: turn the fraction of the two index values round.",
            ),
            Mistake(
                "millions",
                (bought * 1000, own * 1000),
                "Both are right in millions of dollars. Billions are asked for: divide by 1000.",
                nearly=True,
            ),
            Mistake(
                "not-deflated",
                (nominal, own),
                "The first amount is still in dollars of 1966. Restate it with `gdp_price_index`.",
            ),
            Mistake(
                "one-index-for-both",
                (bought, bought),
                "The same index twice. NASA's programme would have to be paid at the prices of "
                "what NASA buys.",
            ),
            Mistake(
                "one-index-for-both",
                (own, own),
                "The same index twice. What else could have been bought depends on the prices of "
                "the whole economy.",
            ),
        ],
        praise=f"{bought:.0f} and {own:.0f} billion, from the same payments: name the index.",
        otherwise="First question: outlays of 1966 times index of 2020 over index of 1966. Second: "
        "read the restated column. Both in billions.",
        hints=[
            "The row of 1966 is `nasa.loc[1966]`; the amounts are in millions.",
            "For the first question: `nasa.loc[1966, 'outlays_usd_m'] * index[2020] / index[1966]` "
            "with `index = nasa['gdp_price_index']`.",
            "For the second: `nasa.loc[1966, 'outlays_2020_usd_m_nasa_index']`. Divide both by "
            "1000.",
        ],
    )


def _pre_trend(rd: pd.Series) -> Exercise:
    def slope(first: int, last: int) -> float:
        return history.trend(rd.loc[first:last]).slope

    def ends(first: int, last: int) -> float:
        return float((rd[last] - rd[first]) / (last - first))

    before, after = slope(1953, 1957), slope(1958, 1964)
    logs = np.log(rd)
    return Exercise(
        id="pre-trend",
        section="4. A response, or a trend that was there before?",
        right=(before, after),
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "swapped",
                (after, before),
                "Both slopes are right, in the other order: before first.",
                nearly=True,
            ),
            Mistake(
                "first-and-last-year",
                (ends(1953, 1957), ends(1958, 1964)),
                "You used only the first and the last year of each span. Close, but one odd year "
                "at an end would spoil it: a least-squares line uses all years.",
                nearly=True,
            ),
            Mistake(
                "change-not-per-year",
                (float(rd[1957] - rd[1953]), float(rd[1964] - rd[1958])),
                "These are the whole changes. The spans have different lengths, so compare the "
                "changes *per year*.",
            ),
            Mistake(
                "spans-overlap",
                (before, slope(1957, 1964)),
                "The first slope is right. The second begins in 1957, a year that you have counted "
                "as before already: begin in 1958.",
                nearly=True,
            ),
            Mistake(
                "one-line-for-all",
                (slope(1953, 1964), slope(1953, 1964)),
                "This is one line through all years. Then before and after cannot differ.",
            ),
            Mistake(
                "growth-rates",
                (
                    history.trend(logs.loc[1953:1957]).slope,
                    history.trend(logs.loc[1958:1964]).slope,
                ),
                "These are growth rates, from logarithms. Asked are percentage points of GDP per "
                "year: fit the line to `rd` itself.",
            ),
            Mistake(
                "intercept",
                (
                    history.trend(rd.loc[1953:1957]).intercept,
                    history.trend(rd.loc[1958:1964]).intercept,
                ),
                "These are the intercepts, the height of the lines in the year 0. `np.polyfit` "
                "gives the slope first.",
            ),
        ],
        praise=f"{before:.2f} points a year before Sputnik and {after:.2f} after it.",
        otherwise="`history.trend(rd.loc[1953:1957])` fits a line; it has a `slope`.",
        hints=[
            "`rd.loc[1953:1957]` takes the five years before. With `.loc` the last one is "
            "included.",
            "`history.trend(...)` and `np.polyfit(years, values, 1)` both fit a least-squares "
            "line.",
            "`slopes = (history.trend(rd.loc[1953:1957]).slope, "
            "history.trend(rd.loc[1958:1964]).slope)`.",
        ],
    )


def _compared(shift_before: int, shift_after: int) -> Callable[..., float]:
    """Compare four classes after with four before, both counted from shifted event years."""

    def change(degrees: pd.Series, event_year: int, years_to_degree: int = 4) -> float:
        first = event_year + shift_before * years_to_degree
        second = event_year + shift_after * years_to_degree
        before = degrees.loc[first - 3 : first].mean()
        return degrees.loc[second + 1 : second + 4].mean() / before - 1

    return change


def _degree_trap() -> Exercise:
    # No two windows of this series have the same mean, so that every mistake can be told.
    years = range(1940, 1975)
    degrees = pd.Series([100.0 + 7 * k + (k % 5) ** 3 for k in range(len(years))], index=years)
    right = _compared(1, 1)
    return Exercise(
        id="degree-trap",
        section="4. A response, or a trend that was there before?",
        right=right,
        calls=[(degrees, 1957, 4), (degrees, 1955, 5)],
        mistakes=[
            Mistake(
                "as-given",
                _compared(0, 0),
                "The function still compares classes by the year in which they graduated. Who "
                "graduated in 1958 had chosen in 1954.",
            ),
            Mistake(
                "only-after-moved",
                _compared(0, 1),
                "You moved the classes after the event, but not those before it. The classes in "
                "between had also chosen before the event.",
            ),
            Mistake(
                "moved-backwards",
                _compared(-1, -1),
                "You moved the wrong way. The degree comes `years_to_degree` years *after* the "
                "choice.",
            ),
            Mistake(
                "event-year-counted-as-after",
                lambda degrees, event_year, years_to_degree=4: right(
                    degrees, event_year - 1, years_to_degree
                ),
                "Almost. The class that entered in the year of the event had begun in September, "
                "before October: it belongs to the time before.",
                nearly=True,
            ),
            Mistake(
                "divided-by-after",
                lambda degrees, event_year, years_to_degree=4: (
                    1 - 1 / (1 + right(degrees, event_year, years_to_degree))
                ),
                "The classes are right. But a change is a share of where you started: divide by "
                "the mean *before*.",
                nearly=True,
            ),
            Mistake(
                "four-typed-in",
                lambda degrees, event_year, years_to_degree=4: right(degrees, event_year, 4),
                "Right for a degree of four years. The check also tries five: use "
                "`years_to_degree`, not the number 4.",
                nearly=True,
            ),
        ],
        praise="An effect cannot come before those who could show it.",
        otherwise="Write the years of both windows on paper for an event in 1957: before should be "
        "1958 to 1961, after 1962 to 1965.",
        hints=[
            "Which class entered in the autumn of 1957, and when did it graduate? That is the last "
            "class before.",
            "Begin with `last = event_year + years_to_degree`, the last class that had chosen "
            "before.",
            "`before = degrees.loc[last - 3 : last].mean()` and "
            "`after = degrees.loc[last + 1 : last + 4].mean()`.",
        ],
    )


def _stale_closes() -> Exercise:
    days = pd.date_range("2001-01-01", periods=8, freq="D")
    # Repeats: honest (day 2), stale (3), stale though both agree (5), and a plain error (7).
    close = pd.Series([10.0, 10.0, 10.0, 11.0, 11.0, 12.0, 12.5, 13.0], index=days)
    other = pd.Series([10.0, 10.0, 10.2, 10.8, 11.0, 12.0, 12.0, 13.0], index=days)
    return Exercise(
        id="stale-closes",
        section="5. Did the market panic?",
        right=lambda close, other: (close.diff() == 0) & (other.diff() != 0),
        calls=[(close, other), (other, close)],
        mistakes=[
            Mistake(
                "every-repeat",
                lambda close, other: close.diff() == 0,
                "You mark every repeat. Prices do stay the same now and then: it is stale only "
                "when the other source moves.",
            ),
            Mistake(
                "every-difference",
                lambda close, other: close != other,
                "You mark every day on which the two sources differ. That may be a typing slip. A "
                "stale close *repeats* the day before.",
            ),
            Mistake(
                "repeat-and-differ",
                lambda close, other: (close.diff() == 0) & (close != other),
                "Almost. You ask whether the values differ *today*; the question is whether the "
                "other source *changed* since yesterday, even if it now agrees.",
                nearly=True,
            ),
            Mistake(
                "either-one",
                lambda close, other: (close.diff() == 0) | (other.diff() != 0),
                "Both must be true at once: the close repeats *and* the other moves. `&` means "
                "and, `|` means or.",
            ),
            Mistake(
                "sources-swapped",
                lambda close, other: (other.diff() == 0) & (close.diff() != 0),
                "You test the other source. The repeats should be in `close`.",
                nearly=True,
            ),
            Mistake(
                "both-repeat",
                lambda close, other: (close.diff() == 0) & (other.diff() == 0),
                "These are the honest repeats, where both sources stand still. You want those "
                "where the other one moves.",
            ),
        ],
        praise="A repeat and a second witness: that is what makes it stale.",
        otherwise="Return a Series of True and False with one entry per day. `close.diff()` is the "
        "change since the day before.",
        hints=[
            "Two questions per day: did `close` stay the same? did `other` change?",
            "`close.diff() == 0` answers the first, `other.diff() != 0` the second.",
            "Join them with `&`, each in its own brackets.",
        ],
    )


def _days_to_response() -> Exercise:
    signed = ("1958-07-29", "1958-09-02")

    def since(start: str) -> tuple[int, ...]:
        return tuple(history.days_between(start, day) for day in signed)

    right = since(SPUTNIK)
    return Exercise(
        id="days-to-response",
        section="6. 1957 and 2025 on one axis",
        right=right,
        near=1e-6,  # a day is a day: 299 is not a rounded 298
        mistakes=[
            Mistake(
                "both-ends-counted",
                tuple(days + 1 for days in right),
                "One day too many each: from a day to the next is 1, so the launch day itself does "
                "not count.",
                nearly=True,
            ),
            Mistake(
                "from-first-session",
                since(FIRST_SESSION),
                "You count from Monday 7 October, when the Exchange opened again. For Congress the "
                "event is the launch, on the 4th.",
            ),
            Mistake(
                "nasa-opened",
                (history.days_between(SPUTNIK, "1958-10-01"), right[1]),
                "The second is right. The first is the day on which NASA *opened*; asked is the "
                "day on which the act was signed.",
            ),
            Mistake(
                "negative",
                tuple(-days for days in right),
                "The sizes are right. Subtract the launch from the signing, not the other way "
                "round.",
                nearly=True,
            ),
            Mistake(
                "swapped",
                right[::-1],
                "Both are right, in the other order: the NASA Act first.",
                nearly=True,
            ),
            Mistake(
                "whole-months",
                (9 * 30, 10 * 30),
                "Months times 30 is a rough guess. Subtract the dates: "
                "`pd.Timestamp('1958-07-29') - pd.Timestamp('1957-10-04')`.",
            ),
        ],
        praise="About ten and eleven months. For a law that is fast; for a panic it is slow.",
        otherwise="The dates are 4 October 1957, 29 July 1958 and 2 September 1958; subtract "
        "Timestamps and take `.days`.",
        hints=[
            "All three dates stand in the table above.",
            "`pd.Timestamp(...) - pd.Timestamp(...)` gives a length of time, with `.days`.",
            "`history.days_between('1957-10-04', '1958-07-29')` for the first of the pair.",
        ],
    )


def _before_or_after() -> Exercise:
    table = data.load("policy_responses")
    table = table[table["shock"] == "deepseek"]
    order = history.timing(table.set_index("id")["announced"], SHOCK)["order"]

    def those(chosen: pd.Series) -> set[str]:
        return set(chosen.index[chosen])

    early = those((order == "before").fillna(False).astype(bool))
    dated = table.set_index("id")["announced"]
    return Exercise(
        id="before-or-after",
        section="6. 1957 and 2025 on one axis",
        right=early,
        mistakes=[
            Mistake(
                "event-is-the-release",
                those(dated < R1_RELEASE),
                "You count from 20 January, when R1 came out. Asked is what came before the fall "
                "of 27 January. (By the other date Stargate comes one day *after*: say which event "
                "you mean.)",
            ),
            Mistake(
                "the-later-ones",
                those(dated > SHOCK),
                "These came after the shock. Only what came *before* can be ruled out as its "
                "effect.",
            ),
            Mistake(
                "undated-counted",
                early | those(dated.isna()),
                "A measure without a date cannot be placed. Leave the two budgets out.",
                nearly=True,
            ),
            Mistake(
                "january-only",
                early - {"chips-act"},
                "Stargate and the order are right. One measure in the table is much older, and is "
                "told with this shock all the same.",
                nearly=True,
            ),
            Mistake(
                "money-only",
                early - {"order-14179"},
                "You have those with money. The question is about the day, not about the amount: "
                "one more came before.",
                nearly=True,
            ),
            Mistake(
                "order-taken-for-later",
                {"stargate"},
                "Stargate is right, and it is not alone. Compare every date with 27 January.",
                nearly=True,
            ),
        ],
        praise="An effect cannot come before its cause. That much dates alone can show.",
        otherwise="A set of names from the column `id`, for example `{'stargate', ...}`.",
        hints=[
            "Compare the column `announced` with 27 January 2025.",
            "`measures[measures['announced'] < '2025-01-27']` keeps the earlier rows; rows without "
            "a date drop out by themselves.",
            "`already_there = set(earlier['id'])`. There are three.",
        ],
    )


def _weighted(codes: pd.DataFrame, weights: dict[str, float]) -> pd.Series:
    """Return the sum of the weights of the criteria that are met, not divided by anything."""
    return (codes * pd.Series(weights)).sum(axis=1)


def _total(weights: dict[str, float]) -> float:
    return sum(weights.values())


def _scorecard() -> Exercise:
    codes = pd.DataFrame(
        {"dated": [1, 0, np.nan, 1], "rival": [1, 1, np.nan, np.nan], "money": [0, np.nan, 1, 1]},
        index=["first", "second", "third", "fourth"],
        dtype=float,
    )
    uneven, even = {"dated": 1, "rival": 2, "money": 5}, {"dated": 1, "rival": 1, "money": 1}
    return Exercise(
        id="scorecard",
        section="7. The scorecard",
        right=lambda codes, weights, unknown: (
            _weighted(codes.fillna(unknown), weights) / _total(weights)
        ),
        calls=[(codes, uneven, 0.5), (codes, even, 0.25), (codes, uneven, 1.0)],
        mistakes=[
            Mistake(
                "not-divided",
                lambda codes, weights, unknown: _weighted(codes.fillna(unknown), weights),
                "You add the weights of the criteria that are met. Divide by the sum of *all* "
                "weights, so that a score lies between 0 and 1.",
                nearly=True,
            ),
            Mistake(
                "divided-by-the-number-of-criteria",
                lambda codes, weights, unknown: (
                    _weighted(codes.fillna(unknown), weights) / codes.shape[1]
                ),
                "You divide by the number of criteria. With weights of 5 that gives scores above "
                "1: divide by the sum of the weights.",
            ),
            Mistake(
                "weights-ignored",
                lambda codes, weights, unknown: codes.fillna(unknown).mean(axis=1),
                "Every criterion counts the same here. Multiply each column by its weight first.",
            ),
            Mistake(
                "unknown-as-no",
                lambda codes, weights, unknown: _weighted(codes, weights) / _total(weights),
                "Your unknown codes count as 0 whatever `unknown` says, because sums skip NaN. "
                "Fill them first: `codes.fillna(unknown)`.",
            ),
            Mistake(
                "unknown-left-out",
                lambda codes, weights, unknown: (
                    _weighted(codes, weights) / (codes.notna() * pd.Series(weights)).sum(axis=1)
                ),
                "You divide by the weights of the *known* criteria only. That is another rule: a "
                "claim with a single known code could score 1. Here an unknown counts `unknown`.",
            ),
            Mistake(
                "unknown-for-every-gap-and-zero",
                lambda codes, weights, unknown: (
                    _weighted(codes.fillna(unknown).replace(0, unknown), weights) / _total(weights)
                ),
                "A code of 0 is known: not met. Only the empty codes count as `unknown`.",
            ),
        ],
        praise="And if the ranking depends on the weights, say so beside the ranking.",
        otherwise="Fill the unknown codes, multiply by the weights, add along each row, divide by "
        "the sum of the weights.",
        hints=[
            "Do it by hand for the first claim, with weights 1, 2 and 5: (1 + 2) / 8.",
            "`codes.fillna(unknown) * pd.Series(weights)` multiplies every column by its weight.",
            "`.sum(axis=1) / sum(weights.values())` finishes it.",
        ],
    )

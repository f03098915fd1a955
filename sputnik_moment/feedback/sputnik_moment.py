"""The checks of lesson 01: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import data, history
from sputnik_moment.feedback import Exercise, Feedback, Mistake

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
    """Return a log with a year without any launch, failures, two aims, and a late country.

    It has all columns of the lesson's log, so that whatever a student uses is there.
    """
    rows = [
        ("2001-03-01", "A", "orbit", "success"),
        ("2001-07-01", "A", "orbit", "failure"),
        ("2001-08-01", "B", "orbit", "success"),
        ("2002-01-31", "A", "orbit", "partial"),
        ("2004-02-01", "A", "orbit", "success"),
        ("2004-05-01", "A", "orbit", "failure"),
        ("2004-09-01", "A", "orbit", "success"),
        ("2004-11-01", "A", "deep space", "success"),
        ("2005-12-31", "B", "orbit", "failure"),
    ]
    frame = pd.DataFrame(rows, columns=["date", "country", "aim", "outcome"])
    frame = frame.assign(
        date=pd.to_datetime(frame["date"]),
        time_utc="12:00:00",
        launch=[f"{date[:4]}-{number}" for number, (date, *_) in enumerate(rows, start=1)],
        name=[f"Payload {number}" for number in range(1, len(rows) + 1)],
        rocket="Rocket",
        site="Site",
        operator="Operator",
        code=[aim[0].upper() + outcome[0].upper() for *_, aim, outcome in rows],
    )
    return frame.set_index("date")[data.load("launches").columns]


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
                "empty-years-missing",
                lambda log, country: (log["country"] == country).groupby(log.index.year).sum(),
                "Almost. A year in which *nobody* launched is still missing: put a 0 there, with "
                "`reindex`.",
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
            Mistake(
                "last-year-missing",
                lambda log, country: _per_year(log, log["country"] == country).iloc[:-1],
                "The last year is missing. `range` stops *before* its second number: add 1 to it.",
                nearly=True,
            ),
            Mistake(
                "years-typed-in",
                lambda log, country: _per_year(log, log["country"] == country, fill=None).reindex(
                    range(1957, 1976), fill_value=0
                ),
                "Your years are always 1957 to 1975. The check calls the function with another "
                "log, of 2001 to 2005: take the first and the last year from `log.index.year`.",
            ),
            Mistake(
                "country-typed-in",
                lambda log, country: _per_year(log, np.zeros(len(log), dtype=bool)),
                "Every count is 0 here. The check has a log of the countries A and B: compare "
                "with the argument `country`, not with a name that you typed.",
            ),
            Mistake(
                "partial-left-out",
                lambda log, country: _per_year(
                    log, (log["country"] == country) & (log["outcome"] != "partial")
                ),
                "The partial successes are missing. They were attempts too: leave the column "
                "`outcome` alone.",
            ),
            Mistake(
                "orbit-only",
                lambda log, country: _per_year(
                    log, (log["country"] == country) & (log["aim"] == "orbit")
                ),
                "You count only the launches whose aim was an orbit. A launch into deep space is "
                "an attempt, too: leave the column `aim` alone.",
            ),
        ],
        praise="Failures counted, quiet years kept: now two countries can stand side by side.",
        otherwise="Try it on the log itself: `launches_per_year(log, 'USSR')` should begin with 2 "
        "in 1957 and 5 in 1958.",
        hints=[
            "Three steps: choose the rows of the country, count them by year, fill the gaps.",
            "`log['country'] == country` is True in the rows to keep. `years[...]` with it in the "
            "brackets keeps their years, and `.value_counts()` counts how often each occurs.",
            "What the years without a launch lack, `.reindex(all_years, fill_value=...)` adds.",
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
                "This is the share of the whole economy (GDP). The question is about what the "
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
            "Two columns of `nasa`: `outlays_usd_m` and `federal_outlays_usd_m`. Which of them is "
            "the part, and which the whole?",
            "One column divided by the other gives a Series with the share of every year.",
            "`.max()` gives the largest value of a Series, and `.idxmax()` its label, here the "
            "fiscal year. The pair begins with the year.",
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
                "Both amounts are right, and each answers the other question. Ask of each question "
                "*whose* prices matter: those of everything, or those of rockets and engineers?",
            ),
            Mistake(
                "base-forgotten",
                (nominal / index[1966], own),
                "The first amount is in dollars of 2012, because the index is 1 in 2012. In the "
                "formula the index of 2020 stands above the line.",
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
                "dollars",
                (bought * 1e9, own * 1e9),
                "Both are right in dollars. Billions are asked for: divide by 1e9.",
                nearly=True,
            ),
            Mistake(
                "not-deflated",
                (nominal, own),
                "The first amount is still in dollars of 1966. The formula above restates it.",
            ),
            Mistake(
                "not-deflated",
                (bought, nominal),
                "The second amount is still in dollars of 1966. One column of the table is in "
                "dollars of 2020 already.",
            ),
            Mistake(
                "deflated-twice",
                (bought, own * index[2020] / index[1966]),
                "The first amount is right. The second was in dollars of 2020 already, and you "
                "have restated it once more.",
            ),
            Mistake(
                "one-index-for-both",
                (bought, bought),
                "The same index twice, and each question needs its own. Whose prices decide what "
                "it costs to build the *same rockets* again?",
            ),
            Mistake(
                "one-index-for-both",
                (own, own),
                "The same index twice, and each question needs its own. Which prices decide what "
                "*else* could be bought: schools, roads, hospitals?",
            ),
        ],
        praise=f"{bought:.0f} and {own:.0f} billion, from the same payments: name the index.",
        otherwise="Old dollars bought more, so both amounts must be larger than the 5.9 billion "
        "that were paid in 1966. One comes from the formula, the other from a column.",
        hints=[
            "Ask of each question whose prices matter. The row of 1966 is `nasa.loc[1966]`; its "
            "amounts are in millions.",
            "For one question, put numbers into the formula: `index[2020] / index[1966]` says how "
            "many times prices rose. The other question needs no formula.",
            "That ratio times `nasa.loc[1966, 'outlays_usd_m']` is one amount; the other stands in "
            "the row of 1966, ready made. Both still in millions.",
        ],
    )


class _Slopes(Exercise):
    """An exercise that asks for the slopes of trends; some hand in the trends.

    A grader in another process sees a trend as a stand-in, which can be asked for a slope only.
    """

    def judge(self, answer: Any) -> Feedback:
        parts = answer if isinstance(answer, (list, tuple)) else [answer]
        if any(hasattr(part, "slope") for part in parts):
            known = (one for one in self.mistakes if one.name == "line-instead-of-slope")
            answer = next(known).value
        return super().judge(answer)


def _pre_trend(rd: pd.Series) -> Exercise:
    def slope(first: int, last: int) -> float:
        return history.trend(rd.loc[first:last]).slope

    def ends(first: int, last: int) -> float:
        return float((rd[last] - rd[first]) / (last - first))

    def fitted(first: int, last: int, degree: int = 1) -> np.ndarray:
        return np.polyfit(range(first, last + 1), rd.loc[first:last], degree)

    def swapped_axes(first: int, last: int) -> float:
        return float(np.polyfit(rd.loc[first:last], range(first, last + 1), 1)[0])

    before, after = slope(1953, 1957), slope(1958, 1964)
    logs = np.log(rd)
    lines = history.trend(rd.loc[1953:1957]), history.trend(rd.loc[1958:1964])
    return _Slopes(
        id="pre-trend",
        section="4. A response, or a trend that was there before?",
        right=(before, after),
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            *(
                Mistake(
                    "swapped",
                    value,
                    "Both slopes are right, in the other order: before first.",
                    nearly=True,
                )
                for value in ((after, before), (round(after, 2), round(before, 2)))
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
                "spans-overlap",
                (slope(1953, 1958), after),
                "The second slope is right. The first line runs on to 1958, a year that you have "
                "counted as after already: end in 1957.",
                nearly=True,
            ),
            Mistake(
                "loc-includes-the-end",
                (before, slope(1958, 1965)),
                "The first slope is right. The second span has a year too many: with `.loc` the "
                "last label is *included*, unlike in a list.",
                nearly=True,
            ),
            *(
                Mistake(
                    "year-missing",
                    value,
                    f"The {right} slope is right. The {wrong} span lacks its first or last year: "
                    "with `.loc` both ends are *included*.",
                    nearly=True,
                )
                for value, right, wrong in (
                    ((before, slope(1958, 1963)), "first", "second"),
                    ((before, slope(1959, 1964)), "first", "second"),
                    ((slope(1953, 1956), after), "second", "first"),
                    ((slope(1954, 1957), after), "second", "first"),
                )
            ),
            Mistake(
                "year-missing",
                (slope(1953, 1956), slope(1958, 1963)),
                "Each span lacks its last year: with `.loc` the last label is *included*.",
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
                "These are growth rates, from logarithms. Wanted are percentage points of GDP per "
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
            Mistake(
                "intercept",
                (
                    lines[0].intercept + 1953 * lines[0].slope,
                    lines[1].intercept + 1958 * lines[1].slope,
                ),
                "These are the heights of the lines in their first year. `np.polyfit` gives the "
                "slope first.",
            ),
            Mistake(
                "rounded",
                (round(before, 2), round(after, 2)),
                "Both are right to two decimals, and no more. Do not round before the end: the "
                "second loses 4 % of its size.",
                nearly=True,
            ),
            *(
                Mistake(
                    "line-instead-of-slope",
                    value,
                    "These are whole lines, slope and intercept together. Take the slope out: "
                    "`.slope` of a trend, `[0]` of what `np.polyfit` returns.",
                    nearly=True,
                )
                for value in (lines, (fitted(1953, 1957), fitted(1958, 1964)), fitted(1953, 1957))
            ),
            Mistake(
                "axes-swapped",
                (swapped_axes(1953, 1957), swapped_axes(1958, 1964)),
                "These are years per percentage point. `np.polyfit` wants the years first and "
                "the values second.",
            ),
            Mistake(
                "curve-instead-of-line",
                (fitted(1953, 1957, 2)[0], fitted(1958, 1964, 2)[0]),
                "This is how much a *curve* bends. A straight line has degree 1: the third "
                "argument of `np.polyfit`.",
            ),
            Mistake(
                "loc-includes-the-end",
                (slope(1953, 1958), slope(1958, 1965)),
                "Each span has a year too many. With `.loc` the last label is *included*, unlike "
                "in a list.",
                nearly=True,
            ),
            Mistake(
                "open-end",
                (before, slope(1958, int(rd.index.max()))),
                "The first slope is right. The second line runs on to the last year of the table: "
                "stop in 1964.",
                nearly=True,
            ),
        ],
        praise=f"{before:.2f} points a year before Sputnik and {after:.2f} after it.",
        otherwise="Choose the years with `.loc`, fit a line to them, and take its slope; then the "
        "same for the other years.",
        hints=[
            "`rd.loc[1953:1957]` takes the five years before. With `.loc` the last one is "
            "included.",
            "`history.trend(...)` and `np.polyfit(years, values, 1)` both fit a least-squares "
            "line.",
            "`history.trend(rd.loc[1953:1957]).slope` is the first of the pair.",
        ],
    )


Classes = Callable[[int, int], tuple[int, int]]
"""From the year of an event and the length of a degree to the first and last class of a window."""


def _windows(before: Classes, after: Classes) -> Callable[..., float]:
    """Return the change of the mean from one window of classes to another."""

    def change(degrees: pd.Series, event_year: int, years_to_degree: int = 4) -> float:
        first, last = before(event_year, years_to_degree)
        start, end = after(event_year, years_to_degree)
        return degrees.loc[start:end].mean() / degrees.loc[first:last].mean() - 1

    return change


def _four_to(last: int) -> tuple[int, int]:
    return last - 3, last


def _four_from(last_before: int) -> tuple[int, int]:
    return last_before + 1, last_before + 4


def _degree_trap() -> Exercise:
    # No two windows of this series have the same mean, so that every mistake can be told.
    years = range(1940, 1975)
    degrees = pd.Series([100.0 + 7 * k + (k % 5) ** 3 for k in range(len(years))], index=years)
    right = _windows(
        lambda event, years: _four_to(event + years), lambda event, years: _four_from(event + years)
    )
    return Exercise(
        id="degree-trap",
        section="5. Who could have responded?",
        right=right,
        calls=[(degrees, 1957, 4), (degrees, 1955, 5)],
        mistakes=[
            Mistake(
                "as-given",
                _windows(lambda event, _: _four_to(event), lambda event, _: _four_from(event)),
                "The function still compares classes by the year in which they graduated. Who "
                "graduated in 1958 had chosen in 1954.",
            ),
            Mistake(
                "only-after-moved",
                _windows(
                    lambda event, _: _four_to(event), lambda event, years: _four_from(event + years)
                ),
                "You moved the classes after the event, but not those before it. The classes in "
                "between had also chosen before the event.",
            ),
            Mistake(
                "only-after-moved",
                _windows(
                    lambda event, _: _four_to(event),
                    lambda event, years: (event + years + 1, event + 2 * years),
                ),
                "You moved the classes after the event, but not those before it. And it is four "
                "classes on each side, also where a degree takes five years.",
            ),
            Mistake(
                "moved-backwards",
                _windows(
                    lambda event, years: _four_to(event - years),
                    lambda event, years: _four_from(event - years),
                ),
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
                "Right for a degree of four years. For one of five, your windows stand where they "
                "stood for four: use `years_to_degree` where you typed a number.",
                nearly=True,
            ),
            *(
                Mistake(name, _windows(before, after), message, nearly=True)
                for name, pairs, message in (
                    (
                        "windows-grow",
                        _growing(),
                        "Right for a degree of four years. For one of five, a window of yours "
                        "holds five classes: `years_to_degree` says where a window *stands*, and "
                        "not how long it is. Four classes each, always.",
                    ),
                    (
                        "five-classes",
                        _of_five(),
                        "A window of yours holds five classes. With `.loc` both ends are included: "
                        "`.loc[1950:1953]` has four years.",
                    ),
                    (
                        "three-classes",
                        _of_three(),
                        "A window of yours holds three classes. With `.loc` both ends are "
                        "included, unlike with `range`: from 1950, four years end in 1953.",
                    ),
                )
                for before, after in pairs
            ),
            Mistake(
                "windows-apart",
                _windows(
                    lambda event, _: (event + 1, event + 4),
                    lambda event, years: _four_from(event + years),
                ),
                "Right for a degree of four years. For one of five, a class between your windows "
                "is lost: only the window *after* moves with `years_to_degree`.",
                nearly=True,
            ),
            Mistake(
                "years-typed-in",
                lambda degrees, event_year, years_to_degree=4: right(degrees, 1957, 4),
                "Right for 1957 and four years. The check also tries another event and a longer "
                "degree: work out the years from `event_year` and `years_to_degree`.",
                nearly=True,
            ),
            Mistake(
                "ratio-not-change",
                lambda degrees, event_year, years_to_degree=4: (
                    1 + right(degrees, event_year, years_to_degree)
                ),
                "The classes are right. This is the ratio of the two means: 1 means no change. "
                "The change is 1 less.",
                nearly=True,
            ),
        ],
        praise="An effect cannot come before those who could show it.",
        otherwise="Take paper. For an event in 1957 and four years to a degree, write down the "
        "years in which each of the eight classes graduated; then see which years your two `.loc` "
        "take.",
        hints=[
            "Which class entered in the autumn of 1957, and when did it graduate? That is the last "
            "class before.",
            "Begin with `last = event_year + years_to_degree`, the last class that had chosen "
            "before.",
            "Write the windows in terms of `last`: one ends with it, the other begins a year "
            "later. Each has four classes, and `.loc` includes both ends.",
        ],
    )


def _growing() -> list[tuple[Classes, Classes]]:
    """Return pairs of windows that are as long as a degree, which is right for four years only."""

    def long_before(event: int, years: int) -> tuple[int, int]:
        return event + 1, event + years

    def long_after(event: int, years: int) -> tuple[int, int]:
        return event + years + 1, event + 2 * years

    def four_before(event: int, years: int) -> tuple[int, int]:
        return _four_to(event + years)

    def four_after(event: int, years: int) -> tuple[int, int]:
        return _four_from(event + years)

    return [(long_before, long_after), (long_before, four_after), (four_before, long_after)]


def _of_five() -> list[tuple[Classes, Classes]]:
    """Return pairs of windows that take an end too many, as if `.loc` left its last label out."""

    def before(event: int, years: int) -> tuple[int, int]:
        return event + years - 4, event + years

    def after(event: int, years: int) -> tuple[int, int]:
        return event + years + 1, event + years + 5

    def shared(event: int, years: int) -> tuple[int, int]:
        return event + years, event + years + 4

    return [
        (before, after),
        (before, lambda event, years: _four_from(event + years)),
        (lambda event, years: _four_to(event + years), after),
        (lambda event, years: _four_to(event + years), shared),
        (before, shared),
    ]


def _of_three() -> list[tuple[Classes, Classes]]:
    """Return pairs of windows of which one or both lack a class."""

    def before(event: int, years: int) -> tuple[int, int]:
        return event + years - 2, event + years

    def after(event: int, years: int) -> tuple[int, int]:
        return event + years + 1, event + years + 3

    return [
        (before, after),
        (before, lambda event, years: _four_from(event + years)),
        (lambda event, years: _four_to(event + years), after),
    ]


def _stale_closes() -> Exercise:
    days = pd.date_range("2001-01-01", periods=12, freq="D")
    # Repeats: honest (day 2), stale (3), stale though both agree (5), and a plain error (7). On
    # day 9 both come back to an older value, which is no repeat of the day before. Stale, too: the
    # other source falls (10), or moves by a hundredth (11). On day 12 the close does that.
    close = pd.Series(
        [10.0, 10.0, 10.0, 11.0, 11.0, 12.0, 12.5, 13.0, 11.0, 11.0, 11.0, 11.01], index=days
    )
    other = pd.Series(
        [10.0, 10.0, 10.2, 10.8, 11.0, 12.0, 12.0, 13.0, 10.2, 9.9, 9.91, 10.5], index=days
    )
    return Exercise(
        id="stale-closes",
        section="6. Did the market panic?",
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
            *(
                Mistake(
                    "any-earlier-day",
                    value,
                    "`duplicated()` looks at *all* earlier days. Wanted is a repeat of the day "
                    "before, and an older value may come back.",
                )
                for value in (
                    lambda close, other: close.duplicated() & (other.diff() != 0),
                    lambda close, other: close.duplicated() & ~other.duplicated(),
                )
            ),
            Mistake(
                "either-one",
                lambda close, other: (close.diff() == 0) | (other.diff() != 0),
                "Both must be true at once: the close repeats *and* the other moves. `&` means "
                "and, `|` means or.",
            ),
            *(
                Mistake(
                    "one-direction-only",
                    value,
                    "Right where the other source moves one way. *Changes* means up or down: "
                    "`!= 0`.",
                    nearly=True,
                )
                for value in (
                    lambda close, other: (close.diff() == 0) & (other.diff() > 0),
                    lambda close, other: (close.diff() == 0) & (other.diff() < 0),
                )
            ),
            Mistake(
                "small-changes-missed",
                lambda close, other: (close.diff() == 0) & (other.diff().abs() > 0.05),
                "A day on which the other source moves by 0.01 is missing. Every change counts: "
                "`!= 0`.",
                nearly=True,
            ),
            *(
                Mistake(
                    "almost-a-repeat",
                    value,
                    "A close that moves by 0.01 is no repeat. *Repeats* means exactly the same: "
                    "compare with `==`, and do not round.",
                    nearly=True,
                )
                for value in (
                    lambda close, other: (close.diff().abs() < 0.05) & (other.diff() != 0),
                    lambda close, other: (close.diff().abs() < 0.05) & (other.diff().abs() > 0.05),
                )
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
            Mistake(
                "shifted-forward",
                lambda close, other: (close == close.shift(-1)) & (other != other.shift(-1)),
                "You compare with the day *after*: `shift(-1)` and `diff(-1)` look forward. The "
                "day before is `shift(1)`; `diff()` does that by itself.",
                nearly=True,
            ),
            Mistake(
                "shifted-forward",
                lambda close, other: (close == close.shift(-1)) & (other != other.shift(1)),
                "`close` is compared with the day *after*: `shift(-1)` looks forward. The day "
                "before is `shift(1)`.",
                nearly=True,
            ),
            *(
                Mistake(
                    "days-instead-of-marks",
                    value,
                    "You return only the stale days. Wanted is a True or False for *every* day: "
                    "return the condition itself.",
                    nearly=True,
                )
                for value in (
                    lambda close, other: close[(close.diff() == 0) & (other.diff() != 0)],
                    lambda close, other: close.index[(close.diff() == 0) & (other.diff() != 0)],
                )
            ),
        ],
        praise="A repeat and a second witness: that is what makes it stale.",
        otherwise="Return a Series of True and False with one entry per day. `close.diff()` is the "
        "change since the day before.",
        hints=[
            "Two questions per day: did `close` stay the same? did `other` change?",
            "`close.diff() == 0` answers the first, `other.diff() != 0` the second.",
            "Both must be true: join them with `&`, and put each of them in brackets of its own.",
        ],
    )


def _days_to_response() -> Exercise:
    signed = ("1958-07-29", "1958-09-02")

    def since(start: str) -> tuple[int, ...]:
        return tuple(history.days_between(start, day) for day in signed)

    right = since(SPUTNIK)
    return Exercise(
        id="days-to-response",
        section="7. 1957 and 2025 on one axis",
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
                "The second is right. The first is the day on which NASA *opened*; wanted is the "
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
                "Months times 30 is a rough guess. Subtract the dates themselves: a Timestamp "
                "knows how long every month is.",
            ),
            Mistake(
                "from-sputnik-2",
                since("1957-11-03"),
                "You count from Sputnik 2, of 3 November. The first Sputnik is the event.",
            ),
            Mistake(
                "first-american-satellite",
                (history.days_between(SPUTNIK, "1958-01-31"), right[1]),
                "The second is right. The first is the day of the first American satellite; asked "
                "is the act that founded NASA.",
            ),
        ],
        praise="About ten and eleven months. For a law that is fast; for a panic it is slow.",
        otherwise="Find three dates in the table above, the launch and two signings, and subtract "
        "the launch from each signing.",
        hints=[
            "All three dates stand in the table above, at the left.",
            "`pd.Timestamp('...') - pd.Timestamp('...')` gives a length of time; `.days` takes the "
            "number out.",
            "From Gagarin's flight to the Moon speech: "
            "`(pd.Timestamp('1961-05-25') - pd.Timestamp('1961-04-12')).days` is 43. Do the same "
            "from the launch to each act.",
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
        section="7. 1957 and 2025 on one axis",
        right=early,
        names=tuple(table["id"]),
        mistakes=[
            Mistake(
                "event-is-the-release",
                those(dated < R1_RELEASE),
                "You count from 20 January, when R1 came out. The question is what came before "
                "the fall of 27 January. (By the other date Stargate comes one day *after*: say "
                "which event you mean.)",
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
                "What you have is right. One measure in the table is much older, and is told with "
                "this shock all the same.",
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
            Mistake(
                "long-names",
                set(table.loc[table["id"].isin(early), "measure"]),
                "The right measures, by their long names. Store the short ones, of the column "
                "`id`.",
                nearly=True,
            ),
            Mistake(
                "row-numbers",
                set(table.index[table["id"].isin(early)]),
                "These are the numbers of the right rows. Store their names: take the column `id` "
                "before you make the set.",
                nearly=True,
            ),
            Mistake(
                "column-names",
                set(table.columns),
                "These are the names of the table's columns: that is what `set` takes from a whole "
                "table. Take the column `id` of your rows first.",
            ),
            Mistake(
                "everything-dated",
                those(dated.notna()),
                "These are all measures with a date. Keep those whose date is *before* the fall of "
                "27 January.",
            ),
        ],
        praise="An effect cannot come before its cause. That much dates alone can show.",
        otherwise="Go through the table row by row: is there a date in `announced`, and is it "
        "earlier than that of the fall? Store the `id` of those rows, and no other.",
        hints=[
            "Compare the column `announced` with the day on which markets fell.",
            "`measures[measures['announced'] < '...']` keeps the rows before a day; rows without "
            "a date drop out by themselves.",
            "Of the rows that are left, take the column `id`, and put it into `set(...)`.",
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
    other_order = {"money": 4, "dated": 1, "rival": 0}
    return Exercise(
        id="scorecard",
        section="8. The scorecard",
        right=lambda codes, weights, unknown: (
            _weighted(codes.fillna(unknown), weights) / _total(weights)
        ),
        calls=[
            (codes, uneven, 0.5),
            (codes, even, 0.25),
            (codes, uneven, 1.0),
            (codes, other_order, 0.5),
        ],
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
                "filled-too-late",
                lambda codes, weights, unknown: (
                    (codes * pd.Series(weights)).fillna(unknown).sum(axis=1) / _total(weights)
                ),
                "Fill before you multiply. As it is, an unknown code of weight 5 counts `unknown` "
                "once; it should count 5 times.",
                nearly=True,
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
            Mistake(
                "weights-by-position",
                lambda codes, weights, unknown: (
                    _weighted(
                        codes.fillna(unknown),
                        dict(zip(codes.columns, weights.values(), strict=True)),
                    )
                    / _total(weights)
                ),
                "Right as long as the dict has the order of the columns. The check also gives it "
                "in another: let `pd.Series(weights)` find each column by its *name*.",
                nearly=True,
            ),
            Mistake(
                "gaps-spread",
                lambda codes, weights, unknown: (
                    (codes * pd.Series(weights)).sum(axis=1, skipna=False) / _total(weights)
                ),
                "Every claim with a gap has the score NaN: one NaN makes a whole sum NaN. Fill "
                "the gaps first: `codes.fillna(unknown)`.",
            ),
            Mistake(
                "divided-twice",
                lambda codes, weights, unknown: (
                    _weighted(codes.fillna(unknown), weights) / _total(weights) / codes.shape[1]
                ),
                "You divide twice: a mean divides by the number of criteria already. Add along "
                "the rows with `.sum(axis=1)` instead.",
                nearly=True,
            ),
            Mistake(
                "half-typed-in",
                lambda codes, weights, unknown: (
                    _weighted(codes.fillna(0.5), weights) / _total(weights)
                ),
                "Right where an unknown counts one half. The check also tries other numbers: use "
                "the argument `unknown`.",
                nearly=True,
            ),
            Mistake(
                "added-down-the-columns",
                lambda codes, weights, unknown: (
                    (codes.fillna(unknown) * pd.Series(weights)).sum() / _total(weights)
                ),
                "You have one number per criterion. Wanted is one per claim: `.sum(axis=1)` adds "
                "along the rows.",
                nearly=True,
            ),
        ],
        praise="And if the ranking depends on the weights, say so beside the ranking.",
        otherwise="Fill the unknown codes, multiply by the weights, add along each row, divide by "
        "the sum of the weights.",
        hints=[
            "By hand: a claim with the codes 1, 1 and 0 and the weights 1, 2 and 5 meets criteria "
            "of weight 1 + 2, of 1 + 2 + 5 in all. Its score is 3 / 8.",
            "`codes.fillna(...)` fills the gaps; a table times `pd.Series(weights)` multiplies "
            "every column by the weight of its name.",
            "What is left: add along each row with `.sum(axis=1)`, and divide by the sum of all "
            "weights.",
        ],
    )

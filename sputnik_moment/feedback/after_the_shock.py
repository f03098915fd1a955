"""The checks of lesson 05: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import data, event_study, market
from sputnik_moment.feedback import NEARLY, Exercise, Feedback, Mistake
from sputnik_moment.market import AbnormalReturn, Window

EVENT = pd.Timestamp("2025-01-27")
WINDOW = (-260, -11)
GROUPS = ["chips", "servers", "power and cooling"]
TOO_YOUNG = "GEV"  # listed in March 2024
SHORT_WINDOW = (-130, -11)  # for 1955, where fewer days are known
LIBRARY_WINDOW = (-250, -21)  # what `market.abnormal_return` takes where no window is given
OLD_RECORD = (pd.Timestamp("2022-02-03"), "META")
OTHER_PRINT = 252.0  # billion dollars; others print this for the old record (see the data's note)


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    closes = data.load("market_closes")
    prices = market.wide(closes, "close")
    returns = market.returns(market.wide(closes))
    groups = data.load("tickers").set_index("ticker")["group"]
    firms = list(groups[groups.isin(GROUPS)].index.drop(TOO_YOUNG))
    events = pd.DataFrame({"ticker": firms, "date": EVENT})
    panel = event_study.event_panel(returns, returns["^GSPC"], events, window=WINDOW)
    return [
        _rebound(prices["NVDA"]),
        _car(returns),
        _naive_test_trap(panel),
        _portfolio_test(returns, prices, panel),
        _placebo_rank(returns),
        _sputnik_1957(),
        _jevons(),
        _forecast_audit(),
        _largest_losses(),
    ]


def _rebound(prices: pd.Series) -> Exercise:
    position = prices.index.get_loc(EVENT)
    friday, monday, tuesday = prices.iloc[position - 1 : position + 2]
    right = (tuesday - monday) / (friday - monday)
    return Exercise(
        id="rebound",
        section="1. Did it last?",
        right=right,
        tolerance=1e-4,
        near=1e-2,
        mistakes=[
            Mistake(
                "ratio-of-returns",
                (tuesday / monday - 1) / (1 - monday / friday),
                "{answer} is the rise in per cent over the fall in per cent. The two have "
                "different bases; compare dollars with dollars.",
            ),
            Mistake(
                "ratio-of-returns-in-per-cent",
                100 * (tuesday / monday - 1) / (1 - monday / friday),
                "{answer} is the rise in per cent over the fall in per cent, times 100. The two "
                "have different bases; compare dollars with dollars.",
            ),
            Mistake(
                "rise-alone",
                tuesday / monday - 1,
                "{answer} is Tuesday's return. Set Tuesday's gain in dollars beside Monday's "
                "loss in dollars.",
            ),
            Mistake(
                "return-of-both-days",
                tuesday / friday - 1,
                "{answer} is the return over both days. Set Tuesday's gain in dollars beside "
                "Monday's loss in dollars.",
            ),
            Mistake(
                "price-level",
                tuesday / friday,
                "{answer} is Tuesday's *price* as a part of Friday's. Most of that price was never "
                "lost: compare the two changes.",
            ),
            Mistake(
                "price-level-of-monday",
                tuesday / monday,
                "{answer} is Tuesday's *price* as a multiple of Monday's. Compare the two changes: "
                "dollars regained and dollars lost.",
            ),
            Mistake(
                "dollars",
                tuesday - monday,
                "{answer} is what was regained, in dollars. Divide it by what was lost.",
                nearly=True,
            ),
            Mistake(
                "still-missing",
                1 - right,
                "{answer} is the part that was still missing on Tuesday evening.",
                nearly=True,
            ),
            Mistake(
                "share-of-friday",
                (tuesday - monday) / friday,
                "{answer} is Tuesday's gain as a part of Friday's close. The loss is the base "
                "here, not the price.",
            ),
            Mistake(
                "upside-down",
                1 / right,
                "{answer} is the loss as a multiple of the gain. Turn the fraction over.",
                nearly=True,
            ),
            Mistake(
                "negative",
                -right,
                "The size is right. Both amounts are counted as positive here: so many dollars "
                "lost, so many regained.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                100 * right,
                "{answer} is right in per cent. A fraction is asked for: divide by 100.",
                nearly=True,
            ),
        ],
        praise="More than half of the loss was still there on Tuesday evening, though 8.9 % up "
        "sounds like more than half of 17 % down.",
        otherwise="Three closes are needed: of Friday, Monday and Tuesday.",
        hints=[
            "A loss in dollars is one close minus another; so is what was regained.",
            "Lost: Friday's close less Monday's. Regained: Tuesday's close less Monday's.",
            "`regained = (tuesday - monday) / (...)`: fill in the loss, as a positive number.",
        ],
    )


def _car(returns: pd.DataFrame) -> Exercise:
    share, benchmark = returns["NVDA"], returns["^GSPC"]
    model = market.market_model(share, benchmark, WINDOW, EVENT)
    week = event_study.span_days(returns.index, (0, 4), EVENT)
    actual, market_return = share[week], benchmark[week]
    abnormal = actual - model.expected(market_return)
    right = abnormal.sum()
    a_day_later = event_study.span_days(returns.index, (1, 5), EVENT)
    tuesday_on = share[a_day_later] - model.expected(benchmark[a_day_later])
    return Exercise(
        id="car",
        section="1. Did it last?",
        right=right,
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "first-day-only",
                abnormal.iloc[0],
                "{answer} is the abnormal return of the first day. Add the four days after it.",
            ),
            # An array is compared by position, so it stands for a Series and a list, too.
            Mistake(
                "five-returns",
                actual.to_numpy(),
                "This holds Nvidia's five returns. Take away what the model expects on each day, "
                "then add up with `.sum()`.",
            ),
            Mistake(
                "five-expected-returns",
                model.expected(market_return).to_numpy(),
                "This holds the five returns that the model expects. Take them away from Nvidia's "
                "returns, then add up with `.sum()`.",
            ),
            Mistake(
                "five-numbers",
                abnormal.to_numpy(),
                "This holds the abnormal returns of the five days. Their sum is asked for: "
                "`.sum()`.",
                nearly=True,
            ),
            Mistake(
                "running-sum",
                abnormal.cumsum().to_numpy(),
                "This holds the sum after each of the five days. Take the last one, or `.sum()` of "
                "the abnormal returns in place of `.cumsum()`.",
                nearly=True,
            ),
            Mistake(
                "expected-alone",
                model.expected(market_return).sum(),
                "{answer} is the sum of what the model *expects*. Take it away from the sum of "
                "Nvidia's returns.",
            ),
            Mistake(
                "other-way-round",
                -right,
                "The size is right and the sign is not: actual less expected, in this order.",
                nearly=True,
            ),
            Mistake(
                "raw-returns",
                actual.sum(),
                "{answer} is the sum of the returns themselves. Take away what the model expects "
                "on each day.",
            ),
            Mistake(
                "brackets-forgotten",
                (actual - model.alpha + model.beta * market_return).sum(),
                "{answer} *adds* beta times the market's return. `share - alpha + beta * market` "
                "takes away alpha alone: put brackets round the expected return.",
                nearly=True,
            ),
            Mistake(
                "mean-instead-of-sum",
                abnormal.mean(),
                "{answer} is the mean of the five days. Cumulating means adding.",
                nearly=True,
            ),
            Mistake(
                "without-the-event",
                abnormal.iloc[1:].sum(),
                "{answer} leaves out the day of the event. Day 0 belongs to the sum.",
            ),
            Mistake(
                "begins-a-day-late",
                tuesday_on.sum(),
                "{answer} is the sum of days 1 to 5: it begins on Tuesday. Day 0 is the event, "
                "Monday 27 January; `week` holds days 0 to 4.",
                nearly=True,
            ),
            Mistake(
                "four-days",
                abnormal.iloc[:4].sum(),
                "{answer} is the sum of days 0 to 3: the last day of `week` is missing.",
                nearly=True,
            ),
            Mistake(
                "alpha-once",
                actual.sum() - model.alpha - model.beta * market_return.sum(),
                "{answer} takes alpha away once. The model expects it on each of the five days.",
                nearly=True,
            ),
            Mistake(
                "alpha-forgotten",
                actual.sum() - model.beta * market_return.sum(),
                "{answer} leaves out alpha, which the model expects on every day.",
            ),
            Mistake(
                "beta-of-one",
                (actual - market_return).sum(),
                "{answer} takes the market's return away, as if beta were 1. Use `model.beta`.",
            ),
            Mistake(
                "compounded",
                (1 + abnormal).prod() - 1,
                "{answer} compounds the abnormal returns. The CAR is their plain sum.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                100 * right,
                "{answer} is right in per cent. Returns are fractions here: divide by 100.",
                nearly=True,
            ),
        ],
        praise="After a week the sum is almost what it was after the first day: the rebound of "
        "Tuesday was undone.",
        otherwise="First five abnormal returns, then their sum.",
        hints=[
            "The rows of the week are `returns.loc[week]`, with one column per ticker.",
            'The expected returns are `model.alpha + model.beta * returns.loc[week, "^GSPC"]`: '
            "five numbers.",
            'Take `expected` away from `returns.loc[week, "NVDA"]`: five abnormal returns. The CAR '
            "is their `.sum()`.",
        ],
    )


def _z(t_values: np.ndarray, correlation: float) -> float:
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * (1 + (n - 1) * correlation))


def _naive_test_trap(panel: event_study.Panel) -> Exercise:
    lesson_t = panel.table["standardised"].to_numpy()
    panel_variance = len(lesson_t) * (1 + (len(lesson_t) - 1) * panel.correlation)
    # Chosen so that every mistake gives another result: four firms, sum -8, correlation 0.25.
    t_values = np.array([-4.0, -1.0, -5.0, 2.0])
    return Exercise(
        id="naive-test-trap",
        section="2. Many firms, one piece of news",
        right=_z,
        calls=[(t_values, 0.25), (np.array([-1.0, -2.0, -3.0]), 0.5)],
        mistakes=[
            Mistake(
                "as-given",
                lambda t, r: np.sum(t) / np.sqrt(len(t)),
                "The function still does not use `correlation`: it counts one piece of news once "
                "for every firm. (If you did use it: your lines must stand above the `return`, "
                "where Python leaves the function.)",
            ),
            Mistake(
                "global-t-values",
                lambda t, r: _z(lesson_t, r),
                "For the first test your function gives {answer}. It takes the t values of the "
                "firms above, whichever it is given. Use its own first argument, and no name from "
                "outside it.",
            ),
            Mistake(
                "global-correlation",
                lambda t, r: _z(t, panel.correlation),
                "Your function uses `panel.correlation`, a name from outside. Use its own argument "
                "`correlation`, so that it works for other firms, too.",
                nearly=True,
            ),
            Mistake(
                "global-count",
                lambda t, r: np.sum(t) / np.sqrt(len(lesson_t) * (1 + (len(lesson_t) - 1) * r)),
                f"Your function takes n = {len(lesson_t)}, the number of firms above (`hit`), "
                "whatever it is given. Count the t values of its own first argument: "
                "`len(t_values)`.",
                nearly=True,
            ),
            Mistake(
                "global-count-and-correlation",
                lambda t, r: np.sum(t) / np.sqrt(panel_variance),
                "Your function takes both n and the correlation from the firms above (`hit`, "
                "`panel`), whatever it is given. Use its own two arguments: `len(t_values)` and "
                "`correlation`.",
            ),
            Mistake(
                "global-names",
                lambda t, r: np.sum(lesson_t) / np.sqrt(panel_variance),
                "For the first test your function gives {answer}, and the same for all firms. It "
                "takes everything from outside. Use its own two arguments.",
            ),
            Mistake(
                "n-forgotten",
                lambda t, r: np.sum(t) / np.sqrt(1 + (len(t) - 1) * r),
                "The variance lacks its first factor: n times `(1 + (n - 1) * correlation)`.",
                nearly=True,
            ),
            Mistake(
                "denominator-without-brackets",
                lambda t, r: np.sum(t) / np.sqrt(len(t)) * (1 + (len(t) - 1) * r),
                "Mind the brackets: `a / b * c` divides by b and *multiplies* by c. Put all of the "
                "variance into the brackets of one `np.sqrt`.",
            ),
            Mistake(
                "one-pair-only",
                lambda t, r: np.sum(t) / np.sqrt(len(t) * (1 + r)),
                "The factor 1 + r is right for two firms. Here each firm shares the news with the "
                "n - 1 others.",
            ),
            Mistake(
                "brackets",
                lambda t, r: np.sum(t) / np.sqrt(len(t) + (len(t) - 1) * r),
                "Mind the brackets: n multiplies all of `1 + (n - 1) * correlation`.",
                nearly=True,
            ),
            Mistake(
                "no-brackets-around-n-minus-1",
                lambda t, r: np.sum(t) / np.sqrt(len(t) * (1 + len(t) - r)),
                "Mind the brackets: Python multiplies before it subtracts, so "
                "`n - 1 * correlation` is n less the correlation. Write `(n - 1) * correlation`.",
                nearly=True,
            ),
            Mistake(
                "mean-instead-of-sum",
                lambda t, r: _z(t, r) / len(t),
                "You divide the *mean* of the t values. The variance in the text is that of their "
                "sum: put the sum above the line.",
                nearly=True,
            ),
            Mistake(
                "n-instead-of-n-minus-1",
                lambda t, r: np.sum(t) / np.sqrt(len(t) * (1 + len(t) * r)),
                "Almost: a firm has a pair with each of the *other* firms, n - 1 of them.",
                nearly=True,
            ),
            Mistake(
                "no-square-root",
                lambda t, r: np.sum(t) / (len(t) * (1 + (len(t) - 1) * r)),
                "You divide by the variance. A z value is a sum over its *standard deviation*: "
                "take the square root.",
                nearly=True,
            ),
            Mistake(
                "root-of-n-only",
                lambda t, r: np.sum(t) / (np.sqrt(len(t)) * (1 + (len(t) - 1) * r)),
                "The square root covers n only. The factor for the correlation is a part of the "
                "variance, too.",
                nearly=True,
            ),
            Mistake(
                "one-minus-r",
                lambda t, r: np.sum(t) * np.sqrt(1 - r) / np.sqrt(len(t)),
                "A factor of 1 - r does not know how many firms there are. With more firms the "
                "common part weighs more.",
            ),
            Mistake(
                "multiplied",
                lambda t, r: np.sum(t) / np.sqrt(len(t)) * np.sqrt(1 + (len(t) - 1) * r),
                "You multiply by the factor, which makes the test *bolder*. Firms that move "
                "together are less evidence, not more.",
            ),
        ],
        praise="With 20 firms and a correlation of 0.3 the variance is 6.7 times as large, the "
        "standard deviation 2.6 times: a z of 1.96 is only 0.76 of them, which chance exceeds in "
        "45 of 100 cases.",
        otherwise="Test it on four t values. With a correlation of 0 it must give what the old "
        "function gives; with 1 all firms are one firm, and it must give the mean of the t values.",
        hints=[
            "The variance of the sum stands in the text above the cell.",
            "Only the line with `variance` is wrong: each of the n firms shares the news with "
            "n - 1 others.",
            "`variance = n * (1 + (n - 1) * correlation)`, above the `return`. Try a correlation "
            "of 1: the result must be the mean of the t values.",
        ],
    )


class _TValue(Exercise):
    """An exercise that asks for one part of a result; many hand in the whole.

    A grader in another process sees the result as a stand-in, so its class cannot be asked for.
    """

    data = (str, list, tuple, dict, np.ndarray, pd.Series, pd.DataFrame)

    def judge(self, answer: Any) -> Feedback:
        verdict = super().judge(answer)
        if verdict.mistake != "wrong-type" or isinstance(answer, self.data):
            return verdict
        return replace(
            verdict,
            state=NEARLY,
            mistake="whole-result",
            message="This holds the whole result, with several numbers in it. The t value is one "
            "of them: write `.t` after the call.",
        )


def _portfolio_test(
    returns: pd.DataFrame, prices: pd.DataFrame, panel: event_study.Panel
) -> Exercise:
    firms = list(panel.table["ticker"])
    t_values = panel.table["standardised"]
    benchmark = returns["^GSPC"]
    right = event_study.portfolio_test(returns, benchmark, firms, EVENT, window=WINDOW)
    portfolio = returns[firms].mean(axis=1)
    tickers = data.load("tickers").set_index("ticker")
    shares = tickers.index[tickers["kind"] == "share"]

    def t_of(share: pd.Series, of: pd.Series = benchmark, window: Window = WINDOW) -> float:
        return market.abnormal_return(share, of, EVENT, window).t

    return _TValue(
        id="portfolio-test",
        section="3. One portfolio",
        right=right.t,
        tolerance=1e-4,
        near=1e-3,  # another window gives a t that differs by half a per cent
        mistakes=[
            Mistake(
                "returns-of-every-day",
                portfolio,
                "This is the portfolio: its return on every day. Now fit the model to it: it is "
                "the first argument of `market.abnormal_return`.",
                nearly=True,
            ),
            Mistake(
                "return-of-the-day",
                portfolio[EVENT],
                "{answer} is the portfolio's return on the day. Is that unusual? Give the whole "
                "series, not the one day, to `market.abnormal_return`.",
            ),
            *(
                Mistake(
                    "other-firms",
                    t_of(returns[names].mean(axis=1)),
                    "{answer} is the t value of another portfolio. Take the firms in `hit`: "
                    "`returns[hit]`.",
                )
                for names in (shares, returns.columns, [*firms, TOO_YOUNG])
            ),
            Mistake(
                "share-and-benchmark-exchanged",
                t_of(benchmark, portfolio),
                "{answer} explains the index by the portfolio. The first argument is what is to "
                "be explained, the second one the benchmark.",
            ),
            Mistake(
                "window-of-section-5",
                t_of(portfolio, window=SHORT_WINDOW),
                f"{{answer}} has another window, {SHORT_WINDOW}, which section 5 takes for 1955 "
                f"and 1957. Here {WINDOW} is asked for.",
                nearly=True,
            ),
            Mistake(
                "naive-sum",
                t_values.sum() / np.sqrt(len(t_values)),
                "{answer} adds the firms' t values as if they were independent. Average the "
                "*returns* first, then fit one model.",
            ),
            Mistake(
                "corrected-z",
                _z(t_values.to_numpy(), panel.correlation),
                "{answer} is the corrected z of the exercise before. This test needs no "
                "correlation: average the *returns* of the firms, then fit one model to that "
                "series.",
            ),
            Mistake(
                "averaged-prices",
                t_of(market.returns(prices[firms].mean(axis=1))),
                "{answer} averages the *prices*, so a share of 900 dollars counts nine times as "
                "much as one of 100. Equal weights means: average the returns.",
            ),
            Mistake(
                "median-firm",
                t_of(returns[firms].median(axis=1)),
                "{answer} takes the median firm of each day. A portfolio earns the mean.",
                nearly=True,
            ),
            Mistake(
                "mean-of-t",
                t_values.mean(),
                "{answer} is the mean of the firms' t values. The portfolio is calmer than its "
                "firms, so its own t is farther from 0: fit the model on the portfolio.",
            ),
            Mistake(
                "abnormal-return",
                right.abnormal,
                "{answer} is the abnormal return of the portfolio. The t value divides it by its "
                "forecast error: `.t`.",
                nearly=True,
            ),
            Mistake(
                "p-value",
                right.p,
                "{answer} is the p-value. The t value is asked for: `.t`.",
                nearly=True,
            ),
            Mistake(
                "nvidia-alone",
                t_of(returns["NVDA"]),
                "{answer} is the t value of Nvidia alone. Take the mean over all firms in `hit`.",
            ),
            Mistake(
                "default-window",
                t_of(portfolio, window=LIBRARY_WINDOW),
                "{answer} has another window: where none is given, `market.abnormal_return` takes "
                f"{LIBRARY_WINDOW}. Write {WINDOW} as its fourth argument.",
                nearly=True,
            ),
            Mistake(
                "chip-index",
                t_of(portfolio, returns["^SOX"]),
                "{answer} uses the chip index as the benchmark. It contains many of these firms; "
                "the S&P 500 is asked for.",
            ),
            Mistake(
                "sign-flipped",
                -right.t,
                "The size is right. The portfolio fell by more than expected, so t is negative.",
                nearly=True,
            ),
        ],
        praise="One series, one model, one t value: nothing is counted twice. (The sum of the "
        "returns in place of their mean has the same t.)",
        otherwise="First the mean of the returns over the firms (`axis=1`: one number for each "
        "day), then `market.abnormal_return`.",
        hints=[
            "`returns[hit]` is the table of these firms; you need one number for each day.",
            "`portfolio = returns[hit].mean(axis=1)`: the mean over the columns.",
            'Call `market.abnormal_return` with `portfolio`, `returns["^GSPC"]`, the event and the '
            "window. The t value is one part of its result.",
        ],
    )


def _share(t_values: pd.Series, event: object) -> float:
    known = t_values.dropna()
    return float((known <= known[event]).mean())


def _place_in_order(t_values: pd.Series, event: object) -> float:
    """Return the place of one date in the sorted Series, as a share: wrong where values tie."""
    known = t_values.dropna().sort_values()
    return (known.index.get_loc(event) + 1) / len(known)


class _PlaceboRank(Exercise):
    """The exercise whose second argument is a date, which a stopped function often forgets."""

    def judge(self, answer: Any) -> Feedback:
        verdict = super().judge(answer)
        if verdict.mistake != "error":
            return verdict
        return replace(
            verdict,
            message=f"{verdict.message} Remember that `event` is a date, no text and no number: "
            "its t value is `t_values[event]`.",
        )


def _placebo_rank(returns: pd.DataFrame) -> Exercise:
    lesson_t = event_study.placebo(
        returns[["NVDA"]], returns["^GSPC"], (0, 4), WINDOW, event=EVENT
    ).t["NVDA"]
    # Ten days of the lesson's own table, so that a function that reaches for names of the lesson
    # gives a result and can be told so. Two have no value, one is +4, two are equal; the event of
    # the lesson is the lowest. Each of the equal two is asked for: a place in the sorted Series
    # cannot be right for both.
    days = returns.index[returns.index.get_loc(EVENT) + 10 * np.arange(-4, 6)]
    values = [0.5, -2.0, np.nan, -2.0, -3.0, 4.0, -2.5, np.nan, 0.0, -0.5]
    series = pd.Series(values, index=days)
    listed = ", ".join(f"{value:g}" for value in values)
    first = f"With the t values {listed}, the event being the second, you get {{answer}}"
    outside = "Use its own arguments, `t_values` and `event`, and no name from outside it."
    return _PlaceboRank(
        id="placebo-rank",
        section="4. A thousand other days",
        right=_share,
        calls=[(series, days[k]) for k in (1, 3, 4, 8)],
        mistakes=[
            Mistake(
                "nan-counted",
                lambda t, event: float((t <= t[event]).mean()),
                f"{first}. Dates without a value are in the denominator: a comparison with NaN is "
                "False, but it is counted. Drop them first.",
                nearly=True,
            ),
            Mistake(
                "event-not-counted",
                lambda t, event: float((t.dropna() < t[event]).mean()),
                f"{first}. The event itself is missing from the count, so the worst day of all "
                "would get zero. `<=` counts it, `<` does not.",
                nearly=True,
            ),
            Mistake(
                "event-not-counted-and-nan-counted",
                lambda t, event: float((t < t[event]).mean()),
                f"{first}. Two things: `<` leaves out the event itself, and dates without a value "
                "(NaN) are in the denominator. Drop them first.",
            ),
            Mistake(
                "event-left-out",
                lambda t, event: float((t.drop(event).dropna() <= t[event]).mean()),
                f"{first}. The event is left out of the count and of the dates. Some studies do "
                "so; here it counts in both, so that no share is zero.",
                nearly=True,
            ),
            Mistake(
                "ties-in-the-middle",
                lambda t, event: t.rank(pct=True)[event],
                f"{first}. `rank` gives equal values the middle of their places. All of them are "
                'as low as the event, so all count: `method="max"`.',
                nearly=True,
            ),
            Mistake(
                "ties-above",
                lambda t, event: t.rank(method="min", pct=True)[event],
                f"{first}. Of the dates with the event's own t value only one is counted. All of "
                "them are as low as the event: `<=` counts them.",
                nearly=True,
            ),
            Mistake(
                "place-in-order",
                _place_in_order,
                f"{first}. The place in the sorted Series is chance where two dates have one t "
                "value: all of them are as low as the event. Count with `<=`.",
                nearly=True,
            ),
            Mistake(
                "place-in-order-and-nan-counted",
                lambda t, event: _place_in_order(t, event) * t.count() / len(t),
                f"{first}. Two things: dates without a value (NaN) are in the denominator, and the "
                "place in the sorted Series is chance where two dates have one t value. Count "
                "with `<=`.",
            ),
            Mistake(
                "both-sides",
                lambda t, event: float((t.dropna().abs() >= abs(t[event])).mean()),
                f"{first}. Large rises count as if they were falls. Here only the lower side is "
                "asked for.",
            ),
            Mistake(
                "wrong-side",
                lambda t, event: float((t.dropna() >= t[event]).mean()),
                f"{first}: the share of dates that were as high or higher.",
            ),
            Mistake(
                "count",
                lambda t, event: int((t.dropna() <= t[event]).sum()),
                f"{first}: a count. Divide it by the number of dates.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                lambda t, event: 100 * _share(t, event),
                f"{first}: right in per cent. A share is asked for, from 0 to 1.",
                nearly=True,
            ),
            Mistake(
                "global-names",
                lambda t, event: _share(lesson_t, EVENT),
                f"{first}, and the same for every Series and every date. {outside}",
            ),
            Mistake(
                "global-series",
                lambda t, event: _share(lesson_t, event),
                f"{first}. It looks at `placebo_t`, whichever Series it is given. {outside}",
            ),
            Mistake(
                "global-limit",
                lambda t, event: float((t.dropna() <= lesson_t[event]).mean()),
                "Your function compares with the event's value in `placebo_t`, not in the Series "
                f"that it is given. {outside}",
            ),
            Mistake(
                "fixed-date",
                lambda t, event: _share(t, EVENT),
                f"{first}, and the same for every date: 27 January 2025 stands inside the "
                f"function. {outside}",
            ),
        ],
        praise="No bell curve, no table of t values: a count of dates.",
        otherwise=f"Try it on the t values {listed}, and count by hand what it should give for the "
        "second of these dates.",
        hints=[
            "A comparison of a Series with a number gives True and False; the mean of those is a "
            "share.",
            "`known = t_values.dropna()` leaves the dates that have a value.",
            "Compare `known` with its own value on the event, `known[event]`: as low or lower is "
            "`<=`. Then return the mean of the comparison.",
        ],
    )


def _sputnik_1957() -> Exercise:
    closes = data.load("dow_sp_1955_1958")["dow_close"]
    returns = market.returns(closes)

    def study(
        day: str, series: pd.Series = returns, window: Window = SHORT_WINDOW
    ) -> AbnormalReturn:
        return market.abnormal_return(series, None, day, window, kind="mean")

    def two_days(first: str) -> float:
        return event_study.cumulative_abnormal_return(
            returns, None, first, (0, 1), SHORT_WINDOW, kind="mean"
        ).t

    right = study("1957-10-07")
    usual = returns[market.window_days(returns.index, SHORT_WINDOW, "1957-10-07")]
    return _TValue(
        id="sputnik-1957",
        section="5. The same method in 1957",
        right=right.t,
        tolerance=1e-4,
        near=1e-2,  # -3.2 is a rounded form of -3.17
        mistakes=[
            Mistake(
                "friday",
                study("1957-10-04").t,
                "{answer} belongs to Friday 4 October. The launch came two minutes before the "
                "close, and the news later still.",
            ),
            Mistake(
                "friday-and-monday",
                two_days("1957-10-04"),
                "{answer} is the t value of Friday and Monday together. On Friday nobody knew.",
            ),
            Mistake(
                "tuesday",
                study("1957-10-08").t,
                "{answer} belongs to Tuesday 8 October. The exchange was open on Monday.",
            ),
            Mistake(
                "monday-and-tuesday",
                two_days("1957-10-07"),
                "{answer} is the t value of Monday and Tuesday together. One day is asked for: the "
                "first that could react.",
            ),
            Mistake(
                "heart-attack",
                study("1955-09-26").t,
                "{answer} belongs to the day in 1955. The call is the right one: change its date.",
            ),
            Mistake(
                "return-itself",
                right.actual,
                "{answer} is the Dow's return on the right day. How many forecast errors is that "
                "from what was expected? That is `.t`.",
            ),
            Mistake(
                "abnormal-return",
                right.abnormal,
                "{answer} is the abnormal return of the right day. The t value divides it by its "
                "forecast error: `.t`.",
                nearly=True,
            ),
            Mistake(
                "p-value",
                right.p,
                "{answer} is the p-value. The t value is asked for: `.t`.",
                nearly=True,
            ),
            Mistake(
                "points-instead-of-returns",
                study("1957-10-07", closes.diff()).t,
                "{answer} comes from changes in points. 10 points are more when the Dow is low: "
                "use the returns, `old`.",
            ),
            Mistake(
                "closes-instead-of-returns",
                study("1957-10-07", closes).t,
                "{answer} comes from the closes themselves, `dow`. The study needs returns: `old`.",
            ),
            Mistake(
                "log-return",
                study("1957-10-07", market.returns(closes, "log")).t,
                "{answer} comes from log returns. Take the simple returns in `old`.",
                nearly=True,
            ),
            Mistake(
                "a-full-year",
                study("1957-10-07", window=WINDOW).t,
                "{answer} has the window (-260, -11). For 1957 there would be enough days, but the "
                "day in 1955 must be comparable: (-130, -11).",
                nearly=True,
            ),
            Mistake(
                "default-window",
                study("1957-10-07", window=LIBRARY_WINDOW).t,
                "{answer} has another window: where none is given, `market.abnormal_return` takes "
                f"{LIBRARY_WINDOW}. Write {SHORT_WINDOW} as its fourth argument.",
                nearly=True,
            ),
            Mistake(
                "not-a-new-day",
                right.abnormal / usual.std(),
                "{answer} divides by the standard deviation of the window. The forecast error is a "
                "little larger, as the mean is only estimated: the result's `.t` has it.",
                nearly=True,
            ),
            Mistake(
                "sign-flipped",
                -right.t,
                "The size is right and the sign is not: after a fall, t is negative.",
                nearly=True,
            ),
        ],
        praise="Monday 7 October 1957. Three days later the Dow fell by even more.",
        otherwise="Which trading day was the first on which people could have known? Take the call "
        "of the cell above, with that date.",
        hints=[
            "Compare the time of the launch with the closing time of the exchange.",
            "The first trading day after Friday 4 October is Monday 7 October.",
            'Copy the call that made `heart`, with "1957-10-07" as its date, and write `.t` after '
            "its last bracket.",
        ],
    )


def _largest_losses() -> Exercise:
    reported = data.load("largest_losses_reported").set_index("ticker", append=True)
    computed = data.load("largest_losses_computed").set_index("ticker", append=True)
    printed, own = reported["loss_usd_bn"], -computed["change_usd_bn"]
    record = printed[OLD_RECORD]

    def larger(than: float) -> int:
        return len(set(printed[printed > than].index) | set(own[own > than].index))

    in_print, in_ours = int((printed > record).sum()), int((own > record).sum())
    twice, right = in_print + in_ours, larger(record) + 1
    return Exercise(
        id="largest-losses",
        section="7. Records go stale",
        right=right,
        mistakes=[
            Mistake(
                "still-the-record",
                1,
                "Rank 1 was right until September 2024. Count the larger losses since.",
            ),
            Mistake(
                "printed-list-alone",
                in_print + 1,
                "{answer} is the rank in the press's list alone. The computed list has losses that "
                "no paper in the first one printed.",
            ),
            Mistake(
                "larger-ones-in-print",
                in_print,
                "{answer} is the number of larger losses in the press's list alone. The computed "
                "list has more of them; and a rank is one more than that number.",
            ),
            Mistake(
                "one-short",
                right - 1,
                "{answer} is one short: either the number of larger losses in both lists (the rank "
                "is one more), or the rank in the computed list alone, which begins in October "
                "2024, after Nvidia's record.",
                nearly=True,
            ),
            Mistake(
                "larger-ones-computed",
                in_ours,
                "{answer} is the number of larger losses in the computed list alone. The press's "
                "list has one more, from before October 2024; and a rank is one more than that "
                "number.",
            ),
            Mistake(
                "counted-twice",
                twice + 1,
                "{answer} counts losses twice that stand in both lists: same day, same company.",
            ),
            Mistake(
                "counted-twice-as-a-count",
                twice,
                "{answer} is the number of *rows* above the old record. Some losses stand in both "
                "lists.",
            ),
            Mistake(
                "old-record-among-the-larger",
                right + 1,
                "{answer} counts the old record among the losses that are larger than it. A rank "
                "is the number of *larger* ones, plus one.",
                nearly=True,
            ),
            Mistake(
                "counted-twice-with-the-old-record",
                twice + 2,
                "{answer} counts losses twice that stand in both lists, and the old record among "
                "the larger ones.",
            ),
        ],
        praise=f"Other papers print {OTHER_PRINT:.0f} billion for that day; with that, it would be "
        f"rank {larger(OTHER_PRINT) + 1}. A rank is as sure as its list.",
        otherwise="Count the different losses that are larger, in both lists; then add one.",
        hints=[
            "Both printed tables are sorted: read off what is larger than Meta's loss.",
            "The loss of 27 January 2025 stands in both lists, with 593 and 592.3. It is one loss.",
            f"The press's list has {in_print} larger losses. How many in the computed list are on "
            "other days? Add both, and one for the rank.",
        ],
    )


def _jevons() -> Exercise:
    table = data.load("nvidia_revenue").set_index(["fiscal_year", "period"])
    centre = table["data_centre_revenue_usd_m"].astype(float)
    total = table["revenue_usd_m"].astype(float)
    last, first = (2027, "Q2"), (2025, "Q4")
    right = centre[last] / centre[first]
    return Exercise(
        id="jevons",
        section="6. What came of the forecasts?",
        right=right,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "growth-not-factor",
                right - 1,
                "{answer} is the growth. A factor of 1 means unchanged, so the factor is one more.",
                nearly=True,
            ),
            Mistake(
                "total-revenue",
                total[last] / total[first],
                "{answer} is the factor of all revenue. Take the column of data centres.",
            ),
            Mistake(
                "upside-down",
                1 / right,
                "{answer} is the old quarter over the new one. Turn the fraction over.",
                nearly=True,
            ),
            Mistake(
                "growth-in-per-cent",
                100 * (right - 1),
                "{answer} is the growth in per cent. A factor of 1 means unchanged: divide the new "
                "quarter by the old one.",
                nearly=True,
            ),
            Mistake(
                "difference",
                centre[last] - centre[first],
                "{answer} is the difference in million dollars. A factor is a ratio: divide.",
            ),
            Mistake(
                "year-on-year",
                centre[last] / centre[2026, "Q2"],
                "{answer} compares with the same quarter of the year before, fiscal 2026 Q2. The "
                "quarter that was ending at the shock is fiscal 2025 Q4.",
            ),
            Mistake(
                "starts-a-year-early",
                centre[last] / centre[2024, "Q4"],
                "{answer} starts in fiscal 2024 Q4, which ended in January 2024. The fiscal year "
                "has the name of the calendar year in which it ends.",
            ),
            Mistake(
                "calendar-quarter",
                centre[last] / centre[2025, "Q1"],
                "{answer} starts in fiscal 2025 Q1. January opens the calendar year, but it closes "
                "Nvidia's: the last month of Q4.",
            ),
            Mistake(
                "ends-a-quarter-early",
                centre[2027, "Q1"] / centre[first],
                "{answer} ends in fiscal 2027 Q1, the quarter to April 2026. One more quarter is "
                "in the table.",
            ),
            Mistake(
                "whole-years",
                centre[2026, "year"] / centre[2025, "year"],
                "{answer} compares two whole years. Two quarters are asked for.",
            ),
            Mistake(
                "quarter-after",
                centre[last] / centre[2026, "Q1"],
                "{answer} starts one quarter late, in fiscal 2026 Q1. Fiscal 2025 Q4 ended in "
                "January 2025.",
            ),
            Mistake(
                "calendar-years",
                centre[2026, "Q2"] / centre[2025, "Q4"],
                "{answer} ends a year early. Fiscal 2027 Q2 is the quarter to July 2026.",
            ),
            Mistake(
                "quarter-against-year",
                centre[last] / centre[2025, "year"],
                "{answer} divides a quarter by a whole year.",
            ),
            Mistake(
                "per-cent",
                100 * right,
                "{answer} is right in per cent. A factor is asked for: divide by 100.",
                nearly=True,
            ),
        ],
        praise="Two and a half times in six quarters. Why, the table does not say.",
        otherwise="Data-centre revenue of fiscal 2027 Q2 over that of fiscal 2025 Q4.",
        hints=[
            "Nvidia's fiscal year 2025 ended in January 2025.",
            "You need two rows of the table above: 2025 Q4 and 2027 Q2, from the column "
            "`data_centre_revenue_usd_m`.",
            "The later quarter has 89,023 million dollars. Divide it by that of "
            '`recent.loc[(2025, "Q4")]`.',
        ],
    )


def _forecast_audit() -> Exercise:
    spent = data.load("company_capex").query("company == 'Microsoft'")
    table = spent.pivot(index="definition", columns="period", values="capex_usd_bn")
    before, after = table["fiscal 2024"], table["fiscal 2025"]
    wider = after["with leases"] / after["cash"] - 1
    rise = 100 * (after / before - 1)
    return Exercise(
        id="forecast-audit",
        section="6. What came of the forecasts?",
        right="b",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "the-fear",
                "a",
                "That was the fear of 27 January. Look at the bars after the dashed line.",
            ),
            Mistake(
                "cause-from-sequence",
                "c",
                "The outcome fits Jevons, but the tables do not *show* a cause. It also fits other "
                "stories: more users, larger models, rivalry between the four. A table of revenues "
                "has no other world to compare with.",
            ),
            Mistake(
                "nothing-known",
                "d",
                f"For Microsoft the definition with leases gives {100 * wider:.0f} % more in "
                f"fiscal 2025: a large doubt about the level. But spending rose by "
                f"{rise['cash']:.0f} % by the "
                f"one and by {rise['with leases']:.0f} % by the other: no doubt about the "
                "direction.",
            ),
        ],
        praise="The forecast came true. That is one question; the cause is another.",
        hints=[
            "Two questions are mixed in the sentences: what happened, and why.",
            "Compare plan and outcome in the last table: which is larger?",
            "The tables show that spending rose past the plans. They hold no reason.",
        ],
    )

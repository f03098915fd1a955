"""The checks of lesson 05: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sputnik_moment import data, event_study, market
from sputnik_moment.feedback import Exercise, Mistake

EVENT = pd.Timestamp("2025-01-27")
WINDOW = (-260, -11)
GROUPS = ["chips", "servers", "power and cooling"]
TOO_YOUNG = "GEV"  # listed in March 2024
OLD_RECORD = 279.0


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    closes = data.load("market_closes")
    returns = market.returns(market.wide(closes))
    return [
        _rebound(market.wide(closes, "close")["NVDA"]),
        _car(returns),
        _naive_test_trap(),
        _portfolio_test(returns),
        _placebo_rank(),
        _sputnik_1957(),
        _largest_losses(),
        _jevons(),
        _forecast_audit(),
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
        mistakes=[
            Mistake(
                "ratio-of-returns",
                (tuesday / monday - 1) / (1 - monday / friday),
                "{answer} is the rise in per cent over the fall in per cent. The two have "
                "different bases; compare dollars with dollars.",
            ),
            Mistake(
                "rise-alone",
                tuesday / monday - 1,
                "{answer} is Tuesday's return. Set Tuesday's gain in dollars beside Monday's "
                "loss in dollars.",
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
            "The table above has all three closes of Nvidia.",
            "Lost: Friday's close less Monday's. Regained: Tuesday's close less Monday's.",
            "`regained = (tuesday - monday) / (friday - monday)`.",
        ],
    )


def _car(returns: pd.DataFrame) -> Exercise:
    share, benchmark = returns["NVDA"], returns["^GSPC"]
    model = market.market_model(share, benchmark, WINDOW, EVENT)
    week = event_study.span_days(returns.index, (0, 4), EVENT)
    actual, market_return = share[week], benchmark[week]
    abnormal = actual - model.expected(market_return)
    right = abnormal.sum()
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
            Mistake(
                "raw-returns",
                actual.sum(),
                "{answer} is the sum of the returns themselves. Take away what the model expects "
                "on each day.",
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
            '`car_week = (returns.loc[week, "NVDA"] - expected).sum()`.',
        ],
    )


def _z(t_values: np.ndarray, correlation: float) -> float:
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * (1 + (n - 1) * correlation))


def _naive_test_trap() -> Exercise:
    # Chosen so that every mistake gives another result: four firms, sum -8, correlation 0.25.
    t_values = np.array([-4.0, -1.0, -5.0, 2.0])
    return Exercise(
        id="naive-test-trap",
        section="2. Twenty firms, one piece of news",
        right=_z,
        calls=[(t_values, 0.25), (np.array([-1.0, -2.0, -3.0]), 0.5)],
        mistakes=[
            Mistake(
                "as-given",
                lambda t, r: np.sum(t) / np.sqrt(len(t)),
                "The function still does not use `correlation`: it counts one piece of news once "
                "for every firm.",
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
        otherwise="Test it on four t values and r = 0: then it must equal the old function.",
        hints=[
            "The variance of the sum stands in the text above the cell.",
            "Let `n = len(t_values)`; the variance is `n * (1 + (n - 1) * correlation)`.",
            "`return t_values.sum() / np.sqrt(n * (1 + (n - 1) * correlation))`.",
        ],
    )


def _portfolio_test(returns: pd.DataFrame) -> Exercise:
    groups = data.load("tickers").set_index("ticker")["group"]
    firms = list(groups[groups.isin(GROUPS)].index.drop(TOO_YOUNG))
    benchmark = returns["^GSPC"]
    right = event_study.portfolio_test(returns, benchmark, firms, EVENT, window=WINDOW)
    events = pd.DataFrame({"ticker": firms, "date": EVENT})
    t_values = event_study.event_panel(returns, benchmark, events, window=WINDOW).table[
        "standardised"
    ]
    nvidia = market.abnormal_return(returns["NVDA"], benchmark, EVENT, WINDOW)
    chips = event_study.portfolio_test(returns, returns["^SOX"], firms, EVENT, window=WINDOW)
    return Exercise(
        id="portfolio-test",
        section="2. Twenty firms, one piece of news",
        right=right.t,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "naive-sum",
                t_values.sum() / np.sqrt(len(t_values)),
                "{answer} adds the firms' t values as if they were independent. Average the "
                "*returns* first, then fit one model.",
            ),
            Mistake(
                "mean-of-t",
                t_values.mean(),
                "{answer} is the mean of the firms' t values. The portfolio is calmer than its "
                "firms, so its own t is larger: fit the model on the portfolio.",
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
                nvidia.t,
                "{answer} is the t value of Nvidia alone. Take the mean over all firms in `hit`.",
            ),
            Mistake(
                "chip-index",
                chips.t,
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
        praise="One series, one model, one t value: nothing is counted twice.",
        otherwise="First the mean of the returns over the firms, then `market.abnormal_return`.",
        hints=[
            "`returns[hit]` is the table of these firms; you need one number for each day.",
            "`portfolio = returns[hit].mean(axis=1)`: the mean over the columns.",
            '`market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t`.',
        ],
    )


def _share(t_values: pd.Series, event: object) -> float:
    known = t_values.dropna()
    return float((known <= known[event]).mean())


def _placebo_rank() -> Exercise:
    # Ten dates, two without a value; the event is third from below, and one value is +4.
    days = pd.date_range("2024-01-01", periods=10, freq="D")
    values = [0.5, -2.0, np.nan, 1.0, -3.0, 4.0, -2.5, np.nan, 0.0, -0.5]
    series = pd.Series(values, index=days)
    return Exercise(
        id="placebo-rank",
        section="3. A thousand other days",
        right=_share,
        calls=[(series, days[1]), (series, days[4]), (series, days[8])],
        mistakes=[
            Mistake(
                "nan-counted",
                lambda t, event: float((t <= t[event]).mean()),
                "For the first test your function gives {answer}. Dates without a value are in the "
                "denominator: a comparison with NaN is False, but it is counted. Drop them first.",
                nearly=True,
            ),
            Mistake(
                "event-not-counted",
                lambda t, event: float((t.dropna() < t[event]).mean()),
                "For the first test your function gives {answer}. The event itself is missing from "
                "the count, so the worst day of all would get zero.",
                nearly=True,
            ),
            Mistake(
                "both-sides",
                lambda t, event: float((t.dropna().abs() >= abs(t[event])).mean()),
                "For the first test your function gives {answer}. Large rises count as if they "
                "were falls. Here only the lower side is asked for.",
            ),
            Mistake(
                "wrong-side",
                lambda t, event: float((t.dropna() >= t[event]).mean()),
                "For the first test your function gives {answer}: the share of dates that were as "
                "high or higher.",
            ),
            Mistake(
                "count",
                lambda t, event: int((t.dropna() <= t[event]).sum()),
                "For the first test your function gives {answer}: a count. Divide it by the number "
                "of dates.",
                nearly=True,
            ),
        ],
        praise="No bell curve, no table of t values: a count of dates.",
        otherwise="Try it on a Series of five numbers that you can count by hand.",
        hints=[
            "A comparison of a Series with a number gives True and False; the mean of those is a "
            "share.",
            "`known = t_values.dropna()` leaves the dates that have a value.",
            "`return (known <= known[event]).mean()`.",
        ],
    )


def _sputnik_1957() -> Exercise:
    table = data.load("dow_sp_1955_1958")
    dow, sp500 = table["dow_close"], table["sp500_close_schwert"]
    monday = dow.index.get_loc(pd.Timestamp("1957-10-07"))
    change = dow.pct_change()
    right = change.iloc[monday]
    return Exercise(
        id="sputnik-1957",
        section="4. The same method in 1957",
        right=right,
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "friday",
                change.iloc[monday - 1],
                "{answer} is the return of Friday 4 October. The launch came two minutes before "
                "the close, and the news later still.",
            ),
            Mistake(
                "friday-and-monday",
                dow.iloc[monday] / dow.iloc[monday - 2] - 1,
                "{answer} runs from Thursday's close and takes in Friday, when nobody knew.",
            ),
            Mistake(
                "tuesday",
                change.iloc[monday + 1],
                "{answer} is the return of Tuesday 8 October. The exchange was open on Monday.",
            ),
            Mistake(
                "other-index",
                sp500.pct_change().iloc[monday],
                "{answer} is the S&P 500's return on the right day. The Dow is asked for.",
                nearly=True,
            ),
            Mistake(
                "log-return",
                np.log1p(right),
                "{answer} is the log return of the right day. The simple return is asked for.",
                nearly=True,
            ),
            Mistake(
                "divided-by-new-price",
                1 - dow.iloc[monday - 1] / dow.iloc[monday],
                "{answer} is what you get when you divide by the *new* price.",
            ),
            Mistake(
                "points",
                dow.diff().iloc[monday],
                "{answer} is the change in points. Divide it by Friday's close.",
            ),
            Mistake(
                "per-cent",
                100 * right,
                "{answer} is right in per cent. Returns are fractions here: divide by 100.",
                nearly=True,
            ),
            Mistake(
                "sign-flipped",
                -right,
                "The size is right and the sign is not: a fall is negative.",
                nearly=True,
            ),
        ],
        praise="Monday 7 October 1957. On Thursday of that week the Dow fell by more.",
        otherwise="Which trading day was the first on which people could have known?",
        hints=[
            "Compare the time of the launch with the closing time of the exchange.",
            "The first trading day after Friday 4 October is Monday 7 October.",
            '`dow_1957 = dow["dow_close"].pct_change()["1957-10-07"]`.',
        ],
    )


def _largest_losses() -> Exercise:
    reported = data.load("largest_losses_reported")
    computed = data.load("largest_losses_computed")
    larger = {
        (day, row.ticker) for day, row in reported.iterrows() if row.loss_usd_bn > OLD_RECORD
    } | {(day, row.ticker) for day, row in computed.iterrows() if -row.change_usd_bn > OLD_RECORD}
    twice = (reported["loss_usd_bn"] > OLD_RECORD).sum() + (
        -computed["change_usd_bn"] > OLD_RECORD
    ).sum()
    right = len(larger) + 1
    return Exercise(
        id="largest-losses",
        section="5. Records go stale",
        right=right,
        mistakes=[
            Mistake(
                "still-the-record",
                1,
                "Rank 1 was right until 26 January 2025.",
            ),
            Mistake(
                "list-of-january-2025",
                2,
                "Rank 2 was right on the evening of 27 January 2025. Look at what came later.",
            ),
            Mistake(
                "counted-twice",
                int(twice) + 1,
                "{answer} counts losses twice that stand in both lists: same day, same company.",
            ),
            Mistake(
                "itself-not-counted",
                right - 1,
                "{answer} is the number of larger losses. The next one in line has the next rank.",
                nearly=True,
            ),
        ],
        praise="The record of September 2024 lasted less than five months.",
        otherwise="Count the different losses larger than 279 billion, then add one.",
        hints=[
            "Both printed tables are sorted: read off what is larger than 279.",
            "The loss of 27 January 2025 stands in both lists, with 593 and 592.3. It is one loss.",
            "The number of different losses above 279, plus one.",
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
            "You need two rows of `revenue`, chosen by `fiscal_year` and `period`.",
            "89,023 million dollars over 35,580 million.",
        ],
    )


def _forecast_audit() -> Exercise:
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
                "The outcome fits Jevons. It also fits other stories: more users, larger models, "
                "rivalry between the four. A table of revenues has no other world to compare with.",
            ),
            Mistake(
                "nothing-known",
                "d",
                "The definitions differ by a few per cent, the changes are far larger. A doubt "
                "about the level is not a doubt about the direction.",
            ),
        ],
        praise="The forecast came true. That is one question; the cause is another.",
        hints=[
            "Two questions are mixed in the sentences: what happened, and why.",
            "Compare plan and outcome in the last table: which is larger?",
            "The tables show that spending rose past the plans. They hold no reason.",
        ],
    )

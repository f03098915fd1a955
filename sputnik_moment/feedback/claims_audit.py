"""The checks of lesson 06: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

import pandas as pd

from sputnik_moment import claims, data, market
from sputnik_moment.feedback import Exercise, Mistake

STAKE = 0.034
SHARES_BN = 24.49


def exercises() -> list[Exercise]:
    """Return the seven exercises of the lesson, with the values that the data give."""
    closes = market.wide(data.load("market_closes"), "close")
    before, after = closes.loc[claims.BEFORE], closes.loc[claims.SHOCK]
    return [
        _claim_table(),
        _at_least(before, after),
        _huang(before["NVDA"], after["NVDA"]),
        _record_loss(),
        _o1_parity(),
        _demand_forecast(),
        _source_chain(),
    ]


def _right_judge(printed: float, computed: float, decimals: int) -> str:
    return claims.judge(printed, computed, decimals=decimals)


def _exact_only(printed: float, computed: float, decimals: int) -> str:
    return claims.HOLDS if printed == computed else claims.CONTRADICTED


def _five_per_cent(printed: float, computed: float, decimals: int) -> str:
    if printed == computed:
        return claims.HOLDS
    near = abs(computed - printed) <= 0.05 * abs(printed)
    return claims.ROUNDED if near else claims.CONTRADICTED


def _never_exact(printed: float, computed: float, decimals: int) -> str:
    same = round(computed, decimals) == printed
    return claims.ROUNDED if same else claims.CONTRADICTED


def _cut_off(printed: float, computed: float, decimals: int) -> str:
    if printed == computed:
        return claims.HOLDS
    cut = int(computed * 10**decimals) / 10**decimals
    return claims.ROUNDED if cut == printed else claims.CONTRADICTED


def _whole_numbers(printed: float, computed: float, decimals: int) -> str:
    if printed == computed:
        return claims.HOLDS
    return claims.ROUNDED if round(computed) == round(printed) else claims.CONTRADICTED


def _claim_table() -> Exercise:
    return Exercise(
        id="claim-table",
        section="2. Figures: how exact is exact enough?",
        right=_right_judge,
        calls=[
            (12, 12.0, 0),
            (12, 12.4, 0),
            (12, 11.7, 0),
            (12, 12.55, 0),
            (3.5, 3.46, 1),
            (3.5, 3.4, 1),
        ],
        mistakes=[
            Mistake(
                "exact-only",
                _exact_only,
                "Your function knows no rounding: it calls 12 for 12.4 contradicted.",
            ),
            Mistake(
                "own-tolerance",
                _five_per_cent,
                "You allow a fixed distance. The digits that are printed decide: 12 for 12.55 is "
                "not the rounded figure, which is 13.",
            ),
            Mistake(
                "never-exact",
                _never_exact,
                'Rounding works. Two equal figures should give "holds": ask that first.',
                nearly=True,
            ),
            Mistake(
                "cut-off",
                _cut_off,
                "You cut the digits off instead of rounding: 11.7 becomes 12, not 11. Use `round`.",
            ),
            Mistake(
                "decimals-ignored",
                _whole_numbers,
                "You always round to whole numbers. Pass `decimals` on to `round`.",
            ),
        ],
        praise="Equal, equal after rounding, or neither: in that order.",
        otherwise='Return one of the texts "holds", "holds with rounding", "contradicted".',
        hints=[
            "Three cases, one after the other: the strictest first.",
            "`round(computed, decimals)` gives the figure as it should have been printed.",
            "First `if printed == computed`, then `if round(computed, decimals) == printed`.",
        ],
    )


def _at_least(before: pd.Series, after: pd.Series) -> Exercise:
    three = ["ORCL", "DELL", "SMCI"]
    falls = after[three] / before[three] - 1
    return Exercise(
        id="at-least-8-7",
        section="2. Figures: how exact is exact enough?",
        right=falls.max(),
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "largest-fall",
                falls.min(),
                "{answer} is the largest of the three falls. 'Or more' is decided by the smallest.",
            ),
            Mistake(
                "middle-fall",
                falls.median(),
                "{answer} is the fall in the middle. One of the three is smaller.",
            ),
            Mistake(
                "mean-fall",
                falls.mean(),
                "{answer} is the mean. The sentence speaks about each of the three.",
            ),
            Mistake(
                "per-cent",
                100 * falls.max(),
                "{answer} is right in per cent. Give a fraction: divide by 100.",
                nearly=True,
            ),
            Mistake(
                "positive",
                -falls.max(),
                "The size is right. A fall is a negative return.",
                nearly=True,
            ),
            Mistake(
                "divided-by-new-price",
                (1 - before[three] / after[three]).max(),
                "{answer} is divided by the new price. The base is the old one.",
            ),
        ],
        praise="It is Dell's, and it is 8.7 % only after rounding.",
        hints=[
            "Compute the return of each of the three, then ask which fall is smallest.",
            "`after[three] / before[three] - 1` gives three returns at once.",
            "The smallest fall is the largest return: `.max()`.",
        ],
    )


def _huang(before: float, after: float) -> Exercise:
    lost = (before - after) * SHARES_BN
    return Exercise(
        id="huang",
        section="3. One man, two fortunes",
        right=STAKE * lost,
        tolerance=1e-3,
        near=5e-3,
        mistakes=[
            Mistake(
                "whole-loss",
                lost,
                "{answer} is what the whole company lost. He owned 3.4 % of it.",
            ),
            Mistake(
                "stake-of-value",
                STAKE * before * SHARES_BN,
                "{answer} is what his shares were worth on Friday. Asked is what they lost.",
            ),
            Mistake(
                "value-left",
                STAKE * after * SHARES_BN,
                "{answer} is what his shares were worth on Monday. Asked is what they lost.",
            ),
            Mistake(
                "factor-of-ten",
                STAKE * lost / 10,
                "{answer} has lost a factor of ten, as in the article. 3.4 % is 0.034.",
            ),
            Mistake(
                "per-cent-as-number",
                100 * STAKE * lost,
                "{answer} is a hundred times too much: 3.4 % is 0.034.",
                nearly=True,
            ),
            Mistake(
                "cnbc-close",
                STAKE * (before - claims.CNBC_CLOSE) * SHARES_BN,
                "{answer} follows from the close of 118.58. Use the price table.",
                nearly=True,
            ),
            Mistake("negative", -STAKE * lost, "A loss is asked for as a positive number.", True),
        ],
        praise="Close to the 20.1 that Bloomberg printed and the 20.8 of Forbes. So 21 it is.",
        hints=[
            "First the loss of the company, then his part of it.",
            '`before["NVDA"] - after["NVDA"]` is the fall of one share.',
            '`0.034 * (before["NVDA"] - after["NVDA"]) * 24.49`',
        ],
    )


def _record_loss() -> Exercise:
    losses = data.load("largest_losses_reported")["loss_usd_bn"]
    earlier = losses[losses.index < claims.SHOCK].sort_values(ascending=False)
    later = losses[losses.index > claims.SHOCK]
    return Exercise(
        id="record-loss",
        section="4. The largest loss ever?",
        right=earlier.iloc[0],
        tolerance=1e-9,
        near=1e-3,
        mistakes=[
            Mistake(
                "the-day-itself",
                losses[losses.index == claims.SHOCK].max(),
                "{answer} is the loss of 27 January 2025 itself. Which loss did it beat?",
            ),
            Mistake(
                "from-the-future",
                later.max(),
                "{answer} is in the list, but that day came later: look at the date.",
            ),
            Mistake(
                "second-later-loss",
                later.sort_values().iloc[-2],
                "{answer} is in the list, but that day came later: look at the date.",
            ),
            Mistake(
                "record-before-the-record",
                earlier.iloc[1],
                "{answer} was a record once, and it was beaten before January 2025.",
            ),
        ],
        praise="Nvidia itself, on 3 September 2024.",
        otherwise="Keep the rows before 27 January 2025 and take the largest.",
        hints=[
            "The index of `reported` holds the dates.",
            'Rows up to a date: `reported.loc[:"2025-01-26"]`.',
            'Take the maximum of `"loss_usd_bn"` in those rows.',
        ],
    )


def _wins(results: pd.DataFrame, rival: str) -> tuple[int, int]:
    wide = results.pivot(index=["benchmark", "metric"], columns="model", values="value")
    lead = wide["DeepSeek-R1"] - wide[rival]
    return int((lead > 0).sum()), int((lead < 0).sum())


def _o1_parity() -> Exercise:
    results = data.load("benchmark_results").query("table == 'r1-table-4'")
    ahead, behind = _wins(results, "OpenAI-o1-1217")
    tests = results.query("model == 'DeepSeek-R1'").shape[0]
    return Exercise(
        id="o1-parity",
        section="5. As good as o1?",
        right=(ahead, behind),
        tolerance=1e-9,
        near=1e-9,
        mistakes=[
            Mistake(
                "turned-round",
                (behind, ahead),
                "The two numbers have changed places: first on how many R1 is ahead.",
                nearly=True,
            ),
            Mistake(
                "small-rival",
                _wins(results, "OpenAI-o1-mini"),
                "You compare with o1-mini. The claim is about o1, `OpenAI-o1-1217` in the table.",
            ),
            Mistake(
                "other-rival",
                _wins(results, "GPT-4o-0513"),
                "You compare with GPT-4o. The claim is about o1, `OpenAI-o1-1217` in the table.",
            ),
            Mistake(
                "missing-counts-as-behind",
                (ahead, tests - ahead),
                "You count the tests on which o1 has no result. A missing number is no win for "
                "either.",
            ),
        ],
        praise="Eleven tests with both results, and neither model is clearly ahead.",
        otherwise="Subtract one column from the other, then count the positive and the negative.",
        hints=[
            "Make one column per model with `pivot`, as the cell above does.",
            "The lead is the column of R1 less that of o1; missing results stay missing.",
            "`(int((lead > 0).sum()), int((lead < 0).sum()))`",
        ],
    )


def _demand_forecast() -> Exercise:
    table = data.load("nvidia_revenue")
    quarters = table[table["period"] != "year"].set_index(["fiscal_year", "period"])
    sales, total = quarters["data_centre_revenue_usd_m"], quarters["revenue_usd_m"]
    shock = (2025, "Q4")
    factor = sales.iloc[-1] / sales[shock]
    years = table[table["period"] == "year"].set_index("fiscal_year")["data_centre_revenue_usd_m"]
    return Exercise(
        id="demand-forecast",
        section="6. A forecast, and what happened",
        right=factor,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "total-revenue",
                total.iloc[-1] / total[shock],
                "{answer} is the growth of the *total* revenue. Use the column of the data "
                "centres.",
            ),
            Mistake(
                "growth-rate",
                factor - 1,
                "{answer} is the growth. The *factor* is one more: 1 means unchanged.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                100 * (factor - 1),
                "{answer} is the growth in per cent. A factor is asked for.",
                nearly=True,
            ),
            Mistake(
                "upside-down",
                1 / factor,
                "{answer} divides the old by the new. Turn it round.",
                nearly=True,
            ),
            Mistake(
                "wrong-start",
                sales.iloc[-1] / sales[(2026, "Q1")],
                "{answer} starts one quarter too late. The year 2025 of Nvidia *ended* in January "
                "2025.",
            ),
            Mistake(
                "wrong-fiscal-year",
                sales.iloc[-1] / sales[(2025, "Q1")],
                "{answer} starts in the spring of 2024. The fiscal year 2025 began in early 2024.",
            ),
            Mistake(
                "years",
                years.iloc[-1] / years.iloc[-2],
                "{answer} compares whole years. Two quarters are asked for.",
            ),
        ],
        praise="Whatever the reason, demand did not fall.",
        hints=[
            "Find the row of fiscal year 2025, period Q4, and the last row.",
            "`revenue.query(\"fiscal_year == 2025 and period == 'Q4'\")` is the first of them.",
            "Divide the last `data_centre_revenue_usd_m` by that of the quarter of the shock.",
        ],
    )


def _source_chain() -> Exercise:
    return Exercise(
        id="source-chain",
        section="7. Four newspapers, one source?",
        right="c",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "majority",
                "a",
                "Pages do not vote. If three of the four took the number from the first, there is "
                "one witness.",
            ),
            Mistake(
                "middle",
                "b",
                "A price between two numbers was printed by nobody. One of the two, or both, can "
                "be wrong; the mean has no evidence at all.",
            ),
            Mistake(
                "trust-nobody",
                "d",
                "Most printed figures of that week hold. Throwing all away loses more than it "
                "saves.",
            ),
        ],
        praise="The price files come from several vendors, who do not copy newspapers.",
        hints=[
            "How many of the four could have measured the price themselves?",
            "Think of a rumour that you hear from four friends.",
            "What counts is the number of independent origins.",
        ],
    )

"""The checks of lesson 06: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import claims, data, market
from sputnik_moment.beliefs import TEN_CLAIMS
from sputnik_moment.feedback import Exercise, Feedback, Mistake
from sputnik_moment.feedback._words import OneWordEach

STAKE = 0.034
SHARES_BN = 24.49


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    closes = market.wide(data.load("market_closes"), "close")
    before, after = closes.loc[claims.BEFORE], closes.loc[claims.SHOCK]
    return [
        _claim_kinds(),
        _claim_table(),
        _at_least(before, after),
        _huang(before["NVDA"], after["NVDA"]),
        _record_loss(),
        _o1_parity(),
        _demand_forecast(),
        _source_chain(),
        _ten_verdicts(),
    ]


def _claim_kinds() -> Exercise:
    status = data.load("claims").set_index("id")["status"]
    about = {
        "nvda-17": "Two prices decide it, and they are in our tables.",
        "sputnik-moment": "Lesson 01 could test the analogy because we wrote criteria first. The "
        "article names none, so its sentence stays an opinion.",
        "nvda-share": "Somebody could count the chips sold, so it is true or false. But no table "
        "of ours has the count.",
        "stargate-after": "Whether one thing came after another is decided by two dates.",
        "spending-doubt": "To put something into question is to doubt it. A doubt is neither true "
        "nor false.",
        "fraction-of-cost": "Costs are numbers, so it is true or false. But what the other models "
        "cost was not published.",
    }
    left_to_readers = (claims.OPINION, claims.OPEN)
    return OneWordEach(
        id="claim-kinds",
        section="1. What can be checked at all?",
        right={
            claim: status[claim] if status[claim] in left_to_readers else "checkable"
            for claim in about
        },
        words=("checkable", *left_to_readers),
        about=about,
        praise="Two of each kind. A verdict makes sense for the first kind only.",
        hints=[
            "Read the three definitions above the table again, one sentence at a time.",
            "First ask: could it be false? If not, it is an opinion. Then ask: who has the figure?",
            "There are two of each kind. One opinion is a doubt, the other an analogy; two figures "
            "are known to the firms alone.",
        ],
    )


def _ten_verdicts() -> Exercise:
    status = claims.audit()["status"]
    about = {
        "avgo-17": "Printed is 17, computed 17.40, and no decimals: what does your `judge` say?",
        "right-after": "Count the days between the model and the fall. The exchange was open on "
        "four of them.",
        "record-loss": "Has any other day in the lists a larger loss? The sentence has no figure "
        "to round.",
        "whole-industry": '"Whole" is contradicted by every firm that rose.',
        "huang-2-1": "Section 3 has the figure. Can it be rounded to 2.1?",
        "o1-parity": 'Neither wins clearly more often, so by this table "as well as" holds. The '
        "sentence has no figure to round.",
        "no-fast-chips": "Lesson 03: the H800, on which V3 was trained, computes at 16 bits "
        "exactly like the H100; its links are slower.",
        "distilled-others": "One side alleges it and the other denies it. Has anybody published "
        "what would decide?",
        "stargate-after": "Here 'the shock' is the fall of 27 January. What was announced six "
        "days before it was not announced since.",
        "demand-rises": "A forecast holds when it came true, and the revenue says so. It names no "
        "figure to round.",
    }
    return OneWordEach(
        id="ten-verdicts",
        section="8. Your verdicts",
        right={claim: status[claim] for claim in TEN_CLAIMS},
        words=(claims.HOLDS, claims.ROUNDED, claims.CONTRADICTED, claims.OPEN),
        about=about,
        praise="Ten sentences, ten verdicts, and evidence for each.",
        hints=[
            "The column `evidence` has what you need; sections 2 to 6 treated five of the ten.",
            "Look at the words: 'right after', 'whole', 'since', 'does not rely'. Is one case "
            "against them enough?",
            "Three hold, one holds with rounding, five are contradicted, and one cannot be "
            "checked.",
        ],
    )


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


def _whole_step(printed: float, computed: float, decimals: int) -> str:
    if printed == computed:
        return claims.HOLDS
    near = abs(computed - printed) < 10**-decimals
    return claims.ROUNDED if near else claims.CONTRADICTED


def _half_a_unit(printed: float, computed: float, decimals: int) -> str:
    if printed == computed:
        return claims.HOLDS
    return claims.ROUNDED if abs(computed - printed) < 0.5 else claims.CONTRADICTED


def _without_sign(printed: float, computed: float, decimals: int) -> str:
    return claims.judge(abs(printed), abs(computed), decimals=decimals)


def _nearly_equal_holds(printed: float, computed: float, decimals: int) -> str:
    if np.isclose(printed, computed, rtol=1e-3):
        return claims.HOLDS
    return _right_judge(printed, computed, decimals)


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
            (-12, -12.4, 0),
            (12, -12.4, 0),
            (592.7, 592.658, 1),
        ],
        mistakes=[
            Mistake(
                "exact-only",
                _exact_only,
                "Your function calls 12 for 12.4 contradicted. Either it knows no rounding, or it "
                "rounds the printed figure, which is rounded already: round the computed one.",
            ),
            Mistake(
                "own-tolerance",
                _five_per_cent,
                "You allow a fixed distance. The digits that are printed decide: 12 for 12.55 is "
                "not the rounded figure, which is 13.",
            ),
            Mistake(
                "half-a-unit",
                _half_a_unit,
                "You always allow a distance of one half. With one decimal 3.4 is not 3.5: use "
                "`round(computed, decimals)`.",
            ),
            Mistake(
                "never-exact",
                _never_exact,
                'Rounding works. Two equal figures should give "holds": ask that first.',
                nearly=True,
            ),
            Mistake(
                "nearly-equal-holds",
                _nearly_equal_holds,
                "Rounding works, but your function calls 592.7 and 592.658 equal. They are equal "
                'after rounding: "holds" is for equal figures alone (`==`).',
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
            Mistake(
                "step-instead-of-half",
                _whole_step,
                "You allow a whole step of the last digit: 11.1 is not printed as 12. `round` goes "
                "to the nearest figure.",
            ),
            Mistake(
                "sign-ignored",
                _without_sign,
                "Without the sign, a rise of 12.4 would hold as a fall of 12. Compare the figures "
                "as they are.",
                nearly=True,
            ),
        ],
        praise="Equal, equal after rounding, or neither: in that order.",
        otherwise="Ask in this order: equal, equal after rounding, or neither. Return one of the "
        "three texts letter by letter.",
        hints=[
            "Three cases, one after the other: the strictest first.",
            "`round(computed, decimals)` gives the figure as it should have been printed.",
            "First `if printed == computed: return ...`, then the same with `round(...)` in the "
            "place of `computed`; what is left is contradicted.",
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
            Mistake(
                "positive-per-cent",
                -100 * falls.max(),
                "{answer} is the size of the right fall, in per cent. Give a negative fraction: "
                "divide by -100.",
                nearly=True,
            ),
            *(
                Mistake(
                    "dollars",
                    after[name] - before[name],
                    "{answer} is a fall in *dollars*. Divide each by the price before.",
                )
                for name in three
            ),
            *(
                Mistake(
                    "ratio",
                    after[name] / before[name],
                    "{answer} is the new price as a share of the old one: so much is left of each "
                    "dollar. The return is the change: subtract 1.",
                )
                for name in three
            ),
            Mistake(
                "log-return",
                float(np.log(after[three] / before[three]).max()),
                "{answer} is a log return. Newspapers print simple ones: new price by old price, "
                "less 1.",
            ),
            Mistake(
                "all-shares",
                (after / before - 1).max(),
                "{answer} is the largest return of the whole table. Choose the three columns "
                "first.",
            ),
        ],
        praise="It is Dell's, and it is 8.7 % only after rounding.",
        otherwise="Compute three returns, `after / before - 1` of each share. Then take the one "
        "nearest to zero.",
        hints=[
            "Compute the return of each of the three, then ask which fall is smallest.",
            "`after[three] / before[three] - 1` gives three returns at once.",
            "The returns are negative. Of negative numbers, which end is the smallest fall?",
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
                "ten-times-too-large",
                10 * STAKE * lost,
                "{answer} is ten times too much: 3.4 % is 0.034.",
                nearly=True,
            ),
            Mistake(
                "his-shares",
                STAKE * SHARES_BN,
                "{answer} is how many billion shares he owned. Each of them lost "
                '`before["NVDA"] - after["NVDA"]` dollars.',
            ),
            Mistake(
                "cnbc-close",
                STAKE * (before - claims.CNBC_CLOSE) * SHARES_BN,
                "{answer} follows from the close of 118.58. Use the price table.",
                nearly=True,
            ),
            Mistake(
                "shares-forgotten",
                STAKE * (before - after),
                "{answer} is his part of the fall of *one* share. The company has 24.49 billion.",
            ),
            Mistake(
                "divided-by-stake",
                lost / (100 * STAKE),
                "{answer} divides by the stake. A part of something is a product: 0.034 times it.",
            ),
            Mistake(
                "dollars",
                1e9 * STAKE * lost,
                "{answer} is in dollars. With 24.49 in place of 24,490,000,000 you get billions.",
                nearly=True,
            ),
            Mistake(
                "copied",
                21,
                "{answer} is what the article prints. Find out without it: what does 3.4 % of the "
                "loss give?",
            ),
            Mistake(
                "copied",
                2.1,
                "{answer} is what the article prints. Find out without it: what does 3.4 % of the "
                "loss give?",
            ),
            Mistake("negative", -STAKE * lost, "A loss is asked for as a positive number.", True),
        ],
        praise="Close to the 20.1 that Bloomberg printed and the 20.8 of Forbes. So 21 is meant, "
        "not 2.1.",
        otherwise="It is a product of three numbers: his part (0.034), the fall of one share in "
        "dollars, and the shares in billions.",
        hints=[
            "First the loss of the company, then his part of it.",
            '`before["NVDA"] - after["NVDA"]` is the fall of one share.',
            "Multiply three numbers: his part as a fraction, that fall, and the shares in "
            "billions.",
        ],
    )


def _record_before(losses: pd.Series, day: object) -> float:
    return losses[losses.index < pd.Timestamp(day)].max()


class _RecordBefore(Exercise):
    """The exercise on a Series whose dates and values are easily taken for each other."""

    def judge(self, answer: Any) -> Feedback:
        verdict = super().judge(answer)
        if verdict.mistake != "error":
            return verdict
        if "comparison" in verdict.message or "not supported between" in verdict.message:
            more = "`losses` itself holds amounts. The dates are its index: `losses.index < day`."
        elif "KeyError" in verdict.message:
            more = (
                "The day that is asked about need not be in the list: compare, do not look it up."
            )
        else:
            return verdict
        return replace(verdict, message=f"{verdict.message} {more}")


def _record_loss() -> Exercise:
    reported = data.load("largest_losses_reported")["loss_usd_bn"]
    # A small list of our own, in which every mistake leads to another figure.
    days = pd.to_datetime(
        ["2001-03-01", "2004-06-01", "2005-09-01", "2010-01-04", "2012-05-02", "2025-06-02"]
    )
    losses = pd.Series([50.0, 80.0, 60.0, 120.0, 90.0, 150.0], days)
    return _RecordBefore(
        id="record-loss",
        section="4. The largest loss ever?",
        right=_record_before,
        calls=[(losses, day) for day in ("2010-01-04", "2004-06-01", "2011-07-01", "2025-07-01")],
        mistakes=[
            Mistake(
                "day-included",
                lambda losses, day: losses[losses.index <= day].max(),
                "The day itself counts in your function, so it beats itself. `losses[:day]` takes "
                "the day in; `losses.index < day` leaves it out.",
                nearly=True,
            ),
            Mistake(
                "from-the-future",
                lambda losses, day: losses.max(),
                "Your function does not look at `day`: it returns the largest loss of the whole "
                "list, later days included.",
            ),
            Mistake(
                "fixed-date",
                lambda losses, day: _record_before(losses, claims.SHOCK),
                "Your function gives {answer} for every day: 27 January 2025 stands inside it. Use "
                "its argument `day`.",
                nearly=True,
            ),
            Mistake(
                "last-row-dropped",
                lambda losses, day: losses[losses.index <= pd.Timestamp(day)].iloc[:-1].max(),
                "You drop the last row up to the day. That is the day itself only if it is in the "
                "list, and stands there once. `losses.index < day` leaves out that day and no "
                "other.",
                nearly=True,
            ),
            Mistake(
                "later-losses",
                lambda losses, day: losses[losses.index > day].max(),
                "You keep the losses *after* the day. What was known on it came before.",
            ),
            Mistake(
                "latest-loss",
                lambda losses, day: losses[losses.index < day].iloc[-1],
                "{answer} is the last loss before the day. A record is the largest.",
            ),
            Mistake(
                "smallest-loss",
                lambda losses, day: losses[losses.index < day].min(),
                "{answer} is the smallest loss before the day. The losses are positive numbers.",
            ),
            Mistake(
                "date-of-the-record",
                lambda losses, day: losses[losses.index < day].idxmax(),
                "Your function returns the *date* of the record. Its size is asked for: `.max()`.",
                nearly=True,
            ),
            Mistake(
                "table-from-outside",
                lambda losses, day: _record_before(reported, day),
                "Your function uses `reported`, a name from outside. Take the Series that it is "
                "given, `losses`.",
            ),
        ],
        praise="Now it can be asked about any day.",
        otherwise="Keep the losses before `day`, then take the largest.",
        hints=[
            "The index of `losses` holds the dates, and a date can be compared with `day`.",
            "`losses.index < day` is True for the earlier days; square brackets keep those rows.",
            "`earlier = losses[losses.index < day]`, and then the largest value of `earlier`.",
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
            Mistake(
                "all-tests-as-second",
                (ahead, ahead + behind),
                "The second number is how many tests have both results. Asked is on how many R1 is "
                "behind.",
            ),
            Mistake(
                "results-counted",
                (tests, ahead + behind),
                "You count the results of each model. Compare them, test by test.",
            ),
            Mistake(
                "difference",
                (ahead - behind, behind - ahead),
                "That is the difference of the two numbers. Give them both.",
            ),
        ],
        praise="Eleven tests with both results, and neither model is clearly ahead.",
        otherwise="Subtract one column from the other, then count the positive and the negative.",
        hints=[
            "`by_model` has one column per model. You need two of them.",
            "The lead is the column of R1 less that of o1; missing results stay missing.",
            "`(lead > 0).sum()` counts where R1 is ahead; the second number is its mirror image.",
        ],
    )


def _demand_forecast() -> Exercise:
    firms = ["Alphabet", "Amazon", "Meta"]
    table = data.load("company_capex").query("company in @firms and period in ['2024', '2025']")
    reported = table[table["kind"] == "reported"]
    paid = reported[reported["definition"] == "cash"].pivot(
        index="company", columns="period", values="capex_usd_bn"
    )
    once, twice = (rows.groupby("period")["capex_usd_bn"].sum() for rows in (reported, table))
    total = paid.sum()
    wider = reported[reported["definition"] != "cash"].set_index("period")["capex_usd_bn"]
    leased = paid.drop("Meta").sum() + wider
    factor = total["2025"] / total["2024"]
    return Exercise(
        id="demand-forecast",
        section="6. Two forecasts, and what happened",
        right=factor,
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "factor-in-per-cent",
                100 * factor,
                "{answer} is the factor in per cent. 1 means unchanged here: divide by 100.",
                nearly=True,
            ),
            Mistake(
                "leases-in-place-of-cash",
                leased["2025"] / leased["2024"],
                "{answer} takes Meta's figures with leases. Keep the rows with the definition "
                '"cash".',
            ),
            *(
                Mistake(
                    "two-companies",
                    paid.drop(firm)["2025"].sum() / paid.drop(firm)["2024"].sum(),
                    f"{{answer}} leaves out {firm}. Add the cash of all three companies.",
                )
                for firm in firms
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
                "difference",
                total["2025"] - total["2024"],
                "{answer} is the difference in billion dollars. A factor is asked for.",
            ),
            Mistake(
                "leases-mixed-in",
                once["2025"] / once["2024"],
                "{answer} counts Meta twice: with leases and in cash. Keep the rows with the "
                'definition "cash".',
            ),
            Mistake(
                "plans-counted",
                twice["2025"] / twice["2024"],
                "{answer} adds plans to what was paid. Keep the rows of the kind "
                '"reported", and of these the definition "cash".',
            ),
            Mistake(
                "mean-of-factors",
                (paid["2025"] / paid["2024"]).mean(),
                "{answer} is the mean of three factors, so that the smallest firm counts as much "
                "as the largest. Add the dollars first, then divide.",
            ),
            *(
                Mistake(
                    "one-company",
                    paid.loc[firm, "2025"] / paid.loc[firm, "2024"],
                    f"{{answer}} is the factor of {firm} alone. Add the three companies first.",
                )
                for firm in firms
            ),
        ],
        praise="Whatever the reason, the money did not leave infrastructure.",
        otherwise="Keep the rows `reported` and `cash`: three firms in two years. Divide the sum "
        "of 2025 by the sum of 2024.",
        hints=[
            "Two columns decide which rows count: `kind` and `definition`.",
            'After `query` with both conditions, `groupby("period")` and a sum give two totals.',
            "Divide the total of 2025 by that of 2024.",
        ],
    )


def _source_chain() -> Exercise:
    return Exercise(
        id="source-chain",
        section="7. Four pages, one source?",
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
        praise="The price files come from several vendors, who do not copy the press.",
        hints=[
            "How many of the four could have measured the price themselves?",
            "Think of a rumour that you hear from four friends.",
            "What counts is the number of independent origins.",
        ],
    )

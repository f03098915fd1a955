"""The checks of lesson 04: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import data, market
from sputnik_moment.feedback import KEEP_WORKING, NEARLY, Exercise, Feedback, Mistake, outputs
from sputnik_moment.feedback._compare import distance

EVENT = pd.Timestamp("2025-01-27")
WINDOW = (-260, -11)
CNBC_CLOSE = 118.58


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    closes = data.load("market_closes")
    prices = market.wide(closes, "close")
    returns = market.returns(market.wide(closes, "adj_close"))
    counts = data.load("share_counts").query("ticker == 'NVDA'")["shares"].tolist()
    return [
        _simple_return(prices["NVDA"]),
        _log_return(prices["NVDA"]),
        _market_value_lost(closes.query("ticker == 'NVDA'"), counts),
        _589_or_593(),
        _market_model(returns),
        _abnormal_return(returns),
        _which_benchmark(),
        _how_rare(),
        _who_fell_most(),
    ]


def _around(prices: pd.Series) -> tuple[float, float, float, float]:
    """Return the closes of the day two before, the day before, the day of and the day after."""
    position = prices.index.get_loc(EVENT)
    return tuple(prices.iloc[position - 2 : position + 2])


def _simple_return(prices: pd.Series) -> Exercise:
    two_before, before, after, next_day = _around(prices)
    right = (after - before) / before
    return Exercise(
        id="simple-return",
        section="1. Seventeen per cent of what?",
        right=right,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "divided-by-new-price",
                (after - before) / after,
                "{answer} is what you get when you divide by the *new* price. A return is a share "
                "of the price you started from.",
            ),
            Mistake(
                "per-cent",
                100 * right,
                "{answer} is the right fall in per cent. The course keeps returns as fractions: "
                "divide by 100.",
                nearly=True,
            ),
            Mistake(
                "sign-flipped",
                -right,
                "The size is right and the sign is not: a fall is negative. Subtract the old price "
                "from the new one.",
                nearly=True,
            ),
            Mistake(
                "price-change",
                after - before,
                "{answer} is the change in dollars. A return sets it in relation to the old price.",
            ),
            Mistake(
                "price-change",
                before - after,
                "{answer} is the fall in dollars. A return sets it in relation to the old price, "
                "and a fall is negative.",
            ),
            Mistake(
                "brackets-forgotten",
                after - before / before,
                "{answer} is no share of anything: Python divides before it subtracts. Put the "
                "difference in brackets.",
            ),
            Mistake(
                "two-days",
                after / two_before - 1,
                "{answer} begins at Thursday's close, so it is the return of two trading days. "
                "Start from Friday 24 January.",
            ),
            Mistake(
                "ratio",
                after / before,
                "{answer} is the new price as a share of the old one: so much is left of each "
                "dollar. The return is the change: subtract 1.",
            ),
            Mistake(
                "day-before",
                before / two_before - 1,
                "{answer} is the return of Friday 24 January. The close of the 24th is where you "
                "start from.",
            ),
            Mistake(
                "day-after",
                next_day / after - 1,
                "{answer} is the rebound of 28 January. One row further up, please.",
            ),
            Mistake(
                "log-return",
                np.log(after / before),
                "{answer} is the log return, which comes next. Here the *simple* return is asked "
                "for.",
            ),
        ],
        praise="This is the fall that the headlines round to 17 %.",
        otherwise="Which two closes did you use? The return of a day begins at the close of the "
        "trading day before it.",
        hints=[
            "Look at the table above: the row of 24 January is the start, that of 27 January the "
            "end.",
            "Take the closes out with `nvda.loc['2025-01-24', 'close']` and the same for the 27th.",
            "Subtract the earlier close from the later one, put the difference in brackets, and "
            "divide it by the earlier close.",
        ],
    )


def _log_of_difference(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.log(new - old)


def _log_return(prices: pd.Series) -> Exercise:
    _, before, after, _ = _around(prices)
    return Exercise(
        id="log-return",
        section="1. Seventeen per cent of what?",
        right=lambda old, new: np.log(new / old),
        calls=[(100.0, 80.0), (64.0, 96.0), (np.array([50.0, 40.0]), np.array([40.0, 50.0]))],
        mistakes=[
            Mistake(
                "simple-return",
                lambda old, new: new / old - 1,
                "From 100 to 80 your function gives {answer}: that is the simple return. A log "
                "return takes a logarithm.",
            ),
            Mistake(
                "upside-down",
                lambda old, new: np.log(old / new),
                "From 100 to 80 your function gives {answer}: a fall with a positive sign. Old and "
                "new have changed places.",
            ),
            Mistake(
                "base-ten",
                lambda old, new: np.log10(new / old),
                "From 100 to 80 your function gives {answer}: that is the logarithm to base 10. "
                "Finance uses the natural one, `np.log`.",
            ),
            Mistake(
                "log-of-one-plus-change",
                lambda old, new: np.log(1 + (new - old) / new),
                "From 100 to 80 your function gives {answer}. You take the logarithm of one plus a "
                "return, which is a good way, but this return is divided by the new price.",
            ),
            Mistake(
                "no-logarithm",
                lambda old, new: new / old,
                "From 100 to 80 your function gives {answer}: the ratio of the prices. Now take "
                "its natural logarithm.",
                nearly=True,
            ),
            Mistake(
                "log-of-difference",
                _log_of_difference,
                "From 100 to 80 your function gives {answer}: the difference is negative, and a "
                "negative number has no logarithm. Take two logarithms first, then subtract.",
            ),
            Mistake(
                "divided-logarithms",
                lambda old, new: np.log(new) / np.log(old),
                "From 100 to 80 your function gives {answer}: one logarithm divided by the other. "
                "The formula subtracts them.",
            ),
            *(
                Mistake(
                    "prices-of-the-lesson",
                    lambda old, new, value=value: value,
                    "Your function gives {answer} for any two prices: the prices of the lesson "
                    "stand in it. Use its arguments, `old` and `new`.",
                )
                for value in (np.log(after / before), np.log(before / after))
            ),
        ],
        praise="From 50 to 40 and back to 50 it gives two numbers that add up to zero.",
        otherwise="Try it on paper: from 100 to 80 the result should be ln 0.8, about -0.223.",
        hints=[
            "The formula above the cell: its $P_{t-1}$ is `old`, its $P_t$ is `new`.",
            "`np.log` is the natural logarithm and works on numbers and on whole columns; "
            "`math.log` works on numbers only.",
            "The difference of two logarithms is the logarithm of a ratio. From 100 to 80 the "
            "result must be negative: which price stands on top?",
        ],
    )


def _market_value_lost(prices: pd.DataFrame, counts: list[int]) -> Exercise:
    two_before, before, after, _ = _around(prices["close"])
    _, adjusted_before, adjusted_after, _ = _around(prices["adj_close"])
    known, later, balance_sheet = (count / 1e9 for count in counts)
    right = (before - after) * known
    return Exercise(
        id="market-value-lost",
        section="2. How many dollars is that?",
        right=right,
        tolerance=1e-4,
        near=2e-3,
        mistakes=[
            Mistake(
                "cnbc-close",
                (before - CNBC_CLOSE) * known,
                "589 was printed, but it does not follow from the closes in our table. The next "
                "exercise asks why.",
            ),
            Mistake(
                "later-share-count",
                (before - after) * later,
                "{answer} uses the share count of May 2025. Nobody could know it in January.",
            ),
            Mistake(
                "balance-sheet-count",
                (before - after) * balance_sheet,
                "{answer} uses the count dated 31 January 2025, four days after the event.",
            ),
            Mistake(
                "other-unit",
                right * 1e3,
                "{answer} has the right digits in another unit. A billion dollars is 1e9 dollars.",
                nearly=True,
            ),
            Mistake(
                "other-unit",
                right / 1e3,
                "{answer} has the right digits in another unit: a billion is a thousand millions, "
                "a trillion is a thousand billions.",
                nearly=True,
            ),
            Mistake(
                "dollars-not-billions",
                right * 1e9,
                "{answer} is right in dollars. Billions are asked for: divide by 1e9.",
                nearly=True,
            ),
            Mistake(
                "negative",
                -right,
                "The amount is right. A *loss* was asked for as a positive number.",
                nearly=True,
            ),
            Mistake(
                "value-after",
                after * known,
                "{answer} is the market value that was left on Monday evening, not what was lost.",
            ),
            Mistake(
                "value-before",
                before * known,
                "{answer} is the market value on Friday evening, all of it. How much of it was "
                "gone on Monday evening?",
            ),
            Mistake(
                "fall-of-one-share",
                before - after,
                "{answer} is what one share lost, in dollars. Now all the shares.",
            ),
            *(
                Mistake(
                    "return-times-count",
                    sign * (before - after) / before * known,
                    "{answer} is the return times the number of shares. A return has no unit: for "
                    "dollars, multiply the fall of the *price* by the number of shares.",
                )
                for sign in (-1, 1)
            ),
            Mistake(
                "mean-of-counts",
                (before - after) * (known + later + balance_sheet) / 3,
                "{answer} uses the mean of the three counts. Two of them were not known on the "
                "day: take one.",
            ),
            Mistake(
                "adjusted-close",
                (adjusted_before - adjusted_after) * known,
                "{answer} uses `adj_close`, which later dividends have lowered. For money take "
                "what was paid on the day: the column `close`.",
                nearly=True,
            ),
            Mistake(
                "two-days",
                (two_before - after) * known,
                "{answer} begins at Thursday's close. The task asks from Friday 24 January on.",
            ),
            Mistake(
                "return-times-new-value",
                (before - after) / before * after * known,
                "{answer} is the return times the value *after* the fall. The return is a share of "
                "the value before it.",
            ),
        ],
        praise="Reuters printed 593, Bloomberg 592.7. What about 589? See below.",
        otherwise="The loss is the fall of the price times the number of shares, in billions.",
        hints=[
            "You need three numbers: two closes from `nvda` and one share count.",
            "The last count published before the shock is that of 15 November 2024.",
            "The fall of the price in dollars, times the count in billions (24.49), is in billions "
            "of dollars at once: nothing to divide.",
        ],
    )


def _589_or_593() -> Exercise:
    return Exercise(
        id="589-or-593",
        section="2. How many dollars is that?",
        right="b",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "share-counts",
                "a",
                "With the close of 118.42 the three counts give 592.7, 592.3 and 590.5 billion in "
                "the calculator: none of them gives 589.",
            ),
            Mistake(
                "part-of-the-day",
                "c",
                "Both figures are losses from close to close. Nothing in the table speaks of "
                "minutes.",
            ),
            Mistake(
                "unit-error",
                "d",
                "One outlet did print millions for billions, and it is in the table, but with 600. "
                "589 and 593 have the same unit.",
            ),
        ],
        praise="(142.62 - 118.58) and (142.62 - 118.42), each times 24.49 billion shares.",
        hints=[
            "Use the calculator: change one input at a time.",
            "Which input moves the result by about four billion?",
            "Change the close, leave the share count, and read which printed figures fit. Then do "
            "it the other way round.",
        ],
    )


def _fit(share: np.ndarray, benchmark: np.ndarray, lost: int = 2) -> tuple[float, float, float]:
    """Return alpha, beta and the residual standard deviation with ``n - lost`` in it."""
    share, benchmark = np.asarray(share), np.asarray(benchmark)
    from_mean = benchmark - benchmark.mean()
    beta = (from_mean * share).sum() / (from_mean**2).sum()
    alpha = share.mean() - beta * benchmark.mean()
    residuals = share - alpha - beta * benchmark
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - lost))


def _through_zero(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    beta = (share * benchmark).sum() / (benchmark**2).sum()
    return 0.0, beta, np.sqrt(((share - beta * benchmark) ** 2).sum() / (len(share) - 2))


def _reordered(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    alpha, beta, residual_sd = _fit(share, benchmark)
    return beta, alpha, residual_sd


def _around_line(
    share: np.ndarray, benchmark: np.ndarray, alpha: float, beta: float
) -> tuple[float, float, float]:
    """Return a wrong line with the residual standard deviation around it."""
    residuals = share - alpha - beta * benchmark
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))


def _mixed_up(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    alpha, beta, _ = _fit(share, benchmark)
    return _around_line(share, benchmark, alpha=beta, beta=alpha)


def _variance_of_the_share(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    beta = np.cov(share, benchmark)[0, 1] / np.var(share, ddof=1)
    return _around_line(share, benchmark, share.mean() - beta * benchmark.mean(), beta)


def _mixed_divisors(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    beta = np.cov(share, benchmark)[0, 1] / np.var(benchmark)
    return _around_line(share, benchmark, share.mean() - beta * benchmark.mean(), beta)


def _correlation(share: np.ndarray, benchmark: np.ndarray) -> tuple[float, float, float]:
    beta = np.corrcoef(share, benchmark)[0, 1]
    return _around_line(share, benchmark, share.mean() - beta * benchmark.mean(), beta)


def _with_spread(spread: Callable[..., float]) -> Callable[..., tuple[float, float, float]]:
    """Return a fit with the right line and another third number.

    ``spread`` gets share, benchmark, alpha and beta.
    """

    def fit(share: pd.Series, benchmark: pd.Series) -> tuple[float, float, float]:
        alpha, beta, _ = _fit(share, benchmark)
        return alpha, beta, spread(share, benchmark, alpha, beta)

    return fit


def _root_of(squares: pd.Series, divisor: float) -> float:
    return float(np.sqrt((squares**2).sum() / divisor))


class _MarketModel(Exercise):
    """The exercise whose first two numbers are a line, whatever the third one is.

    A wrong line has as many third numbers as there are ways to compute the residuals, so a line is
    recognised by itself.
    """

    def judge(self, answer: Any) -> Feedback:
        verdict = super().judge(answer)
        if verdict.state != KEEP_WORKING or verdict.mistake:
            return verdict
        try:
            seen = [list(one)[:2] for one in outputs(answer, self.calls)]
        except (TypeError, KeyError):  # no three numbers in a row
            return verdict
        if self._is_line(seen, self.right):
            return replace(
                verdict,
                state=NEARLY,
                mistake="residual-sd",
                message="Alpha and beta are right, the third number is not. The residuals are "
                "`share - (alpha + beta * benchmark)`: square them, add them up, divide by n - 2, "
                "and take the root of it all.",
            )
        for mistake in self.mistakes:
            if self._is_line(seen, mistake.value):
                return replace(verdict, mistake=mistake.name, message=mistake.message)
        return verdict

    def _is_line(self, seen: list, fit: Callable[..., tuple[float, float, float]]) -> bool:
        return distance(seen, [list(fit(*days)[:2]) for days in self.calls]) <= self.tolerance


def _market_model(returns: pd.DataFrame) -> Exercise:
    # Chosen so that every mistake gives another result: five days with exact sums.
    benchmark = pd.Series([-0.02, -0.01, 0.0, 0.01, 0.03])
    share = pd.Series([-0.05, 0.01, 0.02, 0.00, 0.07])
    of_the_lesson = returns.loc[market.window_days(returns.index, WINDOW, EVENT)]
    return _MarketModel(
        id="market-model",
        section="3. Compared with what?",
        right=_fit,
        calls=[(share, benchmark), (share[::-1].reset_index(drop=True), benchmark)],
        mistakes=[
            Mistake(
                "swapped",
                lambda share, benchmark: _fit(benchmark, share),
                "You explain the benchmark by the share. It is the share that should be explained: "
                "the benchmark stands on the horizontal axis, and comes first in `np.polyfit`.",
            ),
            Mistake(
                "alpha-for-beta",
                _mixed_up,
                "Alpha and beta have changed places, already inside: `np.polyfit` gives the slope "
                "(beta) first.",
            ),
            Mistake(
                "variance-of-the-share",
                _variance_of_the_share,
                "Your beta divides by the variance of the *share*. Divide the covariance by the "
                "variance of the benchmark.",
            ),
            Mistake(
                "covariance-and-variance",
                _mixed_divisors,
                "`np.cov` divides by n - 1 and `np.var` by n: use the same divisor for both.",
            ),
            Mistake(
                "variance-not-root",
                lambda share, benchmark: (
                    *_fit(share, benchmark)[:2],
                    _fit(share, benchmark)[2] ** 2,
                ),
                "Alpha and beta are right. The third number is the variance: take its square root.",
                nearly=True,
            ),
            *(
                Mistake(
                    "spread-of-the-share",
                    _with_spread(lambda share, *_, ddof=ddof: share.std(ddof=ddof)),
                    "Alpha and beta are right. The third number is the spread of the share itself; "
                    "take that of the residuals.",
                    nearly=True,
                )
                for ddof in (0, 1)
            ),
            Mistake(
                "alpha-left-out-of-residuals",
                _with_spread(lambda y, x, alpha, beta: _root_of(y - beta * x, len(y) - 2)),
                "Alpha and beta are right. Your residuals leave out alpha: the line is alpha plus "
                "beta times the benchmark.",
                nearly=True,
            ),
            Mistake(
                "brackets-forgotten",
                _with_spread(lambda y, x, alpha, beta: _root_of(y - alpha + beta * x, len(y) - 2)),
                "Alpha and beta are right. In the residuals a bracket is missing: subtract the "
                "whole line, alpha plus beta times the benchmark.",
                nearly=True,
            ),
            Mistake(
                "root-before-division",
                _with_spread(
                    lambda y, x, alpha, beta: _root_of(y - alpha - beta * x, (len(y) - 2) ** 2)
                ),
                "Alpha and beta are right. You take the root first and divide afterwards: divide "
                "the sum by n - 2, then take the root.",
                nearly=True,
            ),
            Mistake(
                "root-of-negative",
                _with_spread(lambda *_: np.nan),
                "Alpha and beta are right. The third number is NaN, the root of a negative number: "
                "square every residual, and divide by n - 2 in brackets.",
                nearly=True,
            ),
            Mistake(
                "fixed-number-of-days",
                _with_spread(
                    lambda y, x, alpha, beta: _root_of(y - alpha - beta * x, len(of_the_lesson) - 2)
                ),
                "Alpha and beta are right. You divide by a fixed number, that of the lesson's 250 "
                "days. The check brings other days: use `len(share)`.",
                nearly=True,
            ),
            Mistake(
                "data-of-the-lesson",
                lambda *_: _fit(of_the_lesson["NVDA"], of_the_lesson["^GSPC"]),
                "These are the right numbers for Nvidia, whatever comes in. Inside the function "
                "use its arguments, `share` and `benchmark`: the check brings other days.",
            ),
            Mistake(
                "correlation",
                _correlation,
                "Your beta is the correlation. Beta is the slope: the covariance divided by the "
                "variance of the benchmark.",
            ),
            Mistake(
                "beta-first",
                _reordered,
                "All three numbers are right, but in another order: alpha comes first. "
                "(`np.polyfit` gives the slope first.)",
                nearly=True,
            ),
            Mistake(
                "no-intercept",
                _through_zero,
                "Your line is forced through zero. The market model has an alpha.",
            ),
            Mistake(
                "n-minus-1",
                lambda share, benchmark: _fit(share, benchmark, lost=1),
                "Alpha and beta are right. In the residual standard deviation you divide by n - 1 "
                "(as `.std()` of a column does by itself); two numbers were estimated, so divide "
                "by n - 2.",
                nearly=True,
            ),
            Mistake(
                "divided-by-n",
                lambda share, benchmark: _fit(share, benchmark, lost=0),
                "Alpha and beta are right. In the residual standard deviation you divide by n "
                "(as `np.std` does by itself); two numbers were estimated, so divide by n - 2.",
                nearly=True,
            ),
        ],
        praise="Least squares, with two degrees of freedom given up for alpha and beta.",
        otherwise="Return `alpha, beta, residual_sd`. Try the function on three days that lie on "
        "one line, benchmark 0, 1, 2 and share 1, 3, 5: alpha is 1, beta 2, the rest 0.",
        hints=[
            "Beta is the covariance of the two returns divided by the variance of the benchmark.",
            "`beta, alpha = np.polyfit(benchmark, share, deg=1)` gives the line; then compute the "
            "residuals.",
            "`residual_sd = np.sqrt((residuals**2).sum() / (len(share) - 2))`.",
        ],
    )


def _abnormal_return(returns: pd.DataFrame) -> Exercise:
    share, benchmark = returns["NVDA"], returns["^GSPC"]
    actual, market_return = share[EVENT], benchmark[EVENT]
    model = market.market_model(share, benchmark, WINDOW, EVENT)
    expected = model.alpha + model.beta * market_return
    return Exercise(
        id="abnormal-return",
        section="4. What the market does not explain",
        right=actual - expected,
        tolerance=1e-4,
        near=4e-3,
        mistakes=[
            Mistake(
                "raw-return",
                actual,
                "{answer} is the whole return. Take away what the model expects for such a day.",
            ),
            Mistake(
                "expected-return",
                expected,
                "{answer} is the expected return. The abnormal return is what the model does *not* "
                "expect: actual minus expected.",
            ),
            Mistake(
                "beta-of-one",
                actual - market_return,
                "{answer} is the return minus the market's return, as if beta were 1. Nvidia moves "
                "more than the market: use `model.beta`.",
            ),
            Mistake(
                "alpha-forgotten",
                actual - model.beta * market_return,
                "{answer} leaves out alpha, the return that the model expects on a day when the "
                "market does not move.",
                nearly=True,
            ),
            Mistake(
                "plus-instead-of-minus",
                actual + expected,
                "{answer} adds the expected return. Subtract it.",
            ),
            Mistake(
                "sign-flipped",
                expected - actual,
                "The size is right. The order is actual *minus* expected.",
                nearly=True,
            ),
            Mistake(
                "brackets-forgotten",
                actual - model.alpha + model.beta * market_return,
                "{answer} subtracts alpha only: put the whole expected return in brackets.",
            ),
            Mistake(
                "per-cent",
                100 * (actual - expected),
                "{answer} is right in per cent. Returns are fractions here: divide by 100.",
                nearly=True,
            ),
            Mistake(
                "expected-sign-flipped",
                -expected,
                "{answer} is the expected return with its sign turned round. The abnormal return "
                "is what is left of the actual one: actual minus expected.",
            ),
            Mistake(
                "alpha-for-beta",
                actual - (model.beta + model.alpha * market_return),
                "{answer}: alpha and beta have changed places. Beta goes with the market's return.",
            ),
            Mistake(
                "own-return-in-the-model",
                actual - (model.alpha + model.beta * actual),
                "{answer} puts Nvidia's own return into the model. It wants the market's return of "
                "the day.",
            ),
            Mistake(
                "market-in-per-cent",
                actual - (model.alpha + model.beta * 100 * market_return),
                "{answer} mixes units: the market's return went in in per cent, all else is a "
                "fraction.",
            ),
            Mistake(
                "divided-by-residual-sd",
                (actual - expected) / model.residual_sd,
                "{answer} is the abnormal return divided by the residual sd: a ratio, for section "
                "5. Here the return itself is asked for.",
                nearly=True,
            ),
        ],
        praise=f"The model expects a fall of {-100 * expected:.1f} percentage points; the other "
        f"{-100 * (actual - expected):.1f} are abnormal.",
        otherwise="Two steps: the expected return `model.alpha + model.beta * ...`, then actual "
        "minus expected.",
        hints=[
            "The returns of the day are `returns.loc[event, 'NVDA']` and `returns.loc[event, "
            "'^GSPC']`.",
            "First compute `expected` from `model.alpha`, `model.beta` and the index's return.",
            "`nvda_abnormal = returns.loc[event, 'NVDA'] - expected`.",
        ],
    )


def _which_benchmark() -> Exercise:
    return Exercise(
        id="which-benchmark",
        section="5. Which benchmark?",
        right="c",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "closest-is-best",
                "a",
                "The closest fit answers one question: did Nvidia fall more than *other chip "
                "firms*? For 'how much did the news cost?' it takes away what you want to measure.",
            ),
            Mistake(
                "benchmark-does-not-matter",
                "b",
                "Both are unusual, but one abnormal return is twice the other. A reader who hears "
                "only one number is misled.",
            ),
            Mistake(
                "largest-t",
                "d",
                "Choosing the benchmark after seeing the t values is choosing the answer. The "
                "benchmark follows from the question, before the data.",
            ),
        ],
        praise="It still has its use: it tells whether Nvidia fell more than its neighbours. Say "
        "which question you answer.",
        hints=[
            "Which firms are in a semiconductor index?",
            "How did that index itself move on the day? Look at it in the explorer.",
            "That index itself fell far on the day. Which of its firms pulled it down? And what is "
            "lost when you subtract its fall from Nvidia's?",
        ],
    )


def _as_given(returns: pd.Series, day: object) -> int:
    return int((returns.abs() > abs(returns[day])).sum())


def _how_rare() -> Exercise:
    # Exact values: a rise larger than any fall, two equal falls, and two missing values (with one,
    # counting it would look like counting the day twice).
    days = pd.date_range("2025-01-24", periods=9, freq="D")
    returns = pd.Series([0.30, -0.10, 0.02, -0.20, -0.15, np.nan, 0.12, -0.15, np.nan], index=days)
    return Exercise(
        id="how-rare",
        section="6. How rare was such a day?",
        right=lambda returns, day: market.rank_of_day(returns, day).rank,
        calls=[(returns, days[3]), (returns, days[1]), (returns, days[0])],
        mistakes=[
            Mistake(
                "as-given",
                _as_given,
                "The function still has both mistakes. Which days does `.abs()` count that are no "
                "falls? And does the day count itself?",
            ),
            Mistake(
                "rises-count-too",
                lambda returns, day: int((returns.abs() > abs(returns[day])).sum()) + 1,
                "One mistake is gone. A rise of 30 % still counts as if it were a fall of 30 %.",
            ),
            Mistake(
                "day-not-counted",
                lambda returns, day: int((returns < returns[day]).sum()),
                "Almost: the largest fall of all gets rank 0. The day itself belongs to the count.",
                nearly=True,
            ),
            Mistake(
                "from-the-top",
                lambda returns, day: int((returns >= returns[day]).sum()),
                "Your rank counts from the largest rise downwards. Rank 1 should be the largest "
                "fall.",
            ),
            Mistake(
                "better-days",
                lambda returns, day: int((returns > returns[day]).sum()),
                "`>` counts the days that were *better*. Which days were worse? And does the day "
                "count itself?",
            ),
            Mistake(
                "falls-only",
                lambda returns, day: int((-returns > abs(returns[day])).sum()) + 1,
                "Right for a fall. But a rise has a rank too, behind all falls: compare the "
                "returns with their signs, without `abs`.",
                nearly=True,
            ),
            Mistake(
                "equal-falls-once",
                lambda returns, day: int((returns.drop_duplicates() < returns[day]).sum()) + 1,
                "Almost: two days with the same fall are two days, and your function counts one.",
                nearly=True,
            ),
            Mistake(
                "share-of-days",
                lambda returns, day: float((returns <= returns[day]).mean()),
                "Your function gives a share of all days. A rank is a count: 1, 2, 3 ...",
            ),
            Mistake(
                "counted-twice",
                lambda returns, day: int((returns <= returns[day]).sum()) + 1,
                "Almost: the day counts twice. `<=` finds the day itself already, and then 1 is "
                "added.",
                nearly=True,
            ),
            Mistake(
                "missing-values-count",
                lambda returns, day: int((~(returns >= returns[day])).sum()) + 1,
                "Your count includes the missing values. Every comparison with NaN is False, and "
                "`~` (or a subtraction from `len`) makes it count.",
            ),
            Mistake(
                "missing-as-zero",
                lambda returns, day: int((returns.fillna(0) < returns[day]).sum()) + 1,
                "You put 0 in the place of missing values, and for a day of a rise they count. "
                "Leave them out.",
                nearly=True,
            ),
            Mistake(
                "abs-on-one-side",
                lambda returns, day: int((returns < abs(returns[day])).sum()) + 1,
                "`abs` is gone on one side only: now every day below the *size* of the fall "
                "counts. Compare both with their signs.",
            ),
            Mistake(
                "day-of-the-lesson",
                lambda returns, _: market.rank_of_day(returns, EVENT).rank,
                "For 27 January this is right, but your function gives the same rank to every day. "
                "Use its argument `day`.",
                nearly=True,
            ),
            Mistake(
                "count-instead-of-sum",
                lambda returns, day: int((returns < returns[day]).count()) + 1,
                "Your function gives {answer} for every day: `.count()` counts False too. `.sum()` "
                "counts what is True.",
            ),
        ],
        praise="Both mistakes mended: only falls count, and the day counts itself.",
        otherwise="The check uses a short Series of its own, with rises, equal falls and missing "
        "values. Try your function on one that you can count by hand.",
        hints=[
            "Test the function on `pd.Series([0.3, -0.1, -0.2])` for the last day. What should it "
            "give?",
            "A day is worse when its return is *smaller*, with its sign. Rank 1 has no worse day.",
            "`returns < returns[day]` is True for every larger fall, and False where a value is "
            "missing. Count these, and do not forget the day itself.",
        ],
    )


def _who_fell_most() -> Exercise:
    firms = data.load("tickers").query("kind == 'share'")
    return Exercise(
        id="who-fell-most",
        section="7. Who fell most?",
        right="power and cooling",
        options=(
            *("chips", "servers", "power and cooling", "cloud", "software"),
            *("China", "consumer"),
        ),
        mistakes=[
            Mistake(
                "headline-group",
                "chips",
                "Nvidia is a chip firm, and the headline was about Nvidia. But look at all chip "
                "firms: half of them fell by much less than Nvidia.",
            ),
            Mistake(
                "named-in-the-article",
                "servers",
                "Close: article 1 names Dell and Super Micro. Another group has a lower median.",
                nearly=True,
            ),
            Mistake(
                "largest-single-cloud",
                "cloud",
                "Oracle fell a lot. The median of the cloud group is another firm: sort the group "
                "and take the middle one.",
            ),
            Mistake(
                "upwards",
                "software",
                "You looked at the other end: these shares rose or hardly moved.",
            ),
            Mistake("rose", "China", "The median of this group rose. Look for the lowest one."),
            Mistake("rose-too", "consumer", "The median of this group rose. Look for the lowest."),
            *(
                Mistake(
                    "firm-instead-of-group",
                    name,
                    f"{name} is a firm. The question is about a *group* of firms, as the legend of "
                    "the chart names them.",
                )
                for name in (*firms["ticker"], *firms["name"])
            ),
        ],
        praise="The suppliers of electricity and cooling. One reading, which the chart cannot "
        "check: fewer chips would need less of both.",
        hints=[
            "In the chart each bar is a firm, and the firms of a group stand together, sorted. The "
            "line of text above it has the medians.",
            "The median of a group is its middle firm. With an even number of firms it is the mean "
            "of the two in the middle.",
            "In code: take `groups = data.load('tickers').set_index('ticker')['group']`, and then "
            "the `median()` of the day's returns, `.groupby(groups)`.",
        ],
    )

"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

RIGHT = {
    "simple-return": [
        """
before, after = nvda.loc["2025-01-24", "close"], nvda.loc["2025-01-27", "close"]
nvda_return = (after - before) / before
""",
        """
nvda_return = nvda["close"].pct_change().loc["2025-01-27"]
""",
        """
nvda_return = nvda["adj_close"]["2025-01-27"] / nvda["adj_close"]["2025-01-24"] - 1
""",
        """
from decimal import Decimal

nvda_return = Decimal("118.42") / Decimal("142.62") - 1
""",
    ],
    "log-return": [
        """
def log_return(old, new):
    return np.log(new / old)
""",
        """
def log_return(old, new):
    return np.log(new) - np.log(old)
""",
        """
def log_return(old, new):
    return np.log1p((new - old) / old)
""",
    ],
    "market-value-lost": [
        """
price_fall = nvda.loc["2025-01-24", "close"] - nvda.loc["2025-01-27", "close"]
lost_usd_bn = price_fall * 24_490_000_000 / 1e9
""",
        """
shares = share_counts.query("ticker == 'NVDA' and as_of < '2025-01-27'")["shares"].iloc[-1]
value = nvda["close"] * shares / 1e9
lost_usd_bn = -value.diff().loc["2025-01-27"]
""",
        "lost_usd_bn = (142.62 - 118.42) * 24.49",
    ],
    "589-or-593": ['explanation = "b"', "explanation = 'B'"],
    "market-model": [
        """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, deg=1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        """
def fit_market_model(share, benchmark):
    beta = np.cov(share, benchmark)[0, 1] / np.var(benchmark, ddof=1)
    alpha = np.mean(share) - beta * np.mean(benchmark)
    residuals = np.asarray(share) - alpha - beta * np.asarray(benchmark)
    return [alpha, beta, np.std(residuals, ddof=2)]
""",
        """
def fit_market_model(share, benchmark):
    design = np.column_stack([np.ones(len(benchmark)), benchmark])
    (alpha, beta), squares, _, _ = np.linalg.lstsq(design, np.asarray(share), rcond=None)
    return float(alpha), float(beta), float(np.sqrt(squares[0] / (len(share) - 2)))
""",
    ],
    "abnormal-return": [
        """
expected = model.alpha + model.beta * returns.loc[event, "^GSPC"]
nvda_abnormal = returns.loc[event, "NVDA"] - expected
""",
        """
on_the_day = returns.loc["2025-01-27"]
nvda_abnormal = on_the_day["NVDA"] - model.beta * on_the_day["^GSPC"] - model.alpha
""",
    ],
    "which-benchmark": ['benchmark_answer = "c"', 'benchmark_answer = " C "'],
    "how-rare": [
        """
def rank_of_day(returns, day):
    return int((returns < returns[day]).sum()) + 1
""",
        """
def rank_of_day(returns, day):
    return int(returns.rank(method="min")[day])
""",
        """
def rank_of_day(returns, day):
    count = 0
    for value in returns.dropna():
        if value <= returns[day]:
            count += 1
    return count
""",
    ],
    "who-fell-most": [
        """
groups = data.load("tickers").set_index("ticker")["group"]
fell_most = returns.loc[event].groupby(groups).median().idxmin()
""",
        'fell_most = "power and cooling"',
    ],
}

WRONG = {
    "simple-return": {
        "divided-by-new-price": 'nvda_return = 1 - nvda.loc["2025-01-24", "close"] / nvda.loc["2025-01-27", "close"]',
        "per-cent": 'nvda_return = 100 * nvda["close"].pct_change().loc["2025-01-27"]',
        "sign-flipped": 'nvda_return = -nvda["close"].pct_change().loc["2025-01-27"]',
        "price-change": 'nvda_return = nvda["close"].diff().loc["2025-01-27"]',
        "ratio": 'nvda_return = nvda.loc["2025-01-27", "close"] / nvda.loc["2025-01-24", "close"]',
        "day-before": 'nvda_return = nvda["close"].pct_change().loc["2025-01-24"]',
        "day-after": 'nvda_return = nvda["close"].pct_change().loc["2025-01-28"]',
        "log-return": 'nvda_return = np.log(nvda["close"]).diff().loc["2025-01-27"]',
        "brackets-forgotten": 'nvda_return = nvda.loc["2025-01-27", "close"] - nvda.loc["2025-01-24", "close"] / nvda.loc["2025-01-24", "close"]',
        "two-days": "nvda_return = (118.42 - 147.22) / 147.22",
        "rounded": "nvda_return = -0.17",
        "text-instead-of-number": 'nvda_return = "-16.97 %"',
        "series-instead-of-number": 'nvda_return = nvda["close"].pct_change()',
    },
    "log-return": {
        "simple-return": "def log_return(old, new):\n    return (new - old) / old",
        "upside-down": "def log_return(old, new):\n    return np.log(old / new)",
        "base-ten": "def log_return(old, new):\n    return np.log10(new / old)",
        "log-of-one-plus-change": "def log_return(old, new):\n    return np.log(1 + (new - old) / new)",
        "no-logarithm": "def log_return(old, new):\n    return new / old",
        "log-of-difference": "def log_return(old, new):\n    return np.log(new - old)",
        "divided-logarithms": "def log_return(old, new):\n    return np.log(new) / np.log(old)",
        "prices-of-the-lesson": "def log_return(old, new):\n    return np.log(118.42) - np.log(142.62)",
        "error": "def log_return(old, new):\n    return ln(new / old)",
        "number-taken-for-series": "def log_return(old, new):\n    return np.log(new).diff()",
        "no-function": "log_return = np.log(118.42 / 142.62)",
    },
    "market-value-lost": {
        "cnbc-close": "lost_usd_bn = (142.62 - 118.58) * 24.49",
        "later-share-count": "lost_usd_bn = (142.62 - 118.42) * 24.40",
        "balance-sheet-count": "lost_usd_bn = (142.62 - 118.42) * 24.477",
        "dollars-not-billions": "lost_usd_bn = (142.62 - 118.42) * 24_490_000_000",
        "other-unit": "lost_usd_bn = (142.62 - 118.42) * 24_490_000_000 / 1e6",
        "negative": "lost_usd_bn = (118.42 - 142.62) * 24.49",
        "value-after": "lost_usd_bn = 118.42 * 24.49",
        "return-times-new-value": "lost_usd_bn = 0.169682 * 118.42 * 24.49",
        "value-before": "lost_usd_bn = 142.62 * 24.49",
        "fall-of-one-share": "lost_usd_bn = 142.62 - 118.42",
        "return-times-count": 'lost_usd_bn = nvda["close"].pct_change()["2025-01-27"] * 24.49',
        "mean-of-counts": """
counts = share_counts.loc[share_counts["ticker"] == "NVDA", "shares"]
lost_usd_bn = (142.62 - 118.42) * counts.mean() / 1e9
""",
        "adjusted-close": 'lost_usd_bn = -nvda["adj_close"].diff()["2025-01-27"] * 24.49',
        "two-days": "lost_usd_bn = (147.22 - 118.42) * 24.49",
        "series-instead-of-number": """
counts = share_counts.loc[share_counts["ticker"] == "NVDA", "shares"]
lost_usd_bn = (142.62 - 118.42) * counts / 1e9
""",
    },
    "589-or-593": {
        "share-counts": 'explanation = "a"',
        "part-of-the-day": 'explanation = "c"',
        "unit-error": 'explanation = "d"',
    },
    "market-model": {
        "swapped": """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(share, benchmark, deg=1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        # The residual standard deviation is right, and has a point of its own.
        "beta-first": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, deg=1)
    residuals = share - alpha - beta * benchmark
    return beta, alpha, np.std(residuals, ddof=2)
""",
            1,
        ),
        "alpha-for-beta": """
def fit_market_model(share, benchmark):
    alpha, beta = np.polyfit(benchmark, share, 1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, residuals.std()
""",
        "variance-of-the-share": """
def fit_market_model(share, benchmark):
    cov = np.cov(share, benchmark)
    beta = cov[0, 1] / cov[0, 0]
    alpha = share.mean() - beta * benchmark.mean()
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        "covariance-and-variance": """
def fit_market_model(share, benchmark):
    beta = np.cov(share, benchmark)[0, 1] / np.var(np.asarray(benchmark))
    alpha = share.mean() - beta * benchmark.mean()
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        "correlation": """
def fit_market_model(share, benchmark):
    beta = share.corr(benchmark)
    alpha = share.mean() - beta * benchmark.mean()
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        "data-of-the-lesson": """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(sample["^GSPC"], sample["NVDA"], 1)
    residuals = sample["NVDA"] - (alpha + beta * sample["^GSPC"])
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(residuals) - 2))
""",
        "alpha-left-out-of-residuals": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - beta * benchmark
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
            2,
        ),
        "brackets-forgotten": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - alpha + beta * benchmark
    return alpha, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
            2,
        ),
        "root-before-division": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum()) / (len(share) - 2)
""",
            2,
        ),
        # Alpha and beta are right, but numpy warns, and nbgrader gives nothing to a test that warns.
        "root-of-negative": """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / len(share) - 2)
""",
        "fixed-number-of-days": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, np.sqrt((residuals**2).sum() / 248)
""",
            2,
        ),
        "variance-not-root": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, (residuals**2).sum() / (len(share) - 2)
""",
            2,
        ),
        "spread-of-the-share": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, 1)
    return alpha, beta, share.std()
""",
            2,
        ),
        "no-intercept": """
def fit_market_model(share, benchmark):
    beta = (share * benchmark).sum() / (benchmark**2).sum()
    residuals = share - beta * benchmark
    return 0.0, beta, np.sqrt((residuals**2).sum() / (len(share) - 2))
""",
        "n-minus-1": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, deg=1)
    return alpha, beta, np.std(share - alpha - beta * benchmark, ddof=1)
""",
            2,
        ),
        "divided-by-n": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, deg=1)
    return alpha, beta, np.sqrt(((share - alpha - beta * benchmark) ** 2).mean())
""",
            2,
        ),
        "residual-sd": (
            """
def fit_market_model(share, benchmark):
    beta, alpha = np.polyfit(benchmark, share, deg=1)
    residuals = share - (alpha + beta * benchmark)
    return alpha, beta, residuals.abs().sum() / (len(share) - 2)
""",
            2,
        ),
        "wrong-length": (
            "def fit_market_model(share, benchmark):\n    return np.polyfit(benchmark, share, deg=1)[::-1]",
            2,
        ),
    },
    "abnormal-return": {
        "raw-return": 'nvda_abnormal = returns.loc[event, "NVDA"]',
        "expected-return": 'nvda_abnormal = model.alpha + model.beta * returns.loc[event, "^GSPC"]',
        "beta-of-one": 'nvda_abnormal = returns.loc[event, "NVDA"] - returns.loc[event, "^GSPC"]',
        "alpha-forgotten": 'nvda_abnormal = returns.loc[event, "NVDA"] - model.beta * returns.loc[event, "^GSPC"]',
        "plus-instead-of-minus": 'nvda_abnormal = returns.loc[event, "NVDA"] + model.alpha + model.beta * returns.loc[event, "^GSPC"]',
        "sign-flipped": 'nvda_abnormal = model.alpha + model.beta * returns.loc[event, "^GSPC"] - returns.loc[event, "NVDA"]',
        "brackets-forgotten": 'nvda_abnormal = returns.loc[event, "NVDA"] - model.alpha + model.beta * returns.loc[event, "^GSPC"]',
        "per-cent": "nvda_abnormal = -13.3",
        "expected-sign-flipped": 'nvda_abnormal = -(model.alpha + model.beta * returns.loc[event, "^GSPC"])',
        "alpha-for-beta": 'nvda_abnormal = returns.loc[event, "NVDA"] - (model.beta + model.alpha * returns.loc[event, "^GSPC"])',
        "own-return-in-the-model": 'nvda_abnormal = returns.loc[event, "NVDA"] - (model.alpha + model.beta * returns.loc[event, "NVDA"])',
        "market-in-per-cent": 'nvda_abnormal = returns.loc[event, "NVDA"] - (model.alpha + model.beta * 100 * returns.loc[event, "^GSPC"])',
        "divided-by-residual-sd": 'nvda_abnormal = (returns.loc[event, "NVDA"] - model.alpha - model.beta * returns.loc[event, "^GSPC"]) / model.residual_sd',
        "series-instead-of-number": 'nvda_abnormal = returns["NVDA"] - (model.alpha + model.beta * returns["^GSPC"])',
    },
    "which-benchmark": {
        "closest-is-best": 'benchmark_answer = "a"',
        "benchmark-does-not-matter": 'benchmark_answer = "b"',
        "largest-t": 'benchmark_answer = "d"',
    },
    "how-rare": {
        "as-given": """
def rank_of_day(returns, day):
    return int((returns.abs() > abs(returns[day])).sum())
""",
        "rises-count-too": """
def rank_of_day(returns, day):
    return int((returns.abs() > abs(returns[day])).sum()) + 1
""",
        "day-not-counted": """
def rank_of_day(returns, day):
    return int((returns < returns[day]).sum())
""",
        "from-the-top": """
def rank_of_day(returns, day):
    return int((returns >= returns[day]).sum())
""",
        "better-days": """
def rank_of_day(returns, day):
    return int((returns > returns[day]).sum())
""",
        "falls-only": """
def rank_of_day(returns, day):
    falls = returns[returns < 0].abs()
    return int((falls > abs(returns[day])).sum()) + 1
""",
        "equal-falls-once": """
def rank_of_day(returns, day):
    return int((returns.drop_duplicates() < returns[day]).sum()) + 1
""",
        "share-of-days": """
def rank_of_day(returns, day):
    return (returns <= returns[day]).mean()
""",
        "counted-twice": """
def rank_of_day(returns, day):
    return int((returns <= returns[day]).sum()) + 1
""",
        "missing-values-count": """
def rank_of_day(returns, day):
    return len(returns) - int((returns >= returns[day]).sum()) + 1
""",
        "missing-as-zero": """
def rank_of_day(returns, day):
    return int((returns.fillna(0) < returns[day]).sum()) + 1
""",
        "abs-on-one-side": """
def rank_of_day(returns, day):
    return int((returns < abs(returns[day])).sum()) + 1
""",
        "day-of-the-lesson": """
def rank_of_day(returns, day):
    return int((returns < returns[event]).sum()) + 1
""",
        "count-instead-of-sum": """
def rank_of_day(returns, day):
    return int((returns < returns[day]).count()) + 1
""",
    },
    "who-fell-most": {
        "headline-group": 'fell_most = "chips"',
        "named-in-the-article": 'fell_most = "servers"',
        "largest-single-cloud": 'fell_most = "cloud"',
        "upwards": 'fell_most = "software"',
        "rose": 'fell_most = "China"',
        "rose-too": 'fell_most = "consumer"',
        "firm-instead-of-group": 'fell_most = "Vertiv"',
    },
}

WRITTEN = {
    "newspaper": {
        4: [
            "Nvidia's share closed at 118.42 dollars on Monday, 16.97 % below Friday's close of "
            "142.62 (vendors' closing prices). With the 24.49 billion shares that the company "
            "reported in November, 592.7 billion dollars of market value were gone; the 589 that "
            "some papers print follows from a close of 118.58. The S&P 500 fell by 1.46 % that day, "
            "which would lead one to expect a fall of Nvidia of 3.7 %; 13.3 points are left. Since "
            "January 2020 only one day was worse, 16 March 2020. Firms that supply power and "
            "cooling fell more: their median is -21.5 %. Closing prices do not show why shares "
            "moved, and our firms were chosen because they were in the news.",
            "How big was Monday? Against its own history: the second largest fall of Nvidia in the "
            "1,600 trading days since 2020 (our count, vendors' closes). In money: 24.20 dollars a "
            "share times 24.49 billion shares (10-Q cover, 15 November 2024), 593 billion dollars. "
            "Against the market: the S&P 500 lost 1.46 %, Nvidia 16.97 %, both from Friday's "
            "close; the market model of the year before leaves an abnormal return of -13.3 %. "
            "Against a chip index it is only -6.6 %, but that index contains Nvidia. What these "
            "figures cannot tell is the cause: other news came on the same weekend.",
        ],
        3: [
            "Nvidia fell by 16.97 % from Friday's to Monday's close and lost 593 billion dollars "
            "of market value (24.20 dollars times 24.49 billion shares). The S&P 500 fell by "
            "1.46 %. Vertiv fell by 29.9 %. So Nvidia was not the hardest hit. We do not know the "
            "reason from prices alone.",
            "On 27 January 2025 the share lost 17 %, 592.7 billion dollars by the vendors' close "
            "and the November share count. It was the second worst day since 2020. After taking "
            "out the market's own fall, 13.3 points remain. These data hold only a few firms.",
        ],
        2: [
            "Nvidia fell by 17 % and lost 589 or 593 billion dollars. This was much more than the "
            "market. Power companies fell even more, by more than 20 %.",
            "The share went from 142.62 to 118.42, which is -20.4 %. The S&P 500 lost 1.46 %. "
            "Prices do not show the reason.",
        ],
        1: [
            "DeepSeek destroyed 600 billion dollars in one day because its model is cheaper.",
            "Nvidia crashed by 17 %, the worst day in history, since nobody needs its chips now.",
        ],
    }
}

"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

RIGHT = {
    "launch-counts": [
        """
def launches_per_year(log, country):
    years = log.index.year
    attempts = pd.Series(years[log["country"] == country]).value_counts()
    return attempts.reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        """
def launches_per_year(log, country):
    return (log["country"] == country).groupby(log.index.year).sum().reindex(
        range(log.index.year.min(), log.index.year.max() + 1), fill_value=0
    )
""",
        """
def launches_per_year(log, country):
    counts = {year: 0 for year in range(log.index.min().year, log.index.max().year + 1)}
    for date, row in log.iterrows():
        if row["country"] == country:
            counts[date.year] += 1
    return pd.Series(counts)
""",
    ],
    "nasa-share": [
        """
nasa_share = nasa["outlays_usd_m"] / nasa["federal_outlays_usd_m"]
nasa_peak = (nasa_share.idxmax(), nasa_share.max())
""",
        """
table = nasa.dropna(subset=["outlays_usd_m"]).copy()
table["share"] = table["outlays_usd_m"] / table["federal_outlays_usd_m"]
top = table.sort_values("share").iloc[-1]
nasa_peak = [int(top.name), float(top["share"])]
""",
        "nasa_peak = (1966, 5933.5 / 134532)",
        """
from fractions import Fraction

nasa_peak = (1966, Fraction(59335, 1345320))
""",
    ],
    "real-dollars": [
        """
index = nasa["gdp_price_index"]
nasa_1966 = (
    nasa.loc[1966, "outlays_usd_m"] * index[2020] / index[1966] / 1000,
    nasa.loc[1966, "outlays_2020_usd_m_nasa_index"] / 1000,
)
""",
        """
real = history.real_terms(nasa["outlays_usd_m"].loc[:2020], nasa["gdp_price_index"], base=2020)
nasa_1966 = [real[1966] / 1e3, nasa["outlays_2020_usd_m_nasa_index"][1966] / 1e3]
""",
        """
from decimal import Decimal

row, index = nasa.loc[1966], nasa["gdp_price_index"]
bought = Decimal(row["outlays_usd_m"]) * Decimal(index[2020]) / Decimal(index[1966])
nasa_1966 = (bought / 1000, Decimal(row["outlays_2020_usd_m_nasa_index"]) / 1000)
""",
    ],
    "pre-trend": [
        """
slopes = (history.trend(rd.loc[1953:1957]).slope, history.trend(rd.loc[1958:1964]).slope)
""",
        """
before, after = rd.loc[1953:1957], rd.loc[1958:1964]
slopes = [np.polyfit(part.index, part, 1)[0] for part in (before, after)]
""",
        """
def slope(part):
    years = np.array(part.index, dtype=float)
    return np.cov(years, part)[0, 1] / np.var(years, ddof=1)

slopes = (slope(rd.loc[1953:1957]), slope(rd.loc[1958:1964]))
""",
    ],
    "degree-trap": [
        """
def response(degrees, event_year, years_to_degree=4):
    last = event_year + years_to_degree
    before = degrees.loc[last - 3 : last].mean()
    after = degrees.loc[last + 1 : last + 4].mean()
    return after / before - 1
""",
        """
def response(degrees, event_year, years_to_degree=4):
    entered = pd.Series(degrees.to_numpy(), index=degrees.index - years_to_degree)
    before = entered.loc[event_year - 3 : event_year].mean()
    after = entered.loc[event_year + 1 : event_year + 4].mean()
    return (after - before) / before
""",
        """
def response(degrees, event_year, years_to_degree=4):
    return history.cohort_change(degrees, event_year, years_to_degree)
""",
    ],
    "stale-closes": [
        """
def stale_days(close, other):
    return (close.diff() == 0) & (other.diff() != 0)
""",
        """
def stale_days(close, other):
    repeats = close == close.shift(1)
    moves = other != other.shift(1)
    return repeats & moves
""",
        """
def stale_days(close, other):
    marks = [False]
    for i in range(1, len(close)):
        marks.append(bool(close.iloc[i] == close.iloc[i - 1] and other.iloc[i] != other.iloc[i - 1]))
    return pd.Series(marks, index=close.index)
""",
    ],
    "days-to-response": [
        """
launch = pd.Timestamp("1957-10-04")
days_to = ((pd.Timestamp("1958-07-29") - launch).days, (pd.Timestamp("1958-09-02") - launch).days)
""",
        """
days_to = [history.days_between("1957-10-04", day) for day in ("1958-07-29", "1958-09-02")]
""",
    ],
    "before-or-after": [
        """
earlier = measures[measures["announced"] < "2025-01-27"]
already_there = set(earlier["id"])
""",
        """
order = history.timing(measures.set_index("id")["announced"], "2025-01-27")["order"]
already_there = {name for name in order.index if order[name] is not pd.NA and order[name] == "before"}
""",
        'already_there = {"stargate", "order-14179", "chips-act"}',
    ],
    "scorecard": [
        """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes.fillna(unknown) * weights).sum(axis=1) / weights.sum()
""",
        """
def weighted_score(codes, weights, unknown):
    return history.score_claims(codes, weights, unknown)["score"]
""",
        """
def weighted_score(codes, weights, unknown):
    scores = {}
    for claim, row in codes.iterrows():
        met = sum(weights[c] * (unknown if pd.isna(row[c]) else row[c]) for c in codes.columns)
        scores[claim] = met / sum(weights.values())
    return pd.Series(scores)
""",
    ],
}

WRONG = {
    "launch-counts": {
        "successes-only": """
def launches_per_year(log, country):
    years = log.index.year
    good = (log["country"] == country) & (log["outcome"] == "success")
    return pd.Series(years[good]).value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "empty-years-missing": """
def launches_per_year(log, country):
    return pd.Series(log.index.year[log["country"] == country]).value_counts()
""",
        "nan-instead-of-zero": """
def launches_per_year(log, country):
    years = log.index.year
    return pd.Series(years[log["country"] == country]).value_counts().reindex(range(years.min(), years.max() + 1))
""",
        "all-countries": """
def launches_per_year(log, country):
    years = log.index.year
    return pd.Series(years).value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "years-of-the-country-only": """
def launches_per_year(log, country):
    years = log.index.year[log["country"] == country]
    return pd.Series(years).value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "wrong-type": """
def launches_per_year(log, country):
    return int((log["country"] == country).sum())
""",
        "last-year-missing": """
def launches_per_year(log, country):
    years = log.index.year
    counts = pd.Series(years[log["country"] == country]).value_counts()
    return counts.reindex(range(years.min(), years.max()), fill_value=0)
""",
        "years-typed-in": """
def launches_per_year(log, country):
    years = log.index.year[log["country"] == country]
    return pd.Series(years).value_counts().reindex(range(1957, 1976), fill_value=0)
""",
        "country-typed-in": """
def launches_per_year(log, country):
    years = log.index.year
    return pd.Series(years[log["country"] == "USSR"]).value_counts().reindex(
        range(years.min(), years.max() + 1), fill_value=0
    )
""",
        "partial-left-out": """
def launches_per_year(log, country):
    years = log.index.year
    rows = (log["country"] == country) & log["outcome"].isin(["success", "failure"])
    return pd.Series(years[rows]).value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "orbit-only": """
def launches_per_year(log, country):
    years = log.index.year
    k = log[(log["country"] == country) & (log["aim"] == "orbit")]
    return k.index.year.value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "brackets-missing": """
def launches_per_year(log, country):
    years = log.index.year
    rows = log["country"] == country & log["outcome"].notna()
    return pd.Series(years[rows]).value_counts().reindex(range(years.min(), years.max() + 1), fill_value=0)
""",
        "dates-as-a-column": """
def launches_per_year(log, country):
    years = log["date"].dt.year
    return years[log["country"] == country].value_counts().sort_index()
""",
        "wrong-length": """
def launches_per_year(log, country):
    return log.loc[log["country"] == country, "name"].groupby(level=0).count()
""",
        "other-kind-of-label": """
def launches_per_year(log, country):
    years = log.index.year
    counts = pd.Series(years[log["country"] == country]).value_counts()
    return counts.reindex(range(years.min(), years.max() + 1), fill_value=0).rename(str)
""",
        "wrong-labels": """
def launches_per_year(log, country):
    years = log.index.year
    counts = pd.Series(years[log["country"] == country]).value_counts()
    return counts.reindex(range(years.min(), years.max() + 1), fill_value=0).reset_index(drop=True)
""",
    },
    "nasa-share": {
        "per-cent": """
share = 100 * nasa["outlays_usd_m"] / nasa["federal_outlays_usd_m"]
nasa_peak = (share.idxmax(), share.max())
""",
        "share-of-gdp": """
share = nasa["outlays_usd_m"] / nasa["gdp_usd_m"]
nasa_peak = (share.idxmax(), share.max())
""",
        "most-dollars": """
year = nasa["outlays_usd_m"].idxmax()
nasa_peak = (year, nasa.loc[year, "outlays_usd_m"] / nasa.loc[year, "federal_outlays_usd_m"])
""",
        "upside-down": """
share = nasa["federal_outlays_usd_m"] / nasa["outlays_usd_m"]
nasa_peak = (share.idxmax(), share.max())
""",
        "share-before-year": """
share = nasa["outlays_usd_m"] / nasa["federal_outlays_usd_m"]
nasa_peak = (share.max(), share.idxmax())
""",
        "dollars-instead-of-share": "nasa_peak = (1966, 5933.5)",
        "rounded": "nasa_peak = (1966, 0.044)",
        "wrong-type": 'nasa_peak = (nasa["outlays_usd_m"] / nasa["federal_outlays_usd_m"]).max()',
        "series-instead-of-number": """
nasa_share = nasa["outlays_usd_m"] / nasa["federal_outlays_usd_m"]
nasa_peak = (nasa_share.idxmax(), nasa_share)
""",
    },
    "real-dollars": {
        "indices-swapped": "nasa_1966 = (60.854, 5.9335 * 1.1385 / 0.181)",
        "base-forgotten": """
nasa_1966 = (nasa.loc[1966, "outlays_usd_m"] / nasa.loc[1966, "gdp_price_index"] / 1000, 60.854)
""",
        "wrong-way-round": """
index = nasa["gdp_price_index"]
nasa_1966 = (5.9335 * index[1966] / index[2020], 60.854)
""",
        "millions": "nasa_1966 = (5933.5 * 1.1385 / 0.181, 60854)",
        "dollars": "nasa_1966 = (5933.5e6 * 1.1385 / 0.181, 60854e6)",
        "not-deflated": "nasa_1966 = (5.9335, 60.854)",
        "one-index-for-both": "nasa_1966 = (60.854, 60.854)",
        "deflated-twice": "nasa_1966 = (5.9335 * 1.1385 / 0.181, 60.854 * 1.1385 / 0.181)",
        "rounded": "nasa_1966 = (37, 61)",
    },
    "pre-trend": {
        "swapped": """
slopes = (history.trend(rd.loc[1958:1964]).slope, history.trend(rd.loc[1953:1957]).slope)
""",
        "wrong-type": """
slopes = {"before": history.trend(rd.loc[1953:1957]).slope, "after": history.trend(rd.loc[1958:1964]).slope}
""",
        "first-and-last-year": "slopes = ((rd[1957] - rd[1953]) / 4, (rd[1964] - rd[1958]) / 6)",
        "change-not-per-year": "slopes = (rd[1957] - rd[1953], rd[1964] - rd[1958])",
        "spans-overlap": """
slopes = (history.trend(rd.loc[1953:1957]).slope, history.trend(rd.loc[1957:1964]).slope)
""",
        "year-missing": """
slopes = (history.trend(rd.loc[1953:1956]).slope, history.trend(rd.loc[1958:1964]).slope)
""",
        "fraction": """
slopes = (history.trend(rd.loc[1953:1957] / 100).slope, history.trend(rd.loc[1958:1964] / 100).slope)
""",
        "one-line-for-all": "slopes = (history.trend(rd.loc[1953:1964]).slope,) * 2",
        "growth-rates": """
slopes = (history.trend(np.log(rd).loc[1953:1957]).slope, history.trend(np.log(rd).loc[1958:1964]).slope)
""",
        "intercept": """
slopes = [np.polyfit(part.index, part, 1)[1] for part in (rd.loc[1953:1957], rd.loc[1958:1964])]
""",
        "rounded": """
slopes = tuple(
    round(history.trend(rd.loc[first:last]).slope, 2) for first, last in ((1953, 1957), (1958, 1964))
)
""",
        "line-instead-of-slope": "slopes = (history.trend(rd.loc[1953:1957]), history.trend(rd.loc[1958:1964]))",
        "axes-swapped": """
slopes = [np.polyfit(part, part.index, 1)[0] for part in (rd.loc[1953:1957], rd.loc[1958:1964])]
""",
        "curve-instead-of-line": """
slopes = [np.polyfit(part.index, part, 2)[0] for part in (rd.loc[1953:1957], rd.loc[1958:1964])]
""",
        "loc-includes-the-end": """
slopes = (history.trend(rd.loc[1953:1958]).slope, history.trend(rd.loc[1958:1965]).slope)
""",
        "open-end": "slopes = (history.trend(rd.loc[1953:1957]).slope, history.trend(rd.loc[1958:]).slope)",
    },
    "degree-trap": {
        "as-given": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year - 3 : event_year].mean()
    after = degrees.loc[event_year + 1 : event_year + 4].mean()
    return after / before - 1
""",
        "only-after-moved": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year - 3 : event_year].mean()
    last = event_year + years_to_degree
    after = degrees.loc[last + 1 : last + 4].mean()
    return after / before - 1
""",
        "moved-backwards": """
def response(degrees, event_year, years_to_degree=4):
    last = event_year - years_to_degree
    before = degrees.loc[last - 3 : last].mean()
    after = degrees.loc[last + 1 : last + 4].mean()
    return after / before - 1
""",
        "event-year-counted-as-after": """
def response(degrees, event_year, years_to_degree=4):
    first = event_year + years_to_degree
    before = degrees.loc[first - 4 : first - 1].mean()
    after = degrees.loc[first : first + 3].mean()
    return after / before - 1
""",
        "divided-by-after": """
def response(degrees, event_year, years_to_degree=4):
    last = event_year + years_to_degree
    before = degrees.loc[last - 3 : last].mean()
    after = degrees.loc[last + 1 : last + 4].mean()
    return (after - before) / after
""",
        "four-typed-in": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year + 1 : event_year + 4].mean()
    after = degrees.loc[event_year + 5 : event_year + 8].mean()
    return after / before - 1
""",
        "windows-grow": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year + 1 : event_year + years_to_degree].mean()
    after = degrees.loc[event_year + years_to_degree + 1 : event_year + 2 * years_to_degree].mean()
    return after / before - 1
""",
        "five-classes": """
def response(degrees, event_year, years_to_degree=4):
    last = event_year + years_to_degree
    before = degrees.loc[last - 4 : last].mean()
    after = degrees.loc[last + 1 : last + 5].mean()
    return after / before - 1
""",
        "three-classes": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year + years_to_degree - 3 : event_year + years_to_degree].mean()
    after = degrees.loc[event_year + 1 + years_to_degree : event_year + years_to_degree + 3].mean()
    return after / before - 1
""",
        "windows-apart": """
def response(degrees, event_year, years_to_degree=4):
    before = degrees.loc[event_year + 1 : event_year + 4].mean()
    after = degrees.loc[event_year + years_to_degree + 1 : event_year + years_to_degree + 4].mean()
    return after / before - 1
""",
        "years-typed-in": """
def response(degrees, event_year, years_to_degree=4):
    return degrees.loc[1962:1965].mean() / degrees.loc[1958:1961].mean() - 1
""",
        "ratio-not-change": """
def response(degrees, event_year, years_to_degree=4):
    last = event_year + years_to_degree
    return degrees.loc[last + 1 : last + 4].mean() / degrees.loc[last - 3 : last].mean()
""",
        "per-cent": """
def response(degrees, event_year, years_to_degree=4):
    last = event_year + years_to_degree
    return 100 * (degrees.loc[last + 1 : last + 4].mean() / degrees.loc[last - 3 : last].mean() - 1)
""",
    },
    "stale-closes": {
        "every-repeat": "def stale_days(close, other):\n    return close.diff() == 0",
        "every-difference": "def stale_days(close, other):\n    return close != other",
        "repeat-and-differ": "def stale_days(close, other):\n    return (close.diff() == 0) & (close != other)",
        "any-earlier-day": "def stale_days(close, other):\n    return close.duplicated() & (other.diff() != 0)",
        "either-one": "def stale_days(close, other):\n    return (close.diff() == 0) | (other.diff() != 0)",
        "one-direction-only": "def stale_days(close, other):\n    return (close.diff() == 0) & (other.diff() > 0)",
        "small-changes-missed": "def stale_days(close, other):\n    return (close.diff() == 0) & (other.diff().abs() > 0.05)",
        "almost-a-repeat": "def stale_days(close, other):\n    return (close.round(1).diff() == 0) & (other.diff() != 0)",
        "sources-swapped": "def stale_days(close, other):\n    return (other.diff() == 0) & (close.diff() != 0)",
        "both-repeat": "def stale_days(close, other):\n    return (close.diff() == 0) & (other.diff() == 0)",
        "shifted-forward": """
def stale_days(close, other):
    return (close == close.shift(-1)) & (other != other.shift(-1))
""",
        "brackets-missing": "def stale_days(close, other):\n    return close.diff() == 0 & other.diff() != 0",
        "days-instead-of-marks": """
def stale_days(close, other):
    return close[(close.diff() == 0) & (other.diff() != 0)]
""",
    },
    "days-to-response": {
        "both-ends-counted": "days_to = (299, 334)",
        "from-first-session": """
days_to = tuple(history.days_between("1957-10-07", day) for day in ("1958-07-29", "1958-09-02"))
""",
        "nasa-opened": """
days_to = tuple(history.days_between("1957-10-04", day) for day in ("1958-10-01", "1958-09-02"))
""",
        "negative": """
days_to = tuple(history.days_between(day, "1957-10-04") for day in ("1958-07-29", "1958-09-02"))
""",
        "swapped": "days_to = (333, 298)",
        "whole-months": "days_to = (9 * 30, 10 * 30)",
        "from-sputnik-2": """
days_to = [history.days_between("1957-11-03", day) for day in ("1958-07-29", "1958-09-02")]
""",
        "first-american-satellite": """
days_to = [history.days_between("1957-10-04", day) for day in ("1958-01-31", "1958-09-02")]
""",
        "timedelta-instead-of-days": """
launch = pd.Timestamp("1957-10-04")
days_to = (pd.Timestamp("1958-07-29") - launch, pd.Timestamp("1958-09-02") - launch)
""",
    },
    "before-or-after": {
        "event-is-the-release": """
already_there = set(measures.loc[measures["announced"] < "2025-01-20", "id"])
""",
        "the-later-ones": """
already_there = set(measures.loc[measures["announced"] > "2025-01-27", "id"])
""",
        "undated-counted": """
already_there = set(measures.loc[~(measures["announced"] >= "2025-01-27"), "id"])
""",
        "january-only": 'already_there = {"stargate", "order-14179"}',
        "money-only": 'already_there = {"stargate", "chips-act"}',
        "order-taken-for-later": 'already_there = {"stargate"}',
        "series-instead-of-set": """
already_there = measures.loc[measures["announced"] < "2025-01-27", "id"]
""",
        "long-names": """
already_there = set(measures.loc[measures["announced"] < "2025-01-27", "measure"])
""",
        "row-numbers": """
already_there = set(measures.index[measures["announced"] < "2025-01-27"])
""",
        "column-names": 'already_there = set(measures[measures["announced"] < "2025-01-27"])',
        "unknown-name": 'already_there = {"stargate", "order 14179", "chips-act"}',
        "everything-dated": """
already_there = set(measures.dropna(subset="announced")["id"])
""",
        "wrong-type": 'already_there = "chips-act, stargate, order-14179"',
    },
    "scorecard": {
        "not-divided": """
def weighted_score(codes, weights, unknown):
    return (codes.fillna(unknown) * pd.Series(weights)).sum(axis=1)
""",
        "divided-by-the-number-of-criteria": """
def weighted_score(codes, weights, unknown):
    return (codes.fillna(unknown) * pd.Series(weights)).mean(axis=1)
""",
        "weights-ignored": """
def weighted_score(codes, weights, unknown):
    return codes.fillna(unknown).mean(axis=1)
""",
        "unknown-as-no": """
def weighted_score(codes, weights, unknown):
    return (codes * pd.Series(weights)).sum(axis=1) / sum(weights.values())
""",
        "filled-too-late": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes * weights).fillna(unknown).sum(axis=1) / weights.sum()
""",
        "unknown-left-out": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes * weights).sum(axis=1) / (codes.notna() * weights).sum(axis=1)
""",
        "unknown-for-every-gap-and-zero": """
def weighted_score(codes, weights, unknown):
    filled = codes.fillna(unknown).replace(0, unknown)
    return (filled * pd.Series(weights)).sum(axis=1) / sum(weights.values())
""",
        "weights-by-position": """
def weighted_score(codes, weights, unknown):
    numbers = np.array(list(weights.values()))
    return (codes.fillna(unknown) * numbers).sum(axis=1) / numbers.sum()
""",
        "gaps-spread": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return codes[weights.index] @ weights / weights.sum()
""",
        "divided-twice": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes.fillna(unknown) * weights).mean(axis=1) / weights.sum()
""",
        "half-typed-in": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes.fillna(0.5) * weights).sum(axis=1) / weights.sum()
""",
        "added-down-the-columns": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return (codes.fillna(unknown) * weights).sum() / weights.sum()
""",
        "per-cent": """
def weighted_score(codes, weights, unknown):
    weights = pd.Series(weights)
    return 100 * (codes.fillna(unknown) * weights).sum(axis=1) / weights.sum()
""",
    },
}

WRITTEN = {
    "analogy": {
        4: [
            "For, with limits. My first criterion is a measurable reaction. In 1957 the Dow lost "
            "2.01 % on the first session (MeasuringWorth); on 27 January 2025 the S&P 500 lost "
            "1.46 % (vendors' closes). So both were seen at once, and both were smaller than the "
            "6.5 % after Eisenhower's heart attack. My second criterion is new public money. "
            "After Sputnik the NASA Act was signed 298 days later, with 0.331 billion dollars for "
            "its first year. After DeepSeek our table names no new federal money within a year; "
            "Stargate is private and was announced on 21 January, six days before the fall, so it "
            "cannot be an effect of it. And even in 1957 I would not call everything a response: "
            "R&D rose by 0.20 points of GDP a year before Sputnik and by 0.08 after. I conclude "
            "that the shock was like Sputnik and the answer, so far, is not. A law with new money "
            "that names DeepSeek would change my mind, and so would a list of measures that is "
            "more complete than ours. That the acts came after Sputnik does not prove that they "
            "came because of it, but the Senate's own account ties the NDEA to it.",
            "Against. A Sputnik moment needs a rival who is ahead. In October 1957 nobody else had "
            "a satellite: the log has 2 Soviet attempts, both successes, and 1 American failure "
            "(GCAT). In January 2025 OpenAI's o1 had been out since December; R1 came level with "
            "it in published tests, so this criterion is not met unless 'ahead' means price. It "
            "also needs an answer that is new. Congress signed the NASA Act 298 days after "
            "Sputnik, and NASA's share of federal outlays rose from 0.16 % in fiscal 1959 to 4.41 "
            "% in 1966 (OMB), although most of that followed the Moon speech of 1961. After 27 "
            "January 2025 our table shows orders and a plan without money; what is large, "
            "Stargate's 500 billion, is private and older than the shock. 'After' would not mean "
            "'because' anyway. With the weights that I find fair DeepSeek gets 0.6, but other "
            "weights put it first or twelfth of thirteen, so this is an opinion with reasons. I "
            "would change it if new public money came, or if the missing codes of the older "
            "claims were filled and showed that nothing else scores higher.",
        ],
        3: [
            "For. Both events were dated and both caused a reaction within days: the Dow fell by "
            "2.01 % on 7 October 1957, the S&P 500 by 1.46 % on 27 January 2025. In both a rival "
            "country had done it. Money followed in 1957 (NASA Act, 298 days). In 2025 it did "
            "not yet, and Stargate had come before. So I would call it a Sputnik moment for the "
            "market, and not for the state. If Congress paid for a programme I would drop the "
            "limit.",
            "Against. My criteria are 'ahead' and 'money'. The Soviet Union was first in 1957, "
            "while o1 existed before R1. NASA got 4.41 % of the budget in 1966; DeepSeek brought "
            "an action plan after 177 days and no money. But many things had begun before Sputnik "
            "too, R&D was growing by 0.2 a year. One should not say that everything later was its "
            "effect.",
        ],
        2: [
            "DeepSeek was a Sputnik moment because Nvidia lost 17 % in a day and because Stargate, "
            "500 billion dollars, followed. The reaction criterion is clearly met. America woke "
            "up both times.",
            "I am against it. The criterion of public money is not met, there is only private "
            "money. In 1957 R&D went from 1.33 to 2.09 %, which shows how strong the answer to "
            "Sputnik was.",
        ],
        1: [
            "Of course it was a Sputnik moment. Everybody was shocked, and afterwards a lot was "
            "invested in AI. History repeats itself.",
            "No, a chatbot is not a satellite. One cannot compare the two at all, the times are "
            "too different and nobody went to the Moon because of DeepSeek.",
        ],
    }
}

"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

RIGHT = {
    "rebound": [
        """
friday, monday, tuesday = prices["NVDA"][["2025-01-24", "2025-01-27", "2025-01-28"]]
regained = (tuesday - monday) / (friday - monday)
""",
        """
change = prices["NVDA"].diff()
regained = -change["2025-01-28"] / change["2025-01-27"]
""",
        "regained = (128.99 - 118.42) / (142.62 - 118.42)",
        """
from fractions import Fraction

regained = Fraction("128.99") - Fraction("118.42")
regained /= Fraction("142.62") - Fraction("118.42")
""",
    ],
    "car": [
        """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (returns.loc[week, "NVDA"] - expected).sum()
""",
        """
car_week = event_study.cumulative_abnormal_return(
    returns["NVDA"], returns["^GSPC"], event, (0, 4), (-260, -11)
).abnormal
""",
        """
car_week = 0.0
for date in week:
    expected = model.alpha + model.beta * returns.loc[date, "^GSPC"]
    car_week += returns.loc[date, "NVDA"] - expected
""",
    ],
    "naive-test-trap": [
        """
def z_of_panel(t_values, correlation):
    t_values = np.asarray(t_values)
    n = len(t_values)
    return t_values.sum() / np.sqrt(n * (1 + (n - 1) * correlation))
""",
        """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    covariance = np.full((n, n), correlation)
    np.fill_diagonal(covariance, 1.0)
    return np.sum(t_values) / covariance.sum() ** 0.5
""",
        """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.mean(t_values) / np.sqrt((1 - correlation) / n + correlation)
""",
    ],
    "portfolio-test": [
        """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t
""",
        """
portfolio_t = event_study.portfolio_test(
    returns, returns["^GSPC"], hit, event, window=(-260, -11)
).t
""",
        """
total = returns[hit].sum(axis=1)  # a sum has the same t value as a mean
portfolio_t = market.abnormal_return(total, returns["^GSPC"], event, (-260, -11)).t
""",
    ],
    "placebo-rank": [
        """
def placebo_share(t_values, event):
    known = t_values.dropna()
    return (known <= known[event]).mean()
""",
        """
def placebo_share(t_values, event):
    return (t_values <= t_values[event]).sum() / t_values.count()
""",
        """
def placebo_share(t_values, event):
    return t_values.rank(method="max", pct=True)[event]
""",
        """
def placebo_share(t_values, event):
    known = np.sort(t_values.dropna())
    return np.searchsorted(known, t_values[event], side="right") / len(known)
""",
    ],
    "sputnik-1957": [
        """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", (-130, -11), kind="mean").t
""",
        """
before = old[:"1957-10-07"].iloc[-131:-11]
abnormal = old["1957-10-07"] - before.mean()
sputnik_t = abnormal / (before.std() * np.sqrt(1 + 1 / len(before)))
""",
        """
sputnik_t = event_study.cumulative_abnormal_return(
    old, None, "1957-10-07", (0, 0), (-130, -11), kind="mean"
).t
""",
    ],
    "largest-losses": [
        """
both = pd.concat([reported["loss_usd_bn"], -computed["change_usd_bn"]]).to_frame("loss")
both["ticker"] = [*reported["ticker"], *computed["ticker"]]
once = both.groupby([both.index, "ticker"])["loss"].max()
rank_of_old_record = int((once > 232).sum()) + 1
""",
        "rank_of_old_record = 10",
    ],
    "jevons": [
        """
centre = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = centre[2027, "Q2"] / centre[2025, "Q4"]
""",
        """
new = revenue.query("fiscal_year == 2027 and period == 'Q2'")["data_centre_revenue_usd_m"].item()
old_revenue = revenue.query("fiscal_year == 2025 and period == 'Q4'")
growth_factor = new / old_revenue["data_centre_revenue_usd_m"].item()
""",
        """
centre = "data_centre_revenue_usd_m"
growth_factor = recent.loc[(2027, "Q2"), centre] / recent.loc[(2025, "Q4"), centre]
""",
        "growth_factor = 89023 / 35580",
    ],
    "forecast-audit": ['audit = "b"', "audit = ' B'"],
}

WRONG = {
    "rebound": {
        "ratio-of-returns": "regained = 0.0892586 / 0.1696818",
        "ratio-of-returns-in-per-cent": "regained = 100 * 0.0892586 / 0.1696818",
        "rise-alone": 'regained = prices["NVDA"].pct_change()["2025-01-28"]',
        "return-of-both-days": 'regained = prices["NVDA"].pct_change(2)["2025-01-28"]',
        "price-level": "regained = 128.99 / 142.62",
        "price-level-of-monday": "regained = 128.99 / 118.42",
        "dollars": "regained = 128.99 - 118.42",
        "still-missing": "regained = (142.62 - 128.99) / (142.62 - 118.42)",
        "share-of-friday": "regained = (128.99 - 118.42) / 142.62",
        "upside-down": "regained = (142.62 - 118.42) / (128.99 - 118.42)",
        "negative": """
change = prices["NVDA"].diff()
regained = change["2025-01-28"] / change["2025-01-27"]
""",
        "per-cent": "regained = 100 * (128.99 - 118.42) / (142.62 - 118.42)",
        "rounded": "regained = 0.44",
    },
    "car": {
        "first-day-only": """
expected = model.alpha + model.beta * returns.loc[event, "^GSPC"]
car_week = returns.loc[event, "NVDA"] - expected
""",
        "expected-alone": """
car_week = (model.alpha + model.beta * returns.loc[week, "^GSPC"]).sum()
""",
        "other-way-round": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (expected - returns.loc[week, "NVDA"]).sum()
""",
        "raw-returns": 'car_week = returns.loc[week, "NVDA"].sum()',
        "brackets-forgotten": """
abnormal = returns.loc[week, "NVDA"] - model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = abnormal.sum()
""",
        "mean-instead-of-sum": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (returns.loc[week, "NVDA"] - expected).mean()
""",
        "without-the-event": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (returns.loc[week, "NVDA"] - expected)[1:].sum()
""",
        "begins-a-day-late": """
abnormal = returns["NVDA"] - model.alpha - model.beta * returns["^GSPC"]
day = returns.index.get_loc(event)
car_week = abnormal.iloc[day + 1 : day + 6].sum()
""",
        "four-days": """
abnormal = returns["NVDA"] - model.alpha - model.beta * returns["^GSPC"]
day = returns.index.get_loc(event)
car_week = abnormal.iloc[day : day + 4].sum()
""",
        "alpha-once": """
sums = returns.loc[week].sum()
car_week = sums["NVDA"] - (model.alpha + model.beta * sums["^GSPC"])
""",
        "alpha-forgotten": """
car_week = (returns.loc[week, "NVDA"] - model.beta * returns.loc[week, "^GSPC"]).sum()
""",
        "beta-of-one": 'car_week = (returns.loc[week, "NVDA"] - returns.loc[week, "^GSPC"]).sum()',
        "compounded": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (1 + returns.loc[week, "NVDA"] - expected).prod() - 1
""",
        "per-cent": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = 100 * (returns.loc[week, "NVDA"] - expected).sum()
""",
        "five-numbers": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = returns.loc[week, "NVDA"] - expected
""",
        "running-sum": """
expected = model.alpha + model.beta * returns.loc[week, "^GSPC"]
car_week = (returns.loc[week, "NVDA"] - expected).cumsum()
""",
        "five-returns": 'car_week = returns.loc[week, "NVDA"]',
        "five-expected-returns": """
car_week = model.alpha + model.beta * returns.loc[week, "^GSPC"]
""",
    },
    "naive-test-trap": {
        "times-sign-missing": """
def z_of_panel(t_values, correlation):
    t_values = np.asarray(t_values)
    n = len(t_values)
    variance = n(1 + (n - 1) * correlation)
    return t_values.sum() / np.sqrt(variance)
""",
        "as-given": """
def z_of_panel(t_values, correlation):
    variance = len(t_values)
    return np.sum(t_values) / np.sqrt(variance)
    variance = len(t_values) * (1 + (len(t_values) - 1) * correlation)
""",
        "global-count": """
def z_of_panel(t_values, correlation):
    n = len(hit)
    return np.sum(t_values) / np.sqrt(n * (1 + (n - 1) * correlation))
""",
        "global-count-and-correlation": """
def z_of_panel(t_values, correlation):
    n = len(hit)
    return np.sum(t_values) / np.sqrt(n * (1 + (n - 1) * panel.correlation))
""",
        "global-names": """
def z_of_panel(ts, correlation):
    n = len(hit)
    return t_values.sum() / np.sqrt(n * (1 + (n - 1) * panel.correlation))
""",
        "n-forgotten": """
def z_of_panel(t_values, correlation):
    variance = 1 + (len(t_values) - 1) * correlation
    return np.sum(t_values) / np.sqrt(variance)
""",
        "denominator-without-brackets": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n) * (1 + (n - 1) * correlation)
""",
        "global-t-values": """
def z_of_panel(ts, correlation):
    n = len(t_values)
    return t_values.sum() / np.sqrt(n * (1 + (n - 1) * correlation))
""",
        "global-correlation": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * (1 + (n - 1) * panel.correlation))
""",
        "one-pair-only": """
def z_of_panel(t_values, correlation):
    return np.sum(t_values) / np.sqrt(len(t_values) * (1 + correlation))
""",
        "brackets": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * 1 + (n - 1) * correlation)
""",
        "no-brackets-around-n-minus-1": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * (1 + n - 1 * correlation))
""",
        "mean-instead-of-sum": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.mean(t_values) / np.sqrt(n * (1 + (n - 1) * correlation))
""",
        "n-instead-of-n-minus-1": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n * (1 + n * correlation))
""",
        "no-square-root": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / (n * (1 + (n - 1) * correlation))
""",
        "root-of-n-only": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n) / (1 + (n - 1) * correlation)
""",
        "one-minus-r": """
def z_of_panel(t_values, correlation):
    return np.sum(t_values) * np.sqrt((1 - correlation) / len(t_values))
""",
        "multiplied": """
def z_of_panel(t_values, correlation):
    n = len(t_values)
    return np.sum(t_values) / np.sqrt(n) * np.sqrt(1 + (n - 1) * correlation)
""",
    },
    "portfolio-test": {
        "returns-of-every-day": "portfolio_t = returns[hit].mean(axis=1)",
        "return-of-the-day": "portfolio_t = returns[hit].mean(axis=1)[event]",
        "other-firms": """
shares = tickers.index[tickers["kind"] == "share"]
portfolio = returns[shares].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t
""",
        "share-and-benchmark-exchanged": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(returns["^GSPC"], portfolio, event, (-260, -11)).t
""",
        "window-of-section-5": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-130, -11)).t
""",
        "naive-sum": "portfolio_t = t_values.sum() / np.sqrt(len(t_values))",
        "corrected-z": """
n = len(t_values)
portfolio_t = t_values.sum() / np.sqrt(n * (1 + (n - 1) * panel.correlation))
""",
        "averaged-prices": """
portfolio = market.returns(prices[hit].mean(axis=1))
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t
""",
        "median-firm": """
portfolio = returns[hit].median(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t
""",
        "default-window": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event).t
""",
        "mean-of-t": "portfolio_t = t_values.mean()",
        "abnormal-return": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).abnormal
""",
        "p-value": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).p
""",
        "whole-result": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11))
""",
        "nvidia-alone": """
portfolio_t = market.abnormal_return(returns["NVDA"], returns["^GSPC"], event, (-260, -11)).t
""",
        "chip-index": """
portfolio = returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^SOX"], event, (-260, -11)).t
""",
        "sign-flipped": """
portfolio = -returns[hit].mean(axis=1)
portfolio_t = market.abnormal_return(portfolio, returns["^GSPC"], event, (-260, -11)).t
""",
    },
    "placebo-rank": {
        "nan-counted": """
def placebo_share(t_values, event):
    return (t_values <= t_values[event]).mean()
""",
        "event-left-out": """
def placebo_share(t_values, event):
    others = t_values.drop(event).dropna()
    return (others <= t_values[event]).mean()
""",
        "event-not-counted": """
def placebo_share(t_values, event):
    known = t_values.dropna()
    return (known < known[event]).mean()
""",
        "event-not-counted-and-nan-counted": """
def placebo_share(t_values, event):
    return (t_values < t_values[event]).mean()
""",
        "per-cent": """
def placebo_share(t_values, event):
    known = t_values.dropna()
    return 100 * (known <= known[event]).mean()
""",
        "global-names": """
day = event


def placebo_share(t_values, event):
    known = placebo_t.dropna()
    return (known <= known[day]).mean()
""",
        "global-series": """
def placebo_share(t_values, event):
    known = placebo_t.dropna()
    return (known <= known[event]).mean()
""",
        "global-limit": """
def placebo_share(t_values, event):
    return (t_values.dropna() <= placebo_t[event]).mean()
""",
        "fixed-date": """
def placebo_share(t_values, event):
    known = t_values.dropna()
    return (known <= known["2025-01-27"]).mean()
""",
        "ties-in-the-middle": """
def placebo_share(t_values, event):
    return t_values.rank(pct=True)[event]
""",
        "ties-above": """
def placebo_share(t_values, event):
    return t_values.rank(method="min", pct=True)[event]
""",
        "place-in-order": """
def placebo_share(t_values, event):
    known = t_values.dropna().sort_values()
    return (known.index.get_loc(event) + 1) / len(known)
""",
        "place-in-order-and-nan-counted": """
def placebo_share(t_values, event):
    known = t_values.dropna().sort_values()
    return (known.index.get_loc(event) + 1) / len(t_values)
""",
        "both-sides": """
def placebo_share(t_values, event):
    known = t_values.dropna().abs()
    return (known >= known[event]).mean()
""",
        "wrong-side": """
def placebo_share(t_values, event):
    known = t_values.dropna()
    return (known >= known[event]).mean()
""",
        "count": """
def placebo_share(t_values, event):
    return int((t_values <= t_values[event]).sum())
""",
        "error": """
def placebo_share(t_values, event):
    return (t_values.dropna() <= event).mean()
""",
    },
    "sputnik-1957": {
        "friday": """
sputnik_t = market.abnormal_return(old, None, "1957-10-04", (-130, -11), kind="mean").t
""",
        "friday-and-monday": """
sputnik_t = event_study.cumulative_abnormal_return(
    old, None, "1957-10-04", (0, 1), (-130, -11), kind="mean"
).t
""",
        "tuesday": """
sputnik_t = market.abnormal_return(old, None, "1957-10-08", (-130, -11), kind="mean").t
""",
        "monday-and-tuesday": """
sputnik_t = event_study.cumulative_abnormal_return(
    old, None, "1957-10-07", (0, 1), (-130, -11), kind="mean"
).t
""",
        "heart-attack": "sputnik_t = heart.t",
        "whole-result": """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", (-130, -11), kind="mean")
""",
        "return-itself": 'sputnik_t = dow.pct_change()["1957-10-07"]',
        "abnormal-return": """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", (-130, -11), kind="mean").abnormal
""",
        "p-value": """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", (-130, -11), kind="mean").p
""",
        "points-instead-of-returns": """
sputnik_t = market.abnormal_return(dow.diff(), None, "1957-10-07", (-130, -11), kind="mean").t
""",
        "closes-instead-of-returns": """
sputnik_t = market.abnormal_return(dow, None, "1957-10-07", (-130, -11), kind="mean").t
""",
        "log-return": """
sputnik_t = market.abnormal_return(np.log(dow).diff(), None, "1957-10-07", (-130, -11), kind="mean").t
""",
        "a-full-year": """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", (-260, -11), kind="mean").t
""",
        "default-window": """
sputnik_t = market.abnormal_return(old, None, "1957-10-07", kind="mean").t
""",
        "not-a-new-day": """
before = old[:"1957-10-07"].iloc[-131:-11]
sputnik_t = (old["1957-10-07"] - before.mean()) / before.std()
""",
        "sign-flipped": """
result = market.abnormal_return(old, None, "1957-10-07", (-130, -11), kind="mean")
sputnik_t = -result.t
""",
        "rounded": "sputnik_t = -3.2",
    },
    "largest-losses": {
        "still-the-record": "rank_of_old_record = 1",
        "printed-list-alone": """
rank_of_old_record = (reported["loss_usd_bn"] > 232).sum() + 1
""",
        "larger-ones-in-print": 'rank_of_old_record = (reported["loss_usd_bn"] > 232).sum()',
        "one-short": """
rank_of_old_record = (computed["change_usd_bn"] < -232).sum() + 1
""",
        "larger-ones-computed": """
rank_of_old_record = (computed["change_usd_bn"] < -232).sum()
""",
        "counted-twice": """
larger = (reported["loss_usd_bn"] > 232).sum() + (computed["change_usd_bn"] < -232).sum()
rank_of_old_record = larger + 1
""",
        "counted-twice-as-a-count": """
larger = (reported["loss_usd_bn"] > 232).sum() + (computed["change_usd_bn"] < -232).sum()
rank_of_old_record = larger
""",
        "old-record-among-the-larger": """
both = pd.concat([reported["loss_usd_bn"], -computed["change_usd_bn"]]).to_frame("loss")
both["ticker"] = [*reported["ticker"], *computed["ticker"]]
once = both.groupby([both.index, "ticker"])["loss"].max()
rank_of_old_record = int((once >= 232).sum()) + 1
""",
        "counted-twice-with-the-old-record": """
larger = (reported["loss_usd_bn"] >= 232).sum() + (computed["change_usd_bn"] <= -232).sum()
rank_of_old_record = larger + 1
""",
    },
    "jevons": {
        "growth-not-factor": "growth_factor = 89023 / 35580 - 1",
        "total-revenue": "growth_factor = 96221 / 39331",
        "upside-down": "growth_factor = 35580 / 89023",
        "quarter-after": "growth_factor = 89023 / 39112",
        "calendar-years": "growth_factor = 41096 / 35580",
        "quarter-against-year": "growth_factor = 89023 / 115186",
        "growth-in-per-cent": "growth_factor = 100 * (89023 / 35580 - 1)",
        "difference": "growth_factor = 89023 - 35580",
        "year-on-year": "growth_factor = 89023 / 41096",
        "starts-a-year-early": "growth_factor = 89023 / 18400",
        "calendar-quarter": "growth_factor = 89023 / 22563",
        "ends-a-quarter-early": "growth_factor = 75246 / 35580",
        "whole-years": "growth_factor = 193737 / 115186",
        "per-cent": "growth_factor = 100 * 89023 / 35580",
        "rounded": "growth_factor = 2.5",
    },
    "forecast-audit": {
        "the-fear": 'audit = "a"',
        "cause-from-sequence": 'audit = "c"',
        "nothing-known": 'audit = "d"',
    },
}

WRITTEN = {
    "pre-registration": {
        4: [
            "Firms: all 17 shares of chips, servers, power and cooling in the course table with "
            "270 days of history, listed here by ticker before the event, so that I cannot pick "
            "the losers. Event day: the first trading day whose close comes after the news. "
            "Window: days -260 to -11, a year that ends before rumours. Benchmark: the S&P 500, "
            "because a chip index would contain the effect. Test: the equally weighted portfolio, "
            "market model, two-sided 5 %, since firms with one date are not independent; the "
            "placebo rank as a second opinion. It lasted if the portfolio's CAR over days 0 to 4 "
            "has a placebo share under 5 %. If it has not, I shall say that the market took it "
            "back, and drop the word shock.",
            "I shall study Nvidia, Broadcom, TSMC and Vertiv, the four with the highest share of "
            "revenue from data centres in their last annual report, as one portfolio of equal "
            "parts: one series needs no guess about correlation. Event: the day of the first "
            "report in a national newspaper, or the next trading day if it comes after 16:00. "
            "Estimation window: 250 days, ending eleven days before. Benchmark: S&P 500, and the "
            "same with Nvidia taken out, both to be reported. Test: t of the CAR over one, five "
            "and twenty days, at 5 % divided by three because I look three times. If the "
            "twenty-day CAR is not significant, I conclude that no lasting change was shown, even "
            "if the first day was a record.",
        ],
        3: [
            "I take the 17 firms of lesson 05, the S&P 500, days -260 to -11 and the portfolio "
            "test at 5 %, because the firms share the news. Event day is the first close after "
            "the news. It lasted if the five-day CAR is below zero with p under 5 %; otherwise I "
            "give up the claim. Why 250 days I cannot say, it is usual.",
            "Nvidia and its four largest suppliers, as listed in the last annual report. Window "
            "-260 to -11, S&P 500 since it hardly depends on them, market model, 5 %. The firms "
            "may be correlated, which I will mention. It lasted if the CAR after 20 days is "
            "significant. If not, I was wrong.",
        ],
        2: [
            "I will use Nvidia, a year before the event and a suitable benchmark. If the abnormal "
            "return is significant at 5 %, the shock is real. I will also look at a few weeks "
            "after it.",
            "Firms: chips. Window: (-260, -11). Test: t test. Benchmark: whichever fits best. The "
            "shock has lasted if the share stays down. I expect that it will.",
        ],
        1: [
            "I would look at the share prices after the next shock and see whether they fell a "
            "lot compared with normal.",
            "The plan is to use an event study, which is a scientific method, and to report the "
            "most interesting results.",
        ],
    }
}

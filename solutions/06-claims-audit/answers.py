"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

KINDS = """
kinds = {
    "nvda-17": "checkable", "sputnik-moment": "opinion", "nvda-share": "cannot be checked yet",
    "stargate-after": "checkable", "spending-doubt": "opinion",
    "fraction-of-cost": "cannot be checked yet",
}
"""

VERDICTS = """
verdicts = {
    "avgo-17": "holds with rounding", "right-after": "contradicted", "record-loss": "holds",
    "whole-industry": "contradicted", "huang-2-1": "contradicted",
    "o1-parity": "holds", "no-fast-chips": "contradicted",
    "distilled-others": "cannot be checked yet", "stargate-after": "contradicted",
    "demand-rises": "holds",
}
"""


def _but(code: str, claim: str, word: str) -> str:
    """Return the code with another word for one claim."""
    before, _, rest = code.partition(f'"{claim}": ')
    return f'{before}"{claim}": {word}{rest[rest.index(",") :]}'


RIGHT = {
    "claim-kinds": [
        KINDS,
        """
kinds = dict.fromkeys(six, "cannot be checked yet")
kinds |= {"nvda-17": "checkable", "stargate-after": "Checkable"}
kinds |= {"sputnik-moment": "opinion", "spending-doubt": "opinion"}
""",
    ],
    "ten-verdicts": [
        VERDICTS,
        "verdicts = claims.audit().loc[list(beliefs.TEN_CLAIMS), 'status'].to_dict()",
    ],
    "claim-table": [
        """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    if round(computed, decimals) == printed:
        return "holds with rounding"
    return "contradicted"
""",
        """
def judge(printed, computed, decimals):
    same = abs(round(computed, decimals) - printed) < 1e-9
    if not same:
        return "contradicted"
    return "holds" if computed == printed else "holds with rounding"
""",
    ],
    "at-least-8-7": [
        'smallest_fall = (after[["ORCL", "DELL", "SMCI"]] / before[["ORCL", "DELL", "SMCI"]] - 1).max()',
        'smallest_fall = market.simple_return(before["DELL"], after["DELL"])',
        'smallest_fall = max(after[name] / before[name] - 1 for name in ("ORCL", "DELL", "SMCI"))',
    ],
    "huang": [
        'huang_loss_bn = 0.034 * (before["NVDA"] - after["NVDA"]) * 24.49',
        "huang_loss_bn = 24.49 * before['NVDA'] * 0.034 - 24.49 * after['NVDA'] * 0.034",
        """
from decimal import Decimal

huang_loss_bn = Decimal("0.034") * Decimal("24.20") * Decimal("24.49")
""",
    ],
    "record-loss": [
        """
def record_before(losses, day):
    return losses[losses.index < day].max()
""",
        """
def record_before(losses, day):
    eve = pd.Timestamp(day) - pd.Timedelta(days=1)
    return losses.sort_index().loc[:eve].nlargest(1).iloc[0]
""",
        """
def record_before(losses, day):
    record = 0
    for date, loss in losses.items():
        if date < pd.Timestamp(day) and loss > record:
            record = loss
    return record
""",
    ],
    "o1-parity": [
        """
lead = by_model["DeepSeek-R1"] - by_model["OpenAI-o1-1217"]
score = (int((lead > 0).sum()), int((lead < 0).sum()))
""",
        """
r1 = paper[paper["model"] == "DeepSeek-R1"].set_index(["benchmark", "metric"])["value"]
o1 = paper[paper["model"] == "OpenAI-o1-1217"].set_index(["benchmark", "metric"])["value"]
both = r1.index.intersection(o1.index)
score = [sum(r1[both] > o1[both]), sum(r1[both] < o1[both])]
""",
    ],
    "demand-forecast": [
        """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        """
paid = spending[spending["definition"] == "cash"]
new = paid.loc[paid["period"] == "2025", "capex_usd_bn"].sum()
growth_factor = new / paid.loc[paid["period"] == "2024", "capex_usd_bn"].sum()
""",
    ],
    "source-chain": ['conclusion = "c"', 'conclusion = "C"'],
}

WRONG = {
    "claim-kinds": {
        "nvda-17": _but(KINDS, "nvda-17", '"cannot be checked yet"'),
        "sputnik-moment": _but(KINDS, "sputnik-moment", '"cannot be checked yet"'),
        "nvda-share": _but(KINDS, "nvda-share", '"opinion"'),
        "stargate-after": _but(KINDS, "stargate-after", '"cannot be checked yet"'),
        "spending-doubt": _but(KINDS, "spending-doubt", '"checkable"'),
        "fraction-of-cost": _but(KINDS, "fraction-of-cost", '"checkable"'),
        "unfinished": _but(KINDS, "nvda-share", "..."),
        "unknown-word": _but(KINDS, "nvda-17", "True"),
        "wrong-names": 'kinds = {"nvda-17": "checkable", "stargate": "checkable"}',
    },
    "claim-table": {
        "exact-only": """
def judge(printed, computed, decimals):
    return "holds" if printed == computed else "contradicted"
""",
        "own-tolerance": """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    if abs(printed - computed) < 0.05 * abs(printed):
        return "holds with rounding"
    return "contradicted"
""",
        "half-a-unit": """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    if abs(printed - computed) < 0.5:
        return "holds with rounding"
    return "contradicted"
""",
        "never-exact": """
def judge(printed, computed, decimals):
    return "holds with rounding" if round(computed, decimals) == printed else "contradicted"
""",
        "nearly-equal-holds": """
def judge(printed, computed, decimals):
    if np.isclose(printed, computed, rtol=0.001):
        return "holds"
    return "holds with rounding" if round(computed, decimals) == printed else "contradicted"
""",
        "cut-off": """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    if int(computed * 10**decimals) / 10**decimals == printed:
        return "holds with rounding"
    return "contradicted"
""",
        "decimals-ignored": """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    return "holds with rounding" if round(computed) == round(printed) else "contradicted"
""",
        "step-instead-of-half": """
def judge(printed, computed, decimals):
    if printed == computed:
        return "holds"
    return "holds with rounding" if abs(printed - computed) < 10**-decimals else "contradicted"
""",
        "sign-ignored": """
def judge(printed, computed, decimals):
    printed, computed = abs(printed), abs(computed)
    if printed == computed:
        return "holds"
    return "holds with rounding" if round(computed, decimals) == printed else "contradicted"
""",
        "wrong-type": """
def judge(printed, computed, decimals):
    return round(computed, decimals) == printed
""",
    },
    "at-least-8-7": {
        "largest-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].min()',
        "middle-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].median()',
        "mean-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].mean()',
        "per-cent": 'smallest_fall = 100 * (after / before - 1)[["ORCL", "DELL", "SMCI"]].max()',
        "positive": 'smallest_fall = 1 - after["DELL"] / before["DELL"]',
        "divided-by-new-price": 'smallest_fall = (after["DELL"] - before["DELL"]) / after["DELL"]',
        "dollars": 'smallest_fall = after["DELL"] - before["DELL"]',
        "ratio": 'smallest_fall = (after / before)["DELL"]',
        "positive-per-cent": "smallest_fall = 8.7",
        "log-return": """
smallest_fall = np.log(after["DELL"] / before["DELL"])
""",
        "all-shares": "smallest_fall = market.simple_return(before, after).max()",
        "series-instead-of-number": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]]',
        "rounded": "smallest_fall = -0.087",
    },
    "huang": {
        "whole-loss": 'huang_loss_bn = (before["NVDA"] - after["NVDA"]) * 24.49',
        "stake-of-value": 'huang_loss_bn = 0.034 * before["NVDA"] * 24.49',
        "value-left": 'huang_loss_bn = 0.034 * after["NVDA"] * 24.49',
        "factor-of-ten": 'huang_loss_bn = 0.0034 * (before["NVDA"] - after["NVDA"]) * 24.49',
        "per-cent-as-number": 'huang_loss_bn = 3.4 * (before["NVDA"] - after["NVDA"]) * 24.49',
        "ten-times-too-large": 'huang_loss_bn = 0.34 * (before["NVDA"] - after["NVDA"]) * 24.49',
        "his-shares": "huang_loss_bn = 0.034 * 24.49",
        "cnbc-close": 'huang_loss_bn = 0.034 * (before["NVDA"] - 118.58) * 24.49',
        "shares-forgotten": 'huang_loss_bn = 0.034 * (before["NVDA"] - after["NVDA"])',
        "divided-by-stake": 'huang_loss_bn = (before["NVDA"] - after["NVDA"]) * 24.49 / 3.4',
        "dollars": 'huang_loss_bn = 0.034 * (before["NVDA"] - after["NVDA"]) * 24.49e9',
        "copied": "huang_loss_bn = 21",
        "negative": 'huang_loss_bn = 0.034 * (after["NVDA"] - before["NVDA"]) * 24.49',
    },
    "record-loss": {
        "day-included": """
def record_before(losses, day):
    return losses[:day].max()
""",
        "from-the-future": """
def record_before(losses, day):
    return losses.max()
""",
        "fixed-date": """
def record_before(losses, day):
    return losses[losses.index < "2025-01-27"].max()
""",
        "last-row-dropped": """
def record_before(losses, day):
    return losses.sort_index().loc[:day].iloc[:-1].max()
""",
        "error": """
def record_before(losses, day):
    return losses[losses < day].max()
""",
        "later-losses": """
def record_before(losses, day):
    return losses[losses.index > day].max()
""",
        "latest-loss": """
def record_before(losses, day):
    return losses[losses.index < day].iloc[-1]
""",
        "smallest-loss": """
def record_before(losses, day):
    return losses[losses.index < day].min()
""",
        "date-of-the-record": """
def record_before(losses, day):
    return losses[losses.index < day].idxmax()
""",
        "table-from-outside": """
def record_before(losses, day):
    return reported[reported.index < day].max()
""",
        "series-instead-of-number": """
def record_before(losses, day):
    return losses[losses.index < day]
""",
        "dates-as-a-column": """
def record_before(losses, day):
    return losses[losses["date"] < day].max()
""",
    },
    "o1-parity": {
        "turned-round": "score = (6, 5)",
        "small-rival": """
wide = paper.pivot(index=["benchmark", "metric"], columns="model", values="value")
lead = wide["DeepSeek-R1"] - wide["OpenAI-o1-mini"]
score = (int((lead > 0).sum()), int((lead < 0).sum()))
""",
        "other-rival": """
wide = paper.pivot(index=["benchmark", "metric"], columns="model", values="value")
lead = wide["DeepSeek-R1"] - wide["GPT-4o-0513"]
score = (int((lead > 0).sum()), int((lead < 0).sum()))
""",
        "missing-counts-as-behind": """
wide = paper.pivot(index=["benchmark", "metric"], columns="model", values="value")
ahead = wide["DeepSeek-R1"] > wide["OpenAI-o1-1217"]
score = (int(ahead.sum()), int((~ahead).sum()))
""",
        "all-tests-as-second": """
both = by_model[["DeepSeek-R1", "OpenAI-o1-1217"]].dropna()
score = (int((both["DeepSeek-R1"] > both["OpenAI-o1-1217"]).sum()), len(both))
""",
        "results-counted": """
score = (int(by_model["DeepSeek-R1"].count()), int(by_model["OpenAI-o1-1217"].count()))
""",
        "difference": "score = (-1, 1)",
        "wrong-type": "score = 5",
    },
    "demand-forecast": {
        "factor-in-per-cent": """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = 100 * total["2025"] / total["2024"]
""",
        "leases-in-place-of-cash": """
paid = spending.query("kind == 'reported' and (company != 'Meta' or definition != 'cash')")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        "two-companies": """
paid = spending.query("kind == 'reported' and definition == 'cash' and company != 'Meta'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        "growth-rate": """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"] - 1
""",
        "per-cent": """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = 100 * (total["2025"] / total["2024"] - 1)
""",
        "upside-down": """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2024"] / total["2025"]
""",
        "difference": """
paid = spending.query("kind == 'reported' and definition == 'cash'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] - total["2024"]
""",
        "leases-mixed-in": """
total = spending.query("kind == 'reported'").groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        "plans-counted": """
total = spending.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        "mean-of-factors": """
cash = spending.query("kind == 'reported' and definition == 'cash'")
wide = cash.pivot(index="company", columns="period", values="capex_usd_bn")
growth_factor = (wide["2025"] / wide["2024"]).mean()
""",
        "one-company": """
paid = spending.query("kind == 'reported' and definition == 'cash' and company == 'Meta'")
total = paid.groupby("period")["capex_usd_bn"].sum()
growth_factor = total["2025"] / total["2024"]
""",
        "rounded": """
growth_factor = 1.695
""",
    },
    "source-chain": {
        "majority": 'conclusion = "a"',
        "middle": 'conclusion = "b"',
        "trust-nobody": 'conclusion = "d"',
    },
    "ten-verdicts": {
        "avgo-17": _but(VERDICTS, "avgo-17", '"holds"'),
        "right-after": _but(VERDICTS, "right-after", '"holds"'),
        "record-loss": _but(VERDICTS, "record-loss", '"holds with rounding"'),
        "whole-industry": _but(VERDICTS, "whole-industry", '"holds with rounding"'),
        "huang-2-1": _but(VERDICTS, "huang-2-1", '"holds with rounding"'),
        "o1-parity": _but(VERDICTS, "o1-parity", '"holds with rounding"'),
        "no-fast-chips": _but(VERDICTS, "no-fast-chips", '"cannot be checked yet"'),
        "distilled-others": _but(VERDICTS, "distilled-others", '"contradicted"'),
        "stargate-after": _but(VERDICTS, "stargate-after", '"holds"'),
        "demand-rises": _but(VERDICTS, "demand-rises", '"cannot be checked yet"'),
        "unfinished": _but(VERDICTS, "demand-rises", "..."),
        "unknown-word": _but(VERDICTS, "huang-2-1", '"wrong"'),
        "wrong-names": 'verdicts = {"avgo-17": "holds with rounding"}',
    },
}

WRITTEN = {
    "briefing": {
        4: [
            "Three sentences from the articles, and what became of them. (1) 'Broadcom fell by "
            "17 %': the closes give -17.40 % (244.70 to 202.13 dollars), so it holds with "
            "rounding. (2) 'Stargate was announced after the shock': the policy table dates it to "
            "21 January, six days before; contradicted. (3) 'DeepSeek distilled models of OpenAI': "
            "alleged and denied, no evidence was published; it cannot be checked yet. My figure "
            "(bar chart of the group medians, alt text below) shows that not the chip makers but "
            "the suppliers of power fell most, -21.5 % in the median. Open: why the market waited "
            "seven days after R1 came out.",
            "For the reader of headlines. The record loss: 592.7 billion dollars by the vendors' "
            "close, more than twice the record before (279, Nvidia itself, September 2024); holds. "
            "'The whole industry fell': contradicted, Apple rose by 3.2 %, Meta by 1.9 %. 'R1 as "
            "good as o1': ahead on five tests and behind on six in the maker's own table; it "
            "holds by that count. My line chart (with alt text) follows Nvidia's data-centre revenue "
            "from 35.6 to 89.0 billion a quarter. What the data leave open: whether demand rose "
            "because of cheap models or in spite of them.",
        ],
        3: [
            "Nvidia fell by 16.97 %, so 17 % holds with rounding. The claim that the whole "
            "industry fell is contradicted by Apple (+3.2 %). Whether DeepSeek distilled OpenAI's "
            "models cannot be checked. My chart shows the groups; alt text: bar chart. I would "
            "like to know why the fall came a week late.",
            "The loss was 592.7 billion, the earlier record 279, so the record claim holds. "
            "Stargate came six days before the shock. R1 against o1: five to six. A figure with "
            "the losses is above, with alt text. It is open what caused the fall.",
        ],
        2: [
            "Two claims: 17 % holds (16.97 %), and 2.1 billion for Huang is contradicted by 3.4 % "
            "of 593. My figure shows the price of Nvidia.",
            "The falls of Nvidia, Broadcom and Dell all hold with rounding. My chart has bars.",
        ],
        1: [
            "The articles are mostly right because newspapers check their facts.",
            "I think the second article exaggerates. The table shows that.",
        ],
    }
}

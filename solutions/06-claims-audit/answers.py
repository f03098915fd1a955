"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

RIGHT = {
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
        "huang_loss_bn = -0.034 * nvda_lost",
    ],
    "record-loss": [
        'earlier_record_bn = reported.loc[:"2025-01-26", "loss_usd_bn"].max()',
        'earlier_record_bn = reported[reported.index < "2025-01-27"]["loss_usd_bn"].nlargest(1).iloc[0]',
    ],
    "o1-parity": [
        """
wide = paper.pivot(index=["benchmark", "metric"], columns="model", values="value")
lead = wide["DeepSeek-R1"] - wide["OpenAI-o1-1217"]
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
first = revenue.query("fiscal_year == 2025 and period == 'Q4'").iloc[0]
growth_factor = revenue["data_centre_revenue_usd_m"].iloc[-1] / first["data_centre_revenue_usd_m"]
""",
        """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = sales.loc[2027, "Q2"] / sales.loc[2025, "Q4"]
""",
    ],
    "source-chain": ['conclusion = "c"', 'conclusion = "C"'],
}

WRONG = {
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
        "never-exact": """
def judge(printed, computed, decimals):
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
    },
    "at-least-8-7": {
        "largest-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].min()',
        "middle-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].median()',
        "mean-fall": 'smallest_fall = (after / before - 1)[["ORCL", "DELL", "SMCI"]].mean()',
        "per-cent": 'smallest_fall = 100 * (after / before - 1)[["ORCL", "DELL", "SMCI"]].max()',
        "positive": 'smallest_fall = 1 - after["DELL"] / before["DELL"]',
        "divided-by-new-price": 'smallest_fall = (after["DELL"] - before["DELL"]) / after["DELL"]',
        "rounded": "smallest_fall = -0.087",
    },
    "huang": {
        "whole-loss": "huang_loss_bn = -nvda_lost",
        "stake-of-value": 'huang_loss_bn = 0.034 * before["NVDA"] * 24.49',
        "value-left": 'huang_loss_bn = 0.034 * after["NVDA"] * 24.49',
        "factor-of-ten": "huang_loss_bn = -0.0034 * nvda_lost",
        "per-cent-as-number": "huang_loss_bn = -3.4 * nvda_lost",
        "cnbc-close": 'huang_loss_bn = 0.034 * (before["NVDA"] - 118.58) * 24.49',
        "negative": "huang_loss_bn = 0.034 * nvda_lost",
    },
    "record-loss": {
        "the-day-itself": 'earlier_record_bn = reported["loss_usd_bn"].max()',
        "from-the-future": "earlier_record_bn = 357",
        "second-later-loss": "earlier_record_bn = 311",
        "record-before-the-record": "earlier_record_bn = 232",
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
    },
    "demand-forecast": {
        "total-revenue": """
total = revenue.set_index(["fiscal_year", "period"])["revenue_usd_m"]
growth_factor = total.iloc[-1] / total[(2025, "Q4")]
""",
        "growth-rate": """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = sales.iloc[-1] / sales[(2025, "Q4")] - 1
""",
        "per-cent": """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = 100 * (sales.iloc[-1] / sales[(2025, "Q4")] - 1)
""",
        "upside-down": """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = sales[(2025, "Q4")] / sales.iloc[-1]
""",
        "wrong-start": """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = sales.iloc[-1] / sales[(2026, "Q1")]
""",
        "wrong-fiscal-year": """
sales = revenue.set_index(["fiscal_year", "period"])["data_centre_revenue_usd_m"]
growth_factor = sales.iloc[-1] / sales[(2025, "Q1")]
""",
        "years": """
whole = data.load("nvidia_revenue").query("period == 'year'")["data_centre_revenue_usd_m"]
growth_factor = whole.iloc[-1] / whole.iloc[-2]
""",
    },
    "source-chain": {
        "majority": 'conclusion = "a"',
        "middle": 'conclusion = "b"',
        "trust-nobody": 'conclusion = "d"',
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
            "good as o1': ahead on five tests and behind on six in the maker's own table; holds "
            "with rounding. My line chart (with alt text) follows Nvidia's data-centre revenue "
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

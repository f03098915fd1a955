"""Known facts, read from the files with the csv module alone: not through data.load."""

import csv
from datetime import date

import pytest

from grading.datasets import FOLDER


def rows(name, **wanted):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if wanted.items() <= row.items()]


def one(name, **wanted):
    found = rows(name, **wanted)
    assert len(found) == 1, f"{len(found)} rows of {name} with {wanted}"
    return found[0]


def close(ticker, day):
    return float(one("market_closes", ticker=ticker, date=day)["close"])


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        # split-adjusted: the paper of the day had ten times as much before 10 June 2024
        ("2020-03-16", 4.91),
        ("2024-06-10", 121.79),
        ("2025-01-24", 142.62),
        ("2025-01-27", 118.42),
        ("2025-01-28", 128.99),
    ],
)
def test_nvidia_on_five_days(day, printed):
    assert close("NVDA", day) == pytest.approx(printed, abs=0.005)


@pytest.mark.parametrize(
    ("ticker", "percent"),
    [("NVDA", -16.97), ("AVGO", -17.40), ("ORCL", -13.79), ("DELL", -8.70), ("SMCI", -12.62),
     ("^GSPC", -1.46), ("^IXIC", -3.07), ("^SOX", -9.15)],
)  # fmt: skip
def test_changes_on_the_day(ticker, percent):
    change = close(ticker, "2025-01-27") / close(ticker, "2025-01-24") - 1
    assert round(100 * change, 2) == percent


def test_both_figures_of_the_loss():
    shares = int(one("share_counts", id="sh-nvda-1")["shares"])
    printed = float(one("reported_figures", id="rep-nvda-close-1")["value"])
    assert (
        round((close("NVDA", "2025-01-24") - close("NVDA", "2025-01-27")) * shares / 1e9, 1)
        == 592.7
    )
    assert round((close("NVDA", "2025-01-24") - printed) * shares / 1e9, 1) == 588.7


def test_nasa_in_1966_and_its_two_real_values():
    nasa = one("nasa_outlays", fiscal_year="1966")
    share = float(nasa["outlays_usd_m"]) / float(nasa["federal_outlays_usd_m"])
    assert round(100 * share, 2) == 4.41
    base = float(one("nasa_outlays", fiscal_year="2020")["gdp_price_index"])
    real = float(nasa["outlays_usd_m"]) * base / float(nasa["gdp_price_index"])
    assert round(real / 1000, 1) == 37.3
    assert round(float(nasa["outlays_2020_usd_m_nasa_index"]) / 1000, 1) == 60.9


def test_launches_of_1957():
    of_1957 = [row for row in rows("launches") if row["date"].startswith("1957")]
    assert [row["country"] for row in of_1957] == ["USSR", "USSR", "USA"]
    assert [row["outcome"] for row in of_1957] == ["success", "success", "failure"]
    assert of_1957[0]["date"] == "1957-10-04"
    assert of_1957[0]["time_utc"] == "19:28:34"


def test_research_and_degrees():
    def rd(year):
        return one("rd_spending", series="rd_share", country="USA", year=year)["value"]

    def engineers(year):
        return one("degrees", field="engineering", level="bachelor", year=year)["degrees"]

    assert [rd("1953"), rd("1957"), rd("1964")] == ["1.33", "2.09", "2.79"]
    assert [engineers("1954"), engineers("1959"), engineers("1963")] == ["22236", "38134", "33458"]


def test_the_first_trading_day_after_sputnik_and_after_the_heart_attack():
    def change(day, before, column):
        new, old = (float(one("dow_sp_1955_1958", date=d)[column]) for d in (day, before))
        return round(100 * (new / old - 1), 2)

    assert change("1957-10-07", "1957-10-04", "dow_close") == -2.01
    assert change("1957-10-07", "1957-10-04", "sp500_close_schwert") == -1.33
    assert change("1955-09-26", "1955-09-23", "sp500_close_schwert") == -6.62


def test_laws_after_sputnik_and_plans_before_the_shock():
    def announced(measure):
        return date.fromisoformat(one("policy_responses", id=measure)["announced"])

    assert (announced("nasa-act") - date(1957, 10, 4)).days == 298
    assert (announced("ndea") - date(1957, 10, 4)).days == 333
    assert announced("stargate") == date(2025, 1, 21)
    assert announced("order-14179") == date(2025, 1, 23)


def tpp(chip):
    formats = {"fp16_dense_tflops": 16, "fp8_dense_tflops": 8, "int8_dense_tops": 8,
               "fp4_dense_tflops": 4}  # fmt: skip
    return max(bits * float(chip[name]) for name, bits in formats.items() if chip[name])


@pytest.mark.parametrize(
    ("name", "processing", "density"),
    [("H20", 2368, 2.91), ("RTX 4090 D", 4707, 7.74), ("L20", 1912, 3.14), ("L4", 1940, 6.60),
     ("H100 SXM", 15832, 19.45), ("A100 (SXM4 80 GB)", 4992, 6.04)],
)  # fmt: skip
def test_chips_just_under_and_over_a_line(name, processing, density):
    chip = one("chips", chip=name)
    assert round(tpp(chip)) == processing
    assert round(tpp(chip) / float(chip["die_area_mm2"]), 2) == density


def test_the_h800_has_the_computing_of_the_h100_and_less_than_half_of_its_links():
    h100, h800 = one("chips", chip="H100 SXM"), one("chips", chip="H800 SXM")
    assert tpp(h100) == tpp(h800)
    assert (h100["interconnect_bw_gb_s"], h800["interconnect_bw_gb_s"]) == ("900", "400")


def test_unknown_stays_unknown():
    chip = one("chips", chip="MI308X")
    assert not any(chip[column] for column in chip if "dense" in column)
    assert one("chips", chip="Gaudi 3")["die_area_mm2"] == ""


def test_headlines_are_twice_the_dense_figure():
    names = {"FP8": "fp8_dense_tflops", "INT8": "int8_dense_tops", "FP4": "fp4_dense_tflops"}
    sparse = [row for row in rows("chips") if row["headline_sparse"] == "true"]
    assert len(sparse) >= 6
    for chip in sparse:
        dense = float(chip[names[chip["headline_format"]]])
        assert float(chip["headline_tops"]) == pytest.approx(2 * dense, rel=0.001), chip["chip"]


def test_thresholds_of_the_rules():
    def line(rule, clause, metric):
        return float(one("export_rules", rule=rule, clause=clause, metric=metric)["value"])

    assert line("october-2022", "3A090.a", "tpp") == 4800
    assert line("october-2022", "3A090.a", "link_bandwidth") == 600
    assert line("october-2023", "3A090.a.2", "performance_density") == 5.92
    assert line("january-2026", "case-by-case review", "tpp") == 21000
    reported = {row["status"] for row in rows("export_rules", rule="april-2025")}
    assert reported == {"reported"}


def test_r1_and_o1():
    def result(model, benchmark, metric):
        wanted = {"table": "r1-table-4", "benchmark": benchmark, "metric": metric}
        return float(one("benchmark_results", model=model, **wanted)["value"])

    assert result("DeepSeek-R1", "AIME 2024", "pass@1") == 79.8
    assert result("OpenAI-o1-1217", "AIME 2024", "pass@1") == 79.2
    both = {
        (row["benchmark"], row["metric"])
        for row in rows("benchmark_results", table="r1-table-4", model="OpenAI-o1-1217")
    }
    lead = [result("DeepSeek-R1", *test) - result("OpenAI-o1-1217", *test) for test in both]
    assert (sum(x > 0 for x in lead), sum(x < 0 for x in lead)) == (5, 6)


def test_what_v3_cost():
    v3 = one("ai_models", model="DeepSeek-V3")
    assert float(v3["training_gpu_hours"]) * 2 == float(v3["reported_cost_usd"]) == 5_576_000
    work = 6 * float(v3["parameters_active"]) * float(v3["training_tokens"])
    assert work == pytest.approx(3.29e24, rel=0.01)


def test_what_the_stages_of_r1_add_up_to():
    stages = rows("training_stages", model="DeepSeek-R1")
    assert sum(int(row["gpu_hours"]) for row in stages) == 147_000
    assert sum(int(row["cost_usd"]) for row in stages) == 294_000


def test_prices_of_o1_and_r1():
    o1, r1 = (one("api_prices", model=name) for name in ("o1", "DeepSeek-R1"))
    ratio = float(o1["output_usd_per_m_tokens"]) / float(r1["output_usd_per_m_tokens"])
    assert round(ratio, 1) == 27.4


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    original = load_digits()
    ours = rows("digits")
    assert [int(row["label"]) for row in ours] == original.target.tolist()
    pixels = [[int(row[f"pixel_{r}{c}"]) for r in range(8) for c in range(8)] for row in ours]
    assert pixels == original.data.astype(int).tolist()

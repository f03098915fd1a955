"""Training costs: the published figures of V3 fit together, impossible ones are refused."""

import pytest

from sputnik_moment import costs, data


def test_the_published_figures_of_v3_fit_together():
    models = data.load("ai_models").set_index("model")
    v3 = models.loc["DeepSeek-V3"]
    assert (
        costs.training_cost(v3["training_gpu_hours"], 2.0) == v3["reported_cost_usd"] == 5_576_000
    )
    operations = costs.training_operations(v3["parameters_active"], v3["training_tokens"])
    assert operations == pytest.approx(3.2856e24)
    assert operations == pytest.approx(v3["training_compute_flop"], rel=0.05)
    assert costs.utilisation(operations, 2.664e6, 989e12) == pytest.approx(0.346, abs=0.001)


@pytest.mark.parametrize(
    "call",
    [
        lambda: costs.training_cost(-1, 2),
        lambda: costs.training_operations(1e9, -1),
        lambda: costs.utilisation(1e24, 0, 1e15),
    ],
)
def test_costs_refuse_impossible_numbers(call):
    with pytest.raises(ValueError, match="must"):
        call()

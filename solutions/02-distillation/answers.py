"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

KINDS = """
learned_from = {
    "digits": "probabilities", "sums": "text", "R1-Distill-Qwen-7B": "text",
    "R1-Zero": "rewards", "Sky-T1": "text",
}
"""

RIGHT = {
    "softmax-temperature": [
        """
def softmax(scores, temperature):
    scaled = scores / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    powers = np.exp(scaled)
    return powers / powers.sum(axis=1, keepdims=True)
""",
        """
def softmax(scores, temperature):
    rows = []
    for row in np.asarray(scores):
        powers = [np.exp((score - max(row)) / temperature) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows)
""",
        """
from scipy.special import logsumexp

def softmax(scores, temperature):
    scaled = np.asarray(scores) / temperature
    return np.exp(scaled - logsumexp(scaled, axis=1, keepdims=True))
""",
        """
def softmax(scores, temperature):
    scaled = (scores / temperature).astype("float32")
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
""",
    ],
    "distillation-loss": [
        """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (np.log(p) - np.log(q))).sum(axis=1).mean()
""",
        """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    log_p = dl.log_softmax(teacher_scores, temperature)
    log_q = dl.log_softmax(student_scores, temperature)
    return temperature**2 * np.sum(p * (log_p - log_q)) / len(p)
""",
        """
def distillation_loss(student_scores, teacher_scores, temperature):
    total = 0.0
    for student_row, teacher_row in zip(student_scores, teacher_scores):
        p = dl.softmax(teacher_row, temperature)
        q = dl.softmax(student_row, temperature)
        total += sum(p * np.log(p / q))
    return temperature**2 * total / len(student_scores)
""",
    ],
    "find-the-bug": [
        """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return temperature * (q - p) / len(student_scores)
""",
        """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(teacher_scores, temperature)
    p = dl.softmax(student_scores, temperature)
    return -temperature * (q - p) / len(student_scores)
""",
        """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature).astype("float32")
    p = dl.softmax(teacher_scores, temperature).astype("float32")
    return temperature * (q - p) / len(student_scores)
""",
    ],
    "no-labels": [
        """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = differences.std() / np.sqrt(len(differences))
""",
        """
from scipy.stats import sem

soft, few = 100 * by_source["soft answers"], 100 * by_source["few labels"]
gain_points = soft.mean() - few.mean()
gain_error = sem(soft - few)
""",
    ],
    "never-saw-a-3": ['reason = "c"', 'reason = " C "', 'reason = "c)"', 'reason = {"c"}'],
    "which-distillation": [
        KINDS,
        """
learned_from = dict.fromkeys(["sums", "R1-Distill-Qwen-7B", "Sky-T1"], "Text")
learned_from["R1-Zero"] = "Rewards"
learned_from["digits"] = "Probabilities"
""",
    ],
    "read-the-r1-table": [
        "problems_more = (72.6 - 47.0) / 100 * 30",
        """
first_row = table_6.pivot(index="benchmark", columns="model", values="value").loc["AIME 2024"]
per_cent = first_row["DeepSeek-R1-Distill-Qwen-32B"] - first_row["DeepSeek-R1-Zero-Qwen-32B"]
problems_more = 0.3 * per_cent
""",
        """
from fractions import Fraction

problems_more = 30 * Fraction(726 - 470, 1000)
""",
        """
from decimal import Decimal

problems_more = 30 * (Decimal("72.6") - Decimal("47.0")) / 100
""",
    ],
    "training-cost": [
        """
v3_cost_usd = 2_788_000 * 2
left_out = {"a", "c", "d"}
""",
        """
v3_cost_usd = 2 * models.loc["DeepSeek-V3", "training_gpu_hours"]
left_out = ["D", "A)", "C"]
""",
    ],
    "active-parameters": [
        "v3_operations = 6 * 37e9 * 14.8e12",
        """
v3 = models.loc["DeepSeek-V3"]
v3_operations = 6 * v3["parameters_active"] * v3["training_tokens"]
""",
        "v3_operations = 6 * 37_000_000_000 * 14_800_000_000_000",
    ],
}

WRONG = {
    "softmax-temperature": {
        "overflow": (
            """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
""",
            2,
        ),
        "cut-off": (
            """
def softmax(scores, temperature):
    powers = np.exp(np.clip(scores, -700, 700) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
""",
            2,
        ),
        "mean-subtracted": (
            """
def softmax(scores, temperature):
    z = (scores - scores.mean(axis=1, keepdims=True)) / temperature
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)
""",
            2,
        ),
        "first-subtracted": (
            """
def softmax(scores, temperature):
    powers = np.exp((scores - scores[:, :1]) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
""",
            2,
        ),
        "smallest-subtracted": (
            """
def softmax(scores, temperature):
    powers = np.exp((scores - scores.min(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
""",
            2,
        ),
        "subtracted-after-exp": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    powers = powers - powers.max(axis=1, keepdims=True)
    return powers / powers.sum(axis=1, keepdims=True)
""",
        "largest-of-columns": """
def softmax(scores, temperature):
    scaled = scores / temperature
    powers = np.exp(scaled - scaled.max(axis=0))
    return powers / powers.sum(axis=1, keepdims=True)
""",
        "multiplied-by-t": """
def softmax(scores, temperature):
    scaled = scores * temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
""",
        "no-temperature": """
def softmax(scores, temperature):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
""",
        "divided-afterwards": """
def softmax(scores, temperature):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True) / temperature
""",
        "whole-table": """
def softmax(scores, temperature):
    powers = np.exp((scores - scores.max()) / temperature)
    return powers / powers.sum()
""",
        "logarithm": """
def softmax(scores, temperature):
    return dl.log_softmax(scores, temperature)
""",
        "error": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=3)
""",
        "power-afterwards": """
def softmax(scores, temperature):
    powers = np.exp(scores)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return probabilities ** (1 / temperature)
""",
        "t-above-only": """
def softmax(scores, temperature):
    return np.exp(scores / temperature) / np.exp(scores).sum(axis=1, keepdims=True)
""",
        "columns-not-rows": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=0)
""",
        "minus-sign": """
def softmax(scores, temperature):
    powers = np.exp(-scores / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
""",
        "largest-only": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return (powers / powers.sum(axis=1, keepdims=True)).max(axis=1)
""",
        "rounded": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return (powers / powers.sum(axis=1, keepdims=True)).round(3)
""",
        "rows-lost-their-column": """
def softmax(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=1)
""",
    },
    "distillation-loss": {
        "no-t-squared": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return (p * np.log(p / q)).sum(axis=1).mean()
""",
        "doubled-not-squared": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature * 2 * (p * (np.log(p) - np.log(q))).sum(axis=1).mean()
""",
        "t-not-squared": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature * (p * np.log(p / q)).sum(axis=1).mean()
""",
        "swapped": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(student_scores, temperature)
    q = dl.softmax(teacher_scores, temperature)
    return temperature**2 * (p * np.log(p / q)).sum(axis=1).mean()
""",
        "sum-not-mean": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * np.log(p / q)).sum()
""",
        "mean-of-everything": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * np.log(p / q)).mean()
""",
        "cross-entropy": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return -(temperature**2) * (p * np.log(q)).sum(axis=1).mean()
""",
        "student-not-softened": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores)
    return temperature**2 * (p * np.log(p / q)).sum(axis=1).mean()
""",
        "minus-sign": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (np.log(q) - np.log(p))).sum(axis=1).mean()
""",
        "sum-without-t": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return np.sum(p * (np.log(p) - np.log(q)))
""",
        "one-per-row": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (np.log(p) - np.log(q))).sum(axis=1)
""",
        "columns-not-rows": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (np.log(p) - np.log(q))).sum(axis=0).mean()
""",
        "bracket-missing": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * np.log(p) - np.log(q)).sum(axis=1).mean()
""",
        "teacher-not-softened": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * np.log(p / q)).sum(axis=1).mean()
""",
        "nobody-softened": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p, q = dl.softmax(teacher_scores), dl.softmax(student_scores)
    return temperature**2 * (p * np.log(p / q)).sum(axis=1).mean()
""",
        "another-logarithm": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (np.log10(p) - np.log10(q))).sum(axis=1).mean()
""",
        "scores-not-probabilities": """
def distillation_loss(student_scores, teacher_scores, temperature):
    with np.errstate(all="ignore"):
        terms = teacher_scores * (np.log(teacher_scores) - np.log(student_scores))
    return temperature**2 * terms.sum(axis=1).mean()
""",
        "ln-is-np-log": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature**2 * (p * (ln(p) - ln(q))).sum(axis=1).mean()  # noqa: F821
""",
        "caret-for-power": """
def distillation_loss(student_scores, teacher_scores, temperature):
    p = dl.softmax(teacher_scores, temperature)
    q = dl.softmax(student_scores, temperature)
    return temperature^2 * (p * (np.log(p) - np.log(q))).sum(axis=1).mean()
""",
    },
    "find-the-bug": {
        "as-given": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(teacher_scores, temperature)
    p = dl.softmax(student_scores, temperature)
    return (q - p) / temperature / len(student_scores)
""",
        "divided-by-t": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return (q - p) / temperature / len(student_scores)
""",
        "swapped": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(teacher_scores, temperature)
    p = dl.softmax(student_scores, temperature)
    return temperature * (q - p) / len(student_scores)
""",
        "t-squared-twice": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return temperature**2 * (q - p) / len(student_scores)
""",
        "not-divided-by-rows": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return temperature * (q - p)
""",
        "t-left-out": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return (q - p) / len(student_scores)
""",
        "divided-by-cells": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return temperature * (q - p) / student_scores.size
""",
        "student-not-softened": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores)
    p = dl.softmax(teacher_scores, temperature)
    return temperature * (q - p) / len(student_scores)
""",
        "mean-over-rows": """
def loss_gradient(student_scores, teacher_scores, temperature):
    q = dl.softmax(student_scores, temperature)
    p = dl.softmax(teacher_scores, temperature)
    return temperature * (q - p).mean(axis=0)
""",
    },
    "no-labels": {
        "fractions": """
differences = by_source["soft answers"] - by_source["few labels"]
gain_points = differences.mean()
gain_error = differences.sem()
""",
        "backwards": (
            """
differences = 100 * (by_source["few labels"] - by_source["soft answers"])
gain_points = differences.mean()
gain_error = differences.sem()
""",
            1,
        ),
        "sd-not-se": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = differences.std()
""",
            1,
        ),
        "not-paired": (
            """
soft, few = 100 * by_source["soft answers"], 100 * by_source["few labels"]
gain_points = soft.mean() - few.mean()
gain_error = np.sqrt(soft.sem() ** 2 + few.sem() ** 2)
""",
            1,
        ),
        "against-all-labels": """
differences = 100 * (by_source["soft answers"] - by_source["all labels"])
gain_points = differences.mean()
gain_error = differences.sem()
""",
        "hard-answers": """
differences = 100 * (by_source["hard answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = differences.sem()
""",
        "one-seed": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.iloc[0]
gain_error = differences.sem()
""",
            1,
        ),
        "error-as-a-fraction": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = differences.sem() / 100
""",
            1,
        ),
        "rounded-to-the-text": """
gain_points = 8.7
gain_error = 0.5
""",
        "divided-by-n": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = differences.std() / 20
""",
            1,
        ),
        "n-not-n-minus-1": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = np.std(differences) / np.sqrt(20)
""",
            1,
        ),
        "difference-of-errors": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences.mean()
gain_error = 100 * (by_source["soft answers"].sem() - by_source["few labels"].sem())
""",
            1,
        ),
        "no-mean-yet": (
            """
differences = 100 * (by_source["soft answers"] - by_source["few labels"])
gain_points = differences
gain_error = differences.sem()
""",
            1,
        ),
        "relative": """
ratio = 100 * (by_source["soft answers"] / by_source["few labels"] - 1)
gain_points = ratio.mean()
gain_error = ratio.sem()
""",
    },
    "never-saw-a-3": {
        "by-chance": 'reason = "a"',
        "left-over": 'reason = "b"',
        "more-units": 'reason = "d"',
    },
    "which-distillation": {
        "digits": KINDS.replace("probabilities", "text"),
        "sums": KINDS.replace('"sums": "text"', '"sums": "probabilities"'),
        "R1-Distill-Qwen-7B": KINDS.replace('7B": "text"', '7B": "probabilities"'),
        "R1-Zero": KINDS.replace("rewards", "text"),
        "Sky-T1": KINDS.replace('T1": "text"', 'T1": "probabilities"'),
        "unknown-word": KINDS.replace("rewards", "reward"),
        "unfinished": KINDS.replace('"rewards"', "..."),
    },
    "read-the-r1-table": {
        "points-not-problems": "problems_more = 72.6 - 47.0",
        "fraction": "problems_more = 0.726 - 0.47",
        "against-qwq": "problems_more = 30 * (72.6 - 50.0) / 100",
        "relative": "problems_more = 72.6 / 47.0 - 1",
        "backwards": "problems_more = 30 * (47.0 - 72.6) / 100",
        "whole-problems": "problems_more = 8",
        "wrong-benchmark": "problems_more = 30 * (94.3 - 91.6) / 100",
        "text-instead-of-number": 'problems_more = "7.68"',
        "no-hundred": """
problems_more = 30 * (72.6 - 47.0)
""",
        "divided-by-30": """
problems_more = (72.6 - 47.0) / 30
""",
        "one-model-alone": """
problems_more = 30 * 72.6 / 100
""",
    },
    "training-cost": {
        "stages-left-out": (
            'v3_cost_usd = 2_788_000 * 2\nleft_out = {"a", "b", "c", "d"}',
            1,
        ),
        "no-staff": ('v3_cost_usd = 2_788_000 * 2\nleft_out = {"a", "c"}', 1),
        "chips-were-bought": ('v3_cost_usd = 2_788_000 * 2\nleft_out = {"a", "d"}', 1),
        "research-included": ('v3_cost_usd = 2_788_000 * 2\nleft_out = {"c", "d"}', 1),
        "upside-down": ('v3_cost_usd = 2_788_000 * 2\nleft_out = {"b", "e"}', 1),
        "millions": ('v3_cost_usd = 2.788 * 2\nleft_out = {"a", "c", "d"}', 1),
        "divided": ('v3_cost_usd = 2_788_000 / 2\nleft_out = {"a", "c", "d"}', 1),
        "thousands": (
            """
v3_cost_usd = 2788 * 2
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "no-price": (
            """
v3_cost_usd = 2_788_000
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "main-training-only": (
            """
v3_cost_usd = 2_664_000 * 2
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "r1-added": (
            """
v3_cost_usd = (2_788_000 + 147_000) * 2
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "six-million": (
            """
v3_cost_usd = 6e6
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "text-instead-of-number": (
            """
v3_cost_usd = "5,576,000"
left_out = {"a", "c", "d"}
""",
            1,
        ),
        "no-set-of-letters": (
            """
v3_cost_usd = 2_788_000 * 2
left_out = "acd"
""",
            1,
        ),
    },
    "active-parameters": {
        "all-parameters": "v3_operations = 6 * 671e9 * 14.8e12",
        "no-six": "v3_operations = 37e9 * 14.8e12",
        "forward-only": "v3_operations = 2 * 37e9 * 14.8e12",
        "hours-for-tokens": "v3_operations = 6 * 37e9 * 2_788_000",
        "billions-and-trillions": "v3_operations = 6 * 37 * 14.8",
        "idle-parameters": """
v3_operations = 6 * (671e9 - 37e9) * 14.8e12
""",
        "no-tokens": """
v3_operations = 6 * 37e9
""",
        "powers-of-ten": """
v3_operations = 6 * 37e9 * 14.8e9
""",
        "added": """
v3_operations = 6 * 37e9 + 14.8e12
""",
        "another-row": """
v3_operations = 6 * 32.5e9 * 18e12
""",
        "copied-estimate": """
v3_operations = models.loc["DeepSeek-V3", "training_compute_flop"]
""",
        "rounded": """
v3_operations = 3.3e24
""",
        "integers-overflowed": """
with np.errstate(all="ignore"):
    v3_operations = 6 * np.int64(37 * 10**9) * np.int64(148 * 10**11)
""",
    },
}

WRITTEN = {
    "was-it-distilled": {
        4: [
            "Open. Two things must be kept apart. That six small Qwen and Llama models were trained "
            "on 800,000 texts by R1 is shown: DeepSeek says so itself (January 2025), and weights "
            "and results are public. That R1 learned from OpenAI's models is alleged: by David "
            "Sacks on 28 January 2025, who gave no evidence, by OpenAI in the Financial Times a "
            "day later, and in a memo of February 2026 that was described but not published. "
            "DeepSeek denied it in September 2025 to the reviewers of Nature: web pages may hold "
            "answers of other models, but none were put in on purpose. OpenAI sells against "
            "DeepSeek and DeepSeek against OpenAI, so both have an interest. Logs of the accounts "
            "in question, checked by somebody independent, would settle it.",
            "I would write: alleged, denied, not shown. OpenAI (29 January 2025) said that it had "
            "some evidence and published none; Bloomberg reported unnamed sources on the same day; "
            "DeepSeek (17 September 2025) denies that it put other models' answers in on purpose. "
            "None of these rows can be checked by a reader. They also differ in what they claim: "
            "accidental text from the web is not the same as a plan. Not in dispute is what the R1 "
            "paper says of its own small models, which are Chinese and American bases trained on "
            "R1's texts. The accusers compete with DeepSeek or make policy, DeepSeek has a name to "
            "lose. The training data, or the logs of the service with the accounts named, opened "
            "to a third party, would decide.",
        ],
        3: [
            "It is open. Sacks (28 January 2025) and OpenAI (29 January 2025) allege it without "
            "published evidence; DeepSeek denies it in Nature (September 2025). That small models "
            "learned from R1 is another matter, and shown. Both sides are competitors. Somebody "
            "should look at the evidence.",
            "Alleged and denied. OpenAI said it to the Financial Times in January 2025 and to a "
            "House committee in February 2026, DeepSeek denied it in September 2025. The logs of "
            "OpenAI's service would settle it if they were published. R1's own students are a "
            "different case, openly described in the paper.",
        ],
        2: [
            "OpenAI says yes and DeepSeek says no (Nature, 2025). Nobody has published evidence, so "
            "one cannot know.",
            "It is partly shown, because the R1 paper itself says that models were distilled with "
            "800,000 texts, and OpenAI said in January 2025 that it had evidence, too.",
        ],
        1: [
            "Yes. A member of the US government said that there is substantial evidence.",
            "No, this is only envy: DeepSeek said that it did not do it.",
        ],
    }
}

"""The checks of lesson 02: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sputnik_moment import data
from sputnik_moment import distillation as dl
from sputnik_moment.feedback import MISSING, Exercise, Feedback, Mistake
from sputnik_moment.feedback._compare import is_missing


@dataclass(frozen=True)
class SeveralAnswers(Exercise):
    """An exercise with more than one variable: it is missing while one of them is."""

    def judge(self, answer: Any) -> Feedback:
        """Look for what is missing first, then judge as any other exercise."""
        parts = answer.values() if isinstance(answer, dict) else answer
        if any(is_missing(part) for part in parts):
            return self._say(MISSING, "Part of the answer is missing. Replace every `...` above.")
        return super().judge(answer)


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    return [
        _softmax_temperature(),
        _distillation_loss(),
        _find_the_bug(),
        _no_labels(),
        _never_saw_a_3(),
        _which_distillation(),
        _read_the_r1_table(),
        _training_cost(),
        _active_parameters(),
    ]


# --- 1. softmax -------------------------------------------------------------------------------
def _softmax_temperature() -> Exercise:
    scores = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
    large = np.array([[2000.0, 0.0, 1999.0], [-3000.0, -3000.0, -3000.0]])
    return Exercise(
        id="softmax-temperature",
        section="1. An answer with doubts",
        right=lambda z, t: dl.softmax(z, t),
        calls=[(scores, 2.0), (scores, 0.5), (large, 1.0)],
        mistakes=[
            Mistake(
                "overflow",
                _naive_softmax,
                "Right for ordinary scores; at 2,000 it gives NaN, because `np.exp` overflows. "
                "Subtract each row's largest score before `np.exp`: no probability changes.",
                nearly=True,
            ),
            Mistake(
                "multiplied-by-t",
                lambda z, t: dl.softmax(z * t),
                "Here a higher T makes the answers *sharper*. Scores are divided by T, not "
                "multiplied.",
            ),
            Mistake(
                "no-temperature",
                lambda z, t: dl.softmax(z),
                "T changes nothing in your function. Divide the scores by it before `np.exp`.",
            ),
            Mistake(
                "divided-afterwards",
                lambda z, t: dl.softmax(z) / t,
                "Your rows add up to 1 / T, not to 1. Divide the *scores* by T, not the "
                "probabilities.",
            ),
            Mistake(
                "whole-table",
                lambda z, t: dl.softmax(np.ravel(z), t).reshape(np.shape(z)),
                "The whole table adds up to 1. Each *row* should: sum over `axis=1` with "
                "`keepdims=True`.",
            ),
            Mistake(
                "logarithm",
                lambda z, t: dl.log_softmax(z, t),
                "These are logarithms of probabilities: they are negative. Take `np.exp` of them.",
                nearly=True,
            ),
        ],
        praise="It holds for scores of 2,000, too, where most first versions give NaN.",
        otherwise="Does every row add up to 1, and does a larger T bring the numbers closer?",
        hints=[
            "The formula above the cell: divide by T, take `np.exp`, divide by the sum of the row.",
            "Row by row means `axis=1`; `keepdims=True` keeps the shape right for the division.",
            "`z = scores / temperature`, `z = z - z.max(axis=1, keepdims=True)`, then `np.exp(z)` "
            "divided by its sum over `axis=1, keepdims=True`.",
        ],
    )


def _naive_softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        powers = np.exp(np.asarray(scores) / temperature)
        return powers / powers.sum(axis=1, keepdims=True)


# --- 2. loss and gradient ---------------------------------------------------------------------
def _tables() -> list[tuple[np.ndarray, np.ndarray, float]]:
    random = np.random.default_rng(0)
    tables = [random.normal(0, 2, (4, 3)).round(2) for _ in range(4)]
    return [(tables[0], tables[1], 2.0), (tables[2], tables[3], 5.0)]


def _divergence(target: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return (target * (np.log(target) - np.log(predicted))).sum(axis=1)


def _distillation_loss() -> Exercise:
    def loss(student, teacher, t, factor=lambda t: t**2, over=np.mean):
        return factor(t) * over(_divergence(dl.softmax(teacher, t), dl.softmax(student, t)))

    return Exercise(
        id="distillation-loss",
        section="2. A loss for learning from doubts",
        right=loss,
        calls=_tables(),
        mistakes=[
            Mistake(
                "no-t-squared",
                lambda s, t, temp: loss(s, t, temp, lambda _: 1.0),
                "{answer} lacks the factor T squared. Without it a high temperature would make "
                "the gradients vanish.",
            ),
            Mistake(
                "t-not-squared",
                lambda s, t, temp: loss(s, t, temp, lambda x: x),
                "{answer} has the factor T. It should be T *squared*.",
            ),
            Mistake(
                "swapped",
                lambda s, t, temp: loss(t, s, temp),
                "{answer} is the divergence from student to teacher: the two have changed places. "
                "p, in front of the bracket, is the teacher's.",
            ),
            Mistake(
                "sum-not-mean",
                lambda s, t, temp: loss(s, t, temp, over=np.sum),
                "{answer} is the sum over the rows; the loss is their mean.",
            ),
            Mistake(
                "mean-of-everything",
                lambda s, t, temp: loss(s, t, temp) / np.shape(s)[1],
                "{answer} is the mean over all cells. Add up the classes of each row first "
                "(`axis=1`), then take the mean over rows.",
            ),
            Mistake(
                "cross-entropy",
                lambda s, t, temp: (
                    temp**2 * dl.cross_entropy(dl.softmax(t, temp), dl.softmax(s, temp))
                ),
                "{answer} is the cross-entropy: it lacks the teacher's part, `p * log(p)`. The "
                "gradient is the same, but equal models should have a loss of 0.",
            ),
            Mistake(
                "student-not-softened",
                lambda s, t, temp: temp**2 * _divergence(dl.softmax(t, temp), dl.softmax(s)).mean(),
                "{answer} compares the teacher at T with the student at 1. Both are softened.",
            ),
        ],
        praise="It is zero when both agree, and at T = 1 it is the plain divergence.",
        otherwise="Give it twice the same table: the loss should be 0.",
        hints=[
            "Write the formula from left to right: T squared, a mean over rows, a sum over "
            "classes.",
            "`p` is the teacher's softmax at T, `q` the student's. The sum over classes is "
            "`.sum(axis=1)`.",
            "`return temperature**2 * (p * (np.log(p) - np.log(q))).sum(axis=1).mean()`",
        ],
    )


def _find_the_bug() -> Exercise:
    def gradient(student, teacher, t, factor=lambda t: t, rows=True):
        gap = dl.softmax(student, t) - dl.softmax(teacher, t)
        return factor(t) * gap / (len(gap) if rows else 1)

    def without(t):
        return 1 / t

    return Exercise(
        id="find-the-bug",
        section="2. A loss for learning from doubts",
        right=gradient,
        calls=_tables(),
        mistakes=[
            Mistake(
                "as-given",
                lambda s, t, temp: gradient(t, s, temp, without),
                "Nothing has changed yet. Which of the two should q be, and is T on the right "
                "side of the fraction?",
            ),
            Mistake(
                "no-t-squared",
                lambda s, t, temp: gradient(s, t, temp, without),
                "Teacher and student are right now. One mistake is left: this is the slope of a "
                "loss without T squared.",
            ),
            Mistake(
                "swapped",
                lambda s, t, temp: gradient(t, s, temp),
                "The temperature is right now. One mistake is left: the sign. The student would "
                "move *away* from the teacher.",
            ),
            Mistake(
                "t-squared-twice",
                lambda s, t, temp: gradient(s, t, temp, lambda x: x**2),
                "T squared belongs to the loss. Its slope has T only: one T is used up by the "
                "softmax, which divides by it.",
            ),
            Mistake(
                "not-divided-by-rows",
                lambda s, t, temp: gradient(s, t, temp, rows=False),
                "The loss is a mean over rows, so its slope in one score is divided by their "
                "number.",
            ),
        ],
        praise="Both bugs are old friends: a widely copied example once had the two together.",
        otherwise="Compare with the formula in the text: T times (q - p), divided by n.",
        hints=[
            "Read the text above: which letter is the student, which the teacher?",
            "One mistake is in the two lines with softmax, the other in the line with `return`.",
            "q from `student_scores`, p from `teacher_scores`, and `temperature * (q - p) / "
            "len(student_scores)`.",
        ],
    )


# --- 3. and 4. what the students reach --------------------------------------------------------
def _no_labels() -> Exercise:
    runs = data.load("distillation_runs").query("experiment == 'sources' and hidden == 16")
    table = 100 * runs.pivot(index="seed", columns="source", values="accuracy")
    soft, few = table["soft answers"], table["few labels"]
    difference = soft - few
    mean, error = difference.mean(), difference.sem()
    return SeveralAnswers(
        id="no-labels",
        section="3. A student without labels",
        right=(mean, error),
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "fractions",
                (mean / 100, error / 100),
                "Right as fractions. Percentage points are asked for: times 100.",
                nearly=True,
            ),
            Mistake(
                "backwards",
                (-mean, error),
                "The size is right; the sign says that soft answers are worse. Subtract few "
                "labels from soft answers.",
                nearly=True,
            ),
            Mistake(
                "sd-not-se",
                (mean, difference.std()),
                "The gain is right. The second number is the standard *deviation* of single "
                "seeds; divide it by the square root of their number.",
            ),
            Mistake(
                "not-paired",
                (mean, np.hypot(soft.sem(), few.sem())),
                "The gain is right. The second number treats the two students as strangers, but "
                "each pair shares its shuffle. Take the difference seed by seed first.",
            ),
            Mistake(
                "against-all-labels",
                tuple(
                    f(soft - table["all labels"]) for f in (lambda d: d.mean(), lambda d: d.sem())
                ),
                "This compares with *all* labels. Asked is the student with few.",
            ),
            Mistake(
                "hard-answers",
                tuple(
                    f(table["hard answers"] - few) for f in (lambda d: d.mean(), lambda d: d.sem())
                ),
                "This is the gain of *hard* answers. Take the column of soft answers.",
            ),
            Mistake(
                "one-seed",
                (difference.iloc[0], error),
                "This gain is that of one seed alone. Take the mean over all of them.",
            ),
        ],
        praise="A gain many times its standard error: that one may be reported.",
        otherwise="Make a column of differences, one per seed, times 100. Then its mean.",
        hints=[
            "Subtract two columns of `by_source`; pandas lines the seeds up for you.",
            "`differences = 100 * (by_source['soft answers'] - by_source['few labels'])`",
            "`gain_points = differences.mean()` and `gain_error = differences.std() / "
            "np.sqrt(len(differences))`",
        ],
    )


def _never_saw_a_3() -> Exercise:
    return Exercise(
        id="never-saw-a-3",
        section="4. The digit it never saw",
        right="c",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "by-chance",
                "a",
                "Guessing would give about one 3 in ten, and the other digits would suffer. Here "
                "most 3s are read.",
            ),
            Mistake(
                "left-over",
                "b",
                "Every image whose label is 3 was removed. Besides, the teacher's digits for the "
                "same images teach almost nothing of 3s.",
            ),
            Mistake(
                "more-units",
                "d",
                "The temperature changes what is learned from, not the network: it has 16 hidden "
                "units at every T.",
            ),
        ],
        praise="This is called dark knowledge: present in the answers, hard to see at T = 1.",
        hints=[
            "In the temperature explorer choose an 8 or a 5 and look at the bar of the 3.",
            "Move T from 1 to 4 and watch what happens to the small bars.",
            "What does the student see of a 3, if not its picture?",
        ],
    )


# --- 5. kinds of distillation -----------------------------------------------------------------
def _which_distillation() -> Exercise:
    right = {
        "digits": "probabilities",
        "sums": "text",
        "R1-Distill-Qwen-7B": "text",
        "R1-Zero": "rewards",
        "Sky-T1": "text",
    }
    return SeveralAnswers(
        id="which-distillation",
        section="5. Nothing but a teacher's text",
        right=right,
        mistakes=[
            Mistake(
                "r1-students-saw-probabilities",
                right | {"R1-Distill-Qwen-7B": "probabilities"},
                "R1's students got 800,000 *texts*, and no probability of any word.",
            ),
            Mistake(
                "all-distilled-models-saw-probabilities",
                right | {"R1-Distill-Qwen-7B": "probabilities", "Sky-T1": "probabilities"},
                "Both language models learned from *texts* that another model had written. Nobody "
                "gave them probabilities.",
            ),
            Mistake(
                "r1-zero-had-a-teacher",
                right | {"R1-Zero": "text"},
                "R1-Zero had no teacher: it tried by itself and was rewarded for right answers.",
            ),
            Mistake(
                "sums-saw-probabilities",
                right | {"sums": "probabilities"},
                "The student of sums read the characters that were written, not how sure the "
                "writer was.",
            ),
            Mistake(
                "r1-students-by-rewards",
                right | {"R1-Distill-Qwen-7B": "rewards"},
                "R1's students learned from its texts alone; their makers added no rewards.",
            ),
        ],
        praise="Texts are all that an outsider gets from a service, too.",
        otherwise="Ask of each: what did it get to see? Numbers for every answer, texts, or marks?",
        hints=[
            "The word 'trained on texts' is in two of the five lines.",
            "Section 3 calls its source soft answers: what is soft about them?",
            "One line has probabilities, three have text, one has rewards.",
        ],
    )


# --- 6. benchmarks ----------------------------------------------------------------------------
def _read_the_r1_table() -> Exercise:
    results = data.load("benchmark_results").query("table == 'r1-table-6'")
    first_try = results.query("metric == 'pass@1'").pivot(
        index="benchmark", columns="model", values="value"
    )
    aime, maths = first_try.loc["AIME 2024"], first_try.loc["MATH-500"]
    distilled, by_rewards = "DeepSeek-R1-Distill-Qwen-32B", "DeepSeek-R1-Zero-Qwen-32B"
    points = aime[distilled] - aime[by_rewards]
    right = 30 * points / 100
    return Exercise(
        id="read-the-r1-table",
        section="6. What it did for R1's students",
        right=right,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "points-not-problems",
                points,
                "{answer} is the difference in percentage points. How many of 30 problems is that?",
            ),
            Mistake(
                "fraction",
                points / 100,
                "{answer} is the difference as a fraction of all problems. There are 30.",
            ),
            Mistake(
                "against-qwq",
                0.3 * (aime[distilled] - aime["QwQ-32B-Preview"]),
                "{answer} compares with QwQ, which was trained otherwise. Take the model that "
                "learned by rewards.",
            ),
            Mistake(
                "relative",
                points / aime[by_rewards],
                "{answer} is the gain relative to the other model. Asked is a number of problems.",
            ),
            Mistake(
                "backwards",
                -right,
                "The size is right; *more* was asked, so the distilled model comes first.",
                nearly=True,
            ),
            Mistake(
                "whole-problems",
                float(round(right)),
                "Near. 72.6 % is no whole number of 30 problems, so the table holds means over "
                "several tries: keep the decimals.",
                nearly=True,
            ),
            Mistake(
                "wrong-benchmark",
                0.3 * (maths[distilled] - maths[by_rewards]),
                "{answer} comes from the row MATH-500. AIME 2024 is the first row.",
            ),
        ],
        praise="Seven or eight problems of thirty. R1's lead over o1 is a fifth of one problem.",
        otherwise="Take two numbers from the row AIME 2024, subtract, and turn per cent into "
        "problems.",
        hints=[
            "The row AIME 2024; the columns with Distill and with R1-Zero.",
            "72.6 per cent less 47.0 per cent, of 30 problems.",
            "`problems_more = (72.6 - 47.0) / 100 * 30`",
        ],
    )


# --- 7. cost ----------------------------------------------------------------------------------
def _training_cost() -> Exercise:
    v3 = data.load("ai_models").set_index("model").loc["DeepSeek-V3"]
    right = dl.training_cost(v3["training_gpu_hours"], 2.0)
    left_out = {"a", "c", "d"}
    return SeveralAnswers(
        id="training-cost",
        section="7. What does it cost?",
        right=(right, left_out),
        mistakes=[
            Mistake(
                "stages-left-out",
                (right, {"a", "b", "c", "d"}),
                "The cost is right. The final stages are *in* the 2.788 million hours: look at "
                "the words 'all its stages included'.",
            ),
            Mistake(
                "no-staff",
                (right, {"a", "c"}),
                "The cost is right. One item is missing from the set: who did the work?",
            ),
            Mistake(
                "chips-were-bought",
                (right, {"a", "d"}),
                "The cost is right. Rent is not a purchase: which item is missing from the set?",
            ),
            Mistake(
                "research-included",
                (right, {"c", "d"}),
                "The cost is right. The hours are those of the *final* run. What came before it?",
            ),
            Mistake(
                "upside-down",
                (right, {"b", "e"}),
                "The cost is right. These are the two parts that it does hold; asked is what it "
                "leaves out.",
            ),
            Mistake(
                "millions",
                (right / 1e6, left_out),
                "Right in millions; dollars are asked for.",
                nearly=True,
            ),
            Mistake(
                "divided",
                (v3["training_gpu_hours"] / 2, left_out),
                "These are hours *divided* by the price. Each hour costs 2 dollars.",
            ),
        ],
        praise="5.576 million dollars of assumed rent: the famous six million.",
        otherwise="Hours times price; and of the five letters, those that no GPU hour of the final "
        "run contains.",
        hints=[
            "Two numbers in the text, one multiplication.",
            "For each letter ask: is it paid by renting chips during the final run?",
            "2,788,000 times 2. Research, purchase and staff are outside.",
        ],
    )


def _active_parameters() -> Exercise:
    v3 = data.load("ai_models").set_index("model").loc["DeepSeek-V3"]
    active, total, tokens = (
        v3[name] for name in ("parameters_active", "parameters_total", "training_tokens")
    )
    return Exercise(
        id="active-parameters",
        section="7. What does it cost?",
        right=dl.training_operations(active, tokens),
        mistakes=[
            Mistake(
                "all-parameters",
                6 * total * tokens,
                "{answer} uses all 671 billion parameters. Only 37 billion of them work on each "
                "token.",
            ),
            Mistake(
                "no-six",
                active * tokens,
                "{answer} lacks the factor 6: two operations per parameter on the way forward, "
                "four on the way back.",
            ),
            Mistake(
                "forward-only",
                2 * active * tokens,
                "{answer} counts the way forward only, as for answering. Training goes back, too.",
            ),
            Mistake(
                "hours-for-tokens",
                6 * active * v3["training_gpu_hours"],
                "{answer} uses the GPU hours. The rule wants tokens.",
            ),
            Mistake(
                "billions-and-trillions",
                6 * active / 1e9 * tokens / 1e12,
                "{answer} has the right digits. A billion is 1e9 and a trillion 1e12: put them "
                "back.",
                nearly=True,
            ),
        ],
        praise="Epoch AI's own estimate, made in another way, is 3.4e24.",
        otherwise="Three factors: 6, the active parameters, the tokens.",
        hints=[
            "The row DeepSeek-V3 of the table `models`.",
            "Which of the two parameter columns counts what works on each token?",
            "`6 * models.loc['DeepSeek-V3', 'parameters_active'] * "
            "models.loc['DeepSeek-V3', 'training_tokens']`",
        ],
    )

"""Compute the recorded experiments of lesson 02 and store them as datasets.

``python -m grading.experiments distillation`` writes ``datasets/distillation_runs.csv`` and
``python -m grading.experiments addition`` writes ``datasets/addition_runs.csv``, each with twenty
seeds; that takes about six minutes on one core for the first and nine for the second. Both are
deterministic: on the same machine the same file comes out.
The lesson runs the same functions with one seed and reads the other seeds from these files.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from sputnik_moment import addition, data, digits
from sputnik_moment import distillation as dl

DATASETS = Path(__file__).resolve().parent.parent / "datasets"

HIDDEN = (4, 8, 16, 32, 64)
TEMPERATURES = (1.0, 2.0, 4.0, 8.0)
UPDATES = (300, 1000, 3000)

# One size of sum and of student for everyone; only what is written differs.
DIGITS = 4
SUMS = 3000
TEST_SUMS = 500
TEACHER_SUMS = 6000
TEACHER_HIDDEN = 128
STUDENT_HIDDEN = 64
WRITING_UPDATES = 3000


def distillation_runs(seeds: int) -> pd.DataFrame:
    """Train teachers and students on the handwritten digits, one row a trained network."""
    images, labels = digits.images_and_labels(data.load("digits"))
    rows = []
    for seed in range(seeds):
        parts = digits.split(images, labels, seed)
        teacher = digits.train_teacher(parts, seed)
        rows.append(_row("teacher", "all labels", parts, teacher, seed, hidden=256, updates=600))
        for settings, network in _students(parts, teacher, seed):
            rows.append(_row(parts=parts, network=network, seed=seed, **settings))
        print(f"seed {seed} done", flush=True)
    frame = pd.DataFrame(rows)
    frame.insert(0, "run", range(1, len(frame) + 1))
    return frame


def _students(
    parts: digits.Split, teacher: dl.Network, seed: int
) -> Iterator[tuple[dict, dl.Network]]:
    for hidden in HIDDEN:
        for source in digits.SOURCES:
            network = digits.train_student(source, parts, teacher, hidden=hidden, seed=seed)
            soft = source in ("soft answers", "mixture")
            temperature = 4.0 if soft else None
            yield (
                {
                    "experiment": "sources",
                    "source": source,
                    "temperature": temperature,
                    "hidden": hidden,
                },
                network,
            )
    # The images that the teacher has learned by heart: is there still something to pass on?
    own = parts._replace(transfer_images=parts.teacher_images, transfer_labels=parts.teacher_labels)
    for source in ("soft answers", "mixture", "all labels"):
        temperature = None if source == "all labels" else 4.0
        network = digits.train_student(source, own, teacher, seed=seed)
        yield (
            {"experiment": "same images", "source": source, "temperature": temperature},
            network,
        )
    no_threes = digits.leave_out(parts, 3)
    for updates in UPDATES:
        network = digits.train_student(
            "hard answers", no_threes, teacher, updates=updates, seed=seed
        )
        yield (
            {"experiment": "never saw a 3", "source": "hard answers", "updates": updates},
            network,
        )
        for temperature in TEMPERATURES:
            network = digits.train_student(
                "soft answers",
                no_threes,
                teacher,
                temperature=temperature,
                updates=updates,
                seed=seed,
            )
            settings = {"source": "soft answers", "temperature": temperature, "updates": updates}
            yield {"experiment": "never saw a 3", **settings}, network


def _row(
    experiment: str,
    source: str,
    parts: digits.Split,
    network: dl.Network,
    seed: int,
    temperature: float | None = None,
    hidden: int = 16,
    updates: int = 1000,
) -> dict:
    images, labels = parts.test_images, parts.test_labels
    threes = labels == 3
    return {
        "experiment": experiment,
        "source": source,
        "temperature": temperature,
        "hidden": hidden,
        "updates": updates,
        "seed": seed,
        "accuracy": round(network.accuracy(images, labels), 5),
        "accuracy_on_3": round(network.accuracy(images[threes], labels[threes]), 5),
    }


def addition_runs(seeds: int) -> pd.DataFrame:
    """Train students on a teacher's written sums or on its answers, one row a network."""
    rows = []
    for seed in range(seeds):
        drawn = addition.make_sums(TEACHER_SUMS + 4 * SUMS + TEST_SUMS, DIGITS, seed)
        own, rest, test = np.split(drawn, [TEACHER_SUMS, TEACHER_SUMS + 4 * SUMS])
        solved = [addition.written_solution(*pair, DIGITS) for pair in own]
        teacher = _learn(own, solved, TEACHER_HIDDEN, seed)
        rows.append(_score("teacher", teacher, own, solved, test, seed))
        # Everything that a student learns from was written by the teacher, slips included.
        written = _continue(teacher, rest)
        answers = [addition.answer_of(text) for text in written]
        for source, texts in (
            ("final answers", answers[:SUMS]),
            ("final answers, 4 times the sums", answers),
            ("written steps", written[:SUMS]),
        ):
            sums = rest[: len(texts)]
            student = _learn(sums, texts, STUDENT_HIDDEN, seed + 1000)
            rows.append(_score(source, student, sums, texts, test, seed))
        print(f"seed {seed} done", flush=True)
    return pd.DataFrame(rows)


def _posed(sums: np.ndarray) -> list[str]:
    return [addition.pose(first, second, DIGITS) for first, second in sums]


def _learn(sums: np.ndarray, texts: list[str], hidden: int, seed: int) -> dl.Network:
    window = addition.window_for(DIGITS)
    return addition.learn_to_write(
        _posed(sums), texts, window, hidden=hidden, updates=WRITING_UPDATES, seed=seed
    )


def _continue(network: dl.Network, sums: np.ndarray) -> list[str]:
    longest = len(addition.written_solution(0, 0, DIGITS))
    return addition.write(network, _posed(sums), longest)


def _score(
    source: str,
    network: dl.Network,
    sums: np.ndarray,
    texts: list[str],
    test: np.ndarray,
    seed: int,
) -> dict:
    written = _continue(network, test)
    learned = _continue(network, sums[:TEST_SUMS])
    return {
        "source": source,
        "hidden": len(network.bias_in),
        "parameters": network.parameters,
        "sums": len(sums),
        "characters": sum(len(text) for text in texts),
        "updates": WRITING_UPDATES,
        "seed": seed,
        "right_new_sums": round(addition.share_right(written, test, DIGITS), 4),
        "right_learned_sums": round(addition.share_right(learned, sums[:TEST_SUMS], DIGITS), 4),
        "characters_per_answer": round(float(np.mean([len(text) for text in written])), 2),
    }


def main(arguments: list[str] | None = None) -> None:
    """Run one experiment and write its dataset."""
    parser = argparse.ArgumentParser(prog="python -m grading.experiments", description=__doc__)
    parser.add_argument("experiment", choices=("distillation", "addition"))
    parser.add_argument("--seeds", type=int, default=20, help="how many (20 in the datasets)")
    parser.add_argument("--to", type=Path, default=DATASETS, help="folder to write to")
    chosen = parser.parse_args(arguments)
    run = {"distillation": distillation_runs, "addition": addition_runs}[chosen.experiment]
    target = chosen.to / f"{chosen.experiment}_runs.csv"
    run(chosen.seeds).to_csv(target, index=False)
    print(f"wrote {target}")


if __name__ == "__main__":
    main()

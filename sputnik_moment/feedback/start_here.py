"""The one check of lesson 00, which shows the four answers that every check can give."""

from __future__ import annotations

from datetime import date

from sputnik_moment.feedback import Exercise, Mistake

SPUTNIK, SHOCK = date(1957, 10, 4), date(2025, 1, 27)


def exercises() -> list[Exercise]:
    """Return the lesson's exercise."""
    days = (SHOCK - SPUTNIK).days
    return [
        Exercise(
            id="first-check",
            section="2. One exercise, four answers",
            right=days,
            tolerance=1e-9,
            near=1e-9,
            mistakes=[
                Mistake(
                    "years",
                    SHOCK.year - SPUTNIK.year,
                    "{answer} is the number of *years*. Days are asked for.",
                ),
                Mistake(
                    "both-ends",
                    days + 1,
                    "{answer} counts the first day and the last. From Monday to Tuesday is one "
                    "day, not two.",
                    nearly=True,
                ),
                Mistake(
                    "backwards",
                    -days,
                    "{answer} runs backwards: subtract the earlier date from the later one.",
                    nearly=True,
                ),
                Mistake(
                    "one-short",
                    days - 1,
                    "{answer} is one day too few. Let Python subtract: it knows every leap year.",
                    nearly=True,
                ),
                Mistake(
                    "no-leap-days",
                    (SHOCK.year - SPUTNIK.year) * 365,
                    "{answer} has 365 days for every year: it forgets the leap days, and the "
                    "months between October and January.",
                ),
                Mistake(
                    "weeks",
                    days / 7,
                    "{answer} is the number of *weeks*. Days are asked for.",
                ),
                Mistake(
                    "hours",
                    days * 24,
                    "{answer} is the number of *hours*. Days are asked for.",
                ),
            ],
            praise="A lifetime apart, and the same two words in the headlines.",
            otherwise="Subtract the earlier date from the later one, and take `.days` of it.",
            hints=[
                "The two dates are in the cell above: `launch` and `shock`.",
                "One date minus another gives a span of time: `shock - launch`.",
                "Put that subtraction in brackets and write `.days` behind it.",
            ],
        )
    ]

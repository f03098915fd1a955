"""The checks of lesson 03: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import data
from sputnik_moment import export_controls as ec
from sputnik_moment.feedback import (
    KEEP_WORKING,
    NEARLY,
    RIGHT,
    Exercise,
    Feedback,
    Mistake,
    outputs,
)
from sputnik_moment.feedback._compare import distance, is_missing, number, shown
from sputnik_moment.feedback._where import wrong_call


@dataclass(frozen=True)
class _Rule(Exercise):
    """A rule as a function: judged on figures between whole numbers last, and by its words.

    ``between`` are calls that it must survive as well. ``words`` are all that it may return.
    """

    between: Sequence[tuple] = ()
    words: Sequence[str] = ()

    def judge(self, answer: Any) -> Feedback:
        """Judge as any function, then say what goes wrong between whole numbers."""
        verdict = super().judge(answer)
        if verdict.state != RIGHT:
            return verdict
        seen, right = outputs(answer, self.between), outputs(self.right, self.between)
        if distance(seen, right) <= self.tolerance:
            return verdict
        there = wrong_call(self.between, seen, right, self.tolerance)
        return self._say(NEARLY, f"{_BETWEEN} {there}", "whole-numbers-only")

    def _where(self, seen: Any, right: Any, answer: str) -> str:
        text = super()._where(seen, right, answer)
        known = {word.lower() for word in self.words}
        if not known or all(str(one).strip().lower() in known for one in seen):
            return text
        listed = ", ".join(f'"{word}"' for word in self.words)
        return f"{text} It should always be one of {listed}."


def _as_truth(value: Any) -> Any:
    """Return True for 1 and False for 0, as the lesson's table of rules writes them too."""
    if isinstance(value, np.bool_) or number(value) in (0, 1):
        return bool(value)
    return value


@dataclass(frozen=True)
class _Condition(_Rule):
    """A rule that says True or False; 1 and 0 stand for these."""

    def judge(self, answer: Any) -> Feedback:
        """Judge what the function says, with 1 read as True and 0 as False."""
        if not callable(answer):
            return super().judge(answer)
        return super().judge(lambda *figures: _as_truth(answer(*figures)))


@dataclass(frozen=True)
class _Verdicts(Exercise):
    """True or False for each of several rules; ``words`` are texts that mean one of the two."""

    words: Mapping[str, bool] = field(default_factory=dict)

    def judge(self, answer: Any) -> Feedback:
        """Judge the verdicts first, in whatever form they are, and then the form."""
        if isinstance(answer, pd.Series):
            answer = answer.to_dict()
        if not isinstance(answer, Mapping):
            return super().judge(answer)
        read = {rule: self._read(one) for rule, one in answer.items()}
        for rule, one in read.items():
            if is_missing(one):
                text = f"{shown(rule)} has no verdict yet: write True or False."
                return self._say(KEEP_WORKING, text, "unfinished")
            if not isinstance(one, bool):
                text = f"Look at the entry {shown(rule)}. {shown(one)} is neither True nor False."
                return self._say(KEEP_WORKING, text, "wrong-type")
        verdict = super().judge(read)
        if verdict.state != RIGHT or not any(isinstance(one, str) for one in answer.values()):
            return verdict
        text = (
            "The four verdicts are right. Write True and False, without quotation marks: to "
            'Python any text counts as true, "False" too.'
        )
        return self._say(NEARLY, text, "text-instead-of-truth")

    def _read(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.words.get(value.strip().lower(), value)
        return _as_truth(value)


@dataclass(frozen=True)
class _Tpp(Exercise):
    """A function of a data sheet, in which a figure may be unpublished, that is None."""

    def judge(self, answer: Any) -> Feedback:
        """Judge as any function; say what to do with None, and when an unknown TPP becomes 0."""
        verdict = super().judge(answer)
        if verdict.mistake == "error" and "NoneType" in verdict.message:
            text = (
                "Your function stopped with a TypeError: it computes with `None`, which stands for "
                "an unpublished figure. Go through `known` instead of `sheet`: the line that is "
                "given leaves those out."
            )
            return self._say(KEEP_WORKING, text, "unpublished-not-left-out")
        if verdict.state != RIGHT:
            return verdict
        try:
            (unknown,) = outputs(answer, [({16: None},)])
        except Exception:  # to stop is an honest answer, too
            return verdict
        if distance(unknown, 0) > 0:
            return verdict
        text = (
            "One thought, without a mark: for a sheet without any figure your function gives 0, "
            "and a rule would let that chip through. NaN would say that it is unknown."
        )
        return self._say(RIGHT, f"{verdict.message} {text}")


@dataclass(frozen=True)
class _FromHeadlines(Exercise):
    def _where(self, seen: Any, right: Any, answer: str) -> str:
        text = super()._where(seen, right, answer)
        times = [float(seen[name]) / right[name] for name in right]
        slips = {
            2: "That is twice too much.",
            4: "That is four times too much.",
            0.5: "That is half of what it should be.",
        }
        wrong = next(ratio for ratio in times if abs(ratio - 1) > self.tolerance)
        near = [slip for of, slip in slips.items() if abs(wrong / of - 1) <= self.tolerance]
        return " ".join([text, *near])


@dataclass(frozen=True)
class _Margins(Exercise):
    def _where(self, seen: Any, right: Any, answer: str) -> str:
        text = super()._where(seen, right, answer)
        if not any(float(seen[name]) < 0 for name in right):
            return text
        return f"{text} Below 0 would mean that the chip is *over* the line: take another."


@dataclass(frozen=True)
class _Densities(Exercise):
    """A Series with gaps: no word and no `None` is asked for in their place."""

    def judge(self, answer: Any) -> Feedback:
        """Look at the gaps first, then at the numbers."""
        if isinstance(answer, pd.Series) and str(answer.dtype) in ("Float64", "Int64"):
            answer = answer.astype(float)
        if isinstance(answer, pd.Series) and answer.index.is_unique:
            gaps = answer.reindex(self.right.index[self.right.isna()])
            if any(isinstance(one, str) or one is None or one is pd.NA for one in gaps):
                text = (
                    "The idea is right: a missing area gives an unknown density. But in a column "
                    "of numbers the sign for unknown is NaN, so that pandas can go on computing. "
                    "Leave it as the division gives it."
                )
                return self._say(NEARLY, text, "word-for-unknown")
        verdict = super().judge(answer)
        if verdict.mistake not in (None, "rounded") or not isinstance(answer, pd.Series):
            return verdict
        known = self.right.dropna()
        if set(known.index) <= set(answer.index) and answer.index.is_unique:
            filled = [one for one in gaps if not pd.isna(one)]
            if filled and distance(answer[known.index], known) <= self.tolerance:
                text = (
                    f"The known densities are right. But {shown(filled[0])} is a number too, and "
                    "a rule would compute with it. For an unknown density leave NaN."
                )
                return self._say(KEEP_WORKING, text, "number-for-unknown")
        if verdict.state != KEEP_WORKING or verdict.mistake or "H100 SXM" not in answer:
            return verdict
        if distance(answer["H100 SXM"], known["H100 SXM"]) <= self.tolerance:
            return verdict
        text = (
            f"The form is right, the numbers are not: the H100 SXM has {shown(answer['H100 SXM'])}"
        )
        return self._say(KEEP_WORKING, f"{text}. {self.otherwise}")


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    return [
        _tpp(),
        _dense_or_sparse(),
        _density(),
        _october_2022(),
        _h800_vs_h100(),
        _october_2023(),
        _just_under(),
        _roofline(),
        _what_changed_for_h20(),
    ]


def _known(sheet: dict) -> dict:
    return {bits: speed for bits, speed in sheet.items() if speed is not None}


def _tpp() -> Exercise:
    given = "For {16: 312, 8: 624} your function gives {answer}. "
    return _Tpp(
        id="tpp",
        section="1. From a data sheet to one number",
        right=ec.total_processing_performance,
        calls=[
            ({16: 312.0, 8: 624.0},),
            ({16: 130.0, 8: 200.0},),
            ({16: 100.0, 8: 230.0},),
            ({16: None, 8: None, 4: 1187.5},),
        ],
        mistakes=[
            Mistake(
                "doubled",
                lambda sheet: 2 * ec.total_processing_performance(sheet),
                given + "That is twice too much: the rule's factor of 2 turns pairs of "
                "operations into operations, and data sheets have done that already.",
            ),
            Mistake(
                "summed",
                lambda sheet: sum(bits * speed for bits, speed in _known(sheet).items()),
                given + "You added the formats. A chip runs one format at a time: the largest "
                "product counts.",
            ),
            Mistake(
                "sixteen-bits-only",
                lambda sheet: 16 * (sheet.get(16) or 0),
                "Your function looks at the 16-bit format only. A chip may be stronger at 8 or 4 "
                "bits: compare all the formats.",
            ),
            Mistake(
                "eight-bits-only",
                lambda sheet: 8 * (sheet.get(8) or 0),
                "Your function looks at the 8-bit format only. Some data sheets print no 8-bit "
                "figure: compare all the formats.",
            ),
            Mistake(
                "mixed-formats",
                lambda sheet: max(_known(sheet)) * max(_known(sheet).values()),
                given + "You took the longest bit length times the highest speed, and these "
                "belong to two different formats. Multiply first, then take the largest.",
            ),
            Mistake(
                "tera-written-out",
                lambda sheet: 1e12 * ec.total_processing_performance(sheet),
                given + "You multiplied by 10¹² as well. The rule counts in tera operations: leave "
                "the speeds as the data sheet gives them.",
                nearly=True,
            ),
            Mistake(
                "bits-forgotten",
                lambda sheet: max(_known(sheet).values()),
                given + "That is the highest speed. Multiply it by its bit length.",
                nearly=True,
            ),
            *(
                Mistake(
                    "one-format-only",
                    lambda sheet, place=place: [
                        bits * speed for bits, speed in _known(sheet).items()
                    ][place],
                    given + "For other sheets it is not the largest product: your function looks "
                    "at one format only. Go through all of them, and return after the loop.",
                )
                for place in (0, -1)
            ),
            Mistake(
                "bits-instead-of-product",
                lambda sheet: max(_known(sheet), key=lambda bits: bits * _known(sheet)[bits]),
                given + "That is a bit length, that of the largest product. The product itself is "
                "asked for.",
                nearly=True,
            ),
            Mistake(
                "smallest-product",
                lambda sheet: min(bits * speed for bits, speed in _known(sheet).items()),
                "Your function returns the smallest product; the rule takes the largest.",
                nearly=True,
            ),
        ],
        praise="That is the number on which most of these rules turn.",
        hints=[
            "The rule stands in the text above. `known.items()` gives pairs of bit length and "
            "speed.",
            "Multiply bit length and speed for every pair of `known`, then take the `max` of the "
            "products.",
            "`return max(... for bits, speed in known.items())`, with one product in place of the "
            "dots.",
        ],
    )


def _dense_or_sparse() -> Exercise:
    rows = data.load("chips").set_index("chip").loc[["H100 SXM", "RTX 5090", "L4"]]
    headline = rows["headline_tops"]
    bits = rows["headline_format"].map({"FP4": 4, "FP8": 8})
    right = headline / 2 * bits
    return _FromHeadlines(
        id="dense-or-sparse",
        section="1. From a data sheet to one number",
        right=right.to_dict(),
        mistakes=[
            Mistake(
                "sparse-counted",
                (headline * bits).to_dict(),
                "Every TPP is twice too large. Either these are the sparse headlines, not yet "
                "halved (the column `headline_sparse` says so), or the bits are doubled.",
            ),
            Mistake(
                "eight-bits-for-all",
                (headline / 2 * 8).to_dict(),
                "The H100 and the L4 are right. The RTX 5090 is twice too large: its headline is "
                "sparse like the others, and an FP4 figure, so four bits and not eight.",
            ),
            Mistake(
                "sparse-and-eight-bits",
                (headline * 8).to_dict(),
                "The values are two to four times too large. The headlines are sparse, so halve "
                "them; and multiply by the bits of their format, 8 for FP8 and 4 for FP4.",
            ),
            Mistake(
                "halved-twice",
                (headline / 4 * bits).to_dict(),
                "Every TPP is half of what it should be. Sparsity doubles once, so halve once.",
            ),
            Mistake(
                "bits-forgotten",
                (headline / 2).to_dict(),
                "These are the dense speeds. TPP also multiplies by the bits of the format.",
                nearly=True,
            ),
            Mistake(
                "other-key",
                {name.removesuffix(" SXM"): value for name, value in right.items()},
                'The three values are right; a key is not. It must be "H100 SXM", as in the table: '
                "there are other H100s with other figures.",
                nearly=True,
            ),
        ],
        praise="Dense, and with the right bits: these are the figures that the rules see.",
        otherwise="Each value is the headline, divided by two where it is sparse, times the bits "
        "of its format.",
        hints=[
            "The table above has a column for the format and one that says whether it is sparse.",
            "The RTX 5090 prints 3,352 at FP4, sparse. Dense that is 1,676, and FP4 means 4 bits.",
            '`from_headline = {"H100 SXM": 3958 / 2 * 8, "RTX 5090": 3352 / 2 * 4, ...}`',
        ],
        tolerance=1e-4,
    )


def _sheets() -> pd.DataFrame:
    chips = data.load("chips").set_index("chip")
    sheets = chips[chips["die_area_status"].isin(["published", "unpublished"])]
    return sheets.assign(tpp=[ec.chip(name).tpp for name in sheets.index])


def _density() -> Exercise:
    sheets = _sheets()
    area = sheets["die_area_mm2"]
    density = sheets["tpp"] / area
    return _Densities(
        id="density",
        section="2. Performance density",
        right=density,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "zero-for-unknown",
                density.fillna(0),
                "The known densities are right. But 0 says that the density is very low, and a "
                "rule would let the chip through because nobody measured it. Leave NaN.",
            ),
            Mistake(
                "dropped-unknown",
                density.dropna(),
                "Two chips are gone. A chip with an unknown figure is still a chip: keep it, with "
                "NaN.",
            ),
            Mistake(
                "average-for-unknown",
                sheets["tpp"] / area.fillna(area.mean()),
                "You filled the missing areas with the average. That makes up a data sheet; a "
                "rule needs the published figure, so leave NaN.",
            ),
            Mistake(
                "average-density-for-unknown",
                density.fillna(density.mean()),
                "You filled the missing densities with the average. That makes up a data sheet; "
                "leave NaN.",
            ),
            Mistake(
                "upside-down",
                area / sheets["tpp"],
                "This is square millimetres per TPP: the fraction is upside down.",
                nearly=True,
            ),
            Mistake(
                "multiplied",
                sheets["tpp"] * area,
                "You multiplied TPP and area. *Per* square millimetre means: divided by the area.",
            ),
            *(
                Mistake(
                    "rounded",
                    density.round(digits),
                    "The densities are right, but rounded. Keep all the digits: a rule looks at "
                    "the edge, where 5.918 and 5.92 differ.",
                    nearly=True,
                )
                for digits in range(4)
            ),
            Mistake(
                "speed-instead-of-tpp",
                sheets["fp16_dense_tflops"] / area,
                "You divided the 16-bit speed by the area. Density is *TPP* per area, and the "
                "column `tpp` has it.",
            ),
        ],
        praise="And NaN stays NaN: unknown is neither zero nor average.",
        otherwise="Density is TPP divided by area, here 15,832 by 814.",
        hints=[
            "Both columns are in `sheets`: `tpp` and `die_area_mm2`.",
            "Divide one column by the other; pandas keeps the index and leaves NaN where an area "
            "is missing.",
            '`density = sheets["tpp"] / sheets[...]`, with the column of the areas in place of the '
            "dots. Nothing needs to be done about missing areas.",
        ],
    )


_BETWEEN = (
    "Right for whole numbers. But figures can lie between them (the RTX 4090 D has a TPP of "
    '4707.2), so write "4800 or more" as `>= 4800`, not as `> 4799`.'
)


def _october_2022() -> Exercise:
    return _Condition(
        id="october-2022",
        section="3. October 2022: two conditions",
        right=lambda link, tpp: link >= 600 and tpp >= 4800,
        calls=[
            (900, 15_832),
            (400, 15_832),
            (900, 2368),
            (64, 1040),
            (600, 9000),
            (900, 4800),
            (600, 4800),
        ],
        between=[(599.5, 9000), (900, 4799.5)],
        mistakes=[
            Mistake(
                "as-given",
                lambda link, tpp: link > 600 or tpp > 4800,
                "This is still the classmate's function. Which chips does it catch that the rule "
                "lets through? Try the H800: link 400, TPP 15,832.",
            ),
            Mistake(
                "or-instead-of-and",
                lambda link, tpp: link >= 600 or tpp >= 4800,
                "The edges are right now. But `or` also catches the H800, with its link of 400: "
                "the rule needs both conditions.",
            ),
            Mistake(
                "edge-left-out",
                lambda link, tpp: link > 600 and tpp > 4800,
                "The conditions are joined rightly. At the edge, a link of exactly 600 and a TPP "
                "of exactly 4800 count: use `>=`.",
                nearly=True,
            ),
            Mistake(
                "link-edge-left-out",
                lambda link, tpp: link > 600 and tpp >= 4800,
                "One edge is mended and one is left: a link of exactly 600 is caught too. The "
                "A100 has exactly 600.",
                nearly=True,
            ),
            Mistake(
                "tpp-edge-left-out",
                lambda link, tpp: link >= 600 and tpp > 4800,
                "One edge is mended and one is left: a TPP of exactly 4800 is caught too.",
                nearly=True,
            ),
            Mistake(
                "none-instead-of-false",
                lambda link, tpp: True if link >= 600 and tpp >= 4800 else None,
                "Your function returns True for the right chips, and nothing at all for the "
                "others. Let it return False there.",
                nearly=True,
            ),
            Mistake(
                "text-instead-of-truth",
                lambda link, tpp: str(link >= 600 and tpp >= 4800),
                "Your function returns a text. Return `True` or `False` without quotation marks: "
                'to Python any text counts as true, "False" too.',
                nearly=True,
            ),
            Mistake(
                "ampersand-without-brackets",
                # "&" binds more tightly than ">=": this compares with 600 & tpp.
                lambda link, tpp: link >= 600 & tpp >= 4800,
                "Your function says False to every chip, even to an H100. If you joined the "
                "conditions with `&`: it works before `>=` does. Put each comparison in brackets, "
                "or write `and`.",
                nearly=True,
            ),
            Mistake(
                "pairs-compared",
                lambda link, tpp: (link, tpp) >= (600, 4800),
                "Two pairs are compared like words in a dictionary: if the first entries differ, "
                "the second ones are not looked at. Write two comparisons and join them.",
            ),
            Mistake(
                "upside-down",
                lambda link, tpp: not (link >= 600 and tpp >= 4800),
                "Your function says True for the chips that go free. True should mean *caught*.",
                nearly=True,
            ),
        ],
        praise="Both mistakes are mended: joined with `and`, and the edge included.",
        otherwise="The function returns True or False. Try it by hand on four chips: link above "
        "and below 600, TPP above and below 4800.",
        hints=[
            'Read the rule in the table: two conditions with ">=", in one clause. All conditions '
            "of a clause must hold.",
            "Try `caught_2022(400, 15832)`, an H800, and `caught_2022(600, 4800)`. Which answer "
            "does the rule give?",
            "`or` is true as soon as one condition holds: which word needs both? And `>` leaves "
            "the line itself out: which sign takes it in?",
        ],
    )


def _h800_vs_h100() -> Exercise:
    h800, h100 = ec.chip("H800 SXM").link_bandwidth, ec.chip("H100 SXM").link_bandwidth
    return Exercise(
        id="h800-vs-h100",
        section="3. October 2022: two conditions",
        right=ec.slowdown_by_link(h800, h100, exchange_share=0.2),
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "whole-step",
                h100 / h800,
                "{answer} is how much longer the *exchange* takes. The computing, 80 % of the "
                "step, takes as long as before.",
            ),
            Mistake(
                "nothing-changes",
                1.0,
                "The computing is the same, but the exchange is not: the same data go through a "
                "narrower link.",
            ),
            Mistake(
                "upside-down",
                0.8 + 0.2 * h800 / h100,
                "{answer} is below 1: a slower link would make the step faster. The fraction of "
                "the two bandwidths is upside down.",
            ),
            Mistake(
                "cut-instead-of-ratio",
                0.8 + 0.2 * (1 + (h100 - h800) / h100),
                "{answer} takes the cut of 56 % for 56 % more time. With less than half of the "
                "bandwidth the time is more than double: divide 900 by 400.",
            ),
            Mistake(
                "computing-slowed",
                0.8 * h100 / h800 + 0.2,
                "{answer} is what comes out if the *computing* is slowed down and the exchange is "
                "not. It is the other way round: the link serves the exchange.",
            ),
            Mistake(
                "about-twice",
                0.8 + 0.2 * 2,
                "{answer} takes the exchange for twice as long. Compute the ratio of the two "
                "bandwidths, 900 and 400.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                100 * ec.slowdown_by_link(h800, h100, exchange_share=0.2),
                "Right in per cent. The answer is asked for with 1 for equally long: divide by "
                "100.",
                nearly=True,
            ),
            Mistake(
                "extra-time-only",
                0.2 * (h100 / h800 - 1),
                "{answer} is the extra time. The question is how long the whole step takes.",
                nearly=True,
            ),
        ],
        praise="A quarter longer, with less than half of the link. What the cut costs depends on "
        "how much there is to exchange.",
        otherwise="Write the step as two parts, 0.8 and 0.2, and ask for each part how much longer "
        "it takes.",
        hints=[
            "Two parts, one after the other: 0.8 of the time for computing, 0.2 for exchange.",
            "The computing keeps its 0.8. The exchange takes 900 / 400 times as long as before.",
            "`h800_step = 0.8 + 0.2 * ...`, with the ratio of the two bandwidths for the dots.",
        ],
    )


def _tiers(
    note: Callable = lambda tpp, data_centre: not data_centre and tpp < 4800,
    strict: Callable = lambda tpp, density: tpp >= 4800 or (tpp >= 1600 and density >= 5.92),
    loose: Callable = lambda tpp, density: (
        (tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2)
    ),
    excepted: Callable = lambda tier, data_centre: (tier == "3A090.b") == data_centre,
    free: str | None = "not controlled",
    with_exception: str = "{}, NAC",
) -> Callable[[float, float, bool], str]:
    """Return the rule of October 2023, with parts that a mistake may replace."""

    def rule(tpp: float, density: float, data_centre: bool) -> str:
        if note(tpp, data_centre):
            return "not controlled"
        if strict(tpp, density):
            tier = "3A090.a"
        elif loose(tpp, density):
            tier = "3A090.b"
        else:
            return free
        return with_exception.format(tier) if excepted(tier, data_centre) else tier

    return rule


def _without_edges() -> Iterator[dict[str, Callable]]:
    """Yield part 2 with `>` in one, two or three places; at last, part 3 has it too."""
    signs = (operator.ge, operator.gt)
    for a, b, c in itertools.product(signs, repeat=3):
        if operator.gt in (a, b, c):
            yield {
                "strict": lambda tpp, density, a=a, b=b, c=c: (
                    a(tpp, 4800) or (b(tpp, 1600) and c(density, 5.92))
                )
            }
    yield {
        "strict": lambda tpp, density: tpp > 4800 or (tpp > 1600 and density > 5.92),
        "loose": lambda tpp, density: (
            (tpp > 2400 and density > 1.6) or (tpp > 1600 and density > 3.2)
        ),
    }


def _milder_tier_first(tpp: float, density: float, data_centre: bool) -> str:
    if (data_centre or tpp >= 4800) and (
        (tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2)
    ):
        return "3A090.b, NAC"
    return _tiers()(tpp, density, data_centre)


_SPELLING = (
    "Every verdict is right, the spelling is not: write a comma and one space before NAC, as "
    'in `"3A090.a, NAC"`.'
)


def _october_2023() -> Exercise:
    return _Rule(
        id="october-2023",
        section="4. October 2023: no way around the link",
        right=_tiers(),
        calls=[
            (15_832, 19.45, True),
            (1940, 6.6, True),
            (2897, 4.76, True),
            (2368, 2.91, True),
            (5285, 8.69, False),
            (4707, 7.74, False),
            (1544, 7.0, True),
            (2000, 3.5, True),
            (3000, 2.0, True),
            (6128, 4.23, True),
            (4800, 1.0, True),
            (1600, 5.92, True),
            (1600, 3.2, True),
            (2400, 1.6, True),
            (4800, 8.0, False),
        ],
        between=[
            (4799.5, 1.0, True),
            (1599.5, 7.0, True),
            (1600, 5.915, True),
            (2399.5, 1.6, True),
            (2400, 1.595, True),
            (2000, 3.195, True),
            (4799.5, 8.0, False),
        ],
        words=("not controlled", "3A090.a", "3A090.a, NAC", "3A090.b, NAC"),
        mistakes=[
            Mistake(
                "note-at-the-line",
                _tiers(note=lambda tpp, data_centre: not data_centre and tpp <= 4800),
                "Nearly all right. A consumer card with a TPP of exactly 4800 is not *below* 4800, "
                'so Note 2 does not free it: it is "3A090.a, NAC".',
                nearly=True,
            ),
            Mistake(
                "note-forgotten",
                _tiers(note=lambda tpp, data_centre: False),
                "The RTX 4090 D (TPP 4707, a consumer card) is not controlled: Note 2 comes "
                "first, and your function does not have it yet.",
            ),
            Mistake(
                "consumers-all-free",
                _tiers(note=lambda tpp, data_centre: not data_centre),
                "Your function lets every consumer card go free. Note 2 does so only below 4800; "
                "the RTX 4090 has 5285.",
            ),
            Mistake(
                "note-reversed",
                _tiers(note=lambda tpp, data_centre: data_centre and tpp < 4800),
                "Note 2 frees chips that are *not* for data centres; your function frees those "
                "that are. Test it with an L4 (1940, 6.6, True).",
            ),
            Mistake(
                "note-above-the-line",
                _tiers(note=lambda tpp, data_centre: not data_centre and tpp >= 4800),
                "Note 2 frees consumer cards *below* a TPP of 4800; your function frees those "
                "above. Test it with an RTX 4090 (5285, 8.69, False).",
            ),
            Mistake(
                "density-alone",
                _tiers(strict=lambda tpp, density: tpp >= 4800 or density >= 5.92),
                "A chip with TPP 1544 and density 7 is not controlled: density counts only from a "
                "TPP of 1600 on.",
            ),
            Mistake(
                "density-forgotten",
                _tiers(strict=lambda tpp, density: tpp >= 4800),
                "3A090.a has two ways in. A chip with TPP 1940 and density 6.6, an L4, comes in by "
                "the second; your function does not have it yet.",
            ),
            Mistake(
                "density-needed-too",
                _tiers(strict=lambda tpp, density: tpp >= 1600 and density >= 5.92),
                "From a TPP of 4800 on, a chip is 3A090.a whatever its density. One with TPP 6128 "
                "and density 4.23 should be in.",
            ),
            Mistake(
                "b-before-a",
                _milder_tier_first,
                "You ask for 3A090.b before 3A090.a. An H100 (15832, 19.45, True) meets the lines "
                "of both, and the strict tier goes first.",
            ),
            Mistake(
                "one-way-into-b",
                _tiers(loose=lambda tpp, density: tpp >= 2400 and density >= 1.6),
                "3A090.b has two ways in. A chip with TPP 2000 and density 3.5 comes in by the "
                "second.",
            ),
            *(
                Mistake(
                    "edges-left-out",
                    _tiers(**parts),
                    'The regions are right, their edges are not: "4800 or more" includes 4800, and '
                    "so do 1600 and 5.92. Use `>=`.",
                    nearly=True,
                )
                for parts in _without_edges()
            ),
            Mistake(
                "exception-swapped",
                _tiers(excepted=lambda tier, data_centre: (tier == "3A090.a") == data_centre),
                "The tiers are right. The exception is the wrong way round: for 3A090.a it is "
                "open to chips that are *not* for data centres.",
            ),
            Mistake(
                "exception-swapped-in-a",
                _tiers(excepted=lambda tier, data_centre: tier == "3A090.b" or data_centre),
                "The tiers are right, and so is NAC in b. In a it is the wrong way round: an H100 "
                "is for data centres and gets none.",
            ),
            Mistake(
                "exception-in-b-only",
                _tiers(excepted=lambda tier, data_centre: tier == "3A090.b"),
                "The tiers are right, and so is NAC in b. It exists in a too, for chips that are "
                "*not* for data centres: the RTX 4090 (5285, 8.69, False).",
            ),
            Mistake(
                "exception-for-all",
                _tiers(excepted=lambda tier, data_centre: True),
                "The tiers are right. But an H100, in 3A090.a and for data centres, gets no "
                "exception.",
            ),
            Mistake(
                "exception-in-a-only",
                _tiers(excepted=lambda tier, data_centre: tier == "3A090.a" and not data_centre),
                "The tiers are right, and so is NAC in a. For `3000, 2.0, True` your function "
                'gives "3A090.b", which is not one of the four texts: a chip in b is always for '
                'data centres, so it is "3A090.b, NAC".',
                nearly=True,
            ),
            Mistake(
                "exception-forgotten",
                _tiers(excepted=lambda tier, data_centre: False),
                "The tiers are right. What is missing is the exception NAC, part 4 of the rule.",
                nearly=True,
            ),
            Mistake(
                "no-last-return",
                _tiers(free=None),
                "Chips in a and b are right. For an H20 (2368, 2.91, True) your function returns "
                'nothing: after the last `if` it needs `return "not controlled"`.',
                nearly=True,
            ),
            Mistake(
                "spelled-without-space",
                _tiers(with_exception="{},NAC"),
                _SPELLING,
                nearly=True,
            ),
            Mistake(
                "spelled-without-comma",
                _tiers(with_exception="{} NAC"),
                _SPELLING,
                nearly=True,
            ),
        ],
        praise="Note, two tiers, exception, and every edge: that is the rule.",
        otherwise="Go through the four parts in their order with these three figures, and return "
        "as soon as one decides.",
        hints=[
            "The four parts are in the order in which to test them. Begin with Note 2.",
            "Each part is one `if` with a `return`. In 3A090.a, put brackets around the two "
            "conditions that belong together; for 3A090.b ask `in_b(tpp, density)`.",
            "`if tpp >= 4800 or (tpp >= 1600 and density >= 5.92):` and then "
            '`return "3A090.a" if data_centre else "3A090.a, NAC"`.',
        ],
    )


_ROUNDING = (
    "Right, but rounded: with so small a number the digits cut off matter. Write the formula, and "
    "let Python keep them all."
)


def _just_under() -> Exercise:
    h20, rtx, l20 = (ec.chip(name).figures for name in ("H20", "RTX 4090 D", "L20"))
    figure = {
        "H20": h20["tpp"],
        "RTX 4090 D": rtx["tpp"],
        "L20": l20["performance_density"],
    }
    line = {"H20": 2400, "RTX 4090 D": 4800, "L20": 3.2}
    right = {name: 1 - figure[name] / line[name] for name in line}
    return _Margins(
        id="just-under",
        section="5. The map: do chips gather under the lines?",
        right=right,
        tolerance=0.008,
        near=0.004,
        mistakes=[
            Mistake(
                "all-against-4800",
                {
                    "H20": 1 - h20["tpp"] / 4800,
                    "RTX 4090 D": right["RTX 4090 D"],
                    "L20": 1 - l20["tpp"] / 4800,
                },
                "You measured every chip against 4800. That line is for the consumer card; the "
                "H20 and the L20 meet an edge of the 3A090.b area first.",
            ),
            Mistake(
                "l20-by-tpp",
                right | {"L20": 1 - l20["tpp"] / 2400},
                "H20 and RTX 4090 D are right. The L20 is nearer to another line: look up in the "
                "map, not to the right. It keeps under a *density*.",
            ),
            Mistake(
                "h20-by-density",
                right | {"H20": 1 - h20["performance_density"] / 3.2},
                "RTX 4090 D and L20 are right. The H20 is nearer to another line: look to the "
                "right in the map, not up.",
            ),
            Mistake(
                "consumer-card-by-density",
                right | {"RTX 4090 D": 1 - rtx["performance_density"] / 5.92},
                "H20 and L20 are right. For a consumer card density does not count below a TPP of "
                "4800 (Note 2): choose the RTX 4090 D in the explorer, and other areas are drawn.",
            ),
            Mistake(
                "rounded",
                {name: round(value, 3) for name, value in right.items()},
                _ROUNDING,
                nearly=True,
            ),
            Mistake(
                "rounded-to-per-cents",
                {name: round(value, 2) for name, value in right.items()},
                _ROUNDING,
                nearly=True,
            ),
            Mistake(
                "negative",
                {name: -value for name, value in right.items()},
                "Right but for the sign. How far *below* is a positive number: line minus figure, "
                "divided by the line.",
                nearly=True,
            ),
            Mistake(
                "upside-down",
                {name: line[name] / figure[name] for name in line},
                "You divided the line by the figure. The distance, line minus figure, is to be "
                "divided by the line.",
            ),
            Mistake(
                "share-of-the-line",
                {name: figure[name] / line[name] for name in line},
                "These are the figures as shares of the lines. How far *below* is what is left "
                "up to 1.",
                nearly=True,
            ),
            Mistake(
                "per-cent",
                {name: 100 * value for name, value in right.items()},
                "Right in per cent. Fractions are asked for: divide by 100.",
                nearly=True,
            ),
            Mistake(
                "per-cent-rounded",
                {name: round(100 * value, 1) for name, value in right.items()},
                "Right in per cent, and rounded. Fractions are asked for: divide by 100, and let "
                "Python keep all digits.",
                nearly=True,
            ),
            Mistake(
                "divided-by-the-chip",
                {name: line[name] / figure[name] - 1 for name in line},
                "You divided by the chip's figure. The distance is asked for as a fraction of the "
                "*line*.",
            ),
            Mistake(
                "distance-in-units",
                {name: line[name] - figure[name] for name in line},
                "These are the distances themselves. Divide each by its line.",
                nearly=True,
            ),
        ],
        praise="All three within 2 % of a line, and each under a different one.",
        otherwise="For each chip: which edge of a coloured area is nearest, to the right (TPP) or "
        "above (density)?",
        hints=[
            "In the rule explorer choose October 2023 and the L20. Two edges of coloured areas are "
            "near, one to the right (TPP) and one above (density). Which is nearer, in per cent?",
            "H20: TPP against 2400. RTX 4090 D: TPP against 4800. L20: density against 3.2.",
            '`margins = {"H20": 1 - sheets.loc["H20", "tpp"] / 2400, ...}`',
        ],
    )


def _decode(combine: Callable = max, operations: float = 2, giga: float = 1e9) -> Callable:
    """Return the roofline's decode rate, with parts that a mistake may replace."""

    def rate(tera_operations: float, bandwidth: float, parameters: float, n: float) -> float:
        computing = operations * parameters * n / (tera_operations * 1e12)
        reading = parameters / (bandwidth * giga)
        return n / combine(computing, reading)

    return rate


def _roofline() -> Exercise:
    given = "For an H20 with one conversation your function gives {answer}. "
    right = _decode()
    return Exercise(
        id="roofline",
        section="6. Training is not answering",
        right=right,
        calls=[
            (296, 4000, 70e9, 1),
            (296, 4000, 70e9, 256),
            (1979, 3350, 70e9, 64),
            (1979, 3350, 8e9, 400),
        ],
        mistakes=[
            Mistake(
                "faster-half",
                _decode(combine=min),
                given + "You let the *faster* of the two decide. A step is over when the slower "
                "one is: use `max` for the times.",
            ),
            Mistake(
                "added",
                _decode(combine=lambda computing, reading: computing + reading),
                given + "You added the two times. In this model they run at once, and the slower "
                "one decides.",
            ),
            Mistake(
                "steps-per-second",
                lambda *given: right(*given) / given[3],
                "Your function returns steps per second. Each step writes n tokens, so multiply "
                "by n.",
                nearly=True,
            ),
            Mistake(
                "seconds-per-step",
                lambda *given: given[3] / right(*given),
                given + "That is the time of one step. Tokens per second is n divided by it.",
                nearly=True,
            ),
            Mistake(
                "one-operation",
                _decode(operations=1),
                "With many conversations your rate is twice too high: each parameter needs a "
                "multiplication *and* an addition.",
            ),
            Mistake(
                "reading-for-each",
                lambda tera, bandwidth, size, n: (
                    n / max(2 * size * n / (tera * 1e12), size * n / (bandwidth * 1e9))
                ),
                "Your function reads the parameters anew for every conversation. One reading "
                "serves all n of them; that is why many are answered together.",
            ),
            Mistake(
                "giga-is-tera",
                _decode(giga=1e12),
                given + "Here computing always decides: the time for reading is left out, or far "
                "too short. Bandwidth is in *giga*bytes, 10⁹; 10¹² is *tera*.",
            ),
            Mistake(
                "brackets-forgotten",
                _decode(giga=1e-9),
                given + "Python divides by the bandwidth first, and then *multiplies* by 10⁹. Put "
                "brackets around the bandwidth in bytes: `/ (bandwidth_gb_s * 1e9)`.",
                nearly=True,
            ),
            Mistake(
                "giga-forgotten",
                _decode(giga=1),
                given + "Bandwidth is in *giga*bytes per second: multiply it by 10⁹.",
                nearly=True,
            ),
        ],
        praise="The slower of two times: that is the whole roofline.",
        otherwise="Compute the two times in seconds first and print them: for an H20, 70e9 "
        "parameters and n = 1, reading takes 0.0175 seconds.",
        hints=[
            "Two times, both in seconds: operations divided by operations per second, and bytes "
            "divided by bytes per second.",
            "`computing` is given. `reading` in the same way: bytes, one for every parameter, "
            "divided by the bandwidth in bytes per second.",
            "`return n / max(computing, reading)`",
        ],
    )


def _what_changed_for_h20() -> Exercise:
    h20 = ec.chip("H20")
    right = {rule: bool(ec.classify(h20, rule).caught) for rule in ec.RULES}
    outcomes = data.load("export_rules").query("rule in @ec.RULES").set_index("outcome")["caught"]
    return _Verdicts(
        id="what-changed-for-h20",
        section="7. April 2025 and January 2026",
        right=right,
        mistakes=[
            Mistake(
                "link-alone-catches",
                right | {"october-2022": True},
                "Its link of 900 GB/s is over the line of 2022, but its TPP is not, and that rule "
                "needs both.",
            ),
            Mistake(
                "notice-in-2023",
                right | {"october-2023": True},
                "One reads this often. But TPP 2368 is below 2400 and density 2.91 below 3.2: in "
                "2023 the H20 was in neither tier.",
            ),
            Mistake(
                "nothing-changed",
                right | {"april-2025": False},
                "TPP and density did not change. In April 2025 the rule looks at something else: "
                "compare the memory bandwidth with the reported line.",
            ),
            Mistake(
                "january-for-all",
                right | {"january-2026": True},
                "The rule of January 2026 sorts the chips that 3A090 has caught before. Was the "
                "H20 one of them?",
            ),
            Mistake(
                "caught-ever-since",
                right | {"october-2023": True, "january-2026": True},
                "Look at TPP 2368 and density 2.91 in the map of October 2023: the H20 lies "
                "outside both tiers, and January 2026 builds on these.",
            ),
            Mistake(
                "upside-down",
                {rule: not value for rule, value in right.items()},
                "All four are the wrong way round: True should mean *caught*, not free.",
                nearly=True,
            ),
        ],
        words={outcome.lower(): bool(caught) for outcome, caught in outcomes.items()}
        | {"true": True, "yes": True, "1": True, "caught": True, "controlled": True}
        | {"false": False, "no": False, "0": False, "not caught": False},
        praise="Four rules and one chip: only April 2025 catches it, by its memory bandwidth.",
        otherwise="Choose that rule in the rule explorer, with the H20, and read the line above "
        "the map.",
        hints=[
            "The rule explorer in section 5 has all four rules. Choose the H20 and read the line "
            "above the map.",
            "2022 needs link *and* TPP. 2023 looks at TPP and density. 2025 asks for memory or "
            "link bandwidth. 2026 asks first what 2023 said.",
            "Exactly one of the four values is True. It belongs to the rule that looks at the "
            "figure in which the H20 beats the H100.",
        ],
    )

"""``python -m grading report``: one page about one assignment, and the same as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import jinja2
import numpy as np
import pandas as pd
import typer
from matplotlib.dates import ConciseDateFormatter
from rich.console import Console

from grading.instructor import item_analysis, results
from grading.instructor.results import FAILED, GRADED, Results
from sputnik_moment import figures
from sputnik_moment.feedback import KEEP_WORKING, MISSING, NEARLY, RIGHT

TEMPLATES = Path(__file__).parents[1] / "templates"
STATES = (RIGHT, NEARLY, KEEP_WORKING, MISSING)

#: Below these, an exercise is worth a look: the lower bounds that are usual in item analysis
#: (performance::item_difficulty of R says 0.2 to 0.8; irtQ::ctt_item flags correlations below 0.2).
HARD, WEAK = 0.2, 0.2

#: With fewer students a correlation says little.
FEW = 20


def by_exercise(found: Results) -> pd.DataFrame:
    """Return one row for every exercise.

    Returns
    -------
    DataFrame
        Index ``exercise``; ``points`` (the most), ``written``, ``marked`` (students with a mark),
        ``mean`` (points), ``difficulty`` and ``discrimination`` (see
        :mod:`grading.instructor.item_analysis`), and how many students the check told each of its
        four states.
    """
    exercises = found.exercises.values()
    table = pd.DataFrame(
        {
            "points": [one.points for one in exercises],
            "written": [one.written for one in exercises],
        },
        index=pd.Index([one.name for one in exercises], name="exercise"),
    )
    table["marked"] = found.marks.notna().sum()
    table["mean"] = found.marks.mean()
    table["difficulty"] = item_analysis.difficulty(found.marks, table["points"])
    table["discrimination"] = item_analysis.discrimination(found.marks)
    said = pd.crosstab(found.verdicts["exercise"], found.verdicts["state"])
    return table.join(said.reindex(table.index, columns=list(STATES), fill_value=0))


def mistakes(found: Results) -> pd.DataFrame:
    """Return one row for every named mistake that a check recognised, the most frequent first.

    Returns
    -------
    DataFrame
        ``exercise``, ``mistake``, ``students`` (how many), ``share`` (of those whose check spoke),
        ``who`` (ids), ``message`` and ``example`` (what one student was told, and had written).
    """
    spoke = found.verdicts.groupby("exercise").size()
    rows = []
    for (exercise, mistake), part in found.verdicts.dropna(subset="mistake").groupby(
        ["exercise", "mistake"], sort=False
    ):
        first = part.iloc[0]
        rows.append(
            {
                "exercise": exercise,
                "mistake": mistake,
                "students": len(part),
                "share": len(part) / spoke[exercise],
                "who": ", ".join(part["student"]),
                "message": first["message"],
                "example": found.code.get((first["student"], exercise), ""),
            }
        )
    columns = ["exercise", "mistake", "students", "share", "who", "message", "example"]
    table = pd.DataFrame(rows, columns=columns)
    order = {name: place for place, name in enumerate(found.exercises)}
    table["place"] = table["exercise"].map(order)
    table = table.sort_values(["students", "place"], ascending=[False, True], kind="stable")
    return table.drop(columns="place").reset_index(drop=True)


def totals(found: Results) -> pd.Series:
    """Return the points of every graded submission, late penalties taken off, by student."""
    graded = found.submissions["state"] == GRADED
    return found.submissions.loc[graded, "score"].astype(float)


# ------------------------------------------------------------------ figures


@dataclass(frozen=True)
class Picture:
    """A figure with the text that stands in for it, and a line for everyone."""

    figure: object
    alt: str
    caption: str

    @property
    def html(self) -> str:
        """The figure as one self-contained element."""
        return figures.to_html(self.figure, self.alt, self.caption)


def distribution(found: Results) -> Picture:
    """Draw how many submissions got how many points."""
    points = totals(found)
    most = sum(one.points for one in found.exercises.values())
    width = max(1, int(np.ceil(most / 20)))
    edges = np.arange(-0.5, max(most, points.max()) + width, width)
    fig, ax = figures.new(7, 3)
    counts, _, _ = ax.hist(points, bins=edges, color=figures.PALETTE["blue"], edgecolor="white")
    ax.axvline(points.median(), color=figures.PALETTE["red"], linestyle="--", label="median")
    ax.legend()
    ax.set(xlabel=f"points, of {most:g}", ylabel="submissions", xlim=(-0.6, most + 0.6))
    ax.yaxis.get_major_locator().set_params(integer=True)
    top = int(np.argmax(counts))
    low, high = np.ceil(edges[top]), np.ceil(edges[top + 1]) - 1
    tallest = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    alt = (
        f"Histogram of points of {len(points)} submissions, from {points.min():g} to "
        f"{points.max():g} of {most:g}; median {points.median():g}. Most frequent: {tallest} "
        f"points, {int(counts[top])} submissions."
    )
    return Picture(fig, alt, "How many submissions got how many points.")


def difficulties(table: pd.DataFrame) -> Picture:
    """Draw the difficulty of every exercise that is marked for everybody."""
    marked = table[table["marked"] == table["marked"].max()].dropna(subset="difficulty")
    share = marked["difficulty"]
    fig, ax = figures.new(7, 0.7 + 0.34 * len(marked))
    places = range(len(marked))
    ax.barh(places, share, color=figures.PALETTE["blue"], height=0.7)
    for place, value in zip(places, share, strict=True):
        ax.text(value + 0.01, place, f"{value:.2f}", va="center")
    ax.set_yticks(list(places), list(marked.index))
    ax.set(xlim=(0, 1.08), xlabel="mean points as a share of the most")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    alt = (
        f"Bars of the share of points reached in {len(marked)} exercises. Hardest: "
        f"{_short(share.idxmin())} with {share.min():.2f}; easiest: {_short(share.idxmax())} with "
        f"{share.max():.2f}."
    )
    return Picture(fig, alt, "A long bar is an easy exercise. The table below has all values.")


def times(found: Results) -> Picture | None:
    """Draw when the submissions came in, by day; None if no time is known."""
    stamps = found.submissions["timestamp"].dropna()
    if stamps.empty:
        return None
    days = stamps.dt.floor("D").value_counts().sort_index()
    fig, ax = figures.new(7, 2.6)
    # A bar covers its day from midnight to midnight, so that the due time falls where it belongs.
    ax.bar(days.index.tz_localize(None), days, width=0.95, align="edge",
           color=figures.PALETTE["blue"])  # fmt: skip
    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
    if found.due is not None:
        ax.axvline(found.due.tz_localize(None), color=figures.PALETTE["red"], linestyle="--",
                   label="due")  # fmt: skip
        ax.legend()
    ax.set(ylabel="submissions")
    ax.yaxis.get_major_locator().set_params(integer=True)
    late = int((found.submissions["late_hours"] > 0).sum())
    due = f", due {found.due:%d %B %Y %H:%M} UTC, {late} late" if found.due is not None else ""
    alt = (
        f"Bars of submissions by day, from {days.index[0]:%d %B} to {days.index[-1]:%d %B %Y}"
        f"{due}. Most on one day: {days.max()}, on {days.idxmax():%d %B}."
    )
    return Picture(fig, alt, "Last submission of every student, by day (UTC).")


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


# ------------------------------------------------------------------ the page


def page(found: Results) -> str:
    """Return the report as one HTML page that needs nothing from elsewhere."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["number"] = _number
    exercises, points = by_exercise(found), totals(found)
    people = found.submissions
    pictures = {"distribution": None, "difficulties": None, "times": times(found)}
    most = sum(one.points for one in found.exercises.values())
    # A lesson may give no points at all; its checks still have something to tell.
    if len(points) and most:
        pictures["distribution"] = distribution(found)
        pictures["difficulties"] = difficulties(exercises)
    return environment.get_template("report.html.j2").render(
        found=found,
        points=points,
        most=most,
        exercises=exercises.reset_index().to_dict("records"),
        looks={
            name: words for name, row in exercises.iterrows() if (words := _looks(row, len(points)))
        },
        mistakes=mistakes(found).to_dict("records"),
        states=STATES,
        counts=people["state"].value_counts().to_dict(),
        to_do=_by_task(people["to_do"]),
        late=people[people["late_hours"] > 0].to_dict("index"),
        failed=people[people["state"] == FAILED].index.tolist(),
        few=len(points) < FEW,
        least=FEW,
        **pictures,
    )


def _number(value: float, digits: int = 2) -> str:
    return "–" if pd.isna(value) else f"{value:.{digits}f}"


def _by_task(to_do: pd.Series) -> dict[str, list[str]]:
    """Turn what is to do for every student into the students of everything that is to do."""
    tasks = to_do.explode().dropna()
    return {words: list(part.index) for words, part in tasks.groupby(tasks)}


def _looks(row: pd.Series, students: int) -> str:
    """Say in words what is unusual about an exercise."""
    said = []
    if row["marked"] < students:
        return "not marked for everybody yet"
    if row["difficulty"] < HARD:
        said.append("hard for nearly everyone")
    if row["discrimination"] < 0:
        said.append("those who did well elsewhere did worse here: read the test again")
    elif row["discrimination"] < WEAK and students >= FEW:
        said.append("hardly tells students apart")
    return "; ".join(said)


def write(found: Results, folder: Path) -> list[Path]:
    """Write the page and three tables; return their paths, the page first."""
    folder.mkdir(parents=True, exist_ok=True)
    people = found.submissions.assign(to_do=found.submissions["to_do"].map("; ".join))
    tables = {
        "exercises": by_exercise(found),
        "mistakes": mistakes(found).set_index("exercise"),
        "students": people.join(found.marks),
    }
    report_page = folder / "report.html"
    report_page.write_text(page(found), encoding="utf-8")
    paths = [report_page]
    for name, table in tables.items():
        paths.append(folder / f"{name}.csv")
        table.to_csv(paths[-1])
    return paths


def report(
    assignment: Annotated[str, typer.Argument(help="Assignment: its name, number or slug.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to; reports/ASSIGNMENT if left out.")
    ] = None,
) -> None:
    """Write a page about ASSIGNMENT: marks, exercises, mistakes, times, what needs a person."""
    console = Console(soft_wrap=True)
    with results.opened(console, "report", assignment, folder, "drawing") as (_, found, target):
        paths = write(found, target)
    graded = int((found.submissions["state"] == GRADED).sum())
    waiting = int(found.submissions["to_do"].map(bool).sum())
    console.print(f"{paths[0]}: {graded} graded, {waiting} need a person.", highlight=False)
    console.print(f"Tables: {', '.join(path.name for path in paths[1:])}", highlight=False)

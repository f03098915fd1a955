"""Charts that a whole class has in common are drawn once, and only where they are the same."""

from __future__ import annotations

import io

import numpy as np
import pytest
from engine_courses import Course, answer, code, exam, locked
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from grading.engine.pictures import Album, key_of

LABEL = "a label that is long enough to move the axes"


def chart(values=(1, 3, 2), title="A chart"):
    figure = Figure(figsize=(4, 3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot(values)
    axes.set(title=title, ylabel=LABEL)
    return figure


def drawing(figure, times):
    def draw():
        times.append(figure)
        figure.canvas.draw()
        return bytes(figure.canvas.buffer_rgba())

    return draw


@pytest.fixture
def album():
    """An album that holds the chart, as a rehearsal leaves it."""
    recorded = Album(recording=True)
    figure = chart()
    recorded.drawn("way", figure, drawing(figure, []))
    album = Album()
    album.add(*recorded.to_parts())
    return album


def test_the_same_figure_is_not_drawn_again(album):
    times, figure, other = [], chart(), chart()
    picture = album.drawn("way", figure, drawing(figure, times))
    assert not times
    assert picture == drawing(other, [])()


def test_a_picture_from_the_album_leaves_the_axes_where_drawing_would_have(album):
    figure, drawn = chart(), chart()
    before = figure.axes[0].get_position().bounds
    album.drawn("way", figure, drawing(figure, []))
    drawing(drawn, [])()
    after = figure.axes[0].get_position().bounds
    assert after != before
    np.testing.assert_allclose(after, drawn.axes[0].get_position().bounds)


@pytest.mark.parametrize(
    "change",
    [
        lambda figure: figure.axes[0].lines[0].set_ydata([1, 3, 2.001]),
        lambda figure: figure.axes[0].set_title("Another"),
        lambda figure: figure.axes[0].lines[0].set_color("#123456"),
        lambda figure: figure.set_dpi(101),
        lambda figure: figure.set_size_inches(4, 3.01),
        lambda figure: figure.axes[0].yaxis.set_major_formatter(lambda value, _: f"{value}!"),
    ],
)
def test_a_figure_that_differs_in_anything_is_drawn(album, change):
    times, figure = [], chart()
    change(figure)
    album.drawn("way", figure, drawing(figure, times))
    assert times == [figure]


def test_settings_and_way_of_drawing_count(monkeypatch):
    import matplotlib

    first = key_of("way", chart())
    assert first == key_of("way", chart())
    assert first != key_of("another way", chart())
    monkeypatch.setitem(matplotlib.rcParams, "path.simplify_threshold", 0.5)
    assert first != key_of("way", chart())


def test_what_a_student_draws_is_not_kept(album):
    figure = chart(values=(9, 9, 1))
    album.drawn("way", figure, drawing(figure, []))
    assert len(album.pictures) == 1


# ------------------------------------------------------------------ a whole class

CELLS = [
    locked("setup", "import matplotlib.pyplot as plt"),
    answer("a", "x = 1", "x = 0"),
    locked("chart", "plt.plot([1, 3, 2])\nplt.title('for everyone');"),
    code("y = x"),
    exam("t", "assert x == 1"),
]
THICK = "x = 1\nplt.rcParams['lines.linewidth'] = 9"
BROKEN = (
    "x = 1\nfrom matplotlib.backends.backend_agg import FigureCanvasAgg\n"
    "def fail(*arguments, **named):\n    raise RuntimeError('drawn')\n"
    "FigureCanvasAgg.print_png = fail"
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("charts") / "course")
    course.source(CELLS)
    course.generate()
    sources = {"a": "x = 1", "b": "x = 1", "c": "x = 1", "thick": THICK, "unable": BROKEN}
    for student, source in sources.items():
        course.submit(student, {"a": source})
    course.engine("--workers", "1", "--student", "a", check=0)  # alone, so without a rehearsal
    course.engine("--workers", "1", check=0)

    def picture(student):
        (cell,) = (c for c in course.autograded(student).cells if "everyone" in c.source)
        (output,) = cell.outputs
        return output.data.get("image/png")

    return picture


def test_with_and_without_a_rehearsal_the_chart_is_the_same(graded):
    assert graded("a") == graded("b") == graded("c")
    assert io.BytesIO(graded("a").encode()).read(5) == b"iVBOR"


def test_the_chart_comes_from_the_rehearsal(graded):
    """This student cannot make a picture at all."""
    assert graded("unable") == graded("a")


def test_a_chart_with_other_settings_is_drawn(graded):
    assert graded("thick") not in (None, graded("a"))

"""The base class of the explorers: labels, one figure, readouts, and errors that are seen."""

import ipywidgets as widgets
import numpy as np
import pytest
from bs4 import BeautifulSoup

from sputnik_moment import figures
from sputnik_moment.widgets.base import Explorer, fit_axes


class Doubling(Explorer):
    title = "Doubling"

    def build_controls(self):
        return {
            "n": widgets.IntSlider(value=3, min=0, max=10, description="Steps"),
            "again": widgets.Button(description="Again"),
        }

    def draw(self):
        self.drawn = getattr(self, "drawn", 0) + 1
        self.redrawn = 0
        fig, self.ax = figures.new(4, 3)
        (self.line,) = self.ax.plot([], [], marker="o")
        return fig

    def redraw(self):
        self.redrawn += 1
        steps = np.arange(self.controls["n"].value + 1)
        if len(steps) > 10:
            return self.say_problem("More than 9 steps <do not fit>; choose fewer.")
        if len(steps) == 9:
            raise ZeroDivisionError("a fault in redraw")
        self.line.set_data(steps, 2.0**steps)
        fit_axes(self.ax)
        return self.say(f"{steps[-1]} steps & more", alt="Line chart of a doubling quantity.")


@pytest.fixture
def doubling():
    return Doubling()


def test_a_move_redraws_the_one_figure(doubling):
    figure, before = doubling.figure, doubling.picture.value
    doubling.controls["n"].value = 5
    assert doubling.figure is figure and doubling.drawn == 1 and doubling.redrawn == 2
    assert doubling.picture.value != before
    assert doubling.readout_text == "5 steps & more"
    assert doubling.ax.get_ylim()[1] > 30


def test_readout_is_announced_and_escaped(doubling):
    tag = BeautifulSoup(doubling.readout.value, "html.parser").p
    assert tag["role"] == "status" and tag["aria-live"] == "polite"
    assert tag.text == doubling.readout_text == "3 steps & more"
    assert doubling.alt in doubling.picture.value


def test_an_error_in_redraw_reaches_the_caller(doubling):
    with pytest.raises(ZeroDivisionError):
        doubling.controls["n"].value = 8


def test_a_problem_is_said_in_words(doubling):
    doubling.controls["n"].value = 10
    assert doubling.readout_text == doubling.alt == "More than 9 steps <do not fit>; choose fewer."
    assert "<img" not in doubling.picture.value and "<do not" not in doubling.picture.value
    doubling.controls["n"].value = 2
    assert "<img" in doubling.picture.value


def test_controls_are_labelled_and_wait_for_the_end_of_a_move(doubling):
    assert doubling.controls["n"].continuous_update is False
    assert doubling.controls["n"].style.description_width == "initial"

    class Unlabelled(Doubling):
        def build_controls(self):
            return {"n": widgets.IntSlider()}

    with pytest.raises(ValueError, match="'n' has no description"):
        Unlabelled()


def test_set_moves_many_controls_with_one_redraw(doubling):
    doubling.set(n=6)
    assert doubling.redrawn == 2 and doubling.readout_text == "6 steps & more"
    with pytest.raises(KeyError, match="No control named 'm'"):
        doubling.set(m=6)


def test_without_a_kernel_there_is_still_a_picture_and_a_readout(doubling):
    bundle = doubling._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "Doubling: 3 steps & more"
    assert repr(doubling) == bundle["text/plain"]
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    assert page.img["alt"] == doubling.alt and page.p.text == doubling.readout_text


@pytest.mark.parametrize("missing", ["build_controls", "draw", "redraw"])
def test_an_unfinished_subclass_says_what_is_missing(missing):
    broken = type("Broken", (Doubling,), {missing: getattr(Explorer, missing)})
    with pytest.raises(NotImplementedError, match=rf"Broken must define {missing}\(\)"):
        broken()


def test_in_a_grader_an_explorer_makes_what_somebody_asks_for(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(widgets.Widget, "open", lambda self: None)  # no front end asks
    made, build = [], Doubling.build_controls
    monkeypatch.setattr(Doubling, "build_controls", lambda self: made.append(self) or build(self))
    first, second = Doubling(), Doubling()
    assert made == [first] and "figure" not in vars(second)
    assert (second.readout_text, second.picture.value) == (first.readout_text, first.picture.value)
    (panel,) = (part for part in second.children if type(part) is widgets.Box)
    assert made == [first, second] and "figure" not in vars(second)
    panel.children[0].value = 5
    assert second.readout_text == "5 steps & more" and second.controls["n"].value == 5
    assert first.readout_text == "3 steps & more"

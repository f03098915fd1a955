"""What all explorers share: controls, one picture, a one-line readout, and an image for paper.

An explorer only shows. The computing is done by plain functions of the library, which have tests
of their own. A subclass fills in three methods::

    class Doubling(Explorer):
        title = "Doubling"

        def build_controls(self):
            return {"n": widgets.IntSlider(value=3, min=0, max=10, description="Steps")}

        def draw(self):                       # once
            fig, self.ax = figures.new()
            (self.line,) = self.ax.plot([], [], marker="o")
            return fig

        def redraw(self):                     # after every move
            steps = np.arange(self.controls["n"].value + 1)
            self.line.set_data(steps, 2.0**steps)
            fit_axes(self.ax)
            self.say(f"After {steps[-1]} steps: {2 ** steps[-1]}.",
                     alt="Line chart: a quantity that doubles with every step.")
"""

import functools
import hashlib
import html
import os
import sys
from typing import Any

import ipywidgets as widgets
import matplotlib
import traitlets
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sputnik_moment import figures

__all__ = ["Explorer", "fit_axes"]


class Explorer(widgets.VBox):
    """Controls above, a one-line readout of the state, and one figure that is redrawn in place.

    Attributes
    ----------
    title
        The name printed above the controls.
    controls
        Name to control widget.
    readout
        The HTML widget with the state in one line, announced by screen readers.
    picture
        The HTML widget with the figure.
    readout_text, alt
        The same two as plain text.
    unchanging
        Artists that no move changes, such as a legend outside the axes: `draw` may list them here,
        and they are drawn only once.
    """

    title: str = ""

    def __init__(self, **kwargs: Any):
        self._controls: dict[str, widgets.Widget] | None = None
        self.readout = widgets.HTML()
        self.picture = widgets.HTML()
        self.readout_text = ""
        self.alt = ""
        self.unchanging: list[Artist] = []
        self._paused = False
        self._drawn = False
        self._waits = False
        # VBox's own would ask for the children, and so make the controls, at once.
        widgets.DOMWidget.__init__(self, **kwargs)
        if "NBGRADER_EXECUTION" in os.environ and _needs_no_arguments(type(self)):
            self._open_in_a_class()
        else:
            self._draw_first()

    def _draw_first(self) -> None:
        self._made_controls()
        self._waits = False
        self.figure = self.draw()
        self.redraw()

    def _open_in_a_class(self) -> None:
        """Take the first picture from another explorer of the class, and draw when it is needed.

        A grader runs the same notebook for many students and moves no control: those are made when
        somebody asks for them, too. Nothing changes for a reader.
        """
        self._waits = True
        _BEING_MADE.append(self)
        try:
            kind = type(self)
            first = _first_state(kind.__module__, kind.__qualname__, _settings())
        finally:
            _BEING_MADE.pop()
        if self._waits:
            self._put(*first)

    @property
    def controls(self) -> dict[str, widgets.Widget]:
        """Name to control widget. Who asks may move one, so that the figure has to be there."""
        if self._waits:
            self._draw_first()
        return self._made_controls()

    def _made_controls(self) -> dict[str, widgets.Widget]:
        if self._controls is None:
            self._controls = self.build_controls()
            for name, control in self._controls.items():
                _prepare(name, control)
                if control.has_trait("value"):
                    control.observe(self._moved, names="value")
        return self._controls

    def __getattr__(self, name: str) -> Any:
        """Draw a figure that waits when something is asked for that drawing makes."""
        if name.startswith("_") or not self.__dict__.get("_waits"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._draw_first()
        return getattr(self, name)

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Return the controls by name, in the order in which they are shown."""
        raise NotImplementedError(f"{type(self).__name__} must define build_controls()")

    def draw(self) -> Figure:
        """Make the figure once, keep its artists on `self`, and return the figure."""
        raise NotImplementedError(f"{type(self).__name__} must define draw()")

    def redraw(self) -> None:
        """Compute from the controls, update the artists, and end with `say`."""
        raise NotImplementedError(f"{type(self).__name__} must define redraw()")

    def say(self, readout: str, alt: str, caption: str | None = None) -> None:
        """Show the redrawn figure and the state in words.

        Parameters
        ----------
        readout
            The state in one line: what is chosen and what comes out.
        alt
            Text for the figure, as in `figures.show`.
        caption
            A line under the figure.
        """
        while self._drawn and self.unchanging:
            # At the first move, not before: most explorers on a page are never moved.
            figures.freeze(self.figure, self.unchanging.pop())
        markup = figures.to_html(self.figure, alt, caption)
        self._drawn = True
        # The layout is solved once. Solving it at every move costs a third of the time, and a
        # frame that jumps makes two states hard to compare.
        self.figure.set_layout_engine("none")
        self._put(readout, alt, markup)

    def say_problem(self, message: str) -> None:
        """Show in words why there is nothing to draw, and what to change, instead of a figure."""
        self._put(message, message, f"<p><em>No figure: {html.escape(message)}</em></p>")

    def set(self, **values: Any) -> None:
        """Move several controls at once, with one redraw: ``explorer.set(share="AMD", gap=5)``.

        Raises
        ------
        KeyError
            A name is not a control.
        """
        unknown = sorted(set(values) - set(self.controls))
        if unknown:
            raise KeyError(f"No control named {unknown[0]!r}. Controls: {sorted(self.controls)}")
        self._paused = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._paused = False
        self.redraw()

    def _moved(self, _change: Any) -> None:
        if not self._paused:
            self.redraw()

    def _put(self, readout: str, alt: str, markup: str) -> None:
        self.readout_text = readout
        self.alt = alt
        self.readout.value = (
            f'<p role="status" aria-live="polite" style="margin: 0">{html.escape(readout)}</p>'
        )
        self.picture.value = markup

    @traitlets.default("children")
    def _parts(self) -> list[widgets.Widget]:
        panel = widgets.Box(
            list(self._made_controls().values()),
            layout=widgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="2px 16px"),
        )
        heading = [widgets.HTML(f"<strong>{html.escape(self.title)}</strong>")]
        return [*(heading if self.title else []), panel, self.readout, self.picture]

    def __repr__(self) -> str:
        """Say what the explorer shows, where ipywidgets would list the traits of every part."""
        return f"{self.title or type(self).__name__}: {self.readout_text}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the present picture and readout, for a page or a printout without a kernel."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
            bundle["text/html"] = f"<p>{html.escape(self.readout_text)}</p>{self.picture.value}"
        return bundle


_BEING_MADE: list[Explorer] = []


@functools.cache
def _first_state(module: str, name: str, settings: str) -> tuple[str, str, str]:
    """Return readout, alt text and picture of an explorer that nobody has moved.

    Parameters
    ----------
    module, name
        The class.
    settings
        What :func:`_settings` returns, on which the picture depends.
    """
    if settings != _settings():
        raise ValueError("These are not the settings that are in force.")
    made = _BEING_MADE[-1] if _BEING_MADE else getattr(sys.modules[module], name)()
    if made._waits:
        made._draw_first()
    return made.readout_text, made.alt, made.picture.value


def _settings() -> str:
    """Return a hash of matplotlib's settings."""
    found = sorted(dict.items(matplotlib.rcParams), key=lambda item: item[0])
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _needs_no_arguments(kind: type) -> bool:
    """Say whether the first picture follows from the class, found by its name, alone."""
    found = getattr(sys.modules.get(kind.__module__), kind.__qualname__, None)
    return found is kind and kind.__init__ is Explorer.__init__


def fit_axes(axes: Axes) -> None:
    """Fit the limits of `axes` to its artists after `set_data`, which does not do so itself."""
    axes.relim()
    axes.autoscale_view()


def _prepare(name: str, control: widgets.Widget) -> None:
    """Give a control what all controls need: a visible label, and one event per finished move."""
    if not getattr(control, "description", "").strip():
        raise ValueError(f"Control {name!r} has no description; a screen reader needs the label.")
    if control.has_trait("continuous_update"):
        control.continuous_update = False
    if hasattr(control.style, "description_width"):
        control.style.description_width = "initial"
    if hasattr(control, "readout") and control.layout.width is None:
        # Label, track and value share the width; at 300 px a long label leaves no track to move on.
        control.layout.width = "440px"

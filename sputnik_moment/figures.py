"""One style, one palette and one way to show a figure, for every lesson.

A figure is drawn with `new`, and shown with `show(fig, alt=...)`. The alt text travels in an HTML
``<figure>``, because that is the only form that every notebook viewer and converter keeps.

The palette was chosen by search: every colour has a contrast of at least 3:1 against white, and
any two stay apart (a CIELAB distance above 20) for readers with protanopia, deuteranopia or
tritanopia, simulated with the matrices of Machado, Oliveira and Fernandes (2009), "A
Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6). Colour is
still never the only sign: use `MARKERS`, `HATCHES`, `LINES` or a direct label beside it.
"""

import base64
import html
import io
import re
import sys
from typing import Any

import matplotlib
import numpy as np
from cycler import cycler
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

__all__ = [
    "ALT_LIMIT",
    "HATCHES",
    "LINES",
    "MARKERS",
    "PALETTE",
    "STYLE",
    "check_alt",
    "freeze",
    "new",
    "png",
    "show",
    "to_html",
]

PALETTE: dict[str, str] = {
    "blue": "#2166D6",
    "red": "#A62B14",
    "green": "#0A9F6B",
    "purple": "#5A0F73",
    "gold": "#B98A00",
    "grey": "#6E7480",
    "ink": "#1F2430",
}
"""Names to colours, in the order in which charts use them. `ink` is for text and axes."""

# Second signs beside colour, in the same order as the palette.
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "X")
HATCHES: tuple[str, ...] = ("", "///", "...", "xxx", "\\\\\\", "+++")
LINES: tuple[str, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)))

STYLE: dict[str, Any] = {
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "savefig.facecolor": "white",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.hinting": "none",  # at this sharpness it looks the same, and text draws a third faster
    "text.color": PALETTE["ink"],
    "axes.facecolor": "white",
    "axes.edgecolor": PALETTE["grey"],
    "axes.labelcolor": PALETTE["ink"],
    "axes.labelsize": 11,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(
        color=[PALETTE[name] for name in ("blue", "red", "green", "purple", "gold", "grey")],
        linestyle=LINES,
    ),
    "grid.color": "#E3E5E9",
    "grid.linewidth": 0.8,
    "xtick.color": PALETTE["ink"],
    "ytick.color": PALETTE["ink"],
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "hatch.linewidth": 0.8,
}
"""Matplotlib settings of the course, in force as soon as this module is imported."""

# Matplotlib reads some settings when a label is added, not when the figure is made, so the style
# has to be in force for the whole session; a context around `new` would lose half of it.
matplotlib.rcParams.update(STYLE)

ALT_LIMIT = 250
SHARPNESS = 1.25  # image pixels per screen pixel: readable on dense screens, quick to draw
_FILE_NAME = re.compile(r"\.(png|jpe?g|svg|gif|webp|pdf|tiff?)\s*$", re.IGNORECASE)


def new(width: float = 7, height: float = 4, **subplots_kwargs: Any) -> tuple[Figure, Any]:
    """Make an empty figure in the course style, with its axes.

    Parameters
    ----------
    width, height
        Size in inches; a width of 7 fills the text column of a notebook.
    **subplots_kwargs
        Passed to `matplotlib.figure.Figure.subplots`, for example ``nrows=2, sharex=True``.

    Returns
    -------
    tuple
        The figure and its axes (one `Axes`, or an array of them, as `subplots` returns).
    """
    # A bare Figure, not pyplot: it needs no closing, so a widget can redraw it for hours.
    fig = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig, fig.subplots(**subplots_kwargs)


def show(fig: Figure, alt: str, caption: str | None = None) -> None:
    """Display a figure with a text that stands in for it.

    Parameters
    ----------
    fig
        The figure.
    alt
        What a reader who cannot see the figure should know: the kind of chart, what is measured,
        and the pattern. At most 250 characters.
    caption
        A line printed under the figure, for everyone.

    Raises
    ------
    ValueError
        `alt` is empty, too long, or not a description.
    """
    markup = to_html(fig, alt, caption)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)  # or the inline backend would print the figure a second time
    display({"text/html": markup, "text/plain": alt}, raw=True)


def to_html(fig: Figure, alt: str, caption: str | None = None) -> str:
    """Write a figure as one self-contained HTML ``<figure>``; arguments as in `show`."""
    check_alt(alt)
    width = round(fig.get_figwidth() * 100)
    image = base64.b64encode(png(fig)).decode("ascii")
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        '<figure style="margin: 0.5em 0">'
        f'<img src="data:image/png;base64,{image}" alt="{html.escape(alt)}" width="{width}" '
        f'style="max-width: 100%; height: auto">{below}</figure>'
    )


def png(fig: Figure) -> bytes:
    """Draw a figure as PNG bytes; the same figure always gives the same bytes."""
    if fig.dpi != 100 * SHARPNESS:  # setting it again would have every place computed again
        fig.set_dpi(100 * SHARPNESS)
    canvas = fig.canvas if isinstance(fig.canvas, FigureCanvasAgg) else FigureCanvasAgg(fig)
    canvas.draw()  # once; Figure.savefig draws everything twice
    buffer = io.BytesIO()
    # Charts compress well even at the lowest level, and a widget must be quick.
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.save(buffer, format="png", compress_level=1)
    return buffer.getvalue()


def freeze(fig: Figure, artist: Artist) -> None:
    """Put a picture of an artist in its place, so that later drawings of the figure are quicker.

    The figure must have been drawn, and the artist must stand alone on the figure's background; a
    legend outside the axes is such an artist, and takes a fifth of the time of a large chart.

    Parameters
    ----------
    fig
        The figure, drawn by `png` or `to_html`.
    artist
        What will look the same from now on. It stays in the figure, invisible.
    """
    pixels = np.asarray(fig.canvas.buffer_rgba())
    (left, bottom), (right, top) = artist.get_window_extent().padded(2).get_points().astype(int)
    left, bottom = max(left, 0), max(bottom, 0)
    height = len(pixels)
    rows = slice(max(height - top, 0), height - bottom)
    fig.figimage(pixels[rows, left:right].copy(), left, bottom)
    artist.set_visible(False)


def check_alt(alt: str) -> None:
    """Raise `ValueError`, saying what to write instead, unless `alt` can stand for a figure."""
    advice = "Write the kind of chart, what is measured, and the pattern a reader should see."
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"The figure has no alt text. {advice}")
    if _FILE_NAME.search(alt) or len(alt.split()) < 3:
        raise ValueError(f"{alt!r} is a name, not a description. {advice}")
    if len(alt) > ALT_LIMIT:
        raise ValueError(
            f"The alt text has {len(alt)} characters; a screen reader reads it in one breath, so "
            f"keep it within {ALT_LIMIT} and put the rest in the text or the caption."
        )

"""The figure helper: one style, a palette everybody can tell apart, alt text that survives."""

import io
import itertools
import json
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from PIL import Image

from sputnik_moment import figures

ALT = "Line chart of nothing, for a test: it rises & falls <once>."

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear_rgb(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour: str) -> float:
    """WCAG 2 contrast ratio."""
    return 1.05 / (np.array([0.2126, 0.7152, 0.0722]) @ linear_rgb(colour) + 0.05)


def cielab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", figures.PALETTE)
def test_marks_have_a_contrast_of_three_to_one(name):
    assert contrast_on_white(figures.PALETTE[name]) >= 3


def test_text_has_a_contrast_of_four_and_a_half_to_one():
    for setting in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"):
        assert contrast_on_white(figures.STYLE[setting]) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_any_two_colours_stay_apart(vision):
    seen = {n: cielab(VISION[vision] @ linear_rgb(c)) for n, c in figures.PALETTE.items()}
    for first, second in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[first] - seen[second]) > 20, (vision, first, second)


def test_colour_is_never_the_only_sign():
    for signs in (figures.MARKERS, figures.HATCHES, figures.LINES):
        assert len(set(signs)) == len(signs) == 6
    _, ax = figures.new()
    lines = [ax.plot([0, 1])[0] for _ in range(6)]
    assert len({line.get_color() for line in lines}) == 6
    assert len({str(line._dash_pattern) for line in lines}) == 6


def test_new_needs_no_pyplot():
    code = (
        "import sys; from sputnik_moment import figures; fig, axes = figures.new(8, 5, nrows=2);"
        "assert axes.shape == (2,) and fig.get_figwidth() == 8;"
        "figures.to_html(fig, 'Two empty charts, for a test');"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_same_figure_gives_the_same_bytes():
    def chart():
        fig, ax = figures.new()
        ax.plot([1, 3, 2])
        return figures.png(fig)

    assert chart() == chart()


@pytest.mark.parametrize(
    ("alt", "word"),
    [
        ("", "no alt"),
        ("   ", "no alt"),
        (None, "no alt"),
        ("nvda.png", "not a description"),
        ("the figure of nvda.PNG", "not a description"),
        ("Figure 1", "not a description"),
        ("figure_1", "not a description"),
        ("Line chart of " + "x" * 250, "264 characters"),
    ],
)
def test_a_bad_alt_text_is_refused(alt, word):
    fig, _ = figures.new()
    with pytest.raises(ValueError, match=word):
        figures.show(fig, alt=alt)


def test_the_longest_alt_text_is_accepted():
    figures.check_alt("A bar chart " + "x" * (figures.ALT_LIMIT - 12))


def test_html_carries_alt_and_caption_unharmed():
    fig, _ = figures.new(7, 4)
    page = BeautifulSoup(figures.to_html(fig, ALT, caption="A <caption>."), "html.parser")
    assert page.img["alt"] == ALT
    assert page.img["width"] == "700"
    assert page.figcaption.text == "A <caption>."
    assert "figcaption" not in figures.to_html(fig, ALT)


def test_show_sends_the_figure_and_its_alt(monkeypatch):
    sent = []
    monkeypatch.setattr(figures, "display", lambda data, raw: sent.append((data, raw)))
    fig, _ = figures.new()
    assert figures.show(fig, alt=ALT) is None
    data, raw = sent[0]
    assert raw and data["text/plain"] == ALT and data["text/html"].startswith("<figure")


def test_a_pyplot_figure_is_shown_once(monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(figures, "display", lambda data, raw: None)
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    figures.show(fig, alt=ALT)
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_alt_text_survives_nbconvert(template):
    fig, _ = figures.new(2, 1)
    output = nbformat.v4.new_output(
        "display_data", {"text/html": figures.to_html(fig, ALT), "text/plain": ALT}
    )
    cell = nbformat.v4.new_code_cell("show(fig, alt=...)", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook = nbformat.reads(json.dumps(notebook), as_version=4)
    exporter = HTMLExporter(template_name=template, exclude_input=True)
    body, _ = exporter.from_notebook_node(notebook)
    assert BeautifulSoup(body, "html.parser").find("img", alt=ALT) is not None


def test_a_frozen_legend_looks_as_before():
    fig, ax = figures.new()
    ax.plot([0, 1], [1, 0], label="falls")
    legend = fig.legend(loc="outside upper left")
    before = figures.png(fig)
    fig.set_layout_engine("none")
    figures.freeze(fig, legend)
    assert not legend.get_visible()
    assert figures.png(fig) == before
    ax.set_visible(False)
    left = np.asarray(Image.open(io.BytesIO(figures.png(fig))).convert("L"))
    assert left.min() < 100  # the legend's picture is all that is drawn now

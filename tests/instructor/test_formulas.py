"""Formulas on feedback pages: MathML, without a network, and nothing of a student's can run."""

import re

import pytest

from grading.feedback_html import clean_html
from grading.formulas import with_formulas


def test_a_formula_in_the_text():
    shown = clean_html("<p>wide: $2 v t$, as in $\\frac{w_{t}}{t}$.</p>")
    assert shown.count("<math") == 2 and "$" not in shown
    assert "<mfrac><mrow><msub><mi>w</mi>" in shown
    assert shown.startswith("<p>wide: <math") and shown.endswith(".</p>")


def test_a_formula_on_its_own_lines_and_signs():
    shown = clean_html("$$\nR_t = \\hat\\alpha + \\beta \\cdot R_{m,t} &lt; 1\n$$")
    assert 'display="block"' in shown
    assert "α" in shown and "·" in shown and "<mo>&lt;</mo>" in shown
    assert "&amp;" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "from $593 billion to $589 billion",
        "it cost $5, not $6",
        "5 $ or 6 $",
        "\\$a\\$",
        "<code>$a$</code>",
        "<pre>echo $HOME $PATH$</pre>",
        "$\\unknown{$",
        "$" + "x" * 3000 + "$",
    ],
)
def test_what_is_no_formula_stays(text):
    assert with_formulas(text) == text


@pytest.mark.parametrize(
    "formula",
    [
        "\\text{<script>alert(1)</script>}",
        "\\text{&lt;img src=x onerror=alert(1)&gt;}",
        "\\href{javascript:alert(1)}{x}",
        "\\class{evil}{x}",
        "\\style{background: url(https://spy.org)}{x}",
        "\\text{&amp;lt;script&amp;gt;}",
        "\\mathrm{<style>}",
    ],
)
def test_a_formula_cannot_bring_in_anything_that_runs(formula):
    shown = clean_html(f"<p>${formula}$</p>")
    assert not re.search(r"<(?!/?(p|m[a-z]*)\b)", shown), shown
    for tag in re.findall(r"<[^>]*>", shown):
        assert not re.search(r"href|onerror|style=|class=|url\(", tag), shown


def test_a_feedback_page_needs_no_network(graded, run):
    assert run("feedback", "01", "--student", "student-02")[0] == 0
    page = (graded / "feedback/student-02/01-ripples/ripples.html").read_text("utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "<script" not in page and "@import" not in page
    assert "<mfrac>" in page

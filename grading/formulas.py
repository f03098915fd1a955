"""Formulas as MathML, which every browser shows by itself: pages need no script and no network."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

#: A longer one is left as it was written; it may have been made to keep the converter busy.
LONGEST = 2000

#: As in notebooks, $$...$$ stands on lines of its own and $...$ in the text. Amounts of money are
#: no formulas: no space follows the first $, and none precedes the last, nor does a digit follow.
FORMULA = re.compile(
    r"(?<![\\$])(?:\$\$(?P<display>[^$]+)\$\$|\$(?!\s)(?P<inline>[^$\n]+?)(?<![\s\\])\$(?![\d$]))"
)

#: A tag of HTML, with quoted values that may hold a ">".
TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")

VERBATIM = {"code", "pre", "kbd", "samp"}

TAGS = frozenset(
    re.findall(
        r"\w+",
        """
    math mrow mi mn mo ms mtext mspace msqrt mroot mfrac msub msup msubsup munder mover munderover
    mmultiscripts mprescripts none mtable mtr mtd mpadded mphantom mstyle menclose
        """,
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        """
    accent columnalign columnlines columnspacing depth display displaystyle fence form height
    linethickness lspace mathvariant maxsize minsize movablelimits notation rowspacing rspace
    scriptlevel separator stretchy symmetric voffset width
        """,
    )
)


def with_formulas(markup: str) -> str:
    r"""Turn the formulas in HTML into MathML; what cannot be read stays as it was written.

    Parameters
    ----------
    markup
        HTML that is safe to show. Formulas are LaTeX between dollar signs; those in code stay.
    """
    if "$" not in markup:
        return markup
    parts, verbatim = [], 0
    for part in TAG.split(markup):
        if part.startswith("<"):
            name = part.strip("</> \n").partition(" ")[0].lower()
            if name in VERBATIM:
                verbatim += -1 if part.startswith("</") else 1
        elif not verbatim:
            part = FORMULA.sub(_formula, part)
        parts.append(part)
    return "".join(parts)


def _formula(match: re.Match) -> str:
    display = match["display"] is not None
    latex = html.unescape(match["display"] if display else match["inline"]).strip()
    try:
        if len(latex) > LONGEST:
            raise ValueError("too long")
        element = convert_to_element(latex, display="block" if display else "inline")
        return tostring(_safe(element), encoding="unicode")
    except Exception:
        # The converter has many ways to stop at what is no LaTeX; the reader then sees the text.
        return match[0]


def _safe(element: Element) -> Element:
    r"""Return a copy with nothing in it but known tags, plain attributes and text.

    The converter writes characters as entities and takes \href and \class over as attributes;
    its own output as text would even let tags through.
    """
    if element.tag not in TAGS:
        raise ValueError(f"{element.tag} is no tag of a formula")
    kept = {name: value for name, value in element.attrib.items() if name in ATTRIBUTES}
    copy = Element(element.tag, kept)
    copy.text = html.unescape(element.text or "")
    copy.tail = html.unescape(element.tail or "")
    copy.extend(_safe(child) for child in element)
    return copy

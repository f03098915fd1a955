"""Makes HTML from submissions safe to show: pages for students and teachers run no foreign code.

nbconvert has a filter of this name, which knows neither paragraphs nor figures. This one keeps what
lessons, pandas and our widgets write, and drops scripts, styles, frames, forms, event handlers and
everything that is fetched from elsewhere.
"""

from __future__ import annotations

import re

import bleach
from bleach.css_sanitizer import CSSSanitizer

from grading.formulas import with_formulas

TAGS = frozenset(
    re.findall(
        r"[\w-]+",
        """
    a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3
    h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary
    sup table tbody td tfoot th thead tr u ul var
        """,
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """
    align alt aria-hidden aria-label aria-live class colspan dir height id lang open role
    rowspan scope start style title width
        """,
    )
)
LINK = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)

_css = CSSSanitizer(
    allowed_css_properties=[
        *("background-color", "border", "border-collapse", "border-left", "color"),
        *("font-family", "font-size", "font-style", "font-weight", "height", "margin"),
        *("max-width", "padding", "text-align", "vertical-align", "white-space", "width"),
    ]
)
_style_blocks = re.compile(r"<(style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def clean_html(markup: str | bytes) -> str:
    """Return the markup with nothing in it that can run, or that a browser would fetch.

    Formulas become MathML, so that pages show them without a network.

    Parameters
    ----------
    markup
        HTML of a Markdown cell or of an output.
    """
    text = markup.decode() if isinstance(markup, bytes) else str(markup)
    # Only for looks: what bleach does not know it shows as text, and nobody wants to read CSS.
    text = _style_blocks.sub("", text)
    safe = bleach.clean(
        text,
        tags=TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        css_sanitizer=_css,
        strip_comments=True,
    )
    return with_formulas(safe)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and LINK.match(value) is not None
    if name == "src":
        return tag == "img" and PICTURE.match(value) is not None
    return name in ATTRIBUTES

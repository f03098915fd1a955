"""How feedback looks: a bordered note in HTML, one line in plain text."""

from __future__ import annotations

import html

from sputnik_moment.markup import inline

# Word and symbol carry the state; the colour only repeats it (each at least 4.5:1 on white).
LOOKS = {
    "missing": ("–", "Missing", "#595959"),
    "keep working": ("○", "Keep working", "#b34700"),
    "nearly there": ("◐", "Nearly there", "#00639c"),
    "right": ("●", "Right", "#00704f"),
    "hint": ("?", "", "#595959"),
    "prediction": ("◇", "", "#7a3d6d"),
}


def card(look: str, title: str, message: str) -> dict[str, str]:
    """Return a note as a MIME bundle with ``text/plain`` and ``text/html``.

    Parameters
    ----------
    look
        A key of :data:`LOOKS`.
    title
        Short text after the symbol: the exercise, or what the note is.
    message
        The note; text between backticks is set as code, between asterisks in italics.
    """
    symbol, word, colour = LOOKS[look]
    head = f"{word} ({title})" if word else title
    return {
        "text/plain": f"{symbol} {head}: {message}",
        "text/html": (
            f'<div role="status" style="border-left:5px solid {colour};margin:.4em 0;'
            f'padding:.3em .9em;max-width:46em">'
            f'<strong><span aria-hidden="true">{symbol}</span> {html.escape(head)}</strong>'
            f"<br>{inline(message)}</div>"
        ),
    }

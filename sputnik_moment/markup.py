"""The little formatting that messages to students have, as HTML."""

from __future__ import annotations

import html
import re


def inline(text: str) -> str:
    """Escape text for HTML; what stands between backticks becomes code, between asterisks italic.

    Parameters
    ----------
    text
        One message, for example ``"Divide by the *old* price, `old`."``
    """
    parts = re.split(r"`([^`]+)`", text)
    return "".join(
        f"<code>{html.escape(part)}</code>" if position % 2 else _emphasis(html.escape(part))
        for position, part in enumerate(parts)
    )


def _emphasis(text: str) -> str:
    return re.sub(r"\*(\S(?:[^*]*\S)?)\*", r"<em>\1</em>", text)

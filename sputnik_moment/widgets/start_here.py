"""The widget of lesson 00: ten claims, and what the student believes of each."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from sputnik_moment import beliefs

__all__ = ["BeliefForm"]

NO_ANSWER = "please choose"


class BeliefForm(widgets.VBox):
    """Asks of each claim whether it holds, and stores every answer at once.

    Parameters
    ----------
    claims
        Pairs of a claim's id and its wording.
    folder
        Where `beliefs.json` lies; the notebook's own folder by default.

    Attributes
    ----------
    controls
        Claim id to its drop-down list.
    readout, readout_text
        How many claims are answered, as a widget and as plain text.
    """

    def __init__(
        self, claims: Iterable[tuple[str, str]], folder: str | Path = ".", **kwargs: Any
    ) -> None:
        self._folder = folder
        self._claims = list(claims)
        known = beliefs.recall(folder)
        self.controls = {
            claim: _question(number, known.get(claim, NO_ANSWER))
            for number, (claim, _) in enumerate(self._claims, start=1)
        }
        self.readout = widgets.HTML()
        rows = [
            widgets.VBox([widgets.HTML(_wording(number, text)), self.controls[claim]])
            for number, (claim, text) in enumerate(self._claims, start=1)
        ]
        super().__init__([*rows, self.readout], **kwargs)
        for claim, control in self.controls.items():
            control.observe(lambda change, claim=claim: self._store(claim, change.new), "value")
        self._count()

    def _store(self, claim: str, belief: str) -> None:
        if belief == NO_ANSWER:
            beliefs.forget(claim, self._folder)
        else:
            beliefs.record(claim, belief, self._folder)
        self._count()

    def _count(self) -> None:
        answered = sum(control.value != NO_ANSWER for control in self.controls.values())
        self.readout_text = (
            f"{answered} of {len(self.controls)} claims answered; stored in {beliefs.FILE}."
            if answered
            else f"0 of {len(self.controls)} claims answered."
        )
        self.readout.value = f'<p role="status" aria-live="polite">{self.readout_text}</p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the claims as a list, for a page or a printout without a kernel."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            listed = "".join(f"<li>{html.escape(text)}</li>" for _, text in self._claims)
            bundle["text/plain"] = self.readout_text
            bundle["text/html"] = f"<ol>{listed}</ol><p>{self.readout_text}</p>"
        return bundle


def _wording(number: int, text: str) -> str:
    return f"<p style='margin:.6em 0 0;line-height:1.4'>{number}. {html.escape(text)}</p>"


def _question(number: int, belief: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=[NO_ANSWER, *beliefs.CHOICES],
        value=belief,
        description=f"Claim {number}",
        style={"description_width": "initial"},
    )

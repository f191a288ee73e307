"""Sentences in the reader's language, from this room's catalogue, without Django."""

import gettext as catalogues
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "locale"


def gettext(sentence: str) -> str:
    """Return ``sentence`` in the language that the environment's LANGUAGE names."""
    catalogue = catalogues.translation("django", str(_FOLDER), fallback=True)
    return catalogue.gettext(sentence)

"""Write a page of ours as a PDF document; nothing is fetched from anywhere."""

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.words import Words

PDF = "application/pdf"
_STYLE = Path(__file__).parent / "paper.css"


class NoPaper(Refused):
    """This machine cannot write PDF documents."""

    code = "no_pdf"


@cache
def paper_problem() -> Words:
    """Return why this machine cannot write PDF documents, and how to mend it; "" if it can."""
    try:
        import weasyprint  # noqa: F401, PLC0415 -- loads libraries of the system
    except OSError:
        return _(
            "Pango is missing. Install it: apt install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0"
        )
    if not _has_chinese_font():
        return _("No Chinese font is installed: apt install fonts-noto-cjk")
    return ""


def written_pdf(
    viewer: Actor, template: str, context: Mapping[str, Any], *, is_wide: bool = False
) -> bytes:
    """
    Return ``template``, which extends ``ui/paper.html``, as a PDF document for ``viewer``.

    The foot of each page says who had it made and when. ``is_wide`` turns the paper.

    :raises NoPaper: if this machine cannot write any.
    """
    problem = paper_problem()
    if problem:
        raise NoPaper(str(problem))
    from weasyprint import CSS, HTML, URLFetcher  # noqa: PLC0415 -- as above

    text = render_to_string(
        template,
        {
            **context,
            "made_by": viewer.actor_name,
            "made_at": localtime(now()),
            "is_wide": is_wide,
        },
    )
    # Pictures stand in the page itself: whatever else a page names is not looked up.
    closed = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    style = CSS(string=_STYLE.read_text(), url_fetcher=closed)
    document = HTML(string=text, url_fetcher=closed)
    made: bytes = document.write_pdf(stylesheets=[style])
    return made


def _has_chinese_font() -> bool:
    """Tell whether a font writes Chinese; yes where nobody can be asked."""
    asked = shutil.which("fc-list")
    if asked is None:
        return True
    found = subprocess.run(  # noqa: S603 -- a program of the system, without words of others
        [asked, ":lang=zh", "family"], capture_output=True, check=False, timeout=30
    )
    return bool(found.stdout.strip())

"""What the doctor asks about files on records, and about who checks them for malware."""

from gettext import gettext as _

from django.conf import settings

from guanxi.config.finding import Finding
from guanxi.foundation import clock
from guanxi.foundation.files import clamd
from guanxi.foundation.files.queries import missing
from guanxi.foundation.files.queries import strays as strays_of

MOST_RECORDS = 5


def files() -> Finding:
    """Compare the files on records with what lies on disk."""
    gone, strays = missing(), strays_of(clock.now())
    words = {
        "gone": len(gone),
        "strays": len(strays),
        "first": _(", ").join(gone[:MOST_RECORDS]) or "–",
    }
    told = _(
        "%(gone)s missing or changed (%(first)s), %(strays)s on disk that belong nowhere"
    )
    return Finding(
        "files",
        _("Files on records"),
        is_well=not gone and not strays,
        found=told % words if gone or strays else _("all there"),
        mend=_(
            "Put missing files back from a backup. What belongs nowhere is removed by "
            "night while the worker runs."
        ),
        records=tuple(f"/files/{pk}/" for pk in gone[:MOST_RECORDS]),
    )


def scanner() -> Finding:
    """Ask the virus scanner whether it is there, if the house has one."""
    is_there = not settings.CLAMD or clamd.is_there(settings.CLAMD)
    if not settings.CLAMD:
        found = _("none: files are not checked for malware")
    else:
        found = _("answers") if is_there else _("does not answer")
    return Finding(
        "scanner",
        _("Virus scanner"),
        is_well=is_there,
        found=found,
        mend=_("Start clamd, or correct GUANXI_CLAMD; files wait for it meanwhile."),
    )

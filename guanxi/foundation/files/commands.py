"""What people do with files at a record: add, describe, put into the trash, restore."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish
from guanxi.foundation.files.jobs import examine
from guanxi.foundation.files.kinds import BadFile, media_of
from guanxi.foundation.files.names import clean_name, ending_of
from guanxi.foundation.files.places import Deed, FilePlace
from guanxi.foundation.files.queries import Attached
from guanxi.foundation.files.store import Kept
from guanxi.foundation.models import StoredFile

LONGEST_NOTE, LONGEST_PLACE = 500, 200


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """
    What people say about a file.

    ``paper_place`` tells where its original lies (“cabinet 3, box 12”). A sensitive file
    is seen only by those who read the sensitive fields of the record.
    """

    name: str
    note: str = ""
    paper_place: str = ""
    is_sensitive: bool = False


@command(needs="")
def add_file(
    by: Actor,
    place: FilePlace,
    record: Model,
    facts: FileFacts,
    kept: Kept | None = None,
    *,
    at: datetime,
) -> StoredFile:
    """
    Attach a content to ``record``, or note that there is a paper if there is no content.

    It goes out once it has been examined.

    :raises BadFile: for a name or content that is not taken, or if it lies nowhere.
    :raises Denied: for whoever may not change files there.
    """
    place.require_writer(by, record)
    told = _told(facts)
    if kept is None and not told["paper_place"]:
        raise BadFile(
            _("Choose a file, or say where the paper lies."), field="paper_place"
        )
    file = StoredFile.objects.create(
        kind=place.kind,
        record_id=record.pk,
        added_by_id=by.actor_id,
        added_at=at,
        **told,
        **_content(str(told["name"]), kept),
    )
    publish(place.told(Deed.ADDED, file, at))
    if kept is not None:
        examine.later(file_id=file.pk)
    return file


@command(needs="")
def change_file(by: Actor, found: Attached, facts: FileFacts, *, at: datetime) -> None:
    """
    Call a file otherwise, or say something else about it; its extension stays.

    :raises BadFile: for a name of nothing, or if it would lie nowhere.
    """
    found.place.require_writer(by, found.record)
    file, told = found.file, _told(facts)
    if not file.token and not told["paper_place"]:
        raise BadFile(_("Say where the paper lies."), field="paper_place")
    ending = ending_of(file.name)
    if file.token and ending_of(str(told["name"])) != ending:
        told["name"] = clean_name(f"{told['name']}.{ending}")
    before = {name: getattr(file, name) for name in told}
    if before == told:
        return
    StoredFile.objects.filter(pk=file.pk).update(**told)
    publish(found.place.told(Deed.CHANGED, file, at))


@command(needs="")
def trash_file(by: Actor, found: Attached, *, at: datetime) -> None:
    """Put a file into the trash; it is not handed out from there."""
    found.place.require_writer(by, found.record)
    rows = StoredFile.objects.filter(pk=found.file.pk, trashed_at=None)
    if rows.update(trashed_at=at):
        publish(found.place.told(Deed.TRASHED, found.file, at))


@command(needs="")
def restore_file(by: Actor, found: Attached, *, at: datetime) -> None:
    """Take a file out of the trash."""
    found.place.require_writer(by, found.record)
    rows = StoredFile.objects.filter(pk=found.file.pk, trashed_at__isnull=False)
    if rows.update(trashed_at=None):
        publish(found.place.told(Deed.RESTORED, found.file, at))


def _told(facts: FileFacts) -> dict[str, object]:
    """Return the columns of what people say; the name is made harmless first."""
    name = clean_name(facts.name)
    if not name:
        raise BadFile(_("Give the file a name."), field="name")
    return {
        "name": name,
        "note": facts.note.strip()[:LONGEST_NOTE],
        "paper_place": facts.paper_place.strip()[:LONGEST_PLACE],
        "is_sensitive": facts.is_sensitive,
    }


def _content(name: str, kept: Kept | None) -> dict[str, object]:
    if kept is None:
        return {"state": StoredFile.State.UNCHECKED}
    return {
        "media": media_of(name, kept.head),
        "token": kept.token,
        "digest": kept.digest,
        "size_bytes": kept.size,
    }

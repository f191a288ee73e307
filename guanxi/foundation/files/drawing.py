"""
The confined process: pictures of a file out of the file, and a photo without its traces.

Started by `pictures.draw` as ``python -m … SOURCE MEDIA``. It limits itself before it
looks at the file and writes beside it: ``.clean`` for photos, ``.preview``, ``.thumb``.
Prints as JSON how large the picture is, or the code of its refusal.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MEGABYTE = 1024 * 1024
# The largest picture that phones take unasked has 50 million pixels: 150 MB in memory,
# and as much again while it is turned.
MOST_PIXELS = 52_000_000
MOST_MEMORY_BYTES = 1024 * MEGABYTE
MOST_CPU_SECONDS = 60
MOST_FILE_BYTES = 256 * MEGABYTE
PREVIEW_PIXELS, THUMB_PIXELS = 1600, 240
CLEAN, PREVIEW, THUMB = ".clean", ".preview", ".thumb"
QUALITY = 92
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_FORMATS |= {"image/bmp": "BMP", "image/gif": "GIF", "image/tiff": "TIFF"}
# What is drawn anew; the others keep their pages and frames.
_PHOTOS = frozenset({"JPEG", "PNG", "WEBP", "BMP"})


class Unreadable(Exception):
    """A file that is no picture, or too large a one."""


def main(source: Path, media: str) -> dict[str, object]:
    """Draw the file at ``source``; return width and height in pixels, or why not."""
    confine()
    try:
        picture = (
            page_of(source) if media == "application/pdf" else photo(source, media)
        )
        write_pictures(picture, source)
    except Unreadable as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": "too_large"}
    return {"width": picture.width, "height": picture.height}


def confine() -> None:
    """Limit memory, processor time, output and core files of this process."""
    wanted = {
        resource.RLIMIT_AS: MOST_MEMORY_BYTES,
        resource.RLIMIT_CPU: MOST_CPU_SECONDS,
        resource.RLIMIT_FSIZE: MOST_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(what, (most, most))


def photo(source: Path, media: str) -> Image:
    """
    Return the first picture of ``source``, upright; of a photo, write it drawn anew.

    :raises Unreadable: ``damaged`` or ``too_large``.
    """
    # Imported here, so that the limits above hold for it too.
    from PIL import Image, ImageOps  # noqa: PLC0415 -- see above

    form = _FORMATS[media]
    try:
        opened = Image.open(source, formats=[form])
        if opened.width * opened.height > MOST_PIXELS:
            raise Unreadable("too_large")
        is_moving = getattr(opened, "is_animated", False) and form != "JPEG"
        upright = opened if is_moving else ImageOps.exif_transpose(opened)
        upright.load()
        if form in _PHOTOS:
            _write_clean(
                upright, form, source.with_name(source.name + CLEAN), is_moving
            )
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable("damaged") from error
    return upright


def _write_clean(picture: Image, form: str, target: Path, is_moving: bool) -> None:  # noqa: FBT001 -- a fact about the picture
    """Write ``picture`` without EXIF, XMP, comments and whatever hangs on the file."""
    info = picture.info
    kept = {
        key: info[key] for key in ("duration", "loop", "icc_profile") if key in info
    }
    picture.info.clear()
    picture.info.update(kept)
    options: dict[str, Any] = {"save_all": True} if is_moving else {}
    if form in {"JPEG", "WEBP"}:
        options["quality"] = QUALITY
    if form != "BMP" and "icc_profile" in kept:
        options["icc_profile"] = kept["icc_profile"]
    picture.save(target, form, **options)


def page_of(source: Path) -> Image:
    """
    Return the first page of a PDF as a picture.

    :raises Unreadable: ``damaged``, also where it asks for a password.
    """
    import pypdfium2  # noqa: PLC0415 -- as above

    try:
        page = pypdfium2.PdfDocument(source)[0]
        width, height = page.get_size()
        scale = PREVIEW_PIXELS / max(width, height, 1)
        drawn: Image = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise Unreadable("damaged") from error
    return drawn


def write_pictures(picture: Image, source: Path) -> None:
    """Write what pages show: the preview and the thumbnail, as WebP."""
    small = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    for most, ending in ((PREVIEW_PIXELS, PREVIEW), (THUMB_PIXELS, THUMB)):
        small.thumbnail((most, most))
        small.save(source.with_name(source.name + ending), "WEBP", quality=80)


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), sys.argv[2]), sys.stdout)

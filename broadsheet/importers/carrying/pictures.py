"""Pictures and sounds of the old site, each once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha1
from io import BytesIO
from itertools import batched
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError
from wagtail.documents import get_document_model

from broadsheet.editorial.media.picture_form import WholePictureField
from broadsheet.editorial.media.sound_kinds import is_sound
from broadsheet.editorial.models import Picture
from broadsheet.importers.carrying.fetching import Fetching
from broadsheet.importers.models import Import, Imported
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.http.fetching import FetchError

AT_ONCE = 4
BATCH = 20
ENDINGS = {
    "JPEG": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "WEBP": "webp",
    "AVIF": "avif",
    "HEIF": "heic",
    "MPO": "jpg",
}
State = Imported.State


def bring(moving: Import, fetching: Fetching) -> Iterator[int]:
    """Gives how many more are settled, batch after batch. What was settled before is not asked for again."""
    waiting = Imported.objects.filter(
        moving=moving, kind__in=[Imported.Kind.PICTURE, Imported.Kind.SOUND], state=State.PLANNED
    )
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for batch in batched(keys, BATCH, strict=False):
            rows = list(Imported.objects.filter(pk__in=batch).order_by("pk"))
            found = pool.map(lambda row: _found(fetching, row.about["address"]), rows)
            for row, file in zip(rows, found, strict=True):
                with transaction.atomic():
                    _settle(row, file, moving)
            yield len(rows)


def _found(fetching: Fetching, address: str) -> bytes | str:
    try:
        return fetching.file_at(address)
    except FetchError as error:
        return str(error)


def _settle(row: Imported, file: bytes | str, moving: Import) -> None:
    if isinstance(file, str):
        row.state, row.words = State.GONE, file[:300]
    else:
        make = _picture if row.kind == Imported.Kind.PICTURE else _sound
        try:
            row.target, is_new = make(row, file)
            row.state = State.DONE
            row.made_by = moving if is_new else None
        except ValidationError as error:
            row.state, row.words = State.GONE, " ".join(error.messages)[:300]
    row.save()


def _picture(row: Imported, data: bytes) -> tuple[int, bool]:
    """Its key, and whether it is new: a second address of the same file gives the same picture."""
    digest = sha1(data, usedforsecurity=False).hexdigest()
    if there := Picture.objects.filter(file_hash=digest).first():
        return there.pk, False
    try:
        kind = Image.open(BytesIO(data)).format or ""
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("It is no picture that we can show.")) from error
    stem = PurePosixPath(unquote(urlsplit(row.about["address"]).path)).stem[:80] or "picture"
    file = SimpleUploadedFile(f"{stem}.{ENDINGS.get(kind, kind.lower())}", data)
    WholePictureField().clean(file)
    file.seek(0)
    about = without_forbidden(row.about)
    credit = str(about.get("credit") or "")[:200]
    picture = Picture(
        title=without_forbidden(stem.replace("-", " ").replace("_", " "))[:255],
        file=ContentFile(data, name=file.name),
        description=str(about.get("alt") or "")[:255],
        caption=str(about.get("caption") or "")[:400],
        credit=credit,
        credit_unknown=not credit,
    )
    picture.file_size, picture.file_hash = len(data), digest
    picture.save()
    return picture.pk, True


def _sound(row: Imported, data: bytes) -> tuple[int, bool]:
    name = PurePosixPath(unquote(urlsplit(row.about["address"]).path)).name[:100]
    if not is_sound(name, BytesIO(data)):
        raise ValidationError(_("It is not a sound that browsers play."))
    document = get_document_model()(title=(row.title or name)[:255], file=ContentFile(data, name=name))
    document.save()
    return document.pk, True

"""Files that staff attach to a notice: told by their bytes, never by their name, and limited in size.

PDF and office files are kept as they are and only ever handed out to be saved; a picture is made anew like any photo.
"""

import io
import re
import secrets
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from station.lib.photos import clean_photo

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MEMBERS = 2_000
LONGEST_NAME = 80  # characters, without the ending

TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OFFICE = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True)
class CleanFile:
    """A file ready to be stored: `stored_name` is random, `name` is what people get to see."""

    content: bytes
    stored_name: str
    name: str


def clean_attachment(file: BinaryIO, name: str, *, max_bytes: int = MAX_BYTES) -> CleanFile:
    """Make an attachment of an upload called `name`: a PDF, an .xlsx or .docx without macros, a JPEG or PNG picture.

    Raises ValidationError with code file_bytes, file_format, file_macros or what `station.lib.photos` says.
    """
    file.seek(0, io.SEEK_END)
    if file.tell() > max_bytes:
        limit = max_bytes // (1024 * 1024)
        raise ValidationError(_("文件太大，请选 %(limit)d MB 以内的。"), code="file_bytes", params={"limit": limit})
    file.seek(0)
    content = file.read()
    if content.startswith(_PICTURES):
        file.seek(0)
        content, ending = clean_photo(file).picture.content.read(), "jpg"
    else:
        ending = _ending_of(content)
    return CleanFile(content, f"{secrets.token_hex(16)}.{ending}", f"{_plain_name(name)}.{ending}")


def type_of(stored_name: str) -> str:
    """The media type of a stored file, by the ending it was given here."""
    return TYPES.get(stored_name.rpartition(".")[2], "application/octet-stream")


def _ending_of(content: bytes) -> str:
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "pdf"
    if content.startswith(b"PK\x03\x04") and (ending := _office(content)):
        return ending
    raise ValidationError(_("这种文件不能用，请选 PDF、Excel（.xlsx）、Word（.docx）或者图片。"), code="file_format")


def _office(content):
    """The ending of a spreadsheet or a text, None for any other zip file. Nothing is unpacked."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    names = {member.filename for member in members}
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        raise ValidationError(_("文件里带宏，请另存成不带宏的再传。"), code="file_macros")
    return next((ending for name, ending in _OFFICE.items() if name in names), None)


def _plain_name(name: str) -> str:
    """The name without folder, ending and whatever a phone's file system refuses."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    stem = shown.rpartition(".")[0] if "." in shown else shown
    return _UNSAFE.sub("", stem).strip(" .")[:LONGEST_NAME] or "附件"

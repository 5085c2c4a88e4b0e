"""Attachments are told by their bytes; names, macros and archives of other kinds do not get in."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from station.lib.attachments import clean_attachment, type_of
from tests.lib.test_photos import encoded, picture, png_bomb

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def zipped(*names, size=10):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "shown", "kind"),
    [
        (PDF, "办事指南.pdf", "办事指南.pdf", "application/pdf"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "表.exe", "表.xlsx", "spreadsheetml.sheet"),
        (zipped("[Content_Types].xml", "word/document.xml"), "通知.docx", "通知.docx", "wordprocessingml.document"),
        (encoded(picture(), "PNG").getvalue(), "海报.png", "海报.jpg", "image/jpeg"),
    ],
)
def test_what_staff_attach(content, name, shown, kind):
    made = clean_attachment(io.BytesIO(content), name)
    assert made.name == shown
    assert type_of(made.stored_name).endswith(kind)
    assert name.partition(".")[0] not in made.stored_name


def test_a_picture_is_made_anew():
    dirty = encoded(picture(), "JPEG", comment=b"<script>alert(1)</script>").getvalue()
    made = clean_attachment(io.BytesIO(dirty + b"<script>behind</script>"), "x.jpg")
    assert b"script" not in made.content
    assert Image.open(io.BytesIO(made.content)).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>alert(1)</script>", "file_format"),
        (b"MZ\x90\x00", "file_format"),
        (b"<script>" + PDF, "file_format"),
        (PDF[:-7], "file_format"),
        (b"PK\x03\x04 broken", "file_format"),
        (zipped("evil.exe"), "file_format"),
        (zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "file_macros"),
        (zipped("xl/workbook.xml", size=101 * 1024 * 1024), "file_format"),
        (zipped("xl/workbook.xml", *(f"{number}.xml" for number in range(2000))), "file_format"),
        (png_bomb(20_000, 20_000).getvalue(), "photo_pixels"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "file_format"),
    ],
)
def test_what_is_refused(content, code):
    with pytest.raises(ValidationError) as refusal:
        clean_attachment(io.BytesIO(content), "文件.pdf")
    assert refusal.value.code == code


def test_too_large_is_refused_before_it_is_read():
    with pytest.raises(ValidationError) as refusal:
        clean_attachment(io.BytesIO(PDF), "x.pdf", max_bytes=20)
    assert refusal.value.code == "file_bytes"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\文件\\通知.PDF", "通知.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202egpj.pdf", "gpj.pdf"),
        ("", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
        ('<img src="x">.pdf', "img src=x.pdf"),
    ],
)
def test_a_name_is_made_harmless(name, shown):
    assert clean_attachment(io.BytesIO(PDF), name).name == shown

"""Files to a notice, and how a notice looks before anybody else sees it."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from station.lib.attachments import clean_attachment
from station.models import AuditEvent, Notice, NoticeAttachment
from station.operations.notices import attach_file, delete_notice, detach_file
from tests.lib.test_attachments import PDF, zipped


@pytest.fixture(autouse=True)
def storage(settings):
    """Without paths, as a bucket is."""
    backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


@pytest.fixture
def notice(here):
    return Notice.objects.create(community=here.community, title="热姜茶", body="有姜茶", published_at=timezone.now())


@pytest.fixture
def attach(notice, community_admin):
    def add(name="办事指南.pdf", content=PDF, to=notice):
        return attach_file(to, clean_attachment(io.BytesIO(content), name), by=community_admin)

    return add


def stored():
    return default_storage.listdir("notices")[1] if default_storage.exists("notices") else []


def test_a_file_is_offered_with_its_size_and_only_to_be_saved(client, notice, attach):
    attachment = attach()
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    path = f"/notices/{notice.pk}/files/{attachment.pk}/"
    assert f'href="{path}"' in page
    assert "办事指南.pdf" in page
    answer = client.get(path)
    assert b"".join(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8A%9E%E4%BA%8B")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_goes_public_and_away_with_its_notice(client, here, elsewhere, notice, attach):
    attachment = attach()
    other = Notice.objects.create(community=here.community, title="别的", body="x")
    path = f"/notices/{notice.pk}/files/{attachment.pk}/"
    assert client.get(f"/notices/{other.pk}/files/{attachment.pk}/").status_code == 404
    assert client.get(f"/notices/{notice.pk}/files/{'9' * 30}/").status_code == 404
    for published, expires, status in [(1, None, 404), (-2, -1, 404), (-1, 1, 200)]:
        now = timezone.now()
        Notice.objects.filter(pk=notice.pk).update(
            published_at=now + timedelta(days=published), expires_at=expires and now + timedelta(days=expires)
        )
        assert client.get(path).status_code == status
    default_storage.delete(attachment.file.name)
    assert client.get(path).status_code == 404


def test_taken_away_with_or_without_its_notice(notice, attach, community_admin, django_capture_on_commit_callbacks):
    first, _second = attach(), attach("表.xlsx", zipped("xl/workbook.xml"))
    assert len(stored()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        detach_file(first, by=community_admin)
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        delete_notice(notice, by=community_admin)
    assert stored() == []
    assert not NoticeAttachment.objects.exists()
    assert list(AuditEvent.objects.order_by("number").values_list("action", flat=True)) == [
        *["add noticeattachment"] * 2,
        *["delete noticeattachment"] * 2,
        "delete notice",
    ]


# --- in the admin -----------------------------------------------------------------------------------------------------
def typed(community, *files, **more):
    data = {
        "community": community.pk,
        "kind": "news",
        "title": "新的",
        "body": "正文",
        "published_at_0": "2026-11-26",
        "published_at_1": "10:00",
        "attachments-TOTAL_FORMS": len(files),
        "attachments-INITIAL_FORMS": 0,
    }
    data |= {f"attachments-{row}-upload": file for row, file in enumerate(files)}
    return data | more


ADD = "/admin/station/notice/add/"


def test_staff_write_attach_and_delete(here, signed_in, community_admin, django_capture_on_commit_callbacks):
    browser = signed_in(community_admin)
    files = [SimpleUploadedFile("指南.exe", PDF), SimpleUploadedFile("表.xlsx", zipped("xl/workbook.xml"))]
    assert browser.post(ADD, typed(here.community, *files)).status_code == 302
    notice = Notice.objects.get()
    assert list(notice.attachments.values_list("name", "size_bytes")) == [
        ("指南.pdf", len(PDF)),
        ("表.xlsx", len(zipped("xl/workbook.xml"))),
    ]
    page = browser.get(f"/admin/station/notice/{notice.pk}/change/").content.decode()
    assert f'href="/notices/{notice.pk}/files/' in page
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/admin/station/notice/{notice.pk}/delete/", {"post": "yes"})
    assert not Notice.objects.exists()
    assert stored() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>", "这种文件不能用，请选 PDF、Excel（.xlsx）、Word（.docx）或者图片。"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "文件里带宏，请另存成不带宏的再传。"),
    ],
)
def test_a_refused_file_keeps_what_was_typed(here, signed_in, community_admin, content, said):
    answer = signed_in(community_admin).post(
        ADD, typed(here.community, SimpleUploadedFile("x.pdf", content), body="打了半天的字")
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "打了半天的字" in answer.content.decode()
    assert not Notice.objects.exists()


def test_somebody_elses_notice_takes_no_file(elsewhere, signed_in, community_admin, keeper):
    theirs = Notice.objects.create(community=elsewhere.community, title="河东的", body="x")
    path = f"/admin/station/notice/{theirs.pk}/change/"
    data = typed(elsewhere.community, SimpleUploadedFile("x.pdf", PDF))
    assert signed_in(community_admin).post(path, data).status_code == 404
    assert signed_in(keeper).post(ADD, data).status_code == 403
    assert not NoticeAttachment.objects.exists()


def test_a_preview_shows_the_page_and_writes_nothing(here, notice, attach, signed_in, community_admin):
    attach()
    browser = signed_in(community_admin)
    data = {"title": "还没存的", "body": "**加粗**<script>", "kind": "policy", "signed": "社区"}
    page = browser.post("/admin/station/notice/preview/", data).content.decode()
    for said in (
        "这是预览，只有工作人员看得见。",
        "<h1>还没存的</h1>",
        "<strong>加粗</strong>&lt;script&gt;",
        "政策明白话",
    ):
        assert said in page
    assert "办事指南.pdf" not in page
    assert "办事指南.pdf" in browser.post(f"/admin/station/notice/preview/?of={notice.pk}", data).content.decode()
    assert Notice.objects.get() == notice
    letter = browser.post("/admin/station/notice/preview/", data | {"kind": "letter"}).content.decode()
    assert "<p>**加粗**&lt;script&gt;</p>" in letter


def test_a_preview_says_what_is_wrong(signed_in, community_admin):
    browser = signed_in(community_admin)
    for data, status in [({"title": "长" * 61}, 422), ({"kind": "x"}, 422), ({"body": "\0"}, 422), ({}, 200)]:
        assert browser.post("/admin/station/notice/preview/", data).status_code == status


def test_who_may_not_write_may_not_preview(elsewhere, client, signed_in, keeper, community_admin):
    theirs = Notice.objects.create(community=elsewhere.community, title="河东的", body="x")
    assert signed_in(keeper).post("/admin/station/notice/preview/", {}).status_code == 403
    assert client.post("/admin/station/notice/preview/", {}).status_code == 302
    browser = signed_in(community_admin)
    assert browser.post(f"/admin/station/notice/preview/?of={theirs.pk}", {}).status_code == 404
    assert browser.post(f"/admin/station/notice/preview/?of={'9' * 40}", {}).status_code == 200
    assert browser.get("/admin/station/notice/preview/").status_code == 405


def test_staff_look_at_what_is_not_public_yet(
    client, here, elsewhere, notice, attach, signed_in, community_admin, keeper, rider
):
    attachment = attach()
    Notice.objects.update(published_at=timezone.now() + timedelta(days=1))
    pages = [f"/notices/{notice.pk}/", f"/notices/{notice.pk}/files/{attachment.pk}/"]
    for path in pages:
        assert [signed_in(user).get(path).status_code for user in (community_admin, keeper, rider)] == [200, 404, 404]
        assert client.get(path).status_code == 404
    page = signed_in(community_admin).get(pages[0])
    assert "这是预览" in page.content.decode()
    assert signed_in(community_admin).get(pages[1])["Cache-Control"] == "private, no-store"
    Notice.objects.update(community=elsewhere.community)
    assert signed_in(community_admin).get(pages[0]).status_code == 404

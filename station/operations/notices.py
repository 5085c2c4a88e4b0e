"""Notices taken down, and the files attached to them."""

from django.db import transaction

from station.lib.db import save_checked
from station.models import NoticeAttachment
from station.operations import audit
from station.operations.files import remove_after_commit, stored
from station.operations.records import delete_record

FOLDER = "notices/"


@transaction.atomic
def attach_file(notice, upload, *, by):
    """Attach a `station.lib.attachments.CleanFile`. Raises ValidationError."""
    name = FOLDER + upload.stored_name
    with stored({name: upload.content}):
        attachment = NoticeAttachment(notice=notice, file=name, name=upload.name, size_bytes=len(upload.content))
        save_checked(attachment)
        audit.record("add noticeattachment", attachment, by=by, community=notice.community)
    return attachment


@transaction.atomic
def detach_file(attachment, *, by):
    """Take an attachment away; its file goes once that is certain."""
    name = attachment.file.name
    delete_record(attachment, by=by, community=attachment.notice.community)
    remove_after_commit([name] if name else [])


@transaction.atomic
def delete_notice(notice, *, by):
    """Delete a notice with its attachments, which the audit names one by one."""
    for attachment in notice.attachments.all():
        detach_file(attachment, by=by)
    delete_record(notice, by=by, community=notice.community)

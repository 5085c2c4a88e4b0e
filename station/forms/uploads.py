"""What staff send: photos of a station, files to a notice. The browser forgets a chosen file when a form comes back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from station.forms.staff import StaffModelForm
from station.lib.attachments import clean_attachment
from station.lib.photo_sizes import photo_set
from station.models import Notice, NoticeAttachment, StationPhoto

PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif"
ATTACHMENT_TYPES = ".pdf,.xlsx,.docx,image/jpeg,image/png"


class ChosenAlready(forms.Widget):
    """In place of the input where the file is there already. A table asks its first row how it is to be sent."""

    needs_multipart_form = True

    def render(self, name, value, attrs=None, renderer=None):
        return "–"


class UploadForm(StaffModelForm):
    """One row with a file, which is chosen once: another file is another row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["upload"].disabled = True
            self.fields["upload"].widget = ChosenAlready()

    def clean(self):
        cleaned = super().clean()
        if not (self.instance.pk or cleaned.get("upload") or "upload" in self.errors):
            self.add_error("upload", _("请选一个文件；别的地方填错时，文件要重新选一次。"))
        return cleaned


class PhotoSetField(forms.FileField):
    """A photo, as a PhotoSet."""

    widget = forms.FileInput(attrs={"accept": PHOTO_TYPES})

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return photo_set(file) if file else None


class StationPhotoForm(UploadForm):
    upload = PhotoSetField(label=_("照片"), required=False, help_text=_("10 MB 以内；里面的定位和手机信息会去掉"))

    class Meta:
        model = StationPhoto
        fields = ["shows", "caption", "position"]


class AttachmentField(forms.FileField):
    """A file, as a CleanFile under the name it came with."""

    widget = forms.FileInput(attrs={"accept": ATTACHMENT_TYPES})

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return clean_attachment(file, file.name) if file else None


class AttachmentForm(UploadForm):
    upload = AttachmentField(
        label=_("文件"), required=False, help_text=_("PDF、Excel、Word 或图片，10 MB 以内；文件名大家看得到")
    )

    class Meta:
        model = NoticeAttachment
        fields = []


class NoticePreviewForm(forms.Form):
    """What of a notice being written is shown as its page; nothing has to be finished yet."""

    title = forms.CharField(label=_("标题"), max_length=60, required=False)
    body = forms.CharField(label=_("正文"), max_length=5000, required=False)
    signed = forms.CharField(label=_("落款"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=Notice.Kind, required=False)

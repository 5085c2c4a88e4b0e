"""What is typed about a hazard: the rider's one-tap form, and what staff say when they handle it."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from services.hazards.models import GridMember, Report
from services.hazards.models.reports import ICONS, Category, Urgency
from station.forms.fields import KeyField, PhotoField
from station.forms.staff import StaffModelForm
from station.lib import geo
from station.lib.people import normalize_phone
from station.lib.photos import clean_photo
from station.models import Community, Station, User

MAX_PHOTOS = 3
PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif"
NO_PLACE = _("写一下在哪里，或者点“用我的位置”。")


class PointField(forms.CharField):
    """ "latitude,longitude" as the place button writes it, to a geo.Point rounded to three decimals (about 100 m)."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})
    PATTERN = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,12})?),(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)")

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        match = self.PATTERN.fullmatch(text)
        if match is None:
            raise ValidationError(_("定位没读懂，已经清掉；直接写地点就行。"), code="coordinates")
        point = geo.Point(*(Decimal(part).quantize(Decimal("0.001")) for part in match.groups()))
        geo.validate_coordinates(*point)
        return point


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several picked photos, as a list of CleanPhoto; `max_count` at most."""

    widget = ManyFilesInput

    def __init__(self, *, max_count, **kwargs):
        super().__init__(**kwargs)
        self.max_count = max_count

    def clean(self, data, initial=None):
        files = [super(PhotosField, self).clean(file, initial) for file in data or []]
        if len(files) > self.max_count:
            raise ValidationError(
                _("最多再加 %(count)d 张，请挑最清楚的。") % {"count": self.max_count}, code="photo_count"
            )
        return [clean_photo(file) for file in files]


class ReportForm(forms.Form):
    """One hazard in four taps: what, a photo, where, send."""

    TYPED = ("key", "category", "place", "point", "community", "description")  # what a draft keeps

    key = KeyField(required=False)
    category = forms.ChoiceField(
        label=_("看到了什么"),
        choices=Category,
        widget=forms.RadioSelect,
        error_messages={"required": _("点一下是哪一类。"), "invalid_choice": _("没有这一类，请在下面选一个。")},
    )
    photo = PhotoField(
        label=_("拍一张"),
        required=False,
        help_text=_("停好车再拍。照片里的定位和手机信息会先去掉再保存。"),
    )
    more_photos = PhotosField(
        label=_("从相册选"),
        required=False,
        max_count=MAX_PHOTOS - 1,
        help_text=_("最多 2 张，每张 10 MB 以内"),
        widget=ManyFilesInput(attrs={"accept": PHOTO_TYPES, "multiple": True}),
    )
    place = forms.CharField(
        label=_("在哪里"),
        required=False,
        max_length=100,
        help_text=_("路名、门牌或旁边的店。取了位置可以不写。"),
        widget=forms.TextInput(attrs={"placeholder": _("例如：晓塘路15号门口"), "autocomplete": "off"}),
    )
    point = PointField(required=False, max_length=40)
    station = forms.ModelChoiceField(
        Station.objects.listed().select_related("community", "grid"),
        label=_("附近驿站"),
        required=False,
        to_field_name="code",
        widget=forms.HiddenInput,
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("哪个社区"), required=False, help_text=_("取了位置可以不选")
    )
    description = forms.CharField(
        label=_("还想说什么"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities = list(Community.objects.all())
        if len(self.communities) <= 1:
            del self.fields["community"]
        else:
            # The list is read once, for the question and for the answers to choose from.
            self.fields["community"].choices = [("", _("请选择")), *((c.pk, c.name) for c in self.communities)]

    @property
    def category_tiles(self):
        """(radio button, name of its icon), in order."""
        return [(option, ICONS[option.data["value"]]) for option in self["category"]]

    @property
    def typed(self):
        """What was typed, as typed. No page can put a chosen photo back, and the station stays in the address."""
        return {name: self.data.get(name, "") for name in self.TYPED}

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("place") or cleaned.get("point") or cleaned.get("station")) and not self.errors:
            self.add_error("place", ValidationError(NO_PLACE, code="required"))
        return cleaned

    @property
    def answer(self):
        """The cleaned data as send_report takes it."""
        answer = dict(self.cleaned_data)
        photos = [answer.pop("photo"), *answer.pop("more_photos")]
        return answer | {"photos": [photo for photo in photos if photo]}


class NotFixedForm(forms.Form):
    """What is still wrong, in the reporter's words."""

    text = forms.CharField(
        label=_("哪里还没好"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class HandlingForm(forms.Form):
    """A form on the way of one `report`; its words are what the reporter reads."""

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, **kwargs)
        self.report = report


class DispatchForm(HandlingForm):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("派给谁"))
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=Urgency, help_text=_("2 小时、24 小时、7 天、15 天内办结，从现在起算")
    )
    text = forms.CharField(label=_("给上报人的话"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = self.report.possible_owners()
        self.initial.setdefault("urgency", self.report.urgency)


class SolveForm(HandlingForm):
    text = forms.CharField(
        label=_("怎么处理的"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("上报人会看到")
    )
    # Often from a computer, or taken earlier: no camera is opened.
    photo = PhotoField(label=_("处理后的照片"), required=False, widget=forms.ClearableFileInput)


class CloseForm(HandlingForm):
    text = forms.CharField(label=_("为什么现在办结"), max_length=300, help_text=_("例如：回访两次，上报人没有异议"))


class RefuseForm(HandlingForm):
    refusal = forms.ChoiceField(label=_("原因"), choices=[("", "---------"), *Report.Refusal.choices])
    duplicate_of = forms.CharField(
        label=_("和哪一条重复"), max_length=24, required=False, help_text=_("填那一条的编号，例如 JSL-S-000012")
    )
    text = forms.CharField(
        label=_("给上报人的话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_duplicate_of(self):
        number = self.cleaned_data["duplicate_of"].strip().upper()
        if not number:
            return None
        found = Report.objects.filter(community=self.report.community_id, number=number).first()
        if found is None:
            raise ValidationError(_("本社区没有这个编号，请核对。"), code="unknown_number")
        return found


class NewGridMemberForm(StaffModelForm):
    """A rider is named by his phone: nobody has to leaf through a list of all riders."""

    phone = forms.CharField(label=_("骑手手机号"), max_length=20, help_text=_("他要先用手机号登录过一次"))

    class Meta:
        model = GridMember
        fields = ["phone", "grid", "since"]

    def clean_phone(self):
        phone = normalize_phone(self.cleaned_data["phone"])
        rider = User.objects.with_phone(phone).first()
        if rider is None:
            raise ValidationError(_("这个手机号还没登录过，请他先登录一次。"), code="unknown_phone")
        self.instance.user = rider
        return phone

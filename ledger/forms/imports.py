"""What staff fill in to bring a file into a register: the file and how, then which column is which."""

import re
from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.imports import REGISTERS, importable
from ledger.models import ImportBatch
from station.lib.cells import half_width
from station.lib.sheets import MAX_FILE_BYTES

_DIGITS = re.compile(r"[0-9Xx*]{7,}")


def veiled(text):
    """A cell as an example: of long numbers only the ends."""
    return _DIGITS.sub(lambda match: f"{match[0][:3]}****{match[0][-2:]}", half_width(text))


class ImportSettingsForm(forms.Form):
    """How the rows of a file meet those of the ledger."""

    mode = forms.ChoiceField(
        label=_("台账里已有的怎么办"),
        choices=ImportBatch.Mode.choices,
        initial=ImportBatch.Mode.SKIP,
        widget=forms.RadioSelect,
        help_text=_("无论哪种，文件里的空格子都不会清掉台账里的内容；状态也不会被文件改动"),
    )
    consents_on_paper = forms.BooleanField(
        label=_("本人同意已取得（纸质）"),
        required=False,
        help_text=_("有签字的同意书才勾：新登记的人，以及文件里的政治面貌和身份证号，会记为“纸质签字”同意"),
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.register = REGISTERS[kind]
        if kind == "enterprises":
            del self.fields["consents_on_paper"]

    @property
    def on_paper(self):
        return self.cleaned_data.get("consents_on_paper", False)


class UploadForm(ImportSettingsForm):
    """One file for one register of one community."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_(".xlsx 或 .csv，最多 5 MB、20000 行；表头上面有标题没关系"),
        error_messages={"required": _("请选一个文件。"), "empty": _("这个文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写进每条记录的历史，例如：街道下发的骑手名单"),
    )
    field_order = ["community", "file", "mode", "consents_on_paper", "reason"]

    def __init__(self, *args, communities, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities = communities
        if len(communities) > 1:
            choices = [(community.pk, community.name) for community in communities]
            self.fields["community"] = forms.TypedChoiceField(label=_("社区"), choices=choices, coerce=int)
            self.order_fields(self.field_order)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(
                _("文件超过 %(n)d MB，请分成几个小一些的。"), "too_large", {"n": MAX_FILE_BYTES // 10**6}
            )
        return file

    def batch(self):
        """The unsaved import this form describes."""
        chosen = self.cleaned_data.get("community", self.communities[0].pk)
        return ImportBatch(
            community=next(community for community in self.communities if community.pk == chosen),
            kind=self.register.roster.kind,
            mode=self.cleaned_data["mode"],
            consents_on_paper=self.on_paper,
            reason=self.cleaned_data["reason"].strip(),
            file_name=self.cleaned_data["file"].name or "",
        )


class MappingForm(ImportSettingsForm):
    """For every column of the file the column of the ledger it fills, with a few of its cells as examples."""

    def __init__(self, *args, batch, user, examples=(), **kwargs):
        initial = {"mode": batch.mode, "consents_on_paper": batch.consents_on_paper}
        super().__init__(*args, kind=batch.kind, initial=initial, **kwargs)
        self.columns = importable(self.register.roster, user)
        choices = [("", _("不导入这一列")), *((column.key, column.title) for column in self.columns)]
        self.places = [place for place, title in enumerate(batch.headers) if title or batch.mapping[place]]
        for place in self.places:
            seen = list(dict.fromkeys(veiled(cells[place]) for cells in examples if cells[place]))
            self.fields[self._name(place)] = forms.ChoiceField(
                label=batch.headers[place] or _("第 %(n)d 列") % {"n": place + 1},
                choices=choices,
                required=False,
                initial=batch.mapping[place],
                help_text="、".join(text[:20] for text in seen),
            )
        self.width = len(batch.headers)

    @staticmethod
    def _name(place):
        return f"column_{place}"

    def column_fields(self):
        """The fields of the columns, for the page."""
        return [self[self._name(place)] for place in self.places]

    def setting_fields(self):
        return [field for field in self if not field.name.startswith("column_")]

    @property
    def mapping(self):
        return [self.cleaned_data.get(self._name(place), "") for place in range(self.width)]

    def clean(self):
        cleaned = super().clean()
        keys = Counter(self.mapping)
        for place in self.places:
            key = cleaned.get(self._name(place))
            if key and keys[key] > 1:
                self.add_error(self._name(place), _("同一列只能对应一次。"))
        identifying = self.register.identifying
        if not self.errors and not any(keys[key] for key in identifying):
            titles = "、".join(str(self.register.roster.catalogue[key].title) for key in identifying)
            raise ValidationError(_("至少要有一列能认出是谁：%(titles)s。"), "unidentified", {"titles": titles})
        return cleaned

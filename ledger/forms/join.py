"""What a worker fills in to register himself: few fields, each with its purpose beside it."""

from django import forms
from django.core.validators import slug_re
from django.utils.translation import gettext_lazy as _

from ledger.models import Worker
from station.forms.fields import TrapMixin
from station.lib.people import NAME_MAX_LENGTH, normalize_name, normalize_phone, validate_name
from station.models import Community, Grid, Occupation


class PlaceField(forms.ModelChoiceField):
    """A grid by the streets it covers: nobody but staff knows its number."""

    def label_from_instance(self, grid):
        return grid.area or str(grid)


class JoinForm(TrapMixin, forms.Form):
    """Registers one worker. With several communities it asks for the community, with one for the part of it.

    `community_code` is the one the letter's code names; unknown or missing, he chooses himself.
    """

    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=NAME_MAX_LENGTH,
        validators=[validate_name],
        help_text=_("用来登记和联系，填真实姓名"),
        error_messages={"required": _("请填怎么称呼您。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        help_text=_("用来核实和通知服务，不给别人看"),
        error_messages={"required": _("请填手机号，好联系您核实。")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    occupation = forms.ChoiceField(
        label=_("您做哪一行"),
        choices=Occupation.choices,
        widget=forms.RadioSelect,
        help_text=_("好知道给您准备什么服务"),
        error_messages={"required": _("请选一个最接近的行当。")},
    )
    platform = forms.CharField(
        label=_("平台"), max_length=40, required=False, help_text=_("例如接哪家的单；方便统一联系")
    )
    site = forms.CharField(label=_("站点"), max_length=60, required=False, help_text=_("常去的站点或网点"))
    community = forms.ModelChoiceField(
        label=_("社区"),
        queryset=Community.objects.none(),
        help_text=_("您常跑的地方属于哪个社区"),
        error_messages={"required": _("请选您常去的社区。")},
    )
    grid = PlaceField(
        label=_("常在哪一片"),
        queryset=Grid.objects.none(),
        required=False,
        empty_label=_("不确定"),
        help_text=_("好让管那一片的网格员来核实"),
    )
    needs = forms.CharField(
        label=_("想要什么帮助"),
        max_length=200,
        required=False,
        help_text=_("例如孩子上学、租房、法律咨询；能帮的我们来办"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = forms.BooleanField(
        label=_("我已看过告知书，同意社区登记以上信息，用来联系我和提供服务"),
        help_text=_("不同意也能照常用驿站；以后随时可以撤回"),
        error_messages={"required": _("勾上同意，我们才能登记。不想登记也没关系，驿站照常用。")},
    )

    def __init__(self, *args, user=None, community_code="", **kwargs):
        super().__init__(*args, **kwargs)
        first_two = Community.objects.order_by("name")[:2]
        self.only_community = first_two[0] if len(first_two) == 1 else None
        if self.only_community:
            del self.fields["community"]
            self.fields["grid"].queryset = Grid.objects.filter(community=self.only_community)
        else:
            del self.fields["grid"]
            self.fields["community"].queryset = Community.objects.order_by("name")
            if slug_re.match(community_code):
                self.fields["community"].initial = Community.objects.filter(code=community_code).first()
        if user is not None:
            self.fields["name"].initial = user.name
            if user.phone:  # proved by code when he signed in
                self.fields["phone"].initial = str(user.phone)
                self.fields["phone"].disabled = True

    def clean_name(self):
        return normalize_name(self.cleaned_data["name"])

    def clean_phone(self):
        return normalize_phone(self.cleaned_data["phone"])

    def worker(self):
        """The unsaved row this form describes."""
        data = self.cleaned_data
        return Worker(
            community=self.only_community or data["community"],
            grid=data.get("grid"),
            **{name: data[name] for name in ("name", "phone", "occupation", "platform", "site", "needs")},
        )

"""Accounts, duties, consents."""

from django.contrib import admin
from django.contrib.auth.forms import SetPasswordMixin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.admin.base import ObjectAction, OperationAdmin
from station.forms.staff import ReasonForm, StaffModelForm
from station.lib.people import mask_phone
from station.models import Consent, Duty, User
from station.operations import people, second_factor
from station.roles import Role


class NewStaffForm(SetPasswordMixin, StaffModelForm):
    """A new staff account with its first password."""

    password1, password2 = SetPasswordMixin.create_password_fields(label1=_("密码"), label2=_("再输一遍"))

    class Meta:
        model = User
        fields = ["username", "name", "phone", "community"]

    def clean(self):
        self.validate_passwords()
        return super().clean()

    def _post_clean(self):
        super()._post_clean()
        self.validate_password_for_user(self.instance)


class UserForm(StaffModelForm):
    masks = {"phone": mask_phone}


@admin.register(User)
class UserAdmin(OperationAdmin):
    """Staff accounts of the own community. Riders do not appear."""

    form = UserForm
    list_display = ["username", "name", "masked_phone", "is_staff", "is_active"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["username", "name"]
    fields = ["username", "name", "phone", "is_active"]
    object_actions = [
        ObjectAction(
            "reset-second-factor",
            _("重置动态口令"),
            second_factor.reset_second_factor,
            action="reset_second_factor",
            form=ReasonForm,
            available=lambda user: second_factor.confirmed_device(user) is not None,
            done=_("重置了。他下次登录时重新绑定手机上的验证器。"),
        )
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewStaffForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        return self.fields if obj else ["username", "name", "phone", "community", "password1", "password2"]

    @admin.display(description=_("手机号"))
    def masked_phone(self, obj):
        return obj.masked_phone

    def save_operation(self, obj, *, by, form, change):
        if change:
            people.change_account(obj, by=by, fields=form.changed_data)
        else:
            people.create_staff(obj, password=form.cleaned_data["password1"], by=by)


@admin.register(Duty)
class DutyAdmin(OperationAdmin):
    list_display = ["user", "role", "place", "starts_on", "ends_on"]
    list_filter = ["role"]
    list_select_related = ["user", "street", "community", "grid", "station"]
    fields = ["user", "role", "street", "community", "grid", "station", "starts_on", "ends_on"]
    object_actions = [
        ObjectAction(
            "end",
            _("立刻撤销"),
            people.end_duty,
            form=ReasonForm,
            available=lambda duty: duty.ends_on is None or duty.ends_on >= timezone.localdate(),
            done=_("撤销了，马上生效。"),
        )
    ]

    def url_of(self, obj):
        """The list, where the duty is gone."""
        return super().url_of(obj) if obj.pk else reverse("admin:station_duty_changelist")

    def get_exclude(self, request, obj=None):
        """Only the system's administrator gives a street away; nobody else is asked for one."""
        return [*super().get_exclude(request, obj), *([] if request.user.is_superuser else ["street"])]

    def get_fields(self, request, obj=None):
        hidden = self.get_exclude(request, obj)
        return [name for name in self.fields if name not in hidden]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role" and not request.user.is_superuser:
            roles = [choice for choice in Role.choices if choice[0] != Role.STREET_SUPERVISOR]
            kwargs["choices"] = [("", "---------"), *roles]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A duty opens the pages of staff, so colleagues are offered, not the riders who signed in here."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user":
            field.queryset = field.queryset.filter(is_staff=True)
        return field

    @admin.display(description=_("范围"))
    def place(self, obj):
        return obj.place

    def save_operation(self, obj, *, by, form, change):
        people.give_duty(obj, by=by)


@admin.register(Consent)
class ConsentAdmin(OperationAdmin):
    list_display = ["purpose", "channel", "text_version", "given_at", "withdrawn_at"]
    list_filter = ["purpose", "channel"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

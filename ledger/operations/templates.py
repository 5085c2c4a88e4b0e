"""Saving a form template with its columns."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.layouts import BUILT_IN, groupings, refuse_filters, signatures_in
from ledger.models import FormColumn, FormTemplate
from ledger.rosters import ROSTERS
from station.lib.db import save_checked
from station.operations import audit

MOST_SIGNATURES = 6


@transaction.atomic
def save_template(template: FormTemplate, columns: Sequence[FormColumn], *, by) -> FormTemplate:
    """Save `template` with exactly these `columns`, in their order. Raises ValidationError for what cannot print."""
    _refuse(template, columns)
    verb = "add" if template._state.adding else "change"
    save_checked(template)
    template.columns.all().delete()
    for position, column in enumerate(columns, start=1):
        column.pk, column.template, column.position = None, template, position
        save_checked(column)
    audit.record(
        f"{verb} formtemplate",
        template,
        by=by,
        community=template.community,
        kind=template.kind,
        columns=[column.key for column in columns],
    )
    return template


def _refuse(template, columns):
    roster = ROSTERS.get(template.kind)
    if roster is None:
        raise ValidationError({"kind": _("请先选花名册。")})
    catalogue = roster.catalogue
    if not columns:
        raise ValidationError(_("一列也没选，印出来是空的。请至少勾选一列。"))
    if unknown := [column.key for column in columns if column.key not in catalogue]:
        raise ValidationError(_("这本花名册没有这一列：%(keys)s。") % {"keys": "、".join(unknown)})
    if len({column.key for column in columns}) < len(columns):
        raise ValidationError(_("同一列只能放一次。"))
    if template.order:
        wanted = catalogue.get(template.order)
        if wanted is None:
            raise ValidationError({"order": _("这本花名册没有这一列，不能按它排序。")})
        if not wanted.order:
            raise ValidationError(
                {"order": _("“%(title)s”加密保存或是算出来的，不能按它排序，请换一列。") % {"title": wanted.title}}
            )
    if template.group_by not in dict(groupings(roster)):
        raise ValidationError({"group_by": _("这本花名册不能这样分组。")})
    names = [name for usual in BUILT_IN[roster.kind] for name in (usual.name, gettext(usual.name))]
    if template.name.strip() in (*names, gettext("标准花名册")):
        raise ValidationError({"name": _("系统自带的表样叫这个名字了，请另起一个。")})
    if len(signatures_in(template.signatures)) > MOST_SIGNATURES:
        raise ValidationError({"signatures": _("签字栏最多 %(n)d 个。") % {"n": MOST_SIGNATURES}})
    refuse_filters(roster, template.filters)

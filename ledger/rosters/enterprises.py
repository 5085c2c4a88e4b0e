"""The roster of enterprises (新业态企业花名册). To add a column, add one ``Column`` to `columns` or to `more`.

The widths of `columns` fill one A4 sheet across (``PAPER_WIDTH_MM``); a test adds them up.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise
from ledger.rosters.columns import (
    Column,
    Filter,
    Roster,
    choice,
    grid_column,
    masked,
    model_choices,
    number_column,
    plain,
    yes_no,
)
from station.lib.people import mask_phone


def _party_organisation(row):
    if row.party_organisation == Enterprise.PartyOrganisation.NONE:
        return gettext("未组建：%(reason)s") % {"reason": row.no_party_reason}
    return row.get_party_organisation_display()


def _filter(name):
    return Filter(name, Enterprise._meta.get_field(name).verbose_name, name, model_choices(Enterprise, name))


ENTERPRISES = Roster(
    kind="enterprises",
    title=_("新业态企业花名册"),
    unit=_("家"),
    model=Enterprise,
    current="active",
    place_path="",
    related=("grid",),
    unread=("note",),
    columns=(
        number_column(20),
        plain("name", _("企业名称"), Enterprise, "name", 36, 30, synonyms=("单位名称", "企业", "单位", "名称")),
        choice("kind", _("业态"), Enterprise, "kind", 16, 12, synonyms=("企业类型", "行业", "类型", "行业类别")),
        plain(
            "credit_code",
            _("统一社会信用代码"),
            Enterprise,
            "credit_code",
            33,
            22,
            synonyms=("信用代码", "社会信用代码", "统一信用代码"),
        ),
        grid_column(14),
        plain(
            "address",
            _("地址"),
            Enterprise,
            "address",
            32,
            36,
            synonyms=("单位地址", "企业地址", "经营地址", "详细地址"),
        ),
        plain(
            "contact_name",
            _("负责人"),
            Enterprise,
            "contact_name",
            14,
            12,
            synonyms=("联系人", "负责人姓名", "企业负责人", "法定代表人"),
        ),
        masked(
            "contact_phone",
            _("负责人电话"),
            "contact_phone",
            mask_phone,
            21,
            15,
            identity=lambda row: row.contact_phone_index,
            synonyms=("电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "负责人手机"),
        ),
        choice("condition", _("经营状况"), Enterprise, "condition", 14, 12, synonyms=("经营情况", "经营状态")),
        plain(
            "worker_count",
            _("从业人数"),
            Enterprise,
            "worker_count",
            9,
            8,
            synonyms=("从业人员数", "员工数", "从业人员"),
            adds=True,
        ),
        plain("member_count", _("党员人数"), Enterprise, "member_count", 9, 8, synonyms=("党员数", "党员"), adds=True),
        Column(
            "party_organisation",
            _("党组织"),
            _party_organisation,
            20,
            24,
            field="party_organisation",
            synonyms=("组织建设", "党组织组建", "党组织情况", "党组织建设"),
            order="party_organisation",
        ),
        yes_no("union", _("工会"), Enterprise, "has_union", 9, 8, yes=_("有"), no=_("无")),
        plain("confirmed", _("最近核实"), Enterprise, "last_confirmed_on", 17, 12, field=""),
    ),
    more=(
        plain("instructor", _("党建指导员"), Enterprise, "instructor", 18, 12, synonyms=("指导员",)),
        choice("light", _("分类"), Enterprise, "light", 12, 8, synonyms=("红黄绿", "攻坚培育巩固", "分类管理")),
        choice("state", _("状态"), Enterprise, "state", 18, 12, field=""),
        plain("left_on", _("离开日期"), Enterprise, "left_on", 20, 12, field=""),
        plain("left_reason", _("离开原因"), Enterprise, "left_reason", 30, 24, field=""),
        plain("note", _("备注"), Enterprise, "note", 40, 30, reads=("note",)),
    ),
    filters=(_filter("kind"), _filter("condition"), _filter("party_organisation"), _filter("light"), _filter("state")),
)

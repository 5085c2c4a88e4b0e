"""The roster of enterprises (新业态企业花名册). To add a column, add one ``Column`` to `columns` or to `more`.

The widths of `columns` fill one A4 sheet across (``PAPER_WIDTH_MM``); a test adds them up.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise
from ledger.rosters.columns import (
    CONFIRMED_TITLES,
    Column,
    Filter,
    Roster,
    choice,
    grid_column,
    hand_columns,
    masked,
    model_choices,
    number_column,
    plain,
    yes_no,
)
from ledger.rosters.reading import code_reader, read_party_organisation
from station.lib.crypto import stored_index
from station.lib.people import mask_phone

# What other tables write for a choice.
KIND_WORDS = {
    "food_delivery": "外卖 外卖平台 餐饮配送 即时配送",
    "express": "快递 物流 快递业 物流快递 快递企业",
    "ride_hailing": "网约车 出行 网约车平台",
    "freight": "货运 货车 物流货运",
    "live_commerce": "直播 电商 直播带货 网络直播",
    "other": "其他 其它",
}
CONDITION_WORDS = {
    "good": "良好 好",
    "normal": "正常 一般 营业 在营",
    "hard": "困难 较差 差",
    "paused": "歇业 停业中 暂停营业 关闭",
}
LIGHT_WORDS = {"red": "红 红色 红灯 攻坚类", "yellow": "黄 黄色 黄灯 培育类", "green": "绿 绿色 绿灯 巩固类"}


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
    columns=(
        number_column(20),
        plain("name", _("企业名称"), Enterprise, "name", 36, 30, synonyms=("单位名称", "企业", "单位", "名称")),
        choice(
            "kind",
            _("业态"),
            Enterprise,
            "kind",
            16,
            12,
            words=KIND_WORDS,
            synonyms=("企业类型", "行业", "类型", "行业类别", "业态类型"),
        ),
        plain(
            "credit_code",
            _("统一社会信用代码"),
            Enterprise,
            "credit_code",
            33,
            22,
            read=code_reader("credit_code"),
            synonyms=("信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码证号"),
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
            identity=lambda row: stored_index(row, "contact_phone_index"),
            reads=("contact_phone", "contact_phone_index"),
            synonyms=("电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "负责人手机"),
        ),
        choice(
            "condition",
            _("经营状况"),
            Enterprise,
            "condition",
            14,
            12,
            words=CONDITION_WORDS,
            synonyms=("经营情况", "经营状态"),
        ),
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
            identity=lambda row: [row.party_organisation, row.no_party_reason],
            reads=("party_organisation", "no_party_reason"),
            field="party_organisation",
            read=read_party_organisation,
            synonyms=("组织建设", "党组织组建", "党组织情况", "党组织建设"),
            order="party_organisation",
        ),
        yes_no(
            "union",
            _("工会"),
            Enterprise,
            "has_union",
            9,
            8,
            yes=_("有"),
            no=_("无"),
            synonyms=("建有工会", "工会组织", "是否建立工会"),
        ),
        plain(
            "confirmed",
            _("最近核实"),
            Enterprise,
            "last_confirmed_on",
            17,
            12,
            field="",
            entry_field="last_confirmed_on",
            synonyms=CONFIRMED_TITLES,
        ),
    ),
    more=(
        plain("instructor", _("党建指导员"), Enterprise, "instructor", 18, 12, synonyms=("指导员",)),
        plain(
            "no_party_reason",
            _("未组建原因"),
            Enterprise,
            "no_party_reason",
            30,
            24,
            synonyms=("未建原因", "没有组建的原因"),
        ),
        choice(
            "light",
            _("分类"),
            Enterprise,
            "light",
            12,
            8,
            words=LIGHT_WORDS,
            synonyms=("红黄绿", "攻坚培育巩固", "分类管理"),
        ),
        choice("state", _("状态"), Enterprise, "state", 18, 12, field="", read=None),
        plain("left_on", _("离开日期"), Enterprise, "left_on", 20, 12, field="", read=None),
        plain("left_reason", _("离开原因"), Enterprise, "left_reason", 30, 24, field="", read=None),
        plain("note", _("备注"), Enterprise, "note", 40, 30, synonyms=("说明",)),
        *hand_columns(),
    ),
    filters=(_filter("kind"), _filter("condition"), _filter("party_organisation"), _filter("light"), _filter("state")),
)

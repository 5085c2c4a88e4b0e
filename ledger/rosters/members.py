"""The roster of mobile party members (流动党员花名册). To add a column, add one ``Column`` to `columns` or to `more`.

The widths of `columns` fill one A4 sheet across (``PAPER_WIDTH_MM``); a test adds them up.
"""

from django.utils.translation import gettext_lazy as _

from ledger.models import PartyMember, Worker
from ledger.rosters.columns import (
    OCCUPATION_WORDS,
    SEX_WORDS,
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
from station.lib.crypto import stored_index
from station.lib.people import mask_phone


def _worker(row):
    return row.worker


def _filter(name):
    return Filter(name, PartyMember._meta.get_field(name).verbose_name, name, model_choices(PartyMember, name))


MEMBERS = Roster(
    kind="members",
    title=_("流动党员花名册"),
    unit=_("名"),
    model=PartyMember,
    current="in_touch",
    place_path="worker__",
    related=("worker__grid",),
    columns=(
        number_column(23),
        plain("name", _("姓名"), Worker, "name", 26, 14, of=_worker, synonyms=("党员姓名", "名字")),
        choice("sex", _("性别"), Worker, "sex", 10, 6, of=_worker, words=SEX_WORDS),
        masked(
            "phone",
            _("手机号"),
            "phone",
            mask_phone,
            23,
            15,
            of=_worker,
            identity=lambda row: stored_index(row.worker, "phone_index"),
            reads=("worker__phone", "worker__phone_index"),
            synonyms=("电话", "联系电话", "手机", "手机号码", "联系方式"),
        ),
        choice(
            "occupation",
            _("职业"),
            Worker,
            "occupation",
            24,
            14,
            of=_worker,
            words=OCCUPATION_WORDS,
            synonyms=("从业类型", "工种", "岗位"),
        ),
        grid_column(17, of=_worker),
        choice(
            "direction",
            _("流向"),
            PartyMember,
            "direction",
            13,
            8,
            words={"in": "流入党员", "out": "流出党员"},
            synonyms=("流入流出", "流动方向"),
        ),
        plain(
            "home_branch",
            _("组织关系所在支部"),
            PartyMember,
            "home_branch",
            65,
            36,
            needs="reveal",
            synonyms=("所在支部", "组织关系所在党支部", "所在党支部"),
            order="",
        ),
        plain("reported", _("报到日期"), PartyMember, "reported_in_on", 21, 12, synonyms=("报到时间", "到站报到日期")),
        choice("state", _("状态"), PartyMember, "state", 20, 12, field="", read=None),
        plain("next_contact", _("下次联系"), PartyMember, "next_contact_on", 22, 12, synonyms=("下次联系日期",)),
    ),
    more=(
        plain(
            "home_contact",
            _("支部联系人"),
            PartyMember,
            "home_contact",
            22,
            14,
            needs="reveal",
            order="",
        ),
        masked(
            "home_phone",
            _("支部联系电话"),
            "home_phone",
            mask_phone,
            24,
            15,
            needs="reveal",
            synonyms=("支部电话",),
        ),
        plain(
            "receiving_branch",
            _("接收支部"),
            PartyMember,
            "receiving_branch",
            50,
            30,
            needs="reveal",
            synonyms=("接收党支部", "流入地支部"),
            order="",
        ),
        yes_no(
            "card",
            _("持流动党员活动证"),
            PartyMember,
            "has_activity_card",
            18,
            12,
            yes=_("有"),
            no=_("无"),
            synonyms=("流动党员活动证", "活动证", "是否持证"),
        ),
        masked(
            "card_number",
            _("活动证编号"),
            "card_number",
            lambda text: "****" if text else "",
            26,
            16,
            synonyms=("流动党员活动证编号", "活动证号", "证件编号"),
            needs="reveal",
        ),
        plain("away_reason", _("外出原因"), PartyMember, "away_reason", 26, 20, synonyms=("流动原因",)),
        plain("note", _("备注"), PartyMember, "note", 40, 30, reads=("note",), synonyms=("说明",)),
        *hand_columns(),
    ),
    filters=(_filter("state"), _filter("direction")),
)

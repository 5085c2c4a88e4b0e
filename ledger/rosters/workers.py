"""The roster of workers (新就业群体花名册). To add a column, add one ``Column`` to `columns` or to `more`.

The widths of `columns` fill one A4 sheet across (``PAPER_WIDTH_MM``); a test adds them up.
"""

from django.utils.translation import gettext_lazy as _

from ledger.models import Worker
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
from station.lib.people import mask_id_number, mask_phone


def _freshness(row):
    return _("该核实了") if row.is_stale else _("有效")


def _filter(name):
    return Filter(name, Worker._meta.get_field(name).verbose_name, name, model_choices(Worker, name))


WORKERS = Roster(
    kind="workers",
    title=_("新就业群体花名册"),
    unit=_("名"),
    model=Worker,
    current="active",
    place_path="",
    related=("grid", "employer"),
    unread=("id_number", "id_purpose", "affiliation", "needs", "note", "employer__contact_phone"),
    columns=(
        number_column(23),
        plain("name", _("姓名"), Worker, "name", 25, 14, synonyms=("名字", "人员姓名", "从业人员姓名")),
        choice("sex", _("性别"), Worker, "sex", 9, 6),
        choice(
            "occupation", _("职业"), Worker, "occupation", 19, 14, synonyms=("从业类型", "工种", "岗位", "职业类型")
        ),
        plain("platform", _("平台"), Worker, "platform", 18, 14, synonyms=("平台名称", "所属平台", "从业平台")),
        plain("site", _("站点"), Worker, "site", 25, 20, synonyms=("网点", "站点名称", "所在站点")),
        Column(
            "employer",
            _("所属企业"),
            lambda row: row.employer,
            57,
            30,
            field="employer",
            synonyms=("单位名称", "企业名称", "工作单位", "所在单位", "用工单位", "企业"),
            order="employer__name",
            nameless=_("没有所属企业"),
        ),
        grid_column(16),
        masked(
            "phone",
            _("手机号"),
            "phone",
            mask_phone,
            23,
            15,
            identity=lambda row: row.phone_index,
            synonyms=("电话", "联系电话", "手机", "手机号码", "联系方式", "电话号码"),
        ),
        plain("confirmed", _("最近核实"), Worker, "last_confirmed_on", 20, 12, field=""),
        Column("freshness", _("核实情况"), _freshness, 17, 12, derived=True),
        choice("state", _("状态"), Worker, "state", 12, 10, field=""),
    ),
    more=(
        plain("other_contact", _("其他联系方式"), Worker, "other_contact", 26, 20, synonyms=("微信", "微信号")),
        yes_no("in_union", _("工会会员"), Worker, "in_union", 12, 10, yes=_("是"), no=_("否")),
        plain(
            "needs", _("需求"), Worker, "needs", 40, 30, reads=("needs",), synonyms=("诉求", "需要的帮助", "服务需求")
        ),
        choice(
            "affiliation",
            _("政治面貌"),
            Worker,
            "affiliation",
            18,
            12,
            needs="reveal",
            reads=("affiliation",),
            order="",
        ),
        masked(
            "id_number",
            _("身份证号"),
            "id_number",
            mask_id_number,
            36,
            22,
            needs="reveal",
            reads=("id_number",),
            synonyms=("身份证", "身份证号码", "公民身份号码"),
        ),
        plain("id_purpose", _("身份证号用途"), Worker, "id_purpose", 24, 20, needs="reveal", reads=("id_purpose",)),
        choice("source", _("来源"), Worker, "source", 17, 12, synonyms=("登记渠道", "信息来源")),
        plain("left_on", _("离开日期"), Worker, "left_on", 20, 12, field=""),
        plain("left_reason", _("离开原因"), Worker, "left_reason", 30, 24, field=""),
        plain("note", _("备注"), Worker, "note", 40, 30, reads=("note",)),
    ),
    filters=(_filter("occupation"), _filter("state"), _filter("source")),
)

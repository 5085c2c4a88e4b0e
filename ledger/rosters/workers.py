"""The roster of workers (新就业群体花名册). To add a column, add one ``Column`` to `columns` or to `more`.

The widths of `columns` fill one A4 sheet across (``PAPER_WIDTH_MM``); a test adds them up.
"""

from django.utils.translation import gettext_lazy as _

from ledger.models import Worker
from ledger.rosters.columns import (
    CONFIRMED_TITLES,
    OCCUPATION_WORDS,
    SEX_WORDS,
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
from ledger.rosters.reading import read_employer
from station.lib.crypto import stored_index
from station.lib.people import mask_id_number, mask_phone

SOURCE_WORDS = {"door": "上门 走访 入户", "wechat": "微信 网格群", "platform": "平台 名单", "self": "自己登记 自行登记"}


def _freshness(row):
    return _("该核实了") if row.is_stale else _("有效")


def _employer(row):
    return row.employer.name if row.employer_id else ""


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
    columns=(
        number_column(23),
        plain("name", _("姓名"), Worker, "name", 25, 14, synonyms=("名字", "人员姓名", "从业人员姓名")),
        choice("sex", _("性别"), Worker, "sex", 9, 6, words=SEX_WORDS),
        choice(
            "occupation",
            _("职业"),
            Worker,
            "occupation",
            19,
            14,
            words=OCCUPATION_WORDS,
            synonyms=("从业类型", "工种", "岗位", "职业类型"),
        ),
        plain("platform", _("平台"), Worker, "platform", 18, 14, synonyms=("平台名称", "所属平台", "从业平台")),
        plain("site", _("站点"), Worker, "site", 25, 20, synonyms=("网点", "站点名称", "所在站点")),
        Column(
            "employer",
            _("所属企业"),
            _employer,
            57,
            30,
            field="employer",
            read=read_employer,
            synonyms=("单位名称", "企业名称", "工作单位", "所在单位", "用工单位", "企业"),
            reads=("employer__name",),
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
            identity=lambda row: stored_index(row, "phone_index"),
            reads=("phone", "phone_index"),
            synonyms=("电话", "联系电话", "手机", "手机号码", "联系方式", "电话号码"),
        ),
        plain(
            "confirmed",
            _("最近核实"),
            Worker,
            "last_confirmed_on",
            20,
            12,
            field="",
            entry_field="last_confirmed_on",
            synonyms=CONFIRMED_TITLES,
        ),
        Column(
            "freshness",
            _("核实情况"),
            _freshness,
            17,
            12,
            identity=lambda row: row.last_confirmed_on,
            derived=True,
            repeats=True,
            reads=("last_confirmed_on",),
        ),
        choice("state", _("状态"), Worker, "state", 12, 10, field="", read=None),
    ),
    more=(
        plain("other_contact", _("其他联系方式"), Worker, "other_contact", 26, 20, synonyms=("微信", "微信号")),
        yes_no(
            "in_union",
            _("工会会员"),
            Worker,
            "in_union",
            12,
            10,
            yes=_("是"),
            no=_("否"),
            synonyms=("是否加入工会", "加入工会"),
        ),
        plain("needs", _("需求"), Worker, "needs", 40, 30, synonyms=("诉求", "需要的帮助", "服务需求")),
        choice(
            "affiliation",
            _("政治面貌"),
            Worker,
            "affiliation",
            18,
            12,
            needs="reveal",
            words={
                "member": "党员 正式党员 中共正式党员",
                "probationary": "中共预备党员",
                "league": "团员",
                "other": "无党派 无党派人士 民主党派",
            },
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
            synonyms=("身份证", "身份证号码", "公民身份号码"),
        ),
        plain("id_purpose", _("身份证号用途"), Worker, "id_purpose", 24, 20, needs="reveal", reads=("id_purpose",)),
        choice("source", _("来源"), Worker, "source", 17, 12, words=SOURCE_WORDS, synonyms=("登记渠道", "信息来源")),
        plain("left_on", _("离开日期"), Worker, "left_on", 20, 12, field="", read=None),
        plain("left_reason", _("离开原因"), Worker, "left_reason", 30, 24, field="", read=None),
        plain("note", _("备注"), Worker, "note", 40, 30, reads=("note",), synonyms=("说明",)),
        *hand_columns(),
    ),
    filters=(_filter("occupation"), _filter("state"), _filter("source")),
)

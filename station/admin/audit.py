"""The audit trail: to be read, never touched."""

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from station.admin.base import OperationAdmin
from station.models import AuditEvent

# Operations name what they did in English, verb and noun. A noun that is a model is called what the model is called.
VERBS = {
    "add": pgettext_lazy("audit", "新增"),
    "change": pgettext_lazy("audit", "修改"),
    "delete": pgettext_lazy("audit", "删除"),
    "register": pgettext_lazy("audit", "登记"),
    "confirm": pgettext_lazy("audit", "核实"),
    "contact": pgettext_lazy("audit", "联系"),
    "leave": pgettext_lazy("audit", "标为离开"),
    "return": pgettext_lazy("audit", "重新入册"),
    "move": pgettext_lazy("audit", "改变状态"),
    "reveal": pgettext_lazy("audit", "查看完整信息"),
    "cancel": pgettext_lazy("audit", "取消"),
    "send": pgettext_lazy("audit", "提交"),
    "withdraw": pgettext_lazy("audit", "撤回"),
    "dispatch": pgettext_lazy("audit", "派单"),
    "solve": pgettext_lazy("audit", "处理完成"),
    "refuse": pgettext_lazy("audit", "不予受理"),
    "reopen": pgettext_lazy("audit", "重新打开"),
    "close": pgettext_lazy("audit", "办结"),
    "sort": pgettext_lazy("audit", "改归类"),
    "give": pgettext_lazy("audit", "给予"),
    "mark": pgettext_lazy("audit", "标记"),
    "suspend": pgettext_lazy("audit", "暂停"),
    "undo": pgettext_lazy("audit", "撤回核实"),
    "correct": pgettext_lazy("audit", "更正离开原因"),
}
ACTIONS = {
    "answer voice": _("答复心声"),
    "book place": _("预约"),
    "change account": _("修改账号"),
    "change round": _("修改摸排"),
    "check entry": _("摸排核查"),
    "check in booking": _("预约签到"),
    "close round": _("结束摸排"),
    "close station": _("停用驿站"),
    "commit import": _("导入花名册"),
    "confirm fault": _("确认驿站问题"),
    "confirm registration": _("核实自助登记"),
    "create rider": _("骑手首次登录"),
    "decide peak": _("看过异常时段"),
    "create staff": _("新增工作人员"),
    "dismiss fault": _("认定不是问题"),
    "end duty": _("撤销职责"),
    "enrol second factor": _("绑定动态口令"),
    "export figures": _("导出台账数字"),
    "explain entry": _("说明没核查的原因"),
    "export ledger": _("导出整本台账"),
    "export refused rows": _("下载不能导入的行"),
    "export roster": _("导出名册"),
    "notice late openings": _("发现没按时开门"),
    "open station": _("说开门了"),
    "shut station": _("说关门了"),
    "fill holidays": _("补全放假日历"),
    "fix fault": _("修好驿站问题"),
    "flag peak": _("标出异常时段"),
    "give consent": _("记录同意"),
    "give duty": _("给予职责"),
    "grant voice": _("实现心愿"),
    "hide voice": _("不公开心声"),
    "join ledger": _("自助登记"),
    "lapse fault": _("驿站问题自动结束"),
    "load demo": _("载入演示数据"),
    "mark distinct": _("记为不是同一个"),
    "mark booking no-show": _("预约未到"),
    "mark volunteer attended": _("志愿者到岗"),
    "mark volunteer no-show": _("志愿者未到"),
    "open round": _("开始摸排"),
    "open sessions": _("排出场次"),
    "open shifts": _("排出班次"),
    "print letter": _("打印一封信"),
    "print roster": _("打印名册"),
    "print sheets": _("打印摸排表"),
    "record letters": _("记录发信"),
    "refuse registration": _("不予登记"),
    "refuse second factor": _("动态口令不对"),
    "register workers": _("批量登记人员"),
    "remind staff": _("提醒工作人员"),
    "renew recovery codes": _("更换备用码"),
    "reopen registration": _("重新核实自助登记"),
    "reopen station": _("恢复开放"),
    "report fault": _("反映驿站问题"),
    "report in member": _("党员到站报到"),
    "reset second factor": _("重置动态口令"),
    "say voice": _("留下心声"),
    "sign in": _("登录"),
    "sign up for shift": _("报名班次"),
    "suspend station": _("暂停开放"),
    "tally visits": _("补记人次"),
    "undo attendance": _("撤回到岗"),
    "undo check-in": _("撤回签到"),
    "undo import": _("撤销导入"),
    "withdraw consent": _("撤回同意"),
    "withdraw from shift": _("退出班次"),
}
DETAILS = {
    "address": _("来自"),
    "as_of": _("台账日期"),
    "checked": _("看了几样"),
    "stations": _("几个驿站"),
    "copies": _("打算印几份"),
    "changed": _("有变化"),
    "count": _("数量"),
    "consent": _("告知书版本"),
    "days": _("天数"),
    "device": _("哪部手机"),
    "entries": _("条目"),
    "failures": _("连错次数"),
    "fields": _("字段"),
    "figure": _("哪张表"),
    "filters": _("筛选"),
    "grid": _("网格"),
    "columns": _("列"),
    "enterprises": _("企业"),
    "filtered": _("经过筛选"),
    "form": _("形式"),
    "full": _("含完整信息"),
    "kind": _("花名册"),
    "known": _("已有登记"),
    "letters": _("封数"),
    "members": _("流动党员"),
    "people": _("人次"),
    "photos": _("照片"),
    "purpose": _("用途"),
    "reached": _("联系上了"),
    "mode": _("方式"),
    "new": _("新增"),
    "refused": _("不能导入"),
    "result": _("结果"),
    "role": _("角色"),
    "round": _("摸排"),
    "roster": _("花名册"),
    "rows": _("行数"),
    "serial": _("流水号"),
    "owner": _("责任人账号"),
    "session": _("场次"),
    "sessions": _("几场"),
    "shifts": _("几班"),
    "shift": _("班次"),
    "stale": _("久未核实"),
    "state": _("状态"),
    "station": _("驿站"),
    "template": _("表样"),
    "told": _("通知人数"),
    "unchanged": _("没变化"),
    "unchecked": _("没查完"),
    "unexplained": _("没说明"),
    "user": _("账号"),
    "usual": _("平时"),
    "year": _("年份"),
    "way": _("方式"),
    "workers": _("人员"),
}


def action_label(action):
    """What staff read for the action an operation recorded."""
    if action in ACTIONS:
        return str(ACTIONS[action])
    verb, _space, noun = action.partition(" ")
    nouns = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
    return f"{VERBS[verb]}{nouns[noun]}" if verb in VERBS and noun in nouns else action


def target_model(event):
    """The model the event is about, or None: not every event is about a row, and a model may be gone."""
    try:
        return apps.get_model(event.target_type)
    except (LookupError, ValueError):
        return None


def field_label(model, name):
    """What a field is called on the pages of staff."""
    try:
        return str(model._meta.get_field(name).verbose_name)
    except (AttributeError, FieldDoesNotExist):
        return name


def value_label(model, name, value):
    """What a stored choice is called, where the row or one that hangs on it has such a field; else `value` itself."""
    models = [model, *(relation.related_model for relation in model._meta.related_objects)] if model else []
    for each in models:
        field = next((field for field in each._meta.concrete_fields if field.name == name), None)
        if field is not None and value in (choices := dict(field.flatchoices)):
            return str(choices[value])
    return value


def details_text(event):
    """Which fields and how many; the values themselves are not in the trail."""
    model, parts = target_model(event), []
    for name, value in event.data.items():
        if name == "fields":
            value = "、".join(field_label(model, field) for field in value)
        elif isinstance(value, bool):
            value = _now("是") if value else _now("否")
        elif isinstance(value, list):
            value = "、".join(map(str, value))
        elif isinstance(value, str):
            value = value_label(model, name, value)
        parts.append(f"{DETAILS.get(name) or field_label(model, name)}：{value}")
    return "；".join(parts)


class ActionFilter(admin.SimpleListFilter):
    title = _("做了什么")
    parameter_name = "action"

    def lookups(self, request, model_admin):
        actions = model_admin.get_queryset(request).order_by().values_list("action", flat=True).distinct()
        return sorted(((action, action_label(action)) for action in actions), key=lambda choice: choice[1])

    def queryset(self, request, queryset):
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(action=self.value()) if self.value() in known else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(OperationAdmin):
    list_display = ["number", "at", "actor", "what", "target", "reason"]
    list_filter = [ActionFilter, "at", ("actor", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["=target_id"]
    search_help_text = _("输入对象后面的数字")
    list_select_related = ["actor"]
    fields = readonly_fields = ["number", "at", "actor", "what", "target", "reason", "details", "seal"]

    @admin.display(description=_("做了什么"), ordering="action")
    def what(self, event):
        return action_label(event.action)

    @admin.display(description=_("对象"), ordering="target_type")
    def target(self, event):
        model = target_model(event)
        return f"{model._meta.verbose_name} {event.target_id}" if model else event.target_id or "–"

    @admin.display(description=_("细节"))
    def details(self, event):
        return details_text(event) or "–"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

"""What hangs on one entry, for the page of that entry: each section only for who may look at such rows."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.models import Enterprise, PartyMember, SurveyEntry, Worker
from station.models import Consent, User

SURVEYS_SHOWN = 6


@dataclass(frozen=True)
class Item:
    """One line: what it is about, what there is to say, where it leads."""

    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under one heading; `empty` is said where there are none."""

    title: str
    items: tuple[Item, ...]
    empty: str = ""


def of_worker(worker, user, *, may_merge):
    """Employer, party member, findings, consents, accounts. At most seven queries."""
    family = [worker, *worker.merged_from.all()]
    yield _employer(worker, user)
    if user.has_perm("ledger.view_partymember"):
        yield _member(worker, user)
    yield _findings(user, worker__in=family)
    if user.has_perm("station.view_consent"):
        yield _consents(row.uid for row in family)
    if may_merge:
        yield _accounts(family)


def of_enterprise(enterprise, user):
    """Its workers and the findings about it. At most three queries."""
    yield _workers(enterprise, user)
    yield _findings(user, enterprise__in=[enterprise, *enterprise.merged_from.all()])


def _day(moment):
    return date_format(timezone.localtime(moment), "Y-m-d")


def _employer(worker, user):
    items = ()
    if worker.employer_id:
        visible = Enterprise.objects.visible_to(user).filter(pk=worker.employer_id).exists()
        url = reverse("admin:ledger_enterprise_change", args=[worker.employer_id]) if visible else ""
        items = (Item(f"{worker.employer.number} {worker.employer.name}", worker.employer.get_state_display(), url),)
    return Section(_("所属企业"), items, _("没有登记。"))


def _member(worker, user):
    member = PartyMember.objects.visible_to(user).filter(worker=worker).first()
    if member is not None:
        url = reverse("admin:ledger_partymember_change", args=[member.pk])
        return Section(_("流动党员"), (Item(member.number, member.get_state_display(), url),))
    if worker.state != Worker.State.ACTIVE:
        return Section(_("流动党员"), (), _("没有登记。"))
    url = f"{reverse('admin:ledger_partymember_add')}?worker={worker.pk}"
    return Section(_("流动党员"), (Item(_("登记为流动党员"), _("他是党员，而且组织关系不在这里"), url),))


def _findings(user, **subject):
    rows = SurveyEntry.objects.visible_to(user).filter(**subject).select_related("round")
    items = []
    for row in rows.order_by("-round__starts_on", "-pk")[:SURVEYS_SHOWN]:
        said = [row.get_result_display()]
        if row.checked_at:
            said += [row.get_channel_display(), _day(row.checked_at), row.note]
        url = reverse("admin:ledger_surveyentry_change", args=[row.pk])
        items.append(Item(row.round.title, " · ".join(filter(None, map(str, said))), url))
    return Section(_("摸排结果"), tuple(items), _("还没有参加过摸排。"))


def _consents(uids):
    items = []
    for consent in Consent.objects.filter(person_uid__in=list(uids)):
        said = [str(consent.get_channel_display()), _day(consent.given_at)]
        if consent.withdrawn_at:
            said.append(_("%(day)s 撤回") % {"day": _day(consent.withdrawn_at)})
        items.append(Item(consent.get_purpose_display(), " · ".join(said)))
    return Section(_("本人同意过"), tuple(items), _("还没有记录。"))


def _accounts(family):
    items = tuple(
        Item(user.masked_phone or str(user), _("手机登录的账号，预约和上报都在它名下"))
        for user in User.objects.filter(worker__in=family)
    )
    return Section(_("登录账号"), items, _("他还没有用手机登录过，或者没有登记成同一个号。"))


def _workers(enterprise, user):
    rows = Worker.objects.visible_to(user).filter(employer=enterprise)
    states = (Worker.State.ACTIVE, Worker.State.PENDING, Worker.State.LEFT)
    counts = rows.aggregate(**{state.value: Count("pk", filter=Q(state=state)) for state in states})
    listed = f"{reverse('admin:ledger_worker_changelist')}?employer={enterprise.pk}"
    items = tuple(
        Item(
            f"{state.label} {counts[state.value]} {_('人')}",
            _("企业自报 %(n)d 人") % {"n": enterprise.worker_count} if state == Worker.State.ACTIVE else "",
            f"{listed}&state__exact={state.value}",
        )
        for state in states
        if counts[state.value]
    )
    return Section(_("登记在册的从业人员"), items, _("名册里还没有这家企业的人。"))

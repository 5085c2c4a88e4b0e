"""Who may do what: one written table, role × model × action. *Where* he may do it is the scope of his duty.

A permission is ``"<app>.<action>_<model>"`` as Django spells it, so the admin reads the same table. Upper apps appear
here as plain words; nothing is imported from them.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    COMMUNITY_ADMIN = "community_admin", _("社区管理员")
    GRID_WORKER = "grid_worker", _("网格员")
    STATION_KEEPER = "station_keeper", _("驿站管理员")
    TEAM_LEADER = "team_leader", _("志愿队长")
    STREET_SUPERVISOR = "street_supervisor", _("街道督导")


# reveal: see an ID number, a full phone or an affiliation, with a reason; figures: counts without persons.
TABLE = {
    Role.COMMUNITY_ADMIN: {
        "station.user": "view add change",
        "station.duty": "view add change",
        "station.community": "view change figures",
        "station.grid": "view add change",
        "station.partner": "view add change",
        "station.station": "view add change suspend tally",
        "station.amenitykind": "view",
        "station.amenity": "view add change delete",
        "station.weeklyhours": "view add change delete",
        "station.specialday": "view add change delete",
        "station.publicholiday": "view add change delete",
        "station.stationphoto": "view add change delete",
        "station.doorreport": "view add",
        "station.lateopening": "view",
        "station.fault": "view handle",
        "station.voice": "view answer reveal",
        "station.visit": "view add",
        "station.visitpeak": "view decide",
        "station.notice": "view add change delete",
        "station.noticeattachment": "view add change delete",
        "station.auditevent": "view",
        "station.consent": "view",
        "ledger.enterprise": "view add change confirm leave merge reveal import export print",
        "ledger.worker": "view add change confirm leave merge reveal import export print",
        "ledger.partymember": "view add change reveal import export print",
        "ledger.contactnote": "view add",
        "ledger.distinctpair": "view add delete",
        "ledger.formtemplate": "view add change delete",
        "ledger.formcolumn": "view add change delete",
        "ledger.importbatch": "view add commit undo",
        "ledger.surveyround": "view add change close print",
        "ledger.surveyentry": "view change",
        "ledger.letterhandout": "view add",
        "ledger.printout": "view",
        "bookings.service": "view add change",
        "bookings.sessionpattern": "view add change",
        "bookings.session": "view add change cancel",
        "bookings.booking": "view change checkin",
        "volunteering.team": "view add change",
        "volunteering.member": "view add change",
        "volunteering.desk": "view add change",
        "volunteering.shift": "view add change cancel",
        "volunteering.signup": "view change checkin",
        "hazards.report": "view change handle",
        "hazards.gridmember": "view add change",
    },
    Role.GRID_WORKER: {
        "station.station": "view",
        "ledger.enterprise": "view add change confirm",
        "ledger.worker": "view add change confirm reveal_phone",
        "ledger.surveyround": "view",
        "ledger.surveyentry": "view change",
        "ledger.letterhandout": "view add",
        "bookings.session": "view",
        "volunteering.shift": "view",
        "hazards.report": "view change handle",
    },
    Role.STATION_KEEPER: {
        "station.station": "view suspend tally",
        "station.amenity": "view change",
        "station.specialday": "view add",
        "station.doorreport": "view add",
        "station.lateopening": "view",
        "station.fault": "view handle",
        "station.voice": "view answer",
        "station.visit": "view add",
        "station.visitpeak": "view",
        "bookings.session": "view",
        "bookings.booking": "view checkin",
        "volunteering.shift": "view",
        "hazards.report": "view",
    },
    Role.TEAM_LEADER: {
        "volunteering.team": "view",
        "volunteering.member": "view",
        "volunteering.desk": "view",
        "volunteering.shift": "view add change cancel",
        "volunteering.signup": "view change checkin",
    },
    Role.STREET_SUPERVISOR: {
        "station.station": "view",
        "station.fault": "view",
        "station.lateopening": "view",
        "station.community": "view figures",
        "bookings.session": "view",
        "volunteering.shift": "view",
        "hazards.report": "view",
    },
}


def _permissions(table):
    for model, actions in table.items():
        app, _dot, name = model.partition(".")
        for action in actions.split():
            yield f"{app}.{action}_{name}"


PERMISSIONS = {role: frozenset(_permissions(table)) for role, table in TABLE.items()}

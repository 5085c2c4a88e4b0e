"""The sheets of a survey round as PDF: each grid on sheets of its own, what is known printed, the rest to fill in."""

from contextlib import closing
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from ledger.models import Enterprise
from ledger.papers import GridEntries, SurveyPaper
from ledger.prints.frames import SMALL, Frame, sign_height
from ledger.prints.rosters import Signature
from ledger.prints.tables import HEAD_FILL, Row, Table
from station.lib.paper import Sheets

BOX = "□"
ROW_HEIGHT, BLANK_HEIGHT = 8.5, 9.5  # room to write
SECTION_HEIGHT = 7
BLANKS = {"enterprises": 1, "workers": 5}  # at least so many rows for what nobody knew of
MOST_BLANKS = 12
SIGNS_A_LINE = 4


class _Column(NamedTuple):
    title: str
    width_mm: float
    align: str = "L"


def write_sheets(paper: SurveyPaper, file: BinaryIO, *, anyway: bool = False) -> None:
    """Write the sheets as PDF. Raises ValidationError for a character no font has, unless to be printed `anyway`."""
    with closing(Sheets()) as sheets:
        _SurveySheets(paper, sheets).draw()
        sheets.save(file, title=f"{paper.title} {paper.serial}", at=paper.at, anyway=anyway)


def boxes(labels, apart="　") -> str:
    """Something to tick before each label."""
    return apart.join(f"{BOX}{label}" for label in labels)


def _findings():
    return [_("无变化"), _("有变化"), _("已离开")]


class _SurveySheets:
    """The sheets being drawn: of which grid, and how far down."""

    def __init__(self, paper: SurveyPaper, sheets: Sheets):
        self.paper, self.sheets = paper, sheets
        self.frame = Frame(sheets, paper)
        self.enterprises = _Section(
            sheets,
            [
                _Column(_("序号"), 9, "C"),
                _Column(_("编号"), 20),
                _Column(_("企业名称、地址"), 52),
                _Column(_("负责人、电话"), 24),
                _Column(_("经营状况"), 40),
                _Column(_("组织建设"), 46),
                _Column(_("从业人数、党员人数"), 28),
                _Column(_("核查结果"), 18),
                _Column(_("有变化写在这里"), 36),
            ],
        )
        self.workers = _Section(
            sheets,
            [
                _Column(_("序号"), 9, "C"),
                _Column(_("编号"), 21),
                _Column(_("姓名"), 27),
                _Column(_("手机号"), 25),
                _Column(_("职业"), 23),
                _Column(_("平台、站点"), 44),
                _Column(_("核查结果"), 50),
                _Column(_("有变化写在这里"), 74),
            ],
        )
        self.name = ""

    def draw(self):
        for known in self.paper.grids():
            self._grid(known)
        if not self.sheets.count:
            self._grid(GridEntries(self.paper.grid, [], []))
        self.sheets.finish(self.frame.number)

    def _grid(self, known: GridEntries):
        self.name = str(known.grid) if known.grid else _("未定网格")
        self.sheets.begin_sheet()
        self.frame.foot()
        self.y = self._head(known)
        found = len(known.enterprises)
        self._section(_("一、新业态企业（已知 %(n)d 家）") % {"n": found}, self.enterprises)
        for number, enterprise in enumerate(known.enterprises, 1):
            self._add(self._enterprise_row(number, enterprise))
        for number in range(found + 1, found + 1 + BLANKS["enterprises"]):
            self._add(self._enterprise_row(number, None))
        self.enterprises.table.close()
        self.y += 3
        found = len(known.workers)
        self._section(_("二、新就业群体（已知 %(n)d 名）") % {"n": found}, self.workers)
        for number, worker in enumerate(known.workers, 1):
            self._add(self._worker_row(number, worker))
        self._blank_workers(found)
        self.workers.table.close()
        self.frame.sign(self.y + 5, self._signatures(), a_line=SIGNS_A_LINE)

    # --- head --------------------------------------------------------------------------------------------------------
    def _head(self, known):
        survey = self.paper.survey
        period = _("%(round)s　%(first)s 至 %(last)s") % {
            "round": survey.title,
            "first": survey.starts_on.isoformat(),
            "last": survey.ends_on.isoformat(),
        }
        title = _("%(paper)s · %(grid)s") % {"paper": self.paper.title, "grid": self.name}
        area = _("范围：%(area)s") % {"area": known.grid.area} if known.grid and known.grid.area else ""
        y = self.frame.title(title, below=period, small=area)
        said = _("渠道：%(boxes)s　　个别不同的，写在“有变化写在这里”一栏") % {"boxes": boxes(self.paper.channels)}
        y = self.sheets.paragraph(self.frame.left, y, self.sheets.room, said)
        if self.paper.questions:
            asked = _("照着问：%(questions)s") % {"questions": boxes(self.paper.questions)}
            y = self.sheets.paragraph(self.frame.left, y + 0.8, self.sheets.room, asked)
        note = _("手机号已打码，号码有变请写新的。填完交社区录入，录完由社区收回销毁。")
        return self.sheets.paragraph(self.frame.left, y + 0.8, self.sheets.room, note, **SMALL) + 1

    def _next_sheet(self):
        """Overleaf, with the heads of the section that goes on."""
        self.section.table.close()
        self.sheets.begin_sheet()
        self.frame.foot()
        said = _("%(paper)s · %(grid)s（续）") % {"paper": self.paper.title, "grid": self.name}
        self.y = self.frame.running_head(f"{said}　{self.paper.survey.title}")
        self.y = self.section.draw_head(self.y)

    def _section(self, title, section):
        """The title and the head of a section, never at the foot of a sheet without a row."""
        self.section = section
        if self.y + SECTION_HEIGHT + section.head.height + 2 * BLANK_HEIGHT > self.sheets.limit:
            self.sheets.begin_sheet()
            self.frame.foot()
            self.y = self.frame.running_head(f"{self.paper.title} · {self.name}　{self.paper.survey.title}")
        self.sheets.text_at(self.frame.left, self.y, self.sheets.room, title, points=11, height=6, bold=True)
        self.y = section.draw_head(self.y + SECTION_HEIGHT)

    # --- rows --------------------------------------------------------------------------------------------------------
    def _add(self, row: Row, keep=0.0):
        if self.y + row.height + keep > self.sheets.limit:
            self._next_sheet()
        self.y = self.section.table.draw(self.y, row)

    def _enterprise_row(self, number, enterprise):
        if enterprise:
            self.sheets.where = enterprise.number
        conditions = [label for _value, label in Enterprise.Condition.choices]
        organisations = [label for _value, label in Enterprise.PartyOrganisation.choices]
        condition = boxes(conditions[:2]) + "\n" + boxes(conditions[2:])
        organisation = boxes(organisations[:2]) + "\n" + boxes(organisations[2:]) + "\n" + _("未组建原因：")
        counts = _("从业　　　　人\n党员　　　　人")
        if enterprise is None:
            texts = [str(number), "", "", "", condition, organisation, counts, BOX + _("新发现"), ""]
        else:
            before = _("上次：%(what)s")
            texts = [
                str(number),
                enterprise.number,
                f"{enterprise.name}\n{enterprise.address}",
                f"{enterprise.contact_name}\n{enterprise.masked_contact_phone}",
                f"{condition}\n{before % {'what': enterprise.get_condition_display()}}",
                f"{organisation}\n{before % {'what': enterprise.get_party_organisation_display()}}",
                counts + "\n" + before % {"what": f"{enterprise.worker_count}、{enterprise.member_count}"},
                boxes(_findings(), "\n"),
                "",
            ]
        return self.section.row(texts, BLANK_HEIGHT)

    def _worker_row(self, number, worker):
        self.sheets.where = worker.number
        place = "、".join(filter(None, (worker.platform, worker.site)))
        contact = worker.masked_phone or worker.other_contact
        texts = [worker.number, worker.name, contact, worker.get_occupation_display(), place, boxes(_findings()), ""]
        return self.section.row([str(number), *texts], ROW_HEIGHT)

    def _blank_workers(self, known):
        """Rows for new finds, as many as the sheet has room for; the last stays with the signatures."""
        closing = 5 + sign_height(self._signatures(), SIGNS_A_LINE)
        row = self.section.row([str(known + 1), "", "", "", "", "", BOX + _("新发现"), ""], BLANK_HEIGHT)
        room = int((self.sheets.limit - closing - self.y) / row.height)
        blanks = max(BLANKS["workers"], min(room, MOST_BLANKS))
        for number in range(known + 1, known + blanks + 1):
            row = self.section.row([str(number), "", "", "", "", "", BOX + _("新发现"), ""], BLANK_HEIGHT)
            self._add(row, keep=closing if number == known + blanks else 0)

    @staticmethod
    def _signatures():
        return [
            Signature(_("核查："), _("条，新发现　　　条")),
            Signature(_("发信："), _("份")),
            Signature(_("摸排人："), ""),
            Signature(_("日期："), _("年　　月　　日")),
        ]


class _Section:
    """One of the two tables of a grid."""

    def __init__(self, sheets, columns):
        self.columns = columns
        self.table = Table(sheets, [column.width_mm for column in columns])
        self.head = self.table.merged([c.title for c in columns], "C" * len(columns), [1] * len(columns))

    def draw_head(self, y):
        return self.table.draw(y, self.head, fill=HEAD_FILL, bold=True)

    def row(self, texts, least):
        return self.table.row(texts, [column.align for column in self.columns], least=least)

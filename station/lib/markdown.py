"""What staff write with a few marks, as HTML that is safe on a public page: headings, lists, bold, links, tables.

Two walls, each enough alone: the parser (CommonMark 0.31) takes no HTML and no images, and what it makes is cleaned
once more, down to the few elements a notice needs. The limits below keep the cost of hostile text to milliseconds.
"""

import re
from functools import lru_cache

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

LONGEST = 10_000  # characters; beyond, the text is shown as it was typed
MOST_COLUMNS, MOST_LINES = 12, 200  # for tables, which fill every row up to the width of their head: to megabytes

# Pictures come as attachments. Indented text is code in CommonMark, and a line of dashes makes a heading of what stands
# above it; staff who type a plain text mean neither.
_UNWANTED = ["image", "html_block", "html_inline", "code", "fence", "backticks", "reference", "lheading"]
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*")


def _bold(state: StateInline, silent: bool) -> bool:
    """``**…**``, whatever stands beside it.

    CommonMark asks for a space or a sign after a closing ``**`` that follows a sign, which Chinese does not write:
    in **注意：**带身份证 the marks would stay.
    """
    found = _BOLD.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        end, state.posMax = state.posMax, found.end(1)
        state.pos = found.start(1)
        state.push("strong_open", "strong", 1).markup = "**"
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1).markup = "**"
        state.posMax = end
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).disable(_UNWANTED)
    parser.inline.ruler.before("emphasis", "bold", _bold)
    return parser


_PARSER, _WITH_TABLES = _parser(), _parser().enable("table")

# The title of a page is its <h1>, and nobody needs more than two levels below it.
_HEADING = re.compile(r"(</?h)([1-6])>")
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
)
_TABLE_LABEL = gettext_lazy("表格")

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^\s*(?:#{1,6}\s+|[-+*]\s+|>\s?|\d{1,9}[.)]\s+|\|)|[*_\\]{1,3}|\|", re.MULTILINE)
_RULES = re.compile(r"^[\s|:*_-]{3,}$", re.MULTILINE)
_SUMMARISED = 600  # characters looked at


def to_html(text: str) -> SafeString:
    """The text as HTML. A single line feed is kept as a break; what cannot be read as Markdown stands as typed."""
    html = _cleaned(text)
    if "<table>" not in html:
        return mark_safe(html)  # noqa: S308 - cleaned
    # Wide tables scroll on a phone. The cleaner writes a table without attributes, and text never holds a bare "<".
    head = f'<div class="table-scroll" role="region" tabindex="0" aria-label="{_TABLE_LABEL}"><table class="table">'
    return mark_safe(html.replace("<table>", head).replace("</table>", "</table></div>"))  # noqa: S308 - cleaned


@lru_cache(maxsize=128)
def _cleaned(text: str) -> str:
    text = text.replace("\0", "")
    if len(text) > LONGEST:
        return linebreaks(text, autoescape=True)
    lines = text.splitlines()
    too_large = len(lines) > MOST_LINES or any(line.count("|") > MOST_COLUMNS + 1 for line in lines)
    html = (_PARSER if too_large else _WITH_TABLES).render(text)
    levels = [int(level) for _tag, level in _HEADING.findall(html)]
    if levels:
        first = min(levels)  # whoever begins with ## means the same as whoever begins with #
        html = _HEADING.sub(lambda tag: f"{tag[1]}{2 if int(tag[2]) == first else 3}>", html)
    return _CLEANER.clean(html)


def summary(text: str, length: int) -> str:
    """The beginning of the text in one line without its marks, at most `length` characters; plain, not HTML."""
    words = _MARKS.sub("", _LINK.sub(r"\1", _RULES.sub("", text[:_SUMMARISED])))
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"

"""What staff write becomes HTML; what an attacker writes becomes text."""

import re

import pytest

from station.lib.markdown import LONGEST, summary, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("第一段\n\n第二段", "<p>第一段</p>\n<p>第二段</p>"),
        ("一行\n又一行", "<p>一行<br>\n又一行</p>"),
        ("    缩进不是代码", "<p>缩进不是代码</p>"),
        ("文字\n----\n文字", "<p>文字</p>\n<hr>\n<p>文字</p>"),
        ("- 热水\n- 热饭", "<ul>\n<li>热水</li>\n<li>热饭</li>\n</ul>"),
        ("3. 第三条", '<ol start="3">\n<li>第三条</li>\n</ol>'),
        ("# 大\n\n## 小\n\n#### 更小", "<h2>大</h2>\n<h3>小</h3>\n<h3>更小</h3>"),
        ("### 从三级写起", "<h2>从三级写起</h2>"),
        ("> 引用", "<blockquote>\n<p>引用</p>\n</blockquote>"),
        # Chinese writes no space after a closing mark, as CommonMark would like.
        ("**注意：**带身份证", "<p><strong>注意：</strong>带身份证</p>"),
        ("他说**“好”**了", "<p>他说<strong>“好”</strong>了</p>"),
        ("**没写完", "<p>**没写完</p>"),
        ("2 * 3 * 4 ** 5", "<p>2 * 3 * 4 ** 5</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_marks(text, html):
    assert to_html(text).strip() == html


def test_a_link_is_followed_by_people_only():
    html = to_html("[看](https://example.org/a?b=1&c=2)，[站内](/stations/)，[打](tel:0731)")
    assert re.findall(r'href="([^"]+)"', html) == ["https://example.org/a?b=1&amp;c=2", "/stations/", "tel:0731"]
    assert html.count('rel="nofollow noopener noreferrer"') == 3


def test_a_table_scrolls_on_a_phone():
    html = to_html("|周几|几点|\n|:--|--:|\n|周一|**8:30**|")
    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="表格"><table class="table">' in html
    assert "<td>周一</td>\n<td><strong>8:30</strong></td>" in html
    assert "style" not in html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](vbscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '[x](https://example.org "a\\" onmouseover=\\"alert(1)")',
    '[x](https://example.org" onclick="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "**<script>alert(1)</script>**",
    "> - <iframe src=//evil.example>",
    "|<script>|\n|-|\n|<img onerror=x>|",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "<style>*{display:none}</style>",
    "<!--><script>alert(1)</script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mi//xlink:href='data:x,<script>'>",
    "</div></article><form action=//evil.example>",
    "<b style='x'>",
    "\0<scr\0ipt>",
]
ALLOWED = re.compile(
    r'<(?:/?(?:p|br|hr|strong|em|ul|ol|li|blockquote|h2|h3|thead|tbody|tr|th|td|a|table|div)|ol start="\d+"'
    r'|a(?: href="(?:https?://|/|tel:|mailto:)[^"<>]*")? rel="nofollow noopener noreferrer"|table class="table"'
    r'|div class="table-scroll" role="region" tabindex="0" aria-label="表格")>'
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_left(text):
    html = to_html(text)
    assert "<" not in ALLOWED.sub("", html)
    assert "<img" not in html


def test_the_second_wall_stands_alone(monkeypatch):
    """Were the parser to let HTML through one day, the cleaner takes it away."""
    monkeypatch.setattr("station.lib.markdown._WITH_TABLES.render", lambda text: text)
    monkeypatch.setattr("station.lib.markdown._PARSER.render", lambda text: text)
    for number, text in enumerate(HOSTILE):
        assert "<" not in ALLOWED.sub("", to_html(f"{text}<!--{number}-->")), text
    assert to_html('<p onclick="x" style="y" class="z">好</p><script>1</script>') == "<p>好</p>"


@pytest.mark.parametrize(
    "text",
    [
        *(part * (5000 // len(part)) for part in ("[", "*a ", "_a", "> ", "- ", "[a](", "**a", "<")),
        "|a" * 1200 + "\n" + "|-" * 1200 + "\n" + "|\n" * 100,
        "|a" * 12 + "|\n" + "|-" * 12 + "|\n" + "|\n" * 1000,
    ],
    ids=lambda text: text[:8],
)
def test_text_made_to_unfold_stays_small(text):
    assert len(to_html(text)) < 12 * len(text) + 200


def test_a_text_too_long_is_shown_as_it_is():
    assert to_html("**长**\n\n" * LONGEST).startswith("<p>**长**</p>\n\n<p>**长**</p>")
    assert "<script>" not in to_html("<script>" * LONGEST)


def test_a_summary_is_one_line_without_marks():
    text = "## 热姜茶\n\n**不收钱**，[看地图](https://example.org)\n\n- 周一\n- 周二\n\n|a|b|\n|--|--|\n|1|2|\n\n---"
    assert summary(text, 40) == "热姜茶 不收钱，看地图 周一 周二 ab 12"
    assert summary(text, 8) == "热姜茶 不收钱…"

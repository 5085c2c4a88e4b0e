"""The look keeps its promises: contrast, weight, icons that exist, nothing inline, fields read aloud."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

ROOT = Path(__file__).resolve().parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
CSS = (STATIC / "site.css").read_text()
PAGES = sorted(TEMPLATES.rglob("*.html"))

# (text, ground): every pair that carries words, at 4.5:1 (WCAG 2.2, 1.4.3 Contrast, level AA).
TEXT_PAIRS = [
    *[(text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "surface", "sunken")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("bad", "paper"),
    ("bad", "surface"),
    *[(tone, f"{tone}-bg") for tone in ("good", "warn", "bad", "note")],
]
# Edges of inputs and the focus ring, at 3:1 (WCAG 2.2, 1.4.11 Non-text contrast).
EDGE_PAIRS = [(edge, ground) for edge in ("edge", "focus") for ground in ("paper", "surface")]


def palettes() -> list[dict[str, str]]:
    """Return the tokens as written: light, dark by the system's wish, dark by the reader's choice."""
    heads = (r":root \{", r':root:not\(\[data-theme="light"\]\) \{', r':root\[data-theme="dark"\] \{')
    blocks = [re.search(head + r"(.*?)\}", CSS, re.S)[1] for head in heads]
    return [dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Relative luminance (0 to 1) of a #rrggbb colour, as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (1 to 21) of two #rrggbb colours, as WCAG 2.2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_measures_what_wcag_defines():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("palette", palettes()[:2], ids=["light", "dark"])
def test_words_and_edges_can_be_seen(palette):
    faint = [pair for pair in TEXT_PAIRS if contrast(palette[pair[0]], palette[pair[1]]) < 4.5]
    faint += [pair for pair in EDGE_PAIRS if contrast(palette[pair[0]], palette[pair[1]]) < 3]
    assert faint == []


def test_chosen_dark_is_the_systems_dark():
    _, by_system, by_choice = palettes()
    assert by_system == by_choice


@pytest.mark.parametrize(("name", "budget_bytes"), [("site.css", 9216), ("site.js", 3072), ("icons.svg", 4096)])
def test_weight_stays_in_its_budget(name, budget_bytes):
    assert len(gzip.compress((STATIC / name).read_bytes())) <= budget_bytes


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'id="i-([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for page in PAGES
        for tag in re.findall(r"{% (?:include|icon) [^%]+%}", page.read_text())
        for name in re.findall(r'\bicon[ =]"([\w-]+)"', tag)
    }
    assert named - drawn == set()
    assert "station" in named


def test_nothing_is_inline_and_nothing_is_fetched_from_elsewhere():
    refused = (
        r"<style",
        r"\sstyle=",
        r"\son(?:click|change|input|submit|load|error)=",
        r"javascript:",
        r"<script(?![^>]*\ssrc=)",
        r"(?:src|href)=[\"']https?:",
        r"\|safe\b",
    )
    inline = re.compile("|".join(refused))
    assert [str(page) for page in PAGES if inline.search(page.read_text())] == []
    assert re.findall(r"url\(|@import", CSS) == []


class LookRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class JoinForm(forms.Form):
    default_renderer = LookRenderer

    name = forms.CharField(label="姓名", help_text="和平时用的一样")
    job = forms.ChoiceField(label="行当", choices=[("rider", "骑手"), ("courier", "快递员")], widget=forms.RadioSelect)
    photo = forms.FileField(label="照片", required=False)
    agree = forms.BooleanField(label="同意")
    step = forms.CharField(widget=forms.HiddenInput, initial="1")


def test_every_description_a_field_points_to_is_on_the_page():
    page = str(JoinForm({"name": "", "step": "1"}))
    ids = re.findall(r'\sid="([^"]+)"', page)
    pointed = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert {"id_name_helptext", "id_name_error", "id_job_error", "id_agree_error"} <= set(pointed)
    assert set(pointed) <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_summary_links_to_every_refused_field():
    page = str(JoinForm({"step": "1"}))
    assert re.findall(r'<a href="#([^"]+)">', page) == ["id_name", "id_job", "id_agree"]


def test_required_and_optional_are_said_in_words():
    page = str(JoinForm())
    assert page.count("必填") == 3
    assert page.count("选填") == 1
    assert page.count('type="hidden"') == 1


def test_typed_markup_is_shown_as_text():
    page = str(JoinForm({"name": '"><b>x', "job": "<i>", "step": "1"}))
    assert "<b>" not in page
    assert "<i>" not in page

"""The text of a notice, whole and in short."""

from django import template

from station.lib import markdown as markdown_lib

register = template.Library()

register.filter("markdown", markdown_lib.to_html)
register.filter("summary", markdown_lib.summary)

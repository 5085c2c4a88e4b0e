"""Forms of the base app, and how every form of the site is drawn."""

from django.forms.renderers import TemplatesSetting


class SiteFormRenderer(TemplatesSetting):
    """Each field is drawn by one template, so that label, help, error and widget belong together everywhere."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

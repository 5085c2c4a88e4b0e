"""Running numbers that people read out and write on paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """One running number, such as the workers of one community; `last` was given out most recently."""

    key = models.CharField(max_length=60, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("编号序列")

    def __str__(self):
        return f"{self.key} {self.last}"

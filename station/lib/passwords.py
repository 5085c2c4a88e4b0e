"""Rules for passwords, said in our words."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LengthValidator(MinimumLengthValidator):
    """Django's rule; Django's Chinese lacks the refusal."""

    def get_error_message(self):
        return _("密码太短，至少要 %(n)d 个字符。") % {"n": self.min_length}

    def get_help_text(self):
        return _("至少 %(n)d 个字符。") % {"n": self.min_length}

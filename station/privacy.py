"""The privacy notice is a page; this names its wording, so that a consent can say which text it was given to."""

#: Change it together with templates/station/privacy.html; at most 20 characters.
PRIVACY_TEXT_VERSION = "2026-11-26"

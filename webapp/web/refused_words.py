"""What a person reads after a refused signature: neutral, never which factor."""

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

_NOTHING_APPROVED = _("Nothing was approved.")


def not_accepted(attempts_left: int | None, consequence: LazyString = _NOTHING_APPROVED) -> str:
    """That it was not accepted, what did not happen therefore, and how often it can be tried again."""
    said = str(gettext("Your confirmation was not accepted."))
    left = (
        ""
        if attempts_left is None
        else str(ngettext("%(num)s attempt is left.", "%(num)s attempts are left.", attempts_left))
    )
    return f"{said} {consequence} {left}".rstrip()

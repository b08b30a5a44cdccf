"""What a person reads when a passkey was added, was not, or was taken away."""

from typing import Final

from flask_babel import lazy_gettext as _

from webapp.web.enrol_words import Notice
from webapp.web.knowledge_words import pin_or_password

NOT_ADDED: Final = _("Nothing was changed: this browser goes on as before.")

UNAVAILABLE: Final = Notice(
    "warning",
    NOT_ADDED,
    _(
        "The bank cannot be reached, cannot work at the moment, or its answer was lost. Wait a little, then try again."
    ),
)
"""Above the form, which is shown once more."""

ADDED: Final = Notice(
    "success",
    _("Your fingerprint, face or screen lock is set up"),
    pin_or_password(
        _("From now on you can approve with it where your bank takes it. Your PIN goes on working."),
        _("From now on you can approve with it where your bank takes it. Your password goes on working."),
    ),
)
REMOVED: Final = Notice(
    "success",
    _("Your fingerprint, face or screen lock is removed"),
    pin_or_password(
        _(
            "From now on only your PIN counts here. The passkey may still be in this device's own list; it opens nothing any more, and you can delete it there."
        ),
        _(
            "From now on only your password counts here. The passkey may still be in this device's own list; it opens nothing any more, and you can delete it there."
        ),
    ),
)

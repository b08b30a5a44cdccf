"""What a person reads when a step with their activation was taken, or was not."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.flows.outcome import OutcomeKind
from webapp.flows.steps import Step
from webapp.web import passkey_words
from webapp.web.enrol_words import Notice
from webapp.web.knowledge_words import pin_or_password
from webapp.web.session import Told

TOLD: Final[Mapping[Told, Notice]] = MappingProxyType(
    {
        Told.PIN_CHANGED: Notice(
            "success",
            pin_or_password(_("Your PIN is changed"), _("Your password is changed")),
            pin_or_password(
                _(
                    "From now on the new PIN counts. If somebody has copied this browser's cookies, they end here."
                ),
                _(
                    "From now on the new password counts. If somebody has copied this browser's cookies, they end here."
                ),
            ),
        ),
        Told.RECOVERY_CONFIRMED: Notice(
            "success",
            _("Your recovery card is confirmed"),
            _("Should you lose this browser, its code and one of its PUKs enrol another one. Keep it safe."),
        ),
        Told.COPIES_ENDED: Notice(
            "success",
            _("Copies are worthless now"),
            _("This browser has new cookies. Whoever has copied the old ones can do nothing with them."),
        ),
        Told.PASSKEY_ADDED: passkey_words.ADDED,
        Told.PASSKEY_REMOVED: passkey_words.REMOVED,
    }
)
"""Said once on the settings page, after the step."""

_UNCHANGED: Final = pin_or_password(
    _("Your PIN was not changed: the old one stays."), _("Your password was not changed: the old one stays.")
)
_NOT_REMOVED: Final = _("This browser was not removed.")

NOT_TAKEN: Final[Mapping[tuple[Step, OutcomeKind], Notice]] = MappingProxyType(
    {
        (Step.CHANGE_PIN, OutcomeKind.UNAVAILABLE): Notice(
            "warning",
            _UNCHANGED,
            _(
                "The bank cannot be reached, cannot work at the moment, or its answer was lost. Wait a little, then try again."
            ),
        ),
        (Step.ADD_PASSKEY, OutcomeKind.UNAVAILABLE): passkey_words.UNAVAILABLE,
        (Step.SHOW_RECOVERY, OutcomeKind.UNAVAILABLE): Notice(
            "warning",
            _("The code cannot be shown now"),
            _(
                "The bank cannot be reached, cannot work at the moment, or its answer was lost. Wait a little, then try again."
            ),
        ),
        (Step.CONFIRM_RECOVERY, OutcomeKind.UNAVAILABLE): Notice(
            "warning",
            _("The card may not be confirmed yet"),
            _(
                "The bank cannot be reached, cannot work at the moment, or its answer was lost. Wait a little, then confirm it once more: twice does no harm."
            ),
        ),
        (Step.REMOVE, OutcomeKind.UNAVAILABLE): Notice(
            "warning",
            _NOT_REMOVED,
            _("The bank cannot be reached, or cannot work at the moment. Wait a little, then try again."),
        ),
        (Step.REMOVE, OutcomeKind.UNKNOWN): Notice(
            "warning",
            _("Nobody can say yet"),
            _(
                "The removal was sent, but no usable answer came back, and the bank could not be asked what became of it. Open this page again in a while: it tells."
            ),
        ),
    }
)
"""Above the form, which is shown once more."""

STALE: Final = Notice(
    "warning",
    _("This form is out of date"),
    _(
        "It was open for too long, or this browser has changed meanwhile. Nothing was sent. Fill it in once more."
    ),
)

REPEATED: Final = pin_or_password(
    _("This form was sent before, so it was not sent again and cost no attempt. Enter your PIN once more."),
    _(
        "This form was sent before, so it was not sent again and cost no attempt. Enter your password once more."
    ),
)
REPEATED_BY_PASSKEY: Final = _(
    "This form was sent before, so it was not sent again and cost no attempt. Use your fingerprint, face or screen lock once more."
)

NOT_ACCEPTED: Final[Mapping[Step, LazyString]] = MappingProxyType(
    {
        Step.ADD_PASSKEY: passkey_words.NOT_ADDED,
        Step.SHOW_RECOVERY: _("Nothing was shown."),
        Step.CONFIRM_RECOVERY: _("The card was not confirmed."),
        Step.CHANGE_PIN: _UNCHANGED,
        Step.REMOVE: _NOT_REMOVED,
    }
)

"""The site's own words about operations from QR codes."""

from types import MappingProxyType
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from webapp.powerauth.errors import QROperationError, QROperationRule

RULES: Final = MappingProxyType(
    {
        QROperationRule.TOO_LONG: _("It is longer than any such code."),
        QROperationRule.CHARACTER: _("It has a character that no such code has."),
        QROperationRule.LINES: _("Some of its lines are missing."),
        QROperationRule.OPERATION_ID: _("The operation has no identifier."),
        QROperationRule.SIGNING_KEY: _("It does not say which key of your bank signed it."),
        QROperationRule.SIGNATURE: _("Your bank's signature is damaged."),
        QROperationRule.NONCE: _("The random number that belongs to it is damaged."),
        QROperationRule.DATA_HEADER: _("What would be signed does not begin as it should."),
        QROperationRule.FIELD_COUNT: _("There are more entries than such a code has."),
        QROperationRule.AMOUNT: _("The amount cannot be read."),
        QROperationRule.ACCOUNT: _("The account cannot be read."),
        QROperationRule.DATE: _("The date cannot be read, or there is no such day."),
    }
)

NAMES: Final = MappingProxyType({1: _("Payment"), 2: _("Login")})
"""What an operation of this template is called if the bank gives it no title."""
NO_NAME: Final = _("Operation")

UNKNOWN_KIND: Final = _("This version does not know what kind of entry this is. It is shown as it came.")
EMPTY: Final = _("The bank gave no content.")


def broken_rule(error: QROperationError) -> str:
    """What is wrong with a malformed code, and in which line."""
    rule = RULES[error.rule]
    return str(rule) if error.line is None else gettext("Line %(line)s: %(rule)s", line=error.line, rule=rule)

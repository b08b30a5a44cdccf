"""The site's own words for the history."""

from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from webapp.mtoken.operation import OperationStatus

STATUSES: Final = MappingProxyType(
    {
        OperationStatus.PENDING: _("Waiting for an answer"),
        OperationStatus.APPROVED: _("Approved"),
        OperationStatus.REJECTED: _("Rejected"),
        OperationStatus.CANCELED: _("Withdrawn by the bank"),
        OperationStatus.EXPIRED: _("Expired"),
        OperationStatus.FAILED: _("Stopped after failed attempts"),
        OperationStatus.UNKNOWN: _("In a state that this version does not know"),
    }
)
"""In the order in which the filter offers them."""

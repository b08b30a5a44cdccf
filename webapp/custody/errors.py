"""What can go wrong with activations at rest.

CustodyError
├── NotEnrolled          this browser has no activation here
├── HalfMissing          it has one, but did not bring its half of the key
├── HalfWrong            the half it brought does not open the wrap
├── RecordDamaged        what lies in the database is not what we put there
├── ActivationBusy       somebody else held the activation for as long as we waited
├── LeaseLost            our lease ended before the state was stored; nothing was stored
├── ServerKeyUnknown     sealed under a server key that the settings no longer have, or past its last day
├── ServerKeysInvalid    the setting with the server keys cannot be read
├── AuditDamaged         the audit trail is not as we wrote it, so nothing is written behind it
├── StoreUnavailable     the database does not answer as it should
└── TooManyTries         so many guesses were made here that nothing more is sent for a while
"""

from webapp.errors import AssentError


class CustodyError(AssentError):
    """An activation at rest cannot be read or written."""


class NotEnrolled(CustodyError):
    """No activation is kept for this browser: it never had one, left, or stayed away too long."""

    message_key = "custody.not_enrolled"


class HalfMissing(CustodyError):
    """The browser is known but its half did not come along, as on a first visit from another site."""

    message_key = "custody.half_missing"


class HalfWrong(CustodyError):
    """The half does not open this browser's wrap: it is another one's, or the wrap was changed."""

    message_key = "custody.half_wrong"


class RecordDamaged(CustodyError):
    """The seal is broken: the row was changed, swapped, put back, or written by a newer version."""

    message_key = "custody.record_damaged"


class ActivationBusy(CustodyError):
    """The activation is in use elsewhere; nothing was signed, trying again later is safe."""

    message_key = "custody.busy"


class LeaseLost(CustodyError):
    """The lease ended, or somebody else advanced the state. Nothing was stored, so nothing may be sent."""

    message_key = "custody.lease_lost"


class ServerKeyUnknown(CustodyError):
    """A wrap names a server key that is not configured, or whose last day is over."""

    message_key = "custody.server_key_unknown"


class ServerKeysInvalid(CustodyError):
    """The server keys cannot be read; the note names the id or the place, never the key."""

    message_key = "custody.server_keys_invalid"


class AuditDamaged(CustodyError):
    """Somebody changed the audit trail. Whoever would write behind it would hide that."""

    message_key = "custody.audit_damaged"


class StoreUnavailable(CustodyError):
    """The database cannot be reached, is locked for too long, or refuses the statement."""

    message_key = "custody.store_unavailable"


class TooManyTries(CustodyError):
    """Nothing was sent. After `retry_after_s` seconds there is another try."""

    message_key = "tries.too_many"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"again in {retry_after_s} s")
        self.retry_after_s = retry_after_s

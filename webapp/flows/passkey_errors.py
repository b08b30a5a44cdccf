"""What can be wrong with a passkey and its answers. Nothing has been signed, and no attempt was spent.

PasskeyError
 ├─ PasskeysOff          this site does not offer them
 ├─ PasskeyMissing       nothing came from the device where its answer is needed
 ├─ PasskeyMalformed     what came is not what the page sends
 ├─ PasskeyUnknown       this activation has no passkey, or another one
 ├─ PasskeyNotAllowed    the bank does not take it for this
 ├─ PasskeyExpired       the answer came later than two minutes
 ├─ PasskeyForeign       an answer to another question: another operation, form, purpose or session
 ├─ PasskeyUsed          this answer was used before
 ├─ PasskeyUnverified    origin, site, challenge, flags or signature are wrong
 ├─ PersonUnverified     the device did not check who is there
 ├─ PasskeySynced        it can leave its device, which the operator does not want
 ├─ PasskeyCloned        its counter went back: there may be a second one
 └─ PasskeySecretOther   the passkey is right, but gives another secret than when it was added

Source: W3C Web Authentication Level 3, sections 7.1 and 7.2.
"""

from webapp.flows.errors import FlowError


class PasskeyError(FlowError):
    """The family of passkeys and answers that are not accepted."""


class PasskeysOff(PasskeyError):
    """The operator has not said under which address the site is reached."""

    message_key = "passkey.off"


class PasskeyMissing(PasskeyError):
    """The page needs script for it, and a browser and device that can do it."""

    message_key = "passkey.missing"


class PasskeyMalformed(PasskeyError):
    message_key = "passkey.malformed"


class PasskeyUnknown(PasskeyError):
    message_key = "passkey.unknown"


class PasskeyNotAllowed(PasskeyError):
    message_key = "passkey.not_allowed"


class PasskeyExpired(PasskeyError):
    message_key = "passkey.expired"


class PasskeyForeign(PasskeyError):
    """The challenge was made for something else, or not by this site."""

    message_key = "passkey.foreign"


class PasskeyUsed(PasskeyError):
    message_key = "passkey.used"


class PasskeyUnverified(PasskeyError):
    """One of the checks of the specification fails; which one stands in the note."""

    message_key = "passkey.unverified"


class PersonUnverified(PasskeyError):
    """The flag for user verification is not set: a finger on a key proves nobody's presence."""

    message_key = "passkey.person"


class PasskeySynced(PasskeyError):
    message_key = "passkey.synced"


class PasskeyCloned(PasskeyError):
    message_key = "passkey.cloned"


class PasskeySecretOther(PasskeyError):
    """The secret does not open what was locked with it. No signature was made, so no attempt was spent."""

    message_key = "passkey.secret"

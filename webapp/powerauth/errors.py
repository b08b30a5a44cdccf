"""What can go wrong in the protocol.

PowerAuthError
 ├─ EncodingError            text that is not the Base64 it should be
 ├─ PublicKeyInvalid         not a point of the curve P-256
 ├─ SignatureInvalid         signed data that its signature does not fit
 ├─ PaddingInvalid           a block whose padding is wrong
 ├─ SdkConfigurationInvalid  the mobile SDK's configuration string
 ├─ ActivationCodeError      a code that a person typed or scanned (its `rule` says which)
 ├─ OperationDataError       the text of an operation that is signed (its `rule` says which)
 ├─ QROperationError         the text of an operation's QR code (its `rule` and `line` say where)
 ├─ QROperationNotGenuine    an operation's QR code that the bank did not issue for this activation
 ├─ EnvelopeInvalid          an encrypted request or response
 ├─ TemporaryKeyInvalid      the answer with a temporary encryption key
 ├─ ActivationInvalid        the answer to an activation
 ├─ HeaderInvalid            an X-PowerAuth-* header
 ├─ StatusUnreadable         a status blob that makes no statement
 ├─ CounterOutOfSync         the counters cannot meet any more
 ├─ FactorMissing            a signature asks for a factor that is not at hand
 └─ StateInvalid             the stored form of an activation
"""

from enum import StrEnum

from webapp.errors import AssentError


class PowerAuthError(AssentError):
    """The family of protocol errors."""


class EncodingError(PowerAuthError):
    """Text that is not the Base64 it should be."""

    message_key = "powerauth.encoding"


class PublicKeyInvalid(PowerAuthError):
    """Bytes that are not a public key on P-256."""

    message_key = "powerauth.public_key"


class SignatureInvalid(PowerAuthError):
    """A signature that does not fit the signed bytes and the key."""

    message_key = "powerauth.signature"


class PaddingInvalid(PowerAuthError):
    """A decrypted block whose padding is wrong."""

    message_key = "powerauth.padding"


class SdkConfigurationInvalid(PowerAuthError):
    """A mobile SDK configuration string that cannot be used."""

    message_key = "powerauth.sdk_configuration"


class CodeRule(StrEnum):
    """The rule that a code broke; names as in the text formats."""

    FORMAT = "CODE_FORMAT"
    TAIL = "CODE_TAIL"
    CHECKSUM = "CODE_CHECKSUM"
    SIGNATURE = "SIGNATURE"
    CHARACTER = "CODE_CHARACTER"


class ActivationCodeError(PowerAuthError):
    """An activation or recovery code that breaks a rule."""

    message_key = "activation.code.format"

    def __init__(self, rule: CodeRule) -> None:
        super().__init__(rule.value)
        self.rule = rule


class OperationDataRule(StrEnum):
    """The rule that operation data broke; names as in the text formats."""

    DATA_HEADER = "DATA_HEADER"
    FIELD_COUNT = "FIELD_COUNT"
    AMOUNT = "AMOUNT"
    ACCOUNT = "ACCOUNT"
    DATE = "DATE"


class OperationDataError(PowerAuthError):
    """Operation data that break a rule."""

    message_key = "operation.data"

    def __init__(self, rule: OperationDataRule) -> None:
        super().__init__(rule.value)
        self.rule = rule


class QROperationRule(StrEnum):
    """The rule that the text of an operation's QR code broke; names as in the text formats."""

    TOO_LONG = "TOO_LONG"
    CHARACTER = "CHARACTER"
    LINES = "LINES"
    OPERATION_ID = "OPERATION_ID"
    SIGNING_KEY = "SIGNING_KEY"
    SIGNATURE = "SIGNATURE"
    NONCE = "NONCE"
    DATA_HEADER = "DATA_HEADER"
    FIELD_COUNT = "FIELD_COUNT"
    AMOUNT = "AMOUNT"
    ACCOUNT = "ACCOUNT"
    DATE = "DATE"


class QROperationError(PowerAuthError):
    """The text of an operation's QR code that breaks a rule. Carries the place, never the text.

    `line` counts from 1; it is `None` where the whole text is at fault.
    """

    message_key = "offline.malformed"

    def __init__(self, rule: QROperationRule, line: int | None = None) -> None:
        super().__init__(rule.value if line is None else f"{rule.value} in line {line}")
        self.rule = rule
        self.line = line


class QROperationNotGenuine(PowerAuthError):
    """An operation from a QR code whose signature does not verify: forged, altered, or for someone else."""

    message_key = "offline.not_genuine"


class EnvelopeInvalid(PowerAuthError):
    """An encrypted request or response that is malformed, altered or meant for somebody else."""

    message_key = "powerauth.envelope"


class TemporaryKeyInvalid(PowerAuthError):
    """An answer with a temporary key that is not the server's answer to our request."""

    message_key = "powerauth.temporary_key"


class ActivationInvalid(PowerAuthError):
    """An answer to an activation that cannot be used; nothing of it is kept."""

    message_key = "powerauth.activation"


class HeaderInvalid(PowerAuthError):
    """An X-PowerAuth-* header that breaks the grammar or a format rule."""

    message_key = "powerauth.header"


class StatusUnreadable(PowerAuthError):
    """A status blob that decrypts to noise: no statement about the activation."""

    message_key = "powerauth.status"


class CounterOutOfSync(PowerAuthError):
    """Client and server counters have drifted too far apart: only a new activation helps."""

    message_key = "powerauth.counter"


class FactorMissing(PowerAuthError):
    """A signature needs a factor whose key is not at hand."""

    message_key = "powerauth.factor"


class StateInvalid(PowerAuthError):
    """A stored activation whose form cannot be read."""

    message_key = "powerauth.state"

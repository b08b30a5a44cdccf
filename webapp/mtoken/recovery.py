"""Recovery codes: show the one of this activation, take over one from a printed card.

Source: powerauth.md, sections 3.4, 9 and 11.
"""

from webapp.mtoken import standard_api
from webapp.mtoken.errors import AnswerLost, InvalidActivationError
from webapp.mtoken.standard_api import json_bytes
from webapp.mtoken.vault import UnlockReason, Vault
from webapp.powerauth import ecies
from webapp.powerauth.activation_code import parse_recovery_code
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.signature import URI_RECOVERY_CONFIRM


class Recovery(Vault):
    """What the person needs when this activation is lost one day."""

    def has_recovery_data(self) -> bool:
        """Whether the server gave a recovery code together with this activation."""
        return self.state.recovery is not None

    def activation_recovery_data(self, authentication: PowerAuthAuthentication) -> RecoveryData:
        """Recovery code and PUK of this activation, to be written down. Takes two factors.

        Raises:
            InvalidActivationError: this activation has none; nothing was sent.
            RefusedByServer, NotSent, AnswerLost, FactorMissing, EnvelopeInvalid, ValueError: as in `Vault`.
        """
        with self.exclusive():
            wrapped = self.state.recovery
            if wrapped is None:
                raise InvalidActivationError("no recovery data")
            vault_key = self._unlock_vault(authentication, UnlockReason.RECOVERY_CODE)
            return RecoveryData.unwrap(vault_key, wrapped)

    def confirm_recovery_code(self, code: str, authentication: PowerAuthAuthentication) -> bool:
        """Take over a recovery code from a printed card: from now on it is this person's. Takes the PIN.

        Returns:
            Whether it had been confirmed before.

        Raises:
            ActivationCodeError: the rule that the code breaks; nothing was sent.
            RefusedByServer: signature or code not accepted; a wrong PIN costs an attempt.
            AnswerLost: repeat it; the answer then tells whether it worked.
        """
        content = self._encrypted_call(
            standard_api.RECOVERY_CONFIRM,
            URI_RECOVERY_CONFIRM,
            ecies.SH1_RECOVERY_CONFIRM,
            json_bytes({"recoveryCode": parse_recovery_code(code)}),
            authentication,
        )
        known = content.get("alreadyConfirmed")
        if not isinstance(known, bool):
            raise AnswerLost("no alreadyConfirmed")
        return known

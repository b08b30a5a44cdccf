"""What the vault key opens: biometry for later, the application's own keys, the device key.

The server hands the vault key out against two factors; it is forgotten as soon as the call returns.

Source: powerauth.md, section 9.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from webapp.mtoken import standard_api
from webapp.mtoken.client import present
from webapp.mtoken.standard_api import bytes_of, json_bytes
from webapp.mtoken.statuses import Statuses
from webapp.powerauth import ecies
from webapp.powerauth.biometry import with_biometry, without_biometry
from webapp.powerauth.ecc import sign
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.factors import KEY_BYTES, PowerAuthAuthentication, check_biometry_key
from webapp.powerauth.password import PasswordLike
from webapp.powerauth.protocol import SignatureType
from webapp.powerauth.signature import URI_VAULT_UNLOCK
from webapp.powerauth.temporary_key import sign_es256
from webapp.powerauth.vault import check_index, encryption_key, open_device_key, unwrap_vault_key


class UnlockReason(StrEnum):
    """What the vault key is wanted for; the server writes it down."""

    ADD_BIOMETRY = "ADD_BIOMETRY"
    FETCH_ENCRYPTION_KEY = "FETCH_ENCRYPTION_KEY"
    SIGN_WITH_DEVICE_PRIVATE_KEY = "SIGN_WITH_DEVICE_PRIVATE_KEY"
    RECOVERY_CODE = "RECOVERY_CODE"
    NOT_SPECIFIED = "NOT_SPECIFIED"


class Vault(Statuses):
    """Asks for the vault key, against two factors.

    Every method that takes a PIN or an authentication may raise

        RefusedByServer: 401, the signature was not accepted (a wrong PIN costs an attempt); 400, this
            server does not unlock with these factors (mostly biometry).
        NotSent: nothing happened.
        AnswerLost: an attempt may be gone; nothing has changed here, so it can be repeated.
        FactorMissing: biometry is not set up, or the PIN is empty; nothing was sent.
        EnvelopeInvalid: the answer does not fit this activation; nothing has changed here.
        ValueError: possession alone, or an argument that can never be right; nothing was sent.
    """

    def has_biometry_factor(self) -> bool:
        """Whether this activation can sign with biometry, if the person's device gives its key."""
        return self.state.biometry is not None

    def add_biometry_factor(
        self, password: PasswordLike, biometry_key: bytes | None = None, *, context: bytes | None = None
    ) -> bytes:
        """Set biometry up, in place of any that there was. The right PIN is needed.

        Args:
            biometry_key: 16 bytes that the person's device keeps from now on, such as a secret of a
                passkey; without it a random one is made.
            context: what the caller has to remember about that key; kept in the state, opaque here.

        Returns:
            The biometry key: what `PowerAuthAuthentication.biometry` takes. It is not kept here.
        """
        key = check_biometry_key(self._random(KEY_BYTES) if biometry_key is None else biometry_key)
        with self.exclusive() as held:
            vault_key = self._unlock_vault(
                PowerAuthAuthentication.password(password), UnlockReason.ADD_BIOMETRY
            )
            held.store(with_biometry(present(held.state), vault_key, key, context))
        return key

    def remove_biometry_factor(self) -> None:
        """Sign without biometry from now on. It is a matter of this side alone; the server is not told."""
        with self.exclusive() as held:
            held.store(without_biometry(present(held.state)))

    def fetch_encryption_key(self, authentication: PowerAuthAuthentication, index: int) -> bytes:
        """The application's own key of this number (0 … 2⁶⁴−1), 16 bytes: the same every time."""
        check_index(index)
        return encryption_key(self._unlock_vault(authentication, UnlockReason.FETCH_ENCRYPTION_KEY), index)

    def sign_with_device_private_key(self, authentication: PowerAuthAuthentication, content: bytes) -> str:
        """An ECDSA signature over these bytes, Base64 of DER, that the bank verifies with the device key."""
        with self.exclusive():
            vault_key = self._unlock_vault(authentication, UnlockReason.SIGN_WITH_DEVICE_PRIVATE_KEY)
            return to_base64(sign(open_device_key(self.state, vault_key), content))

    def sign_jwt_with_device_private_key(
        self, authentication: PowerAuthAuthentication, claims: Mapping[str, Any]
    ) -> str:
        """These claims as a JWT with ES256 by the device key."""
        with self.exclusive():
            vault_key = self._unlock_vault(authentication, UnlockReason.SIGN_WITH_DEVICE_PRIVATE_KEY)
            return sign_es256(open_device_key(self.state, vault_key), claims)

    def _unlock_vault(self, authentication: PowerAuthAuthentication, reason: UnlockReason) -> bytes:
        """KEY_ENCRYPTION_VAULT, 16 bytes; nobody keeps it."""
        if authentication.signature_type is SignatureType.POSSESSION:
            raise ValueError("the vault takes two factors")
        content = self._encrypted_call(
            standard_api.VAULT_UNLOCK,
            URI_VAULT_UNLOCK,
            ecies.SH1_VAULT_UNLOCK,
            json_bytes({"reason": reason}),
            authentication,
        )
        wrapped = bytes_of(content, "encryptedVaultEncryptionKey")
        return unwrap_vault_key(self.state.transport_key, wrapped)

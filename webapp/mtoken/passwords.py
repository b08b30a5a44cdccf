"""The PIN or password of an activation: check it with the server, choose another.

Nothing here can tell a right PIN from a wrong one, so every check is a request, and a wrong one costs an
attempt.

Source: powerauth.md, section 9.1.
"""

from dataclasses import replace
from typing import Final

from webapp.mtoken import standard_api
from webapp.mtoken.client import present
from webapp.mtoken.standard_api import request_body
from webapp.mtoken.statuses import Statuses
from webapp.powerauth.factors import PowerAuthAuthentication, check_password
from webapp.powerauth.password import PasswordLike, password_bytes
from webapp.powerauth.signature import URI_SIGNATURE_VALIDATE

_REASON: Final = "VALIDATE_PASSWORD"


class Passwords(Statuses):
    """Checks and changes the PIN."""

    def validate_password(self, password: PasswordLike) -> None:
        """Let the server check the PIN; that it returns means that it is right.

        Raises:
            RefusedByServer: 401, wrong (an attempt is gone) or the activation cannot sign; the status tells.
            NotSent: nothing happened.
            AnswerLost: the attempt may be gone.
            FactorMissing: the PIN is empty; nothing was sent.
        """
        self._signed_call(
            standard_api.SIGNATURE_VALIDATE,
            URI_SIGNATURE_VALIDATE,
            request_body({"reason": _REASON}),
            PowerAuthAuthentication.password(password),
        )

    def change_password(self, old: PasswordLike, new: PasswordLike) -> None:
        """Another PIN from now on, if the server says that the old one is right; else the old one stays.

        Raises:
            ValueError: the new one is shorter than four bytes; nothing was sent.
            RefusedByServer, NotSent, AnswerLost, FactorMissing: as `validate_password`; the old PIN stays.
        """
        check_password(password_bytes(new))
        with self.exclusive():
            self.validate_password(old)
            # Under a wrong old one the key would be lost for ever, so an "OK" alone is not enough.
            self._confirm_accepted()
            self.unsafe_change_password(old, new)

    def unsafe_change_password(self, old: PasswordLike, new: PasswordLike) -> None:
        """Another PIN from now on, without asking anybody whether the old one is right.

        A wrong old one loses the activation for ever: no PIN will fit any more. Only for right after the
        server has accepted the old one, inside of the same `exclusive` block.

        Raises:
            ValueError: the new one is shorter than four bytes; nothing was changed.
        """
        with self.exclusive() as held:
            state = present(held.state)
            knowledge = state.knowledge.changed(
                password_bytes(old), password_bytes(new), salt=self._random(16)
            )
            # Key and salt change in one write: half of it would fit no PIN.
            held.store(replace(state, knowledge=knowledge))

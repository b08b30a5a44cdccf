"""Recovery codes: given out with an activation or printed on a card, confirmed, and used once per PUK.

    CREATED ──commit of its activation, or confirmation of the card──► ACTIVE ──too many wrong PUKs──► BLOCKED
       └───────────────────────────── revoked by the bank ───────────────┴──► REVOKED

Source: powerauth.md, sections 3.4 (recovery server rules), 11 and 12.1.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from webapp.powerauth import ecies
from webapp.powerauth.activation_code import make_activation_code, validate_recovery_code
from webapp.powerauth.recovery import RecoveryData
from webapp.powerauth.signature import URI_RECOVERY_CONFIRM
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox import activations, configuration, encryption
from webapp.sandbox.activations import Activation
from webapp.sandbox.encryption import correspondent
from webapp.sandbox.errors import AUTHENTICATION, RECOVERY, EndpointError, ProtocolError, answered_with
from webapp.sandbox.hashed import SALT_BYTES, hash_secret, is_secret
from webapp.sandbox.members import Members
from webapp.sandbox.signatures import PK, read_header, verify
from webapp.sandbox.store import Transaction, save
from webapp.sandbox.surroundings import Call, Json, Surroundings

CREATED: Final = "CREATED"
ACTIVE: Final = "ACTIVE"
BLOCKED: Final = "BLOCKED"
REVOKED: Final = "REVOKED"
_PUK_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """One row of `recovery_code`; `activation_id` is None on a card that nobody has used."""

    id: str
    application_id: str
    user_id: str
    activation_id: str | None
    code: str = field(repr=False)
    status: str
    failed_attempts: int = 0


@dataclass(frozen=True, slots=True)
class Recovered:
    """Whose the new activation is, and what it replaces."""

    recovery_code: RecoveryCode
    flags: tuple[str, ...]


def recovery_confirm(surroundings: Surroundings, call: Call) -> Json:
    """A person takes over the code of a printed card. The signature covers the envelope as it was sent."""
    with answered_with(AUTHENTICATION):
        authorization = read_header(call, (PK,))
        envelope = encryption.read_envelope(authorization.version, Members.read(call.body))
        with surroundings.store.write() as transaction:
            signer = verify(surroundings, transaction, call, authorization, URI_RECOVERY_CONFIRM)
            sender = correspondent(
                transaction, authorization.version, authorization.application_key, signer.activation
            )
        plaintext, exchange = encryption.open_envelope(
            surroundings, sender, ecies.SH1_RECOVERY_CONFIRM, envelope
        )
        members = Members.read(plaintext)
        members.only("recoveryCode")
        with surroundings.store.write() as transaction:
            known = _confirm(transaction, signer.activation, members.text("recoveryCode"))
    return encryption.close_answer(surroundings, exchange, {"alreadyConfirmed": known})


def issue(
    surroundings: Surroundings, transaction: Transaction, activation: Activation
) -> RecoveryData | None:
    """A code with one PUK for a new activation, if the application gives such codes out."""
    if not is_enabled(transaction, activation.application_id):
        return None
    status = ACTIVE if activation.status is ActivationStatus.ACTIVE else CREATED
    issued, puks = create(
        surroundings,
        transaction,
        RecoveryCode(
            surroundings.new_id(),
            activation.application_id,
            activation.user_id,
            activation.id,
            _fresh_code(surroundings, transaction),
            status,
        ),
        puk_count=1,
    )
    return RecoveryData(issued.code, puks[0])


def print_card(
    surroundings: Surroundings, transaction: Transaction, application_id: str, user_id: str, puk_count: int
) -> tuple[RecoveryCode, list[str]]:
    """A code with several PUKs, good for nothing until its person confirms it."""
    code = _fresh_code(surroundings, transaction)
    printed = RecoveryCode(surroundings.new_id(), application_id, user_id, None, code, CREATED)
    return create(surroundings, transaction, printed, puk_count=puk_count)


def create(
    surroundings: Surroundings, transaction: Transaction, recovery_code: RecoveryCode, *, puk_count: int
) -> tuple[RecoveryCode, list[str]]:
    """Keep a new code; its PUKs are returned in clear and kept as hashes."""
    save(transaction, "recovery_code", recovery_code)
    puks = []
    for position in range(1, puk_count + 1):
        number = int.from_bytes(surroundings.random(8), "big") % 10**_PUK_DIGITS
        puks.append(str(number).zfill(_PUK_DIGITS))
        transaction.execute(
            "INSERT INTO recovery_puk (recovery_code_id, position, puk_hash, status)"
            " VALUES (?, ?, ?, 'VALID')",
            (recovery_code.id, position, hash_secret(puks[-1], surroundings.random(SALT_BYTES))),
        )
    return recovery_code, puks


def use(
    surroundings: Surroundings, transaction: Transaction, application_id: str, code: str, puk: str
) -> Recovered:
    """Take a PUK; the activation that the code belonged to is removed.

    Raises:
        EndpointError: no such code, not ACTIVE, no PUK left, or a wrong PUK, which is counted.
    """
    found = find(transaction, code)
    if found is None or found.application_id != application_id or found.status != ACTIVE:
        raise EndpointError(*RECOVERY, note="no such code, or not active")
    row = transaction.execute(
        "SELECT position, puk_hash FROM recovery_puk"
        " WHERE recovery_code_id = ? AND status = 'VALID' ORDER BY position LIMIT 1",
        (found.id,),
    ).fetchone()
    if row is None:
        raise EndpointError(*RECOVERY, note="no PUK left")
    if not is_secret(puk, row["puk_hash"]):
        _count_failure(surroundings, transaction, found, row["position"])
        more = {"currentRecoveryPukIndex": row["position"]}
        raise EndpointError(*RECOVERY, note="wrong PUK", more=more)
    _mark_puk(transaction, found, row["position"], "USED")
    flags = _remove_activation(transaction, found, surroundings.clock.now_ms())
    return Recovered(replace(found, failed_attempts=0), flags)


def bind(transaction: Transaction, recovery_code: RecoveryCode, activation: Activation) -> None:
    """The code belongs to the activation that it has made: its next PUK replaces that one."""
    save(transaction, "recovery_code", replace(recovery_code, activation_id=activation.id))


def find(transaction: Transaction, code: str) -> RecoveryCode | None:
    row = transaction.execute("SELECT * FROM recovery_code WHERE code = ?", (code,)).fetchone()
    return None if row is None else RecoveryCode(**dict(row))


def is_enabled(transaction: Transaction, application_id: str) -> bool:
    """Whether every new activation gets a recovery code."""
    configured = configuration.values(transaction, application_id, configuration.RECOVERY)
    return any(members.flag("activationRecoveryEnabled", default=False) for members in configured)


def _confirm(transaction: Transaction, activation: Activation, code: str) -> bool:
    """Whether it had been confirmed before."""
    found = find(transaction, code) if validate_recovery_code(code, allow_prefix=False) else None
    if found is None or (found.application_id, found.user_id) != (
        activation.application_id,
        activation.user_id,
    ):
        raise ProtocolError("no such recovery code of this user")
    if found.status not in (CREATED, ACTIVE):
        raise ProtocolError(f"recovery code is {found.status}")
    save(transaction, "recovery_code", replace(found, status=ACTIVE))
    return found.status == ACTIVE


def _count_failure(
    surroundings: Surroundings, transaction: Transaction, recovery_code: RecoveryCode, position: int
) -> None:
    failed = replace(recovery_code, failed_attempts=recovery_code.failed_attempts + 1)
    if failed.failed_attempts >= surroundings.settings.recovery_max_failed_attempts:
        failed = replace(failed, status=BLOCKED)
        _mark_puk(transaction, recovery_code, position, "INVALID")
    save(transaction, "recovery_code", failed)


def _mark_puk(transaction: Transaction, recovery_code: RecoveryCode, position: int, status: str) -> None:
    transaction.execute(
        "UPDATE recovery_puk SET status = ? WHERE recovery_code_id = ? AND position = ?",
        (status, recovery_code.id, position),
    )


def _remove_activation(transaction: Transaction, recovery_code: RecoveryCode, now_ms: int) -> tuple[str, ...]:
    """The flags that its successor inherits."""
    lost = recovery_code.activation_id and activations.find(transaction, recovery_code.activation_id)
    if not lost:
        return ()
    if lost.status is not ActivationStatus.REMOVED:
        activations.remove(transaction, lost, now_ms, reason="RECOVERED")
    return lost.flags


def _fresh_code(surroundings: Surroundings, transaction: Transaction) -> str:
    while True:
        code = make_activation_code(surroundings.random(10))
        if find(transaction, code) is None:
            return code

"""Activations: what is kept of one, and how its state changes.

    init ─► CREATED ──key exchange──► PENDING_COMMIT ──commit──► ACTIVE ◄──unblock / block──► BLOCKED
                │                          │                        └──────── remove ───────► REMOVED
                └── expired, too many OTPs ┴────────────────────────────────────────────────►

Everything here runs inside `Store.write`, which is the lock of the activation.

Source: powerauth.md, sections 3.1, 3.6, 14.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Self

import msgspec

from webapp.powerauth import ecc
from webapp.powerauth.activation import KeyTree, fingerprint, master_secret
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox.errors import AdminError, ProtocolError
from webapp.sandbox.hashed import is_secret
from webapp.sandbox.store import Transaction, save

ON_COMMIT: Final = "ON_COMMIT"
ON_KEY_EXCHANGE: Final = "ON_KEY_EXCHANGE"
MAX_FAILED_ATTEMPTS: Final = "MAX_FAILED_ATTEMPTS"
NOT_SPECIFIED: Final = "NOT_SPECIFIED"

_UNFINISHED = (ActivationStatus.CREATED, ActivationStatus.PENDING_COMMIT)
_WRONG_STATE = ("ERR0008", "Activation is in a wrong state.")


@dataclass(frozen=True, slots=True)
class Activation:
    """One row of `activation`. Keys: `server_private` 32 bytes, `device_public` 65, `counter_value` 16."""

    id: str
    user_id: str
    application_id: str
    status: ActivationStatus
    code: str = field(repr=False)
    code_signature: str = field(repr=False)
    commit_phase: str
    otp_hash: bytes | None = field(repr=False)
    created_ms: int
    expires_ms: int
    changed_ms: int
    used_ms: int
    server_private: bytes = field(repr=False)
    device_public: bytes | None = field(default=None, repr=False)
    counter_value: bytes | None = field(default=None, repr=False)
    counter: int = 0
    failed_attempts: int = 0
    max_failed_attempts: int = 5
    blocked_reason: str | None = None
    name: str | None = None
    platform: str | None = None
    device_info: str | None = None
    extras: str | None = None
    protocol_version: str | None = None
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: dict[str, object]) -> Self:
        """From a row of the table."""
        status = ActivationStatus(int(str(row["status"])))
        flags = tuple(msgspec.json.decode(str(row["flags"]), type=list[str]))
        return cls(**{**row, "status": status, "flags": flags})  # type: ignore[arg-type]

    def server_key(self) -> ecc.PrivateKey:
        return ecc.read_private(self.server_private)

    def keys(self) -> KeyTree:
        """The keys that server and device share.

        Raises:
            ProtocolError: there was no key exchange yet.
        """
        if self.device_public is None:
            raise ProtocolError("no key exchange yet")
        return KeyTree.derive(master_secret(self.server_key(), ecc.read_public(self.device_public)))

    def fingerprint(self) -> str | None:
        """The eight digits that a person compares; None before the key exchange."""
        if self.device_public is None:
            return None
        device = ecc.read_public(self.device_public)
        return fingerprint(device, self.id, self.server_key().public_key())


def find(transaction: Transaction, activation_id: str) -> Activation | None:
    row = transaction.execute("SELECT * FROM activation WHERE id = ?", (activation_id.lower(),)).fetchone()
    return None if row is None else Activation.of(dict(row))


def find_by_code(transaction: Transaction, code: str) -> Activation | None:
    """The activation that waits for this code; a used code finds nothing."""
    row = transaction.execute(
        "SELECT * FROM activation WHERE code = ? AND status = ?", (code, ActivationStatus.CREATED.value)
    ).fetchone()
    return None if row is None else Activation.of(dict(row))


def of_user(transaction: Transaction, user_id: str, application_id: str | None) -> list[Activation]:
    """Newest first."""
    rows = transaction.execute(
        "SELECT * FROM activation WHERE user_id = ? AND ifnull(?, application_id) = application_id"
        " ORDER BY created_ms DESC, rowid DESC",
        (user_id, application_id),
    )
    return [Activation.of(dict(row)) for row in rows]


def touch(transaction: Transaction, activation: Activation, now_ms: int) -> Activation:
    """The activation as it is now: an unfinished one whose time is over becomes REMOVED."""
    if activation.status in _UNFINISHED and activation.expires_ms < now_ms:
        return remove(transaction, activation, now_ms, reason="EXPIRED")
    return activation


def commit(transaction: Transaction, activation: Activation, otp: str | None, now_ms: int) -> Activation:
    """PENDING_COMMIT → ACTIVE, by the bank.

    Raises:
        AdminError: ERR0007 expired, ERR0008 another state, ERR0031 OTP missing, wrong or not expected.
    """
    if activation.status is not ActivationStatus.PENDING_COMMIT:
        raise AdminError(*_WRONG_STATE)
    current = touch(transaction, activation, now_ms)
    if current.status is ActivationStatus.REMOVED:
        raise AdminError("ERR0007", "Activation expired.")
    if not check_otp(transaction, current, otp, now_ms):
        raise AdminError("ERR0031", "Activation OTP does not match.")
    # Its recovery code works from now on, too.
    transaction.execute(
        "UPDATE recovery_code SET status = 'ACTIVE' WHERE activation_id = ? AND status = 'CREATED'",
        (current.id,),
    )
    return change(transaction, replace(current, status=ActivationStatus.ACTIVE, failed_attempts=0), now_ms)


def block(transaction: Transaction, activation: Activation, reason: str | None, now_ms: int) -> Activation:
    """ACTIVE → BLOCKED.

    Raises:
        AdminError: ERR0008, another state.
    """
    if activation.status is not ActivationStatus.ACTIVE:
        raise AdminError(*_WRONG_STATE)
    blocked = replace(activation, status=ActivationStatus.BLOCKED, blocked_reason=reason or NOT_SPECIFIED)
    return change(transaction, blocked, now_ms)


def unblock(transaction: Transaction, activation: Activation, now_ms: int) -> Activation:
    """BLOCKED → ACTIVE; failed attempts start from zero, the counter stays.

    Raises:
        AdminError: ERR0008, another state.
    """
    if activation.status is not ActivationStatus.BLOCKED:
        raise AdminError(*_WRONG_STATE)
    active = replace(activation, status=ActivationStatus.ACTIVE, blocked_reason=None, failed_attempts=0)
    return change(transaction, active, now_ms)


def rename(transaction: Transaction, activation: Activation, name: str | None) -> Activation:
    """A new name, in any state that has a device behind it.

    Raises:
        AdminError: ERR0008, another state.
    """
    if activation.status in (ActivationStatus.CREATED, ActivationStatus.REMOVED):
        raise AdminError(*_WRONG_STATE)
    renamed = replace(activation, name=name)
    save(transaction, "activation", renamed)
    return renamed


def remove(
    transaction: Transaction, activation: Activation, now_ms: int, *, reason: str | None = None
) -> Activation:
    """Any state → REMOVED, for good; its tokens go with it, its recovery code stays.

    Raises:
        AdminError: ERR0008, it is removed already.
    """
    if activation.status is ActivationStatus.REMOVED:
        raise AdminError(*_WRONG_STATE)
    transaction.execute("DELETE FROM token WHERE activation_id = ?", (activation.id,))
    transaction.execute("DELETE FROM push_registration WHERE activation_id = ?", (activation.id,))
    transaction.execute("DELETE FROM temporary_key WHERE activation_id = ?", (activation.id,))
    return change(transaction, replace(activation, status=ActivationStatus.REMOVED), now_ms, reason)


def count_failure(transaction: Transaction, activation: Activation, now_ms: int) -> Activation:
    """One failed attempt more; the last one that is allowed blocks an ACTIVE activation."""
    failed = replace(activation, failed_attempts=activation.failed_attempts + 1, used_ms=now_ms)
    if failed.failed_attempts >= failed.max_failed_attempts:
        blocked = replace(failed, status=ActivationStatus.BLOCKED, blocked_reason=MAX_FAILED_ATTEMPTS)
        return change(transaction, blocked, now_ms)
    save(transaction, "activation", failed)
    return failed


def check_otp(transaction: Transaction, activation: Activation, otp: str | None, now_ms: int) -> bool:
    """Compare the OTP with the one given at init; a wrong one counts, the last wrong one removes.

    True also when none was given then and none is given now.
    """
    if activation.otp_hash is None or otp is None:
        return activation.otp_hash is None and otp is None
    if is_secret(otp, activation.otp_hash):
        save(transaction, "activation", replace(activation, failed_attempts=0))
        return True
    failed = replace(activation, failed_attempts=activation.failed_attempts + 1)
    if failed.failed_attempts >= failed.max_failed_attempts:
        remove(transaction, failed, now_ms, reason=MAX_FAILED_ATTEMPTS)
    else:
        save(transaction, "activation", failed)
    return False


def change(
    transaction: Transaction, activation: Activation, now_ms: int, reason: str | None = None
) -> Activation:
    """Store a new state and write it into the history."""
    changed = replace(activation, changed_ms=now_ms)
    save(transaction, "activation", changed)
    record_change(transaction, changed, reason or changed.blocked_reason)
    return changed


def record_change(transaction: Transaction, activation: Activation, reason: str | None) -> None:
    transaction.execute(
        "INSERT INTO activation_change (activation_id, changed_ms, status, reason) VALUES (?, ?, ?, ?)",
        (activation.id, activation.changed_ms, activation.status.value, reason),
    )

"""How an activation begins: the bank gives somebody a code, or somebody has proven who they are.

Source: powerauth.md, sections 3.2 and 3.6; sandbox-admin.md.
"""

from dataclasses import dataclass, field

from webapp.powerauth import ecc
from webapp.powerauth.activation_code import make_activation_code
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox.activations import ON_COMMIT, Activation, record_change
from webapp.sandbox.applications import Application
from webapp.sandbox.hashed import SALT_BYTES, hash_secret
from webapp.sandbox.store import Transaction, save
from webapp.sandbox.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Initiation:
    """What the bank asks for when it starts an activation."""

    user_id: str
    application: Application
    expires_ms: int | None = None
    max_failed_attempts: int | None = None
    commit_phase: str = ON_COMMIT
    otp: str | None = field(default=None, repr=False)
    flags: tuple[str, ...] = ()


def initiate(surroundings: Surroundings, transaction: Transaction, asked: Initiation) -> Activation:
    """A new activation in CREATED, with a code that no other living activation has."""
    now = surroundings.clock.now_ms()
    settings = surroundings.settings
    code = _fresh_code(surroundings, transaction)
    activation = Activation(
        id=surroundings.new_id(),
        user_id=asked.user_id,
        application_id=asked.application.id,
        status=ActivationStatus.CREATED,
        code=code,
        code_signature=to_base64(ecc.sign(asked.application.private_key(), code.encode("ascii"))),
        commit_phase=asked.commit_phase,
        otp_hash=None if asked.otp is None else hash_secret(asked.otp, surroundings.random(SALT_BYTES)),
        created_ms=now,
        expires_ms=now + settings.activation_validity_ms if asked.expires_ms is None else asked.expires_ms,
        changed_ms=now,
        used_ms=now,
        server_private=ecc.scalar(ecc.generate(surroundings.random)),
        max_failed_attempts=asked.max_failed_attempts or settings.max_failed_attempts,
        flags=asked.flags,
    )
    save(transaction, "activation", activation)
    record_change(transaction, activation, None)
    return activation


def _fresh_code(surroundings: Surroundings, transaction: Transaction) -> str:
    while True:
        code = make_activation_code(surroundings.random(10))
        taken = transaction.execute(
            "SELECT 1 FROM activation WHERE code = ? AND status IN (1, 2)", (code,)
        ).fetchone()
        if taken is None:
            return code

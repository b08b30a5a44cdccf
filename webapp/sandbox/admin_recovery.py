"""The back office, /rest/v3: recovery codes.

PowerAuth Server prints cards through a printing centre with which it shares a key; the sandbox is its own
printing centre, so `create` shows the code and the PUKs.

Source: powerauth.md, sections 3.4 and 11.
"""

from typing import Final

from webapp.sandbox import applications, configuration, recovery
from webapp.sandbox.errors import AdminError, malformed
from webapp.sandbox.members import Members
from webapp.sandbox.recovery import RecoveryCode
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Json, Surroundings

_MOST_PUKS: Final = 100
_NOT_ENABLED: Final = ("ERR0029", "Recovery is not configured.")
_SHOWN_LETTERS: Final = 5


def config_update(surroundings: Surroundings, asked: Members) -> Json:
    """Whether activations come with a recovery code, and whether cards are printed."""
    application_id = asked.text("applicationId")
    content = {
        name: asked.flag(name, default=False)
        for name in ("activationRecoveryEnabled", "recoveryPostcardEnabled")
    }
    with surroundings.store.write() as transaction:
        applications.application(transaction, application_id)
        configuration.configure(transaction, application_id, configuration.RECOVERY, [content])
    return {"updated": True}


def config_detail(surroundings: Surroundings, asked: Members) -> Json:
    application_id = asked.text("applicationId")
    with surroundings.store.read() as transaction:
        applications.application(transaction, application_id)
        configured = configuration.values(transaction, application_id, configuration.RECOVERY)
        activation_recovery = recovery.is_enabled(transaction, application_id)
    return {
        "applicationId": application_id,
        "activationRecoveryEnabled": activation_recovery,
        "recoveryPostcardEnabled": _prints_cards(configured),
    }


def create(surroundings: Surroundings, asked: Members) -> Json:
    """Print a card for a user."""
    application_id, user_id = asked.text("applicationId"), asked.text("userId")
    puk_count = asked.integer("pukCount", least=1, most=_MOST_PUKS)
    with surroundings.store.write() as transaction:
        applications.application(transaction, application_id)
        if not _prints_cards(configuration.values(transaction, application_id, configuration.RECOVERY)):
            raise AdminError(*_NOT_ENABLED)
        printed, puks = recovery.print_card(surroundings, transaction, application_id, user_id, puk_count)
        shown = _shown(transaction, printed)
    for card, puk in zip(shown["puks"], puks, strict=True):
        card["puk"] = puk
    return shown | {"recoveryCode": printed.code}


def lookup(surroundings: Surroundings, asked: Members) -> Json:
    """The codes of a user, or of one activation."""
    user_id, activation_id = asked.optional_text("userId"), asked.optional_text("activationId")
    if user_id is None and activation_id is None:
        raise malformed("userId or activationId is needed")
    with surroundings.store.read() as transaction:
        rows = transaction.execute(
            "SELECT * FROM recovery_code WHERE ifnull(?, user_id) = user_id"
            " AND (? IS NULL OR activation_id = ?) ORDER BY rowid",
            (user_id, activation_id, activation_id),
        ).fetchall()
        shown = [_shown(transaction, RecoveryCode(**dict(row))) for row in rows]
    return {"recoveryCodes": shown}


def revoke(surroundings: Surroundings, asked: Members) -> Json:
    """Codes that will never work again."""
    with surroundings.store.write() as transaction:
        for code_id in asked.texts("recoveryCodeIds"):
            transaction.execute(
                "UPDATE recovery_code SET status = ? WHERE id = ?", (recovery.REVOKED, code_id)
            )
    return {"revoked": True}


def _prints_cards(configured: list[Members]) -> bool:
    return any(members.flag("recoveryPostcardEnabled", default=False) for members in configured)


def _shown(transaction: Transaction, found: RecoveryCode) -> Json:
    rows = transaction.execute(
        "SELECT position, status FROM recovery_puk WHERE recovery_code_id = ? ORDER BY position", (found.id,)
    )
    shown: Json = {
        "recoveryCodeId": found.id,
        "recoveryCodeMasked": "XXXXX-XXXXX-XXXXX-" + found.code[-_SHOWN_LETTERS:],
        "applicationId": found.application_id,
        "userId": found.user_id,
        "status": found.status,
        "puks": [{"pukIndex": row["position"], "status": row["status"]} for row in rows],
    }
    return shown if found.activation_id is None else shown | {"activationId": found.activation_id}

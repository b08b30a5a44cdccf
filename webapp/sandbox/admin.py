"""The back office, /rest/v3: the part about applications and activations.

Source: sandbox-admin.md.
"""

from typing import Final

from webapp.powerauth.encoding import to_base64
from webapp.powerauth.status import ActivationStatus
from webapp.sandbox import activations, applications
from webapp.sandbox.activations import ON_COMMIT, ON_KEY_EXCHANGE, Activation
from webapp.sandbox.applications import ApplicationVersion
from webapp.sandbox.errors import AdminError, malformed
from webapp.sandbox.initiations import Initiation, initiate
from webapp.sandbox.members import Members
from webapp.sandbox.store import Transaction
from webapp.sandbox.surroundings import Json, Surroundings, iso_moment

_MOST_FAILURES: Final = 64
_NO_OTP: Final = "NONE"


def application_list(surroundings: Surroundings, _asked: Members) -> Json:
    with surroundings.store.read() as transaction:
        found = applications.application_ids(transaction)
    return {"applications": [{"applicationId": application_id} for application_id in found]}


def application_create(surroundings: Surroundings, asked: Members) -> Json:
    application_id = asked.text("applicationId")
    with surroundings.store.write() as transaction:
        applications.create_application(surroundings, transaction, application_id)
    return {"applicationId": application_id}


def application_detail(surroundings: Surroundings, asked: Members) -> Json:
    application_id = asked.text("applicationId")
    with surroundings.store.read() as transaction:
        master = applications.application(transaction, application_id).master_public_key()
        versions = applications.versions(transaction, application_id)
    return {
        "applicationId": application_id,
        "masterPublicKey": to_base64(master),
        "versions": [
            _version(version) | {"mobileSdkConfig": applications.sdk_configuration(master, version)}
            for version in versions
        ],
    }


def version_create(surroundings: Surroundings, asked: Members) -> Json:
    application_id, version_id = asked.text("applicationId"), asked.text("applicationVersionId")
    with surroundings.store.write() as transaction:
        version = applications.create_version(surroundings, transaction, application_id, version_id)
    return _version(version) | {"applicationId": application_id}


def version_support(surroundings: Surroundings, asked: Members) -> Json:
    return _set_supported(surroundings, asked, supported=True)


def version_unsupport(surroundings: Surroundings, asked: Members) -> Json:
    return _set_supported(surroundings, asked, supported=False)


def activation_init(surroundings: Surroundings, asked: Members) -> Json:
    with surroundings.store.write() as transaction:
        initiation = _initiation(surroundings, transaction, asked)
        activation = initiate(surroundings, transaction, initiation)
    return {
        "activationId": activation.id,
        "activationCode": activation.code,
        "activationSignature": activation.code_signature,
        "userId": activation.user_id,
        "applicationId": activation.application_id,
    }


def activation_commit(surroundings: Surroundings, asked: Members) -> Json:
    otp = asked.optional_text("activationOtp")
    with surroundings.store.write() as transaction:
        found = stored_activation(transaction, asked)
        activation = activations.commit(transaction, found, otp, surroundings.clock.now_ms())
    return {"activationId": activation.id, "activated": True}


def activation_status(surroundings: Surroundings, asked: Members) -> Json:
    with surroundings.store.write() as transaction:
        activation = current_activation(surroundings, transaction, asked)
    return _shown(activation)


def activation_list(surroundings: Surroundings, asked: Members) -> Json:
    user_id, application_id = asked.text("userId"), asked.optional_text("applicationId")
    with surroundings.store.write() as transaction:
        now = surroundings.clock.now_ms()
        found = activations.of_user(transaction, user_id, application_id)
        current = [activations.touch(transaction, activation, now) for activation in found]
    return {"activations": [_shown(activation) for activation in current]}


def activation_rename(surroundings: Surroundings, asked: Members) -> Json:
    name = asked.text("activationName")
    with surroundings.store.write() as transaction:
        activation = activations.rename(
            transaction, current_activation(surroundings, transaction, asked), name
        )
    return {"activationId": activation.id, "activationName": name, "activationStatus": activation.status.name}


def activation_block(surroundings: Surroundings, asked: Members) -> Json:
    reason = asked.optional_word("reason")
    with surroundings.store.write() as transaction:
        found = stored_activation(transaction, asked)
        activation = activations.block(transaction, found, reason, surroundings.clock.now_ms())
    return _block_state(activation)


def activation_unblock(surroundings: Surroundings, asked: Members) -> Json:
    with surroundings.store.write() as transaction:
        found = stored_activation(transaction, asked)
        activation = activations.unblock(transaction, found, surroundings.clock.now_ms())
    return _block_state(activation)


def activation_remove(surroundings: Surroundings, asked: Members) -> Json:
    revoke = asked.flag("revokeRecoveryCodes", default=False)
    with surroundings.store.write() as transaction:
        found = stored_activation(transaction, asked)
        if revoke:
            transaction.execute(
                "UPDATE recovery_code SET status = 'REVOKED' WHERE activation_id = ?", (found.id,)
            )
        activation = activations.remove(transaction, found, surroundings.clock.now_ms())
    return {"activationId": activation.id, "removed": True}


def stored_activation(transaction: Transaction, asked: Members) -> Activation:
    """The activation that `activationId` names, as it was stored last.

    Raises:
        AdminError: ERR0009, there is none.
    """
    found = activations.find(transaction, asked.text("activationId"))
    if found is None:
        raise AdminError("ERR0009", "No such activation.")
    return found


def current_activation(surroundings: Surroundings, transaction: Transaction, asked: Members) -> Activation:
    """The same, with its expiry decided."""
    found = stored_activation(transaction, asked)
    return activations.touch(transaction, found, surroundings.clock.now_ms())


def _initiation(surroundings: Surroundings, transaction: Transaction, asked: Members) -> Initiation:
    otp = asked.optional_word("activationOtp")
    expires = asked.moment_ms("timestampActivationExpire")
    if expires is not None and expires <= surroundings.clock.now_ms():
        raise malformed("timestampActivationExpire is over")
    return Initiation(
        user_id=asked.text("userId"),
        application=applications.application(transaction, asked.text("applicationId")),
        expires_ms=expires,
        max_failed_attempts=asked.optional_integer("maxFailureCount", least=1, most=_MOST_FAILURES),
        commit_phase=_commit_phase(asked, otp),
        otp=otp,
        flags=asked.texts("flags"),
    )


def _commit_phase(asked: Members, otp: str | None) -> str:
    """When the bank commits. The older `activationOtpValidation` says the same, and that there is an OTP.

    Raises:
        AdminError: ERR0024 unknown, ERR0032 the two do not go together with each other or with the OTP.
    """
    phase, validation = asked.optional_text("commitPhase"), asked.optional_text("activationOtpValidation")
    if validation is None:
        if phase not in (None, ON_COMMIT, ON_KEY_EXCHANGE):
            raise malformed("unknown commitPhase")
        return phase or ON_COMMIT
    if validation not in (_NO_OTP, ON_COMMIT, ON_KEY_EXCHANGE):
        raise malformed("unknown activationOtpValidation")
    if phase is not None or (otp is None) is not (validation == _NO_OTP):
        raise AdminError("ERR0032", "Invalid activation OTP mode.")
    return ON_COMMIT if validation == _NO_OTP else validation


def _set_supported(surroundings: Surroundings, asked: Members, *, supported: bool) -> Json:
    application_id, version_id = asked.text("applicationId"), asked.text("applicationVersionId")
    with surroundings.store.write() as transaction:
        applications.set_supported(transaction, application_id, version_id, supported=supported)
    return {"applicationVersionId": version_id, "supported": supported}


def _version(version: ApplicationVersion) -> Json:
    return {
        "applicationVersionId": version.id,
        "applicationKey": version.application_key,
        "applicationSecret": version.application_secret,
        "supported": version.supported,
    }


def _shown(activation: Activation) -> Json:
    """The activation as the bank sees it; the code only while it can be used."""
    shown: Json = {
        "activationId": activation.id,
        "userId": activation.user_id,
        "applicationId": activation.application_id,
        "activationStatus": activation.status.name,
        "blockedReason": activation.blocked_reason if activation.status is ActivationStatus.BLOCKED else None,
        "activationName": activation.name,
        "platform": activation.platform,
        "deviceInfo": activation.device_info,
        "extras": activation.extras,
        "failedAttempts": activation.failed_attempts,
        "maxFailedAttempts": activation.max_failed_attempts,
        "devicePublicKeyFingerprint": activation.fingerprint(),
        "protocol": "powerauth",
        "version": 3,
        "activationFlags": list(activation.flags),
        "commitPhase": activation.commit_phase,
        "timestampCreated": iso_moment(activation.created_ms),
        "timestampLastUsed": iso_moment(activation.used_ms),
        "timestampLastChange": iso_moment(activation.changed_ms),
    }
    if activation.status is ActivationStatus.CREATED:
        shown |= {"activationCode": activation.code, "activationSignature": activation.code_signature}
    return {name: value for name, value in shown.items() if value is not None}


def _block_state(activation: Activation) -> Json:
    state: Json = {"activationId": activation.id, "activationStatus": activation.status.name}
    if activation.blocked_reason is not None:
        state["blockedReason"] = activation.blocked_reason
    return state

"""Ask for an activation's status and compare counters; says what was found and changes nothing.

Source: powerauth.md, sections 6.8 and 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from webapp.mtoken import standard_api
from webapp.mtoken.standard_api import StandardApi, bytes_of, request_body
from webapp.powerauth import status as blob_format
from webapp.powerauth.counter import HashCounter, Synchronisation, synchronise
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.errors import CounterOutOfSync
from webapp.powerauth.state import ActivationState
from webapp.powerauth.status import ActivationStatus, StatusBlob


@dataclass(frozen=True, slots=True)
class StatusReport:
    """How the activation stands, by the server's word.

    `synchronisation` is None when the counters cannot meet any more (a "deadlock": only a new activation
    helps). `counter` is where the client's counter belongs. `is_in_step` says that the server's counter
    equals ours: it has accepted our last signature. `ahead` is how many signatures it has not seen, and
    `look_ahead` how many counter values it tries; None where the status does not tell. `custom_object` is
    whatever the bank adds, in clear and not authenticated: nothing that matters may depend on it.
    """

    status: ActivationStatus
    failed_attempts: int
    max_failed_attempts: int
    synchronisation: Synchronisation | None
    counter: HashCounter
    is_in_step: bool
    ahead: int | None = None
    look_ahead: int | None = None
    custom_object: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def remaining_attempts(self) -> int:
        return max(0, self.max_failed_attempts - self.failed_attempts)

    def followed_by(self, state: ActivationState) -> ActivationState:
        """The state that agrees with what the server says."""
        return replace(
            state,
            counter=self.counter,
            failed_attempts=self.failed_attempts,
            max_failed_attempts=self.max_failed_attempts,
            unconfirmed=state.unconfirmed if self.ahead is None else self.ahead,
            look_ahead=self.look_ahead or state.look_ahead,
        )


def read_report(api: StandardApi, state: ActivationState, challenge: bytes | None) -> StatusReport:
    """Fetch the status blob; `challenge` is 16 random bytes, None in 3.0.

    Raises:
        StatusUnreadable: the server makes no statement about this activation.
    """
    asked = {"activationId": state.activation_id}
    if challenge is not None:
        asked["challenge"] = to_base64(challenge)
    answer = api.ask(standard_api.ACTIVATION_STATUS, request_body(asked))
    custom = answer.get("customObject")
    return replace(
        _read(answer, state, challenge), custom_object=custom if isinstance(custom, dict) else None
    )


def _read(answer: Mapping[str, Any], state: ActivationState, challenge: bytes | None) -> StatusReport:
    encrypted = bytes_of(answer, "encryptedStatusBlob")
    if challenge is None:
        blob = blob_format.read_status(state.transport_key, encrypted)
        return _report(blob, state.counter, Synchronisation.IN_STEP, is_in_step=False)
    iv = blob_format.status_iv(state.transport_key, challenge, bytes_of(answer, "nonce"))
    return _compare(blob_format.read_status(state.transport_key, encrypted, iv), state)


def _compare(blob: StatusBlob, state: ActivationState) -> StatusReport:
    if blob.status is ActivationStatus.REMOVED or not blob_format.has_counter(blob):
        return _report(blob, state.counter, Synchronisation.IN_STEP, is_in_step=False)
    key = blob_format.counter_key(state.transport_key)
    try:
        result, counter = synchronise(
            state.counter,
            counter_key=key,
            server_hash=blob.counter_hash,
            server_byte=blob.counter_byte,
            look_ahead=blob.look_ahead,
        )
    except CounterOutOfSync:
        return _report(blob, state.counter, None, is_in_step=False)
    ahead = (counter.byte - blob.counter_byte) % 256
    equal = blob.counter_hash == blob_format.counter_hash(state.transport_key, state.counter.value)
    report = _report(blob, counter, result, is_in_step=equal)
    return replace(report, ahead=ahead, look_ahead=blob.look_ahead)


def _report(
    blob: StatusBlob, counter: HashCounter, result: Synchronisation | None, *, is_in_step: bool
) -> StatusReport:
    return StatusReport(
        blob.status, blob.failed_attempts, blob.max_failed_attempts, result, counter, is_in_step
    )

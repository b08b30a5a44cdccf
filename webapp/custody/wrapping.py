"""The wrap: a record's data key, sealed under the browser's half and the server's half together.

A browser that has a key of its own has its public part in there, too, so that nobody can put another one
into the database: content = data key 32 [‖ public key 65].

    wrap key = HKDF-SHA256(half 32 ‖ server key 32, salt = 32 random bytes of this wrap, info)

Neither half alone says anything about the wrap key. A browser has one wrap; a record may have several.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from webapp.custody.errors import HalfWrong, RecordDamaged
from webapp.custody.record import SealedBrowser, hash_sid
from webapp.custody.sealing import KEY_BYTES, VERSION, DataKey, Envelope, derive, number, seal
from webapp.custody.server_keys import ServerKey, ServerKeys
from webapp.randomness import Random

SALT_BYTES = 32
PROOF_KEY_BYTES = 65
_INFO = f"assent/custody/wrap/{VERSION}".encode()


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What is in a wrap."""

    data_key: DataKey
    proof_key: bytes | None = field(default=None, repr=False)
    """The public key by which this browser proves its requests, an uncompressed point; None: it has none."""


def wrap(
    wrapped: Wrapped, *, sid: bytes, half: bytes, server_key: ServerKey, expires_at_ms: int, random: Random
) -> SealedBrowser:
    """Let the browser with this sid and half open the record until then."""
    data_key, proof_key = wrapped.data_key, wrapped.proof_key
    if proof_key is not None and len(proof_key) != PROOF_KEY_BYTES:
        raise ValueError("a proof key has 65 bytes")
    salt = random(SALT_BYTES)
    sid_hash = hash_sid(sid)
    sealed = seal(
        derive(half + server_key.secret, _INFO, salt=salt),
        server_key.id.encode(),
        data_key.secret + (proof_key or b""),
        *_bound(data_key.record_id, sid_hash, expires_at_ms),
        random=random,
        salt=salt,
    )
    return SealedBrowser(sid_hash, data_key.record_id, expires_at_ms, sealed)


def unwrap(browser: SealedBrowser, *, half: bytes, server_keys: ServerKeys, now_ms: int) -> Wrapped:
    """Open a browser's wrap.

    Raises:
        HalfWrong: the half is not the one, or the row is not as we wrote it; the seal cannot tell which.
        RecordDamaged: not a wrap at all.
        ServerKeyUnknown: wrapped under a server key that is not configured, or past its last day.
    """
    envelope = Envelope.read(browser.wrap, salt_bytes=SALT_BYTES)
    server_key = server_keys.get(_key_id(envelope), now_ms=now_ms)
    wrap_key = derive(half + server_key.secret, _INFO, salt=envelope.salt)
    bound = _bound(browser.record_id, browser.sid_hash, browser.expires_at_ms)
    try:
        content = envelope.open(wrap_key, *bound)
    except InvalidTag as error:
        raise HalfWrong("the half does not open the wrap") from error
    data_key, proof_key = content[:KEY_BYTES], content[KEY_BYTES:]
    if len(data_key) != KEY_BYTES or len(proof_key) not in {0, PROOF_KEY_BYTES}:
        raise RecordDamaged("a wrap holds something else than keys")
    return Wrapped(DataKey(browser.record_id, data_key), proof_key or None)


def server_key_id(browser: SealedBrowser) -> str:
    """The id of the server key that this wrap needs."""
    return _key_id(Envelope.read(browser.wrap, salt_bytes=SALT_BYTES))


def readable_key_id(browser: SealedBrowser) -> str | None:
    """The same for whoever looks at many: one damaged wrap is no reason to stop."""
    try:
        return server_key_id(browser)
    except RecordDamaged:
        return None


def _key_id(envelope: Envelope) -> str:
    try:
        return envelope.key_id.decode("ascii")
    except UnicodeDecodeError as error:
        raise RecordDamaged("a wrap names no readable server key") from error


def _bound(record_id: str, sid_hash: bytes, expires_at_ms: int) -> tuple[bytes, ...]:
    return b"wrap", record_id.encode(), sid_hash, number(expires_at_ms)

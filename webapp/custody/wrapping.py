"""The wrap: a record's data key, sealed under the browser's half and the server's half together.

    wrap key = HKDF-SHA256(half 32 ‖ server key 32, salt = 32 random bytes of this wrap, info)

Neither half alone says anything about the wrap key. A browser has one wrap; a record may have several.
"""

from cryptography.exceptions import InvalidTag

from webapp.custody.errors import HalfWrong, RecordDamaged
from webapp.custody.record import SealedBrowser, hash_sid
from webapp.custody.sealing import VERSION, DataKey, Envelope, derive, number, seal
from webapp.custody.server_keys import ServerKey, ServerKeys
from webapp.randomness import Random

SALT_BYTES = 32
_INFO = f"assent/custody/wrap/{VERSION}".encode()


def wrap(
    data_key: DataKey, *, sid: bytes, half: bytes, server_key: ServerKey, expires_at_ms: int, random: Random
) -> SealedBrowser:
    """Let the browser with this sid and half open the record until then."""
    salt = random(SALT_BYTES)
    sid_hash = hash_sid(sid)
    sealed = seal(
        derive(half + server_key.secret, _INFO, salt=salt),
        server_key.id.encode(),
        data_key.secret,
        *_bound(data_key.record_id, sid_hash, expires_at_ms),
        random=random,
        salt=salt,
    )
    return SealedBrowser(sid_hash, data_key.record_id, expires_at_ms, sealed)


def unwrap(browser: SealedBrowser, *, half: bytes, server_keys: ServerKeys) -> DataKey:
    """Open a browser's wrap.

    Raises:
        HalfWrong: the half is not the one, or the row is not as we wrote it; the seal cannot tell which.
        RecordDamaged: not a wrap at all.
        ServerKeyUnknown: wrapped under a server key that is not configured.
    """
    envelope = Envelope.read(browser.wrap, salt_bytes=SALT_BYTES)
    server_key = server_keys.get(_key_id(envelope))
    wrap_key = derive(half + server_key.secret, _INFO, salt=envelope.salt)
    bound = _bound(browser.record_id, browser.sid_hash, browser.expires_at_ms)
    try:
        return DataKey(browser.record_id, envelope.open(wrap_key, *bound))
    except InvalidTag as error:
        raise HalfWrong("the half does not open the wrap") from error


def server_key_id(browser: SealedBrowser) -> str:
    """The id of the server key that this wrap needs."""
    return _key_id(Envelope.read(browser.wrap, salt_bytes=SALT_BYTES))


def _key_id(envelope: Envelope) -> str:
    try:
        return envelope.key_id.decode("ascii")
    except UnicodeDecodeError as error:
        raise RecordDamaged("a wrap names no readable server key") from error


def _bound(record_id: str, sid_hash: bytes, expires_at_ms: int) -> tuple[bytes, ...]:
    return b"wrap", record_id.encode(), sid_hash, number(expires_at_ms)

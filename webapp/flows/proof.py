"""The browser's proof: its own key signs every request by which a person makes the activation sign.

Cookies can be copied; a WebCrypto key that cannot be exported stays where it was made. A browser that had
one at enrolment is *bound*: its public key lies in its wrap, and without a proof nothing is signed for it. A
browser without script has no such key and needs no proof.

What is signed has one reading: a list of fields, each behind its length in four bytes (big endian), in UTF-8:

    "assent/proof/1" │ method │ path │ query │ name │ value │ name │ value │ …

The path is the decoded one with the site's prefix; the query stands as it was sent, without its question
mark. Names and values are those of the form but for the proof itself, sorted by their bytes, with CR LF for
each line end. The signature is ECDSA with SHA-256 on P-256 as r ‖ s, 64 bytes, in Base64url.

Source: design.md (custody); W3C Web Cryptography API, section 23 (ECDSA).
"""

import re
from dataclasses import dataclass, field
from typing import Final

from webapp.custody.activation import OpenActivation
from webapp.custody.errors import HalfMissing, HalfWrong, NotEnrolled
from webapp.custody.record import generation_of, read_secret
from webapp.flows.errors import FlowError, FormError
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.powerauth.ecc import POINT_BYTES, read_public, verify_raw
from webapp.powerauth.encoding import concat_sized, from_base64url
from webapp.powerauth.errors import EncodingError, PublicKeyInvalid, SignatureInvalid
from webapp.powerauth.state import ActivationState

FIELD: Final = "proof"
NOTE_FIELD: Final = "proof_note"
"""Stands in the forms that carry no note of their own: a request of an earlier page proves nothing."""
NAME_LETTERS: Final = 24
MAX_LENGTH: Final = 100
"""Of a proof or a key in Base64url; right ones have 86 and 87 letters."""

_DOMAIN: Final = b"assent/proof/1"
_ABOUT: Final = "browser/proof"
_NOTES: Final = frozenset({"snapshot", "note", NOTE_FIELD})
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class ProofError(FlowError):
    """The family of what is wrong with a browser's key or proof. Nothing was signed, no attempt was spent."""


class ProofMissing(ProofError):
    """A bound browser sent no proof: its script is off, its key is gone, or it is another browser."""

    message_key = "proof.missing"


class ProofWrong(ProofError):
    """The proof is of another key, of another request, or no signature at all."""

    message_key = "proof.wrong"


class ProofStale(ProofError):
    """The request is of a page from before a change, or too old, or was carried out before."""

    message_key = "proof.stale"


class ProofKeyInvalid(ProofError):
    """What a browser gave as its key at enrolment is none."""

    message_key = "proof.key"


@dataclass(frozen=True, slots=True)
class SentForm:
    """A request as the browser sent it."""

    method: str
    path: str
    query: bytes
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def signed_bytes(self) -> bytes:
        """What the browser's key signs."""
        others = [(_encoded(name), _encoded(value)) for name, value in self.fields if name != FIELD]
        flat = (part for pair in sorted(others) for part in pair)
        return concat_sized(_DOMAIN, self.method.encode(), self.path.encode(), self.query, *flat)

    def values(self, name: str) -> list[str]:
        return [value for one, value in self.fields if one == name]


def read_key(text: str) -> bytes | None:
    """The public key that a form of enrolment brings, 65 bytes; None for a browser without one.

    Raises:
        ProofKeyInvalid: it is no point of the curve P-256, uncompressed, in Base64url.
    """
    if not text:
        return None
    try:
        key = from_base64url(text[: MAX_LENGTH + 1])
        read_public(key)
    except (EncodingError, PublicKeyInvalid) as error:
        raise ProofKeyInvalid(str(error)) from error
    if len(key) != POINT_BYTES:
        raise ProofKeyInvalid("a compressed point")
    return key


def name_of(text: str) -> str:
    """By which the browser finds its key again: the beginning of the public one as it was written."""
    return text[:NAME_LETTERS]


def note_for(services: Services, visitor: Visitor) -> str:
    """A fresh note for a form that has none of its own; good for this session, for a quarter of an hour."""
    sid = read_secret(visitor.sid or "")
    return services.snapshots.make_of_text(_ABOUT, generation=generation_of(sid) if sid else "")


def demand_proof(services: Services, visitor: Visitor, sent: SentForm, *, is_once: bool = False) -> None:
    """Let the request of a bound browser pass only with its proof.

    Where nothing opens, nothing can be signed either; the use case itself then says why.

    Args:
        is_once: the use case would carry this request out as often as it comes, and must not.

    Raises:
        ProofMissing, ProofWrong, ProofStale: the request must not be carried out.
        RecordDamaged, ServerKeyUnknown, StoreUnavailable: nobody can say whether it may.
    """
    try:
        opened = services.custody.open(visitor.sid, visitor.half)
    except (NotEnrolled, HalfMissing, HalfWrong):
        return
    if opened.proof_key is None:
        return
    check(sent, opened.proof_key)
    form_id = _form_id(services, opened, sent)
    if is_once:
        _use_up(services, visitor, form_id)


def check(sent: SentForm, proof_key: bytes) -> None:
    """Raises ProofMissing or ProofWrong."""
    proofs = sent.values(FIELD)
    if not any(proofs):
        raise ProofMissing
    if len(proofs) > 1:
        raise ProofWrong("two proofs")
    try:
        signature = from_base64url(proofs[0][: MAX_LENGTH + 1])
        verify_raw(read_public(proof_key), sent.signed_bytes(), signature)
    except (EncodingError, SignatureInvalid) as error:
        raise ProofWrong(str(error)) from error


def _form_id(services: Services, opened: OpenActivation[ActivationState], sent: SentForm) -> str:
    """Every proven request names its page: by the note that its use case reads, or else by one read here."""
    if not any(sent.values(name) for name in _NOTES):
        raise ProofWrong("a form without a note")
    try:
        for note in sent.values(NOTE_FIELD):
            return services.snapshots.open_of_text(note, text=_ABOUT, generation=opened.generation).form_id
    except FormError as error:
        raise ProofStale(type(error).__name__) from error
    return ""


def _use_up(services: Services, visitor: Visitor, form_id: str) -> None:
    if not form_id:
        raise ProofWrong("nothing to tell this form from others")
    with services.custody.hold(visitor.sid, visitor.half) as held:
        receipt = f"{_ABOUT}/{form_id}"
        if held.find_receipt(form_id=receipt) is not None:
            raise ProofStale("used before")
        held.keep_receipt(form_id=receipt, operation_id=_ABOUT, content=b"")


def _encoded(text: str) -> bytes:
    return _LINE_END.sub("\r\n", text).encode("utf-8", "replace")

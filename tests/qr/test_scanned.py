"""Telling the kinds apart: one kind for every text, and the same whichever way it came in."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.qr.payloads import payload
from tests.qr.readings import classified
from webapp.mtoken.pac import MAX_LENGTH as PAC_MAX_LENGTH
from webapp.mtoken.scanned import ScannedKind, ScanSource, classify
from webapp.powerauth.activation_code import make_activation_code
from webapp.powerauth.offline_operation import MAX_LENGTH

CODE = make_activation_code(bytes(range(10)))
KNOWN = {
    ScannedKind.OFFLINE_OPERATION: payload(more=["12345678"]),
    ScannedKind.RECOVERY_CODE: f"R:{CODE}",
    ScannedKind.ACTIVATION_CODE: CODE,
    ScannedKind.PAC: "mybank://operation?oid=7&potp=40718263",
}
around = st.text(" \t\r\n\u00a0", max_size=6)
anything = (
    st.text()
    | st.text(st.characters(), max_size=60)
    | st.lists(
        st.sampled_from([*KNOWN.values(), "\n", "\r\n", "R:", "#", ".", "e30", " ", ":", "\ufeff"])
    ).map("".join)
)


@given(anything, st.sampled_from(ScanSource))
@example("\ud800:", ScanSource.OTHER)
def test_any_text_has_a_kind_and_is_read_or_has_its_error(text: str, source: ScanSource) -> None:
    scanned = classify(text, source)
    outcomes = (scanned.value is not None) + (scanned.error is not None)
    assert outcomes == (scanned.kind is not ScannedKind.UNKNOWN)


@pytest.mark.parametrize("kind", KNOWN)
@given(before=around, after=around, mark=st.sampled_from(["", "\ufeff"]), source=st.sampled_from(ScanSource))
def test_what_clings_to_a_text_does_not_matter(
    kind: ScannedKind, before: str, after: str, mark: str, source: ScanSource
) -> None:
    scanned = classify(f"{mark}{before}{KNOWN[kind]}{after}", source)
    assert scanned.kind is kind
    assert scanned == classify(KNOWN[kind], ScanSource.CAMERA)
    assert scanned.value is not None


@given(anything.filter(lambda text: "\r" not in text))
def test_camera_and_paste_agree_but_for_codes_typed_by_people(text: str) -> None:
    camera, other = classified(text, ScanSource.CAMERA), classified(text, ScanSource.OTHER)
    assert camera == other or (camera.kind, other.kind) == ("unknown", "activation_code")


@pytest.mark.parametrize("kind", KNOWN)
def test_what_was_read_stays_out_of_repr(kind: ScannedKind) -> None:
    said = repr(classify(KNOWN[kind], ScanSource.CAMERA))
    for secret in (CODE, "40718263", "12345678", "Rent"):
        assert secret not in said


def test_one_limit_holds_for_everything() -> None:
    assert MAX_LENGTH == PAC_MAX_LENGTH
    longest = "mybank://operation?oid=" + "7" * (MAX_LENGTH - len("mybank://operation?oid="))
    assert classify(longest, ScanSource.CAMERA).kind is ScannedKind.PAC
    assert classify(longest + "7", ScanSource.CAMERA).kind is ScannedKind.UNKNOWN

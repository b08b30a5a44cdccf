"""The text of an operation's QR code: any text is an operation or one error; only the bank's is genuine."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.powerauth import known
from tests.qr.payloads import DATA, OPERATION_ID, payload
from webapp.powerauth.ecc import point
from webapp.powerauth.errors import QROperationError, QROperationNotGenuine, QROperationRule
from webapp.powerauth.offline_operation import (
    MAX_LENGTH,
    QROperation,
    QROperationParser,
    SigningKey,
    verify_qr_operation,
)
from webapp.powerauth.operation_data import escape

BOB = known.private_key("the server's key for Bob")
CANARY = "c4nary"
texts = st.text(st.characters(min_codepoint=0x20) | st.sampled_from("\\*n\n"), max_size=40)
nearly = st.lists(
    st.sampled_from(payload(more=["12345678"]).split("\n")) | st.text("A1*\\n\nQ=B ", max_size=8),
    max_size=12,
).map("\n".join)


def refused(text: str) -> QROperationError:
    with pytest.raises(QROperationError) as caught:
        QROperationParser.parse(text)
    return caught.value


def parsed(text: str) -> QROperation | QROperationError:
    try:
        return QROperationParser.parse(text)
    except QROperationError as error:
        return error


def verify(operation: QROperation) -> None:
    """As Alice's browser does."""
    master, server = (point(key.public_key()) for key in (known.MASTER, known.SERVER))
    verify_qr_operation(operation, master_public_key=master, server_public_key=server)


# --- reading


@given(texts, texts, st.lists(texts, max_size=6))
@example("C:\\new", "\\*\n\\n\\", ["C:\\new", "\\", "*\\*", "\n", "\\\\*", ""])
def test_what_the_bank_wrote_is_what_is_read(title: str, message: str, values: list[str]) -> None:
    data = "A0" + "".join(f"*{escape('T' + value)}" for value in values)
    operation = QROperationParser.parse(payload(title=title, message=message, data=data))
    assert (operation.title, operation.message) == (title, message)
    assert [field.text for field in operation.operation_data.fields] == values
    assert operation.operation_data.source_string == data
    verify(operation)


@given(st.text() | st.text(st.characters(), max_size=200) | nearly)
@example("\ud800\n\n\n\n\n\n")
def test_any_text_is_an_operation_or_one_error(text: str) -> None:
    result = parsed(text)
    if isinstance(result, QROperationError):
        assert result.rule in QROperationRule
        assert result.line is None or 1 <= result.line <= text.count("\n") + 1
    else:
        assert result.signed_data + result.signature.signature == text
        assert result.signed_data.encode()


@pytest.mark.parametrize("piece", ["\\", "*", "\\*", "*T", "\n", "9", "A", "=", "🌳"])
def test_the_longest_texts_of_one_piece_are_read_or_refused(piece: str) -> None:
    text = payload(data=f"A1*A{piece}")
    longest = text.replace(piece, piece * ((MAX_LENGTH - len(text)) // len(piece)), 1)
    for candidate in (longest, piece * (MAX_LENGTH // len(piece))):
        assert len(candidate) <= MAX_LENGTH
        assert getattr(parsed(candidate), "rule", None) is not QROperationRule.TOO_LONG


@pytest.mark.parametrize("text", ["\0" * 10_000_000, payload(more=["x" * MAX_LENGTH])])
def test_a_text_too_long_is_not_looked_at(text: str) -> None:
    error = refused(text)
    assert (error.rule, error.line) == (QROperationRule.TOO_LONG, None)


# --- what stays hidden


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"{CANARY}\t",
        payload(data=f"A1*A{CANARY}"),
        payload(nonce=CANARY),
        payload(title=CANARY) + CANARY + "=",
        "\n".join([CANARY] * 9),
    ],
)
def test_an_error_names_the_place_and_quotes_nothing(text: str) -> None:
    error = refused(text)
    assert error.message_key == "offline.malformed"
    assert str(error).startswith(error.rule.value)
    for note in (str(error), repr(error), repr(error.__cause__)):
        assert CANARY not in note


def test_an_operation_shows_nothing_of_its_contents_by_itself() -> None:
    text = payload(title=CANARY, message=CANARY, data=f"A1*N{CANARY}", more=[CANARY])
    operation = QROperationParser.parse(text)
    assert CANARY not in repr(operation)
    assert operation.nonce not in repr(operation)
    assert operation.signature.signature not in repr(operation)


# --- whose it is


@pytest.mark.parametrize("signing_key", SigningKey)
@pytest.mark.parametrize("more", [[], ["12345678"], ["12345678", "later", "lines"]])
def test_what_the_bank_signed_is_genuine(signing_key: SigningKey, more: list[str]) -> None:
    operation = QROperationParser.parse(payload(signing_key=signing_key, more=more))
    verify(operation)
    assert operation.signature.signing_key is signing_key
    assert operation.is_newer_format is (len(more) > 1)


def test_one_changed_character_anywhere_is_never_genuine() -> None:
    text = payload(title="Zaplatit 🌳", more=["12345678", "a later line"])
    signed = QROperationParser.parse(text).signed_data
    for at, character in enumerate(signed):
        with pytest.raises((QROperationError, QROperationNotGenuine)):
            verify(QROperationParser.parse(text[:at] + chr(ord(character) ^ 1) + text[at + 1 :]))


@pytest.mark.parametrize(
    "text",
    [
        payload(signer=BOB),
        payload(signing_key=SigningKey.MASTER, signer=BOB),
        payload(signing_key=SigningKey.MASTER, signer=known.SERVER),
        payload(signing_key=SigningKey.PERSONALIZED, signer=known.MASTER),
    ],
    ids=["for Bob", "of nobody", "personalised, named master", "master, named personalised"],
)
def test_a_signature_of_another_key_is_not_genuine(text: str) -> None:
    with pytest.raises(QROperationNotGenuine) as caught:
        verify(QROperationParser.parse(text))
    assert caught.value.message_key == "offline.not_genuine"


# --- what the person signs


@given(texts.filter(bool), st.none() | texts.map(lambda text: text.replace("\n", "")))
def test_the_person_signs_the_lines_as_received(operation_id: str, code: str | None) -> None:
    operation_id = operation_id.replace("\n", "&")
    more = [] if code is None else [code]
    operation = QROperationParser.parse(payload(operation_id=operation_id, more=more))
    assert operation.totp == (code or None)
    assert operation.signed_by_user == "&".join([operation_id, DATA, *([code] if code else [])])


def test_a_later_line_changes_nothing_of_what_the_person_signs() -> None:
    operation = QROperationParser.parse(payload(more=["12345678", "later", "42"]))
    assert operation.signed_by_user == f"{OPERATION_ID}&{DATA}&12345678"

import base64

import pytest

from webapp.custody.errors import ServerKeysInvalid, ServerKeyUnknown
from webapp.custody.server_keys import ServerKeys

NOW_MS = 1_800_000_000_000  # 2027-01-15 08:00 UTC
DAY_MS = 86_400_000
ONE = base64.b64encode(bytes(range(32))).decode()
TWO = base64.b64encode(bytes(range(32, 64))).decode()


def test_the_first_key_is_the_current_one():
    keys = ServerKeys.parse(f"2026-b:{TWO}, 2026-a:{ONE}")
    assert keys.current.id == "2026-b"
    assert keys.get("2026-a", now_ms=NOW_MS).secret == bytes(range(32))


def test_an_unknown_id_is_named():
    with pytest.raises(ServerKeyUnknown, match="'lost'"):
        ServerKeys.parse(f"kept:{ONE}").get("lost", now_ms=NOW_MS)


def test_a_key_with_a_last_day_opens_until_its_end():
    keys = ServerKeys.parse(f"new:{TWO},old:{ONE}:2027-01-15")
    assert keys.get("old", now_ms=NOW_MS + 16 * 3_600_000 - 1).secret == bytes(range(32))
    with pytest.raises(ServerKeyUnknown, match="'old' was good until 2027-01-15"):
        keys.get("old", now_ms=NOW_MS + 16 * 3_600_000)
    assert keys.get("new", now_ms=NOW_MS + 1000 * DAY_MS).secret == bytes(range(32, 64))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "number 1"),
        (ONE, "number 1"),
        (f"a:{ONE},{TWO}", "number 2"),
        (f"a:{ONE},", "number 2"),
        (f"{ONE}:a", "number 1"),
        (f":{ONE}", "number 1"),
        ("a:" + ONE[:-1], "'a' is not Base64"),
        ("a:" + ONE.replace("=", "!"), "'a' is not Base64"),
        ("a:" + "é" * 44, "'a' is not Base64"),
        ("a:" + base64.b64encode(bytes(31)).decode(), "'a' has 31 bytes"),
        ("a:", "'a' has 0 bytes"),
        (f"a:{ONE},b:{TWO},a:{TWO}", "'a' is given twice"),
        (f"a:{ONE}:2027-01-31", "'a' seals what is new"),
        (f"a:{ONE},b:{TWO}:", "last day of server key 'b'"),
        (f"a:{ONE},b:{TWO}:31.1.2027", "last day of server key 'b'"),
        (f"a:{ONE},b:{TWO}:2027-02-30", "last day of server key 'b'"),
        (f"a:{ONE},b:{TWO}:2027-01-31:", "last day of server key 'b'"),
    ],
)
def test_a_bad_setting_is_named_without_its_key(text, names):
    with pytest.raises(ServerKeysInvalid, match=names) as caught:
        ServerKeys.parse(text)
    assert ONE[:20] not in str(caught.value)
    assert TWO[:20] not in str(caught.value)


def test_no_key_shows_in_repr():
    keys = ServerKeys.parse(f"a:{ONE},b:{TWO}")
    shown = repr(keys) + repr(keys.get("b", now_ms=NOW_MS))
    assert ONE not in shown
    assert repr(bytes(range(32))) not in shown
    assert repr(bytes(range(32, 64))) not in shown

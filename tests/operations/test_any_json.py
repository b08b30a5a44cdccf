"""Any JSON in any place of an operation: every page is there, valid, and says what it can."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.mtoken.documents import everything, places, replaced
from tests.operations.seen import Seen
from tests.operations.world import NEIGHBOURS

TEXTS = st.text(alphabet=st.characters(codec=None), max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "\n" * 30,
        "<script>",
        "\u202e",
        "x" * 2000,
        "https://a.example/",
        "javascript:0",
        "1FA",
        "QR_SCAN",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.sampled_from([10**400, 1e308, -0.0]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "type", "label", "text", "href", "value", "items"]) | TEXTS,
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
EVERYTHING = everything()
IN_PLACE = st.tuples(st.sampled_from(places(EVERYTHING)), JSON).map(lambda at: replaced(EVERYTHING, *at))


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(IN_PLACE | JSON)
@example(EVERYTHING)
def test_any_json_is_a_page(world, document):
    place = world.place({"approves_unshown": True})
    with place.told(json.dumps(document).encode()):
        seen = Seen(place.alice.opens("/operations"))
        seen.check()
        seen.shows(*NEIGHBOURS)
        seen = Seen(place.alice.opens(f"/operations/{_path_of(document)}"))
        for _ in range(30):
            seen.check()
            if not seen.is_screen:
                break
            place.waits(31)
            seen = Seen(seen.posts("/screens", read="yes"))
        form = seen.form("/approve")
        if form is not None:
            Seen(seen.posts("/approve", pin=place.alice.pin, on_call="no")).check()


@pytest.mark.parametrize("levels", [30, 300, 900, 3000])
def test_json_of_any_depth_is_a_page(world, levels):
    place = world.place({})
    deep = b"[" * levels + b"]" * levels
    document = json.dumps(EVERYTHING).encode().replace(b'"formData": {', b'"formData": {"deep": %b,' % deep)
    with place.told(document):
        Seen(place.alice.opens("/operations")).check()


def _path_of(document) -> str:
    found = document.get("id") if isinstance(document, dict) else None
    return quote(found if isinstance(found, str) and found.isprintable() and found else "x", safe="")

"""Headers by name, and what shows of a request."""

import pytest

from webapp.mtoken.transport import Headers, HttpResponse, Request


def test_case_of_a_name_means_nothing():
    headers = Headers({"Content-Type": "a"})
    headers["content-TYPE"] = "b"
    assert headers["CONTENT-type"] == "b"
    assert "content-type" in headers
    assert list(headers.items()) == [("content-TYPE", "b")]
    del headers["Content-Type"]
    assert len(headers) == 0
    assert 7 not in headers


def test_a_name_that_is_not_there():
    with pytest.raises(KeyError):
        Headers()["a"]
    assert Headers().get("a") is None


def test_headers_are_equal_to_any_mapping_that_says_the_same():
    assert Headers([("A", "1"), ("b", "2")]) == Headers({"B": "2", "a": "1"}) == {"a": "1", "B": "2"}
    assert Headers({"a": "1"}) != {"a": "2"}
    assert Headers() != 7


def test_a_copy_is_a_copy():
    headers = Headers({"A": "1"})
    headers.copy()["A"] = "2"
    assert headers["a"] == "1"


def test_credentials_and_bodies_stay_out_of_repr():
    request = Request("POST", "https://bank.example/", Headers({"X-Token": "secret"}), b"secret")
    assert "X-Token" in repr(request)
    assert "secret" not in repr(request) + repr(HttpResponse(200, request.headers, b"secret"))

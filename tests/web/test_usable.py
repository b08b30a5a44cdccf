"""The checker of pages notices what it is there for: each of these pages has one thing wrong."""

import html5lib
import pytest

from tests.support.usable import check_usable

GOOD = """<!doctype html><html lang="en" dir="ltr"><head><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="5"></noscript></head>
<body><header><nav aria-label="Ways"><a href="#main">Skip</a></nav></header>
<main id="main" tabindex="-1">
<div class="error-summary" role="alert" tabindex="-1" autofocus>
<ul><li><a href="#pin">Too short</a></li></ul></div>
<form aria-label="Answer"><label for="pin">PIN</label><p class="error" id="pin-error">Too short</p>
<input id="pin" name="pin" aria-invalid="true" aria-describedby="pin-error" autocomplete="off">
<fieldset><legend>Why?</legend><p><label><input type="radio" name="why" value="a"> A</label></p></fieldset>
<button>Send</button></form>
<table><tr><th scope="row">Amount</th><td>1</td></tr></table>
<svg aria-hidden="true"></svg><nav aria-label="Pages"><ul><li>1</li></ul></nav>
</main><footer>Foot</footer></body></html>"""

SPOILED = {
    "an id twice": ('id="pin-error"', 'id="pin"'),
    "a description that is nowhere": ('aria-describedby="pin-error"', 'aria-describedby="nowhere"'),
    "a label of nothing": ('for="pin"', 'for="code"'),
    "a link to nowhere": ('href="#main"', 'href="#nowhere"'),
    "an unknown attribute": ('aria-label="Ways"', 'aria-lable="Ways"'),
    "an unknown role": ('role="alert"', 'role="alarm"'),
    "no language": ('lang="en"', 'lang="english"'),
    "an unknown direction": ('dir="ltr"', 'dir="left"'),
    "an unknown kind of value": ('autocomplete="off"', 'autocomplete="pin"'),
    "an order of its own": ('tabindex="-1" autofocus', 'tabindex="1" autofocus'),
    "a key of its own": ("<button>", '<button accesskey="s">'),
    "a field that nobody hears": ("<form ", '<form aria-hidden="true" '),
    "two ways of one name": ('aria-label="Pages"', 'aria-label="Ways"'),
    "a way without a name": (' aria-label="Pages"', ""),
    "two main parts": ("<footer>Foot</footer>", "<footer>Foot</footer><main></main>"),
    "two feet": ("<footer>Foot</footer>", "<footer>Foot</footer><footer>Foot</footer>"),
    "wrong, and nobody says why": (' aria-describedby="pin-error"', ""),
    "an error of no field": ('id="pin-error"', 'id="code-error"'),
    "a summary without focus": (" autofocus", ""),
    "a summary that is not said": (' role="alert"', ""),
    "a summary of nothing": ('<a href="#pin">Too short</a>', "Too short"),
    "a choice without a question": ("<legend>Why?</legend>", ""),
    "a choice alone": ("<button>", '<label><input type="radio" name="other"> B</label><button>'),
    "a head of nothing": (' scope="row"', ""),
    "a table without heads": ('<th scope="row">Amount</th>', "<td>Amount</td>"),
    "a button that empties": ("<button>", '<button type="reset">'),
    "a button of no form": ("<footer>Foot", "<footer><button>Send</button>"),
    "a list of no items": ("<li>1</li>", "<p>1</p>"),
    "a symbol without a name": ('<svg aria-hidden="true">', "<svg>"),
    "a page that leaves": ("<noscript><meta http-equiv", "<meta http-equiv"),
    "a page that cannot be larger": ("initial-scale=1", "initial-scale=1, maximum-scale=1"),
    "a film that plays": ("<footer>Foot", "<footer><video autoplay></video>"),
}


def parsed(html: str):
    return html5lib.parse(html, namespaceHTMLElements=False)


def test_a_good_page_is_good():
    check_usable(parsed(GOOD))


@pytest.mark.parametrize("wrong", SPOILED)
def test_one_thing_wrong_is_noticed(wrong):
    before, after = SPOILED[wrong]
    assert before in GOOD
    with pytest.raises(AssertionError):
        check_usable(parsed(GOOD.replace(before, after)))

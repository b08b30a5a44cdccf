"""HTML of a message: its words stay, and nothing that loads, leads or acts."""

import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.web.message_body import LONGEST, harmless

TAGS = {
    *("p", "div", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "h6"),
    *("table", "caption", "tr", "th", "td", "thead", "tbody", "tfoot", "br", "hr"),
    *("b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "code", "bdi", "span"),
}
ATTRIBUTES = {("dir", "auto"), ("class", "mark")}
ATTACKS = [
    "<script>alert(1)</script>",
    "<script src=https://evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<img srcset='https://evil.example/1 1x, https://evil.example/2 2x' alt=>",
    "<svg onload=alert(1)><image href=https://evil.example/x></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<math><mi//xlink:href="data:x,<script>alert(4)</script>">',
    "<style>@import 'https://evil.example/x.css'; p { background: url(https://evil.example/x) }</style>",
    "<p style='background: url(https://evil.example/x); position: fixed'>over everything</p>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=prefetch href=https://evil.example/x>",
    '<meta http-equiv=refresh content="0; url=https://evil.example/">',
    "<base href=https://evil.example/><a href=x>y</a>",
    "<iframe src=https://evil.example/></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=https://evil.example/></object><embed src=https://evil.example/>",
    "<form action=https://evil.example/><input name=pin><button formaction=javascript:alert(1)>Send</form>",
    "<input type=image src=https://evil.example/x><isindex>",
    "<video poster=https://evil.example/x><source src=https://evil.example/y></video><audio src=z autoplay>",
    "<body background=https://evil.example/x onload=alert(1)><table background=https://evil.example/y>",
    "<a href='javascript:alert(1)'>a</a><a href='data:text/html,x'>b</a><a href='vbscript:x'>c</a>",
    "<a href='/operations' target=_top ping=https://evil.example/>d</a><area href=https://evil.example/>",
    "<details open ontoggle=alert(1)>x</details><marquee onstart=alert(1)>y</marquee>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><img src=x onerror=alert(1)>--><![CDATA[<img src=x>]]><?php ?>",
    "<title></title><textarea></textarea><xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x>",
    "<p id=main class=button dir=rtl lang=ar title=x contenteditable accesskey=x>z</p>",
    '"><img src=x onerror=alert(1)>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p\x00 onclick=alert(1)><im\x00g src=x>",
]


@pytest.fixture(autouse=True)
def speaking(app):
    with app.test_request_context():
        yield


def said(html):
    """What can be read of it; whatever it is, it has no tag and no attribute but ours."""
    written = harmless(html)
    if written is None:
        return None
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(f"<!doctype html><body>{written}")
    for one in tree.find("body").iter():
        assert one.tag in TAGS | {"body"}, f"<{one.tag}> in {written}"
        assert set(one.attrib.items()) <= ATTRIBUTES, f"{one.attrib} in {written}"
    return " ".join("".join(tree.find("body").itertext()).split())


@pytest.mark.parametrize("html", ATTACKS)
def test_an_attack_leaves_words_at_most(html):
    said(html)
    assert said(f"Before {html}").startswith("Before")


@given(st.text(alphabet=st.sampled_from("<>/=\"' abpisvgtdr&;#x0-!\x00\u202e")) | st.text())
def test_whatever_comes_is_harmless(html):
    said(html)


@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<p>", "</p>", "<table>", "<td>", "<b>", "</b>", "<a href=https://x>"])
    )
)
def test_attacks_in_any_order_are_harmless(attacks):
    said("".join(attacks))


def test_the_order_of_words_stays():
    html = "<h1>Title</h1><p>First <b>bold</b></p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>"
    assert said(html) == "TitleFirst boldonetwoab"
    assert str(harmless("<h1>Title</h1>")) == '<h2 dir="auto">Title</h2>', "the page has the first heading"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (
            '<a href="https://evil.example/?a=1&amp;b=2">https://bank.example</a>',
            "https://bank.example [https://evil.example/?a=1&b=2]",
        ),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="mailto:help@bank.example">help</a>', "help [mailto:help@bank.example]"),
        ('<a href="tel:+420123456789"><b>Call</b> us</a>', "Call us [tel:+420123456789]"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<a href="//evil.example/">click</a>', "click"),
        ("<a>click</a>", "click"),
        (
            '<a href="https://evil.example/\u202egnp.exe">x</a>',
            "x [https://evil.example/⟦U+202E⟧gnp.exe]",
        ),
        (f'<a href="https://a.example/{"y" * 999}">x</a>', f"x [https://a.example/{'y' * 282}…]"),
    ],
)
def test_a_link_is_its_text_and_where_it_would_lead(html, shown):
    assert said(html) == shown


def test_a_picture_is_its_description():
    assert said('<img src=https://a.example/x.png alt="Spring <offer>">') == "[picture: Spring <offer>]"


def test_hidden_characters_are_marks_and_indenting_is_none():
    assert said("<p>\r\n\t\tto &#x202e;Bob\u200b</p>") == "to ⟦U+202E⟧Bob⟦U+200B⟧"


@pytest.mark.parametrize(
    "html", ["", " \n ", "<img src=x>", "<script>x</script>", "<style>x</style><br><hr>", "x" * (LONGEST + 1)]
)
def test_what_cannot_be_shown_is_nothing(html):
    assert harmless(html) is None


@pytest.mark.parametrize(
    "bomb",
    [
        "<p>" + "".join(f"<b id={n}>" for n in range(4000)) + "</p>" + "<p>x</p>" * 5000,
        "<p>" + "".join(f"<i\t/x='>'{n}>" for n in range(4000)) + "</p>" + "<p>x</p>" * 5000,
        "<p>" + "".join(f"<nobr {n}=<b {n}>" for n in range(4000)) + "</p>" + "<p>x</p>" * 3000,
        "<p>" + "<b><i><u><s><em><strong>" * 3 + "</p>" + "<p>x</p>" * 12_000,
        "<p>" + "".join(f"<a href=https://x/{n}><table><td>" for n in range(2000)) + "<p>x</p>" * 3000,
    ],
)
def test_a_bomb_stays_small(bomb):
    written = harmless(bomb)
    assert written is None or len(written) < 20 * len(bomb)


def test_what_stands_for_the_site_comes_from_the_site():
    assert re.findall("<code>", str(harmless("<code>[https://bank.example]</code><tt>x</tt>"))) == []

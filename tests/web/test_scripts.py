"""The scripts: small modules, complete in themselves, and unable to write markup or to speak a language."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.support.pages import integrity_of, script_of
from webapp.web.scripts import ENTRIES, ModulesInvalid, joined, minified, modules_of, name_of

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
SINKS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write", "DOMParser")

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)


@each_module
def test_a_module_takes_in_its_neighbours_only(path):
    script = path.read_text(encoding="utf-8")
    assert not re.search(r"\bimport\(|\brequire\(|https?://", script)
    for line in re.findall(r"^import .*$", script, re.MULTILINE):
        assert (path.parent / re.fullmatch(r'import .*"\./([a-z]+\.js)";', line)[1]).exists()


@each_module
def test_a_module_is_a_page_to_read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 200
    assert max(map(len, lines)) <= 110
    assert lines[0].startswith("/**"), "it says what it is for"


@each_module
def test_a_script_writes_no_markup(path):
    script = path.read_text(encoding="utf-8")
    for sink in (*SINKS, ".style"):
        assert sink not in script


@each_module
def test_a_script_listens_to_no_messages(path):
    assert not re.search(r"""["']message["']|onmessage|postMessage""", path.read_text(encoding="utf-8"))


@each_module
def test_time_is_measured_by_a_clock_that_only_goes_on(path):
    script = path.read_text(encoding="utf-8")
    assert "performance.now" in script or "even" in script or "Date.now" not in script
    assert "new Date()" not in script


@each_module
def test_every_module_has_a_use(path):
    taken_in = {name for one in MODULES for name in re.findall(r'"\./([a-z]+)\.js"', one.read_text())}
    assert path.stem in taken_in | {name for entries in ENTRIES for name in entries}


def test_every_help_that_a_page_asks_for_is_there():
    scripts = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    wanted = {name for names in re.findall(r'data-enhance="([a-z -]+)"', TEMPLATES) for name in names.split()}
    assert wanted
    for name in wanted:
        assert re.search(rf"\b{name}\b", scripts), f"{name} is not in any script"


def test_whatever_belongs_together_can_be_joined():
    for entries in ENTRIES:
        for pair in combinations(entries, min(2, len(entries))):
            script = joined(ROOT / "static/js", pair)
            assert not re.search(
                r"\b(?:import|export)\b", script.replace("importKey", "").replace("exportKey", "")
            )
    whole = joined(ROOT / "static/js", ENTRIES[0])
    assert whole.count("function enhance(") == 1, "what two modules take in is there once"


def test_a_name_says_what_is_in_a_script_and_nothing_else_is_one():
    assert name_of(("unread", "page", "page")) == "page-unread"
    assert modules_of("page-unread") == ("page", "unread")
    for name in ("unread-page", "page-page", "page-fresh", "keys", "basics", "", "..", "page-"):
        with pytest.raises(ModulesInvalid):
            modules_of(name)
    with pytest.raises(ModulesInvalid):
        name_of(())


@pytest.mark.parametrize(
    "modules",
    [
        {"page": "const a = 1;\n", "unread": "function a() {}\n"},
        {"page": 'import { a } from "https://elsewhere.example/a.js";\n', "unread": ""},
        {"page": "export default 1;\n", "unread": 'import x from "./page.js";\n'},
    ],
    ids=["a name twice", "a module from elsewhere", "another kind of import"],
)
def test_what_would_not_run_is_refused(tmp_path, modules):
    for name, text in modules.items():
        (tmp_path / f"{name}.js").write_text(text)
    with pytest.raises(ModulesInvalid):
        joined(tmp_path, modules)


def test_a_module_comes_after_those_that_it_takes_in(tmp_path):
    (tmp_path / "page.js").write_text('import { a } from "./basics.js";\nimport "./unread.js";\nuse(a);\n')
    (tmp_path / "unread.js").write_text('import {\n  a,\n} from "./basics.js";\nsay(a);\n')
    (tmp_path / "basics.js").write_text("export const a = 1;\n")
    assert joined(tmp_path, ["page", "unread"]) == "const a = 1;\nsay(a);\nuse(a);\n"


def test_minifying_leaves_what_a_script_says():
    said = ["const a = `x  // ${b + c}  y`;", "const r = /[/*]  \\//g;", "const s = '/* no */';"]
    script = "/** Words. */\n" + " // more\n".join(said)
    assert minified(script) == "".join(one.replace(" = ", "=") for one in said)


def test_what_is_served_is_what_the_page_and_its_policy_name(client):
    page = client.get("/activation/new")
    (tag,) = re.findall('<script [^>]*src="([^"]+)" integrity="([^"]+)"', page.text)
    address, integrity = tag
    name = re.search(r"/js/([a-z-]+)\.js", address)[1]
    with client.get(address) as served:
        assert served.mimetype == "text/javascript"
        assert served.text == script_of(name)
        assert "/**" not in served.text
    assert integrity == integrity_of(name)
    assert f"script-src '{integrity}';" in page.headers["Content-Security-Policy"]


def test_a_page_without_script_may_run_none(client):
    assert "script-src 'none';" in client.get("/offline-page").headers["Content-Security-Policy"]
    assert "script-src 'none';" in client.get("/manifest.webmanifest").headers["Content-Security-Policy"]

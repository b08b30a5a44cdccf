"""The glossary's words are the catalogs' words."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGS = sorted((ROOT / "webapp/translations").glob("*/LC_MESSAGES/messages.po"))
TABLE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
STEMS = {
    "activation code": {
        "cs": "aktivační.* kód",
        "de": "aktivierungscode",
        "es": "códigos? de activación",
        "fr": "codes? d.activation",
        "pl": "kod\\w* aktywacyjn",
        "uk": "код\\w* активації",
        "ar": "رم(ز|وز) (ال)?تفعيل",
    },
    "recovery code": {
        "cs": "kód.* (pro|k) obnovení",
        "de": "wiederherstellungscode",
        "es": "códigos? de recuperación",
        "fr": "codes? de récupération",
        "pl": "kod\\w* odzyskiwania",
        "uk": "код\\w* відновлення",
        "ar": "رم(ز|وز) (ال)?استرداد",
    },
    "approval code": {
        "cs": "schvalovací.* kód",
        "de": "freigabecode",
        "es": "códigos? de aprobación",
        "fr": "codes? d.approbation",
        "pl": "kod\\w* zatwierdzając",
        "uk": "код\\w* підтвердження",
        "ar": "رم(ز|وز) (ال)?موافقة",
    },
    "forget this browser": {
        "cs": "(zapom\\w* (tady )?tento prohlížeč|tento prohlížeč zapom)",
        "de": "diesen browser .*verg[ei]ss|verg[ei]ss.* diesen browser",
        "es": "olvid\\w* este navegador",
        "fr": "oubli\\w* (ici )?ce navigateur",
        "pl": "(zapom\\w* .*tę przeglądarkę|tę przeglądarkę .*zapom)",
        "uk": "(забу\\w* .*цей браузер|цей браузер .*забу)",
        "ar": "(نسيان|انس|ينسى|تنسى|نسي).*هذا المتصفح",
    },
    "passkey": {
        "cs": "přístupov\\w+ klíč",
        "de": "passkey",
        "es": "claves? de acceso",
        "fr": "clés? d.accès",
        "pl": "klucz\\w* dostępu",
        "uk": "ключ\\w* доступу",
        "ar": "(مفتاح|مفتاحي|مفاتيح|مفتاحًا) (ال)?مرور",
    },
    "PIN": dict.fromkeys(("cs", "de", "es", "fr", "pl", "uk", "ar"), "PIN"),
    "PUK": dict.fromkeys(("cs", "de", "es", "fr", "pl", "uk", "ar"), "PUK"),
    "attempt": {
        "cs": "pokus",
        "de": "versuch",
        "es": "intento",
        "fr": "tentative|essai",
        "pl": "prób",
        "uk": "спроб",
        "ar": "محاول",
    },
    "operation": {
        "cs": "operac",
        "de": "vorg[aä]ng",
        "es": "operaci",
        "fr": "opération",
        "pl": "operac",
        "uk": "операці",
        "ar": "عملي",
    },
}
"""What has to be found, in any case of letters, in the translation of a text with this English word."""


def entries(path: Path):
    language = path.parts[-3]
    for entry in read_po(BytesIO(path.read_bytes()), locale=language):
        if entry.id:
            english = entry.id if isinstance(entry.id, str) else entry.id[1]
            yield english, entry.string if isinstance(entry.string, str) else entry.string[-1]


def misses(path: Path, english: str) -> list[str]:
    wanted = re.compile(rf"\b{english}s?\b", re.IGNORECASE)
    stem = re.compile(STEMS[english][path.parts[-3]], re.IGNORECASE)
    return [
        f"{text!r}: {said!r}" for text, said in entries(path) if wanted.search(text) and not stem.search(said)
    ]


@pytest.mark.parametrize("english", STEMS)
@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_a_catalog_uses_the_words_of_the_glossary(path, english):
    assert misses(path, english) == []


def test_every_language_has_its_column():
    columns = [
        cell.strip() for cell in next(line for line in TABLE.splitlines() if "| English" in line).split("|")
    ]
    assert {path.parts[-3] for path in CATALOGS} <= set(columns)

"""PIN or password: the words of one site speak of the one that its people have."""

from flask import Flask, current_app
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from webapp.flows.pin import KnowledgeKind, KnowledgeRules


def configure(app: Flask, rules: KnowledgeRules) -> None:
    """Tell the texts of this app which rules hold; templates know them as `knowledge`."""
    app.config["KNOWLEDGE_RULES"] = rules
    app.jinja_env.globals.update(knowledge=rules, pin_or_password=pin_or_password)


def rules() -> KnowledgeRules:
    """The rules of the current app."""
    found: KnowledgeRules = current_app.config["KNOWLEDGE_RULES"]
    return found


def pin_or_password(pin: LazyString | str, password: LazyString | str) -> LazyString:
    """The one of two texts that fits, chosen when it is printed."""
    return LazyString(lambda: password if rules().kind is KnowledgeKind.PASSWORD else pin)


def at_least() -> str:
    """How short a new one may be."""
    num = rules().shortest
    if rules().kind is KnowledgeKind.PASSWORD:
        said = ngettext(
            "A password has at least %(num)s character.", "A password has at least %(num)s characters.", num
        )
    else:
        said = ngettext("A PIN has at least %(num)s digit.", "A PIN has at least %(num)s digits.", num)
    return str(said)


def at_most() -> str:
    """How long a new one may be."""
    num = rules().longest
    if rules().kind is KnowledgeKind.PASSWORD:
        said = ngettext(
            "A password has at most %(num)s character.", "A password has at most %(num)s characters.", num
        )
    else:
        said = ngettext("A PIN has at most %(num)s digit.", "A PIN has at most %(num)s digits.", num)
    return str(said)

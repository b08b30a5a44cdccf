"""What the pages say, done: examples run, links lead somewhere, tasks, commands and settings exist."""

import contextlib
import io
import os
import re
import subprocess
from collections.abc import Iterable

import pytest

from tests.docs.examples import PAGES, ROOT, Example, anchors, examples, links, shell
from tests.integration.servers import servers_of
from tests.support.bank import Bank
from webapp.app import create_app
from webapp.variables import VARIABLES

README = ROOT / "README.md"
OWN_OPERATIONS = ROOT / "docs/custom-operations.md"
LIBRARY = ROOT / "docs/library.md"
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with servers_of({}, tmp_path_factory.mktemp("servers") / "sandbox.sqlite") as found:
        yield found


def run(example: Example, namespace: dict[str, object], replaced: Iterable[tuple[str, str]] = ()) -> str:
    """Do what an example says; returns what it prints."""
    code = example.code
    for text, instead in replaced:
        assert text in code, f"{text} is not in the example any more"
        code = code.replace(text, instead)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        # The pages are ours; the blank lines make errors name a page's own lines.
        exec(compile("\n" * (example.line - 1) + code, example.page.name, "exec"), namespace)
    return printed.getvalue()


def test_no_other_page_has_examples_that_nobody_runs():
    assert [page for page in PAGES if any(examples(page))] == [README, OWN_OPERATIONS, LIBRARY]


@pytest.mark.parametrize("page", [OWN_OPERATIONS, LIBRARY], ids=["own operations", "library"])
def test_the_examples_print_what_the_page_says(page):
    namespace: dict[str, object] = {"__name__": "example"}
    for example in examples(page):
        assert run(example, namespace) == (example.output or ""), f"below line {example.line}"


def test_the_example_of_the_readme_approves_what_waits(servers):
    sdk_configuration, bank = servers.prepare(), Bank(servers.back_office, servers.application)
    enrol, approve = examples(README)
    namespace: dict[str, object] = {"__name__": "example"}
    offer = bank.gives_code("Alice")
    real = {
        "https://bank.example/enrollment-server": servers.enrollment_url,
        "ARDD…": sdk_configuration,
        "AERUK-Z4JVP-G66EB-S6C3Q": offer.code,
    }
    assert (
        run(enrol, namespace, real.items())
        == f"{bank.activation(offer.activation_id)['devicePublicKeyFingerprint']}\n"
    )
    bank.commits(offer.activation_id)
    payment = bank.offers("Alice", "payment")
    assert run(approve, namespace) == "Platba\n"
    assert bank.status(payment) == "APPROVED"


def test_the_commands_of_the_readme_lead_to_a_site(servers, tmp_path):
    (block,) = (block for block in shell(README) if "export ASSENT_ENROLLMENT_URL" in block)
    for text, instead in {
        "https://bank.example/enrollment-server": servers.enrollment_url,
        "ARDD…": servers.prepare(),
        ".venv/bin/gunicorn": ".venv/bin/gunicorn --check-config",
    }.items():
        assert text in block, f"{text} is not in the commands any more"
        block = block.replace(text, instead)
    database = {"ASSENT_DATABASE_URL": f"sqlite:///{tmp_path / 'assent.sqlite'}"}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    done = subprocess.run(
        ["bash", "-euc", block], cwd=ROOT, env=environ | database, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Nothing has to be fixed.\n")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_task_command_and_setting_exists(page):
    text = page.read_text(encoding="utf-8")
    tasks = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE)) <= tasks
    known = {*VARIABLES, *(f"{name}_FILE" for name, variable in VARIABLES.items() if variable.is_secret)}
    commands = set(create_app().cli.commands)
    assert set(re.findall(r"flask --app webapp\.app ([a-z]+)", text)) <= commands
    assert set(re.findall(r"ASSENT_(?!TEST_)[A-Z_]*[A-Z]\b(?!_)", text)) <= known

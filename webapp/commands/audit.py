"""`audit verify` and `audit show`: whether the audit trail is as it was written, and what it says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

import click
from flask.cli import AppGroup

from webapp.commands.desk import database, desk
from webapp.custody.audit import ANCHOR, AuditTrail
from webapp.custody.audit_sql import SqlAuditStore
from webapp.custody.errors import AuditDamaged
from webapp.flows.audit import Entry, Stage, name_of, name_of_attempt, read
from webapp.randomness import system_random

group = AppGroup("audit", help="What people did here, as it was written down.")

_PROGRESS_EVERY = 1000


@group.command("verify")
@click.option("--anchors", type=click.File(encoding="utf-8"), help="A log of this site, to hold against it.")
def verify(anchors: TextIO | None) -> None:
    """Look at every entry. Ends with 1 if anything is not as it was written."""
    with _trail() as trail:
        problems = _verified(trail, anchors)
    if problems:
        raise SystemExit(1)


def _verified(trail: AuditTrail, anchors: TextIO | None) -> int:
    """How many problems there are; each is told."""
    chains = trail.chains()
    problems = 0
    for number, chain in enumerate(chains, start=1):
        for problem in trail.problems(chain):
            click.echo(f"{chain}: {problem}")
            problems += 1
        if number % _PROGRESS_EVERY == 0:
            click.echo(f"{number} of {len(chains)} chains", err=True)
    for chain, ordinal in trail.missing(_anchors(anchors) if anchors else ()):
        click.echo(f"{chain}: entry {ordinal} stands in the log, but is not there or another")
        problems += 1
    click.echo(f"{len(chains)} chains, {problems} problems", err=True)
    return problems


@group.command("show")
@click.option("--activation", help="The activation's id, as the bank knows it.")
@click.option("--enrolment", help="The name that a person read on the page when enrolling did not work.")
def show(activation: str | None, enrolment: str | None) -> None:
    """What one person did, oldest first, as lines of JSON."""
    if bool(activation) == bool(enrolment):
        raise click.UsageError("say one of --activation and --enrolment")
    name = name_of(activation) if activation else name_of_attempt(enrolment or "")
    with _trail() as trail:
        try:
            entries = read(trail, name)
        except AuditDamaged as error:
            raise click.ClickException(f"{error}; `audit verify` says more") from error
    for place, entry in enumerate(entries, start=1):
        click.echo(json.dumps({"place": place, **_told(entry)}))
    answered = {entry.begun for entry in entries if entry.stage is Stage.ENDED}
    begun = (place for place, entry in enumerate(entries, start=1) if entry.stage is Stage.BEGUN)
    for place in begun:
        if place not in answered:
            click.echo(f"what became of {place} was not written down", err=True)
    click.echo(f"{len(entries)} entries", err=True)


@contextmanager
def _trail() -> Iterator[AuditTrail]:
    settings = desk().settings
    with database(settings) as engine:
        yield AuditTrail(
            SqlAuditStore(engine), settings.audit_keys or settings.server_keys, random=system_random
        )


def _anchors(log: TextIO) -> Iterator[tuple[str, int, str]]:
    """The entries that the log names; all else in it is passed over, also before a line's JSON."""
    for line in log:
        _, brace, rest = line.partition("{")
        try:
            event = json.loads(brace + rest)
        except ValueError:
            continue
        if event.get("event") == ANCHOR:
            yield event["chain"], event["ordinal"], event["link"]


def _told(entry: Entry) -> dict[str, object]:
    """An entry without what is empty; times as people write them."""
    deed = entry.deed
    told = {
        "at": _moment(entry.at_ms),
        "server_at": _moment(entry.server_at_ms),
        "stage": entry.stage.value,
        "act": deed.act.value,
        "outcome": entry.outcome,
        "answers": entry.begun,
        "reference": entry.reference,
        "activation": entry.activation_id,
        "operation": deed.operation_id,
        "data_sha256": deed.data_digest,
        "rendering_sha256": deed.rendering_digest,
        "screens_passed": deed.passed,
        "warnings": list(deed.warnings),
    }
    return {name: value for name, value in told.items() if value not in (None, "", 0, [])}


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")

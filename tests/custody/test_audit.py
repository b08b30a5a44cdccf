"""The audit trail on a real database: what is written stays, and whoever changes it is found out."""

import io
import json
import logging
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.custody.conftest import OTHER_SERVER_KEYS, ROTATED, SERVER_KEYS, SERVER_SECRET
from tests.custody.test_database import everything
from webapp import logs
from webapp.custody.audit import ANCHOR, AuditTrail
from webapp.custody.audit_sql import SqlAuditStore
from webapp.custody.errors import AuditDamaged, StoreUnavailable
from webapp.custody.server_keys import ServerKeys
from webapp.randomness import system_random

ALICE, BOB = "activation/alice", "activation/bob"
A_FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def trail_with(engine):
    """Another worker, with these keys."""
    return lambda keys=SERVER_KEYS: AuditTrail(
        SqlAuditStore(engine), ServerKeys.parse(keys), random=system_random
    )


@pytest.fixture
def trail(trail_with) -> AuditTrail:
    return trail_with()


def write(trail: AuditTrail, name: str = ALICE, entries: int = 4) -> list[bytes]:
    written = [f"{name} {number}".encode() for number in range(entries)]
    for content in written:
        trail.append(name, content)
    return written


def problems(trail: AuditTrail) -> list[str]:
    return [problem for chain in trail.chains() for problem in trail.problems(chain)]


def test_what_is_written_is_read_in_its_order(trail):
    alices, bobs = write(trail, ALICE), write(trail, BOB)
    assert trail.read(ALICE) == alices
    assert trail.read(BOB) == bobs
    assert trail.read("activation/nobody") == []
    assert problems(trail) == []
    assert len(trail.chains()) == 2


def test_places_count_from_one(trail):
    assert [trail.append(ALICE, b"x") for _ in range(3)] == [1, 2, 3]
    assert trail.append(BOB, b"x") == 1


def test_the_store_has_no_verb_that_changes_or_erases():
    verbs = {name for name in vars(SqlAuditStore) if not name.startswith("_")}
    assert verbs == {"append", "find_chain", "entries", "find", "head", "chains"}


def test_the_database_alone_tells_nothing(trail, database_url):
    trail.append(ALICE, b"canary of the content")
    stolen = everything(database_url)
    assert trail.chains()[0].encode() in stolen, "the database is not where this test looks"
    for secret in (b"canary of the content", b"alice", SERVER_SECRET):
        assert secret not in stolen


class TestChanging:
    """A thief of the database who writes, but has no key."""

    @given(place=st.integers(1, 4), at=st.integers(0, 10_000), bit=st.integers(0, 7))
    @A_FEW
    def test_one_bit_of_an_entry_is_noticed(self, engine, trail_with, thief, place, at, bit):
        trail = fresh(thief, trail_with)
        write(trail)
        [(sealed,)] = thief("SELECT sealed_content FROM audit_entries WHERE ordinal = :place", place=place)
        changed = bytearray(sealed)
        changed[at % len(changed)] ^= 1 << bit
        thief(
            "UPDATE audit_entries SET sealed_content = :new WHERE ordinal = :place",
            new=bytes(changed),
            place=place,
        )
        assert any(f"entry {place}" in problem for problem in problems(trail))
        with pytest.raises(AuditDamaged):
            trail.read(ALICE)

    @given(removed=st.sets(st.integers(1, 5), min_size=1))
    @A_FEW
    def test_entries_that_are_gone_are_noticed(self, trail_with, thief, removed):
        trail = fresh(thief, trail_with)
        write(trail, entries=5)
        for place in removed:
            thief("DELETE FROM audit_entries WHERE ordinal = :place", place=place)
        assert problems(trail)

    @given(order=st.permutations([1, 2, 3, 4]))
    @A_FEW
    def test_another_order_is_noticed(self, trail_with, thief, order):
        trail = fresh(thief, trail_with)
        write(trail)
        for place, other in enumerate(order, start=1):
            thief("UPDATE audit_entries SET ordinal = :to WHERE ordinal = :place", to=-other, place=place)
        thief("UPDATE audit_entries SET ordinal = -ordinal")
        assert bool(problems(trail)) == (order != [1, 2, 3, 4])

    @given(kept=st.integers(0, 4))
    @A_FEW
    def test_a_shorter_end_is_noticed(self, trail_with, thief, kept):
        trail = fresh(thief, trail_with)
        write(trail, entries=5)
        thief("DELETE FROM audit_entries WHERE ordinal > :kept", kept=kept)
        assert f"the end is missing: {kept} of 5 entries are there" in problems(trail)

    def test_a_shorter_end_with_a_head_to_match_is_noticed(self, trail, thief):
        write(trail)
        thief("DELETE FROM audit_entries WHERE ordinal = 4")
        thief("UPDATE audit_heads SET ordinal = 3, link = (SELECT link FROM audit_entries WHERE ordinal = 3)")
        assert problems(trail) == ["the head was changed"]

    def test_an_entry_of_another_chain_is_noticed(self, trail, thief):
        write(trail, ALICE)
        write(trail, BOB)
        alices, bobs = trail.chains()
        thief(
            "UPDATE audit_entries SET sealed_content = (SELECT sealed_content FROM audit_entries"
            " WHERE chain = :bobs AND ordinal = 2), link = (SELECT link FROM audit_entries"
            " WHERE chain = :bobs AND ordinal = 2) WHERE chain = :alices AND ordinal = 2",
            alices=alices,
            bobs=bobs,
        )
        assert "entry 2 was changed, or does not follow the one before it" in list(trail.problems(alices))
        assert list(trail.problems(bobs)) == []

    @pytest.mark.parametrize("table", ["audit_entries", "audit_heads"])
    def test_a_chain_without_head_or_entries_is_noticed(self, trail, thief, table):
        write(trail)
        thief(f"DELETE FROM {table}")
        assert problems(trail)

    def test_nothing_is_written_behind_a_changed_head(self, trail, thief):
        write(trail)
        thief("UPDATE audit_heads SET ordinal = 2")
        with pytest.raises(AuditDamaged):
            trail.append(ALICE, b"would hide it")
        assert thief("SELECT count(*) FROM audit_entries") == [(4,)]

    def test_nothing_is_written_into_a_chain_that_seems_to_begin_anew(self, trail, thief):
        write(trail)
        thief("DELETE FROM audit_heads")
        with pytest.raises(StoreUnavailable):
            trail.append(ALICE, b"would take the place of the first")
        assert trail_contents(trail) == 4

    def test_the_keys_of_another_site_write_nothing_that_is_taken_for_ours(self, trail, trail_with, thief):
        write(trail)
        forged = trail_with(OTHER_SERVER_KEYS)
        write(forged)
        ours, theirs = sorted(trail.chains(), key=lambda chain: bool(list(trail.problems(chain))))
        thief("DELETE FROM audit_entries WHERE chain = :ours", ours=ours)
        thief("UPDATE audit_entries SET chain = :ours WHERE chain = :theirs", ours=ours, theirs=theirs)
        assert list(trail.problems(ours))


class TestAnchors:
    """What the log remembers, a database that was put back does not."""

    @pytest.fixture
    def log_lines(self):
        """Our lines, as they are written."""
        logs.configure()
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        logging.getLogger().addHandler(handler)
        yield stream
        logging.getLogger().removeHandler(handler)

    @pytest.fixture
    def anchors(self, trail, log_lines):
        def anchors():
            lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
            return [
                (line["chain"], line["ordinal"], line["link"]) for line in lines if line["event"] == ANCHOR
            ]

        return anchors

    def test_all_is_there(self, trail, anchors):
        write(trail)
        assert len(anchors()) == 4
        assert list(trail.missing(anchors())) == []

    def test_a_database_of_yesterday_is_noticed(self, trail, anchors, thief):
        write(trail, entries=2)
        heads = thief("SELECT ordinal, link, key_id, mark FROM audit_heads")
        write(trail, entries=2)
        [(ordinal, link, key_id, mark)] = heads
        thief("DELETE FROM audit_entries WHERE ordinal > 2")
        thief(
            "UPDATE audit_heads SET ordinal = :ordinal, link = :link, key_id = :key_id, mark = :mark",
            ordinal=ordinal,
            link=link,
            key_id=key_id,
            mark=mark,
        )
        assert problems(trail) == [], "the database alone cannot tell"
        assert [ordinal for _, ordinal in trail.missing(anchors())] == [3, 4]


class TestKeys:
    def test_a_new_key_goes_on_with_the_chain(self, trail, trail_with):
        written = write(trail)
        rotated = trail_with(f"{ROTATED},{SERVER_KEYS}")
        written += write(rotated)
        assert rotated.read(ALICE) == written
        assert len(rotated.chains()) == 1
        assert problems(rotated) == []

    def test_without_its_key_a_chain_is_not_believed(self, trail, trail_with):
        write(trail)
        found = problems(trail_with(ROTATED))
        assert "entry 1: no audit key 'first' is configured" in found

    def test_no_key_shows(self, trail):
        assert "\\x" not in repr(trail._current)


def test_many_at_once_make_one_chain(engine, trail_with):
    def work() -> None:
        write(trail_with(), entries=5)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trail_with().read(ALICE)) == 30
    assert problems(trail_with()) == []


def fresh(thief, trail_with) -> AuditTrail:
    """An empty trail, for each example."""
    thief("DELETE FROM audit_entries")
    thief("DELETE FROM audit_heads")
    return trail_with()


def trail_contents(trail: AuditTrail) -> int:
    return sum(1 for chain in trail.chains() for _ in trail.opened(chain))


def test_a_chain_that_grows_while_it_is_verified_is_well(engine, trail):
    """The site writes on while an operator looks."""

    class Busy(SqlAuditStore):
        left = 3

        def entries(self, chain):
            found = super().entries(chain)
            if self.left:
                self.left -= 1
                trail.append(ALICE, b"meanwhile")
            return found

    write(trail)
    busy = Busy(engine)
    assert problems(AuditTrail(busy, ServerKeys.parse(SERVER_KEYS), random=system_random)) == []
    assert busy.left == 0

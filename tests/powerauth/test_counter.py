"""The counter's order and the table of section 6.8, over all distances that one byte can tell."""

import pytest

from tests.powerauth import known
from webapp.powerauth.counter import HashCounter, Synchronisation, next_counter, synchronise
from webapp.powerauth.errors import CounterOutOfSync
from webapp.powerauth.status import counter_hash, counter_key

FAR = 127
LOOK_AHEADS = [1, 2, 3, 19, 20, 21, 63, 64]


def chain(start: HashCounter, length: int) -> list[HashCounter]:
    counters = [start]
    while len(counters) < length:
        counters.append(counters[-1].next())
    return counters


COUNTERS = chain(HashCounter(known.COUNTER, 200), 2 * FAR + 1)
CLIENT = COUNTERS[FAR]


def meet(
    client: HashCounter, server: HashCounter, look_ahead: int, *, server_byte: int | None = None
) -> tuple[Synchronisation, HashCounter]:
    """The client reads a status blob of the server."""
    return synchronise(
        client,
        counter_key=counter_key(known.TRANSPORT_KEY),
        server_hash=counter_hash(known.TRANSPORT_KEY, server.value),
        server_byte=server.byte if server_byte is None else server_byte,
        look_ahead=look_ahead,
    )


def test_a_step_moves_value_and_byte() -> None:
    counter = HashCounter(known.COUNTER, 255)
    assert counter.next() == HashCounter(next_counter(known.COUNTER), 0)


def test_the_value_stays_out_of_repr() -> None:
    assert repr(known.COUNTER) not in repr(HashCounter(known.COUNTER))


@pytest.mark.parametrize("look_ahead", LOOK_AHEADS)
def test_a_client_ahead_waits_signs_soon_or_is_lost(look_ahead: int) -> None:
    for ahead in range(FAR + 1):
        server = COUNTERS[FAR - ahead]
        if ahead <= look_ahead // 2:
            assert meet(CLIENT, server, look_ahead) == (Synchronisation.IN_STEP, CLIENT)
        elif ahead <= look_ahead:
            assert meet(CLIENT, server, look_ahead) == (Synchronisation.SIGN_SOON, CLIENT)
        else:
            with pytest.raises(CounterOutOfSync):
                meet(CLIENT, server, look_ahead)


@pytest.mark.parametrize("look_ahead", LOOK_AHEADS)
def test_a_client_behind_is_moved_within_the_look_ahead_only(look_ahead: int) -> None:
    for behind in range(1, FAR + 1):
        server = COUNTERS[FAR + behind]
        if behind < look_ahead:
            assert meet(CLIENT, server, look_ahead) == (Synchronisation.MOVED, server)
        else:
            with pytest.raises(CounterOutOfSync):
                meet(CLIENT, server, look_ahead)


def test_a_byte_that_contradicts_the_hash_is_believed_by_nobody() -> None:
    for behind in range(20):
        server = COUNTERS[FAR + behind]
        for lie in range(1, 256):
            with pytest.raises(CounterOutOfSync):
                meet(CLIENT, server, 20, server_byte=(server.byte + lie) % 256)


def test_a_counter_of_another_activation_is_out_of_sync_unless_the_client_may_be_ahead() -> None:
    stranger = HashCounter(bytes(16))
    for distance in range(-128, 128):
        byte = (CLIENT.byte - distance) % 256
        if 0 < distance <= 20:
            _, counter = meet(CLIENT, stranger, 20, server_byte=byte)
            assert counter == CLIENT
        else:
            with pytest.raises(CounterOutOfSync):
                meet(CLIENT, stranger, 20, server_byte=byte)

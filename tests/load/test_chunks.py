"""Chunk after chunk: twenty of 32 ballots in a row and from ten clients at once, as the predecessor could not."""

import time

import processes
import traffic

CHUNKS = 20
BALLOTS = 32
CLIENTS = 10
GROWTH_MAX = 1.05


def check_chunk(outcome, prefix):
    """A whole answer in order; its ballot hashes."""
    assert outcome.status == 200, (outcome, outcome.body)
    ballots = outcome.body["ballots"]
    assert [b["ballot_id"] for b in ballots] == [f"{prefix}-{i}" for i in range(BALLOTS)]
    return [b["ballot_hash"] for b in ballots]


def send_chunks(url, election, prefix):
    """The outcomes of twenty chunks in a row, and all their hashes."""
    hashes, outcomes = [], []
    for i in range(CHUNKS):
        name = f"{prefix}-{i}"
        outcome = traffic.encrypt(url, traffic.chunk(election, BALLOTS, name))
        hashes += check_chunk(outcome, name)
        outcome.body = None
        outcomes.append(outcome)
    return outcomes, hashes


def settled(pid):
    """Memory two seconds after the last request: what a request used is back by then."""
    time.sleep(2)
    return processes.own_memory(pid)


def has_grown(pid, before, after):
    """By more than one part in twenty of what the whole service takes, code included."""
    return after - before > (GROWTH_MAX - 1) * processes.pss(pid)


def test_memory_after_twenty_chunks_and_after_two_hundred(start_service, election, measured):
    """One worker, so that the first chunk builds every table that the others use too."""
    service = start_service("--workers", "1")
    first = traffic.encrypt(service.url, traffic.chunk(election, BALLOTS, "first"))
    hashes = check_chunk(first, "first")
    memory = [settled(service.process.pid)]

    outcomes, more = send_chunks(service.url, election, "row")
    hashes += more
    memory.append(settled(service.process.pid))

    def client(index, _):
        own, found = send_chunks(service.url, election, f"client-{index}")
        all_hashes[index] = found
        return own

    all_hashes = [None] * CLIENTS
    crowd = traffic.run_crowd(CLIENTS, client, patience=600)
    memory.append(settled(service.process.pid))
    for own in all_hashes:
        hashes += own

    assert len(crowd) == CHUNKS * CLIENTS
    assert len(set(hashes)) == len(hashes) == BALLOTS * (1 + CHUNKS + CHUNKS * CLIENTS)
    after = ", ".join(f"{bytes_ / processes.MB:.1f}" for bytes_ in memory)
    measured(f"MB after 1, {CHUNKS}, {CHUNKS}+{CLIENTS}x{CHUNKS} chunks: {after}")
    measured(f"median chunk {traffic.median([o.seconds for o in outcomes]):.2f} s alone, "
             f"{traffic.median([o.seconds for o in crowd]):.2f} s beside nine others")
    assert not has_grown(service.process.pid, memory[0], memory[1])
    assert not has_grown(service.process.pid, memory[0], memory[2])


def test_memory_with_all_workers(start_service, election, measured):
    """Default workers: each builds its tables once; what ten clients leave behind does not grow from round to round."""
    service = start_service()
    memory = []
    for turn in range(3):
        def client(index, _, turn=turn):
            for i in range(6):
                name = f"{turn}-{index}-{i}"
                outcome = traffic.encrypt(service.url, traffic.chunk(election, BALLOTS, name))
                check_chunk(outcome, name)
                yield outcome

        traffic.run_crowd(CLIENTS, client, patience=600)
        memory.append(settled(service.process.pid))
    count = len(processes.family(service.process.pid))
    measured(f"MB of {count} processes after each round: " + ", ".join(f"{m / processes.MB:.1f}" for m in memory))
    assert not has_grown(service.process.pid, memory[1], memory[2])

"""Several machines: what is due when and in which batch, one job of an outlet at a time, what dead workers held, one process a host."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from monitors.cli import tallywatch
from monitors.cluster.plan import BATCH, make_batches, next_due
from monitors.failure import Failure
from monitors.history import schedule
from monitors.history.store import History, open_history
from monitors.lock import fences, lock
from monitors.newsroom.server import Newsroom
from tests.clusters import ROOT, WATCHED_OVER, Machines, children_of, feed_of, local_outlets, publish, publish_pages
from tests.hurried import HURRY
from tests.jobs import Job
from tests.postgresql import OWNER, Server, running
from tests.test_readme import SHARED_OUT

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
in_postgresql = pytest.mark.postgresql


# --- what is due when, and in which batch


@given(some.lists(some.frozensets(some.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=60))
def test_every_due_outlet_is_in_one_batch_and_no_two_batches_ask_a_host(hosts):
    outlets = {f"o{number}": asked for number, asked in enumerate(hosts)}
    batches = list(make_batches(outlets, outlets))
    assert sorted(outlet for batch in batches for outlet in batch) == sorted(outlets)
    asked = [set().union(*(outlets[outlet] for outlet in batch)) for batch in batches]
    assert not any(one & other for number, one in enumerate(asked) for other in asked[:number])


def test_outlets_of_hosts_of_their_own_are_asked_twenty_to_a_process():
    outlets = {f"o{number}": frozenset({f"host{number}"}) for number in range(45)}
    assert [len(batch) for batch in make_batches(outlets, outlets)] == [BATCH, BATCH, 5]


def test_two_hundred_outlets_are_spread_over_their_cadence_and_keep_their_place():
    first = {f"o{number}": next_due(f"o{number}", QUARTER, 0, NOON) for number in range(200)}
    minutes = Counter((at - NOON) // timedelta(minutes=1) for at in first.values())
    assert set(minutes) == set(range(15))
    assert max(minutes.values()) <= 2 * BATCH
    late = timedelta(seconds=59)
    assert all(next_due(outlet, QUARTER, 0, at + late) == at + QUARTER for outlet, at in first.items())


def test_an_outlet_that_goes_on_failing_is_asked_ever_more_seldom_but_four_times_a_day():
    waits = [next_due("o", QUARTER, failures, NOON) for failures in range(40)]
    waits = [next_due("o", QUARTER, failures, at) - at for failures, at in enumerate(waits)]
    assert waits[:5] == [QUARTER, QUARTER, QUARTER, 2 * QUARTER, 4 * QUARTER]
    assert max(waits) == timedelta(hours=6)


@pytest.mark.sqlite("a cluster refuses it")
def test_who_has_no_postgresql_is_told_what_to_do(tmp_path):
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\n')
    for words in (("worker",), ("cluster", "status"), ("cluster", "schema"), ("cluster", "deliver")):
        done = CliRunner().invoke(tallywatch, [*words, "--config", str(tmp_path / "tallywatch.toml")])
        assert isinstance(done.exception, Failure)
        assert "postgresql+psycopg://" in str(done.exception)
        assert "\n" not in str(done.exception)


# --- on a PostgreSQL of our own


@pytest.fixture
def server(postgresql: Server) -> Server:
    pytest.importorskip("procrastinate", reason="the extra [cluster] is not installed")
    return postgresql


@pytest.fixture
def history(server: Server) -> Iterator[History]:
    """An empty history with a queue beside it."""
    url = server.make_queue()
    with open_history(url) as opened:
        yield opened
    server.drop(url)


def url_of(history: History) -> str:
    return history.engine.url.render_as_string(hide_password=False)


def sql(history: History, statement: str) -> list[tuple]:
    with history.transaction() as connection:
        done = connection.execute(text(statement))
        return [tuple(row) for row in done] if done.returns_rows else []


def dispatch(history: History, now: datetime, outlets: int = 50) -> list[int]:
    from procrastinate import App, SyncPsycopgConnector

    from monitors.cluster import engine

    names = [f"o{number}" for number in range(outlets)]
    crew = engine.Crew({name: frozenset({name}) for name in names}, dict.fromkeys(names, QUARTER))
    conninfo = engine.connection_string(url_of(history))
    return engine.dispatch(App(connector=SyncPsycopgConnector(conninfo=conninfo)), history, crew, now)


def rescue(history: History) -> list[int]:
    from procrastinate import App, PsycopgConnector

    from monitors.cluster import engine

    async def once() -> list[int]:
        async with App(connector=PsycopgConnector(conninfo=engine.connection_string(url_of(history)))).open_async() as app:
            return await engine.rescue(app)

    return asyncio.run(once())


def outlets_of_jobs(history: History, status: str = "todo") -> list[str]:
    rows = sql(history, f"SELECT args->'outlets' FROM procrastinate_jobs WHERE task_name = 'crawl' AND status = '{status}'")
    return sorted(outlet for (outlets,) in rows for outlet in outlets)


@in_postgresql
def test_eight_dispatchers_at_once_make_one_job_of_each_outlet(history):
    with ThreadPoolExecutor(8) as threads:
        made = [job for jobs in threads.map(lambda _: dispatch(history, NOON), range(8)) for job in jobs]
    assert len(made) == 3
    assert outlets_of_jobs(history) == sorted(f"o{number}" for number in range(50))


@in_postgresql
def test_an_outlet_whose_job_is_not_finished_gets_no_second_one_however_late_it_is(history):
    dispatch(history, NOON)
    sql(history, "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT min(id) FROM procrastinate_jobs)")
    assert dispatch(history, NOON + timedelta(hours=3)) == []
    sql(history, "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing'")
    assert len(dispatch(history, NOON + timedelta(hours=3))) == 1
    assert len(set(outlets_of_jobs(history))) == len(outlets_of_jobs(history)) == 50


@in_postgresql
def test_a_dispatch_that_breaks_off_puts_no_outlet_off(history, monkeypatch):
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(schedule, "put_off", break_off)
    with pytest.raises(KeyboardInterrupt):
        dispatch(history, NOON)
    monkeypatch.undo()
    assert outlets_of_jobs(history) == []
    assert len(dispatch(history, NOON)) == 3


def die(history: History, which: str) -> None:
    """Let a worker that has been silent for a minute hold some jobs."""
    sql(history, f"""WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id)
        UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead) WHERE {which}""")


@in_postgresql
def test_what_a_dead_worker_held_waits_again_and_what_a_live_one_holds_does_not(history):
    dead, alive, _ = dispatch(history, NOON)
    die(history, f"id = {dead}")
    sql(history, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    worker = "(SELECT max(id) FROM procrastinate_workers)"
    sql(history, f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {worker} WHERE id = {alive}")
    assert rescue(history) == [dead]
    assert sql(history, f"SELECT status::text FROM procrastinate_jobs WHERE id IN ({dead}, {alive}) ORDER BY id") == [("todo",), ("doing",)]
    assert rescue(history) == []


@in_postgresql
def test_a_dead_job_of_which_another_waits_is_failed_and_hinders_no_rescue(history):
    """Procrastinate's issue 1446: its queueing lock is taken, so it cannot wait a second time."""
    crawl, *_ = dispatch(history, NOON)
    add = "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('ctl', 'deliver', 'deliver')"
    sql(history, add)
    die(history, f"task_name = 'deliver' OR id = {crawl}")
    sql(history, add)
    assert len(rescue(history)) == 2
    states = sql(history, "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'deliver' ORDER BY id")
    assert states == [("failed",), ("todo",)]
    assert sql(history, f"SELECT status::text FROM procrastinate_jobs WHERE id = {crawl}") == [("todo",)]


@in_postgresql
def test_tables_of_another_procrastinate_are_told_until_a_person_says_that_they_are_migrated(history):
    from monitors.cluster.queue import EDITION, QueueError, apply_schema, check_schema

    sql(history, f"UPDATE notes SET value = '\"3.0.0 0123456789ab\"' WHERE name = '{EDITION.replace(chr(39), chr(39) * 2)}'")
    with history.reading() as connection, pytest.raises(QueueError, match=r"3\.0\.0"):
        check_schema(connection)
    with pytest.raises(QueueError):
        apply_schema(history, NOON)
    assert not apply_schema(history, NOON, accept=True)
    with history.reading() as connection:
        check_schema(connection)


@in_postgresql
def test_a_fence_is_had_once_and_is_no_lock(history):
    with fences(url_of(history), {"a", "b"}) as first, fences(url_of(history), {"b", "c"}) as second, lock(url_of(history)):
        assert (first, second) == ({"a", "b"}, {"c"})
    with fences(url_of(history), {"b"}) as third:
        assert third == {"b"}


HOLDER = """
import sys, time
from monitors import lock
from monitors.history import store
lock.BEAT, store.SILENCE = 0.2, 1
with lock.fences(sys.argv[1], ["a"]) as had:
    print(*had, flush=True)
    time.sleep(60)
"""


@in_postgresql
def test_who_stands_still_loses_what_it_holds_and_ends_when_it_wakes(history):
    url = url_of(history)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert holder.stdout.readline() == "a\n"
        time.sleep(2)
        with fences(url, {"a"}) as had:
            assert had == set(), "it lives, and says so"
        holder.send_signal(signal.SIGSTOP)
        time.sleep(2)
        with fences(url, {"a"}) as had:
            assert had == {"a"}
        holder.send_signal(signal.SIGCONT)
        _, said = holder.communicate(timeout=10)
        assert holder.returncode == 75
        assert "the lock was lost" in said
        assert said.count("\n") == 1
    finally:
        holder.kill()


def collect(job: Job, slot: datetime, status: int = 0) -> dict:
    done = job.call("run", "--slot", slot.isoformat(), "--json")
    assert done.returncode == status, (done.returncode, done.stderr)
    return json.loads(done.stdout) if done.stdout else {}


@in_postgresql
def test_a_slot_is_collected_once_and_a_host_that_another_process_asks_is_left_alone(history, tmp_path):
    with Newsroom() as newsroom:
        job = Job(tmp_path, local_outlets(url_of(history), newsroom.url, 2))
        job.write()
        publish(newsroom, 2, pages=1)
        slot = datetime.now(UTC)
        host = newsroom.url.removeprefix("http://")
        with fences(url_of(history), {host}):
            collect(job, slot, status=75)
        assert sorted(collect(job, slot)["outlets"]) == ["o0", "o1"]
        assert collect(job, slot)["outlets"] == {}
        asked = [request.path for request in newsroom.requests if request.path.endswith("rss.xml")]
    assert sorted(asked) == ["/o0/rss.xml", "/o1/rss.xml"]


@in_postgresql
def test_turns_at_a_host_are_its_pace_apart_whoever_takes_them(history):
    def take(_: int) -> float:
        with history.transaction() as connection:
            return time.monotonic() + schedule.take_turn(connection, "example.org", 10.0)

    with ThreadPoolExecutor(4) as threads:
        turns = sorted(threads.map(take, range(8)))
    assert [round(one - turns[0], 0) for one in turns] == [10 * number for number in range(8)]
    with history.transaction() as connection:
        assert schedule.take_turn(connection, "example.com", 10.0) == 0.0


@in_postgresql
def test_a_host_of_pages_that_another_machine_asks_is_asked_after_its_turns(history, tmp_path):
    with Newsroom() as newsroom, Newsroom() as other:
        job = Job(tmp_path, local_outlets(url_of(history), newsroom.url, 1).replace("delay = 0.0", "delay = 0.4"))
        job.write()
        publish_pages(other, "o0", 1)
        newsroom.put("/o0/rss.xml", feed_of(other, "o0", 1), content_type="application/rss+xml")
        with history.transaction() as connection:
            host = other.url.removeprefix("http://")
            last = [schedule.take_turn(connection, host, 0.4) for _ in range(7)][-1]
        began = datetime.now(UTC)
        collect(job, began)
        ((read,),) = sql(history, "SELECT first_seen_at FROM articles")
    assert 2.3 < last <= 2.4
    assert (read - began).total_seconds() > last


# --- workers that are killed


@pytest.fixture
def machines(server: Server, tmp_path: Path) -> Iterator[Machines]:
    with Newsroom() as newsroom:
        made = Machines(tmp_path, server.make_queue(), newsroom)
        try:
            yield made
        finally:
            made.stop()
            server.drop(made.database)


def collected(machines: Machines) -> Counter[str]:
    return Counter(outlet for (outlet,) in machines.rows("SELECT outlet FROM outlet_runs"))


def twice(machines: Machines) -> list[tuple]:
    """Articles, versions, figures and alerts that are there a second time."""
    return [row for query in (
        "SELECT outlet, url FROM articles GROUP BY 1, 2 HAVING count(*) > 1",
        "SELECT article_id, sha256 FROM versions GROUP BY 1, 2 HAVING count(*) > 1",
        "SELECT version_id, fingerprint FROM claims GROUP BY 1, 2 HAVING count(*) > 1",
        "SELECT alert_id, channel FROM outbox GROUP BY 1, 2 HAVING count(*) > 1",
    ) for row in machines.rows(query)]  # fmt: skip


def asked_feeds(machines: Machines) -> bool:
    """Whether a process waits for the answer of a feed, or has had it."""
    return any(request.path.endswith("rss.xml") for request in machines.newsroom.requests)


OUTLETS = 8
BY_HAND = pytest.mark.campaign
KILLS = ("child", "standstill", *(pytest.param(kill, marks=BY_HAND) for kill in ("worker", "machine", "pause")))


@in_postgresql
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kill", KILLS)
def test_whatever_is_killed_every_outlet_is_collected_and_nothing_is_there_twice(machines, kill):
    """Two machines; one of them is hit while its process waits for a slow feed. Within the stall time, a minute and a crawl all is done."""
    machines.configure(OUTLETS, delay=3)
    victim = machines.start()
    machines.wait_until(lambda: asked_feeds(machines), 60)
    (child,) = [pid for pid in children_of(victim.pid) if b"--slot" in Path(f"/proc/{pid}/cmdline").read_bytes()][:1]
    began = time.monotonic()
    if kill == "child":
        os.kill(child, signal.SIGKILL)
    elif kill == "worker":
        os.kill(victim.pid, signal.SIGKILL)
    elif kill == "machine":
        os.killpg(victim.pid, signal.SIGKILL)
    else:
        os.killpg(victim.pid, signal.SIGSTOP)
    machines.start()
    if kill == "worker":
        machines.wait_until(lambda: not Path(f"/proc/{child}").exists(), 5)
    if kill == "pause":
        time.sleep(45 / HURRY)
        os.killpg(victim.pid, signal.SIGCONT)
    machines.wait_until(lambda: len(collected(machines)) == OUTLETS, 170)
    print(f"{kill}: all was done after {time.monotonic() - began:.0f} s")
    if kill == "standstill":  # nobody had to wait until it woke
        os.killpg(victim.pid, signal.SIGCONT)
        machines.wait_until(lambda: not Path(f"/proc/{child}").exists(), 20)
    time.sleep(3)
    assert set(collected(machines).values()) == {1}
    assert twice(machines) == []
    assert machines.rows("SELECT count(*) FROM articles") == [(OUTLETS * machines.pages,)]


@in_postgresql
@pytest.mark.campaign
def test_machines_are_set_up_and_watched_as_the_readme_says(server, tmp_path):
    apply, start, ask = (line.removeprefix(".venv/bin/tallywatch ").split() for line in SHARED_OUT)
    with Newsroom() as newsroom:
        machines = Machines(tmp_path, server.make_history(), newsroom)
        publish(newsroom, 2, pages=1)
        (tmp_path / "tallywatch.toml").write_text(local_outlets(machines.database, newsroom.url, 2))
        try:
            assert machines.call(*ask).returncode == 2, "there is no queue yet"
            assert machines.call(*apply).stdout.startswith("queue made")
            assert machines.call(*ask).returncode == 1, "no worker lives"
            worker = machines.start(*start[1:])
            machines.wait_until(lambda: len(collected(machines)) == 2)
            told = machines.call(*ask)
            worker.terminate()
            assert (told.returncode, worker.wait(timeout=60)) == (0, 0)
            assert "outlets   2 on the schedule, 0 due" in told.stdout
        finally:
            machines.stop()


@in_postgresql
@pytest.mark.campaign
@pytest.mark.timeout(200)
def test_when_the_database_is_back_whoever_starts_the_worker_again_loses_nothing(server, machines):
    machines.configure(4, delay=6)
    first = machines.start()
    machines.wait_until(lambda: asked_feeds(machines))
    server.stop()
    try:
        assert first.wait(timeout=120) == 1
        assert machines.logs().strip().splitlines()[-1].startswith("tallywatch: the worker broke off: ")
        second = machines.start()
        assert second.wait(timeout=30) == 2
        assert machines.logs().strip().splitlines()[-1].startswith("tallywatch: postgresql+psycopg://")
    finally:
        server.start()
    machines.start()
    machines.wait_until(lambda: len(collected(machines)) == 4, 120)
    assert set(collected(machines).values()) == {1}
    assert twice(machines) == []


@in_postgresql
@pytest.mark.campaign
@pytest.mark.timeout(240)
def test_connections_that_are_dropped_again_and_again_cost_nothing(server, machines):
    machines.configure(OUTLETS, delay=3)
    machines.start(before=WATCHED_OVER)
    machines.wait_until(lambda: asked_feeds(machines))
    for _ in range(3):
        server.cut_off(machines.database)
        time.sleep(4)
    machines.wait_until(lambda: len(collected(machines)) == OUTLETS, 170)
    assert "others go on with what is left" in machines.logs()
    assert "Traceback" not in machines.logs()
    assert twice(machines) == []
    assert machines.rows("SELECT count(*) FROM articles") == [(OUTLETS * machines.pages,)]


@pytest.fixture
def small_disk(server: Server) -> Iterator[Path]:
    """A file system of a few megabytes that PostgreSQL has a tablespace on."""
    folder = server.folder / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", str(folder)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system of a size of its own can be mounted here: {mounted.stderr.strip()}")
    try:
        shutil.chown(folder, OWNER)
        (folder / "space").mkdir()
        shutil.chown(folder / "space", OWNER)
        server.make_tablespace("small", folder / "space")
        yield folder
        server.drop_tablespace("small")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@in_postgresql
@pytest.mark.campaign
@pytest.mark.timeout(240)
def test_a_disk_that_is_full_is_told_and_once_there_is_space_the_work_goes_on(server, small_disk, tmp_path):
    with Newsroom() as newsroom:
        machines = Machines(tmp_path, server.make_queue("small"), newsroom, pages=20)
        machines.configure(OUTLETS, delay=3)
        try:
            machines.start(before=WATCHED_OVER)
            machines.wait_until(lambda: asked_feeds(machines))
            fill(small_disk / "ballast")
            machines.wait_until(lambda: "No space left on device" in machines.logs())
            time.sleep(15 / HURRY)
            assert len(collected(machines)) < OUTLETS
            (small_disk / "ballast").unlink()
            machines.wait_until(lambda: len(collected(machines)) == OUTLETS, 170)
            assert twice(machines) == []
            assert machines.rows("SELECT count(*) FROM articles") == [(OUTLETS * machines.pages,)]
            assert "Traceback" not in machines.logs()
        finally:
            machines.stop()
            server.drop(machines.database)


def fill(path: Path) -> None:
    """Let a file take all the space there is."""
    with suppress(OSError), path.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(65536))


@dataclass
class Networks:
    """Two network namespaces, which are two machines, on one switch with us."""

    address: str
    names: tuple[str, str]

    def cut(self, name: str) -> None:
        """Pull its cable: nobody is told, packets are lost."""
        ip("link", "set", f"{name}0", "nomaster")

    def mend(self, name: str) -> None:
        ip("link", "set", f"{name}0", "master", switch(self.names))


def switch(names: tuple[str, str]) -> str:
    return f"{names[0]}s"


def ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")


@pytest.fixture
def networks() -> Iterator[Networks]:
    names = (f"tw{os.getpid() % 100_000}a", f"tw{os.getpid() % 100_000}b")
    net, bridge = f"10.231.{os.getpid() % 250}", switch(names)
    try:
        try:
            ip("link", "add", bridge, "type", "bridge")
            ip("address", "add", f"{net}.1/24", "dev", bridge)
            ip("link", "set", bridge, "up")
            for number, name in enumerate(names, start=2):
                ip("netns", "add", name)
                ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
                ip("link", "set", f"{name}0", "master", bridge, "up")
                ip("-n", name, "address", "add", f"{net}.{number}/24", "dev", "eth0")
                for device in ("eth0", "lo"):
                    ip("-n", name, "link", "set", device, "up")
        except OSError as error:
            pytest.skip(f"no network namespaces can be made here: {error}")
        yield Networks(f"{net}.1", names)
    finally:
        for words in (("netns", "delete", names[0]), ("netns", "delete", names[1]), ("link", "delete", bridge)):
            with suppress(OSError):
                ip(*words)


@in_postgresql
@pytest.mark.campaign
@pytest.mark.timeout(300)
def test_a_machine_that_is_cut_off_for_a_minute_costs_nothing_and_comes_back(server, networks, tmp_path):
    near, far = networks.names
    with running(networks.address) as apart, Newsroom(address=networks.address) as newsroom:
        machines = Machines(tmp_path, apart.url_at_address(apart.make_queue()), newsroom)
        machines.configure(OUTLETS, delay=3)
        try:
            machines.start(before=("ip", "netns", "exec", far, *WATCHED_OVER))
            machines.wait_until(lambda: asked_feeds(machines))
            networks.cut(far)
            cut = time.monotonic()
            machines.start(before=("ip", "netns", "exec", near))
            machines.wait_until(lambda: len(collected(machines)) == OUTLETS, 170)
            print(f"all was done {time.monotonic() - cut:.0f} s after the cut")
            time.sleep(max(0.0, cut + 60 / HURRY - time.monotonic()))
            networks.mend(far)
            alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '10 seconds'"
            machines.wait_until(lambda: machines.rows(alive) == [(4,)], 100)
            assert "Traceback" not in machines.logs()
            assert set(collected(machines).values()) == {1}
            assert twice(machines) == []
            assert machines.rows("SELECT count(*) FROM articles") == [(OUTLETS * machines.pages,)]
        finally:
            machines.stop()

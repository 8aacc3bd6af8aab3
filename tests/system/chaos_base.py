"""What all the chaos has in common: daemons that live under strace, the week beside publishers
that keep what was acknowledged, and the checkers that every run ends with."""
import contextlib
import json
import os
import pathlib
import random
import subprocess
import threading
import time

from harness import BIN, DAEMONS, SOURCES, Instance, matching, quota, wait_for
from system_kill import Publisher, admit_buyer, check_promises

LONG = bool(os.environ.get("LONG"))
SEED = int(os.environ.get("SEED", "1404"))
ROOT = pathlib.Path(os.environ.get("CHAOS_DIRECTORY", "run/chaos"))
PEACE = ROOT / "peace"
WEEK_SECONDS = 150


class Chaos(Instance):
    """An instance whose daemons may be started with something between them and the kernel."""

    def __init__(self, directory, keys=None):
        super().__init__(directory, keys=keys)
        # Words before a daemon's own, by its name.
        self.wrappers = {}

    def start(self, *names, check=True):
        for name in names:
            if name in self.wrappers:
                self.start_under(name, *self.wrappers[name])
            else:
                super().start(name, check=False)
        for name in names if check else ():
            self.wait_ready(name)

    def start_under(self, name, *wrapper, environment=None):
        """Starts a daemon as the last words of another command, by the same environment."""
        words = " ".join(f"'{word}'" for word in wrapper)
        log = open(self.directory / "log" / f"{name}.log", "ab")
        script = f". deploy/instance.sh; instance_dir='{self.directory}'; instance_environment {name}; " \
                 f"exec setsid {words} '{BIN}/{name}'"
        self.processes[name] = subprocess.Popen(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                env={**os.environ, **self.extra, **(environment or {})})
        log.close()

    def start_injected(self, name, call, what):
        """`what` as strace says it: signal=KILL:when=7, error=EIO:when=3. The daemon is our child."""
        self.start_under(name, "strace", "-D", "-f", "-qqq", "-o", "/dev/null", "-e", f"trace={call}",
                         "-e", f"inject={call}:{what}")

    def end(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        self.context.destroy(linger=0)


@contextlib.contextmanager
def instance(name, keys=None):
    made = Chaos(ROOT / name, keys=keys or PEACE / "keys")
    try:
        yield made
    finally:
        made.end()


def peace():
    """A week in which nothing fails, once: what every other week must end with."""
    if not (PEACE / "week.json").exists():
        calm = Chaos(PEACE)
        try:
            calm.start("redis", *DAEMONS)
            done = calm.tasheem(*calm.demo_words())
            check_books(calm)
            calm.stop()
            (PEACE / "week.json").write_text(done.stdout.strip().splitlines()[-1])
        finally:
            calm.end()
    return json.loads((PEACE / "week.json").read_text())


class Week:
    """`tasheem demo` and three publishers in the background; end() runs the checkers."""

    def __init__(self, made, publishers=True):
        self.made = made
        self.done = threading.Event()
        self.publishers = []
        if publishers:
            admit_buyer(made)
            self.publishers = [Publisher(made, service, self.done) for service in SOURCES]
            for publisher in self.publishers:
                publisher.start()
        self.log = open(made.directory / "log" / "demo.log", "wb")
        self.out = open(made.directory / "log" / "demo.out", "wb")
        self.demo = subprocess.Popen([str(BIN / "tasheem"), *made.demo_words()], stdout=self.out, stderr=self.log,
                                     stdin=subprocess.DEVNULL, env={**os.environ, **made.environment})

    def running(self):
        return self.demo.poll() is None

    def join(self, seconds=WEEK_SECONDS):
        """Waits for the week; the trouble must be over by the time end() is called."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.demo.wait(seconds)

    def release(self):
        """Ends what still runs, whatever happened."""
        self.done.set()
        if self.running():
            self.demo.kill()
            self.demo.wait()
        for publisher in self.publishers:
            publisher.join()
        self.log.close()
        self.out.close()

    def end(self):
        hung = self.running()
        self.release()
        talk = (self.made.directory / "log" / "demo.log").read_text(errors="replace")[-1500:]
        assert not hung, f"the week did not end: {talk}"
        output = (self.made.directory / "log" / "demo.out").read_text().strip()
        assert output, f"exit {self.demo.returncode}: {talk}"
        result = json.loads(output.splitlines()[-1])
        # What is repeated comes later than others: who meets a used-up ceiling may differ.
        assert result["requests"] == peace()["requests"] == result["accepted"] + result["refused"], result
        assert result["verified"] is True and result["allocations"] > 0, result
        assert 0 < result["placed_kg"] <= result["offered_kg"] == peace()["offered_kg"], result
        check_all(self.made, self.publishers)


def check_all(made, publishers=()):
    """Promises, chains, books, the projection, and a replay that equals what was left."""
    for publisher in publishers:
        if publisher.failure:
            raise publisher.failure
        check_promises(made, publisher)
    for service in SOURCES:
        made.tasheem("journal", "verify", f"{made.directory}/journal/{service}.sqlite")
    check_books(made)
    wait_for("Redis equals the journals", lambda: made.tasheem("redis", "verify", check=False).returncode == 0, 30)
    made.restart_and_compare()


def changed_ceilings(event):
    kinds = {quota.EVENT_KIND_REQUEST_CHANGED: quota.RequestChanged, quota.EVENT_KIND_ROUND_LEARNED: quota.RoundLearned,
             quota.EVENT_KIND_REQUEST_EXCLUDED: quota.RequestExcluded}
    if event.kind == quota.EVENT_KIND_CEILING_CHANGED:
        return [quota.CeilingChanged.FromString(event.payload)]
    return kinds[event.kind].FromString(event.payload).ceilings if event.kind in kinds else []


def lines_of(requests, event):
    """What each line of each request reserves, as the events say it."""
    if event.kind == quota.EVENT_KIND_REQUEST_CHANGED:
        said = quota.RequestChanged.FromString(event.payload)
        live = said.state in (quota.REQUEST_STATE_OPEN, quota.REQUEST_STATE_IN_BOOK)
        requests[said.request.buyer_id, said.request.request_id] = {
            number: [(line.licence_id, said.family, said.window_month), kg if live else 0]
            for number, (line, kg) in enumerate(zip(said.request.lines, said.reserved_kg))}
    elif event.kind == quota.EVENT_KIND_REQUEST_EXCLUDED:
        said = quota.RequestExcluded.FromString(event.payload)
        requests.pop((said.buyer_id, said.request_id), None)
    elif event.kind == quota.EVENT_KIND_ROUND_LEARNED:
        said = quota.RoundLearned.FromString(event.payload).allocation
        for line in said.lines:
            requests[said.buyer_id, said.request_id][line.line][1] = line.reserved_kg


def check_books(made):
    """Every ceiling's reserve is the sum of what lines reserve; no offer gives more than it has."""
    ceilings, requests = {}, {}
    for record in made.records("quota"):
        for event in record.events:
            for ceiling in changed_ceilings(event):
                assert ceiling.reserved_kg >= 0 and ceiling.used_kg >= 0, ceiling
                ceilings[ceiling.licence_id, ceiling.family, ceiling.window_month] = ceiling
            lines_of(requests, event)
    sums = {}
    for lines in requests.values():
        for key, kg in lines.values():
            sums[key] = sums.get(key, 0) + kg
    for key, ceiling in ceilings.items():
        assert ceiling.reserved_kg == sums.get(key, 0), f"{key}: {ceiling.reserved_kg} kg reserved, lines say {sums.get(key, 0)}"
    check_offers(made)


def check_offers(made):
    offers, taken = {}, {}
    for record in made.records("matching"):
        for event in record.events:
            if event.kind == matching.EVENT_KIND_OFFER_CHANGED:
                offer = matching.OfferChanged.FromString(event.payload).offer
                offers[offer.offer_id] = offer.quantity_kg
            elif event.kind == matching.EVENT_KIND_ALLOCATION_CHANGED:
                allocation = matching.AllocationChanged.FromString(event.payload)
                taken[allocation.allocation_id] = allocation
    sums = {}
    gone = (matching.ALLOCATION_STATE_EXPIRED, matching.ALLOCATION_STATE_DECLINED, matching.ALLOCATION_STATE_VOIDED)
    for allocation in taken.values():
        if allocation.state not in gone:
            sums[allocation.offer_id] = sums.get(allocation.offer_id, 0) + allocation.quantity_kg
    for offer, kg in sums.items():
        assert kg <= offers[offer], f"offer {offer}: {kg} kg of {offers[offer]} are allocated"


class Keeper(threading.Thread):
    """Holds one daemon up: starts it with the next fault, and again when that has ended it."""

    def __init__(self, made, name, faults, expected):
        super().__init__()
        self.made, self.name, self.faults, self.expected = made, name, faults, expected
        self.enough = threading.Event()
        self.hit = {}
        self.failure = None

    def run(self):
        try:
            while not self.enough.is_set():
                call, what = next(self.faults)
                self.made.start_injected(self.name, call, what)
                self.watch(call, what)
        except Exception as error:  # carried to the test
            self.failure = error
            self.enough.set()

    def watch(self, call, what):
        process = self.made.processes[self.name]
        until = time.monotonic() + 4
        while process.poll() is None and time.monotonic() < until and not self.enough.is_set():
            time.sleep(0.005)
        if process.poll() is None:
            process.kill()
            process.wait()
            return
        status = process.returncode
        assert status in self.expected, \
            f"{self.name} at {call}:{what} ended with {status}: {self.made.log(self.name)[-1500:]}"
        self.hit[call] = self.hit.get(call, 0) + 1


def weeks_under(title, points, faults, expected):
    """Weeks with every daemon under faults until so many have struck. Returns how often by call."""
    peace()
    chance = random.Random(SEED)
    hits, week = {}, 0
    while sum(hits.values()) < points:
        week += 1
        with instance(f"{title}-{week}") as made:
            made.start("redis", *DAEMONS)
            life = Week(made)
            made.kill("solver")
            keepers = []
            for name in DAEMONS:
                if name != "solver":
                    made.kill(name)
                keepers.append(Keeper(made, name, faults(name, random.Random(chance.random())), expected))
            for keeper in keepers:
                keeper.start()
            try:
                count = under_fire(life, keepers, points - sum(hits.values()))
                made.start(*DAEMONS)
                life.join()
                life.end()
            finally:
                for keeper in keepers:
                    keeper.enough.set()
                life.release()
        for keeper in keepers:
            for call, times in keeper.hit.items():
                hits[call] = hits.get(call, 0) + times
        assert count > 0, "no fault struck in a whole week"
        print(f"  {title}: week {week}, {sum(hits.values())} of {points} points", flush=True)
    return hits


def under_fire(life, keepers, wanted, seconds=60):
    """Until the week is over (it may be over before enough faults struck: publishers go on)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and all(keeper.failure is None for keeper in keepers):
        if sum(sum(keeper.hit.values()) for keeper in keepers) >= wanted:
            break
        time.sleep(0.05)
    for keeper in keepers:
        keeper.enough.set()
    for keeper in keepers:
        keeper.join()
    for keeper in keepers:
        if keeper.failure:
            raise keeper.failure
    return sum(sum(keeper.hit.values()) for keeper in keepers)

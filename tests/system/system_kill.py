"""kill -9 of a random daemon at 50 random moments of the week, each restarted at once. Beside the
week, publishers of the test write to every daemon and keep what was acknowledged. Nothing
acknowledged is lost, nothing is doubled, and the week comes to its end."""
import json
import os
import random
import subprocess
import threading
import time

import zmq

from harness import BIN, DAEMONS, SOURCES, Instance, common, matching, membership, quota, wait_for
from system_doors import party, person

KILLS = 50
WEEKS = 6
WEEK_SECONDS = 120
SENDERS = {"membership": "operator", "quota": "buyer", "matching": "operator"}


BUYER = person(899999999)


def command_of(service, number):
    """A command that changes nothing of the week. Some are refused: that is durable too."""
    if service == "membership":
        return membership.COMMAND_KIND_PARTY_REGISTER, party(person(700000000 + number))
    if service == "quota":
        return quota.COMMAND_KIND_REQUEST_FILE, quota.RequestFile(request=quota.Request(
            buyer_id=BUYER, request_id=f"K{number}", grade="2420H", quantity_kg=5500, max_price_rial_per_kg=500000,
            lines=[quota.RequestLine(party_id=BUYER, licence_id="K0", wanted_kg=5500)]))
    if number % 3:
        return matching.COMMAND_KIND_SUPPLIER_REGISTER, matching.SupplierRegister(
            supplier=matching.Supplier(supplier_id=f"K{number}", name="تأمین‌کننده", province="قم"))
    return matching.COMMAND_KIND_ROUND_CLOSE, matching.RoundClose(round_id=f"K{number}")


def admit_buyer(instance):
    """A publisher's key of the test's own for quota."""
    public, secret = zmq.curve_keypair()
    (instance.directory / "keys" / "buyer.secret").write_text(secret.decode())
    with instance.peer("membership") as peer:
        for kind, payload in ((membership.COMMAND_KIND_PARTY_REGISTER, party(BUYER)),
                              (membership.COMMAND_KIND_PRINCIPAL_REGISTER, membership.PrincipalRegister(
                                  principal=membership.Principal(name="buyer", public_key=public.decode(),
                                                                 role=membership.ROLE_PUBLISHER, party_id=BUYER)))):
            assert peer.ask(kind, payload).code == common.CODE_ACCEPTED

    def known():
        with instance.peer("quota", "buyer") as peer:
            return instance.health(peer, 0.5)
    wait_for("quota knows the buyer", known)


class Publisher(threading.Thread):
    """Sends one command after the other, repeating each id until it is decided."""

    def __init__(self, instance, service, done):
        super().__init__()
        self.instance, self.service, self.done = instance, service, done
        self.acknowledged = {}
        self.failure = None

    def run(self):
        try:
            with self.instance.peer(self.service, SENDERS[self.service]) as peer:
                number = 0
                while not self.done.is_set():
                    number += 1
                    kind, payload = command_of(self.service, number)
                    message_id = self.instance.message_id()
                    answer = peer.insist(kind, payload, message_id, 30)
                    # The week moves the clock: an id may have aged past its 7 days while it was repeated.
                    if answer.code in (common.CODE_ACCEPTED, common.CODE_REFUSED):
                        self.acknowledged[message_id] = (kind, payload, answer.SerializeToString())
                    elif not any(r.code == common.REASON_CODE_STALE_ID for r in answer.reasons):
                        raise AssertionError(answer)
                    time.sleep(0.01)
        except Exception as error:  # carried to the test
            self.failure = error


def one_week(number, kills_left, chance):
    instance = Instance(f"run/test/kill-{number}")
    try:
        instance.start("redis", *DAEMONS)
        admit_buyer(instance)
        done = threading.Event()
        publishers = [Publisher(instance, service, done) for service in SOURCES]
        for publisher in publishers:
            publisher.start()
        log = open(instance.directory / "log" / "demo.log", "wb")
        week = subprocess.Popen([str(BIN / "tasheem"), *instance.demo_words()], stdout=subprocess.PIPE, stderr=log,
                                stdin=subprocess.DEVNULL, env={**os.environ, **instance.environment})
        output = []
        reader = threading.Thread(target=lambda: output.append(week.stdout.read()))
        reader.start()
        killed = 0
        until = time.monotonic() + WEEK_SECONDS
        while week.poll() is None and time.monotonic() < until:
            time.sleep(chance.uniform(0.02, 0.4))
            if killed < kills_left and week.poll() is None:
                victim = chance.choice(DAEMONS)
                assert instance.alive(victim), f"{victim} died by itself: {instance.log(victim)[-1500:]}"
                instance.kill(victim)
                instance.start(victim, check=False)
                killed += 1
        hung = week.poll() is None
        if hung:
            week.kill()
        week.wait()
        reader.join()
        done.set()
        for publisher in publishers:
            publisher.join()
        log.close()
        talk = (instance.directory / "log" / "demo.log").read_text(errors="replace")[-1500:]
        assert not hung, f"the week did not end within {WEEK_SECONDS} s after {killed} kills: {talk}"
        check_week(instance, week.returncode, output[0].decode(), talk)
        for publisher in publishers:
            if publisher.failure:
                raise publisher.failure
            check_promises(instance, publisher)
        instance.restart_and_compare()
        instance.stop()
        return killed
    finally:
        instance.end()


def check_week(instance, status, output, talk):
    """The week came to its end, and what it says of itself is what the journals hold. Numbers of a
    week in peace are not to be expected: what a killed daemon did not take comes later, in another
    order, and finds other ceilings free."""
    assert output.strip(), f"exit {status}: {talk}"
    result = json.loads(output.strip().splitlines()[-1])
    assert result["requests"] == 313 == result["accepted"] + result["refused"] and result["verified"], result
    filings = [common.Answer.FromString(record.answer).code for record in instance.records("quota")
               if record.kind == quota.COMMAND_KIND_REQUEST_FILE and record.principal != "buyer"]
    assert filings.count(common.CODE_ACCEPTED) == result["accepted"], (len(filings), result)
    assert filings.count(common.CODE_REFUSED) == result["refused"], (len(filings), result)
    check_shares(instance, result)
    # Redis may lag behind a daemon that has just come back.
    wait_for("Redis equals the journals", lambda: instance.tasheem("redis", "verify", check=False).returncode == 0, 30)


def check_shares(instance, result):
    """Nothing is shared out twice: neither more of an offer than it has, nor more to a request than it asked."""
    offers, requests, allocations = {}, {}, {}
    for record in instance.records("matching"):
        for event in record.events:
            if event.kind == matching.EVENT_KIND_OFFER_CHANGED:
                offer = matching.OfferChanged.FromString(event.payload).offer
                offers[offer.offer_id] = offer.quantity_kg
            elif event.kind == matching.EVENT_KIND_ALLOCATION_CHANGED:
                allocation = matching.AllocationChanged.FromString(event.payload)
                allocations[allocation.allocation_id] = allocation
    for record in instance.records("quota"):
        for event in record.events:
            if event.kind == quota.EVENT_KIND_REQUEST_CHANGED:
                request = quota.RequestChanged.FromString(event.payload).request
                requests[request.buyer_id, request.request_id] = request.quantity_kg
    delivered = (matching.ALLOCATION_STATE_DELIVERED, matching.ALLOCATION_STATE_DISTRIBUTED)
    lost = (matching.ALLOCATION_STATE_DECLINED, matching.ALLOCATION_STATE_EXPIRED, matching.ALLOCATION_STATE_VOIDED)
    assert len(allocations) == result["allocations"], (len(allocations), result)
    assert sum(a.quantity_kg for a in allocations.values() if a.state in delivered) == result["placed_kg"], result
    for allocation in allocations.values():
        if allocation.state not in lost:
            offers[allocation.offer_id] -= allocation.quantity_kg
            requests[allocation.buyer_id, allocation.request_id] -= allocation.quantity_kg
    assert all(left >= 0 for left in offers.values()), {k: v for k, v in offers.items() if v < 0}
    assert all(left >= 0 for left in requests.values()), {k: v for k, v in requests.items() if v < 0}


def check_promises(instance, publisher):
    """Every acknowledged id lies in the journal once with the very answer, and is answered so again."""
    assert publisher.acknowledged, f"{publisher.service} acknowledged nothing"
    found = {}
    for record in instance.records(publisher.service):
        if record.message_id:
            key = (record.principal, record.message_id)
            assert key not in found, f"{publisher.service} record {record.sequence} doubles {found[key].sequence}"
            found[key] = record
    now_ms = instance.now_ms()
    with instance.peer(publisher.service, SENDERS[publisher.service]) as peer:
        for message_id, (kind, payload, answer) in publisher.acknowledged.items():
            record = found.get((SENDERS[publisher.service], message_id))
            assert record is not None, f"{publisher.service} lost {message_id.hex()}"
            assert record.answer == answer, f"{publisher.service} record {record.sequence} has another answer"
            if now_ms - int.from_bytes(message_id[:6], "big") < 6 * 24 * 3600 * 1000:
                again = peer.insist(kind, payload, message_id, 10)
                assert again.SerializeToString() == answer, f"{publisher.service}: another answer to {message_id.hex()}"


def test_fifty_kills():
    chance = random.Random(int(os.environ.get("SEED", "1404")))
    kills = 0
    for week in range(1, WEEKS + 1):
        kills += one_week(week, KILLS - kills, chance)
        if kills >= KILLS:
            return
    raise AssertionError(f"only {kills} kills in {WEEKS} weeks")

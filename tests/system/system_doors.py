"""Who may come in and what may come in: strangers, wrong roles, foreign parties, revoked keys;
frames that are cut, flipped, swollen, repeated, stale or foreign. Every one has a named end,
no daemon falls, and nothing that was not accepted or refused enters a journal."""
import os
import random

import zmq

from harness import DAEMONS, MAX_FRAME, SOURCES, Instance, common, matching, membership, quota, wait_for

instance = None
HOURS_MS = 3600 * 1000


def person(number):
    """A national code with its check digit."""
    digits = [int(c) for c in f"{number:09d}"]
    rest = sum(d * (10 - at) for at, d in enumerate(digits)) % 11
    return f"{number:09d}{rest if rest < 2 else 11 - rest}"


ALI, SARA = person(123456780), person(234567891)


def party(party_id, name="آزمایش"):
    return membership.PartyRegister(party=membership.Party(
        party_id=party_id, kind=membership.PARTY_KIND_PERSON, name=name, nationality="IRN", county="قم"))


def request_of(buyer, number="T1", **fields):
    values = dict(buyer_id=buyer, request_id=number, grade="2420H", quantity_kg=5500, max_price_rial_per_kg=500000,
                  lines=[quota.RequestLine(party_id=buyer, licence_id="L1", wanted_kg=5500)])
    return quota.RequestFile(request=quota.Request(**{**values, **fields}))


def key_pair():
    public, secret = zmq.curve_keypair()
    return public.decode(), secret.decode()


def register(name, public, role, party_id=""):
    with instance.peer("membership") as peer:
        answer = peer.ask(membership.COMMAND_KIND_PRINCIPAL_REGISTER, membership.PrincipalRegister(
            principal=membership.Principal(name=name, public_key=public, role=role, party_id=party_id)))
        assert answer.code == common.CODE_ACCEPTED, answer


# Who may send what sound_frames() and the values outside the contract are made of.
SENDERS = {"membership": "operator", "quota": "ali", "matching": "seller"}


def set_up():
    global instance
    instance = Instance("run/test/doors")
    instance.start("redis", *DAEMONS)
    with instance.peer("membership") as peer:
        for who in (ALI, SARA):
            answer = peer.ask(membership.COMMAND_KIND_PARTY_REGISTER, party(who))
            assert answer.code == common.CODE_ACCEPTED, answer
    with instance.peer("matching") as peer:
        answer = peer.ask(matching.COMMAND_KIND_SUPPLIER_REGISTER, matching.SupplierRegister(
            supplier=matching.Supplier(supplier_id="S1", name="پتروشیمی", province="بوشهر")))
        assert answer.code == common.CODE_ACCEPTED, answer
    for name, role, who, service in (("ali", membership.ROLE_PUBLISHER, ALI, "quota"),
                                     ("seller", membership.ROLE_SUPPLIER, "S1", "matching")):
        public, secret = key_pair()
        (instance.directory / "keys" / f"{name}.secret").write_text(secret)
        register(name, public, role, who)
        wait_for(f"{service} knows {name}", lambda: speaks(service, secret) is not None)


def tear_down():
    if instance:
        instance.end()


def heads():
    return {name: instance.health_of(name).head_sequence for name in SOURCES}


def reason(answer):
    return common.ReasonCode.Name(answer.reasons[0].code) if answer and answer.reasons else None


def speaks(service, secret, kind=common.KIND_HEALTH, payload=b""):
    """A fresh connection's answer: a key that was refused is not tried again by libzmq."""
    with instance.peer(service, secret=secret) as peer:
        return peer.ask(kind, payload, seconds=1.0)


def test_stranger_is_not_answered():
    _, secret = key_pair()
    for service in SOURCES:
        assert speaks(service, secret) is None, f"{service} answers a stranger"
        assert instance.health_of(service).live


def test_wrong_role_is_denied():
    tries = (("membership", "clearing", membership.COMMAND_KIND_PARTY_REGISTER, party(person(345678912))),
             ("quota", "operator", quota.COMMAND_KIND_REGIME_APPROVE, quota.RegimeApprove(regime=quota.Regime(version=1))),
             ("quota", "operator", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI)),
             ("matching", "auditor", matching.COMMAND_KIND_ROUND_CLOSE, matching.RoundClose(round_id="X")),
             ("matching", "operator", matching.COMMAND_KIND_ALLOCATION_PAID, matching.AllocationPaid(allocation_id="X.1")))
    before = heads()
    for service, who, kind, payload in tries:
        with instance.peer(service, who) as peer:
            answer = peer.ask(kind, payload)
            assert answer is not None and answer.code == common.CODE_DENIED, (service, who, kind, answer)
            assert reason(answer) == "REASON_CODE_NOT_AUTHORISED", answer
    assert heads() == before, "a denial entered a journal"


def test_foreign_party_is_denied_and_a_mandate_opens():
    secret = instance.secret("ali")
    own = speaks("quota", secret, quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI))
    assert own.code in (common.CODE_REFUSED, common.CODE_INVALID), own
    foreign = speaks("quota", secret, quota.COMMAND_KIND_REQUEST_FILE, request_of(SARA))
    assert foreign.code == common.CODE_DENIED, foreign
    with instance.peer("membership") as peer:
        answer = peer.ask(membership.COMMAND_KIND_MANDATE_GRANT, membership.MandateGrant(
            mandate=membership.Mandate(party_id=SARA, principal="ali")))
        assert answer.code == common.CODE_ACCEPTED, answer
    wait_for("the mandate reaches quota", lambda: speaks(
        "quota", secret, quota.COMMAND_KIND_REQUEST_FILE, request_of(SARA, "T2")).code != common.CODE_DENIED)


def test_revoked_key_on_an_open_connection_is_denied():
    public, secret = key_pair()
    register("sara", public, membership.ROLE_PUBLISHER, SARA)
    wait_for("quota knows the key", lambda: speaks("quota", secret) is not None)
    with instance.peer("quota", secret=secret) as open_connection:
        file = quota.COMMAND_KIND_REQUEST_FILE
        assert open_connection.ask(file, request_of(SARA, "T3")).code != common.CODE_DENIED
        with instance.peer("membership") as peer:
            answer = peer.ask(membership.COMMAND_KIND_PRINCIPAL_REVOKE, membership.PrincipalRevoke(name="sara"))
            assert answer.code == common.CODE_ACCEPTED, answer
        wait_for("the open connection is denied",
                 lambda: open_connection.ask(file, request_of(SARA, "T4")).code == common.CODE_DENIED)
    assert speaks("quota", secret) is None or speaks("quota", secret).code == common.CODE_DENIED


def test_repeated_and_stale_ids():
    with instance.peer("membership") as peer:
        kind, payload = membership.COMMAND_KIND_PARTY_REGISTER, party(person(456789123))
        message_id = instance.message_id()
        first = peer.ask(kind, payload, message_id)
        assert first.code == common.CODE_ACCEPTED and first.sequence > 0
        head = instance.health_of("membership").head_sequence
        assert peer.ask(kind, payload, message_id).SerializeToString() == first.SerializeToString()
        other = peer.ask(kind, party(person(456789124)), message_id)
        assert other.code == common.CODE_CONFLICT and reason(other) == "REASON_CODE_ID_CONFLICT", other
        for shift in (-8 * 24 * HOURS_MS, HOURS_MS):
            stale = (instance.now_ms() + shift).to_bytes(6, "big") + message_id[6:]
            answer = peer.ask(kind, party(person(456789125)), stale)
            assert answer.code == common.CODE_INVALID and reason(answer) == "REASON_CODE_STALE_ID", answer
        answer = peer.ask(kind, payload, bytes(16))
        assert answer.code == common.CODE_INVALID, answer
        assert instance.health_of("membership").head_sequence == head


def sound_frames():
    """One good envelope per daemon; no regime is in force, so nothing of it can be accepted."""
    ids = [instance.message_id() for _ in range(3)]
    return {
        "membership": common.Envelope(items=[common.Item(
            id=ids[0], kind=membership.COMMAND_KIND_MANDATE_GRANT, payload=membership.MandateGrant(
                mandate=membership.Mandate(party_id="0000000000", principal="nobody")).SerializeToString())]),
        "quota": common.Envelope(items=[common.Item(
            id=ids[1], kind=quota.COMMAND_KIND_REQUEST_FILE, payload=request_of(ALI, "T9").SerializeToString())]),
        "matching": common.Envelope(items=[common.Item(
            id=ids[2], kind=matching.COMMAND_KIND_OFFER_PUBLISH, payload=matching.OfferPublish(offer=matching.Offer(
                offer_id="O1", supplier_id="S1", grade="2420H", quantity_kg=5500, allocation_base_kg=5500,
                price_rial_per_kg=1)).SerializeToString())]),
    }


def answered(peer, frame):
    """Sends raw bytes; the answers of the next reply."""
    peer.send_frame(frame)
    reply = peer.frame(5.0)
    assert reply is not None, f"no answer to {frame[:40].hex()}… ({len(frame)} bytes)"
    return common.Reply.FromString(reply).answers


def named(answers, frame):
    assert answers, frame.hex()
    for answer in answers:
        assert answer.code in (common.CODE_INVALID, common.CODE_DENIED, common.CODE_REFUSED, common.CODE_CONFLICT), \
            (answer, frame.hex())
        assert answer.reasons and all(r.code != common.REASON_CODE_UNSPECIFIED for r in answer.reasons), (answer, frame.hex())


def survivors(pids):
    for service in SOURCES:
        assert instance.processes[service].pid == pids[service] and instance.alive(service), f"{service} fell"
        assert instance.health_of(service).ready


def pids_now():
    return {service: instance.processes[service].pid for service in SOURCES}


def test_cut_frames():
    pids, before = pids_now(), heads()
    for service, envelope in sound_frames().items():
        frame = envelope.SerializeToString()
        with instance.peer(service, SENDERS[service]) as peer:
            for size in range(len(frame)):
                for answer in answered(peer, frame[:size]):
                    assert answer.code == common.CODE_INVALID and answer.reasons, (size, answer)
    survivors(pids)
    assert heads() == before


def test_trace_contexts_are_whole_or_absent():
    with instance.peer("quota", SENDERS["quota"]) as peer:
        for trace, good in (("", True), ("00-" + "a" * 32 + "-" + "b" * 16 + "-01", True), ("00-abc", False)):
            item = common.Item(id=instance.message_id(), kind=common.KIND_HEALTH)
            peer.send_frame(common.Envelope(items=[item], traceparent=trace).SerializeToString())
            answer = common.Reply.FromString(peer.frame(5.0)).answers[0]
            assert (answer.code == common.CODE_ACCEPTED) == good, (trace, answer)


def test_flipped_bits():
    pids = pids_now()
    for service, envelope in sound_frames().items():
        with instance.peer(service, SENDERS[service]) as peer:
            for bit in range(envelope.ByteSize() * 8):
                # A fresh id each time, else the repetition would hide the content.
                envelope.items[0].id = instance.message_id()
                broken = bytearray(envelope.SerializeToString())
                broken[bit // 8] ^= 1 << (bit % 8)
                peer.send_frame(bytes(broken))
                reply = peer.frame(5.0)
                assert reply is not None, f"{service}: no answer with bit {bit} turned"
                answers = common.Reply.FromString(reply).answers
                # A turned bit may make a read of a command, or a follow that the role denies.
                if not all(a.code == common.CODE_ACCEPTED and a.body for a in answers):
                    named(answers, bytes(broken))
    survivors(pids)


def test_random_bytes():
    pids, before = pids_now(), heads()
    chance = random.Random(1404)
    for service in SOURCES:
        with instance.peer(service) as peer:
            for _ in range(300):
                frame = chance.randbytes(chance.choice((0, 1, 2, 7, 40, 300, 5000)))
                for answer in answered(peer, frame):
                    assert answer.code in (common.CODE_INVALID, common.CODE_DENIED) and answer.reasons, answer
    survivors(pids)
    assert heads() == before


def test_swollen_frames():
    """Above 1 MiB nothing is decoded; below it, counts and sizes are refused by name."""
    pids, before = pids_now(), heads()
    for service in SOURCES:
        with instance.peer(service) as peer:
            peer.send_frame(os.urandom(MAX_FRAME + 1))
            reply = peer.frame(0.5)
            assert reply is None or common.Reply.FromString(reply).answers[0].code == common.CODE_INVALID
        with instance.peer(service) as peer:
            item = common.Item(id=instance.message_id(), kind=common.KIND_HEALTH)
            named(answered(peer, common.Envelope(items=[item] * 1001).SerializeToString()), b"1001 items")
            item.payload = bytes(1000001)
            named(answered(peer, common.Envelope(items=[item]).SerializeToString()), b"payload")
            # Half a million empty messages: decoding stays under its cap.
            named(answered(peer, b"\x0a\x00" * 500000), b"empty items")
            # Fields nobody knows, nested as deep as the frame allows.
            nested = b""
            while len(nested) < 60000:
                size = len(nested)
                length = b""
                while True:
                    length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
                    size >>= 7
                    if not size:
                        break
                nested = b"\xfa\x01" + length + nested
            named(answered(peer, nested), b"nested")
    survivors(pids)
    assert heads() == before


def test_values_outside_the_contract():
    """Unknown kinds and enums, negative and overflowing amounts, smuggled NULs, broken text."""
    before = heads()
    register_party = membership.COMMAND_KIND_PARTY_REGISTER
    good = party(person(567891234)).SerializeToString()
    unknown_enum = party(person(567891234))
    unknown_enum.party.kind = 77
    smuggled = party(person(567891234), "ا\0ب")
    cases = [
        ("membership", 777, b""), ("membership", quota.COMMAND_KIND_REQUEST_FILE, b""),
        ("membership", register_party, unknown_enum.SerializeToString()),
        ("membership", register_party, smuggled.SerializeToString()),
        ("membership", register_party, good.replace("آ".encode(), b"\xff\xfe")),
        ("membership", register_party, good + b"\x0a\x00"),
        ("membership", register_party, party("x" * 70000).SerializeToString()),
        ("membership", register_party, b""),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, quantity_kg=-5500).SerializeToString()),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, max_price_rial_per_kg=-1).SerializeToString()),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, number="").SerializeToString()),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, number="a b").SerializeToString()),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, lines=[
            quota.RequestLine(party_id=ALI, licence_id="L1", wanted_kg=2**63 - 1)] * 2,
            quantity_kg=2**63 - 1).SerializeToString()),
        ("quota", quota.COMMAND_KIND_REQUEST_FILE, request_of(ALI, lines=[
            quota.RequestLine(party_id=ALI, licence_id="L1", wanted_kg=1)] * 5000).SerializeToString()),
        ("matching", matching.COMMAND_KIND_OFFER_PUBLISH, matching.OfferPublish(offer=matching.Offer(
            offer_id="O1", supplier_id="S1", grade="2420H", quantity_kg=-1)).SerializeToString()),
    ]
    for service, kind, payload in cases:
        with instance.peer(service, SENDERS[service]) as peer:
            answer = peer.ask(kind, payload)
            assert answer is not None and answer.code in (common.CODE_INVALID, common.CODE_DENIED), (service, kind, payload[:60], answer)
            assert answer.reasons, (service, kind, answer)
    assert heads() == before, "an invalid message entered a journal"


def test_counted_and_logged():
    health = instance.health_of("membership")
    counters = {gauge.name: gauge.value for gauge in health.gauges}
    assert any("malformed" in name and value > 0 for name, value in counters.items()), counters
    assert "denied" in instance.log("quota") or "refused" in instance.log("quota")


def test_all_stop_with_zero():
    instance.stop()

"""The week of Qom runs end to end, and what it left is the same in journals, Redis and logs."""
import json
import os
import pathlib
import re
import signal
import subprocess

from harness import BIN, DAEMONS, SOURCES, Instance, common, quota, wait_for

instance = None
result = None


def set_up():
    global instance
    instance = Instance("run/test/week")
    # Somebody who may do everything to Redis: the operator's mistake, or an intruder.
    with open(instance.directory / "keys" / "redis.acl", "a") as users:
        users.write("user breaker on nopass ~* &* +@all\n")
    instance.start("redis", *DAEMONS)


def tear_down():
    if instance:
        instance.end()


def test_demo_runs_end_to_end():
    global result
    done = instance.tasheem(*instance.demo_words())
    result = instance.result_of(done)
    assert result["requests"] == 313 and result["accepted"] + result["refused"] == 313, result
    assert result["verified"] is True and result["redis_equal"] is True, result
    assert 0 < result["placed_kg"] <= result["offered_kg"] and result["allocations"] > 0, result
    assert result["seconds"] < 60, result
    pathlib.Path("run/test/week.json").write_text(done.stdout.strip().splitlines()[-1])


def test_journals_are_whole_chains():
    for service in SOURCES:
        assert instance.records(service), service
        instance.tasheem("journal", "verify", f"{instance.directory}/journal/{service}.sqlite")


def test_one_request_is_followed_through_the_logs():
    """Some accepted request is named in the lines of quota and of matching."""
    for request in re.findall(r"\brequest_id=(R\d{5})\b", instance.log("quota")):
        if re.search(rf"\brequest_id={request}\b", instance.log("matching")):
            return
    raise AssertionError("no request is named in both logs")


def test_log_lines_are_one_event_each():
    for name in ("membership", "quota", "matching", "solver"):
        for line in instance.log(name).splitlines():
            assert re.match(r"ts=\S+ level=(debug|info|warn|error) svc=\w+ event=[a-z0-9_.]+( |$)", line), f"{name}: {line}"
        if name in SOURCES:
            assert "clock=simulated" in instance.log(name).splitlines()[0], name


def equal():
    done = instance.tasheem("redis", "verify", check=False)
    return done.returncode == 0


def key_count():
    return int(instance.redis("dbsize", user="quota") or 0)


def test_redis_users_keep_to_their_own():
    keys = key_count()
    assert keys > 500, keys
    for user, words in (("health", ["flushall"]), ("reader", ["set", "tasheem:party:1", "x"]), ("reader", ["flushall"]),
                        ("quota", ["hset", "tasheem:party:1", "name", "x"]), ("quota", ["flushdb"]),
                        ("matching", ["del", "tasheem:cursor:quota"]), ("membership", ["config", "get", "*"])):
        assert "NOPERM" in instance.redis(*words, user=user), (user, words)
    assert key_count() == keys


def test_flushed_and_killed_redis_comes_back_equal():
    keys, heads = key_count(), {name: instance.health_of(name).head_sequence for name in SOURCES}
    assert instance.redis("flushall", user="breaker").strip() == "OK"
    wait_for("the projection is equal after a flush", equal, 30)
    assert key_count() == keys
    # One cursor gone: its daemon alone shows everything again.
    assert instance.redis("del", "tasheem:cursor:matching", "tasheem:round:1404-09-03-HDPE", user="breaker").strip() == "2"
    wait_for("the projection is equal after a lost cursor", equal, 30)
    # Killed: everything it held is gone, for nothing is on its disk.
    instance.kill("redis")
    instance.start("redis")
    wait_for("the projection is equal after a kill", equal, 30)
    assert key_count() == keys
    assert heads == {name: instance.health_of(name).head_sequence for name in SOURCES}, "Redis made a daemon decide"


def test_restart_replays_to_the_same_state():
    instance.restart_and_compare()


def test_second_daemon_on_a_journal_refuses_to_start():
    for service in SOURCES:
        script = f". deploy/instance.sh; instance_dir={instance.directory}; instance_environment {service}; " \
                 f"export TASHEEM_ENDPOINT=ipc:///tmp/tasheem-second-{service}-$$; exec {BIN}/{service}"
        second = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=10)
        assert second.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT), second
        assert re.search(r"lock|journal", second.stdout + second.stderr), second
        assert instance.health_of(service).ready, f"{service} suffered"


def test_python_publisher_of_the_readme():
    """Exactly the lines of the README, with a key that may file for its party."""
    readme = pathlib.Path("README.md")
    text = readme.read_text() if readme.exists() else ""
    blocks = [block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "zmq" in block]
    example = pathlib.Path("deploy/examples/publish.py").read_text()
    code = blocks[0] if blocks else example
    assert code.strip() == example.strip(), "README and deploy/examples/publish.py differ"
    assert len(code.strip().splitlines()) <= 30
    filed = [quota.RequestChanged.FromString(event.payload).request for record in instance.records("quota")
             for event in record.events if event.kind == quota.EVENT_KIND_REQUEST_CHANGED]
    direct = {request.buyer_id: request for request in filed if request.lines[0].party_id == request.buyer_id}
    outputs = []
    # Some have used up their ceilings in the week: one of the first twenty has not.
    for number, request in enumerate(list(direct.values())[:20]):
        outputs.append(publish(f"readme-{number}", request, code))
        if outputs[-1].startswith("CODE_ACCEPTED"):
            assert re.search(r"^L\d+ \S+ free \d+ kg$", outputs[-1], re.M), outputs[-1]
            return
    raise AssertionError(outputs)


def publish(name, request, code):
    """What the example prints for a buyer with a fresh key of its own."""
    key_file = instance.directory / "keys" / f"{name}.secret"
    made = instance.tasheem("key", "new", name, "--register", "--role", "publisher", "--party", request.buyer_id, "--json")
    key_file.write_text(json.loads(made.stdout)["secret_key"] + "\n")

    def known():
        with instance.peer("quota", name) as peer:
            return instance.health(peer, 0.5)
    wait_for("quota knows the key", known)
    done = subprocess.run(["/usr/bin/python3", "-c", code, request.buyer_id, request.lines[0].licence_id, request.grade, "5500"],
                          capture_output=True, text=True, timeout=30,
                          env={**os.environ, **instance.environment, "TASHEEM_SECRET_KEY_FILE": str(key_file)})
    assert done.returncode == 0 and re.match(r"CODE_(ACCEPTED|REFUSED)", done.stdout), done
    return done.stdout


def test_bad_rows_are_listed_and_good_ones_go_in():
    """Line, column and reason of every bad row, in the file's order; all or nothing on demand."""
    table = instance.directory / "parties.csv"
    table.write_text("party_id,kind,name,nationality,county\n"
                     "0499370899,person,تازه,IRN,قم\n0371412022,person,بد,IRN,قم\nx,person,بد,IRN,قم\na,b\n")
    for words, status, accepted in ((["--all-or-nothing"], 4, 0), ([], 3, 1), ([], 3, 1)):
        done = instance.tasheem("import", table, *words, "--json", check=False)
        told = json.loads(done.stdout)[0]
        assert done.returncode == status and told["accepted"] == accepted and told["rows"] == 4, done
    assert [(error["line"], error["field"]) for error in told["errors"]] == [(3, "party_id"), (4, "party_id"), (5, "row")], told


def test_why_knows_every_kind_of_id():
    for word in ("R00056", "1404-09-03-LDPE", "1404-09-03-LDPE.1", "O0001", "L00001", "14026085760", "10335214790", "U2", "S2", "demo-broker"):
        done = instance.tasheem("why", word, "--lang", "en", check=False)
        assert done.returncode == 0 and done.stdout, (word, done)
    assert instance.tasheem("why", "nobody", check=False).returncode == 4


def test_a_reader_that_leaves_early_is_no_failure():
    done = subprocess.run(["bash", "-c", "set -o pipefail; $0 request list | head -n 1", BIN / "tasheem"],
                          capture_output=True, text=True, timeout=60, env={**os.environ, **instance.environment})
    assert done.returncode == 0 and done.stdout, done


def test_sigterm_ends_all_with_zero():
    instance.stop()

"""Partitions and loss between daemons: each lives in a network namespace of its own on one bridge.
Links go down, packets are dropped both ways, one way or by chance, in the middle of the week."""
import contextlib
import os
import random
import shutil
import subprocess
import time

from chaos_base import LONG, SEED, Week, instance, peace
from harness import DAEMONS, Skip, client_environment

TAG = f"tc{os.getpid() % 10000}"
HUB = f"{TAG}-hub"
NET = f"10.199.{os.getpid() % 250}"


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise Skip(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.returncode == 0


@contextlib.contextmanager
def bridge():
    """A bridge with our address, and per daemon a namespace with one. Gone at the end, whatever comes."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nft"):
        raise Skip("network namespaces need root, ip and nft")
    try:
        # In a namespace too: a machine's own rules for forwarding do not reach it there.
        run("ip", "netns", "add", HUB)
        run("ip", "-n", HUB, "link", "add", "hub", "type", "bridge")
        run("ip", "-n", HUB, "link", "set", "hub", "up")
        run("ip", "link", "add", TAG, "type", "veth", "peer", "name", "us", "netns", HUB)
        run("ip", "-n", HUB, "link", "set", "us", "master", "hub", "up")
        run("ip", "address", "add", f"{NET}.254/24", "dev", TAG)
        run("ip", "link", "set", TAG, "up")
        for number, name in enumerate(DAEMONS, 1):
            space = f"{TAG}-{name}"
            run("ip", "netns", "add", space)
            run("ip", "-n", HUB, "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", space)
            run("ip", "-n", HUB, "link", "set", f"v{number}", "master", "hub", "up")
            run("ip", "-n", space, "address", "add", f"{NET}.{number}/24", "dev", "eth0")
            run("ip", "-n", space, "link", "set", "eth0", "up")
            run("ip", "-n", space, "link", "set", "lo", "up")
            filter_of(space, "add table ip chaos", "add chain ip chaos input { type filter hook input priority 0; }",
                      "add chain ip chaos output { type filter hook output priority 0; }")
        yield
    finally:
        for name in (*DAEMONS, "hub"):
            run("ip", "netns", "delete", f"{TAG}-{name}", check=False)
        run("ip", "link", "delete", TAG, check=False)


def filter_of(space, *rules):
    for rule in rules:
        run("ip", "netns", "exec", space, "nft", rule)


def trouble(name, kind, chance):
    """One kind of trouble for one daemon; returns what ends it."""
    space, number = f"{TAG}-{name}", DAEMONS.index(name) + 1
    if kind == "link":
        run("ip", "-n", HUB, "link", "set", f"v{number}", "down")
        return lambda: run("ip", "-n", HUB, "link", "set", f"v{number}", "up")
    other = f"{NET}.{chance.choice([n for n in range(1, len(DAEMONS) + 1) if n != number])}"
    rules = {"loss": (f"add rule ip chaos input numgen random mod 100 < {chance.choice((5, 20, 40))} drop",),
             "deaf": ("add rule ip chaos input drop",), "mute": ("add rule ip chaos output drop",),
             "pair": (f"add rule ip chaos input ip saddr {other} drop", f"add rule ip chaos output ip daddr {other} drop")}[kind]
    filter_of(space, *rules)
    return lambda: filter_of(space, "flush chain ip chaos input", "flush chain ip chaos output")


def place(made):
    """Each daemon listens at its address, in its namespace."""
    for number, name in enumerate(DAEMONS, 1):
        made.wrappers[name] = ("ip", "netns", "exec", f"{TAG}-{name}")
        path = made.directory / "env"
        lines = [line.replace("127.0.0.1", f"{NET}.{number}") if f"TASHEEM_{name.upper()}=" in line else line
                 for line in path.read_text().splitlines()]
        path.write_text("\n".join(lines) + "\n")
    made.environment = client_environment(made.directory)


def test_partitions_and_loss():
    peace()
    chance = random.Random(SEED)
    kinds = ("link", "loss", "deaf", "mute", "pair")
    with bridge():
        for week in range(6 if LONG else 1):
            with instance(f"net-{week}") as made:
                place(made)
                made.start("redis", *DAEMONS)
                life = Week(made)
                told = []
                try:
                    for kind in chance.sample(kinds, len(kinds)) * (3 if LONG else 1):
                        time.sleep(chance.uniform(0.1, 0.4))
                        names = chance.sample(DAEMONS, chance.choice((1, 1, 2)))
                        ends = [trouble(name, kind, chance) for name in names]
                        told.append(f"{kind} {'+'.join(names)}")
                        time.sleep(chance.uniform(0.5, 2.5))
                        for end in ends:
                            end()
                    life.join()
                    life.end()
                    made.stop()
                finally:
                    life.release()
            print(f"  net: {', '.join(told)}", flush=True)

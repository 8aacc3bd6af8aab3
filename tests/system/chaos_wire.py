"""A bad wire: between publishers and daemons, and between the daemons, every connection runs through
a proxy of ours that delays, splits at every byte, cuts in the middle, stalls and opens twins that
say the same again. CURVE connections recover, and the week ends with every promise kept."""
import asyncio
import random
import threading
import time

from chaos_base import LONG, SEED, Week, instance, peace
from harness import DAEMONS, SOURCES


class Proxy:
    """One listening port in front of a daemon. `manner` is what it does to bytes now."""

    def __init__(self, port, target, chance):
        self.port, self.target, self.chance = port, target, chance
        self.manner = "straight"
        self.writers = set()
        self.count = {}

    def note(self, what):
        self.count[what] = self.count.get(what, 0) + 1

    async def listen(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", self.port)

    async def accept(self, reader, writer):
        twin = None
        self.writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
            self.writers.add(there_writer)
            if self.manner == "twins":
                # A second connection that hears all that the first one says.
                twin_reader, twin = await asyncio.open_connection("127.0.0.1", self.target)
                self.writers.add(twin)
                asyncio.ensure_future(self.swallow(twin_reader))
                self.note("twin")
            await asyncio.gather(self.pump(reader, there_writer, twin), self.pump(there_reader, writer, None))
        except OSError:
            pass
        finally:
            for one in (writer, twin, locals().get("there_writer")):
                if one is not None:
                    one.close()
                    self.writers.discard(one)

    @staticmethod
    async def swallow(reader):
        try:
            while await reader.read(65536):
                pass
        except OSError:
            pass

    async def pump(self, reader, writer, twin):
        try:
            while data := await reader.read(65536):
                if twin is not None and not twin.is_closing():
                    twin.write(data)
                await self.pass_on(data, writer)
        except OSError:
            pass
        finally:
            writer.close()

    async def pass_on(self, data, writer):
        if self.manner == "late":
            await asyncio.sleep(self.chance.uniform(0.005, 0.1))
        elif self.manner == "bytes":
            for at in range(min(len(data), 600)):
                writer.write(data[at:at + 1])
                await writer.drain()
            data = data[600:]
            self.note("split")
        elif self.manner == "cut" and self.chance.random() < 0.05:
            writer.write(data[:self.chance.randrange(len(data))])
            self.note("cut")
            raise OSError("cut")
        elif self.manner == "stall" and self.chance.random() < 0.02:
            self.note("stall")
            await asyncio.sleep(self.chance.uniform(0.5, 3.0))
        writer.write(data)
        await writer.drain()

    def cut_all(self):
        for writer in list(self.writers):
            writer.transport.abort()
            self.note("cut")


class Wire(threading.Thread):
    """All proxies, in a thread and a loop of their own."""

    def __init__(self, ports, chance):
        super().__init__(daemon=True)
        self.proxies = [Proxy(port, target, random.Random(chance.random())) for port, target in ports]
        self.loop = asyncio.new_event_loop()
        self.listening = threading.Event()

    def run(self):
        asyncio.set_event_loop(self.loop)
        for proxy in self.proxies:
            self.loop.run_until_complete(proxy.listen())
        self.listening.set()
        self.loop.run_forever()

    def behave(self, manner):
        def change():
            for proxy in self.proxies:
                proxy.manner = manner
                if manner in ("twins", "cut"):
                    proxy.cut_all()
        self.loop.call_soon_threadsafe(change)

    def stop(self):
        async def end():
            for proxy in self.proxies:
                proxy.server.close()
                proxy.cut_all()
            rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(5)


def port_of(made, service):
    return int(made.environment[f"TASHEEM_{service.upper()}"].rsplit(":", 1)[1])


def interpose(made, chance):
    """Clients and followers find proxies where daemons were; those listen 6,000 ports higher, beyond
    the range that instances choose from."""
    ports = {service: port_of(made, service) for service in SOURCES}
    made.wrappers = {service: ("env", f"TASHEEM_ENDPOINT=tcp://127.0.0.1:{port + 6000}") for service, port in ports.items()}
    return Wire([(port, port + 6000) for port in ports.values()], chance)


def test_bad_wire():
    peace()
    chance = random.Random(SEED)
    for week in range(6 if LONG else 1):
        with instance(f"wire-{week}") as made:
            wire = interpose(made, chance)
            wire.start()
            assert wire.listening.wait(5), "the proxies do not listen"
            made.start("redis", *DAEMONS)
            life = Week(made)
            try:
                for manner in ("late", "bytes", "cut", "straight", "stall", "twins", "cut", "bytes", "straight"):
                    wire.behave(manner)
                    time.sleep(chance.uniform(1.0, 2.0))
                wire.behave("straight")
                life.join()
                life.end()
                made.stop()
            finally:
                life.release()
                wire.stop()
            counts = {}
            for proxy in wire.proxies:
                for what, times in proxy.count.items():
                    counts[what] = counts.get(what, 0) + times
            assert counts.get("cut", 0) > 0 and counts.get("split", 0) > 0 and counts.get("twin", 0) > 0, counts
            print("  wire: " + ", ".join(f"{what} {times}" for what, times in sorted(counts.items())), flush=True)

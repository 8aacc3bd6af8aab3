"""Solvers are many and not trusted: one that dies with a round in its hands costs time, one
that lies is refused by the verifier and named in the log; the week ends as it should."""
import hashlib
import threading
import time

from harness import Instance, common, matching, wait_for
from tasheem.solver.v1 import solver_pb2 as solver

ROUNDS = 12


def check_week(instance, done):
    result = instance.result_of(done)
    assert result["verified"] and result["redis_equal"] and result["requests"] == 313, result
    rounds = {}
    for record in instance.records("matching"):
        for event in record.events:
            if event.kind == matching.EVENT_KIND_ROUND_CHANGED:
                changed = matching.RoundChanged.FromString(event.payload)
                rounds[changed.round_id] = changed
    assert len(rounds) == ROUNDS and all(r.state == matching.ROUND_STATE_FINAL for r in rounds.values()), rounds
    return result


class OtherSolver(threading.Thread):
    """A peer with a solver's key: says that it is free, and does with a task what on_task says;
    goes away for ever when that is true."""

    def __init__(self, instance):
        super().__init__()
        self.instance = instance
        self.done = threading.Event()
        self.tasks = self.refused = 0

    def run(self):
        with self.instance.peer("matching", "solver") as peer:
            while not self.done.is_set():
                peer.send_frame(common.Envelope(items=[common.Item(
                    id=self.instance.message_id(), kind=matching.COMMAND_KIND_SOLVER_READY)]).SerializeToString())
                until = time.monotonic() + 1
                while time.monotonic() < until and not self.done.is_set():
                    frame = peer.frame(0.1)
                    task = common.Reply.FromString(frame).task if frame else None
                    if task is None or not task.task_id or task.count != 1:
                        continue
                    self.tasks += 1
                    if self.on_task(peer, task):
                        return
                    break


class Doomed(OtherSolver):
    def on_task(self, peer, task):
        return True


class Liar(OtherSolver):
    """Answers every task with nothing for anybody, well formed."""

    def on_task(self, peer, task):
        problem = solver.Problem.FromString(task.chunk)
        requests = sum(len(claimant.requests) for claimant in problem.claimants)
        claimants, offers = len(problem.claimants), len(problem.offers)
        lie = solver.Solution(
            problem_digest=hashlib.blake2b(task.chunk, digest_size=16).digest(), awards=[0] * claimants,
            claimant_components=[0] * claimants, claimant_levels=[0] * claimants,
            request_components=[0] * requests, request_levels=[0] * requests,
            offer_components=[0] * offers, offer_levels=[0] * offers,
            offer_dual_ranks=[0] * offers, offer_dual_costs=[0] * offers,
            request_dual_ranks=[0] * requests, request_dual_costs=[0] * requests,
            claimant_dual_ranks=[0] * claimants, claimant_dual_costs=[0] * claimants, solver="liar 1")
        answer = peer.ask(matching.COMMAND_KIND_SOLUTION_PART, matching.SolutionPart(
            task_id=task.task_id, index=0, count=1, chunk=lie.SerializeToString()), seconds=5)
        if answer is not None and any(r.code == common.REASON_CODE_NOT_PROVEN for r in answer.reasons):
            self.refused += 1
        return False


def test_a_solver_that_dies_with_a_round_costs_time_only():
    instance = Instance("run/test/solvers-death")
    doomed = Doomed(instance)
    try:
        instance.start("redis", "membership", "quota", "matching")
        doomed.start()
        # The only one at first, so that it is given a round.
        begun = time.monotonic()
        outcome = []
        week = threading.Thread(target=lambda: outcome.append(instance.tasheem(*instance.demo_words(), check=False)))
        week.start()
        wait_for("it has a round in its hands and is gone", lambda: doomed.tasks and not doomed.is_alive(), 60)
        instance.start("solver")
        week.join(200)
        assert outcome and outcome[0].returncode == 0, outcome and outcome[0].stderr[-1500:]
        check_week(instance, outcome[0])
        timeouts = instance.log("matching").count("event=matching.task.timeout")
        assert timeouts, f"the week ended in {time.monotonic() - begun:.1f} s and nobody missed the round"
        instance.restart_and_compare()
        instance.stop("solver", "matching", "quota", "membership")
    finally:
        doomed.done.set()
        instance.end()


def test_a_solver_that_lies_is_refused_and_reported():
    instance = Instance("run/test/solvers-lie")
    liar = Liar(instance)
    try:
        instance.start("redis", "membership", "quota", "matching")
        liar.start()
        instance.start("solver")
        done = instance.tasheem(*instance.demo_words())
        check_week(instance, done)
        liar.done.set()
        liar.join(10)
        assert liar.tasks and liar.refused, (liar.tasks, liar.refused)
        log = instance.log("matching")
        assert log.count("event=matching.solution.rejected") >= liar.refused, "a lie must be reported"
        assert "solver=solver" in log and "action=\"look at this solver\"" in log, log[-1000:]
        instance.stop("solver", "matching", "quota", "membership")
    finally:
        liar.done.set()
        if liar.is_alive():
            liar.join(10)
        instance.end()

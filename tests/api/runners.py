"""A runner that does in milliseconds what the engine does in seconds: events, an episode, and a way to stop."""

import threading

from hybrid.base import Outcome
from hybrid.conversation import words_of
from hybrid.store.records import plain
from tests.hybrid.store.samples import FINAL, attempt, decomposition, outcome, plan, steps


class SmallRunner:
    """Carries out "moves" of one control block each; instructions choose the ending.

    ``ask`` in the words ends with a question, ``refuse`` with a refusal, ``fail`` unmet, ``break`` with an exception,
    ``wait`` goes on until somebody cancels; everything else is reached.
    """

    def __init__(self, store):
        self.store = store
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.runs = []

    def __call__(self, job):
        request, listener, cancel = job.task.request, job.listener, job.cancel
        self.runs.append(request)
        words = words_of(job.task)
        store = job.store
        episode = store.open_episode(
            instruction=words, scene=request.scene, seed=request.seed, models={"world_model": "small-1"}, settings={}
        )
        listener("started", {"episode": episode})
        if "break" in words:
            raise ZeroDivisionError("secret detail")
        store.record_decomposition(episode, decomposition())
        listener("subgoals", {"status": "planned", "subgoals": [{"words": "red on blue"}], "message": None})
        store.record_attempt(episode, attempt(executed=True))
        listener("plan", {"found": True, "energy": 0.031, "manipulations": plain(plan().manipulations)})
        listener("verdict", {"accepted": True, "reason": "every fact holds"})
        store.record_steps(episode, steps(3))
        ended = self._ending(words, cancel)
        store.close_episode(episode, ended, FINAL)
        return ended

    def _ending(self, words, cancel):
        if "wait" in words:
            self.begun.set()
            while not cancel():
                if self.may_end.wait(0.01):
                    return outcome()
            return outcome("interrupted", "stopped")
        if "ask" in words:
            return Outcome("question", None, (), 0, 0, 1.0, message="Which red block?")
        if "refuse" in words:
            return outcome("refused", "there is no purple block on the table")
        return outcome("unmet", "red_cube_1 is 3.1 cm away") if "fail" in words else outcome()

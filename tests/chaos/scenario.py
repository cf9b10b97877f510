"""What a scenario is: who works, what load, which faults when, what may be different in the end because of them."""
from trial import FLAVOURS, SETTLE_S


class Scenario:
    """Its methods get the trial; all chance comes from trial.random. One object for one run."""

    number, title = 0, ""
    alone = False                     # it disturbs services that other runs share
    servers, accounts, syncs, edits = 2, 2, 2, 3
    parallel_accounts = True
    flavours = FLAVOURS
    slow_ms = 25                      # of each answer, so that a sync lasts
    settle_s = SETTLE_S
    gap_s = 25.0                      # nothing may stand still for longer while nothing is broken
    ends = ("complete", "joined")     # how an accepted sync may end
    exit_codes = ()                   # with which workers may end on their own, to be started again
    cuts_topics = False               # what was in Kafka may be gone before it was read
    loses_commits = False             # rows may be gone that Kafka's offsets say are there
    poisons = False                   # there are messages that are not ours
    may_sign_out = False              # a worker may die with the only copy of a refresh token that works once
    liveness = False                  # workers are asked whether they are stuck, and ended when they say so
    more_descriptors = 8              # than before a worker may hold at rest: a connection that was made anew
    felt = None                       # what workers' logs say when the fault has reached them: a regular expression

    def __init__(self):
        self.lost = set()             # accounts whose library cannot be compared in the end
        self.replaced = set()         # those under whose name there was another before: its messages are dropped

    def settings(self, trial):
        return {}

    def workers(self, trial):
        return {"fetcher": 2, "parser": 1, "writer": 1}

    def proxied(self, trial, url):
        """The address that accounts have for a server."""
        return url

    def worker_options(self, trial, kind):
        return {}

    def worker_environment(self, trial, kind):
        return {}

    def server_options(self, trial):
        return {}

    def armed(self, trial, kind):
        """The crash point of the next life of a worker, or None."""
        return None

    def before(self, trial):
        """Before servers and workers are there."""

    def plan(self, trial):
        """Puts faults into the load: trial.at(seconds, what, function)."""

    def unsettled(self, trial):
        """Is a fault at work now, so that standing still is allowed?"""
        return False

    def deaf(self, trial):
        """Can nobody take a request now? Then programs wait with theirs."""
        return False

    def heal(self, trial):
        """Ends every fault."""

    def settled(self, trial):
        """When all has come to its end, before the undisturbed syncs: sentences about what must hold already."""
        return []

    def check(self, trial, topics):
        """Sentences about what must hold beyond C1 to C12."""
        return []

    def after(self, trial):
        """Before the world is taken down."""

    def gone(self, trial):
        """When it is."""

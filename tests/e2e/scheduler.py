"""`syncline scheduler` as a process: starts what is due and tells webhooks."""
import stack
from process import Process


class Scheduler(Process):
    def __init__(self, pipeline, number, **environment):
        words = [stack.BIN / "syncline", "--config", pipeline.settings, "scheduler"]
        super().__init__(f"scheduler-{number}", words, pipeline.log(f"scheduler-{number}"), **environment)

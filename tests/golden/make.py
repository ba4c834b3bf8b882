"""Makes the golden traces beside this file: what the Python original does, step by step.

    python3 -m venv venv && venv/bin/pip install fluxgate==0.9.4
    venv/bin/python tests/golden/make.py

`agree/` holds behaviour that both share. `differ/` holds what Fluxgate for Rust does otherwise on purpose: each trace
says why, and each step that comes out differently carries what is right under `ours`. `tests/tests/golden.rs` replays
both. Counts are left out while a breaker is open, where the original forgets its window and ours keeps it as evidence;
a trace in `differ/` is about that.
"""

import time


class Clock:
    """Whole nanoseconds, so that it does not drift; seconds, as the original asks for them."""

    nanoseconds = 0

    def advance(self, seconds):
        self.nanoseconds += round(seconds * 1e9)

    def seconds(self):
        return self.nanoseconds / 1e9


CLOCK = Clock()
# Before the import: the original binds these functions when it is loaded.
time.time = time.perf_counter = CLOCK.seconds

import asyncio
import json
import pathlib
import random

from fluxgate import AsyncCircuitBreaker, CallNotPermittedError, CircuitBreaker
from fluxgate import permits, retries, trackers, trippers, windows

from agree import AGREE
from differ import DIFFER

COUNTED = ("closed", "half_open", "metrics_only")


class Failure(Exception):
    """A failed call."""


class Ignored(Exception):
    """An error that the tracker does not claim."""


class MoreFailuresThanSuccesses(trippers.Tripper):
    def __call__(self, context):
        return context.metric.failure_count * 2 > context.metric.total_count


CUSTOM = {"more_failures_than_successes": MoreFailuresThanSuccesses}
LEAVES = {
    "closed": trippers.Closed,
    "half_open": trippers.HalfOpened,
    "min": trippers.MinRequests,
    "failure_rate": trippers.FailureRate,
    "failure_streak": trippers.FailureStreak,
    "slow_rate": lambda ratio, threshold: trippers.SlowRate(ratio, threshold=threshold),
    "avg_latency": trippers.AvgLatency,
    "custom": lambda name: CUSTOM[name](),
}


def tripper(rule):
    word, *arguments = rule
    if word not in ("all", "any"):
        return LEAVES[word](*arguments)
    first, *rest = map(tripper, arguments)
    for condition in rest:
        first = first & condition if word == "all" else first | condition
    return first


def cooldown(duration, options={}):
    return retries.Cooldown(duration, options.get("jitter", 0.0))


def backoff(initial, options={}):
    return retries.Backoff(
        initial, options.get("multiplier", 2.0), options.get("max", 300.0), options.get("jitter", 0.0)
    )


RETRIES = {"cooldown": cooldown, "backoff": backoff, "always": retries.Always, "never": retries.Never}
PERMITS = {"all": permits.All, "random": permits.Random, "ramp_up": permits.RampUp}
WINDOWS = {"count": windows.CountWindow, "time": windows.TimeWindow}


def settings(breaker):
    """The original's arguments for a breaker as the traces spell it; what is not spelled is the default of both."""
    result = {"tracker": trackers.All() & ~trackers.TypeOf(Ignored)}
    if "trip" in breaker:
        result["tripper"] = tripper(breaker["trip"])
    for key, words in (("window", WINDOWS), ("retry", RETRIES), ("permit", PERMITS)):
        if key in breaker:
            word, *arguments = breaker[key]
            result[key] = words[word](*arguments)
    return result


class Synchronous:
    """The original for plain functions, under the interface of its asynchronous sibling."""

    def __init__(self, **arguments):
        self.inner = CircuitBreaker(**arguments)

    async def call(self, body):
        return self.inner.call(lambda: run(body()))

    async def command(self, name):
        getattr(self.inner, name)()


class Asynchronous:
    def __init__(self, **arguments):
        self.inner = AsyncCircuitBreaker(**arguments)

    async def call(self, body):
        return await self.inner.call(body)

    async def command(self, name):
        await getattr(self.inner, name)()


def run(coroutine):
    """Runs to its end a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a call that overlaps others needs the asynchronous original")


class Player:
    """Plays the steps of one trace to one breaker."""

    def __init__(self, kind, breaker):
        self.events = []
        arguments = settings(breaker) | {"listeners": [self.hear]}
        if kind is Asynchronous and "max_half_open_calls" in breaker:
            arguments["max_half_open_calls"] = breaker["max_half_open_calls"]
        self.breaker = kind(**arguments)
        self.calls = {}

    def hear(self, signal):
        self.events.append(f"{signal.old_state} > {signal.new_state}")

    async def play(self, step):
        """What came of one step, once."""
        self.events.clear()
        CLOCK.advance(step.get("after", 0))
        result = await self.act(step)
        info = self.breaker.inner.info()
        result |= {"state": info.state}
        if info.state in COUNTED or step.get("ours", {}).get("total"):
            result |= {"total": info.metrics.total_count, "failures": info.metrics.failure_count}
        if info.state in ("open", "half_open"):
            result |= {"reopens": info.reopens}
        if self.events:
            result |= {"events": list(self.events)}
        return result

    async def act(self, step):
        do = step["do"]
        if do == "wait":
            return {}
        if do == "command":
            await self.breaker.command(step["name"])
            return {}
        if do == "begin":
            return {"call": await self.begin(step["as"])}
        if "as" in step:
            return {"call": await self.finish(step["as"], do)}
        return {"call": await self.attempt(step)}

    async def attempt(self, step):
        """A call from beginning to end."""

        async def body():
            CLOCK.advance(step.get("took", 0))
            end(step["do"])

        try:
            await self.breaker.call(body)
        except (Failure, Ignored):
            pass
        except CallNotPermittedError:
            return "refused"
        except Exception as error:
            return f"raised {type(error).__name__}"
        return "admitted"

    async def begin(self, name):
        """The first half of a call that overlaps others."""
        entered = asyncio.Event()
        outcome = asyncio.get_running_loop().create_future()

        async def body():
            entered.set()
            end(await outcome)

        task = asyncio.ensure_future(self.breaker.call(body))
        self.calls[name] = task, outcome
        await settle()
        if entered.is_set():
            return "admitted"
        return "refused" if task.done() else "waits"

    async def finish(self, name, do):
        task, outcome = self.calls.pop(name)
        outcome.set_result(do)
        try:
            await task
        except (Failure, Ignored):
            pass
        return "admitted"

    async def cancel(self):
        for task, _ in self.calls.values():
            task.cancel()
        await settle()


def end(do):
    if do == "failure":
        raise Failure
    if do == "ignored":
        raise Ignored


async def settle():
    """Lets every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def record(kind, trace):
    """The steps of a trace with what came of each."""
    CLOCK.nanoseconds = 0
    random.seed(trace.get("seed", 0))
    player = Player(kind, trace["breaker"])
    steps = []
    for step in trace["steps"]:
        results = [await player.play(step) for _ in range(step.get("times", 1))]
        for result in results:
            differs = [key for key in ("call", "state", "events") if result.get(key) != results[0].get(key)]
            assert not differs, f"{trace['name']}: {step} comes out differently when repeated: {results}"
        # What is right comes last.
        ours = {"ours": step["ours"]} if "ours" in step else {}
        steps.append({key: step[key] for key in step if key != "ours"} | results[-1] | ours)
    await player.cancel()
    return steps


def check(trace, steps, differ):
    """A trace belongs where it stands: what agrees has nothing of `ours`, and `ours` is never what the original did."""
    if differ:
        assert trace.get("why"), f"{trace['name']} does not say why"
        assert "ours" in trace or any("ours" in step for step in steps), f"{trace['name']} does not differ"
    for step in steps:
        assert differ or "ours" not in step, f"{trace['name']} differs"
        for key, value in step.get("ours", {}).items():
            assert step.get(key) != value, f"{trace['name']}: {step} does not differ in {key}"


def write(folder, trace, steps):
    """One step a line, for people to read and for `git diff`."""
    head = {key: trace[key] for key in ("title", "why", "breaker", "ours") if key in trace}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    rows = ",\n".join(f"    {json.dumps(step)}" for step in steps)
    text = "{\n" + "\n".join(lines) + '\n  "steps": [\n' + rows + "\n  ]\n}\n"
    (folder / f"{trace['name']}.json").write_text(text)


def main():
    here = pathlib.Path(__file__).parent
    for name, traces in (("agree", AGREE), ("differ", DIFFER)):
        folder = here / name
        folder.mkdir(exist_ok=True)
        for stale in folder.glob("*.json"):
            stale.unlink()
        for trace in traces:
            steps = asyncio.run(record(Asynchronous, trace))
            if not any("as" in step for step in trace["steps"]):
                plain = asyncio.run(record(Synchronous, trace))
                assert steps == plain, f"{trace['name']}: the two originals differ"
            check(trace, steps, name == "differ")
            write(folder, trace, steps)
        print(f"{len(traces)} traces in {name}/")


main()

"""The words in which traces are written: steps, and breakers as Fluxgate for Rust spells them. Times are in seconds."""


def call(do, times, after, took, ours):
    step = {"do": do}
    for key, value in (("after", after), ("took", took), ("ours", ours)):
        if value:
            step[key] = value
    return step | ({"times": times} if times > 1 else {})


def ok(times=1, after=0, took=0, ours=None):
    return call("success", times, after, took, ours)


def fail(times=1, after=0, took=0, ours=None):
    return call("failure", times, after, took, ours)


def ignored(times=1, ours=None):
    return call("ignored", times, 0, 0, ours)


def wait(seconds, ours=None):
    return call("wait", 1, seconds, 0, ours)


def command(name, ours=None):
    return {"do": "command", "name": name} | ({"ours": ours} if ours else {})


def begin(name, ours=None):
    return {"do": "begin", "as": name} | ({"ours": ours} if ours else {})


def finish(name, do, ours=None):
    return {"do": do, "as": name} | ({"ours": ours} if ours else {})


HALF = ["all", ["min", 4], ["failure_rate", 0.5]]
# Judges recovery by one call, the only way in which both do it alike.
PROBE = ["all", ["half_open"], ["min", 1], ["failure_rate", 1.0]]
SINGLE = ["any", ["all", ["closed"], *HALF[1:]], PROBE]


def breaker(trip=HALF, window=("count", 10), retry=("cooldown", 60), permit=("all",), **more):
    return {"window": list(window), "trip": trip, "retry": list(retry), "permit": list(permit)} | more

TEN = ["all", ["min", 10], ["failure_rate", 0.5]]

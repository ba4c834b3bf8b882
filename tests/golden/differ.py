"""What Fluxgate for Rust does otherwise on purpose. `ours` holds what is right where the original is not:
`None` means no events, or a figure that has no meaning there; on a whole trace, what the refusal of `build()` names.
"""

from steps import HALF, SINGLE, TEN, begin, breaker, command, fail, finish, ok, wait

RECOVERS = {"call": "admitted", "state": "closed", "events": ["open > half_open", "half_open > closed"], "reopens": None}
OPENS = {"state": "open", "events": ["closed > open"], "reopens": 0, "total": None, "failures": None}
REOPENS = {"state": "open", "events": ["half_open > open"], "reopens": 1, "total": None, "failures": None}

DIFFER = [
    {
        "name": "buckets_never_expire",
        "title": "Three failures, an idle hour, one failure more",
        "why": "The original forgets a bucket of a time window only when another second needs its place, so that "
        "failures of an hour ago trip; ours forgets by age, on reading as well as on writing.",
        "breaker": breaker(window=("time", 10)),
        "steps": [
            fail(3),
            wait(3600, {"total": 0, "failures": 0}),
            fail(after=5, ours={"state": "closed", "total": 1, "failures": 1, "reopens": None, "events": None}),
        ],
    },
    {
        "name": "failures_without_duration",
        "title": "Calls that fail after 5 s each",
        "why": "The original records failures with a duration of 0, so that time-outs look fast; ours keeps the "
        "duration of failed calls: a time-out is a slow call.",
        "breaker": breaker(["all", ["min", 4], ["any", ["slow_rate", 0.5, 1.0], ["avg_latency", 2.0]]]),
        "steps": [fail(3, took=5), fail(took=5, ours=OPENS)],
    },
    {
        "name": "average_in_floating_point",
        "title": "Three calls of 100 ms, and a threshold of 100 ms on the average",
        "why": "The original adds up floating-point seconds, and the mean comes out a little below 0.1; ours adds whole "
        "nanoseconds.",
        "breaker": breaker(["all", ["min", 3], ["avg_latency", 0.1]]),
        "steps": [ok(2, took=0.1), ok(took=0.1, ours=OPENS)],
    },
    {
        "name": "jitter_at_every_refusal",
        "title": "A pause of 100 s with jitter 0.5, asked for every second",
        "why": "The original draws the jitter anew at every refused call, so that under load the shortest draw wins "
        "and a whole fleet is back after little more than half the pause; ours draws the deadline once, on opening, "
        "and answers by it and nothing else.",
        "seed": 5,
        "breaker": breaker(retry=("cooldown", 100, {"jitter": 0.5})),
        "steps": [
            fail(3),
            fail(),
            fail(49, after=1),
            *[fail(after=1, ours={"call": "when due"}) for _ in range(9)],
        ],
    },
    {
        "name": "cap_before_jitter",
        "title": "A back-off of at most 100 s with jitter 0.5, asked for after 100 s",
        "why": "The original caps the pause before it adds the jitter, so that a maximum of 100 s means up to 150 s; "
        "ours caps last, and the maximum is one.",
        "seed": 0,
        "breaker": breaker(SINGLE, retry=("backoff", 100, {"max": 100, "jitter": 0.5})),
        "steps": [fail(3), fail(), ok(after=100, ours=RECOVERS)],
    },
    {
        "name": "backoff_overflows",
        "title": "A service that stays down for 1,024 re-openings",
        "why": "The original raises 2.0 to the power of the re-openings before it caps the pause; from 1,024 on that "
        "overflows, and every call fails with an OverflowError instead of being tried. Ours saturates.",
        "breaker": breaker(SINGLE, retry=("backoff", 1, {"max": 1})),
        "steps": [fail(3), fail(), fail(1024, after=1), ok(after=1, ours=RECOVERS)],
    },
    {
        "name": "closing_forgives_at_once",
        "title": "A service that answers one probe and falls over again",
        "why": "The original forgets all re-openings on closing, so that a flapping service never backs off; ours "
        "goes on where it was if the breaker trips again sooner after closing than it had last been open.",
        "breaker": breaker(SINGLE, retry=("backoff", 10)),
        "steps": [
            fail(3),
            fail(),
            fail(after=10),
            fail(after=20),
            ok(after=40),
            fail(3),
            fail(ours={"reopens": 3}),
            ok(
                after=10,
                ours={"call": "refused", "state": "open", "reopens": 3, "events": None, "total": None, "failures": None},
            ),
        ],
    },
    {
        "name": "lucky_probe",
        "title": "A service of which most calls fail, but not the first probe",
        "why": "In the original any single success closes the breaker, whatever its rule asks for; ours asks for as "
        "much evidence as it took to trip: 6 good calls of 10, or 5 bad ones.",
        "breaker": breaker(TEN),
        "steps": [
            fail(9),
            fail(),
            ok(
                after=60,
                ours={"state": "half_open", "total": 1, "reopens": 0, "events": ["open > half_open"]},
            ),
            fail(4, ours={"state": "half_open", "total": 5, "reopens": 0}),
            fail(ours=REOPENS),
        ],
    },
    {
        "name": "lucky_streak",
        "title": "One good probe where a row of failures trips",
        "why": "In the original any single success closes the breaker; ours asks for as many good calls as bad ones would "
        "have re-opened it: 3.",
        "breaker": breaker(["failure_streak", 3]),
        "steps": [
            fail(2),
            fail(),
            ok(
                after=60,
                ours={"state": "half_open", "total": 1, "reopens": 0, "events": ["open > half_open"]},
            ),
            ok(ours={"state": "half_open", "total": 2, "reopens": 0}),
            ok(ours={"total": 0, "events": ["half_open > closed"]}),
            fail(2, after=600, ours={"total": 2}),
            fail(),
        ],
    },
    {
        "name": "dead_service_probed",
        "title": "A dead service under a rule of 10 calls",
        "why": "The original gives a dead service all 10 probes (100 with its default rule) before it re-opens; ours "
        "re-opens at the 5th, when the other 5 could no longer save it.",
        "breaker": breaker(TEN),
        "steps": [
            fail(9),
            fail(),
            fail(after=60),
            fail(3),
            fail(ours=REOPENS),
            fail(4, ours={"call": "refused", "state": "open", "reopens": 1, "total": None, "failures": None}),
            fail(ours={"call": "refused", "events": None}),
        ],
    },
    {
        "name": "slow_probe_recovers",
        "title": "A service that tripped by being slow, and is still slow",
        "why": "In the original a slow success closes the breaker that slowness had tripped, as long as the minimum "
        "is not reached; ours judges probes by the same rule.",
        "breaker": breaker(["all", ["min", 4], ["slow_rate", 0.5, 1.0]]),
        "steps": [
            ok(3, took=2),
            ok(took=2),
            ok(
                after=60,
                took=2,
                ours={"state": "half_open", "total": 1, "reopens": 0, "events": ["open > half_open"]},
            ),
            ok(took=2, ours=REOPENS),
        ],
    },
    {
        "name": "slow_probe_never_decides",
        "title": "A single probe that succeeds, slowly",
        "why": "In the original a success never re-opens: a slow one leaves the breaker half-open, and calls go "
        "through; ours evaluates successes too.",
        "breaker": breaker(
            [
                "any",
                ["all", ["closed"], ["min", 4], ["slow_rate", 0.5, 1.0]],
                ["all", ["half_open"], ["min", 1], ["slow_rate", 0.5, 1.0]],
            ]
        ),
        "steps": [
            ok(3, took=2),
            ok(took=2),
            ok(after=60, took=2, ours=REOPENS | {"events": ["open > half_open", "half_open > open"]}),
        ],
    },
    {
        "name": "ramp_is_cut_short",
        "title": "A ramp of 60 s, and a probe that succeeds at once",
        "why": "In the original the first success ends the ramp before it began, and all traffic is back at once; "
        "ours keeps the ramp, and closes at its end.",
        "breaker": breaker(SINGLE, permit=("ramp_up", 1.0, 1.0, 60)),
        "steps": [
            fail(3),
            fail(),
            ok(
                after=60,
                ours={"state": "half_open", "reopens": 0, "events": ["open > half_open"]},
            ),
            ok(after=30, ours={"state": "half_open", "reopens": 0}),
            ok(after=30, ours={"events": ["half_open > closed"]}),
        ],
    },
    {
        "name": "evidence",
        "title": "What an open breaker knows",
        "why": "The original empties its window on every transition, so that an open breaker cannot say why it is; "
        "ours shows the window as it was when it tripped.",
        "breaker": breaker(),
        "steps": [ok(), fail(2), fail(ours={"total": 4, "failures": 3})],
    },
    {
        "name": "silent_shadow",
        "title": "Metrics only, and a rule that would trip",
        "why": "The original's shadow mode never evaluates the rule, so that nobody learns whether it is any good; "
        "ours reports when it would have tripped, once per crossing.",
        "breaker": breaker(),
        "steps": [command("metrics_only"), fail(3), fail(ours={"events": ["metrics_only > metrics_only"]}), fail()],
    },
    {
        "name": "transitions_to_the_same",
        "title": "Commands for the state that the breaker is in",
        "why": "The original reports a transition from disabled to disabled, and starts the clock of the state anew; "
        "to ours X to X is none.",
        "breaker": breaker(),
        "steps": [
            command("reset", {"events": None}),
            command("disable"),
            command("disable", {"events": None}),
            command("force_open"),
            command("force_open", {"events": None}),
            command("metrics_only"),
            command("metrics_only", {"events": None}),
        ],
    },
    {
        "name": "queueing_probes",
        "title": "Two probes at a time, and a third call",
        "why": "The original lets calls beyond the limit wait for a slot, for as long as the probes take; ours refuses "
        "them, which is what a breaker is for.",
        "breaker": breaker(TEN, max_half_open_calls=2),
        "steps": [
            fail(9),
            fail(),
            wait(60),
            begin("first"),
            begin("second"),
            begin("third", {"call": "refused"}),
        ],
    },
    {
        "name": "late_into_closed",
        "title": "A call that began before an outage and fails after it",
        "why": "The original takes an outcome if the breaker is in a state of the same name as when the call began, "
        "though a whole outage lies between; ours asks for the same generation.",
        "breaker": breaker(SINGLE),
        "steps": [
            begin("early"),
            fail(3),
            fail(),
            ok(after=60),
            finish("early", "failure", {"total": 0, "failures": 0}),
        ],
    },
    {
        "name": "late_into_next_trial",
        "title": "A probe of one trial that ends in the next",
        "why": "The original lets a probe of an earlier trial decide a later one, by the name of the state; in ours "
        "each trial is a generation of its own.",
        "breaker": breaker(["any", ["all", ["closed"], *HALF[1:]], ["all", ["half_open"], ["min", 2], *HALF[2:]]]),
        "steps": [
            fail(3),
            fail(),
            wait(60),
            begin("early"),
            fail(ours=REOPENS),
            fail(ours={"call": "refused", "events": None}),
            wait(60),
            begin("late"),
            finish("early", "success", {"state": "half_open", "reopens": 1, "events": None}),
            finish("late", "success", {"state": "half_open", "total": 1, "reopens": 1}),
        ],
    },
    {
        "name": "stuck_half_open",
        "title": "A rule for the closed state only",
        "why": "In the original a breaker whose rule holds only while closed can never re-open, and a dead service "
        "gets all its traffic for ever; ours refuses the rule.",
        "breaker": breaker(["all", ["closed"], *HALF[1:]]),
        "ours": "its trial could never end",
        "steps": [fail(3), fail(), fail(after=60), fail(1000)],
    },
    {
        "name": "minimum_beyond_window",
        "title": "At least 200 calls of the latest 100",
        "why": "In the original such a rule never trips, and says nothing; ours refuses it.",
        "breaker": breaker(["all", ["min", 200], ["failure_rate", 0.5]], ("count", 100)),
        "ours": "its window remembers 100 calls",
        "steps": [fail(1000)],
    },
    {
        "name": "empty_window",
        "title": "The latest 0 calls",
        "why": "The original accepts the window and fails at the first call; ours refuses it.",
        "breaker": breaker(window=("count", 0)),
        "ours": "count(0)",
        "steps": [ok()],
    },
    {
        "name": "trips_on_healthy_traffic",
        "title": "A minimum and nothing else",
        "why": "In the original ten successes trip this rule; ours refuses it.",
        "breaker": breaker(["min", 10]),
        "ours": "trips on healthy traffic",
        "steps": [ok(9), ok()],
    },
    {
        "name": "rate_without_minimum",
        "title": "A rate of one call",
        "why": "In the original the first failed call is 100% and trips; ours refuses a rate without a minimum, and "
        "whoever wants that writes `min(1) &`.",
        "breaker": breaker(["failure_rate", 0.5]),
        "ours": "is not guarded by `min`",
        "steps": [fail()],
    },
]

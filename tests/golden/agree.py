"""What both do alike."""

from steps import HALF, SINGLE, begin, breaker, command, fail, finish, ignored, ok, wait

AGREE = [
    {
        "name": "defaults",
        "title": "100 calls and half of them failed, within the latest 100; then a minute's pause",
        "breaker": {},
        "steps": [ok(49), fail(50), fail(), fail(after=59.5), ok(), command("reset"), ok()],
    },
    {
        "name": "count_window",
        "title": "The oldest call leaves a full window: the rate is of the latest 4",
        "breaker": breaker(["all", ["min", 4], ["failure_rate", 0.75]], ("count", 4)),
        "steps": [fail(), fail(), ok(), ok(), ok(), fail(), fail(), ok(), fail(), fail()],
    },
    {
        "name": "minimum",
        "title": "Below the minimum nothing trips, and the call that reaches it can, though it succeeds",
        "breaker": breaker(["all", ["min", 5], ["failure_rate", 0.5]]),
        "steps": [fail(), fail(), fail(), fail(), ok()],
    },
    {
        "name": "failure_rate",
        "title": "7 of 100 reach a rate of 0.07, 6 do not",
        "breaker": breaker(["all", ["min", 100], ["failure_rate", 0.07]], ("count", 100)),
        "steps": [ok(93), fail(6), ok(), ok(), fail()],
    },
    {
        "name": "failure_streak",
        "title": "Failures in a row count beyond a small window, and a success ends the row",
        "breaker": breaker(["failure_streak", 5], ("count", 2)),
        "steps": [fail(4), ok(), fail(4), fail()],
    },
    {
        "name": "streak_probes",
        "title": "In half-open the row starts anew, and a whole row re-opens",
        "breaker": breaker(["failure_streak", 3]),
        "steps": [
            fail(2), fail(), fail(after=59), fail(after=1), fail(), fail(),
            fail(after=60), fail(), fail(), fail(after=59),
        ],
    },
    {
        "name": "slow_rate",
        "title": "A call as long as the threshold is slow, and slow successes trip",
        "breaker": breaker(["all", ["min", 4], ["slow_rate", 0.5, 1.0]]),
        "steps": [ok(took=0.5), ok(took=1.0), ok(took=0.75), ok(took=0.5), ok(took=2.0), ok(took=1.0), ok()],
    },
    {
        "name": "two_slow_rates",
        "title": "Two thresholds in one rule: half of 1 s, or a quarter of 8 s",
        "breaker": breaker(
            ["all", ["min", 4], ["any", ["slow_rate", 0.5, 1.0], ["slow_rate", 0.25, 8.0]]]
        ),
        "steps": [ok(took=0.5), ok(took=0.5), ok(took=1.0), ok(), ok(), ok(took=8.0), ok(), ok(took=9.0)],
    },
    {
        "name": "avg_latency",
        "title": "The mean of the calls in the window",
        "breaker": breaker(["all", ["min", 3], ["avg_latency", 0.5]], ("count", 4)),
        "steps": [ok(took=0.25), ok(took=0.5), ok(took=0.5), ok(took=0.5), ok(took=0.25), ok(took=0.75)],
    },
    {
        "name": "and_before_or",
        "title": "A rule of several branches, of which a row of failures is the quickest",
        "breaker": breaker(
            [
                "any",
                ["all", ["min", 6], ["any", ["failure_rate", 0.5], ["slow_rate", 0.5, 1.0]]],
                ["failure_streak", 3],
            ]
        ),
        "steps": [
            fail(), fail(), ok(), fail(), fail(), fail(), command("reset"),
            ok(took=1.0), ok(took=1.0), ok(took=1.0), ok(), ok(), ok(),
        ],
    },
    {
        "name": "custom",
        "title": "A condition of the user's own beside one of ours",
        "breaker": breaker(["all", ["min", 3], ["custom", "more_failures_than_successes"]]),
        "steps": [fail(), fail(), ok(), command("reset"), ok(), fail(), ok(), fail(), fail()],
    },
    {
        "name": "time_window",
        "title": "Under steady traffic a call is forgotten after 10 s",
        "breaker": breaker(window=("time", 10)),
        "steps": [ok(3), fail(), fail(after=1)] + [ok(after=1) for _ in range(10)] + [fail(5), fail(4), fail()],
    },
    {
        "name": "cooldown",
        "title": "Refused until the very end of the pause; one good probe closes, one bad one re-opens",
        "breaker": breaker(SINGLE),
        "steps": [
            fail(3), fail(), ok(), ok(after=59.75), fail(after=0.25), ok(), ok(after=59.75), ok(after=0.25),
            ok(after=600), fail(2), fail(), ok(after=60), ok(2),
        ],
    },
    {
        "name": "backoff",
        "title": "Each re-opening doubles the pause, up to a maximum; closing starts anew",
        "breaker": breaker(SINGLE, retry=("backoff", 10, {"multiplier": 2.0, "max": 60})),
        "steps": [
            fail(3), fail(), fail(after=9.5), fail(after=0.5), fail(after=19.5), fail(after=0.5),
            fail(after=39.5), fail(after=0.5), fail(after=59.5), fail(after=0.5), fail(after=59.5), ok(after=0.5),
            # Much later than it had last been open: a new outage to both.
            ok(2, after=600), fail(), fail(), fail(after=9.5), ok(after=0.5),
        ],
    },
    {
        "name": "retry_always",
        "title": "Without a pause the next call is the probe",
        "breaker": breaker(SINGLE, retry=("always",)),
        "steps": [fail(3), fail(), fail(), fail(), ok(), ok()],
    },
    {
        "name": "retry_never",
        "title": "Without a retry only a command closes",
        "breaker": breaker(retry=("never",)),
        "steps": [fail(3), fail(), ok(after=1_000_000), command("reset"), ok()],
    },
    {
        "name": "empty_windows",
        "title": "Closing and half-opening start with an empty window",
        "breaker": breaker(SINGLE),
        "steps": [ok(5), fail(4), fail(), fail(after=60), ok(after=60), fail(3, after=600), ok(), fail()],
    },
    {
        "name": "permit_random",
        "title": "A share of 1 admits every probe",
        "breaker": breaker(SINGLE, permit=("random", 1.0)),
        "steps": [fail(3), fail(), fail(after=60), ok(after=60)],
    },
    {
        "name": "ignored",
        "title": "What no tracker claims is recorded nowhere, nor does it decide a trial",
        "breaker": breaker(SINGLE),
        "steps": [fail(3), ignored(5), fail(), ignored(), wait(60), ignored(), ignored(), ok()],
    },
    {
        "name": "force_open",
        "title": "A forced breaker refuses until it is reset, however long that is",
        "breaker": breaker(),
        "steps": [ok(), command("force_open"), ok(), fail(after=1_000_000), command("reset"), ok()],
    },
    {
        "name": "disable",
        "title": "A disabled breaker admits all and records nothing; a reset begins with an empty window",
        "breaker": breaker(),
        "steps": [fail(3), command("disable"), fail(20), ok(), command("reset"), fail(3), fail()],
    },
    {
        "name": "metrics_only",
        "title": "Metrics only: records, refuses nothing; a reset begins with an empty window",
        "breaker": breaker(["all", ["min", 20], ["failure_rate", 0.5]], ("count", 20)),
        "steps": [fail(3), command("metrics_only"), fail(4), ok(2), ignored(), command("reset"), ok()],
    },
    {
        "name": "reset_while_open",
        "title": "Reset closes from open and from half-open, and forgets the re-openings",
        "breaker": breaker(retry=("backoff", 10)),
        "steps": [
            fail(3), fail(), command("reset"), fail(3), fail(), ignored(), wait(10), ignored(),
            command("reset"), fail(3), fail(), ok(after=9.5), ignored(), wait(0.5), ignored(),
        ],
    },
    {
        "name": "late_into_open",
        "title": "An outcome that arrives while the breaker is open changes nothing",
        "breaker": breaker(),
        "steps": [begin("early"), fail(3), fail(), finish("early", "failure"), ok()],
    },
    {
        "name": "late_into_half_open",
        "title": "An outcome from before the opening does not decide the trial",
        "breaker": breaker(SINGLE),
        "steps": [
            begin("early"), fail(3), fail(), wait(60), begin("probe"),
            finish("early", "success"), finish("probe", "failure"),
        ],
    },
    {
        "name": "overlapping",
        "title": "Calls count when they end, not when they begin",
        "breaker": breaker(),
        "steps": [
            begin("a"), begin("b"), begin("c"), begin("d"), finish("d", "failure"), finish("b", "success"),
            finish("a", "failure"), finish("c", "success"),
        ],
    },
]

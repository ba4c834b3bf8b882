#!/usr/bin/env python3
"""Writes the log that the example `replay` comes with: the calls of a shop to its payment service, in nginx's combined format with
`$request_time`. The service is healthy for some minutes, then one of its two hosts is down, then both are slow and fail now and then.

    scripts/access-log.py > examples/examples/replay/access.log
    scripts/access-log.py 8000000 > a-gigabyte.log
"""
import datetime
import random
import sys

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_800
SECONDS = 900
PATHS = ["/charge", "/charge", "/charge", "/refund", "/cards", "/cards/verify"]
AGENTS = ["shop/4.2 (checkout)", "shop/4.2 (subscriptions)", "curl/8.5.0"]

draw = random.Random(15)
start = datetime.datetime(2026, 10, 10, 13, 50, tzinfo=datetime.timezone.utc)


def outcome(second, host):
    """The status of a call, and how long it took."""
    fast = draw.lognormvariate(-2.6, 0.5)
    if 300 <= second < 420 and host == "b.payments.example":
        return draw.choice([502, 502, 502, 504]), 0.001 if draw.random() < 0.8 else 5.0
    if 600 <= second < 690:
        failed = draw.random() < 0.4
        return (504 if failed else 200), (5.0 if failed else draw.lognormvariate(0.3, 0.6))
    chance = draw.random()
    return (503 if chance < 0.004 else 404 if chance < 0.02 else 200), fast


for call in range(CALLS):
    second = call * SECONDS / CALLS
    host = draw.choice(["a.payments.example", "b.payments.example"])
    status, took = outcome(second, host)
    when = (start + datetime.timedelta(seconds=second)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    client = f"10.0.{draw.randrange(4)}.{draw.randrange(1, 255)}"
    request = f"POST {draw.choice(PATHS)}?order={draw.randrange(10**6, 10**7)} HTTP/1.1"
    sent = draw.randrange(180, 2400)
    print(f'{host} {client} - - [{when}] "{request}" {status} {sent} "-" "{draw.choice(AGENTS)}" {took:.3f}')
    if call == CALLS // 2:
        # As in real logs: a process was killed in the middle of a line.
        print(f'{host} {client} - - [{when}] "POST /char')

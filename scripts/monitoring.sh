#!/usr/bin/env bash
# Feeds the example's metrics to Prometheus, which must accept them, the alert rules, and every expression of the dashboard, and
# return data for each expression. Half a minute; needs `prometheus` and `promtool`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --workspace --all-features --example metrics
program=${CARGO_TARGET_DIR:-target}/debug/examples/metrics
"$program" --once | promtool check metrics
promtool check rules examples/monitoring/alerts.yml
promtool test rules examples/monitoring/alerts_test.yml
promtool check config examples/monitoring/prometheus.yml

data=$(mktemp -d)
"$program" --seconds 60 >"$data/program" &
trap 'kill "$program_id" "$prometheus_id" 2>/dev/null || true; rm -rf "$data"' EXIT
program_id=$!
prometheus --config.file=examples/monitoring/prometheus.yml --storage.tsdb.path="$data/tsdb" \
  --web.listen-address=127.0.0.1:9465 >"$data/prometheus" 2>&1 &
prometheus_id=$!
# One outage of each dependency.
sleep 25
python3 - <<'PYTHON'
import json, sys, urllib.parse, urllib.request

dashboard = json.load(open("examples/monitoring/grafana.json"))
missing = []
count = 0
for panel in dashboard["panels"]:
    for target in panel["targets"]:
        expression = target["expr"].replace("$name", ".*").replace("$__rate_interval", "10s").replace("[1h]", "[20s]")
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:9465/api/v1/query?{query}") as answer:
            result = json.load(answer)["data"]["result"]
        count += 1
        if not result:
            missing.append(f'{panel["title"]}: {expression}')
print(f"{count} expressions of the dashboard asked")
sys.exit("no data for\n" + "\n".join(missing) if missing else 0)
PYTHON

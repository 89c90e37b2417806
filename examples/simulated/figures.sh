#!/usr/bin/env bash
# Simulates companies from many seeds, runs the IT1003 policies on each, and prints the table of README.md.
# examples/simulated/figures.sh [SEEDS [PEOPLE]]; WATCHWORD names the command if it is not in build/.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
watchword=${WATCHWORD:-$here/../../build/watchword}
seeds=${1:-20}
people=${2:-2000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

judge() { # $1: seed, further arguments go to `simulate`; appends to judgements.jsonl
    local seed=$1
    shift
    "$watchword" -q simulate --seed "$seed" --people "$people" --out "$work/company" "$@"
    "$watchword" -q run it1003 --roster "$work/company/roster.jsonl" -i "$work/company/hr.jsonl" \
        -i "$work/company/events.jsonl.gz" --key "$work/key" >"$work/alerts.jsonl"
    "$watchword" evaluate "$work/alerts.jsonl" --truth "$work/company/truth.jsonl" --key "$work/key" --output json
}

for ((seed = 1; seed <= seeds; seed++)); do judge "$seed" >>"$work/with.jsonl"; done
for ((seed = 1; seed <= seeds; seed += 4)); do judge "$seed" --no-insiders >>"$work/without.jsonl"; done

python3 - "$work" "$seeds" "$people" <<'END'
import collections, json, sys
work, seeds, people = sys.argv[1:]
def percent(part, whole): return f"{100 * part / whole:.0f} %" if whole else "-"
runs = [json.loads(line) for line in open(work + "/with.jsonl")]
clean = [json.loads(line) for line in open(work + "/without.jsonl")]
print(f"{seeds} companies of {people} people, seeds 1 to {seeds}, 90 days each.\n")
for index, level in enumerate(["medium", "high"]):
    styles = collections.defaultdict(collections.Counter)
    total = collections.Counter()
    missed = collections.Counter()
    for run in runs:
        judged = run["levels"][index]
        for style, figures in judged["styles"].items(): styles[style].update(figures)
        total.update({key: judged[key] for key in ["insiders", "found", "accused", "innocent_leavers"]})
        total["leavers"] += run["innocent_leavers"]
        for line in judged["missed"]:
            why = line.split(": ", 1)[1]
            missed["HR said nothing that opens a watch" if "nothing" in why else "watched, but too little for the level"] += 1
    print(f"| {level} or above | insiders | found | recall | accused | precision |\n|---|---|---|---|---|---|")
    for style in sorted(styles):
        f = styles[style]
        print(f'| {style} | {f["insiders"]} | {f["found"]} | {percent(f["found"], f["insiders"])} | {f["accused"]} | {percent(f["rightly"], f["accused"])} |')
    print(f'| **all** | {total["insiders"]} | {total["found"]} | {percent(total["found"], total["insiders"])} | {total["accused"]} | {percent(total["found"], total["accused"])} |')
    print(f'\nMissed: ' + ("; ".join(f"{count} × {why}" for why, count in sorted(missed.items())) or "nobody") + ".")
    print(f'Innocent leavers accused: {total["innocent_leavers"]} of {total["leavers"]}.\n')
medium = sum(run["levels"][0]["accused"] for run in clean)
high = sum(run["levels"][1]["accused"] for run in clean)
print(f"{len(clean)} companies without insiders: {medium} people with a medium alert or above, {high} with a high one (HR flags not counted).")
END

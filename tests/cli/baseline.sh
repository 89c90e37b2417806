#!/usr/bin/env bash
# `watchword baseline` makes the figures that `peers` compares with.
. "$(dirname "${BASH_SOURCE[0]}")/expect.bash"

cat >peers.watch <<'WATCH'
use hr, activity
baseline colleagues from "figures.csv"
signal MoreThanColleagues on file.copy
  where not (path contains "backup")
  when count() per day > 2 * peers(count() per day, by employee.department).mean
policy Peers {
  purpose "p" basis "b" owner "o"
  opens on hr.resignation
  closes after 30d
  score { +10 for MoreThanColleagues }
  alert low on MoreThanColleagues
}
WATCH
python3 - <<'PYTHON'
import json
with open("roster.jsonl", "w") as roster:
    for number in range(5):
        print(json.dumps({"id": f"o{number}", "department": "Optics"}), file=roster)
    for number in range(4):
        print(json.dumps({"id": f"s{number}", "department": "Sales"}), file=roster)
with open("events.jsonl", "w") as events:
    def copy(user, day, hour, path="/x"):
        print(json.dumps({"type": "file.copy", "time": f"2025-03-{day:02}T{hour:02}:00:00Z", "user": user, "host": "pc",
                          "path": path}), file=events)
    for hour in range(4): copy("o0", 3, 10 + hour)    # 4, 2, 0, 0, 0 on the 3rd
    for hour in range(2): copy("o1", 3, 10 + hour)
    copy("o2", 3, 12, "/backup")                       # not what the signal counts
    for hour in range(3): copy("s0", 3, 10 + hour)    # of four people nothing is said
    copy("o0", 4, 10)
    copy("o4", 5, 10)                                  # the last day is not over
PYTHON
run 0 baseline peers.watch -i events.jsonl --roster roster.jsonl --out figures.csv
err_has "colleagues: 2 rows"
diff - figures.csv <<'CSV' || fail "other figures"
group,date,mean,stddev,n
Optics,2025-03-03,1.2,1.6,5
Optics,2025-03-04,0.2,0.4,5
CSV
# To standard output, and the same whatever the figures were before.
run 0 baseline peers.watch -i events.jsonl --roster roster.jsonl
cmp -s out.txt figures.csv || fail "standard output differs"

# And `run` compares with them: on the 5th, more than twice 0.2.
cat >later.jsonl <<'EVENTS'
{"type":"hr.resignation","time":"2025-03-05T09:00:00Z","user":"o3"}
{"type":"file.copy","time":"2025-03-05T10:00:00Z","user":"o3","host":"pc","path":"/x"}
EVENTS
run 0 run peers.watch -i later.jsonl --roster roster.jsonl
json 'len(lines) == 1'

run 3 baseline leaver.watch -i events.jsonl
err_has "declare no baseline"
run 3 baseline peers.watch -i events.jsonl --name colleages
err_has "did you mean \`colleagues\`"
run 3 baseline peers.watch
err_has "no input"
sed 's/count() per day, by/sum(bytes) per day, by/; s/> 2 \*/> 2 * count() per day or sum(bytes) per day >/' peers.watch >other.watch
cat peers.watch - >two.watch <<'WATCH'
signal Other on file.copy when sum(bytes) per day > peers(sum(bytes) per day, by employee.department).mean
policy Second {
  purpose "p" basis "b" owner "o" opens on hr.resignation closes after 30d
  score { +10 for Other }
  alert low on Other
}
WATCH
run 3 baseline two.watch -i events.jsonl --roster roster.jsonl
err_has "each needs its own"
finish

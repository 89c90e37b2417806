# What cannot be judged is said: alerts of another key, records that are no alerts, a key that is not there.
. "$(dirname "$0")/expect.bash"
run 0 simulate --seed 7 --people 200 --days 60 --out company
inputs="-i company/events.jsonl.gz -i company/hr.jsonl --roster company/roster.jsonl"
run 0 run it1003 $inputs --key key -q --output ndjson
cp out.txt alerts.ndjson
[ -s alerts.ndjson ] || fail "no alerts"
run 0 evaluate alerts.ndjson --truth company/truth.jsonl --key key
err_lacks "another --key"
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >other && chmod 600 other
run 0 evaluate alerts.ndjson --truth company/truth.jsonl --key other
err_has "another --key"
run 3 evaluate alerts.ndjson --truth company/truth.jsonl --key typo
err_has typo
[ ! -e typo ] || fail "a key was made that fits no alerts"
run 0 run it1003 $inputs --key key -q --output ocsf
cp out.txt alerts.ocsf
run 4 evaluate alerts.ocsf --truth company/truth.jsonl --key key
err_has "none of the alerts' records is one as"
finish

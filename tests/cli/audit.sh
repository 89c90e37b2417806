# `audit`: what policies may see, found from the policies; and with events, how they fare.
. "$(dirname "$0")/expect.bash"

run 0 audit leaver.watch
json 'len(lines) == 1 and [one["policy"] for one in lines[0]["policies"]] == ["Leaver"]'
cat >facts.py <<'PYTHON'
import json
one = json.load(open("out.txt"))["policies"][0]
reads = {read["event"]: read for read in one["reads"]}
assert one["owner"] == "insider-threat@corp.example" and one["basis"] == "Works agreement 2024-11", one
assert one["opens"] == ["on hr.notice as notice"] or "hr.notice" in one["opens"][0], one["opens"]
assert one["longest_seconds"] == 60 * 86400, one["longest_seconds"]  # a further trigger extends it to twice 30 days
assert one["looks_back_seconds"] == 7 * 86400
fields = [field["name"] for field in reads["file.copy"]["fields"]]
assert fields == ["user", "bytes", "removable"], fields  # neither the path nor the host is read
assert reads["file.copy"]["kept"] and not reads["hr.notice"]["kept"]
assert one["wider_inputs"] == [] and one["expires"] is None
PYTHON
python3 facts.py || fail "the facts are others"

json '500 < lines[0]["policies"][0]["watch_bytes"] < 10000 and lines[0]["policies"][0]["bytes_per_record"] > 0'

# A path that is shown is read, and named as sensitive; group triggers, baselines and exceptions are declared.
sed 's/  where removable$/  where removable and not (path like "\/tmp\/*")/; s/  closes after 30d/  closes after 30d\n  retrigger ignores\n  expires 2030-01-01\n  except "backup" owner "it@corp.example" until 2025-03-04 on file.copy { host == "nas" }/' leaver.watch >wide.watch
run 0 audit wide.watch
json '{"name": "path", "sensitive": True} in [f for r in lines[0]["policies"][0]["reads"] for f in r["fields"]]'
json 'lines[0]["policies"][0]["longest_seconds"] == 30 * 86400 and lines[0]["policies"][0]["expires"].startswith("2030-01-01")'
json 'lines[0]["policies"][0]["exceptions"][0]["owner"] == "it@corp.example"'
run 0 audit wide.watch -o table
out_has "(sensitive)"
out_has "30d"

# Health over events: an exception that ended, and a policy that nobody sets off.
cat >roster.csv <<'CSV'
id
maria
john
CSV
run 0 audit wide.watch -i events.jsonl --roster roster.csv
json 'any("backup" in one for one in lines[0]["policies"][0]["health"]["findings"])'
json 'any("50 %" in one for one in lines[0]["policies"][0]["health"]["findings"])'
json 'lines[0]["policies"][0]["health"]["opened"] == 1 and lines[0]["policies"][0]["health"]["covered_people"] == 2'
grep -v hr.notice events.jsonl >quiet.jsonl
run 0 audit leaver.watch -i quiet.jsonl
json 'lines[0]["policies"][0]["health"]["findings"] == ["never opened: no trigger came"]'
{ cat events.jsonl; echo '{"type":"file.copy","time":"2025-03-20T10:00:00Z","user":"john","host":"PC7","path":"/a","bytes":1}'; } >old.jsonl
run 0 audit leaver.watch -i old.jsonl
json 'any("newest word from HR is of 2025-03-03, 17 days" in one for one in lines[0]["health"]["findings"])'
run 0 audit leaver.watch -i events.jsonl
json 'not any("newest word" in one for one in lines[0]["health"]["findings"])'
run 0 audit leaver.watch -i events.jsonl --until 2026-01-01
json 'any("newest word" in one and "days before the end" in one for one in lines[0]["health"]["findings"])'

# The page stands alone and escapes what policies say.
sed 's/"Leaver watch"/"<script>alert(1)<\/script> \& \\"x\\""/' leaver.watch >hostile.watch
run 0 audit hostile.watch --out page.html
err_has "wrote page.html"
grep -q '<script' page.html && fail "a title became a script"
grep -q '&lt;script&gt;' page.html || fail "the title is not there"
grep -Eq '(src|href)="?(https?:)?//' page.html && fail "the page needs a network"
run 0 audit it1003 -o html
out_has "Who can be watched"
run 3 audit nowhere
finish

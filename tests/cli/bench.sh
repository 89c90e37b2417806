# What policies cost: counts are exact, times are only there.
. "$(dirname "$0")/expect.bash"

# Maria's two copies are offered to both signals, the first as kept history; John is not watched.
run 0 bench leaver.watch -i events.jsonl --rounds 1 --output json
json 'lines[0]["events"] == 4 and len(lines[0]["policies"]) == 1'
json 'lines[0]["policies"][0]["policy"] == "Leaver" and lines[0]["policies"][0]["watches"] == 1'
json 'lines[0]["policies"][0]["alerts"] == 2 and lines[0]["policies"][0]["state_bytes"] > 0'
json '[(s["signal"], s["candidates"], s["matched"], s["evaluations"], s["hits"]) for s in lines[0]["policies"][0]["signals"]] == [("UsbCopy", 2, 2, 0, 2), ("BulkCopy", 2, 2, 2, 1)]'
json 'all(lines[0][name] >= 0 for name in ("decode_ns", "base_ns", "all_ns"))'
# A policy that watches everybody with a signal that has no filter is told what to change.
cat >broad.watch <<'WATCH'
module broad
event file.copy { user person, bytes size }
signal Many on file.copy when count() over 1h > 1000
policy Everyone {
  purpose "p" basis "b" owner "o"
  opens always because "a test"
  score { +10 for Many halves every 1d at most 100 }
  alert low at 10
}
policy Leaving {
  purpose "p" basis "b" owner "o"
  opens on alert Everyone at low
  closes after 1d
  score { +10 for Many at most 100 }
  alert low at 10
}
WATCH
run 0 bench broad.watch -i events.jsonl --rounds 1
out_has "-> \`opens always\` watches everybody"
out_has "Leaving: "
# Of a policy that takes most of the time it is told what each signal adds: a filter keeps nothing, a window does.
cat >two.watch <<'WATCH'
module two
event file.copy { user person, bytes size }
signal Large on file.copy where bytes > 1GB
signal Many on file.copy when count() over 1h > 1000
signal Exact on file.copy where bytes == 7B
policy Everyone {
  purpose "p" basis "b" owner "o"
  opens always because "a test"
  score { +10 for Large +10 for Many +10 for Exact halves every 1d at most 100 }
  alert low at 10
}
WATCH
awk 'BEGIN { for (i = 0; i < 20000; ++i) printf "{\"type\":\"file.copy\",\"time\":\"2025-03-01T%02d:%02d:%02dZ\",\"id\":\"e%d\",\"user\":\"u%d\",\"bytes\":%d}\n",
    i / 3600, i / 60 % 60, i % 60, i, i % 50, i }' >many.jsonl
run 0 bench two.watch -i many.jsonl --rounds 1 --output json
json 'all(s["ns"] >= 0 for s in lines[0]["policies"][0]["signals"])'
json '[s["state_bytes"] > 0 for s in lines[0]["policies"][0]["signals"]][:2] == [False, True]'
# What the index of guards does not let pass takes no time, and is no candidate.
json '[(s["heard"], s["candidates"], s["matched"]) for s in lines[0]["policies"][0]["signals"][1:]] == [(20000, 20000, 20000), (20000, 1, 1)]'
json 'lines[0]["policies"][0]["signals"][1]["state_bytes"] < lines[0]["policies"][0]["state_bytes"]'
run 0 bench two.watch -i many.jsonl --rounds 1
out_has "ns       kB"

run 3 bench broad.watch
err_has "no input"
run 4 bench broad.watch -i missing.jsonl
err_has "missing.jsonl"
finish

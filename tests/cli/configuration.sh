# A flag beats a variable, a variable the file, the file the default; unknown keys are errors.
. "$(dirname "$0")/expect.bash"

printf '[run]\noutput = "ocsf"\n' >watchword.toml
run 0 run leaver.watch -i events.jsonl
json 'all("class_uid" in line for line in lines)'
WATCHWORD_OUTPUT=table run 0 run leaver.watch -i events.jsonl
out_has "MEDIUM  Leaver watch"
WATCHWORD_OUTPUT=table run 0 run leaver.watch -i events.jsonl --output ndjson
json 'all("policy" in line for line in lines)'
printf '[run]\noutptu = "ocsf"\n' >watchword.toml
run 3 run leaver.watch -i events.jsonl
err_has "outptu"
err_has "did you mean \`output\`"
printf '[rn]\noutput = "ocsf"\n' >watchword.toml
run 3 run leaver.watch -i events.jsonl
err_has "did you mean \`run\`"
printf '[run]\nfail-on-alert = "medium"\ndead-letter = "dead.jsonl"\n' >other.toml
rm watchword.toml
run 1 --config other.toml run leaver.watch -i events.jsonl
run 3 --config nowhere.toml run leaver.watch -i events.jsonl
finish

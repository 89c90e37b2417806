# How the command answers to mistakes: nearest names, exit status 3, nothing on standard output.
. "$(dirname "$0")/expect.bash"

run 0 --help
out_has "run" && out_has "check"
run 0 run --help
out_has "--dead-letter" && out_has "WATCHWORD_DEAD_LETTER"
run 0 --version
run 3
run 3 rnu leaver.watch
err_has "did you mean \`run\`"
run 3 run leaver.watch -i events.jsonl --dead-leter x
err_has "did you mean \`--dead-letter\`"
run 3 run leaver.watch -i events.jsonl --latenes=5m
err_has "did you mean \`--lateness\`"
run 3 run leaver.watch
err_has "no input"
run 3 run -i events.jsonl
err_has "no policies"
run 3 run leavr.watch -i events.jsonl
err_has "leavr.watch"
run 3 run leaver.watch -i events.jsonl --lateness soon
err_has "--lateness"
run 3 run leaver.watch -i events.jsonl --until never
err_has "--until"
run 3 run leaver.watch -i events.jsonl --output xml
run 3 run leaver.watch -i events.jsonl --fail-on-alert hihg
run 3 run leaver.watch -i events.jsonl --max-rejected many
run 3 run leaver.watch -i purview=events.jsonl
err_has "no source \`purview\`"
run 3 run leaver.watch -i events.jsonl --reveal
err_has "--reason"
run 3 check
run 3 check empty-folder-that-is-not-there
mkdir nothing
run 3 check nothing
err_has "no *.watch file"
finish

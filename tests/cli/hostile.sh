# Input that nobody should send: clear words, the right exit status, no crash, the rest still processed.
. "$(dirname "$0")/expect.bash"

good=$(cat events.jsonl)
# still STATUS FILE: both alerts come, whatever else is in the input.
still() {
  run "$1" run leaver.watch -i "$2"
  json 'len(lines) == 2'
}

: >empty.jsonl
run 0 run leaver.watch -i empty.jsonl
[ -z "$out" ] || fail "an empty file gives no alert"
mkdir folder
run 4 run leaver.watch -i folder
err_has folder
run 4 run leaver.watch -i folder -i events.jsonl
json 'len(lines) == 2'

printf '%s\n{"type":"file.copy","user":"\xff\xfe"}\n' "$good" >bytes.jsonl
still 0 bytes.jsonl
err_has "bytes.jsonl:5"
printf '%s\n{"type":"file\0copy"}\n\0\n' "$good" >nul.jsonl
still 0 nul.jsonl
gzip <events.jsonl | head -c 60 >cut.jsonl.gz
run 4 run leaver.watch -i cut.jsonl.gz
err_has cut.jsonl.gz
run 4 run leaver.watch -i cut.jsonl.gz -i events.jsonl
json 'len(lines) == 2'
python3 - <<'PYTHON'
good = open("events.jsonl").read()
def write(name, record):
    open(name, "w").write(record + "\n" + good)
head = '{"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"maria","host":"h","path":"p","removable":true,'
write("deep.jsonl", head + '"bytes":' + "[" * 10000 + "]" * 10000 + "}")
write("numbers.jsonl", head + '"bytes":123456789012345678901234567890}')
write("person.jsonl", head.replace('"maria"', "17") + '"bytes":1}')
write("zone.jsonl", head.replace("18:00:00Z", "18:00:00") + '"bytes":0}')
write("year.jsonl", head.replace("2025", "99999") + '"bytes":0}')
write("unknown.jsonl", '{"type":"file.copied","time":"2025-03-04T18:00:00Z"}')
write("long.jsonl", '{"type":"' + "x" * 200_000_000 + '"}')
PYTHON
for kind in deep numbers year unknown long; do
  still 0 $kind.jsonl
  err_has "1 × "
done
# A number names a person as well as a text does: many rosters have nothing else.
still 0 person.jsonl
run 0 run leaver.watch -i zone.jsonl
rm long.jsonl

# A record of the year 9999 is a record; it must not overflow anything.
echo '{"type":"file.copy","time":"9999-12-31T23:59:59Z","user":"maria","host":"h","path":"p","bytes":1,"removable":true}' |
  cat events.jsonl - >far.jsonl
still 0 far.jsonl

# Policies.
: >empty.watch
run 0 run empty.watch leaver.watch -i events.jsonl
python3 - <<'PYTHON'
open("errors.watch", "w").write("module errors\n" + "".join(f"signal S{i} on nothing.here{i}\n" for i in range(2000)))
open("nested.watch", "w").write("module nested\nlet x = " + "(" * 10000 + "1" + ")" * 10000 + "\n")
open("nots.watch", "w").write("module nots\nlet x = " + "not " * 10000 + "true\n")
open("large.watch", "w").write("module large\n" + "# comment\n" * 1_000_000)
open("binary.watch", "wb").write(bytes(range(256)) * 40)
open("lists.watch", "w").write("module lists\nlist l = [" + ", ".join(f'"{i}"' for i in range(200_000)) + "]\n")
PYTHON
run 2 check errors.watch --format short
[ "$(grep -c 'errors.watch:' out.txt)" -ge 2000 ] || fail "all 2000 errors in one go"
run 2 check nested.watch
run 2 check nots.watch
run 0 check large.watch
run 2 check binary.watch
run 0 check lists.watch
finish

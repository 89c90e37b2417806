# Foreign records: delimiter, zone and names of columns that the file does not have, values of all kinds, what is wrong.
. "$(dirname "$0")/expect.bash"
policy=${WATCHWORD_ROOT:-$OLDPWD}/tests/cases/language/foreign_records.watch

echo '{"type":"hr.pip","time":"2025-03-03T03:00:00Z","user":"ann"}' >hr.jsonl
cat >doors.csv <<'CSV'
ann;03.03.2025 09:00;north;Opened;3, 4;45s;1
ann;03.03.2025 10:00;north;REFUSED;3, 4;45s;1
ann;03.03.2025 11:00;north;opened;3;45s;1
ann;03.03.2025 12:00;north;opened;4;5s;1
ann;03.03.2025 13:00;north;opened;4;45s;2
ann;03.03.2025 14:00;north;opened;4;;1
;03.03.2025 15:00;north;opened;4;45s;1
ann;03.03.2025 16:00;;opened;4;45s;1
ann;03.03.2025 17:00;north;ajar;4;45s;1
ann;03.03.2025 18:00;north;opened;4;long;1
ann;03.03.2025 19:00;north;opened;4;45s;many
CSV
run 0 run "$policy" -i hr.jsonl -i doors=doors.csv --reveal --reason test --until 2025-03-04
json '[(a["subject"], a["time"], a["score"]) for a in lines] == [("ann", "2025-03-03T03:30:00Z", 10)]'
err_has "unmatched     1 record"
finish

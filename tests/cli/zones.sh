# Times without an offset: a source's own zone holds in its columns and in what its emits read.
. "$(dirname "$0")/expect.bash"

cat >zones.watch <<'END'
use hr
source plain    from csv { zone "Europe/Berlin" text? User  time? Date  emit hr.resignation { user: User, time: Date } }
source read     from csv { zone "Europe/Berlin" text? User  emit hr.resignation { user: User, time: parse_time(Date) } }
source with     from csv { zone "Europe/Berlin" text? User
                           emit hr.resignation { user: User, time: parse_time(Date, "%Y-%m-%d %H:%M") } }
source nowhere  from csv { text? User  emit hr.resignation { user: User, time: parse_time(Date) } }
policy P { purpose "p" basis "b" owner "o" opens on hr.resignation closes after 90d alert low on open }
END
printf 'User,Date\nanna,2025-07-03 09:00\n' >hr.csv
for source in plain read with; do
    run 0 run zones.watch -i $source=hr.csv
    json 'lines[0]["time"] == "2025-07-03T07:00:00Z"'
done
run 0 run zones.watch -i nowhere=hr.csv
json 'lines[0]["time"] == "2025-07-03T09:00:00Z"'

finish

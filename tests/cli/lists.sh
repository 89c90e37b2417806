#!/usr/bin/env bash
# SIGHUP has a run read lists and tables anew, and nothing else.
. "$(dirname "${BASH_SOURCE[0]}")/expect.bash"

copy() { printf '{"type":"file.copy","time":"2025-03-03T%s:00Z","user":"anna","host":"%s","path":"%s"}\n' "$1" "$2" "$3" >&3; }
alerts() { # waits for that many alerts
  local tries=0
  until [ "$(wc -l <out.txt)" -ge "$1" ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.1; done
  [ "$(wc -l <out.txt)" = "$1" ] || fail "$(wc -l <out.txt) alerts, expected $1"
}
said() { # waits until a message was said that often
  local tries=0
  until [ "$(grep -cF -- "$2" err.txt)" -ge "$1" ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.1; done
  err_has "$2"
}

# read_anew THREADS: what holds for one engine holds for several.
read_anew() {
  write_policy
  printf 'pc1\n' >hosts.txt
  printf 'pc9\n' >others.txt
  printf '/\n' >words.txt
  printf 'host,path\npc1,/fine\n' >pairs.csv
  rm -f events.pipe && mkfifo events.pipe
  "$command" run watched.watch -i - --output ndjson --threads "$1" <events.pipe >out.txt 2>err.txt &
  running=$!
  exec 3>events.pipe
  printf '{"type":"hr.resignation","time":"2025-03-03T09:00:00Z","user":"anna"}\n' >&3
  copy 10:00 pc2 /x
  copy 10:01 pc1 /x
  alerts 1

  # Two lists that were different and are alike from now on, another table.
  printf 'pc2\n' >hosts.txt
  printf 'pc2\n' >others.txt
  kill -HUP "$running"
  copy 11:00 pc2 /x
  said 1 "lists and tables were read anew"
  printf 'pc1\n' >others.txt
  kill -HUP "$running"
  copy 12:00 pc2 /x
  alerts 2
  said 2 "lists and tables were read anew"
  printf 'host,path\npc2,/x\n' >pairs.csv
  kill -HUP "$running"
  copy 13:00 pc2 /x
  copy 13:01 pc2 /y
  alerts 3
  said 3 "lists and tables were read anew"

  # Lists that are gone through one by one are read anew too.
  printf 'tmp\n' >words.txt
  kill -HUP "$running"
  copy 13:10 pc2 /etc
  copy 13:11 pc2 /tmp/y
  alerts 4
  said 4 "lists and tables were read anew"

  # Changed policies are not taken over in the middle of a run; broken ones do no harm.
  sed -i 's/+10/+20/' watched.watch
  kill -HUP "$running"
  copy 14:00 pc2 /tmp/y
  alerts 5
  json 'lines[4]["score"] == 50'
  said 1 "the policies have changed"
  echo "what is this" >>watched.watch
  kill -HUP "$running"
  copy 15:00 pc2 /tmp/y
  alerts 6
  said 1 "the policies do not compile"
  exec 3>&-
  wait "$running" || fail "the run ends with status $?"
}
write_policy() { # a constant list too: an index rests on it, whatever is exchanged beside it
cat >watched.watch <<'END'
use hr, activity
list watched from "hosts.txt"
list others from "others.txt"
list words from "words.txt"
table pairs from "pairs.csv" { host text, path text }
signal Copied on file.copy where host in watched and host not in others and (host, path) not in pairs
  and host in ["pc1", "pc2", "pc3", "pc9"]
  and any word in words: path contains word
policy Lists {
  purpose "p" basis "b" owner "o"
  opens on hr.resignation
  closes after 30d
  score { +10 for Copied }
  alert low on Copied
}
END
}

read_anew 1
read_anew 3
finish

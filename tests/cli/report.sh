# `report`: one page that stands alone. Its text here; how a browser sees it in tests/cli/report_page.sh.
. "$(dirname "$0")/expect.bash"

run 0 report leaver.watch -i events.jsonl --key key --out report.html
err_has "wrote report.html"
run 0 -q run leaver.watch -i events.jsonl --key key -o ndjson
cat >facts.py <<'PYTHON'
import html.parser, json, re
page = open("report.html", encoding="utf-8").read()
alerts = [json.loads(line) for line in open("out.txt")]
assert alerts
for alert in alerts:
    assert f'id="alert-{alert["id"]}"' in page, alert["id"]
    assert alert["subject"] in page
    assert f'score {alert["score"]:g}' in page, alert["score"]
assert "maria" not in page and "/plans" not in page
ids = re.findall(r'\bid="([^"]+)"', page)
assert len(ids) == len(set(ids)), "an id is there twice"
targets = re.findall(r'href="#([^"]+)"', page)
assert targets and all(target in ids for target in targets), "a link leads nowhere"
for name in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
    assert name in ids, name
assert not re.search(r'(src|href|url)\s*[=(]\s*"?(https?:)?//', page), "the page needs a network"
assert "<script" not in page and 'lang="en"' in page and "prefers-color-scheme:dark" in page
void = {"meta", "link", "br", "hr", "img", "input"}
class Balance(html.parser.HTMLParser):
    open = []
    def handle_starttag(self, tag, attributes):
        if tag not in void: self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:], self.getpos())
        self.open.pop()
    def handle_startendtag(self, tag, attributes): pass
balance = Balance()
balance.feed(page)
assert balance.open == [], balance.open
PYTHON
python3 facts.py || fail "the page is not what it should be"

# Names, only when told; what data says is never markup.
run 0 report leaver.watch -i events.jsonl --key key --reveal --reason "a test" --out report.html
grep -q maria report.html || fail "no name though it was asked for"
cat >hostile.jsonl <<'JSON'
{"type":"hr.notice","time":"2025-03-03T09:00:00Z","id":"<img src=x onerror=alert(1)>","user":"\"><script>alert(1)</script>"}
{"type":"file.copy","time":"2025-03-04T18:00:00Z","id":"' onmouseover='x","user":"\"><script>alert(1)</script>","host":"PC7","path":"/b","bytes":150000000,"removable":true}
JSON
run 0 report leaver.watch -i hostile.jsonl --key key --reveal --reason "a test" --out hostile.html
grep -Eq "<script|<img|' onmouseover='" hostile.html && fail "data became markup"
grep -q '&lt;script&gt;alert(1)' hostile.html || fail "the name is not shown"

# Nothing to show is said.
grep -v hr.notice events.jsonl >quiet.jsonl
run 0 report leaver.watch -i quiet.jsonl --key key
out_has "No alert was raised"
run 0 report leaver.watch -i events.jsonl --key key --people 0
out_has "1 more people"

# Whoever was watched without an alert is only counted, unless it is asked for.
cp events.jsonl two.jsonl
cat >>two.jsonl <<'JSON'
{"type":"hr.notice","time":"2025-05-05T09:00:00Z","user":"paul"}
{"type":"file.copy","time":"2025-05-06T18:00:00Z","user":"paul","host":"PC8","path":"/b","bytes":1,"removable":true}
JSON
sed 's/+10 for UsbCopy/+4 for UsbCopy/' leaver.watch >later.watch
run 0 report later.watch -i two.jsonl --key key --reveal --reason "a test"
out_has "<dt>With an alert</dt><dd>1</dd>"
out_lacks paul
run 0 report later.watch -i two.jsonl --key key --reveal --reason "a test" --watched --out report.html
grep -q 'paul' report.html || fail "who was watched is not shown"
grep -q 'no alert</td><td class="number" data-label="Highest score">4<' report.html || fail "the score reached is not shown"
run 0 -q run later.watch -i two.jsonl --key key -o ndjson
sed -i 's/^assert "maria" not in page.*$//; s/^    assert alert\["subject"\] in page$//' facts.py
python3 facts.py || fail "the page of everybody watched is not what it should be"

run 3 report leaver.watch
run 4 report leaver.watch -i nowhere.jsonl --key key
finish

# The report in a browser: nothing is cut off at the width of a phone, it can be read in the dark, and all that can be
# reached by a click can be reached by the keyboard. Chromium as Debian packs it; elsewhere this says so and is skipped.
. "$(dirname "$0")/expect.bash"
browser=$(command -v chromium || true)
if [ -z "$browser" ]; then
  echo "no chromium here: the page was not looked at"
  exit 77
fi
for i in $(seq 1 12); do
  echo "{\"type\":\"file.copy\",\"time\":\"2025-03-0$((4 + i % 5))T1$((i % 10)):00:00Z\",\"id\":\"a-rather-long-id-of-a-record-$i\",\"user\":\"maria\",\"host\":\"PC7\",\"path\":\"/x\",\"bytes\":150000000,\"removable\":true}"
done >>events.jsonl
run 0 report leaver.watch -i events.jsonl --key key --out report.html
cat >probe.html <<'HTML'
<!doctype html><meta charset="utf-8"><title>probe</title><body><script>
const frame = document.createElement('iframe'); frame.style.cssText = 'border:0;width:360px;height:800px';
frame.srcdoc = PAGE;
frame.onload = () => {
  const page = frame.contentDocument, root = page.documentElement, result = {};
  page.querySelectorAll('details').forEach(one => one.open = true);
  result.wide = root.scrollWidth; result.client = root.clientWidth;
  result.cut = [...page.querySelectorAll('main *')].filter(one => {
    if (one.closest('.scroll') || one.closest('svg') || one.closest('thead')) return false;
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > 361 || box.left < -1);
  }).map(one => one.className || one.tagName).slice(0, 5);
  result.small = [...page.querySelectorAll('main p,main td,main dd,main li,main summary')].filter(one =>
    parseFloat(frame.contentWindow.getComputedStyle(one).fontSize) < 12).length;
  result.unreachable = [...page.querySelectorAll('a,summary')].filter(one => one.tabIndex < 0).length;
  result.unnamed = [...page.querySelectorAll('a')].filter(one => !(one.textContent.trim() || one.getAttribute('aria-label'))).length;
  result.headings = [...page.querySelectorAll('h1,h2,h3')].map(one => +one.tagName[1]);
  result.people = page.querySelectorAll('section[id^=person-]').length;
  result.curves = page.querySelectorAll('svg[role=img] path').length;
  document.body.textContent = 'RESULT' + JSON.stringify(result) + 'END';
};
document.body.append(frame);
</script>
HTML
python3 - <<'PYTHON'
import json
page = open("report.html", encoding="utf-8").read()
quoted = json.dumps(page).replace("</", "<\\/")
text = open("probe.html").read().replace("PAGE", quoted)
open("probe.html", "w").write(text)
PYTHON
look() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$folder/profile" \
    --virtual-time-budget=5000 "$@" 2>browser.txt
}
look --window-size=800,900 --dump-dom "file://$folder/probe.html" >dom.txt
grep -q RESULT dom.txt || { cp browser.txt err.txt; fail "the browser did not show the page"; }
python3 - <<'PYTHON' || fail "the page is not fit for a phone"
import json, re
result = json.loads(re.search(r"RESULT(\{.*\})END", open("dom.txt").read()).group(1))
print(result)
assert result["wide"] <= result["client"] <= 360, result  # a scroll bar takes its part
assert result["cut"] == [] and result["small"] == 0, result
assert result["unreachable"] == 0 and result["unnamed"] == 0, result
assert result["people"] == 1 and result["curves"] >= 2, result
levels = result["headings"]
assert levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:])), levels
PYTHON
finish

// One style for all pages. Colours are variables, so that the dark half is a second table and nothing else; pairs of
// text and ground keep a contrast of 4.5 to 1 or more (WCAG 2.1, 1.4.3).
#include "desk/html.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

namespace watchword::desk {

namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ground:#f7f7f5;--card:#fff;--ink:#1b1d22;--soft:#565b66;--line:#dcdde1;--accent:#2552b8;
--info:#2f6f8f;--low:#3c7a3c;--medium:#9a5b00;--high:#b3261e;--critical:#7d1065;--band:#e3ebfb;--past:#f3e7cf;--mark:#7a4d00}
@media (prefers-color-scheme:dark){:root{--ground:#14161a;--card:#1d2026;--ink:#ebecef;--soft:#a8adb8;--line:#353a44;
--accent:#8fb2ff;--info:#7cc3e0;--low:#86cf86;--medium:#f0b45a;--high:#ff8d84;--critical:#f08fd8;--band:#23304d;
--past:#3d331f;--mark:#e6b75c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header.top,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
header.top{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;line-height:1.25;margin:2.5rem 0 .75rem}
h3{font-size:1.05rem;margin:1.25rem 0 .4rem}
p{margin:.4rem 0}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
.soft{color:var(--soft)}
.small{font-size:.875rem}
code,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin:1rem 0}
.card>h2:first-child,.card>h3:first-child{margin-top:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0}
.figures>div{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.75rem 1rem}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0;font-size:1.5rem;font-weight:650;font-variant-numeric:tabular-nums}
.level{display:inline-block;border:1.5px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.8125rem;font-weight:650;white-space:nowrap}
.info{color:var(--info)}.low{color:var(--low)}.medium{color:var(--medium)}.high{color:var(--high)}.critical{color:var(--critical)}
.scroll{overflow-x:auto;margin:0 -1.25rem;padding:0 1.25rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;color:var(--soft);font-weight:600}
th[scope=row]{font-weight:600}
td.number,th.number{text-align:right;padding-right:1.5rem}
dl.facts{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.35rem 1rem;margin:.5rem 0}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
ul.plain{margin:0;padding:0;list-style:none}
details{border-top:1px solid var(--line);padding:.6rem 0}
details>summary{cursor:pointer;font-weight:600}
details[open]>summary{margin-bottom:.5rem}
.warn{border-left:.3rem solid var(--medium);padding-left:.8rem}
.chart{position:relative;margin:.5rem 0 0}
.chart svg{display:block;width:100%;height:11rem;overflow:visible}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.75rem;font-variant-numeric:tabular-nums;padding-top:.2rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;font-size:.8125rem;color:var(--soft);margin:.5rem 0 0;padding:0;list-style:none}
.legend svg{width:1.4rem;height:.8rem;vertical-align:-.05rem;margin-right:.3rem}
.mark-level{position:absolute;right:0;transform:translateY(-100%);font-size:.7188rem;line-height:1.3;background:var(--card);border-radius:.2rem;padding:0 .2rem;opacity:.92}
.mark-hit{position:absolute;bottom:.1rem;width:.6rem;height:.6rem;margin-left:-.3rem;border-radius:50%;background:var(--mark);border:1px solid var(--card)}
.mark-alert{position:absolute;width:1.6rem;height:1.6rem;margin:-.8rem 0 0 -.8rem;display:grid;place-items:center}
.mark-alert::after{content:"";width:.72rem;height:.72rem;transform:rotate(45deg);background:currentColor;border:1.5px solid var(--card)}
.bar{display:block;height:.6rem;border-radius:.3rem;background:var(--line);overflow:hidden;min-width:4rem}
.bar>span{display:block;height:100%;background:var(--accent)}
ol.hits{margin:.3rem 0 .8rem;padding-left:1.2rem}
ol.hits li{margin:.25rem 0}
footer{color:var(--soft);font-size:.8125rem;padding-top:2rem;padding-bottom:3rem}
@media (max-width:34rem){body{font-size:.9688rem}.card{padding:.9rem 1rem;border-radius:.6rem}.scroll{margin:0 -1rem;padding:0 1rem}
h1{font-size:1.4rem}dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:.5rem}
.figures{grid-template-columns:1fr 1fr}table.stack thead{position:absolute;left:-99rem}
table.stack tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}table.stack tbody tr:last-child{border-bottom:0}
table.stack th,table.stack td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;text-align:right}
table.stack td::before,table.stack th[scope=row]::before{content:attr(data-label);color:var(--soft);font-weight:400;text-align:left}}
@media print{:root{--ground:#fff}.card{break-inside:avoid;border-color:#999}details>*{display:block}a{color:inherit;text-decoration:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
)css";

} // namespace

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : runtime::harmless(text)) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string html_page(std::string_view title, std::string_view body) {
    return fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta name=\"referrer\" content=\"no-referrer\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                       "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
                       "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">"
                       "Skip to the content</a>\n{}</body>\n</html>\n",
                       escaped(title), style, body);
}

} // namespace watchword::desk

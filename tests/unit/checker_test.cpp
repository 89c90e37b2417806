// The checker: what it makes of the policy of the language's tour, of types and names, and every message it can give,
// as tests/cases/diagnostics shows them (WATCHWORD_UPDATE=1 writes what is expected anew).
#include "dsl/compiler.hpp"
#include "dsl/constants.hpp"
#include "dsl/diagnostic_text.hpp"
#include "stdlib/functions/functions.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace watchword;
using namespace watchword::dsl;

namespace {

const std::filesystem::path& root() {
    static const std::filesystem::path path = [] {
        const char* given = std::getenv("WATCHWORD_ROOT");
        return std::filesystem::path(given != nullptr ? given : ".");
    }();
    return path;
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

constexpr std::string_view office = R"(
module office
subject employee { group text = "", manager person?, privileged bool = false, zone zone = "UTC" }
event hr.layoff { user person, status enum(planned, notified), last_day time? }
event hr.layoff_cancelled { user person }
event hr.termination { user person, effective time? }
event file.copy { user person, host host, path text, bytes size, removable bool = false, device text? }
event file.archive { user person, host host, path text, bytes size }
event auth.logon { user person, host host, outcome enum(success, denied), address ip? }
event auth.logoff { user person, host host }
event device.reboot { user person, host host }
event mail.send { user person, recipients list<email>, from_person person? }
action restrict(what text) state
action notify(who text)
)";

/// One file that uses the office above.
struct Checked {
    Sources sources;
    Diagnostics diagnostics;
    Model model;

    explicit Checked(const std::string& text, const std::string& more = "") {
        static const StandardModule modules[] = {{"office", office}};
        CompilerOptions options;
        options.functions = &stdlib::functions();
        options.modules = modules;
        options.read = [](std::string_view name, std::string_view) -> std::optional<std::string> {
            if (name == "names.txt") return "# who\nann\n\nben # the second\n";
            if (name == "names.csv") return "\xEF\xBB\xBFuser;\"full; name\"\r\nu1;Ann\r\nu2;Ben\r\n";
            if (name == "old.txt") return "ann\rben\r";
            if (name == "old.csv") return "role,system\radmin,vault\r";
            if (name == "short.csv") return "role,system\nadmin\n";
            if (name == "empty.csv") return "";
            if (name == "days.csv") return "Date;Name\n2025-12-25;Christmas\n";
            if (name == "other days.txt") return "06.03.2025\n2025-12-25\n";
            if (name == "roles.csv") return "role,system\nadmin,vault\n\"a \"\"b\"\"\",x\n";
            return std::nullopt;
        };
        std::vector<std::uint32_t> roots{sources.add("case.watch", text)};
        if (!more.empty()) roots.push_back(sources.add("more.watch", more));
        model = check(sources, roots, options, diagnostics);
        diagnostics.sort();
    }
    std::string shown() const { return show(diagnostics, sources, DiagnosticFormat::human); }
    bool fine() const { return diagnostics.all().empty(); }
    /// Codes of what was found, in order.
    std::string found() const {
        std::string codes;
        for (const Diagnostic& one : diagnostics.all())
            codes += (codes.empty() ? "" : " ") + std::string(row(one.code).code);
        return codes;
    }
    const SignalInfo& signal(std::string_view name) const {
        return *std::find_if(model.signals.begin(), model.signals.end(),
                             [&](const SignalInfo& one) { return one.name == name; });
    }
    const SignalDecl& declared(std::string_view name) const { return model.decl<SignalDecl>(signal(name).at); }
    const ExprInfo& info(const SignalInfo& of, ExprId id) const { return model.info(of.at.tree, id); }
};

std::string with_office(const std::string& text) { return "use office\n" + text; }
std::string where(const std::string& condition, const std::string& event = "file.copy") {
    return with_office("signal S on " + event + " where " + condition + "\n");
}
std::string when(const std::string& condition) { return with_office("signal S on file.copy when " + condition + "\n"); }

std::string found_in(const std::string& text) { return Checked(text).found(); }

} // namespace

TEST_CASE("the policy of the tour is understood") {
    const Checked checked(R"(module it1003
use office
list removable_ok = ["YubiKey", "Corp-Encrypted-USB"]
signal UsbBulkCopy "Bulk copy to removable media"
  on    file.copy
  where removable and not (device ?? "") in removable_ok
  when  sum(bytes) over 1h > 100MB
signal ManyHosts "Logged on to unusually many hosts"
  on    auth.logon
  where outcome == success
  when  distinct(host) over 24h > 5
signal StageThenLeave "Archived, copied to USB and logged off"
  sequence within 30m {
    file.archive as a
    file.copy    as c where c.removable and c.host == a.host
    auth.logoff  where host == a.host
  }
  until device.reboot
policy LayoffWatchlist "Layoff Watchlist Alert" {
  id        "IT1003-2"
  purpose   "Protect company data during a reduction in force"
  basis     "Works agreement 2024-11, section 4"
  owner     "insider-threat@corp.example"
  severity  medium
  covers    employee.group in ["R&D", "Sales"]
  opens     on hr.layoff as notice where notice.status == notified
  looks back 30d
  closes    14d after notice.last_day, on hr.layoff_cancelled, or after 120d
  retrigger extends
  score {
    +40 for UsbBulkCopy, at most 80
    +5  for ManyHosts,   at most 20
    +60 for StageThenLeave, once
    halves every 7d
    times 1.5 when employee.privileged
    at most 100
  }
  alert low    at 20
  alert medium at 40
  alert high   at 70 do restrict("vpn"), notify("insider-threat")
}
test "bulk copy after the notice reaches medium" {
  employee "u1" { group: "R&D" }
  at 2025-03-03 09:00  hr.layoff { user: "u1", status: notified, last_day: 2025-03-31 }
  at 2025-03-04 18:00  file.copy { user: "u1", host: "pc7", path: "/x.zip", bytes: 150MB, removable: true }
  expect alert LayoffWatchlist medium for "u1" at 2025-03-04 18:00
  expect no alert LayoffWatchlist high
  expect score LayoffWatchlist for "u1" at 2025-03-11 18:00 == 20
}
)");
    INFO(checked.shown());
    REQUIRE(checked.fine());
    const Model& model = checked.model;
    CHECK(model.modules == std::vector<std::string>{"office", "it1003"});
    CHECK(model.events.size() == 9);
    CHECK(model.events[0].subject == 0);
    CHECK(model.employee.zone == 3);
    REQUIRE(model.lists.size() == 1);
    CHECK(model.lists[0].items[0].text == "YubiKey");
    CHECK(model.lists[0].used);

    const SignalDecl& bulk = checked.declared("UsbBulkCopy");
    const auto& limit = std::get<Binary>(model.expr(1, bulk.when).node);
    CHECK(model.info(1, limit.left).type.kind == Kind::size);
    CHECK(model.info(1, limit.left).window == 0);
    const SignalDecl& hosts = checked.declared("ManyHosts");
    const auto& outcome = std::get<Binary>(model.expr(1, hosts.where).node);
    CHECK(model.info(1, outcome.left).ref.kind == RefKind::field);
    CHECK(model.info(1, outcome.right).ref.kind == RefKind::enumerator);
    CHECK(model.info(1, outcome.right).ref.index == 0);
    const SignalInfo& sequence = checked.signal("StageThenLeave");
    REQUIRE(sequence.steps.size() == 3);
    CHECK(sequence.until.size() == 1);
    const auto& last =
        std::get<Binary>(model.expr(1, checked.declared("StageThenLeave").sequence->steps[2].where).node);
    CHECK(model.info(1, last.right).ref.kind == RefKind::step_field);
    CHECK(model.info(1, last.right).ref.index == 0);
    CHECK(model.info(1, last.right).ref.field == "host");

    REQUIRE(model.policies.size() == 1);
    const PolicyInfo& policy = model.policies[0];
    CHECK(policy.terms.size() == 3);
    REQUIRE(policy.trigger_fields.size() == 1);
    CHECK(policy.trigger_fields[0].name == "notice.last_day");
    CHECK(policy.trigger_fields[0].type == Type{Kind::time, true, 0});
    CHECK(policy.closes[1].heard.size() == 1);
    CHECK(model.policy_order == std::vector<std::uint32_t>{0});
    CHECK(model.tests.size() == 1);
}

TEST_CASE("units are types") {
    CHECK(found_in(when("sum(bytes) over 1h > 100MB")).empty());
    CHECK(found_in(when("count() over 1h > 100MB")) == "W0302");
    CHECK(found_in(when("sum(bytes) over 1h / count() over 1h > 1MB")) == "W0303");
    CHECK(found_in(when("(sum(bytes) over 1h / count() over 1h ?? 0B) > 1MB")).empty());
    CHECK(found_in(when("sum(bytes) over 1h / 1MB > 1.5")).empty());
    CHECK(found_in(where("time - 1h > 2025-01-01")).empty());
    CHECK(found_in(where("time - 2025-01-01 > 2025-01-01")) == "W0302");
    CHECK(found_in(where("time - 2025-01-01 > 3d")).empty());
    CHECK(found_in(where("bytes * 2 > 1.5 * 3MB")).empty());
    CHECK(found_in(where("bytes > 5")) == "W0302");
}

TEST_CASE("optional values are guarded") {
    CHECK(found_in(where("device == \"x\"")) == "W0303");
    CHECK(found_in(where("has device and device == \"x\"")).empty());
    CHECK(found_in(where("not has device or device == \"x\"")).empty());
    CHECK(found_in(where("has device or device == \"x\"")) == "W0303");
    CHECK(found_in(where("not (has device and removable) or device == \"x\"")).empty());
    CHECK(found_in(where("if has device then device == \"x\" else removable")).empty());
    CHECK(found_in(where("(device ?? \"\") == \"x\"")).empty());
    CHECK(found_in(where("has path")) == "W0501");
    CHECK(found_in(where("has from_person and has from_person.manager", "mail.send")).empty());
    CHECK(found_in(where("user.group == \"R&D\"")) == "W0303");
    CHECK(found_in(where("(user.group ?? \"\") == employee.group")).empty());
}

TEST_CASE("what a condition of a signal proves holds for its points and for later steps") {
    const std::string policy = "policy P { purpose \"a\" basis \"b\" owner \"c\" opens on hr.layoff closes after 9d "
                               "score { +length(device) for S } alert high at 9 }\n";
    CHECK(found_in(where("has device") + policy).empty());
    CHECK(found_in(where("removable") + policy) == "W0303");
    CHECK(found_in(with_office("signal S sequence within 1h { file.copy as c where has c.device  file.copy where path "
                               "== c.device }\n"))
              .empty());
    CHECK(found_in(with_office("signal S sequence within 1h { file.copy as c  file.copy where path == c.device }\n")) ==
          "W0303");
}

TEST_CASE("texts become what they spell, and nothing else") {
    const Checked checked(where("host == \"PC-7\" and user == \"U1\""));
    CHECK(checked.fine());
    const auto& both = std::get<Binary>(checked.model.expr(1, checked.declared("S").where).node);
    const auto& host = std::get<Binary>(checked.model.expr(1, both.left).node);
    CHECK(checked.model.info(1, host.right).as.kind == Kind::host);
    CHECK(constant_value(checked.model, 1, host.right)->text == "pc-7");
    const auto& user = std::get<Binary>(checked.model.expr(1, both.right).node);
    CHECK(checked.model.info(1, user.right).as.kind == Kind::person);
    CHECK(found_in(where("has address and address in [\"10.0.0.0/8\", \"192.168.1.1\"]", "auth.logon")).empty());
    CHECK(found_in(where("has address and address in \"10.0.0.0/8\"", "auth.logon")).empty());
    CHECK(found_in(where("has address and address in [\"10.0.0.0/99\"]", "auth.logon")) == "W0307");
    CHECK(found_in(where("recipients overlaps [\"a@b.example\"]", "mail.send")).empty());
    CHECK(found_in(where("any r in recipients : r endswith \"@rival.example\"", "mail.send")).empty());
    CHECK(found_in(where("outcome == \"success\"", "auth.logon")) == "W0301");
    CHECK(found_in(where("success == outcome", "auth.logon")).empty());
    CHECK(found_in(where("outcom == success", "auth.logon")) == "W0203");
    CHECK(found_in(where("success == outcom", "auth.logon")) == "W0203");
    CHECK(found_in(where("outcom == succes", "auth.logon")) == "W0203");
    CHECK(found_in(where("outcome in [success, denied]", "auth.logon")).empty());
    CHECK(found_in(where("bytes in 1KB..5MB")).empty());
}

TEST_CASE("windows are shared and belong to `when`") {
    const Checked checked(when("count() over 1h > 5 and sum(bytes) over 1h > 1MB and count() over 1h < 50"));
    CHECK(checked.fine());
    std::vector<std::uint32_t> windows;
    for (const ExprInfo& info : checked.model.infos[1])
        if (info.window != none) windows.push_back(info.window);
    std::sort(windows.begin(), windows.end());
    CHECK(windows == std::vector<std::uint32_t>{0, 0, 1});
    CHECK(found_in(when("count(where count() over 1h > 2) over 1h > 2")) == "W0314");
    CHECK(found_in(when("not deviation(count() per day, past 30d) > 3 and count() per day > 2")).empty());
    CHECK(found_in(when("sum(bytes) per day > 3 * usual(sum(bytes) per day, past 30d).mean")).empty());
    CHECK(found_in(when("avg(bytes, where removable) over 1h > 1MB")) == "W0303");
}

TEST_CASE("names come from modules, by themselves or qualified") {
    CHECK(found_in("use office as o\nsignal S on o.file.copy where removable\n").empty());
    CHECK(found_in("use office as o\nsignal S on file.copy\n") == "W0202");
    CHECK(found_in("use case\nuse office\nsignal S on file.copy\n").empty());
    const Checked both("module one\nuse two, office\nlet a = two.same + one.same\nlet same = 1\n",
                       "module two\nlet same = 2\n");
    INFO(both.shown());
    CHECK(both.fine());
    CHECK(Checked("module one\nuse two\nlet a = same\nlet same = 1\n", "module two\nlet same = 2\n").found() ==
          "W0221");
    CHECK(Checked("module one\nuse two as t\nlet a = two.same\n", "module two\nlet same = 2\n").found() == "W0201");
    const Checked circle("module one\nuse two, office\nlet a = b + 1\n", "module two\nuse one\nlet b = 2\n");
    INFO(circle.shown());
    CHECK(circle.fine());
    CHECK(circle.model.constants.size() == 2);
    CHECK(Checked("module one\nuse two\nlet a = b + 1\n", "module two\nuse one\nlet b = a\n").found() == "W0229");
}

TEST_CASE("files of lists and tables are read") {
    const Checked checked(
        with_office("list a from \"names.txt\"\nlist b from \"names.csv\" column \"Full; Name\"\n"
                    "table t from \"roles.csv\" { role text, system text }\n"
                    "signal S on file.copy where (employee.group, path) in t and path in a and path in b\n"));
    INFO(checked.shown());
    REQUIRE(checked.fine());
    REQUIRE(checked.model.lists[0].items.size() == 2);
    CHECK(checked.model.lists[0].items[1].text == "ben");
    CHECK(checked.model.lists[1].items[0].text == "Ann");
    REQUIRE(checked.model.tables[0].rows.size() == 2);
    CHECK(checked.model.tables[0].rows[1][0].text == "a \"b\"");
}

TEST_CASE("foreign records are read leniently") {
    const Checked checked(with_office(R"(
source purview from csv {
  person EmailAddress
  emit hr.layoff when HRScenario == "Layoff" and Level in ["1", "2"]
       { user: EmailAddress, status: notified, time: parse_time(When), last_day: parse_time(LastDay) }
  emit file.copy { user: EmailAddress, host: Computer, path: Path, bytes: Size, time: parse_time(When), device: Stick ?? "none" }
  emit employee { id: EmailAddress, accounts: [Upn, Sam], group: Department }
}
source other from purview { person EmailAddress from "Mail", "E-mail"  delimiter ";" }
)"));
    INFO(checked.shown());
    REQUIRE(checked.fine());
    REQUIRE(checked.model.source_mappings.size() == 2);
    CHECK(checked.model.source_mappings[0].columns.front().type.kind == Kind::person);
    CHECK(checked.model.source_mappings[1].emits.size() == 3);
    CHECK(checked.model.source_mappings[1].columns.front().headers == std::vector<std::string>{"Mail", "E-mail"});
    CHECK(checked.model.source_mappings[1].delimiter == ";");
}

TEST_CASE("policies that open each other are put in order, circles refused") {
    const auto policy = [](const std::string& name, const std::string& opens) {
        return "policy " + name + " { purpose \"a\" basis \"b\" owner \"c\" opens on " + opens +
               " closes after 9d score { +9 for S } alert high at 9 }\n";
    };
    const Checked checked(where("removable") + policy("A", "alert B at high") + policy("B", "hr.layoff"));
    CHECK(checked.fine());
    CHECK(checked.model.policy_order == std::vector<std::uint32_t>{1, 0});
    CHECK(found_in(where("removable") + policy("A", "alert B at high") + policy("B", "alert A")) == "W0229");
}

TEST_CASE("what needs the next may be long if that comes before, and not so long if behind") {
    const auto chain = [](int length, bool is_forward, const std::string& word, const std::string& end,
                          const std::string& last) {
        std::string text;
        for (int i = 0; i < length; ++i) {
            const std::string line =
                word + " c" + std::to_string(i) + end + " = c" + std::to_string(i + 1) + end + "\n";
            text = is_forward ? text + line : line + text;
        }
        const std::string first = word + " c" + std::to_string(length) + end + " = " + last + "\n";
        return is_forward ? text + first : first + text;
    };
    for (const auto& [word, end, last] :
         {std::array<std::string, 3>{"let", "", "1"}, std::array<std::string, 3>{"define", "()", "true"}}) {
        INFO(word);
        CHECK(found_in(chain(31, true, word, end, last)).empty());
        CHECK(found_in(chain(2'000, false, word, end, last)).empty());
        CHECK(found_in(chain(40, true, word, end, last)) == "W0106");
        CHECK(Checked(chain(20'000, true, word, end, last)).diagnostics.failed()); // and it ends
    }
}

TEST_CASE("broken text never breaks the checker") {
    for (const std::string text :
         {"", "policy", "policy P {", "signal S", "signal S on", "signal S on x where", "let a = a", "define f() = f()",
          "signal A on signal A", "event e { a enum() }", "source s from s { }", "use case",
          "test \"t\" { expect alert X }", "signal S sequence within 1h { }", "policy P { score { + for } }"}) {
        CAPTURE(text);
        Checked{text}; // the point is that it ends
        const Checked beside(with_office(text));
        CHECK((beside.diagnostics.failed() || text.empty() || text == "use case"));
    }
}

TEST_CASE("every message is shown by a case") {
    const std::filesystem::path folder = root() / "tests/cases/diagnostics";
    const bool update = std::getenv("WATCHWORD_UPDATE") != nullptr;
    for (const CodeRow& code : codes()) {
        if (code.code < "W0199") continue; // syntax has its own cases
        const std::string name = std::string(code.code) + ".watch";
        CAPTURE(name);
        const std::optional<std::string> text = read_file(folder / name);
        REQUIRE(text);
        Sources sources;
        Diagnostics diagnostics;
        CompilerOptions options;
        options.functions = &stdlib::functions();
        options.now = runtime::days_from_civil(2025, 6, 1) * runtime::one_day;
        options.read = [&](std::string_view asked, std::string_view) { return read_file(folder / asked); };
        std::vector<std::uint32_t> roots{sources.add(name, *text)};
        const std::string second = std::string(code.code) + ".second.watch"; // where it takes two
        if (std::optional<std::string> more = read_file(folder / second))
            roots.push_back(sources.add(second, std::move(*more)));
        const Model model = check(sources, roots, options, diagnostics);
        if (!diagnostics.failed()) lint(model, options, diagnostics);
        if (!diagnostics.failed()) lower(model, {}, diagnostics);
        diagnostics.sort();
        const std::string shown = show(diagnostics, sources, DiagnosticFormat::human);
        CHECK(std::any_of(diagnostics.all().begin(), diagnostics.all().end(),
                          [&](const Diagnostic& one) { return row(one.code).code == code.code; }));
        const std::filesystem::path expected = folder / (std::string(code.code) + ".expected");
        if (update) std::ofstream(expected, std::ios::binary) << shown;
        CHECK(read_file(expected).value_or("") == shown);
    }
}

TEST_CASE("files that policies name") {
    const auto of = [](const std::string& text) { return Checked("use office\n" + text).shown(); };
    CHECK(of("list old from \"old.txt\"\nsignal S on file.copy where path in old").empty());
    CHECK(of("table old from \"old.csv\" { role text, system text }").empty());
    CHECK(of("calendar c { days mon..fri hours 08:00..18:00 holidays from \"days.csv\" }").empty());
    CHECK(of("calendar c { days mon..fri hours 08:00..18:00 holidays from \"other days.txt\" }")
              .find("line 1 of `other days.txt`: `06.03.2025` is not a date") != std::string::npos);
    CHECK(of("table short from \"short.csv\" { role text, system text }")
              .find("line 2 of `short.csv` has no cell for `system`") != std::string::npos);
    for (const char* declared : {"table t from \"empty.csv\" { role text }", "list l from \"empty.csv\" column \"x\""})
        CHECK(of(declared).find("the file `empty.csv` is empty") != std::string::npos);
}

TEST_CASE("an event has so many fields at most, and as many are seen by the hits of a signal") {
    const auto with_fields = [](int count) {
        std::string text = "event a.b { user person";
        for (int i = 1; i < count; ++i) text += " f" + std::to_string(i) + " text";
        return text + " }\nsignal S on a.b where f1 == \"x\"\n";
    };
    const Checked fine(with_fields(4096));
    CHECK(fine.found().empty());
    CHECK(fine.signal("S").fields.size() == 4096);
    const Checked many(with_fields(4100));
    CHECK(many.found() == "W0312");
    CHECK(many.signal("S").fields.size() == 4096);
}

TEST_CASE("a field of a signal's hits is optional if not all that is heard has it, and none if they disagree") {
    const Checked checked("event a.b { user person same text some int odd text }\n"
                          "event a.c { user person same text odd int }\n"
                          "signal S on a.b, a.c\n");
    CHECK(checked.fine());
    std::string fields;
    for (const runtime::Field& field : checked.signal("S").fields)
        fields += field.name + (field.type.optional ? "? " : " ");
    CHECK(fields == "user same some? ");
}

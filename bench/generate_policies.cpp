// Writes the six policies of w6.watch and as many more rules of the same five shapes as asked, each with constants of
// its own: most name one host or some devices, one in twenty a process that a fifth of all events name. Usage:
// bench_generate_policies RULES [hr|lua|lua-written]     hr: every rule in one policy that a termination opens; lua:
// the same rules as the table that rules.lua reads; lua-written: for it to write them out
#include "bench/names.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace watchword;

constexpr std::size_t written = 6; ///< rules that every workload has: five signals and the score over them

enum class Kind { filter, count, distinct, sequence, sum };

/// A signal of one of five shapes, and what it scores.
struct Rule {
    std::string name;
    Kind kind;
    unsigned limit = 0; ///< MB of filter and sum, events of count, hosts of distinct
    unsigned span = 0;  ///< minutes of sequence, days of sum
    unsigned points = 2, cap = 6;
    std::string field{};               ///< that has one of the values; empty: any event
    std::vector<std::string> values{}; ///< of the field
    bool is_design = false;            ///< of filter: the path is one of a packed design

    bool of_leavers() const { return kind == Kind::sum; }
};

const std::vector<Rule> base{{"DesignArchive", Kind::filter, 15, 0, 20, 60, {}, {}, true},
                             {"ManyCopies", Kind::count, 50, 0, 5, 20},
                             {"ManyHosts", Kind::distinct, 5, 0, 10, 40},
                             {"ConnectCopyLogoff", Kind::sequence, 0, 30, 30, 60},
                             {"UploadsAfterTermination", Kind::sum, 100, 7, 50, 100}};

/// Rule number `i` beyond the six.
Rule rule(std::size_t i) {
    const auto number = static_cast<unsigned>(i);
    Rule rule{fmt::format("Rule{}", i), static_cast<Kind>(i % 5)};
    if (i % 20 == 19) {
        rule.field = "process";
        rule.values = {std::string(bench::processes[i / 20 % bench::processes.size()])};
    } else if (i % 3 == 2) {
        rule.field = "device";
        for (const std::size_t device : {i * 31, i * 57 + 1, i * 91 + 2})
            rule.values.push_back(bench::device_name(device % bench::device_count));
    } else {
        rule.field = "host";
        rule.values = {bench::host_name((i * 7919 + 13) % 20'000)};
    }
    switch (rule.kind) {
    case Kind::filter:
        rule.limit = 5 + number % 13;
        break;
    case Kind::count:
        rule.limit = 20 + number % 50;
        break;
    case Kind::distinct:
        rule.limit = 3 + number % 6;
        break;
    case Kind::sequence:
        rule.span = 10 + number % 50;
        break;
    case Kind::sum:
        rule.limit = 80 + number % 90;
        rule.span = 1 + number % 13;
    }
    return rule;
}

/// As a signal of the language.
std::string text_of(const Rule& rule) {
    const std::string guard = rule.field.empty() ? ""
                              : rule.values.size() > 1
                                  ? fmt::format("{} in [\"{}\"]", rule.field, fmt::join(rule.values, "\", \""))
                                  : fmt::format("{} == \"{}\"", rule.field, rule.values.front());
    const auto where = [&](std::string_view first) {
        const bool both = !first.empty() && !guard.empty();
        return first.empty() && guard.empty() ? "" : fmt::format(" where {}{}{}", first, both ? " and " : "", guard);
    };
    switch (rule.kind) {
    case Kind::filter:
        return fmt::format("on file.copy{} and bytes > {}MB{}", where("removable"), rule.limit,
                           rule.is_design ? " and path contains \"Designs\" and path endswith \".7z\"" : "");
    case Kind::count:
        return fmt::format("on file.copy{} when count() over 1h > {}", where(""), rule.limit);
    case Kind::distinct:
        return fmt::format("on auth.logon{} when distinct(host) over 24h > {}", where("outcome == success"),
                           rule.limit);
    case Kind::sequence:
        return fmt::format("sequence within {}m by host {{\n  device.connect{}\n  file.copy{}\n  auth.logoff{}\n}}",
                           rule.span, where(""), where("removable"), where(""));
    case Kind::sum:
        break;
    }
    return fmt::format("on web.upload{} when sum(bytes) over {}d > {}MB", where(""), rule.span, rule.limit);
}

/// As a row of the table that rules.lua reads.
std::string lua_of(const Rule& rule) {
    constexpr std::array kinds{"filter", "count", "distinct", "sequence", "sum"};
    std::string values;
    for (const std::string& value : rule.values) values += fmt::format("\"{}\", ", value);
    return fmt::format(
        "{{ kind = \"{}\", limit = {}, span = {}, points = {}, cap = {}, design = {}, field = \"{}\", {}}},",
        kinds[static_cast<std::size_t>(rule.kind)], rule.limit, rule.span, rule.points, rule.cap, rule.is_design,
        rule.field, values);
}

constexpr std::string_view head = R"(module bench

event file.open      { user person  host host  outcome enum(success, failure)  bytes size  removable bool  sensitive path text  process text  device text }
event file.copy      { user person  host host  outcome enum(success, failure)  bytes size  removable bool  sensitive path text  process text  device text }
event web.visit      { user person  host host  bytes size  process text  device text }
event web.upload     { user person  host host  bytes size  process text  device text }
event auth.logon     { user person  host host  outcome enum(success, failure)  process text  device text }
event auth.logoff    { user person  host host  process text  device text }
event device.connect { user person  host host  removable bool  process text  device text }
event email.send     { user person  bytes size }
event hr.termination { user person }

)";

void policy(const char* name, const char* opens, const std::vector<Rule>& rules, const char* decay,
            const char* alerts) {
    fmt::print("policy {} {{\n  purpose \"Measure the engine\"\n  basis   \"Invented data\"\n  owner   "
               "\"bench@corp.example\"\n  {}\n  score {{\n",
               name, opens);
    for (const Rule& rule : rules) fmt::print("    +{} for {}, at most {}\n", rule.points, rule.name, rule.cap);
    fmt::print("{}    at most 100\n  }}\n{}}}\n\n", decay, alerts);
}

void print_policies(const std::vector<Rule>& rules, bool hr) {
    fmt::print("{}", head);
    std::vector<Rule> everyday, leaver;
    for (const Rule& one : rules) {
        fmt::print("signal {} {}\n\n", one.name, text_of(one));
        (one.of_leavers() && !hr ? leaver : everyday).push_back(one);
    }
    policy("Everyday",
           hr ? "opens on hr.termination closes after 30d" : "opens always because \"the bench watches all\"", everyday,
           "    halves every 2h\n", "  alert low at 30\n  alert medium at 60\n  alert high at 90\n");
    if (!hr) policy("Leaver", "opens on hr.termination closes after 30d", leaver, "", "  alert medium at 50\n");
}

} // namespace

int main(int count, char** arguments) {
    const std::size_t wanted = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : written;
    const std::string_view form = count > 2 ? arguments[2] : "";
    std::vector<Rule> rules = base;
    for (std::size_t i = written; i < wanted; ++i) rules.push_back(rule(i - written));
    if (!form.starts_with("lua")) {
        print_policies(rules, form == "hr");
        return 0;
    }
    fmt::print("return {{\n  written_out = {},\n", form == "lua-written");
    for (const Rule& one : rules) fmt::print("  {}\n", lua_of(one));
    fmt::print("}}\n");
}

// A comparison for a reader, and as JSON.
#include "desk/comparison.hpp"
#include "runtime/text.hpp"
#include "stdlib/sinks/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watchword::desk {

namespace {

struct KindRow {
    std::string_view name, sign, color;
};
constexpr std::array<KindRow, 4> kinds{{{"added", "+", "\033[32m"},
                                        {"removed", "-", "\033[31m"},
                                        {"moved", "~", "\033[33m"},
                                        {"rescored", "=", "\033[36m"}}};

const KindRow& row(DifferenceKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::string_view level_name(const ComparedAlert& alert) {
    return runtime::level_names[static_cast<std::size_t>(alert.level)];
}

std::string moment(const ComparedAlert& alert) {
    std::string time = runtime::show_time(alert.time);
    std::replace(time.begin(), time.end(), 'T', ' ');
    if (!time.empty() && time.back() == 'Z') time.pop_back();
    return fmt::format("{} at {}, score {}", level_name(alert), time, runtime::show_score(alert.score));
}

std::string what_happened(const AlertDifference& one) {
    if (one.before && one.after) return fmt::format("{}  ->  {}", moment(*one.before), moment(*one.after));
    return moment(one.shown());
}

void append_alert(stdlib::JsonWriter& json, std::string_view key, const std::optional<ComparedAlert>& alert) {
    json.key(key);
    if (!alert) return json.null();
    json.begin_object();
    json.member("id", alert->id);
    json.member("level", level_name(*alert));
    json.member("time", runtime::show_time(alert->time));
    json.key("score");
    json.raw(runtime::show_score(alert->score));
    json.member("cause", alert->cause);
    json.end_object();
}

void append_lines(stdlib::JsonWriter& json, std::string_view key, const std::vector<std::string>& lines) {
    json.key(key);
    json.begin_array();
    for (const std::string& line : lines) json.text(line);
    json.end_array();
}

std::array<std::uint64_t, kinds.size()> counts_of(const Comparison& comparison) {
    std::array<std::uint64_t, kinds.size()> counts{};
    for (const AlertDifference& one : comparison.differences) ++counts[static_cast<std::size_t>(one.kind)];
    return counts;
}

} // namespace

std::string comparison_text(const Comparison& comparison, const stdlib::Pseudonyms& pseudonyms, bool color) {
    std::string out;
    for (const AlertDifference& one : comparison.differences) {
        const KindRow& kind = row(one.kind);
        out += fmt::format("{}{} {:<9}{}{}  {}  {}\n", color ? kind.color : "", kind.sign, kind.name,
                           color ? "\033[0m" : "", one.shown().policy,
                           runtime::harmless(pseudonyms.person(one.shown().subject)), what_happened(one));
        for (const std::size_t change : one.changes) {
            const TextChange& text = comparison.texts.changes[change];
            out += fmt::format("    {}  {}: {}\n", one.together ? "together" : "by",
                               comparison.texts.files[text.file].name, describe(text));
        }
        if (one.changes.empty() && comparison.attributed && !comparison.texts.changes.empty())
            out += "    by several changes that only together do it\n";
    }
    if (!comparison.attributed)
        out += fmt::format("{} clauses changed: too many to try one by one\n", comparison.texts.changes.size());
    const auto counts = counts_of(comparison);
    out += fmt::format("{} added, {} removed, {} moved, {} with another score, {} unchanged\n", counts[0], counts[1],
                       counts[2], counts[3], comparison.unchanged);
    return out;
}

std::string comparison_json(const Comparison& comparison, const stdlib::Pseudonyms& pseudonyms) {
    std::string out;
    for (const AlertDifference& one : comparison.differences) {
        stdlib::JsonWriter json{out};
        json.begin_object();
        json.member("change", row(one.kind).name);
        json.member("policy", one.shown().policy);
        json.member("subject", pseudonyms.person(one.shown().subject));
        append_alert(json, "before", one.before);
        append_alert(json, "after", one.after);
        json.key("clauses");
        json.begin_array();
        for (const std::size_t change : one.changes) {
            const TextChange& text = comparison.texts.changes[change];
            json.begin_object();
            json.member("file", comparison.texts.files[text.file].name);
            append_lines(json, "before", text.before);
            append_lines(json, "after", text.after);
            json.end_object();
        }
        json.end_array();
        json.member("together", one.together);
        json.end_object();
        out += '\n';
    }
    const auto counts = counts_of(comparison);
    stdlib::JsonWriter json{out};
    json.begin_object();
    json.key("summary");
    json.begin_object();
    for (std::size_t i = 0; i < kinds.size(); ++i) json.member(kinds[i].name, counts[i]);
    json.member("unchanged", comparison.unchanged);
    json.member("changed_clauses", static_cast<std::uint64_t>(comparison.texts.changes.size()));
    json.end_object();
    json.end_object();
    out += '\n';
    return out;
}

} // namespace watchword::desk

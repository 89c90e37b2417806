#include "tests/oracle/vocabulary.hpp"

#include <fmt/format.h>

namespace watchword::oracle {
namespace {

constexpr std::int64_t megabyte = 1'000'000;
const std::vector<std::string> words{"zip", "Zip", "report.zip", "plan", "Plan B"};
const std::vector<std::string> hosts{"pc1", "PC1", "pc2", "pc3"};
const std::vector<std::string> accounts{"u1", "u2", "U1@corp.example", "u3", "stranger"};
const std::vector<double> reals{0, 0.5, 1.25, 2, -0.75};
const std::vector<std::string> colors{"red", "green", "blue"};

std::string type_of(const FieldRow& field) {
    const char* names[] = {"int", "size", "real", "bool", "text", "host", "person", "enum(red, green, blue)", "time"};
    return std::string(names[static_cast<int>(field.kind)]) + (field.optional ? "?" : "");
}

} // namespace

const std::vector<EventRow>& vocabulary() {
    using enum FieldKind;
    static const std::vector<EventRow> rows{
        {"act.copy",
         {{"host", host, true},
          {"bytes", size},
          {"items", integer},
          {"removable", truth},
          {"word", text, true},
          {"color", color},
          {"ratio", real, true}},
         40,
         ""},
        {"act.logon", {{"host", host}, {"color", color}, {"items", integer, true}}, 25, ""},
        {"act.send", {{"bytes", size}, {"word", text}, {"peer", person, true}, {"ratio", real}}, 20, ""},
        {"hr.notice", {{"serious", truth}, {"last_day", time, true}, {"effective", time, true}}, 9, ""},
        {"hr.warning", {{"items", integer}, {"effective", time}}, 4, ""},
        {"hr.stop", {{"serious", truth}}, 3, ""},
        {"hr.profile",
         {{"group", text, true}, {"privileged", truth, true}, {"grade", integer, true}},
         5,
         " updates employee { group: group, privileged: privileged, grade: grade }"},
        {"hr.cut", {{"group", text}, {"effective", time, true}}, 2, ""},
    };
    return rows;
}

const EventRow& event_row(std::string_view name) {
    for (const EventRow& row : vocabulary())
        if (row.name == name) return row;
    return vocabulary().front();
}

std::string declarations() {
    std::string text = "subject employee {\n  group text = \"none\"\n  privileged bool = false\n  grade int = 1\n"
                       "  zone zone?\n  shift time_of_day?\n  shift_end time_of_day?\n}\n\n";
    for (const EventRow& row : vocabulary()) {
        text += fmt::format("event {} {{ user person", row.name);
        for (const FieldRow& field : row.fields) text += fmt::format(", {} {}", field.name, type_of(field));
        text += fmt::format(" }}{}\n", row.clause);
    }
    return text + "\nlist words = [\"zip\", \"plan\"]\nlist filed_words from \"words.txt\"\n"
                  "table pairs from \"pairs.csv\" { group text, word text }\nlet few = 2\n"
                  "define is_packed(word text, ending text = \"zip\") = word endswith~ ending\n"
                  "define in_red() = employee.group == \"red\"\nbaseline colleagues from \"peers.csv\"\n";
}

Datum random_value(Random& random, const FieldRow& field, runtime::Time around, runtime::Duration unit) {
    switch (field.kind) {
    case FieldKind::integer:
        return Datum::of(std::int64_t{random.below(5)});
    case FieldKind::size:
        return Datum::of(random.of<std::int64_t>({0, 1, 2, 5, 10}) * megabyte);
    case FieldKind::real:
        return Datum::of(random.of(reals));
    case FieldKind::truth:
        return Datum::truth(random.chance(50));
    case FieldKind::text:
        return Datum::of(field.name == "group" ? random.of<std::string>({"none", "red", "blue"}) : random.of(words));
    case FieldKind::host:
        return Datum::of(random.of(hosts));
    case FieldKind::person:
        return Datum::of(random.of(accounts));
    case FieldKind::color:
        return Datum::of(std::int64_t{random.below(3)});
    case FieldKind::time:
        return Datum::of(around + random.between(-4, 10) * unit);
    }
    return {};
}

std::string random_literal(Random& random, FieldKind kind) {
    switch (kind) {
    case FieldKind::integer:
        return fmt::format("{}", random.below(5));
    case FieldKind::size:
        return fmt::format("{}MB", random.of<int>({0, 1, 2, 4, 5, 10}));
    case FieldKind::real:
        return fmt::format("{:.2f}", random.of(reals) < 0 ? 0.25 : random.of<double>({0.25, 0.5, 1.25, 2}));
    case FieldKind::text:
        return fmt::format("\"{}\"", random.of(words));
    case FieldKind::host:
        return fmt::format("\"{}\"", random.of(hosts));
    case FieldKind::person:
        return fmt::format("\"{}\"", random.of<std::string>({"u1", "U2", "u3", "U2@corp.example"}));
    case FieldKind::color:
        return random.of(colors);
    default:
        return random.chance(50) ? "true" : "false";
    }
}

} // namespace watchword::oracle

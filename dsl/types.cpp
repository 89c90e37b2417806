// Types as written and as shown.
#include "dsl/types.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace watchword::dsl {

namespace {

struct KindRow {
    std::string_view name;
    Kind kind;
    std::string_view sample;
};
constexpr std::array kind_rows{
    KindRow{"bool", Kind::boolean, "false"},   KindRow{"int", Kind::integer, "0"},
    KindRow{"real", Kind::real, "0.0"},        KindRow{"text", Kind::text, "\"\""},
    KindRow{"time", Kind::time, ""},           KindRow{"time_of_day", Kind::time_of_day, "00:00"},
    KindRow{"duration", Kind::duration, "0s"}, KindRow{"size", Kind::size, "0B"},
    KindRow{"ip", Kind::ip, "\"0.0.0.0\""},    KindRow{"zone", Kind::zone, "\"UTC\""},
    KindRow{"person", Kind::person, ""},       KindRow{"host", Kind::host, "\"\""},
    KindRow{"email", Kind::email, "\"\""},
};

const KindRow* row_of(std::string_view name) {
    const auto* const found =
        std::find_if(kind_rows.begin(), kind_rows.end(), [&](const KindRow& row) { return row.name == name; });
    return found == kind_rows.end() ? nullptr : found;
}

void report_unknown(Checking& checking, const Name& name) {
    std::vector<std::string_view> names{"enum", "list"};
    for (const KindRow& row : kind_rows) names.push_back(row.name);
    Diagnostic& diagnostic =
        checking.diagnostics.add(Code::unknown_type, name.span, fmt::format("unknown type {}", quoted(name.text)));
    diagnostic.label = "no such type";
    suggest(diagnostic, name, names);
    if (diagnostic.help.empty())
        diagnostic.help = "types are bool, int, real, text, time, time_of_day, duration, size, ip, zone, person, host, "
                          "email, enum(…) and list<…>";
}

Type resolve_enumeration(Checking& checking, const TypeExpr& written) {
    std::vector<std::string> words;
    std::set<std::string_view> seen;
    for (const Name& word : written.words) {
        if (!seen.insert(word.text).second) {
            checking.diagnostics.add(Code::declared_twice, word.span,
                                     fmt::format("the word {} stands twice in the enumeration", quoted(word.text)));
            continue;
        }
        words.push_back(word.text);
    }
    if (words.empty() || checking.model.enumerations.size() >= UINT16_MAX) return error_type;
    return Type{Kind::enumeration, written.optional, enumeration_of(checking.model, std::move(words))};
}

} // namespace

std::uint16_t enumeration_of(Model& model, std::vector<std::string> words) {
    for (std::size_t index = 0; index < model.enumerations.size(); ++index)
        if (model.enumerations[index].words == words) return static_cast<std::uint16_t>(index);
    model.enumerations.push_back({std::move(words)});
    return static_cast<std::uint16_t>(model.enumerations.size() - 1);
}

Type resolve_type(Checking& checking, const TypeExpr& written) {
    if (written.name.text == "enum") return resolve_enumeration(checking, written);
    if (written.name.text == "list") {
        if (!written.element) return error_type;
        const KindRow* element = row_of(written.element->text);
        if (element == nullptr) {
            report_unknown(checking, *written.element);
            return error_type;
        }
        Type type = list_of(element->kind);
        type.optional = written.optional;
        return type;
    }
    const KindRow* row = row_of(written.name.text);
    if (row == nullptr) {
        report_unknown(checking, written.name);
        return error_type;
    }
    return Type{row->kind, written.optional, 0};
}

std::string show_kind(Kind kind) {
    for (const KindRow& row : kind_rows)
        if (row.kind == kind) return std::string(row.name);
    switch (kind) {
    case Kind::list:
        return "list";
    case Kind::enumeration:
        return "enum";
    case Kind::tuple:
        return "(…)";
    default:
        return "unknown";
    }
}

std::string show_type(const Model& model, Type type) {
    std::string shown;
    if (type.kind == Kind::enumeration && type.detail < model.enumerations.size()) {
        constexpr std::size_t most = 6; // a long enumeration is told by its first words
        const std::vector<std::string>& words = model.enumerations[type.detail].words;
        shown = "enum(";
        for (std::size_t index = 0; index < words.size() && index < most; ++index)
            shown += (index == 0 ? "" : ", ") + words[index];
        shown += words.size() > most ? ", …)" : ")";
    } else if (type.kind == Kind::list) {
        shown = "list<" + show_kind(element_kind(type)) + ">";
    } else {
        shown = show_kind(type.kind);
    }
    return type.optional ? shown + "?" : shown;
}

std::string_view sample_default(Kind kind) {
    for (const KindRow& row : kind_rows)
        if (row.kind == kind) return row.sample;
    return kind == Kind::list ? "[]" : "";
}

} // namespace watchword::dsl

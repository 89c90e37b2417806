// Implied conversions, the few there are: int to real, text literals to what they spell, column text to anything.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

/// Kinds that a text literal may spell. Numbers, sizes and durations have literals of their own.
bool is_spelled_as_text(Kind kind) {
    switch (kind) {
    case Kind::host:
    case Kind::email:
    case Kind::ip:
    case Kind::zone:
    case Kind::person:
    case Kind::time:
    case Kind::time_of_day:
        return true;
    default:
        return false;
    }
}

bool has_blank(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char character) { return character == ' ' || character == '\t' || character == '\n'; });
}

/// `https://drive.example.com`, `drive.example.com/u/0`, `*.example.com`: no name of a host. Not `N/A`, which a log may
/// have in its place.
bool is_more_than_host(const std::string& text) {
    const std::size_t slash = text.find('/');
    const bool path = slash != std::string::npos && text.find('.') < slash;
    return text.find("://") != std::string::npos || path || text.starts_with("*.");
}

/// Whether an implied conversion would be a slip: a host with blanks or a path, an address without an `@`.
bool looks_wrong(const std::string& text, Kind kind) {
    if (kind == Kind::host) return has_blank(text) || is_more_than_host(text);
    return kind == Kind::email && !text.empty() && (has_blank(text) || text.find('@') == std::string::npos);
}

} // namespace

bool ExpressionChecker::convert(ExprId id, Type target, std::string_view what) {
    ExprInfo& own = info(id);
    const Type type = own.type;
    if (type.kind == Kind::error || target.kind == Kind::error) return false;
    Type as = target;
    as.optional = type.optional;
    if (type.kind == target.kind && type.detail == target.detail) {
        own.as = as;
        return true;
    }
    if (type.kind == Kind::list && target.kind == Kind::list) return convert_list(id, target, what);
    const bool widened = type.kind == Kind::integer && target.kind == Kind::real;
    const bool plain_text = runtime::is_textual(type.kind) && target.kind == Kind::text;
    const bool person_by_id = type.kind == Kind::text && target.kind == Kind::person;
    // A foreign record has names of persons, not yet persons.
    const bool person_name = type.kind == Kind::person && target.kind == Kind::text && scope_.source != nullptr;
    if (widened || plain_text || person_by_id || person_name) {
        own.as = as;
        return true;
    }
    if (type.kind != Kind::text) return report_mismatch(id, target, what);
    const bool network = target.kind == Kind::list && element_kind(target) == Kind::ip;
    if (is_spelled_as_text(target.kind) || network || scope_.source != nullptr) {
        const std::optional<Constant> value = constant_value(model_, scope_.tree, id);
        if (value) return convert_constant_text(id, target, what);
        if (scope_.source != nullptr) {
            own.as = target.as_optional();
            own.type.optional = true; // it may not spell one
            return true;
        }
    }
    return report_mismatch(id, target, what);
}

bool ExpressionChecker::convert_constant_text(ExprId id, Type target, std::string_view what) {
    const std::optional<Constant> value = constant_value(model_, scope_.tree, id);
    const Type element = target.kind == Kind::list ? Type{element_kind(target), false, 0} : target;
    const std::optional<Constant> converted = convert_constant(model_, *value, target, model_.zones[scope_.tree]);
    if (converted && !looks_wrong(value->text, target.kind)) {
        ExprInfo& own = info(id);
        own.as = target;
        own.as.optional = own.type.optional;
        return true;
    }
    Diagnostic& diagnostic = report(Code::bad_literal, id,
                                    fmt::format("{} is not {} `{}`", quoted(written(id)),
                                                element.kind == Kind::ip || element.kind == Kind::email ? "an" : "a",
                                                show_kind(element.kind)));
    diagnostic.label = fmt::format("read as {} for {}", show_type(model_, target.as_required()), what);
    if (element.kind == Kind::host && is_more_than_host(value->text))
        diagnostic.help = value->text.starts_with("*.")
                              ? "`within_domain(host, \"example.com\")` asks for a domain and what lies below it"
                              : "a host is a name alone, without scheme and path: `drive.example.com`";
    return false;
}

bool ExpressionChecker::convert_list(ExprId id, Type target, std::string_view what) {
    const Kind from = element_kind(info(id).type);
    const Kind to = element_kind(target);
    if (const auto* list = std::get_if<ListExpr>(&expr(id).node)) {
        bool fine = true;
        for (const ExprId item : list->items) {
            const std::optional<Constant> value = constant_value(model_, scope_.tree, item);
            const bool network = to == Kind::ip && value && runtime::parse_network(value->text);
            if (network) continue; // stays a text in a list of addresses and networks
            fine = fine && convert(item, Type{to, false, 0}, what);
        }
        if (!fine) return false;
        info(id).as = target;
        info(id).as.optional = info(id).type.optional;
        return true;
    }
    const bool widened = from == Kind::integer && to == Kind::real;
    const bool plain_text =
        (runtime::is_textual(from) || (from == Kind::person && scope_.source != nullptr)) && to == Kind::text;
    const bool spelled = from == Kind::text && is_spelled_as_text(to);
    if (!widened && !plain_text && !spelled) return report_mismatch(id, target, what);
    const std::optional<Constant> value = constant_value(model_, scope_.tree, id);
    if (!value && !plain_text) return report_mismatch(id, target, what);
    if (value) {
        for (const Constant& item : value->items) {
            const std::optional<Constant> converted =
                convert_constant(model_, item, Type{to, false, 0}, model_.zones[scope_.tree]);
            if (converted || (to == Kind::ip && runtime::parse_network(item.text))) continue;
            report(Code::bad_literal, id,
                   fmt::format("{} of {} is not {} `{}`", quoted(item.text), quoted(written(id)),
                               to == Kind::ip || to == Kind::email ? "an" : "a", show_kind(to)))
                .label = fmt::format("read as {} for {}", show_type(model_, target.as_required()), what);
            return false;
        }
    }
    info(id).as = target;
    info(id).as.optional = info(id).type.optional;
    return true;
}

bool ExpressionChecker::report_mismatch(ExprId id, Type target, std::string_view what) {
    const Type type = info(id).type;
    Diagnostic& diagnostic = report(Code::type_mismatch, id,
                                    fmt::format("{} is {}, where {} is {}", quoted(written(id)),
                                                show(type.as_required()), what, show(target.as_required())));
    diagnostic.label = fmt::format("expected {}", show_type(model_, target.as_required()));
    if (type.kind == Kind::text && target.kind == Kind::enumeration && target.detail < model_.enumerations.size()) {
        const std::optional<Constant> value = constant_value(model_, scope_.tree, id);
        if (!value) return false;
        for (const std::string& word : model_.enumerations[target.detail].words) {
            if (word != value->text) continue;
            diagnostic.help = fmt::format("words of an enumeration stand without quotes: {}", quoted(word));
            diagnostic.fix = {{expr(id).span, word}};
        }
    }
    if (type.kind == Kind::integer && target.kind == Kind::size)
        diagnostic.help = "a size has a unit: `10KB`, `100MB`, `1GiB`";
    if (type.kind == Kind::integer && target.kind == Kind::duration)
        diagnostic.help = "a duration has a unit: `30m`, `24h`, `7d`";
    return false;
}

} // namespace watchword::dsl

// What a path means: a variable, a word of an enumeration, a field of the event, of an earlier step, of the trigger, an
// attribute of a person, a declared name, a column.
#include "dsl/expression_checker.hpp"
#include "dsl/foreign_words.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

struct EventWord {
    std::string_view name;
    RefKind kind;
    Kind type;
};
/// Every record has these; a declared field of the same name goes before.
constexpr std::array event_words{
    EventWord{"time", RefKind::time, Kind::time},
    EventWord{"stated", RefKind::stated, Kind::time},
    EventWord{"id", RefKind::id, Kind::text},
    EventWord{"type", RefKind::event_type, Kind::text},
};

const EventWord* event_word(std::string_view name) {
    for (const EventWord& word : event_words)
        if (word.name == name) return &word;
    return nullptr;
}

Span cover(const Name& first, const Name& last) { return {first.span.file, first.span.begin, last.span.end}; }

} // namespace

const std::vector<runtime::Field>& fields_of(const Model& model, Heard heard) {
    return heard.is_signal ? model.signals[heard.index].fields : model.events[heard.index].fields;
}

void merge_into(runtime::Field& merged, const runtime::Field& other) {
    if (merged.type.as_required() != other.type.as_required()) merged.type = error_type;
    merged.type.optional = merged.type.optional || other.type.optional;
    merged.sensitive = merged.sensitive || other.sensitive;
}

std::optional<runtime::Field> merged_field(const Model& model, const std::vector<Heard>& heard, std::string_view name) {
    std::optional<runtime::Field> merged;
    bool missing = false;
    for (const Heard one : heard) {
        const std::vector<runtime::Field>& fields = fields_of(model, one);
        const auto found =
            std::find_if(fields.begin(), fields.end(), [&](const runtime::Field& field) { return field.name == name; });
        if (found == fields.end()) {
            missing = true;
            continue;
        }
        if (!merged)
            merged = *found;
        else
            merge_into(*merged, *found);
    }
    if (merged && missing) merged->type.optional = true;
    return merged;
}

std::optional<Type> ExpressionChecker::field_of(const std::vector<Heard>& heard, const Name& name, Ref& ref) {
    if (const std::optional<runtime::Field> field = merged_field(model_, heard, name.text)) {
        ref.field = name.text;
        if (field->type.kind == Kind::error && !heard.empty())
            checking_.diagnostics.add(
                Code::type_mismatch, name.span,
                fmt::format("the events heard here do not agree on the type of {}", quoted(name.text)));
        return field->type;
    }
    if (const EventWord* word = event_word(name.text)) {
        ref.kind = word->kind;
        return type_of(word->type);
    }
    const bool any_signal = std::any_of(heard.begin(), heard.end(), [](Heard one) { return one.is_signal; });
    if (name.text == "signal" && any_signal) {
        ref.kind = RefKind::signal_name;
        const bool all = std::all_of(heard.begin(), heard.end(), [](Heard one) { return one.is_signal; });
        return Type{Kind::text, !all, 0};
    }
    return std::nullopt;
}

bool ExpressionChecker::is_word_only(ExprId id) const {
    const auto* path = std::get_if<Path>(&expr(id).node);
    if (path == nullptr || path->parts.size() != 1) return false;
    const std::string& name = path->parts[0].text;
    for (const auto& [variable, quantifier] : scope_.variables)
        if (variable == name) return false;
    if (scope_.parameters != nullptr)
        for (const NamedType& parameter : *scope_.parameters)
            if (parameter.name == name) return false;
    if (name == "employee" || name == scope_.alias) return false;
    for (const StepScope& step : scope_.steps)
        if (step.alias == name) return false;
    if (scope_.heard != nullptr && (merged_field(model_, *scope_.heard, name) || event_word(name) != nullptr))
        return false;
    if (scope_.source != nullptr)
        for (const SourceInfo::ColumnInfo& column : scope_.source->columns)
            if (column.name == name) return false;
    return visible(checking_, scope_.tree, name).empty();
}

Type ExpressionChecker::visit(ExprId id, const Path& path, Type wanted) {
    if (path.parts.empty()) return error_type;
    std::size_t used = 0;
    const Name& first = path.parts[0];
    if (wanted.kind == Kind::enumeration && path.parts.size() == 1 && wanted.detail < model_.enumerations.size()) {
        const std::vector<std::string>& words = model_.enumerations[wanted.detail].words;
        const auto word = std::find(words.begin(), words.end(), first.text);
        if (word != words.end()) {
            info(id).ref = {RefKind::enumerator, static_cast<std::uint32_t>(word - words.begin())};
            return wanted.as_required();
        }
    }
    std::optional<Type> type = find_value(id, path, used);
    if (!type && scope_.source != nullptr) return find_column(id, path);
    if (!type && wanted.kind == Kind::enumeration && path.parts.size() == 1) {
        Diagnostic& diagnostic = report(
            Code::unknown_word, id, fmt::format("{} is no word of {}", quoted(first.text), show(wanted.as_required())));
        diagnostic.label = "no such word";
        const std::vector<std::string>& words = model_.enumerations[wanted.detail].words;
        const std::vector<std::string_view> candidates(words.begin(), words.end());
        suggest(diagnostic, first, candidates);
        return error_type;
    }
    if (!type) {
        report_unknown_name(path);
        return error_type;
    }
    if (type->kind == Kind::error) return error_type;
    const Type result = read_attributes(id, path, used, *type);
    if (!result.optional) return result;
    info(id).type = result; // `key` may need it
    return scope_.facts.contains(key(id)) ? result.as_required() : result;
}

std::optional<Type> ExpressionChecker::find_value(ExprId id, const Path& path, std::size_t& used) {
    const Name& first = path.parts[0];
    for (auto variable = scope_.variables.rbegin(); variable != scope_.variables.rend(); ++variable) {
        if (variable->first != first.text) continue;
        used = 1;
        info(id).ref = {RefKind::variable, variable->second};
        const auto& quantifier = std::get<Quantifier>(expr(variable->second).node);
        const Type list = info(quantifier.list).type;
        return list.kind == Kind::list ? Type{element_kind(list), false, 0} : error_type;
    }
    if (scope_.parameters != nullptr) {
        for (std::uint32_t index = 0; index < scope_.parameters->size(); ++index) {
            if ((*scope_.parameters)[index].name != first.text) continue;
            used = 1;
            info(id).ref = {RefKind::parameter, index};
            return (*scope_.parameters)[index].type;
        }
    }
    if (auto found = find_event_field(id, path, used)) return found;
    if (auto found = find_step_field(id, path, used)) return found;
    if (auto found = find_trigger_field(id, path, used)) return found;
    if (auto found = find_employee(id, path, used)) return found;
    if (scope_.lookback && first.text == "lookback") {
        used = 1;
        info(id).ref = {RefKind::lookback};
        return type_of(Kind::boolean);
    }
    return find_declared(id, path, used);
}

std::optional<Type> ExpressionChecker::find_event_field(ExprId id, const Path& path, std::size_t& used) {
    if (scope_.heard == nullptr) return std::nullopt;
    const bool aliased = !scope_.alias.empty() && path.parts[0].text == scope_.alias;
    if (aliased && path.parts.size() == 1) {
        report(Code::whole_event, id, fmt::format("{} is a whole event, not a value", quoted(path.parts[0].text)))
            .help = fmt::format("name one of its fields: `{}.…`", path.parts[0].text);
        return error_type;
    }
    const Name& name = path.parts[aliased ? 1 : 0];
    if (aliased && scope_.heard->empty()) return error_type; // what it listens to was reported
    Ref ref{RefKind::field};
    std::optional<Type> type = field_of(*scope_.heard, name, ref);
    if (!type && !aliased) return std::nullopt;
    if (!type) {
        report_unknown_field(*scope_.heard, name);
        return error_type;
    }
    used = aliased ? 2 : 1;
    info(id).ref = ref;
    return type;
}

std::optional<Type> ExpressionChecker::find_step_field(ExprId id, const Path& path, std::size_t& used) {
    for (const StepScope& step : scope_.steps) {
        if (step.alias != path.parts[0].text) continue;
        if (path.parts.size() == 1) {
            report(Code::whole_event, id, fmt::format("{} is a whole event, not a value", quoted(step.alias))).help =
                fmt::format("name one of its fields: `{}.…`", step.alias);
            return error_type;
        }
        if (step.heard.empty()) return error_type;
        Ref ref{RefKind::step_field};
        const std::optional<Type> type = field_of(step.heard, path.parts[1], ref);
        if (!type) {
            report_unknown_field(step.heard, path.parts[1]);
            return error_type;
        }
        ref.of_step = ref.kind != RefKind::step_field;
        ref.index = step.index;
        used = 2;
        info(id).ref = ref;
        return type;
    }
    return std::nullopt;
}

std::optional<Type> ExpressionChecker::find_trigger_field(ExprId id, const Path& path, std::size_t& used) {
    if (scope_.trigger == nullptr) return std::nullopt;
    std::vector<Heard> heard;
    bool named = false;
    bool others = false;
    for (const TriggerAlternative& alternative : scope_.trigger->alternatives) {
        if (alternative.alias != path.parts[0].text || alternative.alias.empty()) {
            others = true;
            continue;
        }
        if (alternative.broken) return error_type;
        named = true;
        heard.insert(heard.end(), alternative.heard.begin(), alternative.heard.end());
        others = others || alternative.heard.empty();
    }
    if (!named) return std::nullopt;
    if (path.parts.size() == 1) {
        report(Code::whole_event, id, fmt::format("{} is the whole trigger, not a value", quoted(path.parts[0].text)))
            .help = fmt::format("name one of its fields: `{}.…`", path.parts[0].text);
        return error_type;
    }
    Ref ref{RefKind::trigger_field};
    std::optional<Type> type = field_of(heard, path.parts[1], ref);
    if (!type) {
        report_unknown_field(heard, path.parts[1]);
        return error_type;
    }
    if (others) type->optional = true;
    ref.of_trigger = ref.kind != RefKind::trigger_field;
    ref.field = path.parts[0].text + "." + path.parts[1].text;
    std::vector<runtime::Field>& fields = *scope_.trigger->fields;
    auto entry = std::find_if(fields.begin(), fields.end(),
                              [&](const runtime::Field& field) { return field.name == ref.field; });
    if (entry == fields.end()) {
        const std::optional<runtime::Field> declared = merged_field(model_, heard, path.parts[1].text);
        runtime::Field field;
        field.name = ref.field;
        field.type = *type;
        field.sensitive = declared && declared->sensitive;
        entry = fields.insert(fields.end(), std::move(field));
    }
    ref.index = static_cast<std::uint32_t>(entry - fields.begin());
    used = 2;
    info(id).ref = ref;
    return type;
}

std::optional<Type> ExpressionChecker::find_employee(ExprId id, const Path& path, std::size_t& used) {
    if (path.parts[0].text != "employee") return std::nullopt;
    if (scope_.asked != nullptr) scope_.asked->person = true;
    if (!scope_.employee) {
        report(Code::no_person_here, id, fmt::format("there is no person in question {}", scope_.place)).help =
            "what depends on the person goes into a condition; write a constant here";
        return error_type;
    }
    if (path.parts.size() == 1) {
        used = 1;
        info(id).ref = {RefKind::subject};
        return type_of(Kind::person);
    }
    const std::uint32_t attribute = find_attribute(path.parts[1]);
    if (attribute == none) return error_type;
    used = 2;
    info(id).ref = {RefKind::attribute, attribute};
    return model_.employee.attributes[attribute].type;
}

std::optional<Type> ExpressionChecker::find_declared(ExprId id, const Path& path, std::size_t& used) {
    Name name = path.parts[0];
    auto found = visible(checking_, scope_.tree, name.text);
    used = 1;
    if (found.empty() && path.parts.size() > 1) {
        name = {path.parts[0].text + "." + path.parts[1].text, cover(path.parts[0], path.parts[1])};
        found = visible(checking_, scope_.tree, name.text);
        used = 2;
    }
    if (found.empty()) return std::nullopt;
    const Sort sort = found[0].second->sort;
    const bool is_value = sort == Sort::constant || sort == Sort::list || sort == Sort::table;
    const Symbol* symbol = find_symbol(checking_, scope_.tree, name, is_value ? sort : Sort::constant);
    if (symbol == nullptr) return error_type;
    if (sort == Sort::constant) {
        ensure_constant(checking_, symbol->index, name.span);
        info(id).ref = {RefKind::constant, symbol->index};
        return model_.constants[symbol->index].value.type;
    }
    if (sort == Sort::list) {
        ensure_list(checking_, symbol->index, name.span);
        info(id).ref = {RefKind::list, symbol->index};
        ListInfo& list = model_.lists[symbol->index];
        list.used = true;
        return list.element.kind == Kind::error ? error_type : list_of(list.element.kind);
    }
    info(id).ref = {RefKind::table, symbol->index};
    model_.tables[symbol->index].used = true;
    return Type{Kind::tuple, false, 0};
}

Type ExpressionChecker::find_column(ExprId id, const Path& path) {
    std::string name;
    for (const Name& part : path.parts) name += (name.empty() ? "" : ".") + part.text;
    std::vector<SourceInfo::ColumnInfo>& columns = scope_.source->columns;
    auto column = std::find_if(columns.begin(), columns.end(),
                               [&](const SourceInfo::ColumnInfo& one) { return one.name == name; });
    if (column == columns.end())
        column = columns.insert(columns.end(), {name, {name}, Type{Kind::text, true, 0}, false});
    info(id).ref = {RefKind::column, static_cast<std::uint32_t>(column - columns.begin())};
    return column->type;
}

Type ExpressionChecker::read_attributes(ExprId id, const Path& path, std::size_t used, Type type) {
    for (std::size_t index = used; index < path.parts.size(); ++index) {
        const Name& name = path.parts[index];
        if (type.kind != Kind::person) {
            checking_.diagnostics
                .add(Code::no_attribute, name.span,
                     fmt::format("{} is {}, and has no parts",
                                 quoted(checking_.text(cover(path.parts[0], path.parts[index - 1]))), show(type)))
                .label = "only a person has attributes";
            return error_type;
        }
        if (info(id).ref.attribute != none) {
            checking_.diagnostics.add(Code::not_supported, name.span,
                                      "an attribute of an attribute's attribute is not supported yet");
            return error_type;
        }
        const std::uint32_t attribute = find_attribute(name);
        if (attribute == none) return error_type;
        if (info(id).ref.kind == RefKind::subject)
            info(id).ref = {RefKind::attribute, attribute};
        else
            info(id).ref.attribute = attribute;
        type = model_.employee.attributes[attribute].type.as_optional();
    }
    return type;
}

std::uint32_t ExpressionChecker::find_attribute(const Name& name) {
    const std::vector<runtime::Field>& attributes = model_.employee.attributes;
    for (std::uint32_t index = 0; index < attributes.size(); ++index)
        if (attributes[index].name == name.text) return index;
    Diagnostic& diagnostic = checking_.diagnostics.add(
        Code::unknown_attribute, name.span, fmt::format("unknown attribute {} of `employee`", quoted(name.text)));
    diagnostic.label = "no such attribute";
    std::vector<std::string_view> candidates;
    for (const runtime::Field& attribute : attributes) candidates.push_back(attribute.name);
    suggest(diagnostic, name, candidates);
    if (attributes.empty())
        diagnostic.help = "attributes are declared by `subject employee { … }`; the standard ones are in `use hr`";
    else if (model_.employee_at.tree != none)
        diagnostic.notes.push_back(
            {model_.decl<SubjectDecl>(model_.employee_at).name.span, "attributes are declared here"});
    return none;
}

void ExpressionChecker::report_unknown_field(const std::vector<Heard>& heard, const Name& name) {
    std::vector<std::string_view> candidates{"time", "stated", "id", "type"};
    for (const Heard one : heard)
        for (const runtime::Field& field : fields_of(model_, one)) candidates.push_back(field.name);
    const bool single = heard.size() == 1;
    std::string where = "on these events";
    if (single && heard[0].is_signal)
        where = fmt::format("on signal {}", quoted(model_.signals[heard[0].index].name));
    else if (single)
        where = fmt::format("on event {}", quoted(model_.events[heard[0].index].name));
    Diagnostic& diagnostic = checking_.diagnostics.add(Code::unknown_field, name.span,
                                                       fmt::format("unknown field {} {}", quoted(name.text), where));
    diagnostic.label = "no such field";
    if (single && !heard[0].is_signal)
        diagnostic.notes.push_back(
            {model_.decl<EventDecl>(model_.event_at[heard[0].index]).name.span,
             fmt::format("fields of {} are declared here", quoted(model_.events[heard[0].index].name))});
    diagnostic.help = advice_for_nothing(name.text);
    if (diagnostic.help.empty()) diagnostic.help = advice_for_attribute(name.text);
    if (diagnostic.help.empty()) suggest(diagnostic, name, candidates);
}

/// `group` where `employee.group` is meant; empty if there is no such attribute or nobody here.
std::string ExpressionChecker::advice_for_attribute(std::string_view name) const {
    const std::vector<runtime::Field>& attributes = model_.employee.attributes;
    const bool known =
        std::any_of(attributes.begin(), attributes.end(), [&](const runtime::Field& one) { return one.name == name; });
    return known && scope_.employee ? fmt::format("of the person it is {}", quoted(fmt::format("employee.{}", name)))
                                    : std::string();
}

void ExpressionChecker::report_unknown_name(const Path& path) {
    if (scope_.heard != nullptr && scope_.heard->empty()) return; // it may be a field of what could not be found
    const Name& name = path.parts[0];
    if (is_unread(checking_, name.text)) return;
    std::vector<std::string_view> names = visible_names(checking_, scope_.tree, Sort::list);
    for (const Sort sort : {Sort::constant, Sort::table})
        for (const std::string_view one : visible_names(checking_, scope_.tree, sort)) names.push_back(one);
    for (const auto& [variable, quantifier] : scope_.variables) names.push_back(variable);
    if (scope_.parameters != nullptr)
        for (const NamedType& parameter : *scope_.parameters) names.push_back(parameter.name);
    for (const StepScope& step : scope_.steps) names.push_back(step.alias);
    if (scope_.trigger != nullptr)
        for (const TriggerAlternative& alternative : scope_.trigger->alternatives) names.push_back(alternative.alias);
    if (scope_.employee) names.push_back("employee");
    if (!scope_.alias.empty()) names.push_back(scope_.alias);
    std::erase_if(names, [](std::string_view one) { return one.empty(); });
    if (scope_.heard != nullptr && !scope_.heard->empty() && nearest(name.text, names).empty() &&
        path.parts.size() == 1) {
        report_unknown_field(*scope_.heard, name);
        return;
    }
    if (scope_.heard != nullptr)
        for (const Heard one : *scope_.heard)
            for (const runtime::Field& field : fields_of(model_, one)) names.push_back(field.name);
    Diagnostic& diagnostic =
        checking_.diagnostics.add(Code::unknown_name, name.span, fmt::format("unknown name {}", quoted(name.text)));
    diagnostic.label = "nothing of this name here";
    diagnostic.help = advice_for_nothing(name.text);
    if (diagnostic.help.empty()) diagnostic.help = advice_for_attribute(name.text);
    if (diagnostic.help.empty()) suggest(diagnostic, name, names);
    if (!diagnostic.help.empty()) return;
    for (std::uint32_t other = 0; other < checking_.scopes.size(); ++other)
        if (checking_.scopes[other].symbols.contains(name.text))
            diagnostic.help = fmt::format("it is declared in module {}: add `use {}`", quoted(model_.modules[other]),
                                          model_.modules[other]);
    const bool unnamed = scope_.trigger != nullptr &&
                         std::all_of(scope_.trigger->alternatives.begin(), scope_.trigger->alternatives.end(),
                                     [](const TriggerAlternative& one) { return one.alias.empty(); });
    if (diagnostic.help.empty() && unnamed && path.parts.size() == 2)
        diagnostic.help = fmt::format("the trigger's fields need a name for it: `opens on EVENT as {}`", name.text);
    if (diagnostic.help.empty() && scope_.place == place_of_definitions)
        diagnostic.help = "a definition sees its parameters, `employee` and what is declared; what an event says is "
                          "passed to it";
}

std::string ExpressionChecker::key(ExprId id) const {
    const auto* path = std::get_if<Path>(&expr(id).node);
    if (path == nullptr) return {};
    const Ref& ref = checking_.model.info(scope_.tree, id).ref;
    const std::string suffix = ref.attribute == none ? "" : fmt::format("/{}", ref.attribute);
    switch (ref.kind) {
    case RefKind::field:
        return "f:" + ref.field + suffix;
    case RefKind::step_field:
        return fmt::format("s{}:{}{}", ref.index, ref.field, suffix);
    case RefKind::trigger_field:
        return "t:" + ref.field + suffix;
    case RefKind::attribute:
        return fmt::format("e:{}{}", ref.index, suffix);
    case RefKind::column:
        return fmt::format("c:{}", ref.index);
    case RefKind::subject:
        return "p:" + suffix;
    case RefKind::signal_name:
        return "f:signal";
    case RefKind::parameter:
        return fmt::format("a:{}{}", ref.index, suffix);
    case RefKind::variable:
        return fmt::format("v:{}{}", ref.index, suffix);
    default:
        return {};
    }
}

} // namespace watchword::dsl

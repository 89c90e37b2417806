// What records and people look like: events, the employee's attributes, actions. Fills the schemas of the model.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

bool is_word_of_every_event(const std::string& name) { return name == "time" || name == "id" || name == "type"; }

/// Each mention of a field is looked for among them.
constexpr std::size_t most_fields = 4096;

/// Type, default and marks of a declared field; false if another one has its name, or there are too many.
bool add_field(Checking& checking, std::uint32_t tree, const FieldDecl& declared, std::set<std::string>& names,
               std::vector<runtime::Field>& fields) {
    if (!names.insert(declared.name.text).second) {
        checking.diagnostics.add(Code::declared_twice, declared.name.span,
                                 fmt::format("the field {} is declared twice", quoted(declared.name.text)));
        return false;
    }
    if (fields.size() == most_fields) {
        if (names.size() == most_fields + 1) // of all that are too many the first
            checking.diagnostics
                .add(Code::out_of_range, declared.name.span,
                     fmt::format("the {}th field: there may be {} at most", most_fields + 1, most_fields))
                .help = "declare the fields that policies read; others may be in the records";
        return false;
    }
    runtime::Field field;
    field.name = declared.name.text;
    field.type = resolve_type(checking, declared.type);
    field.sensitive = declared.sensitive;
    field.doc = declared.doc;
    if (declared.fallback != no_expr) {
        Scope scope;
        scope.tree = tree;
        scope.place = "in a default";
        ExpressionChecker checker(checking, scope);
        if (field.type.optional) {
            checking.diagnostics
                .add(Code::needless_default, declared.span,
                     fmt::format("{} is optional and has a default", quoted(declared.name.text)))
                .help = "leave out the `?`: with a default, the field is always there";
            field.type.optional = false;
        }
        if (checker.check_value(declared.fallback, field.type, "the field")) {
            const std::optional<Constant> value = constant_value(checking.model, tree, declared.fallback);
            if (value)
                field.fallback = to_value(*value, checking.model.arena);
            else
                checking.diagnostics.add(Code::not_constant, checking.expr(tree, declared.fallback).span,
                                         "a default has to be constant");
        }
    }
    fields.push_back(std::move(field));
    return true;
}

void check_event(Checking& checking, std::uint32_t index) {
    const DeclRef at = checking.model.event_at[index];
    const auto& event = checking.model.decl<EventDecl>(at);
    std::vector<runtime::Field> fields;
    std::set<std::string> names;
    for (const FieldDecl& declared : event.fields) {
        if (is_word_of_every_event(declared.name.text)) {
            checking.diagnostics.add(
                Code::built_in_name, declared.name.span,
                fmt::format("every event has {}, it cannot be declared", quoted(declared.name.text)));
            continue;
        }
        if (!add_field(checking, at.tree, declared, names, fields)) continue;
        const Type type = fields.back().type;
        if (type.kind == Kind::list && static_cast<Kind>(type.detail) == Kind::person)
            checking.diagnostics
                .add(Code::not_supported, declared.span, "lists of people in events are not supported yet")
                .help = "declare it `list<text>`";
    }
    runtime::EventSchema& schema = checking.model.events[index];
    schema.fields = std::move(fields);
    schema.adds_employee = event.adds;
    const auto person = std::find_if(schema.fields.begin(), schema.fields.end(),
                                     [](const runtime::Field& field) { return field.type.kind == Kind::person; });
    if (person != schema.fields.end()) schema.subject = static_cast<std::int32_t>(person - schema.fields.begin());
}

void check_update(Checking& checking, std::uint32_t index) {
    const DeclRef at = checking.model.event_at[index];
    const auto& event = checking.model.decl<EventDecl>(at);
    if (event.updates.empty()) return;
    if (checking.model.events[index].subject == runtime::no_slot)
        checking.diagnostics.add(Code::event_without_person, event.name.span,
                                 fmt::format("{} changes the roster and has no person", quoted(event.name.text())));
    const std::vector<Heard> heard{{false, index}};
    for (const Assignment& update : event.updates) {
        Scope scope;
        scope.tree = at.tree;
        scope.heard = &heard;
        scope.employee = true;
        scope.clock = true;
        scope.place = "in a change of the roster";
        ExpressionChecker checker(checking, scope);
        const std::vector<runtime::Field>& attributes = checking.model.employee.attributes;
        const auto found = std::find_if(attributes.begin(), attributes.end(),
                                        [&](const runtime::Field& field) { return field.name == update.name.text; });
        if (found == attributes.end()) {
            Diagnostic& diagnostic =
                checking.diagnostics.add(Code::unknown_attribute, update.name.span,
                                         fmt::format("unknown attribute {} of `employee`", quoted(update.name.text)));
            std::vector<std::string_view> names;
            for (const runtime::Field& attribute : attributes) names.push_back(attribute.name);
            suggest(diagnostic, update.name, names);
            checker.check(update.value);
            continue;
        }
        // An absent value leaves the attribute alone.
        checker.check_value(update.value, found->type.as_optional(),
                            fmt::format("the attribute {}", quoted(update.name.text)));
    }
}

void add_subject(Checking& checking, DeclRef at, const SubjectDecl& subject, std::set<std::string>& names) {
    runtime::EmployeeSchema& employee = checking.model.employee;
    if (subject.name.text != "employee")
        checking.diagnostics.add(Code::not_supported, subject.name.span,
                                 "the subject is called `employee`; other subjects are not supported yet");
    if (checking.model.employee_at.tree == none) checking.model.employee_at = at;
    for (const FieldDecl& declared : subject.fields) {
        if (declared.name.text == "id" || declared.name.text == "accounts") {
            checking.diagnostics.add(
                Code::built_in_name, declared.name.span,
                fmt::format("every employee has {}, it cannot be declared", quoted(declared.name.text)));
            continue;
        }
        if (!add_field(checking, at.tree, declared, names, employee.attributes)) continue;
        runtime::Field& added = employee.attributes.back();
        added.slot = static_cast<std::int32_t>(employee.attributes.size() - 1);
        if (added.type.kind == Kind::zone && employee.zone == runtime::no_slot) employee.zone = added.slot;
        if (added.type.optional || declared.fallback != no_expr || added.type.kind == Kind::error) continue;
        Diagnostic& diagnostic = checking.diagnostics.add(
            Code::attribute_without_default, declared.name.span,
            fmt::format("the attribute {} is neither optional nor has it a default", quoted(declared.name.text)));
        diagnostic.label = "what is it for a person whom the roster says nothing of?";
        const std::string type = show_type(checking.model, added.type);
        const std::string_view sample = sample_default(added.type.kind);
        diagnostic.help = sample.empty()
                              ? fmt::format("write `{} {}?`", declared.name.text, type)
                              : fmt::format("write `{0} {1}?` or `{0} {1} = {2}`", declared.name.text, type, sample);
    }
}

} // namespace

void check_subjects(Checking& checking) {
    std::set<std::string> names; // several modules may add attributes
    for (std::uint32_t tree = 0; tree < checking.model.trees.size(); ++tree) {
        const std::vector<Declaration>& declarations = checking.model.trees[tree].declarations;
        for (std::uint32_t index = 0; index < declarations.size(); ++index)
            if (const auto* subject = std::get_if<SubjectDecl>(&declarations[index].node))
                add_subject(checking, {tree, index}, *subject, names);
    }
}

void check_events(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.events.size(); ++index) check_event(checking, index);
}

void check_event_updates(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.events.size(); ++index) check_update(checking, index);
}

void check_actions(Checking& checking) {
    for (ActionInfo& action : checking.model.actions) {
        const auto& declared = checking.model.decl<ActionDecl>(action.at);
        for (const Parameter& parameter : declared.parameters) {
            const Type type = resolve_type(checking, parameter.type);
            action.parameters.push_back(type);
            check_default(checking, action.at.tree, parameter, type);
        }
    }
}

} // namespace watchword::dsl

// Test blocks: employees and events as data, and the names in expectations.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>

namespace watchword::dsl {

namespace {

class TestChecker {
public:
    TestChecker(Checking& checking, DeclRef at, TestInfo& info)
        : checking_(checking), at_(at), declared_(checking.model.decl<TestDecl>(at)), info_(info) {}

    void check() {
        if (declared_.refusal) return check_codes();
        find_columns();
        for (const TestCase& one : declared_.cases) check_case(one);
        for (const auto& item : declared_.items) std::visit([&](const auto& one) { check_item(one); }, item);
        const bool expects = std::any_of(declared_.items.begin(), declared_.items.end(),
                                         [](const auto& item) { return std::holds_alternative<Expectation>(item); });
        if (expects) return;
        const auto report = [&](Span span, const char* what) {
            checking_.diagnostics.add(Code::test_without_expectation, span, what).help =
                "add `expect alert POLICY …` or `expect no alert POLICY`";
        };
        if (declared_.cases.empty()) report(declared_.title.span, "the test expects nothing");
        for (const TestCase& one : declared_.cases)
            if (one.expectations.empty()) report(one.values_span, "the case expects nothing");
    }

private:
    /// A constant for a field or an attribute.
    void check_data(ExprId value, Type target, std::string_view what) {
        Scope scope;
        scope.tree = at_.tree;
        scope.place = "in a test";
        scope.parameters = &columns_;
        ExpressionChecker checker(checking_, scope);
        if (target.kind == Kind::error) {
            checker.check(value);
            return;
        }
        if (!checker.check_value(value, target, what)) return;
        if (checking_.info(at_.tree, value).ref.kind == RefKind::parameter) return; // a column of the cases
        if (constant_value(checking_.model, at_.tree, value)) return;
        Diagnostic& diagnostic = checking_.diagnostics.add(Code::not_constant, checking_.expr(at_.tree, value).span,
                                                           "the values of a test are constant");
        if (!columns_.empty()) diagnostic.help = "a name of the cases stands alone: put the whole value into the case";
    }

    // --- cases: their names stand for values of the type of the field that is given one ---

    bool is_column(ExprId value, const std::string& name) const {
        const auto* path = std::get_if<Path>(&checking_.expr(at_.tree, value).node);
        return path != nullptr && path->parts.size() == 1 && path->parts[0].text == name;
    }

    std::optional<Type> type_of_use(const std::string& column) const {
        const auto type_in = [&](const std::vector<Assignment>& given,
                                 const std::vector<runtime::Field>& fields) -> std::optional<Type> {
            for (const Assignment& one : given)
                if (is_column(one.value, column))
                    for (const runtime::Field& field : fields)
                        if (field.name == one.name.text) return field.type;
            return std::nullopt;
        };
        for (const auto& item : declared_.items) {
            std::optional<Type> type;
            if (const auto* event = std::get_if<EventItem>(&item)) {
                const auto found = checking_.event_of.find(event->event.text());
                if (found != checking_.event_of.end())
                    type = type_in(event->fields, checking_.model.events[found->second].fields);
            } else if (const auto* employee = std::get_if<EmployeeItem>(&item)) {
                type = type_in(employee->attributes, checking_.model.employee.attributes);
            }
            if (type) return type;
        }
        return std::nullopt;
    }

    void find_columns() {
        if (declared_.cases.empty()) return;
        std::vector<NamedType> found;
        for (const Assignment& value : declared_.cases.front().values) {
            std::optional<Type> type = type_of_use(value.name.text);
            if (!type) {
                Scope scope;
                scope.tree = at_.tree;
                type = ExpressionChecker(checking_, scope).check(value.value);
            }
            found.push_back({value.name.text, *type});
            info_.columns.push_back({});
            info_.columns.back().name = value.name.text;
            info_.columns.back().type = *type;
        }
        columns_ = std::move(found);
    }

    void check_case(const TestCase& one) {
        std::set<std::string> given;
        std::vector<NamedType> columns;
        columns.swap(columns_); // the values of a case do not name columns
        for (const Assignment& value : one.values) {
            report_second(given, value);
            const auto column = std::find_if(columns.begin(), columns.end(),
                                             [&](const NamedType& known) { return known.name == value.name.text; });
            if (column == columns.end())
                report_unknown(Code::unknown_field, value.name,
                               fmt::format("the first case gives no {}", quoted(value.name.text)), info_.columns);
            check_data(value.value, column == columns.end() ? error_type : column->type, quoted(value.name.text));
        }
        for (const NamedType& column : columns)
            if (!given.contains(column.name))
                checking_.diagnostics
                    .add(Code::missing_field, one.values_span,
                         fmt::format("the case stands without {}", quoted(column.name)))
                    .label = "each case gives what the first gives";
        columns_.swap(columns);
        for (const Expectation& expectation : one.expectations) check_item(expectation);
    }

    void check_codes() {
        for (const Name& code : declared_.refusal->codes) {
            const auto known =
                std::find_if(codes().begin(), codes().end(), [&](const CodeRow& one) { return one.code == code.text; });
            if (known != codes().end() && known->severity == Severity::error) continue;
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::never_expected, code.span,
                known == codes().end() ? fmt::format("there is no diagnostic {}", quoted(code.text))
                                       : fmt::format("{} is a warning, which refuses nothing", code.text));
            if (known == codes().end())
                diagnostic.help = "`watchword doc diagnostics` lists them; `check` prints the code of each error";
        }
    }

    void report_unknown(Code code, const Name& name, std::string message, const std::vector<runtime::Field>& fields) {
        Diagnostic& diagnostic = checking_.diagnostics.add(code, name.span, std::move(message));
        diagnostic.label = code == Code::unknown_field ? "no such field" : "no such attribute";
        std::vector<std::string_view> names;
        for (const runtime::Field& field : fields) names.push_back(field.name);
        suggest(diagnostic, name, names);
    }

    void report_second(std::set<std::string>& given, const Assignment& field) {
        if (!given.insert(field.name.text).second)
            checking_.diagnostics.add(Code::declared_twice, field.name.span,
                                      fmt::format("{} is given twice", quoted(field.name.text)));
    }

    void check_item(const EmployeeItem& employee) {
        const std::vector<runtime::Field>& attributes = checking_.model.employee.attributes;
        std::set<std::string> given;
        for (const Assignment& field : employee.attributes) {
            report_second(given, field);
            if (field.name.text == "accounts") {
                check_data(field.value, list_of(Kind::text), "the accounts");
                continue;
            }
            const auto found = std::find_if(attributes.begin(), attributes.end(),
                                            [&](const runtime::Field& one) { return one.name == field.name.text; });
            if (found == attributes.end())
                report_unknown(Code::unknown_attribute, field.name,
                               fmt::format("unknown attribute {} of `employee`", quoted(field.name.text)), attributes);
            check_data(field.value, found == attributes.end() ? error_type : found->type,
                       fmt::format("the attribute {}", quoted(field.name.text)));
        }
    }

    void check_item(const EventItem& item) {
        const std::optional<std::uint32_t> event = find_event(checking_, at_.tree, item.event);
        if (!event) {
            for (const Assignment& field : item.fields) check_data(field.value, error_type, "");
            return;
        }
        const runtime::EventSchema& schema = checking_.model.events[*event];
        std::set<std::string> given;
        for (const Assignment& field : item.fields) {
            report_second(given, field);
            if (field.name.text == "id") {
                check_data(field.value, type_of(Kind::text), "the id");
                continue;
            }
            const runtime::Field* found = schema.find(field.name.text);
            if (found == nullptr && field.name.text == "time")
                checking_.diagnostics.add(Code::built_in_name, field.name.span,
                                          "the time of the event stands after `at`");
            else if (found == nullptr)
                report_unknown(
                    Code::unknown_field, field.name,
                    fmt::format("unknown field {} on event {}", quoted(field.name.text), quoted(schema.name)),
                    schema.fields);
            check_data(field.value, found == nullptr ? error_type : found->type,
                       fmt::format("the field {}", quoted(field.name.text)));
        }
        for (const runtime::Field& field : schema.fields) {
            if (field.type.optional || field.fallback || field.type.kind == Kind::error || given.contains(field.name))
                continue;
            Diagnostic& diagnostic = checking_.diagnostics.add(
                Code::missing_field, item.event.span,
                fmt::format("the event {} stands without its field {}", quoted(schema.name), quoted(field.name)));
            diagnostic.label = fmt::format("{} is required", quoted(field.name));
        }
        if (item.times.value > 1 && item.every.value < 0)
            checking_.diagnostics.add(Code::out_of_range, item.every.span, "an event is repeated forwards in time");
    }

    void check_item(const Expectation& expectation) {
        const PolicyInfo* policy = nullptr;
        if (expectation.policy && expectation.policy->text != "risk") {
            const Symbol* symbol = find_symbol(checking_, at_.tree, *expectation.policy, Sort::policy);
            if (symbol == nullptr) return;
            policy = &checking_.model.policies[symbol->index];
        }
        if (expectation.level && policy != nullptr) check_level(expectation, *policy);
        for (const Name& name : expectation.because) {
            const Symbol* symbol = find_symbol(checking_, at_.tree, name, Sort::signal);
            if (symbol == nullptr || policy == nullptr) continue;
            const auto uses = [&](const std::vector<SignalUse>& all) {
                return std::any_of(all.begin(), all.end(),
                                   [&](const SignalUse& use) { return use.signal == symbol->index; });
            };
            if (!uses(policy->terms) && !uses(policy->alert_signals))
                checking_.diagnostics.add(
                    Code::never_expected, name.span,
                    fmt::format("the policy {} does not use the signal {}", quoted(policy->name), quoted(name.text)));
        }
        const bool needs_person =
            expectation.kind == Expectation::Kind::score || expectation.kind == Expectation::Kind::risk;
        if (expectation.person_name) check_name(*expectation.person_name, {Kind::person, Kind::text}, "a person");
        if (is_of_case(expectation.number)) {
            const Expr& name = checking_.expr(at_.tree, expectation.number.constant);
            check_name(std::get<Path>(name.node).parts[0], {Kind::integer, Kind::real}, "a number");
        }
        if (needs_person && !expectation.person && !expectation.person_name)
            checking_.diagnostics.add(Code::expectation_without_person, expectation.span, "whose score is meant?")
                .help = "add `for \"u1\"`";
    }

    bool is_of_case(const NumberClause& number) const {
        return number.constant != no_expr &&
               checking_.model.info(at_.tree, number.constant).ref.kind == RefKind::parameter;
    }

    /// A name of the cases that stands for what an expectation needs.
    void check_name(const Name& name, std::initializer_list<Kind> kinds, std::string_view what) {
        const auto column = std::find_if(columns_.begin(), columns_.end(),
                                         [&](const NamedType& known) { return known.name == name.text; });
        if (column == columns_.end()) {
            Diagnostic& diagnostic = checking_.diagnostics.add(Code::unknown_name, name.span,
                                                               fmt::format("unknown name {}", quoted(name.text)));
            diagnostic.label = "no case gives it";
            diagnostic.help = fmt::format("write {} itself, or give it in each `case {{ {}: … }}`", what, name.text);
        } else if (column->type.kind != Kind::error &&
                   std::find(kinds.begin(), kinds.end(), column->type.kind) == kinds.end()) {
            checking_.diagnostics.add(
                Code::type_mismatch, name.span,
                fmt::format("{} is {}, not {}", quoted(name.text), show_type(checking_.model, column->type), what));
        }
    }

    /// A positive expectation of a level that the policy does not have can never be met.
    void check_level(const Expectation& expectation, const PolicyInfo& policy) {
        if (expectation.kind != Expectation::Kind::alert) return;
        const auto& declared = checking_.model.decl<PolicyDecl>(policy.at);
        const auto rank = [](const std::string& name) {
            return std::find(runtime::level_names.begin(), runtime::level_names.end(), name) -
                   runtime::level_names.begin();
        };
        for (const AlertClause& alert : declared.alerts) {
            if (alert.level.text == expectation.level->text) return;
            if (expectation.or_above && rank(alert.level.text) > rank(expectation.level->text)) return;
            if (alert.level.text.empty()) return; // the policy's severity
        }
        checking_.diagnostics.add(Code::never_expected, expectation.level->span,
                                  fmt::format("the policy {} has no alert of level {}", quoted(policy.name),
                                              quoted(expectation.level->text)));
    }

    void check_item(const TestOption& option) {
        if (option.duration && option.duration->value < 0)
            checking_.diagnostics.add(Code::out_of_range, option.span, "time moves forwards");
    }

    Checking& checking_;
    DeclRef at_;
    const TestDecl& declared_;
    TestInfo& info_;
    std::vector<NamedType> columns_; ///< of the cases
};

} // namespace

void check_tests(Checking& checking) {
    Model& model = checking.model;
    for (std::uint32_t tree = 0; tree < model.trees.size(); ++tree) {
        if (!checking.options.tests || !checking.scopes[tree].is_root) continue; // used modules have their own runs
        for (std::uint32_t index = 0; index < model.trees[tree].declarations.size(); ++index) {
            const auto* test = std::get_if<TestDecl>(&model.trees[tree].declarations[index].node);
            if (test == nullptr) continue;
            TestInfo info{{tree, index}, test->title.text, {}, {}};
            TestChecker(checking, {tree, index}, info).check();
            if (test->refusal) info.refusal = try_refusal(checking, {tree, index});
            model.tests.push_back(std::move(info));
        }
    }
}

} // namespace watchword::dsl

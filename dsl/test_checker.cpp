// Test blocks: employees and events as data, and the names in expectations.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

class TestChecker {
public:
    TestChecker(Checking& checking, DeclRef at)
        : checking_(checking), at_(at), declared_(checking.model.decl<TestDecl>(at)) {}

    void check() {
        for (const auto& item : declared_.items) std::visit([&](const auto& one) { check_item(one); }, item);
        const bool expects = std::any_of(declared_.items.begin(), declared_.items.end(),
                                         [](const auto& item) { return std::holds_alternative<Expectation>(item); });
        if (!expects)
            checking_.diagnostics.add(Code::test_without_expectation, declared_.title.span, "the test expects nothing")
                .help = "add `expect alert POLICY …` or `expect no alert POLICY`";
    }

private:
    /// A constant for a field or an attribute.
    void check_data(ExprId value, Type target, std::string_view what) {
        Scope scope;
        scope.tree = at_.tree;
        scope.place = "in a test";
        ExpressionChecker checker(checking_, scope);
        if (target.kind == Kind::error) {
            checker.check(value);
            return;
        }
        if (!checker.check_value(value, target, what)) return;
        if (!constant_value(checking_.model, at_.tree, value))
            checking_.diagnostics.add(Code::not_constant, checking_.expr(at_.tree, value).span,
                                      "the values of a test are constant");
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
        if (item.times < 1 || (item.times > 1 && item.every < 0))
            checking_.diagnostics.add(Code::out_of_range, item.span,
                                      "an event is repeated once or more, and forwards in time");
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
        if (needs_person && !expectation.person)
            checking_.diagnostics.add(Code::expectation_without_person, expectation.span, "whose score is meant?")
                .help = "add `for \"u1\"`";
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

    void check_item(const TestOption&) {}

    Checking& checking_;
    DeclRef at_;
    const TestDecl& declared_;
};

} // namespace

void check_tests(Checking& checking) {
    Model& model = checking.model;
    for (std::uint32_t tree = 0; tree < model.trees.size(); ++tree) {
        if (!checking.options.tests || !checking.scopes[tree].is_root) continue; // used modules have their own runs
        for (std::uint32_t index = 0; index < model.trees[tree].declarations.size(); ++index) {
            const auto* test = std::get_if<TestDecl>(&model.trees[tree].declarations[index].node);
            if (test == nullptr) continue;
            model.tests.push_back({{tree, index}, test->title.text});
            TestChecker(checking, {tree, index}).check();
        }
    }
}

} // namespace watchword::dsl

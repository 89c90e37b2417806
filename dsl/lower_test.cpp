// Tests in the language as data: repeated events written out, values in the order of the schema.
#include "dsl/lower.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

using runtime::Expect;

namespace {

class TestLowering {
public:
    /// `row`: the case, or nullptr.
    TestLowering(Lowering& lowering, const TestInfo& info, const TestCase* row)
        : lowering_(lowering), info_(info), tree_(info.at.tree), declared_(lowering.model.decl<TestDecl>(info.at)),
          row_(row) {
        plan_.name = info.name;
        plan_.span = where(lowering.span(info.at));
        if (info.refusal) plan_.refusal = runtime::TestRefusal{info.refusal->expected, info.refusal->actual};
        if (row == nullptr) return;
        plan_.name += ": " + name_of(*row);
        plan_.span = where(row->span);
        bind(*row);
    }

    runtime::TestPlan lower() {
        for (const auto& item : declared_.items) std::visit([&](const auto& one) { add(one); }, item);
        if (row_ != nullptr)
            for (const Expectation& expectation : row_->expectations) add(expectation);
        return std::move(plan_);
    }

private:
    runtime::Time instant(const InstantClause& clause) {
        const runtime::Time time = lowering_.instant(tree_, clause);
        plan_.until = std::max(plan_.until, time);
        return time;
    }

    std::string name_of(const TestCase& row) const {
        if (!row.title.text.empty()) return row.title.text;
        std::string text;
        for (const Assignment& value : row.values)
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", value.name.text,
                                lowering_.written(lowering_.model.expr(tree_, value.value).span));
        return text;
    }

    void bind(const TestCase& row) {
        bound_.resize(info_.columns.size());
        for (std::size_t i = 0; i < bound_.size(); ++i)
            for (const Assignment& value : row.values)
                if (value.name.text == info_.columns[i].name)
                    bound_[i] = used_constant(lowering_.model, tree_, value.value, nullptr);
    }

    /// What the case gives for a name; nullptr: nothing, or there is no name.
    const Constant* bound(const std::optional<Name>& name) const {
        for (std::size_t i = 0; name && i < bound_.size(); ++i)
            if (info_.columns[i].name == name->text && bound_[i]) return &*bound_[i];
        return nullptr;
    }
    const Constant* bound(const NumberClause& number) const {
        if (number.constant == no_expr) return nullptr;
        const Ref& ref = lowering_.model.info(tree_, number.constant).ref;
        return ref.kind == RefKind::parameter && ref.index < bound_.size() && bound_[ref.index] ? &*bound_[ref.index]
                                                                                                : nullptr;
    }
    std::optional<Constant> constant(ExprId expr) const { return used_constant(lowering_.model, tree_, expr, &bound_); }
    runtime::Value value(ExprId expr) {
        const auto known = constant(expr);
        return known ? to_value(*known, lowering_.program.arena) : runtime::Value::absent();
    }

    void add(const EmployeeItem& item) {
        runtime::TestEmployee employee;
        if (item.at) {
            employee.at = instant(*item.at);
            newest_ = std::max(newest_, employee.at);
        }
        employee.id = item.id.text;
        employee.span = where(item.span);
        const auto& attributes = lowering_.program.employee.attributes;
        for (const Assignment& assignment : item.attributes) {
            if (assignment.name.text == "accounts") {
                if (const auto accounts = constant(assignment.value))
                    for (const Constant& account : accounts->items) employee.aliases.push_back(account.text);
                continue;
            }
            for (std::uint32_t i = 0; i < attributes.size(); ++i)
                if (attributes[i].name == assignment.name.text)
                    employee.attributes.emplace_back(i, value(assignment.value));
        }
        plan_.has_roster = true;
        plan_.employees.push_back(std::move(employee));
    }

    void add(const EventItem& item) {
        const std::uint32_t index = lowering_.event_named(item.event);
        if (index == none) return;
        runtime::EventSchema& schema = lowering_.program.events[index];
        schema.used = true;
        runtime::TestEvent event;
        event.event = index;
        event.span = where(item.span);
        event.fields.resize(schema.fields.size());
        for (const Assignment& assignment : item.fields) {
            if (assignment.name.text == "id" && schema.find("id") == nullptr) {
                if (const auto id = constant(assignment.value)) event.id = id->text;
                continue;
            }
            for (std::size_t i = 0; i < schema.fields.size(); ++i)
                if (schema.fields[i].name == assignment.name.text) event.fields[i] = value(assignment.value);
        }
        event.at = instant(item.at);
        lowering_.test_items += static_cast<std::size_t>(item.times.value);
        if (lowering_.test_items > max_test_items) return lowering_.code.give_up(item.span);
        for (std::int64_t i = 0; i < item.times.value; ++i) {
            newest_ = std::max(newest_, event.at);
            plan_.until = std::max(plan_.until, event.at);
            plan_.events.push_back(event);
            if (__builtin_add_overflow(event.at, item.every.value, &event.at)) return lowering_.code.give_up(item.span);
        }
    }

    void add(const Expectation& item) {
        runtime::TestExpectation expectation;
        expectation.what = what(item.kind);
        if (item.policy && item.policy->text == "risk") {
            expectation.policy = runtime::risk_policy;
        } else if (item.policy) {
            const std::uint32_t policy = lowering_.named(lowering_.model.policies, item.policy->text, tree_);
            if (policy != none) expectation.policy = lowering_.policy_index[policy];
        }
        if (item.level) expectation.level = level_of(item.level->text, runtime::Level::medium);
        expectation.or_above = item.or_above;
        if (item.person) expectation.person = item.person->text;
        if (const Constant* const person = bound(item.person_name)) expectation.person = person->text;
        if (item.at) expectation.at = instant(*item.at);
        expectation.times = item.times;
        for (const Name& name : item.because) {
            const std::size_t dot = name.text.rfind('.');
            expectation.because.push_back(dot == std::string::npos ? name.text : name.text.substr(dot + 1));
        }
        expectation.comparison = comparison(item.comparison);
        expectation.number = item.number.value;
        if (const Constant* const number = bound(item.number))
            expectation.number = number->type.kind == Kind::real ? number->real : static_cast<double>(number->integer);
        if (item.file) expectation.file = item.file->text;
        expectation.span = where(item.span);
        expectation.text = lowering_.written(item.span);
        plan_.expectations.push_back(std::move(expectation));
    }

    void add(const TestOption& option) {
        if (option.name.text == "lateness" && option.duration) plan_.lateness = option.duration->value;
        if (option.name.text == "until" && option.instant) instant(*option.instant);
        if (option.name.text == "roster") plan_.has_roster = true;
        if (option.name.text == "advance") advance(option);
    }

    /// From the newest instant so far.
    void advance(const TestOption& option) {
        if (option.instant) newest_ = std::max(newest_, instant(*option.instant));
        if (option.duration && newest_ != runtime::beginning &&
            __builtin_add_overflow(newest_, option.duration->value, &newest_))
            return lowering_.code.give_up(option.span);
        if (newest_ == runtime::beginning) return;
        plan_.until = std::max(plan_.until, newest_);
        plan_.clock.push_back({newest_, where(option.span)});
    }

    static Expect what(Expectation::Kind kind) {
        switch (kind) {
        case Expectation::Kind::alert:
            return Expect::alert;
        case Expectation::Kind::no_alert:
            return Expect::no_alert;
        case Expectation::Kind::score:
            return Expect::score;
        case Expectation::Kind::watch:
            return Expect::watch;
        case Expectation::Kind::no_watch:
            return Expect::no_watch;
        case Expectation::Kind::risk:
            return Expect::risk;
        case Expectation::Kind::nothing_else:
            return Expect::nothing_else;
        case Expectation::Kind::snapshot:
            return Expect::snapshot;
        }
        return Expect::alert;
    }

    static runtime::Comparison comparison(BinaryOp op) {
        switch (op) {
        case BinaryOp::unequal:
            return runtime::Comparison::unequal;
        case BinaryOp::less:
            return runtime::Comparison::less;
        case BinaryOp::at_most:
            return runtime::Comparison::at_most;
        case BinaryOp::more:
            return runtime::Comparison::more;
        case BinaryOp::at_least:
            return runtime::Comparison::at_least;
        default:
            return runtime::Comparison::equal;
        }
    }

    Lowering& lowering_;
    const TestInfo& info_;
    std::uint32_t tree_;
    const TestDecl& declared_;
    const TestCase* row_;
    BoundParameters bound_;
    runtime::Time newest_ = runtime::beginning; ///< of what is written so far
    runtime::TestPlan plan_;
};

} // namespace

void lower_tests(Lowering& lowering) {
    for (const TestInfo& info : lowering.model.tests) {
        if (lowering.stopped()) return;
        const auto& cases = lowering.model.decl<TestDecl>(info.at).cases;
        if (cases.empty()) lowering.program.tests.push_back(TestLowering{lowering, info, nullptr}.lower());
        for (const TestCase& row : cases) lowering.program.tests.push_back(TestLowering{lowering, info, &row}.lower());
    }
}

} // namespace watchword::dsl

// The names of declarations and clauses; those in expressions have a file of their own.
#include "desk/editor/place_collector.hpp"

#include <algorithm>
#include <set>

namespace watchword::desk {

namespace {

struct NameOf {
    dsl::Span operator()(const dsl::ModuleDecl& of) const { return of.name.span; }
    dsl::Span operator()(const dsl::UseDecl&) const { return {}; }
    dsl::Span operator()(const dsl::RiskDecl&) const { return {}; }
    dsl::Span operator()(const dsl::TestDecl& of) const { return of.title.span; }
    template <class Declaration>
    dsl::Span operator()(const Declaration& of) const {
        return of.name.span;
    }
};

void add_types(const dsl::Declaration& declaration, std::vector<const dsl::TypeExpr*>& types) {
    const auto of_fields = [&](const std::vector<dsl::FieldDecl>& fields) {
        for (const dsl::FieldDecl& field : fields) types.push_back(&field.type);
    };
    const auto of_parameters = [&](const std::vector<dsl::Parameter>& parameters) {
        for (const dsl::Parameter& parameter : parameters) types.push_back(&parameter.type);
    };
    if (const auto* event = std::get_if<dsl::EventDecl>(&declaration.node)) of_fields(event->fields);
    if (const auto* subject = std::get_if<dsl::SubjectDecl>(&declaration.node)) of_fields(subject->fields);
    if (const auto* table = std::get_if<dsl::TableDecl>(&declaration.node)) of_fields(table->columns);
    if (const auto* define = std::get_if<dsl::DefineDecl>(&declaration.node)) of_parameters(define->parameters);
    if (const auto* action = std::get_if<dsl::ActionDecl>(&declaration.node)) of_parameters(action->parameters);
    if (const auto* signal = std::get_if<dsl::SignalDecl>(&declaration.node)) of_parameters(signal->parameters);
    if (const auto* source = std::get_if<dsl::SourceDecl>(&declaration.node))
        for (const dsl::Column& column : source->columns) types.push_back(&column.type);
}

std::vector<std::string> words_of(const dsl::TypeExpr& type) {
    std::vector<std::string> words;
    for (const dsl::Name& word : type.words) words.push_back(word.text);
    return words;
}

const std::vector<dsl::Heard>* heard_in(const std::vector<dsl::StepInfo>& infos, std::size_t index) {
    return index < infos.size() ? &infos[index].heard : nullptr;
}

void add_fields(const dsl::Model& model, dsl::Heard heard, std::string_view name, std::set<std::uint32_t>& signals,
                std::vector<dsl::Span>& found) {
    if (heard.is_signal) {
        if (!signals.insert(heard.index).second) return; // one that hears itself is an error, and may stand here
        for (const dsl::Heard inner : heard_of_hits(model, heard.index)) add_fields(model, inner, name, signals, found);
        return;
    }
    constexpr std::size_t most_found = 256; // nobody reads on
    if (heard.index >= model.event_at.size() || found.size() >= most_found) return;
    for (const dsl::FieldDecl& field : model.decl<dsl::EventDecl>(model.event_at[heard.index]).fields)
        if (field.name.text == name && std::find(found.begin(), found.end(), field.name.span) == found.end())
            found.push_back(field.name.span);
}

} // namespace

dsl::Span declared_name(const dsl::Declaration& declaration) { return std::visit(NameOf{}, declaration.node); }

dsl::Span declared_module(const dsl::Tree& tree) {
    for (const dsl::Declaration& declaration : tree.declarations)
        if (const auto* module = std::get_if<dsl::ModuleDecl>(&declaration.node)) return module->name.span;
    return {tree.file, 0, 0};
}

std::vector<dsl::Heard> heard_of_hits(const dsl::Model& model, std::uint32_t signal) {
    if (signal >= model.signals.size()) return {};
    const dsl::SignalInfo& info = model.signals[signal];
    const auto& declared = model.decl<dsl::SignalDecl>(info.at);
    if (!declared.sequence) return info.heard;
    for (std::size_t step = declared.sequence->steps.size(); step-- > 0;)
        if (!declared.sequence->steps[step].forbidden && step < info.steps.size()) return info.steps[step].heard;
    return {};
}

std::vector<dsl::Span> declared_fields(const dsl::Model& model, const std::vector<dsl::Heard>& heard,
                                       std::string_view name) {
    std::vector<dsl::Span> found;
    std::set<std::uint32_t> signals;
    for (const dsl::Heard one : heard) add_fields(model, one, name, signals, found);
    return found;
}

std::vector<NamePlace> name_places(const dsl::Model& model, std::uint32_t tree) {
    return PlaceCollector{model, tree}.run();
}

const NamePlace* place_at(const std::vector<NamePlace>& places, std::uint32_t offset) {
    const NamePlace* found = nullptr;
    for (const NamePlace& place : places)
        if (place.span.begin <= offset && offset <= place.span.end)
            if (found == nullptr || place.span.begin > found->span.begin) found = &place;
    return found;
}

PlaceCollector::PlaceCollector(const dsl::Model& model, std::uint32_t tree)
    : model_(model), tree_(tree), scope_(model, tree) {
    std::vector<const dsl::TypeExpr*> types;
    for (const dsl::Tree& one : model.trees)
        for (const dsl::Declaration& declaration : one.declarations) add_types(declaration, types);
    for (const dsl::TypeExpr* type : types)
        if (!type->words.empty()) enumerations_.emplace(words_of(*type), type);
}

std::vector<NamePlace> PlaceCollector::run() {
    if (tree_ >= model_.trees.size()) return {};
    const std::vector<dsl::Declaration>& declarations = model_.trees[tree_].declarations;
    for (declaration_ = 0; declaration_ < declarations.size(); ++declaration_)
        std::visit([this](const auto& one) { declaration(one); }, declarations[declaration_].node);
    expressions();
    std::stable_sort(places_.begin(), places_.end(),
                     [](const NamePlace& left, const NamePlace& right) { return left.span.begin < right.span.begin; });
    return std::move(places_);
}

void PlaceCollector::add(dsl::Span span, NameKind kind, std::string name, std::vector<dsl::Span> declared,
                         bool declares) {
    if (span.begin < span.end) places_.push_back({span, kind, std::move(name), std::move(declared), declares});
}

dsl::Name PlaceCollector::last_part(const dsl::Name& name) const {
    const std::string_view written = model_.sources->text(name.span);
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] == '`') quoted = !quoted;
        if (written[at] == '.' && !quoted) begin = at + 1;
    }
    if (begin == 0) return name;
    std::string own{written.substr(begin)};
    std::erase(own, '`');
    return {own, {name.span.file, name.span.begin + static_cast<std::uint32_t>(begin), name.span.end}};
}

void PlaceCollector::qualifier(const dsl::Name& name) {
    for (const dsl::Declaration& declaration : model_.trees[tree_].declarations) {
        const auto* use = std::get_if<dsl::UseDecl>(&declaration.node);
        if (use == nullptr) continue;
        for (const dsl::UseDecl::Item& item : use->items)
            if (item.alias && item.alias->text == name.text)
                return add(name.span, NameKind::alias, name.text, {item.alias->span});
    }
}

// --- declarations ----------------------------------------------------------------------------------------------------

void PlaceCollector::declaration(const dsl::ModuleDecl& module) { declare(module.name, NameKind::module); }

void PlaceCollector::declaration(const dsl::UseDecl& use) {
    for (const dsl::UseDecl::Item& item : use.items) {
        const std::optional<std::uint32_t> used = scope_.module(item.module.text);
        if (used) add(item.module.span, NameKind::module, item.module.text, {declared_module(model_.trees[*used])});
        if (item.alias) declare(*item.alias, NameKind::alias);
    }
}

void PlaceCollector::declaration(const dsl::EventDecl& event) {
    declare({event.name.text(), event.name.span}, NameKind::event);
    fields(event.fields, NameKind::field);
    Here here;
    for (std::uint32_t index = 0; index < model_.event_at.size(); ++index)
        if (model_.event_at[index].tree == tree_ && model_.event_at[index].declaration == declaration_)
            here.heard = &events_.emplace_back(std::vector{dsl::Heard{false, index}});
    roster_record(event.updates, here);
}

void PlaceCollector::declaration(const dsl::SubjectDecl& subject) { fields(subject.fields, NameKind::attribute); }

void PlaceCollector::declaration(const dsl::ListDecl& list) {
    declare(list.name, NameKind::list);
    for (const dsl::ExprId item : list.items) expression(item, {});
}

void PlaceCollector::declaration(const dsl::TableDecl& table) {
    declare(table.name, NameKind::table);
    fields(table.columns, NameKind::column);
}

void PlaceCollector::declaration(const dsl::LetDecl& let) {
    declare(let.name, NameKind::constant);
    expression(let.value, {});
}

void PlaceCollector::declaration(const dsl::DefineDecl& define) {
    declare(define.name, NameKind::definition);
    parameters(define.parameters);
    Here here;
    here.parameters = &define.parameters;
    expression(define.body, here);
}

void PlaceCollector::declaration(const dsl::CalendarDecl& calendar) {
    declare(calendar.name, NameKind::calendar);
    for (const auto& [from, to] : calendar.hours) {
        expression(from, {});
        expression(to, {});
    }
    expression(calendar.zone, {});
    expression(calendar.except, {});
}

void PlaceCollector::declaration(const dsl::BaselineDecl& baseline) { declare(baseline.name, NameKind::baseline); }

void PlaceCollector::declaration(const dsl::ActionDecl& action) {
    declare(action.name, NameKind::action);
    parameters(action.parameters);
}

void PlaceCollector::declaration(const dsl::SignalDecl& signal) {
    declare(signal.name, NameKind::signal);
    parameters(signal.parameters);
    Here here;
    here.signal = &signal;
    here.signal_info = info_of(model_.signals);
    here.parameters = &signal.parameters;
    static const std::vector<dsl::StepInfo> nothing;
    exceptions(signal.exceptions, here.signal_info != nullptr ? here.signal_info->excepts : nothing, here);
    if (signal.sequence) sequence(signal, here);
    here.heard = here.signal_info != nullptr ? &here.signal_info->heard : nullptr;
    here.alias = signal.alias;
    patterns(signal.on);
    if (signal.alias) declare(*signal.alias, NameKind::alias);
    if (signal.across) expression(signal.across->key, here);
    expression(signal.where, here);
    for (const dsl::ExprId key : signal.by) expression(key, here);
    expression(signal.when, here);
}

void PlaceCollector::declaration(const dsl::PolicyDecl& policy) {
    declare(policy.name, NameKind::policy);
    Here here;
    here.policy = &policy;
    here.policy_info = info_of(model_.policies);
    expression(policy.covers, here);
    triggers(policy, here);
    if (policy.looks_back) expression(policy.looks_back->constant, here);
    if (policy.retrigger && policy.retrigger->at_most) expression(policy.retrigger->at_most->constant, here);
    static const std::vector<dsl::StepInfo> nothing;
    exceptions(policy.exceptions, here.policy_info != nullptr ? here.policy_info->excepts : nothing, here);
    score(policy, here);
}

void PlaceCollector::declaration(const dsl::RiskDecl& risk) {
    for (const auto& [level, threshold] : risk.levels) expression(threshold.constant, {});
}

void PlaceCollector::declaration(const dsl::SourceDecl& source) {
    declare(source.name, NameKind::source);
    if (source.format.text == "csv" || source.format.text == "json")
        add(source.format.span, NameKind::type, source.format.text);
    reference(source.format, NameKind::source, model_.source_mappings,
              scope_.find(model_.source_mappings, source.format.text));
    Here here;
    here.source = &source;
    for (const dsl::Column& one : source.columns) {
        declare(one.name, NameKind::column);
        type(one.type);
    }
    for (const dsl::Emit& emit : source.emits) {
        expression(emit.when, here);
        if (emit.employee)
            roster_record(emit.fields, here);
        else
            record(emit.fields, event(emit.event), here);
    }
}

void PlaceCollector::declaration(const dsl::TestDecl& test) {
    Here here;
    here.test = &test;
    for (const auto& one : test.items) std::visit([&](const auto& of) { item(of, here); }, one);
    for (const dsl::TestCase& one : test.cases) {
        for (const dsl::Assignment& value : one.values) {
            const bool first = &one == &test.cases.front();
            dsl::Span declared = value.name.span;
            for (const dsl::Assignment& known : test.cases.front().values)
                if (known.name.text == value.name.text) declared = known.name.span;
            add(value.name.span, NameKind::parameter, value.name.text, {declared}, first);
            expression(value.value, here);
        }
        for (const dsl::Expectation& expectation : one.expectations) item(expectation, here);
    }
}

// --- their parts -----------------------------------------------------------------------------------------------------

void PlaceCollector::fields(const std::vector<dsl::FieldDecl>& fields, NameKind kind) {
    for (const dsl::FieldDecl& field : fields) {
        declare(field.name, kind);
        type(field.type);
        expression(field.fallback, {});
    }
}

void PlaceCollector::type(const dsl::TypeExpr& type) {
    add(type.name.span, NameKind::type, type.name.text);
    if (type.element) add(type.element->span, NameKind::type, type.element->text);
    if (type.words.empty()) return;
    const auto known = enumerations_.find(words_of(type));
    const dsl::TypeExpr& first = known == enumerations_.end() ? type : *known->second;
    for (std::size_t ordinal = 0; ordinal < type.words.size(); ++ordinal)
        add(type.words[ordinal].span, NameKind::word, type.words[ordinal].text, {first.words[ordinal].span}, true);
}

void PlaceCollector::parameters(const std::vector<dsl::Parameter>& parameters) {
    for (const dsl::Parameter& parameter : parameters) {
        declare(parameter.name, NameKind::parameter);
        type(parameter.type);
        expression(parameter.fallback, {});
    }
}

void PlaceCollector::sequence(const dsl::SignalDecl& signal, Here here) {
    static const dsl::SignalInfo unknown;
    const dsl::SignalInfo& info = here.signal_info != nullptr ? *here.signal_info : unknown;
    const dsl::Sequence& sequence = *signal.sequence;
    for (std::size_t index = 0; index < sequence.steps.size(); ++index)
        step(sequence.steps[index], heard_in(info.steps, index), here);
    for (std::size_t index = 0; index < sequence.until.size(); ++index)
        step(sequence.until[index], heard_in(info.until, index), here);
    // the keys of all steps are read of each; the first stands for them
    here.heard = heard_in(info.steps, 0);
    for (const dsl::ExprId key : sequence.by) expression(key, here);
    expression(sequence.within.constant, here);
}

void PlaceCollector::step(const dsl::Step& step, const std::vector<dsl::Heard>* heard, Here here) {
    patterns(step.patterns);
    if (step.alias) declare(*step.alias, NameKind::alias);
    here.heard = heard;
    here.alias = step.alias;
    expression(step.where, here);
    for (const dsl::ExprId key : step.by) expression(key, here);
    expression(step.times.constant, here);
}

void PlaceCollector::exceptions(const std::vector<dsl::ExceptClause>& clauses, const std::vector<dsl::StepInfo>& infos,
                                Here here) {
    for (std::size_t index = 0; index < clauses.size(); ++index) {
        patterns(clauses[index].patterns);
        here.heard = heard_in(infos, index);
        expression(clauses[index].condition, here);
    }
}

void PlaceCollector::triggers(const dsl::PolicyDecl& policy, const Here& here) {
    static const dsl::PolicyInfo unknown;
    const dsl::PolicyInfo& info = here.policy_info != nullptr ? *here.policy_info : unknown;
    for (std::size_t index = 0; index < policy.opens.size(); ++index) {
        const dsl::Opens& opens = policy.opens[index];
        if (opens.kind == dsl::Opens::Kind::alert) policy_name(opens.target);
        if (opens.kind == dsl::Opens::Kind::signal) signal_name(opens.target);
        patterns(opens.patterns);
        if (opens.alias) declare(*opens.alias, NameKind::alias);
        Here inside = here;
        inside.heard = heard_in(info.opens, index);
        inside.alias = opens.alias;
        for (const dsl::ExprId part : {opens.group, opens.at, opens.where}) expression(part, inside);
    }
    for (std::size_t index = 0; index < policy.closes.size(); ++index) {
        const dsl::Close& close = policy.closes[index];
        patterns(close.patterns);
        if (close.alias) declare(*close.alias, NameKind::alias);
        Here inside = here;
        inside.heard = heard_in(info.closes, index);
        inside.alias = close.alias;
        expression(close.duration.constant, here);
        expression(close.instant, here);
        expression(close.where, inside);
    }
}

void PlaceCollector::score(const dsl::PolicyDecl& policy, const Here& here) {
    if (policy.score) {
        for (const dsl::Term& term : policy.score->terms) {
            expression(term.points, here);
            use_of(term.signal, NameKind::signal, here);
            expression(term.when, here);
            if (term.at_most) expression(term.at_most->constant, here);
        }
        for (const dsl::Booster& booster : policy.score->boosters) {
            expression(booster.factor.constant, here);
            expression(booster.when, here);
        }
        if (policy.score->halves_every) expression(policy.score->halves_every->constant, here);
        if (policy.score->at_most) expression(policy.score->at_most->constant, here);
    }
    for (const dsl::AlertClause& alert : policy.alerts) {
        expression(alert.at.constant, here);
        if (alert.rearms_below) expression(alert.rearms_below->constant, here);
        if (alert.cause == dsl::AlertClause::Cause::on_signal) use_of(alert.signal, NameKind::signal, here);
        for (const dsl::Use& action : alert.actions) use_of(action, NameKind::action, here);
    }
}

// --- tests and records -----------------------------------------------------------------------------------------------

void PlaceCollector::item(const dsl::EmployeeItem& item, const Here& here) { roster_record(item.attributes, here); }

void PlaceCollector::item(const dsl::EventItem& item, const Here& here) {
    record(item.fields, event(item.event), here);
    expression(item.times.constant, here);
    expression(item.every.constant, here);
}

void PlaceCollector::item(const dsl::TestOption& item, const Here& here) {
    if (item.duration) expression(item.duration->constant, here);
}

void PlaceCollector::item(const dsl::Expectation& item, const Here& here) {
    if (item.policy) policy_name(*item.policy);
    for (const dsl::Name& signal : item.because) signal_name(signal);
    expression(item.number.constant, here);
    if (!item.person_name || here.test == nullptr || here.test->cases.empty()) return;
    const dsl::Name& name = *item.person_name;
    for (const dsl::Assignment& known : here.test->cases.front().values)
        if (known.name.text == name.text) add(name.span, NameKind::parameter, name.text, {known.name.span});
}

void PlaceCollector::record(const std::vector<dsl::Assignment>& values, std::uint32_t event, const Here& here) {
    for (const dsl::Assignment& value : values) {
        std::vector<dsl::Span> declared = declared_fields(model_, {{false, event}}, value.name.text);
        const bool is_own = declared.empty() && (value.name.text == "time" || value.name.text == "id");
        if (is_own || !declared.empty())
            add(value.name.span, is_own ? NameKind::built_in : NameKind::field, value.name.text, std::move(declared));
        expression(value.value, here);
    }
}

void PlaceCollector::roster_record(const std::vector<dsl::Assignment>& values, const Here& here) {
    for (const dsl::Assignment& value : values) {
        attribute(value.name);
        expression(value.value, here);
    }
}

// --- references of clauses -------------------------------------------------------------------------------------------

void PlaceCollector::patterns(const std::vector<dsl::EventPattern>& patterns) {
    for (const dsl::EventPattern& pattern : patterns) {
        if (pattern.kind == dsl::EventPattern::Kind::event) event(pattern.name);
        if (pattern.kind == dsl::EventPattern::Kind::signal) signal_name({pattern.name.text(), pattern.name.span});
        if (pattern.kind != dsl::EventPattern::Kind::family) continue;
        std::vector<dsl::Span> declared;
        const std::string prefix = pattern.name.text() + ".";
        for (std::uint32_t index = 0; index < model_.event_at.size(); ++index)
            if (model_.events[index].name.starts_with(prefix))
                declared.push_back(model_.decl<dsl::EventDecl>(model_.event_at[index]).name.span);
        add(pattern.span, NameKind::family, pattern.name.text(), std::move(declared));
    }
}

std::uint32_t PlaceCollector::event(const dsl::DottedName& name) {
    const std::uint32_t index = scope_.find_event(name.text());
    if (index == dsl::none) return index;
    const dsl::DottedName& declared = model_.decl<dsl::EventDecl>(model_.event_at[index]).name;
    const std::size_t before = name.parts.size() - std::min(name.parts.size(), declared.parts.size()); // `m.`
    if (before >= name.parts.size()) return index;
    if (before > 0) qualifier(name.parts.front());
    const dsl::Span own{name.span.file, name.parts[before].span.begin, name.parts.back().span.end};
    add(own, NameKind::event, declared.text(), {declared.span});
    return index;
}

void PlaceCollector::signal_name(const dsl::Name& name) {
    reference(name, NameKind::signal, model_.signals, scope_.find(model_.signals, name.text));
}

void PlaceCollector::policy_name(const dsl::Name& name) {
    reference(name, NameKind::policy, model_.policies, scope_.find(model_.policies, name.text));
}

void PlaceCollector::use_of(const dsl::Use& use, NameKind kind, const Here& here) {
    const std::vector<dsl::Parameter>* parameters = nullptr;
    if (kind == NameKind::signal) {
        signal_name(use.name);
        const std::uint32_t index = scope_.find(model_.signals, use.name.text);
        if (index != dsl::none) parameters = &model_.decl<dsl::SignalDecl>(model_.signals[index].at).parameters;
    } else {
        const std::uint32_t index = scope_.find(model_.actions, use.name.text);
        reference(use.name, kind, model_.actions, index);
        if (index != dsl::none) parameters = &model_.decl<dsl::ActionDecl>(model_.actions[index].at).parameters;
    }
    for (const dsl::Assignment& argument : use.arguments) {
        expression(argument.value, here);
        if (parameters == nullptr) continue;
        for (const dsl::Parameter& parameter : *parameters)
            if (!argument.name.text.empty() && parameter.name.text == argument.name.text)
                add(argument.name.span, NameKind::parameter, argument.name.text, {parameter.name.span});
    }
}

} // namespace watchword::desk

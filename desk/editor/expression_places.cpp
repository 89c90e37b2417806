// The names in expressions: what each means was found by the checker, where that is declared is found here.
#include "desk/editor/place_collector.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

bool is_field_of_every_event(const dsl::Ref& ref) {
    return ref.kind == dsl::RefKind::time || ref.kind == dsl::RefKind::stated || ref.kind == dsl::RefKind::id ||
           ref.kind == dsl::RefKind::event_type || ref.kind == dsl::RefKind::signal_name;
}

} // namespace

void PlaceCollector::expression(dsl::ExprId id, const Here& here) {
    if (id != dsl::no_expr) regions_.push_back({model_.trees[tree_][id].span, here});
}

void PlaceCollector::expressions() {
    std::sort(regions_.begin(), regions_.end(),
              [](const Region& left, const Region& right) { return left.span.begin < right.span.begin; });
    const dsl::Tree& tree = model_.trees[tree_];
    for (dsl::ExprId id = 0; id < tree.exprs.size(); ++id) {
        const dsl::Span span = tree[id].span;
        const auto behind =
            std::upper_bound(regions_.begin(), regions_.end(), span.begin,
                             [](std::uint32_t begin, const Region& region) { return begin < region.span.begin; });
        if (behind == regions_.begin()) continue;
        const Region& region = *std::prev(behind);
        if (span.end <= region.span.end) expression(tree[id], model_.info(tree_, id), region.here);
    }
}

void PlaceCollector::expression(const dsl::Expr& expr, const dsl::ExprInfo& info, const Here& here) {
    const dsl::Ref& ref = info.ref;
    if (const auto* written = std::get_if<dsl::Path>(&expr.node)) path(*written, ref, info, here);
    if (const auto* call = std::get_if<dsl::Call>(&expr.node)) {
        if (ref.kind == dsl::RefKind::define)
            reference(call->function, NameKind::definition, model_.defines, ref.index);
        else if (ref.kind == dsl::RefKind::function)
            add(call->function.span, NameKind::function, call->function.text);
    }
    if (const auto* aggregate = std::get_if<dsl::AggregateExpr>(&expr.node))
        add(aggregate->function.span, NameKind::windowed, aggregate->function.text);
    if (const auto* quantifier = std::get_if<dsl::Quantifier>(&expr.node))
        declare(quantifier->variable, NameKind::variable);
    if (const auto* during = std::get_if<dsl::DuringExpr>(&expr.node))
        reference(during->calendar, NameKind::calendar, model_.calendars,
                  scope_.find(model_.calendars, during->calendar.text));
    if (const auto* baseline = std::get_if<dsl::BaselineExpr>(&expr.node)) {
        using Kind = dsl::BaselineExpr::Kind;
        const std::string_view word = baseline->kind == Kind::usual   ? "usual"
                                      : baseline->kind == Kind::peers ? "peers"
                                                                      : "deviation";
        const dsl::Span whole = expr.span;
        add({whole.file, whole.begin, whole.begin + static_cast<std::uint32_t>(word.size())}, NameKind::windowed,
            std::string(word));
        if (baseline->member) add(baseline->member->span, NameKind::built_in, baseline->member->text);
        if (baseline->during)
            reference(*baseline->during, NameKind::calendar, model_.calendars,
                      scope_.find(model_.calendars, baseline->during->text));
        if (baseline->baseline)
            reference(*baseline->baseline, NameKind::baseline, model_.baselines,
                      scope_.find(model_.baselines, baseline->baseline->text));
    }
    if (std::holds_alternative<dsl::NewExpr>(expr.node))
        add({expr.span.file, expr.span.begin, expr.span.begin + 3}, NameKind::windowed, "new");
}

void PlaceCollector::path(const dsl::Path& path, const dsl::Ref& ref, const dsl::ExprInfo& info, const Here& here) {
    if (path.parts.empty()) return;
    const dsl::Name& first = path.parts.front();
    switch (ref.kind) {
    case dsl::RefKind::nothing:
    case dsl::RefKind::function:
    case dsl::RefKind::define:
    case dsl::RefKind::calendar:
    case dsl::RefKind::baseline:
        return;
    case dsl::RefKind::step_field:
        of_step(path, ref, here);
        break;
    case dsl::RefKind::trigger_field:
        of_trigger(path, here);
        break;
    case dsl::RefKind::attribute:
        add(first.span, NameKind::built_in, first.text);
        if (path.parts.size() > 1) attribute(path.parts[1]);
        break;
    case dsl::RefKind::subject:
    case dsl::RefKind::lookback:
        add(first.span, NameKind::built_in, first.text);
        break;
    case dsl::RefKind::enumerator:
        enumerator(first, info.type, ref.index);
        break;
    case dsl::RefKind::parameter:
        of_parameter(path, ref, here);
        break;
    case dsl::RefKind::variable:
        if (ref.index < model_.trees[tree_].exprs.size())
            if (const auto* of = std::get_if<dsl::Quantifier>(&model_.trees[tree_][ref.index].node))
                add(first.span, NameKind::variable, first.text, {of->variable.span});
        break;
    case dsl::RefKind::column:
        column(path, here);
        break;
    case dsl::RefKind::constant:
    case dsl::RefKind::list:
    case dsl::RefKind::table:
        of_declared(path, ref);
        break;
    default:
        of_event(path, ref, here);
    }
    if (ref.attribute != dsl::none) attribute(path.parts.back());
}

void PlaceCollector::of_declared(const dsl::Path& path, const dsl::Ref& ref) {
    const bool qualified = path.parts.size() > 1 && ref.attribute == dsl::none; // `m.limit`
    const dsl::Name& name = path.parts[qualified ? 1 : 0];
    if (qualified) qualifier(path.parts[0]);
    if (ref.kind == dsl::RefKind::constant)
        reference(name, NameKind::constant, model_.constants, ref.index);
    else if (ref.kind == dsl::RefKind::list)
        reference(name, NameKind::list, model_.lists, ref.index);
    else
        reference(name, NameKind::table, model_.tables, ref.index);
}

void PlaceCollector::of_alias(const dsl::Path& path, const std::optional<dsl::Name>& alias,
                              const std::vector<dsl::Heard>& heard, NameKind kind) {
    if (alias) add(path.parts[0].span, NameKind::alias, path.parts[0].text, {alias->span});
    if (path.parts.size() < 2) return;
    const dsl::Name& field = path.parts[1];
    add(field.span, kind, field.text,
        kind == NameKind::field ? declared_fields(model_, heard, field.text) : std::vector<dsl::Span>{});
}

void PlaceCollector::of_step(const dsl::Path& path, const dsl::Ref& ref, const Here& here) {
    if (here.signal == nullptr || !here.signal->sequence || here.signal_info == nullptr) return;
    const std::vector<dsl::Step>& steps = here.signal->sequence->steps;
    if (ref.index >= steps.size() || ref.index >= here.signal_info->steps.size()) return;
    of_alias(path, steps[ref.index].alias, here.signal_info->steps[ref.index].heard,
             is_field_of_every_event(ref) ? NameKind::built_in : NameKind::field);
}

void PlaceCollector::of_trigger(const dsl::Path& path, const Here& here) {
    if (here.policy == nullptr || here.policy_info == nullptr || path.parts.size() < 2) return;
    std::vector<dsl::Heard> heard;
    std::vector<dsl::Span> aliases;
    for (std::size_t index = 0; index < here.policy->opens.size(); ++index) {
        const std::optional<dsl::Name>& alias = here.policy->opens[index].alias;
        if (!alias || alias->text != path.parts[0].text) continue;
        aliases.push_back(alias->span);
        if (index >= here.policy_info->opens.size()) continue;
        const std::vector<dsl::Heard>& more = here.policy_info->opens[index].heard;
        heard.insert(heard.end(), more.begin(), more.end());
    }
    add(path.parts[0].span, NameKind::alias, path.parts[0].text, std::move(aliases));
    std::vector<dsl::Span> declared = declared_fields(model_, heard, path.parts[1].text);
    const NameKind kind = declared.empty() ? NameKind::built_in : NameKind::field;
    add(path.parts[1].span, kind, path.parts[1].text, std::move(declared));
}

void PlaceCollector::of_event(const dsl::Path& path, const dsl::Ref& ref, const Here& here) {
    if (ref.of_trigger) return of_trigger(path, here);
    if (ref.of_step) return of_step(path, ref, here);
    const NameKind kind = is_field_of_every_event(ref) ? NameKind::built_in : NameKind::field;
    static const std::vector<dsl::Heard> nothing;
    const std::vector<dsl::Heard>& heard = here.heard != nullptr ? *here.heard : nothing;
    const bool aliased = here.alias && path.parts.size() > 1 && path.parts[0].text == here.alias->text;
    if (aliased) return of_alias(path, here.alias, heard, kind);
    const dsl::Name& field = path.parts[0];
    add(field.span, kind, field.text,
        kind == NameKind::field ? declared_fields(model_, heard, field.text) : std::vector<dsl::Span>{});
}

void PlaceCollector::of_parameter(const dsl::Path& path, const dsl::Ref& ref, const Here& here) {
    const dsl::Name& name = path.parts[0];
    if (here.parameters != nullptr && ref.index < here.parameters->size())
        add(name.span, NameKind::parameter, name.text, {(*here.parameters)[ref.index].name.span});
    if (here.test == nullptr || here.test->cases.empty()) return;
    for (const dsl::Assignment& value : here.test->cases.front().values)
        if (value.name.text == name.text) add(name.span, NameKind::parameter, name.text, {value.name.span});
}

void PlaceCollector::column(const dsl::Path& path, const Here& here) {
    std::string name;
    for (const dsl::Name& part : path.parts) name += (name.empty() ? "" : ".") + part.text;
    const dsl::Span span{path.parts[0].span.file, path.parts[0].span.begin, path.parts.back().span.end};
    const dsl::SourceDecl* source = here.source;
    // those that it extends, their number bounded against circles
    for (std::size_t depth = 0; source != nullptr && depth <= model_.source_mappings.size(); ++depth) {
        for (const dsl::Column& one : source->columns)
            if (one.name.text == name) return add(span, NameKind::column, name, {one.name.span});
        const std::uint32_t parent = scope_.find(model_.source_mappings, source->format.text);
        source = parent == dsl::none ? nullptr : &model_.decl<dsl::SourceDecl>(model_.source_mappings[parent].at);
    }
    add(span, NameKind::column, name);
}

void PlaceCollector::enumerator(const dsl::Name& name, dsl::Type type, std::uint32_t ordinal) {
    std::vector<dsl::Span> declared;
    if (type.kind == dsl::Kind::enumeration && type.detail < model_.enumerations.size()) {
        const auto known = enumerations_.find(model_.enumerations[type.detail].words);
        if (known != enumerations_.end() && ordinal < known->second->words.size())
            declared.push_back(known->second->words[ordinal].span);
    }
    add(name.span, NameKind::word, name.text, std::move(declared));
}

void PlaceCollector::attribute(const dsl::Name& name) {
    std::vector<dsl::Span> declared;
    for (const dsl::Tree& tree : model_.trees)
        for (const dsl::Declaration& declaration : tree.declarations)
            if (const auto* subject = std::get_if<dsl::SubjectDecl>(&declaration.node))
                for (const dsl::FieldDecl& field : subject->fields)
                    if (field.name.text == name.text) declared.push_back(field.name.span);
    if (declared.empty() && name.text != "accounts") return;
    const NameKind kind = declared.empty() ? NameKind::built_in : NameKind::attribute;
    add(name.span, kind, name.text, std::move(declared));
}

} // namespace watchword::desk

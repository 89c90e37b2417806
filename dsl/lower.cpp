// The checked model as a program: the order of things, and what all parts of lowering ask.
#include "dsl/lower.hpp"

#include <algorithm>

namespace watchword::dsl {

using runtime::Program;

namespace {

/// Skips the comment that begins at `at`; the index behind it.
std::size_t skip_comment(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end;
}

/// Skips the text literal that begins at `at`; the index behind it.
std::size_t skip_text(std::string_view text, std::size_t at) {
    const bool raw = at > 0 && text[at - 1] == 'r';
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\' && !raw)
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return text.size();
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

} // namespace

std::string Lowering::written(Span span) const {
    if (model.sources == nullptr) return "";
    const std::string_view text = model.sources->text(span);
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '#') {
            i = skip_comment(text, i);
        } else if (text[i] == '"') {
            const std::size_t end = skip_text(text, i);
            result += text.substr(i, end - i);
            i = end;
        } else if (is_blank(text[i])) {
            if (!result.empty() && result.back() != ' ') result += ' ';
            ++i;
        } else {
            result += text[i++];
        }
    }
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

CodeScope::Slot Lowering::field_slot(std::uint32_t event, const std::string& name) {
    runtime::EventSchema& schema = program.events[event];
    schema.used = true;
    for (runtime::Field& field : schema.fields) {
        if (field.name != name) continue;
        if (field.slot == runtime::no_slot) {
            if (schema.slots > UINT16_MAX) {
                code.give_up(Span{}); // code cannot name so many
                return std::nullopt;
            }
            field.slot = static_cast<std::int32_t>(schema.slots++);
        }
        return static_cast<std::uint16_t>(field.slot);
    }
    return std::nullopt;
}

CodeScope Lowering::event_scope(std::uint32_t tree_index, std::uint32_t event, const BoundParameters* parameters) {
    CodeScope scope;
    scope.tree = tree_index;
    scope.parameters = parameters;
    scope.field = [this, event](const std::string& field) { return field_slot(event, field); };
    return scope;
}

runtime::Value Lowering::copy(const runtime::Value& value, Type type) {
    return to_value(from_value(value, type), program.arena);
}

std::uint32_t Lowering::event_named(const DottedName& name) const {
    std::string text = name.text();
    while (true) {
        for (std::uint32_t i = 0; i < model.events.size(); ++i)
            if (model.events[i].name == text) return i;
        const std::size_t dot = text.find('.');
        if (dot == std::string::npos) return none;
        text = text.substr(dot + 1); // qualified by a module
    }
}

runtime::Level level_of(const std::string& word, runtime::Level otherwise) {
    const auto found = std::find(runtime::level_names.begin(), runtime::level_names.end(), word);
    if (found == runtime::level_names.end()) return otherwise;
    return static_cast<runtime::Level>(found - runtime::level_names.begin());
}

namespace {

struct Children {
    std::vector<ExprId>& into;
    void add(ExprId id) const {
        if (id != no_expr) into.push_back(id);
    }
    void add(const std::vector<ExprId>& ids) const {
        for (const ExprId id : ids) add(id);
    }
    void operator()(const Unary& node) const { add(node.operand); }
    void operator()(const Binary& node) const {
        add(node.left);
        add(node.right);
    }
    void operator()(const Conditional& node) const {
        add(node.condition);
        add(node.then);
        add(node.otherwise);
    }
    void operator()(const Call& node) const { add(node.arguments); }
    void operator()(const AggregateExpr& node) const {
        add(node.arguments);
        add(node.where);
    }
    void operator()(const NewExpr& node) const { add(node.arguments); }
    void operator()(const BaselineExpr& node) const {
        add(node.value);
        add(node.by);
    }
    void operator()(const ListExpr& node) const { add(node.items); }
    void operator()(const RangeExpr& node) const {
        add(node.low);
        add(node.high);
    }
    void operator()(const TupleExpr& node) const { add(node.items); }
    void operator()(const HasExpr& node) const { add(node.path); }
    void operator()(const Quantifier& node) const {
        add(node.list);
        add(node.condition);
    }
    void operator()(const Literal&) const {}
    void operator()(const Path&) const {}
    void operator()(const DuringExpr&) const {}
};

} // namespace

std::vector<ExprId> expressions_in(const Tree& tree, ExprId root) {
    std::vector<ExprId> result;
    std::vector<ExprId> waiting;
    if (root != no_expr) waiting.push_back(root);
    while (!waiting.empty()) {
        const ExprId id = waiting.back();
        waiting.pop_back();
        result.push_back(id);
        std::vector<ExprId> children;
        std::visit(Children{children}, tree[id].node);
        waiting.insert(waiting.end(), children.rbegin(), children.rend());
    }
    return result;
}

std::vector<ReadField> fields_read(const Lowering& lowering, std::uint32_t tree, const std::vector<ExprId>& roots) {
    std::vector<ReadField> result;
    for (const ExprId root : roots)
        for (const ExprId id : expressions_in(lowering.tree(tree), root)) {
            const Ref& ref = lowering.model.info(tree, id).ref;
            const auto* path = std::get_if<Path>(&lowering.model.expr(tree, id).node);
            if (path == nullptr || ref.kind != RefKind::field) continue;
            std::string label;
            for (const Name& part : path->parts) label += (label.empty() ? "" : ".") + part.text;
            const auto same = [&](const ReadField& one) { return one.label == label; };
            if (std::none_of(result.begin(), result.end(), same)) result.push_back({ref, label});
        }
    return result;
}

namespace {

/// Files, so that spans can be shown without the sources.
void copy_sources(Lowering& lowering) {
    if (lowering.model.sources == nullptr) return;
    for (std::uint32_t i = 0; i < lowering.model.sources->size(); ++i) {
        const SourceFile& file = lowering.model.sources->file(i);
        lowering.program.files.push_back({file.name, file.text});
    }
}

Program lower_with(const Model& model, bool parts, std::optional<Span>& too_large) {
    Program program;
    Lowering lowering{model, program, parts};
    program.zone = model.zone;
    copy_sources(lowering);
    lower_schemas(lowering);
    lower_baselines(lowering);
    lower_actions(lowering);
    lower_calendars(lowering);
    lower_updates(lowering);
    lower_across(lowering);
    lowering.policy_index.assign(model.policies.size(), none);
    for (std::uint32_t i = 0; i < model.policy_order.size(); ++i) lowering.policy_index[model.policy_order[i]] = i;
    for (const std::uint32_t policy : model.policy_order)
        if (!lowering.stopped()) lower_policy(lowering, policy);
    lower_risk(lowering);
    lower_sources(lowering);
    lower_tests(lowering);
    too_large = lowering.code.too_large();
    return program;
}

} // namespace

Program lower(const Model& model) {
    std::optional<Span> too_large;
    return lower_with(model, false, too_large);
}

std::optional<Program> lower(const Model& model, bool parts, Diagnostics& diagnostics) {
    std::optional<Span> too_large;
    Program program = lower_with(model, parts, too_large);
    if (!too_large) return program;
    diagnostics
        .add(Code::too_large, *too_large, "this needs more code, registers or inputs than one set of policies may have")
        .help = "split it: shorter definitions, lists in place of many alternatives, named events in place of `*`";
    return std::nullopt;
}

} // namespace watchword::dsl

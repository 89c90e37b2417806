// What the parts of lowering share while they make one program: the model, the program, the code pools, and who gets
// which slot. Private to lower; nobody else includes it.
#pragma once

#include "dsl/codegen.hpp"
#include "dsl/compiler.hpp"

#include <map>
#include <string>
#include <vector>

namespace watchword::dsl {

/// More inputs (signals × event types) than any set of policies has in earnest; beyond, lowering gives up.
inline constexpr std::size_t max_inputs = 1'000'000;
inline constexpr std::size_t max_test_items = 1'000'000;
inline constexpr unsigned max_signal_depth = 200; ///< of signals listening to signals

struct Lowering {
    const Model& model;
    runtime::Program& program;
    CodeGenerator code;
    std::vector<std::uint32_t> policy_index;             ///< Model::policies → Program::policies
    std::map<std::uint32_t, std::uint32_t> across_index; ///< Model::signals → Program::across
    std::size_t inputs = 0;
    std::size_t test_items = 0;

    const bool wants_parts;

    Lowering(const Model& checked, runtime::Program& made, bool parts)
        : model(checked), program(made), code(checked, made), wants_parts(parts) {}

    bool stopped() const { return code.too_large().has_value(); }
    /// Counts one more input; gives up when there are too many.
    void count_input(Span span) {
        if (++inputs > max_inputs) code.give_up(span);
    }
    /// The event's field gets its slot when it is first asked for; nullopt: records of this type lack it.
    CodeScope::Slot field_slot(std::uint32_t event, const std::string& field);
    CodeScope event_scope(std::uint32_t tree, std::uint32_t event, const BoundParameters* parameters = nullptr);
    /// The condition in parts, for recordings; no_part unless these are wanted. `no_expr`: no_part.
    runtime::PartId parts(const CodeScope& scope, ExprId condition);
    /// A copy that the program owns.
    runtime::Value copy(const runtime::Value& value, Type type);
    runtime::Time instant(std::uint32_t tree, const InstantClause& clause) const {
        return instant_of(model, tree, clause);
    }
    const Tree& tree(std::uint32_t index) const { return model.trees[index]; }
    const std::string& doc(DeclRef at) const { return tree(at.tree).declarations[at.declaration].doc; }
    Span span(DeclRef at) const { return tree(at.tree).declarations[at.declaration].span; }
    /// As written, on one line, without comments.
    std::string written(Span span) const;
    std::string written(std::uint32_t tree_index, ExprId expr) const {
        return written(model.expr(tree_index, expr).span);
    }
    std::string module(std::uint32_t tree_index) const { return model.modules[tree_index]; }
    /// Index by name, `NAME` or `MODULE.NAME`; what stands in file `tree` goes before.
    template <class Info>
    std::uint32_t named(const std::vector<Info>& infos, const std::string& name, std::uint32_t tree_index) const;
    std::uint32_t event_named(const DottedName& name) const;
};

constexpr runtime::SourceSpan where(Span span) { return {span.file, span.begin, span.end}; }
runtime::Level level_of(const std::string& word, runtime::Level otherwise);

/// A value that an explanation shows, as an expression of the text.
struct ReadField {
    Ref ref;
    std::string label;
};
/// Every expression below `root` and itself, parents first, as written.
std::vector<ExprId> expressions_in(const Tree& tree, ExprId root);
/// The fields of the current event that the expressions read, each label once, in order.
std::vector<ReadField> fields_read(const Lowering& lowering, std::uint32_t tree, const std::vector<ExprId>& roots);

// --- one function a kind of declaration
// --------------------------------------------------------------------------------

void lower_schemas(Lowering& lowering); // lower_schema.cpp
void lower_updates(Lowering& lowering);
void lower_calendars(Lowering& lowering);
void lower_baselines(Lowering& lowering);
void lower_actions(Lowering& lowering);
void lower_risk(Lowering& lowering);
void lower_across(Lowering& lowering);                       // lower_across.cpp
void lower_policy(Lowering& lowering, std::uint32_t policy); // lower_policy.cpp
void lower_sources(Lowering& lowering);                      // lower_source.cpp
void lower_tests(Lowering& lowering);                        // lower_test.cpp

template <class Info>
std::uint32_t Lowering::named(const std::vector<Info>& infos, const std::string& name, std::uint32_t tree_index) const {
    const std::size_t dot = name.rfind('.');
    const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
    std::uint32_t found = none;
    for (std::uint32_t i = 0; i < infos.size(); ++i) {
        if (infos[i].name != name && infos[i].name != last) continue;
        if (infos[i].at.tree == tree_index) return i;
        if (found == none || (dot != std::string::npos && module(infos[i].at.tree) == name.substr(0, dot))) found = i;
    }
    return found;
}

} // namespace watchword::dsl

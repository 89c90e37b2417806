// Constants and definitions: checked when first needed, so that their order in the text does not matter; no cycles.
#include "dsl/constants.hpp"
#include "dsl/expression_checker.hpp"
#include "dsl/types.hpp"

#include <fmt/format.h>

namespace watchword::dsl {

bool begins(Checking& checking, Progress& progress, const Name& name, Span asked, std::string_view noun) {
    if (progress == Progress::running) {
        Diagnostic& diagnostic = checking.diagnostics.add(
            Code::cycle, asked, fmt::format("the {} {} needs itself", noun, quoted(name.text)));
        diagnostic.label = "leads back here";
        diagnostic.notes.push_back({name.span, "declared here"});
    }
    if (progress != Progress::untouched) return false;
    constexpr std::uint32_t deepest = 32; // each may be an expression as deep as one may be
    if (checking.running == deepest) {
        checking.diagnostics
            .add(Code::nested_too_deep, asked,
                 fmt::format("the {} {} comes behind {} others, each of which needs the next", noun, quoted(name.text),
                             deepest))
            .help = "declare each before what needs it: then there is no chain";
        progress = Progress::done;
        return false;
    }
    progress = Progress::running;
    ++checking.running;
    return true;
}

void ends(Checking& checking, Progress& progress) {
    progress = Progress::done;
    --checking.running;
}

void check_default(Checking& checking, std::uint32_t tree, const Parameter& parameter, Type type) {
    if (parameter.fallback == no_expr) return;
    Scope scope;
    scope.tree = tree;
    scope.place = "in a default";
    ExpressionChecker checker(checking, scope);
    if (checker.check_value(parameter.fallback, type, fmt::format("the parameter {}", quoted(parameter.name.text))) &&
        !constant_value(checking.model, tree, parameter.fallback))
        checking.diagnostics.add(Code::not_constant, checking.expr(tree, parameter.fallback).span,
                                 "a default has to be constant");
}

void ensure_constant(Checking& checking, std::uint32_t index, Span asked) {
    const DeclRef at = checking.model.constants[index].at;
    const auto& declared = checking.model.decl<LetDecl>(at);
    if (!begins(checking, checking.constants[index], declared.name, asked, "constant")) return;
    Scope scope;
    scope.tree = at.tree;
    scope.place = "in a constant";
    ExpressionChecker checker(checking, scope);
    const Type type = checker.check(declared.value);
    ends(checking, checking.constants[index]);
    if (type.kind == Kind::error) return;
    std::optional<Constant> value = constant_value(checking.model, at.tree, declared.value);
    if (value && !value->present) {
        checking.diagnostics.add(Code::unguarded_optional, checking.expr(at.tree, declared.value).span,
                                 fmt::format("the value of {} is absent", quoted(declared.name.text)));
        return;
    }
    if (!value) {
        bool lifted = false;
        checker.require_present(declared.value, lifted);
        if (checking.info(at.tree, declared.value).type.kind == Kind::error) return;
        Diagnostic& diagnostic =
            checking.diagnostics.add(Code::not_constant, checking.expr(at.tree, declared.value).span,
                                     fmt::format("the value of {} is not constant", quoted(declared.name.text)));
        diagnostic.help = fmt::format("a condition gets its name by `define {}() = …`", declared.name.text);
        return;
    }
    value->type = type.as_required();
    checking.model.constants[index].value = std::move(*value);
}

void check_constants(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.constants.size(); ++index)
        ensure_constant(checking, index, {});
}

void ensure_define(Checking& checking, std::uint32_t index, Span asked) {
    DefineInfo& info = checking.model.defines[index];
    const auto& declared = checking.model.decl<DefineDecl>(info.at);
    if (!begins(checking, checking.defines[index], declared.name, asked, "definition")) return;
    std::vector<NamedType> parameters;
    std::vector<Type> types;
    std::size_t required = 0;
    for (const Parameter& parameter : declared.parameters) {
        for (const NamedType& other : parameters)
            if (other.name == parameter.name.text)
                checking.diagnostics.add(Code::declared_twice, parameter.name.span,
                                         fmt::format("the parameter {} is declared twice", quoted(other.name)));
        const Type type = resolve_type(checking, parameter.type);
        parameters.push_back({parameter.name.text, type});
        types.push_back(type);
        if (parameter.fallback != no_expr)
            check_default(checking, info.at.tree, parameter, type);
        else if (parameters.size() != ++required)
            checking.diagnostics.add(Code::wrong_arguments, parameter.name.span,
                                     fmt::format("the parameter {} needs a default, for those before it have one",
                                                 quoted(parameter.name.text)));
    }
    info.parameters = types; // a call inside a cycle needs their number
    info.required = required;
    Scope scope;
    scope.tree = info.at.tree;
    scope.parameters = &parameters;
    scope.employee = true;
    scope.clock = true;
    scope.asked = &checking.define_asks[index];
    scope.place = place_of_definitions;
    ExpressionChecker checker(checking, scope);
    const Type result = checker.check(declared.body);
    checking.model.defines[index].result = result;
    ends(checking, checking.defines[index]);
}

void check_defines(Checking& checking) {
    for (std::uint32_t index = 0; index < checking.model.defines.size(); ++index) ensure_define(checking, index, {});
}

} // namespace watchword::dsl

// Expressions, names and values as text on one line, with no more parentheses than the grammar asks for.
#pragma once

#include "dsl/ast.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace watchword::dsl {

/// How tight an expression binds, loose to tight.
enum class Binding : std::uint8_t {
    open,
    either,
    both,
    negation,
    comparison,
    coalescence,
    sum,
    product,
    factor,
    primary
};

class ExpressionText {
public:
    /// With `sources`, literals are spelled as they were written: `24h` does not become `1d`.
    ExpressionText(const Tree& tree, const Sources* sources) : tree_(tree), sources_(sources) {}

    std::string operator()(ExprId id) const { return operand(id, Binding::open, {}); }
    /// For a place that takes only what binds at least so tight.
    std::string operator()(ExprId id, Binding least) const { return operand(id, least, {}); }
    /// Of a line of the score: `+` stands in parentheses.
    std::string term_condition(ExprId id) const { return operand(id, Binding::open, {false, true}); }
    /// As `term_condition` if `in_term`.
    std::string part(ExprId id, Binding least, bool last, bool in_term) const {
        return operand(id, least, {!last, in_term});
    }

    std::string written(const TextClause& text) const;
    std::string written(const NumberClause& number) const;
    std::string written(const DurationClause& duration) const;
    std::string written(const CountClause& count) const;
    std::string written(const InstantClause& instant) const;
    std::string arguments(const std::vector<ExprId>& ids) const;
    std::string window(const Window& window) const;

private:
    struct Place {
        bool followed = false; ///< something of the same bracket follows: open-ended expressions need parentheses
        bool in_term = false;
    };
    std::string operand(ExprId id, Binding least, Place place) const;
    std::string text(const Expr& expr, Place place) const;
    /// `before`: a word in front of the operator.
    std::string binary(const Binary& binary, Place place, std::string_view before = {}) const;
    std::string literal(const Expr& expr, const Literal& literal) const;
    std::string constant(ExprId name) const;
    std::string aggregate(const AggregateExpr& aggregate) const;
    std::string baseline(const BaselineExpr& baseline) const;

    const Tree& tree_;
    const Sources* sources_;
};

Binding binding_of(const Expr& expr);
std::string_view spelling_of(BinaryOp op);

/// Between backquotes if it is no plain name, or reserved.
std::string name_text(const Name& name);
std::string name_text(const DottedName& name);
/// Of a signal, policy or module's signal: dots separate names.
std::string reference_text(const Name& name);
/// Also between backquotes if it is a word that a clause could begin with at that place.
std::string guarded_text(const Name& name);
std::string guarded_text(const DottedName& name);
std::string type_text(const TypeExpr& type);

} // namespace watchword::dsl

// Conditions in parts, for recordings: the tree of `and`, `or`, `not`, and what each atom compares. The machine decides
// by the whole condition; the parts only tell what it saw.
#include "dsl/lower.hpp"

#include <algorithm>

namespace watchword::dsl {

using runtime::ConditionPart;
using runtime::no_part;
using runtime::PartId;
using runtime::PartKind;
using runtime::PartOperand;

namespace {

class PartLowering {
public:
    PartLowering(Lowering& lowering, const CodeScope& scope) : lowering_(lowering), scope_(scope) {}

    PartId part(ExprId id, unsigned depth = 0) {
        if (depth > most_depth) lowering_.code.give_up(expr(id).span);
        if (lowering_.stopped()) return no_part;
        ConditionPart made;
        made.span = where(expr(id).span);
        const auto* unary = std::get_if<Unary>(&expr(id).node);
        if (unary != nullptr && unary->op == UnaryOp::logic_not && !unary->is_inside) {
            made.kind = PartKind::negation;
            made.children.push_back(part(unary->operand, depth + 1));
        } else if (const auto* binary = logic(id)) {
            made.kind = binary->op == BinaryOp::logic_and ? PartKind::all : PartKind::any;
            std::vector<ExprId> operands;
            flatten(id, binary->op, operands);
            for (const ExprId operand : operands) made.children.push_back(part(operand, depth + 1));
        } else {
            made.code = lowering_.code.value(scope_, id);
            operands(id, made.operands);
        }
        if (lowering_.stopped()) return no_part;
        lowering_.program.parts.push_back(std::move(made));
        return static_cast<PartId>(lowering_.program.parts.size() - 1);
    }

private:
    static constexpr unsigned most_depth = 200;

    const Expr& expr(ExprId id) const { return lowering_.model.expr(scope_.tree, id); }
    const ExprInfo& info(ExprId id) const { return lowering_.model.info(scope_.tree, id); }

    const Binary* logic(ExprId id) const {
        const auto* binary = std::get_if<Binary>(&expr(id).node);
        if (binary == nullptr) return nullptr;
        return binary->op == BinaryOp::logic_and || binary->op == BinaryOp::logic_or ? binary : nullptr;
    }

    /// `a and b and c` is one part with three children, however long it is.
    void flatten(ExprId id, BinaryOp op, std::vector<ExprId>& into) const {
        for (const Binary* binary = logic(id); binary != nullptr && binary->op == op; binary = logic(id)) {
            into.push_back(binary->right);
            id = binary->left;
        }
        into.push_back(id);
        std::reverse(into.begin(), into.end());
    }

    void operands(ExprId id, std::vector<PartOperand>& into) {
        if (const auto* unary = std::get_if<Unary>(&expr(id).node); unary != nullptr && unary->is_inside)
            return operands(unary->operand, into); // `x not contains y` is told as a whole
        if (const auto* binary = std::get_if<Binary>(&expr(id).node)) {
            operand(binary->left, into);
            operand(binary->right, into);
            return;
        }
        if (std::holds_alternative<Path>(expr(id).node)) return; // its truth says it all
        for (const ExprId inner : expressions_in(lowering_.tree(scope_.tree), id)) {
            const RefKind kind = info(inner).ref.kind;
            const bool shown = std::holds_alternative<Path>(expr(inner).node) &&
                               (kind == RefKind::field || kind == RefKind::step_field ||
                                kind == RefKind::trigger_field || kind == RefKind::attribute);
            if (shown || info(inner).window != none) operand(inner, into);
        }
    }

    /// What cannot stand for itself (a range, a pair, a baseline's inner value) is not shown.
    void operand(ExprId id, std::vector<PartOperand>& into) {
        const auto& node = expr(id).node;
        if (std::holds_alternative<RangeExpr>(node) || std::holds_alternative<TupleExpr>(node)) return;
        PartOperand made;
        made.type = info(id).as;
        const runtime::Kind kind = made.type.kind;
        if (kind == Kind::error || kind == Kind::tuple) return;
        made.label = lowering_.written(scope_.tree, id);
        const auto same = [&](const PartOperand& one) { return one.label == made.label; };
        if (std::any_of(into.begin(), into.end(), same)) return;
        made.is_constant = used_constant(lowering_.model, scope_.tree, id, scope_.parameters).has_value();
        if (made.is_constant && kind == Kind::list) return; // read it in the text
        made.span = where(expr(id).span);
        made.sensitive = reads_sensitive(id);
        made.code = lowering_.code.value(scope_, id);
        into.push_back(std::move(made));
    }

    /// A field of this name is sensitive somewhere: rather one value too many under a pseudonym. Counts are not.
    bool reads_sensitive(ExprId root) const {
        if (const auto* aggregate = std::get_if<AggregateExpr>(&expr(root).node))
            if (aggregate->function.text == "count" || aggregate->function.text == "distinct") return false;
        for (const ExprId id : expressions_in(lowering_.tree(scope_.tree), root)) {
            const Ref& ref = info(id).ref;
            const auto& attributes = lowering_.program.employee.attributes;
            const std::uint32_t attribute = ref.kind == RefKind::attribute ? ref.index : ref.attribute;
            if (attribute < attributes.size() && attributes[attribute].sensitive) return true;
            if (ref.field.empty()) continue;
            const std::string name = ref.field.substr(ref.field.rfind('.') + 1); // of a trigger: `notice.last_day`
            for (const runtime::EventSchema& event : lowering_.program.events)
                if (const runtime::Field* field = event.find(name); field != nullptr && field->sensitive) return true;
        }
        return false;
    }

    Lowering& lowering_;
    const CodeScope& scope_;
};

} // namespace

PartId Lowering::parts(const CodeScope& scope, ExprId condition) {
    if (!wants_parts || condition == no_expr) return no_part;
    return PartLowering{*this, scope}.part(condition);
}

} // namespace watchword::dsl

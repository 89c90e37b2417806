// Folds constant expressions with the machine's own meaning: integers saturate, texts compare bytewise.
#include "dsl/codegen_constant.hpp"

#include "runtime/text.hpp"

#include <cmath>
#include <limits>

namespace watchword::dsl {

namespace {

__extension__ using Wide = __int128;

Constant of_integer(Type type, std::int64_t value) {
    return {.type = type, .integer = value, .real = 0, .text = {}, .items = {}};
}
Constant of_boolean(bool value) { return of_integer({Kind::boolean, false, 0}, value ? 1 : 0); }
Constant of_real(double value) {
    Constant constant;
    constant.type = {Kind::real, false, 0};
    constant.real = value;
    return constant;
}
Constant of_text(Type type, std::string value) {
    Constant constant;
    constant.type = type;
    constant.text = std::move(value);
    return constant;
}

std::int64_t saturate(Wide value) {
    if (value > std::numeric_limits<std::int64_t>::max()) return std::numeric_limits<std::int64_t>::max();
    if (value < std::numeric_limits<std::int64_t>::min()) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(value);
}

std::int64_t to_integer(double value) {
    if (std::isnan(value)) return 0;
    if (value >= 9223372036854775808.0) return std::numeric_limits<std::int64_t>::max();
    if (value <= -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(value);
}

double as_real(const Constant& constant) {
    return constant.type.kind == Kind::real ? constant.real : static_cast<double>(constant.integer);
}

Constant of_literal(const Model& model, std::uint32_t tree, const Literal& literal) {
    switch (literal.kind) {
    case LiteralKind::boolean:
        return of_boolean(literal.integer != 0);
    case LiteralKind::integer:
        return of_integer({Kind::integer, false, 0}, literal.integer);
    case LiteralKind::real:
    case LiteralKind::percentage:
        return of_real(literal.real);
    case LiteralKind::text:
    case LiteralKind::raw_text:
        return of_text({Kind::text, false, 0}, literal.text);
    case LiteralKind::instant:
        return of_integer({Kind::time, false, 0}, literal.zoned
                                                      ? literal.integer
                                                      : runtime::Zone{model.zones[tree]}.from_local(literal.integer));
    case LiteralKind::time_of_day:
        return of_integer({Kind::time_of_day, false, 0}, literal.integer);
    case LiteralKind::duration:
        return of_integer({Kind::duration, false, 0}, literal.integer);
    case LiteralKind::size:
        return of_integer({Kind::size, false, 0}, literal.integer);
    }
    return {};
}

/// -1, 0, 1; nullopt: these two have no order here.
std::optional<int> order(const Constant& left, const Constant& right) {
    const auto of = [](auto a, auto b) { return a < b ? -1 : b < a ? 1 : 0; };
    if (left.type.kind == Kind::real || right.type.kind == Kind::real) return of(as_real(left), as_real(right));
    if (left.type.kind == Kind::person || right.type.kind == Kind::person || runtime::is_textual(left.type.kind) ||
        left.type.kind == Kind::ip)
        return of(left.text.compare(right.text), 0);
    if (is_integral(left.type.kind) && is_integral(right.type.kind)) return of(left.integer, right.integer);
    return std::nullopt;
}

std::optional<Constant> compare(BinaryOp op, bool folded, Constant left, Constant right) {
    if (folded) {
        left.text = runtime::fold(left.text);
        right.text = runtime::fold(right.text);
    }
    const std::optional<int> sign = order(left, right);
    if (!sign) return std::nullopt;
    switch (op) {
    case BinaryOp::equal:
        return of_boolean(*sign == 0);
    case BinaryOp::unequal:
        return of_boolean(*sign != 0);
    case BinaryOp::less:
        return of_boolean(*sign < 0);
    case BinaryOp::at_most:
        return of_boolean(*sign <= 0);
    case BinaryOp::more:
        return of_boolean(*sign > 0);
    case BinaryOp::at_least:
        return of_boolean(*sign >= 0);
    default:
        return std::nullopt;
    }
}

std::optional<Constant> real_arithmetic(BinaryOp op, Type type, double left, double right) {
    double value = 0;
    switch (op) {
    case BinaryOp::add:
        value = left + right;
        break;
    case BinaryOp::subtract:
        value = left - right;
        break;
    case BinaryOp::multiply:
        value = left * right;
        break;
    case BinaryOp::divide:
        if (right == 0) return std::nullopt;
        value = left / right;
        break;
    default:
        return std::nullopt;
    }
    if (type.kind == Kind::real) return of_real(value);
    return of_integer(type.as_required(), to_integer(value));
}

std::optional<Constant> arithmetic(BinaryOp op, Type type, const Constant& left, const Constant& right) {
    if (runtime::is_textual(left.type.kind) && op == BinaryOp::add)
        return of_text({Kind::text, false, 0}, left.text + right.text);
    const bool real = op == BinaryOp::divide || left.type.kind == Kind::real || right.type.kind == Kind::real ||
                      type.kind == Kind::real;
    if (real) return real_arithmetic(op, type, as_real(left), as_real(right));
    if (!is_integral(left.type.kind) || !is_integral(right.type.kind)) return std::nullopt;
    const Wide a = left.integer;
    const Wide b = right.integer;
    switch (op) {
    case BinaryOp::add:
        return of_integer(type.as_required(), saturate(a + b));
    case BinaryOp::subtract:
        return of_integer(type.as_required(), saturate(a - b));
    case BinaryOp::multiply:
        return of_integer(type.as_required(), saturate(a * b));
    case BinaryOp::modulo: {
        if (b == 0) return std::nullopt;
        Wide rest = a % b;
        if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
        return of_integer(type.as_required(), saturate(rest));
    }
    default:
        return std::nullopt;
    }
}

class Folder {
public:
    Folder(const Model& model, std::uint32_t tree, const BoundParameters* parameters)
        : model_(model), tree_(tree), parameters_(parameters) {}

    std::optional<Constant> used(ExprId expr) const {
        const std::optional<Constant> value = plain(expr);
        if (!value) return std::nullopt;
        return convert_constant(model_, *value, model_.info(tree_, expr).as, model_.zones[tree_]);
    }

    std::optional<Constant> plain(ExprId expr) const {
        const Expr& written = model_.expr(tree_, expr);
        const ExprInfo& info = model_.info(tree_, expr);
        if (const auto* literal = std::get_if<Literal>(&written.node)) return of_literal(model_, tree_, *literal);
        if (std::holds_alternative<Path>(written.node)) return named(info);
        if (const auto* unary = std::get_if<Unary>(&written.node)) return of_unary(*unary, info);
        if (const auto* binary = std::get_if<Binary>(&written.node)) return of_binary(*binary, info);
        if (const auto* conditional = std::get_if<Conditional>(&written.node)) {
            const std::optional<Constant> condition = used(conditional->condition);
            if (!condition || !condition->present) return std::nullopt;
            return used(condition->integer != 0 ? conditional->then : conditional->otherwise);
        }
        if (const auto* list = std::get_if<ListExpr>(&written.node)) return of_list(*list, info);
        return std::nullopt;
    }

private:
    std::optional<Constant> named(const ExprInfo& info) const {
        if (info.ref.attribute != none) return std::nullopt;
        switch (info.ref.kind) {
        case RefKind::constant:
            return model_.constants[info.ref.index].value;
        case RefKind::enumerator:
            return of_integer(info.type.as_required(), info.ref.index);
        case RefKind::parameter:
            if (parameters_ == nullptr || info.ref.index >= parameters_->size()) return std::nullopt;
            return (*parameters_)[info.ref.index];
        case RefKind::list: {
            const ListInfo& list = model_.lists[info.ref.index];
            Constant constant;
            constant.type = {Kind::list, false, static_cast<std::uint16_t>(list.element.kind)};
            constant.items = list.items;
            return constant;
        }
        default:
            return std::nullopt;
        }
    }

    std::optional<Constant> of_unary(const Unary& unary, const ExprInfo& info) const {
        std::optional<Constant> operand = used(unary.operand);
        if (!operand || !operand->present) return std::nullopt;
        if (unary.op == UnaryOp::logic_not) return of_boolean(operand->integer == 0);
        if (operand->type.kind == Kind::real) return of_real(-operand->real);
        return of_integer(info.type.as_required(), saturate(-static_cast<Wide>(operand->integer)));
    }

    std::optional<Constant> of_binary(const Binary& binary, const ExprInfo& info) const {
        const std::optional<Constant> left = used(binary.left);
        if (binary.op == BinaryOp::coalesce) {
            if (!left) return std::nullopt;
            return left->present ? left : used(binary.right);
        }
        if (!left || !left->present) return std::nullopt;
        if (binary.op == BinaryOp::logic_and && left->integer == 0) return of_boolean(false);
        if (binary.op == BinaryOp::logic_or && left->integer != 0) return of_boolean(true);
        const std::optional<Constant> right = used(binary.right);
        if (!right || !right->present) return std::nullopt;
        switch (binary.op) {
        case BinaryOp::logic_and:
        case BinaryOp::logic_or:
            return of_boolean(right->integer != 0);
        case BinaryOp::equal:
        case BinaryOp::unequal:
        case BinaryOp::less:
        case BinaryOp::at_most:
        case BinaryOp::more:
        case BinaryOp::at_least:
            return compare(binary.op, binary.folded, *left, *right);
        case BinaryOp::add:
        case BinaryOp::subtract:
        case BinaryOp::multiply:
        case BinaryOp::divide:
        case BinaryOp::modulo:
            return arithmetic(binary.op, info.type, *left, *right);
        default:
            return std::nullopt;
        }
    }

    std::optional<Constant> of_list(const ListExpr& list, const ExprInfo& info) const {
        Constant constant;
        constant.type = info.type.as_required();
        for (const ExprId item : list.items) {
            std::optional<Constant> value = used(item);
            if (!value) return std::nullopt;
            if (value->present) constant.items.push_back(std::move(*value));
        }
        return constant;
    }

    const Model& model_;
    std::uint32_t tree_;
    const BoundParameters* parameters_;
};

/// Case, blanks, `_` and `-` do not tell words of an enumeration apart in foreign data.
std::string plain_word(std::string_view word) {
    std::string result;
    for (const char c : runtime::fold(word))
        if (c != ' ' && c != '_' && c != '-') result += c;
    return result;
}

std::optional<Constant> read_number(Type to, std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    return of_integer(to.as_required(), *number);
}

std::optional<Constant> read_text(const Model& model, const std::string& text, Type to, const std::string& zone) {
    switch (to.kind) {
    case Kind::text:
    case Kind::zone:
        return of_text(to.as_required(), text);
    case Kind::host:
    case Kind::email:
    case Kind::person:
        return of_text(to.as_required(), runtime::fold(text));
    case Kind::ip: {
        std::optional<std::string> bytes = runtime::parse_ip(text);
        if (!bytes) return std::nullopt;
        return of_text(to.as_required(), std::move(*bytes));
    }
    case Kind::boolean: {
        const std::optional<bool> value = runtime::parse_boolean(text);
        if (!value) return std::nullopt;
        return of_boolean(*value);
    }
    case Kind::integer:
        return read_number(to, runtime::parse_integer(text));
    case Kind::real: {
        const std::optional<double> value = runtime::parse_real(text);
        if (!value) return std::nullopt;
        return of_real(*value);
    }
    case Kind::time:
        return read_number(to, runtime::parse_time(text, zone));
    case Kind::time_of_day:
        return read_number(to, runtime::parse_time_of_day(text));
    case Kind::duration:
        return read_number(to, runtime::parse_duration(text));
    case Kind::size:
        return read_number(to, runtime::parse_size(text));
    case Kind::enumeration: {
        const std::vector<std::string>& words = model.enumerations[to.detail].words;
        for (std::size_t i = 0; i < words.size(); ++i)
            if (plain_word(words[i]) == plain_word(text))
                return of_integer(to.as_required(), static_cast<std::int64_t>(i));
        return std::nullopt;
    }
    case Kind::list:
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return std::nullopt;
}

std::optional<Constant> convert_list(const Model& model, const Constant& list, Type to, const std::string& zone) {
    Constant result;
    result.type = to.as_required();
    const Type element{static_cast<Kind>(to.detail), false, 0};
    for (const Constant& item : list.items) {
        if (element.kind == Kind::enumeration || element.kind == Kind::error) {
            result.items.push_back(item);
            continue;
        }
        std::optional<Constant> converted = convert_constant(model, item, element, zone);
        if (!converted) return std::nullopt;
        result.items.push_back(std::move(*converted));
    }
    return result;
}

} // namespace

std::optional<Constant> convert_constant(const Model& model, const Constant& constant, Type to,
                                         const std::string& zone) {
    const Kind from = constant.type.kind;
    if (!constant.present || to.kind == Kind::error || to.kind == Kind::tuple) return constant;
    if (to.kind == Kind::list) return from == Kind::list ? convert_list(model, constant, to, zone) : std::nullopt;
    if (from == to.kind) return constant;
    if (from == Kind::integer && to.kind == Kind::real) return of_real(static_cast<double>(constant.integer));
    if (runtime::is_textual(from)) return read_text(model, constant.text, to, zone);
    if (is_integral(from) && is_integral(to.kind) && to.kind != Kind::person)
        return of_integer(to.as_required(), constant.integer);
    return std::nullopt;
}

std::optional<Constant> plain_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                       const BoundParameters* parameters) {
    return Folder{model, tree, parameters}.plain(expr);
}

std::optional<Constant> used_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                      const BoundParameters* parameters) {
    return Folder{model, tree, parameters}.used(expr);
}

runtime::Value value_of(const Constant& constant, runtime::ConstantArena& arena) {
    using runtime::Value;
    if (!constant.present) return Value::absent();
    switch (constant.type.kind) {
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
    case Kind::person:
    case Kind::ip:
        return arena.text(constant.text);
    case Kind::real:
        return Value::of(constant.real);
    case Kind::list: {
        std::vector<Value> items;
        for (const Constant& item : constant.items) items.push_back(value_of(item, arena));
        return arena.list(std::move(items));
    }
    case Kind::tuple:
    case Kind::error:
        return Value::absent();
    default:
        return Value::of(constant.integer);
    }
}

std::string show_constant(const Model& model, const Constant& constant) {
    if (!constant.present) return "absent";
    switch (constant.type.kind) {
    case Kind::boolean:
        return constant.integer != 0 ? "true" : "false";
    case Kind::integer:
        return std::to_string(constant.integer);
    case Kind::real:
        return runtime::show_real(constant.real);
    case Kind::text:
    case Kind::zone:
    case Kind::host:
    case Kind::email:
    case Kind::person:
        return '"' + constant.text + '"';
    case Kind::ip:
        return runtime::show_ip(constant.text);
    case Kind::time:
        return runtime::show_time(constant.integer);
    case Kind::time_of_day:
        return runtime::show_time_of_day(constant.integer);
    case Kind::duration:
        return runtime::show_duration(constant.integer);
    case Kind::size:
        return runtime::show_size(constant.integer);
    case Kind::enumeration: {
        const auto& words = model.enumerations[constant.type.detail].words;
        const auto word = static_cast<std::size_t>(constant.integer);
        return word < words.size() ? words[word] : std::to_string(constant.integer);
    }
    case Kind::list: {
        std::string text = "[";
        for (const Constant& item : constant.items) text += (text.size() == 1 ? "" : ", ") + show_constant(model, item);
        return text + "]";
    }
    case Kind::tuple:
    case Kind::error:
        break;
    }
    return "";
}

} // namespace watchword::dsl

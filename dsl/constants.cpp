// Folding of constant expressions and reading of texts as other types.
#include "dsl/constants.hpp"

#include "runtime/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace watchword::dsl {

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

std::int64_t saturate(double value) {
    if (std::isnan(value)) return 0;
    if (value >= 9223372036854775807.0) return largest;
    if (value <= -9223372036854775808.0) return smallest;
    return static_cast<std::int64_t>(value);
}

std::int64_t add(std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    if (!__builtin_add_overflow(left, right, &result)) return result;
    return left > 0 ? largest : smallest;
}

std::int64_t subtract(std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    if (!__builtin_sub_overflow(left, right, &result)) return result;
    return left >= 0 ? largest : smallest;
}

std::int64_t multiply(std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    if (!__builtin_mul_overflow(left, right, &result)) return result;
    return (left > 0) == (right > 0) ? largest : smallest;
}

std::int64_t modulo(std::int64_t left, std::int64_t right) {
    if (right == -1) return 0;
    const std::int64_t rest = left % right;
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest; // the sign of the divisor
}

double as_real(const Constant& value) {
    return value.type.kind == Kind::real ? value.real : static_cast<double>(value.integer);
}

Constant of_integer(Type type, std::int64_t value) {
    Constant result;
    result.type = type.as_required();
    result.integer = value;
    return result;
}
Constant of_real(double value) {
    Constant result;
    result.type.kind = Kind::real;
    result.real = value;
    return result;
}
Constant of_boolean(bool value) { return of_integer(Type{Kind::boolean, false, 0}, value ? 1 : 0); }
Constant absent_of(Type type) {
    Constant result;
    result.type = type.as_optional();
    result.present = false;
    return result;
}

/// A number in the representation of `type`.
Constant of_number(Type type, double value) {
    return type.kind == Kind::real ? of_real(value) : of_integer(type, saturate(value));
}

bool is_real(const Constant& value) { return value.type.kind == Kind::real; }

std::optional<Constant> fold_arithmetic(BinaryOp op, const Constant& left, const Constant& right, Type type) {
    if (runtime::is_textual(left.type.kind) && op == BinaryOp::add) {
        Constant result;
        result.type = type.as_required();
        result.text = left.text + right.text;
        return result;
    }
    const bool real = is_real(left) || is_real(right);
    switch (op) {
    case BinaryOp::add:
        return real ? of_real(as_real(left) + as_real(right)) : of_integer(type, add(left.integer, right.integer));
    case BinaryOp::subtract:
        return real ? of_real(as_real(left) - as_real(right)) : of_integer(type, subtract(left.integer, right.integer));
    case BinaryOp::multiply:
        return real ? of_number(type, as_real(left) * as_real(right))
                    : of_integer(type, multiply(left.integer, right.integer));
    case BinaryOp::divide:
        if (as_real(right) == 0) return absent_of(type);
        return of_number(type, as_real(left) / as_real(right));
    case BinaryOp::modulo:
        if (right.integer == 0) return absent_of(type);
        return of_integer(type, modulo(left.integer, right.integer));
    default:
        return std::nullopt;
    }
}

/// -1, 0, 1
int order(const Constant& left, const Constant& right) {
    if (is_real(left) || is_real(right)) {
        const double a = as_real(left);
        const double b = as_real(right);
        return a < b ? -1 : (a > b ? 1 : 0);
    }
    if (!left.text.empty() || !right.text.empty()) {
        const int compared = left.text.compare(right.text);
        return compared < 0 ? -1 : (compared > 0 ? 1 : 0);
    }
    return left.integer < right.integer ? -1 : (left.integer > right.integer ? 1 : 0);
}

std::optional<Constant> fold_comparison(BinaryOp op, bool folded, Constant left, Constant right) {
    if (folded) {
        left.text = runtime::fold(left.text);
        right.text = runtime::fold(right.text);
    }
    switch (op) {
    case BinaryOp::equal:
        return of_boolean(order(left, right) == 0);
    case BinaryOp::unequal:
        return of_boolean(order(left, right) != 0);
    case BinaryOp::less:
        return of_boolean(order(left, right) < 0);
    case BinaryOp::at_most:
        return of_boolean(order(left, right) <= 0);
    case BinaryOp::more:
        return of_boolean(order(left, right) > 0);
    case BinaryOp::at_least:
        return of_boolean(order(left, right) >= 0);
    case BinaryOp::contains:
        return of_boolean(left.text.find(right.text) != std::string::npos);
    case BinaryOp::starts_with:
        return of_boolean(left.text.rfind(right.text, 0) == 0);
    case BinaryOp::ends_with:
        return of_boolean(left.text.size() >= right.text.size() &&
                          left.text.compare(left.text.size() - right.text.size(), std::string::npos, right.text) == 0);
    case BinaryOp::like:
        return of_boolean(runtime::like(left.text, right.text));
    default:
        return std::nullopt;
    }
}

class Folder {
public:
    Folder(const Model& model, std::uint32_t tree) : model_(model), tree_(tree) {}

    std::optional<Constant> fold(ExprId id) const {
        if (id == no_expr) return std::nullopt;
        const ExprInfo& info = model_.info(tree_, id);
        std::optional<Constant> value =
            std::visit([&](const auto& node) { return fold_node(node, info); }, model_.expr(tree_, id).node);
        if (!value || !value->present || info.as.kind == Kind::error) return value;
        if (info.as.kind == value->type.kind && info.as.detail == value->type.detail) return value;
        return convert_constant(model_, *value, info.as, model_.zones[tree_]);
    }

private:
    std::optional<Constant> fold_node(const Literal& literal, const ExprInfo& info) const {
        Constant result;
        result.type = info.type;
        result.integer = literal.integer;
        result.real = literal.real;
        result.text = literal.text;
        if (literal.kind == LiteralKind::instant)
            result.integer = instant_of(model_, tree_, {literal.integer, literal.zoned, {}});
        return result;
    }
    std::optional<Constant> fold_node(const Path&, const ExprInfo& info) const {
        if (info.ref.kind == RefKind::enumerator) return of_integer(info.type, info.ref.index);
        if (info.ref.kind == RefKind::constant && info.ref.index < model_.constants.size() &&
            model_.constants[info.ref.index].value.type.kind != Kind::error)
            return model_.constants[info.ref.index].value;
        if (info.ref.kind != RefKind::list || info.ref.index >= model_.lists.size()) return std::nullopt;
        Constant result;
        result.type = info.type;
        const ListInfo& list = model_.lists[info.ref.index];
        result.items = list.items;
        if (model_.decl<ListDecl>(list.at).file) result.file_list = info.ref.index;
        return result;
    }
    std::optional<Constant> fold_node(const Unary& unary, const ExprInfo& info) const {
        const std::optional<Constant> operand = fold(unary.operand);
        if (!operand) return std::nullopt;
        if (!operand->present) return absent_of(info.type);
        if (unary.op == UnaryOp::logic_not) return of_boolean(operand->integer == 0);
        return is_real(*operand) ? of_real(-operand->real) : of_integer(operand->type, subtract(0, operand->integer));
    }
    std::optional<Constant> fold_logic(const Binary& binary) const {
        const bool decides = binary.op == BinaryOp::logic_or; // the value that decides alone
        const std::optional<Constant> left = fold(binary.left);
        const std::optional<Constant> right = fold(binary.right);
        if (left && left->present && (left->integer != 0) == decides) return of_boolean(decides);
        if (right && right->present && (right->integer != 0) == decides) return of_boolean(decides);
        if (left && right && left->present && right->present) return of_boolean(!decides);
        return std::nullopt;
    }
    std::optional<Constant> fold_node(const Binary& binary, const ExprInfo& info) const {
        if (binary.op == BinaryOp::logic_or || binary.op == BinaryOp::logic_and) return fold_logic(binary);
        const std::optional<Constant> left = fold(binary.left);
        if (!left) return std::nullopt;
        if (binary.op == BinaryOp::coalesce) return left->present ? left : fold(binary.right);
        const std::optional<Constant> right = fold(binary.right);
        if (!right) return std::nullopt;
        if (!left->present || !right->present) return absent_of(info.type);
        if (binary.op >= BinaryOp::add) return fold_arithmetic(binary.op, *left, *right, info.type);
        if (left->type.kind == Kind::list || right->type.kind == Kind::list) return std::nullopt;
        return fold_comparison(binary.op, binary.folded, *left, *right);
    }
    std::optional<Constant> fold_node(const Conditional& conditional, const ExprInfo&) const {
        const std::optional<Constant> condition = fold(conditional.condition);
        if (!condition) return std::nullopt;
        return fold(condition->present && condition->integer != 0 ? conditional.then : conditional.otherwise);
    }
    std::optional<Constant> fold_node(const ListExpr& list, const ExprInfo& info) const {
        Constant result;
        result.type = info.type;
        for (const ExprId item : list.items) {
            std::optional<Constant> value = fold(item);
            if (!value) return std::nullopt;
            if (value->present) result.items.push_back(std::move(*value));
        }
        return result;
    }
    std::optional<Constant> fold_node(const Call& call, const ExprInfo& info) const {
        if (info.ref.kind != RefKind::function || info.ref.index >= model_.functions->size()) return std::nullopt;
        const runtime::FunctionRow& row = (*model_.functions)[info.ref.index];
        runtime::ConstantArena arena;
        std::vector<runtime::Value> arguments;
        for (const ExprId argument : call.arguments) {
            const std::optional<Constant> value = fold(argument);
            if (!value) return std::nullopt;
            if (!value->present) return absent_of(info.type);
            arguments.push_back(to_value(*value, arena));
        }
        if (arguments.size() != row.parameters.size() || row.evaluate == nullptr) return std::nullopt;
        runtime::Scratch scratch(std::size_t{1} << 16);
        runtime::FunctionContext context{scratch, model_.zones[tree_]};
        return from_value(row.evaluate(arguments.data(), context), row.result);
    }
    template <class Node>
    std::optional<Constant> fold_node(const Node&, const ExprInfo&) const {
        return std::nullopt;
    }

    const Model& model_;
    std::uint32_t tree_;
};

/// A text read as a value of another kind; nullopt if it spells none.
std::optional<Constant> read_text(const Model& model, const std::string& text, Type target, std::string_view zone) {
    Constant result;
    result.type = target.as_required();
    const auto integer = [&](std::optional<std::int64_t> value) -> std::optional<Constant> {
        if (!value) return std::nullopt;
        result.integer = *value;
        return result;
    };
    switch (target.kind) {
    case Kind::text:
    case Kind::person:
        result.text = text;
        return result;
    case Kind::host:
    case Kind::email:
        result.text = runtime::fold(text);
        return result;
    case Kind::zone:
        if (!runtime::is_zone(text)) return std::nullopt;
        result.text = text;
        return result;
    case Kind::ip: {
        std::optional<std::string> address = runtime::parse_ip(text);
        if (!address) return std::nullopt;
        result.text = std::move(*address);
        return result;
    }
    case Kind::time:
        return integer(runtime::parse_time(text, zone));
    case Kind::time_of_day:
        return integer(runtime::parse_time_of_day(text));
    case Kind::duration:
        return integer(runtime::parse_duration(text));
    case Kind::size:
        return integer(runtime::parse_size(text));
    case Kind::integer:
        return integer(runtime::parse_integer(text));
    case Kind::boolean:
        return integer(runtime::parse_boolean(text));
    case Kind::real: {
        const std::optional<double> value = runtime::parse_real(text);
        return value ? std::optional(of_real(*value)) : std::nullopt;
    }
    case Kind::enumeration: {
        const std::vector<std::string>& words = model.enumerations[target.detail].words;
        const auto word = std::find(words.begin(), words.end(), text);
        if (word == words.end()) return std::nullopt;
        return integer(word - words.begin());
    }
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<Constant> constant_value(const Model& model, std::uint32_t tree, ExprId expr) {
    return Folder(model, tree).fold(expr);
}

std::optional<Constant> convert_constant(const Model& model, const Constant& value, Type target,
                                         std::string_view zone) {
    if (!value.present) return absent_of(target);
    if (value.type.kind == target.kind && value.type.detail == target.detail) return value;
    if (value.type.kind == Kind::integer && target.kind == Kind::real)
        return of_real(static_cast<double>(value.integer));
    if (value.type.kind == Kind::list && target.kind == Kind::list) {
        Constant result;
        result.type = target.as_required();
        const Type element{static_cast<Kind>(target.detail), false, 0};
        for (const Constant& item : value.items) {
            std::optional<Constant> converted = convert_constant(model, item, element, zone);
            if (!converted && element.kind == Kind::ip && runtime::parse_network(item.text)) converted = item;
            if (!converted) return std::nullopt;
            result.items.push_back(std::move(*converted));
        }
        return result;
    }
    if (target.kind == Kind::text && runtime::is_textual(value.type.kind)) {
        Constant result = value;
        result.type = target.as_required();
        return result;
    }
    if (value.type.kind != Kind::text) return std::nullopt;
    if (target.kind == Kind::list && static_cast<Kind>(target.detail) == Kind::ip) { // one network is a list of one
        Constant list;
        list.type = Type{Kind::list, false, static_cast<std::uint16_t>(Kind::text)};
        list.items.push_back(value);
        return convert_constant(model, list, target, zone);
    }
    return read_text(model, value.text, target, zone);
}

runtime::Time instant_of(const Model& model, std::uint32_t tree, const InstantClause& instant) {
    if (instant.zoned || tree >= model.zones.size()) return instant.value;
    return runtime::Zone(model.zones[tree]).from_local(instant.value);
}

runtime::Value to_value(const Constant& constant, runtime::ConstantArena& arena) {
    if (!constant.present) return runtime::Value::absent();
    const Kind kind = constant.type.kind;
    if (runtime::is_textual(kind) || kind == Kind::ip || kind == Kind::person) return arena.text(constant.text);
    if (kind == Kind::real) return runtime::Value::of(constant.real);
    if (kind != Kind::list) return runtime::Value::of(constant.integer);
    std::vector<runtime::Value> items;
    for (const Constant& item : constant.items) items.push_back(to_value(item, arena));
    return arena.list(std::move(items));
}

Constant from_value(runtime::Value value, Type type) {
    if (!value.present()) return absent_of(type);
    Constant result;
    result.type = type.as_required();
    if (runtime::is_textual(type.kind) || type.kind == Kind::ip || type.kind == Kind::person) {
        result.text = std::string(value.text());
    } else if (type.kind == Kind::real) {
        result.real = value.real;
    } else if (type.kind == Kind::list) {
        const Type element{static_cast<Kind>(type.detail), false, 0};
        for (std::uint64_t index = 0; index < value.extent; ++index)
            result.items.push_back(from_value(value.items[index], element));
    } else {
        result.integer = value.integer;
    }
    return result;
}

} // namespace watchword::dsl

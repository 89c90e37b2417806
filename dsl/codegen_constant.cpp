// Constants as code needs them.
#include "dsl/codegen_constant.hpp"

#include "runtime/text.hpp"

namespace watchword::dsl {

namespace {

std::optional<Constant> bound(const ExprInfo& info, const BoundParameters* parameters) {
    if (parameters == nullptr || info.ref.kind != RefKind::parameter || info.ref.attribute != none) return std::nullopt;
    if (info.ref.index >= parameters->size()) return std::nullopt;
    return (*parameters)[info.ref.index];
}

} // namespace

std::optional<Constant> used_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                      const BoundParameters* parameters) {
    if (expr == no_expr) return std::nullopt;
    const ExprInfo& info = model.info(tree, expr);
    if (std::optional<Constant> value = bound(info, parameters)) {
        if (info.as.kind == Kind::error) return value;
        return convert_constant(model, *value, info.as.as_required(), model.zones[tree]);
    }
    return constant_value(model, tree, expr);
}

std::optional<Constant> listed_constant(const Model& model, std::uint32_t tree, ExprId expr,
                                        const BoundParameters* parameters) {
    if (std::optional<Constant> value = bound(model.info(tree, expr), parameters)) return value;
    if (std::optional<Constant> value = constant_value(model, tree, expr)) return value;
    const auto* literal = std::get_if<Literal>(&model.expr(tree, expr).node);
    if (literal == nullptr || (literal->kind != LiteralKind::text && literal->kind != LiteralKind::raw_text))
        return std::nullopt;
    Constant text;
    text.type = {Kind::text, false, 0};
    text.text = literal->text;
    return text;
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

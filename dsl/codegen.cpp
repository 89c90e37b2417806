// Pools of constants, sets, patterns and pieces, and the entries that make one piece.
#include "dsl/codegen.hpp"

#include "dsl/codegen_piece.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstring>

namespace watchword::dsl {

using runtime::CodeId;
using runtime::Instruction;
using runtime::no_code;
using runtime::Opcode;
using runtime::OperandKind;

namespace {

void put(std::string& out, std::string_view text) {
    out += std::to_string(text.size());
    out += ':';
    out += text;
}

/// Equal constants of one kind have equal bytes.
void put(std::string& out, const Constant& constant) {
    out += constant.present ? 'p' : 'a';
    out += std::to_string(constant.integer) + ',';
    char bits[sizeof(double)];
    std::memcpy(bits, &constant.real, sizeof bits);
    out.append(bits, sizeof bits);
    put(out, constant.text);
    out += std::to_string(constant.items.size()) + '[';
    for (const Constant& item : constant.items) put(out, item);
}

std::string bytes_of(const runtime::ConstantSet& set) {
    std::string bytes(1, static_cast<char>(set.kind));
    bytes += set.folded ? 'f' : '-';
    for (const std::string& text : set.texts) put(bytes, text);
    for (const std::int64_t integer : set.integers) bytes += std::to_string(integer) + ',';
    for (const double real : set.reals) bytes.append(reinterpret_cast<const char*>(&real), sizeof real);
    for (const auto& [address, length] : set.networks) bytes += address + static_cast<char>(length);
    return bytes;
}

} // namespace

CodeId CodeGenerator::add(std::vector<Instruction> piece) {
    std::string bytes(reinterpret_cast<const char*>(piece.data()), piece.size() * sizeof(Instruction));
    const auto [found, fresh] = pieces_.try_emplace(std::move(bytes), static_cast<CodeId>(program_.code.size()));
    if (!fresh) return found->second;
    const auto start = static_cast<std::int64_t>(program_.code.size());
    for (Instruction& instruction : piece)
        if (opcode_row(instruction.opcode)->immediate == OperandKind::target) instruction.immediate += start;
    program_.code.insert(program_.code.end(), piece.begin(), piece.end());
    return found->second;
}

namespace {

/// Runs `make` over a fresh piece and keeps what it made.
template <class Make>
CodeId make_piece(CodeGenerator& generator, const Model& model, const runtime::Program& program, const CodeScope& scope,
                  std::optional<Span> span, Make make) {
    Piece piece{generator, model, scope};
    if (!generator.too_large()) make(piece);
    if (piece.too_large() || program.code.size() > max_code) generator.give_up(span.value_or(Span{}));
    return generator.add(piece.finish());
}

} // namespace

CodeId CodeGenerator::condition(const CodeScope& scope, ExprId expr) {
    if (expr == no_expr) return no_code;
    const std::optional<Constant> known = used_constant(model_, scope.tree, expr, scope.parameters);
    if (known && known->present && known->integer != 0) return no_code;
    return value(scope, expr);
}

CodeId CodeGenerator::value(const CodeScope& scope, ExprId expr) {
    if (expr == no_expr) return no_code;
    return make_piece(*this, model_, program_, scope, model_.expr(scope.tree, expr).span,
                      [&](Piece& piece) { piece.used(expr, 0); });
}

CodeId CodeGenerator::joined(const CodeScope& scope, const std::vector<ExprId>& exprs) {
    return make_piece(*this, model_, program_, scope, model_.expr(scope.tree, exprs.front()).span,
                      [&](Piece& piece) { piece.joined(exprs, 0); });
}

CodeId CodeGenerator::reference(const CodeScope& scope, const Ref& ref) {
    return make_piece(*this, model_, program_, scope, std::nullopt, [&](Piece& piece) { piece.reference(ref, 0); });
}

CodeId CodeGenerator::constant(const Constant& constant) {
    return make_piece(*this, model_, program_, CodeScope{}, std::nullopt,
                      [&](Piece& piece) { piece.constant(constant, 0); });
}

CodeId CodeGenerator::load(Opcode opcode, std::uint16_t b, std::uint16_t c) {
    return make_piece(*this, model_, program_, CodeScope{}, std::nullopt,
                      [&](Piece& piece) { piece.emit(opcode, 0, b, c); });
}

CodeId CodeGenerator::load_member(Opcode opcode, std::uint16_t entry, runtime::Member member, Type type) {
    return make_piece(*this, model_, program_, CodeScope{}, std::nullopt,
                      [&](Piece& piece) { piece.member(opcode, entry, member, type, 0); });
}

std::uint32_t CodeGenerator::constant_index(const Constant& constant) {
    // a person is known by the text of its employee id
    const Type type = constant.type.kind == Kind::person ? Type{Kind::text, false, 0} : constant.type.as_required();
    Constant known = constant;
    if (constant.type.kind == Kind::person) known.text = runtime::fold(known.text);
    // lists from files that are equal today need not be so tomorrow
    std::string bytes = known.file_list ? fmt::format("{} ", *known.file_list) : "";
    put(bytes, known);
    const auto key = std::make_pair(static_cast<std::uint32_t>(type.kind) << 16 | type.detail, std::move(bytes));
    const auto [found, fresh] = constants_.try_emplace(key, static_cast<std::uint32_t>(program_.constants.size()));
    if (fresh) {
        if (known.file_list) program_.file_lists.push_back(found->second);
        program_.constants.push_back(to_value(known, known.file_list ? program_.file_list_arena : program_.arena));
        program_.constant_types.push_back(type);
    }
    return found->second;
}

std::uint32_t CodeGenerator::set_index(runtime::ConstantSet set, std::uint32_t list) {
    set.may_change = list != none && model_.decl<ListDecl>(model_.lists[list].at).file.has_value();
    const auto [found, fresh] =
        sets_.try_emplace(std::to_string(list) + bytes_of(set), static_cast<std::uint32_t>(program_.sets.size()));
    if (fresh) program_.sets.push_back(std::move(set));
    return found->second;
}

std::optional<std::uint32_t> CodeGenerator::pattern_index(const std::string& pattern) {
    const auto [found, fresh] = patterns_.try_emplace(pattern);
    if (!fresh) return found->second;
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto compiled = std::make_unique<re2::RE2>(pattern, options);
    if (!compiled->ok()) return std::nullopt;
    found->second = static_cast<std::uint32_t>(program_.patterns.size());
    program_.patterns.push_back(std::move(compiled));
    program_.pattern_texts.push_back(pattern);
    return found->second;
}

std::uint32_t CodeGenerator::function_index(std::uint32_t function) {
    const auto [found, fresh] = functions_.try_emplace(function, static_cast<std::uint32_t>(program_.functions.size()));
    if (fresh) program_.functions.push_back(&(*model_.functions)[function]);
    return found->second;
}

std::uint32_t CodeGenerator::table_index(std::uint32_t table) {
    const auto [found, fresh] = tables_.try_emplace(table, static_cast<std::uint32_t>(program_.tables.size()));
    if (!fresh) return found->second;
    const TableInfo& info = model_.tables[table];
    runtime::ConstantTable made;
    made.columns = info.columns;
    runtime::ConstantArena cells;
    for (const std::vector<Constant>& row : info.rows) {
        std::vector<std::string> bytes;
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::array<char, 8> buffer;
            const auto cell =
                convert_constant(model_, row[i], {info.columns[i], false, row[i].type.detail}, model_.zone);
            if (!cell || !cell->present) break; // a row that lacks a cell is no one's
            bytes.emplace_back(runtime::table_cell(to_value(*cell, cells), info.columns[i], buffer));
        }
        if (bytes.size() == info.columns.size()) made.rows.push_back(std::move(bytes));
    }
    std::sort(made.rows.begin(), made.rows.end());
    made.rows.erase(std::unique(made.rows.begin(), made.rows.end()), made.rows.end());
    program_.tables.push_back(std::move(made));
    return found->second;
}

} // namespace watchword::dsl

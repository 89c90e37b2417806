// The walk: states meet at jump targets, which lie ahead, so that one pass is enough.
#include "runtime/verify_code.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::runtime {

namespace {

constexpr unsigned deepest_loop = 64; ///< of list loops within list loops

Kind representation(Kind kind) {
    switch (kind) {
    case Kind::zone:
    case Kind::host:
    case Kind::email:
        return Kind::text;
    case Kind::boolean:
    case Kind::time:
    case Kind::time_of_day:
    case Kind::duration:
    case Kind::size:
        return Kind::integer;
    default:
        return kind;
    }
}

bool is_jump(Opcode opcode) {
    switch (opcode) {
    case Opcode::jump:
    case Opcode::jump_if_true:
    case Opcode::jump_if_false:
    case Opcode::jump_if_absent:
    case Opcode::jump_if_present:
        return true;
    default:
        return false;
    }
}

} // namespace

CodeVerifier::Held CodeVerifier::held(Type type) {
    Held result;
    result.kind = representation(type.kind);
    if (type.kind == Kind::list)
        result.detail = static_cast<std::uint16_t>(representation(static_cast<Kind>(type.detail)));
    if (type.kind == Kind::enumeration) result.detail = type.detail;
    return result;
}

CodeVerifier::Held CodeVerifier::element(const Held& list) {
    // which enumeration a list's words are of is not known: they are numbers
    const Kind kind = static_cast<Kind>(list.detail);
    Held result;
    result.absent = list.absent || list.empty;
    result.kind = kind == Kind::enumeration ? Kind::integer : kind;
    return result;
}

CodeVerifier::Held CodeVerifier::join(const Held& left, const Held& right) {
    if (left.absent) return right;
    if (right.absent) return left;
    Held result = left;
    const bool numbers = (left.kind == Kind::integer || left.kind == Kind::enumeration) &&
                         (right.kind == Kind::integer || right.kind == Kind::enumeration);
    if (numbers && left.kind != right.kind) {
        // a word of an enumeration, or a small number that may be one: the walk keeps the weaker claim
        const Held& number = left.kind == Kind::integer ? left : right;
        result = left.kind == Kind::enumeration ? left : right;
        result.most = std::max(result.most, number.most);
        if (number.most < 0) result = number;
        return result;
    }
    if (left.kind != right.kind) return {};
    if (left.kind == Kind::list && left.empty) return right;
    if (left.kind == Kind::list && right.empty) return left;
    if (left.detail != right.detail) return left.kind == Kind::enumeration ? Held{Kind::integer} : Held{};
    result.most = left.most < 0 || right.most < 0 ? -1 : std::max(left.most, right.most);
    if (left.kind == Kind::enumeration) result.most = std::max(left.most, right.most);
    return result;
}

/// Of an enumeration `most` is the largest number that was mixed in, negative if none was.
bool CodeVerifier::fits(const Held& value, Type type) const {
    if (value.absent || type.kind == Kind::error) return true;
    if (type.kind == Kind::enumeration) {
        const auto words = static_cast<std::int64_t>(program_.enumerations[type.detail].words.size());
        if (value.kind == Kind::enumeration) return value.detail == type.detail && value.most < words;
        return value.kind == Kind::integer && value.most >= 0 && value.most < words;
    }
    const Held wanted = held(type);
    if (wanted.kind == Kind::integer) return value.kind == Kind::integer || value.kind == Kind::enumeration;
    if (value.kind != wanted.kind) return false;
    if (value.kind != Kind::list || value.empty) return true;
    const auto of = [](std::uint16_t detail) {
        return static_cast<Kind>(detail) == Kind::enumeration ? static_cast<std::uint16_t>(Kind::integer) : detail;
    };
    return of(value.detail) == of(wanted.detail);
}

bool CodeVerifier::is(unsigned index, Kind kind) const {
    const Held& value = registers_[index];
    if (value.absent) return true;
    if (kind == Kind::integer)
        return value.kind == Kind::integer || value.kind == Kind::enumeration || value.kind == Kind::person;
    if (kind == Kind::text) return value.kind == Kind::text || value.kind == Kind::ip;
    return value.kind == kind;
}

std::string CodeVerifier::check(CodeId code, const CodeContext& context, Type result) {
    if (code == no_code) return "";
    context_ = &context;
    registers_ = {};
    arriving_.clear();
    depth_ = 0;
    problem_.clear();
    std::size_t after = 0;
    if (code >= program_.code.size()) return fmt::format("code {} does not exist", code);
    piece(code, program_.code.size(), result, after);
    return problem_;
}

bool CodeVerifier::fail(std::size_t at, const char* problem) {
    if (problem_.empty()) {
        const OpcodeRow* row = at < program_.code.size() ? opcode_row(program_.code[at].opcode) : nullptr;
        problem_ = fmt::format("instruction {} ({}): {}", at, row == nullptr ? "none" : row->name, problem);
    }
    return false;
}

bool CodeVerifier::piece(std::size_t begin, std::size_t end, Type result, std::size_t& after) {
    bool live = true;
    std::size_t at = begin;
    for (; at < end; ++at) {
        if (const auto met = arriving_.find(at); met != arriving_.end()) {
            if (live)
                for (std::size_t i = 0; i < max_registers; ++i) registers_[i] = join(registers_[i], met->second[i]);
            else
                registers_ = met->second;
            live = true;
            arriving_.erase(met);
        }
        if (!live) {
            const auto next = arriving_.lower_bound(at);
            if (next == arriving_.end() || next->first >= end) break; // every way has finished
            continue;
        }
        const Instruction& instruction = program_.code[at];
        const OpcodeRow* row = opcode_row(instruction.opcode);
        if (row == nullptr) return fail(at, "no such opcode");
        if (!in_bounds(instruction, *row)) return fail(at, "an operand does not exist");
        if (instruction.opcode == Opcode::finish) {
            if (!written(instruction.a) || !fits(registers_[instruction.a], result))
                return fail(at, "the result is of another kind");
            live = false;
        } else if (is_jump(instruction.opcode)) {
            const auto target = static_cast<std::uint64_t>(instruction.immediate);
            if (target <= at || target >= end) return fail(at, "a jump leads out of its piece");
            if (instruction.opcode != Opcode::jump && !written(instruction.a))
                return fail(at, "a register is not written");
            const auto [met, fresh] = arriving_.try_emplace(target, registers_);
            if (!fresh)
                for (std::size_t i = 0; i < max_registers; ++i) met->second[i] = join(met->second[i], registers_[i]);
            live = instruction.opcode != Opcode::jump;
        } else if (instruction.opcode == Opcode::any_in_list || instruction.opcode == Opcode::every_in_list) {
            if (!loop(at, end)) return false;
            at = static_cast<std::size_t>(instruction.immediate) - 1;
        } else if (!step(at, end)) {
            return false;
        }
    }
    after = at;
    if (live) return fail(begin, "the code does not finish");
    return true;
}

bool CodeVerifier::step(std::size_t at, std::size_t) {
    const Instruction& instruction = program_.code[at];
    if (!operands_fit(instruction)) return fail(at, "a register does not hold what the instruction reads");
    Held result = result_of(instruction);
    if (result.kind == Kind::error && !result.absent) return fail(at, "the instruction has no business here");
    registers_[instruction.a] = result;
    return true;
}

/// The body runs many times: what it writes is unknown when it begins, and afterwards.
bool CodeVerifier::loop(std::size_t at, std::size_t end) {
    const Instruction& instruction = program_.code[at];
    const auto target = static_cast<std::uint64_t>(instruction.immediate);
    if (target <= at + 1 || target >= end) return fail(at, "a loop leads out of its piece");
    if (++depth_ > deepest_loop) return fail(at, "loops are nested too deep");
    if (!is(instruction.b, Kind::list) || !written(instruction.b)) return fail(at, "not a list");
    if (!arriving_.empty() && arriving_.begin()->first < target) return fail(at, "a jump leads into a loop");
    const auto forget_written = [&] {
        for (std::size_t i = at + 1; i < target; ++i) {
            const OpcodeRow* row = opcode_row(program_.code[i].opcode);
            if (row == nullptr) continue;
            const bool inner =
                program_.code[i].opcode == Opcode::any_in_list || program_.code[i].opcode == Opcode::every_in_list;
            if (row->a == OperandKind::out && program_.code[i].a < max_registers) registers_[program_.code[i].a] = {};
            if (inner && program_.code[i].c < max_registers) registers_[program_.code[i].c] = {};
        }
        registers_[instruction.c] = {};
    };
    const Held list = registers_[instruction.b];
    forget_written();
    registers_[instruction.c] = element(list);
    std::map<std::size_t, Registers> outer;
    std::swap(outer, arriving_);
    const Registers before = registers_;
    std::size_t after = 0;
    if (!piece(at + 1, target, {Kind::boolean, false, 0}, after)) return false;
    registers_ = before;
    forget_written();
    std::swap(outer, arriving_);
    --depth_;
    registers_[instruction.a] = held({Kind::boolean, false, 0});
    return true;
}

bool CodeVerifier::operand_in_bounds(OperandKind kind, std::int64_t value) const {
    const auto within = [&](std::size_t size) { return value >= 0 && static_cast<std::uint64_t>(value) < size; };
    const SignalPlan* signal = context_->signal;
    switch (kind) {
    case OperandKind::none:
    case OperandKind::count:
    case OperandKind::integer:
    case OperandKind::real:
    case OperandKind::target:
        return true;
    case OperandKind::out:
    case OperandKind::in:
        return within(max_registers);
    case OperandKind::first:
        return value >= 0 && value <= max_registers;
    case OperandKind::field:
        return within(context_->fields.size());
    case OperandKind::trigger:
        return within(context_->trigger.size());
    case OperandKind::capture:
        return within(context_->captures.size());
    case OperandKind::window:
        return signal != nullptr && within(signal->windows.size());
    case OperandKind::usual:
        return signal != nullptr && within(signal->usuals.size());
    case OperandKind::peers:
        return signal != nullptr && within(signal->peers.size());
    case OperandKind::attribute:
        return context_->has_person && within(program_.employee.attributes.size());
    case OperandKind::set:
        return within(program_.sets.size());
    case OperandKind::calendar:
        return context_->has_person && within(program_.calendars.size());
    case OperandKind::function:
        return within(program_.functions.size());
    case OperandKind::pattern:
        return within(program_.patterns.size());
    case OperandKind::constant:
        return within(program_.constants.size());
    case OperandKind::table:
        return within(program_.tables.size());
    case OperandKind::member:
        return within(4);
    case OperandKind::unit:
        return within(static_cast<std::size_t>(Kind::tuple));
    }
    return false;
}

bool CodeVerifier::in_bounds(const Instruction& instruction, const OpcodeRow& row) const {
    if (row.b == OperandKind::first && std::uint32_t{instruction.b} + instruction.c > max_registers) return false;
    return operand_in_bounds(row.a, instruction.a) && operand_in_bounds(row.b, instruction.b) &&
           operand_in_bounds(row.c, instruction.c) && operand_in_bounds(row.immediate, instruction.immediate);
}

} // namespace watchword::runtime

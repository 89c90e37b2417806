#include "runtime/guard.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace watchword::runtime {

namespace {

constexpr unsigned most_steps = 256; ///< of code looked at for one jump

/// What is known of a register while a condition is read from its start on.
struct Known {
    enum class What : std::uint8_t { field, folded_field, constants, guards } what = What::field;
    std::uint32_t slot = 0;
    std::vector<const Value*> constants; ///< it is one of these
    std::vector<Guard> guards;           ///< that hold if it is true
};
using Registers = std::unordered_map<std::uint16_t, Known>;

std::string quoted(std::string_view text) { return RE2::QuoteMeta(re2::StringPiece(text.data(), text.size())); }

/// The longest part of a pattern of `like` that has no wildcard: whatever matches has it somewhere.
std::string_view longest_literal(std::string_view pattern) {
    std::string_view longest;
    while (!pattern.empty()) {
        const std::string_view part = pattern.substr(0, pattern.find_first_of("*?"));
        if (part.size() > longest.size()) longest = part;
        pattern.remove_prefix(std::min(pattern.size(), part.size() + 1));
    }
    return longest;
}

/// Reads the code as far as it runs whatever the event is, and notes what must hold for a true result.
class ConditionReader {
public:
    ConditionReader(const Program& program, const std::vector<Type>& types, Registers known = {})
        : program_(program), types_(types), known_(std::move(known)) {}

    std::vector<Guard> read(std::size_t begin) {
        for (std::size_t at = begin; at < program_.code.size();) {
            const std::size_t here = at;
            if (step(at)) continue;
            if (program_.code[here].opcode != Opcode::finish) demand_before(here);
            break;
        }
        return std::move(guards_);
    }

private:
    /// Goes on to the next instruction. False: what follows does not always run.
    bool step(std::size_t& at) {
        const Instruction& i = program_.code[at++];
        switch (i.opcode) {
        case Opcode::jump_if_false:
            if (!is_false_from(static_cast<std::size_t>(i.immediate), i.a, NotTrue::either)) return false;
            demand(i.a);
            return true;
        case Opcode::jump_if_absent:
            return static_cast<std::size_t>(i.immediate) == at ||
                   is_false_from(static_cast<std::size_t>(i.immediate), i.a, NotTrue::absent);
        case Opcode::finish:
            demand(i.a);
            return false;
        case Opcode::any_in_list: {
            std::optional<Known> known = any_in_list(i, at);
            // what the code for the elements has written is not what was there before
            for (const auto end = static_cast<std::size_t>(i.immediate); at < end; ++at)
                known_.erase(program_.code[at].a);
            known_.erase(i.c);
            note(i.a, std::move(known));
            return true;
        }
        case Opcode::jump: // whoever comes to the same place by another way has been seen to end in what is not true
            at = static_cast<std::size_t>(i.immediate);
            return true;
        case Opcode::jump_if_true:
        case Opcode::jump_if_present:
        case Opcode::every_in_list:
            return false;
        default:
            note(i.a, result_of(i));
            return true;
        }
    }

    void note(std::uint16_t name, std::optional<Known> known) {
        if (known)
            known_[name] = std::move(*known);
        else
            known_.erase(name);
    }

    /// It is true if the code for one of its elements is.
    std::optional<Known> any_in_list(const Instruction& i, std::size_t body) const {
        const auto list = known_.find(i.b);
        if (list == known_.end() || list->second.what != Known::What::constants || list->second.constants.size() != 1)
            return std::nullopt;
        const Value& elements = *list->second.constants.front();
        Registers registers = known_;
        Known& element = registers[i.c] = {};
        element.what = Known::What::constants;
        for (std::uint64_t k = 0; k < elements.extent; ++k) element.constants.push_back(&elements.items[k]);
        Known result;
        result.what = Known::What::guards;
        result.guards = ConditionReader{program_, types_, std::move(registers)}.read(body);
        return result;
    }

    std::optional<Known> result_of(const Instruction& i) const {
        Known result;
        switch (i.opcode) {
        case Opcode::load_field:
            result.slot = i.b;
            return result;
        case Opcode::load_constant:
            // what may change while an engine runs is no ground for an index
            if (std::binary_search(program_.file_lists.begin(), program_.file_lists.end(),
                                   static_cast<std::uint32_t>(i.immediate)))
                return std::nullopt;
            result.what = Known::What::constants;
            result.constants = {&program_.constants[static_cast<std::size_t>(i.immediate)]};
            return result;
        case Opcode::move: {
            const auto from = known_.find(i.b);
            return from == known_.end() ? std::nullopt : std::optional(from->second);
        }
        case Opcode::fold:
            if (!is_field(i.b) || !is_textual(kind_of(i.b))) return std::nullopt;
            result.what = Known::What::folded_field;
            result.slot = known_.at(i.b).slot;
            return result;
        case Opcode::equal_integer_constant:
            return equals(i.b, i.immediate);
        case Opcode::logic_not:
            return is_field(i.b) && kind_of(i.b) == Kind::boolean ? equals(i.b, 0) : std::nullopt;
        case Opcode::equal_text:
            if (is_constant(i.c)) return equals(i.b, known_.at(i.c).constants);
            if (is_constant(i.b)) return equals(i.c, known_.at(i.b).constants);
            return std::nullopt;
        case Opcode::logic_and: // true only if both are
            result.what = Known::What::guards;
            for (const std::uint16_t part : {i.b, i.c}) {
                const std::vector<Guard> guards = demands(part);
                result.guards.insert(result.guards.end(), guards.begin(), guards.end());
            }
            return result;
        case Opcode::in_set:
            return in_set(i.b, program_.sets[i.c]);
        case Opcode::contains:
            return has_pattern(i, quoted);
        case Opcode::starts_with:
            return has_pattern(i, [](std::string_view text) { return "\\A" + quoted(text); });
        case Opcode::ends_with:
            return has_pattern(i, [](std::string_view text) { return quoted(text) + "\\z"; });
        case Opcode::like:
            return has_pattern(i, [](std::string_view text) { return quoted(longest_literal(text)); });
        case Opcode::matches: {
            std::optional<Known> found = patterns_of(i.b);
            if (found) found->guards.front().patterns.push_back(program_.pattern_texts[i.c]);
            return found;
        }
        default:
            return std::nullopt;
        }
    }

    bool is(std::uint16_t name, Known::What what) const {
        const auto found = known_.find(name);
        return found != known_.end() && found->second.what == what;
    }
    bool is_field(std::uint16_t name) const { return is(name, Known::What::field); }
    bool is_constant(std::uint16_t name) const { return is(name, Known::What::constants); }
    Kind kind_of(std::uint16_t name) const { return types_[known_.at(name).slot].kind; }

    std::optional<Known> guard_on(std::uint16_t name) const {
        if (!is_field(name) && !is(name, Known::What::folded_field)) return std::nullopt;
        Known result;
        result.what = Known::What::guards;
        Guard& guard = result.guards.emplace_back();
        guard.slot = known_.at(name).slot;
        guard.kind = kind_of(name);
        guard.folded = !is_field(name);
        return result;
    }
    std::optional<Known> equals(std::uint16_t name, std::int64_t value) const {
        if (!is_field(name)) return std::nullopt;
        std::optional<Known> result = guard_on(name);
        result->guards.front().integers.push_back(value);
        return result;
    }
    std::optional<Known> equals(std::uint16_t name, const std::vector<const Value*>& texts) const {
        std::optional<Known> result = guard_on(name);
        if (!result || !is_textual(kind_of(name))) return std::nullopt;
        for (const Value* const text : texts) result->guards.front().texts.push_back(text->text());
        return result;
    }
    std::optional<Known> in_set(std::uint16_t name, const ConstantSet& set) const {
        if (set.may_change || !set.reals.empty() || !set.networks.empty()) return std::nullopt;
        std::optional<Known> result = guard_on(name);
        if (!result) return std::nullopt;
        Guard& guard = result->guards.front();
        if (is_textual(guard.kind)) {
            // a folded set asks for the value folded; hosts and addresses are that already
            guard.folded |= set.folded && guard.kind != Kind::host && guard.kind != Kind::email;
            guard.texts.assign(set.texts.begin(), set.texts.end());
            return result;
        }
        const Kind kind = guard.kind;
        if (kind == Kind::person || kind == Kind::ip || kind == Kind::real || kind == Kind::list) return std::nullopt;
        guard.integers = set.integers;
        return result;
    }

    std::optional<Known> patterns_of(std::uint16_t name) const {
        std::optional<Known> result = guard_on(name);
        if (!result || !is_textual(result->guards.front().kind)) return std::nullopt;
        result->guards.front().by = GuardKind::patterns;
        return result;
    }
    template <class PatternOf>
    std::optional<Known> has_pattern(const Instruction& i, PatternOf pattern_of) const {
        if (!is_constant(i.c)) return std::nullopt;
        std::optional<Known> result = patterns_of(i.b);
        if (!result) return std::nullopt;
        for (const Value* const text : known_.at(i.c).constants)
            result->guards.front().patterns.push_back(pattern_of(text->text()));
        return result;
    }

    /// What holds if the register is true.
    std::vector<Guard> demands(std::uint16_t name) const {
        const auto found = known_.find(name);
        if (found == known_.end()) return {};
        if (found->second.what == Known::What::guards) return found->second.guards;
        if (found->second.what != Known::What::field || kind_of(name) != Kind::boolean) return {};
        Guard guard;
        guard.slot = found->second.slot;
        guard.kind = Kind::boolean;
        guard.integers = {1};
        return {guard};
    }
    void demand(std::uint16_t name) {
        const std::vector<Guard> guards = demands(name);
        guards_.insert(guards_.end(), guards.begin(), guards.end());
    }

    /// Of what is known where the code begins to run in several ways, all without which none of them ends in true.
    void demand_before(std::size_t at) {
        std::set<std::uint16_t> names; // in an order that does not depend on hashes
        for (const auto& [name, known] : known_) names.insert(name);
        for (const std::uint16_t name : names)
            if (!demands(name).empty() && is_false_from(at, name, NotTrue::either)) demand(name);
    }

    enum class NotTrue : std::uint8_t { either, absent }; ///< either: false or absent
    /// Whether the run ends in a result that is not true if it goes on at `at` with a register that is not.
    bool is_false_from(std::size_t at, std::uint16_t name, NotTrue how) const {
        unsigned steps = most_steps;
        return ends_false(at, {{name, how}}, steps);
    }
    /// `not_true`: registers that are so. `steps`: how many instructions may still be looked at.
    bool ends_false(std::size_t at, std::map<std::uint16_t, NotTrue> not_true, unsigned& steps) const {
        for (; steps != 0; --steps) {
            const Instruction& i = program_.code[at++];
            const auto target = static_cast<std::size_t>(i.immediate);
            const auto known = not_true.find(i.a);
            const bool is_absent = known != not_true.end() && known->second == NotTrue::absent;
            const auto set = [&](bool is_not_true) {
                if (is_not_true)
                    not_true[i.a] = NotTrue::either;
                else
                    not_true.erase(i.a);
            };
            switch (i.opcode) {
            case Opcode::finish:
                return known != not_true.end();
            case Opcode::jump:
                at = target;
                break;
            case Opcode::jump_if_false:
                if (known != not_true.end())
                    at = target;
                else if (!ends_false(target, not_true, steps))
                    return false;
                break;
            case Opcode::jump_if_absent:
                if (is_absent)
                    at = target;
                else if (target != at && !ends_false(target, not_true, steps))
                    return false;
                break;
            case Opcode::jump_if_present:
                if (target != at && !is_absent && !ends_false(target, not_true, steps)) return false;
                break;
            case Opcode::jump_if_true:
                if (target != at && known == not_true.end() && !ends_false(target, not_true, steps)) return false;
                break;
            case Opcode::load_absent:
                not_true[i.a] = NotTrue::absent;
                break;
            case Opcode::move:
                if (const auto from = not_true.find(i.b); from != not_true.end())
                    not_true[i.a] = from->second;
                else
                    not_true.erase(i.a);
                break;
            case Opcode::logic_not: {
                const auto of = not_true.find(i.b);
                set(of != not_true.end() && of->second == NotTrue::absent);
                break;
            }
            case Opcode::logic_and:
                set(not_true.contains(i.b) || not_true.contains(i.c));
                break;
            case Opcode::logic_or:
                set(not_true.contains(i.b) && not_true.contains(i.c));
                break;
            case Opcode::any_in_list:
            case Opcode::every_in_list:
                return false;
            default:
                set(false);
            }
        }
        return false;
    }

    const Program& program_;
    const std::vector<Type>& types_;
    Registers known_;
    std::vector<Guard> guards_;
};

/// A boolean field, or a field that is equal to a constant; where it may be absent, that is asked first.
bool is_one_comparison(const Program& program, CodeId code) {
    if (field_alone(program, code) != no_slot) return true;
    constexpr std::uint32_t none = UINT32_MAX;
    std::uint32_t field = none, constant = none, result = none; // registers
    // the index takes what is absent for 0 and the empty text, so of these the condition has to be asked
    bool may_be_absent = false;
    std::string_view text;
    std::size_t at = code;
    for (unsigned steps = 0; steps < 10 && at < program.code.size(); ++steps) {
        const Instruction& i = program.code[at++];
        switch (i.opcode) {
        case Opcode::load_field:
            if (field != none || result != none) return false;
            field = i.a;
            break;
        case Opcode::load_constant:
            if (constant != none || result != none || i.a == field) return false;
            constant = i.a;
            text = program.constants[static_cast<std::size_t>(i.immediate)].text();
            break;
        case Opcode::jump_if_absent: // what is equal to something is not absent
            if (i.a != field || result != none) return false;
            may_be_absent = true;
            break;
        case Opcode::equal_integer_constant:
            if (i.b != field || result != none || (may_be_absent && i.immediate == 0)) return false;
            result = i.a;
            break;
        case Opcode::equal_text:
            if (field == none || constant == none || result != none) return false;
            if (may_be_absent && text.empty()) return false;
            if ((i.b != field || i.c != constant) && (i.b != constant || i.c != field)) return false;
            result = i.a;
            break;
        case Opcode::jump:
            at = static_cast<std::size_t>(i.immediate);
            break;
        case Opcode::finish:
            return i.a == result;
        default:
            return false;
        }
    }
    return false;
}

} // namespace

std::vector<Guard> guards_of(const Program& program, CodeId condition, const std::vector<Type>& types) {
    if (condition == no_code) return {};
    std::vector<Guard> guards = ConditionReader{program, types}.read(condition);
    if (guards.size() == 1) guards.front().is_whole = is_one_comparison(program, condition);
    return guards;
}

std::int32_t field_alone(const Program& program, CodeId code) {
    if (code == no_code || std::size_t{code} + 1 >= program.code.size()) return no_slot;
    const Instruction* const at = &program.code[code];
    const bool alone = at->opcode == Opcode::load_field && at[1].opcode == Opcode::finish && at[1].a == at->a;
    return alone ? static_cast<std::int32_t>(at->b) : no_slot;
}

std::vector<std::uint32_t> fields_read(const Program& program, CodeId code) {
    std::set<std::uint32_t> slots;
    // jumps go forward: the code ends at the first `finish` that no jump goes beyond
    std::size_t farthest = code;
    for (std::size_t at = code; at < program.code.size(); ++at) {
        const Instruction& i = program.code[at];
        const OpcodeRow* const row = opcode_row(i.opcode);
        if (row == nullptr) break;
        if (row->a == OperandKind::field) slots.insert(i.a);
        if (row->b == OperandKind::field) slots.insert(i.b);
        if (row->c == OperandKind::field) slots.insert(i.c);
        if (row->immediate == OperandKind::target) farthest = std::max(farthest, static_cast<std::size_t>(i.immediate));
        if (i.opcode == Opcode::finish && at >= farthest) break;
    }
    return {slots.begin(), slots.end()};
}

} // namespace watchword::runtime

#include "runtime/guard_index.hpp"

#include "runtime/kept_values.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace watchword::runtime {

namespace {

/// What is known of a register while a condition is read from its start on.
struct Known {
    enum class What : std::uint8_t { field, constant, guard } what = What::field;
    std::uint32_t slot = 0;
    const Value* constant = nullptr;
    Guard guard;
};

/// Reads the code as far as it runs whatever the event is, and notes what must hold for a true result.
class ConditionReader {
public:
    ConditionReader(const Program& program, const std::vector<Type>& types) : program_(program), types_(types) {}

    std::vector<Guard> read(CodeId condition) {
        for (std::size_t at = condition; at < program_.code.size(); ++at)
            if (!step(program_.code[at])) break;
        return std::move(guards_);
    }

private:
    /// False: what follows does not always run.
    bool step(const Instruction& i) {
        switch (i.opcode) {
        case Opcode::jump_if_false:
            if (!is_false_from(static_cast<std::size_t>(i.immediate), i.a)) return false;
            demand(i.a);
            return true;
        case Opcode::jump_if_absent:
            return is_false_from(static_cast<std::size_t>(i.immediate), i.a);
        case Opcode::finish:
            demand(i.a);
            return false;
        case Opcode::jump:
        case Opcode::jump_if_true:
        case Opcode::jump_if_present:
        case Opcode::any_in_list:
        case Opcode::every_in_list:
            return false;
        default:
            break;
        }
        std::optional<Known> result = result_of(i);
        if (result)
            known_[i.a] = std::move(*result);
        else
            known_.erase(i.a);
        return true;
    }

    std::optional<Known> result_of(const Instruction& i) const {
        Known result;
        switch (i.opcode) {
        case Opcode::load_field:
            result.slot = i.b;
            return result;
        case Opcode::load_constant:
            result.what = Known::What::constant;
            result.constant = &program_.constants[static_cast<std::size_t>(i.immediate)];
            return result;
        case Opcode::equal_integer_constant:
            return equals(i.b, i.immediate);
        case Opcode::logic_not:
            return is_field(i.b) && kind_of(i.b) == Kind::boolean ? equals(i.b, 0) : std::nullopt;
        case Opcode::equal_text:
            if (is_field(i.b) && is_constant(i.c)) return equals(i.b, *known_.at(i.c).constant);
            if (is_field(i.c) && is_constant(i.b)) return equals(i.c, *known_.at(i.b).constant);
            return std::nullopt;
        case Opcode::in_set:
            return in_set(i.b, program_.sets[i.c]);
        default:
            return std::nullopt;
        }
    }

    bool is(std::uint16_t name, Known::What what) const {
        const auto found = known_.find(name);
        return found != known_.end() && found->second.what == what;
    }
    bool is_field(std::uint16_t name) const { return is(name, Known::What::field); }
    bool is_constant(std::uint16_t name) const { return is(name, Known::What::constant); }
    Kind kind_of(std::uint16_t name) const { return types_[known_.at(name).slot].kind; }

    std::optional<Known> guard_on(std::uint16_t name) const {
        if (!is_field(name)) return std::nullopt;
        Known result;
        result.what = Known::What::guard;
        result.guard.slot = known_.at(name).slot;
        result.guard.kind = kind_of(name);
        return result;
    }
    std::optional<Known> equals(std::uint16_t name, std::int64_t value) const {
        std::optional<Known> result = guard_on(name);
        if (result) result->guard.integers.push_back(value);
        return result;
    }
    std::optional<Known> equals(std::uint16_t name, const Value& text) const {
        std::optional<Known> result = guard_on(name);
        if (result && !is_textual(result->guard.kind)) return std::nullopt;
        if (result) result->guard.texts.push_back(text.text());
        return result;
    }
    std::optional<Known> in_set(std::uint16_t name, const ConstantSet& set) const {
        std::optional<Known> result = guard_on(name);
        if (!result || set.may_change || !set.reals.empty() || !set.networks.empty()) return std::nullopt;
        const Kind kind = result->guard.kind;
        if (is_textual(kind)) {
            // a folded set asks for the value folded; hosts and addresses are that already
            if (set.folded && kind != Kind::host && kind != Kind::email) return std::nullopt;
            result->guard.texts.assign(set.texts.begin(), set.texts.end());
            return result;
        }
        if (kind == Kind::person || kind == Kind::ip || kind == Kind::real || kind == Kind::list) return std::nullopt;
        result->guard.integers = set.integers;
        return result;
    }

    void demand(std::uint16_t name) {
        const auto found = known_.find(name);
        if (found == known_.end()) return;
        if (found->second.what == Known::What::guard) guards_.push_back(found->second.guard);
        if (found->second.what != Known::What::field || kind_of(name) != Kind::boolean) return;
        guards_.push_back({found->second.slot, Kind::boolean, {1}, {}});
    }

    /// Whether the run ends in a result that is not true if it goes on at `at` with a false or absent register.
    bool is_false_from(std::size_t at, std::uint16_t name) const {
        for (;;) {
            const Instruction& i = program_.code[at];
            if (i.opcode == Opcode::finish) return i.a == name;
            if (i.opcode != Opcode::jump && !(i.opcode == Opcode::jump_if_false && i.a == name)) return false;
            at = static_cast<std::size_t>(i.immediate);
        }
    }

    const Program& program_;
    const std::vector<Type>& types_;
    std::unordered_map<std::uint16_t, Known> known_;
    std::vector<Guard> guards_;
};

constexpr std::ptrdiff_t few = 32; // candidates, for which sorting is faster than merging with a buffer

std::size_t constants(const Guard& guard) { return guard.integers.size() + guard.texts.size(); }

/// Larger: it lets fewer events pass, as far as one can tell.
int selectivity(Kind kind) { return kind == Kind::boolean ? 0 : kind == Kind::enumeration ? 1 : 2; }

/// Of all guards on one field that every input has, the best, with the constants of all inputs; nullopt: there is none.
std::optional<Guard> common_guard(const std::vector<std::vector<Guard>>& inputs) {
    std::optional<Guard> best;
    for (const Guard& first : inputs.front()) {
        Guard whole = first;
        bool everywhere = true;
        for (std::size_t i = 1; i < inputs.size() && everywhere; ++i) {
            const auto same = std::find_if(inputs[i].begin(), inputs[i].end(),
                                           [&](const Guard& guard) { return guard.slot == first.slot; });
            everywhere = same != inputs[i].end();
            if (!everywhere) continue;
            whole.integers.insert(whole.integers.end(), same->integers.begin(), same->integers.end());
            whole.texts.insert(whole.texts.end(), same->texts.begin(), same->texts.end());
        }
        if (!everywhere) continue;
        const bool better = !best || selectivity(whole.kind) > selectivity(best->kind) ||
                            (selectivity(whole.kind) == selectivity(best->kind) && constants(whole) < constants(*best));
        if (better) best = std::move(whole);
    }
    return best;
}

void sort_once(std::vector<Candidate>& candidates) {
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
}

} // namespace

std::vector<Guard> guards_of(const Program& program, CodeId condition, const std::vector<Type>& types) {
    if (condition == no_code) return {};
    return ConditionReader{program, types}.read(condition);
}

std::size_t GuardIndex::TextHash::operator()(std::string_view text) const noexcept { return hash_of(text); }

GuardIndex::Field& GuardIndex::field(TypeIndex& type, const Guard& guard) {
    for (Field& known : type.fields)
        if (known.slot == guard.slot) return known;
    Field& added = type.fields.emplace_back();
    added.slot = guard.slot;
    added.textual = is_textual(guard.kind);
    return added;
}

void GuardIndex::add(std::uint32_t type, Candidate candidate, const std::vector<std::vector<Guard>>& inputs) {
    const std::optional<Guard> guard = inputs.empty() ? std::nullopt : common_guard(inputs);
    if (!guard) {
        types_[type].unguarded.push_back(candidate);
        return;
    }
    Field& field = this->field(types_[type], *guard);
    for (const std::string_view text : guard->texts) field.texts[text].push_back(candidate);
    for (const std::int64_t value : guard->integers) {
        if (value < 0 || value >= most_small) {
            field.integers[value].push_back(candidate);
            continue;
        }
        const auto index = static_cast<std::size_t>(value);
        if (field.small.size() <= index) field.small.resize(index + 1);
        field.small[index].push_back(candidate);
    }
}

void GuardIndex::finish() {
    for (TypeIndex& type : types_) {
        sort_once(type.unguarded);
        for (Field& field : type.fields) {
            for (Candidates& candidates : field.small) sort_once(candidates);
            for (auto entry = field.integers.begin(); entry != field.integers.end(); ++entry) sort_once(entry.value());
            for (auto entry = field.texts.begin(); entry != field.texts.end(); ++entry) sort_once(entry.value());
        }
    }
}

const std::vector<Candidate>* GuardIndex::Field::find(const Value& value) const {
    if (textual) {
        const auto found = texts.find(value.text());
        return found == texts.end() ? nullptr : &found->second;
    }
    if (value.integer >= 0 && value.integer < most_small) {
        const auto index = static_cast<std::size_t>(value.integer);
        return index < small.size() ? &small[index] : nullptr;
    }
    if (integers.empty()) return nullptr;
    const auto found = integers.find(value.integer);
    return found == integers.end() ? nullptr : &found->second;
}

void GuardIndex::find(std::uint32_t type, const Value* fields, std::vector<Candidate>& candidates) const {
    const TypeIndex& index = types_[type];
    const auto first = static_cast<std::ptrdiff_t>(candidates.size());
    for (const Candidate& candidate : index.unguarded) candidates.push_back(candidate);
    for (const Field& field : index.fields) {
        const Candidates* const found = field.find(fields[field.slot]);
        if (found == nullptr || found->empty()) continue;
        const auto begin = candidates.begin() + first;
        const bool in_order = begin == candidates.end() || candidates.back() < found->front();
        const auto middle = candidates.end() - begin;
        for (const Candidate& candidate : *found) candidates.push_back(candidate);
        if (in_order) continue;
        if (candidates.end() - (candidates.begin() + first) <= few)
            std::sort(candidates.begin() + first, candidates.end());
        else
            std::inplace_merge(candidates.begin() + first, candidates.begin() + first + middle, candidates.end());
    }
}

} // namespace watchword::runtime

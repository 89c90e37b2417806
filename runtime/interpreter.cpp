// The loop. Every opcode of opcodes.def has its case; -Werror=switch finds one that has not.
#include "runtime/interpreter.hpp"

#include "runtime/conversion.hpp"
#include "runtime/membership.hpp"

#include <re2/re2.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace watchword::runtime {

namespace {

/// How deep quantifiers over lists may stand in each other, and how many elements one run looks at in all: beyond
/// either the answer is absent, so that no record and no policy makes a run long.
constexpr unsigned deepest_list = 32;
constexpr std::uint32_t most_elements = 1U << 22;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? (a < 0 ? least : most) : result;
}

std::int64_t saturated_difference(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_sub_overflow(a, b, &result) ? (a < 0 ? least : most) : result;
}

std::int64_t saturated_product(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? ((a < 0) != (b < 0) ? least : most) : result;
}

Value modulo(std::int64_t a, std::int64_t b) {
    if (b == 0) return Value::absent();
    if (b == -1) return Value::of(0);
    const std::int64_t rest = a % b;
    return Value::of(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
}

/// Reals saturate as integers do: there is neither an infinity nor a NaN in the language.
Value finite(double value) {
    if (std::isfinite(value)) return Value::of(value);
    if (std::isnan(value)) return Value::of(0.0);
    return Value::of(value > 0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::lowest());
}

std::int64_t truncated(double value) {
    if (std::isnan(value)) return 0;
    if (value >= 9223372036854775808.0) return most;
    if (value < -9223372036854775808.0) return least;
    return static_cast<std::int64_t>(value);
}

bool contains(std::string_view text, std::string_view part) {
    if (part.empty() || text.size() < part.size()) return part.empty();
    // glibc's is linear in the worst case, std::string_view::find is not
    return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

/// True, false, or absent for unknown.
bool is_true(const Value& value) { return value.extent != 0 && value.integer != 0; }
bool is_false(const Value& value) { return value.extent != 0 && value.integer == 0; }

Value both(const Value& a, const Value& b) {
    if (is_false(a) || is_false(b)) return Value::of(false);
    return a.present() && b.present() ? Value::of(true) : Value::absent();
}

Value either(const Value& a, const Value& b) {
    if (is_true(a) || is_true(b)) return Value::of(true);
    return a.present() && b.present() ? Value::of(false) : Value::absent();
}

bool matches(const re2::RE2& pattern, std::string_view text) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

Value textual(std::string_view text) { return text.data() == nullptr ? Value::absent() : Value::of(text); }

Value concat(const Value& a, const Value& b, Scratch& scratch) {
    const std::string_view left = a.text(), right = b.text();
    char* const place = scratch.allocate(left.size() + right.size() + 1);
    if (place == nullptr) return Value::absent();
    if (!left.empty()) std::memcpy(place, left.data(), left.size());
    if (!right.empty()) std::memcpy(place + left.size(), right.data(), right.size());
    return Value::of(std::string_view{place, left.size() + right.size()});
}

Value make_list(const Value* values, std::size_t count, Scratch& scratch) {
    char* const place = scratch.allocate(count * sizeof(Value));
    if (place == nullptr) return Value::absent();
    if (count != 0) std::memcpy(place, static_cast<const void*>(values), count * sizeof(Value));
    return Value::of_list(reinterpret_cast<const Value*>(place), count);
}

Value attribute_of(const Roster* roster, const Value& person, std::size_t attribute, const RosterMoment& moment) {
    if (roster == nullptr || !person.present()) return Value::absent();
    const auto id = static_cast<PersonId>(person.integer);
    return roster->is_employee(id) ? roster->attributes(id, moment)[attribute] : Value::absent();
}

Value employee_id(const Roster* roster, const Value& person, Scratch& scratch) {
    if (roster == nullptr || !person.present()) return Value::absent();
    return textual(fold_into(roster->id(static_cast<PersonId>(person.integer)), scratch));
}

Value person_of(const Roster* roster, const Value& account) {
    const PersonId person = roster == nullptr || !account.present() ? nobody : roster->find(account.text());
    return person == nobody ? Value::absent() : Value::of(static_cast<std::int64_t>(person));
}

Value account_id(const Roster* roster, const Value& account, Scratch& scratch) {
    if (!account.present()) return Value::absent();
    const PersonId person = roster == nullptr ? nobody : roster->find(account.text());
    return textual(fold_into(person == nobody ? account.text() : roster->id(person), scratch));
}

bool all_present(const Value* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (!values[i].present()) return false;
    return true;
}

} // namespace

Interpreter::Interpreter(const Program& program, const Roster* roster) : program_(program), roster_(roster) {}

Value Interpreter::run_from(CodeId code, const Frame& frame) noexcept {
    elements_ = 0;
    return execute(code, frame, registers_);
}

Value Interpreter::run_calendar(CodeId code, const Frame& frame) noexcept {
    if (code == no_code || in_calendar_) return Value::absent();
    in_calendar_ = true;
    const Value result = execute(code, frame, calendar_registers_);
    in_calendar_ = false;
    return result;
}

std::string_view Interpreter::zone_of(const Frame& frame) const noexcept {
    if (!frame.zone.empty()) return frame.zone;
    if (frame.attributes != nullptr && program_.employee.zone != no_slot) {
        const Value& zone = frame.attributes[program_.employee.zone];
        if (zone.extent != 0) return zone.text();
    }
    return program_.zone;
}

/// `any` and `every`: the body stands behind the instruction at `at` and sees all registers.
Value Interpreter::each_in_list(std::size_t at, const Frame& frame, Value* registers) noexcept {
    const Instruction& instruction = program_.code[at];
    const bool any = instruction.opcode == Opcode::any_in_list;
    const Value list = registers[instruction.b];
    if (!list.present() || depth_ >= deepest_list) return Value::absent();
    ++depth_;
    Value result = Value::of(!any);
    for (std::size_t i = 0; i < list.extent; ++i) {
        if (++elements_ > most_elements) {
            result = Value::absent();
            break;
        }
        registers[instruction.c] = list.items[i];
        if (is_true(execute(at + 1, frame, registers)) == any) {
            result = Value::of(any);
            break;
        }
    }
    --depth_;
    return result;
}

Value Interpreter::execute(std::size_t start, const Frame& frame, Value* registers) noexcept {
    Value* const r = registers;
    const Instruction* const code = program_.code.data();
    for (const Instruction* at = code + start;; ++at) {
        const Instruction& i = *at;
        const auto target = [code, &i] { return code + i.immediate - 1; };
        switch (i.opcode) {
        case Opcode::load_constant:
            r[i.a] = program_.constants[static_cast<std::size_t>(i.immediate)];
            break;
        case Opcode::load_integer:
            r[i.a] = Value::of(i.immediate);
            break;
        case Opcode::load_real:
            r[i.a] = Value::of(i.real);
            break;
        case Opcode::load_absent:
            r[i.a] = Value::absent();
            break;
        case Opcode::load_field:
            r[i.a] = frame.fields[i.b];
            break;
        case Opcode::load_trigger:
            r[i.a] = frame.trigger[i.b];
            break;
        case Opcode::load_capture:
            r[i.a] = frame.captures[i.b];
            break;
        case Opcode::load_attribute:
            r[i.a] = frame.attributes[i.b];
            break;
        case Opcode::load_attribute_of:
            r[i.a] = attribute_of(roster_, r[i.b], i.c, frame.roster_moment);
            break;
        case Opcode::load_window:
            r[i.a] = frame.windows[i.b];
            break;
        case Opcode::load_usual:
            r[i.a] = frame.usuals[4 * std::size_t{i.b} + i.c];
            break;
        case Opcode::load_peers:
            r[i.a] = frame.peers[4 * std::size_t{i.b} + i.c];
            break;
        case Opcode::load_time:
            r[i.a] = Value::of(frame.time);
            break;
        case Opcode::load_stated:
            r[i.a] = Value::of(frame.stated);
            break;
        case Opcode::load_id:
            r[i.a] = Value::of(frame.id);
            break;
        case Opcode::load_type:
            r[i.a] = Value::of(frame.type);
            break;
        case Opcode::load_subject:
            r[i.a] = frame.subject == nobody ? Value::absent() : Value::of(static_cast<std::int64_t>(frame.subject));
            break;
        case Opcode::person_id:
            r[i.a] = employee_id(roster_, r[i.b], scratch_);
            break;
        case Opcode::find_person:
            r[i.a] = person_of(roster_, r[i.b]);
            break;
        case Opcode::account_id:
            r[i.a] = account_id(roster_, r[i.b], scratch_);
            break;
        case Opcode::load_lookback:
            r[i.a] = Value::of(frame.lookback);
            break;
        case Opcode::move:
            r[i.a] = r[i.b];
            break;

        case Opcode::jump:
            at = target();
            break;
        case Opcode::jump_if_true:
            if (is_true(r[i.a])) at = target();
            break;
        case Opcode::jump_if_false:
            if (!is_true(r[i.a])) at = target();
            break;
        case Opcode::jump_if_absent:
            if (!r[i.a].present()) at = target();
            break;
        case Opcode::jump_if_present:
            if (r[i.a].present()) at = target();
            break;
        case Opcode::finish:
            return r[i.a];

        case Opcode::present:
            r[i.a] = Value::of(r[i.b].present());
            break;
        case Opcode::logic_not:
            r[i.a] = r[i.b].present() ? Value::of(r[i.b].integer == 0) : Value::absent();
            break;
        case Opcode::logic_and:
            r[i.a] = both(r[i.b], r[i.c]);
            break;
        case Opcode::logic_or:
            r[i.a] = either(r[i.b], r[i.c]);
            break;

        case Opcode::equal_integer:
            r[i.a] = Value::of(r[i.b].integer == r[i.c].integer);
            break;
        case Opcode::unequal_integer:
            r[i.a] = Value::of(r[i.b].integer != r[i.c].integer);
            break;
        case Opcode::less_integer:
            r[i.a] = Value::of(r[i.b].integer < r[i.c].integer);
            break;
        case Opcode::at_most_integer:
            r[i.a] = Value::of(r[i.b].integer <= r[i.c].integer);
            break;
        case Opcode::equal_real:
            r[i.a] = Value::of(r[i.b].real == r[i.c].real);
            break;
        case Opcode::unequal_real:
            r[i.a] = Value::of(r[i.b].real != r[i.c].real);
            break;
        case Opcode::less_real:
            r[i.a] = Value::of(r[i.b].real < r[i.c].real);
            break;
        case Opcode::at_most_real:
            r[i.a] = Value::of(r[i.b].real <= r[i.c].real);
            break;
        case Opcode::equal_text:
            r[i.a] = Value::of(r[i.b].text() == r[i.c].text());
            break;
        case Opcode::unequal_text:
            r[i.a] = Value::of(r[i.b].text() != r[i.c].text());
            break;
        case Opcode::less_text:
            r[i.a] = Value::of(r[i.b].text() < r[i.c].text());
            break;
        case Opcode::at_most_text:
            r[i.a] = Value::of(r[i.b].text() <= r[i.c].text());
            break;
        case Opcode::equal_folded:
            r[i.a] = Value::of(equal_folded(r[i.b].text(), r[i.c].text()));
            break;

        case Opcode::equal_integer_constant:
            r[i.a] = Value::of(r[i.b].integer == i.immediate);
            break;
        case Opcode::unequal_integer_constant:
            r[i.a] = Value::of(r[i.b].integer != i.immediate);
            break;
        case Opcode::less_integer_constant:
            r[i.a] = Value::of(r[i.b].integer < i.immediate);
            break;
        case Opcode::at_most_integer_constant:
            r[i.a] = Value::of(r[i.b].integer <= i.immediate);
            break;
        case Opcode::more_integer_constant:
            r[i.a] = Value::of(r[i.b].integer > i.immediate);
            break;
        case Opcode::at_least_integer_constant:
            r[i.a] = Value::of(r[i.b].integer >= i.immediate);
            break;

        case Opcode::contains:
            r[i.a] = Value::of(contains(r[i.b].text(), r[i.c].text()));
            break;
        case Opcode::starts_with:
            r[i.a] = Value::of(r[i.b].text().starts_with(r[i.c].text()));
            break;
        case Opcode::ends_with:
            r[i.a] = Value::of(r[i.b].text().ends_with(r[i.c].text()));
            break;
        case Opcode::like:
            r[i.a] = Value::of(like(r[i.b].text(), r[i.c].text()));
            break;
        case Opcode::fold:
            r[i.a] = r[i.b].present() ? textual(fold_into(r[i.b].text(), scratch_)) : r[i.b];
            break;
        case Opcode::matches:
            r[i.a] = Value::of(matches(*program_.patterns[i.c], r[i.b].text()));
            break;
        case Opcode::concat:
            r[i.a] = concat(r[i.b], r[i.c], scratch_);
            break;

        case Opcode::in_set:
            r[i.a] = Value::of(is_member(program_.sets[i.c], r[i.b], roster_, scratch_));
            break;
        case Opcode::in_list_integer:
            r[i.a] = Value::of(is_element(r[i.b], r[i.c], Held::integer));
            break;
        case Opcode::in_list_real:
            r[i.a] = Value::of(is_element(r[i.b], r[i.c], Held::real));
            break;
        case Opcode::in_list_text:
            r[i.a] = Value::of(is_element(r[i.b], r[i.c], Held::text));
            break;
        case Opcode::in_network:
            r[i.a] = Value::of(is_in_network(program_.sets[i.c], r[i.b]));
            break;
        case Opcode::in_table:
            r[i.a] =
                all_present(r + i.b, i.c)
                    ? Value::of(is_row(program_.tables[static_cast<std::size_t>(i.immediate)], r + i.b, i.c, roster_))
                    : Value::absent();
            break;
        case Opcode::overlaps_set:
            r[i.a] = Value::of(overlaps_set(program_.sets[i.c], r[i.b], roster_, scratch_));
            break;
        case Opcode::overlaps_integer:
            r[i.a] = overlap(r[i.b], r[i.c], Held::integer, scratch_);
            break;
        case Opcode::overlaps_real:
            r[i.a] = overlap(r[i.b], r[i.c], Held::real, scratch_);
            break;
        case Opcode::overlaps_text:
            r[i.a] = overlap(r[i.b], r[i.c], Held::text, scratch_);
            break;
        case Opcode::make_list:
            r[i.a] = make_list(r + i.b, i.c, scratch_);
            break;

        case Opcode::add_integer:
            r[i.a] = Value::of(saturated_sum(r[i.b].integer, r[i.c].integer));
            break;
        case Opcode::subtract_integer:
            r[i.a] = Value::of(saturated_difference(r[i.b].integer, r[i.c].integer));
            break;
        case Opcode::multiply_integer:
            r[i.a] = Value::of(saturated_product(r[i.b].integer, r[i.c].integer));
            break;
        case Opcode::modulo_integer:
            r[i.a] = modulo(r[i.b].integer, r[i.c].integer);
            break;
        case Opcode::negate_integer:
            r[i.a] = Value::of(saturated_difference(0, r[i.b].integer));
            break;
        case Opcode::add_real:
            r[i.a] = finite(r[i.b].real + r[i.c].real);
            break;
        case Opcode::subtract_real:
            r[i.a] = finite(r[i.b].real - r[i.c].real);
            break;
        case Opcode::multiply_real:
            r[i.a] = finite(r[i.b].real * r[i.c].real);
            break;
        case Opcode::divide_real:
            r[i.a] = r[i.c].real == 0 ? Value::absent() : finite(r[i.b].real / r[i.c].real);
            break;
        case Opcode::negate_real:
            r[i.a] = Value::of(-r[i.b].real);
            break;
        case Opcode::integer_to_real:
            r[i.a] = r[i.b].present() ? Value::of(static_cast<double>(r[i.b].integer)) : Value::absent();
            break;
        case Opcode::real_to_integer:
            r[i.a] = r[i.b].present() ? Value::of(truncated(r[i.b].real)) : Value::absent();
            break;

        case Opcode::any_in_list:
        case Opcode::every_in_list:
            r[i.a] = each_in_list(static_cast<std::size_t>(at - code), frame, registers);
            at = target();
            break;

        case Opcode::call: {
            FunctionContext context{scratch_, zone_of(frame)};
            const FunctionRow& row = *program_.functions[static_cast<std::size_t>(i.immediate)];
            r[i.a] = all_present(r + i.b, i.c) ? row.evaluate(r + i.b, context) : Value::absent();
            break;
        }
        case Opcode::during:
            r[i.a] = Value::of(is_working_time(program_, i.b, frame.time, frame.attributes, *this));
            break;

        case Opcode::parse:
            r[i.a] = r[i.b].present() ? read_value(r[i.b].text(), static_cast<Kind>(i.c), zone_of(frame), scratch_)
                                      : Value::absent();
            break;
        case Opcode::parse_enumeration:
            r[i.a] = r[i.b].present()
                         ? read_word(r[i.b].text(), program_.enumerations[static_cast<std::size_t>(i.immediate)])
                         : Value::absent();
            break;
        case Opcode::parse_list:
            r[i.a] = r[i.b].present() ? read_list(r[i.b].text(), static_cast<Kind>(i.c), zone_of(frame), scratch_)
                                      : Value::absent();
            break;
        case Opcode::show: {
            const auto words = static_cast<std::size_t>(i.immediate);
            r[i.a] = show_value(r[i.b], static_cast<Kind>(i.c),
                                words < program_.enumerations.size() ? &program_.enumerations[words] : nullptr, roster_,
                                scratch_);
            break;
        }
        }
    }
}

} // namespace watchword::runtime

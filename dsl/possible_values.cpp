#include "dsl/possible_values.hpp"

#include "runtime/text.hpp"

#include <algorithm>

namespace watchword::dsl {

namespace {

bool is_text(Kind kind) { return runtime::is_textual(kind) || kind == Kind::ip; }
bool is_counted(Kind kind) { return !is_text(kind) && kind != Kind::list && kind != Kind::tuple; }

/// Whether its whole numbers can be told apart as reals.
bool is_exact(const Constant& constant) {
    constexpr std::int64_t most = std::int64_t{1} << 53;
    return constant.integer > -most && constant.integer < most &&
           std::all_of(constant.items.begin(), constant.items.end(), is_exact);
}

double number_of(const Constant& constant) {
    return constant.type.kind == Kind::real ? constant.real : static_cast<double>(constant.integer);
}

} // namespace

void PossibleValues::narrow(BinaryOp op, const Constant& constant, bool folded) {
    if (!constant.present || constant.file_list || !is_exact(constant)) return;
    if (op == BinaryOp::in || op == BinaryOp::not_in) {
        if (constant.type.kind != Kind::list || constant.items.empty()) return;
        const Kind kind = constant.items.front().type.kind;
        for (const Constant& item : constant.items) // an address and a network do not compare
            if (item.type.kind != kind || !item.present || kind == Kind::person || kind == Kind::ip) return;
        if (is_text(kind)) return narrow_text(op, constant.items, folded);
        if (!is_counted(kind)) return;
        if (op == BinaryOp::not_in) {
            for (const Constant& item : constant.items) not_numbers_.push_back(number_of(item));
            return;
        }
        const auto [low, high] =
            std::minmax_element(constant.items.begin(), constant.items.end(),
                                [](const Constant& a, const Constant& b) { return number_of(a) < number_of(b); });
        return narrow_to(*low, *high);
    }
    const Kind kind = constant.type.kind;
    if (kind == Kind::person || op < BinaryOp::equal || op > BinaryOp::at_least) return;
    if (is_counted(kind)) return narrow_number(op, constant);
    if (!is_text(kind)) return;
    if (op == BinaryOp::equal || op == BinaryOp::unequal)
        narrow_text(op == BinaryOp::equal ? BinaryOp::in : BinaryOp::not_in, {constant}, folded);
}

void PossibleValues::narrow_to(const Constant& low, const Constant& high) {
    if (!is_counted(low.type.kind) || !is_counted(high.type.kind) || !is_exact(low) || !is_exact(high)) return;
    above(number_of(low), false);
    below(number_of(high), false);
}

void PossibleValues::narrow_number(BinaryOp op, const Constant& constant) {
    const double number = number_of(constant);
    if (op == BinaryOp::unequal) not_numbers_.push_back(number);
    // Between two neighbouring whole numbers lies nothing.
    const bool whole = constant.type.kind != Kind::real && number > -9e15 && number < 9e15;
    if (op == BinaryOp::more) return whole ? above(number + 1, false) : above(number, true);
    if (op == BinaryOp::less) return whole ? below(number - 1, false) : below(number, true);
    if (op == BinaryOp::equal || op == BinaryOp::at_least) above(number, false);
    if (op == BinaryOp::equal || op == BinaryOp::at_most) below(number, false);
}

void PossibleValues::narrow_text(BinaryOp op, const std::vector<Constant>& constants, bool folded) {
    std::vector<Text> given;
    for (const Constant& constant : constants) {
        const bool by_itself = constant.type.kind == Kind::host || constant.type.kind == Kind::email;
        given.push_back({constant.text, folded || by_itself});
    }
    if (op == BinaryOp::not_in) {
        not_texts_.insert(not_texts_.end(), given.begin(), given.end());
        return;
    }
    if (!texts_) {
        texts_ = std::move(given);
        return;
    }
    std::vector<Text> both;
    for (const Text& known : *texts_)
        for (const Text& one : given)
            if (may_be_one(known, one)) both.push_back(known.folded ? one : known);
    texts_ = std::move(both);
}

void PossibleValues::above(double value, bool open) {
    if (value < low_ || (value == low_ && !open)) return;
    low_ = value;
    low_open_ = open;
}

void PossibleValues::below(double value, bool open) {
    if (value > high_ || (value == high_ && !open)) return;
    high_ = value;
    high_open_ = open;
}

bool PossibleValues::may_be_one(const Text& left, const Text& right) {
    return left.folded || right.folded ? runtime::equal_folded(left.text, right.text) : left.text == right.text;
}

bool PossibleValues::is_excluded(const Text& text) const {
    return std::any_of(not_texts_.begin(), not_texts_.end(), [&](const Text& other) {
        return other.folded ? runtime::equal_folded(other.text, text.text) : !text.folded && other.text == text.text;
    });
}

bool PossibleValues::empty() const {
    if (low_ > high_ || (low_ == high_ && (low_open_ || high_open_))) return true;
    if (low_ == high_ && std::find(not_numbers_.begin(), not_numbers_.end(), low_) != not_numbers_.end()) return true;
    return texts_ && std::all_of(texts_->begin(), texts_->end(), [&](const Text& one) { return is_excluded(one); });
}

std::optional<BinaryOp> opposite(BinaryOp op) {
    switch (op) {
    case BinaryOp::equal:
        return BinaryOp::unequal;
    case BinaryOp::unequal:
        return BinaryOp::equal;
    case BinaryOp::less:
        return BinaryOp::at_least;
    case BinaryOp::at_least:
        return BinaryOp::less;
    case BinaryOp::more:
        return BinaryOp::at_most;
    case BinaryOp::at_most:
        return BinaryOp::more;
    case BinaryOp::in:
        return BinaryOp::not_in;
    case BinaryOp::not_in:
        return BinaryOp::in;
    default:
        return std::nullopt;
    }
}

} // namespace watchword::dsl

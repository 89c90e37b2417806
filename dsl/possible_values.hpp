// What comparisons with constants leave of one value. Knows no expressions: whoever asks says which comparisons are
// about the same value.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/model.hpp"

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace watchword::dsl {

class PossibleValues {
public:
    /// `value op constant` holds; of `in` and `not_in` the constant is a list. What cannot be used is passed over.
    /// `folded`: compared without regard to case.
    void narrow(BinaryOp op, const Constant& constant, bool folded);
    /// The value lies in the range, ends included.
    void narrow_to(const Constant& low, const Constant& high);
    /// No value is left.
    bool empty() const;

private:
    struct Text {
        std::string text;
        bool folded = false;
    };

    void narrow_number(BinaryOp op, const Constant& constant);
    void narrow_text(BinaryOp op, const std::vector<Constant>& constants, bool folded);
    void above(double value, bool open);
    void below(double value, bool open);
    static bool may_be_one(const Text& left, const Text& right);
    bool is_excluded(const Text& text) const;

    double low_ = -std::numeric_limits<double>::infinity(), high_ = std::numeric_limits<double>::infinity();
    bool low_open_ = false, high_open_ = false;
    std::vector<double> not_numbers_;
    std::optional<std::vector<Text>> texts_; ///< one of these
    std::vector<Text> not_texts_;
};

/// What holds where `op` does not; nullopt: no operator says it.
std::optional<BinaryOp> opposite(BinaryOp op);

} // namespace watchword::dsl

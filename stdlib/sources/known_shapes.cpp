#include "stdlib/sources/known_shapes.hpp"

#include <algorithm>
#include <bit>

namespace watchword::stdlib {

/// One that the line has, if it does not have the shape that was found last, but for `progress`.
std::uint32_t KnownShapes::find_other(std::string_view bytes, Span* spans, RecordShape::Progress progress,
                                      std::size_t& length) {
    // those that go on like that shape fail like it, and those that left it before do not begin like the line
    Set possible = known_[last_].leaving[progress.members];
    while (possible != 0) {
        const std::uint32_t number = most_frequent(possible);
        length = known_[number].shape.match(bytes, spans, progress);
        if (length != 0) {
            note(number);
            return found(spans, progress);
        }
        possible &= known_[number].leaving[progress.members];
    }
    return none;
}

std::uint32_t KnownShapes::most_frequent(Set among) const {
    std::uint32_t best = 0;
    for (std::uint64_t most_times = 0; among != 0; among &= among - 1) {
        const auto number = static_cast<std::uint32_t>(std::countr_zero(among));
        if (known_[number].times < most_times) continue;
        most_times = known_[number].times;
        best = number;
    }
    return best;
}

std::uint32_t KnownShapes::learn(RecordShape shape) {
    const std::size_t members = shape.keys().size();
    for (const Known& known : known_)
        if (known.shape.shared_with(shape) > std::max(members, known.shape.keys().size())) return none;
    auto number = static_cast<std::uint32_t>(known_.size());
    if (known_.size() < most) {
        known_.push_back({std::move(shape), 0, {}});
    } else {
        const auto rarest = std::min_element(known_.begin(), known_.end(), [](const Known& left, const Known& right) {
            return left.times < right.times;
        });
        number = static_cast<std::uint32_t>(rarest - known_.begin());
        *rarest = {std::move(shape), 0, {}};
        for (Known& known : known_) known.times /= 2; // so that what was frequent long ago gives way too
    }
    misses_ = 0;
    most_members_ = std::max(most_members_, members);
    note(number); // where one is, more like it come
    compare(number);
    return number;
}

void KnownShapes::compare(std::uint32_t number) {
    Known& learnt = known_[number];
    learnt.leaving.assign(learnt.shape.keys().size() + 1, 0);
    for (std::uint32_t other = 0; other < known_.size(); ++other) {
        if (other == number) continue;
        Known& known = known_[other];
        for (Set& leaving : known.leaving) leaving &= ~(Set{1} << number);
        const std::size_t shared = known.shape.shared_with(learnt.shape);
        if (shared < known.leaving.size()) known.leaving[shared] |= Set{1} << number;
        if (shared < learnt.leaving.size()) learnt.leaving[shared] |= Set{1} << other;
    }
}

} // namespace watchword::stdlib

// The shapes that records had, to find the one that a record has. What several shapes begin with is compared once:
// where a record leaves one of them, it is looked for among those that leave it there too. Knows nothing of types and
// fields.
#pragma once

#include "stdlib/sources/record_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::stdlib {

/// Of one thread.
class KnownShapes {
public:
    KnownShapes() = default;
    KnownShapes(KnownShapes&&) = default; ///< leaves one of no use behind
    KnownShapes& operator=(KnownShapes&&) = default;

    static constexpr std::size_t most = 64;
    static constexpr std::uint32_t none = UINT32_MAX;

    /// The number of a shape that the line has with which `bytes` begin, and the line's length with its end; none: no
    /// shape is known that it has. `spans` has room for `most_members`.
    std::uint32_t find(std::string_view bytes, Span* spans, std::size_t& length) {
        if (recent_ == nullptr) return none;
        RecordShape::Progress progress;
        length = recent_->shape.match(bytes, spans, progress); // records of one kind like to come together
        return length != 0 ? found(spans, progress) : find_other(bytes, spans, progress, length);
    }
    /// The number of a shape of which the line has the first members, as many as `members_of(number)` says.
    template <class MembersOf>
    std::uint32_t find_beginning(std::string_view bytes, Span* spans, MembersOf members_of) const;
    /// Whether the shape of a line that `find` did not find should be learnt: seldom, where many are known or what was
    /// tried lately was none to be learnt.
    bool is_learning() {
        ++misses_;
        return (known_.size() < most && misses_ <= patience) || misses_ % misses_between_changes == 0;
    }
    /// The number that the shape has from now on, which may have been another's that is forgotten; none: it is known.
    std::uint32_t learn(RecordShape shape);
    const RecordShape& operator[](std::uint32_t number) const { return known_[number].shape; }
    std::size_t most_members() const { return most_members_; }

private:
    using Set = std::uint64_t; ///< of shapes, a bit each
    static_assert(most <= 64);
    struct Known {
        RecordShape shape;
        std::uint64_t times = 0; ///< that it was found
        /// By number of members: the shapes that have exactly so many from the first on in common with it.
        std::vector<Set> leaving;
    };
    static constexpr std::uint32_t finds_between_looks = 64;
    static constexpr std::uint32_t misses_between_changes = 64;
    static constexpr std::uint32_t patience = 32;

    /// It is the one that is noted.
    std::uint32_t found(const Span* spans, const RecordShape::Progress& progress) {
        if (++recent_->times % finds_between_looks == 0 && !progress.outlined) recent_->shape.get_used_to(spans);
        return last_;
    }
    void note(std::uint32_t number) {
        last_ = number;
        recent_ = &known_[number];
    }
    std::uint32_t find_other(std::string_view bytes, Span* spans, RecordShape::Progress progress, std::size_t& length);
    Set all() const { return known_.empty() ? 0 : ~Set{0} >> (most - known_.size()); }
    std::uint32_t most_frequent(Set among) const;
    void compare(std::uint32_t number);

    std::vector<Known> known_;
    std::uint32_t last_ = 0;   ///< found or learnt
    std::uint32_t misses_ = 0; ///< since a shape was learnt
    Known* recent_ = nullptr;  ///< that one
    std::size_t most_members_ = 0;
};

template <class MembersOf>
std::uint32_t KnownShapes::find_beginning(std::string_view bytes, Span* spans, MembersOf members_of) const {
    RecordShape::Progress progress;
    std::uint32_t number = last_;
    for (Set possible = all(); possible != 0; number = most_frequent(possible)) {
        if (known_[number].shape.begins(bytes, spans, members_of(number), progress)) return number;
        possible &= known_[number].leaving[progress.members];
    }
    return none;
}

/// Shapes, and what the members of each mean to whoever knows them.
template <class Meaning>
struct MeantShapes {
    KnownShapes known;
    std::vector<Meaning> meanings; ///< by number

    /// `spans` gets room for the members of every shape.
    void learn(RecordShape shape, Meaning meaning, std::vector<Span>& spans) {
        const std::uint32_t number = known.learn(std::move(shape));
        if (number == KnownShapes::none) return;
        if (spans.size() < known.most_members()) spans.resize(known.most_members());
        if (number == meanings.size()) meanings.emplace_back();
        meanings[number] = std::move(meaning);
    }
};

} // namespace watchword::stdlib

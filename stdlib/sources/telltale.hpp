// The member of JSON records that tells them apart, such as their type: where it stands. Records of one kind mostly
// have one shape, so a record is first compared with those of its kind.
#pragma once

#include "stdlib/sources/digits.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace watchword::stdlib {

class Telltale {
public:
    /// Where its value seems to begin; 0: nothing near the beginning looks like it. It may be another's, of an object
    /// in the record or of the record behind it.
    std::size_t find(std::string_view bytes) {
        if (at_ == 0 || bytes.size() < at_) return 0;
        if (load_eight(bytes.data() + at_ - sizeof before_) == before_) return at_;
        return find_elsewhere(bytes);
    }
    /// From a record in which its value begins at `at`.
    void learn(std::string_view record, std::size_t at) {
        if (at < sizeof before_) return;
        at_ = at;
        before_ = load_eight(record.data() + at - sizeof before_);
    }

private:
    std::size_t find_elsewhere(std::string_view bytes);

    std::size_t at_ = 0;       ///< in the record where it was found last; 0: none was learnt
    std::uint64_t before_ = 0; ///< the bytes before it
};

} // namespace watchword::stdlib

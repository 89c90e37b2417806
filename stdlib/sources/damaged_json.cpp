#include "stdlib/sources/damaged_json.hpp"

#include "stdlib/sources/record_shape.hpp"

#include <cstring>

namespace watchword::stdlib {

namespace {

/// Behind blanks and `sign`, which must come; npos: it does not.
std::size_t behind(std::string_view text, std::size_t at, char sign) {
    at = text.find_first_not_of(" \t\r", at);
    return at != std::string_view::npos && text[at] == sign ? at + 1 : std::string_view::npos;
}

} // namespace

std::optional<std::string_view> ClosedBehind::next() {
    for (; given_ < most && (from_ = record_.find(key_, from_)) != std::string_view::npos; ++from_) {
        if (from_ == 0 || record_[from_ - 1] != '"') continue;
        std::size_t at = behind(record_, from_ + key_.size(), '"');
        if (at != std::string_view::npos) at = behind(record_, at, ':');
        if (at != std::string_view::npos) at = behind(record_, at, '"');
        const std::size_t end = at != std::string_view::npos ? record_.find('"', at) : at;
        if (end == std::string_view::npos) continue;
        from_ = end;
        ++given_;
        arena_.reset();
        constexpr std::size_t margin = RecordShape::margin;
        char* const bytes = arena_.allocate(end + 2 + margin);
        std::memcpy(bytes, record_.data(), end + 1);
        bytes[end + 1] = '}';
        std::memset(bytes + end + 2, 0, margin);
        return std::string_view(bytes, end + 2);
    }
    return std::nullopt;
}

} // namespace watchword::stdlib

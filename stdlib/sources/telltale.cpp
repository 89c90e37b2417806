#include "stdlib/sources/telltale.hpp"

namespace watchword::stdlib {

std::size_t Telltale::find_elsewhere(std::string_view bytes) {
    constexpr std::size_t farthest = 512;
    const std::string_view before(reinterpret_cast<const char*>(&before_), sizeof before_);
    const std::size_t found = bytes.substr(0, farthest).find(before);
    if (found == std::string_view::npos) return 0;
    return at_ = found + before.size(); // the next record is likely to have it there too
}

} // namespace watchword::stdlib

#include "stdlib/sources/feed.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::stdlib {

using runtime::Time;

std::uint64_t count_lines(std::string_view record) {
    if (!record.empty() && record.find('\n') == record.size() - 1) return 1;
    return static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n'));
}

std::uint64_t line_at(std::string_view bytes, std::size_t offset) {
    const std::string_view before = bytes.substr(0, offset);
    return 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
}

Time newest_time_of(Source& source, Ledger& ledger, const Record& record, std::vector<Emission>& emissions) {
    emissions.clear();
    ledger.mute(true);
    source.scan(record, emissions);
    ledger.mute(false);
    Time newest = runtime::beginning;
    for (const Emission& emission : emissions) newest = std::max(newest, emission.time);
    return newest;
}

std::string too_long(std::size_t longest) {
    return fmt::format("longer than {}", runtime::show_size(static_cast<std::int64_t>(longest)));
}

} // namespace watchword::stdlib

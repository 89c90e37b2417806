#include "stdlib/sources/record_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watchword::stdlib {

std::uint32_t RecordIds::next(runtime::Time time, bool keep, std::uint64_t content) {
    if (keep) return ++kept_[content];
    if (time != time_) {
        seen_.clear();
        many_.clear();
        time_ = time;
    }
    const auto found =
        std::find_if(seen_.begin(), seen_.end(), [&](const auto& seen) { return seen.first == content; });
    if (found != seen_.end()) return ++found->second;
    if (seen_.size() < few && many_.empty()) {
        seen_.emplace_back(content, 1);
        return 1;
    }
    return ++many_[content];
}

void RecordIds::name(Produced& produced, Arena& arena) {
    const bool keep = program_->events[produced.event.type].never_late;
    const std::uint64_t key = produced.content + produced.part * 0x9e3779b97f4a7c15ULL;
    const std::uint32_t ordinal = next(produced.event.time, keep, key);
    char text[64];
    char* end = fmt::format_to(text, "{:016x}", produced.content);
    if (ordinal > 1) end = fmt::format_to(end, "-{}", ordinal);
    if (produced.part > 0) end = fmt::format_to(end, "#{}", produced.part);
    produced.event.id = arena.copy({text, static_cast<std::size_t>(end - text)});
}

void RecordIds::save(runtime::SnapshotWriter& out) const {
    out.signed_number(time_);
    std::map<std::uint64_t, std::uint32_t> now(seen_.begin(), seen_.end());
    now.insert(many_.begin(), many_.end());
    for (const auto& counts : {now, std::map<std::uint64_t, std::uint32_t>(kept_.begin(), kept_.end())}) {
        out.number(counts.size());
        for (const auto& [content, count] : counts) {
            out.number(content);
            out.number(count);
        }
    }
}

void RecordIds::load(runtime::SnapshotReader& in) {
    time_ = in.signed_number();
    for (auto* const counts : {&many_, &kept_})
        for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
            const std::uint64_t content = in.number();
            (*counts)[content] = in.index(UINT32_MAX);
        }
}

} // namespace watchword::stdlib

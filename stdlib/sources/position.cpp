#include "stdlib/sources/position.hpp"

#include <xxhash.h>

namespace watchword::stdlib {

ContentMark mark_of(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.low64, hash.high64};
}

struct ContentHash::State {
    XXH3_state_t* hash = XXH3_createState();
    ~State() { XXH3_freeState(hash); }
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(state_->hash); }
ContentHash::~ContentHash() = default;
void ContentHash::add(std::string_view bytes) { XXH3_128bits_update(state_->hash, bytes.data(), bytes.size()); }
ContentMark ContentHash::mark() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_->hash);
    return {hash.low64, hash.high64};
}

bool FeedPosition::has_given(const TimeEntry& entry) const {
    if (!last || *last < entry) return false;
    return has_seen(entry.offset) || entry.offset == last->offset;
}

void FeedPosition::save(runtime::SnapshotWriter& out) const {
    out.flag(is_stream);
    out.number(bytes);
    for (const std::uint64_t part : mark) out.number(part);
    out.number(size);
    out.flag(last.has_value());
    if (last) {
        out.signed_number(last->time);
        out.number(last->offset);
        out.number(last->emit);
    }
    out.number(line);
    out.signed_number(newest);
    out.number(number);
    out.text(header);
    out.text(rest);
    out.number(waiting.size());
    for (const WaitingRecord& record : waiting) {
        out.signed_number(record.time);
        out.number(record.number);
        out.signed_number(record.stated);
        out.number(record.emit);
        out.number(record.line);
        out.text(record.record);
    }
}

void FeedPosition::load(runtime::SnapshotReader& in) {
    is_stream = in.flag();
    bytes = in.number();
    for (std::uint64_t& part : mark) part = in.number();
    size = in.number();
    if (in.flag()) {
        last.emplace();
        last->time = in.time();
        last->offset = in.number();
        last->emit = in.index(UINT32_MAX);
    }
    line = in.number();
    newest = in.signed_number();
    number = in.number();
    header = in.text();
    rest = in.text();
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        WaitingRecord& record = waiting.emplace_back();
        record.time = in.time();
        record.number = in.number();
        record.stated = in.time();
        record.emit = in.index(UINT32_MAX);
        record.line = in.number();
        record.record = in.text();
    }
}

} // namespace watchword::stdlib

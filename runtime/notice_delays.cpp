#include "runtime/notice_delays.hpp"

#include "runtime/snapshot.hpp"

namespace watchword::runtime {

// In a snapshot: how many there are · each with how often it was, rising.
void NoticeDelays::save(SnapshotWriter& out) const {
    out.number(times_.size());
    for (const auto& [delay, times] : times_) {
        out.signed_number(delay);
        out.number(times);
    }
}

void NoticeDelays::load(SnapshotReader& in) {
    for (std::size_t left = in.count(); left != 0 && in.ok(); --left) {
        const Duration delay = in.signed_number();
        in.expect(times_.empty() || delay > times_.rbegin()->first, "delays do not rise");
        note(delay, in.number());
    }
}

} // namespace watchword::runtime

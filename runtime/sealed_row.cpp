#include "runtime/sealed_row.hpp"

#include "runtime/snapshot.hpp"

namespace watchword::runtime {

void SealedRow::put(std::uint32_t span, const Event& event, std::uint64_t number, const Value* fields,
                    std::uint32_t roster_version, std::uint64_t roster_changes, const SlotTypes& slots) {
    std::unique_ptr<History>& history = histories_[span];
    if (!history) history = std::make_unique<History>(memory_, store_);
    bytes_ -= history->bytes();
    history->keep(event, number, fields, roster_version, roster_changes, slots);
    bytes_ += history->bytes();
}

void SealedRow::keep(std::uint32_t span, const Event& event, const Value* fields, std::uint32_t roster_version,
                     std::uint64_t roster_changes, const SlotTypes& slots) {
    put(span, event, next_number_++, fields, roster_version, roster_changes, slots);
}

void SealedRow::expire(Time time, std::span<const Duration> spans) {
    for (std::size_t span = 0; span < histories_.size(); ++span) {
        if (!histories_[span]) continue;
        bytes_ -= histories_[span]->bytes();
        histories_[span]->expire(time - spans[span]);
        bytes_ += histories_[span]->bytes();
    }
}

Time SealedRow::next_expiry(std::span<const Duration> spans) const {
    Time next = never;
    for (std::size_t span = 0; span < histories_.size(); ++span)
        if (const auto& history = histories_[span]; history && !history->empty())
            next = std::min(next, history->expires_after() + spans[span]);
    return next;
}

void SealedRow::save(const SlotTypes& slots, SnapshotWriter& out) const {
    for (const Cover& cover : covers_) {
        out.number(cover.since);
        out.signed_number(cover.missed_until);
    }
    out.number(next_number_);
    for (const auto& history : histories_) {
        out.flag(history != nullptr);
        if (history) history->save(slots, out);
    }
}

void SealedRow::load(const SlotTypes& slots, SnapshotReader& in) {
    for (Cover& cover : covers_) {
        cover.since = in.number();
        cover.missed_until = in.signed_number();
    }
    next_number_ = in.number();
    for (auto& history : histories_) {
        if (!in.flag()) continue;
        history = std::make_unique<History>(memory_, store_);
        history->load(slots, in);
        bytes_ += history->bytes();
        in.expect(history->empty() || history->newest_number() < next_number_, "kept events are out of order");
    }
}

} // namespace watchword::runtime

// What is kept of one person for looking back, by all policies that do: each event once, for as long as the policy with
// the longest look-back span that can use it may look back. A policy sees of it what was kept for its own span and for
// longer ones, in the order in which it came.
#pragma once

#include "runtime/few.hpp"
#include "runtime/history.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

namespace watchword::runtime {

/// What a policy may see of what is kept of a person.
struct Cover {
    static constexpr std::uint64_t nothing = UINT64_MAX;

    std::uint64_t since = nothing; ///< number of the first event that was kept when the policy covered the person
    Time missed_until = beginning; ///< time of the newest event it could use that was dropped for want of room
    bool holds() const { return since != nothing; }
    void miss(Time time) { missed_until = std::max(missed_until, time); }
    bool sees(std::uint64_t number) const { return number >= since; }
};

class alignas(64) SealedRow {
public:
    /// Of an event: nobody can use it any more.
    static constexpr std::uint32_t no_span = UINT32_MAX;

    /// `spans`: of ProgramShape; `policies`: how many look back; `store`: as of History.
    SealedRow(std::size_t spans, std::size_t policies, std::pmr::memory_resource* memory, BlockStore* store)
        : memory_(memory), store_(store) {
        for (std::size_t i = 0; i < spans; ++i) histories_.emplace_back();
        for (std::size_t i = 0; i < policies; ++i) covers_.emplace_back();
    }

    Cover& cover(std::size_t policy) { return covers_[policy]; }
    const Cover& cover(std::size_t policy) const { return covers_[policy]; }
    std::size_t bytes() const { return bytes_; } ///< of all events
    bool empty() const { return bytes_ == 0; }
    /// What the next kept event will get; numbers rise.
    std::uint64_t next_number() const { return next_number_; }

    /// Keeps the event for a span.
    void keep(std::uint32_t span, const Event& event, const Value* fields, std::uint32_t roster_version,
              std::uint64_t roster_changes, const SlotTypes& slots);
    /// Drops what lies wholly before `time` − its span.
    void expire(Time time, std::span<const Duration> spans);
    /// Up to this time `expire` drops nothing; never: nothing is kept.
    Time next_expiry(std::span<const Duration> spans) const;
    /// Drops the oldest events, some at once, and calls `visit(const KeptEvent&)` for each; what cannot be read back
    /// every policy misses. Not of an empty row.
    template <class Visit>
    void drop_oldest(const SlotTypes& slots, Visit visit);
    /// Puts what is full into the store, as far as it takes it.
    void put_away() {
        for (const auto& history : histories_)
            if (history) history->put_away();
    }
    /// Calls `visit(const KeptEvent&)` for every event, kept for this span or a longer one, from number `first` on with
    /// time ≥ `from`, oldest first. False: some could not be read back and were passed over.
    template <class Visit>
    bool replay(std::uint32_t span, Time from, std::uint64_t first, const SlotTypes& slots, Visit visit) const;
    /// Keeps each event for another span, or erases it: `span_of(const KeptEvent&)` says for which. What cannot be read
    /// back every policy misses, up to `now`. `away`: what is full is put away.
    template <class SpanOf>
    void sort_anew(const SlotTypes& slots, Time now, bool away, SpanOf span_of);

    /// Asks the processor for what `keep` reads of the row itself.
    void prefetch() const {
        ask_for(this);
        ask_for(reinterpret_cast<const char*>(this) + 64);
    }
    template <class Visit>
    void each_history(Visit visit) const {
        for (const auto& history : histories_)
            if (history) visit(*history);
    }

    void save(const SlotTypes& slots, SnapshotWriter& out) const;
    void load(const SlotTypes& slots, SnapshotReader& in);

private:
    void miss(Time time) {
        for (Cover& cover : covers_)
            if (cover.holds()) cover.miss(time);
    }
    void put(std::uint32_t span, const Event& event, std::uint64_t number, const Value* fields,
             std::uint32_t roster_version, std::uint64_t roster_changes, const SlotTypes& slots);

    std::pmr::memory_resource* memory_;
    BlockStore* store_;
    Few<std::unique_ptr<History>, 3, Heap> histories_; ///< by span; nullptr: nothing was kept for it yet
    Few<Cover, 3, Heap> covers_;                       ///< by policy that looks back
    std::uint64_t next_number_ = 0;
    std::size_t bytes_ = 0;
};

template <class Visit>
void SealedRow::drop_oldest(const SlotTypes& slots, Visit visit) {
    History* oldest = nullptr;
    for (const auto& history : histories_)
        if (history && !history->empty() && (oldest == nullptr || history->oldest() < oldest->oldest()))
            oldest = history.get();
    bytes_ -= oldest->bytes();
    bool is_lost = false;
    const Time last = oldest->drop_oldest(slots, visit, is_lost);
    bytes_ += oldest->bytes();
    if (is_lost) miss(last);
}

template <class Visit>
bool SealedRow::replay(std::uint32_t span, Time from, std::uint64_t first, const SlotTypes& slots, Visit visit) const {
    std::vector<History::Reader> readers;
    for (std::size_t i = span; i < histories_.size(); ++i)
        if (histories_[i]) readers.emplace_back(*histories_[i], slots, from, first);
    bool is_whole = true;
    const auto leave_if_over = [&](const History::Reader& reader) {
        is_whole = is_whole && !(reader.is_over() && reader.has_gaps());
        return reader.is_over();
    };
    std::erase_if(readers, leave_if_over);
    while (!readers.empty()) {
        const auto next = std::min_element(readers.begin(), readers.end(), [](const auto& left, const auto& right) {
            return left.event().number < right.event().number;
        });
        visit(next->event());
        next->step();
        if (leave_if_over(*next)) readers.erase(next);
    }
    return is_whole;
}

template <class SpanOf>
void SealedRow::sort_anew(const SlotTypes& slots, Time now, bool away, SpanOf span_of) {
    SealedRow sorted(histories_.size(), 0, memory_, store_);
    const bool is_whole = replay(0, beginning, 0, slots, [&](const KeptEvent& kept) {
        const std::uint32_t span = span_of(kept);
        if (span == no_span) return;
        Event event;
        event.type = kept.type;
        event.time = kept.time;
        event.stated = kept.stated;
        event.id = kept.id;
        sorted.put(span, event, kept.number, kept.fields.data(), kept.roster_version, kept.roster_changes, slots);
        if (away) sorted.put_away();
    });
    if (!is_whole) miss(now);
    histories_ = std::move(sorted.histories_);
    bytes_ = sorted.bytes_;
}

} // namespace watchword::runtime

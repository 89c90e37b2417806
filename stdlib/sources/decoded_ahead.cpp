// Pieces are begun with in their order, so what the caller waits for is done soonest.
#include "stdlib/sources/decoded_ahead.hpp"

#include "runtime/prefetch.hpp"

#include <algorithm>

namespace watchword::stdlib {

namespace {

// So many are asked for before their turn. What is asked for need not be there.
constexpr std::size_t written_ahead = 8;
constexpr std::size_t read_ahead = 24;
constexpr std::size_t names_ahead = 8;

/// Pieces whose bytes the system has back together: so many behind those that are decoded. If it were done at the end,
/// one thread would do it alone.
constexpr std::uint64_t let_go_together = 32;

/// The addresses of what stands `index` places behind `told`, which may be none, line by line.
template <class Ask>
void each_line(const Told* told, std::size_t index, Ask ask) {
    const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(told) + index * sizeof *told;
    for (std::size_t line = 0; line < sizeof *told; line += 64) ask(reinterpret_cast<const void*>(begin + line));
}
void ask_for_told(const Told* told, std::size_t index) { // another thread may have written it
    each_line(told, index, runtime::ask_for);
}
void ask_for_room(const Told* told, std::size_t index) { each_line(told, index, runtime::ask_to_write); }

} // namespace

std::unique_ptr<DecodedAhead> DecodedAhead::of(const Contents& contents, const Stretch& stretch, Source& source,
                                               Crew& crew) {
    std::unique_ptr<DecodedAhead> result(new DecodedAhead(contents, stretch, crew));
    for (std::uint32_t thread = 0; thread < crew.size(); ++thread) {
        result->glances_.push_back(source.glance());
        if (result->glances_.back() == nullptr) return nullptr;
    }
    crew.add(*result); // which may begin with it at once
    return result;
}

DecodedAhead::DecodedAhead(const Contents& contents, const Stretch& stretch, Crew& crew)
    : contents_(contents), bytes_(contents.bytes()), stretch_(stretch), crew_(crew),
      slots_(3 * std::size_t{crew.size()}), number_(stretch.begin / stretch.piece_bytes) {
    for (Slot& slot : slots_) slot.piece = std::make_unique<Piece>();
    next_ = number_;
    limit_ = std::min(number_ + slots_.size(), pieces());
}

bool DecodedAhead::work(std::uint32_t thread) {
    std::uint64_t number = next_.load(std::memory_order_relaxed);
    do {
        if (number >= limit_.load(std::memory_order_acquire)) return false;
    } while (!next_.compare_exchange_weak(number, number + 1, std::memory_order_relaxed));
    decode(number, *slot(number).piece, *glances_[thread]);
    slot(number).done.store(number + 1, std::memory_order_release);
    crew_.tell();
    if (number % let_go_together == 0 && number >= 2 * let_go_together)
        contents_.let_go((number - 2 * let_go_together) * stretch_.piece_bytes,
                         (number - let_go_together) * stretch_.piece_bytes);
    return true;
}

void DecodedAhead::decode(std::uint64_t number, Piece& piece, Glance& glance) const {
    const std::size_t begin = number * stretch_.piece_bytes;
    const std::size_t end = std::min(begin + stretch_.piece_bytes, stretch_.end);
    Reach reach{first_line(bytes_, begin, end), end, stretch_.end, stretch_.longest_record};
    piece.begin = reach.begin;
    bool all_told = true;
    while (reach.begin < end) {
        Told& told = piece.told.emplace_back();
        ask_for_room(&told, written_ahead);
        glance.tell(bytes_, reach, piece.arena, told);
        reach.begin += told.passed_bytes + told.length;
        const bool is_event = told.length != 0;
        if (told.empty()) piece.told.pop_back();
        if (is_event || reach.begin >= end) continue;
        all_told = false;
        const std::string_view rest = bytes_.substr(reach.begin, std::min(reach.longest, reach.all - reach.begin));
        const std::size_t line_end = rest.find('\n');
        if (line_end == std::string_view::npos) return;
        glance.learn(rest.substr(0, line_end + 1));
        reach.begin += line_end + 1;
    }
    piece.end = reach.begin;
    if (all_told && stretch_.sharing != nullptr) piece.share_out(*stretch_.sharing);
}

void DecodedAhead::begin_batch(std::uint64_t number, std::uint64_t let_go) {
    batch_ = number;
    for (; !needed_.empty() && needed_.front().first <= let_go; needed_.pop_front()) {
        free_.push_back(std::move(needed_.front().second));
        free_.back()->clear();
    }
}

void DecodedAhead::let_go_of_piece() {
    if (is_needed_) {
        needed_.emplace_back(batch_, std::move(piece_));
    } else {
        piece_->clear();
        free_.push_back(std::move(piece_));
    }
    is_needed_ = false;
    ++number_;
}

/// Takes the next piece in hand.
void DecodedAhead::go_on() {
    if (piece_ != nullptr) let_go_of_piece();
    Slot& own = slot(number_);
    while (next_.load(std::memory_order_relaxed) <= number_) work(0);
    crew_.help_until([&] { return own.done.load(std::memory_order_acquire) == number_ + 1; });
    if (free_.empty()) free_.push_back(std::make_unique<Piece>());
    piece_ = std::exchange(own.piece, std::move(free_.back()));
    free_.pop_back();
    place_ = 0;
    limit_.store(std::min(number_ + 1 + slots_.size(), pieces()), std::memory_order_release);
    crew_.tell();
}

/// To the piece that a line at `offset` begins in, which is before the end of the stretch.
void DecodedAhead::go_on_to(std::size_t offset) {
    while (piece_ == nullptr || offset >= (number_ + 1) * stretch_.piece_bytes) go_on();
}

Piece* DecodedAhead::whole_at(std::size_t offset) {
    if (offset >= stretch_.end) return nullptr;
    go_on_to(offset);
    return place_ == 0 && piece_->is_whole && piece_->begin == offset ? piece_.get() : nullptr;
}

void DecodedAhead::take_whole() {
    place_ = piece_->told.size();
    is_needed_ = true;
}

Told* DecodedAhead::take(std::size_t offset) {
    if (offset >= stretch_.end) return nullptr;
    go_on_to(offset);
    std::vector<Told>& told = piece_->told;
    if (place_ == 0)
        for (std::size_t first = 0; first < names_ahead; ++first) ask_for_told(told.data(), first);
    while (place_ < told.size() && told[place_].offset < offset) ++place_;
    if (place_ == told.size() || told[place_].offset != offset) return nullptr;
    Told& result = told[place_++];
    ask_for_told(&result, read_ahead);
    if (place_ + names_ahead < told.size()) runtime::ask_for(told[place_ + names_ahead].produced.event.subject.data());
    is_needed_ = is_needed_ || result.length != 0;
    return result.empty() ? nullptr : &result;
}

} // namespace watchword::stdlib

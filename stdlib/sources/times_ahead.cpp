// As soon as a piece is out of order nobody begins with another.
#include "stdlib/sources/times_ahead.hpp"

#include "stdlib/sources/input_ahead.hpp"
#include "stdlib/sources/reading.hpp"

#include <algorithm>

namespace watchword::stdlib {

using runtime::Time;

TimesAhead::TimesAhead(std::string_view bytes, const Settings& settings, Crew& crew)
    : bytes_(bytes), settings_(settings), crew_(crew),
      pieces_((bytes.size() + settings.piece_bytes - 1) / settings.piece_bytes) {}

TimesAhead::Ordered TimesAhead::find(std::string_view bytes, const Settings& settings, Source& source, Crew& crew) {
    Ordered result;
    TimesAhead ahead(bytes, settings, crew);
    for (std::uint32_t thread = 0; thread < crew.size(); ++thread) {
        ahead.glances_.push_back(source.glance());
        if (ahead.glances_.back() == nullptr) return result;
    }
    crew.add(ahead);
    for (const Piece& piece : ahead.pieces_) {
        crew.help_until([&] { return piece.done.load(std::memory_order_acquire); });
        const bool has_time = piece.first != runtime::beginning;
        if (!piece.is_ordered || (has_time && piece.first < result.newest)) break;
        result.bytes = std::max(result.bytes, piece.found.bytes);
        result.lines += piece.found.lines;
        result.records += piece.found.records;
        if (has_time) result.newest = piece.found.newest;
    }
    ahead.next_ = ahead.pieces_.size();
    crew.remove(ahead);
    return result;
}

bool TimesAhead::work(std::uint32_t thread) {
    const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= pieces_.size()) {
        next_.store(pieces_.size(), std::memory_order_relaxed); // or it would count on without end
        return false;
    }
    look(number, *glances_[thread]);
    pieces_[number].done.store(true, std::memory_order_release);
    crew_.tell();
    return true;
}

void TimesAhead::look(std::uint64_t number, Glance& glance) {
    Piece& piece = pieces_[number];
    const std::size_t begin = number * settings_.piece_bytes;
    const std::size_t end = std::min(begin + settings_.piece_bytes, bytes_.size());
    for (std::size_t at = first_line(bytes_, begin, end); at < end;) {
        const std::string_view rest = bytes_.substr(at, settings_.longest_record + 1);
        const std::size_t length = std::min(rest.find('\n'), rest.size() - 1) + 1;
        if (length > settings_.longest_record) {
            piece.is_ordered = false; // it is left to whoever says that it is too long
            return;
        }
        const Record record{rest.substr(0, length), 0, bytes_.size() - at - length};
        ask_for_input(record.text.data(), length);
        at += length;
        piece.found.bytes = at;
        ++piece.found.lines;
        if (!is_blank(record.text)) ++piece.found.records;
        const std::optional<Time> time = glance.time_of(record);
        if (!time) continue;
        if (piece.first == runtime::beginning) piece.first = *time;
        if (*time < piece.found.newest) piece.is_ordered = false;
        piece.found.newest = *time;
    }
}

} // namespace watchword::stdlib

// A line equals a shape if every separator stands where the value before it ends. Each text is looked through for its
// end, so it holds neither a quote nor a control character; each number and word is read as the grammar has it.
#include "stdlib/sources/record_shape.hpp"

#include "stdlib/sources/escaped.hpp"
#include "stdlib/sources/json_scalar.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace watchword::stdlib {

namespace {

constexpr std::size_t most_members = 256;
constexpr std::uint32_t times_to_be_usual = 4;  ///< so often a length is seen again before it is guessed
constexpr std::uint32_t times_to_be_steady = 8; ///< so often a length is seen before a run rests on it
constexpr std::uint32_t longest_steady = 1024;  ///< bytes of a text in a run

} // namespace

bool RecordShape::add_separator(std::string_view bytes) {
    if (bytes.find('\\') != std::string_view::npos) return false;
    Separator& added = separators_.emplace_back();
    added.length = static_cast<std::uint32_t>(bytes.size());
    const std::size_t head = std::min(bytes.size(), sizeof added.bytes);
    std::memcpy(added.bytes, bytes.data(), head);
    std::memset(added.mask, 0xff, head);
    added.rest = bytes.substr(head);
    return bytes.size() <= margin;
}

std::optional<RecordShape> RecordShape::of(std::string_view line, const std::vector<JsonToken>& members,
                                           Instructions instructions) {
    if (members.empty() || members.size() > most_members || !line.ends_with('\n')) return std::nullopt;
    RecordShape shape;
    shape.match_ = match_for(instructions);
    std::vector<std::string_view> keys;
    for (const JsonToken& member : members) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return std::nullopt;
    const char* at = line.data();
    for (const JsonToken& member : members) {
        if (member.key_escaped) return std::nullopt;
        const std::size_t quote = member.kind == JsonKind::text ? 1 : 0;
        const char* const value = member.text.data() - quote;
        if (!shape.add_separator({at, static_cast<std::size_t>(value - at)})) return std::nullopt;
        shape.keys_.emplace_back(member.key);
        at = member.text.data() + member.text.size() + quote;
    }
    shape.runs_.push_back({static_cast<std::uint32_t>(shape.keys_.size()), 0, {}, {}});
    const char* const end = line.data() + line.size();
    if (at >= end || !shape.add_separator({at, static_cast<std::size_t>(end - at)})) return std::nullopt;
    shape.seeks_outline_ = instructions == Instructions::avx512 || instructions == Instructions::best;
    std::vector<JsonKind> kinds;
    for (const JsonToken& member : members) kinds.push_back(member.kind);
    shape.find_outline(kinds);
    return shape;
}

void RecordShape::get_used_to(const Span* spans) {
    habits_.resize(keys_.size());
    bool changed = false;
    for (std::size_t member = 0; member < keys_.size(); ++member) {
        const Span& span = spans[member];
        Habit& habit = habits_[member];
        const std::uint32_t length = span.end - span.begin;
        const bool again =
            length == habit.length && length <= longest_steady && span.kind == JsonKind::text && !span.escaped;
        const bool was_steady = habit.times >= times_to_be_steady;
        habit.times = again ? std::min(habit.times + 1, times_to_be_steady) : 0;
        habit.length = length;
        // of a length that comes and goes a guess would mostly be wrong, and wrong guesses cost more than waiting
        separators_[member].usual = habit.times >= times_to_be_usual ? length : UINT32_MAX;
        changed |= was_steady != (habit.times >= times_to_be_steady);
    }
    if (changed) find_runs();
    if (outline_ && outline_->fits(spans)) return;
    std::vector<JsonKind> kinds;
    for (std::size_t member = 0; member < keys_.size(); ++member) kinds.push_back(spans[member].kind);
    find_outline(kinds);
}

void RecordShape::find_outline(const std::vector<JsonKind>& kinds) {
    if (!seeks_outline_) return;
    std::vector<std::string> between;
    for (const Separator& separator : separators_) between.push_back(separator.text());
    outline_ = RecordOutline::of(between, kinds);
    if (outline_ && !wanted_.empty()) outline_->want(wanted_);
}

void RecordShape::want(std::vector<bool> members) {
    wanted_ = std::move(members);
    if (outline_) outline_->want(wanted_);
}

void RecordShape::find_runs() {
    runs_.clear();
    const auto is_steady = [&](std::size_t member) { return habits_[member].times >= times_to_be_steady; };
    for (std::size_t first = 0; first < keys_.size();) {
        std::size_t end = first;
        while (end < keys_.size() && is_steady(end)) ++end;
        Run run = end - first > 1 ? run_of(first, end) : Run{};
        if (run.blocks.empty()) { // up to where the next may begin
            if (end == first) ++end;
            if (!runs_.empty() && runs_.back().blocks.empty())
                runs_.back().end = static_cast<std::uint32_t>(end);
            else
                runs_.push_back({static_cast<std::uint32_t>(end), 0, {}, {}});
        } else {
            runs_.push_back(std::move(run));
        }
        first = end;
    }
}

/// Without blocks: it is not worth one.
RecordShape::Run RecordShape::run_of(std::size_t first, std::size_t end) const {
    Run run;
    run.end = static_cast<std::uint32_t>(end);
    std::string bytes, mask;
    for (std::size_t member = first; member < end; ++member) {
        const Separator& separator = separators_[member];
        bytes += separator.text();
        bytes += '"';
        mask.resize(bytes.size(), '\xff');
        const auto begin = static_cast<std::uint32_t>(bytes.size());
        bytes.append(habits_[member].length, ' ');
        mask.resize(bytes.size(), '\0');
        run.spans.push_back({begin, static_cast<std::uint32_t>(bytes.size()), JsonKind::text, false});
        bytes += '"';
        mask += '\xff';
    }
    run.length = bytes.size();
    constexpr std::size_t size = sizeof(Run::Block::bytes);
    if (run.length < size) return run;
    for (std::size_t offset = 0; offset < run.length; offset += size) {
        Run::Block& block = run.blocks.emplace_back();
        block.offset = std::min(offset, run.length - size);
        std::memcpy(block.bytes, bytes.data() + block.offset, size);
        std::memcpy(block.mask, mask.data() + block.offset, size);
    }
    return run;
}

std::size_t RecordShape::shared_with(const RecordShape& other) const {
    const auto [differing, none] =
        std::mismatch(separators_.begin(), separators_.end(), other.separators_.begin(), other.separators_.end(),
                      [](const Separator& left, const Separator& right) {
                          return left.length == right.length && left.rest == right.rest &&
                                 std::memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
                      });
    return static_cast<std::size_t>(differing - separators_.begin());
}

std::string RecordShape::Separator::text() const {
    return std::string(bytes, std::min<std::size_t>(length, sizeof bytes)) + rest;
}

template <class Window>
inline bool RecordShape::Separator::equals(const char* at) const {
    return Window::equals(at, bytes, mask) &&
           (length <= sizeof bytes || std::memcmp(at + sizeof bytes, rest.data(), rest.size()) == 0);
}

namespace {

/// Where to stop, and what was seen on the way.
template <class Window>
struct Reading {
    const char* limit;
    Window window{};
    typename Window::Seen seen{};
    unsigned char seen_singly = 0;
    bool is_ascii() const { return !Window::beyond_ascii(seen) && seen_singly < 0x80; }
};

/// The closing quote of a text that begins at `at`, behind its opening one; nullptr: it is broken, or near the limit.
template <class Window>
inline const char* read_text(const char* at, std::uint32_t usual, bool& escaped, Reading<Window>& reading) {
    for (std::uint32_t carried = 0; at <= reading.limit; at += Window::size) {
        const auto bits = reading.window.look(at, reading.seen);
        std::uint32_t ends = bits.special;
        if ((bits.backslashes | carried) != 0) {
            std::uint32_t hidden = ends & escaped_by(bits.backslashes, carried);
            ends &= ~hidden;
            for (; hidden != 0; hidden &= hidden - 1) // a control character is none the better for a backslash
                if (at[std::countr_zero(hidden)] != '"') ends |= hidden & (~hidden + 1);
            const std::uint32_t inside = ends == 0 ? UINT32_MAX : ends ^ (ends - 1);
            escaped |= (bits.backslashes & inside) != 0;
        }
        if (ends == 0) continue;
        auto first = static_cast<std::uint32_t>(std::countr_zero(ends));
        const std::uint32_t wanted = usual;
        asm("" : "+r"(usual)); // or the compiler would know that both are the same, and wait for the bits
        if (first == wanted) {
            first = usual;
            asm volatile("" : "+r"(first)); // a branch, not a choice
        }
        at += first;
        return *at == '"' ? at : nullptr;
    }
    return nullptr;
}

/// Behind the object or list that begins at `at`: brackets match and texts are closed, as the scanner asks for.
/// nullptr: they do not, or it is deep, or has control characters.
template <class Window>
inline const char* read_nested(const char* at, Reading<Window>& reading) {
    constexpr std::uint32_t deepest = 64;
    std::uint64_t objects = 0; // a bit a level, the innermost is the lowest
    for (std::uint32_t depth = 0; at <= reading.limit; ++at) {
        const char byte = *at;
        bool escaped = false;
        reading.seen_singly |= static_cast<unsigned char>(byte);
        if (byte == '"') {
            at = read_text<Window>(at + 1, UINT32_MAX, escaped, reading);
            if (at == nullptr) return nullptr;
        } else if (byte == '{' || byte == '[') {
            if (++depth > deepest) return nullptr;
            objects = objects << 1 | (byte == '{' ? 1 : 0);
        } else if (byte == '}' || byte == ']') {
            if ((objects & 1) != (byte == '}' ? 1U : 0U)) return nullptr;
            objects >>= 1;
            if (--depth == 0) return at + 1;
        } else if (static_cast<unsigned char>(byte) < 0x20 || byte == '\\') {
            return nullptr;
        }
    }
    return nullptr;
}

} // namespace

template <class Reading>
inline bool RecordShape::Run::equals(const char* at, Reading& reading) const {
    using Window = decltype(reading.window);
    auto seen = reading.seen;
    typename Window::Wrong wrong{};
    for (const Block& block : blocks) reading.window.compare(at + block.offset, block.bytes, block.mask, seen, wrong);
    if (Window::any(wrong)) return false;
    reading.seen = seen;
    return true;
}

/// A separator and the value behind it: its end; nullptr: they are not there.
template <class Window, class Reading>
inline const char* RecordShape::match_member(const char* start, const char* at, const Separator& separator, Span& span,
                                             Reading& reading) {
    if (at > reading.limit || !separator.template equals<Window>(at)) return nullptr;
    at += separator.length;
    span.escaped = false;
    const bool text = *at == '"';
    if (text) ++at;
    const char* end = nullptr;
    if (text) {
        span.kind = JsonKind::text;
        end = read_text<Window>(at, separator.usual, span.escaped, reading);
    } else if (*at == '{' || *at == '[') {
        if (*at == '{' && separator.refuses_object) return nullptr;
        span.kind = *at == '{' ? JsonKind::object : JsonKind::array;
        end = read_nested<Window>(at, reading);
    } else {
        end = read_scalar<Window>(at, span.kind);
    }
    if (end == nullptr) return nullptr;
    span.begin = static_cast<std::uint32_t>(at - start);
    span.end = static_cast<std::uint32_t>(end - start);
    return text ? end + 1 : end;
}

template <class Window>
std::size_t RecordShape::match_with(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                    Progress& progress) {
    if (bytes.size() < 2 * margin) return 0;
    const char* const start = bytes.data();
    const char* at = start + progress.bytes;
    Reading<Window> reading{start + bytes.size() - 2 * margin}; // a separator, and the window behind it
    if (!progress.is_ascii) reading.seen_singly = 0x80;
    const Separator* separator = shape.separators_.data() + progress.members;
    Span* span = spans + progress.members;
    for (const Run& run : shape.runs_) {
        if (span + run.spans.size() == spans + run.end && !run.blocks.empty() && run.end <= members &&
            at + run.length <= reading.limit && run.equals(at, reading)) {
            const auto begin = static_cast<std::uint32_t>(at - start);
            for (const Span& known : run.spans) *span++ = known.moved(begin);
            separator += run.spans.size();
            at += run.length;
            continue;
        }
        for (Span* const end = spans + std::min<std::size_t>(run.end, members); span < end; ++span, ++separator) {
            const char* const behind = match_member<Window>(start, at, *separator, *span, reading);
            if (behind == nullptr) {
                progress = {static_cast<std::uint32_t>(span - spans), static_cast<std::uint32_t>(at - start),
                            reading.is_ascii()};
                return 0;
            }
            at = behind;
        }
    }
    const auto length = static_cast<std::size_t>(at - start);
    if (members != whole) return length;
    if (at > reading.limit || !separator->template equals<Window>(at)) {
        progress = {static_cast<std::uint32_t>(span - spans), static_cast<std::uint32_t>(length), reading.is_ascii()};
        return 0;
    }
    const std::size_t all = length + separator->length;
    return reading.is_ascii() || simdjson::validate_utf8(start, all) ? all : 0;
}

std::size_t RecordShape::match_plain(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                     Progress& progress) {
    return match_with<PlainWindow>(shape, bytes, spans, members, progress);
}

#if defined(__x86_64__)

__attribute__((flatten)) std::size_t RecordShape::match_sse2(const RecordShape& shape, std::string_view bytes,
                                                             Span* spans, std::size_t members, Progress& progress) {
    return match_with<Sse2Window>(shape, bytes, spans, members, progress);
}

__attribute__((target("avx2,bmi"), flatten)) std::size_t RecordShape::match_avx2(const RecordShape& shape,
                                                                                 std::string_view bytes, Span* spans,
                                                                                 std::size_t members,
                                                                                 Progress& progress) {
    return match_with<Avx2Window>(shape, bytes, spans, members, progress);
}

RecordShape::Match RecordShape::match_for(Instructions instructions) {
    if (instructions == Instructions::plain) return match_plain;
    return instructions != Instructions::sse2 && can(Instructions::avx2) ? match_avx2 : match_sse2;
}

#else

RecordShape::Match RecordShape::match_for(Instructions) { return match_plain; }

#endif

} // namespace watchword::stdlib

// The shape of a JSON record: its keys on the first level with everything that stands around its values, byte by byte.
// Records mostly look like those before them, so to check a record is to compare it with a shape. Knows nothing of
// types and fields.
#pragma once

#include "stdlib/sources/byte_window.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/record_outline.hpp"
#include "stdlib/sources/span.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

class RecordShape {
public:
    /// How far a line is known to have the shape: so many members, and behind the last of them.
    struct Progress {
        std::uint32_t members = 0;
        std::uint32_t bytes = 0;
        bool is_ascii = true;  ///< false: they may be all the same
        bool outlined = false; ///< all of it was told by its outline: members that are not wanted have no span
    };
    /// Bytes that must be readable behind what is compared: a record so near the end of the memory fits no shape.
    static constexpr std::size_t margin = 64;
    /// Of a line and its members as `JsonScanner` read them; nullopt: it is none that records can be compared with
    /// (escaped or repeated keys, no end of line, very many members).
    static std::optional<RecordShape> of(std::string_view line, const std::vector<JsonToken>& members,
                                         Instructions instructions = Instructions::best);

    /// Whether `bytes` begin with a line that is a JSON object of this shape: its length with the end of line, else 0.
    /// If so, `JsonScanner` would find these keys and, in `spans`, these values (the escapes in texts are not looked
    /// at). UTF-8 is checked.
    std::size_t match(std::string_view bytes, Span* spans) const {
        Progress none;
        return match(bytes, spans, none);
    }
    /// The same of a line that is known to have so much of the shape. If it has no more, `progress` tells how much of
    /// it there is.
    std::size_t match(std::string_view bytes, Span* spans, Progress& progress) const {
        if (outline_ && progress.members == 0)
            if (const std::size_t length = outline_->match(bytes, spans); length != 0) {
                progress.outlined = true;
                return length;
            }
        return match_(*this, bytes, spans, whole, progress);
    }
    /// Whether `bytes` begin with the first `members` of this shape; what comes then is not looked at, nor is UTF-8.
    bool begins(std::string_view bytes, Span* spans, std::size_t members, Progress& progress) const {
        return match_(*this, bytes, spans, members, progress) != 0;
    }

    /// The spans of all members of a line that has this shape, wanted or not.
    void find_all(std::string_view bytes, Span* spans) const {
        Progress none;
        match_(*this, bytes, spans, whole, none);
    }

    const std::vector<std::string>& keys() const { return keys_; }
    /// Whose spans have to be told; at first it is all of them.
    void want(std::vector<bool> members);
    /// From now on no record matches in which the member is an object.
    void refuse_object(std::size_t member) { separators_[member].refuses_object = true; }
    /// How many members from the first on, with what stands before them, a line of either shape may have from the
    /// other: more than there are members if the shapes are the same.
    std::size_t shared_with(const RecordShape& other) const;
    /// Learns from a record that matched, one of many, how long texts mostly are: what stays as long some times is
    /// guessed to be so, and texts that do for longer are looked at together with what stands between them; and of what
    /// kinds values mostly are.
    void get_used_to(const Span* spans);

private:
    /// What stands between two values, with the key of the second.
    struct Separator {
        alignas(32) char bytes[32] = {};
        alignas(32) char mask[32] = {};
        std::uint32_t length = 0;
        bool refuses_object = false; ///< behind it
        std::string rest;            ///< what goes beyond `bytes`
        /// How long the text behind it mostly is: the processor then goes on before it has looked. A guess, no more.
        std::uint32_t usual = UINT32_MAX;
        /// Reads as many bytes as a window has, however short it is.
        template <class Window>
        bool equals(const char* at) const;
        std::string text() const;
    };
    /// Neighbouring members. Of texts that are always as long, `blocks` hold one stretch of bytes, in which all that is
    /// not theirs stands where it stood before; without blocks each is looked at for itself.
    struct Run {
        struct alignas(32) Block {
            char bytes[32] = {};
            char mask[32] = {};     ///< 0: of a text
            std::size_t offset = 0; ///< the last one overlaps that before it
        };
        std::uint32_t end = 0;     ///< behind the last member
        std::size_t length = 0;    ///< from the separator before the first to the closing quote of the last
        std::vector<Span> spans;   ///< of the members, from the beginning of the run
        std::vector<Block> blocks; ///< all of it
        template <class Reading>
        bool equals(const char* at, Reading& reading) const;
    };
    /// How the length of a member was in the records that `get_used_to` saw.
    struct Habit {
        std::uint32_t length = 0;
        std::uint32_t times = 0; ///< in a row, as a text without escapes
    };
    /// In place of a number of members: all, and the end of the line.
    static constexpr std::size_t whole = SIZE_MAX;
    using Match = std::size_t (*)(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                  Progress& progress);

    bool add_separator(std::string_view bytes);
    void find_runs();
    void find_outline(const std::vector<JsonKind>& kinds);
    Run run_of(std::size_t first, std::size_t end) const;
    template <class Window, class Reading>
    static const char* match_member(const char* start, const char* at, const Separator& separator, Span& span,
                                    Reading& reading);
    template <class Window>
    static std::size_t match_with(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                  Progress& progress);
    static std::size_t match_plain(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                   Progress& progress);
    static std::size_t match_sse2(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                  Progress& progress);
    static std::size_t match_avx2(const RecordShape& shape, std::string_view bytes, Span* spans, std::size_t members,
                                  Progress& progress);
    static Match match_for(Instructions instructions);

    std::vector<std::string> keys_;
    std::vector<Separator> separators_; ///< one a key, and that behind the last value
    std::vector<Habit> habits_;         ///< by member
    std::vector<Run> runs_;             ///< in order; they cover all members
    Match match_ = nullptr;
    bool seeks_outline_ = false;
    std::vector<bool> wanted_;             ///< by member; empty: all
    std::optional<RecordOutline> outline_; ///< of records with values of the kinds that the last ones mostly had
};

} // namespace watchword::stdlib

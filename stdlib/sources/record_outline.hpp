// The outline of a JSON record: what is left of it without its values. Records of one shape, whose values are texts,
// numbers and words in the same places, have the same outline, however long their values are. So all of a record's
// values are found at once, sixty-four bytes at a time, without one waiting for where that before it ends. For
// processors that can pack bytes (AVX-512); knows nothing of types and fields.
#pragma once

#include "stdlib/sources/span.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

class RecordOutline {
public:
    /// `between`: what stands before the first value, between each two of them and behind the last one, with the end of
    /// line but without the quotes of texts; `kinds`: of the values. nullopt: the processor cannot, there are objects
    /// or lists among the values, or control characters besides the end of line, or it is large.
    static std::optional<RecordOutline> of(const std::vector<std::string>& between, const std::vector<JsonKind>& kinds);

    /// From now on only these members are told; at first it is all.
    void want(const std::vector<bool>& members);
    /// Whether `bytes` begin with a record of this outline: its length with the end of line, and where the values are
    /// that are wanted, in `spans`; else 0: then it may be of the shape all the same, with values of other kinds. UTF-8
    /// is checked, the escapes in texts are not looked at. A record that ends within 128 bytes of the end of `bytes`
    /// may not be found.
    std::size_t match(std::string_view bytes, Span* spans) const;
    /// Whether the values that are texts are those that are here.
    bool fits(const Span* spans) const;

private:
    static constexpr std::size_t window = 64;
    static constexpr std::size_t longest_record = 64 * window; ///< that is looked at

    /// Up to eight bytes.
    struct Piece {
        std::uint64_t bytes = 0, mask = 0;
        std::uint32_t length = 0;
        static std::optional<Piece> of(std::string_view text);
        std::uint64_t differs(const char* at) const;
    };
    /// Values lie between two quotes, of which `quote` is the number of the first; that behind the last one is the end
    /// of the line. Texts begin and end with them, and between them and others there are pieces of the record.
    struct Text {
        std::uint32_t member = 0, quote = 0;
    };
    struct Other {
        std::uint32_t member = 0, quote = 0;
        Piece before, after;
        bool is_number = false; ///< a guess
    };

    /// As `match`, where no quote is behind a backslash; else `may_hide` is true. With `hides_quotes` it is all the
    /// same.
    template <bool hides_quotes>
    std::size_t look(std::string_view bytes, Span* spans, bool& may_hide) const;

    std::vector<Text> texts_;   ///< that are wanted
    std::vector<bool> is_text_; ///< by member
    std::vector<Other> others_;
    std::vector<char> left_;    ///< the outline without those pieces, and room to read all of a record behind it
    std::size_t left_size_ = 0; ///< without that room
    std::uint32_t quotes_ = 0;  ///< with the end of line
    /// Bit i: a value begins with the quote i, and ends with the next. As many as there may be in a record, and a word.
    std::array<std::uint64_t, longest_record / 64 + 1> begins_{};
};

} // namespace watchword::stdlib

// The tokens of JSON records, over simdjson's structural index: where keys and values stand, with the line's structure,
// strings and UTF-8 checked. Knows nothing of what the values mean.
#pragma once

#include "stdlib/sources/arena.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

inline constexpr char no_json_object[] = "not a JSON object"; ///< the reason where a record is something else

enum class JsonKind : std::uint8_t { text, number, boolean, null, object, array };

struct JsonToken {
    std::string_view key;  ///< between the quotes, as written; of an array's element empty
    std::string_view text; ///< of a text: between the quotes, as written; else the whole value, as written
    JsonKind kind = JsonKind::null;
    bool key_escaped = false; ///< it holds a backslash: see `unescape`
    bool escaped = false;
    std::uint32_t at = 0; ///< of an object or array: where to walk into it
};

/// Views point into the text that was indexed. Not thread-safe.
class JsonScanner {
public:
    JsonScanner();
    ~JsonScanner();
    JsonScanner(const JsonScanner&) = delete;
    JsonScanner& operator=(const JsonScanner&) = delete;

    /// Indexes one record, or a block of whole lines. False: `error` says why (bad UTF-8, a control character or an end
    /// of line in a string, …); then each line of a block must be indexed alone.
    bool index(std::string_view text);
    /// The members of the object that is the next record; it must end before `end`, an offset in the indexed text.
    /// False: `error`; the next record is read all the same by the next call.
    bool read_record(std::size_t end, std::vector<JsonToken>& members);
    /// The members or elements of a token of kind object or array of the text indexed now. Nesting is checked already.
    bool read_inner(const JsonToken& token, std::vector<JsonToken>& members);
    const std::string& error() const { return error_; }
    /// What was indexed last.
    std::string_view text() const { return text_; }

    /// The content of a text with its escapes resolved, in `arena`; nullopt: an escape is wrong.
    /// `readable`: so many bytes behind it may be read, which makes it faster.
    std::optional<std::string_view> unescape(std::string_view content, Arena& arena, std::size_t readable = 0);

private:
    struct Parser;

    bool fail(const char* what);
    std::optional<std::string_view> unescape_any(std::string_view content, Arena& arena);
    bool read_members(std::vector<JsonToken>& members, std::uint32_t limit, char close);
    bool read_value(JsonToken& token, std::uint32_t limit);
    bool skip_nested(std::uint32_t limit);
    bool read_string(std::string_view& content, bool& escaped) const;
    char at(std::uint32_t cursor) const { return text_[indexes_[cursor]]; }

    std::unique_ptr<Parser> parser_;
    std::string_view text_;
    const std::uint32_t* indexes_ = nullptr; ///< offsets of brackets, colons, commas and of the first bytes of values
    std::uint32_t count_ = 0;
    std::uint32_t cursor_ = 0;
    std::string error_;
    std::string padded_;
};

/// A hash of a record's content. The order of the members does not matter; of texts it is what they mean that counts,
/// of everything else how it is written.
std::uint64_t content_of(const std::vector<JsonToken>& members, JsonScanner& scanner, Arena& arena);

/// What a member adds to it: `key`: `key_hash` of what its key means; `text`: its value, of a text what that means.
std::uint64_t content_of_member(std::uint64_t key, JsonKind kind, std::string_view text);
std::uint64_t key_hash(std::string_view key);

/// The grammar of a JSON number: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(std::string_view text);
/// The whole of a JSON number within 64 bits; nullopt: it has a fraction, an exponent, or is too large.
std::optional<std::int64_t> json_integer(std::string_view text);
/// A finite JSON number.
std::optional<double> json_real(std::string_view text);
/// As a JSON text, quotes included.
std::string quote_json(std::string_view text);

} // namespace watchword::stdlib

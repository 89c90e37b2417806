// The types of the language and the 16-byte untagged value that carries all of them.
// Knows nothing of text syntax; the checker decides types, the machine trusts it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace watchword::runtime {

/// Microseconds since 1970-01-01T00:00:00Z, truncated down.
using Time = std::int64_t;
/// Microseconds. `d` is 86 400 s, `w` is 7 d.
using Duration = std::int64_t;
/// Index of a person in the roster; dense from 0.
using PersonId = std::uint32_t;
/// What a roster calls an account name (Roster::number); dense from 1.
using AccountNumber = std::uint32_t;

inline constexpr Time never = std::numeric_limits<Time>::max();
inline constexpr Time beginning = std::numeric_limits<Time>::min();
inline constexpr PersonId nobody = std::numeric_limits<PersonId>::max();
inline constexpr AccountNumber no_account = 0;
inline constexpr Duration one_second = 1'000'000;
inline constexpr Duration one_minute = 60 * one_second;
inline constexpr Duration one_hour = 60 * one_minute;
inline constexpr Duration one_day = 24 * one_hour;
inline constexpr Duration one_week = 7 * one_day;

enum class Kind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    time,
    time_of_day, // microseconds since 00:00
    duration,
    size, // bytes
    ip,   // 16 bytes in network order, IPv4 as ::ffff:a.b.c.d
    zone, // an IANA name, as text
    person,
    host,  // text in folded form
    email, // text in folded form
    list,
    enumeration, // the ordinal of its word
    tuple,       // only in `(a, b) in TABLE`
    error,       // what a wrong expression has: never reported again
};

/// Text-like kinds share one representation: pointer and length.
constexpr bool is_textual(Kind kind) {
    return kind == Kind::text || kind == Kind::zone || kind == Kind::host || kind == Kind::email;
}

struct Type {
    Kind kind = Kind::error;
    bool optional = false;
    /// enumeration: index in Program::enumerations; list: the element's Kind.
    std::uint16_t detail = 0;

    friend bool operator==(const Type&, const Type&) = default;
    constexpr Type as_optional() const { return {kind, true, detail}; }
    constexpr Type as_required() const { return {kind, false, detail}; }
};

/// 16 bytes, no tag: the checker knows the type. Absent is both words zero, for every kind.
///   text, zone, host, email, ip   bytes, length           (an empty text has a non-null pointer)
///   list                          items, number of items  (an empty list has a non-null pointer)
///   real                          real, 1
///   every other kind              integer, 1
/// Text and lists are views: whoever made the value says how long they live.
struct Value {
    union {
        std::int64_t integer;
        double real;
        const char* bytes;
        const Value* items;
    };
    std::uint64_t extent;

    constexpr Value() : integer(0), extent(0) {}
    static constexpr Value absent() { return {}; }
    static constexpr Value of(bool value) { return of(static_cast<std::int64_t>(value)); }
    static constexpr Value of(int value) { return of(static_cast<std::int64_t>(value)); }
    static constexpr Value of(std::int64_t value) {
        Value result;
        result.integer = value;
        result.extent = 1;
        return result;
    }
    static constexpr Value of(double value) {
        Value result;
        result.real = value;
        result.extent = 1;
        return result;
    }
    static constexpr Value of(std::string_view value) {
        Value result;
        result.bytes = value.data() == nullptr ? "" : value.data();
        result.extent = value.size();
        return result;
    }
    static constexpr Value of_list(const Value* items, std::size_t count) {
        Value result;
        if (items == nullptr) {
            result.bytes = ""; // never read: the count is zero
        } else {
            result.items = items;
        }
        result.extent = count;
        return result;
    }

    bool present() const { return (static_cast<std::uint64_t>(integer) | extent) != 0; }
    std::string_view text() const { return {bytes, static_cast<std::size_t>(extent)}; }
};
static_assert(sizeof(Value) == 16);

} // namespace watchword::runtime

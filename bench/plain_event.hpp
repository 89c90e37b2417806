// What the yardsticks work on: the events of the bench as plain structs with numbers for names, ready in memory. The
// same structs serve C++ and, by its FFI, LuaJIT. And the alerts that a contestant must find.
#pragma once

#include <compare>
#include <cstdint>

namespace watchword::bench {

enum class PlainType : std::uint8_t { file_copy, web_upload, logon, logoff, connect, termination, other };

struct PlainEvent {
    std::int64_t time; ///< microseconds
    std::int64_t bytes;
    const char* path;
    std::uint32_t path_length;
    std::uint32_t person; ///< dense from 0
    std::uint32_t host;   ///< dense from 0
    PlainType type;
    bool success;
    bool removable;
};

/// What only some workloads read of an event besides; dense from 0 each, or UINT32_MAX where there is none.
struct PlainNames {
    std::uint32_t device;
    std::uint32_t process;
};

/// Which event raised which level of which policy for whom.
struct PlainAlert {
    std::uint32_t event; ///< index
    std::uint32_t person;
    std::uint16_t policy; ///< 0 Everyday, 1 Leaver
    std::uint16_t level;  ///< 1 low, 2 medium, 3 high
    friend auto operator<=>(const PlainAlert&, const PlainAlert&) = default;
};

} // namespace watchword::bench

// One record on its way into the engine. A view: the pusher owns everything it points to, for the length of the call.
#pragma once

#include "runtime/type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace watchword::runtime {

/// A view of text in 12 bytes, of its first 4 GiB at most. Without it an event would be larger than a cache line.
class [[gnu::packed]] NarrowText {
public:
    constexpr NarrowText() = default;
    constexpr NarrowText(std::string_view text)
        : data_(text.data()), size_(static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), UINT32_MAX))) {}
    constexpr NarrowText(const char* text) : NarrowText(std::string_view{text}) {}
    NarrowText(const std::string& text) : NarrowText(std::string_view{text}) {}
    constexpr operator std::string_view() const { return {data_, size_}; }
    constexpr const char* data() const { return data_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    friend constexpr bool operator==(const NarrowText& left, std::string_view right) {
        return std::string_view{left} == right;
    }

private:
    const char* data_ = nullptr;
    std::uint32_t size_ = 0;
};

struct Event {
    Time time = 0;   ///< when the thing became known; never falls from one event to the next
    Time stated = 0; ///< its own time; earlier than `time` only for records that came late
    /// Input order among all records of the run, rising; part of the order of alerts.
    std::uint64_t position = 0;
    /// EventSchema::slots values. A required field is present. A `person` slot holds the account name as text; the
    /// engine resolves it. `host` and `email` values are folded already.
    const Value* fields = nullptr;
    NarrowText id;
    /// The account name of the subject field, which need not have a slot; data() nullptr: nobody.
    NarrowText subject;
    std::uint32_t type = 0; ///< index in Program::events
    /// What the engine's roster calls `subject`, which is not looked up by its name then; no_account: it is. A host
    /// that has people by numbers asks Roster::number once for each.
    AccountNumber account = no_account;
};
static_assert(sizeof(Event) == 64);

} // namespace watchword::runtime

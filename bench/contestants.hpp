// The same events for contestants that know only structs, and LuaJIT as one of them.
#pragma once

#include "bench/decoded_events.hpp"
#include "bench/plain_event.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct lua_State;

namespace watchword::bench {

/// Decoded events as structs; persons and hosts are numbers.
class PlainEvents {
public:
    PlainEvents(const runtime::Program& program, const DecodedEvents& decoded);
    const std::vector<PlainEvent>& all() const { return events_; }
    std::size_t people() const { return people_.size(); }
    std::uint32_t person(std::string_view name) const { return people_.at(name); }
    /// By number.
    const std::vector<std::string_view>& names() const { return names_; }

private:
    std::vector<PlainEvent> events_;
    std::unordered_map<std::string_view, std::uint32_t> people_, hosts_;
    std::vector<std::string_view> names_;
};

/// A Lua file that gives a function of the number of people, which gives one of (events, count, alerts).
class Lua {
public:
    Lua(const std::string& path, std::size_t people); ///< exits with a message on failure
    ~Lua();
    Lua(const Lua&) = delete;
    Lua& operator=(const Lua&) = delete;
    std::vector<PlainAlert> run(const std::vector<PlainEvent>& events);

private:
    [[noreturn]] void fail();
    lua_State* state_;
};

} // namespace watchword::bench

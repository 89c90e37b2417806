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
    /// The numbers of names of one kind.
    using Numbers = std::unordered_map<std::string_view, std::uint32_t>;

    const std::vector<PlainEvent>& all() const { return events_; }
    /// Of each event.
    const std::vector<PlainNames>& event_names() const { return event_names_; }
    std::size_t people() const { return people_.size(); }
    std::uint32_t person(std::string_view name) const { return people_.at(name); }
    /// By number.
    const std::vector<std::string_view>& names() const { return names_; }
    const Numbers& hosts() const { return hosts_; }
    const Numbers& devices() const { return devices_; }
    const Numbers& processes() const { return processes_; }

private:
    std::vector<PlainEvent> events_;
    std::vector<PlainNames> event_names_;
    Numbers people_, hosts_, devices_, processes_;
    std::vector<std::string_view> names_;
};

/// A Lua file that gives a function of the number of people, the rules and the numbers of names by field, which gives
/// one of (events, count, alerts, names of events).
class Lua {
public:
    /// `rules`: a file that gives a table of them; empty: the file needs none. Exits with a message on failure.
    Lua(const std::string& path, const PlainEvents& events, const std::string& rules);
    ~Lua();
    Lua(const Lua&) = delete;
    Lua& operator=(const Lua&) = delete;
    std::vector<PlainAlert> run(const PlainEvents& events);

private:
    void push(const PlainEvents::Numbers& numbers, const char* field);
    [[noreturn]] void fail();
    lua_State* state_;
};

} // namespace watchword::bench

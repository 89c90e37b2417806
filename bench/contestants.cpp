#include "bench/contestants.hpp"

#include <cstdio>
#include <cstdlib>
#include <lua.hpp>

namespace watchword::bench {

namespace {

PlainType type_of(std::string_view name) {
    if (name == "file.copy") return PlainType::file_copy;
    if (name == "web.upload") return PlainType::web_upload;
    if (name == "auth.logon") return PlainType::logon;
    if (name == "auth.logoff") return PlainType::logoff;
    if (name == "device.connect") return PlainType::connect;
    return name == "hr.termination" ? PlainType::termination : PlainType::other;
}

constexpr std::size_t most_alerts = 1 << 22;

} // namespace

PlainEvents::PlainEvents(const runtime::Program& program, const DecodedEvents& decoded) {
    for (const runtime::Event* const decoded_event : decoded.all()) {
        const runtime::Event& event = *decoded_event;
        const runtime::EventSchema& schema = program.events[event.type];
        const auto value = [&](std::string_view name) {
            const runtime::Field* const field = schema.find(name);
            return field == nullptr || field->slot == runtime::no_slot ? runtime::Value::absent()
                                                                       : event.fields[field->slot];
        };
        const auto number = [](Numbers& map, std::string_view name) {
            return map.emplace(name, static_cast<std::uint32_t>(map.size())).first->second;
        };
        const auto number_of = [&](Numbers& map, std::string_view field) {
            return value(field).present() ? number(map, value(field).text()) : UINT32_MAX;
        };
        PlainEvent plain{};
        plain.type = type_of(schema.name);
        plain.time = event.time;
        plain.person = number(people_, event.subject);
        if (plain.person == names_.size()) names_.push_back(event.subject);
        plain.bytes = value("bytes").integer;
        plain.removable = value("removable").integer != 0;
        plain.success = value("outcome").integer == 0; // the first word of the enumeration
        if (value("host").present()) plain.host = number(hosts_, value("host").text());
        plain.path = value("path").bytes;
        plain.path_length = static_cast<std::uint32_t>(value("path").extent);
        events_.push_back(plain);
        event_names_.push_back({number_of(devices_, "device"), number_of(processes_, "process")});
    }
}

Lua::Lua(const std::string& path, const PlainEvents& events, const std::string& rules) : state_(luaL_newstate()) {
    luaL_openlibs(state_);
    if (luaL_dofile(state_, path.c_str())) fail();
    lua_pushinteger(state_, static_cast<lua_Integer>(events.people()));
    if (rules.empty())
        lua_pushnil(state_);
    else if (luaL_dofile(state_, rules.c_str()))
        fail();
    lua_newtable(state_);
    push(events.hosts(), "host");
    push(events.devices(), "device");
    push(events.processes(), "process");
    if (lua_pcall(state_, 3, 1, 0) != 0) fail();
}

/// Into the table on top.
void Lua::push(const PlainEvents::Numbers& numbers, const char* field) {
    lua_newtable(state_);
    for (const auto& [name, number] : numbers) {
        lua_pushlstring(state_, name.data(), name.size());
        lua_pushnumber(state_, number);
        lua_rawset(state_, -3);
    }
    lua_setfield(state_, -2, field);
}

Lua::~Lua() { lua_close(state_); }

void Lua::fail() {
    std::fprintf(stderr, "LuaJIT: %s\n", lua_tostring(state_, -1));
    std::exit(1);
}

std::vector<PlainAlert> Lua::run(const PlainEvents& events) {
    std::vector<PlainAlert> alerts(most_alerts);
    lua_pushvalue(state_, -1);
    lua_pushlightuserdata(state_, const_cast<PlainEvent*>(events.all().data()));
    lua_pushinteger(state_, static_cast<lua_Integer>(events.all().size()));
    lua_pushlightuserdata(state_, alerts.data());
    lua_pushlightuserdata(state_, const_cast<PlainNames*>(events.event_names().data()));
    if (lua_pcall(state_, 4, 1, 0) != 0) fail();
    alerts.resize(static_cast<std::size_t>(lua_tointeger(state_, -1)));
    lua_pop(state_, 1);
    return alerts;
}

} // namespace watchword::bench

// Times the engine on events decoded beforehand, by turns with the policies written by hand in C++ and in LuaJIT, and
// checks that all find the same alerts. Prints one line a contestant: name, least and median nanoseconds an event. A
// round that does not count comes first, for the system to find memory and LuaJIT to compile. Usage: bench_in_memory
// POLICIES EVENTS ROUNDS [LUA [RULES]]     without LUA: the engine alone; with RULES, a table for LUA, without C++ by
// hand, which knows six policies, and without people by name
#include "bench/contestants.hpp"
#include "bench/decoded_events.hpp"
#include "bench/handwritten.hpp"
#include "desk/processor_time.hpp"
#include "runtime/engine.hpp"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <vector>

namespace {

using namespace watchword;

constexpr std::size_t announced = 256;

struct Contestant {
    const char* name;
    std::vector<double> seconds;

    void show(std::size_t events) {
        std::sort(seconds.begin(), seconds.end());
        std::printf("%s %.1f %.1f\n", name, seconds.front() / static_cast<double>(events) * 1e9,
                    seconds[seconds.size() / 2] / static_cast<double>(events) * 1e9);
    }
};

/// Resident memory of the process, in bytes.
std::size_t resident() {
    std::size_t pages = 0, resident_pages = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr) return 0;
    if (std::fscanf(file, "%zu %zu", &pages, &resident_pages) != 2) resident_pages = 0;
    std::fclose(file);
    return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

template <class Work>
void time(Contestant& contestant, Work work) {
    const double start = desk::processor_seconds();
    work();
    contestant.seconds.push_back(desk::processor_seconds() - start);
}

void push_all(runtime::Engine& engine, std::span<const runtime::Event* const> events) {
    for (std::size_t i = 0, end = 0; i < events.size();) {
        if (i == end) {
            const std::span<const runtime::Event* const> next =
                events.subspan(i, std::min(announced, events.size() - i));
            engine.prepare(next);
            end += next.size();
        }
        i += engine.push_quiet();
        if (i < end) engine.push(*events[i++]);
    }
}

void push_all(bench::Handwritten& written, const std::vector<bench::PlainEvent>& events) {
    constexpr std::size_t far = 16, near = 8;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i + far < events.size()) written.prefetch(events[i + far]);
        if (i + near < events.size()) written.prefetch_inside(events[i + near]);
        written.push(events[i], static_cast<std::uint32_t>(i));
    }
}

std::vector<bench::PlainAlert> plain(runtime::Engine& engine, const std::vector<runtime::Event*>& events,
                                     const bench::PlainEvents& structs) {
    std::vector<bench::PlainAlert> alerts;
    for (const runtime::Alert& alert : engine.alerts()) {
        const auto at = std::lower_bound(
            events.begin(), events.end(), alert.position,
            [](const runtime::Event* event, std::uint64_t position) { return event->position < position; });
        alerts.push_back({static_cast<std::uint32_t>(at - events.begin()), structs.person(alert.subject),
                          static_cast<std::uint16_t>(alert.policy), static_cast<std::uint16_t>(alert.level)});
    }
    return alerts;
}

void compare(const char* name, const std::vector<bench::PlainAlert>& found,
             const std::vector<bench::PlainAlert>& wanted) {
    if (found == wanted) return;
    const auto [mine, theirs] = std::mismatch(found.begin(), found.end(), wanted.begin(), wanted.end());
    const auto event = [](auto at, auto end) { return at == end ? -1L : static_cast<long>(at->event); };
    std::fprintf(stderr, "%s finds %zu alerts, the engine %zu; they part at event %ld and %ld\n", name, found.size(),
                 wanted.size(), event(mine, found.end()), event(theirs, wanted.end()));
    std::exit(1);
}

} // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::fputs("usage: bench_in_memory POLICIES EVENTS ROUNDS [LUA [RULES]]\n", stderr);
        return 3;
    }
    const int rounds = std::atoi(arguments[3]);
    const bool has_rules = count > 5;
#ifdef __GLIBC__
    // What a round gives back stays for the next one: to clear pages anew is the system's work, which the other
    // contestants leave to it before they are timed.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
    const runtime::Program program = bench::load_policies(arguments[1]);
    const bench::DecodedEvents decoded(program, arguments[2]);
    const bench::PlainEvents structs(program, decoded);
    const auto number = [&](runtime::Roster* roster) { // nullptr: events say by name alone whom they are about
        std::vector<runtime::AccountNumber> numbers(structs.people(), runtime::no_account);
        for (std::size_t i = 0; roster != nullptr && i < numbers.size(); ++i)
            numbers[i] = roster->number(structs.names()[i]);
        for (std::size_t i = 0; i < decoded.all().size(); ++i)
            decoded.all()[i]->account = numbers[structs.all()[i].person];
    };
    Contestant engine_time{"engine", {}}, named_time{"by_name", {}}, written_time{"handwritten", {}},
        lua_time{"luajit", {}};
    std::size_t alerts = 0, state = 0, memory = 0;
    for (int round = 0; round <= rounds; ++round) { // the first one warms up
        for (Contestant* const contestant : {&engine_time, &named_time, &written_time, &lua_time})
            if (round == 1) contestant->seconds.clear();
        const std::size_t before = resident();
        runtime::Engine engine(program);
        number(&engine.roster());
        const std::span<const runtime::Event* const> events(decoded.all().data(), decoded.all().size());
        time(engine_time, [&] { push_all(engine, events); });
        memory = std::max(memory, resident() - std::min(before, resident()));
        alerts = engine.alerts().size();
        state = engine.state_bytes();
        if (count < 5) continue;
        const auto wanted = plain(engine, decoded.all(), structs);
        if (!has_rules) {
            number(nullptr);
            runtime::Engine by_name(program);
            time(named_time, [&] { push_all(by_name, events); });
            compare("the engine that finds people by their names", plain(by_name, decoded.all(), structs), wanted);
            bench::Handwritten written(structs.people());
            time(written_time, [&] { push_all(written, structs.all()); });
            compare("the C++ by hand", written.alerts(), wanted);
        }
        bench::Lua lua(arguments[4], structs, has_rules ? arguments[5] : "");
        std::vector<bench::PlainAlert> found;
        time(lua_time, [&] { found = lua.run(structs); });
        compare("LuaJIT", found, wanted);
    }
    std::printf("events %zu\nalerts %zu\npeople %zu\nstate %zu\nresident %zu\n", decoded.all().size(), alerts,
                structs.people(), state, memory);
    engine_time.show(decoded.all().size());
    if (count < 5) return 0;
    if (!has_rules) named_time.show(decoded.all().size());
    if (!has_rules) written_time.show(decoded.all().size());
    lua_time.show(decoded.all().size());
}

// The time of a record that is damaged depends on the record alone, not on what was read before it.
#include "codegen_fixture.hpp"
#include "source_fixture.hpp"

#include "stdlib/sources/damaged_json.hpp"
#include "stdlib/sources/ledger.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>

#include <functional>
#include <random>
#include <string>

using namespace watchword;
using namespace watchword::source_tests;

namespace {

class Lines {
public:
    explicit Lines(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::string sound() {
        const std::string time = fmt::format("2025-03-{:02}T{:02}:00:00Z", below(28) + 1, below(24));
        const std::string name = fmt::format("u{}", below(50)), size = std::to_string(below(100'000));
        switch (below(6)) {
        case 0:
            return fmt::format(R"({{"type":"file.copy","time":"{}","user":"{}","bytes":{}}})", time, name, size);
        case 1:
            return fmt::format(R"({{"id":"{}","time":"{}","type":"file.copy","user":"{}","bytes":{}}})", size, time,
                               name, size);
        case 2:
            return fmt::format(R"({{ "user" : "{}", "type" : "hr.layoff", "time" : "{}", "id" : {} }})", name, time,
                               size);
        case 3:
            return fmt::format(R"({{"id":"{}","in":{{"time":"x","n":[{}]}},"time":"{}","type":"web.visit"}})", size,
                               size, time);
        case 4:
            return fmt::format(R"({{"note":"say \"time\":\"now\", {}","time":"{}","type":"hr.layoff","user":"{}"}})",
                               name, time, name);
        default:
            return fmt::format(R"({{"id":"{}","time":{},"type":"file.copy","user":"{}","time":"{}"}})", size, size,
                               name, time);
        }
    }

    std::string damaged() {
        std::string line = sound();
        switch (below(4)) {
        case 0:
            line.resize(below(line.size()));
            break;
        case 1:
            line[below(line.size())] = "\"{}[],:x\\\t\xff"[below(11)];
            break;
        case 2:
            line += "x";
            break;
        default:
            line.insert(below(line.size()), sound());
        }
        return line;
    }

private:
    std::mt19937 random_;
};

using MakeSource = std::function<std::unique_ptr<stdlib::Source>(stdlib::Ledger&)>;

std::optional<runtime::Time> time_of(stdlib::Glance& glance, const std::string& line) {
    const std::string text = line + '\n' + std::string(256, '\0');
    return glance.time_of({std::string_view(text).substr(0, line.size() + 1), 1, 256});
}

/// So many of the damaged lines have a time.
std::size_t compare(const MakeSource& make, unsigned seed) {
    stdlib::Ledger ledger;
    const std::unique_ptr<stdlib::Source> source = make(ledger);
    const std::unique_ptr<stdlib::Glance> taught = source->glance();
    REQUIRE(taught != nullptr);
    Lines lines(seed);
    for (int i = 0; i < 300; ++i) {
        const std::string line = lines.sound();
        CAPTURE(line);
        const std::unique_ptr<stdlib::Glance> fresh = source->glance();
        REQUIRE(time_of(*taught, line) == time_of(*fresh, line));
    }
    std::size_t with_time = 0;
    for (int i = 0; i < 3'000; ++i) {
        const std::string line = lines.damaged();
        CAPTURE(line);
        const std::unique_ptr<stdlib::Glance> fresh = source->glance();
        const std::optional<runtime::Time> time = time_of(*fresh, line);
        const std::optional<runtime::Time> again = time_of(*taught, line);
        REQUIRE(again.value_or(runtime::never) == time.value_or(runtime::never));
        with_time += time ? 1 : 0;
    }
    return with_time;
}

} // namespace

TEST_CASE("the time of a damaged record does not depend on what was read before") {
    const runtime::Program native = make_program();
    const runtime::Program foreign = compile_snippet(R"(
module foreign
event act { user person  bytes size = 0B }
source log from json {
  text? type
  time? at from "time"
  text? id
  text? user
  size? bytes
  emit act when type == "file.copy" { id: id, time: at, user: user, bytes: bytes }
}
signal Act on act where bytes > 1B
policy P {
  purpose "a" basis "b" owner "c"
  opens always because "x"
  score { +1 for Act  halves every 1d }
  alert high at 5
}
)");
    const std::string file = "events";
    const stdlib::Input::EnterEmployee enter;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        CHECK(compare([&](stdlib::Ledger& ledger) { return make_native_source(native, file, ledger, {}); }, seed) >
              1'000);
        CHECK(compare(
                  [&](stdlib::Ledger& ledger) {
                      return make_mapped_source(foreign, *foreign.find_source("log"), file, ledger, enter, {});
                  },
                  seed) > 1'000);
    }
}

TEST_CASE("a damaged record is closed behind a member") {
    stdlib::Arena arena;
    const std::string record = R"({"a":"time","time":7,"x":{"time":"1"},"time" : "2","b":tru)";
    stdlib::ClosedBehind places(record, "time", arena);
    CHECK(places.next() == R"({"a":"time","time":7,"x":{"time":"1"})");
    CHECK(places.next() == R"({"a":"time","time":7,"x":{"time":"1"},"time" : "2"})");
    CHECK(!places.next());
    for (const std::string text : {"", "time", "\"time", "\"time\"", "\"time\":", "\"time\":\"", "{\"time\": \"x"})
        CHECK(!stdlib::ClosedBehind(text, "time", arena).next());
}

TEST_CASE("a damaged record that is all times is looked at a few times") {
    stdlib::Arena arena;
    std::string record = "{";
    for (int i = 0; i < 1'000; ++i) record += R"("time":"x",)";
    stdlib::ClosedBehind places(record, "time", arena);
    int given = 0;
    while (places.next()) ++given;
    CHECK(given == stdlib::ClosedBehind::most);
}

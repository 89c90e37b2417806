// Native records as a run meets them: good ones, and everything that can be wrong with a file or a line.
#include "stdlib/sources/input.hpp"

#include "source_fixture.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <random>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

using namespace watchword;
using namespace watchword::source_tests;
using runtime::Time;
using runtime::Value;

namespace {

const std::string copy = R"({"type":"file.copy","time":"2025-03-01T09:00:00Z","user":"u1","bytes":5,"path":"/a"})"
                         "\n";

std::string with(const std::string& members) {
    return R"({"type":"file.copy","time":"2025-03-01T09:00:00Z","user":"u1","bytes":5,"path":"/a",)" + members + "}\n";
}

std::string gzip(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string result(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

} // namespace

TEST_CASE("a native record is decoded by type") {
    const runtime::Program program = make_program();
    const Outcome outcome =
        read(program, with(R"("host":"PC7","removable":true,"outcome":"denied","tags":["a","b\n"],)"
                           R"("took":"1h","seen":1740819600,"share":0.5,"count":-3,"other":{"x":[1]})"));
    REQUIRE(outcome.events.size() == 1);
    const Kept& event = outcome.events.front();
    CHECK(event.type == "file.copy");
    CHECK(event.time == at("2025-03-01T09:00:00Z"));
    CHECK(event.subject == "u1");
    CHECK(event.texts.at("user") == "u1");
    CHECK(event.texts.at("path") == "/a");
    CHECK(event.texts.at("host") == "pc7");
    CHECK(event.numbers.at("bytes") == 5);
    CHECK(event.numbers.at("removable") == 1);
    CHECK(event.numbers.at("outcome") == 1);
    CHECK(event.numbers.at("took") == 3600 * 1'000'000LL);
    CHECK(event.numbers.at("seen") == 1'740'819'600 * 1'000'000LL);
    CHECK(event.numbers.at("count") == -3);
    CHECK(event.texts.at("tags") == "a|b\n|");
    CHECK(event.reals.at("share") == 0.5);
}

TEST_CASE("optional fields may be absent or null, fallbacks fill in, and key order does not matter") {
    const runtime::Program program = make_program();
    const Outcome outcome = read(
        program, R"({"path":null,"bytes":"150MB","user":12345,"time":1740819600123,"host":null,"type":"file.copy"})"
                 "\n");
    CHECK(outcome.reasons() == "`path` is missing=1");
    const Outcome second =
        read(program, R"({"path":"","bytes":"150MB","user":12345,"time":1740819600123,"type":"file.copy"})");
    REQUIRE(second.events.size() == 1);
    CHECK(second.events[0].subject == "12345");
    CHECK(second.events[0].numbers.at("bytes") == 150'000'000);
    CHECK(second.events[0].time == 1'740'819'600'123'000LL);
    CHECK(second.events[0].texts.at("path").empty());
    CHECK(second.events[0].absent.contains("host"));
    CHECK(second.events[0].texts.at("medium") == "disk");
}

TEST_CASE("of equal keys the first counts") {
    const runtime::Program program = make_program();
    const Outcome outcome = read(program, with(R"("bytes":9,"time":"2026-01-01T00:00:00Z","type":"hr.layoff")"));
    REQUIRE(outcome.events.size() == 1);
    CHECK(outcome.events[0].numbers.at("bytes") == 5);
    CHECK(outcome.events[0].time == at("2025-03-01T09:00:00Z"));
    CHECK(outcome.statistics.notes.size() == 3); // a key each
    const Outcome again = read(program, with(R"("colour":1,"colour":2)") + with(R"("colour":1,"c\u006flour":2)"));
    CHECK(again.events.size() == 2);
    REQUIRE(again.statistics.notes.size() == 1); // once for all
    CHECK(again.statistics.notes[0].ends_with(": `colour` stands more than once in a record; the first one counts"));
    CHECK(read(program, with(R"("colour":1,"Colour":2)")).statistics.notes.empty());
}

TEST_CASE("what is wrong with a record is said once a reason, and the rest goes on") {
    const runtime::Program program = make_program();
    const auto rejected = [&](const std::string& line) {
        const Outcome outcome = read(program, copy + line + "\n" + copy);
        CHECK(outcome.events.size() == 2);
        CHECK(outcome.statistics.errors.empty());
        CHECK(outcome.statistics.records == 3);
        REQUIRE(outcome.statistics.rejections.size() == 1);
        CHECK(outcome.statistics.rejections.begin()->second.line == 2);
        return outcome.statistics.rejections.begin()->first;
    };
    const std::string head = R"({"type":"file.copy","time":"2025-03-01T09:00:00Z","user":"u1","path":"/a",)";
    CHECK(rejected(head + R"("bytes":"many"})") == "`bytes` is not a size");
    CHECK(rejected(head + R"("bytes":-1})") == "`bytes` is not a size");
    CHECK(rejected(head + R"("bytes":1.5})") == "`bytes` is not a size");
    CHECK(rejected(head + R"("bytes":true})") == "`bytes` is not a size");
    CHECK(rejected(head + R"("bytes":123456789012345678901234567890})") == "`bytes` is not a size");
    CHECK(rejected(head + R"("bytes":1,"count":123456789012345678901234567890})") ==
          "`count` is not a whole number within 64 bits");
    CHECK(rejected(head + R"("bytes":1,"share":1e999})") == "`share` is not a number");
    CHECK(rejected(head + R"("bytes":1,"removable":"yes"})") == "`removable` is not true or false");
    CHECK(rejected(head + R"("bytes":1,"outcome":"perhaps"})") == "`outcome` is not one of its words");
    CHECK(rejected(head + R"("bytes":1,"tags":"a"})") == "`tags` is not a list");
    CHECK(rejected(head + R"("bytes":1,"tags":[1]})") == "`tags` is not a list");
    CHECK(rejected(R"({"type":"file.copy","time":"2025-03-01T09:00:00Z","path":"/a","bytes":1})") ==
          "`user` is missing");
    CHECK(rejected(R"({"type":"file.copy","user":"u","path":"/a","bytes":1})") == "`time` is missing");
    CHECK(rejected(R"({"time":"2025-03-01T09:00:00Z","user":"u"})") == "`type` is missing");
    CHECK(rejected(R"({"type":7,"time":"2025-03-01T09:00:00Z"})") == "`type` is not a text");
    CHECK(rejected(R"({"type":"file.copy","time":"yesterday","user":"u"})") ==
          "`time` is not a time in the years 0001 to 9999");
    CHECK(rejected(R"({"type":"file.copy","time":"12025-03-01T09:00:00Z","user":"u"})") ==
          "`time` is not a time in the years 0001 to 9999");
    CHECK(rejected(R"({"type":"file.copy","time":1e300,"user":"u"})") ==
          "`time` is not a time in the years 0001 to 9999");
    CHECK(rejected(R"({"type":"file.copi","time":"2025-03-01T09:00:00Z"})") == "unknown type");
    CHECK(rejected(head + R"("bytes":1,"device":"\ud800\u0041\q"})") == "`device` is not a text");
    CHECK(rejected(head + "\"bytes\":1,\"device\":\"\xff\xfe\"}") == "invalid UTF-8");
    CHECK(rejected(head + std::string("\"bytes\":1,\"device\":\"a\0b\"}", 26)) == "a control character in a JSON text");
    CHECK(rejected("[1,2]") == "not a JSON object");
    CHECK(rejected("hello") == "not a JSON object");
    CHECK(rejected(head) == "a JSON object or list that is not closed");
    CHECK(rejected("{1:2}") == "a JSON object without `\"key\": value`");
    CHECK(rejected(R"({"type":"file.copy)") == "a JSON text that is not closed");
    CHECK(rejected(copy.substr(0, copy.size() - 1) + "}") == "something behind the JSON object");
    CHECK(rejected(head + R"("bytes":1,"x":[1,2}})") == "JSON brackets that do not match");
    CHECK(rejected(head + R"("bytes":01})") == "a broken JSON number");
    CHECK(rejected(head + R"("bytes":1,"x":nul})") == "a value that is not JSON");
    CHECK(rejected(head + "\"x\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}") ==
          "JSON nested more than 1024 deep");
    CHECK(rejected(head + "\"x\":" + std::string(10'000, '{') + "}") == "JSON nested more than 1024 deep");
}

TEST_CASE("records without a zone are in the module's, and the last second of year 9999 is a time") {
    runtime::Program program = make_program();
    program.zone = "Europe/Berlin";
    const Outcome outcome = read(program, R"({"type":"hr.layoff","time":"2025-07-01T09:00:00","user":"u1"})"
                                          "\n"
                                          R"({"type":"hr.layoff","time":"9999-12-31T23:59:59Z","user":"u1"})");
    REQUIRE(outcome.events.size() == 2);
    CHECK(outcome.events[0].time == at("2025-07-01T07:00:00Z"));
    CHECK(outcome.events[1].time == 253'402'300'799LL * 1'000'000);
    for (const char* time : {"9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+14:00"}) {
        const Outcome beyond = read(program, std::string(R"({"type":"hr.layoff","user":"u1","time":")") + time + "\"}");
        CHECK(beyond.events.empty());
        CHECK(beyond.statistics.rejected == 1);
    }
}

TEST_CASE("a file of another form is told by its first line") {
    runtime::Program program = make_program();
    program.sources.emplace_back().name = "proxy";
    const auto note = [&](const std::string& content) {
        const Outcome outcome = read(program, content + "\n" + copy);
        CHECK(outcome.events.size() == 1);
        return outcome.statistics.notes.empty() ? std::string() : outcome.statistics.notes.front();
    };
    CHECK(note("a,b").find("its first line is not in Watchword's own form") != std::string::npos);
    CHECK(note(R"({"EventID":4624})").find("say `proxy=") != std::string::npos);
    CHECK(note("[").find("one object a line; `jq -c` writes the items") != std::string::npos);
    CHECK(note("{").find("`jq -c` writes objects so") != std::string::npos);
    CHECK(note(R"({"type":"file.copi","time":"2025-03-01T09:00:00Z"})").empty());
    CHECK(note(copy.substr(0, 20)).empty());
}

TEST_CASE("lines of blanks are no records") {
    const runtime::Program program = make_program();
    for (const bool sorted : {false, true}) {
        stdlib::InputOptions options;
        options.sorted = sorted;
        const Outcome outcome = read(program, "  \n" + copy + "\n \t \n\n   \r\n", options);
        CHECK(outcome.statistics.records == 1);
        CHECK(outcome.events.size() == 1);
    }
}

TEST_CASE("unknown types are counted by name, unused ones are cheap") {
    const runtime::Program program = make_program();
    const Outcome outcome = read(program, R"({"type":"a.b","time":"2025-03-01T09:00:00Z"})"
                                          "\n"
                                          R"({"type":"a.b","time":"2025-03-01T09:00:00Z"})"
                                          "\n"
                                          R"({"type":"web.visit","time":"2025-03-01T09:00:00Z","user":true})"
                                          "\n");
    CHECK(outcome.events.empty());
    CHECK(outcome.statistics.unused == 1);
    CHECK(outcome.statistics.unknown_types.at("a.b") == 2);
    CHECK(outcome.reasons() == "unknown type=2");
}

namespace {

/// Lines about `web.visit`, which nobody reads, and whether they may be passed over.
std::vector<std::pair<std::string, bool>> unread_lines(const std::string& visit, const std::string& next) {
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string record = visit;
        return record.replace(record.find(from), from.size(), to);
    };
    return {
        {visit, true},
        {with("99", "9x9"), true}, // what it says is not looked at, unless everything is
        {with("anna", "\\u00e4nna"), true},
        {with("anna", "an\\\"na"), true},
        {with("99", "{\"seen\":99}"), true},
        {with(",\"pages", ", \"pages") + "\r", true},
        {with("2025-03-01", "once"), true},
        {with("\"anna", "anna"), false},
        {with("anna", "a\tnna"), false},
        {with("anna", "\xff"), false},
        {with("99}", "99"), false},
        {with("99", "{\"seen\":99"), false},
        {visit + next, false},                                   // the end of a line is lost
        {visit.substr(0, visit.find("anna") + 2) + next, false}, // cut off in a text
        {visit.substr(0, visit.find(",\"pages")) + next, false}, // and outside
        {with("\"type\":", "\"type\": "), true},
        {with("\"type\":", "\"type\": ").replace(visit.find("99") + 2, 1, "x"), false}, // blanks: it is taken apart
    };
}

} // namespace

TEST_CASE("a record of a type that nobody reads is one closed line, or rejected, whatever stands around it") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    for (const char* const time : {"2025-03-01T09:00:00.123456Z", "2025-03-01T09:00:00.5Z", "2025-03-01T09:00:00Z",
                                   "2025-03-01T10:00:00+01:00"}) {
        for (const char* const key : {"user", "at", "machine"}) {
            const std::string visit =
                fmt::format(R"({{"type":"web.visit","time":"{}","{}":"anna","pages":99}})", time, key);
            const std::string next =
                fmt::format(R"({{"type":"file.copy","time":"{}","user":"anna","path":"/a","bytes":5}})", time);
            std::string others;
            for (int times = 0; times < 40; ++times) others += visit + "\n" + next + "\n";
            for (const auto& [line, is_fine] : unread_lines(visit, next)) {
                for (const bool after_others : {false, true}) {
                    std::string text = after_others ? others : "";
                    text += line + "\n" + (after_others ? "" : others);
                    const std::string path = scratch.write("events", text);
                    for (const int how : {0, 1, 2, 3, 4}) {
                        stdlib::InputOptions options;
                        std::optional<stdlib::Crew> crew;
                        if (how == 3 || how == 4) options.crew = &crew.emplace(std::uint32_t{2});
                        options.sorted = how == 1 || how == 3;
                        options.count_unknown_fields = how == 2;
                        options.piece_bytes = 1000;
                        const Outcome outcome = read_files(program, {{path, ""}}, options);
                        INFO(line << (after_others ? " after others, way " : " before others, way ") << how);
                        CHECK(outcome.events.size() == 40);
                        CHECK(outcome.statistics.unused == (is_fine ? 41 : 40));
                        CHECK(outcome.statistics.rejected == (is_fine ? 0 : 1));
                    }
                }
            }
        }
    }
}

TEST_CASE("a record is of the type that it names, wherever it does and whatever looks like it") {
    const runtime::Program program = make_program();
    std::mt19937 random(7);
    const auto one_of = [&](std::initializer_list<const char*> all) { return *(all.begin() + random() % all.size()); };
    std::size_t events = 0;
    for (int round = 0; round < 40; ++round) {
        // one writer's records, and now and then another's
        const std::string colon = one_of({":", ": "}), usual = one_of({"id", "time", "note", "user"});
        std::string text;
        for (int line = 0; line < 200; ++line) {
            const bool is_odd = random() % 8 == 0;
            const std::string type = one_of({"file.copy", "hr.layoff", "web.visit", "web.visit", "no.such"});
            std::vector<std::string> members = {
                fmt::format("\"id\"{}\"{}\"", colon, line * line),
                fmt::format("\"time\"{}\"2025-03-01T09:{:02}:{:02}Z\"", colon, line / 60, line % 60),
                fmt::format("\"user\"{}\"u{}\"", colon, random() % 2000),
                fmt::format("\"note\"{}{}", colon,
                            one_of({"7", "{\"type\":\"file.copy\"}", "\"\\\"type\\\":\\\"file.copy\"", "\"type\"",
                                    "[{\"type\": \"hr.layoff\"}]"})),
                fmt::format("\"path\"{}\"/a\"", colon),
                fmt::format("\"bytes\"{}5", colon)};
            std::stable_partition(members.begin(), members.end(),
                                  [&](const std::string& member) { return member.substr(1).starts_with(usual); });
            const std::size_t place = is_odd ? random() % (members.size() + 1) : 1;
            members.insert(members.begin() + static_cast<std::ptrdiff_t>(place),
                           fmt::format("\"type\"{}\"{}\"", is_odd ? one_of({":", ": "}) : colon, type));
            if (is_odd && random() % 4 == 0) members.erase(members.begin() + static_cast<std::ptrdiff_t>(place));
            text += fmt::format("{{{}}}\n", fmt::join(members, ","));
        }
        const Scratch scratch;
        const std::vector<stdlib::InputFile> files = {{scratch.write("events", text), ""}};
        stdlib::InputOptions options;
        options.sorted = round % 2 == 0;
        const Outcome fast = read_files(program, files, options);
        options.count_unknown_fields = true; // each is taken apart
        const Outcome slow = read_files(program, files, options);
        INFO(round << ", " << usual << " first, like " << text.substr(0, text.find('\n')));
        events += slow.events.size();
        CHECK(fast.events == slow.events);
        CHECK(fast.statistics.unused == slow.statistics.unused);
        CHECK(fast.statistics.rejected == slow.statistics.rejected);
    }
    CHECK(events > 2'000);
}

TEST_CASE("a time that is long, or escaped, is the time that it says") {
    const runtime::Program program = make_program();
    const auto record = [](const std::string& time, int bytes) {
        return fmt::format("{{\"type\":\"file.copy\",\"time\":\"{}\",\"user\":\"u\",\"path\":\"/a\",\"bytes\":{}}}\n",
                           time, bytes);
    };
    for (const std::string& early : {"2025-03-01T08:00:00." + std::string(60, '0') + "+05:00",
                                     std::string("2025-03-01T03:00:00\\u005a"), std::string("2025-03-01 03:00:00")}) {
        const Outcome outcome = read(program, record("2025-03-01T04:00:00Z", 2) + record(early, 1));
        INFO(early);
        REQUIRE(outcome.events.size() == 2);
        CHECK(outcome.events[0].time == at("2025-03-01T03:00:00Z"));
        CHECK(outcome.events[0].numbers.at("bytes") == 1);
    }
}

TEST_CASE("unknown fields are counted by name when asked for") {
    const runtime::Program program = make_program();
    stdlib::InputOptions options;
    options.count_unknown_fields = true;
    const Outcome outcome = read(program, with(R"("colour":"red")") + with(R"("colour":"blue")"), options);
    CHECK(outcome.statistics.unknown_fields.at("colour") == 2);
    CHECK(outcome.statistics.unknown_fields.size() == 1);
}

TEST_CASE("ids: their own, else the content whatever its order, with the ordinal among equal ones") {
    const runtime::Program program = make_program();
    const std::string turned =
        R"({"path":"/a", "bytes" : 5,"user":"u1","time":"2025-03-01T09:00:00Z","type":"file.copy"})";
    const Outcome outcome =
        read(program, copy + turned + "\n" + with(R"("id":"x-1")") + with(R"("id":77)") + with(R"("a":1)"));
    REQUIRE(outcome.events.size() == 5);
    CHECK(outcome.events[0].id.size() == 16);
    CHECK(outcome.events[1].id == outcome.events[0].id + "-2");
    CHECK(outcome.events[2].id == "x-1");
    CHECK(outcome.events[3].id == "77");
    CHECK(outcome.events[4].id != outcome.events[0].id);
}

TEST_CASE("files: empty, missing, a directory, marks, ends of lines") {
    const runtime::Program program = make_program();
    CHECK(read(program, "").events.empty());
    CHECK(read(program, "\n\n \r\n").statistics.rejected == 0);
    CHECK(read(program, "\xef\xbb\xbf" + copy).events.size() == 1);
    CHECK(read(program, copy.substr(0, copy.size() - 1)).events.size() == 1);
    CHECK(read(program, copy.substr(0, copy.size() - 1) + "\r\n" + copy).events.size() == 2);
    const Outcome wide = read(program, std::string("\xff\xfe{\0", 4));
    REQUIRE(wide.statistics.errors.size() == 1);
    CHECK(wide.statistics.errors[0].find("it is UTF-16; save it as UTF-8") != std::string::npos);

    const Scratch scratch;
    const Outcome folder = read_files(program, {{scratch.path(""), ""}, {scratch.write("good", copy), ""}});
    CHECK_FALSE(folder.opened);
    REQUIRE(folder.statistics.errors.size() == 1);
    CHECK(folder.statistics.errors[0].find("it is a directory, not a file") != std::string::npos);
    CHECK(folder.events.size() == 1);
    const Outcome missing = read_files(program, {{scratch.path("nothing"), ""}});
    REQUIRE(missing.statistics.errors.size() == 1);
    CHECK(missing.statistics.errors[0].find("No such file or directory") != std::string::npos);
    const Outcome unknown = read_files(program, {{scratch.write("good", copy), "nobody"}});
    REQUIRE(unknown.statistics.errors.size() == 1);
    CHECK(unknown.statistics.errors[0].find("there is no source `nobody`") != std::string::npos);
}

TEST_CASE("compressed files are told by content; of a damaged one everything before counts") {
    const runtime::Program program = make_program();
    std::string many;
    for (int index = 0; index < 3000; ++index) many += with("\"n\":" + std::to_string(index * 7919));
    CHECK(read(program, gzip(many)).events.size() == 3000);
    CHECK(read(program, gzip(copy) + gzip(copy + copy)).events.size() == 3);
    CHECK(read(program, gzip(copy) + std::string(512, '\0')).statistics.errors.empty()); // as tapes are filled up
    const Outcome behind = read(program, gzip(copy) + copy);                             // what was read before stays
    CHECK(behind.events.size() == 1);
    REQUIRE(behind.statistics.errors.size() == 1);
    CHECK(behind.statistics.errors[0].find("what stands behind its gzip data is no gzip data") != std::string::npos);
    std::string packed(ZSTD_compressBound(many.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), many.data(), many.size(), 3));
    CHECK(read(program, packed).events.size() == 3000);
    for (const bool sorted : {false, true}) {
        stdlib::InputOptions options;
        options.sorted = sorted;
        for (const std::string& whole : {gzip(many), packed}) {
            const Outcome cut = read(program, whole.substr(0, whole.size() / 2), options);
            REQUIRE(cut.statistics.errors.size() == 1);
            CHECK(cut.statistics.errors[0].find("ends too early") != std::string::npos);
            CHECK(cut.events.size() < 3000);
            CHECK(cut.statistics.rejected == 0);
        }
        CHECK(read(program, gzip(many).substr(0, gzip(many).size() - 9), options).events.size() > 2000);
    }
    stdlib::InputOptions small;
    small.memory_bytes = 20'000; // beyond it the content goes to a file
    CHECK(read(program, gzip(many), small).events.size() == 3000);
}

TEST_CASE("a line that is too long is one rejected record") {
    const runtime::Program program = make_program();
    stdlib::InputOptions options;
    options.longest_record = 1000;
    const std::string data = copy + std::string(5'000'000, 'x') + "\n" + copy + "{" + std::string(4000, 'y');
    for (const bool sorted : {false, true}) {
        options.sorted = sorted;
        const Outcome outcome = read(program, data, options);
        CHECK(outcome.events.size() == 2);
        CHECK(outcome.reasons() == "longer than 1KB=2");
        CHECK(outcome.events[1].line == 3);
    }
}

TEST_CASE("a broken line does not hurt its neighbours, wherever blocks end") {
    const runtime::Program program = make_program();
    std::string data;
    for (int index = 0; index < 2000; ++index)
        data += index % 500 == 250 ? "{\"type\":\"file.copy\",\"time\":\"20\n" : index % 500 == 300 ? "}{\"\n" : copy;
    const Outcome outcome = read(program, data);
    CHECK(outcome.events.size() == 1992);
    CHECK(outcome.statistics.rejected == 8);
}

TEST_CASE("the dead-letter file holds the record, its place and the reason, for its owner only") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    stdlib::InputOptions options;
    options.dead_letter = scratch.path("dead");
    read(program, copy + "{\"a\":\"\xff\"}\n", options);
    const std::string letters = scratch.read("dead");
    CHECK(letters.find(R"("line":2,"reason":"invalid UTF-8","record":"{\"a\":\"ÿ\"}"})") != std::string::npos);
    struct stat about {};
    REQUIRE(stat(options.dead_letter.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
}

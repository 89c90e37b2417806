// Files decoded ahead in pieces, by any number of threads, give what they give record by record.
#include "codegen_fixture.hpp"
#include "source_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>
#include <zlib.h>

using namespace watchword;
using namespace watchword::source_tests;

namespace {

/// A file of records, mostly alike, mostly in order of time, mostly sound.
class Writer {
public:
    explicit Writer(unsigned seed) : random_(seed) {}
    virtual ~Writer() = default;

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    bool chance(std::uint32_t percent) { return below(100) < percent; }

    std::string file(std::uint32_t lines, std::uint32_t disorder) {
        std::string result;
        int minute = 0;
        for (std::uint32_t line = 0; line < lines; ++line) {
            if (chance(20)) minute += 1;
            result += record(std::max(0, minute - (chance(disorder) ? static_cast<int>(below(30)) : 0)));
        }
        if (chance(50) && !result.empty()) result.pop_back(); // no end of line
        return result;
    }

private:
    virtual std::string record(int minute) = 0;

    std::mt19937 random_;
};

class Company final : public Writer {
public:
    using Writer::Writer;

private:
    std::string record(int minute) override {
        const std::string time = fmt::format("2025-03-01T{:02}:{:02}:00Z", minute / 60 % 24, minute % 60);
        const std::uint32_t id = next_++;
        switch (below(24)) {
        case 0:
            return "\n";
        case 1:
            return "{\"type\":\"file.copy\",\"time\":\"20\n";
        case 2:
            return fmt::format("{{\"type\":\"file.copy\",\"time\":\"{}\",\"user\":\"u{}\"}}\n", time, id); // no path
        case 3:
            return fmt::format("{{\"type\":\"no.such\",\"time\":\"{}\"}}\n", time);
        case 4: // longer than is allowed
            return fmt::format("{{\"type\":\"hr.layoff\",\"time\":\"{}\",\"user\":\"{}\"}}\n", time,
                               std::string(300 + below(3000), 'x'));
        case 5: // other keys, without an id
            return fmt::format(
                "{{\"user\":\"u{}\",\"type\":\"hr.layoff\",\"time\":\"{}\",\"note\":[1,{{\"a\":{}}}]}}\n", below(5),
                time, below(3));
        case 6:
            return fmt::format("{{\"type\":\"hr.layoff\",\"time\":\"{}\",\"id\":\"{}\",\"user\":\"U\\u0031\"}}\r\n",
                               time, id);
        case 7: // twice the same key
            return fmt::format("{{\"type\":\"hr.layoff\",\"time\":\"{}\",\"id\":\"{}\",\"user\":\"u1\",\"id\":1}}\n",
                               time, id);
        case 8:
        case 9:
        case 10:
        case 11:
            return unread(time, id);
        default:
            return fmt::format("{{\"type\":\"file.copy\",\"time\":\"{}\",\"id\":\"{}\",\"user\":\"u{}\",\"bytes\":{},"
                               "\"path\":\"C:\\\\a\\\\{}\"}}\n",
                               time, id, below(40), below(100'000), std::string(below(60), 'p'));
        }
    }

    /// Of a type that nobody reads; now and then damaged.
    std::string unread(const std::string& time, std::uint32_t id) {
        static constexpr const char* keys[] = {"id", "user", "session"};
        const std::string stamp = chance(50) ? time.substr(0, 19) + ".000000Z" : time;
        std::string record = fmt::format("{{\"type\":\"web.visit\",\"time\":\"{}\",\"{}\":\"{}\",\"pages\":{}}}", stamp,
                                         keys[below(3)], id, below(100));
        if (chance(15)) record[below(static_cast<std::uint32_t>(record.size()))] = "\"{}x\t\xff"[below(6)];
        return record + (chance(5) ? "" : "\n"); // or the end of the line is lost
    }

    std::uint32_t next_ = 0;
};

std::string told(const stdlib::InputStatistics& statistics) {
    std::string result = fmt::format("records {} bytes {} events {} rejected {} unused {} late {} kept {}",
                                     statistics.records, statistics.bytes, statistics.events, statistics.rejected,
                                     statistics.unused, statistics.late, statistics.late_kept);
    for (const auto& [reason, rejection] : statistics.rejections)
        result += fmt::format("; {} {} first {} {}", reason, rejection.count, rejection.line, rejection.record);
    for (const auto& [name, count] : statistics.unknown_types) result += fmt::format("; {} {}", name, count);
    result += fmt::format("; unmatched {}", statistics.unmatched);
    for (const std::string& note : statistics.notes) result += "; " + note;
    return result;
}

/// That blocks hold what comes otherwise, but for where it stands in its file; so many events came in them.
std::size_t read_in_blocks(const runtime::Program& program, const std::vector<stdlib::InputFile>& files,
                           stdlib::InputOptions options, std::uint32_t threads, Outcome otherwise) {
    const stdlib::Sharing sharing(program, std::max(threads, 1U));
    options.sharing = &sharing;
    Outcome blocks = read_files(program, files, options);
    blocks.forget_places();
    otherwise.forget_places();
    REQUIRE(blocks.events == otherwise.events);
    REQUIRE(told(blocks.statistics) == told(otherwise.statistics));
    return blocks.in_blocks;
}

} // namespace

TEST_CASE("files decoded ahead by any number of threads give what they give record by record") {
    runtime::Program program = make_program();
    for (runtime::EventSchema& schema : program.events) // a policy that reads a person may mean somebody else
        schema.fields[static_cast<std::size_t>(schema.subject)].slot = runtime::no_slot;
    std::size_t events = 0, in_blocks = 0, all = 0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        Company company(seed);
        const Scratch scratch;
        std::vector<stdlib::InputFile> files;
        for (std::uint32_t file = company.below(3) + 1; file > 0; --file)
            files.push_back({scratch.write("events" + std::to_string(file),
                                           company.file(company.below(600), company.chance(50) ? 5 : 0)),
                             ""});
        stdlib::InputOptions options;
        options.sorted = company.chance(50);
        options.longest_record = 300;
        const Outcome plain = read_files(program, files, options);
        events += plain.events.size();
        for (std::uint32_t threads = 1; threads <= 3; ++threads) {
            for (const std::size_t piece :
                 {std::size_t{1} + company.below(150), std::size_t{4000}, std::size_t{1} << 17}) {
                stdlib::Crew crew(threads);
                options.crew = &crew;
                options.piece_bytes = piece;
                const Outcome ahead = read_files(program, files, options);
                INFO("seed " << seed << ", threads " << threads << ", pieces of " << piece);
                REQUIRE(ahead.events.size() == plain.events.size());
                REQUIRE(ahead.events == plain.events);
                REQUIRE(told(ahead.statistics) == told(plain.statistics));
                CHECK(ahead.in_blocks == 0);
                all += plain.events.size();
                in_blocks += read_in_blocks(program, files, options, threads, plain);
            }
        }
    }
    CHECK(events > 5'000);
    CHECK(in_blocks > 3'000);
    CHECK(all - in_blocks > 5'000);
}

namespace {

/// Records of another program: of kinds that are wanted once, twice, by nobody that is read, or by nobody at all.
class Log final : public Writer {
public:
    using Writer::Writer;

private:
    std::string record(int minute) override {
        std::string time = fmt::format("2025-03-01T{:02}:{:02}:00Z", minute / 60 % 24, minute % 60);
        const char* const kinds[] = {"copy", "copy", "copy", "both", "visit", "other", "visit"};
        std::string kind = kinds[below(std::size(kinds))], size = std::to_string(below(1000)), end = "\n", id;
        if (chance(70)) id = fmt::format("\"id\":\"r{}\",", next_++);
        switch (below(30)) {
        case 0:
            return "\n";
        case 1:
            return "{\"id\":\"x\",\"at\":\"2025\n";
        case 2:
            size = "\"much\""; // is no size
            break;
        case 3:
            time = "soon";
            break;
        case 4:
            kind += std::string(300 + below(300), 'x'); // longer than is allowed
            break;
        case 5:
            return fmt::format("{{\"kind\":\"{}\",\"user\":\"u\",\"at\":\"{}\"}}\r\n", kind, time);
        case 6:
            return fmt::format("{{\"at\":\"{}\",\"kind\":\"{}\"}}\n", time, kind); // of nobody
        case 7:
            return fmt::format("{{\"kind\":\"{}\",\"user\":\"u\",\"at\":null,\"size\":{}}}\n", kind, size);
        case 8:
            return fmt::format("{{\"kind\":\"{}\",\"user\":\"u\",\"event\":{{\"at\":\"{}\"}},\"at\":\"{}\"}}\n", kind,
                               "2024-01-01T00:00:00Z", time);
        default:
            break;
        }
        return fmt::format("{{{}\"at\":\"{}\",\"user\":\"u{}\",\"kind\":\"{}\",\"size\":{},\"path\":\"C:\\\\{}\"}}{}",
                           id, time, below(40), kind, size, std::string(below(40), 'p'), end);
    }

    std::uint32_t next_ = 0;
};

/// In its place.
void compress(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    gzFile const file = gzopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    CHECK(gzwrite(file, text.view().data(), static_cast<unsigned>(text.view().size())) ==
          static_cast<int>(text.view().size()));
    CHECK(gzclose(file) == Z_OK);
}

} // namespace

TEST_CASE("foreign records told before their turn come to what they come to one by one") {
    const char* const wanted = R"(
module foreign
subject employee { group text? }
event act { user person  size size?  path text? }
event look { user person  path text? }
event page { user person }
source log from json {
  text? kind
  time? at
  text? id
  text? user
  size? size
  text? path
  text? never
  emit act when kind == "copy" or kind == "both" { id: id, time: at, user: user, size: size, path: path }
  emit look when kind == "both" { id: id, time: TIME, user: user, path: path }
  emit page when kind == "visit" { id: id, time: at, user: user }
}
signal Act on act where (size ?? 0B) > 1B and (path ?? "") contains "p"
signal Look on look where (path ?? "") contains "p"
policy P {
  purpose "a" basis "b" owner "c"
  opens always because "x"
  score { +1 for Act  +1 for Look  halves every 1d }
  alert high at 5
}
)";
    std::string other_time = wanted;
    other_time.replace(other_time.find("TIME"), 4, "at + 0s");
    std::string one_time = wanted;
    one_time.replace(one_time.find("TIME"), 4, "at");
    std::size_t events = 0, in_blocks = 0, unmatched = 0, unused = 0, rejected = 0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        Log log(seed);
        const runtime::Program program = compile_snippet(log.chance(80) ? one_time : other_time);
        const Scratch scratch;
        std::vector<stdlib::InputFile> files;
        for (std::uint32_t file = log.below(2) + 1; file > 0; --file)
            files.push_back(
                {scratch.write("events" + std::to_string(file), log.file(log.below(500), log.chance(50) ? 5 : 0)),
                 "log"});
        stdlib::InputOptions options;
        options.sorted = log.chance(50);
        options.longest_record = 300;
        options.resumable = true; // then they are taken one by one
        const Outcome slow = read_files(program, files, options);
        options.resumable = false;
        if (options.sorted && log.chance(50)) // then they are read as streams
            for (stdlib::InputFile& file : files) compress(file.path);
        events += slow.events.size();
        unmatched += slow.statistics.unmatched;
        unused += slow.statistics.unused;
        rejected += slow.statistics.rejected;
        for (std::uint32_t threads = 0; threads <= 3; ++threads) {
            for (const std::size_t piece : {std::size_t{1} + log.below(150), std::size_t{4000}, std::size_t{1} << 17}) {
                std::optional<stdlib::Crew> crew;
                if (threads != 0) crew.emplace(threads);
                options.crew = crew ? &*crew : nullptr;
                options.piece_bytes = piece;
                const Outcome fast = read_files(program, files, options);
                INFO("seed " << seed << ", threads " << threads << ", pieces of " << piece << ", sorted "
                             << options.sorted);
                REQUIRE(fast.events == slow.events);
                REQUIRE(told(fast.statistics) == told(slow.statistics));
                in_blocks += read_in_blocks(program, files, options, threads, slow);
            }
        }
    }
    CHECK(events > 5'000);
    CHECK(in_blocks > 500);
    CHECK(unmatched > 500);
    CHECK(unused > 500);
    CHECK(rejected > 500);
}

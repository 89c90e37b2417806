// The order in which events leave the input side: files put in order, streams within their lateness, several inputs.
#include "stdlib/sources/order.hpp"

#include "source_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>

#include <sys/stat.h>
#include <thread>

using namespace watchword;
using namespace watchword::source_tests;
using runtime::Time;

namespace {

/// A record of type `file.copy` at that second.
std::string copy_at(int second, const std::string& id) {
    return fmt::format(
        R"({{"type":"file.copy","time":"2025-03-01T09:{:02}:{:02}Z","id":"{}","user":"u1","bytes":5,"path":"/a"}})"
        "\n",
        second / 60, second % 60, id);
}
std::string layoff_at(int second, const std::string& id) {
    return fmt::format(R"({{"type":"hr.layoff","time":"2025-03-01T09:{:02}:{:02}Z","id":"{}","user":"u1"}})"
                       "\n",
                       second / 60, second % 60, id);
}
Time second(int second) { return at("2025-03-01T09:00:00Z") + second * runtime::one_second; }

stdlib::InputOptions streamed(runtime::Duration lateness) {
    stdlib::InputOptions options;
    options.sorted = true;
    options.lateness = lateness;
    return options;
}

} // namespace

TEST_CASE("entries come out in order, in memory or from files") {
    std::mt19937 random(7);
    std::vector<stdlib::TimeEntry> entries;
    for (std::uint32_t index = 0; index < 20'000; ++index)
        entries.push_back({static_cast<Time>(random() % 500), index, index, 0});
    for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{1}}) {
        stdlib::TimeIndex index(memory, "");
        for (const stdlib::TimeEntry& entry : entries) index.add(entry);
        index.finish();
        CHECK(index.runs() == (memory == 1 ? 19 : 0));
        std::vector<stdlib::TimeEntry> sorted = entries;
        std::sort(sorted.begin(), sorted.end());
        std::size_t same = 0;
        for (const stdlib::TimeEntry& expected : sorted) {
            const auto entry = index.next();
            REQUIRE(entry);
            same += entry->time == expected.time && entry->offset == expected.offset ? 1 : 0;
        }
        CHECK(same == sorted.size());
        CHECK_FALSE(index.next());
    }
}

TEST_CASE("without a folder for temporary files nothing is lost") {
    stdlib::TimeIndex index(1, "/nonexistent/folder");
    for (int number = 5000; number > 0; --number) index.add({number, 0, 0, 0});
    index.finish();
    for (int number = 1; number <= 5000; ++number) REQUIRE(index.next()->time == number);
}

TEST_CASE("a file is put in order; equal times keep their place") {
    const runtime::Program program = make_program();
    const Outcome outcome = read(program, copy_at(1, "a") + copy_at(5, "b") + copy_at(3, "c") + "oops\n" +
                                              copy_at(5, "d") + copy_at(1, "e"));
    CHECK(outcome.ids() == "a e c b d");
    CHECK(outcome.events[1].line == 6);
    for (std::size_t index = 0; index < 5; ++index) CHECK(outcome.events[index].position == index + 1);
    CHECK(outcome.reasons() == "not a JSON object=1");
    CHECK(outcome.statistics.late == 0);
    CHECK(outcome.statistics.records == 6);
}

TEST_CASE("what is wrong is said once, whether a file is in order or not") {
    const runtime::Program program = make_program();
    const std::string wrong = R"({"type":"file.copy","time":"2025-03-01T09:00:07Z","user":"u1"})"
                              "\n"
                              R"({"type":"file.copy","time":"never","user":"u1"})"
                              "\n";
    for (const std::string& data :
         {copy_at(1, "a") + wrong + copy_at(9, "b"), copy_at(9, "b") + wrong + copy_at(1, "a"),
          wrong + copy_at(2, "a") + copy_at(1, "b") + wrong}) {
        const Outcome outcome = read(program, data);
        CHECK(outcome.events.size() == 2);
        CHECK(outcome.statistics.rejections.size() == 2);
        CHECK(outcome.statistics.rejected == outcome.statistics.records - 2);
    }
}

TEST_CASE("the order of records of different times does not depend on how they are shuffled or split over inputs") {
    const runtime::Program program = make_program();
    std::vector<std::string> records;
    for (int index = 0; index < 400; ++index)
        records.push_back(index % 50 == 0
                              ? fmt::format(R"({{"type":"hr.layoff","time":"2025-03-01T09:30:{:02}Z","user":"u"}})"
                                            "\n",
                                            index % 40)
                              : copy_at(index * 7 % 1000, fmt::format("i{}", index)));
    const auto joined = [&](std::size_t from, std::size_t to) {
        std::string text;
        for (std::size_t index = from; index < to; ++index) text += records[index];
        return text;
    };
    const std::string before = read(program, joined(0, records.size())).ids();
    std::mt19937 random(3);
    std::shuffle(records.begin(), records.end(), random);
    stdlib::InputOptions small;
    small.memory_bytes = 1;
    CHECK(read(program, joined(0, records.size()), small).ids() == before);
    const Scratch scratch;
    const Outcome split = read_files(program, {{scratch.write("a", joined(0, 100)), ""},
                                               {scratch.write("b", joined(100, 101)), ""},
                                               {scratch.write("c", joined(101, records.size())), ""}});
    CHECK(split.ids() == before);
}

TEST_CASE("inputs are merged by time, then by their place in the list") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    const Outcome outcome =
        read_files(program, {{scratch.write("a", copy_at(1, "a1") + copy_at(5, "a2")), ""},
                             {scratch.write("b", copy_at(0, "b1") + copy_at(5, "b2") + copy_at(6, "b3")), ""},
                             {scratch.write("c", copy_at(7, "c2") + "x\n" + copy_at(5, "c1")), ""}});
    CHECK(outcome.ids() == "b1 a1 a2 b2 c1 b3 c2");
    CHECK(outcome.events[0].input == 1);
}

TEST_CASE("an announced record that turns out wrong does not disturb the order of the others") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    const std::string wrong = R"({"type":"file.copy","time":"2025-03-01T09:00:02Z"})"
                              "\n";
    for (const bool sorted : {false, true}) {
        stdlib::InputOptions options;
        options.sorted = sorted;
        const Outcome outcome = read_files(
            program, {{scratch.write("a", wrong + copy_at(9, "a")), ""}, {scratch.write("b", copy_at(3, "b")), ""}},
            options);
        CHECK(outcome.ids() == "b a");
        CHECK(outcome.statistics.rejected == 1);
    }
}

TEST_CASE("a stream is put in order within its lateness; later records are dropped and told") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    const std::string data = copy_at(10, "a") + copy_at(20, "b") + copy_at(12, "c") + copy_at(30, "d") +
                             copy_at(19, "e") + copy_at(20, "f") + copy_at(31, "g");
    stdlib::InputOptions options = streamed(10 * runtime::one_second);
    options.dead_letter = scratch.path("dead");
    const Outcome outcome = read(program, data, options);
    CHECK(outcome.ids() == "a c b f d g");
    CHECK(outcome.statistics.late == 1);
    CHECK(scratch.read("dead").find(
              "late: its time is 2025-03-01T09:00:19Z, and all before 2025-03-01T09:00:20Z is over") !=
          std::string::npos);
    CHECK(read(program, data, streamed(0)).ids() == "a b d g");
}

TEST_CASE("what must not be missed takes its place at the watermark") {
    const runtime::Program program = make_program();
    const Outcome outcome =
        read(program, copy_at(10, "a") + copy_at(50, "b") + layoff_at(15, "notice") + copy_at(60, "c"),
             streamed(20 * runtime::one_second));
    CHECK(outcome.ids() == "a notice b c");
    CHECK(outcome.events[1].time == second(30));
    CHECK(outcome.events[1].stated == second(15));
    CHECK(outcome.statistics.late == 0);
    CHECK(outcome.statistics.late_kept == 1);
}

TEST_CASE("a pipe is a stream") {
    const runtime::Program program = make_program();
    const Scratch scratch;
    const std::string pipe = scratch.path("pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    std::thread writer([&] {
        std::ofstream out(pipe, std::ios::binary);
        out << copy_at(1, "a") << copy_at(5, "c").substr(0, 20) << std::flush << copy_at(5, "c").substr(20)
            << copy_at(3, "d");
    });
    const Outcome outcome = read_files(program, {{pipe, ""}, {scratch.write("file", copy_at(2, "b")), ""}});
    writer.join();
    CHECK(outcome.ids() == "a b c");
    CHECK(outcome.statistics.late == 1);
}

TEST_CASE("a pipe gives what has come, whatever pieces it comes in, and does not wait for the rest of a line") {
    const runtime::Program program = make_program();
    std::mt19937 random(5);
    for (const runtime::Duration lateness : {runtime::Duration{0}, 10 * runtime::one_second}) {
        const Scratch scratch;
        const std::string pipe = scratch.path("pipe");
        REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
        std::string all;
        constexpr int events = 20'000; // more than a buffer holds
        std::vector<std::size_t> ends; // of the events; between them are records that nobody reads
        for (int index = 0; index < events; ++index) {
            all += copy_at(index / 10, fmt::format("i{}", index));
            ends.push_back(all.size());
            for (auto unread = random() % 4; unread > 2; --unread)
                all += fmt::format(R"({{"type":"web.visit","time":"2025-03-01T00:00:00Z","user":"u{}"}})"
                                   "\n",
                                   index);
        }
        std::atomic<std::size_t> given = 0;
        std::size_t late_looks = 0;
        std::thread writer([&] {
            std::ofstream out(pipe, std::ios::binary);
            for (std::size_t at = 0; at < all.size();) {
                const std::size_t piece = std::min<std::size_t>(1 + random() % 60'000, all.size() - at);
                out << all.substr(at, piece) << std::flush;
                at += piece;
                if (random() % 8 != 0) continue;
                // all that can be told by now must come: without lateness, each whole line
                const auto lines =
                    static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), at) - ends.begin());
                const std::size_t wanted = lateness == 0 ? lines : lines - std::min<std::size_t>(lines, 110);
                for (int tries = 0; given < wanted && tries < 5'000; ++tries)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                if (given < wanted) ++late_looks;
            }
        });
        stdlib::InputOptions options;
        options.inputs = {{pipe, ""}};
        options.lateness = lateness;
        stdlib::Input input(program, options, {});
        REQUIRE(input.open());
        std::vector<stdlib::InputEvent> batch(256);
        std::size_t in_order = 0;
        while (const std::size_t count = input.next(batch)) {
            for (std::size_t index = 0; index < count; ++index)
                in_order += batch[index].event.id == fmt::format("i{}", given + index) ? 1 : 0;
            given += count;
        }
        writer.join();
        CHECK(given == events);
        CHECK(in_order == events);
        CHECK(late_looks == 0);
    }
}

// What the parts cost, one line a part: name, least and median of the rounds, unit. Usage: bench_micro EVENTS [ROUNDS]
#include "bench/decoded_events.hpp"
#include "desk/processor_time.hpp"
#include "dsl/parser.hpp"
#include "runtime/engine.hpp"
#include "stdlib/sources/input.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/temporary_blocks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace watchword;
using runtime::Value;

int rounds = 5;

/// `prepare` is not timed and gives the work, which does `count` things.
void measure(const std::string& name, double count, const char* unit, double unit_seconds,
             const std::function<std::function<void()>()>& prepare) {
    std::vector<double> seconds;
    for (int round = 0; round < rounds; ++round) {
        const std::function<void()> work = prepare();
        const double start = desk::processor_seconds();
        work();
        seconds.push_back(desk::processor_seconds() - start);
    }
    std::sort(seconds.begin(), seconds.end());
    fmt::print("{}|{:.1f}|{:.1f}|{}\n", name, seconds.front() / count / unit_seconds,
               seconds[seconds.size() / 2] / count / unit_seconds, unit);
}

constexpr std::string_view head = R"(module micro
event act { user person  host host  bytes size  share real  path text }
event hr.note { user person }
)";

std::string policy(std::string_view opens, std::string_view signals, std::string_view score) {
    return fmt::format("{}\n{}\npolicy P {{\n  purpose \"a\" basis \"b\" owner \"c\"\n  {}\n  score {{\n{}\n"
                       "    halves every 2h\n    at most 100\n  }}\n  alert high at 90\n}}\n",
                       head, signals, opens, score);
}

/// Events of the one type `act`, of `people` people by turns, one a second.
class Acts {
public:
    Acts(const runtime::Program& program, std::size_t count, std::size_t people)
        : type_(*program.find_event("act")), schema_(program.events[type_]) {
        for (std::size_t i = 0; i < people; ++i) names_.push_back(fmt::format("u{:06}", i));
        for (std::size_t i = 0; i < 64; ++i) hosts_.push_back(fmt::format("pc-{:05}.corp.example", i));
        for (std::size_t i = 0; i < count; ++i) ids_.push_back(fmt::format("e{:09}", i));
        values_.resize(count * schema_.slots);
        for (std::size_t i = 0; i < count; ++i) add(i);
    }
    const std::vector<runtime::Event>& all() const { return events_; }

private:
    void add(std::size_t i) {
        Value* const row = values_.data() + i * schema_.slots;
        const auto set = [&](const char* name, Value value) {
            const std::int32_t slot = schema_.find(name)->slot;
            if (slot != runtime::no_slot) row[slot] = value;
        };
        set("user", Value::of(std::string_view{names_[i % names_.size()]}));
        set("host", Value::of(std::string_view{hosts_[i * 2'654'435'761U / 65'536 % hosts_.size()]}));
        set("bytes", Value::of(static_cast<std::int64_t>(i * 7919 % 1'000'000)));
        set("share", Value::of(static_cast<double>(i * 104'729 % 10'000) / 100));
        set("path", Value::of(std::string_view{"C:\\Users\\u00001\\Projects\\item-012345.docx"}));
        runtime::Event event;
        event.type = type_;
        event.time = event.stated = 1'735'800'000'000'000 + static_cast<std::int64_t>(i) * runtime::one_second +
                                    static_cast<std::int64_t>(i * 7919 % 1'000'000);
        event.position = i + 1;
        event.id = ids_[i];
        event.fields = row;
        event.subject = names_[i % names_.size()];
        events_.push_back(event);
    }
    std::uint32_t type_;
    const runtime::EventSchema& schema_;
    std::vector<std::string> names_, hosts_, ids_;
    std::vector<Value> values_;
    std::vector<runtime::Event> events_;
};

void engine(const std::string& name, const std::string& text, std::size_t people = 100) {
    constexpr std::size_t count = 200'000;
    const runtime::Program program = bench::compile_policies(text);
    const Acts acts(program, count, people);
    measure(name, count, "ns an event", 1e-9, [&] {
        auto machine = std::make_shared<runtime::Engine>(program);
        return [machine, &acts] {
            for (const runtime::Event& event : acts.all()) machine->push(event);
        };
    });
}

void windows() {
    constexpr std::string_view always = "opens always because \"x\"";
    const auto of = [&](const std::string& when) {
        engine(fmt::format("a signal `when {}`", when),
               policy(always, fmt::format("signal S on act when {}", when), "    +1 for S"));
    };
    of("count() over 1h > 1000000");
    of("sum(bytes) over 1h > 1TB");
    of("distinct(host) over 24h > 1000");
    of("min(bytes) over 1h > 1TB");
    of("max(share) over 1h > 1000.0");
    of("avg(share) over 1h > 1000.0");
    of("stddev(share) over 1h > 1000.0");
    of("percentile(bytes, 95) over 1h > 1TB");
    of("count() per day > 1000000");
    of("new(host) over 1d and bytes < 0B");
    engine("a sequence of three steps",
           policy(always,
                  "signal S sequence within 1h by host { act where bytes > 990KB act where bytes > 995KB act "
                  "where bytes > 999KB }",
                  "    +1 for S"));
}

void dispatch() {
    engine("an event of somebody who is not watched",
           policy("opens on hr.note closes after 30d", "signal S on act where bytes > 1TB", "    +1 for S"));
    engine("an event that no guard lets pass",
           policy("opens always because \"x\"", "signal S on act where host == \"nowhere\"", "    +1 for S"));
    engine("an event that a condition refuses",
           policy("opens always because \"x\"", "signal S on act where bytes > 1TB", "    +1 for S"));
    engine("an event that a search in text refuses",
           policy("opens always because \"x\"", "signal S on act where path contains \"secret\"", "    +1 for S"));
    for (const int searches : {4, 16, 1000}) {
        std::string signals, terms;
        for (int i = 0; i < searches; ++i) {
            signals += fmt::format("signal S{0} on act where path contains \"secret{0:04}\"\n", i);
            terms += fmt::format("    +1 for S{}\n", i);
        }
        engine(fmt::format("an event that {} signals search in text refuse", searches),
               policy("opens always because \"x\"", signals, terms));
    }
    engine("an event that is a hit, with its score",
           policy("opens always because \"x\"", "signal S on act", "    +1 for S, at most 50"));
}

void look_back() {
    constexpr std::size_t kept = 10'000;
    const runtime::Program program = bench::compile_policies(
        policy("opens on hr.note looks back 30d closes after 30d",
               "signal S on act where bytes >= 0B when sum(bytes) over 1d > 1TB", "    +1 for S"));
    const Acts acts(program, kept, 1);
    runtime::Event note;
    note.type = *program.find_event("hr.note");
    note.time = note.stated = acts.all().back().time + 1;
    note.position = kept + 1;
    note.id = "note";
    note.subject = acts.all().back().subject;
    std::vector<Value> none(program.events[note.type].slots);
    for (Value& value : none) value = Value::of(note.subject);
    note.fields = none.data();
    measure("opening a watch with look-back over 10 000 kept events", 1, "ms", 1e-3, [&] {
        auto machine = std::make_shared<runtime::Engine>(program);
        for (const runtime::Event& event : acts.all()) machine->push(event);
        return [machine, &note] { machine->push(note); };
    });
    measure("keeping an event in sealed history", kept, "ns", 1e-9, [&] {
        auto machine = std::make_shared<runtime::Engine>(program);
        return [machine, &acts] {
            for (const runtime::Event& event : acts.all()) machine->push(event);
        };
    });
    stdlib::TemporaryBlocks file("");
    runtime::EngineOptions away;
    away.history_store = &file;
    away.put_away_above = 0;
    measure("opening a watch with look-back over 10 000 kept events in a file", 1, "ms", 1e-3, [&] {
        auto machine = std::make_shared<runtime::Engine>(program, away);
        for (const runtime::Event& event : acts.all()) machine->push(event);
        return [machine, &note] { machine->push(note); };
    });
    measure("keeping an event in sealed history in a file", kept, "ns", 1e-9, [&] {
        auto machine = std::make_shared<runtime::Engine>(program, away);
        return [machine, &acts] {
            for (const runtime::Event& event : acts.all()) machine->push(event);
        };
    });
    runtime::Engine emptier(program, away);
    for (const runtime::Event& event : acts.all()) emptier.push(event);
    fmt::print("memory of sealed history in a file|{0:.1f}|{0:.1f}|bytes a kept event\n",
               static_cast<double>(emptier.state_bytes()) / kept);
    runtime::Engine machine(program);
    for (const runtime::Event& event : acts.all()) machine.push(event);
    fmt::print("memory of sealed history|{0:.1f}|{0:.1f}|bytes a kept event\n",
               static_cast<double>(machine.state_bytes()) / kept);
}

void compiling(const std::string& thousand) {
    measure("parsing 1000 policies of one signal each", 1, "ms", 1e-3, [&] {
        return [&] {
            dsl::Sources sources;
            dsl::Diagnostics diagnostics;
            dsl::parse(sources, sources.add("bench", thousand), diagnostics);
        };
    });
    measure("compiling 1000 policies of one signal each", 1, "ms", 1e-3,
            [&] { return [&] { bench::compile_policies(thousand); }; });
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What the policies of W6 read of their records, as a source of the format says it of columns.
std::string mapped_policies(const std::string& format) {
    std::string text = text_of("bench/w6.watch") + "\nsource log from " + format +
                       " {\n  text? kind from \"type\"\n  time? time\n  size? bytes\n  bool? removable\n"
                       "  text? path\n  text? outcome\n";
    const std::pair<const char*, const char*> emits[] = {
        {"file.open", ", host: host, outcome: outcome, bytes: bytes, removable: removable, path: path"},
        {"file.copy", ", host: host, outcome: outcome, bytes: bytes, removable: removable, path: path"},
        {"web.visit", ", host: host, bytes: bytes"},
        {"web.upload", ", host: host, bytes: bytes"},
        {"auth.logon", ", host: host, outcome: outcome"},
        {"auth.logoff", ", host: host"},
        {"device.connect", ", host: host, removable: removable"},
        {"email.send", ", bytes: bytes"},
        {"hr.termination", ""}};
    for (const auto& [type, fields] : emits)
        text += fmt::format("  emit {0} when kind == \"{0}\" {{ id: id, time: time, user: user{1} }}\n", type, fields);
    return text + "}\n";
}

/// The records of a file of JSON Lines, all with the same keys, as CSV.
void write_csv(const std::string& from, const std::string& to) {
    std::ifstream in(from);
    std::ofstream out(to);
    stdlib::JsonScanner scanner;
    std::vector<stdlib::JsonToken> tokens;
    const auto row = [&](auto text_of) {
        for (std::size_t i = 0; i < tokens.size(); ++i) out << (i == 0 ? "" : ",") << text_of(tokens[i]);
        out << '\n';
    };
    constexpr int most = 200'000;
    std::string line;
    for (int number = 0; number < most && std::getline(in, line); ++number) {
        if (!scanner.index(line) || !scanner.read_record(line.size(), tokens)) continue;
        if (number == 0) row([](const stdlib::JsonToken& token) { return token.key; });
        row([](const stdlib::JsonToken& token) { return token.text; });
    }
}

void decoding(const std::string& name, const runtime::Program& program, const std::string& path,
              const std::string& source) {
    std::uint64_t records = 0;
    const auto work = [&] {
        stdlib::InputOptions options;
        options.inputs.push_back({path, source});
        options.sorted = true;
        stdlib::Input input(program, options, [](const runtime::RosterEntry&) { return std::string{}; });
        input.open();
        std::array<stdlib::InputEvent, 256> batch;
        while (input.next(batch) != 0) {
        }
        records = input.statistics().records;
    };
    work();
    measure(name, static_cast<double>(records), "ns", 1e-9, [&] { return work; });
}

/// The events of w6.watch, and a policy that reads only one of them, which is rare.
std::string unread_policies() {
    const std::string text = text_of("bench/w6.watch");
    return text.substr(0, text.find("\nsignal")) +
           "\npolicy Left {\n  purpose \"a\" basis \"b\" owner \"c\"\n  opens on hr.termination closes after 30d\n"
           "  score { at most 100 }\n  alert low on open\n}\n";
}

void decoding(const std::string& path) {
    decoding("reading and decoding a record, half of which are read", bench::load_policies("bench/w6.watch"), path, "");
    decoding("passing over a record that nobody reads", bench::compile_policies(unread_policies()), path, "");
    const std::string csv = path + ".csv";
    write_csv(path, csv);
    decoding("reading and decoding a record of JSON, by a source with nine kinds of events",
             bench::compile_policies(mapped_policies("json")), path, "log");
    decoding("reading and decoding a record of CSV, by a source with nine kinds of events",
             bench::compile_policies(mapped_policies("csv")), csv, "log");
    std::filesystem::remove(csv);
}

std::string thousand_policies() {
    std::string text = std::string(head);
    for (int i = 0; i < 1000; ++i)
        text +=
            fmt::format("signal S{0} on act where bytes > {0}KB and path contains \"x{0}\" when count() over 1h > {0}\n"
                        "policy P{0} {{\n  purpose \"a\" basis \"b\" owner \"c\"\n  opens on hr.note closes after 30d\n"
                        "  score {{ +10 for S{0}, at most 40 halves every 7d at most 100 }}\n  alert high at 20\n}}\n",
                        i);
    return text;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("usage: bench_micro EVENTS [ROUNDS]\n", stderr);
        return 3;
    }
    if (count > 2) rounds = std::atoi(arguments[2]);
    compiling(thousand_policies());
    decoding(arguments[1]);
    dispatch();
    windows();
    look_back();
}

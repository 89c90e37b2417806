// What the audit says that a watch takes, against what an engine takes for many of them.
#include "desk/watch_memory.hpp"
#include "runtime/engine.hpp"

#include "tests/unit/desk_fixture.hpp"

#include <fmt/format.h>

using namespace watchword;
using namespace watchword::desk_tests;

namespace {

constexpr int people = 20'000; // so many that what lies unused in the last chunk does not count
constexpr int many = 64;

std::string policy_of(const std::string& signals, const std::string& terms) {
    return "module measured\nuse hr\nevent note.taken { user person, host host, bytes size }\n"
           "event note.sent { user person, host host }\n" +
           signals +
           "policy P {\n  purpose \"p\" basis \"b\" owner \"o\"\n  opens on hr.resignation\n  closes after 90d\n  "
           "score {\n" +
           terms + "  }\n  alert low at 90\n}\n";
}

/// Feeds an engine with records that are alike for everybody.
class Feeding {
public:
    explicit Feeding(const runtime::Program& program) : program_(program), engine_(program) {
        for (int i = 0; i < people; ++i) names_.push_back(fmt::format("u{}", i));
    }
    void everybody(const char* type, const std::string& host, std::int64_t bytes) {
        const std::uint32_t event_type = *program_.find_event(type);
        const runtime::EventSchema& schema = program_.events[event_type];
        const std::string id = fmt::format("e{}", position_);
        std::vector<runtime::Value> fields(schema.slots);
        for (const std::string& name : names_) {
            const auto set = [&](const char* field, runtime::Value value) {
                const runtime::Field* const found = schema.find(field);
                if (found != nullptr && found->slot != runtime::no_slot)
                    fields[static_cast<std::size_t>(found->slot)] = value;
            };
            set("user", runtime::Value::of(std::string_view{name}));
            set("host", runtime::Value::of(std::string_view{host}));
            set("bytes", runtime::Value::of(bytes));
            runtime::Event event;
            event.type = event_type;
            event.time = event.stated = 1'740'000'000'000'000 + static_cast<std::int64_t>(++position_);
            event.position = position_;
            event.id = id;
            event.fields = fields.data();
            event.subject = name;
            engine_.push(event);
        }
    }
    double bytes_each() const { return static_cast<double>(engine_.state_bytes()) / people; }

private:
    const runtime::Program& program_;
    runtime::Engine engine_;
    std::vector<std::string> names_;
    std::uint64_t position_ = 0;
};

/// Bytes of state a person after `records` records of each type, all inside every window.
double bytes_after(const Compiled& compiled, int records) {
    Feeding feeding(compiled.program);
    feeding.everybody("hr.resignation", "", 0);
    for (int k = 0; k < records; ++k)
        for (const char* type : {"note.taken", "note.sent"}) feeding.everybody(type, fmt::format("h{}", k), 1000 + k);
    return feeding.bytes_each();
}

} // namespace

TEST_CASE("the memory that the audit names is about what an engine takes") {
    struct Row {
        const char* name;
        const char* signals;
        const char* terms;
    };
    const Row rows[] = {
        {"no state", "signal S on note.taken where bytes > 1TB\n", "  +1 for S\n"},
        {"a count", "signal S on note.taken when count() over 7d > 1000\n", "  +1 for S\n"},
        {"a sum", "signal S on note.taken when sum(bytes) over 7d > 1TB\n", "  +1 for S\n"},
        {"different values", "signal S on note.taken when distinct(host) over 7d > 1000\n", "  +1 for S\n"},
        {"a maximum", "signal S on note.taken when max(bytes) over 7d > 1TB\n", "  +1 for S\n"},
        {"two windows", "signal S on note.taken when count() over 7d > 1000 and sum(bytes) over 7d > 1TB\n",
         "  +1 for S\n"},
        {"a day", "signal S on note.taken when count() per day > 1000\n", "  +1 for S\n"},
        {"a sequence", "signal S sequence within 1d { note.taken note.sent where host == \"x\" }\n", "  +1 for S\n"},
        {"four signals",
         "signal S on note.taken when count() over 7d > 1000\nsignal T on note.taken when sum(bytes) over 7d > 1TB\n"
         "signal U on note.sent when count() over 7d > 1000\nsignal V on note.sent when distinct(host) over 7d > "
         "1000\n",
         "  +1 for S\n  +1 for T\n  +1 for U\n  +1 for V\n"},
    };
    for (const Row& row : rows) {
        const Compiled compiled{policy_of(row.signals, row.terms)};
        const desk::WatchMemory said = desk::watch_memory(compiled.program, compiled.program.policies[0]);
        INFO(row.name);
        const double first = static_cast<double>(said.empty + said.per_record);
        const double full = static_cast<double>(said.empty + many * said.per_record);
        const double found_first = bytes_after(compiled, 1), found_full = bytes_after(compiled, many);
        CAPTURE(first, found_first, full, found_full);
        CHECK(found_first < first * 4 / 3);
        CHECK(found_full < full * 4 / 3);
        CHECK(found_full > full * 2 / 3);
    }
}

// What a host sees of Watchword: texts in, texts out, and no way to break it from outside.
#include "bindings/cpp/monitor.hpp"
#include "dsl/bundle.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using watchword::Monitor;
using watchword::MonitorOptions;
using watchword::Outcome;
using watchword::Policies;

namespace {

constexpr const char* leaver = R"(
use hr, activity
signal Copied on file.copy where removable
policy Leaver { purpose "p" basis "b" owner "o" opens on hr.resignation closes after 30d
  score { +10 for Copied }
  alert low at 10
  alert high at 30 }
)";

std::shared_ptr<const Policies> compiled(const std::string& text) {
    std::string messages;
    auto policies = Policies::compile({{"leaver.watch", text}}, messages);
    INFO(messages);
    REQUIRE(policies != nullptr);
    return policies;
}

std::string notice(const std::string& time) {
    return R"({"type":"hr.resignation","time":")" + time + R"(","user":"anna"})";
}
std::string copied(const std::string& time) {
    return R"({"type":"file.copy","time":")" + time +
           R"(","user":"anna","host":"pc7","path":"/x","bytes":1,"removable":true})";
}

std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("policies that do not compile say why and are not there") {
    std::string messages;
    CHECK(Policies::compile({{"bad.watch", "signal S on nothing.at_all"}}, messages) == nullptr);
    CHECK(messages.find("W0202") != std::string::npos);
    CHECK(messages.find("bad.watch:1:13") != std::string::npos);
    CHECK(Policies::compile({{"binary.watch", std::string("\0\xff\xfe", 3)}}, messages) == nullptr);
    CHECK_FALSE(messages.empty());
    CHECK(Policies::standard("no_such_module", messages) == nullptr);
    CHECK(messages.find("no_such_module") != std::string::npos);
    CHECK(Policies::standard("it1003", messages) != nullptr);
}

TEST_CASE("what files name is read by the host") {
    watchword::PolicyOptions options;
    std::vector<std::string> asked;
    options.read = [&](std::string_view name, std::string_view from) -> std::optional<std::string> {
        asked.push_back(std::string(name) + " from " + std::string(from));
        return name == "ok.txt" ? std::optional<std::string>("stick1\n") : std::nullopt;
    };
    const std::string text =
        std::string(leaver) + "list ok from \"ok.txt\"\nsignal Other on file.copy where (device ?? \"\") in ok\n";
    std::string messages;
    CHECK(Policies::compile({{"p.watch", text}}, messages, options) != nullptr);
    CHECK(asked == std::vector<std::string>{"ok.txt from p.watch"});
}

TEST_CASE("a bundle is as the files that it was built from") {
    const std::string text =
        std::string(leaver) + "list ok from \"lists/ok.txt\"\nsignal Other on file.copy where (device ?? \"\") in ok\n";
    const std::string bundle =
        watchword::dsl::write_bundle({"0",
                                      "-",
                                      {{watchword::dsl::BundledKind::policy, "p/a.watch", text},
                                       {watchword::dsl::BundledKind::standard, "it1003", ""},
                                       {watchword::dsl::BundledKind::file, "p/lists/ok.txt", "stick1\n"}}});
    std::string messages;
    const auto policies = Policies::compile({{"leaver.bundle", bundle}}, messages);
    INFO(messages);
    REQUIRE(policies != nullptr);
    Monitor monitor{policies};
    CHECK(monitor.push(notice("2025-03-03T09:00:00Z")) == Outcome::taken);
    CHECK(Policies::compile({{"leaver.bundle", bundle.substr(0, 90)}}, messages) == nullptr);
    CHECK(messages == "leaver.bundle: the bundle is cut off or damaged: its checksum is wrong\n");
    const std::string wanting =
        watchword::dsl::write_bundle({"0", "-", {{watchword::dsl::BundledKind::policy, "p/a.watch", text}}});
    CHECK(Policies::compile({{"leaver.bundle", wanting}}, messages) == nullptr);
    CHECK(messages.find("leaver.bundle/p/a.watch") != std::string::npos);
}

TEST_CASE("records in, alerts out") {
    Monitor monitor{compiled(leaver)};
    CHECK(monitor.push(notice("2025-03-03T09:00:00Z")) == Outcome::taken);
    CHECK(monitor.push(copied("2025-03-04T09:00:00Z")) == Outcome::taken);
    const std::string alerts = monitor.take_alerts();
    CHECK(lines(alerts) == 1);
    CHECK(alerts.find(R"("level":"low")") != std::string::npos);
    CHECK(alerts.find("anna") != std::string::npos); // there is no key
    CHECK(monitor.take_alerts().empty());
    CHECK(monitor.score("Leaver", "ANNA") == 10);
    CHECK(monitor.score("Leaver", "bert") == 0);
    CHECK(monitor.score("Nobody", "anna") == 0);
    CHECK(monitor.push(R"({"type":"print.job","time":"2025-03-04T09:00:00Z","user":"anna"})") == Outcome::unused);
    CHECK(monitor.push(copied("2025-03-04T08:00:00Z")) == Outcome::late);
    CHECK(monitor.push(notice("2025-03-04T08:00:00Z")) == Outcome::taken); // a trigger is never too late
    // after 30 days the watch is over
    CHECK(monitor.advance(1'743'843'600'000'000) == Outcome::taken); // 2025-04-05 09:00
    CHECK(monitor.score("Leaver", "anna") == 0);
}

TEST_CASE("many records at once are as many by one") {
    const auto policies = compiled(leaver);
    Monitor one{policies}, many{policies};
    const std::vector<std::string> records{notice("2025-03-03T09:00:00Z"),
                                           "",
                                           " \t\r",
                                           copied("2025-03-04T09:00:00Z"),
                                           "{",
                                           copied("2025-03-03T10:00:00Z"),
                                           R"({"type":"print.job"})",
                                           copied("2025-03-04T09:00:00Z") + "\r",
                                           "[]",
                                           copied("2025-03-05T09:00:00Z")};
    std::string text;
    for (const std::string& record : records) text += (text.empty() ? "" : "\n") + record;
    const watchword::LinesOutcome outcome = many.push_lines(text); // whose last line has no end
    CHECK(outcome.lines == records.size());
    CHECK((outcome.taken == 4 && outcome.unused == 1 && outcome.late == 1 && outcome.rejected == 2));
    CHECK(outcome.first_rejected == 5);
    CHECK_FALSE(outcome.problem.empty());
    CHECK_FALSE(outcome.full);
    for (const std::string& record : records) one.push(record);
    CHECK(many.save() == one.save());
    CHECK(many.take_alerts() == one.take_alerts());
    CHECK(many.push_lines("").lines == 0);
    CHECK(many.push_lines("\n\n").lines == 2);
    CHECK(many.push_lines(std::string(17 << 20, 'x') + "\n").rejected == 1);

    MonitorOptions little;
    little.memory_bytes = 1;
    Monitor full{policies, little};
    std::string notices;
    for (int i = 0; i < 5; ++i) notices += notice("2025-03-03T09:00:00Z") + "\n";
    const watchword::LinesOutcome stopped = full.push_lines(notices);
    CHECK(stopped.full);
    CHECK(stopped.lines < 5);
    CHECK_FALSE(full.problem().empty());
}

TEST_CASE("alerts have the ids that they get elsewhere with the same key") {
    const std::string records = notice("2025-03-03T09:00:00Z") + "\n" + copied("2025-03-04T09:00:00Z") + "\n";
    MonitorOptions options;
    options.key = "0123456789abcdef";
    Monitor monitor(compiled(leaver), options);
    CHECK(monitor.push_lines(records).taken == 2);
    const std::string alert = monitor.take_alerts();
    INFO(alert);
    // as `watchword run --key` says of these two records
    CHECK(alert.find(R"("id":"377173e9c3c54f39513e33f4d5c60dd7")") != std::string::npos);
}

TEST_CASE("time comes as far as records of which nothing comes, as in the command") {
    const std::string unread = R"({"type":"print.job","time":"2025-03-05T09:00:00Z","user":"anna"})";
    const std::string rejected = R"({"type":"file.copy","time":"2025-03-05T09:00:00Z","user":"anna","removable":7})";
    for (const auto& [record, outcome] : {std::pair{unread, Outcome::unused}, std::pair{rejected, Outcome::rejected}}) {
        INFO(record);
        Monitor monitor(compiled(leaver));
        CHECK(monitor.push(notice("2025-03-03T09:00:00Z")) == Outcome::taken);
        CHECK(monitor.push(record) == outcome);
        CHECK(monitor.push(copied("2025-03-05T08:59:59Z")) == Outcome::late);
        CHECK(monitor.push(copied("2025-03-05T09:00:00Z")) == Outcome::taken);
    }
}

TEST_CASE("who is watched can be asked") {
    const auto policies = compiled(std::string(leaver) + R"(
policy Later { purpose "p" basis "b" owner "o" opens on hr.resignation as notice at notice.last_day
  closes after 1d score { +1 for Copied } alert low at 10 }
policy Everybody { purpose "p" basis "b" owner "o" opens always because "agreed"
  score { +1 for Copied halves every 30d } alert low at 100 })");
    MonitorOptions options;
    options.key = "0123456789abcdef";
    Monitor monitor{policies, options};
    CHECK(monitor.open_watches().empty());
    monitor.enter(R"({"id":"E-17","accounts":["anna"]})");
    monitor.push(R"({"type":"hr.resignation","time":"2025-03-03T09:00:00Z","user":"anna","last_day":"2025-03-31"})");
    monitor.push(copied("2025-03-04T09:00:00Z"));
    const std::string watches = monitor.open_watches();
    INFO(watches);
    CHECK(lines(watches) == 3);
    CHECK(watches.find("anna") == std::string::npos);
    CHECK(watches.find("E-17") == std::string::npos);
    CHECK(watches.find(R"({"policy":"Leaver","subject":"p-)") == 0);
    CHECK(watches.find(R"("active":true,"anchor":"2025-03-03T09:00:00Z","from":"2025-03-03T09:00:00Z",)"
                       R"("to":"2025-04-02T09:00:00Z","score":10})") != std::string::npos);
    CHECK(watches.find(R"("active":false,"anchor":"2025-03-31T00:00:00Z","from":"2025-03-31T00:00:00Z",)") !=
          std::string::npos);
    CHECK(watches.find(R"("to":null,"score":1})") != std::string::npos);
    Monitor next{policies, options};
    CHECK(next.restore(monitor.save()).empty());
    CHECK(next.open_watches() == watches);
    options.reveal = true;
    Monitor clear{policies, options};
    CHECK(clear.restore(monitor.save()).empty());
    CHECK(clear.open_watches().find(R"("subject":"E-17")") != std::string::npos);
}

TEST_CASE("equal records are two records") {
    Monitor monitor{compiled(leaver)};
    monitor.push(notice("2025-03-03T09:00:00Z"));
    for (int i = 0; i < 3; ++i) CHECK(monitor.push(copied("2025-03-04T09:00:00Z")) == Outcome::taken);
    CHECK(monitor.score("Leaver", "anna") == 30);
}

TEST_CASE("with a roster only employees are people, by any of their names") {
    MonitorOptions options;
    options.key = "0123456789abcdef";
    Monitor monitor{compiled(leaver), options};
    CHECK(monitor.enter(R"({"id":"E-17","accounts":["anna"]})") == Outcome::taken);
    CHECK(monitor.enter(R"({"id":"E-18","accounts":["anna"]})") == Outcome::taken_in_part);
    CHECK(monitor.problem().find("E-17") != std::string::npos);
    CHECK(monitor.enter("{\"id\":\"E-19\"}\n{\"id\":") == Outcome::rejected);
    CHECK(monitor.enter("id,accounts\nE-20,x") == Outcome::rejected);
    CHECK(monitor.enter("nonsense") == Outcome::rejected);
    CHECK(monitor.enter(R"({"accounts":["x"]})") == Outcome::rejected);
    monitor.push(notice("2025-03-03T09:00:00Z"));
    monitor.push(copied("2025-03-04T09:00:00Z"));
    const std::string alerts = monitor.take_alerts();
    CHECK(lines(alerts) == 1);
    CHECK(alerts.find("anna") == std::string::npos);
    CHECK(alerts.find("E-17") == std::string::npos);
    CHECK(monitor.score("Leaver", "e-17") == 10);
}

TEST_CASE("no record breaks it") {
    MonitorOptions options;
    options.latest = 1'800'000'000'000'000; // 2027-01-15
    Monitor monitor{compiled(leaver), options};
    const std::vector<std::string> hostile{
        "",
        " ",
        "{",
        "}",
        "null",
        "[]",
        "\"x\"",
        "{}",
        R"({"type":1})",
        R"({"type":"file.copy"})",
        R"({"type":"file.copy","time":null})",
        R"({"type":"file.copy","time":"2025-03-03T09:00:00Z"})",
        notice("2099-01-01T00:00:00Z"),
        notice("0000-00-00"),
        std::string("\0\0\0", 3),
        "\xff\xfe{}",
        std::string(100'000, '['),
        notice("2025-03-03T09:00:00Z") + notice("2025-03-03T09:00:00Z"),
        std::string(17 << 20, 'x'),
    };
    for (const std::string& record : hostile) {
        CHECK(monitor.push(record) == Outcome::rejected);
        CHECK_FALSE(monitor.problem().empty());
    }
    CHECK(monitor.push("{\n\"type\": \"hr.resignation\",\r\n\"time\": \"2025-03-03T09:00:00Z\", \"user\": \"anna\"}") ==
          Outcome::rejected); // one line, as in a file
    CHECK(monitor.push(notice("2025-03-03T09:00:00Z") + "\r\n") == Outcome::taken);
    CHECK(monitor.advance(INT64_MAX) == Outcome::rejected);
    CHECK(monitor.advance(INT64_MIN) == Outcome::taken);
    monitor.allow_until(INT64_MAX);
    CHECK(Monitor(compiled(leaver), options).push(notice("2099-01-01T00:00:00Z")) == Outcome::rejected);
    CHECK(monitor.push(copied("2025-03-04T09:00:00Z")) == Outcome::taken);
    CHECK(lines(monitor.take_alerts()) == 1);
}

TEST_CASE("what is known survives") {
    MonitorOptions options;
    options.key = "0123456789abcdef";
    const auto policies = compiled(leaver);
    Monitor whole{policies, options}, first{policies, options}, second{policies, options};
    for (Monitor* const one : {&whole, &first}) {
        one->push(notice("2025-03-03T09:00:00Z"));
        one->push(copied("2025-03-04T09:00:00Z"));
        one->take_alerts();
    }
    const std::string saved = first.save();
    CHECK(second.restore(saved).empty());
    CHECK(second.save() == saved);
    std::string alerts, expected;
    for (Monitor* const one : {&whole, &second}) one->push(copied("2025-03-04T09:00:00Z")); // the same record once more
    CHECK(whole.save() == second.save());
    for (int day = 5; day < 9; ++day) {
        const std::string record = copied("2025-03-0" + std::to_string(day) + "T09:00:00Z");
        whole.push(record);
        second.push(record);
        expected += whole.take_alerts();
        alerts += second.take_alerts();
    }
    CHECK_FALSE(expected.empty());
    CHECK(alerts == expected);

    MonitorOptions other = options;
    other.key = "another key, quite";
    CHECK(Monitor(policies, other).restore(saved).find("another key") != std::string::npos);
    CHECK_FALSE(
        Monitor(compiled(std::string(leaver) + "signal More on file.copy\n"
                                               "policy P { purpose \"p\" basis \"b\" owner \"o\" opens on "
                                               "hr.layoff closes after 30d score { +1 for More } alert low at 1 }"),
                options)
            .restore(saved)
            .empty());
    Monitor kept{policies, options};
    kept.push(notice("2025-03-03T09:00:00Z"));
    for (std::size_t length = 0; length < saved.size(); length += 7)
        CHECK_FALSE(kept.restore(saved.substr(0, length)).empty());
    std::string damaged = saved;
    damaged[saved.size() / 2] ^= 1;
    CHECK_FALSE(kept.restore(damaged).empty());
    kept.push(copied("2025-03-04T09:00:00Z"));
    CHECK(kept.score("Leaver", "anna") == 10); // as it was
}

TEST_CASE("memory that is used up is said and not exceeded") {
    MonitorOptions options;
    options.memory_bytes = 1;
    Monitor monitor{compiled(leaver), options};
    Outcome outcome = Outcome::taken;
    for (int i = 0; i < 3 && outcome == Outcome::taken; ++i) outcome = monitor.push(notice("2025-03-03T09:00:00Z"));
    CHECK(outcome == Outcome::full);
    CHECK_FALSE(monitor.problem().empty());
}

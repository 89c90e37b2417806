// Foreign JSON records read by the shapes of records before them, held against the same records each read anew.
#include "stdlib/sources/json_columns.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace watchword;
using namespace watchword::stdlib;
using runtime::Kind;
using runtime::Value;

namespace {

runtime::SourcePlan make_plan() {
    runtime::SourcePlan plan;
    plan.name = "log";
    plan.format = "json";
    const auto add = [&](std::vector<std::string> headers, Kind kind, std::uint16_t detail = 0) {
        runtime::ColumnPlan& column = plan.columns.emplace_back();
        column.headers = std::move(headers);
        column.type = {kind, true, detail};
    };
    add({"kind", "event.kind"}, Kind::text);
    add({"at", "@timestamp"}, Kind::time);
    add({"user.name", "user"}, Kind::text); // where `user` is no object, it is the name
    add({"size", "file.size", "event.file.size"}, Kind::integer);
    add({"file.path"}, Kind::text);
    add({"tags"}, Kind::list, static_cast<std::uint16_t>(Kind::text));
    add({"a.b.c"}, Kind::text);
    add({"ok"}, Kind::boolean);
    add({"kind"}, Kind::text); // a second column of the same member
    return plan;
}

/// What one reader says of one record.
struct Said {
    ReadResult result = ReadResult::nothing;
    std::vector<std::string> values;
    std::vector<std::string> complaints;
    std::uint64_t content = 0;
    bool is_known = false;
    friend bool operator==(const Said&, const Said&) = default;
};

std::string shown(const Value& value, runtime::Type type) {
    if (!value.present()) return "-";
    if (type.kind == Kind::text) return fmt::format("`{}`", value.text());
    if (type.kind != Kind::list) return std::to_string(value.integer);
    std::string text = "[";
    for (std::uint64_t i = 0; i < value.extent; ++i) text += fmt::format("`{}` ", value.items[i].text());
    return text + "]";
}

class ColumnsReader {
public:
    explicit ColumnsReader(const runtime::SourcePlan& plan, std::optional<std::uint32_t> apart_by = {})
        : plan_(plan), columns_(std::make_unique<JsonColumns>(program_, plan, file_, *ledger_)) {
        if (apart_by) columns_->tell_apart_by(*apart_by);
        for (std::uint32_t i = 0; i < plan.columns.size(); ++i) all_.push_back(i);
    }
    Said read(const std::string& line) {
        const std::string text = line + std::string(2 * RecordShape::margin, '\n');
        const Record record{std::string_view{text}.substr(0, line.size()), 1, text.size() - line.size()};
        ledger_->statistics = {};
        arena_.reset();
        Said said;
        said.result = columns_->read(record, arena_);
        for (const auto& [reason, rejection] : ledger_->statistics.rejections) said.complaints.push_back(reason);
        if (said.result != ReadResult::fine) return said;
        columns_->ask(all_);
        for (const std::uint32_t i : all_) said.values.push_back(shown(columns_->values()[i], plan_.columns[i].type));
        said.is_known = columns_->is_known();
        said.content = columns_->content(arena_);
        return said;
    }

private:
    const runtime::SourcePlan& plan_;
    const runtime::Program program_;
    const std::string file_ = "log.jsonl";
    std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>();
    std::unique_ptr<JsonColumns> columns_;
    std::vector<std::uint32_t> all_;
    Arena arena_;
};

class Lines {
public:
    std::string next() {
        // few ways to put a record together, so that most have the shape of one before
        std::mt19937 form(static_cast<std::uint32_t>(random_() % 12));
        std::string line = "{";
        std::string end = form() % 5 == 0 ? "}\r\n" : "}\n";
        members(form, line, 0);
        line += end;
        if (random_() % 8 == 0) damage(line);
        return line;
    }

private:
    void members(std::mt19937& form, std::string& line, int depth) {
        static const char* const keys[] = {"kind", "at",   "@timestamp", "user",  "size", "file", "tags", "a",  "b",
                                           "c",    "name", "event",      "other", "path", "ok",   "kind", "a.b"};
        const std::size_t count = depth == 0 ? 2 + form() % 7 : form() % 4;
        for (std::size_t i = 0; i < count; ++i) {
            const char* const key = keys[form() % std::size(keys)];
            line += fmt::format("{}\"{}\":", i == 0 ? "" : ",", key);
            if (depth < 3 && form() % 3 == 0) {
                line += '{';
                members(form, line, depth + 1);
                line += '}';
            } else {
                line += value();
            }
        }
    }
    std::string value() {
        static const char* const values[] = {"null",
                                             "true",
                                             "false",
                                             "17",
                                             "-3",
                                             "1.5e9",
                                             "1741000000",
                                             "\"\"",
                                             "\"x\"",
                                             "\"file.copy\"",
                                             "\"2025-03-01T09:00:00Z\"",
                                             "\"C:\\\\temp\\\\a\"",
                                             "\"\\u00e4 ä\"",
                                             "[\"p\",\"q\"]",
                                             "[]",
                                             "[1,[2]]",
                                             "{\"c\":\"deep\"}",
                                             "{}",
                                             "{\"name\":null}"};
        return values[random_() % std::size(values)];
    }
    void damage(std::string& line) {
        static const char bytes[] = {'"', '\\', ',', '}', '{', '[', ']', '\0', '\t', '\xff', '0', ':', ' '};
        line[random_() % (line.size() - 1)] = bytes[random_() % sizeof bytes];
    }
    std::mt19937 random_{5};
};

} // namespace

TEST_CASE("a foreign record that is compared with others says what it says when it is taken apart") {
    const runtime::SourcePlan plan = make_plan();
    const std::optional<std::uint32_t> apart_by =
        GENERATE(std::optional<std::uint32_t>{}, std::optional<std::uint32_t>{0}, std::optional<std::uint32_t>{2},
                 std::optional<std::uint32_t>{3});
    ColumnsReader used(plan, apart_by);
    Lines lines;
    std::size_t fine = 0, rejected = 0, compared = 0;
    for (int round = 0; round < 10'000; ++round) {
        const std::string line = lines.next();
        INFO(line);
        const Said known = used.read(line);
        const Said anew = ColumnsReader(plan).read(line);
        CHECK(known.result == anew.result);
        CHECK(known.values == anew.values);
        CHECK(known.complaints == anew.complaints);
        CHECK(known.content == anew.content);
        if (known.result != anew.result || known.values != anew.values || known.content != anew.content) return;
        if (known.is_known) ++compared;
        ++(known.result == ReadResult::fine ? fine : rejected);
    }
    CHECK(fine > 5'000);
    CHECK(rejected > 250);
    CHECK(compared > 4'000);
}

TEST_CASE("where a column looks into a member, it sees whether that is an object") {
    const runtime::SourcePlan plan = make_plan();
    ColumnsReader columns(plan);
    const auto user = [&](const std::string& line) { return columns.read(line + "\n").values.at(2); };
    for (int times = 0; times < 2; ++times) {
        CHECK(user(R"({"kind":"k","user":"anna"})") == "`anna`");
        CHECK(user(R"({"kind":"k","user":{"name":"bert"}})") == "`bert`");
        CHECK(user(R"({"kind":"k","user":null})") == "-");
        CHECK(user(R"({"kind":"k","user":{}})") == "-");
        CHECK(user(R"({"kind":"k","user":"x","user.name":"carla"})") == "`carla`");
        CHECK(user(R"({"kind":"k","user":{"name":null,"id":3}})") == "-");
        CHECK(user(R"({"kind":"k","user":["dora"]})") == "`dora`");
        CHECK(user(R"({"kind":"k","user":["dora","emil"]})") == "-");
        CHECK(user(R"({"kind":"k","user":{"name":["frida"]}})") == "`frida`");
    }
}

TEST_CASE("records of all shapes that came before are known, whichever came last") {
    const runtime::SourcePlan plan = make_plan();
    ColumnsReader columns(plan);
    const std::string lines[] = {R"({"kind":"k","user":{"name":"anna"},"ok":true})",
                                 R"({"kind":"k","user":null,"ok":true})", R"({"kind":"k","user":"bert","ok":true})",
                                 R"({"kind":"k","user":{},"ok":true})",
                                 R"({"kind":"k","other":{"name":"x"},"ok":true})"};
    for (const std::string& line : lines) columns.read(line + "\n");
    for (int times = 0; times < 3; ++times)
        for (const std::string& line : lines) {
            INFO(line);
            CHECK(columns.read(line + "\n").is_known);
        }
}

TEST_CASE("records of several kinds are known, wherever they say of which kind they are") {
    const runtime::SourcePlan plan = make_plan();
    ColumnsReader columns(plan, std::uint32_t{0});
    const auto line = [](int kind, int number) {
        const std::string name = fmt::format("a-rather-long-{}", kind % 2 == 0 ? "first" : "second");
        const char* const others[] = {R"("ok":true)", R"("size":7)", R"("user":{"name":"anna"})",
                                      R"("at":3,"ok":false)", R"("file":{"path":"/a"})"};
        return fmt::format(R"({{"id":{},"event":{{"kind":"{}{}"}},{}}})", number * number, kind, name, others[kind]);
    };
    for (int number = 0; number < 200; ++number) {
        const Said said = columns.read(line(number * 7 % 5, number) + "\n");
        INFO(line(number * 7 % 5, number));
        CHECK((said.is_known || number < 12));
        CHECK(said.values.at(0) ==
              fmt::format("`{}a-rather-long-{}`", number * 7 % 5, number * 7 % 5 % 2 == 0 ? "first" : "second"));
    }
}

#include "tests/oracle/order.hpp"

#include "runtime/text.hpp"
#include "stdlib/runner.hpp"
#include "stdlib/sinks/sink.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace watchword::oracle {
namespace {

using runtime::Kind;

/// A folder of its own, gone at the end.
class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / "watchword-order-XXXXXX") {
        std::string name = path_.string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

class TextSink : public stdlib::Sink {
public:
    explicit TextSink(stdlib::AlertContext context) : context_(context) {}
    bool write(const runtime::Alert& alert) override {
        stdlib::append_ndjson(text, alert, context_);
        return true;
    }
    bool flush() override { return true; }
    std::string problem() const override { return ""; }

    std::string text;

private:
    stdlib::AlertContext context_;
};

std::string as_json(const Datum& datum, runtime::Type type, const runtime::Program& program) {
    switch (type.kind) {
    case Kind::boolean:
        return datum.integer != 0 ? "true" : "false";
    case Kind::real:
        return runtime::show_real(datum.real);
    case Kind::enumeration:
        return fmt::format("\"{}\"", program.enumerations[type.detail].words[static_cast<std::size_t>(datum.integer)]);
    case Kind::time:
        return fmt::format("\"{}\"", runtime::show_time(datum.integer));
    case Kind::time_of_day:
        return fmt::format("\"{:02}:00\"", datum.integer / runtime::one_hour);
    case Kind::integer:
    case Kind::size:
        return fmt::format("{}", datum.integer);
    default:
        return fmt::format("\"{}\"", datum.text);
    }
}

std::string members(const Fields& values, const std::vector<runtime::Field>& fields, const runtime::Program& program) {
    std::string text;
    for (const runtime::Field& field : fields)
        if (const auto found = values.find(field.name); found != values.end() && found->second.present)
            text += fmt::format(",\"{}\":{}", field.name, as_json(found->second, field.type, program));
    return text;
}

std::string line(const Record& record, const runtime::Program& program) {
    const runtime::EventSchema& schema = program.events[*program.find_event(record.type)];
    return fmt::format("{{\"type\":\"{}\",\"time\":\"{}\",\"id\":\"{}\"{}}}\n", record.type,
                       runtime::show_time(record.time), record.id, members(record.fields, schema.fields, program));
}

std::string lines(const std::vector<Record>& records, const runtime::Program& program) {
    std::string text;
    for (const Record& record : records) text += line(record, program);
    return text;
}

std::string roster(const Story& story, const runtime::Program& program) {
    std::string text;
    for (const Employee& employee : story.employees)
        text += fmt::format("{{\"id\":\"{}\",\"accounts\":[\"{}\"]{}}}\n", employee.id, employee.accounts.front(),
                            members(employee.attributes, program.employee.attributes, program));
    return text;
}

/// Another order in which nothing is late: what comes next is at most `lateness` newer than the oldest that has not
/// come. Records of one time keep their order, which is part of what they say.
std::vector<Record> shuffled(std::vector<Record> records, runtime::Duration lateness, Random& random) {
    std::vector<Record> result;
    while (!records.empty()) {
        std::vector<std::size_t> next; // the first of each time that may come
        for (std::size_t index = 0; index < records.size(); ++index)
            if (records[index].time <= records.front().time + lateness &&
                (index == 0 || records[index].time != records[index - 1].time))
                next.push_back(index);
        const auto at = records.begin() + static_cast<std::ptrdiff_t>(random.of(next));
        result.push_back(*at);
        records.erase(at);
    }
    return result;
}

std::vector<std::vector<Record>> split(const std::vector<Record>& records, Random& random) {
    std::vector<std::vector<Record>> parts(3);
    std::size_t part = 0;
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (index == 0 || records[index].time != records[index - 1].time)
            part = static_cast<std::size_t>(random.below(3));
        parts[part].push_back(records[index]);
    }
    return parts;
}

std::string run(const Compiled& compiled, const Story& story, stdlib::InputOptions input) {
    const stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    TextSink sink({compiled.program, names});
    stdlib::RunOptions options;
    options.input = std::move(input);
    if (story.until != 0) options.input.until = story.until;
    const stdlib::RunSummary summary = stdlib::run(compiled.program, options, sink);
    return fmt::format("{}{} records rejected, {} late\n", sink.text, summary.input.rejected, summary.input.late);
}

} // namespace

std::string order_shows(const Compiled& compiled, const Story& story, Random& random) {
    const Folder folder;
    constexpr runtime::Duration everything = 100'000 * runtime::one_day;
    const runtime::Duration lateness = random.between(1, 6) * runtime::one_hour;
    stdlib::InputOptions plain;
    if (story.has_roster) plain.rosters.push_back({folder.write("roster", roster(story, compiled.program)), ""});
    stdlib::InputOptions late = plain, apart = plain;
    plain.inputs.push_back({folder.write("plain", lines(story.records, compiled.program)), ""});
    const std::string shuffled_text = lines(shuffled(story.records, lateness, random), compiled.program);
    late.inputs.push_back({folder.write("late", shuffled_text), ""});
    late.sorted = true;
    late.lateness = lateness;
    for (const std::vector<Record>& part : split(story.records, random))
        apart.inputs.push_back({folder.write(fmt::format("part{}", apart.inputs.size()),
                                             lines(shuffled(part, everything, random), compiled.program)),
                                ""});
    const std::string before = run(compiled, story, plain);
    for (const auto& [input, how] : {std::pair(late, "shuffled within the lateness"), std::pair(apart, "split")})
        if (const std::string after = run(compiled, story, input); after != before)
            return fmt::format("{}\n--- {}\n{}--- says\n{}--- and\n{}", lines(story.records, compiled.program), how,
                               how[1] == 'h' ? shuffled_text : "", before, after);
    return "";
}

} // namespace watchword::oracle

// Any bytes as records: the first byte says in which form, the rest is the file that a run of fixed policies reads.
#include "dsl/compiler.hpp"
#include "stdlib/crew.hpp"
#include "stdlib/runner.hpp"
#include "tests/standard_compiler.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace watchword;

constexpr std::string_view policies = R"(
module fuzz

event file.copy { user person, host host?, bytes size, items int, removable bool = false, sensitive path text?,
                  address ip?, ratio real?, outcome enum(success, denied)?, tags list<text>?, due time? }
event hr.notice { user person, last_day time?, group text? } updates employee { group: group }
subject employee { group text = "none", zone zone? }

source sheet from csv {
  person Account
  time?  Due
  emit hr.notice when Kind == "notice" { user: Account, time: parse_time(When), last_day: Due }
  emit file.copy when Kind == "copy" {
    user: Account, time: parse_time(When), bytes: parse_size(Bytes), items: parse_int(Items) ?? 0 }
}
source log from json {
  person who
  emit file.copy { user: who, time: parse_time(when), bytes: parse_size(bytes), items: parse_int(items) ?? 0 }
}

signal Copies on file.copy where removable or bytes > 1MB when sum(bytes) over 1h > 3MB
signal Places on file.copy as c by c.items when distinct(c.path ?? "") over 1d > 1

policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on hr.notice as n
  looks back 7d
  closes 7d after n.last_day, or after 30d
  score { +40 for Copies, at most 80 +10 for Places halves every 1d at most 100 }
  alert low on open
  alert medium at 10
  alert high at 60
}
)";

runtime::Program compile() {
    dsl::Sources sources;
    const std::vector<std::uint32_t> roots{sources.add("fuzz.watch", std::string(policies))};
    const dsl::CompilerOptions options = standard_compiler();
    dsl::Diagnostics diagnostics;
    auto program = dsl::compile(sources, roots, options, diagnostics);
    if (!program) {
        for (const dsl::Diagnostic& diagnostic : diagnostics.all())
            std::fprintf(stderr, "%s\n", diagnostic.message.c_str());
        std::abort();
    }
    return std::move(*program);
}

/// A file in memory, with a path.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view bytes) : file_(memfd_create("fuzz", 0)) {
        if (file_ < 0 || write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

private:
    int file_;
};

class NullSink : public stdlib::Sink {
public:
    explicit NullSink(stdlib::AlertContext context) : context_(context) {}
    bool write(const runtime::Alert& alert) override {
        for (const auto append : {stdlib::append_ndjson, stdlib::append_table, stdlib::append_ocsf}) {
            text_.clear();
            append(text_, alert, context_);
        }
        return true;
    }
    bool flush() override { return true; }
    std::string problem() const override { return {}; }

private:
    stdlib::AlertContext context_;
    std::string text_;
};

/// What a native file gives out, in short; with a crew it is decoded ahead in pieces.
std::string read(const runtime::Program& program, stdlib::InputOptions options, stdlib::Crew* crew) {
    options.crew = crew;
    stdlib::Input input(program, options, {});
    input.open();
    std::string result;
    stdlib::InputEvent event;
    while (input.next(event)) {
        result += fmt::format("{} {} {} {} {}\n", event.event.type, event.event.time, event.event.id,
                              event.event.subject, event.line);
        for (std::uint32_t slot = 0; slot < program.events[event.event.type].slots; ++slot)
            result += event.event.fields[slot].present() ? '+' : '-';
    }
    const stdlib::InputStatistics& statistics = input.statistics();
    result += fmt::format("{} {} {} {} {}\n", statistics.records, statistics.events, statistics.rejected,
                          statistics.unused, statistics.late);
    for (const auto& [reason, rejection] : statistics.rejections)
        result += fmt::format("{} {} {}\n", reason, rejection.count, rejection.line);
    return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const runtime::Program program = compile();
    static const stdlib::Pseudonyms pseudonyms("fuzzing, fuzzing, fuzzing");
    if (size == 0) return -1;
    const MemoryFile file(std::string_view(reinterpret_cast<const char*>(data + 1), size - 1));
    const char* forms[] = {"", "sheet", "log", "", "roster"};
    const unsigned form = data[0] % std::size(forms);
    stdlib::RunOptions options;
    options.input.sorted = form == 3;
    options.input.longest_record = 1 << 16;
    if (form == 4)
        options.input.rosters.push_back({file.path(), ""});
    else
        options.input.inputs.push_back({file.path(), forms[form]});
    if (form == 0 || form == 3) {
        options.input.piece_bytes = 1 + 16U * (data[0] / std::size(forms));
        stdlib::Crew crew(1);
        if (read(program, options.input, nullptr) != read(program, options.input, &crew)) std::abort();
    }
    NullSink sink({program, pseudonyms});
    stdlib::run(program, std::move(options), sink);
    return 0;
}

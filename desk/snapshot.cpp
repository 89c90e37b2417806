// The text is that of `run --output table`, with names: it is read in reviews.
#include "desk/snapshot.hpp"

#include "stdlib/replaced_file.hpp"
#include "stdlib/sinks/sink.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

namespace watchword::desk {

namespace {

std::string text_of(const runtime::Program& program, const std::vector<runtime::Alert>& alerts) {
    const stdlib::Pseudonyms names = stdlib::Pseudonyms::revealed();
    std::string text;
    for (const runtime::Alert& alert : alerts) stdlib::append_table(text, alert, {program, names, false});
    return text.empty() ? "no alert\n" : text;
}

std::optional<std::string> read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::string shown(std::string_view line) { return line.empty() ? "(nothing)" : fmt::format("`{}`", line); }

std::string first_difference(std::string_view known, std::string_view now) {
    for (std::size_t number = 1; !known.empty() || !now.empty(); ++number) {
        const std::string_view left = take_line(known);
        const std::string_view right = take_line(now);
        if (left != right)
            return fmt::format("line {} is {} in the file and {} now; --update writes it", number, shown(left),
                               shown(right));
    }
    return {};
}

} // namespace

std::string snapshot_path(const runtime::Program& program, const runtime::TestExpectation& expectation) {
    const std::uint32_t file = expectation.span.file;
    const std::filesystem::path own = file < program.files.size() ? program.files[file].name : "";
    return (own.parent_path() / expectation.file).string();
}

SnapshotVerdict compare_snapshot(const std::string& path, const runtime::Program& program,
                                 const std::vector<runtime::Alert>& alerts) {
    const std::optional<std::string> known = read(path);
    if (!known) return {fmt::format("{} cannot be read; --update writes it", path), false};
    return {first_difference(*known, text_of(program, alerts)), false};
}

SnapshotVerdict write_snapshot(const std::string& path, const runtime::Program& program,
                               const std::vector<runtime::Alert>& alerts) {
    const std::string text = text_of(program, alerts);
    if (read(path) == text) return {};
    std::error_code error;
    if (const auto folder = std::filesystem::path{path}.parent_path(); !folder.empty())
        std::filesystem::create_directories(folder, error);
    std::string problem = stdlib::replace_file(path, text);
    const bool written = problem.empty();
    return {std::move(problem), written};
}

} // namespace watchword::desk

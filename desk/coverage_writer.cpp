// Coverage for readers and for tools.
#include "desk/coverage.hpp"

#include "desk/explanation_writer.hpp"
#include "desk/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace watchword::desk {

namespace {

constexpr std::array<std::string_view, 5> plural{"conditions", "triggers", "ends", "levels", "exceptions"};
constexpr std::array<std::string_view, 5> singular{"condition", "trigger", "end", "level", "exception"};

std::uint64_t line_of(const PolicyText& text, runtime::SourceSpan span) {
    const std::string_view before = std::string_view{text.file(span.file).text}.substr(0, span.begin);
    return 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
}

std::string missing(const CoverageItem& item) {
    if (!item.is_condition()) return "never taken";
    if (item.taken == 0) return item.held_not == 0 ? "never reached" : "never true";
    return "never false";
}

} // namespace

std::string coverage_text(const Coverage& coverage, const runtime::Program& program, const PolicyText& text) {
    std::string out;
    for (std::uint32_t policy = 0; policy < program.policies.size(); ++policy) {
        std::array<std::pair<std::size_t, std::size_t>, 5> counts{};
        for (const CoverageItem& item : coverage.items()) {
            if (item.policy != policy) continue;
            auto& [covered, all] = counts[static_cast<std::size_t>(item.kind)];
            ++all;
            if (item.is_covered()) ++covered;
        }
        std::string line;
        for (std::size_t kind = 0; kind < counts.size(); ++kind)
            if (counts[kind].second != 0)
                line += fmt::format("{}{} {} of {}", line.empty() ? "" : ", ", plural[kind], counts[kind].first,
                                    counts[kind].second);
        if (!line.empty()) out += fmt::format("{}: {}\n", program.policies[policy].name, line);
    }
    for (const CoverageItem& item : coverage.items())
        if (!item.is_covered())
            out +=
                fmt::format("  {}: {} {}: {}\n", text.place(item.span), singular[static_cast<std::size_t>(item.kind)],
                            missing(item), one_line(text, item.span, 100));
    const std::size_t all = coverage.items().size();
    if (all != 0)
        out += fmt::format("{} of {} covered ({:.1f} %)\n", coverage.covered(), all,
                           100.0 * static_cast<double>(coverage.covered()) / static_cast<double>(all));
    return out;
}

std::string coverage_lcov(const Coverage& coverage, const PolicyText& text) {
    std::map<std::uint32_t, std::vector<const CoverageItem*>> by_file;
    for (const CoverageItem& item : coverage.items()) by_file[item.span.file].push_back(&item);
    std::string out;
    for (const auto& [file, items] : by_file) {
        out += fmt::format("TN:\nSF:{}\n", text.file(file).name);
        std::map<std::uint64_t, std::uint64_t> lines;
        std::size_t branches = 0;
        std::size_t hit = 0;
        std::map<std::uint64_t, std::uint64_t> block; // of the conditions of one line
        for (const CoverageItem* item : items) {
            const std::uint64_t line = line_of(text, item->span);
            lines[line] += item->taken + item->held_not;
            if (!item->is_condition()) continue;
            const bool reached = item->taken + item->held_not != 0;
            const std::uint64_t number = block[line]++;
            const std::pair<int, std::uint64_t> ways[] = {{0, item->taken}, {1, item->held_not}};
            for (const auto& [branch, count] : ways) {
                out += fmt::format("BRDA:{},{},{},{}\n", line, number, branch,
                                   reached ? std::to_string(count) : std::string{"-"});
                ++branches;
                if (count != 0) ++hit;
            }
        }
        out += fmt::format("BRF:{}\nBRH:{}\n", branches, hit);
        std::size_t lines_hit = 0;
        for (const auto& [line, count] : lines) {
            out += fmt::format("DA:{},{}\n", line, count);
            if (count != 0) ++lines_hit;
        }
        out += fmt::format("LF:{}\nLH:{}\nend_of_record\n", lines.size(), lines_hit);
    }
    return out;
}

std::string coverage_page(const Coverage& coverage, const PolicyText& text) {
    std::map<std::uint32_t, std::map<std::uint64_t, std::vector<const CoverageItem*>>> by_line;
    for (const CoverageItem& item : coverage.items())
        by_line[item.span.file][line_of(text, item.span)].push_back(&item);
    std::string body = fmt::format(
        "<section class=\"card\"><h2>Summary</h2><pre>{}</pre></section>",
        escaped(std::to_string(coverage.covered()) + " of " + std::to_string(coverage.items().size()) + " covered"));
    for (const auto& [file, lines] : by_line) {
        body += fmt::format("<section class=\"card\"><h2>{}</h2><div class=\"scroll\"><table><caption>What the tests "
                            "have shown, line by line</caption><thead><tr><th class=\"number\">line</th><th>text</th>"
                            "<th>seen</th></tr></thead><tbody>",
                            escaped(text.file(file).name));
        const std::string& whole = text.file(file).text;
        std::uint64_t number = 0;
        for (std::size_t begin = 0; begin < whole.size();) {
            std::size_t end = whole.find('\n', begin);
            if (end == std::string::npos) end = whole.size();
            const auto found = lines.find(++number);
            if (found != lines.end()) {
                std::string seen;
                for (const CoverageItem* item : found->second)
                    seen +=
                        fmt::format("<div class=\"{}\">{} {}</div>", item->is_covered() ? "low" : "high",
                                    singular[static_cast<std::size_t>(item->kind)],
                                    item->is_condition() ? fmt::format("<code>{}</code>: true {} times, false {} times",
                                                                       escaped(one_line(text, item->span, 60)),
                                                                       item->taken, item->held_not)
                                                         : fmt::format("taken {} times", item->taken));
                body += fmt::format("<tr><td class=\"number\">{}</td><td><code>{}</code></td><td>{}</td></tr>", number,
                                    escaped(whole.substr(begin, end - begin)), seen);
            }
            begin = end + 1;
        }
        body += "</tbody></table></div></section>";
    }
    return html_page("Coverage of policies", body);
}

} // namespace watchword::desk

// Longest common subsequence of lines (Wagner, Fischer 1974), after what is equal at both ends.
#include "desk/text_change.hpp"

#include "dsl/formatter.hpp"
#include "dsl/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace watchword::desk {

namespace {

using Lines = std::vector<std::string>;

std::string without_tests(const PolicyFile& file) {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    const std::uint32_t index = sources.add(file.name, file.text, file.standard);
    std::string text = file.text;
    for (const dsl::Declaration& one : dsl::parse(sources, index, diagnostics).declarations) {
        if (!std::holds_alternative<dsl::TestDecl>(one.node)) continue;
        for (std::uint32_t at = one.span.begin; at < one.span.end && at < text.size(); ++at)
            if (text[at] != '\n') text[at] = ' ';
    }
    return text;
}

Lines canonical_lines(const PolicyFile& file) {
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    const std::string plain = without_tests(file);
    const std::string text = dsl::format_text(sources, file.name, plain, diagnostics).value_or(plain);
    Lines lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::string_view trimmed(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{} : line.substr(first);
}

bool says_something(const Lines& lines) {
    return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        const std::string_view text = trimmed(line);
        return !text.empty() && !text.starts_with("#");
    });
}

class LineComparison {
public:
    LineComparison(std::size_t file, const Lines& before, const Lines& after, std::vector<TextChange>& into)
        : file_(file), before_(before), after_(after), into_(into) {}

    void run() {
        std::size_t first = 0;
        while (first < before_.size() && first < after_.size() && before_[first] == after_[first]) ++first;
        std::size_t left = before_.size(), right = after_.size();
        while (left > first && right > first && before_[left - 1] == after_[right - 1]) --left, --right;
        compare(first, left, right);
    }

private:
    void compare(std::size_t first, std::size_t left, std::size_t right) {
        const std::size_t rows = left - first, columns = right - first;
        std::vector<std::vector<std::uint32_t>> common(rows + 1, std::vector<std::uint32_t>(columns + 1, 0));
        for (std::size_t i = rows; i-- > 0;)
            for (std::size_t j = columns; j-- > 0;)
                common[i][j] = before_[first + i] == after_[first + j] ? common[i + 1][j + 1] + 1
                                                                       : std::max(common[i + 1][j], common[i][j + 1]);
        std::size_t i = 0, j = 0, from = 0, to = 0;
        while (i < rows && j < columns) {
            if (before_[first + i] == after_[first + j]) {
                add(first + from, first + i, first + to, first + j);
                from = ++i;
                to = ++j;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                ++i;
            } else {
                ++j;
            }
        }
        add(first + from, left, first + to, right);
    }

    /// Lines that stand against each other one to one are changes of their own.
    void add(std::size_t from, std::size_t left, std::size_t to, std::size_t right) {
        const std::size_t count = left - from;
        if (count > 1 && count == right - to) {
            for (std::size_t i = 0; i < count; ++i) add(from + i, from + i + 1, to + i, to + i + 1);
            return;
        }
        TextChange change{file_, from, {}, {}};
        change.before.assign(before_.begin() + static_cast<std::ptrdiff_t>(from),
                             before_.begin() + static_cast<std::ptrdiff_t>(left));
        change.after.assign(after_.begin() + static_cast<std::ptrdiff_t>(to),
                            after_.begin() + static_cast<std::ptrdiff_t>(right));
        if (says_something(change.before) || says_something(change.after)) into_.push_back(std::move(change));
    }

    std::size_t file_;
    const Lines& before_;
    const Lines& after_;
    std::vector<TextChange>& into_;
};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

const PolicyFile* partner(const PolicyFile& one, const std::vector<PolicyFile>& own,
                          const std::vector<PolicyFile>& others) {
    if (own.size() == 1 && others.size() == 1) return &others.front();
    for (const PolicyFile& other : others)
        if (file_name(other.name) == file_name(one.name)) return &other;
    return nullptr;
}

std::string on_one_line(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines)
        if (const std::string_view part = trimmed(line); !part.empty())
            text += fmt::format("{}{}", text.empty() ? "" : " ", part);
    return text;
}

} // namespace

TextChanges text_changes(const std::vector<PolicyFile>& before, const std::vector<PolicyFile>& after) {
    TextChanges result;
    for (const PolicyFile& old : before) {
        const PolicyFile* now = partner(old, before, after);
        result.files.push_back({now != nullptr ? now->name : old.name, canonical_lines(old), old.standard});
        const Lines lines = now != nullptr ? canonical_lines(*now) : Lines{};
        LineComparison{result.files.size() - 1, result.files.back().lines, lines, result.changes}.run();
    }
    for (const PolicyFile& now : after) {
        if (partner(now, after, before) != nullptr) continue;
        result.files.push_back({now.name, {}, now.standard});
        LineComparison{result.files.size() - 1, {}, canonical_lines(now), result.changes}.run();
    }
    return result;
}

std::vector<PolicyFile> text_with(const TextChanges& changes, const std::vector<bool>& chosen) {
    std::vector<PolicyFile> result;
    for (std::size_t file = 0; file < changes.files.size(); ++file) {
        const ChangedFile& old = changes.files[file];
        PolicyFile text{old.name, {}, old.standard};
        std::size_t line = 0;
        const auto copy_to = [&](std::size_t end) {
            for (; line < end; ++line) text.text += old.lines[line] + "\n";
        };
        for (std::size_t i = 0; i < changes.changes.size(); ++i) {
            const TextChange& change = changes.changes[i];
            if (change.file != file || !chosen[i]) continue;
            copy_to(change.first);
            line += change.before.size();
            for (const std::string& one : change.after) text.text += one + "\n";
        }
        copy_to(old.lines.size());
        result.push_back(std::move(text));
    }
    return result;
}

std::string reading_text(const std::vector<PolicyFile>& files) {
    std::string text;
    for (const PolicyFile& file : files) {
        dsl::Sources sources;
        dsl::Diagnostics diagnostics;
        const std::uint32_t index = sources.add(file.name, file.text, file.standard);
        for (const dsl::Declaration& one : dsl::parse(sources, index, diagnostics).declarations)
            if (!std::holds_alternative<dsl::PolicyDecl>(one.node) &&
                !std::holds_alternative<dsl::SignalDecl>(one.node) && !std::holds_alternative<dsl::TestDecl>(one.node))
                text += fmt::format("{}\n",
                                    std::string_view{file.text}.substr(one.span.begin, one.span.end - one.span.begin));
    }
    return text;
}

std::string describe(const TextChange& change) {
    const std::string before = on_one_line(change.before), after = on_one_line(change.after);
    if (before.empty()) return fmt::format("`{}` was added", after);
    if (after.empty()) return fmt::format("`{}` was removed", before);
    return fmt::format("`{}` became `{}`", before, after);
}

} // namespace watchword::desk

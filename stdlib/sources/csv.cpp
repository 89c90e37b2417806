// A quote means something only at the beginning of a cell; elsewhere it is a character like any other.
#include "stdlib/sources/csv.hpp"

#include "runtime/text.hpp"
#include "stdlib/sources/reading.hpp"

#include <algorithm>

namespace watchword::stdlib {

namespace {

bool is_space(char byte) { return byte == ' ' || byte == '\t'; }

/// Behind the quote that closes what opened before `at`; npos: none does.
std::size_t behind_closing_quote(std::string_view bytes, std::size_t at) {
    while (true) {
        at = bytes.find('"', at);
        if (at == std::string_view::npos) return at;
        if (at + 1 >= bytes.size() || bytes[at + 1] != '"') return at + 1;
        at += 2;
    }
}

std::string plain_form(std::string_view name) {
    std::string result = runtime::fold(name);
    std::erase_if(result, [](char byte) { return byte == ' ' || byte == '_' || byte == '-' || byte == '\t'; });
    return result;
}

} // namespace

std::size_t csv_extent(std::string_view bytes, char delimiter, bool all) {
    const std::size_t line_end = bytes.find('\n');
    const bool ends = line_end != std::string_view::npos;
    const std::size_t line = ends ? line_end + 1 : all ? bytes.size() : 0;
    if (bytes.substr(0, ends ? line_end : bytes.size()).find('"') == std::string_view::npos) return line;
    std::size_t at = 0;
    while (at < bytes.size()) { // at the beginning of a cell
        while (at < bytes.size() && is_space(bytes[at]) && bytes[at] != delimiter) ++at;
        if (at < bytes.size() && bytes[at] == '"') {
            at = behind_closing_quote(bytes, at + 1);
            if (at == std::string_view::npos) return all ? line : 0;
        }
        while (at < bytes.size() && bytes[at] != delimiter && bytes[at] != '\n') ++at;
        if (at < bytes.size() && bytes[at++] == '\n') return at;
    }
    return all ? bytes.size() : 0;
}

bool split_csv(std::string_view row, char delimiter, Arena& arena, std::vector<std::string_view>& cells) {
    cells.clear();
    while (!row.empty() && (row.back() == '\n' || row.back() == '\r')) row.remove_suffix(1);
    std::size_t at = 0;
    while (true) {
        while (at < row.size() && is_space(row[at]) && row[at] != delimiter) ++at;
        const bool quoted = at < row.size() && row[at] == '"';
        std::size_t closed = at;
        if (quoted) closed = behind_closing_quote(row, at + 1);
        if (closed == std::string_view::npos) return false;
        const std::size_t end = std::min(row.find(delimiter, closed), row.size());
        if (quoted) {
            std::string_view content = row.substr(at + 1, closed - at - 2);
            const std::string_view behind = trim(row.substr(closed, end - closed));
            if (!behind.empty() || content.find('"') != std::string_view::npos) {
                std::string text;
                for (std::size_t index = 0; index < content.size(); ++index) {
                    text += content[index];
                    if (content[index] == '"') ++index; // the second of a pair
                }
                content = arena.copy(text.append(behind));
            }
            cells.push_back(trim(content));
        } else {
            cells.push_back(trim(row.substr(at, end - at)));
        }
        if (end == row.size()) return true;
        at = end + 1;
    }
}

std::string_view problem_of_csv(std::string_view first) {
    const std::size_t end = first.find('\r');
    const bool goes_on = end != std::string_view::npos && !trim(first.substr(end)).empty();
    if (!goes_on || first.find('\n') != std::string_view::npos) return "";
    return "its lines end with carriage returns alone; `tr '\\r' '\\n'` makes them line feeds";
}

std::optional<std::size_t> find_header(const std::vector<std::string>& header, const std::vector<std::string>& wanted) {
    for (const std::string& name : wanted) {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    }
    for (const std::string& name : wanted) {
        const std::string form = plain_form(name);
        for (std::size_t index = 0; index < header.size(); ++index)
            if (plain_form(header[index]) == form) return index;
    }
    return std::nullopt;
}

} // namespace watchword::stdlib

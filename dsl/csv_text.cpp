// Small CSV and line files, read whole (RFC 4180).
#include "dsl/csv_text.hpp"

#include <algorithm>

namespace watchword::dsl {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

namespace {

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
    return text;
}

bool ends_line(char byte) { return byte == '\n' || byte == '\r'; }

/// Of the end of line, if there is one: `\n`, `\r\n` or, of old, `\r`.
std::size_t end_length(std::string_view text) { return text.substr(0, 2) == "\r\n" ? 2 : text.empty() ? 0 : 1; }

char delimiter_of(std::string_view text) {
    const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
    return std::count(first.begin(), first.end(), ';') > std::count(first.begin(), first.end(), ',') ? ';' : ',';
}

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(without_mark(text)), delimiter_(delimiter_of(text_)) {}

    std::optional<std::vector<CsvRow>> read() {
        while (at_ < text_.size()) {
            if (!read_cell()) return std::nullopt;
            if (at_ < text_.size() && text_[at_] == delimiter_) {
                ++at_;
                if (at_ == text_.size()) row_.cells.emplace_back();
                continue;
            }
            end_row();
        }
        end_row();
        return std::move(rows_);
    }

private:
    bool read_cell() {
        std::size_t begin = at_;
        while (begin < text_.size() && text_[begin] == ' ') ++begin;
        if (begin < text_.size() && text_[begin] == '"') {
            at_ = begin + 1;
            return read_quoted();
        }
        while (at_ < text_.size() && text_[at_] != delimiter_ && !ends_line(text_[at_])) ++at_;
        row_.cells.emplace_back(trimmed(text_.substr(begin, at_ > begin ? at_ - begin : 0)));
        return true;
    }

    bool read_quoted() {
        std::string cell;
        for (; at_ < text_.size(); ++at_) {
            const char character = text_[at_];
            if (character == '\n' || (character == '\r' && end_length(text_.substr(at_)) == 1)) ++line_;
            if (character != '"') {
                cell += character;
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                cell += character;
                ++at_;
            } else {
                ++at_;
                while (at_ < text_.size() && text_[at_] != delimiter_ && !ends_line(text_[at_])) ++at_;
                row_.cells.emplace_back(trimmed(cell));
                return true;
            }
        }
        return false;
    }

    void end_row() {
        at_ += end_length(text_.substr(at_));
        ++line_;
        const bool empty =
            std::all_of(row_.cells.begin(), row_.cells.end(), [](const std::string& cell) { return cell.empty(); });
        if (!empty) rows_.push_back(std::move(row_));
        row_ = {line_, {}};
    }

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    CsvRow row_;
    std::vector<CsvRow> rows_;
};

} // namespace

std::optional<std::vector<CsvRow>> read_csv(std::string_view text) { return CsvReader(text).read(); }

std::vector<std::pair<std::uint32_t, std::string>> read_lines(std::string_view text) {
    std::vector<std::pair<std::uint32_t, std::string>> values;
    text = without_mark(text);
    std::uint32_t number = 0;
    while (!text.empty()) {
        ++number;
        std::string_view line = text.substr(0, text.find_first_of("\r\n"));
        text.remove_prefix(line.size());
        text.remove_prefix(end_length(text));
        line = trimmed(line.substr(0, line.find('#')));
        if (!line.empty()) values.emplace_back(number, std::string(line));
    }
    return values;
}

} // namespace watchword::dsl

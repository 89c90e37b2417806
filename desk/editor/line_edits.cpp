// The longest common subsequence of the lines between what is equal at both ends, by its table; where that would be
// large, one replacement.
#include "desk/editor/line_edits.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

constexpr std::size_t most_cells = 4'000'000;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

class Difference {
public:
    Difference(std::string_view before, std::string_view after)
        : text_(before), before_(lines_of(before)), after_(lines_of(after)) {}

    std::vector<LineEdit> run() {
        std::size_t head = 0;
        const std::size_t shorter = std::min(before_.size(), after_.size());
        while (head < shorter && before_[head] == after_[head]) ++head;
        std::size_t tail = 0;
        while (tail < shorter - head && before_[before_.size() - 1 - tail] == after_[after_.size() - 1 - tail]) ++tail;
        const std::size_t rows = before_.size() - head - tail, columns = after_.size() - head - tail;
        if ((rows + 1) * (columns + 1) > most_cells)
            replace(head, head + rows, head, head + columns);
        else
            walk(head, rows, columns);
        return std::move(edits_);
    }

private:
    void walk(std::size_t head, std::size_t rows, std::size_t columns) {
        // common[r][c]: of the lines from r and c on
        std::vector<std::uint32_t> common((rows + 1) * (columns + 1));
        const auto cell = [&](std::size_t r, std::size_t c) -> std::uint32_t& { return common[r * (columns + 1) + c]; };
        for (std::size_t r = rows; r-- > 0;)
            for (std::size_t c = columns; c-- > 0;)
                cell(r, c) = before_[head + r] == after_[head + c] ? cell(r + 1, c + 1) + 1
                                                                   : std::max(cell(r + 1, c), cell(r, c + 1));
        std::size_t r = 0, c = 0;
        while (r < rows || c < columns) {
            const std::size_t first_row = r, first_column = c;
            while ((r < rows || c < columns) && !(r < rows && c < columns && before_[head + r] == after_[head + c])) {
                if (c == columns || (r < rows && cell(r + 1, c) >= cell(r, c + 1)))
                    ++r;
                else
                    ++c;
            }
            replace(head + first_row, head + r, head + first_column, head + c);
            while (r < rows && c < columns && before_[head + r] == after_[head + c]) ++r, ++c;
        }
    }

    void replace(std::size_t first, std::size_t last, std::size_t new_first, std::size_t new_last) {
        if (first == last && new_first == new_last) return;
        LineEdit edit{offset(first), offset(last), {}};
        for (std::size_t line = new_first; line < new_last; ++line) edit.text += after_[line];
        edits_.push_back(std::move(edit));
    }

    std::uint32_t offset(std::size_t line) const {
        return static_cast<std::uint32_t>(line < before_.size() ? before_[line].data() - text_.data() : text_.size());
    }

    std::string_view text_;
    std::vector<std::string_view> before_, after_;
    std::vector<LineEdit> edits_;
};

} // namespace

std::vector<LineEdit> line_edits(std::string_view before, std::string_view after) {
    return Difference{before, after}.run();
}

} // namespace watchword::desk
